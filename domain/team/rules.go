package team

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of a team is judged.
type Scene struct {
	// Policy is nil for imported events: they get no flags.
	Policy *campaign.Policy
	// Rules is the version of the rules of discipline in force, "" where none are published.
	Rules string
	// Person returns what is known of a person at the time of the event.
	Person func(id string) PersonFacts
	j      judgement // of the event being judged
}

// PersonFacts is what is known of somebody who leads or joins a team.
type PersonFacts struct {
	Known        bool
	Acknowledged bool   // the discipline rules in force
	SecondedTo   string // team of the secondment then in force; "" when none
	OtherTeam    string // another team of the person whose campaign overlaps; "" when none
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a team's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, formed := e.Data.(*Formed); formed != (st == nil) {
		if formed {
			return nil, event.Refuse(law.R17, law.TeamAlreadyFormed, law.Str("team", e.Stream.ID), law.Str("name", st.Name))
		}
		return nil, event.Refuse(law.R17, law.UnknownTeam, law.Str("team", e.Stream.ID))
	}
	return stream.Decide(&sc.j, st, sc, e)
}

func (d *Formed) Judge(j *judgement) *event.Refusal {
	e := j.Event
	if d.Kind == "" && e.Assurance != event.Imported {
		return event.Refuse(law.R17, law.KindRequired)
	}
	if len(e.Stream.ID) > event.MaxVisitOwner && e.Assurance != event.Imported {
		return event.Refuse(law.R17, law.TeamIDTooLong, law.Str("team", e.Stream.ID), law.Int("most", event.MaxVisitOwner))
	}
	return nil
}

func (d *ScopeAssigned) Judge(*judgement) *event.Refusal { return nil }

func (d *LeaderAppointed) Judge(j *judgement) *event.Refusal {
	if st := j.State; st.Leader != "" {
		return event.Refuse(law.R51, law.TeamHasLeader, law.Str("leader", st.Leader))
	}
	return enter(j, law.R51, "person", d.Person)
}

// Judge: the team passes from its present leader to somebody else (R51).
func (d *LeaderChanged) Judge(j *judgement) *event.Refusal {
	switch st := j.State; {
	case st.Leader == "":
		return event.Refuse(law.R51, law.TeamHasNoLeader)
	case st.Leader != d.From:
		return event.Refuse(law.R51, law.NotTheLeader, law.Str("team", j.Event.Stream.ID), law.Str("leader", st.Leader),
			law.Str("person", d.From))
	case d.To == d.From:
		return event.Refuse(law.R51, law.SameLeader, law.Str("person", d.To))
	}
	return enter(j, law.R51, "to", d.To)
}

func (d *MemberJoined) Judge(j *judgement) *event.Refusal {
	if j.State.Members[d.Person] {
		return event.Refuse(law.R17, law.AlreadyAMember, law.Str("person", d.Person))
	}
	return enter(j, law.R17, "person", d.Person)
}

func (d *MemberLeft) Judge(j *judgement) *event.Refusal {
	if !j.State.Members[d.Person] {
		return event.Refuse(law.R61, law.NotAMember, law.Str("person", d.Person))
	}
	return nil
}

// Judge: somebody who is known, and neither is nor was of the team (R60).
func (d *ObserverAssigned) Judge(j *judgement) *event.Refusal {
	if !j.Scene.Person(d.Observer).Known {
		return event.Refuse(law.R60, law.UnknownPerson, law.Str("field", "observer"), law.List("persons", []string{d.Observer}))
	}
	if j.State.Knew(d.Observer) {
		return event.Refuse(law.R60, law.ObserverOfTheTeam, law.Str("person", d.Observer), law.Str("team", j.Event.Stream.ID))
	}
	return nil
}

// enter judges a person who comes into the team: he is known. field is the member that names him.
func enter(j *judgement, rule law.Rule, field, person string) *event.Refusal {
	if !j.Scene.Person(person).Known {
		return event.Refuse(rule, law.UnknownPerson, law.Str("field", field), law.List("persons", []string{person}))
	}
	j.Flags = Entering(j.State, j.Scene, j.Event, person)
	return nil
}

// Entrant is who comes into a team by a fact, "" when nobody does.
func Entrant(fact event.Data) string {
	switch d := fact.(type) {
	case *LeaderAppointed:
		return d.Person
	case *LeaderChanged:
		return d.To
	case *MemberJoined:
		return d.Person
	}
	return ""
}

// Entering returns what is to be said of a person who comes into a team by an event, beside what is known of him: that he is bound to
// another team then (R61), or does not know the rules where the team is at work (R02).
func Entering(st *State, sc *Scene, e *event.Event, person string) (flags []event.Deviation) {
	if sc.Policy == nil {
		return nil
	}
	p := sc.Person(person)
	if p.SecondedTo != "" && p.SecondedTo != e.Stream.ID {
		flags = append(flags, event.Flagged(law.R61, law.SecondedToAnotherTeam,
			law.Str("person", person), law.Str("seconded_to", p.SecondedTo), law.Str("team", e.Stream.ID)))
	}
	if p.OtherTeam != "" {
		flags = append(flags, event.Flagged(law.R61, law.MemberOfTwoTeams, law.Str("person", person), law.Str("other_team", p.OtherTeam)))
	}
	if st.Active && !p.Acknowledged {
		flags = append(flags, event.Flagged(law.R02, law.RulesNotAcknowledged, law.Str("version", sc.Rules),
			law.List("persons", []string{person})))
	}
	return flags
}

// Judge is the gate of R02: a leader, at least one member, and everybody has acknowledged
// the discipline rules.
func (d *Activated) Judge(j *judgement) *event.Refusal {
	st, sc := j.State, j.Scene
	switch {
	case st.Active:
		return event.Refuse(law.R02, law.TeamAlreadyActive)
	case st.Leader == "":
		return event.Refuse(law.R02, law.TeamNeedsLeader)
	case len(st.Members) == 0:
		return event.Refuse(law.R02, law.TeamNeedsMembers)
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
	return event.Refuse(law.R02, law.RulesNotAcknowledged, law.Str("version", sc.Rules), law.List("persons", missing))
}
