package casefile

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What in a penalty is compared with other streams: the accident that it is for, and the penalties before it. Package domain does.

// The codes of that.
const (
	FineOutsideRange  law.Code = "fine-outside-range"
	RepetitionUnknown law.Code = "repetition-unknown"
)

var (
	// [law.SafetyAccidentFine], [law.SafetyAccidentFineBefore]
	_ = law.Declare(law.OfCases, law.Text{Code: FineOutsideRange, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "事故罚款超出法定幅度", Title: "The fine for an accident is outside of the range of the law",
		SaysZH: "处罚 {penalty} 为{grade:accident-grade} {accident} 罚款 {fine_minor}（{currency}），" +
			"事故发生之日的法定幅度为 {least_fen} 至 {most_fen} 分（安全生产法 {version} 第 {article} 条）",
		Says: "penalty {penalty} fines accident {accident}, graded {grade:accident-grade}, with {fine_minor} ({currency}); the law of the day " +
			"of the accident has {least_fen} to {most_fen} fen (安全生产法 {version} Art. {article})",
		RemedyZH: "核对事故等级和罚款数额；变更处罚决定（decision-changed），更正误记的数额或从重情形，或说明减轻处罚等原因",
		Remedy: "check the grade and the amount; change the decision (decision-changed), correct an amount or aggravation that was " +
			"recorded wrongly, or explain it, as by a mitigation"})
	// [law.MeasuresSeverity]
	_ = law.Declare(law.OfCases, law.Text{Code: RepetitionUnknown, Acts: law.Flags, Rules: []law.Rule{law.R47},
		TitleZH: "以再次违法从重，未见此前处罚", Title: "Aggravated by a repetition that is not known",
		SaysZH: "处罚 {penalty} 以一年内同一违法行为再次受处罚从重，账本中 {since_on} 以来没有对该当事人同一条款的处罚",
		Says: "penalty {penalty} is aggravated by a repetition; since {since_on} the ledger has no penalty of the party under the same " +
			"clause",
		RemedyZH: "补记此前的处罚，更正从重情形（aggravated），或说明原因",
		Remedy:   "record the earlier penalty, correct what aggravates (aggravated), or explain it"})
)

// Stands returns the penalty of a decision as it counts now; ok is false where another decision has taken its place, or none counts.
func (s *State) Stands(d *PenaltyDecided) (p Penalty, ok bool) {
	i := s.penalty(d.Penalty)
	if i < 0 || !d.Final {
		return p, false
	}
	p = s.penalties[i].Penalty
	return p, p.Final && !p.Annulled
}

// Repeats reports whether a decision says that the same violation was punished before.
func (d *PenaltyDecided) Repeats() bool { return slices.Contains(d.Aggravated, codes.Repeated) }

// Grave reports whether it says that the accident is especially grave.
func (d *PenaltyDecided) Grave() bool { return slices.Contains(d.Aggravated, codes.EspeciallyGrave) }

// FinesUnit reports whether it is a fine of a unit for an accident: that of its head is a share of an income, which the ledger does not
// know (安全生产法 Art. 95).
func (d *PenaltyDecided) FinesUnit() bool { return d.Accident != "" && d.Kind == fine && !d.OfPerson }
