package inspection

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What is gone through: R27 and R32 to R34, the items that the plan demands, each answered; R35, 包括生产环节、管理环节、制度环节;
// R45, 坚持检查与服务相结合: what help was given.

// Sections of a visit (R35).
var Sections = []string{"production", "management", "system"}

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

var checkAnswered = declare[CheckAnswered](onSite, event.Type{Name: "check-answered", Version: 1, Chinese: "检查项作答",
	Doc:    "One item of the checklist was answered.",
	Rules:  []law.Rule{law.R21, law.R22, law.R23, law.R24, law.R25, law.R27, law.R32, law.R33, law.R34},
	Append: field, Import: true})

// judge flags an item that was answered before: both answers stand and both are counted (R27).
func (d *CheckAnswered) judge(j *judgement) *event.Refusal {
	if !j.imported && slices.Contains(j.st.open().answered, d.Item) {
		j.flag(law.R27, law.AnsweredAgain, "item %s was answered before", d.Item)
	}
	return nil
}

func (d *CheckAnswered) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		return
	}
	if w := s.edit(); w != nil && !slices.Contains(w.answered, d.Item) {
		w.answered = append(w.answered, d.Item)
	}
}

// SectionCompleted says that one of the three sections was gone through (R35).
type SectionCompleted struct {
	Section string    `json:"section"`
	Skipped []Skipped `json:"skipped,omitempty"`
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

var sectionCompleted = declare[SectionCompleted](onSite, event.Type{Name: "section-completed", Version: 1, Chinese: "环节完成",
	Doc:   "One of the three sections was gone through.",
	Rules: []law.Rule{law.R35, law.R37}, Append: field})

// judge flags items that were left out (R37).
func (d *SectionCompleted) judge(j *judgement) *event.Refusal {
	if j.imported || len(d.Skipped) == 0 {
		return nil
	}
	list := make([]string, len(d.Skipped))
	for i, s := range d.Skipped {
		list[i] = s.Item + ": " + s.Reason
	}
	j.flag(law.R37, law.ItemsSkipped, "section %s, %d skipped: %s", d.Section, len(list), shorten(strings.Join(list, "; ")))
	return nil
}

func (d *SectionCompleted) fold(s *State, _ *event.Event) {
	if w := s.edit(); w != nil && !slices.Contains(w.completed, d.Section) {
		w.completed = append(w.completed, d.Section)
	}
}

// Skipped is an item that was left out, with the reason (R37).
type Skipped struct {
	Item   string `json:"item"`
	Reason string `json:"reason" text:"lines"`
}

// ServiceProvided says which help the subject was given (R45).
type ServiceProvided struct {
	Topic  string `json:"topic"`
	Advice string `json:"advice" text:"lines"`
}

// Validate implements event.Data.
func (d *ServiceProvided) Validate() error {
	var k event.Checker
	k.Text("topic", d.Topic, true, 200)
	k.Lines("advice", d.Advice, true, 4000)
	return k.Err()
}

var serviceProvided = declare[ServiceProvided](onSite, event.Type{Name: "service-provided", Version: 1, Chinese: "帮扶服务",
	Doc:   "The subject was given advice or help.",
	Rules: []law.Rule{law.R45}, Append: field})

// judge: help breaks no rule.
func (d *ServiceProvided) judge(*judgement) *event.Refusal { return nil }

func (d *ServiceProvided) fold(*State, *event.Event) {}

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

var inspectionResultRecorded = declare[ResultRecorded](onSite, event.Type{Name: "inspection-result-recorded", Version: 1, Chinese: "检查结论",
	Doc: "The overall result a source states.", Append: field, Import: true})

// judge: what a source states is kept as it is.
func (d *ResultRecorded) judge(*judgement) *event.Refusal { return nil }

func (d *ResultRecorded) fold(*State, *event.Event) {}
