package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
)

// FindingRecorded is a hazard or violation that was found (R19).
type FindingRecorded struct {
	Finding     string           `json:"finding" is:"id" zh:"隐患编号" doc:"id within the inspection"`
	Description string           `json:"description" is:"lines(4000)" zh:"隐患描述" doc:"what is wrong"`
	Location    string           `json:"location,omitempty" is:"text(300)" zh:"部位" doc:"where in the subject"`
	Level       string           `json:"level,omitempty" is:"code(level)" unknown:"imported" zh:"隐患级别" doc:"general or major"`
	Clauses     []event.Citation `json:"clauses,omitempty" many:"0…20" unknown:"imported for level major" zh:"违反条款" doc:"what it violates"`
	Category    string           `json:"category,omitempty" is:"text(60)" zh:"隐患类别" doc:"such as SAFETY_INVESTMENT (R07)"`
	Violation   string           `json:"violation,omitempty" is:"code(violation)" zh:"违法行为" doc:"kind of violation (R54)"`
	Punishable  bool             `json:"punishable" zh:"是否应处罚" doc:"whether the law asks for a penalty (R41)"`
	FoundBy     []string         `json:"found_by,omitempty" is:"id" many:"0…50" zh:"发现人" doc:"ids of the persons"`
	Evidence    []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"photos and scans"`
	ViolatedOn  string           `json:"violated_on,omitempty" is:"date" zh:"违法日期" doc:"when it occurred, if not when it was found"`
	Source      event.Source     `json:"source,omitempty"`
	Unknown     event.Unknown    `json:"unknown,omitempty"`
}

// EvidenceAttached adds evidence to the visit, or to one finding of it.
type EvidenceAttached struct {
	Finding  string           `json:"finding,omitempty" is:"id" zh:"隐患编号" doc:"the finding it belongs to; left out: the visit"`
	Evidence []event.Evidence `json:"evidence" many:"1…50" zh:"证据" doc:"photos and scans"`
}

// FixedOnSite says that a finding was put right during the visit (R20). It does not replace
// a penalty (R56).
type FixedOnSite struct {
	Finding string          `json:"finding" is:"id" zh:"隐患编号" doc:"what was put right"`
	Photo   *event.Evidence `json:"photo,omitempty" zh:"整改照片" doc:"that shows it; required unless imported"`
	Note    string          `json:"note,omitempty" is:"lines(2000)" zh:"备注" doc:"anything else"`
}

// OrderIssued is a measure, not a penalty (安全生产法 Arts 65, 70).
type OrderIssued struct {
	Order      string           `json:"order" is:"id" zh:"措施编号" doc:"id within the inspection"`
	DocumentNo string           `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Kind       string           `json:"kind" is:"code(order-kind)" zh:"措施种类" doc:"what was ordered"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"the findings it is about"`
	Due        string           `json:"due,omitempty" is:"date" unknown:"imported for kind rectify-by-date" zh:"整改期限" doc:"until when"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source     event.Source     `json:"source,omitempty"`
	Unknown    event.Unknown    `json:"unknown,omitempty"`
}

// PenaltyDecided punishes one or more findings.
type PenaltyDecided struct {
	Penalty    string           `json:"penalty" is:"id" zh:"处罚编号" doc:"id within the inspection"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"the findings that are punished"`
	Kind       string           `json:"kind" is:"code(penalty-kind)" zh:"处罚种类" doc:"行政处罚法 2021 Art. 9"`
	Fine       *event.Money     `json:"fine,omitempty" unknown:"required for kind fine" zh:"罚款金额" doc:"of kind fine, and only there"`
	DecisionNo string           `json:"decision_no,omitempty" is:"text(100)" zh:"决定书文号" doc:"number of the decision"`
	DecidedBy  string           `json:"decided_by,omitempty" is:"text(200)" zh:"决定机关" doc:"who decided"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" unknown:"imported" zh:"法律依据" doc:"provisions it rests on"`
	Final      bool             `json:"final" zh:"是否最终" doc:"false: the source states an amount and no final decision; counted and flagged"`
	Source     event.Source     `json:"source,omitempty"`
	Unknown    event.Unknown    `json:"unknown,omitempty"`
}

// Together says what Validate checks.
func (*PenaltyDecided) Together() string {
	return "fine belongs to kind fine, and to no other"
}

// Validate checks what members say together.
func (d *PenaltyDecided) Validate() error {
	var k event.Checker
	k.That(d.Kind == "fine" || d.Fine == nil && !d.Unknown.Has("fine"), "fine", "belongs to kind fine only")
	return k.Err()
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57). It counts from the approval of a second person on; in imports at once.
type NoPenaltyDecided struct {
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"the findings that are not punished"`
	Reason     string           `json:"reason" is:"lines(2000)" zh:"理由" doc:"why not (行政处罚法 Arts 33, 57)"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source     event.Source     `json:"source,omitempty"`
}
