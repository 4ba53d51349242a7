package projector_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
)

func same(t *rapid.T, what string, got, want map[string]string) {
	t.Helper()
	for view := range want {
		if got[view] != want[view] {
			t.Fatalf("%s: %s\n got %s\nwant %s", what, view, got[view], want[view])
		}
	}
}

func asOf(n int) projector.Query {
	at := uint64(n)
	return projector.Query{For: office, AsOf: &at}
}

func TestEveryViewAsOfEveryPositionIsTheFoldOfThatManyEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SampledFrom([]func(*rapid.T) *ledger{drawLedger, drawChaos}).Draw(t, "generator")
		l := draw(t)
		whole := l.project(len(l.events), 1000)
		for n := range len(l.events) + 1 {
			same(t, fmt.Sprintf("as of %d", n), answers(whole, asOf(n)), answers(l.project(n, 1000), projector.Query{For: office}))
		}
	})
}

func TestTheSizeOfChunksDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		n := len(l.events)
		want := answers(l.project(n, n+1), projector.Query{For: office})
		same(t, "chunks", answers(l.project(n, rapid.IntRange(1, 10).Draw(t, "chunk")), projector.Query{For: office}), want)
	})
}

// Positions differ between a ledger and a filtered one, so they are left out of the
// comparison: everything else of a view must be the same.
func TestOccurredUntilIsTheFoldOfWhatHadOccurred(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedgerOf(t, event.Imported) // what hides a visit is where its arrival stands, not when it occurred
		until := epoch.Add(time.Duration(rapid.IntRange(-1, 101).Draw(t, "until")) * time.Hour)
		past := l.filtered(func(e *event.Event) bool { return projections.KnownBy(e, until) })
		got := answers(l.project(len(l.events), 7), projector.Query{For: office, OccurredUntil: &until})
		want := answers(past.project(len(past.events), 7), projector.Query{For: office})
		for _, m := range []map[string]string{got, want} {
			for view, text := range m {
				m[view] = withoutPositions(text)
			}
		}
		for view := range got {
			if got[view] != want[view] {
				t.Fatalf("%s\n got %s\nwant %s", view, got[view], want[view])
			}
		}
	})
}

func withoutPositions(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var strip func(any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "position")
			delete(v, "root")
			delete(v, "recorded")
			delete(v, "index")
			for _, x := range v {
				strip(x)
			}
		case []any:
			for _, x := range v {
				strip(x)
			}
		}
	}
	strip(v)
	out, _ := json.Marshal(v)
	return string(out)
}

// oracle counts from the definitions, without any state that is carried along.
func oracle(events []*event.Event, about func(*event.Event) bool) projections.Counts {
	var c projections.Counts
	started, attempted, arrived := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, e := range events {
		if of := ofVisit(e); !about(e) || of.Kind == event.Inspection && !disclosed(events, of) {
			continue
		}
		switch d := e.Data.(type) {
		case *inspection.Started:
			started[e.Stream.ID] = true
		case *inspection.Attempted:
			attempted[e.Stream.ID] = true
		case *inspection.Arrived:
			arrived[e.Stream.ID] = true
		case *inspection.CheckAnswered:
			c.Checks++
		case *casefile.PenaltyDecided:
			if penaltyNow(events, e, d) != nil {
				c.Penalties++
			}
		case *inspection.FindingRecorded:
			c.Findings++
			if finalLevel(events[i+1:], e.Stream, d) == "major" {
				c.MajorFindings++
			}
		}
	}
	for id := range started {
		if !attempted[id] || arrived[id] {
			c.Inspections++
		}
	}
	return c
}

// ofVisit is the stream of the visit whose fact an entry is, or its own.
func ofVisit(e *event.Event) event.Stream {
	if d, ok := e.Data.(*casefile.PenaltyDecided); ok && d.Inspection != "" {
		return event.Stream{Kind: event.Inspection, ID: d.Inspection}
	}
	return e.Stream
}

// penaltyNow is a penalty as it counts: nil while it is withdrawn, and when the final decision has taken the place of a provisional
// one of its visit.
func penaltyNow(events []*event.Event, e *event.Event, d *casefile.PenaltyDecided) *casefile.PenaltyDecided {
	now := versionNow(events, e, d)
	if now == nil || now.Final || d.Inspection == "" {
		return now
	}
	for _, o := range events[e.Index+1:] {
		if f, ok := o.Data.(*casefile.PenaltyDecided); ok && f.Inspection == d.Inspection && f.Penalty == d.Penalty && f.Final &&
			versionNow(events, o, f) != nil {
			return nil
		}
	}
	return now
}

// versionNow is the content of a penalty after what its stream says of it: at once in an import, else since a yes.
func versionNow(events []*event.Event, e *event.Event, now *casefile.PenaltyDecided) *casefile.PenaltyDecided {
	var asked *event.Event
	for _, o := range events[e.Index+1:] {
		if ofStream(events, o.Stream) != ofStream(events, e.Stream) {
			continue
		}
		says := o
		if c, ok := o.Data.(event.Correction); ok {
			if ref, _ := c.Corrects(); ref.ID() != e.ID {
				continue
			}
			asked = o
			if o.Assurance != event.Imported {
				continue
			}
		} else if ref, yes, ok := oversight.Answer(o.Data); ok && asked != nil && ref.Event == asked.ID.String() {
			says, asked = asked, nil
			if !yes {
				continue
			}
		} else {
			continue
		}
		d, _ := says.Data.(event.Correction).Version()
		now, _ = d.(*casefile.PenaltyDecided)
		asked = nil
	}
	return now
}

// ofStream is the stream of the visit that a stream is of, or the stream itself.
func ofStream(events []*event.Event, s event.Stream) event.Stream {
	first := events[slices.IndexFunc(events, func(e *event.Event) bool { return e.Stream == s })]
	switch d := first.Data.(type) {
	case *order.Issued:
		return event.Stream{Kind: event.Inspection, ID: d.Inspection}
	case *casefile.NoPenaltyDecided:
		return event.Stream{Kind: event.Inspection, ID: d.Inspection}
	}
	return ofVisit(first)
}

func disclosed(events []*event.Event, s event.Stream) bool {
	return slices.ContainsFunc(events, func(e *event.Event) bool { return e.Stream == s && visibility.Discloses(e) })
}

// finalLevel is the last level stated for a finding before its id is used again.
func finalLevel(later []*event.Event, s event.Stream, d *inspection.FindingRecorded) string {
	level := d.Level
	var asked *event.Event // the correction that waits
	for _, e := range later {
		if e.Stream != s {
			continue
		}
		if ref, yes, ok := oversight.Answer(e.Data); ok && asked != nil && ref.Event == asked.ID.String() {
			if yes {
				level = findingOf(asked.Data.(*correction.FactCorrected)).Level
			}
			asked = nil
		}
		switch o := e.Data.(type) {
		case *inspection.FindingRecorded:
			if o.Finding == d.Finding {
				return level
			}
		case *correction.FactCorrected:
			switch {
			case findingOf(o).Finding != d.Finding:
			case e.Assurance == event.Imported:
				level = findingOf(o).Level
			default:
				asked = e
			}
		}
	}
	return level
}

func TestCountsAreWhatTheDefinitionsSay(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		p := l.project(len(l.events), 9)
		check := func(view string, got, want projections.Counts) {
			if got != want {
				t.Fatalf("%s: got %+v, want %+v", view, got, want)
			}
		}
		for _, id := range subjectIDs {
			if v, err := p.Subject(ctx, id, projector.Query{For: office}); err == nil {
				check(id, v.Counts, oracle(l.events, func(e *event.Event) bool { return e.About.Subject == id }))
			}
		}
		for _, id := range teamIDs {
			if v, err := p.Team(ctx, id, projector.Query{For: office}); err == nil {
				check(id, v.Counts, oracle(l.events, func(e *event.Event) bool { return e.About.Team == id }))
			}
		}
		for _, id := range visitIDs {
			if v, err := p.Inspection(ctx, id, projector.Query{For: office}); err == nil && !v.Hidden {
				check(id, v.Counts, oracle(l.events, func(e *event.Event) bool { return ofVisit(e).ID == id }))
			}
		}
		for _, code := range places {
			if v, err := p.County(ctx, code, projector.Query{For: office}); err == nil {
				check(code, v.Counts, oracle(l.events, func(e *event.Event) bool {
					return e.About.County == code || code == "610902" && strings.HasPrefix(e.About.County, "61097")
				}))
			}
		}
		city, err := p.City(ctx, projector.Query{For: office})
		if err != nil {
			t.Fatal(err)
		}
		check("city", city.Counts, oracle(l.events, func(*event.Event) bool { return true }))
	})
}

// money adds up in big integers what an oracle finds.
type money struct {
	sum     map[string]*big.Int
	unknown int64
}

func (m *money) add(v *event.Money) {
	if v == nil {
		m.unknown++
		return
	}
	if m.sum == nil {
		m.sum = map[string]*big.Int{}
	}
	if m.sum[v.Currency] == nil {
		m.sum[v.Currency] = new(big.Int)
	}
	m.sum[v.Currency].Add(m.sum[v.Currency], big.NewInt(v.Amount))
}

func (m *money) check(t *rapid.T, what string, sums []projections.Sum, unknown int64) {
	t.Helper()
	have := map[string]string{}
	for _, s := range sums {
		have[s.Currency] = s.Amount.String()
	}
	for currency, n := range m.sum {
		if n.Sign() == 0 {
			continue // a sum of zero is left out
		}
		if have[currency] != n.String() {
			t.Fatalf("%s: %s %s, big integers give %s", what, have[currency], currency, n)
		}
		delete(have, currency)
	}
	if len(have) > 0 || unknown != m.unknown {
		t.Fatalf("%s: %v too much, %d unknown, want %d", what, have, unknown, m.unknown)
	}
}

// TestMoneyAndHarmEqualBigIntegers: fines, and casualties that are corrected upwards, downwards
// and to what is not known.
func TestMoneyAndHarmEqualBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		at := rapid.IntRange(0, len(l.events)).Draw(t, "as of")
		city, err := l.project(len(l.events), 9).City(context.Background(), asOf(at))
		if err != nil {
			t.Fatal(err)
		}
		var fines, losses money
		var deaths, unknown int64
		harms, reported := map[string]accident.Harm{}, map[string]bool{}
		for _, e := range l.events[:at] {
			switch d := e.Data.(type) {
			case *casefile.PenaltyDecided:
				visit := ofVisit(e)
				if visit.Kind == event.Inspection && !disclosed(l.events[:at], visit) { // R39: it counts for nobody before
					continue
				}
				if now := penaltyNow(l.events[:at], e, d); now != nil {
					fines.add(now.Fine)
				}
			case *accident.Reported:
				harms[e.Stream.ID], reported[e.Stream.ID] = d.Harm, true
			case *accident.CasualtiesUpdated:
				harms[e.Stream.ID] = d.Harm
			}
		}
		for id := range reported {
			losses.add(harms[id].DirectLoss)
			if n := harms[id].Deaths; n != nil {
				deaths += *n
			} else {
				unknown++
			}
		}
		fines.check(t, "fines", city.Fines, city.FinesUnknown)
		losses.check(t, "losses", city.DirectLoss, city.DirectLossUnknown)
		if city.Deaths != deaths || city.DeathsUnknown != unknown {
			t.Fatalf("deaths %d and %d unknown, want %d and %d", city.Deaths, city.DeathsUnknown, deaths, unknown)
		}
	})
}

func TestTheCityIsTheSumOfItsCountiesWithoutZones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		city, err := l.project(len(l.events), 9).City(context.Background(), projector.Query{For: office})
		if err != nil {
			t.Fatal(err)
		}
		var sum projections.CountyLine
		fines := map[string]*big.Int{}
		for _, c := range city.Counties {
			if c.Parent != "" {
				continue
			}
			sum.Counts.Inspections += c.Counts.Inspections
			sum.Counts.Checks += c.Counts.Checks
			sum.Counts.Findings += c.Counts.Findings
			sum.Counts.MajorFindings += c.Counts.MajorFindings
			sum.Counts.Penalties += c.Counts.Penalties
			sum.SubjectsRegistered += c.SubjectsRegistered
			sum.SubjectsInspected += c.SubjectsInspected
			sum.Accidents += c.Accidents
			for _, m := range c.Fines {
				if fines[m.Currency] == nil {
					fines[m.Currency] = new(big.Int)
				}
				fines[m.Currency].Add(fines[m.Currency], m.Amount.Big())
			}
		}
		if sum.Counts != city.Counts || sum.SubjectsRegistered != city.SubjectsRegistered ||
			sum.SubjectsInspected != city.SubjectsInspected || sum.Accidents != city.Accidents {
			t.Fatalf("sum %+v, city %+v", sum, city)
		}
		for _, m := range city.Fines {
			if fines[m.Currency].Cmp(m.Amount.Big()) != 0 {
				t.Fatalf("fines %v, city %v", fines, city.Fines)
			}
		}
	})
}

func TestCoverageNeverExceedsTheRegister(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t)
		p := l.project(len(l.events), 9)
		for n := range len(l.events) + 1 {
			city, err := p.City(context.Background(), asOf(n))
			if err != nil {
				t.Fatal(err)
			}
			if city.SubjectsInspected > city.SubjectsRegistered || city.SubjectsInspected < 0 {
				t.Fatalf("%d of %d inspected", city.SubjectsInspected, city.SubjectsRegistered)
			}
			for _, c := range city.Coverage {
				if c.Inspected > c.Registered || c.Inspected < 0 {
					t.Fatalf("%+v", c)
				}
			}
		}
	})
}

func TestAnyOrderOfEntriesHasAnAnswerWithoutNulls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawChaos(t)
		p := l.project(len(l.events), 5)
		if err := p.Err(); err != nil {
			t.Fatal(err)
		}
		for n := range len(l.events) + 1 {
			for view, text := range answers(p, asOf(n)) {
				if strings.Contains(text, ":null") {
					t.Fatalf("%s has a null: %s", view, text)
				}
				if strings.HasPrefix(text, "error: ") && !strings.HasSuffix(text, "not found") {
					t.Fatalf("%s: %s", view, text)
				}
			}
		}
	})
}
