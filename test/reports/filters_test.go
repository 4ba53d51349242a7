package reports

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// askedBy asks a report by parameters, as its first role.
func (w *reportWorld) askedBy(r *report.Report, rows string, given map[string]string) *report.Document {
	w.Helper()
	actor := w.askers[r.Roles[0]]
	conn, err := w.db.Ask(w.Context(), reportdb.Question{Actor: actor, Scope: w.views.ScopeAt(actor).Scope, Hidden: r.Hidden, Names: r.Names(),
		For: time.Minute})
	must(w.T, err)
	defer conn.Close()
	x, err := r.On(conn, "", report.Question{Rows: rows, Given: given})
	must(w.T, err)
	a, err := x.Answer()
	must(w.T, err)
	d, err := x.Document(a, law.InEnglish)
	must(w.T, err)
	return d
}

// A row stands for what was asked, also where nothing is counted in it: of a county that was not asked for, 0 would be a statement. And
// where a column is said to add up, its rows do.
func TestRowsStandForWhatWasAsked(t *testing.T) {
	t.Parallel()
	w := campaignWorld(t)
	team := w.askers[event.RoleTeamLeader].Team
	zones, sums, overlap := 0, 0, 0
	for _, r := range ours(t) {
		if len(r.Parts) > 0 || r.Hidden {
			continue
		}
		for _, rows := range r.RowNames() {
			for _, by := range [][2]string{{"county", "610902"}, {"county", "610971"}, {"sector", "MINE"}, {"team", team}, {"now", w.now}} {
				if !r.Takes(by[0]) {
					continue
				}
				given := map[string]string{by[0]: by[1]}
				d := w.askedBy(r, rows, given)
				for i := range d.Rows {
					for name, of := range d.Rows[i].Group {
						want := given[name]
						code, _ := of.(string)
						area, _ := codes.County(code)
						if want != "" && code != want && (name != "county" || area.Parent != want) {
							t.Errorf("%s by %s of %v has a row of %v", r.ID, rows, given, of)
						}
						if name == "county" && area.Parent != "" {
							zones++
						}
					}
				}
				if len(d.By) > 0 {
					one, other := addUp(t, r, rows, d)
					sums, overlap = sums+one, overlap+other
				}
			}
		}
	}
	if zones == 0 || sums < 100 || overlap == 0 {
		t.Errorf("%d rows of zones, %d sums, %d that would not add up", zones, sums, overlap)
	}
}

// addUp compares the sums of rows with the total where they are said to be equal, and counts these, and those others that add up in other
// answers and are not equal here.
func addUp(t *testing.T, r *report.Report, rows string, d *report.Document) (sums, differ int) {
	t.Helper()
	for _, c := range d.Columns {
		if c.Only == "total" || c.Kind != report.Count && c.Kind != report.Sum {
			continue
		}
		sum, total := 0.0, 0.0
		if v := d.Total[c.Name]; v != nil {
			total = number(v)
		}
		for i := range d.Rows {
			if v := d.Rows[i].Figures[c.Name]; v != nil {
				sum += number(v)
			}
		}
		switch {
		case !c.Adds && sum != total:
			differ++
		case c.Adds && sum != total:
			t.Errorf("%s by %s: %s adds up to %v, and is %v", r.ID, rows, c.Name, sum, total)
		case c.Adds:
			sums++
		}
	}
	return sums, differ
}
