// Package accident is a work-safety accident: its report, its casualties, its grade.
package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// Grades are the four grades of State Council Order 493 Art. 3, mildest first.
var Grades = []string{"ordinary", "larger", "major", "especially-major"}

// Harm is what the grade is computed from.
type Harm struct {
	Deaths          int         `json:"deaths"`
	SeriousInjuries int         `json:"serious_injuries"` // includes acute industrial poisoning
	DirectLoss      event.Money `json:"direct_loss"`      // direct economic loss
}

// Validate checks signs and currency.
func (h Harm) Validate() error {
	var k event.Checker
	k.That(h.Deaths >= 0, "deaths: must not be negative")
	k.That(h.SeriousInjuries >= 0, "serious_injuries: must not be negative")
	k.Sub("direct_loss", h.DirectLoss.Validate())
	return k.Err()
}

// Reported states that an accident happened.
type Reported struct {
	Subjects []string  `json:"subjects"` // ids of the subjects where it happened; may be empty
	Region   string    `json:"region"`
	Happened time.Time `json:"happened"`
	Kind     string    `json:"kind"` // 事故类型, free text: 中毒和窒息, 道路交通 …
	Summary  string    `json:"summary"`
	Harm     Harm      `json:"harm"`
}

// Validate implements event.Data.
func (d *Reported) Validate() error {
	var k event.Checker
	k.That(len(d.Subjects) <= 50, "subjects: at most 50")
	for _, s := range d.Subjects {
		k.ID("subjects", s, true)
	}
	k.That(codes.CountyOf(d.Region) != "", "region: %q has not 6, 9 or 12 digits", d.Region)
	k.Require("happened", !d.Happened.IsZero())
	k.Text("kind", d.Kind, true, 100)
	k.Text("summary", d.Summary, true, 4000)
	k.Sub("harm", d.Harm.Validate())
	return k.Err()
}

// CasualtiesUpdated replaces the harm known so far.
type CasualtiesUpdated struct {
	Harm   Harm   `json:"harm"`
	Reason string `json:"reason"`
}

// Validate implements event.Data.
func (d *CasualtiesUpdated) Validate() error {
	var k event.Checker
	k.Sub("harm", d.Harm.Validate())
	k.Text("reason", d.Reason, true, 1000)
	return k.Err()
}

// Graded states the grade; it must equal the worst threshold met (R10).
type Graded struct {
	Grade           string `json:"grade"`
	StatisticalYear int    `json:"statistical_year"` // may differ from the year of occurrence (R12)
	CountingRule    string `json:"counting_rule,omitempty"`
	DecidedBy       string `json:"decided_by"`
}

// Validate implements event.Data.
func (d *Graded) Validate() error {
	var k event.Checker
	k.OneOf("grade", d.Grade, true, Grades...)
	k.That(d.StatisticalYear >= 1949 && d.StatisticalYear <= 9999, "statistical_year: %d is no year", d.StatisticalYear)
	k.Text("counting_rule", d.CountingRule, false, 500)
	k.Text("decided_by", d.DecidedBy, true, 200)
	return k.Err()
}

var reporters = []event.Role{event.RoleSupervisionOffice, event.RoleCountyGovernment, event.RoleDepartment}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "accident-reported", Version: 1, Kind: event.Accident, Chinese: "事故报告", Doc: "An accident happened.", Rules: []string{"R10", "R44"}, Append: reporters, New: func() event.Data { return new(Reported) }},
	{Name: "accident-casualties-updated", Version: 1, Kind: event.Accident, Chinese: "伤亡情况补报", Doc: "The harm known so far was replaced.", Rules: []string{"R10"}, Append: reporters, New: func() event.Data { return new(CasualtiesUpdated) }},
	{Name: "accident-graded", Version: 1, Kind: event.Accident, Chinese: "事故定级", Doc: "The grade under State Council Order 493 Art. 3.", Rules: []string{"R10", "R12"}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment}, New: func() event.Data { return new(Graded) }},
}
