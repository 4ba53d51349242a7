package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
)

// What is of one unit: its duty file, which the office reviews (R65), and what its assessment is used for (R67). Which deduction the
// accident calls for the ledger says itself (R69). And what the enterprise says of how the inspectors came, by the code of the
// notice (R38).
const (
	dutyDone = iota
	dutyReviewed
	resultUsed
	partySays
	unitSteps
)

// dutiful keeps a duty file in the sample: a unit of the city, and an item of its list.
const (
	dutiful     = "emergency-" + cityWide
	dutifulItem = "Q-1"
)

// code is the one-time code of the notice of a visit; "" of all but the one that is evaluated.
func (g *Generator) code(n int) string {
	if n != g.accidentVisit() {
		return ""
	}
	c, code := g.chance(forName, -1-n), make([]byte, 26)
	for i := range code {
		code[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[c.IntN(32)]
	}
	return string(code)
}

// ofUnit makes one of them.
func (g *Generator) ofUnit(s step) *Request {
	day := func(back int) string { return s.due.AddDate(0, 0, -back).In(event.Beijing).Format(time.DateOnly) }
	file := dutiful + "." + g.id
	switch s.n {
	case dutyDone:
		b := g.stepBatch(s, event.Actor{Role: event.RoleDepartment, Unit: dutiful})
		for back := 1; back >= 0; back-- {
			b.add("duty-performed", duty.Name, file, s.written(), &duty.Performed{Item: dutifulItem, On: day(back), Account: "带队检查企业" + mark,
				Evidence: []event.Evidence{}})
		}
		return b.request(s.due)
	case dutyReviewed:
		b := g.stepBatch(s, g.official(director))
		b.add("duty-file-reviewed", duty.Name, file, s.written(), &duty.Reviewed{From: day(20), To: day(0), Missing: []string{"Q-2"}})
		return b.request(s.due)
	case resultUsed:
		b := g.stepBatch(s, g.office())
		b.add("assessment-recorded", assessment.Name, assessment.ID(dutiful, s.due.In(event.Beijing).Year()), s.written(),
			&assessment.Recorded{Applied: "talk", Note: "约谈主要负责人" + mark})
		return b.request(s.due)
	}
	b, code := g.stepBatch(s, event.Actor{Role: event.RolePublic}), g.code(g.accidentVisit())
	b.add("conduct-evaluated", evaluation.Name, evaluation.Hash(code), s.written(), &evaluation.Evaluated{Code: code, Reception: true})
	return b.request(s.due)
}
