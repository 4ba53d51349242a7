package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// answering is a client of a server that answers each request in turn; the last answer stays.
func answering(t *testing.T, answers ...func(http.ResponseWriter, *http.Request)) (c *Client, asked *[]string, waits *[]time.Duration) {
	t.Helper()
	asked, waits = &[]string{}, &[]time.Duration{}
	var mu sync.Mutex // a connection that breaks is answered beside the next one
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		*asked = append(*asked, r.Method+" "+r.URL.Path+" "+string(body))
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Accept-Language") != "zh" {
			t.Errorf("headers %v", r.Header)
		}
		answers[min(len(*asked), len(answers))-1](w, r)
	}))
	t.Cleanup(s.Close)
	c, err := New(Config{URL: s.URL + "/", Token: "secret", Language: "zh", Patience: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	c.sleep = func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		*waits = append(*waits, d)
		return nil
	}
	return c, asked, waits
}

func says(status int, body string, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func breaks(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

const taken = `{"receipts":[{"id":"x","index":7,"already_present":true,"deviations":[]}]}`

// TestWhatIsNotAnsweredIsSentAgainByteForByte: busy, away, outcome unknown, a broken connection.
func TestWhatIsNotAnsweredIsSentAgainByteForByte(t *testing.T) {
	c, asked, waits := answering(t, says(429, `{"code":"busy"}`, "Retry-After", "7"), says(503, `{"code":"outcome-unknown"}`), breaks,
		says(200, taken))
	r, err := c.Append(t.Context(), []byte(`{"id":"x"}`))
	if err != nil || r.Index != 7 || !r.AlreadyPresent {
		t.Fatalf("%+v %v", r, err)
	}
	for _, a := range *asked {
		if a != `POST /v1/events {"id":"x"}` {
			t.Error(a)
		}
	}
	if len(*asked) != 4 || len(*waits) != 3 || (*waits)[0] != 7*time.Second {
		t.Errorf("%v, waits %v", *asked, *waits)
	}
}

// TestAReportIsAskedAgainWhileItsDatabaseIsBehind, and is written as it is answered.
func TestAReportIsAskedAgainWhileItsDatabaseIsBehind(t *testing.T) {
	c, asked, waits := answering(t, says(503, `{"code":"reports-behind"}`, "Retry-After", "2"), says(200, "found,3\n"))
	var b strings.Builder
	if err := c.Report(t.Context(), "3", url.Values{"format": {"csv"}}, &b); err != nil || b.String() != "found,3\n" {
		t.Errorf("%q %v", b.String(), err)
	}
	if len(*asked) != 2 || (*asked)[1] != "GET /v1/reports/3 " || len(*waits) != 1 || (*waits)[0] != 2*time.Second {
		t.Errorf("%v, waits %v", *asked, *waits)
	}
}

// TestAnAnswerForGoodIsGivenAtOnce, as a Problem.
func TestAnAnswerForGoodIsGivenAtOnce(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"refused": says(422, `{"code":"some-rule","title":"t","detail":"so nicht","remedy":"anders","item":1,"event":"x","faults":[{"item":1,`+
			`"event":"x","code":"some-rule","fields":[{"field":"data.region","fault":"required"}]}],"unjudged":2}`),
		"full":    says(503, `{"code":"full","title":"full"}`),
		"none":    says(503, `{"code":"no-reports","title":"none"}`, "Retry-After", "30"),
		"no JSON": says(404, `<html>not here</html>`),
	} {
		c, asked, _ := answering(t, answer)
		_, err := c.AppendBatch(t.Context(), [][]byte{[]byte(`{}`), []byte(`{}`)})
		p, ok := errors.AsType[*Problem](err)
		if !ok || len(*asked) != 1 || p.Detail == "" || p.Passing() {
			t.Errorf("%s: %v, %v", name, err, *asked)
			continue
		}
		if name == "refused" && (p.Unjudged != 2 || p.Faults[0].Fields[0].Field != "data.region" || *p.Item != 1 ||
			!strings.Contains(err.Error(), "so nicht; anders")) {
			t.Errorf("%+v", p)
		}
	}
}

// TestPatienceEnds with an error that is no Problem: the outcome is not known.
func TestPatienceEnds(t *testing.T) {
	c, asked, _ := answering(t, says(503, `{"code":"busy"}`))
	c.config.Patience = -1
	_, err := c.Append(t.Context(), []byte(`{}`))
	if _, ok := errors.AsType[*Problem](err); err == nil || ok || len(*asked) != 1 {
		t.Errorf("%v, %d requests", err, len(*asked))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Append(ctx, []byte(`{}`)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestAnUploadBeginsAnew when it is sent again, and names the hash of its bytes.
func TestAnUploadBeginsAnew(t *testing.T) {
	c, asked, _ := answering(t, says(503, `{}`), says(201, `{"created":true}`))
	sum, created, err := c.Upload(t.Context(), bytes.NewReader([]byte("photo")), 5)
	if err != nil || !created || len(sum) != 64 {
		t.Fatal(sum, created, err)
	}
	if s := fmt.Sprintf("PUT /v1/evidence/%s photo", sum); len(*asked) != 2 || (*asked)[0] != s || (*asked)[1] != s {
		t.Errorf("%v", *asked)
	}
	if _, _, err := c.Upload(t.Context(), bytes.NewReader([]byte("photo")), 6); err == nil {
		t.Error("a file that ends early was uploaded")
	}
}

// TestPagesAreFollowedByTheirCursor up to the end, in the order of the server.
func TestPagesAreFollowedByTheirCursor(t *testing.T) {
	page := func(index, more string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			if index == "1" && r.URL.Query().Get("cursor") != "c0" || r.URL.Query().Get("type") != "finding-recorded" {
				t.Errorf("query %s", r.URL.RawQuery)
			}
			says(200, `{"entries":[{"index":`+index+`,"event":{"id":"e"}},"no JSON"],"cursor":"c`+index+`","more":`+more+`}`)(w, r)
		}
	}
	c, _, _ := answering(t, page("0", "true"), page("1", "false"))
	var got []string
	for e, err := range c.Entries(t.Context(), map[string][]string{"type": {"finding-recorded"}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(e.Index, string(e.Event), string(e.Line)))
	}
	want := `[0{"id":"e"}{"index":0,"event":{"id":"e"}} 0no JSON 1{"id":"e"}{"index":1,"event":{"id":"e"}} 0no JSON]`
	if fmt.Sprint(got) != want {
		t.Errorf("%v", got)
	}
}

func TestAClientNeedsAnAddress(t *testing.T) {
	for _, url := range []string{"", "ledger.example.cn", "ftp://x", "://"} {
		if _, err := New(Config{URL: url}); err == nil {
			t.Errorf("%q is taken", url)
		}
	}
	if _, err := New(Config{URL: "http://x", VerifierKey: "no key"}); err == nil {
		t.Error("that is no key")
	}
}

// exports answers with an export of two rows, of which so many bytes come.
func exports(bytes int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Anjian-Position", "7")
		h.Set("Anjian-Root", "r")
		h.Set("Anjian-Recorded", "2026-11-27T09:00:00Z")
		h.Set("Anjian-Scope", "s")
		h.Set("Anjian-Rows", "2")
		_, _ = io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n"[:bytes])
		_ = http.NewResponseController(w).Flush()
		if bytes%2 == 1 {
			panic(http.ErrAbortHandler)
		}
	}
}

// TestAnExportThatBreaksIsAskedForAgain, from its beginning: also one that a proxy ended as if it were whole.
func TestAnExportThatBreaksIsAskedForAgain(t *testing.T) {
	c, asked, waits := answering(t, says(503, `{"code":"reports-behind"}`, "Retry-After", "2"), exports(9), exports(8), exports(0),
		exports(16))
	var tries []*strings.Builder
	err := c.Export(t.Context(), "visits", 7, func(of Stand, rows int64) (io.Writer, error) {
		if of.Position != 7 || of.Root != "r" || of.Scope != "s" || of.Recorded.Hour() != 9 || rows != 2 {
			t.Errorf("%+v, %d rows", of, rows)
		}
		tries = append(tries, &strings.Builder{})
		return tries[len(tries)-1], nil
	})
	if err != nil || len(tries) != 4 || tries[3].String() != "{\"a\":1}\n{\"a\":2}\n" {
		t.Errorf("%v, %d tries", err, len(tries))
	}
	if len(*asked) != 5 || (*asked)[4] != "GET /v1/registers/visits " || len(*waits) != 4 {
		t.Errorf("%v, waits %v", *asked, *waits)
	}
	c, _, _ = answering(t, exports(9))
	c.config.Patience = -1
	if err := c.Export(t.Context(), "visits", 7, func(Stand, int64) (io.Writer, error) { return io.Discard, nil }); err == nil {
		t.Error("a part is taken for the whole")
	}
	full := errors.New("the disk is full")
	c, asked, _ = answering(t, exports(16))
	if err := c.Export(t.Context(), "visits", 7, func(Stand, int64) (io.Writer, error) { return nil, full }); !errors.Is(err, full) ||
		len(*asked) != 1 {
		t.Errorf("%v, %v", err, *asked)
	}
	c, _, _ = answering(t, says(200, `{"position":7,"root":"r","scope":"s","registers":[{"name":"visits","columns":[{"name":"ix"}]}]}`))
	if r, err := c.Registers(t.Context(), "2026-11-27"); err != nil || r.Position != 7 || r.Registers[0].Columns[0].Name != "ix" {
		t.Errorf("%+v %v", r, err)
	}
}
