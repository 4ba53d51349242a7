// Package transfer is what one authority hands over to another: a tip, a finding, a matter with a date that the city
// government sets. It ends with the receiver's answer (R55, R73, R76, R77). Both ends see it, and the office and
// the commission: its stream is named for them, see [Ends].
package transfer

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is that of the kind.
const Name event.Kind = "transfer"

// Transferred hands a matter over. The stream's id names who gives and who gets it.
type Transferred struct {
	Matter     string        `json:"matter" is:"code(transfer-matter)" correct:"never" zh:"移交事项" doc:"what is handed over"`
	Tip        string        `json:"tip,omitempty" is:"id" correct:"never" zh:"群众举报" doc:"id of the tip"`
	Inspection string        `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the visit of the finding"`
	Finding    string        `json:"finding,omitempty" is:"id" correct:"never" zh:"隐患" doc:"id of the finding in the visit"`
	Case       string        `json:"case,omitempty" is:"id" correct:"never" zh:"案件" doc:"id of the case"`
	Subject    string        `json:"subject,omitempty" is:"id" correct:"never" zh:"检查对象" doc:"whom it is about; of a finding the visit's"`
	Ground     string        `json:"ground" is:"code(transfer-ground)" zh:"移交理由" doc:"why it is handed over"`
	Task       string        `json:"task" is:"lines(4000)" zh:"移交内容" doc:"what is to be done; nothing of who reported a tip"`
	Content    *event.Sealed `json:"content,omitempty" zh:"密封内容" doc:"for the receiver alone" opens:"department county-government committee"`
	Due        string        `json:"due,omitempty" is:"date" zh:"期限" doc:"until when it is to be answered; an instruction states one"`
	Document   string        `json:"document_no,omitempty" is:"text(60)" zh:"文号" doc:"of the paper that goes with it"`
}

// Together says what Validate checks.
func (*Transferred) Together() string {
	return "tip for matter tip; inspection and finding together, for matter finding; case for matter case; due for matter instruction"
}

// Validate checks what members say together.
func (d *Transferred) Validate() error {
	var k event.Checker
	matter, finding := law.Str("matter", d.Matter), law.Str("matter", OfFinding)
	k.That(d.Tip != "" || d.Matter != OfTip, "tip", law.FaultForMatter, matter)
	k.That(d.Finding != "" || d.Inspection == "" && d.Matter != OfFinding, "finding", law.FaultForMatter, finding)
	k.That(d.Inspection != "" || d.Finding == "" && d.Matter != OfFinding, "inspection", law.FaultForMatter, finding)
	k.That(d.Case != "" || d.Matter != OfCase, "case", law.FaultForMatter, law.Str("matter", OfCase))
	k.That(d.Due != "" || d.Matter != OfInstruction, "due", law.FaultForMatter, matter)
	return k.Err()
}

// The matters.
const (
	OfTip         = "tip"
	OfFinding     = "finding"
	OfCase        = "case"
	OfInstruction = "instruction"
)

// Accepted states that the receiver has taken a matter on.
type Accepted struct {
	Note  string          `json:"note,omitempty" is:"lines(1000)" zh:"接收说明" doc:"anything else"`
	Paper *event.Evidence `json:"paper,omitempty" zh:"书面材料" doc:"scan of what the receiver wrote, when the office enters it for him"`
}

// Answered is the receiver's answer, with which a transfer ends.
type Answered struct {
	Outcome string          `json:"outcome" is:"code(transfer-outcome)" zh:"办理结果" doc:"whether it was done"`
	Result  string          `json:"result,omitempty" is:"code(tip-result)" zh:"核查结论" doc:"of a tip that was investigated: whether it is so"`
	Answer  string          `json:"answer" is:"lines(4000)" zh:"答复内容" doc:"what was done, or why it is returned"`
	Paper   *event.Evidence `json:"paper,omitempty" zh:"书面材料" doc:"scan of what the receiver wrote, for whom the office enters it"`
}

// Returned is the outcome of what somebody else must do.
const Returned = "returned"

var (
	givers = []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleCityGovernment, event.RoleInspector,
		event.RoleTeamLeader, event.RoleCountyGovernment, event.RoleDepartment, event.RoleCommittee}
	receivers = []event.Role{event.RoleDepartment, event.RoleCountyGovernment, event.RoleCommittee, event.RoleSupervisionOffice,
		event.RoleDisciplineCommission}
)

// Kind declares transfers and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "移交", Doc: "a matter that one authority hands over to another (R77)",
	Access: stream.Access{To: stream.Ends},
	About:  about,
	Allow:  allow,
}, stream.Rules[*State]{Owes: (*State).owes, Obligations: []*obligation.Kind{&answer}, Problems: (*State).problems},
	stream.First((*Transferred).Judge, event.Type{Name: "matter-transferred", Version: 1, Chinese: "移交",
		Rules: []law.Rule{law.R39, law.R55, law.R73, law.R76, law.R77, law.Pillar14, law.Pillar8}, Append: givers,
		Doc: "A matter was handed over. The stream is `transfer/FROM.TO.NAME`: who gives it (a unit, a committee, a county, a team, or " +
			"`office`, `commission`, `city`), who gets it (the same, but no team), and any name. Both ends see it."}),
	stream.Then((*Accepted).Judge, event.Type{Name: "transfer-accepted", Version: 1, Chinese: "接收移交",
		Rules: []law.Rule{law.R77}, Append: receivers,
		Doc: "The receiver took the matter on. The office may enter what a receiver wrote, with the scan."}),
	stream.Then((*Answered).Judge, event.Type{Name: "transfer-answered", Version: 1, Chinese: "答复移交",
		Rules: []law.Rule{law.R44, law.R55, law.R73, law.R76, law.R77}, Append: receivers,
		Doc: "The receiver answered, and the transfer ends. Of a tip the answer is its investigation, unless it is returned."}),
)
