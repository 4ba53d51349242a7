package domain

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
)

// What is said of somebody who comes into a team compares facts of other streams: his, those of another team of his, and of the campaigns
// of both (R02, R61). So a team is judged beside these, as they were when he came: see [besideKind].

// enters keeps that a person came into a team, and that the team is judged beside him, his other teams and their campaigns, and they
// beside it.
func (k *teams) enters(personID, id string) {
	all, _ := k.entered.get(personID)
	if personID == "" || slices.Contains(all, id) {
		return
	}
	id = strings.Clone(id)
	k.isBeside(event.Person, personID, id)
	for _, other := range all {
		k.isBesideTeam(other, id)
		k.isBesideTeam(id, other)
	}
	k.entered.set(strings.Clone(personID), append(slices.Clip(all), id))
}

// isBesideTeam keeps that a team is judged beside another one, and the campaigns of both.
func (k *teams) isBesideTeam(other, id string) {
	k.isBeside(event.Team, other, id)
	k.isBeside(event.Campaign, k.state(other).Campaign, id)
	k.isBeside(event.Campaign, k.state(id).Campaign, id)
}

// isBeside keeps, once, that a team is judged beside a register.
func (k *teams) isBeside(kind event.Kind, register, id string) {
	if in := (pair{event.Stream{Kind: kind, ID: register}, event.Team}); !slices.Contains(k.s.beside(in), id) {
		k.s.besides.add(kind, register, event.Team, id)
	}
}

// bears implements [besideKind].
func (*teams) bears(e *event.Event) (from int64, ok bool) {
	switch d := e.Data.(type) {
	case *person.RulesAcknowledged, *person.SecondmentEnded, *campaign.Ended,
		*team.LeaderAppointed, *team.LeaderChanged, *team.MemberJoined, *team.MemberLeft:
		return e.Occurred.Unix(), true
	case *person.Seconded:
		return d.From.Unix(), true
	case *campaign.Started:
		return 0, true
	}
	return 0, amendsRegister(e)
}

// since implements [besideKind].
func (k *teams) since(id string, from int64) bool {
	st := k.state(id)
	return st != nil && st.EnteredSince(from)
}

// saysBeside implements [besideKind].
func (k *teams) saysBeside(id string) []event.Consequence {
	v, _ := k.get(id)
	if v.past == nil || v.gone() {
		return nil
	}
	st, of := k.state(id), event.Stream{Kind: event.Team, ID: id}
	plan := k.s.newest(st.Campaign)
	var r event.Restated
	for _, code := range team.OfEntrances {
		r.Asked = append(r.Asked, event.Asked{Code: code})
	}
	for f := range v.facts() {
		p := team.Entrant(f.Data)
		if p == "" || f.Assurance == event.Imported {
			continue
		}
		f.Stream, f.About = of, event.About{Campaign: st.Campaign, Team: id}
		sc := k.sceneOf(f.Event, plan.Policy)
		for _, flag := range team.Entering(st.As(f.Index, f.Occurred.Unix()), &sc, f.Event, p) {
			flag.Fact = f.ID
			r.True = append(r.True, flag)
		}
	}
	said, _ := k.s.deviations.get(of)
	return differing(nil, &event.Event{Stream: of}, &r, said, plan.Version)
}

// sceneOf is what an event of a team finds of people.
func (k *teams) sceneOf(e *event.Event, p *campaign.Policy) team.Scene {
	rules := k.s.discipline(e.Day(), e.Index)
	return team.Scene{Policy: p, Rules: rules, Person: func(id string) team.PersonFacts {
		p := k.s.persons.state(id)
		if p == nil {
			return team.PersonFacts{}
		}
		f := team.PersonFacts{Known: true, Acknowledged: p.Knows(rules, e.Index, e.Occurred), OtherTeam: k.otherThan(id, e)}
		if m, ok := p.SecondmentAt(e.Occurred); ok {
			f.SecondedTo = m.Team
		}
		return f
	}}
}

// otherThan returns another team in which an event of a team finds a person, whose campaign overlaps with the team's. A team outside
// campaigns has no end and overlaps with every other.
func (k *teams) otherThan(personID string, e *event.Event) string {
	all, _ := k.entered.get(personID)
	i := slices.IndexFunc(all, func(id string) bool {
		st := k.state(id)
		if id == e.Stream.ID || !st.As(e.Index, e.Occurred.Unix()).Has(personID) {
			return false
		}
		if st.Campaign == e.About.Campaign || st.Campaign == "" || e.About.Campaign == "" {
			return true
		}
		a, b := k.s.campaigns.state(st.Campaign), k.s.campaigns.state(e.About.Campaign)
		return a != nil && b != nil && a.Overlaps(b, e.Index, e.Occurred)
	})
	if i < 0 {
		return ""
	}
	return all[i]
}
