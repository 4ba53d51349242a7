package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

func TestAReplayGivesTheEntriesByteForByteInEveryForm(t *testing.T) {
	w := newFixture(t)
	w.visit()
	var want []string
	w.must(w.ledger.Entries(t.Context(), w.opening, w.size(), func(_ uint64, raw []byte) error {
		want = append(want, string(raw))
		return nil
	}))
	lines := w.want(w.get(office, w.since("/v1/events"), "Accept", mediaNDJSON), 200, "")
	if string(lines.body) != strings.Join(want, "\n")+"\n" || lines.Header.Get("Anjian-Position") != strconv.FormatUint(w.size(), 10) {
		t.Errorf("NDJSON %s", lines.body)
	}
	page := decode[struct {
		Entries  []json.RawMessage
		Position uint64
		Root     string
	}](w, w.want(w.get(office, w.since("/v1/events")), 200, ""))
	if len(page.Entries) != len(want) || page.Position != w.size() || page.Root != b64(w.ledger.Head().Root) {
		t.Fatalf("%+v", page)
	}
	for i := range want {
		if string(page.Entries[i]) != want[i] {
			t.Errorf("entry %d differs", i)
		}
	}
	w.want(w.get(office, "/v1/events", "Accept", "text/html"), 406, law.NotAcceptable)
}

func TestPagesFollowEachOtherWithoutGapOrRepeat(t *testing.T) {
	w := newFixture(t)
	for i := range 7 {
		w.want(w.post(office, w.subject(fmt.Sprint("s-", i))), 201, "")
	}
	var got []uint64
	for target := w.since("/v1/events?limit=3"); target != ""; {
		page := decode[struct {
			Entries []struct{ Index uint64 }
			Cursor  string
			More    bool
		}](w, w.want(w.get(office, target), 200, ""))
		for _, e := range page.Entries {
			got = append(got, e.Index-w.opening)
		}
		if target = ""; page.More {
			target = "/v1/events?limit=3&cursor=" + page.Cursor
		}
	}
	if !slices.Equal(got, []uint64{0, 1, 2, 3, 4, 5, 6}) {
		t.Errorf("indexes %v", got)
	}
}

func TestAReplayIsFiltered(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	type entries struct {
		Entries []struct{ Index uint64 }
	}
	all := w.size() - uint64(len(everyRole())) - 1 // but for who was given which token
	first, second := w.opening+1, w.opening+2
	for query, want := range map[string]func(n int) bool{
		"stream=subject/s-1":                        func(n int) bool { return n == 1 },
		"stream=team":                               func(n int) bool { return n == 3 },
		"type=inspector-arrived":                    func(n int) bool { return n == 1 },
		"type=anjian.inspector-arrived.v1":          func(n int) bool { return n == 1 },
		"team=t-1&stream=inspection/" + visit1:      func(n int) bool { return n >= 3 },
		"subject=s-1&type=subject-registered":       func(n int) bool { return n == 1 },
		"county=610902&type=inspector-arrived":      func(n int) bool { return n == 1 },
		"county=610921":                             func(n int) bool { return n == 0 },
		"person=p-inspector":                        func(n int) bool { return n == 2 },
		fmt.Sprintf("from=%d&to=%d", first, second): func(n int) bool { return n == 1 },
		"recorded_to=2000-01-01":                    func(n int) bool { return n == 0 },
		"recorded_from=2000-01-01":                  func(n int) bool { return n == int(all) },
		"recorded_from=2999-01-01":                  func(n int) bool { return n == 0 },
		"recorded_to=2999-01-01T00:00:00-08:00":     func(n int) bool { return n == int(all) },
	} {
		got := decode[entries](w, w.want(w.get(office, "/v1/events?"+query), 200, ""))
		if !want(len(got.Entries)) {
			t.Errorf("%s: %+v", query, got)
		}
	}
	w.want(w.get(office, "/v1/events?type=imagined"), 400, law.InvalidParameter)
	w.want(w.get(office, "/v1/events?stream=enterprise/1"), 400, law.InvalidParameter)
}

func TestATeamReplaysItsOwnRowsOnly(t *testing.T) {
	w := newFixture(t)
	w.visit()
	if mine := w.get("inspector", "/v1/events").body; !strings.Contains(string(mine), `"stream":"inspection/`+visit1+`"`) ||
		!strings.Contains(string(mine), `"stream":"team/t-1"`) {
		t.Errorf("own rows: %s", mine)
	}
	if others := w.get("other-team", "/v1/events").body; strings.Contains(string(others), "t-1") {
		t.Errorf("another team's rows: %s", others)
	}
	w.want(w.get("other-team", fmt.Sprint("/v1/entries/", w.opening+2)), 404, law.NotFound)
}

// messages reads n messages of an event stream, as index and data.
func messages(t *testing.T, r *bufio.Reader, n int) (got [][2]string) {
	t.Helper()
	var id string
	for len(got) < n {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(v)
		}
		if v, ok := strings.CutPrefix(line, "data: "); ok {
			got = append(got, [2]string{id, strings.TrimSuffix(v, "\n")})
		}
	}
	return got
}

// listen opens an event stream over a real connection.
func listen(t *testing.T, ctx context.Context, server *httptest.Server, token, query, last string) *bufio.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept", mediaSSE)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != mediaSSE {
		t.Fatalf("%d %v %s", resp.StatusCode, resp.Header, readAll(resp.Body))
	}
	return bufio.NewReader(resp.Body)
}

// serve runs the handler behind its own server, timeouts included.
func serve(t *testing.T, w *fixture) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(w.Handler)
	server.Config = NewServer(w.Handler, slog.New(slog.DiscardHandler))
	server.Config.ReadTimeout, server.Config.WriteTimeout = w.cfg.Stall, w.cfg.Stall
	server.Start()
	t.Cleanup(func() {
		w.Stop()
		server.Close()
	})
	return server
}

func TestALiveStreamGoesOnWithWhatIsCommittedAndResumesWithoutLoss(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Heartbeat = 20 * time.Millisecond })
	server := serve(t, w)
	w.want(w.post(office, w.subject("s-0")), 201, "")
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
	at := func(n uint64) string { return `"index":` + strconv.FormatUint(w.opening+n, 10) + "," }
	r := listen(t, ctx, server, office, "?from="+strconv.FormatUint(w.opening, 10), "")
	first := messages(t, r, 1)
	if !strings.Contains(first[0][1], at(0)) {
		t.Fatalf("%v", first)
	}
	w.want(w.post(office, w.subject("s-1")), 201, "")
	got := messages(t, r, 1)
	raw, err := w.ledger.Entry(ctx, w.opening+1)
	w.must(err)
	if got[0][1] != string(raw) {
		t.Errorf("live %v", got)
	}
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, ":") && line != "\n" {
		t.Errorf("no heartbeat: %q %v", line, err)
	}
	leave()

	w.want(w.post(office, w.subject("s-2")), 201, "")
	ctx, leave = context.WithTimeout(t.Context(), 10*time.Second)
	defer leave()
	if got := messages(t, listen(t, ctx, server, office, "", first[0][0]), 2); got[0][1] != string(raw) ||
		!strings.Contains(got[1][1], at(2)) {
		t.Errorf("resumed with %v", got)
	}
}

func TestALiveStreamEndsWithItsTokenItsRangeAndItsServer(t *testing.T) {
	w := newFixture(t, func(c *Config) { c.Heartbeat = 10 * time.Millisecond })
	server := serve(t, w)
	w.want(w.post(office, w.subject("s-0")), 201, "")
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Second)
	defer leave()
	if rest := string(readAll(listen(t, ctx, server, office, "?to=1", ""))); !strings.Contains(rest, `"index":0,`) {
		t.Errorf("bounded stream: %q", rest)
	}
	w.want(w.post(office, w.subject("s-1")), 201, "")
	if rest := string(readAll(listen(t, ctx, server, office, "?limit=1", ""))); strings.Count(rest, "id: ") != 1 ||
		!strings.Contains(rest, `"index":0,`) {
		t.Errorf("limited stream: %q", rest)
	}
	r := listen(t, ctx, server, office, "", "")
	w.revoke(office)
	readAll(r) // ends
	r = listen(t, ctx, server, "discipline-commission", "", "")
	w.Stop()
	readAll(r)
	if ctx.Err() != nil {
		t.Error("a stream did not end by itself")
	}
}

// A HEAD says what a GET would begin with: also that a cursor is none.
func TestAHeadOfAStreamLooksAtItsCursor(t *testing.T) {
	w := newFixture(t)
	for _, form := range []string{mediaNDJSON, mediaSSE} {
		w.want(w.do(office, "HEAD", "/v1/events", "", "Accept", form), 200, "")
		if a := w.do(office, "HEAD", "/v1/events?cursor=nonsense", "", "Accept", form); a.StatusCode != 400 {
			t.Errorf("%s: %d", form, a.StatusCode)
		}
	}
}
