package casefile

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Filed begins a case (立案).
type Filed struct {
	Inspection string    `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the visit that found it; left out: none did"`
	Subject    string    `json:"subject" is:"id" correct:"never" zh:"当事人" doc:"who is suspected: of a visit its subject"`
	Findings   []string  `json:"findings" is:"id" many:"0…500 distinct" correct:"never" zh:"隐患编号" doc:"of the visit, that the case is about"`
	Matter     string    `json:"matter" is:"lines(2000)" zh:"案由" doc:"what is suspected"`
	Authority  string    `json:"authority" is:"id" zh:"办案机关" doc:"the unit in whose name it is investigated"`
	Officers   []Officer `json:"officers" many:"1…20" zh:"执法人员" doc:"who investigate, at least as many as the law wants (行政处罚法 Art. 42)"`
	ViolatedOn string    `json:"violated_on,omitempty" is:"date" zh:"违法行为发生日期" doc:"when it was done; of what went on, its end (Art. 36)"`
	Harm       bool      `json:"harm" zh:"危害生命健康" doc:"whether it harmed life or health (Art. 36)"`
	Review     []string  `json:"review_grounds,omitempty" is:"code(legal-review-ground)" many:"0…4 distinct" zh:"法制审核情形" doc:"why (Art. 58)"`
	DocumentNo string    `json:"document_no,omitempty" is:"text(100)" zh:"立案文书号" doc:"number of the document"`
}

// Officer is one of those who investigate.
type Officer struct {
	Person      string `json:"person" is:"id" zh:"人员" doc:"who"`
	Certificate string `json:"certificate" is:"text(100)" zh:"执法证号" doc:"number of the certificate"`
}

// The codes of a filing.
const (
	CaseName             law.Code = "case-name"
	CaseOfAnotherSubject law.Code = "case-of-another-subject"
	TooFewOfficers       law.Code = "too-few-officers"
	FiledAfterLimitation law.Code = "filed-after-limitation"
	CaseNotFiled         law.Code = "case-not-filed"
	CaseIsClosed         law.Code = "case-is-closed"
)

var (
	_ = law.Declare(law.OfCases, law.Text{Code: CaseName, Acts: law.Refuses, Rules: []law.Rule{law.Pillar14},
		TitleZH: "案件编号格式不符", Title: "The name of the case has not its form",
		SaysZH: "{stream} 不是 case/督查组（或办案单位）.UUID", Says: "{stream} is not case/, your team or unit, a dot and a UUID",
		RemedyZH: "用本督查组或本单位的编号加新的 UUID", Remedy: "name it by your team or unit and a new UUID"})
	_ = law.Declare(law.OfCases, law.Text{Code: CaseOfAnotherSubject, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "当事人不是被检查对象", Title: "The subject is not that of the visit",
		SaysZH: "检查 {inspection} 的对象是 {visited}，不是 {subject}", Says: "visit {inspection} was to {visited}, and not to {subject}",
		RemedyZH: "写检查的对象，或不写检查", Remedy: "name the subject of the visit, or no visit"})
	_ = law.Declare(law.OfCases, law.Text{Code: TooFewOfficers, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "执法人员不足", Title: "Too few officers",
		SaysZH: "执法人员 {officers} 人，应不少于 {least} 人", Says: "{officers} officers, and at least {least} must investigate",
		RemedyZH: "写明全部执法人员及其证号", Remedy: "name all officers, with their certificates"})
	_ = law.Declare(law.OfCases, law.Text{Code: FiledAfterLimitation, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "立案时已过追究时效", Title: "Filed after the limitation",
		SaysZH:   "违法行为发生于 {violated_on}，追究时效至 {until_on}，立案于 {filed_on}",
		Says:     "it was done on {violated_on}, could be punished until {until_on}, and was filed on {filed_on}",
		RemedyZH: "说明原因，或作出不予处罚决定", Remedy: "explain it, or decide not to punish"})
	_ = law.Declare(law.OfCases, law.Text{Code: CaseNotFiled, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "尚未立案", Title: "The case was not filed",
		SaysZH: "{stream} 没有立案，不能追加 {type}", Says: "{stream} was not filed, and has no {type}",
		RemedyZH: "先立案（case-filed）", Remedy: "file a case first (case-filed)"})
	_ = law.Declare(law.OfCases, law.Text{Code: CaseIsClosed, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "案件已办结", Title: "The case is closed",
		SaysZH: "{stream} 已办结，不能追加 {type}", Says: "{stream} is closed, and has no further {type}",
		RemedyZH: "决定的变更用 decision-changed；新的违法行为另行立案", Remedy: "a changed decision is decision-changed; another violation is another case"})
)

// Judge: of what a visit found, or of none, by enough officers (行政处罚法 Art. 42).
func (d *Filed) Judge(j *judgement) *event.Refusal {
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.Subject}); !known && d.Inspection == "" {
		return event.Refuse(law.R41, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	if r := ofVisit(j, d.Inspection, d.Subject, d.Findings); r != nil {
		return r
	}
	day := j.Event.Day()
	if n, least := len(d.people()), j.Scene.LawNumber(codes.Officers, day); int64(n) < least {
		return event.Refuse(law.R41, TooFewOfficers, law.Int("officers", n), law.Int("least", least))
	}
	if j.Scene.UnknownUnit(d.Authority) {
		j.Flag(event.Flagged(law.R61, law.UnknownUnit, law.Str("unit", d.Authority)))
	}
	for _, f := range d.Unregistered(j.Scene, j.Event) {
		j.Flag(f)
	}
	if until := d.limitation(j.Scene.Law); until != 0 && day > until.String() {
		j.Flag(event.Flagged(law.R41, FiledAfterLimitation, law.Str("violated_on", d.ViolatedOn), law.Str("until_on", until.String()),
			law.Str("filed_on", day)))
	}
	return nil
}

// Unregistered flags the certificates that the register does not have so, of officers whom it has for the filing (R42).
func (d *Filed) Unregistered(l stream.Ledger, e *event.Event) (flags []event.Deviation) {
	for i := range d.Officers {
		o := &d.Officers[i]
		p := stream.StateOf[person.State](l, event.Stream{Kind: event.Person, ID: o.Person})
		if p.KnownTo(e) && p.Certificate != o.Certificate {
			f := event.Flagged(law.R42, law.CertificateUnregistered, law.Str("certificate", o.Certificate), law.Str("person", o.Person))
			f.Item = o.Person
			flags = append(flags, f)
		}
	}
	return flags
}

// people are those who investigate, each once.
func (d *Filed) people() (all []string) {
	for i := range d.Officers {
		if p := d.Officers[i].Person; !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// limitation is the last day on which what was done can be punished (行政处罚法 Art. 36); 0: none is known.
func (d *Filed) limitation(limit func(matter, day string) obligation.Limit) obligation.Day {
	day, err := obligation.ParseDay(d.ViolatedOn)
	if err != nil {
		return 0
	}
	l := limit("limitation", d.ViolatedOn)
	if longer := limit("limitation-harm", d.ViolatedOn); d.Harm && longer.N > 0 {
		l = longer
	}
	if l.N == 0 {
		return 0
	}
	return obligation.DayOf(l.Due(day.End()))
}

// Fold implements [stream.Folder].
func (d *Filed) Fold(s *State, e *event.Event) {
	s.wrote(e)
	s.Visit, s.Subject, s.Findings = d.Inspection, d.Subject, d.Findings
	s.grave = len(d.Review) > 0
	s.filed, s.violated, s.harm, s.officers = obligation.FactOf(e), d.ViolatedOn, d.Harm, d.people()
}

// Closed ends a case (结案).
type Closed struct {
	Ground     string `json:"ground" is:"code(case-end)" zh:"结案情形" doc:"with what it ends"`
	Note       string `json:"note,omitempty" is:"lines(2000)" zh:"说明" doc:"anything else"`
	DocumentNo string `json:"document_no,omitempty" is:"text(100)" zh:"结案文书号" doc:"number of the document"`
}

// The codes of a closing.
const (
	CaseNotDecided law.Code = "case-not-decided"
	FineNotPaid    law.Code = "fine-not-paid"
)

var (
	_ = law.Declare(law.OfCases, law.Text{Code: CaseNotDecided, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "案件没有结果", Title: "The case has no result",
		SaysZH:   "{stream} 没有有效的终局处罚决定、生效的不予处罚决定，也没有移送",
		Says:     "{stream} has no final penalty in force, no approved decision not to punish, and was not transferred",
		RemedyZH: "先作出决定或移送（matter-transferred）", Remedy: "decide it, or hand it over (matter-transferred)"})
	_ = law.Declare(law.OfCases, law.Text{Code: FineNotPaid, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "罚款未缴清", Title: "A fine is not paid",
		SaysZH: "以下罚款未缴清，也未申请强制执行：{penalties}", Says: "these fines are not paid, and nobody asked to enforce them: {penalties}",
		RemedyZH: "记录缴纳（payment-recorded）或申请强制执行（enforcement-requested）",
		Remedy:   "record the payment (payment-recorded), or ask for enforcement (enforcement-requested)"})
)

// Judge: once there is a result, and fines are paid or enforced.
func (d *Closed) Judge(j *judgement) *event.Refusal {
	if r := inCourse(j); r != nil {
		return r
	}
	st := j.State
	if st.decided() == nil && (d.Ground != annulled || !slices.ContainsFunc(st.penalties, func(p penalty) bool { return p.Annulled })) {
		return event.Refuse(law.R41, CaseNotDecided, law.Str("stream", j.Event.Stream.String()))
	}
	var unpaid []string
	for i := range st.penalties {
		if p := &st.penalties[i]; p.unpaid() && !slices.Contains(st.enforced, p.ID) {
			unpaid = append(unpaid, p.ID)
		}
	}
	if unpaid != nil {
		return event.Refuse(law.R41, FineNotPaid, law.List("penalties", unpaid))
	}
	return nil
}

// Fold implements [stream.Folder].
func (*Closed) Fold(s *State, e *event.Event) {
	s.wrote(e)
	s.closed = obligation.FactOf(e)
}

// decided is the fact with which the case was first decided, or handed over; nil: it was not. What was annulled decided nothing,
// unless the case was closed before: nothing can be decided in it any more.
func (s *State) decided() *obligation.Fact {
	var first *obligation.Fact
	take := func(f *obligation.Fact) {
		if f.Event != uuid.Nil && (first == nil || f.Occurred.Before(first.Occurred)) {
			first = f
		}
	}
	for i := range s.penalties {
		if p := &s.penalties[i]; p.Final && (!p.Annulled || s.closed.Event != uuid.Nil) {
			take(&p.fact)
		}
	}
	for i := range s.exempt {
		if x := &s.exempt[i]; x.yes {
			take(&x.fact)
		}
	}
	if f := s.handed.First(""); f != nil {
		take(f)
	}
	return first
}

// exemption is a decision not to punish, which counts from a second person's yes on.
type exemption struct {
	fact     obligation.Fact
	answered bool
	yes      bool
}

// answer judges a second person's yes or no: to a decision not to punish, or to more time to pay.
func answer(j *judgement, ref event.Ref, _ bool) *event.Refusal {
	if !j.State.waits(ref.ID()) {
		return oversight.NothingWaits(j.Event, ref)
	}
	if !j.Event.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	people := slices.Concat(j.State.people, j.State.officers)
	if v, ok := j.Scene.State(event.Stream{Kind: event.Inspection, ID: j.State.Visit}).(visit); ok {
		people = append(people, v.People()...)
	}
	return oversight.SecondPerson(j.Event, people)
}

// waits reports whether something waits for an answer under the id of an event.
func (s *State) waits(id uuid.UUID) bool {
	return slices.ContainsFunc(s.longer, func(x extension) bool { return x.fact.Event == id && x.is == asked }) ||
		slices.ContainsFunc(s.exempt, func(x exemption) bool { return x.fact.Event == id && !x.answered })
}

func answered(s *State, ref event.Ref, yes bool) {
	id := ref.ID()
	if i := slices.IndexFunc(s.exempt, func(x exemption) bool { return x.fact.Event == id }); i >= 0 {
		s.exempt = slices.Clone(s.exempt)
		s.exempt[i].answered, s.exempt[i].yes = true, yes
		return
	}
	i := slices.IndexFunc(s.longer, func(x extension) bool { return x.fact.Event == id })
	if i < 0 {
		return
	}
	s.longer = slices.Clone(s.longer)
	if s.longer[i].is = denied; yes {
		s.longer[i].is = granted
	}
}

// UnknownCase is the code of a case that is not there.
const UnknownCase law.Code = "unknown-case"

var _ = law.Declare(law.OfCases, law.Text{Code: UnknownCase, Acts: law.Refuses, Rules: []law.Rule{law.R55, law.R71},
	TitleZH: "没有这个案件", Title: "There is no such case",
	SaysZH: "案件 {case} 不存在，或没有所写的终局处罚", Says: "there is no case {case}, or it has not the final penalty that is named",
	RemedyZH: "核对编号", Remedy: "check the ids"})
