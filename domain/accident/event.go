// Package accident is a work-safety accident: its report, its casualties, its grade.
package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Grades are the four grades of State Council Order 493 Art. 3, mildest first.
var Grades = []string{"ordinary", "larger", "major", "especially-major"}

// Harm is what the grade is computed from, and with Injured what the four indicators count (R14).
// Of each number the source may say that it does not know it, in unknown of the body.
type Harm struct {
	Deaths *int64 `json:"deaths,omitzero" range:"people" unknown:"required"`
	// SeriousInjuries include acute industrial poisoning.
	SeriousInjuries *int64 `json:"serious_injuries,omitzero" range:"people" unknown:"required"`
	// Injured are all injured, the seriously injured among them.
	Injured *int64 `json:"injured,omitzero" range:"people" unknown:"required"`
	// DirectLoss is the direct economic loss.
	DirectLoss *event.Money `json:"direct_loss,omitzero" unknown:"required"`
}

// members are the numbers by their names in a body whose harm it is.
func (h Harm) members() []event.Member {
	return []event.Member{
		{Name: "harm.deaths", Stated: h.Deaths != nil, Required: true},
		{Name: "harm.serious_injuries", Stated: h.SeriousInjuries != nil, Required: true},
		{Name: "harm.injured", Stated: h.Injured != nil, Required: true},
		{Name: "harm.direct_loss", Stated: h.DirectLoss != nil, Required: true},
	}
}

// Validate checks ranges, the currency, and that the seriously injured are among the injured.
func (h Harm) Validate() error {
	var k event.Checker
	people := func(field string, n *int64) {
		if n != nil {
			k.Within(field, *n, event.People)
		}
	}
	people("deaths", h.Deaths)
	people("serious_injuries", h.SeriousInjuries)
	people("injured", h.Injured)
	if h.Injured != nil && h.SeriousInjuries != nil {
		k.That(*h.Injured >= *h.SeriousInjuries, "injured: %d, and %d of them seriously; injured counts all",
			*h.Injured, *h.SeriousInjuries)
	}
	if h.DirectLoss != nil {
		k.Sub("direct_loss", h.DirectLoss.Validate())
	}
	return k.Err()
}

// Reported states that an accident happened.
type Reported struct {
	Subjects []string      `json:"subjects"` // ids of the subjects where it happened; may be empty
	Region   string        `json:"region"`
	Happened time.Time     `json:"happened"`
	Kind     string        `json:"kind"` // code of 事故类型: collapse, road-traffic …
	Summary  string        `json:"summary" text:"lines"`
	Harm     Harm          `json:"harm"`
	Unknown  event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *Reported) Validate() error {
	var k event.Checker
	k.IDs("subjects", d.Subjects, 50)
	k.That(codes.IsRegion(d.Region), codes.WantRegion, d.Region)
	k.Moment("happened", d.Happened)
	k.That(codes.IsAccidentKind(d.Kind), "kind: %.60q is no kind of accident, such as collapse or road-traffic", d.Kind)
	k.Lines("summary", d.Summary, true, 4000)
	k.Sub("harm", d.Harm.Validate())
	k.Unknown(d.Unknown, d.Harm.members()...)
	return k.Err()
}

// CasualtiesUpdated replaces the harm known so far.
type CasualtiesUpdated struct {
	Harm    Harm          `json:"harm"`
	Reason  string        `json:"reason" text:"lines"`
	Unknown event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *CasualtiesUpdated) Validate() error {
	var k event.Checker
	k.Sub("harm", d.Harm.Validate())
	k.Unknown(d.Unknown, d.Harm.members()...)
	k.Lines("reason", d.Reason, true, 1000)
	return k.Err()
}

// Graded states the grade; it must equal the worst threshold met (R10).
type Graded struct {
	Grade           string `json:"grade"`
	StatisticalYear int    `json:"statistical_year" range:"year"`         // may differ from the year of occurrence (R12)
	ConclusionYear  int    `json:"conclusion_year,omitzero" range:"year"` // of the inquiry; left out until there is one (R12)
	CountingRule    string `json:"counting_rule,omitempty"`
	DecidedBy       string `json:"decided_by"`
}

// Validate implements event.Data.
func (d *Graded) Validate() error {
	var k event.Checker
	k.OneOf("grade", d.Grade, true, Grades...)
	k.Within("statistical_year", int64(d.StatisticalYear), event.Years)
	if d.ConclusionYear != 0 {
		k.Within("conclusion_year", int64(d.ConclusionYear), event.Years)
	}
	k.Text("counting_rule", d.CountingRule, false, 500)
	k.Text("decided_by", d.DecidedBy, true, 200)
	return k.Err()
}

var reporters = []event.Role{event.RoleSupervisionOffice, event.RoleCountyGovernment, event.RoleDepartment}

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Reported](event.Type{Name: "accident-reported", Version: 1, Chinese: "事故报告",
		Doc:   "An accident happened.",
		Rules: []law.Rule{law.R10, law.R44}, Append: reporters}),
	declare[CasualtiesUpdated](event.Type{Name: "accident-casualties-updated", Version: 1, Chinese: "伤亡情况补报",
		Doc:   "The harm known so far was replaced.",
		Rules: []law.Rule{law.R10}, Append: reporters}),
	declare[Graded](event.Type{Name: "accident-graded", Version: 1, Chinese: "事故定级",
		Doc:    "The grade under State Council Order 493 Art. 3.",
		Rules:  []law.Rule{law.R10, law.R12},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment}}),
}
