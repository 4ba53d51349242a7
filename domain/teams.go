package domain

import (
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
	entered *table[string, []string] // person → teams that were ever entered; append-only
	formed  *table[string, []string] // campaign → its teams; append-only
	scene   team.Scene
}

func newTeams(s *State, c common) kind {
	k := &teams{common: c, streams: newStreams(s, team.NewState),
		entered: newTable[string, []string](s), formed: newTable[string, []string](s)}
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

// judged judges an event beside what is known of people when it comes.
func (k *teams) judged(st *team.State, e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	k.scene = k.sceneOf(e, p)
	return team.Decide(st, &k.scene, e)
}

// fold also keeps, per person, the teams that he leads or joins.
func (k *teams) fold(e *event.Event) {
	k.apply(e)
	id := e.Stream.ID
	switch d := e.Data.(type) {
	case *team.Formed:
		if st := k.state(id); st.Campaign != "" {
			k.formed.set(st.Campaign, with(k.formed, st.Campaign, id))
			k.s.campaigns.edit(st.Campaign, func(c *campaign.State) { c.Forms(strings.Clone(id)) })
		}
	case event.Correction, *oversight.ApprovalGiven: // after it, somebody else may have come into the team
		if st := k.state(id); st != nil {
			for _, p := range st.Ever() {
				k.enters(p, id)
			}
		}
	default:
		k.enters(team.Entrant(d), id)
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
