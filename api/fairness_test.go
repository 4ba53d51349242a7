package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
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

// file puts n bytes of evidence and returns their hash.
func (w *fixture) file(n int) string {
	w.Helper()
	body := strings.Repeat("x", n)
	sum := sha256.Sum256([]byte(body))
	name := hex.EncodeToString(sum[:])
	w.want(w.do(office, "PUT", "/v1/evidence/"+name, body), 201, "")
	return name
}

// caught is a raw connection with a request on it that nobody finishes.
type caught struct {
	net.Conn
	r *bufio.Reader
}

// dial sends text on a new connection whose client takes little before it reads.
func dial(t *testing.T, server *httptest.Server, text string) caught {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(16 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return caught{conn, bufio.NewReader(conn)}
}

// head is a request without its body.
func head(method, target, token string, headers ...string) string {
	s := method + " " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
	for i := 0; i < len(headers); i += 2 {
		s += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	return s + "\r\n"
}

// answer reads the answer's status and, of a refusal, its problem.
func (c caught) answer(t *testing.T) (int, Problem) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	resp, err := http.ReadResponse(c.r, nil) //nolint:bodyclose // its connection is closed with the test
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	w := &fixture{TB: t}
	a := answer{Response: resp}
	if resp.StatusCode < 400 {
		return resp.StatusCode, Problem{}
	}
	a.body = readAll(resp.Body)
	return resp.StatusCode, decode[Problem](w, a)
}

// works asks as the office for what it needs, and wants all of it, soon.
func works(t *testing.T, w *fixture, server *httptest.Server, attack string) {
	t.Helper()
	file := strings.Repeat(uuid.NewString(), 100)
	sum := sha256.Sum256([]byte(file))
	for range 5 {
		for _, q := range []struct {
			method, target, body string
			headers              []string
		}{
			{"GET", "/v1/city", "", nil},
			{"GET", "/v1/events?limit=10", "", nil},
			{"GET", "/v1/events?limit=10", "", []string{"Accept", mediaNDJSON}},
			{"GET", "/v1/events?to=1", "", []string{"Accept", mediaSSE}},
			{"PUT", "/v1/evidence/" + hex.EncodeToString(sum[:]), file, nil},
			{"GET", "/v1/evidence/" + hex.EncodeToString(sum[:]), "", nil},
			{"POST", "/v1/events", w.subject(uuid.NewString()), []string{"Content-Type", mediaEvent}},
			{"POST", "/v1/events", "[" + w.subject(uuid.NewString()) + "]", []string{"Content-Type", mediaBatch}},
		} {
			r, err := http.NewRequestWithContext(t.Context(), q.method, server.URL+q.target, strings.NewReader(q.body))
			w.must(err)
			r.Header.Set("Authorization", "Bearer "+office)
			for i := 0; i < len(q.headers); i += 2 {
				r.Header.Set(q.headers[i], q.headers[i+1])
			}
			began := time.Now()
			resp, err := server.Client().Do(r)
			w.must(err)
			body := readAll(resp.Body)
			resp.Body.Close()
			if took := time.Since(began); resp.StatusCode >= 300 || took > readPatience {
				t.Errorf("%s: the office's %s %s: %d after %v %.300s", attack, q.method, q.target, resp.StatusCode, took, body)
			}
		}
	}
}

// Each attack is that of one inspector's token.
func TestTheOfficeIsNotStarvedByOneToken(t *testing.T) {
	for name, attack := range map[string]func(t *testing.T, w *fixture, server *httptest.Server){
		"40 connections that search for nothing": func(t *testing.T, w *fixture, server *httptest.Server) {
			repeated(t, 40, func(ctx context.Context) {
				r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/events?subject=zzz", nil)
				r.Header.Set("Authorization", "Bearer inspector")
				if resp, err := server.Client().Do(r); err == nil {
					readAll(resp.Body)
					resp.Body.Close()
				}
			})
		},
		"34 files that nobody takes": func(t *testing.T, w *fixture, server *httptest.Server) {
			sum := w.file(1 << 20)
			for range 34 {
				dial(t, server, head("GET", "/v1/evidence/"+sum, "inspector"))
			}
		},
		"34 replays that nobody takes": func(t *testing.T, w *fixture, server *httptest.Server) {
			for range 34 { // a county's, which sees the subjects
				dial(t, server, head("GET", "/v1/events", "county-government", "Accept", mediaNDJSON))
			}
		},
		"34 pages that nobody takes": func(t *testing.T, w *fixture, server *httptest.Server) {
			for range 34 {
				dial(t, server, head("GET", "/v1/events?limit=1000", "county-government"))
			}
		},
		"32 uploads of one byte": func(t *testing.T, w *fixture, server *httptest.Server) {
			for range 32 {
				dial(t, server, head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", "1000")+"x")
			}
		},
		"32 batches of one byte": func(t *testing.T, w *fixture, server *httptest.Server) {
			for range 32 {
				dial(t, server, head("POST", "/v1/events", "inspector", "Content-Type", mediaBatch, "Content-Length", "1000")+"[")
			}
		},
		"256 idle streams": func(t *testing.T, w *fixture, server *httptest.Server) {
			for range 256 {
				dial(t, server, head("GET", "/v1/events", "inspector", "Accept", mediaSSE))
			}
		},
		"appends without end": func(t *testing.T, w *fixture, server *httptest.Server) {
			var mu sync.Mutex
			statuses := map[int]int{}
			repeated(t, 80, func(ctx context.Context) {
				var batch []string
				for range 5 {
					batch = append(batch, w.subject("t-1."+uuid.NewString())) // an inspector names what is his team's
				}
				r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/events", strings.NewReader("["+strings.Join(batch, ",")+"]"))
				r.Header.Set("Authorization", "Bearer inspector")
				r.Header.Set("Content-Type", mediaBatch)
				if resp, err := server.Client().Do(r); err == nil {
					mu.Lock()
					statuses[resp.StatusCode]++
					mu.Unlock()
					readAll(resp.Body)
					resp.Body.Close()
				}
			})
			t.Cleanup(func() {
				mu.Lock() // a request that is cut off may still be counted
				defer mu.Unlock()
				t.Logf("answers by status: %v", statuses)
				if statuses[http.StatusCreated] == 0 {
					t.Error("nothing was appended, so the office had nothing beside it")
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			server := serve(t, w)
			w.populate(1000)
			attack(t, w, server)
			time.Sleep(200 * time.Millisecond) // until it has what it can get
			works(t, w, server, name)
		})
	}
}

// repeated does f on n goroutines until the test ends.
func repeated(t *testing.T, n int, f func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				f(ctx)
				time.Sleep(time.Millisecond)
			}
		})
	}
	t.Cleanup(func() { stop(); wg.Wait() })
}

func TestOneTokenGetsItsShareAndIsToldTheNumber(t *testing.T) {
	w := newFixture(t)
	w.bodies.patience, w.downloads.patience = 10*time.Millisecond, 10*time.Millisecond
	server := serve(t, w)
	w.populate(1000)
	file := w.file(1 << 20)
	w.want(w.do("team-leader", "PUT", "/v1/evidence/"+file, strings.Repeat("x", 1<<20)), 200, "") // who uploads may read
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
