package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of an accident is judged.
type Scene struct {
	Policy       *campaign.Policy // nil for imported events: they get no flags
	SubjectKnown func(id string) bool
	Law          codes.LawLimits
	Terms        func(*State) obligation.Terms // of an accident that is reported
	j            judgement                     // of the event being judged
}

// longAgo is how old an accident is whose date is taken for a slip of the pen: the law gives hours.
const longAgo = 366 * 24 * time.Hour

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of an accident's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, reported := e.Data.(*Reported); reported != (st == nil) {
		if reported {
			return nil, event.Refuse(law.R10, law.AccidentAlreadyReported, law.Str("accident", e.Stream.ID))
		}
		return nil, event.Refuse(law.R10, law.UnknownAccident, law.Str("accident", e.Stream.ID))
	}
	sc.j = judgement{State: st, Scene: sc, Event: e}
	var r *event.Refusal
	switch d := e.Data.(type) {
	case *oversight.TermExtended:
		r = extend(&sc.j, d)
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		r = answer(&sc.j)
	default:
		return stream.Decide(&sc.j, st, sc, e)
	}
	if r != nil {
		return nil, r
	}
	return sc.j.Flags, nil
}

// Judge: at known subjects, and after it happened (R10).
func (d *Reported) Judge(j *judgement) *event.Refusal {
	sc, e := j.Scene, j.Event
	for _, s := range d.Subjects {
		if !sc.SubjectKnown(s) {
			return event.Refuse(law.R10, law.UnknownSubject, law.Str("subject", s))
		}
	}
	if d.Happened.After(e.Latest()) {
		return event.Refuse(law.R10, law.ReportedBeforeItHappened, law.At("happened_at", d.Happened), law.At("reported_at", e.Occurred))
	}
	for _, r := range d.Reports {
		if r.Learned.Before(d.Happened) || r.Reported.Before(r.Learned) {
			return event.Refuse(law.R10, law.ReportedBeforeItHappened, law.At("happened_at", d.Happened),
				law.At("reported_at", earlier(r.Learned, r.Reported)))
		}
	}
	if r := inCNY(d.Harm); r != nil {
		return r
	}
	if sc.Policy == nil {
		return nil
	}
	if e.Occurred.Sub(d.Happened) > longAgo {
		j.Flag(event.Flagged(law.R10, law.HappenedLongAgo, law.At("happened_at", d.Happened), law.At("reported_at", e.Occurred)))
	}
	d.late(j)
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Judge: harm that is added late no longer counts for the grade by the letter of the law.
func (d *CasualtiesUpdated) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	if r := inCNY(d.Harm); r != nil {
		return r
	}
	if j.Scene.Policy == nil {
		return nil
	}
	var flags []event.Deviation
	within := j.Scene.Law.CasualtyDays(st.Kind, st.Happened.In(event.Beijing).Format(time.DateOnly))
	const day = 24 * time.Hour
	if after := e.Occurred.Sub(st.Happened); after > time.Duration(within)*day && d.Harm.exceeds(st.Harm) {
		flags = append(flags, event.Flagged(law.R10, law.LateCasualties, // [law.AccidentCasualties]
			law.Int("after_days", int64(after/day)), law.Int("within_days", within)))
	}
	j.Flags = flags
	return nil
}

// exceeds reports whether h has more of anything than other.
func (h Harm) exceeds(other Harm) bool {
	return known(h.Deaths) > known(other.Deaths) || known(h.SeriousInjuries) > known(other.SeriousInjuries) ||
		known(h.Injured) > known(other.Injured) || h.loss() > other.loss()
}

// Judge: the grade must equal the worst threshold met (R10), in a year that is explained when it is not
// that of occurrence (R12).
func (d *Graded) Judge(j *judgement) *event.Refusal {
	st := j.State
	if !st.Harm.allows(d.Grade) {
		h := &st.Harm // [law.AccidentGrades]
		return event.Refuse(law.R10, law.WrongGrade, law.Str("grade", d.Grade), law.Maybe("deaths", h.Deaths),
			law.Maybe("serious_injuries", h.SeriousInjuries), law.Maybe("loss_fen", h.lossFen()), law.Str("harm_grade", h.grade()))
	}
	if j.Scene.Policy != nil && d.StatisticalYear != st.Year && d.CountingRule == "" {
		j.Flags = []event.Deviation{event.Flagged(law.R12, law.CountedInAnotherYear, law.Int("year", st.Year),
			law.Int("counted", d.StatisticalYear))}
	}
	return nil
}

// inCNY: the thresholds of Order 493 are in CNY.
func inCNY(h Harm) *event.Refusal {
	if h.DirectLoss == nil || h.DirectLoss.Currency == "CNY" {
		return nil
	}
	return event.Refuse(law.R10, law.LossNotInCNY, law.Str("currency", h.DirectLoss.Currency))
}

// lossFen is the direct loss, which [inCNY] holds to be in CNY, in fen; nil when it is unknown.
func (h *Harm) lossFen() *int64 {
	if h.DirectLoss == nil {
		return nil
	}
	return &h.DirectLoss.Amount
}

// Restate asks the rule of an accident as a whole, with the states before and after an event: a grade that the harm no longer
// gives is stale until somebody grades again (R10). It changes nothing.
func Restate(st, after *State, e *event.Event) event.Restated {
	switch e.Data.(type) {
	case *CasualtiesUpdated, *Graded, event.Correction, *oversight.ApprovalGiven:
	default:
		return event.Restated{}
	}
	if after.Stale() && e.Assurance == event.Imported { // which is not flagged
		return event.Restated{}
	}
	r := event.Restated{Asked: []event.Asked{{Code: law.GradeStale}}}
	if h := &after.Harm; after.Stale() {
		d := event.Flagged(law.R10, law.GradeStale, law.Str("grade", after.Grade), law.Maybe("deaths", h.Deaths),
			law.Maybe("serious_injuries", h.SeriousInjuries), law.Maybe("loss_fen", h.lossFen()), law.Str("harm_grade", h.grade()))
		d.Fact = after.graded
		r.True = []event.Deviation{d}
	}
	return r
}
