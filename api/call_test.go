package api

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
)

func TestTheAccessLineHasNeitherTokenNorQuery(t *testing.T) {
	var log bytes.Buffer
	w := newWorld(t, func(c *Config) {
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

// broken panics in the middle of a request.
type broken struct{ Projector }

func (broken) City(context.Context, projector.Query) (projections.CityView, error) {
	panic("secret state")
}

func TestAPanicEndsOneRequestOnly(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Projector, c.MaxReads = broken{c.Projector}, 1 })
	for range 3 { // the slot of the expensive read is given back each time
		if a := w.want(w.get(office, "/v1/city"), 500, law.Internal); strings.Contains(string(a.body), "secret") {
			t.Errorf("%s", a.body)
		}
	}
	w.want(w.get(office, "/v1/counties"), 200, "")
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{"/", "/docs", "/v1/city", "/nothing", "/checkpoint"} {
		h := w.get(office, target).Header
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "X-Request-Id"} {
			if h.Get(name) == "" {
				t.Errorf("%s lacks %s", target, name)
			}
		}
	}
}
