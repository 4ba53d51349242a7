package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Penalties: R41, 既查清问题、又处罚到位: what is punishable is punished, or lawfully not; R56, 绝不允许以整改代替处罚.

// PenaltyDecided punishes one or more findings.
type PenaltyDecided struct {
	Case       string           `json:"case,omitempty" is:"id" correct:"never" zh:"案件" doc:"in which it was decided; left out: on the spot"`
	Penalty    string           `json:"penalty" is:"id" correct:"never" zh:"处罚编号" doc:"id within the inspection"`
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
	k.That(d.Kind == "fine" || d.Fine == nil && !d.Unknown.Has("fine"), "fine", law.FaultFineOnly)
	return k.Err()
}

var penaltyDecided = declare[PenaltyDecided](180, afterwards, hidden, event.Type{Name: "penalty-decided", Version: 1, Chinese: "行政处罚决定",
	Doc:   "Findings were punished.",
	Rules: []law.Rule{law.R19, law.R41, law.R55, law.R56}, Append: plan, Import: true})

// judge: a penalty may come long after the visit, also after its closing. A fine that no decision
// states is a contradiction of the record itself, in imports as well (R41).
func (d *PenaltyDecided) judge(j *judgement) *event.Refusal {
	if slices.Contains(j.st.penalties, d.Penalty) {
		return event.Refuse(law.R41, law.PenaltyExists, law.Str("penalty", d.Penalty))
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if len(d.LegalBasis) == 0 && !j.imported {
		return event.Refuse(law.R41, law.LegalBasisRequired, law.Str("penalty", d.Penalty))
	}
	if !d.Final && d.Fine != nil {
		j.flag(law.R41, law.FineWithoutDecision,
			law.Str("penalty", d.Penalty), law.Int("fine_minor", d.Fine.Amount), law.Str("currency", d.Fine.Currency))
	}
	if again := j.among(d.Findings, fined); d.Kind == "fine" && again != nil {
		j.flag(law.R41, law.FinedAgain, law.Str("penalty", d.Penalty), law.List("findings", again))
	}
	j.contradicted(d.Findings, exempted)
	if !j.imported {
		j.authority(d)
	}
	return nil
}

// authority flags a penalty that its author may not decide (R41). Detention is for the police,
// closing for a government (安全生产法 Art. 115). Inspectors decide on the spot, which the law
// allows for warnings and small fines (行政处罚法 Art. 51, before 2021-07-15 Art. 33); all else is
// for the department that has the duty, in a case that is filed.
func (j *judgement) authority(d *PenaltyDecided) {
	onTheSpot := d.Case == "" && (j.e.Actor.Role == event.RoleInspector || j.e.Actor.Role == event.RoleTeamLeader)
	switch {
	case d.Kind == "detention" || d.Kind == "close", onTheSpot && d.Kind != "warning" && d.Kind != "fine":
		j.flag(law.R41, law.KindBeyondAuthority, law.Str("penalty", d.Penalty), law.Str("kind", d.Kind), law.Str("role", j.e.Actor.Role))
	case d.Kind == "fine" && d.Fine == nil:
		j.flag(law.R41, law.FineWithoutAmount, law.Str("penalty", d.Penalty))
	case onTheSpot && d.Kind == "fine":
		if most := j.sc.Law.OnTheSpotFine(j.e.Day()); d.Fine.Currency != "CNY" || d.Fine.Amount > most {
			j.flag(law.R41, law.FineBeyondAuthority, law.Str("penalty", d.Penalty), law.Int("fine_minor", d.Fine.Amount),
				law.Str("currency", d.Fine.Currency), law.Str("role", j.e.Actor.Role), law.Int("most_fen", most))
		}
	}
}

func (d *PenaltyDecided) fold(s *State, e *event.Event) {
	s.penalties = append(s.penalties, d.Penalty)
	var m findingMark // a penalty that is not final decides nothing yet
	if d.Final {
		m = punished | own(e, disposed|settled)
	}
	if d.Final && d.Kind == "fine" {
		m |= fined
	}
	if d.Final && e.Assurance != event.Imported && slices.Contains(graveKinds, d.Kind) {
		s.grave = append(s.grave, e.ID)
	}
	s.mark(d.Findings, m)
	if m&settled != 0 {
		s.settled(d.Findings, e.Happened())
	}
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57). It counts from the approval of a second person on; in imports at once.
type NoPenaltyDecided struct {
	Case       string           `json:"case,omitempty" is:"id" correct:"never" zh:"案件" doc:"the filed case in which it was decided"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" correct:"never" zh:"隐患编号" doc:"that are not punished"`
	Reason     string           `json:"reason" is:"lines(2000)" zh:"理由" doc:"why not (行政处罚法 Arts 33, 57)"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source     event.Source     `json:"source,omitempty"`
}

var noPenaltyDecided = declare[NoPenaltyDecided](190, afterwards, hidden,
	event.Type{Name: "no-penalty-decided", Version: 1, Chinese: "不予处罚决定",
		Doc:   "Punishable findings are lawfully not punished, with reason; it counts once a second person approved it.",
		Rules: []law.Rule{law.R19, law.R41, law.Pillar17}, Append: plan, Import: true})

func (d *NoPenaltyDecided) judge(j *judgement) *event.Refusal {
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if !j.imported { // it counts from a second person's yes on, and is flagged with that
		return oversight.FirstPerson(j.e)
	}
	j.contradicted(d.Findings, punished)
	return nil
}

func (d *NoPenaltyDecided) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		s.exempt(d.Findings, 0)
		return
	}
	s.wait(waiting{event: e.ID, by: e.Actor.Person, since: obligation.FactOf(e), exempted: d.Findings})
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
	filing = obligation.Kind{Name: "filing", Owner: obligation.Authority, From: obligation.Known, Rule: law.R41, Escalates: true}

	owedFiling = []*owed{obliges(owed{place: 90, atClosing: law.ClosingNeedsPenalty,
		Kind: filing, rules: []law.Rule{law.R41}, under: "findings",
		of: func(q *asking) { q.decisions(false) }}),
		obliges(owed{place: 100, atClosing: law.ClosingNeedsPenalty,
			Kind: filing, rules: []law.Rule{law.R56, law.R41}, under: "ordered_only",
			of: func(q *asking) { q.decisions(true) }})}
)

func (q *asking) decisions(halfway bool) {
	for i := range q.st.findings {
		f := &q.st.findings[i]
		if f.marks&(importedFact|punishable) != punishable || (f.marks&(ordered|fixed) != 0) != halfway {
			continue
		}
		met := f.marks&(settled|filed) != 0
		o := obligation.Obligation{Opener: f.fact, Item: f.id, Met: met, Opened: f.index, Recorded: time.UnixMicro(q.st.bornAt(f.fact)).UTC()}
		if q.asks(met) && !q.open && q.st.is(recorded) { // its limit runs from the record, or from the finding if that came later
			o.Since = time.UnixMicro(max(q.st.bornAt(f.fact), q.st.recordKnown)).UTC()
			q.date(&o)
			o.Asked = q.answeredTo(func(w *waiting) bool { return slices.Contains(w.exempted, f.id) && o.InTime(w.since.Occurred) })
		}
		q.until(o, f.settledAt)
	}
}

var _ = stands(standing{place: 45, rule: law.R41, code: LateFiling, since: recorded,
	reads: append([]string{penaltyDecided.Name}, corrections...), says: func(_ *State, say *speech) {
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
	fact  uuid.UUID
	known int64 // microseconds since 1970
}

// bear notes that findings, from the n-th on, are punishable, if that is new.
func (s *State) bear(e *event.Event, n int) {
	for i := n; i < len(s.findings); i++ {
		if f := &s.findings[i]; f.marks&(importedFact|punishable) == punishable && s.bornAt(f.fact) == 0 {
			s.born = append(s.born, birth{f.fact, e.Recorded.UnixMicro()})
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

// filedCase is that a case was filed for findings.
type filedCase struct {
	id       string // of the case
	findings []string
	at       time.Time
}

// Filed notes that a case was filed for findings of the visit; without findings, that it does not count any more (R41, R42).
func (s *State) Filed(id string, findings []string, at time.Time) {
	if len(findings) > 0 {
		s.file(&filedCase{id, findings, at})
		return
	}
	s.filings = slices.DeleteFunc(slices.Clone(s.filings), func(f filedCase) bool { return f.id == id })
	s.again()
}

// file marks the findings of a case.
func (s *State) file(f *filedCase) {
	s.filings = append(slices.Clip(s.filings), *f)
	s.mark(f.findings, filed|disposed)
	s.settled(f.findings, f.at)
}

// settled notes when findings were first decided, or a case was filed for them.
func (s *State) settled(findings []string, at time.Time) {
	for _, id := range findings {
		if f := s.find(id); f != nil && (f.settledAt == nil || at.Before(*f.settledAt)) {
			f.settledAt = &at
		}
	}
}
