package accident

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is owed since an accident (R10, R11, R68). Order 493 counts from the day of the accident; the limits are those of the
// law in force on the day of the fact, so that before 2021 no evaluation is owed.

var (
	owedCasualties = obligation.Kind{Name: "casualties", Owner: obligation.Nobody, Rule: law.R10, Window: true,
		Opens: "accident-reported", Meets: "accident-casualties-updated", Limit: "law: casualties"}
	owedInvestigation = obligation.Kind{Name: "investigation", Owner: obligation.Government, Rule: law.R11, Escalates: true,
		Opens: "accident-reported", Meets: "investigation-reported", Limit: "law: investigation"}
	owedReply = obligation.Kind{Name: "reply", Owner: obligation.Government, Rule: law.R11, Escalates: true,
		Opens: "investigation-reported", Meets: "investigation-replied", Limit: "law: reply"}
	owedEvaluation = obligation.Kind{Name: "evaluation", Owner: obligation.Government, Rule: law.R11, Escalates: true,
		Opens: "investigation-replied", Meets: "rectification-evaluated", Limit: "law: evaluation"}
	owedResult = obligation.Kind{Name: "result", Owner: obligation.Office, Rule: law.R68, Escalates: true,
		Opens: "accident-reported", Meets: "accident-result-recorded", Limit: "the end of its year, or of investigation and reply if later"}
	owedAnswer = obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.R11, Escalates: true,
		Opens: "term-extended", Meets: "approval-given approval-refused", Limit: "approval_days"}

	owedKinds = []*obligation.Kind{&owedCasualties, &owedInvestigation, &owedReply, &owedEvaluation, &owedResult, &owedAnswer}
)

// Owes returns what was ever owed since the accident, met or not, appended to into.
func (s *State) Owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if s.report.Event == uuid.Nil {
		return into
	}
	day := s.Happened.In(event.Beijing).Format(time.DateOnly)
	matter := codes.Casualties
	if s.Kind == codes.RoadTraffic || s.Kind == codes.Fire {
		matter = codes.CasualtiesTraffic
	}
	add := func(k *obligation.Kind, opening *obligation.Fact, due, metAt time.Time) {
		if !due.IsZero() {
			into = append(into, obligation.Obligation{Kind: k, Opener: opening.Event, Opened: opening.Index, Recorded: opening.Recorded,
				Due: due, Met: !metAt.IsZero(), MetAt: metAt})
		}
	}
	add(&owedCasualties, &s.report, t.Due(t.Law(matter, day), s.Happened, s.report), s.updated)
	investigation := s.extended(&owedInvestigation, &s.report, t.Due(t.Law("investigation", day), s.Happened, s.report))
	add(&owedInvestigation, &s.report, investigation, s.steps[reportedOn].Occurred)
	if s.has(reportedOn) {
		add(&owedReply, &s.steps[reportedOn], s.replyDue(&t), s.steps[replied].Occurred)
	}
	if opening := &s.steps[replied]; s.has(replied) {
		since := opening.Occurred.In(event.Beijing).Format(time.DateOnly)
		add(&owedEvaluation, opening, t.Due(t.Law("evaluation", since), opening.Occurred, *opening), s.steps[evaluated].Occurred)
	}
	add(&owedResult, &s.report, s.resultDue(&t, investigation), s.steps[result].Occurred)
	for i := range s.longer {
		x := &s.longer[i]
		answer := x.answerDue(&t)
		into = append(into, obligation.Obligation{Kind: &owedAnswer, Opener: x.ID, Opened: x.index, Recorded: x.recorded, Due: answer,
			Met: x.is != asked, MetAt: x.answered})
		if x.is == asked {
			for k := range into {
				if o := &into[k]; o.Ref() == x.of && o.InTime(x.occurred) && answer.After(o.Asked) {
					o.Asked = answer // it is not escalated before somebody owes no answer any more
				}
			}
		}
	}
	return into
}

// replyMatter is the limit of the reply: an especially major accident has its own.
func (s *State) replyMatter() string {
	if s.Grade == codes.EspeciallyMajor {
		return "reply-especially-major"
	}
	return "reply"
}

func (s *State) replyDue(t *obligation.Terms) time.Time {
	opening := &s.steps[reportedOn]
	limit := t.Law(s.replyMatter(), opening.Occurred.In(event.Beijing).Format(time.DateOnly))
	return s.extended(&owedReply, opening, t.Due(limit, opening.Occurred, *opening))
}

// resultDue: the end of the year of occurrence, or where that is later the day on which investigation and reply lawfully end (R68).
func (s *State) resultDue(t *obligation.Terms, investigation time.Time) time.Time {
	due := obligation.DayOf(time.Date(s.Year, time.December, 31, 12, 0, 0, 0, event.Beijing)).End()
	if investigation.IsZero() {
		return due
	}
	reply := t.Due(t.Law(s.replyMatter(), investigation.In(event.Beijing).Format(time.DateOnly)), investigation, s.report)
	if reply.After(due) {
		return reply
	}
	return due
}

// extension asks for more time for the investigation or its reply; it counts from a government's yes on (R11).
type extension struct {
	ID       uuid.UUID
	of       obligation.Ref
	until    obligation.Day
	occurred time.Time
	recorded time.Time
	index    uint64
	is       answerState
	answered time.Time
}

// answerDue is until when a government owes its answer, by the plan.
func (x *extension) answerDue(t *obligation.Terms) time.Time {
	return t.Due(t.Limit("approval"), x.recorded, obligation.Fact{Index: x.index})
}

type answerState uint8

const (
	asked answerState = iota
	granted
	denied
)

// extended moves a date by the extensions that were granted and occurred before it was over.
func (s *State) extended(k *obligation.Kind, opening *obligation.Fact, due time.Time) time.Time {
	for i := range s.longer {
		x := &s.longer[i]
		if x.is == granted && x.of.Kind == k.Name && x.of.Opener == opening.Event && !x.occurred.After(due) && x.until.End().After(due) {
			due = x.until.End()
		}
	}
	return due
}

// The codes of extensions.
const (
	ExtensionTooLate     law.Code = "extension-too-late"
	ExtensionOutOfBounds law.Code = "extension-out-of-bounds"
	GovernmentAnswers    law.Code = "government-answers"
)

var (
	_ = law.Declare(law.OfAccidents, law.Text{Code: ExtensionTooLate, Acts: law.Refuses, Rules: []law.Rule{law.R11},
		TitleZH: "期限届满后不得延长", Title: "The term is over",
		SaysZH: "期限于{due_at}届满，延长于{occurred_at}作出", Says: "the term ended at {due_at}, and the extension is of {occurred_at}",
		RemedyZH: "期限届满前作出的，写明其时间", Remedy: "state the time of an extension that was made before the end"})
	_ = law.Declare(law.OfAccidents, law.Text{Code: ExtensionOutOfBounds, Acts: law.Refuses, Rules: []law.Rule{law.R11},
		TitleZH: "延长期限超出法定范围", Title: "The extension is not within the law",
		SaysZH: "延长至{until_on}；期限原至{due_on}，最迟可延长至{latest_on}（国务院令第493号第二十九条、第三十二条）",
		Says: "it is extended to {until_on}; the term ends on {due_on}, and on {latest_on} at the latest (State Council Order 493, " +
			"Arts 29, 32)",
		RemedyZH: "until 写{due_on}之后、不晚于{latest_on}的日期", Remedy: "state until after {due_on} and not after {latest_on}"})
	_ = law.Declare(law.OfAccidents, law.Text{Code: GovernmentAnswers, Acts: law.Refuses, Rules: []law.Rule{law.R11},
		TitleZH: "须由人民政府批准", Title: "A government has to answer",
		SaysZH: "调查延期由负责调查的人民政府批准，不由{role:role}批准", Says: "an extension is answered by the government, not by the role {role:role}",
		RemedyZH: "由人民政府人员答复", Remedy: "let a person of the government answer"})
)

// extend judges an extension of the investigation, or of the reply to that of an especially major accident: it is made before the end,
// and as long as the law allows counted from the first end (Order 493 Arts 29, 32).
func extend(j *judgement, d *oversight.TermExtended) *event.Refusal {
	st, ref := j.State, d.Ref()
	terms := j.Scene.Terms(st)
	all := st.Owes(terms, nil)
	i := slices.IndexFunc(all, func(o obligation.Obligation) bool { return o.Ref() == ref })
	if i < 0 || all[i].Kind != &owedInvestigation && all[i].Kind != &owedReply || all[i].Met {
		return oversight.NothingToExtend(d)
	}
	if r := oversight.FirstPerson(j.Event); r != nil {
		return r
	}
	o := &all[i]
	if j.Event.Happened().After(o.Due) {
		return event.Refuse(law.R11, ExtensionTooLate, law.At("due_at", o.Due), law.At("occurred_at", j.Event.Happened()))
	}
	if latest := st.latest(terms, o); !d.Day().End().After(o.Due) || d.Day().End().After(latest) {
		return event.Refuse(law.R11, ExtensionOutOfBounds, law.Str("until_on", d.Until), law.Str("due_on", dayOf(o.Due)),
			law.Str("latest_on", dayOf(latest)))
	}
	return nil
}

func dayOf(t time.Time) string { return t.In(event.Beijing).Format(time.DateOnly) }

// latest is the last instant to which an obligation may be extended at all.
func (s *State) latest(t obligation.Terms, o *obligation.Obligation) time.Time {
	plain := s.Clone()
	plain.longer = nil
	all := plain.Owes(t, nil)
	i := slices.IndexFunc(all, func(p obligation.Obligation) bool { return p.Ref() == o.Ref() })
	first, more := all[i].Due, "investigation-extension"
	if o.Kind == &owedReply {
		if more = s.replyMatter(); more == "reply" {
			return first
		}
	}
	limit := t.Law(more, dayOf(first))
	if limit.N == 0 {
		return first
	}
	return t.Due(limit, first, s.report)
}

// answer: an extension is answered by another person, of a government (R11).
func answer(j *judgement) *event.Refusal {
	ref, _, _ := oversight.Answer(j.Event.Data)
	i := j.State.waits(ref.ID())
	if i < 0 {
		return oversight.NothingWaits(j.Event, ref)
	}
	if !slices.Contains(governments, j.Event.Actor.Role) {
		return event.Refuse(law.R11, GovernmentAnswers, law.Str("role", j.Event.Actor.Role))
	}
	return oversight.SecondPerson(j.Event, j.State.people)
}

// waits returns the index of the extension under an event's id that waits for an answer, or -1.
func (s *State) waits(id uuid.UUID) int {
	return slices.IndexFunc(s.longer, func(x extension) bool { return x.ID == id && x.is == asked })
}

func (s *State) answered(e *event.Event) {
	ref, yes, _ := oversight.Answer(e.Data)
	if i := s.waits(ref.ID()); i >= 0 {
		s.longer = slices.Clone(s.longer)
		s.longer[i].answered = e.Happened()
		if s.longer[i].is = denied; yes {
			s.longer[i].is = granted
		}
	}
}
