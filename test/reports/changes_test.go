package reports

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// between opens a connection as of the first of two positions, for a role.
func (w *reportWorld) between(r *report.Report, role event.Role, rows string, from uint64) (*reportdb.Conn, string, report.Question) {
	w.Helper()
	actor := w.askers[role]
	first := from - 1
	conn, err := w.db.Ask(w.Context(), reportdb.Question{Actor: actor, Scope: w.views.ScopeAt(actor).Scope, AsOf: &first, Hidden: r.Hidden,
		Names: r.Names(), For: time.Minute})
	must(w.T, err)
	return conn, actor.Team, report.Question{Rows: rows, Given: w.given(), Figures: role == event.RoleCityGovernment}
}

// given is by which time all is told, where a test compares positions by what was recorded; without, each position has its own.
func (w *reportWorld) given() map[string]string {
	if w.byNow {
		return map[string]string{"now": w.now}
	}
	return nil
}

// changes are those of a report between two positions.
func (w *reportWorld) changes(r *report.Report, role event.Role, rows string, from, to uint64) *report.Changes {
	w.Helper()
	conn, team, q := w.between(r, role, rows, from)
	defer conn.Close()
	last := to - 1
	c, err := r.Changes(conn, team, q, &last, law.InEnglish)
	if err != nil {
		w.Fatalf("%s for %s by %s: %v", r.ID, role, rows, err)
	}
	return c
}

// TestReportChanges asks every report what changed between random positions: what came less what went is the difference of each number, and
// both open into what adds up to them, with the entries that did it.
func TestReportChanges(t *testing.T) {
	t.Parallel()
	w := campaignWorld(t)
	rng := rand.New(rand.NewPCG(11, 4))
	said := map[string]int{}
	for round := 0; round == 0 || round < 5 && said["went"] < 5; round++ { // few things go: it depends on the draw
		w.changesOfAll(rng, said)
	}
	t.Log(said)
	if said["did it"] < 9*said["did not"] {
		t.Errorf("of %d things %d came or went by other entries", said["did it"]+said["did not"], said["did not"])
	}
	if said["came"] < 100 || said["went"] < 5 || said["by"]*10 < 9*(said["came"]+said["went"]) {
		t.Errorf("too little was opened, or without the entries that did it: %v", said)
	}
}

// changesOfAll asks for the changes of every report between two positions that are drawn.
func (w *reportWorld) changesOfAll(rng *rand.Rand, said map[string]int) {
	for _, r := range allReports(w.T) {
		for n, role := range r.Roles {
			if n > 0 && rng.IntN(2*len(r.Roles)) > 0 && !*reportsWhole {
				continue
			}
			rows := ""
			if len(r.Rows) > 0 && len(r.Parts) == 0 {
				rows = r.RowNames()[rng.IntN(len(r.Rows))]
			}
			to := uint64(2 + rng.IntN(len(w.events)-1))
			from := uint64(rng.IntN(int(to)))
			if c := w.changes(r, role, rows, to, to); len(c.Rows) > 0 {
				w.Errorf("%s for %s: between %d and itself %d rows changed", r.ID, role, to, len(c.Rows))
			}
			c := w.changes(r, role, rows, from, to)
			said["rows"] += len(c.Rows)
			w.differences(r, c)
			if len(r.Parts) == 0 {
				w.bothSides(r, role, rows, c, from, to)
				w.moves(r, role, c, from, to, rng, said)
			}
		}
	}
}

// differences compares the numbers of the answer with each other.
func (w *reportWorld) differences(r *report.Report, c *report.Changes) {
	w.Helper()
	check := func(row string, figures map[string]report.Figure) {
		for _, column := range r.Columns {
			f, is := figures[column.Name]
			if !is || f.Came == nil {
				continue
			}
			known := func(v any) float64 { // of things that nobody records, a sum is not known
				if v == nil {
					return 0
				}
				return number(v)
			}
			if math.Abs(known(f.To)-known(f.From)-(number(f.Came)-number(f.Went))) > 1e-6 {
				w.Errorf("%s %s: %s is %v, and was %v; %v came, %v went", r.ID, row, column.Name, f.To, f.From, f.Came, f.Went)
			}
		}
	}
	check("total", c.Total)
	for i := range c.Rows {
		check(c.Rows[i].Row, c.Rows[i].Figures)
	}
}

// bothSides compares the numbers with those of the report as of each position.
func (w *reportWorld) bothSides(r *report.Report, role event.Role, rows string, c *report.Changes, from, to uint64) {
	w.Helper()
	var docs [2]*report.Document
	for i, size := range []uint64{from, to} {
		last := size - 1
		actor := w.askers[role]
		conn, err := w.db.Ask(w.Context(), reportdb.Question{Actor: actor, Scope: w.views.ScopeAt(actor).Scope, AsOf: &last, Hidden: r.Hidden,
			Names: r.Names(), For: time.Minute})
		must(w.T, err)
		x, err := r.On(conn, actor.Team, report.Question{Rows: rows, Figures: role == event.RoleCityGovernment})
		must(w.T, err)
		docs[i] = w.document(x)
		must(w.T, conn.Close())
	}
	changed := map[string]*report.ChangedRow{}
	for i := range c.Rows {
		changed[c.Rows[i].Row] = &c.Rows[i]
	}
	for i, d := range docs {
		pick := func(f report.Figure) any { return []any{f.From, f.To}[i] }
		for name, f := range c.Total {
			if fmt.Sprint(pick(f)) != fmt.Sprint(d.Total[name]) {
				w.Errorf("%s for %s: the total of %s is %v, and not %v", r.ID, role, name, d.Total[name], pick(f))
			}
		}
		other := docs[1-i]
		for k := range d.Rows {
			row := &d.Rows[k]
			at := slices.IndexFunc(other.Rows, func(o report.DocumentRow) bool { return o.Row == row.Row })
			if c := changed[row.Row]; c == nil && (at < 0 || fmt.Sprint(row.Figures, row.Detail) != fmt.Sprint(other.Rows[at].Figures,
				other.Rows[at].Detail)) && len(d.By) > 0 {
				w.Errorf("%s for %s: the row %v is left out", r.ID, role, row.Group)
			} else if c != nil {
				for name, f := range c.Figures {
					if fmt.Sprint(pick(f)) != fmt.Sprint(row.Figures[name]) {
						w.Errorf("%s for %s: %s of %v is %v, and not %v", r.ID, role, name, row.Group, row.Figures[name], pick(f))
					}
				}
			}
		}
	}
}

// moves opens what came and went in the total and a row: it adds up, and the entries that did it lie between the positions.
func (w *reportWorld) moves(r *report.Report, role event.Role, c *report.Changes, from, to uint64, rng *rand.Rand, said map[string]int) {
	w.Helper()
	scope := w.views.ScopeAt(w.askers[role]).Scope
	lines := map[string]map[string]report.Figure{"": c.Total}
	if n := len(c.Rows); n > 0 && len(c.By) > 0 {
		lines[c.Rows[n/2].Row] = c.Rows[n/2].Figures
	}
	for row, figures := range lines {
		rows, key, err := r.Row(row)
		must(w.T, err)
		for _, column := range r.Columns {
			f, is := figures[column.Name]
			if !is || f.Came == nil || rng.IntN(6) >= *reportDraws && !*reportsWhole {
				continue
			}
			for side, want := range map[string]any{report.Came: f.Came, report.Went: f.Went} {
				conn, team, q := w.between(r, role, rows, from)
				last := to - 1
				m, err := r.Moves(conn, team, q, &last, key, column, side)
				must(w.T, err)
				opened := w.paged(m, 1+rng.IntN(40))
				if got := madeOf(column, opened); !sameNumber(want, got) {
					w.Errorf("%s for %s: %v %s in %s of %q, its %d things make %s", r.ID, role, want, side, column.Name, row, len(opened), got)
				}
				things, err := m.Things(opened[:min(len(opened), 20)], law.InEnglish)
				must(w.T, err)
				must(w.T, conn.Close())
				for i, thing := range things {
					if thing.Entry == nil {
						continue
					}
					if said[side]++; len(thing.By) > 0 {
						said["by"]++
					} else {
						said["none "+r.ID+" "+column.Name]++
					}
					e := w.events[opened[i].Entry]
					if _, sees := w.views.Since(&scope, e.Stream, &e.About, e.Index); !sees {
						w.Errorf("%s for %s: %s opens into entry %d of %s, which is not his", r.ID, role, column.Name, e.Index, e.Stream)
					}
					if i == 0 && len(thing.By) > 0 && row == "" {
						w.didIt(r, role, rows, column, opened[i], side, thing.By, said)
					}
					for _, ix := range thing.By {
						if ix < int64(from) || ix >= int64(to) {
							w.Errorf("%s: entry %d changed %s between %d and %d", r.ID, ix, column.Name, from, to)
						}
					}
				}
			}
		}
	}
}

// paged are the things that came or went, which pages of so many give as one of all does.
func (w *reportWorld) paged(m *report.Moves, most int) []report.Opened {
	w.Helper()
	whole, _, err := m.Page(report.Start, report.MostThings)
	must(w.T, err)
	at, opened := report.Start, []report.Opened(nil)
	for len(opened) <= len(whole) {
		some, marks, err := m.Page(at, most)
		must(w.T, err)
		if opened = append(opened, some...); len(some) < most {
			break
		}
		at = marks[most-1]
	}
	if !reflect.DeepEqual(opened, whole) {
		w.Errorf("pages of %d give %d things, and one page %d", most, len(opened), len(whole))
	}
	return whole
}

// didIt asks whether entries made a thing come, or go: as of the last of them the number has what it did not have before the first, or the
// reverse.
func (w *reportWorld) didIt(r *report.Report, role event.Role, rows string, column *report.Column, thing report.Opened, side string,
	by []int64, said map[string]int,
) {
	w.Helper()
	counts := func(size uint64) bool {
		conn, team, q := w.between(r, role, rows, size)
		defer conn.Close()
		x, err := r.On(conn, team, q)
		must(w.T, err)
		all, err := x.Open(nil, column, report.Start, report.MostThings)
		must(w.T, err)
		return slices.ContainsFunc(all, func(o report.Opened) bool {
			return fmt.Sprint(o.Value) == fmt.Sprint(thing.Value) && (o.Entry == thing.Entry || column.Kind == report.Distinct)
		})
	}
	before, after := counts(uint64(by[0])), counts(uint64(by[len(by)-1])+1)
	if before == (side == report.Went) && after == (side == report.Came) {
		said["did it"]++
	} else {
		said["did not"]++
		w.Logf("%s %s %s: %v by %v: %v %v", r.ID, column.Name, side, thing, by, before, after)
	}
}
