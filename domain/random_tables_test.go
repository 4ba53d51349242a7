package domain

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/codes"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// table draws a table of a few rows, sometimes a part of one.
func (r dice) table(d *codetable.Published) {
	*d = codetable.Published{Table: r.one("table", codes.List("code-table")...), Document: "d"}
	sector := r.sector()
	switch d.Table {
	case codetable.Units:
		d.Units = []codetable.Unit{{ID: r.one("unit", "u1", "u2", "u"), Name: "n", Sectors: []string{sector}}}
	case codetable.Sectors:
		d.Sectors = []codetable.Sector{{Code: sector, Name: "n"}}
	case codetable.Categories:
		d.Categories = []codetable.Category{{Code: "c", Name: "n"}}
	case codetable.Limits:
		d.Limits = []codes.LawLimit{{Matter: r.one("matter", codes.List("law-matter")...), Law: "l", Version: "1", Article: "1",
			Number: rapid.Int64Range(0, 40).Draw(r.T, "number"), Unit: "days", From: "2019-01-01"}}
	case codetable.Deductions:
		d.Deductions = []codetable.Deduction{{ID: "d", Text: "t", Points: 1}}
	case codetable.Checklists:
		d.Items = []codetable.Item{{ID: r.one("item", "E-1", "E-2"), Text: "t", Section: "system", Bad: "no"}}
	case codetable.Duties:
		d.Duties = []codetable.Duty{{ID: "d", List: "duty", Unit: "u", Text: "t"}}
	case codetable.Holidays:
		*d = *holidays(2019, []string{r.one("worked", "2019-12-07", "2019-12-08")}, "2019-12-09", r.one("to", "2019-12-09", "2019-12-11"))
	case codetable.Responsibilities:
		d.Responsibilities = []codetable.Responsibility{{Sector: sector, Department: "u"}}
	case codetable.Committees:
		d.Committees = []codetable.Committee{{ID: "c", Name: "n", Sectors: []string{sector}, Lead: "u"}}
	}
	if d.Table != codetable.Holidays && r.yes("part") {
		d.Part = &codetable.Part{Number: rapid.IntRange(1, 2).Draw(r.T, "part"), Of: 2}
	}
}

// Pillars 1 and 12: whatever came before, an edition that is in force stays as it is, and what judges a visit is the
// edition that was in force when its first entry came.
func TestR29LaterTablesMoveNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := campaignFixture(quiet{TB: t})
		r := dice{rt, w}
		names := codes.List("code-table")
		type known struct {
			at       uint64
			editions map[string]*codetable.Edition
		}
		var visits []known
		for range 30 {
			if r.yes("visit begins") {
				k := known{w.n, map[string]*codetable.Edition{}}
				for _, name := range names {
					k.editions[name] = w.edition(name)
				}
				visits = append(visits, k)
			}
			d := new(codetable.Published)
			r.table(d)
			_, _ = w.record(w.event("table/"+d.Table, d))
		}
		for _, k := range visits {
			for name, ed := range k.editions {
				if got := w.editionBefore(name, k.at); got != ed {
					rt.Fatalf("%s at %d is another edition", name, k.at)
				}
			}
		}
	})
}
