// Package inspection is one visit of a team to a subject, from the reservation to the
// closing, with its findings, measures and penalties.
package inspection

import (
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// Codes of bodies that others go through; the tables are in package codes.
var (
	VisitTypes = codes.List("visit-type")
	Levels     = codes.List("level")
	OrderKinds = codes.List("order-kind")
	Sections   = codes.List("section")   // of a visit (R35)
	Recipients = codes.List("recipient") // of the site record (R43)
)

// Reserved claims a subject for a team before the visit (R31). Hidden from county and
// enterprise roles until arrival (R39).
type Reserved struct {
	Subject   string `json:"subject" is:"id" zh:"检查对象" doc:"the subject that is claimed"`
	Team      string `json:"team" is:"id" zh:"督查组" doc:"who will go"`
	Sector    string `json:"sector" is:"code(sector)" zh:"行业领域" doc:"that is inspected"`
	VisitType string `json:"visit_type" is:"code(visit-type)" zh:"检查性质" doc:"reason of the visit"`
	PlannedOn string `json:"planned_on,omitempty" is:"date" zh:"计划日期" doc:"day of the visit"`
}

// Released gives a reservation back.
type Released struct {
	Reason string `json:"reason" is:"lines(1000)" zh:"原因" doc:"why the reservation is given back"`
}

// Briefed says what the inspectors had seen of the subject before they went (R16).
type Briefed struct {
	Position     uint64   `json:"position" is:"position" zh:"账本位置" doc:"size of the ledger that they read"`
	OpenFindings []string `json:"open_findings,omitempty" is:"text(200)" many:"0…500" zh:"未整改隐患" doc:"the open findings that they saw"`
	Checklist    string   `json:"checklist,omitempty" is:"text(100)" zh:"检查表" doc:"the checklist that they took"`
}

// Started begins the visit.
type Started struct {
	Subject            string        `json:"subject" is:"id" zh:"检查对象" doc:"who is visited"`
	Team               string        `json:"team,omitempty" is:"id" unknown:"imported" zh:"督查组" doc:"who visits"`
	Sector             string        `json:"sector" is:"code(sector)" zh:"行业领域" doc:"that is inspected"`
	VisitType          string        `json:"visit_type,omitempty" is:"code(visit-type)" unknown:"imported" zh:"检查性质" doc:"why they come"`
	Inspectors         []string      `json:"inspectors,omitempty" is:"id" many:"0…50" unknown:"imported" zh:"检查人员" doc:"ids of the persons"`
	EnforcingAuthority string        `json:"enforcing_authority,omitempty" is:"id" zh:"执法主体" doc:"id of the unit in whose name they act"`
	Source             event.Source  `json:"source,omitempty"`
	Unknown            event.Unknown `json:"unknown,omitempty"`
}

// Attempted says that nobody could be inspected: locked, nobody present, refused entry
// (R28). It counts as attempted, not as inspected.
type Attempted struct {
	Reason   string           `json:"reason" is:"lines(1000)" zh:"原因" doc:"locked, nobody present, entry refused"`
	Place    *event.Place     `json:"place,omitempty" zh:"位置" doc:"where the inspectors stood"`
	Evidence []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"photos of it"`
}

// Arrived says that an inspector is on the spot; from here the visit is no longer hidden.
type Arrived struct {
	Place *event.Place `json:"place,omitempty" zh:"位置" doc:"where the inspector is"`
}

// Joined says that one more inspector takes part in the visit than its start names: the
// second officer that the law asks for may come later (行政处罚法 Art. 42, R42).
type Joined struct {
	Person string `json:"person" is:"id" zh:"人员" doc:"who takes part as well"`
	Reason string `json:"reason" is:"lines(1000)" zh:"原因" doc:"why later than the start"`
}

// Departed ends the stay (R37).
type Departed struct {
	Place *event.Place `json:"place,omitempty" zh:"位置" doc:"where the inspectors left"`
}

// CertificatesShown says which certificates were shown (安全生产法 Art. 67).
type CertificatesShown struct {
	Certificates []string `json:"certificates" is:"text(60)" many:"1…50" zh:"执法证号" doc:"numbers of the certificates that were shown"`
}

// NoticePosted says that the public notice hangs at the subject (R72).
type NoticePosted struct {
	Content     string         `json:"content" is:"lines(2000)" zh:"检查内容" doc:"what is inspected, as the notice says"`
	Purpose     string         `json:"purpose" is:"lines(1000)" zh:"检查目的" doc:"why, as the notice says"`
	OfficePhone string         `json:"office_phone" is:"text(40)" zh:"督查办电话" doc:"of the supervision office"`
	LeaderPhone string         `json:"leader_phone" is:"text(40)" zh:"组长电话" doc:"of the team's leader"`
	Photo       event.Evidence `json:"photo" zh:"照片" doc:"of the notice where it hangs"`
}

// ConductDeclared answers the four 不 of R38.
type ConductDeclared struct {
	AdvanceNotice bool     `json:"advance_notice" zh:"是否提前通知" doc:"whether the subject was told before (R38)"`
	BriefingHeard bool     `json:"briefing_heard" zh:"是否听取汇报" doc:"whether a briefing was heard (R38)"`
	Accompanied   []string `json:"accompanied_by" is:"text(200)" many:"0…50" zh:"陪同人员" doc:"who came with the inspectors (R38)"`
	Reception     bool     `json:"reception" zh:"是否接待" doc:"whether there was a reception (R38)"`
	Note          string   `json:"note,omitempty" is:"lines(2000)" zh:"备注" doc:"anything else"`
}

// CheckAnswered answers one item of the checklist.
type CheckAnswered struct {
	Item    string       `json:"item" is:"text(60)" zh:"检查项" doc:"of the checklist"`
	Section string       `json:"section,omitempty" is:"code(section)" zh:"环节" doc:"to which the item belongs"`
	Answer  string       `json:"answer" is:"code(answer)" zh:"结果" doc:"yes: in order"`
	Reason  string       `json:"reason,omitempty" is:"lines(1000)" zh:"原因" doc:"why it does not apply; required for not-applicable"`
	Note    string       `json:"note,omitempty" is:"lines(2000)" zh:"备注" doc:"anything else"`
	Source  event.Source `json:"source,omitempty"`
}

// Together says what Validate checks.
func (*CheckAnswered) Together() string {
	return "answer not-applicable needs a reason"
}

// Validate checks what members say together.
func (d *CheckAnswered) Validate() error {
	var k event.Checker
	k.That(d.Answer != "not-applicable" || event.Visible(d.Reason), "reason", "required for answer not-applicable")
	return k.Err()
}

// SectionCompleted says that one of the three sections was gone through (R35).
type SectionCompleted struct {
	Section string    `json:"section" is:"code(section)" zh:"环节" doc:"that was gone through"`
	Skipped []Skipped `json:"skipped,omitempty" many:"0…200" zh:"未检项" doc:"items that were left out"`
}

// Skipped is an item that was left out, with the reason (R37).
type Skipped struct {
	Item   string `json:"item" is:"text(60)" zh:"检查项" doc:"that was left out"`
	Reason string `json:"reason" is:"lines(500)" zh:"原因" doc:"why (R37)"`
}
