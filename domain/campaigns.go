package domain

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
)

// campaigns are the inspection campaigns.
type campaigns struct {
	common
	streams[*campaign.State]
	scene campaign.Scene
}

func newCampaigns(s *State) kind {
	k := &campaigns{common: common{s}, streams: newStreams(s, campaign.NewState)}
	k.scene.Parent = func(id string) string {
		if c := k.state(id); c != nil {
			return c.Parent
		}
		return ""
	}
	s.campaigns = k
	return k
}

func (*campaigns) about(e *event.Event) event.About { return event.About{Campaign: e.Stream.ID} }

func (*campaigns) knows(string) bool { return true }

func (k *campaigns) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return campaign.Decide(k.state(e.Stream.ID), &k.scene, e)
}

// policy returns the policy in force for a campaign: that of its latest plan, or the default
// one outside campaigns and before a plan is published.
func (s *State) policy(campaignID string) *campaign.Policy {
	if c := s.campaigns.state(campaignID); c != nil && c.Policy != nil {
		return c.Policy
	}
	return &s.defaults
}

// plan returns the version of the plan whose policy [State.policy] is; "" of the default one.
func (s *State) plan(campaignID string) string {
	if c := s.campaigns.state(campaignID); c != nil && len(c.Versions) > 0 {
		return c.Versions[len(c.Versions)-1]
	}
	return ""
}
