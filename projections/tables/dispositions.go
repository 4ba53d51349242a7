package tables

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// dispositionRow is a row of dispositions.
type dispositionRow struct {
	Visit    Name   `col:"visit" zh:"检查" doc:"of the finding" of:"visits"`
	Finding  string `col:"finding" zh:"隐患编号" doc:"id within the visit"`
	Kind     string `col:"kind" zh:"处置" doc:"order, case, penalty, none (no penalty), transfer, recheck (without order)"`
	Penalty  string `col:"penalty" zh:"处罚编号" doc:"of kind penalty and none: which of the case"`
	Matter   Name   `col:"matter" zh:"事项" doc:"stream of the order, case or transfer; of a penalty its case" of:"orders cases transfers"`
	Since    Moment `col:"since" zh:"时间" doc:"when it was made"`
	Verified Moment `col:"verified" zh:"复查合格" doc:"when a re-check last found it put right, under the order"`
	Failed   Moment `col:"failed" zh:"复查不合格" doc:"when a re-check last found that it is not; NULL: none did since it was put right"`
	Measure  string `col:"measure" zh:"措施种类" doc:"of the order: code of the list order-kind"`
	Lifted   Moment `col:"lifted" zh:"解除" doc:"when the order was lifted"`
	Final    bool   `col:"final" zh:"是否终局" doc:"of kind penalty and none: it counts, being no proposal, approved and not annulled"`
}

// disposal is what a stream says of its dispositions as a whole: a report would else look for the order or the penalty of each.
type disposal struct {
	measure  string
	lifted   Moment
	final    map[string]bool // by penalty
	annulled map[string]bool
}

func noDisposal() *disposal { return &disposal{final: map[string]bool{}, annulled: map[string]bool{}} }

// follow takes a fact and reports whether it may change what the stream says.
func (s *disposal) follow(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *order.Issued:
		s.measure = strings.Clone(d.Kind)
	case *order.Verified, *order.Failed: // they may make a disposition, which bears the rest
	case *order.Lifted:
		s.lifted = Occurred(e)
	case *casefile.PenaltyDecided:
		s.final[strings.Clone(d.Penalty)] = d.Final
	case *casefile.NoPenaltyDecided:
		s.final[e.ID.String()] = e.Assurance == event.Imported
	case *oversight.ApprovalGiven:
		ref, _, _ := oversight.Answer(d)
		id := ref.ID().String()
		if _, is := s.final[id]; !is {
			return false
		}
		s.final[id] = true
	case *casefile.DecisionChanged:
		id, annuls := casefile.AnnulledBy(d)
		if !annuls {
			return false
		}
		s.annulled[strings.Clone(id)] = true
	default:
		return false
	}
	return true
}

// say has a disposition bear it.
func (s *disposal) say(_ string, row *dispositionRow) {
	row.Measure, row.Lifted, row.Final = s.measure, s.lifted, s.final[row.Penalty] && !s.annulled[row.Penalty]
}

var dispositions = DeclareBy(Register{
	Name: "dispositions", Chinese: "隐患处置", Doc: "what was made of a finding: an order, a case, a penalty, a transfer",
	Of: []event.Kind{order.Name, casefile.Name, transfer.Name}, Indexes: []string{"visit, finding", "matter"},
}, noDisposal, func(t *Things[dispositionRow], s *disposal, e *event.Event) {
	disposed(t, e)
	if s.follow(e) {
		t.Each(s.say)
	}
})

// disposed has a fact make dispositions, and re-checks of them.
func disposed(t *Things[dispositionRow], e *event.Event) {
	made := func(kind, penalty, visit string, findings ...string) {
		for _, id := range findings {
			*t.Thing(penalty + " " + id) = dispositionRow{Visit: t.Name(visit), Finding: id, Kind: kind, Penalty: penalty,
				Matter: t.Name(e.Stream.ID), Since: Occurred(e)}
		}
	}
	checked := func(visit string, findings []string, right, wrong Moment) {
		for _, id := range findings {
			row := t.Known(" " + id)
			if row == nil && visit != "" {
				made("recheck", "", visit, id)
				row = t.Known(" " + id)
			}
			if row != nil {
				row.Verified, row.Failed = right, wrong
			}
		}
	}
	switch d := e.Data.(type) {
	case *order.Issued:
		made("order", "", d.Inspection, d.Findings...)
	case *order.Verified:
		checked(d.Inspection, d.Findings, Occurred(e), Moment{})
	case *order.Failed:
		checked(d.Inspection, d.Findings, Moment{}, Occurred(e))
	case *casefile.Filed:
		made("case", "", d.Inspection, d.Findings...)
	case *casefile.PenaltyDecided:
		made("penalty", d.Penalty, d.Inspection, d.Findings...)
	case *casefile.NoPenaltyDecided:
		made(noPenalty, e.ID.String(), d.Inspection, d.Findings...)
	case *transfer.Transferred:
		if d.Finding != "" {
			made("transfer", "", d.Inspection, d.Finding)
		}
	}
}
