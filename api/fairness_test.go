package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/token"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// populate appends n subjects as the office, in batches.
func (w *fixture) populate(n int) {
	w.Helper()
	for at := 0; at < n; at += 100 {
		var batch []string
		for i := at; i < min(at+100, n); i++ {
			batch = append(batch, w.subject("many-"+strconv.Itoa(i)))
		}
		w.want(w.do(office, "POST", "/v1/events", "["+strings.Join(batch, ",")+"]", "Content-Type", mediaBatch), 201, "")
	}
}

// file has a token put n bytes of evidence, which it may read, and returns their hash.
func (w *fixture) file(token string, n int) string {
	w.Helper()
	body := strings.Repeat("x", n)
	sum := sha256.Sum256([]byte(body))
	name := hex.EncodeToString(sum[:])
	w.want(w.do(token, "PUT", "/v1/evidence/"+name, body), 201, "")
	return name
}

func TestOneTokenGetsItsShareAndIsToldTheNumber(t *testing.T) {
	w := newFixture(t)
	w.bodies.patience, w.downloads.patience = 10*time.Millisecond, 10*time.Millisecond
	server := serve(t, w)
	w.populate(1000)
	file := w.file("team-leader", 1<<20)
	w.issue("county-two", token.Issued{Role: event.RoleCountyGovernment, County: "610902", Unit: "u-2"})
	q := DefaultQuotas().Field
	for name, c := range map[string]struct {
		most int
		text string
	}{
		"streams": {q.Streams, head("GET", "/v1/events", "inspector", "Accept", mediaSSE)},
		"pages":   {q.Downloads, head("GET", "/v1/events?limit=1000", "county-government")},
		"replays": {q.Downloads, head("GET", "/v1/events", "county-two", "Accept", mediaNDJSON)},
		"files":   {q.Downloads, head("GET", "/v1/evidence/"+file, "team-leader")},
		"bodies":  {q.Bodies, head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "other-team", "Content-Length", "1000") + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			for range c.most {
				dial(t, server, c.text)
			}
			status, p := 0, Problem{}
			for range 50 { // until the server has begun them all; what it takes before that is one that the token holds
				time.Sleep(100 * time.Millisecond)
				if status, p = dial(t, server, c.text).answer(t); status != 200 {
					break
				}
			}
			holds := fmt.Sprintf("holds %d of the %d", c.most, c.most)
			if status != 429 || p.Code != law.OverShare || !strings.Contains(p.Detail, holds) || !strings.Contains(p.Remedy, "/v1/limits") {
				t.Errorf("%d %+v", status, p)
			}
		})
	}
}

func TestATokenHasOnlySoManyRequestsInProgress(t *testing.T) {
	q := DefaultQuotas()
	q.Field.Requests = 3
	w := newFixture(t, func(c *Config) { c.Quotas = q })
	server := serve(t, w)
	for range 3 {
		dial(t, server, head("POST", "/v1/events", "inspector", "Content-Type", mediaEvent, "Content-Length", "1000")+"{")
	}
	time.Sleep(100 * time.Millisecond)
	a := w.want(w.get("inspector", "/v1/subjects"), 429, law.OverShare)
	if p := decode[Problem](w, a); !strings.Contains(p.Detail, "holds 3 of the 3") || a.Header.Get("Retry-After") != "1" {
		t.Errorf("%s", a.body)
	}
	w.want(w.get("other-team", "/v1/subjects"), 200, "")
}

func TestAppendsHaveAQuota(t *testing.T) {
	q := DefaultQuotas()
	q.Field.Events = Allowance{Burst: 100, PerSecond: 1}
	w := newFixture(t, func(c *Config) { c.Quotas = q })
	owner := map[string]string{"inspector": "t-1.", "other-team": "t-9."}
	batch := func(token string, n int) answer {
		var all []string
		for range n {
			all = append(all, w.subject(owner[token]+uuid.NewString()))
		}
		return w.do(token, "POST", "/v1/events", "["+strings.Join(all, ",")+"]", "Content-Type", mediaBatch)
	}
	w.want(batch("inspector", 98), 201, "")
	size := w.size()
	a := w.want(batch("inspector", 8), 429, law.OverQuota)
	p := decode[Problem](w, a)
	if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait < 5 || wait > 7 ||
		!strings.Contains(p.Detail, "100 at once and 1 a second") ||
		!strings.Contains(p.Remedy, "/v1/limits") || w.size() != size {
		t.Errorf("Retry-After %d, %d entries: %s", wait, w.size(), a.body)
	}
	w.want(w.post("inspector", w.subject("t-1.s-one")), 201, "") // what is left
	w.want(batch(office, 50), 201, "")
	w.want(batch("other-team", 98), 201, "")
	w.faults.err = ledger.ErrBusy
	for range 3 { // what was not recorded for no fault of the token's is not spent
		w.want(batch("other-team", 2), 429, "busy")
	}
	w.faults.err = nil
	w.want(batch("other-team", 2), 201, "")
}

func TestEvidenceHasAQuota(t *testing.T) {
	q := DefaultQuotas()
	q.Field.EvidenceBytes = Allowance{Burst: 1000, PerSecond: 1}
	w := newFixture(t, func(c *Config) { c.Quotas, c.EvidenceLimit = q, 1000 })
	put := func(n int) answer {
		body := strings.Repeat("x", n)
		sum := sha256.Sum256([]byte(body))
		return w.do("inspector", "PUT", "/v1/evidence/"+hex.EncodeToString(sum[:]), body)
	}
	w.want(put(700), 201, "")
	w.want(put(400), 429, law.OverQuota)
	w.want(put(200), 201, "")
}

// While others hold all that is not the office's, an answer says so.
func TestReadsAreBoundedForAllTogether(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.MaxReads, c.MaxStreams, c.MaxDownloads = 4, 4, 4 })
	var held []*slot
	for _, p := range []*pool{w.reads, w.streams, w.downloads} {
		p.patience = 10 * time.Millisecond
		for i := range 3 {
			s, err := p.take(t.Context(), &caller{key: fmt.Sprint("t", i), quota: &w.cfg.Quotas.Field, account: &account{}})
			w.must(err)
			held = append(held, s)
		}
	}
	for _, c := range [][2]string{{"/v1/events", mediaJSON}, {"/v1/subjects", mediaJSON}, {"/v1/events", mediaSSE},
		{"/v1/events", mediaNDJSON}} {
		a := w.want(w.get("inspector", c[0], "Accept", c[1]), 429, law.TooManyReads)
		if a.Header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "all 4 are taken") {
			t.Errorf("%v: %s", c, a.body)
		}
	}
	w.want(w.get(office, "/v1/city"), 200, "")
	for _, s := range held {
		s.free()
	}
	w.want(w.get("inspector", "/v1/subjects"), 200, "")
}

func TestTheLimitsAreKnownBeforehand(t *testing.T) {
	w := newFixture(t)
	got := decode[struct {
		Append   map[string]int64
		Evidence int64 `json:"evidence_bytes"`
		Times    map[string]int
		Roles    map[string]string
		Quotas   map[string]map[string]any
	}](w, w.want(w.get("", "/v1/limits"), 200, ""))
	for name, want := range map[string]int64{"event_bytes": 57_343, "batch_events": 100, "batch_bytes": 250_000, "block_bytes": 500_000} {
		if got.Append[name] != want {
			t.Errorf("%s is %d, want %d", name, got.Append[name], want)
		}
	}
	if got.Evidence != 1<<20 || got.Times["stall"] != 60 || got.Quotas["field"]["reads"] != 2.0 ||
		got.Roles["inspector"] != "field" || got.Roles[office] != "office" {
		t.Errorf("%+v", got)
	}
	for _, name := range got.Roles {
		if got.Quotas[name] == nil {
			t.Errorf("there is no quota %q", name)
		}
	}
}

func TestErrorsOfSizeNameTheNumberAndTheLimits(t *testing.T) {
	w := newFixture(t)
	long := strings.Replace(w.subject("x"), `"data":`, `"filler":"`+strings.Repeat("x", 57_343)+`","data":`, 1)
	for name, c := range map[string]struct {
		media, body string
		code        law.Code
		number      string
	}{
		"an event's body": {mediaEvent, strings.Repeat(" ", maxEventBody+1), law.BodyTooLarge, "at most 65536 bytes"},
		"an event":        {mediaEvent, long, "event-too-large", "at most 57343"},
		"a batch":         {mediaBatch, "[" + strings.Repeat(" ", 250_000) + "]", law.BodyTooLarge, "at most 250000 bytes"},
		"events": {mediaBatch, "[" + strings.Repeat(w.subject("x")+",", 100) + w.subject("y") + "]", law.BatchSize,
			"more than 100 events"},
	} {
		p := decode[Problem](w, w.want(w.do(office, "POST", "/v1/events", c.body, "Content-Type", c.media), 413, c.code))
		if !strings.Contains(p.Detail, c.number) || !strings.Contains(p.Remedy, "/v1/limits") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	p := decode[Problem](w, w.want(w.do(office, "PUT", "/v1/evidence/"+strings.Repeat("0", 64), strings.Repeat("x", 1<<20+1)), 413,
		law.FileTooLarge))
	if !strings.Contains(p.Detail, "at most 1048576") || !strings.Contains(p.Remedy, "/v1/limits") ||
		strings.Contains(p.Remedy, "/v1/evidence") {
		t.Errorf("%+v", p)
	}
}

// Late facts are flagged, each: a batch is not too large for what the rules say of it.
func TestTheLargestBatchOfLateEventsIsTaken(t *testing.T) {
	w := newFixture(t)
	var all []string
	for i := range 100 {
		e := w.subject(fmt.Sprint("late-", i))
		all = append(all, strings.Replace(e, `"time":"20`, `"time":"19`, 1))
	}
	body := "[" + strings.Join(all, ",") + "]"
	body += strings.Repeat(" ", 250_000-len(body))
	got := decode[Receipts](w, w.want(w.do(office, "POST", "/v1/events", body, "Content-Type", mediaBatch), 201, ""))
	for _, r := range got.Receipts {
		if len(r.Deviations) == 0 {
			t.Fatalf("%+v is not flagged", r)
		}
	}
}

func TestWhatCanBeGotHasAHead(t *testing.T) {
	w := newFixture(t)
	server := serve(t, w)
	w.want(w.post(office, w.subject("s-1")), 201, "")
	for _, target := range []string{"/", "/v1/city", "/v1/events", "/v1/entries/0", "/checkpoint", "/healthz", "/readyz", "/metrics",
		"/v1/limits"} {
		for _, accept := range []string{"*/*", mediaNDJSON, mediaSSE} {
			if target != "/v1/events" && accept != "*/*" {
				continue
			}
			r, err := http.NewRequestWithContext(t.Context(), "HEAD", server.URL+target, nil)
			w.must(err)
			r.Header.Set("Authorization", "Bearer "+office)
			r.Header.Set("Accept", accept)
			resp, err := server.Client().Do(r)
			w.must(err)
			if body := readAll(resp.Body); resp.StatusCode != 200 || len(body) > 0 {
				t.Errorf("HEAD %s as %s: %d, %d bytes", target, accept, resp.StatusCode, len(body))
			}
			resp.Body.Close()
		}
	}
}

func TestAClientsRequestIDIsKeptWhenItIsOne(t *testing.T) {
	w := newFixture(t)
	for given, kept := range map[string]bool{
		"order-7.A_b": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, "a b": false, "a\"b": false, "": false,
	} {
		a := w.want(w.get(office, "/v1/nothing", "X-Request-Id", given), 404, law.NotFound)
		id := a.Header.Get("X-Request-Id")
		if (id == given) != kept || id == "" || !bytes.Contains(a.body, []byte("urn:anjian:request:"+id)) {
			t.Errorf("given %q, answered with %q: %s", given, id, a.body)
		}
	}
}

// Asking for a small file without its body reads and verifies it all the same.
func TestAskingWhetherEvidenceIsThereTakesTheShareOfARead(t *testing.T) {
	w := newFixture(t)
	w.reads.patience = 0
	c := &call{claims: w.tokens.known["inspector"]}
	who := w.callerOf(c)
	for range who.quota.Reads {
		s, err := w.reads.take(t.Context(), &who)
		w.must(err)
		defer s.free()
	}
	at := "/v1/evidence/" + strings.Repeat("ab", 32)
	if a := w.do("inspector", "HEAD", at, ""); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("inspector: %d", a.StatusCode)
	}
	if a := w.do(office, "HEAD", at, ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("office: %d", a.StatusCode)
	}
}
