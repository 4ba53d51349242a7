package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/projections/tables"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

var (
	outsiders = flag.Int("outsiders", 5, "random ledgers of the tests that compare outsiders and ways of reading")
	outsider  = flag.Uint64("outsider-seed", 1, "of the first one")
)

// watched is a fixture in which the readers of a plan have tokens of their names, and the ledger
// the clock of the plan.
func watched(t *testing.T) (*fixture, *planClock) {
	clock := &planClock{now: vt.Begin}
	w := newFixtureAt(t, clock.Now, func(c *Config) { c.Heartbeat = 20 * time.Millisecond })
	for i := range 8 {
		file := fmt.Sprint("file ", i)
		sum := sha256.Sum256([]byte(file))
		w.want(w.do(office, "PUT", fmt.Sprintf("/v1/evidence/%x", sum), file), 201, "")
	}
	return w, clock
}

// admit gives the readers of a plan their tokens, once the plan has registered them.
func (w *fixture) admit() {
	w.Helper()
	issue := func(word string, a event.Actor) {
		w.issue(word, token.Issued{Role: a.Role, Person: a.Person, Team: a.Team, County: a.County, Unit: a.Unit})
	}
	for _, name := range slices.Sorted(maps.Keys(vt.Readers)) {
		if vt.Readers[name].Role != event.RoleInspectedParty { // whose subject is registered next
			issue(name, vt.Readers[name])
		}
	}
	for _, team := range vt.Teams { // who records in the field is no leader
		issue("field-"+team, event.Actor{Role: event.RoleInspector, Person: "p" + team[1:], Team: team})
	}
}

type planClock struct {
	mu    sync.Mutex
	now   time.Time
	lists uint64 // version of the lists of duties
}

func (c *planClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *planClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// sealed puts the hashes of files that are there in the place of the plan's.
func sealed(raw []byte) []byte {
	for i := range 8 {
		sum := sha256.Sum256(fmt.Appendf(nil, "file %d", i))
		raw = bytes.ReplaceAll(raw, fmt.Appendf(nil, "%064x", i+1), fmt.Appendf(nil, "%x", sum))
	}
	return raw
}

// do appends a command as its author's device would, and returns the answer.
func do(w *fixture, clock *planClock, c *vt.Command) answer {
	clock.set(c.Recorded)
	switch d := c.Data.(type) {
	case *table.Published:
		if d.Table == table.Duties {
			clock.lists = w.size()
		}
	case *duty.Performed: // there it is another version
		done := *d
		done.Version, c = &clock.lists, new(*c)
		c.Data = &done
	}
	raw, err := entry.Author(&event.Event{ID: c.ID, Type: w.cat.Newest(c.Name), Stream: c.Stream, Source: "urn:test", Occurred: c.Occurred,
		Campaign: c.Campaign, ExpectedRevision: c.Expected, Data: c.Data})
	w.must(err)
	word := c.Who
	if c.Actor.Role == event.RoleInspector {
		word = "field-" + c.Actor.Team
	}
	if _, known := w.tokens.known["cA"]; !known {
		if c.Stream.Kind == event.Subject { // people and teams are there
			w.admit()
		} else {
			word = office
		}
	}
	a := w.post(word, string(sealed(raw)))
	for name, r := range vt.Readers {
		if r.Role == event.RoleInspectedParty && c.Stream == (event.Stream{Kind: event.Subject, ID: r.Unit}) && a.StatusCode < 300 {
			if _, known := w.tokens.known[name]; !known {
				w.issue(name, token.Issued{Role: r.Role, Subject: r.Unit})
			}
		}
	}
	if p := decode[struct{ Code law.Code }](w, answer{body: a.body}); p.Code == law.Unauthenticated || p.Code == "invalid-data" &&
		c.Name != "assignment-reserved" {
		w.Fatalf("%s as %s: %s", c.Name, word, a.body)
	}
	return a
}

// stripped is an answer without what tells a place in the ledger, and its status.
func stripped(a answer) string {
	if strings.HasPrefix(a.Header.Get("Content-Type"), mediaNDJSON) {
		var lines []string
		for line := range strings.Lines(string(a.body)) {
			lines = append(lines, string(vt.Stripped([]byte(line))))
		}
		return fmt.Sprint(a.StatusCode, "\n", strings.Join(lines, "\n"))
	}
	return fmt.Sprint(a.StatusCode, " ", string(vt.Stripped(a.body)))
}

// asked is every question of the API that is about the contents of the ledger; of registers, each ledger is asked for some.
func asked(ledger int) []string {
	targets := []string{"/v1/events", "/v1/events?stream=inspection", "/v1/events?type=finding-recorded&limit=2", "/v1/events?county=" +
		vt.CountyA,
		"/v1/events?team=T1", "/v1/events?subject=s1&limit=1", "/v1/subjects", "/v1/subjects?limit=1", "/v1/subjects?q=s2", "/v1/teams",
		"/v1/teams?q=2",
		"/v1/events?stream=duty", "/v1/events?stream=assessment", "/v1/events?stream=duty/dY.p1", "/v1/duties/dY", "/v1/duties/dX.p1",
		"/v1/obligations?kind=deduction&now=2026-12-20T00:00:00Z",
		"/v1/counties", "/v1/assured", "/v1/city", "/v1/entries/99999"}
	for _, l := range tables.Lists {
		if l.Own {
			continue
		}
		targets = append(targets, "/v1/"+l.Name+"?limit=500", "/v1/"+l.Name+"?total=exact&sort="+memberOf(l.Sorts[0])+"&limit=2&state="+
			l.States[0].Word)
	}
	for n, r := range append([]*tables.Register{&tables.Entries}, tables.All...) {
		if n%6 == ledger%6 {
			targets = append(targets, "/v1/registers/"+r.Name)
		}
	}
	for _, s := range vt.Subjects {
		targets = append(targets, "/v1/subjects/"+s, "/v1/subjects/"+s+"?occurred_until=2026-11-02T02:00:00Z")
	}
	for _, v := range vt.Visits {
		targets = append(targets, "/v1/inspections/"+v, "/v1/events?stream=inspection/"+v)
	}
	for _, id := range vt.Teams {
		targets = append(targets, "/v1/teams/"+id)
	}
	for _, code := range vt.Areas {
		targets = append(targets, "/v1/counties/"+code)
	}
	for i := range 9 {
		targets = append(targets, fmt.Sprintf("/v1/evidence/%x", sha256.Sum256(fmt.Appendf(nil, "file %d", i))))
	}
	return targets
}

// TestAnOutsiderCannotTellThatAVisitIsHidden: for every role and scope, the answers of all routes,
// pages, lines, errors and appends with hidden visits in the ledger are byte for byte those
// without them, but for what tells a place in the ledger.
func TestAnOutsiderCannotTellThatAVisitIsHidden(t *testing.T) {
	for i := range *outsiders {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(*outsider, uint64(i)))
			commands := vt.New(rng, 30).Commands
			group := vt.Groups[i%len(vt.Groups)]
			with, clock := watched(t)
			answers := make([]answer, len(commands))
			first := make([]uint64, len(commands))
			for n := range commands {
				first[n] = with.size()
				answers[n] = do(with, clock, &commands[n])
			}
			without, clock := watched(t)
			for n, c := range commands {
				mine := slices.Contains(group, c.Who)
				if !mine && (answers[n].StatusCode >= 300 || hiddenFrom(with, group, first[n])) {
					continue
				}
				got := do(without, clock, &commands[n])
				if mine && stripped(got) != stripped(answers[n]) {
					t.Errorf("%s, command %d: %s\nwithout what is hidden: %s", c.Who, n, stripped(answers[n]), stripped(got))
				}
			}
			for _, who := range group {
				for _, target := range asked(i) {
					for _, accept := range []string{mediaJSON, mediaNDJSON} {
						if accept == mediaNDJSON && !strings.HasPrefix(target, "/v1/events") {
							continue
						}
						got, want := stripped(with.get(who, target, "Accept", accept)), stripped(without.get(who, target, "Accept", accept))
						if got != want {
							t.Errorf("%s asks for %s as %s:\n%s\nwithout what is hidden:\n%s", who, target, accept, got, want)
						}
					}
				}
				nowhere := stripped(with.get(who, "/v1/entries/99999"))
				for n := range with.size() {
					if hiddenFrom(with, group, n) {
						if got := stripped(with.get(who, fmt.Sprint("/v1/entries/", n))); got != nowhere {
							t.Errorf("%s reads entry %d of a hidden visit: %s, want %s", who, n, got, nowhere)
						}
					}
				}
			}
		})
	}
}

// hiddenFrom reports whether an entry is of a visit that is hidden from a group, or of a unit that is none of it.
func hiddenFrom(w *fixture, group []string, index uint64) bool {
	raw, err := w.ledger.Entry(context.Background(), index)
	w.must(err)
	en, err := entry.Parse(raw)
	w.must(err)
	return w.cfg.Projector.Hidden(en.Stream, index) && !slices.Contains(group, en.About.Team) || vt.OfNone(en.Stream, group)
}

// TestAllWaysOfReadingGiveTheSame: who had paged, who streams and who starts anew have the same
// entries in the same order; when his scope changes, cursors are refused, streams end, and he
// starts anew.
func TestAllWaysOfReadingGiveTheSame(t *testing.T) {
	var changes atomic.Int64
	t.Run("ledgers", func(t *testing.T) {
		for i := range *outsiders {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				changes.Add(waysOfReading(t, uint64(i)))
			})
		}
	})
	if changes.Load() == 0 && *outsiders >= 5 {
		t.Error("no scope changed")
	}
}

// waysOfReading compares them in one random ledger, and returns how often a reader had to start anew.
func waysOfReading(t *testing.T, i uint64) (changes int64) {
	rng := rand.New(rand.NewPCG(*outsider, 1000+i))
	commands := vt.New(rng, 40).Commands
	w, clock := watched(t)
	server := serve(t, w)
	readers := append([]string{"office"}, vt.Bound[:8]...) // the importer has no events to read
	pagers, streams := map[string]*pager{}, map[string]*follower{}
	for n := range commands {
		do(w, clock, &commands[n])
		if n == vt.SetUp {
			for _, who := range readers {
				pagers[who], streams[who] = &pager{w: w, who: who}, followAll(t, server, who)
			}
		}
		if n > vt.SetUp {
			pagers[readers[rng.IntN(len(readers))]].read(1 + rng.IntN(3))
		}
	}
	for _, who := range readers {
		var anew []string
		for line := range strings.Lines(string(w.want(w.get(who, "/v1/events", "Accept", mediaNDJSON), 200, "").body)) {
			anew = append(anew, strings.TrimSuffix(line, "\n"))
		}
		if want := defined(w, who); !slices.Equal(anew, want) {
			t.Errorf("%s reads\n%s\nby definition\n%s", who, strings.Join(anew, "\n"), strings.Join(want, "\n"))
		}
		for pagers[who].read(3) {
		}
		changes += int64(pagers[who].restarts)
		if !slices.Equal(pagers[who].got, anew) {
			t.Errorf("%s paged\n%s\nanew\n%s", who, strings.Join(pagers[who].got, "\n"), strings.Join(anew, "\n"))
		}
		if got := streams[who].wait(len(anew)); !slices.Equal(got, anew) {
			t.Errorf("%s streamed\n%s\nanew\n%s", who, strings.Join(got, "\n"), strings.Join(anew, "\n"))
		}
	}
	return changes
}

// defined is what a reader should get, from the entries alone.
func defined(w *fixture, who string) []string {
	l, lines := &vt.Ledger{}, []string{}
	w.must(w.ledger.Entries(context.Background(), 0, w.size(), func(_ uint64, raw []byte) error {
		e, err := entry.Decode(raw, w.cat)
		l.Events, lines = append(l.Events, e), append(lines, string(raw))
		return err
	}))
	scope := w.cfg.Projector.ScopeAt(vt.Readers[who]).Scope
	order, _ := l.Order(vt.Readers[who], &scope, len(l.Events))
	var out []string
	for _, e := range order {
		out = append(out, lines[e.Index])
	}
	return out
}

// pager reads pages, from time to time.
type pager struct {
	w        *fixture
	who      string
	got      []string
	cursor   string
	restarts int
}

// read reads the next page, and reports whether there is more.
func (p *pager) read(limit int) bool {
	target := fmt.Sprintf("/v1/events?limit=%d", limit)
	if p.cursor != "" {
		target += "&cursor=" + p.cursor
	}
	a := p.w.get(p.who, target)
	if a.StatusCode == http.StatusConflict {
		*p = pager{w: p.w, who: p.who, restarts: p.restarts + 1}
		return true
	}
	page := decode[struct {
		Entries []json.RawMessage
		Cursor  string
		More    bool
	}](p.w, p.w.want(a, 200, ""))
	for _, e := range page.Entries {
		p.got = append(p.got, string(e))
	}
	p.cursor = page.Cursor
	return page.More
}

// follower reads a live stream, and begins anew when its scope has changed.
type follower struct {
	mu  sync.Mutex
	got []string
}

func followAll(t *testing.T, server *httptest.Server, who string) *follower {
	f := &follower{}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	t.Cleanup(func() { cancel(); done.Wait() })
	done.Go(func() {
		last := ""
		for ctx.Err() == nil {
			last = f.listen(ctx, server, who, last)
		}
	})
	return f
}

// listen reads one stream to its end and returns the id of the last message; "" to begin anew.
func (f *follower) listen(ctx context.Context, server *httptest.Server, who, last string) string {
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/events", nil)
	if err != nil {
		return last
	}
	r.Header.Set("Authorization", "Bearer "+who)
	r.Header.Set("Accept", mediaSSE)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	} else {
		f.mu.Lock()
		f.got = nil
		f.mu.Unlock()
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		return last
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusConflict {
		return ""
	}
	lines := bufio.NewReader(resp.Body)
	for id := last; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			return last
		}
		if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(v)
		}
		if v, ok := strings.CutPrefix(line, "data: "); ok {
			f.mu.Lock()
			f.got, last = append(f.got, strings.TrimSuffix(v, "\n")), id
			f.mu.Unlock()
		}
	}
}

// wait returns what was read once it is n entries and stays so, or what there is after a while.
func (f *follower) wait(n int) []string {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		f.mu.Lock()
		have := len(f.got)
		f.mu.Unlock()
		if have == n {
			time.Sleep(60 * time.Millisecond) // three heartbeats
			break
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// Evidence follows the entries that name it; who uploaded it has it before.
func TestEvidenceIsReadByWhoSeesAnEntryThatNamesIt(t *testing.T) {
	w := newFixture(t)
	w.visit()
	photo := "\xff\xd8 photo"
	sum := sha256.Sum256([]byte(photo))
	at := fmt.Sprintf("/v1/evidence/%x", sum)
	w.want(w.do("inspector", "PUT", at, photo), 201, "")
	may := func(who string, want bool) {
		t.Helper()
		status := 404
		if want {
			status = 200
		}
		for _, method := range []string{"GET", "HEAD"} {
			if a := w.do(who, method, at, ""); a.StatusCode != status {
				t.Errorf("%s %s: %d, want %d", who, method, a.StatusCode, status)
			}
		}
	}
	may("inspector", true)
	may(office, false) // nobody knows what it is yet
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	w.want(w.post("inspector", w.author("inspection/"+visit1, "finding-recorded",
		&inspection.FindingRecorded{Finding: "f", Description: "x", Level: "general",
			Evidence: []event.Evidence{{SHA256: fmt.Sprintf("%x", sum), Size: int64(len(photo)), MediaType: "image/jpeg"}}})), 201, "")
	may(office, true)
	may("county-government", false)
	may("department", false)
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 201, "")
	may("county-government", true)
	may("department", true)
	may("other-county", false)
	may("other-team", false)
}

func TestWhoAppendedAnEntryReadsItByIdAndInNoList(t *testing.T) {
	w := newFixture(t)
	w.visit()
	at := w.size()
	w.want(w.post("importer", w.author("inspection/"+visit7, "inspection-started",
		&inspection.Started{Subject: "s-1", Sector: "MINE", VisitType: "initial",
			Unknown: event.Unknown{"team", "inspectors"}})), 201, "")
	path := fmt.Sprint("/v1/entries/", at)
	w.want(w.get("importer", path), 200, "")
	w.want(w.get("importer", fmt.Sprint("/v1/entries/", at-1)), 404, law.NotFound) // the reservation of a hidden visit
	w.want(w.get("importer", "/v1/events"), 403, law.Forbidden)
	if got := string(w.want(w.get("importer", "/v1/subjects/s-1"), 200, "").body); strings.Contains(got, visit7) ||
		strings.Contains(got, visit1) {
		t.Errorf("the importer maps to subjects, and reads of visits: %s", got)
	}
	w.want(w.get("importer", "/v1/inspections/"+visit1), 403, law.Forbidden)
}

// A hidden visit is in no county's figure, at no position; from its arrival on it is in all.
func TestAHiddenVisitCountsForNobodyUntilItsArrival(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	w.want(w.post("inspector", w.author("inspection/"+visit1, "finding-recorded",
		&inspection.FindingRecorded{Finding: "f", Description: "x", Level: "general"})), 201, "")
	type figures struct {
		Counts            struct{ Inspections, Findings int }
		InspectionsTotal  int `json:"inspections_total"`
		InspectionsHidden int `json:"inspections_hidden"`
		UnsignedRecords   int `json:"unsigned_records"`
		Deviations        []any
	}
	before := w.size()
	ask := func(who, target string) figures {
		t.Helper()
		return decode[figures](w, w.want(w.get(who, target), 200, ""))
	}
	for _, who := range []string{"county-government", office} {
		if got := ask(who, "/v1/counties/610902"); got.Counts.Inspections+got.Counts.Findings+got.UnsignedRecords+len(got.Deviations) != 0 {
			t.Errorf("%s: %+v", who, got)
		}
	}
	if got := ask("inspector", "/v1/subjects/s-1"); got.InspectionsTotal != 0 || got.InspectionsHidden != 1 || got.Counts.Findings != 0 {
		t.Errorf("own team: %+v", got)
	}
	for _, who := range []string{"inspector", office} {
		if got := ask(who, "/v1/teams/t-1"); got.InspectionsHidden != 1 || got.Counts.Inspections != 0 {
			t.Errorf("%s asks for the team: %+v", who, got)
		}
	}
	if got := ask("city-government", "/v1/teams/t-1"); got.InspectionsHidden != 0 {
		t.Errorf("the city government reads aggregates: %+v", got)
	}
	if got := ask("county-government", "/v1/subjects/s-1"); got.InspectionsTotal+got.InspectionsHidden+got.Counts.Findings != 0 {
		t.Errorf("county: %+v", got)
	}
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 201, "")
	if got := ask(office, "/v1/teams/t-1"); got.InspectionsHidden != 0 || got.Counts.Inspections != 1 {
		t.Errorf("the team after the arrival: %+v", got)
	}
	for _, who := range []string{"county-government", "department", office} {
		if got := ask(who, "/v1/counties/610902"); got.Counts.Inspections != 1 || got.Counts.Findings != 1 {
			t.Errorf("%s after the arrival: %+v", who, got)
		}
		if got := ask(who, fmt.Sprint("/v1/counties/610902?as_of=", before)); got.Counts.Inspections+got.Counts.Findings != 0 {
			t.Errorf("%s as of before: %+v", who, got)
		}
	}
}
