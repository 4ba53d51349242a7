package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// What is gone through: R27 and R32 to R34, the items that the plan demands, each answered; R35, 包括生产环节、管理环节、制度环节;
// R45, 坚持检查与服务相结合: what help was given.

// Sections of a visit (R35).
var Sections = codes.List("section")

// CheckAnswered answers one item of the checklist.
type CheckAnswered struct {
	Item    string `json:"item" is:"text(60)" correct:"never" zh:"检查项" doc:"of the checklist"`
	Section string `json:"section,omitempty" is:"code(section)" zh:"环节" doc:"to which the item belongs"`
	Answer  string `json:"answer" is:"code(answer)" zh:"结果" doc:"yes: in order"`
	Reason  string `json:"reason,omitempty" is:"lines(1000)" zh:"原因" doc:"why it does not apply; required for not-applicable"`
	Note    string `json:"note,omitempty" is:"lines(2000)" correct:"freely" zh:"备注" doc:"anything else"`

	Post       string      `json:"post,omitempty" is:"text(100)" correct:"freely" zh:"岗位" doc:"at which post in the subject (R36)"`
	Facility   string      `json:"facility,omitempty" is:"text(200)" correct:"freely" zh:"设施设备" doc:"at which facility or equipment (R36)"`
	Investment *Investment `json:"investment,omitempty" zh:"安全投入" doc:"what was required and what was made (R07)"`

	Source event.Source `json:"source,omitempty"`
}

// Together says what Validate checks.
func (*CheckAnswered) Together() string {
	return "answer not-applicable needs a reason; " + investmentTogether
}

// Validate checks what members say together.
func (d *CheckAnswered) Validate() error {
	var k event.Checker
	k.That(d.Answer != "not-applicable" || event.Visible(d.Reason), "reason", law.FaultReason)
	d.Investment.check(&k)
	return k.Err()
}

var _ = declare[CheckAnswered](110, onSite, hidden, event.Type{Name: "check-answered", Version: 1, Chinese: "检查项作答",
	Doc:    "One item of the checklist was answered.",
	Rules:  []law.Rule{law.R07, law.R21, law.R22, law.R23, law.R24, law.R25, law.R26, law.R27, law.R32, law.R33, law.R34, law.R36, law.N02},
	Append: field, Import: true})

// judge flags an item that was answered before: both answers stand and both are counted (R27).
func (d *CheckAnswered) judge(j *judgement) *event.Refusal {
	if !j.imported && j.st.hasAnswered(d.Item) {
		j.flag(law.R27, law.AnsweredAgain, law.Str("item", d.Item))
	}
	if d.Item == ofHolidayWork && d.Answer != "not-applicable" && !j.imported {
		if f, ok := j.sc.WorksIn(j.st.subject, j.e.Occurred, j.e.Index); ok {
			j.flags = append(j.flags, f)
		}
	}
	if !j.imported {
		j.basis(d.Item)
	}
	return nil
}

// ofHolidayWork is the item that is asked of work in a holiday (R26): 要向当地政府和主管部门备案审批.
const ofHolidayWork = "C-4"

func (d *CheckAnswered) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		return
	}
	s.answers(d.Item)
}

// SectionCompleted says that one of the three sections was gone through (R35).
type SectionCompleted struct {
	Section string    `json:"section" is:"code(section)" correct:"never" zh:"环节" doc:"that was gone through"`
	Skipped []Skipped `json:"skipped,omitempty" many:"0…200" zh:"未检项" doc:"items that were left out"`
}

var _ = declare[SectionCompleted](120, onSite, hidden, event.Type{Name: "section-completed", Version: 1, Chinese: "环节完成",
	Doc:   "One of the three sections was gone through.",
	Rules: []law.Rule{law.R27, law.R35, law.R37}, Append: field})

// judge flags items that were left out (R37).
func (d *SectionCompleted) judge(j *judgement) *event.Refusal {
	if j.imported || len(d.Skipped) == 0 {
		return nil
	}
	list := make([]string, len(d.Skipped))
	for i, s := range d.Skipped {
		list[i] = s.Item
	}
	j.flag(law.R37, law.ItemsSkipped, law.Str("section", d.Section), law.Int("skipped", len(list)), law.List("items", list))
	return nil
}

func (d *SectionCompleted) fold(s *State, _ *event.Event) {
	if w := s.edit(); w != nil && !slices.Contains(w.completed, d.Section) {
		w.completed = append(w.completed, d.Section)
	}
}

// Skipped is an item that was left out, with the reason (R37).
type Skipped struct {
	Item   string `json:"item" is:"text(60)" zh:"检查项" doc:"that was left out"`
	Reason string `json:"reason" is:"lines(500)" zh:"原因" doc:"why (R37)"`
}

// Before the record is signed each item that the plan asks of the subject's profile is answered
// (R27, R32 to R34), and each section gone through (R35).
var (
	_ = obliges(owed{place: 30, atSigning: law.SiteRecordNeedsItems,
		Kind: itemsKind, rules: []law.Rule{law.R27, law.R33}, under: "items",
		values: []law.Value{law.Str("profile", "enterprise")},
		of: func(q *asking) {
			if q.Subject != nil && q.Subject.Kind != "government-unit" && q.Subject.Kind != "road-section" { // nobody's enterprise
				q.items("enterprise")
			}
		}})
	_ = obliges(owed{place: 40, atSigning: law.SiteRecordNeedsItems,
		Kind: itemsKind, rules: []law.Rule{law.R32}, under: "items",
		values: []law.Value{law.Str("profile", "government-unit")},
		of: func(q *asking) {
			if q.Subject != nil && q.Subject.Kind == "government-unit" {
				q.items("government-unit")
			}
		}})
	_ = obliges(owed{place: 50, atSigning: law.SiteRecordNeedsItems,
		Kind: itemsKind, rules: []law.Rule{law.R34}, under: "items", values: []law.Value{law.Str("profile", "high-risk")},
		of: func(q *asking) {
			if q.Subject != nil && len(q.Subject.Risks) > 0 {
				q.items("high-risk")
			}
		}})
	itemsKind = obligation.Kind{Name: "items", Owner: obligation.Inspectors,
		Unmodelled: "the model begins with the complete record",
		Opens:      "inspection-started", Meets: "check-answered"}

	_ = obliges(owed{place: 60, atSigning: law.SiteRecordNeedsSections,
		Kind: obligation.Kind{Name: "sections", Owner: obligation.Inspectors,
			Unmodelled: "the model begins with the complete record",
			Opens:      "inspection-started", Meets: "section-completed"}, rules: []law.Rule{law.R35}, under: "sections",
		of: func(q *asking) {
			q.each(q.Policy.RequiredSections, func(section string) bool { return slices.Contains(q.st.open().completed, section) })
		}})
)

func (q *asking) items(profile string) { q.each(q.Policy.RequiredItems[profile], q.st.hasAnswered) }

// each: all of a list is owed since the start; done tells what of it is met.
func (q *asking) each(list []string, done func(item string) bool) {
	if start := q.st.open().start(); start != nil {
		for _, item := range list {
			q.owe(start, item, done(item), nil)
		}
	}
}

// ServiceProvided says which help the subject was given (R45).
type ServiceProvided struct {
	Topic  string `json:"topic" is:"text(200)" zh:"主题" doc:"what the help was about"`
	Advice string `json:"advice" is:"lines(4000)" zh:"帮扶内容" doc:"advice or help that was given"`
}

var _ = declare[ServiceProvided](230, onSite, hidden, event.Type{Name: "service-provided", Version: 1, Chinese: "帮扶服务",
	Doc:   "The subject was given advice or help.",
	Rules: []law.Rule{law.R45}, Append: field})

// judge: help breaks no rule.
func (d *ServiceProvided) judge(*judgement) *event.Refusal { return nil }

func (d *ServiceProvided) fold(*State, *event.Event) {}

// ResultRecorded is the overall result that a source states for a visit.
type ResultRecorded struct {
	Result string       `json:"result" is:"code(result)" zh:"结论" doc:"overall result that the source states"`
	Source event.Source `json:"source,omitempty"`
}

var _ = declare[ResultRecorded](250, onSite, hidden,
	event.Type{Name: "inspection-result-recorded", Version: 1, Chinese: "检查结论",
		Doc: "The overall result a source states.", Append: field, Import: true})

// judge: what a source states is kept as it is.
func (d *ResultRecorded) judge(*judgement) *event.Refusal { return nil }

func (d *ResultRecorded) fold(*State, *event.Event) {}
