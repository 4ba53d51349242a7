package inspection

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// finding accepts a new finding with an id of its own.
func (j *judgement) finding(d *FindingRecorded) *event.Refusal {
	if j.st.find(d.Finding) != nil {
		return event.Refuse(law.R19, law.FindingExists, law.Str("finding", d.Finding))
	}
	if d.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, law.Str("finding", d.Finding))
	}
	if d.Level == "major" && len(d.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, law.Str("finding", d.Finding))
	}
	if r := j.known("found_by", d.FoundBy...); r != nil {
		return r
	}
	j.violated(d, j.e.Latest())
	if j.st.is(recorded) && !j.imported {
		j.flag(law.R42, law.FindingAfterRecord, law.Str("finding", d.Finding))
	}
	return nil
}

// violated flags a violation that is dated after its finding: found is the latest time at which that was made.
func (j *judgement) violated(d *FindingRecorded, found time.Time) {
	if day := found.In(event.Beijing).Format(time.DateOnly); d.ViolatedOn > day {
		j.flag(law.R19, law.ViolatedAfterFound, law.Str("finding", d.Finding), law.Str("found_on", day), law.Str("violated_on", d.ViolatedOn))
	}
}

// findings refuses names of findings that the visit does not have.
func (j *judgement) findings(ids ...string) *event.Refusal {
	var unknown []string
	for _, id := range ids {
		if j.st.find(id) == nil {
			unknown = append(unknown, id)
		}
	}
	if unknown == nil {
		return nil
	}
	return event.Refuse(law.R19, law.UnknownFinding, law.List("findings", unknown))
}

func (j *judgement) evidence(d *EvidenceAttached) *event.Refusal {
	if d.Finding == "" {
		return nil
	}
	return j.findings(d.Finding)
}

// fix wants to see that the finding was put right (R20).
func (j *judgement) fix(d *FixedOnSite) *event.Refusal {
	if r := j.findings(d.Finding); r != nil {
		return r
	}
	if d.Photo == nil && !j.imported {
		j.flag(law.R20, law.FixWithoutPhoto, law.Str("finding", d.Finding))
	}
	return nil
}

// measure refuses to stop an enterprise without a ground (R46).
func (j *judgement) measure(d *OrderIssued) *event.Refusal {
	if slices.Contains(j.st.orders, d.Order) {
		return event.Refuse(law.R20, law.OrderExists, law.Str("order", d.Order))
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if stops := d.Kind == "stop" || d.Kind == "stop-using"; stops && !j.imported && (len(d.LegalBasis) == 0 || len(d.Findings) == 0) {
		return event.Refuse(law.R46, law.StopWithoutGround, law.Str("order", d.Order), law.Str("kind", d.Kind),
			law.Int("grounds", len(d.LegalBasis)), law.Int("finding_count", len(d.Findings)))
	}
	if d.Kind == "rectify-by-date" && d.Due == "" && !j.imported {
		return event.Refuse(law.R20, law.DueRequired, law.Str("order", d.Order))
	}
	j.due(d)
	return nil
}

// farOff is how many days after an order its date is taken for a slip of the pen: practice is 30,
// and a stop lasts six months at most.
const farOff = 366

// due flags a date of an order that cannot be meant (R20).
func (j *judgement) due(d *OrderIssued) {
	switch {
	case d.Due == "":
	case d.Due < j.e.Day():
		j.flag(law.R20, law.DueBeforeIssued, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due))
	case d.Due > j.e.DayAfter(farOff):
		j.flag(law.R20, law.DueFarOff, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due),
			law.Int("most_days", farOff))
	}
}

// penalty may come long after the visit, also after its closing. A fine that no decision
// states is a contradiction of the record itself, in imports as well (R41).
func (j *judgement) penalty(d *PenaltyDecided) *event.Refusal {
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
	j.contradicted(d.Findings, pardoned)
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
		if most := codes.OnTheSpotFine(j.e.Day()); d.Fine.Currency != "CNY" || d.Fine.Amount > most {
			j.flag(law.R41, law.FineBeyondAuthority, law.Str("penalty", d.Penalty), law.Int("fine_minor", d.Fine.Amount),
				law.Str("currency", d.Fine.Currency), law.Str("role", j.e.Actor.Role), law.Int("most_fen", most))
		}
	}
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

func (j *judgement) noPenalty(d *NoPenaltyDecided) *event.Refusal {
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if !j.imported { // it counts from a second person's yes on, and is flagged with that
		return oversight.FirstPerson(j.e)
	}
	j.contradicted(d.Findings, punished)
	return nil
}
