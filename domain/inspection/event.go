// Package inspection is one visit of a team to a subject, from the reservation to the
// closing, with its findings, measures and penalties.
package inspection

import (
	"math"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// The code lists of this package.
var (
	// VisitTypes are the reasons for a visit; only "initial" is bound by R31.
	VisitTypes = []string{"initial", "verify", "team-review", "tip", "accident"}
	// Levels of a hazard (安全生产事故隐患排查治理暂行规定, Order 16 of 2007, Art. 3): 一般事故隐患, 重大事故隐患.
	Levels = []string{"general", "major"}
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
	k.That(codes.IsSector(d.Sector), "sector: %.20q is no sector code", d.Sector)
	k.OneOf("visit_type", d.VisitType, true, VisitTypes...)
	k.Date("planned_on", d.PlannedOn, false)
	return k.Err()
}

// Released gives a reservation back.
type Released struct {
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *Released) Validate() error {
	var k event.Checker
	k.Lines("reason", d.Reason, true, 1000)
	return k.Err()
}

// Briefed says what the inspectors had seen of the subject before they went (R16).
type Briefed struct {
	Position     uint64   `json:"position" range:"position"` // ledger size of the snapshot they read
	OpenFindings []string `json:"open_findings,omitempty"`
	Checklist    string   `json:"checklist,omitempty"`
}

// Validate implements event.Data.
func (d *Briefed) Validate() error {
	var k event.Checker
	k.Within("position", int64(min(d.Position, math.MaxInt64)), event.Positions)
	k.Texts("open_findings", d.OpenFindings, 500, 200)
	k.Text("checklist", d.Checklist, false, 100)
	return k.Err()
}

// Started begins the visit.
type Started struct {
	Subject            string        `json:"subject"`
	Team               string        `json:"team,omitempty" unknown:"required, in imports only"`
	Sector             string        `json:"sector"`
	VisitType          string        `json:"visit_type,omitempty" unknown:"required, in imports only"`
	Inspectors         []string      `json:"inspectors,omitempty" unknown:"required, in imports only"` // person ids
	EnforcingAuthority string        `json:"enforcing_authority,omitempty"`                            // id of the unit
	Source             event.Source  `json:"source,omitempty"`
	Unknown            event.Unknown `json:"unknown,omitempty"`
}

// Validate implements event.Data.
func (d *Started) Validate() error {
	var k event.Checker
	k.ID("subject", d.Subject, true)
	k.ID("team", d.Team, false)
	k.That(codes.IsSector(d.Sector), "sector: %.20q is no sector code", d.Sector)
	k.OneOf("visit_type", d.VisitType, false, VisitTypes...)
	k.IDs("inspectors", d.Inspectors, 50)
	k.Unknown(d.Unknown, event.Member{Name: "team", Stated: d.Team != "", Required: true},
		event.Member{Name: "visit_type", Stated: d.VisitType != "", Required: true},
		event.Member{Name: "inspectors", Stated: len(d.Inspectors) > 0, Required: true})
	k.ID("enforcing_authority", d.EnforcingAuthority, false)
	k.Sub("source", d.Source.Validate())
	return k.Err()
}

// Attempted says that nobody could be inspected: locked, nobody present, refused entry
// (R28). It counts as attempted, not as inspected.
type Attempted struct {
	Reason   string           `json:"reason" text:"lines"`
	Place    *event.Place     `json:"place,omitempty"`
	Evidence []event.Evidence `json:"evidence,omitempty"`
}

// Validate implements event.Data.
func (d *Attempted) Validate() error {
	var k event.Checker
	k.Lines("reason", d.Reason, true, 1000)
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

// Joined says that one more inspector takes part in the visit than its start names: the
// second officer that the law asks for may come later (行政处罚法 Art. 42, R42).
type Joined struct {
	Person string `json:"person"`
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *Joined) Validate() error {
	var k event.Checker
	k.ID("person", d.Person, true)
	k.Lines("reason", d.Reason, true, 1000)
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
	k.Require("certificates", len(d.Certificates) > 0)
	k.Texts("certificates", d.Certificates, 50, 60)
	return k.Err()
}

// NoticePosted says that the public notice hangs at the subject (R72).
type NoticePosted struct {
	Content     string         `json:"content" text:"lines"`
	Purpose     string         `json:"purpose" text:"lines"`
	OfficePhone string         `json:"office_phone"`
	LeaderPhone string         `json:"leader_phone"`
	Photo       event.Evidence `json:"photo"`
}

// Validate implements event.Data.
func (d *NoticePosted) Validate() error {
	var k event.Checker
	k.Lines("content", d.Content, true, 2000)
	k.Lines("purpose", d.Purpose, true, 1000)
	k.Text("office_phone", d.OfficePhone, true, 40)
	k.Text("leader_phone", d.LeaderPhone, true, 40)
	k.Sub("photo", d.Photo.Validate())
	return k.Err()
}

// ConductDeclared answers the four 不 of R38.
type ConductDeclared struct {
	AdvanceNotice bool     `json:"advance_notice"`
	BriefingHeard bool     `json:"briefing_heard"`
	Accompanied   []string `json:"accompanied_by"`
	Reception     bool     `json:"reception"`
	Note          string   `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *ConductDeclared) Validate() error {
	var k event.Checker
	k.Texts("accompanied_by", d.Accompanied, 50, 200)
	k.Lines("note", d.Note, false, 2000)
	return k.Err()
}

// CheckAnswered answers one item of the checklist.
type CheckAnswered struct {
	Item    string       `json:"item"`
	Section string       `json:"section,omitempty"`             // production, management, system
	Answer  string       `json:"answer"`                        // yes (in order), no, not-applicable
	Reason  string       `json:"reason,omitempty" text:"lines"` // required for not-applicable
	Note    string       `json:"note,omitempty" text:"lines"`
	Source  event.Source `json:"source,omitempty"`
}

// Validate implements event.Data.
func (d *CheckAnswered) Validate() error {
	var k event.Checker
	k.Text("item", d.Item, true, 60)
	k.OneOf("section", d.Section, false, Sections...)
	k.OneOf("answer", d.Answer, true, "yes", "no", "not-applicable")
	k.Lines("reason", d.Reason, d.Answer == "not-applicable", 1000)
	k.Lines("note", d.Note, false, 2000)
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
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *SectionCompleted) Validate() error {
	var k event.Checker
	k.OneOf("section", d.Section, true, Sections...)
	k.That(len(d.Skipped) <= 200, "skipped: at most 200")
	for _, s := range d.Skipped {
		k.Text("skipped.item", s.Item, true, 60)
		k.Lines("skipped.reason", s.Reason, true, 500)
	}
	return k.Err()
}
