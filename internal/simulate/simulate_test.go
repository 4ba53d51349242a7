package simulate

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	reviews "github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	book "github.com/anjian-ledger/anjian/internal/ledger"
)

var (
	long = flag.Bool("long", false, "also run the province to its end, and a city by the law of today")
	city = flag.Bool("city", false, "also have the rules judge a whole city")
)

// december is 2019-12-02 00:00 in Ankang.
var december = time.Date(2019, 12, 1, 16, 0, 0, 0, time.UTC)

func generator(t testing.TB, c Config) *Generator {
	t.Helper()
	if c.Base.IsZero() {
		c.Base = december
	}
	if c.Size == "" {
		c.Size = Small
	}
	g, err := Campaign(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func digestOf(t testing.TB, c Config) (sum [32]byte, events int) {
	t.Helper()
	h := sha256.New()
	for r := range generator(t, c).Requests() {
		lines, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range slices.Concat(lines, r.Signatures) {
			h.Write(append(l, '\n'))
		}
		events += len(lines)
	}
	return [32]byte(h.Sum(nil)), events
}

// ledger judges requests as the sequencer does.
type ledger struct {
	state   *domain.State
	types   *event.Catalogue
	index   uint64
	flags   map[string]int
	reviews int
	counts  map[string]int
	seen    map[uuid.UUID][]byte
	bytes   map[uuid.UUID][]byte // of events
	keys    devicekey.Ring
	place   map[uuid.UUID]uint64
	origin  string
	signed  int  // entries with this assurance
	quick   bool // judge the events as they are made, without authoring and parsing them
}

func newLedger() *ledger {
	l := &ledger{state: domain.New(), types: domain.Catalogue(), flags: map[string]int{}, counts: map[string]int{},
		seen: map[uuid.UUID][]byte{}, bytes: map[uuid.UUID][]byte{}, place: map[uuid.UUID]uint64{}}
	l.state.Root = func(position uint64) ([32]byte, bool) { return rootOf(position), position <= l.index }
	return l
}

// rootOf stands for the root of a ledger of that size.
func rootOf(position uint64) [32]byte { return sha256.Sum256(fmt.Append(nil, position)) }

// Behind implements [Ledger].
func (l *ledger) Behind(id uuid.UUID) (position uint64, root [32]byte, err error) {
	at, ok := l.place[id]
	if !ok {
		return 0, root, fmt.Errorf("event %s is not there", id)
	}
	return at + 1, rootOf(at + 1), nil
}

// own applies an event of the ledger's own.
func (l *ledger) own(name string, stream event.Stream, recorded time.Time, d event.Data) *event.Event {
	e := &event.Event{Type: l.types.Newest(name), Stream: stream, Data: d, Occurred: recorded, Recorded: recorded,
		ExpectedRevision: event.AnyRevision, Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived}
	e.About = l.state.About(e)
	return e
}

// append judges one request at a recorded time and returns the refusal, if any.
func (l *ledger) append(t testing.TB, r *Request, recorded time.Time) *event.Refusal {
	t.Helper()
	l.state.Begin()
	for i, e := range r.Events {
		if l.quick {
			e.Bytes = authored(t, e)
		} else {
			e = l.parsed(t, r, i)
		}
		if !e.Type.MayAppend(r.Actor.Role) {
			t.Fatalf("a %s may not append %s", r.Actor.Role, e.Type.Name)
		}
		e.Actor, e.Recorded, e.Assurance, e.Index = r.Actor, recorded, event.Token, l.index
		if r.Actor.Role == event.RolePublic {
			e.Assurance = event.Open
		}
		err := l.state.Admit(e)
		var follow []event.Consequence
		if err == nil {
			err = e.Look(func(id uuid.UUID) ([]byte, error) { return l.bytes[id], nil })
		}
		if err == nil {
			l.bytes[e.ID] = e.Bytes
			follow, err = l.state.Judge(e)
		}
		if err != nil {
			var refusal *event.Refusal
			if !errors.As(err, &refusal) {
				t.Fatal(err)
			}
			l.state.Rollback()
			return refusal
		}
		l.apply(e)
		l.counts[e.Type.Name]++
		if e.Assurance == event.Signed {
			l.signed++
		}
		for n, f := range follow {
			l.note(f)
			said := l.own(f.Name, f.Stream, recorded, f.Data)
			said.ID = event.OwnID(l.origin, "consequence", e.ID.String(), strconv.Itoa(n))
			l.apply(said)
			l.counts[f.Name]++
		}
	}
	l.state.CommitOldest()
	return nil
}

// parsed is the event as the strict parser reads its bytes.
func (l *ledger) parsed(t testing.TB, r *Request, i int) *event.Event {
	t.Helper()
	e, line := r.Events[i], sent(t, r, i)
	parsed, err := entry.ParseEvent(line, l.types)
	if err != nil {
		t.Fatalf("%s: %v\n%s", e.Type, err, line)
	}
	l.seen[e.ID] = line
	if parsed.Signed = r.Signatures != nil; parsed.Signed {
		l.verify(t, parsed, r.Signatures[i])
	}
	return parsed
}

// sent is what is sent of an event.
func sent(t testing.TB, r *Request, i int) []byte {
	t.Helper()
	if r.Signatures != nil {
		return r.Events[i].Bytes
	}
	return authored(t, r.Events[i])
}

func authored(t testing.TB, e *event.Event) []byte {
	t.Helper()
	line, err := entry.Author(e)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func (l *ledger) note(f event.Consequence) {
	switch d := f.Data.(type) {
	case *oversight.DeviationFlagged:
		l.flags[d.Code]++
	case *reviews.Opened:
		l.reviews++
	}
}

func (l *ledger) apply(e *event.Event) {
	e.Index, e.Revision = l.index, uint64(l.state.Revision(e.Stream)+1) //nolint:gosec // from -1 on
	l.place[e.ID] = e.Index
	l.index++
	l.state.Apply(e)
	l.keys.Apply([]*event.Event{e})
}

// judged are the ledgers of the campaigns that were run: several tests look at the same ones.
var judged = map[Config]*ledger{}

// run judges a whole campaign, once, and fails on any refusal that the request does not announce. Its ledger is only read.
func run(t testing.TB, c Config) *ledger {
	t.Helper()
	if judged[c] == nil {
		judged[c] = runUntil(t, c, time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC))
	}
	return judged[c]
}

// runUntil is run; of a live one it judges what has happened by now.
func runUntil(t testing.TB, c Config, now time.Time) *ledger {
	t.Helper()
	l := newLedger()
	l.quick, l.origin = c.Size != "", c.Origin
	if c.Keys = l.sealingKeys(t); c.Ledger == nil {
		c.Ledger = l
	}
	g := generator(t, c)
	var last time.Time
	for r := range g.Requests() {
		if r.Recorded.Before(last) {
			t.Fatalf("a request of %v comes after %v", r.Recorded, last)
		}
		last = r.Recorded
		if len(r.Events) > book.MaxBatchEvents {
			t.Fatalf("a request has %d events", len(r.Events))
		}
		if r.Resend {
			l.counts["resent requests"]++
			for i, e := range r.Events {
				if old := l.seen[e.ID]; !l.quick && !bytes.Equal(sent(t, r, i), old) {
					t.Fatalf("a resend has other bytes than %s", old)
				}
			}
			continue
		}
		recorded := r.Recorded
		if c.Live && recorded.After(now) {
			break // it has not happened yet
		} else if c.Live {
			recorded = now
		}
		refusal := l.append(t, r, recorded)
		switch {
		case refusal == nil && r.Refusal == "":
		case refusal == nil:
			t.Fatalf("accepted, although made to be refused with %s", r.Refusal)
		case r.Refusal != string(refusal.Code):
			t.Fatalf("%s: %v", r.Events[0].Type.Name, refusal)
		default:
			l.counts["refused "+string(refusal.Code)]++
		}
	}
	return l
}

func TestSameSeedSameBytesOtherSeedOtherBytes(t *testing.T) {
	one, n := digestOf(t, Config{Seed: 7})
	again, m := digestOf(t, Config{Seed: 7})
	if one != again || n != m {
		t.Error("the same configuration gave other bytes")
	}
	for name, c := range map[string]Config{"seed": {Seed: 8}, "origin": {Seed: 7, Origin: origin},
		"base": {Seed: 7, Base: december.AddDate(0, 0, 1)}, "live": {Seed: 7, Live: true},
		"profile": {Seed: 7, Profile: Today}, "aftermath": {Seed: 7, Aftermath: true}} {
		if other, _ := digestOf(t, c); other == one {
			t.Errorf("another %s gave the same bytes", name)
		}
	}
	if generator(t, Config{Seed: 7}).id == generator(t, Config{Seed: 8}).id {
		t.Error("two seeds share their ids")
	}
}

func TestARequestDoesNotDependOnWhichWereTakenBefore(t *testing.T) {
	g := generator(t, Config{Seed: 3, Origin: origin})
	var first []*Request
	for r := range g.Requests() {
		if first = append(first, r); len(first) == 200 {
			break
		}
	}
	i := 0
	for r := range g.Requests() {
		if i == len(first) {
			break
		}
		a, err1 := r.Bytes()
		b, err2 := first[i].Bytes()
		if err := errors.Join(err1, err2); err != nil || !slices.EqualFunc(a, b, bytes.Equal) ||
			!slices.EqualFunc(r.Signatures, first[i].Signatures, bytes.Equal) {
			t.Fatalf("request %d differs in the second walk (%v)", i, err)
		}
		i++
	}
}

func TestEveryRequestIsAcceptedByTheRules(t *testing.T) {
	for seed := range uint64(10) {
		run(t, Config{Seed: seed})
	}
	for _, base := range []time.Time{time.Date(2026, 10, 23, 16, 0, 0, 0, time.UTC),
		time.Date(2021, 12, 15, 9, 30, 0, 0, time.FixedZone("", 7200))} {
		run(t, Config{Seed: 1, Base: base})
	}
}

// TestSubjectsChangeAndSitesWorkInAHoliday: what is played of them is as it is meant, and nothing of it is flagged.
func TestSubjectsChangeAndSitesWorkInAHoliday(t *testing.T) {
	l := run(t, Config{})
	for name, n := range map[string]int{"holiday-work-filed": 2, "subject-updated": 1, "subject-ended": 1} {
		if l.counts[name] != n {
			t.Errorf("%d %s, want %d", l.counts[name], name, n)
		}
	}
	for _, code := range []string{"holiday-work-filed-late", "holiday-work-without-approval", "visit-after-end", "investment-not-stated"} {
		if l.flags[code] > 0 {
			t.Errorf("%d flags %s", l.flags[code], code)
		}
	}
}

func TestALiveSampleIsNotFlaggedAsLate(t *testing.T) {
	for _, base := range []time.Time{december, time.Date(2026, 10, 23, 16, 0, 0, 0, time.UTC)} {
		l := run(t, Config{Seed: 1, Live: true, Base: base})
		// The plan itself is judged before its policy is in force.
		if l.flags["late-sync"] > 1 || l.flags["clock-skew"] > 0 || l.flags["outside-campaign"] > 0 {
			t.Errorf("%v: %v", base, l.flags)
		}
	}
}

func TestOnlyTheLeaderActsAsLeader(t *testing.T) {
	g := generator(t, Config{Seed: 1, Size: City})
	leaders := map[string]string{}
	for r := range g.Requests() {
		for _, e := range r.Events {
			switch d := e.Data.(type) {
			case *team.LeaderAppointed:
				leaders[e.Stream.ID] = d.Person
			case *team.LeaderChanged:
				leaders[e.Stream.ID] = d.To
			}
		}
		if a := r.Actor; a.Role == event.RoleTeamLeader && leaders[a.Team] != a.Person {
			t.Fatalf("%s acts as leader of %s, which %s leads", a.Person, a.Team, leaders[a.Team])
		}
	}
}

func TestACityCampaignHasTheDeviationsOfALifelikeOne(t *testing.T) {
	if !*city {
		t.Skip("judges a city's 7,690 visits: run with -city, as .ci/run does")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a fifth of the time went into collecting what a city leaves
	l := run(t, Config{Seed: 2019, Size: City, Refusals: true})
	visits := l.counts["inspection-started"]
	if visits != 7_690+1 { // one is that of a review
		t.Errorf("%d visits", visits)
	}
	for code, share := range map[string][2]float64{
		"duplicate-inspection": {0.002, 0.012}, "visit-too-short": {0.008, 0.022}, "untrained-inspector": {0.001, 0.05},
		"fix-without-photo": {0.005, 0.05}, "identical-findings": {0.001, 0.008}, "items-skipped": {0.004, 0.025},
		"major-without-stop": {0.0002, 0.01}, "conflict-of-interest": {0.0001, 0.05},
	} {
		if got := float64(l.flags[code]) / float64(visits); got < share[0] || got > share[1] {
			t.Errorf("%s: %.4f of the visits, want %v", code, got, share)
		}
	}
	conduct := l.flags["advance-notice"] + l.flags["briefing-heard"] + l.flags["accompanied"] + l.flags["reception"]
	if got := float64(conduct) / float64(visits); got < 0.008 || got > 0.022 {
		t.Errorf("conduct: %.4f", got)
	}
	for _, never := range []string{"sector-outside-team-scope", "county-outside-team-scope", "team-not-active", "inspector-not-in-team",
		"uscc-shared", "uscc-check-failed", "outside-campaign", "late-after-closing", "start-differs-from-reservation",
		"certificate-unregistered"} {
		if l.flags[never] > 0 {
			t.Errorf("%d flags %s, which nothing was made to meet", l.flags[never], never)
		}
	}
	if l.flags["late-sync"] < 1000 || l.flags["clock-skew"] > 0 {
		t.Errorf("%d late facts, %d skewed", l.flags["late-sync"], l.flags["clock-skew"])
	}
	for _, code := range []string{"already-reserved", "closing-needs-copies"} {
		if l.counts["refused "+code] < 50 {
			t.Errorf("refused with %s: %d", code, l.counts["refused "+code])
		}
	}
	if l.reviews == 0 {
		t.Error("the accident opened no review of the earlier visit")
	}
	unclosed := visits - l.counts["inspection-closed"]
	if share := float64(unclosed) / float64(visits); share < 0.02 || share > 0.06 {
		t.Errorf("%d of %d visits are not closed", unclosed, visits)
	}
	if l.counts["resent requests"] < visits/200 {
		t.Errorf("%d requests were sent twice", l.counts["resent requests"])
	}
	t.Logf("flags: %v", l.flags)
	t.Logf("events: %v", l.counts)
}

func TestComposition(t *testing.T) {
	g := generator(t, Config{Seed: 5, Size: City})
	kinds, counties, sectors, teams := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	var findings, major, fines, bare int
	for r := range g.Requests() {
		if r.Resend {
			continue
		}
		for _, e := range r.Events {
			if e.Source != Source {
				t.Fatalf("%s does not say that it is simulated", e.Type)
			}
			if e.Occurred.After(r.Recorded) {
				t.Fatalf("%s occurred at %v and was recorded at %v", e.Type, e.Occurred, r.Recorded)
			}
			if end := g.Base.Add(Length); e.Occurred.After(end) {
				t.Fatalf("%s occurred %v after the campaign", e.Type, e.Occurred.Sub(end))
			}
			switch d := e.Data.(type) {
			case *subject.Registered:
				kinds[d.Kind]++
				counties[codes.CountyOf(d.Region)]++
				if d.USCC != "" && !codes.ValidUSCC(d.USCC) {
					t.Fatalf("%s: %v", d.USCC, codes.CheckUSCC(d.USCC))
				}
				if d.USCC == "" {
					bare++
				}
				if !strings.HasSuffix(d.Name, mark) {
					t.Fatalf("%s does not say that it is simulated", d.Name)
				}
			case *person.Registered:
				if !strings.HasSuffix(d.Name, mark) {
					t.Fatalf("%s does not say that it is simulated", d.Name)
				}
			case *team.Formed:
				teams[d.Kind]++
				if !strings.HasSuffix(d.Name, mark) {
					t.Fatalf("%s does not say that it is simulated", d.Name)
				}
			case *inspection.Started:
				sectors[d.Sector]++
			case *inspection.FindingRecorded:
				findings++
				if d.Level == "major" {
					major++
				}
			case *casefile.PenaltyDecided:
				if d.Kind == "fine" {
					fines++
				}
			}
		}
	}
	for _, k := range subject.Kinds {
		if kinds[k] == 0 {
			t.Errorf("no subject of kind %s", k)
		}
	}
	if len(counties) != 13 {
		t.Errorf("%d counties and zones: %v", len(counties), slices.Sorted(maps.Keys(counties)))
	}
	if len(sectors) < 11 || teams["comprehensive"] < 10 || teams["specialist"] < 10 {
		t.Errorf("sectors %v, teams %v", sectors, teams)
	}
	if share := float64(major) / float64(findings); share < 0.003 || share > 0.007 {
		t.Errorf("%d of %d findings are major", major, findings)
	}
	if fines == 0 || bare == 0 {
		t.Errorf("%d fines, %d subjects without a code", fines, bare)
	}
}

// countOf is how many events a campaign has.
func countOf(t *testing.T, c Config) (events int) {
	t.Helper()
	for r := range generator(t, c).Requests() {
		if !r.Resend {
			events += len(r.Events)
		}
	}
	return events
}

func TestSizesHaveTheEventsTheyState(t *testing.T) {
	for _, size := range Sizes {
		if size == Province && !*long {
			t.Log("the province is counted with -args -long only")
			continue
		}
		events := countOf(t, Config{Seed: 1, Size: size})
		if size == Small || *long {
			today := countOf(t, Config{Seed: 1, Size: size, Profile: Today, Base: march.Base})
			if more := float64(today)/float64(events) - 1; more < 0.02 || more > 0.08 {
				t.Errorf("%s: %d events by the law of today, %+.1f %% more than by that of 2019", size, today, 100*more)
			}
		}
		if off := float64(events)/float64(size.Events()) - 1; math.Abs(off) > 0.05 {
			t.Errorf("%s: %d events, %+.1f %% off %d", size, events, 100*off, size.Events())
		}
		if size == Province {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			t.Logf("province: %d events, %d MiB from the system", events, m.Sys>>20)
			if m.Sys > 256<<20 {
				t.Errorf("memory grew to %d MiB", m.Sys>>20)
			}
		}
	}
	if Size("nation").Events() != 0 {
		t.Error("an unknown size has events")
	}
	if _, err := Campaign(Config{Size: "nation", Base: december}); err == nil {
		t.Error("an unknown size was accepted")
	}
}

func BenchmarkGenerateAndAuthor(b *testing.B) {
	g := generator(b, Config{Seed: 1, Size: Province})
	events, size := 0, 0
	b.ReportAllocs()
	for r := range g.Requests() {
		lines, err := r.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		for _, l := range lines {
			size += len(l)
		}
		if events += len(lines); events >= b.N {
			break
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(size)/float64(events), "bytes/event")
}
