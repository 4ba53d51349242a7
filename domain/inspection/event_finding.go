package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

// FindingRecorded is a hazard or violation that was found (R19).
type FindingRecorded struct {
	Finding     string           `json:"finding"` // id within the inspection
	Description string           `json:"description" text:"lines"`
	Location    string           `json:"location,omitempty"`
	Level       string           `json:"level,omitempty" unknown:"required, in imports only"`
	Clauses     []event.Citation `json:"clauses,omitempty" unknown:"required for level major, in imports only"` // standard or law with clause
	Category    string           `json:"category,omitempty"`                                                    // SAFETY_INVESTMENT (R07) …
	Violation   string           `json:"violation,omitempty"`
	Punishable  bool             `json:"punishable"`
	FoundBy     []string         `json:"found_by,omitempty"` // person ids
	Evidence    []event.Evidence `json:"evidence,omitempty"`
	ViolatedOn  string           `json:"violated_on,omitempty"` // when the violation occurred, if not when found
	Source      event.Source     `json:"source,omitempty"`
	Unknown     event.Unknown    `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *FindingRecorded) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, true)
	k.Lines("description", d.Description, true, 4000)
	k.Text("location", d.Location, false, 300)
	k.OneOf("level", d.Level, false, Levels...)
	// A major hazard names the standard and clause that make it major.
	k.Unknown(d.Unknown, event.Member{Name: "level", Stated: d.Level != "", Required: true},
		event.Member{Name: "clauses", Stated: len(d.Clauses) > 0, Required: d.Level == "major"})
	event.Each(&k, "clauses", d.Clauses, 20)
	k.Text("category", d.Category, false, 60)
	k.OneOf("violation", d.Violation, false, Violations...)
	k.IDs("found_by", d.FoundBy, 50)
	event.Each(&k, "evidence", d.Evidence, 50)
	k.Date("violated_on", d.ViolatedOn, false)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// EvidenceAttached adds evidence to the visit, or to one finding of it.
type EvidenceAttached struct {
	Finding  string           `json:"finding,omitempty"`
	Evidence []event.Evidence `json:"evidence"`
}

// Validate implements event.Data.
func (d *EvidenceAttached) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, false)
	k.That(len(d.Evidence) >= 1, "evidence: required")
	event.Each(&k, "evidence", d.Evidence, 50)
	return k.Err()
}

// FixedOnSite says that a finding was put right during the visit (R20). It does not replace
// a penalty (R56).
type FixedOnSite struct {
	Finding string          `json:"finding"`
	Photo   *event.Evidence `json:"photo,omitempty"` // required unless imported
	Note    string          `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *FixedOnSite) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, true)
	if d.Photo != nil {
		k.Sub("photo", d.Photo.Validate())
	}
	k.Lines("note", d.Note, false, 2000)
	return k.Err()
}

// OrderIssued is a measure, not a penalty (安全生产法 Arts 65, 70).
type OrderIssued struct {
	Order      string           `json:"order"` // id within the inspection
	DocumentNo string           `json:"document_no,omitempty"`
	Kind       string           `json:"kind"`
	Findings   []string         `json:"findings"`
	Due        string           `json:"due,omitempty" unknown:"required for kind rectify-by-date, in imports only"` // YYYY-MM-DD
	LegalBasis []event.Citation `json:"legal_basis,omitempty"`
	Source     event.Source     `json:"source,omitempty"`
	Unknown    event.Unknown    `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *OrderIssued) Validate() error {
	var k event.Checker
	k.ID("order", d.Order, true)
	k.Text("document_no", d.DocumentNo, false, 100)
	k.OneOf("kind", d.Kind, true, OrderKinds...)
	ids(&k, "findings", d.Findings)
	k.Date("due", d.Due, false)
	k.Unknown(d.Unknown, event.Member{Name: "due", Stated: d.Due != "", Required: d.Kind == "rectify-by-date"})
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// PenaltyDecided punishes one or more findings.
type PenaltyDecided struct {
	Penalty    string           `json:"penalty"` // id within the inspection
	Findings   []string         `json:"findings"`
	Kind       string           `json:"kind"`
	Fine       *event.Money     `json:"fine,omitempty" unknown:"required for kind fine"` // of kind fine, and only there
	DecisionNo string           `json:"decision_no,omitempty"`
	DecidedBy  string           `json:"decided_by,omitempty"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" unknown:"required, in imports only"`
	// Final is false when the source does not state a final decision although it states an
	// amount; such a penalty is counted and flagged.
	Final   bool          `json:"final"`
	Source  event.Source  `json:"source,omitempty"`
	Unknown event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *PenaltyDecided) Validate() error {
	var k event.Checker
	k.ID("penalty", d.Penalty, true)
	ids(&k, "findings", d.Findings)
	k.OneOf("kind", d.Kind, true, PenaltyKinds...)
	k.Unknown(d.Unknown, event.Member{Name: "fine", Stated: d.Fine != nil, Required: d.Kind == "fine"},
		event.Member{Name: "legal_basis", Stated: len(d.LegalBasis) > 0, Required: true})
	k.That(d.Kind == "fine" || d.Fine == nil && !d.Unknown.Has("fine"), "fine: belongs to kind fine only")
	if d.Fine != nil {
		k.Sub("fine", d.Fine.Validate())
	}
	k.Text("decision_no", d.DecisionNo, false, 100)
	k.Text("decided_by", d.DecidedBy, false, 200)
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57). It counts from the approval of a second person on; in imports at once.
type NoPenaltyDecided struct {
	Findings   []string         `json:"findings"`
	Reason     string           `json:"reason" text:"lines"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty"`
	Source     event.Source     `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *NoPenaltyDecided) Validate() error {
	var k event.Checker
	ids(&k, "findings", d.Findings)
	k.Lines("reason", d.Reason, true, 2000)
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// ids checks a list of 1…500 distinct ids within the inspection.
func ids(k *event.Checker, field string, list []string) {
	k.That(len(list) >= 1 && len(list) <= 500, "%s: want 1…500", field)
	for i, id := range list {
		k.ID(field, id, true)
		k.That(!slices.Contains(list[:i], id), "%s: %q stands twice", field, id)
	}
}
