package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Penalties: R41, 既查清问题、又处罚到位: what is punishable is punished, or lawfully not; R56, 绝不允许以整改代替处罚.

// penal is a penalty as the visit that it names has it; see package casefile, in whose streams it lies.
type penal struct{ *casefile.PenaltyDecided }

// judge: a penalty may come long after the visit, also after its closing.
func (d penal) judge(j *judgement) *event.Refusal {
	if r := casefile.Taken(j.st.penalties, d.PenaltyDecided); r != nil {
		return r
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	inCase := len(d.Findings) > 0 && len(j.among(d.Findings, filed)) == len(d.Findings)
	d.Doubts(j.e, inCase, j.sc.Law.OnTheSpotFine(j.e.Day(), d.OfPerson), func(f event.Deviation) { j.flags = append(j.flags, f) })
	if j.st.annuls(d.Penalty) { // nothing contradicts what does not count
		return nil
	}
	if again := j.among(d.Findings, fined); d.Kind == "fine" && again != nil {
		j.flag(law.R41, law.FinedAgain, law.Str("penalty", d.Penalty), law.List("findings", again))
	}
	j.contradicted(d.Findings, exempted)
	return nil
}

func (d penal) fold(s *State, e *event.Event) {
	s.acts(d.Findings, e)
	r := s.editRest()
	r.penalties = casefile.Put(r.penalties, casefile.Decided{ID: d.Penalty, Final: d.Final})
	r.decides(d.PenaltyDecided)
	if !d.Final || s.annuls(d.Penalty) { // a penalty that is not final decides nothing yet, and one that is annulled nothing any more
		return
	}
	m := punished | own(e, disposed|settled)
	if d.Kind == "fine" {
		m |= fined
	}
	if d.Kind == "stop-production" || d.Kind == "close" {
		m |= shut
	}
	if e.Assurance != event.Imported && slices.Contains(graveKinds, d.Kind) {
		r.grave = append(r.grave, e.ID)
	}
	s.mark(d.Findings, m)
	if m&settled != 0 {
		s.settled(d.Findings, e.Happened())
	}
}

// changed is a decision that was changed. One that is annulled leaves its findings as if it had never been: what it met is owed again,
// and what it entailed lapses (R41).
type changed struct{ *casefile.DecisionChanged }

func (changed) judge(*judgement) *event.Refusal { return nil }

func (changed) fold(*State, *event.Event) {} // see [State.Apply]

// annuls reports whether a penalty was annulled.
func (s *State) annuls(penalty string) bool { return slices.Contains(s.annulled, penalty) }

// DecidedSince returns when a penalty was first decided, finally, for one of the findings, not before an instant; zero: none was. What an
// import states, and what is annulled, is none.
func (s *State) DecidedSince(findings []string, since time.Time) (at time.Time) {
	if len(s.penalties) == 0 {
		return at
	}
	for f := range s.facts.Counting() {
		d, ok := f.Data.(*casefile.PenaltyDecided)
		if !ok || !d.Final || f.Assurance == event.Imported || s.annuls(d.Penalty) || f.Happened().Before(since) ||
			!slices.ContainsFunc(d.Findings, func(id string) bool { return slices.Contains(findings, id) }) {
			continue
		}
		if at.IsZero() || f.Happened().Before(at) {
			at = f.Happened()
		}
	}
	return at
}

// impunity is a decision not to punish as the visit that it names has it.
type impunity struct{ *casefile.NoPenaltyDecided }

func (d impunity) judge(j *judgement) *event.Refusal {
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if j.imported { // else it counts from a second person's yes on, and is flagged with that
		j.contradicted(d.Findings, punished)
	}
	return nil
}

func (d impunity) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		s.exempt(d.Findings, 0)
		return
	}
	s.wait(waiting{event: e.ID, by: e.Actor.Person, since: obligation.FactOf(e), exempted: d.Findings})
}

// filing is a case that was filed for findings of the visit: what each punishable one is owed, and what the record names (R41, R42).
type filing struct{ *casefile.Filed }

func (d filing) judge(j *judgement) *event.Refusal { return j.findings(d.Findings...) }

func (d filing) fold(s *State, e *event.Event) {
	s.acts(d.Findings, e)
	s.mark(d.Findings, filed|disposed)
	s.settled(d.Findings, e.Happened())
}

// exempt applies a decision not to punish; meets are the marks of what it meets.
func (s *State) exempt(findings []string, meets findingMark) {
	s.marks |= excused
	s.mark(findings, exempted|meets)
}

// among returns those of the findings that bear a mark, or nil.
func (j *judgement) among(ids []string, m findingMark) []string {
	var marked []string
	for _, id := range ids {
		if f := j.st.find(id); f != nil && f.marks&m != 0 {
			marked = append(marked, id)
		}
	}
	return marked
}

// contradicted flags findings that are punished and lawfully not punished at once, whichever
// was decided first.
func (j *judgement) contradicted(ids []string, earlier findingMark) {
	if both := j.among(ids, earlier); both != nil {
		j.flag(law.R41, law.PunishedAndExempted, law.List("findings", both))
	}
}

// Each punishable finding needs a decision (R41), and one with an order or a repair needs it no less (R56):
// one kind of obligation, of which the gate says two things.
var (
	filingKind = obligation.Kind{Name: "filing", Owner: obligation.Authority, From: obligation.Known, Rule: law.R41, Escalates: true,
		Also:  []law.Rule{law.R56},
		Opens: "finding-recorded", Meets: "case-filed penalty-decided approval-given matter-transferred", Limit: "file_days"}
	filingReads = recorded | happened(findingRecorded, findingFixedOnSite)

	owedFiling = []*owed{obliges(owed{place: 90, atClosing: law.ClosingNeedsPenalty,
		Kind: filingKind, rules: []law.Rule{law.R41}, under: "findings", reads: filingReads,
		of: func(q *asking) { q.decisions(false) }}),
		obliges(owed{place: 100, atClosing: law.ClosingNeedsPenalty,
			Kind: filingKind, rules: []law.Rule{law.R56, law.R41}, under: "ordered_only", reads: filingReads,
			of: func(q *asking) { q.decisions(true) }})}
)

func (q *asking) decisions(halfway bool) {
	for i := range q.st.findings {
		f := &q.st.findings[i]
		if f.marks&(importedFact|punishable) != punishable || (f.marks&(ordered|fixed) != 0) != halfway {
			continue
		}
		met, at := q.st.settlement(f)
		o := obligation.Obligation{Opener: f.fact, Item: f.id, Met: met, Opened: f.index, Recorded: time.UnixMicro(q.st.bornAt(f.fact)).UTC()}
		if q.asks(met) && !q.open && q.st.is(recorded) { // its limit runs from the record, or from the finding if that came later
			o.Since = time.UnixMicro(max(q.st.bornAt(f.fact), q.st.recordKnown)).UTC()
			q.date(&o)
			o.Asked = q.answeredTo(func(w *waiting) bool { return slices.Contains(w.exempted, f.id) && o.InTime(w.since.Occurred) })
		}
		q.until(o, at)
	}
}

// settlement reports whether a finding was decided, a case was filed for it, or it was handed over (R41, R77), and when first.
func (s *State) settlement(f *finding) (met bool, at *time.Time) {
	met, at = f.marks&(settled|filed) != 0, f.settledAt
	if s.heard == nil {
		return met, at
	}
	if h := s.heard.handed.First(f.id); h != nil {
		return true, earliest(at, h.Occurred)
	}
	return met, at
}

var _ = stands(standing{place: 45, rule: law.R41, code: LateFiling, dated: true, since: recorded,
	reads: append([]string{casefile.PenaltyType, casefile.FiledType, casefile.ChangedType}, corrections...),
	says: func(_ *State, say *speech) {
		for _, k := range owedFiling {
			for _, o := range say.late(k) {
				say.say(o.Opener, law.Str("finding", o.Item), law.At("due_at", o.Due), law.At("occurred_at", o.MetAt))
			}
		}
	}})

// LateFiling is the code of a finding that was decided, or of which a case was filed, after the days there were.
const LateFiling law.Code = "late-filing"

var _ = law.Declare(law.OfFindings, law.Text{Code: LateFiling, Acts: law.Flags, Rules: []law.Rule{law.R41},
	TitleZH: "立案或处罚决定逾期", Title: "The case was filed, or decided, late",
	SaysZH:   "隐患 {finding} 应在 {due_at} 前立案或作出决定，实于 {occurred_at}",
	Says:     "of finding {finding} a case or a decision was due {due_at}, and came {occurred_at}",
	RemedyZH: "说明原因", Remedy: "explain it"})

// birth is when it was first known that a finding is punishable, which no correction changes.
type birth struct {
	fact     uuid.UUID // none: of the plan that judges the visit, see [State.rejudged]
	known    int64     // microseconds since 1970
	happened int64     // then the time of the first entry by which the plan is chosen, seconds since 1970
}

// bear notes that findings, from the n-th on, are punishable, if that is new.
func (s *State) bear(e *event.Event, n int) {
	for i := n; i < len(s.findings); i++ {
		if f := &s.findings[i]; f.marks&(importedFact|punishable) == punishable && s.bornAt(f.fact) == 0 {
			s.born = append(s.born, birth{fact: f.fact, known: e.Recorded.UnixMicro()})
		}
	}
}

func (s *State) bornAt(fact uuid.UUID) int64 {
	for i := range s.born {
		if s.born[i].fact == fact {
			return s.born[i].known
		}
	}
	return 0
}

// settled notes when findings were first decided, or a case was filed for them.
func (s *State) settled(findings []string, at time.Time) {
	for _, id := range findings {
		if f := s.find(id); f != nil && (f.settledAt == nil || at.Before(*f.settledAt)) {
			f.settledAt = &at
		}
	}
}
