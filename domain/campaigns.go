package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// campaigns are the inspection campaigns.
type campaigns struct {
	common
	streams[*campaign.State]
	aiming *table[struct{}, []string] // campaigns that stated a year without larger accidents (R15), in order; append-only
	scene  campaign.Scene
}

func newCampaigns(s *State, c common) kind {
	k := &campaigns{common: c, streams: newStreams(s, campaign.NewState), aiming: newTable[struct{}, []string](s)}
	k.scene.Parent = func(id string) string {
		if c := k.state(id); c != nil {
			return c.Parent
		}
		return ""
	}
	k.scene.NotAsked = s.notAsked
	k.scene.Team = func(id string) (string, bool) {
		t := s.teams.state(id)
		if t == nil {
			return "", false
		}
		return t.Campaign, true
	}
	k.scene.Root = func(position uint64) (root [32]byte, ok bool) {
		if s.Root == nil {
			return root, false
		}
		return s.Root(position)
	}
	k.corrects = true
	s.campaigns = k
	return k
}

func (*campaigns) about(e *event.Event) event.About { return event.About{Campaign: e.Stream.ID} }

func (*campaigns) knows(string) bool { return true }

func (k *campaigns) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return k.again(k.state(e.Stream.ID), e)
}

// again judges a fact, once more or for the first time.
func (k *campaigns) again(st *campaign.State, e *event.Event) ([]event.Deviation, error) {
	k.scene.Law = k.s.law(e.Index)
	return campaign.Decide(st, &k.scene, e)
}

func (k *campaigns) correct(e *event.Event, _ *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again)
}

func (k *campaigns) retold(e *event.Event, _ *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again, r)
}

// entails: a year without larger accidents is compared with those that are known (R15).
func (k *campaigns) entails(e *event.Event) []event.Consequence {
	if d, sets := e.Data.(*campaign.BaselineSet); sets {
		return k.s.misses(e.Stream.ID, d.NoLarger)
	}
	return nil
}

// fold also keeps which campaigns aim at a year without larger accidents, and what was said of it (R15).
func (k *campaigns) fold(e *event.Event) {
	k.apply(e)
	switch d := e.Data.(type) {
	case *campaign.BaselineSet:
		if known, _ := k.aiming.get(struct{}{}); !slices.Contains(known, e.Stream.ID) {
			k.aiming.set(struct{}{}, with(k.aiming, struct{}{}, e.Stream.ID))
		}
	case *campaign.TargetMissed:
		said, _ := k.s.deviations.get(e.Stream)
		k.s.deviations.set(e.Stream, said.Stand(e.ID, missedTarget(strings.Clone(d.Accident))))
	}
}

// owed returns what is owed in a campaign, under its newest plan.
func (k *campaigns) owed(id string, from vantage) (out owed) {
	st := k.seen(id, from)
	if st == nil {
		return out
	}
	policy := st.Newest().Policy
	k.s.duties.list = st.Owes(obligation.Terms{Limit: policy.Limit, Calendars: k.s.calendarsFrom(from)}, k.s.duties.list[:0])
	return k.answering(k.s, id, from, owed{about: event.About{Campaign: id}, lateSync: time.Duration(policy.LateSyncHours) * time.Hour,
		list: k.s.duties.list})
}

func (*campaigns) owes() bool { return true }

// newest returns the plan of a campaign that was published last.
func (s *State) newest(campaignID string) *campaign.Plan {
	return s.campaigns.state(campaignID).Newest()
}

// policy returns the policy of [State.newest].
func (s *State) policy(campaignID string) *campaign.Policy { return s.newest(campaignID).Policy }

// plan returns the version of [State.newest].
func (s *State) plan(campaignID string) string { return s.newest(campaignID).Version }

// planOf returns the plan that judges the whole of a stream, by its first entry ([campaign.State.PlanOf]).
func (s *State) planOf(campaignID string, first uint64, happened int64) *campaign.Plan {
	return s.campaigns.state(campaignID).PlanOf(first, happened)
}
