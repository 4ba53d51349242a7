package subject

import (
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Ended says that a subject is no more what is registered: it merged into another, moved, or was dissolved. It stays in the
// register and, until an exclusion is approved, in the denominator of coverage (R18): an end makes nothing smaller that is to be
// inspected. From that day on its visits count for the successor.
type Ended struct {
	How       string `json:"how" is:"code(subject-end)" correct:"never" zh:"终止情形" doc:"what became of it"`
	On        string `json:"on" is:"date" zh:"终止日期" doc:"first day on which it is no more"`
	Successor string `json:"successor,omitempty" is:"id" correct:"never" zh:"承继对象" doc:"subject that it is from then on"`
	Document  string `json:"document,omitempty" is:"text(300)" zh:"依据文件" doc:"that says so"`
}

// Together says what Validate checks.
func (*Ended) Together() string { return "successor is stated of a merger, and of nothing dissolved" }

// Validate checks what members say together.
func (d *Ended) Validate() error {
	var k event.Checker
	k.That(d.How != Merged || d.Successor != "", "successor", law.FaultRequired)
	k.That(d.How != "dissolved" || d.Successor == "", "successor", law.FaultNoSuccessor)
	return k.Err()
}

// Merged is the end of a subject that is part of another one from then on.
const Merged = "merged"

// The refusals of an end, and the flag of a visit after it.
const (
	SubjectEndedAlready  law.Code = "subject-ended-already"
	SuccessorNotPossible law.Code = "successor-not-possible"
)

var (
	_ = law.Declare(law.OfSubjects, law.Text{Code: SubjectEndedAlready, Acts: law.Refuses, Rules: []law.Rule{law.R18},
		TitleZH: "检查对象已终止", Title: "The subject has ended already",
		SaysZH: "检查对象 {subject} 自{ended_on}起已终止", Says: "subject {subject} has ended on {ended_on}",
		RemedyZH: "有误的，更正或撤回该终止记录", Remedy: "if that is wrong, correct or withdraw the entry that says so"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: SuccessorNotPossible, Acts: law.Refuses, Rules: []law.Rule{law.R18},
		TitleZH: "不能由该对象承继", Title: "That subject cannot be the successor",
		SaysZH: "检查对象 {successor} 即 {subject} 本身，或已并入 {subject}", Says: "{successor} is {subject} itself, or has become part of {subject}",
		RemedyZH: "写明另一检查对象", Remedy: "name another subject"})
)

var ended = stream.Then((*Ended).Judge, event.Type{Name: "subject-ended", Version: 1, Chinese: "检查对象终止",
	Doc: "The subject merged into another, moved or was dissolved. A visit that begins later is flagged, and counts for the " +
		"successor where something is asked by subject.",
	Rules: []law.Rule{law.R18, law.R31, law.R58}, Append: office})

// Judge: once, and into a subject that is known and is not the same one.
func (d *Ended) Judge(j *judgement) *event.Refusal {
	st, id := j.State, j.Event.Stream.ID
	switch end := st.End(); {
	case end != nil:
		return event.Refuse(law.R18, SubjectEndedAlready, law.Str("subject", id), law.Str("ended_on", end.On))
	case d.Successor == "":
		return nil
	case !j.Scene.Known(d.Successor):
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", d.Successor))
	case d.Successor == id || j.Scene.Heir(d.Successor) == id:
		return event.Refuse(law.R18, SuccessorNotPossible, law.Str("successor", d.Successor), law.Str("subject", id))
	}
	return nil
}

// End is what became of a subject. It does not change.
type End struct {
	On        string // first day, YYYY-MM-DD
	At        int64  // its first instant, seconds since 1970
	Successor string // "": none
}

// End returns what became of the subject; nil: it is.
func (s *State) End() *End {
	if s.rare == nil {
		return nil
	}
	return s.end
}

// EndedAt reports whether the subject was no more at an instant.
func (s *State) EndedAt(at time.Time) bool {
	end := s.End()
	return end != nil && at.Unix() >= end.At
}

func (d *Ended) Fold(s *State, _ *event.Event) {
	day, err := obligation.ParseDay(d.On)
	if err != nil {
		return
	}
	s.edit().end = &End{On: day.String(), At: (day - 1).End().Unix() + 1, Successor: strings.Clone(d.Successor)}
}
