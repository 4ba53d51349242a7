package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// How the inspectors come: R42, they show their certificates; R72, 张贴告示: what is inspected and whom to call hangs at the
// subject; R38, 不发通知、不打招呼、不听汇报、不用陪同和接待.

// CertificatesShown says which certificates were shown (安全生产法 Art. 67).
type CertificatesShown struct {
	Certificates []string `json:"certificates" is:"text(60)" many:"1…50" zh:"执法证号" doc:"numbers of the certificates that were shown"`
}

var _ = declare[CertificatesShown](80, onSite, hidden, event.Type{Name: "certificates-shown", Version: 1, Chinese: "出示证件",
	Doc:   "Enforcement certificates were shown.",
	Rules: []law.Rule{law.R42}, Append: field})

// judge: to show a certificate breaks no rule.
func (d *CertificatesShown) judge(*judgement) *event.Refusal { return nil }

func (d *CertificatesShown) fold(*State, *event.Event) {}

// NoticePosted says that the public notice hangs at the subject (R72).
type NoticePosted struct {
	Content     string         `json:"content" is:"lines(2000)" zh:"检查内容" doc:"what is inspected, as the notice says"`
	Purpose     string         `json:"purpose" is:"lines(1000)" zh:"检查目的" doc:"why, as the notice says"`
	OfficePhone string         `json:"office_phone" is:"text(40)" zh:"市安委办电话" doc:"of the supervision office"`
	LeaderPhone string         `json:"leader_phone" is:"text(40)" zh:"组长电话" doc:"of the team's leader"`
	Photo       event.Evidence `json:"photo" zh:"照片" doc:"of the notice where it hangs"`
	Told        *Told          `json:"told,omitempty" zh:"检查通知" doc:"what the notice tells the subject of the visit and of its rights (N07)"`
	// Evaluation is by which the party's evaluation finds the visit; see package evaluation.
	Evaluation string `json:"evaluation_code_hash,omitempty" is:"hash" correct:"never" zh:"评价码哈希" doc:"of the notice's one-time code (R38)"`
}

var noticePosted = declare[NoticePosted](90, onSite, hidden, event.Type{Name: "notice-posted", Version: 1, Chinese: "张贴告示",
	Doc:   "The public notice hangs at the subject.",
	Rules: []law.Rule{law.R72, law.N07}, Append: field})

// judge: the site record waits for the notice.
func (d *NoticePosted) judge(j *judgement) *event.Refusal {
	if !j.imported {
		j.told(d.Told)
	}
	return nil
}

func (d *NoticePosted) fold(s *State, _ *event.Event) {
	if d.Told != nil && d.Told.VisitOfYear != nil {
		s.marks |= numbered
	}
}

// owedNotice: the notice hangs before the record is signed (R72).
var _ = obliges(owed{place: 70, atSigning: law.SiteRecordNeedsNotice,
	Kind: obligation.Kind{Name: "notice", Owner: obligation.Inspectors,
		Unmodelled: "the model begins with the complete record",
		Opens:      "inspection-started", Meets: "notice-posted"}, rules: []law.Rule{law.R72},
	of: func(q *asking) {
		if start := q.st.open().start(); start != nil {
			q.owe(start, "", q.st.is(happened(noticePosted)), nil)
		}
	}})

// ConductDeclared answers the four 不 of R38.
type ConductDeclared struct {
	AdvanceNotice bool     `json:"advance_notice" zh:"是否提前通知" doc:"whether the subject was told before (R38)"`
	BriefingHeard bool     `json:"briefing_heard" zh:"是否听取汇报" doc:"whether a briefing was heard (R38)"`
	Accompanied   []string `json:"accompanied_by" is:"text(200)" many:"0…50" zh:"陪同人员" doc:"who came with the inspectors (R38)"`
	Reception     bool     `json:"reception" zh:"是否接待" doc:"whether there was a reception (R38)"`
	Documents     *int     `json:"documents_requested,omitempty" is:"documents" zh:"要求提供的材料份数" doc:"that the subject had to give (R40)"`
	StaffHours    *int     `json:"staff_hours,omitempty" is:"staff-hours" zh:"占用对方工时" doc:"of the subject's people (R40)"`
	Note          string   `json:"note,omitempty" is:"lines(2000)" correct:"freely" zh:"备注" doc:"anything else"`
}

var conductDeclared = declare[ConductDeclared](100, onSite, hidden, event.Type{Name: "conduct-declared", Version: 1, Chinese: "作风声明",
	Doc:   "No advance notice, no briefing, no company, no reception: or which of them happened.",
	Rules: []law.Rule{law.R38, law.R40, law.R49}, Append: field})

// judge flags each of the four 不 that was broken (R38).
func (d *ConductDeclared) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	if d.AdvanceNotice {
		j.flag(law.R38, law.AdvanceNotice)
	}
	if d.BriefingHeard {
		j.flag(law.R38, law.BriefingHeard)
	}
	if len(d.Accompanied) > 0 {
		j.flag(law.R38, law.Accompanied, law.Int("persons", len(d.Accompanied)), law.List("names", d.Accompanied))
	}
	if d.Reception {
		j.flag(law.R38, law.Reception)
	}
	return nil
}

func (d *ConductDeclared) fold(*State, *event.Event) {}

// Nobody declared how they came (R38); of an attempt nobody needs to.
var _ = stands(standing{place: 100, rule: law.R38, code: law.NoConductDeclaration, since: closed, begin: closes,
	reads: []string{conductDeclared.Name, inspectionAttempted.Name},
	says:  func(s *State, say *speech) { say.ofClosing(!s.is(attempted | happened(conductDeclared))) }})
