// Package blacklist is one proposal to put a subject on the blacklist, and what comes of it (R58, 一律纳入“黑名单”管理). The ledger
// proposes; a person enters, after notice.
package blacklist

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "blacklist"

// Proposed is appended by the ledger when the facts that count give a ground. It lapses with the ground.
type Proposed struct {
	Subject  string   `json:"subject" is:"id" zh:"检查对象" doc:"who is proposed"`
	Trigger  string   `json:"trigger" is:"code(blacklist-trigger)" zh:"情形" doc:"why"`
	Campaign string   `json:"campaign,omitempty" is:"id" zh:"行动" doc:"in which the ground was found: its plan says what is owed"`
	Evidence []string `json:"evidence" is:"event-id" many:"1…20" zh:"依据事件" doc:"ids of the ledger's entries that show it"`
}

// Notified says that the subject was told that it is to be entered, and why.
type Notified struct {
	Authority  string           `json:"authority" is:"text(200)" zh:"告知机关" doc:"who tells it"`
	DocumentNo string           `json:"document_no" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Reasons    string           `json:"reasons" is:"lines(4000)" zh:"事实、理由和依据" doc:"what it is told"`
	Evidence   []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"the document, and that it was delivered"`
}

// Objected is what the subject says to it. Whoever enters its paper keeps the paper beside it.
type Objected struct {
	Statement string           `json:"statement" is:"lines(4000)" zh:"陈述申辩" doc:"what the subject says"`
	OnBehalf  string           `json:"on_behalf" is:"text(200)" zh:"陈述人" doc:"who of the subject says so"`
	Evidence  []event.Evidence `json:"evidence" many:"1…50" zh:"证据" doc:"the paper"`
}

// Entered is the decision to enter the subject.
type Entered struct {
	List       string           `json:"list" is:"code(blacklist-list)" zh:"名单性质" doc:"that of the law, or a list of policy"`
	DecisionNo string           `json:"decision_no" is:"text(100)" zh:"决定书文号" doc:"number of the decision"`
	DecidedBy  string           `json:"decided_by" is:"text(200)" zh:"决定机关" doc:"the authority that punished"`
	Penalty    string           `json:"penalty,omitempty" is:"event-id" zh:"处罚决定事件" doc:"the decision to punish that the law's list asks for"`
	From       string           `json:"from" is:"date" zh:"列入日期" doc:"the first day"`
	Until      string           `json:"until" is:"date" zh:"期满日期" doc:"the last day"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Answer     string           `json:"answer,omitempty" is:"lines(4000)" zh:"对陈述申辩的答复" doc:"what is said to the objection"`
}

// Together says what Validate checks.
func (*Entered) Together() string { return "until is after from" }

// Validate checks what members say together.
func (d *Entered) Validate() error {
	var k event.Checker
	k.That(d.Until > d.From, "until", law.FaultAfterFrom)
	return k.Err()
}

// Removed ends the entry.
type Removed struct {
	Ground    string `json:"ground" is:"code(blacklist-end)" zh:"移出情形" doc:"why"`
	DecidedBy string `json:"decided_by" is:"text(200)" zh:"决定机关" doc:"who decided"`
	Reason    string `json:"reason" is:"lines(2000)" zh:"理由" doc:"what that rests on"`
}

var authorities = []event.Role{event.RoleSupervisionOffice, event.RoleDepartment, event.RoleCountyGovernment, event.RoleCityGovernment}

var approvers = []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment, event.RoleCountyGovernment}

// Kind declares the blacklist.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "黑名单", Doc: "a proposal to put a subject on the blacklist, and what comes of it",
	Access:  stream.Matter(),
	Answers: approvers, Yes: approvers,
	Late: &stream.Late{Codes: []law.Code{BlacklistEnteredEarly}, Tells: func(d event.Data) bool { _, ok := d.(*Objected); return ok }},
	About: func(l stream.Ledger, e *event.Event) event.About {
		d := e.Data.(*Proposed)
		a, _ := l.About(event.Stream{Kind: event.Subject, ID: d.Subject})
		a.Campaign = d.Campaign
		return a
	},
}, stream.Rules[*State]{Answer: answer, Answered: answered, Said: said, Owes: owes,
	Obligations: []*obligation.Kind{&owedNotice, &Objection, &owedDecision, &owedExpiry}},
	stream.First((*Proposed).Judge, event.Type{Name: "blacklist-proposed", Version: 1, Chinese: "拟列入黑名单",
		Doc:   "The facts that count give a ground to put a subject on the blacklist; a person decides.",
		Rules: []law.Rule{law.R58}, Append: []event.Role{event.RoleLedger}}),
	stream.Then((*Notified).Judge, event.Type{Name: "blacklist-notified", Version: 1, Chinese: "列入告知",
		Doc:   "The subject was told that it is to be entered.",
		Rules: []law.Rule{law.R58}, Append: authorities}),
	stream.Then((*Objected).Judge, event.Type{Name: "blacklist-objected", Version: 1, Chinese: "陈述申辩",
		Doc:   "The subject objected to being entered.",
		Rules: []law.Rule{law.R58}, Append: append(slices.Clone(authorities), event.RoleInspectedParty)}),
	stream.Then((*Entered).Judge, event.Type{Name: "blacklist-entered", Version: 1, Chinese: "列入黑名单",
		Doc:   "A person of the authority that punished entered the subject, after notice.",
		Rules: []law.Rule{law.R58, law.Pillar17}, Append: authorities}),
	stream.Then((*Removed).Judge, event.Type{Name: "blacklist-removed", Version: 1, Chinese: "移出黑名单",
		Doc:   "The subject was taken off the list.",
		Rules: []law.Rule{law.R58}, Append: authorities}),
)
