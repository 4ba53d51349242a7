// Package inspection is one visit of a team to a subject, from the reservation to the
// closing, with its findings, measures and penalties.
package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// The code lists of this package.
var (
	// VisitTypes are the reasons for a visit; only "initial" is bound by R31. "unknown" is
	// for imports only: many sources do not say why somebody came.
	VisitTypes = []string{"initial", "verify", "team-review", "tip", "accident", "unknown"}
	// Levels of a hazard (CODES §5): 一般事故隐患, 重大事故隐患. "unknown" is for imports only.
	Levels = []string{"general", "major", "unknown"}
	// Violations are the kinds of R54; 三违 is three-violations.
	Violations = []string{"main-duty", "three-violations", "unlicensed", "risky-operation", "other"}
	// OrderKinds are measures, which are not penalties (安全生产法 Arts 65, 70): correct on the
	// spot, by a date, at once, withdraw people, stop, stop using, seal, seize.
	OrderKinds = []string{"correct-on-spot", "rectify-by-date", "rectify-at-once", "withdraw-people", "stop", "stop-using", "seal", "seize"}
	// PenaltyKinds follow 行政处罚法 2021 Art. 9.
	PenaltyKinds = []string{"warning", "criticism", "fine", "confiscate-gains", "confiscate-goods", "suspend-permit", "lower-grade", "revoke-permit", "restrict-business", "stop-production", "close", "bar-from-trade", "detention", "other"}
	// Sections of a visit (R35).
	Sections = []string{"production", "management", "system"}
	// Recipients of the site record (R43).
	Recipients = []string{"subject", "local-government", "city-department", "safety-office"}
)

// Reserved claims a subject for a team before the visit (R31). Hidden from county and
// enterprise roles until arrival (R39).
type Reserved struct {
	Subject   string `json:"subject"`
	Team      string `json:"team"`
	Sector    string `json:"sector"`
	VisitType string `json:"visit_type"`
	PlannedOn string `json:"planned_on,omitempty"`
}

// Validate implements event.Data.
func (d *Reserved) Validate() error {
	var k event.Checker
	k.ID("subject", d.Subject, true)
	k.ID("team", d.Team, true)
	k.That(codes.IsSector(d.Sector), "sector: %q is no sector code", d.Sector)
	k.OneOf("visit_type", d.VisitType, true, VisitTypes[:len(VisitTypes)-1]...)
	k.Date("planned_on", d.PlannedOn, false)
	return k.Err()
}

// Released gives a reservation back.
type Released struct {
	Reason string `json:"reason"`
}

// Validate implements event.Data.
func (d *Released) Validate() error {
	var k event.Checker
	k.Text("reason", d.Reason, true, 1000)
	return k.Err()
}

// Briefed says what the inspectors had seen of the subject before they went (R16).
type Briefed struct {
	Position     uint64   `json:"position"` // ledger size of the snapshot they read
	OpenFindings []string `json:"open_findings,omitempty"`
	Checklist    string   `json:"checklist,omitempty"`
}

// Validate implements event.Data.
func (d *Briefed) Validate() error {
	var k event.Checker
	k.That(len(d.OpenFindings) <= 500, "open_findings: at most 500")
	k.Text("checklist", d.Checklist, false, 100)
	return k.Err()
}

// Started begins the visit.
type Started struct {
	Subject            string       `json:"subject"`
	Team               string       `json:"team,omitempty"` // may be unknown in imports
	Sector             string       `json:"sector"`
	VisitType          string       `json:"visit_type"`
	Inspectors         []string     `json:"inspectors"` // person ids; empty only in imports
	EnforcingAuthority string       `json:"enforcing_authority,omitempty"`
	Source             event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *Started) Validate() error {
	var k event.Checker
	k.ID("subject", d.Subject, true)
	k.ID("team", d.Team, false)
	k.That(codes.IsSector(d.Sector), "sector: %q is no sector code", d.Sector)
	k.OneOf("visit_type", d.VisitType, true, VisitTypes...)
	k.That(d.VisitType != "unknown" || len(d.Source) > 0, "visit_type: unknown is for imported records, with their source")
	k.That(len(d.Inspectors) <= 50, "inspectors: at most 50")
	for _, p := range d.Inspectors {
		k.ID("inspectors", p, true)
	}
	k.Text("enforcing_authority", d.EnforcingAuthority, false, 200)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// Attempted says that nobody could be inspected: locked, nobody present, refused entry
// (R28). It counts as attempted, not as inspected.
type Attempted struct {
	Reason   string           `json:"reason"`
	Place    *event.Place     `json:"place,omitempty"`
	Evidence []event.Evidence `json:"evidence,omitempty"`
}

// Validate implements event.Data.
func (d *Attempted) Validate() error {
	var k event.Checker
	k.Text("reason", d.Reason, true, 1000)
	if d.Place != nil {
		k.Sub("place", d.Place.Validate())
	}
	event.Each(&k, "evidence", d.Evidence, 50)
	return k.Err()
}

// Arrived says that an inspector is on the spot; from here the visit is no longer hidden.
type Arrived struct {
	Place *event.Place `json:"place,omitempty"`
}

// Validate implements event.Data.
func (d *Arrived) Validate() error {
	var k event.Checker
	if d.Place != nil {
		k.Sub("place", d.Place.Validate())
	}
	return k.Err()
}

// Departed ends the stay (R37).
type Departed struct {
	Place *event.Place `json:"place,omitempty"`
}

// Validate implements event.Data.
func (d *Departed) Validate() error { return (*Arrived)(d).Validate() }

// CertificatesShown says which certificates were shown (安全生产法 Art. 67).
type CertificatesShown struct {
	Certificates []string `json:"certificates"`
}

// Validate implements event.Data.
func (d *CertificatesShown) Validate() error {
	var k event.Checker
	k.That(len(d.Certificates) >= 1 && len(d.Certificates) <= 50, "certificates: want 1…50")
	for _, c := range d.Certificates {
		k.Text("certificates", c, true, 60)
	}
	return k.Err()
}

// NoticePosted says that the public notice hangs at the subject (R72).
type NoticePosted struct {
	Content     string         `json:"content"`
	Purpose     string         `json:"purpose"`
	OfficePhone string         `json:"office_phone"`
	LeaderPhone string         `json:"leader_phone"`
	Photo       event.Evidence `json:"photo"`
}

// Validate implements event.Data.
func (d *NoticePosted) Validate() error {
	var k event.Checker
	k.Text("content", d.Content, true, 2000)
	k.Text("purpose", d.Purpose, true, 1000)
	k.Text("office_phone", d.OfficePhone, true, 40)
	k.Text("leader_phone", d.LeaderPhone, true, 40)
	k.Sub("photo", d.Photo.Validate())
	return k.Err()
}

// ConductDeclared answers the four 不 of P8.12 (R38).
type ConductDeclared struct {
	AdvanceNotice bool     `json:"advance_notice"`
	BriefingHeard bool     `json:"briefing_heard"`
	Accompanied   []string `json:"accompanied_by"`
	Reception     bool     `json:"reception"`
	Note          string   `json:"note,omitempty"`
}

// Validate implements event.Data.
func (d *ConductDeclared) Validate() error {
	var k event.Checker
	k.That(len(d.Accompanied) <= 50, "accompanied_by: at most 50")
	for _, s := range d.Accompanied {
		k.Text("accompanied_by", s, true, 200)
	}
	k.Text("note", d.Note, false, 2000)
	return k.Err()
}

// CheckAnswered answers one item of the checklist.
type CheckAnswered struct {
	Item    string       `json:"item"`
	Section string       `json:"section,omitempty"` // production, management, system
	Answer  string       `json:"answer"`            // yes (in order), no, not-applicable
	Reason  string       `json:"reason,omitempty"`  // required for not-applicable
	Note    string       `json:"note,omitempty"`
	Source  event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *CheckAnswered) Validate() error {
	var k event.Checker
	k.Text("item", d.Item, true, 60)
	k.OneOf("section", d.Section, false, Sections...)
	k.OneOf("answer", d.Answer, true, "yes", "no", "not-applicable")
	k.That(d.Answer != "not-applicable" || d.Reason != "", "reason: required for not-applicable")
	k.Text("reason", d.Reason, false, 1000)
	k.Text("note", d.Note, false, 2000)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// SectionCompleted says that one of the three sections was gone through (R35).
type SectionCompleted struct {
	Section string    `json:"section"`
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Skipped is an item that was left out, with the reason (R37).
type Skipped struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

// Validate implements event.Data.
func (d *SectionCompleted) Validate() error {
	var k event.Checker
	k.OneOf("section", d.Section, true, Sections...)
	k.That(len(d.Skipped) <= 200, "skipped: at most 200")
	for _, s := range d.Skipped {
		k.Text("skipped.item", s.Item, true, 60)
		k.Text("skipped.reason", s.Reason, true, 500)
	}
	return k.Err()
}

// FindingRecorded is a hazard or violation that was found (R19).
type FindingRecorded struct {
	Finding     string           `json:"finding"` // id within the inspection
	Description string           `json:"description"`
	Location    string           `json:"location,omitempty"`
	Level       string           `json:"level"`
	Clauses     []event.Citation `json:"clauses,omitempty"`  // standard or law with clause
	Category    string           `json:"category,omitempty"` // SAFETY_INVESTMENT (R07) …
	Violation   string           `json:"violation,omitempty"`
	Punishable  bool             `json:"punishable"`
	FoundBy     []string         `json:"found_by,omitempty"` // person ids
	Evidence    []event.Evidence `json:"evidence,omitempty"`
	ViolatedOn  string           `json:"violated_on,omitempty"` // when the violation occurred, if not when found
	Source      event.Source     `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *FindingRecorded) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, true)
	k.Text("description", d.Description, true, 4000)
	k.Text("location", d.Location, false, 300)
	k.OneOf("level", d.Level, true, Levels...)
	event.Each(&k, "clauses", d.Clauses, 20)
	k.That(d.Level != "major" || len(d.Clauses) > 0 || len(d.Source) > 0, "clauses: a major hazard names the standard and clause that make it major")
	k.Text("category", d.Category, false, 60)
	k.OneOf("violation", d.Violation, false, Violations...)
	k.That(len(d.FoundBy) <= 50, "found_by: at most 50")
	for _, p := range d.FoundBy {
		k.ID("found_by", p, true)
	}
	event.Each(&k, "evidence", d.Evidence, 50)
	k.Date("violated_on", d.ViolatedOn, false)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// FindingCorrected replaces what it names of a finding; the original stays in the ledger.
type FindingCorrected struct {
	Finding     string           `json:"finding"`
	Reason      string           `json:"reason"`
	Description string           `json:"description,omitempty"`
	Location    string           `json:"location,omitempty"`
	Level       string           `json:"level,omitempty"`
	Clauses     []event.Citation `json:"clauses,omitempty"`
	Punishable  *bool            `json:"punishable,omitempty"`
}

// Validate implements event.Data.
func (d *FindingCorrected) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, true)
	k.Text("reason", d.Reason, true, 2000)
	k.Text("description", d.Description, false, 4000)
	k.Text("location", d.Location, false, 300)
	k.OneOf("level", d.Level, false, "general", "major")
	event.Each(&k, "clauses", d.Clauses, 20)
	k.That(d.Description != "" || d.Location != "" || d.Level != "" || len(d.Clauses) > 0 || d.Punishable != nil, "a correction must change something")
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
	Note    string          `json:"note,omitempty"`
}

// Validate implements event.Data.
func (d *FixedOnSite) Validate() error {
	var k event.Checker
	k.ID("finding", d.Finding, true)
	if d.Photo != nil {
		k.Sub("photo", d.Photo.Validate())
	}
	k.Text("note", d.Note, false, 2000)
	return k.Err()
}

// OrderIssued is a measure, not a penalty (安全生产法 Arts 65, 70).
type OrderIssued struct {
	Order      string           `json:"order"` // id within the inspection
	DocumentNo string           `json:"document_no,omitempty"`
	Kind       string           `json:"kind"`
	Findings   []string         `json:"findings"`
	Due        string           `json:"due,omitempty"` // YYYY-MM-DD
	LegalBasis []event.Citation `json:"legal_basis,omitempty"`
	Source     event.Source     `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *OrderIssued) Validate() error {
	var k event.Checker
	k.ID("order", d.Order, true)
	k.Text("document_no", d.DocumentNo, false, 100)
	k.OneOf("kind", d.Kind, true, OrderKinds...)
	ids(&k, "findings", d.Findings)
	k.Date("due", d.Due, d.Kind == "rectify-by-date" && len(d.Source) == 0)
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// PenaltyDecided punishes one or more findings.
type PenaltyDecided struct {
	Penalty    string           `json:"penalty"` // id within the inspection
	Findings   []string         `json:"findings"`
	Kind       string           `json:"kind"`
	Fine       *event.Money     `json:"fine,omitempty"` // required for kind fine
	DecisionNo string           `json:"decision_no,omitempty"`
	DecidedBy  string           `json:"decided_by,omitempty"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty"`
	// Final is false when the source does not state a final decision although it states an
	// amount; such a penalty is counted and flagged.
	Final  bool         `json:"final"`
	Source event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *PenaltyDecided) Validate() error {
	var k event.Checker
	k.ID("penalty", d.Penalty, true)
	ids(&k, "findings", d.Findings)
	k.OneOf("kind", d.Kind, true, PenaltyKinds...)
	k.That((d.Kind == "fine") == (d.Fine != nil), "fine: required for kind fine, and only there")
	if d.Fine != nil {
		k.Sub("fine", d.Fine.Validate())
	}
	k.Text("decision_no", d.DecisionNo, false, 100)
	k.Text("decided_by", d.DecidedBy, false, 200)
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.That(len(d.LegalBasis) > 0 || len(d.Source) > 0, "legal_basis: required")
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57).
type NoPenaltyDecided struct {
	Findings   []string         `json:"findings"`
	Reason     string           `json:"reason"`
	Approver   string           `json:"approver,omitempty"` // person id; unknown only in imports
	LegalBasis []event.Citation `json:"legal_basis,omitempty"`
	Source     event.Source     `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *NoPenaltyDecided) Validate() error {
	var k event.Checker
	ids(&k, "findings", d.Findings)
	k.Text("reason", d.Reason, true, 2000)
	k.ID("approver", d.Approver, len(d.Source) == 0)
	event.Each(&k, "legal_basis", d.LegalBasis, 20)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// Signer is one of the inspectors who sign, with the certificate shown.
type Signer struct {
	Person      string `json:"person"`
	Certificate string `json:"certificate_no"`
}

// RecordSigned is the site record, signed by both sides (R42, 安全生产法 Art. 68).
type RecordSigned struct {
	RecordNo     string   `json:"record_no"`
	DocumentHash string   `json:"document_sha256"`
	Signers      []Signer `json:"signers"`
	SiteManager  string   `json:"site_manager"`
}

// Validate implements event.Data.
func (d *RecordSigned) Validate() error {
	var k event.Checker
	k.Text("record_no", d.RecordNo, true, 100)
	k.SHA256("document_sha256", d.DocumentHash, true)
	signers(&k, d.Signers)
	k.Text("site_manager", d.SiteManager, true, 100)
	return k.Err()
}

// SignatureRefused is the site record when the inspected party would not sign. The refusal
// never blocks closing (Decisions 10).
type SignatureRefused struct {
	RecordNo     string   `json:"record_no"`
	DocumentHash string   `json:"document_sha256"`
	Signers      []Signer `json:"signers"`
	Reason       string   `json:"reason"`
	Witness      string   `json:"witness"`
}

// Validate implements event.Data.
func (d *SignatureRefused) Validate() error {
	var k event.Checker
	k.Text("record_no", d.RecordNo, true, 100)
	k.SHA256("document_sha256", d.DocumentHash, true)
	signers(&k, d.Signers)
	k.Text("reason", d.Reason, true, 2000)
	k.Text("witness", d.Witness, true, 100)
	return k.Err()
}

// CopyDelivered hands one copy of the site record to one recipient (R43).
type CopyDelivered struct {
	DocumentHash string `json:"document_sha256"`
	Recipient    string `json:"recipient"`
	Receiver     string `json:"receiver"` // who took it
	Method       string `json:"method"`   // in-person, post, electronic
	Receipt      string `json:"receipt,omitempty"`
}

// Validate implements event.Data.
func (d *CopyDelivered) Validate() error {
	var k event.Checker
	k.SHA256("document_sha256", d.DocumentHash, true)
	k.ID("recipient", d.Recipient, true)
	k.Text("receiver", d.Receiver, true, 200)
	k.OneOf("method", d.Method, true, "in-person", "post", "electronic")
	k.Text("receipt", d.Receipt, false, 200)
	return k.Err()
}

// ServiceProvided says which help the subject was given (R45).
type ServiceProvided struct {
	Topic  string `json:"topic"`
	Advice string `json:"advice"`
}

// Validate implements event.Data.
func (d *ServiceProvided) Validate() error {
	var k event.Checker
	k.Text("topic", d.Topic, true, 200)
	k.Text("advice", d.Advice, true, 4000)
	return k.Err()
}

// ResultRecorded is the overall result that a source states for a visit.
type ResultRecorded struct {
	Result string       `json:"result"` // pass, conditional, fail
	Source event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *ResultRecorded) Validate() error {
	var k event.Checker
	k.OneOf("result", d.Result, true, "pass", "conditional", "fail")
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// DuplicateJustified explains a visit that was flagged as a duplicate (R31).
type DuplicateJustified struct {
	Reason   string `json:"reason"`
	Approver string `json:"approver"`
}

// Validate implements event.Data.
func (d *DuplicateJustified) Validate() error {
	var k event.Checker
	k.Text("reason", d.Reason, true, 2000)
	k.ID("approver", d.Approver, true)
	return k.Err()
}

// LeaderReviewed is the team leader's review, never of the leader's own visit (R51).
type LeaderReviewed struct {
	Opinion string `json:"opinion"`
}

// Validate implements event.Data.
func (d *LeaderReviewed) Validate() error {
	var k event.Checker
	k.Text("opinion", d.Opinion, true, 4000)
	return k.Err()
}

// Closed ends the inspection; every obligation is met.
type Closed struct {
	Note string `json:"note,omitempty"`
}

// Validate implements event.Data.
func (d *Closed) Validate() error {
	var k event.Checker
	k.Text("note", d.Note, false, 2000)
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

func signers(k *event.Checker, list []Signer) {
	k.That(len(list) >= 1 && len(list) <= 20, "signers: want 1…20")
	for i, s := range list {
		k.ID("signers.person", s.Person, true)
		k.Text("signers.certificate_no", s.Certificate, true, 60)
		for _, o := range list[:i] {
			k.That(o.Person != s.Person, "signers: %q stands twice", s.Person)
		}
	}
}
