// Package team is an inspection team: its scope, its leader, its members.
package team

import (
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Formed creates a team.
type Formed struct {
	Name    string        `json:"name"`
	Kind    string        `json:"kind,omitempty" unknown:"required, in imports only"` // comprehensive 综合督查组, specialist 专业督查组
	Source  event.Source  `json:"source,omitempty"`
	Unknown event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *Formed) Validate() error {
	var k event.Checker
	k.Text("name", d.Name, true, 200)
	k.OneOf("kind", d.Kind, false, "comprehensive", "specialist")
	k.Unknown(d.Unknown, event.Member{Name: "kind", Stated: d.Kind != "", Required: true})
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// ScopeAssigned says which sectors and counties the team inspects; an empty list means all.
type ScopeAssigned struct {
	Sectors  []string `json:"sectors"`
	Counties []string `json:"counties"`
}

// Validate implements event.Data.
func (d *ScopeAssigned) Validate() error {
	var k event.Checker
	k.That(len(d.Sectors) <= 50 && len(d.Counties) <= 200, "sectors, counties: too many")
	for _, s := range d.Sectors {
		k.That(codes.IsSector(s), "sectors: %.20q is no sector code", s)
	}
	for _, c := range d.Counties {
		k.That(len(c) == 6 && codes.IsRegion(c), "counties: %.20q is no county of this city (GB/T 2260, six digits)", c)
	}
	return k.Err()
}

// LeaderAppointed makes a person the first leader.
type LeaderAppointed struct {
	Person string `json:"person"`
}

// Validate implements event.Data.
func (d *LeaderAppointed) Validate() error {
	var k event.Checker
	k.ID("person", d.Person, true)
	return k.Err()
}

// LeaderChanged hands the team from one leader to the next.
type LeaderChanged struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Handover string `json:"handover" text:"lines"` // what was handed over
}

// Validate implements event.Data.
func (d *LeaderChanged) Validate() error {
	var k event.Checker
	k.ID("from", d.From, true)
	k.ID("to", d.To, true)
	k.Lines("handover", d.Handover, true, 4000)
	return k.Err()
}

// MemberJoined adds a person.
type MemberJoined struct {
	Person string `json:"person"`
}

// Validate implements event.Data.
func (d *MemberJoined) Validate() error {
	var k event.Checker
	k.ID("person", d.Person, true)
	return k.Err()
}

// MemberLeft removes a person.
type MemberLeft struct {
	Person string `json:"person"`
	Reason string `json:"reason,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *MemberLeft) Validate() error {
	var k event.Checker
	k.ID("person", d.Person, true)
	k.Lines("reason", d.Reason, false, 2000)
	return k.Err()
}

// Activated lets the team inspect: everybody has acknowledged the discipline rules.
type Activated struct{}

// Validate implements event.Data.
func (d *Activated) Validate() error { return nil }

var office = []event.Role{event.RoleSupervisionOffice}

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Formed](event.Type{Name: "team-formed", Version: 1, Chinese: "督查组成立",
		Doc:   "A team was formed.",
		Rules: []law.Rule{law.R17}, Append: office, Import: true}),
	declare[ScopeAssigned](event.Type{Name: "team-scope-assigned", Version: 1, Chinese: "督查范围分工",
		Doc:   "The team's sectors and counties.",
		Rules: []law.Rule{law.R17, law.R29}, Append: office}),
	declare[LeaderAppointed](event.Type{Name: "leader-appointed", Version: 1, Chinese: "任命组长",
		Doc:   "The team has its leader.",
		Rules: []law.Rule{law.R51}, Append: office}),
	declare[LeaderChanged](event.Type{Name: "leader-changed", Version: 1, Chinese: "更换组长",
		Doc:   "The team passed from one leader to the next.",
		Rules: []law.Rule{law.R51}, Append: office}),
	declare[MemberJoined](event.Type{Name: "member-joined", Version: 1, Chinese: "成员入组",
		Doc:   "A person joined the team.",
		Rules: []law.Rule{law.R17, law.R61}, Append: office}),
	declare[MemberLeft](event.Type{Name: "member-left", Version: 1, Chinese: "成员离组",
		Doc:   "A person left the team.",
		Rules: []law.Rule{law.R61}, Append: office}),
	declare[Activated](event.Type{Name: "team-activated", Version: 1, Chinese: "督查组启用",
		Doc:   "The team may inspect: it has a leader and every member acknowledged the discipline rules.",
		Rules: []law.Rule{law.R02}, Append: office}),
}
