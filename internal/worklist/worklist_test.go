package worklist

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// nobody knows no unit, and of each team that anybody is a member.
type nobody struct{}

func (nobody) Committee(string) []string      { return nil }
func (nobody) Unit(string) (table.Unit, bool) { return table.Unit{}, false }
func (nobody) Team(string) (visibility.Team, bool) {
	return visibility.Team{Counties: []string{"610902"}, Members: map[string]bool{"li": true}}, true
}

func scope(a event.Actor) visibility.Scope { return visibility.ScopeOf(a, nobody{}) }

var (
	office = scope(event.Actor{Role: event.RoleSupervisionOffice})
	team3  = scope(event.Actor{Role: event.RoleInspector, Person: "li", Team: "t3"})
	county = scope(event.Actor{Role: event.RoleCountyGovernment, County: "610921"})

	kinds = []*obligation.Kind{{Name: "record", Owner: obligation.Inspectors, Field: true}, {Name: "rectify", Owner: obligation.Party},
		{Name: "filing", Owner: obligation.Authority}}
	monday = time.Date(2019, 12, 2, 0, 0, 0, 0, time.UTC)
)

// open are visits of 60 teams, each with some obligations.
func open(visits, each int) (rows []*obligation.Row) {
	r := rand.New(rand.NewPCG(1, 2))
	for v := range visits {
		row := &obligation.Row{Stream: event.Stream{Kind: event.Inspection, ID: fmt.Sprintf("t%d.%08d", v%60, v)}, Hidden: v%7 == 0,
			About: event.About{Team: fmt.Sprint("t", v%60), County: []string{"610902", "610921", "610922"}[v%3], Sectors: []string{"MINE"}}}
		for n := range each {
			var id uuid.UUID
			id[0], id[1], id[2], id[3] = byte(v), byte(v>>8), byte(v>>16), byte(n)
			d := obligation.Duty{Kind: kinds[r.IntN(3)], Opener: id, Item: fmt.Sprint("f", n)}
			if d.Kind.Name != "filing" {
				d.Due = monday.Add(time.Duration(r.IntN(500)) * time.Hour)
			}
			row.Open = append(row.Open, d)
		}
		rows = append(rows, row)
	}
	return rows
}

// pages reads page after page.
func pages(t *testing.T, rows []*obligation.Row, q Query) (all []OpenObligation, last Page) {
	t.Helper()
	for {
		p, err := List(rows, &q)
		if err != nil || len(p.Items) > q.Limit {
			t.Fatal(len(p.Items), err)
		}
		all, last = append(all, p.Items...), p
		if q.Cursor = p.Next; p.Next == "" {
			return all, last
		}
		rand.Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
	}
}

func TestPagesAreByDueTimeAndNameEachOnce(t *testing.T) {
	rows := open(400, 5)
	all, last := pages(t, rows, Query{Scope: office, Now: monday.Add(100 * time.Hour), Limit: 37})
	if len(all) != 2000 || last.Open != 2000 {
		t.Fatalf("%d of %d", len(all), last.Open)
	}
	seen, overdue := map[string]bool{}, 0
	for i, o := range all {
		seen[o.Stream+o.Kind+o.Event+o.Item] = true
		if o.Overdue {
			overdue++
		}
		if i > 0 && (all[i-1].Due == nil && o.Due != nil || o.Due != nil && o.Due.Before(*all[i-1].Due)) {
			t.Fatalf("%v after %v", o.Due, all[i-1].Due)
		}
	}
	if len(seen) != 2000 || overdue != last.Overdue || overdue == 0 || all[1999].Due != nil {
		t.Errorf("%d different ones, %d overdue, said are %d", len(seen), overdue, last.Overdue)
	}
}

func TestFiltersLeaveWhatTheyName(t *testing.T) {
	rows := open(300, 4)
	for name, c := range map[string]struct {
		q    Query
		want func(OpenObligation) bool
	}{
		"owner":  {Query{Owner: obligation.Party}, func(o OpenObligation) bool { return o.Owner == "inspected-party" }},
		"kind":   {Query{Kind: "filing"}, func(o OpenObligation) bool { return o.Kind == "filing" && o.Due == nil }},
		"team":   {Query{Team: "t4"}, func(o OpenObligation) bool { return o.Team == "t4" }},
		"county": {Query{County: "610921"}, func(o OpenObligation) bool { return o.County == "610921" }},
		"due": {Query{DueBefore: monday.Add(50 * time.Hour)}, func(o OpenObligation) bool {
			return o.Due != nil && o.Due.Before(monday.Add(50*time.Hour))
		}},
	} {
		everything, _ := pages(t, rows, Query{Scope: office, Limit: 500})
		want := 0
		for _, o := range everything {
			if c.want(o) {
				want++
			}
		}
		c.q.Scope, c.q.Limit = office, 50
		got, last := pages(t, rows, c.q)
		if len(got) != want || last.Open != want || want == 0 || slices.ContainsFunc(got, func(o OpenObligation) bool { return !c.want(o) }) {
			t.Errorf("%s: %d, counted %d, want %d", name, len(got), last.Open, want)
		}
	}
}

// Pillar 14: what the asker may not know is neither listed nor counted.
func TestWhoMayNotKnowOfAVisitIsToldNothingOfWhatIsOwedInIt(t *testing.T) {
	rows := open(420, 2)
	for name, c := range map[string]struct {
		scope visibility.Scope
		may   func(*obligation.Row) bool
	}{
		"office": {office, func(*obligation.Row) bool { return true }},
		"team":   {team3, func(r *obligation.Row) bool { return r.About.Team == "t3" || r.About.County == "610902" && !r.Hidden }},
		"county": {county, func(r *obligation.Row) bool { return r.About.County == "610921" && !r.Hidden }},
	} {
		want := 0
		for _, r := range rows {
			if c.may(r) {
				want += len(r.Open)
			}
		}
		if got, last := pages(t, rows, Query{Scope: c.scope, Limit: 100}); len(got) != want || last.Open != want || want == 0 {
			t.Errorf("%s sees %d, counted %d, want %d", name, len(got), last.Open, want)
		}
	}
}

func TestACursorIsGoodForOneScope(t *testing.T) {
	rows := open(50, 2)
	p, _ := List(rows, &Query{Scope: office, Limit: 3})
	if _, err := List(rows, &Query{Scope: county, Limit: 3, Cursor: p.Next}); !errors.Is(err, ErrScopeChanged) {
		t.Error(err)
	}
	for n := range len(p.Next) {
		if _, err := List(rows, &Query{Scope: office, Limit: 3, Cursor: p.Next[:n]}); n > 0 && n < 30 && err == nil {
			t.Errorf("%d bytes of a cursor are taken", n)
		}
	}
}

// BenchmarkTeam is the worklist of one team among 100,000 open obligations.
func BenchmarkTeam(b *testing.B) {
	rows := open(20_000, 5)
	b.ReportAllocs()
	for b.Loop() {
		if p, err := List(rows, &Query{Scope: office, Team: "t3", Now: monday, Limit: 100}); err != nil || len(p.Items) != 100 {
			b.Fatal(err)
		}
	}
}

// BenchmarkAll is the first page of all of them.
func BenchmarkAll(b *testing.B) {
	rows := open(20_000, 5)
	b.ReportAllocs()
	for b.Loop() {
		if p, err := List(rows, &Query{Scope: office, Now: monday, Limit: 100}); err != nil || len(p.Items) != 100 {
			b.Fatal(err)
		}
	}
}
