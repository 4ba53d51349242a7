package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
)

func TestTheAccessLineHasNeitherTokenNorQuery(t *testing.T) {
	var log bytes.Buffer
	w := newFixture(t, func(c *Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	w.want(w.get("secret-token", "/v1/city"), 401, law.Unauthenticated)
	a := w.want(w.get(office, "/v1/subjects?q=secret-name"), 200, "")
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log tells: %s", log.String())
	}
	for _, want := range []string{a.Header.Get("X-Request-Id"), `"path":"/v1/subjects"`, `"status":200`, `"role":"supervision-office"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, log.String())
		}
	}
}

// Whoever runs the server sees why an append was refused, and nothing of what it said.
func TestTheAccessLineSaysWhyAnAppendWasRefused(t *testing.T) {
	var log bytes.Buffer
	w := newFixture(t, func(c *Config) { c.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
	counted := func(code law.Code) float64 {
		a := w.get("admin", "/metrics")
		for line := range strings.Lines(string(a.body)) {
			if n, ok := strings.CutPrefix(line, `anjian_http_problems_total{code="`+string(code)+`"} `); ok {
				v, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
				w.must(err)
				return v
			}
		}
		return 0
	}
	id := regexp.MustCompile(`"id":"([0-9a-f-]{36})"`)
	arrival := w.author("inspection/t-1."+uuid.NewString(), "inspector-arrived", &inspection.Arrived{})
	batch := "[" + arrival + "," + w.author("inspection/t-1."+uuid.NewString(), "inspector-arrived", &inspection.Arrived{}) + "]"
	malformed := strings.Replace(w.subject("s-2"), `"data":{`, `"data":{"secret":"members",`, 1)
	for _, c := range []struct {
		body, media string
		code        law.Code
		rule        bool // it names one
		event       string
		status      int
	}{
		{arrival, mediaEvent, "not-started", true, id.FindStringSubmatch(arrival)[1], 422},
		{batch, mediaBatch, "not-started", true, id.FindStringSubmatch(arrival)[1], 422},
		{malformed, mediaEvent, "invalid-data", true, "", 422},
		{"secret", "text/plain", law.UnsupportedMediaType, false, "", 415},
	} {
		before := counted(c.code)
		log.Reset()
		var p Problem
		w.must(json.Unmarshal(w.want(w.do("inspector", "POST", "/v1/events", c.body, "Content-Type", c.media), c.status, c.code).body, &p))
		var line struct {
			ID, Path, Rule, Event, Role string
			Code                        law.Code
		}
		w.must(json.Unmarshal(log.Bytes(), &line)) // one line
		if line.Code != c.code || line.Rule != p.Rule || line.Event != c.event || line.Role != "inspector" ||
			!strings.HasSuffix(p.Instance, line.ID) {
			t.Errorf("the answer is %+v, the log says %s", p, log.String())
		}
		if c.rule != (line.Rule != "") || strings.Contains(log.String(), "secret") || p.Remedy != "" && strings.Contains(log.String(), p.Remedy) {
			t.Errorf("the log says %s", log.String())
		}
		if n := counted(c.code); n != before+1 {
			t.Errorf("%s was counted %v times", c.code, n-before)
		}
	}
	log.Reset()
	w.want(w.post("supervision-office", w.subject("s-3")), 201, "")
	if log.Len() > 0 {
		t.Errorf("what was accepted is at debug: %s", log.String())
	}
}

// broken panics in the middle of a request.
type broken struct{ Projector }

func (broken) City(context.Context, projector.Query) (projections.CityView, error) {
	panic("secret state")
}

func TestAPanicEndsOneRequestOnly(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Projector, c.MaxReads = broken{c.Projector}, 1 })
	for range 3 { // the slot of the expensive read is given back each time
		if a := w.want(w.get(office, "/v1/city"), 500, law.Internal); strings.Contains(string(a.body), "secret") {
			t.Errorf("%s", a.body)
		}
	}
	w.want(w.get(office, "/v1/counties"), 200, "")
	whole := newFixture(t)
	whole.want(whole.get(office, "/v1/city"), 200, "")
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	w := newFixture(t)
	for _, target := range []string{"/", "/docs", "/v1/city", "/nothing", "/checkpoint"} {
		h := w.get(office, target).Header
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "X-Request-Id"} {
			if h.Get(name) == "" {
				t.Errorf("%s lacks %s", target, name)
			}
		}
	}
}
