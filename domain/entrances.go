package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
)

// What is said of somebody who comes into a team compares facts of three streams: his, the team's, and that
// of another team of his (R02, R61). It lapses when one of them turns out to have been otherwise at the time:
// an acknowledgement, a secondment, a leaving or the end of a campaign that is recorded later and happened before.

// entrance is one coming of a person into a team.
type entrance struct {
	team string
	fact uuid.UUID
	at   time.Time
}

// enter keeps an entrance.
func (k *teams) enter(personID string, e *event.Event) {
	all, _ := k.entrances.get(personID)
	k.entrances.set(personID, append(slices.Clip(all), entrance{strings.Clone(e.Stream.ID), e.ID, e.Occurred}))
}

// untrue takes back what is said of a person's entrances at or after a time, under a code, where ceased says so.
func (k *teams) untrue(out []event.Consequence, personID string, from time.Time, code law.Code,
	ceased func(*entrance) bool) []event.Consequence {
	all, _ := k.entrances.get(personID)
	for i := range all {
		in := &all[i]
		if in.at.Before(from) || !ceased(in) {
			continue
		}
		stream := event.Stream{Kind: event.Team, ID: in.team}
		said, _ := k.s.deviations.get(stream)
		for _, o := range said.Standing() {
			if o.Fact == in.fact && o.Code == code {
				out = append(out, lapsed(stream, o))
			}
		}
	}
	return out
}

// entails: who turns out to have acknowledged the rules, or to have been seconded otherwise, had entered properly.
func (k *persons) entails(e *event.Event) (out []event.Consequence) {
	id := e.Stream.ID
	switch d := e.Data.(type) {
	case *person.RulesAcknowledged:
		return k.s.teams.untrue(nil, id, e.Occurred, law.RulesNotAcknowledged, func(*entrance) bool { return true })
	case *person.Seconded:
		return k.seconded(e, d.From)
	case *person.SecondmentEnded:
		return k.seconded(e, e.Occurred)
	case *person.OfficialAppointed, *person.OfficialLeft:
		return k.s.reviewsOfOfficial(e, k.after(e))
	case event.Correction, *oversight.ApprovalGiven:
		st := k.state(id)
		if st == nil {
			return nil
		}
		return slices.Concat(k.seconded(e, time.Time{}), k.s.reviewsOfOfficial(e, k.after(e)))
	}
	return nil
}

// seconded compares the entrances since a time with the secondments after an event.
func (k *persons) seconded(e *event.Event, since time.Time) []event.Consequence {
	after := k.after(e)
	return k.s.teams.untrue(nil, e.Stream.ID, since, law.SecondedToAnotherTeam, func(in *entrance) bool {
		m, ok := after.SecondmentAt(in.at)
		return !ok || m.Team == in.team
	})
}

// entails: who turns out to have left a team was in one only when he entered the next.
func (k *teams) entails(e *event.Event) []event.Consequence {
	switch d := e.Data.(type) {
	case *team.MemberLeft:
		return k.without(nil, d.Person, e.Occurred, e)
	case *team.LeaderChanged:
		return k.without(nil, d.From, e.Occurred, e)
	case event.Correction, *oversight.ApprovalGiven:
		st := k.state(e.Stream.ID)
		if st == nil {
			return nil
		}
		var out []event.Consequence
		for _, p := range st.People() {
			out = k.without(out, p, time.Time{}, e)
		}
		return out
	}
	return nil
}

// without takes back what was said of somebody who turns out not to be in the team of e since a time: that he was in two.
func (k *teams) without(out []event.Consequence, left string, since time.Time, e *event.Event) []event.Consequence {
	if k.after(e).Has(left) {
		return out
	}
	return k.untrue(out, left, since, law.MemberOfTwoTeams, func(in *entrance) bool {
		return in.team != e.Stream.ID && k.otherThan(left, k.state(in.team).Campaign, k.s.campaigns.state, in.team, e.Stream.ID) == ""
	})
}

// entails: campaigns of which one turns out to have ended before do not overlap; a year without larger accidents is
// compared with those that are known (R15).
func (k *campaigns) entails(e *event.Event) []event.Consequence {
	switch d := e.Data.(type) {
	case *campaign.Ended:
		return k.parted(e, e.Occurred)
	case event.Correction, *oversight.ApprovalGiven:
		if k.state(e.Stream.ID) == nil {
			return nil
		}
		return k.parted(e, time.Time{})
	case *campaign.BaselineSet:
		return k.s.misses(e.Stream.ID, d.NoLarger)
	}
	return nil
}

// parted takes back what was said, since a time, of people of two teams whose campaigns no longer overlap.
func (k *campaigns) parted(e *event.Event, since time.Time) (out []event.Consequence) {
	period := func(id string) *campaign.State {
		if id == e.Stream.ID {
			return k.after(e)
		}
		return k.state(id)
	}
	t := k.s.teams
	formed, _ := t.formed.get(e.Stream.ID)
	var people []string
	for _, id := range formed {
		people = append(people, t.state(id).People()...)
	}
	slices.Sort(people)
	for _, p := range slices.Compact(people) {
		out = t.untrue(out, p, since, law.MemberOfTwoTeams, func(in *entrance) bool {
			return t.otherThan(p, t.state(in.team).Campaign, period, in.team) == ""
		})
	}
	return out
}
