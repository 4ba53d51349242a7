package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// What is handed over after the accident (R77): the city government instructs two bureaus, of which one takes it on and
// answers, and the other does not by its date.
var instructed = [...]string{"emergency-" + cityWide, "market-" + cityWide}

// handover makes the n-th instruction, or what its receiver says of it.
func (g *Generator) handover(s step) *Request {
	to := instructed[s.n]
	author := event.Actor{Role: event.RoleDepartment, Unit: to}
	if s.what == instruction {
		author = event.Actor{Role: event.RoleCityGovernment, Unit: "government-" + cityWide}
	}
	b := g.stepBatch(s, author)
	say := func(name string, d event.Data) { b.add(name, transfer.Name, "city."+to+"."+g.id, s.written(), d) }
	switch s.what {
	case instruction:
		say("matter-transferred", &transfer.Transferred{Matter: transfer.OfInstruction, Ground: "instruction",
			Task: "对同类企业开展专项排查并报告结果" + mark, Due: s.due.AddDate(0, 0, 5).In(event.Beijing).Format(time.DateOnly)})
	case acceptance:
		say("transfer-accepted", &transfer.Accepted{Note: "已受理，组织排查"})
	default:
		say("transfer-answered", &transfer.Answered{Outcome: "handled", Answer: "已完成同类企业排查，问题已移交整改" + mark})
	}
	return b.request(s.due)
}
