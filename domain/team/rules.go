package team

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the rest of the ledger says when an event of a team is judged.
type Scene struct {
	// Policy is nil for imported events: they get no flags.
	Policy *campaign.Policy
	// Person returns what is known of a person at the time of the event.
	Person func(id string) PersonFacts
}

// PersonFacts is what is known of somebody who leads or joins a team.
type PersonFacts struct {
	Known        bool
	Acknowledged bool   // the discipline rules
	SecondedTo   string // team of the secondment then in force; "" when none
	OtherTeam    string // another team of the person whose campaign overlaps; "" when none
}

// Decide judges one event of a team's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, formed := e.Data.(*Formed); formed != (st == nil) {
		if formed {
			return nil, event.Refuse(law.R17, law.TeamAlreadyFormed, "team %s is already formed as %s", e.Stream.ID, st.Name)
		}
		return nil, event.Refuse(law.R17, law.UnknownTeam, "team %s is not formed", e.Stream.ID)
	}
	switch d := e.Data.(type) {
	case *Formed:
		if d.Kind == "" && e.Assurance != event.Imported {
			return nil, event.Refuse(law.R17, law.KindRequired, "only imports may leave the kind of a team unknown")
		}
		if len(e.Stream.ID) > event.MaxVisitOwner && e.Assurance != event.Imported {
			return nil, event.Refuse(law.R17, law.TeamIDTooLong,
				"the team's visits are named %s.<uuid>, and an id has at most %d characters", e.Stream.ID, event.MaxStreamID).
				Advise(fmt.Sprintf("choose an id of at most %d characters", event.MaxVisitOwner))
		}
	case *LeaderAppointed:
		if st.Leader != "" {
			return nil, event.Refuse(law.R51, law.TeamHasLeader, "the team is led by %s, and a team has exactly one leader", st.Leader)
		}
		return enter(st, sc, e, law.R51, d.Person)
	case *LeaderChanged:
		if err := change(st, d); err != nil {
			return nil, err
		}
		return enter(st, sc, e, law.R51, d.To)
	case *MemberJoined:
		if st.Members[d.Person] {
			return nil, event.Refuse(law.R17, law.AlreadyAMember, "%s is already a member", d.Person)
		}
		return enter(st, sc, e, law.R17, d.Person)
	case *MemberLeft:
		if !st.Members[d.Person] {
			return nil, event.Refuse(law.R61, law.NotAMember, "%s is no member of the team", d.Person)
		}
	case *Activated:
		return nil, activate(st, sc)
	}
	return nil, nil
}

// change: the team passes from its present leader to somebody else (R51).
func change(st *State, d *LeaderChanged) error {
	switch {
	case st.Leader == "":
		return event.Refuse(law.R51, law.TeamHasNoLeader, "the team has no leader to hand over")
	case st.Leader != d.From:
		return event.Refuse(law.R51, law.NotTheLeader, "the team is led by %s, not by %s", st.Leader, d.From)
	case d.To == d.From:
		return event.Refuse(law.R51, law.SameLeader, "%s already leads the team", d.To)
	}
	return nil
}

// enter judges a person who comes into the team: known (refused otherwise), and bound to no
// other team at the time, and instructed once the team is at work (flags: R02, R61).
func enter(st *State, sc *Scene, e *event.Event, rule law.Rule, person string) ([]event.Deviation, error) {
	p := sc.Person(person)
	if !p.Known {
		return nil, event.Refuse(rule, law.UnknownPerson, "%s is not registered", person)
	}
	if sc.Policy == nil {
		return nil, nil
	}
	var flags []event.Deviation
	if p.SecondedTo != "" && p.SecondedTo != e.Stream.ID {
		flags = append(flags, event.Deviation{Code: law.SecondedToAnotherTeam, Rule: law.R61,
			Detail: person + " is seconded to team " + p.SecondedTo + " and comes into team " + e.Stream.ID})
	}
	if p.OtherTeam != "" {
		flags = append(flags, event.Deviation{Code: law.MemberOfTwoTeams, Rule: law.R61,
			Detail: person + " belongs to team " + p.OtherTeam + " in an overlapping period"})
	}
	if st.Active && !p.Acknowledged {
		flags = append(flags, event.Deviation{Code: law.RulesNotAcknowledged, Rule: law.R02,
			Detail: person + " comes into an active team without having acknowledged the discipline rules"})
	}
	return flags, nil
}

// activate is the gate of R02: a leader, at least one member, and everybody has acknowledged
// the discipline rules.
func activate(st *State, sc *Scene) error {
	switch {
	case st.Active:
		return event.Refuse(law.R02, law.TeamAlreadyActive, "the team is already active")
	case st.Leader == "":
		return event.Refuse(law.R02, law.TeamNeedsLeader, "the team has no leader")
	case len(st.Members) == 0:
		return event.Refuse(law.R02, law.TeamNeedsMembers, "the team has no member")
	}
	var missing []string
	if !sc.Person(st.Leader).Acknowledged {
		missing = append(missing, st.Leader)
	}
	for m := range st.Members {
		if m != st.Leader && !sc.Person(m).Acknowledged {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return event.Refuse(law.R02, law.RulesNotAcknowledged,
		"%d of the team have not acknowledged the discipline rules: %s", len(missing), strings.Join(missing, ", "))
}
