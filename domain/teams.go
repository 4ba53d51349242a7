package domain

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
)

// teams are the inspection teams.
type teams struct {
	common
	streams[*team.State]
	memberships *table[string, []string]   // person → teams led or joined; values are replaced, never changed
	entrances   *table[string, []entrance] // person → when which team was entered; append-only
	formed      *table[string, []string]   // campaign → its teams; append-only
	scene       team.Scene
}

func newTeams(s *State, c common) kind {
	k := &teams{common: c, streams: newStreams(s, team.NewState), memberships: newTable[string, []string](s),
		entrances: newTable[string, []entrance](s), formed: newTable[string, []string](s)}
	k.corrects = true
	s.teams = k
	return k
}

func (k *teams) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign, Team: e.Stream.ID}
	if st := k.state(e.Stream.ID); st != nil && a.Campaign == "" {
		a.Campaign = st.Campaign
	}
	return a
}

func (*teams) knows(string) bool { return true }

func (k *teams) within(e *event.Event) error {
	if err := k.s.ownTeam(e); err != nil {
		return err
	}
	return k.s.ownArea(e)
}

func (k *teams) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	return k.judged(k.state(e.Stream.ID), e, p)
}

// again judges a fact once more.
func (k *teams) again(p *campaign.Policy) judgeOf[*team.State] {
	return func(st *team.State, e *event.Event) ([]event.Deviation, error) {
		if e.Assurance == event.Imported {
			return k.judged(st, e, nil)
		}
		return k.judged(st, e, p)
	}
}

func (k *teams) correct(e *event.Event, p *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again(p))
}

func (k *teams) retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again(p), r)
}

// judged shows the person facts as seen from one team.
func (k *teams) judged(st *team.State, e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	at := e.Stream.ID
	campaignID := e.About.Campaign
	rules := k.s.discipline(e.Day())
	k.scene = team.Scene{Policy: p, Rules: rules, Person: func(id string) team.PersonFacts {
		p := k.s.persons.state(id)
		if p == nil {
			return team.PersonFacts{}
		}
		f := team.PersonFacts{Known: true, Acknowledged: p.Knows(rules), OtherTeam: k.otherThan(id, campaignID, k.s.campaigns.state, at)}
		if m, ok := p.SecondmentAt(e.Occurred); ok {
			f.SecondedTo = m.Team
		}
		return f
	}}
	return team.Decide(st, &k.scene, e)
}

// otherThan returns a team of the person besides some, whose campaign overlaps with campaignID, by what period
// says of campaigns. A team outside campaigns has no end and overlaps with every other.
func (k *teams) otherThan(personID, campaignID string, period func(string) *campaign.State, besides ...string) string {
	all, _ := k.memberships.get(personID)
	i := slices.IndexFunc(all, func(id string) bool {
		if slices.Contains(besides, id) {
			return false
		}
		other := k.state(id).Campaign
		if other == campaignID || other == "" || campaignID == "" {
			return true
		}
		a, b := period(other), period(campaignID)
		return a != nil && b != nil && a.Overlaps(b)
	})
	if i < 0 {
		return ""
	}
	return all[i]
}

// fold also keeps, per person, the teams that the person leads or is a member of, and when each was entered.
func (k *teams) fold(e *event.Event) {
	if speaksOfFacts(e) {
		k.reenter(e)
		return
	}
	k.apply(e)
	switch d := e.Data.(type) {
	case *team.Formed:
		if st := k.state(e.Stream.ID); st.Campaign != "" {
			k.formed.set(st.Campaign, with(k.formed, st.Campaign, e.Stream.ID))
			k.s.campaigns.edit(st.Campaign, func(c *campaign.State) { c.Forms(strings.Clone(e.Stream.ID)) })
		}
	case *team.LeaderAppointed:
		k.member(e.Stream.ID, d.Person)
		k.enter(d.Person, e)
	case *team.LeaderChanged:
		k.member(e.Stream.ID, d.From)
		k.member(e.Stream.ID, d.To)
		k.enter(d.To, e)
	case *team.MemberJoined:
		k.member(e.Stream.ID, d.Person)
		k.enter(d.Person, e)
	case *team.MemberLeft:
		k.member(e.Stream.ID, d.Person)
	}
}

// reenter keeps the same after a correction: what it changes in who is of the team, and since when.
func (k *teams) reenter(e *event.Event) {
	id := e.Stream.ID
	before := k.state(id)
	k.apply(e)
	after := k.state(id)
	if before == nil || after == before {
		return
	}
	for _, p := range append(before.Ever(), after.Ever()...) {
		k.member(id, p)
		all, _ := k.entrances.get(p)
		k.entrances.set(p, slices.DeleteFunc(slices.Clone(all), func(in entrance) bool { return in.team == id }))
	}
	v, _ := k.get(id)
	for f := range v.facts() {
		f.Stream = e.Stream
		switch d := f.Data.(type) {
		case *team.LeaderAppointed:
			k.enter(d.Person, f.Event)
		case *team.LeaderChanged:
			k.enter(d.To, f.Event)
		case *team.MemberJoined:
			k.enter(d.Person, f.Event)
		}
	}
}

func (k *teams) member(teamID, personID string) {
	all, _ := k.memberships.get(personID)
	has, had := k.state(teamID).Has(personID), slices.Contains(all, teamID)
	switch {
	case has && !had:
		k.memberships.set(personID, append(slices.Clip(all), teamID))
	case had && !has:
		k.memberships.set(personID, slices.DeleteFunc(slices.Clone(all), func(t string) bool { return t == teamID }))
	}
}

// owes reports that answers are: to corrections that wait (pillar 17).
func (*teams) owes() bool { return true }

func (k *teams) watch(fn func(id string)) { k.amended(fn) }

func (k *teams) owed(id string, from vantage) owed {
	about := event.About{Team: id}
	if st := k.seen(id, from); st != nil {
		about.Campaign = st.Campaign
	}
	return k.answering(k.s, id, from, owed{about: about, list: k.s.duties.list[:0]})
}
