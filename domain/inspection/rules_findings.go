package inspection

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// judge accepts a new finding with an id of its own.
func (d *FindingRecorded) judge(j *judgement) *event.Refusal {
	if j.st.find(d.Finding) != nil {
		return event.Refuse(law.R19, law.FindingExists, "finding %q was recorded before", d.Finding)
	}
	if d.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, "only imports may leave the level of finding %q unknown", d.Finding)
	}
	if d.Level == "major" && len(d.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, "finding %q is major, and only imports may leave the clause unknown", d.Finding)
	}
	if r := j.known("found_by", d.FoundBy...); r != nil {
		return r
	}
	j.violated(d, j.e.Latest())
	if j.st.is(recorded) && !j.imported {
		j.flag(law.R42, law.FindingAfterRecord, "finding %s is not in the site record, which was made before", d.Finding)
	}
	return nil
}

// violated flags a violation that is dated after its finding: found is the latest time at which that was made.
func (j *judgement) violated(d *FindingRecorded, found time.Time) {
	if day := found.In(event.Beijing).Format(time.DateOnly); d.ViolatedOn > day {
		j.flag(law.R19, law.ViolatedAfterFound, "finding %s was found on %s and violated on %s", d.Finding, day, d.ViolatedOn)
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
	return event.Refuse(law.R19, law.UnknownFinding, "no finding of this inspection: %s", shorten(strings.Join(unknown, ", ")))
}

func (d *EvidenceAttached) judge(j *judgement) *event.Refusal {
	if d.Finding == "" {
		return nil
	}
	return j.findings(d.Finding)
}

// judge wants to see that the finding was put right (R20).
func (d *FixedOnSite) judge(j *judgement) *event.Refusal {
	if r := j.findings(d.Finding); r != nil {
		return r
	}
	if d.Photo == nil && !j.imported {
		j.flag(law.R20, law.FixWithoutPhoto, "no photo shows that finding %s was put right", d.Finding)
	}
	return nil
}

// judge refuses to stop an enterprise without a ground (R46).
func (d *OrderIssued) judge(j *judgement) *event.Refusal {
	if slices.Contains(j.st.orders, d.Order) {
		return event.Refuse(law.R20, law.OrderExists, "order %q was issued before", d.Order)
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if stops := d.Kind == "stop" || d.Kind == "stop-using"; stops && !j.imported && (len(d.LegalBasis) == 0 || len(d.Findings) == 0) {
		return event.Refuse(law.R46, law.StopWithoutGround,
			"order %q of kind %s has %d legal grounds and %d findings", d.Order, d.Kind, len(d.LegalBasis), len(d.Findings))
	}
	if d.Kind == "rectify-by-date" && d.Due == "" && !j.imported {
		return event.Refuse(law.R20, law.DueRequired, "order %q is to be met by a date, and only imports may leave it unknown", d.Order)
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
		j.flag(law.R20, law.DueBeforeIssued, "order %s was issued on %s and is due on %s", d.Order, j.e.Day(), d.Due)
	case d.Due > j.e.DayAfter(farOff):
		j.flag(law.R20, law.DueFarOff, "order %s was issued on %s and is due on %s, more than %d days later",
			d.Order, j.e.Day(), d.Due, farOff)
	}
}

// judge: a penalty may come long after the visit, also after its closing. A fine that no decision
// states is a contradiction of the record itself, in imports as well (R41).
func (d *PenaltyDecided) judge(j *judgement) *event.Refusal {
	if slices.Contains(j.st.penalties, d.Penalty) {
		return event.Refuse(law.R41, law.PenaltyExists, "penalty %q was decided before", d.Penalty)
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if len(d.LegalBasis) == 0 && !j.imported {
		return event.Refuse(law.R41, law.LegalBasisRequired,
			"penalty %q has no legal basis, and only imports may leave it unknown", d.Penalty)
	}
	if !d.Final && d.Fine != nil {
		j.flag(law.R41, law.FineWithoutDecision,
			"penalty %s states a fine of %d minor units of %s but no final decision", d.Penalty, d.Fine.Amount, d.Fine.Currency)
	}
	if again := j.among(d.Findings, fined); d.Kind == "fine" && again != "" {
		j.flag(law.R41, law.FinedAgain, "penalty %s fines findings that were fined before, and one act is fined once (%s): %s",
			d.Penalty, law.PenaltyOnce, again)
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
		j.flag(law.R41, law.KindBeyondAuthority, "penalty %s is of kind %s, which %s cannot decide", d.Penalty, d.Kind, j.e.Actor.Role)
	case d.Kind == "fine" && d.Fine == nil:
		j.flag(law.R41, law.FineWithoutAmount, "penalty %s is a fine whose amount its author does not know", d.Penalty)
	case onTheSpot && d.Kind == "fine":
		if most := codes.OnTheSpotFine(j.e.Day()); d.Fine.Currency != "CNY" || d.Fine.Amount > most {
			j.flag(law.R41, law.FineBeyondAuthority, "penalty %s is a fine of %d minor units of %s; %s decides on the spot up to %d fen",
				d.Penalty, d.Fine.Amount, d.Fine.Currency, j.e.Actor.Role, most)
		}
	}
}

// among returns those of the findings that bear a mark, as a list for a message.
func (j *judgement) among(ids []string, m findingMark) string {
	var marked []string
	for _, id := range ids {
		if f := j.st.find(id); f != nil && f.marks&m != 0 {
			marked = append(marked, id)
		}
	}
	return shorten(strings.Join(marked, ", "))
}

// contradicted flags findings that are punished and lawfully not punished at once, whichever
// was decided first.
func (j *judgement) contradicted(ids []string, earlier findingMark) {
	if both := j.among(ids, earlier); both != "" {
		j.flag(law.R41, law.PunishedAndExempted, "there is a penalty and a decision not to punish for findings %s", both)
	}
}

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
