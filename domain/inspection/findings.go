package inspection

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Findings: R19, 真正把问题查实、查准、查清楚: each has its evidence and its clause; R20, 现场督办、现场解决、一个不拉: each is disposed of.

// Levels of a hazard (安全生产事故隐患排查治理暂行规定, Order 16 of 2007, Art. 3): 一般事故隐患, 重大事故隐患.
var Levels = codes.List("level")

// FindingRecorded is a hazard or violation that was found (R19).
type FindingRecorded struct {
	Finding     string           `json:"finding" is:"id" correct:"never" zh:"隐患编号" doc:"id within the inspection"`
	Description string           `json:"description" is:"lines(4000)" correct:"freely" zh:"隐患描述" doc:"what is wrong"`
	Location    string           `json:"location,omitempty" is:"text(300)" correct:"freely" zh:"部位" doc:"where in the subject"`
	Level       string           `json:"level,omitempty" is:"code(level)" unknown:"imported" zh:"隐患级别" doc:"general or major"`
	Clauses     []event.Citation `json:"clauses,omitempty" many:"0…20" unknown:"imported for level major" zh:"违反条款" doc:"what it violates"`
	Category    string           `json:"category,omitempty" is:"text(60)" zh:"隐患类别" doc:"code of the published list, such as investment (R07)"`
	Post        string           `json:"post,omitempty" is:"text(100)" correct:"freely" zh:"岗位" doc:"at which post in the subject (R36)"`
	Facility    string           `json:"facility,omitempty" is:"text(200)" correct:"freely" zh:"设施设备" doc:"at which equipment (R36)"`
	Investment  *Investment      `json:"investment,omitempty" zh:"安全投入" doc:"what was required and what was made (R07)"`
	Violation   string           `json:"violation,omitempty" is:"code(violation)" zh:"违法行为" doc:"kind of violation (R54)"`
	Punishable  bool             `json:"punishable" zh:"是否应处罚" doc:"whether the law asks for a penalty (R41)"`
	FoundBy     []string         `json:"found_by,omitempty" is:"id" many:"0…50" zh:"发现人" doc:"ids of the persons"`
	Evidence    []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"photos and scans"`
	ViolatedOn  string           `json:"violated_on,omitempty" is:"date" zh:"违法日期" doc:"when it occurred, if not when it was found"`
	Instead     string           `json:"instead,omitempty" is:"id" correct:"never" zh:"所转录的隐患" doc:"finding of the replaced visit"`
	Source      event.Source     `json:"source,omitempty"`
	Unknown     event.Unknown    `json:"unknown,omitempty"`
}

// Together says what Validate checks.
func (*FindingRecorded) Together() string { return investmentTogether }

// Validate checks what members say together.
func (d *FindingRecorded) Validate() error {
	var k event.Checker
	d.Investment.check(&k)
	return k.Err()
}

var findingRecorded = declare[FindingRecorded](130, onSite, hidden, event.Type{Name: "finding-recorded", Version: 1, Chinese: "隐患记录",
	Doc:    "A hazard or violation was found.",
	Rules:  []law.Rule{law.R07, law.R17, law.R19, law.R42, law.R47, law.R54, law.Pillar17},
	Append: field, Import: true})

// judge accepts a new finding with an id of its own.
func (d *FindingRecorded) judge(j *judgement) *event.Refusal {
	if j.st.find(d.Finding) != nil {
		return event.Refuse(law.R19, law.FindingExists, law.Str("finding", d.Finding))
	}
	if d.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, law.Str("finding", d.Finding))
	}
	if d.Level == "major" && len(d.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, law.Str("finding", d.Finding))
	}
	if d.Instead != "" && !j.imported && !j.sc.Replaced().states(d.Instead) {
		return event.Refuse(law.Pillar17, law.UnknownFinding, law.List("findings", []string{d.Instead}))
	}
	if r := j.known("found_by", d.FoundBy...); r != nil {
		return r
	}
	j.violated(d)
	if d.Category == ofInvestment && d.Investment == nil && !j.imported {
		j.flag(law.R07, InvestmentNotStated, law.Str("finding", d.Finding))
	}
	if j.st.is(recorded) && !j.imported {
		j.flag(law.R42, law.FindingAfterRecord, law.Str("finding", d.Finding))
	}
	return nil
}

// violated flags a violation that is dated after its finding.
func (j *judgement) violated(d *FindingRecorded) {
	if d.ViolatedOn == "" {
		return
	}
	if day := j.latest.In(event.Beijing).Format(time.DateOnly); d.ViolatedOn > day {
		j.flag(law.R19, law.ViolatedAfterFound, law.Str("finding", d.Finding), law.Str("found_on", day), law.Str("violated_on", d.ViolatedOn))
	}
}

func (d *FindingRecorded) fold(s *State, e *event.Event) {
	f := finding{id: d.Finding, marks: content(d), fact: e.ID, index: e.Index}
	if e.Assurance == event.Imported {
		f.marks |= importedFact
	} else {
		f.text = facts.Digest(d.Description)
		s.cite(d, e.ID, e.Happened())
	}
	s.findings = append(s.findings, f)
}

// content is what the content of a finding says by itself.
func content(d *FindingRecorded) findingMark {
	var m findingMark
	if d.Level == "major" {
		m |= major
	}
	if d.Punishable {
		m |= punishable
	}
	if len(d.Evidence) > 0 {
		m |= evidenced
	}
	if shows(d.Evidence) {
		m |= pictured
	}
	if len(d.Clauses) > 0 {
		m |= cited
	}
	if d.Violation != "" {
		m |= violating
	}
	if d.Category == ofInvestment && (d.Investment == nil || d.Investment.Gap() > 0) {
		m |= wanting
	}
	return m
}

// Each finding needs its evidence and its clause before the record is signed (R19), and a disposition
// before the visit is closed (R20).
var (
	_ = obliges(owed{place: 10, atSigning: law.SiteRecordNeedsEvidence, atClosing: law.ClosingNeedsEvidence,
		Kind: obligation.Kind{Name: "named-evidence", Owner: obligation.Inspectors,
			Unmodelled: "the model begins with the complete record",
			Opens:      "finding-recorded", Meets: "finding-recorded evidence-attached"}, rules: []law.Rule{law.R19},
		under: "findings",
		of:    func(q *asking) { q.ofFindings(0, evidenced|attached) }})
	_ = obliges(owed{place: 20, atSigning: law.SiteRecordNeedsClause, atClosing: law.ClosingNeedsClause,
		Kind: obligation.Kind{Name: "clause", Owner: obligation.Inspectors,
			Unmodelled: "the model begins with the complete record",
			Opens:      "finding-recorded", Meets: "finding-recorded"}, rules: []law.Rule{law.R19}, under: "findings",
		of: func(q *asking) { q.ofFindings(0, cited) }})
	_ = obliges(owed{place: 80, atClosing: law.ClosingNeedsDisposition,
		Kind: obligation.Kind{Name: "disposition", Owner: obligation.Inspectors,
			Unmodelled: "owed.py tells its gate beside the model",
			Opens:      "finding-recorded", Meets: "finding-fixed-on-site order-issued penalty-decided case-filed approval-given"},
		rules: []law.Rule{law.R20},
		under: "findings",
		of:    func(q *asking) { q.ofFindings(0, disposed) }})
)

// ofFindings: owed since each finding that bears all marks of a set, met when it bears one of another.
func (q *asking) ofFindings(opens, meets findingMark) {
	for i := range q.st.findings {
		if f := &q.st.findings[i]; f.marks&importedFact == 0 && f.marks&opens == opens {
			q.owe(&obligation.Fact{Event: f.fact}, f.id, f.marks&meets != 0, nil)
		}
	}
}

// EvidenceAttached adds evidence to the visit, or to one finding of it.
type EvidenceAttached struct {
	Finding  string           `json:"finding,omitempty" is:"id" correct:"never" zh:"隐患编号" doc:"the finding it belongs to; left out: the visit"`
	Evidence []event.Evidence `json:"evidence" many:"1…50" zh:"证据" doc:"photos and scans"`
}

var evidenceAttached = declare[EvidenceAttached](150, onSite, hidden, event.Type{Name: "evidence-attached", Version: 1, Chinese: "证据附加",
	Doc:   "Evidence was added to the visit or to a finding.",
	Rules: []law.Rule{law.R19}, Append: field})

func (d *EvidenceAttached) judge(j *judgement) *event.Refusal {
	if d.Finding == "" {
		return nil
	}
	return j.findings(d.Finding)
}

func (d *EvidenceAttached) fold(s *State, _ *event.Event) {
	s.photograph(d.Evidence)
	s.mark([]string{d.Finding}, attached)
}

// FixedOnSite says that a finding was put right during the visit (R20). It does not replace
// a penalty (R56).
type FixedOnSite struct {
	Finding string          `json:"finding" is:"id" correct:"never" zh:"隐患编号" doc:"what was put right"`
	Photo   *event.Evidence `json:"photo,omitempty" zh:"整改照片" doc:"that shows it; required unless imported"`
	Note    string          `json:"note,omitempty" is:"lines(2000)" correct:"freely" zh:"备注" doc:"anything else"`
}

var findingFixedOnSite = declare[FixedOnSite](160, onSite, hidden, event.Type{Name: "finding-fixed-on-site", Version: 1, Chinese: "现场整改",
	Doc:   "A finding was put right during the visit.",
	Rules: []law.Rule{law.R19, law.R20, law.R56}, Append: field, Import: true})

// judge wants to see that the finding was put right (R20).
func (d *FixedOnSite) judge(j *judgement) *event.Refusal {
	if r := j.findings(d.Finding); r != nil {
		return r
	}
	if d.Photo == nil && !j.imported {
		j.flag(law.R20, law.FixWithoutPhoto, law.Str("finding", d.Finding))
	}
	return nil
}

func (d *FixedOnSite) fold(s *State, e *event.Event) {
	if d.Photo != nil {
		s.photograph([]event.Evidence{*d.Photo})
	}
	s.mark([]string{d.Finding}, fixed|own(e, disposed))
	if f := s.find(d.Finding); f != nil && e.Assurance != event.Imported {
		f.repairedAt = earliest(f.repairedAt, e.Happened())
	}
}

// own is a mark that the facts of imports do not set, since they meet nothing.
func own(e *event.Event, m findingMark) findingMark {
	if e.Assurance == event.Imported {
		return 0
	}
	return m
}

// earliest is the earlier of two instants, the first of which may be nil.
func earliest(known *time.Time, at time.Time) *time.Time {
	if known == nil || at.Before(*known) {
		return &at
	}
	return known
}

// findings refuses names of findings that the visit does not have.
func (j *judgement) findings(ids ...string) *event.Refusal {
	var unknown []string
	for _, id := range ids {
		if j.st.find(id) == nil {
			unknown = append(unknown, id)
		}
	}
	if unknown == nil {
		return nil
	}
	return event.Refuse(law.R19, law.UnknownFinding, law.List("findings", unknown))
}

// which returns the ids of the findings that answer to test, or nil.
func (s *State) which(test func(findingMark) bool) []string {
	var ids []string
	for i := range s.findings {
		if test(s.findings[i].marks) {
			ids = append(ids, s.findings[i].id)
		}
	}
	return ids
}

// photograph notes evidence that is not part of a finding's content.
func (s *State) photograph(list []event.Evidence) {
	if shows(list) {
		s.marks |= photographed
	}
}

// shows reports whether any of the evidence shows something.
func shows(list []event.Evidence) bool {
	return slices.ContainsFunc(list, func(ev event.Evidence) bool { return isPhoto(ev.MediaType) })
}

// isPhoto reports whether evidence of this media type shows something.
func isPhoto(mediaType string) bool {
	return strings.HasPrefix(mediaType, "image/") || strings.HasPrefix(mediaType, "video/")
}
