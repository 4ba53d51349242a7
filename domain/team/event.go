// Package team is an inspection team: its scope, its leader, its members.
package team

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Formed creates a team.
type Formed struct {
	Name    string        `json:"name" is:"text(200)" zh:"名称" doc:"of the team"`
	Kind    string        `json:"kind,omitempty" is:"code(team-kind)" unknown:"imported" zh:"类别" doc:"comprehensive or specialist"`
	Source  event.Source  `json:"source,omitempty"`
	Unknown event.Unknown `json:"unknown,omitempty"`
}

// ScopeAssigned says which sectors and counties the team inspects; an empty list means all.
type ScopeAssigned struct {
	Sectors  []string `json:"sectors" is:"code(sector)" many:"0…50" zh:"行业领域" doc:"that the team inspects; empty: all"`
	Counties []string `json:"counties" is:"code(area)" many:"0…200" zh:"县区" doc:"where the team inspects; empty: everywhere"`
}

// LeaderAppointed makes a person the first leader.
type LeaderAppointed struct {
	Person string `json:"person" is:"id" zh:"组长" doc:"the first leader"`
}

// LeaderChanged hands the team from one leader to the next.
type LeaderChanged struct {
	From     string `json:"from" is:"id" zh:"原组长" doc:"who led the team until now"`
	To       string `json:"to" is:"id" zh:"新组长" doc:"who leads it from now on"`
	Handover string `json:"handover" is:"lines(4000)" zh:"交接情况" doc:"what was handed over"`
}

// MemberJoined adds a person.
type MemberJoined struct {
	Person string `json:"person" is:"id" zh:"成员" doc:"who joins the team"`
}

// MemberLeft removes a person.
type MemberLeft struct {
	Person string `json:"person" is:"id" zh:"成员" doc:"who leaves the team"`
	Reason string `json:"reason,omitempty" is:"lines(2000)" zh:"原因" doc:"why"`
}

// ObserverAssigned says who of the discipline commission watches the team's work, and when (R60).
type ObserverAssigned struct {
	Observer string `json:"observer" is:"id" zh:"执纪监督员" doc:"the person; not of the team"`
	From     string `json:"from" is:"date" zh:"起始日期" doc:"first day"`
	To       string `json:"to,omitempty" is:"date" zh:"截止日期" doc:"last day; left out: to the end"`
}

// Together says what Validate checks.
func (*ObserverAssigned) Together() string { return "to is not before from" }

// Validate checks what members say together.
func (d *ObserverAssigned) Validate() error {
	var k event.Checker
	k.That(d.To == "" || d.From <= d.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

// Activated lets the team inspect: everybody has acknowledged the discipline rules.
type Activated struct{}

var office = []event.Role{event.RoleSupervisionOffice}

// OfEntrances are the codes of what is said of somebody who comes into a team, as other streams turn out.
var OfEntrances = []law.Code{law.SecondedToAnotherTeam, law.MemberOfTwoTeams, law.RulesNotAcknowledged}

// Kind declares teams and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Team, Chinese: "督查组", Doc: "an inspection team: whom it has, where and what it inspects",
	Access: stream.Open(stream.OwnTeam),
	Lapses: func(code law.Code) bool { return slices.Contains(OfEntrances, code) },
	Late:   &stream.Late{Codes: []law.Code{law.RulesNotAcknowledged}, Tells: func(d event.Data) bool { _, ok := d.(*Activated); return ok }},
},
	stream.First((*Formed).Judge, event.Type{Name: "team-formed", Version: 1, Chinese: "督查组成立", Kept: event.KeptInPlace,
		Doc:   "A team was formed.",
		Rules: []law.Rule{law.R17}, Append: office, Import: true}),
	stream.Then((*ScopeAssigned).Judge, event.Type{Name: "team-scope-assigned", Version: 1, Chinese: "督查范围分工",
		Doc:   "The team's sectors and counties.",
		Rules: []law.Rule{law.R17, law.R29}, Append: office}),
	stream.Then((*LeaderAppointed).Judge, event.Type{Name: "leader-appointed", Version: 1, Chinese: "任命组长",
		Doc:   "The team has its leader.",
		Rules: []law.Rule{law.R02, law.R51, law.R61}, Append: office}),
	stream.Then((*LeaderChanged).Judge, event.Type{Name: "leader-changed", Version: 1, Chinese: "更换组长",
		Doc:   "The team passed from one leader to the next.",
		Rules: []law.Rule{law.R02, law.R51, law.R61}, Append: office}),
	stream.Then((*MemberJoined).Judge, event.Type{Name: "member-joined", Version: 1, Chinese: "成员入组",
		Doc:   "A person joined the team.",
		Rules: []law.Rule{law.R02, law.R17, law.R61}, Append: office}),
	stream.Then((*MemberLeft).Judge, event.Type{Name: "member-left", Version: 1, Chinese: "成员离组",
		Doc:   "A person left the team.",
		Rules: []law.Rule{law.R61}, Append: office}),
	stream.Then((*ObserverAssigned).Judge, event.Type{Name: "discipline-observer-assigned", Version: 1, Chinese: "派驻执纪监督",
		Doc:   "Somebody of the discipline commission watches the team's work from a day on.",
		Rules: []law.Rule{law.R60}, Append: []event.Role{event.RoleDisciplineCommission}}),
	stream.Then((*Activated).Judge, event.Type{Name: "team-activated", Version: 1, Chinese: "督查组启用",
		Doc:   "The team may inspect: it has a leader and every member acknowledged the discipline rules.",
		Rules: []law.Rule{law.R02}, Append: office}),
)
