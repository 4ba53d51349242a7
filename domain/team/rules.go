package team

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
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

// fact is an event of a team: it judges and folds itself.
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
	t.Kind, t.New = event.Team, func() event.Data { return F(new(T)) }
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

// Decide judges one event of a team's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, formed := e.Data.(*Formed); formed != (st == nil) {
		if formed {
			return nil, event.Refuse(law.R17, law.TeamAlreadyFormed, law.Str("team", e.Stream.ID), law.Str("name", st.Name))
		}
		return nil, event.Refuse(law.R17, law.UnknownTeam, law.Str("team", e.Stream.ID))
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

func (d *Formed) judge(j *judgement) *event.Refusal {
	e := j.e
	if d.Kind == "" && e.Assurance != event.Imported {
		return event.Refuse(law.R17, law.KindRequired)
	}
	if len(e.Stream.ID) > event.MaxVisitOwner && e.Assurance != event.Imported {
		return event.Refuse(law.R17, law.TeamIDTooLong, law.Str("team", e.Stream.ID), law.Int("most", event.MaxVisitOwner))
	}
	return nil
}

func (d *ScopeAssigned) judge(*judgement) *event.Refusal { return nil }

func (d *LeaderAppointed) judge(j *judgement) *event.Refusal {
	if st := j.st; st.Leader != "" {
		return event.Refuse(law.R51, law.TeamHasLeader, law.Str("leader", st.Leader))
	}
	return j.enter(law.R51, "person", d.Person)
}

// judge: the team passes from its present leader to somebody else (R51).
func (d *LeaderChanged) judge(j *judgement) *event.Refusal {
	switch st := j.st; {
	case st.Leader == "":
		return event.Refuse(law.R51, law.TeamHasNoLeader)
	case st.Leader != d.From:
		return event.Refuse(law.R51, law.NotTheLeader, law.Str("team", j.e.Stream.ID), law.Str("leader", st.Leader), law.Str("person", d.From))
	case d.To == d.From:
		return event.Refuse(law.R51, law.SameLeader, law.Str("person", d.To))
	}
	return j.enter(law.R51, "to", d.To)
}

func (d *MemberJoined) judge(j *judgement) *event.Refusal {
	if j.st.Members[d.Person] {
		return event.Refuse(law.R17, law.AlreadyAMember, law.Str("person", d.Person))
	}
	return j.enter(law.R17, "person", d.Person)
}

func (d *MemberLeft) judge(j *judgement) *event.Refusal {
	if !j.st.Members[d.Person] {
		return event.Refuse(law.R61, law.NotAMember, law.Str("person", d.Person))
	}
	return nil
}

// enter judges a person who comes into the team: known (refused otherwise), and bound to no
// other team at the time, and instructed once the team is at work (flags: R02, R61). field is the
// member that names the person.
func (j *judgement) enter(rule law.Rule, field, person string) *event.Refusal {
	st, e := j.st, j.e
	p := j.sc.Person(person)
	if !p.Known {
		return event.Refuse(rule, law.UnknownPerson, law.Str("field", field), law.List("persons", []string{person}))
	}
	if j.sc.Policy == nil {
		return nil
	}
	var flags []event.Deviation
	if p.SecondedTo != "" && p.SecondedTo != e.Stream.ID {
		flags = append(flags, event.Flagged(law.R61, law.SecondedToAnotherTeam,
			law.Str("person", person), law.Str("seconded_to", p.SecondedTo), law.Str("team", e.Stream.ID)))
	}
	if p.OtherTeam != "" {
		flags = append(flags, event.Flagged(law.R61, law.MemberOfTwoTeams, law.Str("person", person), law.Str("other_team", p.OtherTeam)))
	}
	if st.Active && !p.Acknowledged {
		flags = append(flags, event.Flagged(law.R02, law.RulesNotAcknowledged, law.Str("version", j.sc.Rules),
			law.List("persons", []string{person})))
	}
	j.flags = flags
	return nil
}

// judge is the gate of R02: a leader, at least one member, and everybody has acknowledged
// the discipline rules.
func (d *Activated) judge(j *judgement) *event.Refusal {
	st, sc := j.st, j.sc
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
