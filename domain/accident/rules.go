package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the rest of the ledger says when an event of an accident is judged.
type Scene struct {
	Policy       *campaign.Policy // nil for imported events: they get no flags
	SubjectKnown func(id string) bool
}

// longAgo is how old an accident is whose date is taken for a slip of the pen: the law gives hours.
const longAgo = 366 * 24 * time.Hour

// Decide judges one event of an accident's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, reported := e.Data.(*Reported); reported != (st == nil) {
		if reported {
			return nil, event.Refuse(law.R10, law.AccidentAlreadyReported, law.Str("accident", e.Stream.ID))
		}
		return nil, event.Refuse(law.R10, law.UnknownAccident, law.Str("accident", e.Stream.ID))
	}
	switch d := e.Data.(type) {
	case *Reported:
		return report(sc, e, d)
	case *CasualtiesUpdated:
		return update(st, sc, e, d)
	case *Graded:
		return grade(st, sc, d)
	}
	return nil, nil
}

// report: at known subjects, and after it happened (R10).
func report(sc *Scene, e *event.Event, d *Reported) ([]event.Deviation, error) {
	for _, s := range d.Subjects {
		if !sc.SubjectKnown(s) {
			return nil, event.Refuse(law.R10, law.UnknownSubject, law.Str("subject", s))
		}
	}
	if d.Happened.After(e.Latest()) {
		return nil, event.Refuse(law.R10, law.ReportedBeforeItHappened, law.At("happened_at", d.Happened), law.At("reported_at", e.Occurred))
	}
	if err := inCNY(d.Harm); err != nil {
		return nil, err
	}
	if sc.Policy != nil && e.Occurred.Sub(d.Happened) > longAgo {
		return []event.Deviation{event.Flagged(law.R10, law.HappenedLongAgo,
			law.At("happened_at", d.Happened), law.At("reported_at", e.Occurred))}, nil
	}
	return nil, nil
}

// update: a grade that the new harm no longer gives is stale until somebody grades again
// (R10), and harm that is added late no longer counts for the grade by the letter of the law.
func update(st *State, sc *Scene, e *event.Event, d *CasualtiesUpdated) (flags []event.Deviation, err error) {
	if err := inCNY(d.Harm); err != nil {
		return nil, err
	}
	if sc.Policy == nil {
		return nil, nil
	}
	window := codes.CasualtyWindow(st.Kind)
	if after := e.Occurred.Sub(st.Happened); after > window && d.Harm.exceeds(st.Harm) {
		flags = append(flags, event.Flagged(law.R10, law.LateCasualties, // [law.AccidentCasualties]
			law.Int("after_days", int64(after/(24*time.Hour))), law.Int("within_days", int64(window/(24*time.Hour)))))
	}
	if h := &d.Harm; st.Grade != "" && !h.allows(st.Grade) {
		flags = append(flags, event.Flagged(law.R10, law.GradeStale, law.Str("grade", st.Grade), law.Maybe("deaths", h.Deaths),
			law.Maybe("serious_injuries", h.SeriousInjuries), law.Maybe("loss_fen", h.lossFen()), law.Str("harm_grade", h.grade())))
	}
	return flags, nil
}

// exceeds reports whether h has more of anything than other.
func (h Harm) exceeds(other Harm) bool {
	return known(h.Deaths) > known(other.Deaths) || known(h.SeriousInjuries) > known(other.SeriousInjuries) ||
		known(h.Injured) > known(other.Injured) || h.loss() > other.loss()
}

// grade: must equal the worst threshold met (R10), in a year that is explained when it is not
// that of occurrence (R12).
func grade(st *State, sc *Scene, d *Graded) ([]event.Deviation, error) {
	if !st.Harm.allows(d.Grade) {
		h := &st.Harm // [law.AccidentGrades]
		return nil, event.Refuse(law.R10, law.WrongGrade, law.Str("grade", d.Grade), law.Maybe("deaths", h.Deaths),
			law.Maybe("serious_injuries", h.SeriousInjuries), law.Maybe("loss_fen", h.lossFen()), law.Str("harm_grade", h.grade()))
	}
	if sc.Policy != nil && d.StatisticalYear != st.Year && d.CountingRule == "" {
		return []event.Deviation{event.Flagged(law.R12, law.CountedInAnotherYear,
			law.Int("year", st.Year), law.Int("counted", d.StatisticalYear))}, nil
	}
	return nil, nil
}

// inCNY: the thresholds of Order 493 are in CNY.
func inCNY(h Harm) error {
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
