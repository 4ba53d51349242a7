package domain

import (
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Judge decides whether e may be recorded now, as seen from the top layer, and what follows
// from it. It changes nothing but e.About, which it fills. The caller has decoded and
// validated the body, authenticated the actor, checked Type.MayAppend, and set Index, Recorded,
// Actor and Assurance.
//
// The error is an *[event.Refusal]: nothing is to be stored. Otherwise the consequences are to
// be appended directly after e, in order, in the same atomic append and without being judged.
func (s *State) Judge(e *event.Event) ([]event.Consequence, error) {
	e.About = s.About(e)
	if err := s.admit(e); err != nil {
		return nil, err
	}
	var policy *campaign.Policy // nil: no flags and no gates
	if e.Assurance != event.Imported {
		policy = s.policy(e.About.Campaign)
	}
	flags, err := s.decide(e, policy)
	if err != nil {
		return nil, err
	}
	if policy != nil && e.Stream.Kind != event.Ledger {
		flags = append(flags, punctual(policy, e)...)
	}
	var follow []event.Consequence
	for _, f := range flags {
		follow = append(follow, event.Consequence{Name: "deviation-flagged", Stream: e.Stream,
			Data: &oversight.DeviationFlagged{Code: f.Code, Rule: f.Rule, Detail: f.Detail, Event: e.ID.String()}})
	}
	if e.Stream.Kind == event.Accident {
		follow = append(follow, accident.Reviews(&s.scenes.accident, e)...)
	}
	return follow, nil
}

// decide asks the rules of the stream's kind.
func (s *State) decide(e *event.Event, policy *campaign.Policy) ([]event.Deviation, error) {
	if _, ok := e.Data.(*oversight.DeviationExplained); ok {
		st, _ := s.deviations.get(e.Stream)
		return nil, oversight.Decide(st, e)
	}
	id := e.Stream.ID
	switch e.Stream.Kind {
	case event.Campaign:
		return campaign.Decide(s.campaigns.state(id), &s.scenes.campaign, e)
	case event.Team:
		return team.Decide(s.teams.state(id), s.teamScene(policy, e), e)
	case event.Person:
		return person.Decide(s.persons.state(id), &s.scenes.person, e)
	case event.Subject:
		s.scenes.subject.Policy = policy
		return subject.Decide(s.subjects.state(id), &s.scenes.subject, e)
	case event.Inspection:
		s.now = e.Occurred
		return inspection.Decide(s.inspections.state(id), s.inspectionScene(policy, e), e)
	case event.Accident:
		s.scenes.accident.Policy = policy
		return accident.Decide(s.accidents.state(id), &s.scenes.accident, e)
	case event.Table:
		return nil, codetable.Decide(e)
	}
	return nil, nil
}

// admit refuses what no stream takes: a type of another kind, a stranger on the ledger's own
// streams, a campaign that is not known, and an actor outside the team or county that the
// token is bound to. Whether an inspection is of the actor's team is a rule of inspections.
func (s *State) admit(e *event.Event) error {
	if e.Type.Kind != "" && e.Type.Kind != e.Stream.Kind {
		return event.Refuse("pillar 2", "wrong-stream", fmt.Sprintf("use a stream %s/…", e.Type.Kind),
			"%s belongs to streams of kind %s, not to %s", e.Type.Name, e.Type.Kind, e.Stream)
	}
	if e.Stream.Kind == event.Ledger && e.Actor.Role != event.RoleLedger {
		return event.Refuse("pillar 6", "ledger-stream", "use a stream of another kind", "only the ledger itself writes to %s", e.Stream)
	}
	if e.Campaign != "" && e.Stream.Kind != event.Campaign && s.campaigns.state(e.Campaign) == nil {
		return event.Refuse("R13", "unknown-campaign", "append campaign-plan-published first, or leave campaign empty",
			"campaign %s is not known", e.Campaign)
	}
	a := &e.Actor
	switch a.Role {
	case event.RoleTeamLeader, event.RoleInspector:
		if e.Stream.Kind == event.Team && a.Team != e.Stream.ID || e.Stream.Kind == event.Inspection && explains(e) && a.Team != e.About.Team {
			return event.Refuse("R17", "not-your-team", "let a member of that team append it", "the event is of team %q, the token of team %q", e.About.Team, a.Team)
		}
	case event.RoleCountyGovernment, event.RoleDepartment:
		if a.County != "" && !codes.Covers(a.County, e.About.County) {
			return event.Refuse("R77", "not-your-county", "let the authority of that county append it",
				"the event is of county %q, the token of county %s", e.About.County, a.County)
		}
	}
	return nil
}

func explains(e *event.Event) bool {
	_, ok := e.Data.(*oversight.DeviationExplained)
	return ok
}

// punctual flags a device clock that runs ahead of the ledger's (pillar 7) and a fact that
// arrives late (R13), by the latest time at which it may have occurred.
func punctual(p *campaign.Policy, e *event.Event) []event.Deviation {
	ahead, late := e.Occurred.Sub(e.Recorded), e.Recorded.Sub(e.Occurred)
	late -= e.Latest().Sub(e.Occurred)
	switch {
	case ahead > time.Duration(p.MaxSkewSeconds)*time.Second:
		return []event.Deviation{{Code: "clock-skew", Rule: "pillar 7",
			Detail: fmt.Sprintf("occurred %s by its author's clock, %s after it was recorded; at most %d seconds are usual",
				e.Occurred.Format(time.RFC3339), ahead.Round(time.Second), p.MaxSkewSeconds)}}
	case late > time.Duration(p.LateSyncHours)*time.Hour:
		return []event.Deviation{{Code: "late-sync", Rule: "R13",
			Detail: fmt.Sprintf("occurred %s, recorded %s later; at most %d hours are usual",
				e.Occurred.Format(time.RFC3339), late.Round(time.Minute), p.LateSyncHours)}}
	}
	return nil
}

// About resolves what an event is about from its body and from its stream as seen from the
// top. Judge fills e.About with it; for a consequence the caller does.
func (s *State) About(e *event.Event) event.About {
	id := e.Stream.ID
	a := event.About{Campaign: e.Campaign}
	switch e.Stream.Kind {
	case event.Campaign:
		a.Campaign = id
	case event.Team:
		a.Team = id
		if st := s.teams.state(id); st != nil && a.Campaign == "" {
			a.Campaign = st.Campaign
		}
	case event.Person:
		a.Team = s.personTeam(e)
	case event.Subject:
		a.Subject = id
		a.County, a.Sectors = s.cell(id)
		if d, ok := e.Data.(*subject.Registered); ok && a.Sectors == nil {
			a.County, a.Sectors = codes.CountyOf(d.Region), sectorsOf(d.Sectors)
		}
	case event.Inspection:
		s.aboutInspection(&a, e)
	case event.Accident:
		s.aboutAccident(&a, e)
	}
	return a
}

func (s *State) personTeam(e *event.Event) string {
	switch d := e.Data.(type) {
	case *person.Seconded:
		return d.Team
	case *person.SecondmentEnded:
		return d.Team
	}
	if st := s.persons.state(e.Stream.ID); st != nil {
		if m, ok := st.SecondmentAt(e.Occurred); ok {
			return m.Team
		}
	}
	return ""
}

// aboutInspection: the first event says what the visit is; all others are about the same. A
// start may still name the campaign.
func (s *State) aboutInspection(a *event.About, e *event.Event) {
	if st := s.inspections.state(e.Stream.ID); st != nil {
		if _, start := e.Data.(*inspection.Started); !start || a.Campaign == "" {
			a.Campaign = st.Campaign()
		}
		a.Subject, a.Team, a.County, a.Sectors = st.Subject(), st.Team(), st.County(), st.Sectors()
		return
	}
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		a.Subject, a.Team, a.Sectors = d.Subject, d.Team, codes.SectorSet(d.Sector)
	case *inspection.Started:
		a.Subject, a.Team, a.Sectors = d.Subject, d.Team, codes.SectorSet(d.Sector)
	}
	a.County, _ = s.cell(a.Subject)
}

func (s *State) aboutAccident(a *event.About, e *event.Event) {
	if st := s.accidents.state(e.Stream.ID); st != nil {
		a.County, a.Sectors = st.County, st.Sectors
		if len(st.Subjects) > 0 {
			a.Subject = st.Subjects[0]
		}
	}
	switch d := e.Data.(type) {
	case *accident.Reported:
		a.County = codes.CountyOf(d.Region)
		if len(d.Subjects) > 0 {
			a.Subject = d.Subjects[0]
		}
		a.Sectors = s.sectorsOfAll(d.Subjects)
	case *accident.ReviewOpened:
		a.Subject = d.Subject
	}
}

// cell returns the county and the sectors of a registered subject, "" and nil when unknown.
func (s *State) cell(subjectID string) (county string, sectors []string) {
	if st := s.subjects.state(subjectID); st != nil {
		return st.County, st.Sectors
	}
	return "", nil
}

// sectorsOfAll returns the sectors of registered subjects, sorted and unique.
func (s *State) sectorsOfAll(ids []string) []string {
	var all []string
	for i, id := range ids {
		_, sectors := s.cell(id)
		if i == 0 {
			all = sectors
			continue
		}
		all = sectorsOf(slices.Concat(all, sectors))
	}
	return all
}

// sectorsOf returns codes as a set: sorted and unique.
func sectorsOf(list []string) []string {
	set := slices.Clone(list)
	slices.Sort(set)
	return slices.Compact(set)
}
