package accident

import (
	"fmt"
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
	j            judgement // of the event being judged
}

// longAgo is how old an accident is whose date is taken for a slip of the pen: the law gives hours.
const longAgo = 366 * 24 * time.Hour

// fact is an event of an accident: it judges and folds itself.
type fact interface {
	event.Data
	judge(*judgement) *event.Refusal
	fold(*State, *event.Event)
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.Accident, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement struct {
	st    *State // nil: the stream is new
	sc    *Scene
	e     *event.Event
	flags []event.Deviation
}

// Decide judges one event of an accident's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, reported := e.Data.(*Reported); reported != (st == nil) {
		if reported {
			return nil, event.Refuse(law.R10, law.AccidentAlreadyReported, "accident %s is already reported", e.Stream.ID)
		}
		return nil, event.Refuse(law.R10, law.UnknownAccident, "accident %s is not reported", e.Stream.ID)
	}
	d, ok := e.Data.(fact)
	if !ok {
		return nil, event.Elsewhere(e)
	}
	j := &sc.j
	*j = judgement{st: st, sc: sc, e: e}
	if r := d.judge(j); r != nil {
		return nil, r
	}
	return j.flags, nil
}

// judge: at known subjects, and after it happened (R10).
func (d *Reported) judge(j *judgement) *event.Refusal {
	sc, e := j.sc, j.e
	for _, s := range d.Subjects {
		if !sc.SubjectKnown(s) {
			return event.Refuse(law.R10, law.UnknownSubject,
				"subject %s is not in the register", s)
		}
	}
	if d.Happened.After(e.Latest()) {
		return event.Refuse(law.R10, law.ReportedBeforeItHappened,
			"happened %s lies after the report of %s", d.Happened.Format(time.RFC3339), e.Occurred.Format(time.RFC3339))
	}
	if r := inCNY(d.Harm); r != nil {
		return r
	}
	if sc.Policy != nil && e.Occurred.Sub(d.Happened) > longAgo {
		j.flags = []event.Deviation{{Code: law.HappenedLongAgo, Rule: law.R10,
			Detail: fmt.Sprintf("happened %s, reported %s: more than a year later",
				d.Happened.Format(time.RFC3339), e.Occurred.Format(time.RFC3339))}}
	}
	return nil
}

// judge: a grade that the new harm no longer gives is stale until somebody grades again
// (R10), and harm that is added late no longer counts for the grade by the letter of the law.
func (d *CasualtiesUpdated) judge(j *judgement) *event.Refusal {
	st, e := j.st, j.e
	if r := inCNY(d.Harm); r != nil {
		return r
	}
	if j.sc.Policy == nil {
		return nil
	}
	var flags []event.Deviation
	window := codes.CasualtyWindow(st.Kind)
	if after := e.Occurred.Sub(st.Happened); after > window && d.Harm.exceeds(st.Harm) {
		flags = append(flags, event.Deviation{Code: law.LateCasualties, Rule: law.R10,
			Detail: fmt.Sprintf("more harm is stated %d days after the accident; within %d days it is added to the accident's (%s)",
				after/(24*time.Hour), window/(24*time.Hour), law.AccidentCasualties)})
	}
	if st.Grade != "" && !d.Harm.allows(st.Grade) {
		flags = append(flags, event.Deviation{Code: law.GradeStale, Rule: law.R10,
			Detail: fmt.Sprintf("graded %s; with %s the grade is %s until graded again", st.Grade, d.Harm, d.Harm.grade())})
	}
	j.flags = flags
	return nil
}

// exceeds reports whether h has more of anything than other.
func (h Harm) exceeds(other Harm) bool {
	return known(h.Deaths) > known(other.Deaths) || known(h.SeriousInjuries) > known(other.SeriousInjuries) ||
		known(h.Injured) > known(other.Injured) || h.loss() > other.loss()
}

// judge: the grade must equal the worst threshold met (R10), in a year that is explained when it is not
// that of occurrence (R12).
func (d *Graded) judge(j *judgement) *event.Refusal {
	st := j.st
	if !st.Harm.allows(d.Grade) {
		return event.Refuse(law.R10, law.WrongGrade,
			"grade %s is stated; %s give %s (%s)", d.Grade, st.Harm, st.Harm.grade(), law.AccidentGrades).
			Advise("state grade " + st.Harm.grade() + ", or append accident-casualties-updated first")
	}
	if j.sc.Policy != nil && d.StatisticalYear != st.Year && d.CountingRule == "" {
		j.flags = []event.Deviation{{Code: law.CountedInAnotherYear, Rule: law.R12,
			Detail: fmt.Sprintf("happened in %d, counted in %d, and no counting rule is stated", st.Year, d.StatisticalYear)}}
	}
	return nil
}

// inCNY: the thresholds of Order 493 are in CNY.
func inCNY(h Harm) *event.Refusal {
	if h.DirectLoss == nil || h.DirectLoss.Currency == "CNY" {
		return nil
	}
	return event.Refuse(law.R10, law.LossNotInCNY, "the direct loss is in %s; the grades count CNY", h.DirectLoss.Currency)
}

// String names the three columns of the grade.
func (h Harm) String() string {
	people := func(n *int64, what string) string {
		if n == nil {
			return "an unknown number of " + what
		}
		return fmt.Sprintf("%d %s", *n, what)
	}
	loss := "an unknown direct loss"
	if m := h.DirectLoss; m != nil {
		loss = fmt.Sprintf("a direct loss of %d.%02d %s", m.Amount/100, m.Amount%100, m.Currency)
	}
	return people(h.Deaths, "deaths") + ", " + people(h.SeriousInjuries, "serious injuries") + " and " + loss
}
