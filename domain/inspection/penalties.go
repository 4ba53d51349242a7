package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Penalties: R41, 既查清问题、又处罚到位: what is punishable is punished, or lawfully not; R56, 绝不允许以整改代替处罚.

// PenaltyDecided punishes one or more findings.
type PenaltyDecided struct {
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
// for the department that has the duty.
func (j *judgement) authority(d *PenaltyDecided) {
	onTheSpot := j.e.Actor.Role == event.RoleInspector || j.e.Actor.Role == event.RoleTeamLeader
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
	s.acts(d.Findings, e)
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
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57). It counts from the approval of a second person on; in imports at once.
type NoPenaltyDecided struct {
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

	_ = obliges(owed{place: 90, atClosing: law.ClosingNeedsPenalty,
		Kind: filing, rules: []law.Rule{law.R41}, under: "findings",
		of: func(q *asking) { q.decisions(false) }})
	_ = obliges(owed{place: 100, atClosing: law.ClosingNeedsPenalty,
		Kind: filing, rules: []law.Rule{law.R56, law.R41}, under: "ordered_only",
		of: func(q *asking) { q.decisions(true) }})
)

func (q *asking) decisions(halfway bool) {
	for i := range q.st.findings {
		f := &q.st.findings[i]
		if f.marks&importedFact == 0 && f.marks&punishable != 0 && (f.marks&(ordered|fixed) != 0) == halfway {
			q.owe(&obligation.Fact{Event: f.fact}, f.id, f.marks&settled != 0, nil)
		}
	}
}
