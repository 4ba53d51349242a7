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
	j      judgement // of the event being judged
}

// PersonFacts is what is known of somebody who leads or joins a team.
type PersonFacts struct {
	Known        bool
	Acknowledged bool   // the discipline rules
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
			return nil, event.Refuse(law.R17, law.TeamAlreadyFormed, "team %s is already formed as %s", e.Stream.ID, st.Name)
		}
		return nil, event.Refuse(law.R17, law.UnknownTeam, "team %s is not formed", e.Stream.ID)
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
		return event.Refuse(law.R17, law.KindRequired, "only imports may leave the kind of a team unknown")
	}
	if len(e.Stream.ID) > event.MaxVisitOwner && e.Assurance != event.Imported {
		return event.Refuse(law.R17, law.TeamIDTooLong,
			"the team's visits are named %s.<uuid>, and an id has at most %d characters", e.Stream.ID, event.MaxStreamID).
			Advise(fmt.Sprintf("choose an id of at most %d characters", event.MaxVisitOwner))
	}
	return nil
}

func (d *ScopeAssigned) judge(*judgement) *event.Refusal { return nil }

func (d *LeaderAppointed) judge(j *judgement) *event.Refusal {
	if st := j.st; st.Leader != "" {
		return event.Refuse(law.R51, law.TeamHasLeader, "the team is led by %s, and a team has exactly one leader", st.Leader)
	}
	return j.enter(law.R51, d.Person)
}

// judge: the team passes from its present leader to somebody else (R51).
func (d *LeaderChanged) judge(j *judgement) *event.Refusal {
	switch st := j.st; {
	case st.Leader == "":
		return event.Refuse(law.R51, law.TeamHasNoLeader, "the team has no leader to hand over")
	case st.Leader != d.From:
		return event.Refuse(law.R51, law.NotTheLeader, "the team is led by %s, not by %s", st.Leader, d.From)
	case d.To == d.From:
		return event.Refuse(law.R51, law.SameLeader, "%s already leads the team", d.To)
	}
	return j.enter(law.R51, d.To)
}

func (d *MemberJoined) judge(j *judgement) *event.Refusal {
	if j.st.Members[d.Person] {
		return event.Refuse(law.R17, law.AlreadyAMember, "%s is already a member", d.Person)
	}
	return j.enter(law.R17, d.Person)
}

func (d *MemberLeft) judge(j *judgement) *event.Refusal {
	if !j.st.Members[d.Person] {
		return event.Refuse(law.R61, law.NotAMember, "%s is no member of the team", d.Person)
	}
	return nil
}

// enter judges a person who comes into the team: known (refused otherwise), and bound to no
// other team at the time, and instructed once the team is at work (flags: R02, R61).
func (j *judgement) enter(rule law.Rule, person string) *event.Refusal {
	st, e := j.st, j.e
	p := j.sc.Person(person)
	if !p.Known {
		return event.Refuse(rule, law.UnknownPerson, "%s is not registered", person)
	}
	if j.sc.Policy == nil {
		return nil
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
	j.flags = flags
	return nil
}

// judge is the gate of R02: a leader, at least one member, and everybody has acknowledged
// the discipline rules.
func (d *Activated) judge(j *judgement) *event.Refusal {
	st, sc := j.st, j.sc
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
