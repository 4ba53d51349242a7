package subject

import (
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// Scene is what the rest of the ledger says when an event of a subject is judged.
type Scene struct {
	// Policy is nil for imported events: they get no flags.
	Policy *campaign.Policy
	// HolderOf returns the subject that has a valid credit code, "" when none.
	HolderOf    func(uscc string) string
	PersonKnown func(id string) bool
}

// Decide judges one event of a subject's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, registered := e.Data.(*Registered); registered != (st == nil) {
		if registered {
			return nil, event.Refuse("R18", "subject-already-registered", "nothing is left to do; another subject needs another id",
				"subject %s is already in the register", e.Stream.ID)
		}
		return nil, event.Refuse("R18", "unknown-subject", "append subject-registered first",
			"subject %s is not in the register", e.Stream.ID)
	}
	switch d := e.Data.(type) {
	case *Registered:
		return register(sc, e, d)
	case *Identified:
		return identify(sc, e.Stream.ID, d.USCC, d.Reason)
	case *Excluded:
		return exclude(st, sc, e, d)
	}
	return nil, nil
}

// register: from a register or discovered in the field alike (R06), with at least one
// competent department (R75) and a credit code that is right or explained (Decisions 11).
func register(sc *Scene, e *event.Event, d *Registered) ([]event.Deviation, error) {
	if d.Discovery == "import" && e.Assurance != event.Imported {
		return nil, event.Refuse("R06", "not-an-import", "state discovery register or field",
			"discovery import is for imported records, and this event is not one")
	}
	if len(d.Departments) == 0 && len(codes.LeadDepartments(d.Sectors...)) == 0 {
		return nil, event.Refuse("R75", "no-competent-department", "name the competent department in departments",
			"the subject names no department and its sectors %v imply none", d.Sectors)
	}
	if d.USCC == "" {
		return nil, nil
	}
	return identify(sc, e.Stream.ID, d.USCC, d.USCCReason)
}

// identify: a credit code with a wrong form or check character needs a reason, and is flagged;
// a valid code that another subject has is flagged (Decisions 11).
func identify(sc *Scene, id, uscc, reason string) ([]event.Deviation, error) {
	if err := codes.CheckUSCC(uscc); err != nil {
		if reason == "" {
			field := "correct the code, or state in uscc_reason (subject-identified: reason) why it is entered as it is"
			code := "uscc-check-failed"
			if errors.Is(err, codes.ErrUSCCForm) {
				code = "uscc-malformed"
			}
			return nil, event.Refuse("R54", code, field, "credit code %s: %v", uscc, err)
		}
		if sc.Policy == nil {
			return nil, nil
		}
		return []event.Deviation{{Code: "uscc-check-failed", Rule: "R54",
			Detail: fmt.Sprintf("credit code %s: %v; reason given: %s", uscc, err, reason)}}, nil
	}
	if other := sc.HolderOf(uscc); sc.Policy != nil && other != "" && other != id {
		return []event.Deviation{{Code: "uscc-shared", Rule: "R18",
			Detail: fmt.Sprintf("another subject has the credit code %s too", uscc)}}, nil
	}
	return nil, nil
}

// exclude: once, and approved by a known person other than the author (R18).
func exclude(st *State, sc *Scene, e *event.Event, d *Excluded) ([]event.Deviation, error) {
	if st.Excluded {
		return nil, event.Refuse("R18", "subject-already-excluded", "nothing is left to do",
			"subject %s is already excluded from coverage", e.Stream.ID)
	}
	if !sc.PersonKnown(d.Approver) {
		return nil, event.Refuse("R18", "exclusion-needs-approver", "name a registered person as approver",
			"the approver %q is not registered", d.Approver)
	}
	if sc.Policy != nil && d.Approver == e.Actor.Person {
		return []event.Deviation{{Code: "self-approved", Rule: "R18",
			Detail: d.Approver + " excluded the subject and approved it too"}}, nil
	}
	return nil, nil
}
