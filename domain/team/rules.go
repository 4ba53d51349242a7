package team

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
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
			return nil, event.Refuse("R17", "team-already-formed", "nothing is left to do; another team needs another id",
				"team %s is already formed as %s", e.Stream.ID, st.Name)
		}
		return nil, event.Refuse("R17", "unknown-team", "append team-formed first", "team %s is not formed", e.Stream.ID)
	}
	switch d := e.Data.(type) {
	case *Formed:
		if d.Kind == "" && e.Assurance != event.Imported {
			return nil, event.Refuse("R17", "kind-required", "state kind comprehensive or specialist",
				"only imports may leave the kind of a team unknown")
		}
		if len(e.Stream.ID) > event.MaxVisitOwner && e.Assurance != event.Imported {
			return nil, event.Refuse("R17", "team-id-too-long", fmt.Sprintf("choose an id of at most %d characters", event.MaxVisitOwner),
				"the team's visits are named %s.<uuid>, and an id has at most %d characters", e.Stream.ID, event.MaxStreamID)
		}
	case *LeaderAppointed:
		if st.Leader != "" {
			return nil, event.Refuse("R51", "team-has-leader", "append leader-changed with a handover",
				"the team is led by %s, and a team has exactly one leader", st.Leader)
		}
		return enter(st, sc, e, "R51", d.Person)
	case *LeaderChanged:
		if err := change(st, d); err != nil {
			return nil, err
		}
		return enter(st, sc, e, "R51", d.To)
	case *MemberJoined:
		if st.Members[d.Person] {
			return nil, event.Refuse("R17", "already-a-member", "nothing is left to do", "%s is already a member", d.Person)
		}
		return enter(st, sc, e, "R17", d.Person)
	case *MemberLeft:
		if !st.Members[d.Person] {
			return nil, event.Refuse("R61", "not-a-member", "name a present member", "%s is no member of the team", d.Person)
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
		return event.Refuse("R51", "team-has-no-leader", "append leader-appointed", "the team has no leader to hand over")
	case st.Leader != d.From:
		return event.Refuse("R51", "not-the-leader", "name the present leader in from",
			"the team is led by %s, not by %s", st.Leader, d.From)
	case d.To == d.From:
		return event.Refuse("R51", "same-leader", "name the next leader in to", "%s already leads the team", d.To)
	}
	return nil
}

// enter judges a person who comes into the team: known (refused otherwise), and bound to no
// other team at the time, and instructed once the team is at work (flags: R02, R61).
func enter(st *State, sc *Scene, e *event.Event, rule, person string) ([]event.Deviation, error) {
	p := sc.Person(person)
	if !p.Known {
		return nil, event.Refuse(rule, "unknown-person", "append person-registered for this id first",
			"%s is not registered", person)
	}
	if sc.Policy == nil {
		return nil, nil
	}
	var flags []event.Deviation
	if p.SecondedTo != "" && p.SecondedTo != e.Stream.ID {
		flags = append(flags, event.Deviation{Code: "seconded-to-another-team", Rule: "R61",
			Detail: person + " is seconded to team " + p.SecondedTo + " and comes into team " + e.Stream.ID})
	}
	if p.OtherTeam != "" {
		flags = append(flags, event.Deviation{Code: "member-of-two-teams", Rule: "R61",
			Detail: person + " belongs to team " + p.OtherTeam + " in an overlapping period"})
	}
	if st.Active && !p.Acknowledged {
		flags = append(flags, event.Deviation{Code: "rules-not-acknowledged", Rule: "R02",
			Detail: person + " comes into an active team without having acknowledged the discipline rules"})
	}
	return flags, nil
}

// activate is the gate of R02: a leader, at least one member, and everybody has acknowledged
// the discipline rules.
func activate(st *State, sc *Scene) error {
	switch {
	case st.Active:
		return event.Refuse("R02", "team-already-active", "nothing is left to do", "the team is already active")
	case st.Leader == "":
		return event.Refuse("R02", "team-needs-leader", "append leader-appointed", "the team has no leader")
	case len(st.Members) == 0:
		return event.Refuse("R02", "team-needs-members", "append member-joined", "the team has no member")
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
	return event.Refuse("R02", "rules-not-acknowledged", "append discipline-rules-acknowledged for each of them",
		"%d of the team have not acknowledged the discipline rules: %s", len(missing), strings.Join(missing, ", "))
}
