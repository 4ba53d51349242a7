package campaign

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Policy holds every number and list that the campaign's rules use. It is recorded with
// the plan and read from there; the code has no such constant elsewhere.
type Policy struct {
	// DuplicateKey is what may be visited once by an INITIAL visit: "subject-sector"
	// (default) or "subject" (R31).
	DuplicateKey string `json:"duplicate_key"`
	// MinInspectors is how many inspectors a site record names (行政处罚法 Art. 42, R42).
	MinInspectors int `json:"min_inspectors" range:"officers"`
	// MinVisitMinutes is the shortest plausible stay, by subject kind; "" is the default (R37).
	MinVisitMinutes map[string]int `json:"min_visit_minutes" range:"minutes"`
	// RecordDueHours is how long after the start the site record must be signed or refused (R42).
	RecordDueHours int `json:"record_due_hours" range:"hours"`
	// Copies are the recipients of the site record (R43).
	Copies []string `json:"copies"`
	// CopiesDueDays is how long after signing all copies must be delivered (R43).
	CopiesDueDays int `json:"copies_due_days" range:"days"`
	// RequiredItems are the check items that must be answered before signing, by profile:
	// "enterprise" (R27, R33), "government-unit" (R32), "high-risk" (R34).
	RequiredItems map[string][]string `json:"required_items"`
	// RequiredSections must be completed before signing (R35).
	RequiredSections []string `json:"required_sections"`
	// MaxSkewSeconds is how far the device clock may run ahead of the ledger's (pillar 7).
	MaxSkewSeconds int `json:"max_skew_seconds" range:"seconds"`
	// LateSyncHours is how long after a fact its record may arrive unflagged, and how long
	// after the campaign's end facts may still be synchronised (R13).
	LateSyncHours int `json:"late_sync_hours" range:"hours"`
	// ZeroFindingDays and ZeroFindingInspections define a team that finds nothing (R63).
	ZeroFindingDays        int `json:"zero_finding_days" range:"days"`
	ZeroFindingInspections int `json:"zero_finding_inspections" range:"visits"`
}

// DefaultPolicy returns the parameters that a plan starts from; each plan states its own (R01).
func DefaultPolicy() Policy {
	return Policy{
		DuplicateKey:    "subject-sector",
		MinInspectors:   2,
		MinVisitMinutes: map[string]int{"": 20, "unlicensed-place": 10, "road-section": 10},
		RecordDueHours:  24,
		Copies:          []string{"subject", "local-government", "city-department", "safety-office"},
		CopiesDueDays:   3,
		RequiredItems: map[string][]string{
			"enterprise":      {"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"},
			"government-unit": {"M-1", "M-2", "M-3", "M-4", "M-5", "M-6"},
			"high-risk":       {"H-1", "H-2", "H-3", "H-4"},
		},
		RequiredSections:       []string{"production", "management", "system"},
		MaxSkewSeconds:         300,
		LateSyncHours:          72,
		ZeroFindingDays:        7,
		ZeroFindingInspections: 10,
	}
}

// Validate checks that every parameter is stated and plausible.
func (p Policy) Validate() error {
	var k event.Checker
	k.OneOf("duplicate_key", p.DuplicateKey, true, "subject-sector", "subject")
	k.Within("min_inspectors", int64(p.MinInspectors), event.Officers)
	k.Within("record_due_hours", int64(p.RecordDueHours), event.Hours)
	k.That(len(p.Copies) > 0, "copies: required")
	k.IDs("copies", p.Copies, 20)
	k.Within("copies_due_days", int64(p.CopiesDueDays), event.Days)
	k.Within("max_skew_seconds", int64(p.MaxSkewSeconds), event.Seconds)
	k.Within("late_sync_hours", int64(p.LateSyncHours), event.Hours)
	k.Within("zero_finding_days", int64(p.ZeroFindingDays), event.Days)
	k.Within("zero_finding_inspections", int64(p.ZeroFindingInspections), event.Visits)
	k.IDs("required_sections", p.RequiredSections, 20)
	k.That(len(p.MinVisitMinutes) <= 50, "min_visit_minutes: at most 50")
	for kind, m := range p.MinVisitMinutes {
		k.ID("min_visit_minutes", kind, false)
		k.Within(fmt.Sprintf("min_visit_minutes[%q]", kind), int64(m), event.Minutes)
	}
	k.That(len(p.RequiredItems) <= 50, "required_items: at most 50")
	for profile, items := range p.RequiredItems {
		k.ID("required_items", profile, true)
		k.IDs(fmt.Sprintf("required_items[%q]", profile), items, 500)
	}
	return k.Err()
}
