package api

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

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

// attack is what one token does to the office, on many connections at once, with the answers that it must get, so that it is known to
// arrive.
type attack struct {
	begins func(t *testing.T, w *fixture, server *httptest.Server) (answers func() map[int]int) // so far, by status; 0: none yet
	gets   int                                                                                  // besides 429; 0: none ever comes
	holds  func(*Handler) *pool                                                                 // all that one token may; nil: it comes again
}

// unfinished is n requests that nobody finishes, or whose answer nobody takes.
func unfinished(n int, text func(w *fixture) string) func(*testing.T, *fixture, *httptest.Server) func() map[int]int {
	return func(t *testing.T, w *fixture, server *httptest.Server) func() map[int]int {
		var all []caught
		for s := text(w); len(all) < n; {
			all = append(all, dial(t, server, s))
		}
		return func() map[int]int {
			got := map[int]int{}
			for _, c := range all {
				got[c.begun()]++
			}
			return got
		}
	}
}

// begun is the status of an answer that has begun to come, or else 0.
func (c caught) begun() (status int) {
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	line, _ := c.r.Peek(len("HTTP/1.1 200"))
	_, _ = fmt.Sscanf(string(line), "HTTP/1.1 %d", &status)
	return status
}

// repeating is requests without end of an inspector, n at a time.
func repeating(n int, method, target string, body func(w *fixture) string) func(*testing.T, *fixture, *httptest.Server) func() map[int]int {
	return func(t *testing.T, w *fixture, server *httptest.Server) func() map[int]int {
		var mu sync.Mutex
		got := map[int]int{}
		repeated(t, n, func(ctx context.Context) {
			r, _ := http.NewRequestWithContext(ctx, method, server.URL+target, strings.NewReader(body(w)))
			r.Header.Set("Authorization", "Bearer inspector")
			r.Header.Set("Content-Type", mediaBatch)
			resp, err := server.Client().Do(r)
			if err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				return
			}
			readAll(resp.Body)
			resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			got[resp.StatusCode]++
		})
		return func() map[int]int {
			mu.Lock()
			defer mu.Unlock()
			return maps.Clone(got)
		}
	}
}

// attacks are each that of one token of the field.
var attacks = map[string]attack{
	"40 connections that search for nothing": {gets: 200,
		begins: repeating(40, "GET", "/v1/events?subject=zzz", func(*fixture) string { return "" })},
	"appends without end": {gets: 201, begins: repeating(80, "POST", "/v1/events", func(w *fixture) string {
		var batch []string
		for range 5 {
			batch = append(batch, w.subject("t-1."+uuid.NewString())) // an inspector names what is his team's
		}
		return "[" + strings.Join(batch, ",") + "]"
	})},
	"34 files that nobody takes": {gets: 200, holds: theDownloads, begins: unfinished(34, func(w *fixture) string {
		return head("GET", "/v1/evidence/"+w.file("inspector", 1<<20), "inspector")
	})},
	"34 replays that nobody takes": {gets: 200, holds: theDownloads, begins: unfinished(34, func(*fixture) string {
		return head("GET", "/v1/events", "county-government", "Accept", mediaNDJSON) // which sees the subjects
	})},
	"34 pages that nobody takes": {gets: 200, holds: theDownloads, begins: unfinished(34, func(*fixture) string {
		return head("GET", "/v1/events?limit=1000", "county-government")
	})},
	"32 uploads of one byte": {holds: theBodies, begins: unfinished(32, func(*fixture) string {
		return head("PUT", "/v1/evidence/"+strings.Repeat("0", 64), "inspector", "Content-Length", "1000") + "x"
	})},
	"32 batches of one byte": {holds: theBodies, begins: unfinished(32, func(*fixture) string {
		return head("POST", "/v1/events", "inspector", "Content-Type", mediaBatch, "Content-Length", "1000") + "["
	})},
	"256 idle streams": {gets: 200, holds: func(a *Handler) *pool { return a.streams }, begins: unfinished(256, func(*fixture) string {
		return head("GET", "/v1/events", "inspector", "Accept", mediaSSE)
	})},
}

func theDownloads(a *Handler) *pool { return a.downloads }
func theBodies(a *Handler) *pool    { return a.bodies }

// arrives says what the attack lacks, "" for nothing: it holds all that its token may, or gets what it asks for and comes again.
func (a *attack) arrives(w *fixture, answers func() map[int]int, before *int) string {
	if a.holds == nil {
		got := answers()
		last := *before
		if *before = got[a.gets] + got[http.StatusTooManyRequests]; got[a.gets] == 0 || *before == last {
			return fmt.Sprintf("it was answered %v, and %d answers before", got, last)
		}
		return ""
	}
	p := a.holds(w.Handler)
	p.mu.Lock()
	defer p.mu.Unlock()
	if share := p.each(&w.cfg.Quotas.Field); p.common != share {
		return fmt.Sprintf("it holds %d of the %d %s", p.common, share, p.name)
	}
	return ""
}

func TestTheOfficeIsNotStarvedByOneToken(t *testing.T) {
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			server := serve(t, w)
			w.populate(1000)
			answers, before := a.begins(t, w, server), 0
			for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				lacks := a.arrives(w, answers, &before)
				if lacks == "" {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("it does not arrive: %s; answers by status: %v", lacks, answers())
				}
			}
			works(t, w, server, name)
			if lacks := a.arrives(w, answers, &before); lacks != "" {
				t.Errorf("the office had it beside itself no longer: %s", lacks)
			}
			got := answers()
			t.Logf("answers by status, 0 is none yet: %v", got)
			for status := range got {
				if status != a.gets && status != 0 && status != http.StatusTooManyRequests {
					t.Errorf("it got %d, expected is %d or 429", status, a.gets)
				}
			}
			if a.gets != 0 && got[a.gets] == 0 {
				t.Errorf("it never got %d", a.gets)
			}
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
