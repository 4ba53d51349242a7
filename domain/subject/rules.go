package subject

import (
	"errors"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of a subject is judged.
type Scene struct {
	// Policy is nil for imported events: they get no flags.
	Policy *campaign.Policy
	// Known reports whether a subject is in the register.
	Known func(id string) bool
	// Heir returns the subject that a subject is now: itself, or what it has merged into.
	Heir func(id string) string
	// Holiday returns the name of the holiday in which an instant lies, "" when none.
	Holiday func(at time.Time) string
	// Supervises reports whether a unit is competent for a subject (R75).
	Supervises func(subject, unit string) bool
	// HolderOf returns the subject that has a valid credit code, "" when none.
	HolderOf func(uscc string) string
	// UnknownUnit reports whether there is a table of units and it does not have an id.
	UnknownUnit func(id string) bool
	// Competent reports whether the table of units has one for a county and sectors.
	Competent func(county string, sectors []string) bool
	j         judgement // of the event being judged
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a subject's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, registered := e.Data.(*Registered); registered != (st == nil) {
		if registered {
			return nil, event.Refuse(law.R18, law.SubjectAlreadyRegistered, law.Str("subject", e.Stream.ID))
		}
		return nil, event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", e.Stream.ID))
	}
	ref, _, ok := oversight.Answer(e.Data)
	if !ok {
		return stream.Decide(&sc.j, st, sc, e)
	}
	if r := answer(&judgement{State: st, Scene: sc, Event: e}, ref); r != nil {
		return nil, r
	}
	return nil, nil
}

// Judge: from a register or discovered in the field alike (R06), with a competent unit (R75)
// and a credit code that is right or explained (R54).
func (d *Registered) Judge(j *judgement) *event.Refusal {
	e := j.Event
	if d.Discovery == "import" && e.Assurance != event.Imported {
		return event.Refuse(law.R06, law.NotAnImport)
	}
	j.Flags = supervised(j.Scene, d)
	if d.USCC == "" {
		return nil
	}
	return identify(j, d.USCC, d.USCCReason)
}

func (d *StatusRecorded) Judge(j *judgement) *event.Refusal {
	if e := j.Event; j.Scene.Policy != nil && d.Since > e.Day() {
		j.Flags = []event.Deviation{event.Flagged(law.R28, law.StatusInTheFuture,
			law.Str("recorded_on", e.Day()), law.Str("production", d.Production), law.Str("since_on", d.Since))}
	}
	worksInHoliday(j, d)
	return nil
}

// supervised flags a subject that no unit of the table in force supervises, and departments that
// the table does not have (R75). Before a table is published there is nothing to compare with.
func supervised(sc *Scene, d *Registered) (flags []event.Deviation) {
	if sc.Policy == nil || !sc.UnknownUnit("") {
		return nil
	}
	var unknown []string
	for _, id := range d.Departments {
		if sc.UnknownUnit(id) {
			unknown = append(unknown, id)
		}
	}
	if unknown != nil {
		flags = append(flags, event.Flagged(law.R75, law.UnknownDepartment, law.List("units", unknown)))
	}
	if len(d.Departments) == 0 && !sc.Competent(codes.CountyOf(d.Region), d.Sectors) {
		flags = append(flags, event.Flagged(law.R75, law.NoCompetentDepartment, law.Str("region", d.Region), law.List("sectors", d.Sectors)))
	}
	return flags
}

// identify: a credit code with a wrong form or check character needs a reason, and is flagged;
// a valid code that another subject has is flagged (R54).
func identify(j *judgement, uscc, reason string) *event.Refusal {
	sc, id := j.Scene, j.Event.Stream.ID
	if err := codes.CheckUSCC(uscc); err != nil {
		var place, expected law.Value // not known of a wrong form
		var wrong codes.USCCCheckError
		formed := errors.As(err, &wrong)
		if formed {
			place, expected = law.Int("place", wrong.Place), law.Str("expected", string(wrong.Want))
		}
		switch {
		case reason == "" && !formed:
			return event.Refuse(law.R54, law.USCCMalformed, law.Str("uscc", uscc))
		case reason == "":
			return event.Refuse(law.R54, law.USCCCheckFailed, law.Str("uscc", uscc), place, expected)
		case sc.Policy == nil:
			return nil
		}
		j.Flags = append(j.Flags, event.Flagged(law.R54, law.USCCCheckFailed, law.Str("uscc", uscc), place, expected, law.Str("reason", reason)))
		return nil
	}
	if other := sc.HolderOf(uscc); sc.Policy != nil && other != "" && other != id {
		j.Flags = append(j.Flags, event.Flagged(law.R18, law.USCCShared, law.Str("uscc", uscc)))
	}
	return nil
}

// Judge: once (R18). It counts once a second person approved it.
func (d *Excluded) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	if r := oversight.FirstPerson(e); r != nil {
		return r
	}
	switch asked, _, waits := st.Excluding(); {
	case st.Excluded:
		return event.Refuse(law.R18, law.SubjectAlreadyExcluded, law.Str("subject", e.Stream.ID))
	case waits:
		return event.Refuse(law.R18, law.ExclusionWaits, law.Str("event", asked.Event.String()), law.Str("subject", e.Stream.ID))
	}
	return nil
}

// answer: by another person of the office than wrote in this stream (R18, pillar 17); to work in a holiday by two bodies (R26).
func answer(j *judgement, ref event.Ref) *event.Refusal {
	st, e := j.State, j.Event
	filing := st.workOf(ref.ID())
	switch {
	case filing < 0 && !st.asks(ref.ID()):
		return oversight.NothingWaits(e, ref)
	case !e.Names(ref):
		return oversight.OtherBytes(ref)
	case filing >= 0:
		return decides(j, &st.works[filing])
	}
	if e.Actor.Role != event.RoleSupervisionOffice {
		return event.Refuse(law.R18, law.OfficeApproves, law.Str("role", e.Actor.Role))
	}
	if r := oversight.SecondPerson(e, st.people); r != nil {
		return r
	}
	return nil
}
