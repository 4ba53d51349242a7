package domain

import (
	"cmp"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Judge decides whether e may be recorded now, as seen from the top layer, and what follows
// from it. [State.Admit] has let it pass directly before. Judge changes nothing but e.Assurance,
// which it fills. The caller has decoded and validated the body, authenticated the actor, checked
// the signature, and set Index, Recorded, Actor, Signed, and Assurance to what it
// is without a signature.
//
// The error is an *[event.Refusal]: nothing is to be stored. Otherwise the consequences are to
// be appended directly after e, in order, in the same atomic append and without being judged.
func (s *State) Judge(e *event.Event) ([]event.Consequence, error) {
	var signing []event.Deviation
	if e.Assurance != event.Derived {
		var err error
		if e.Assurance, signing, err = s.Assure(e, e.Assurance == event.Imported); err != nil {
			return nil, err
		}
	}
	var policy *campaign.Policy // nil: no flags and no gates
	if e.Assurance != event.Imported {
		policy = s.policy(e.About.Campaign)
	}
	flags, err := s.decide(e, policy)
	if err != nil {
		return nil, err
	}
	if policy != nil && e.Stream.Kind != event.Ledger && e.Stream.Kind != event.Tokens {
		if !e.ClockDoubted {
			flags = append(flags, punctual(policy, e)...)
		}
		flags = append(flags, signing...)
	}
	var follow []event.Consequence
	for _, f := range flags {
		follow = append(follow, event.Consequence{Name: "deviation-flagged", Stream: e.Stream,
			Data: &oversight.DeviationFlagged{Code: string(f.Code), Rule: f.Rule.String(), Event: e.ID.String(),
				Plan: cmp.Or(f.Plan, s.plan(e.About.Campaign)), Values: f.Values}})
	}
	switch {
	case policy == nil:
	case e.Stream.Kind == event.Accident:
		follow = append(follow, s.reviewsOfAccident(e)...)
	case e.Stream.Kind == event.Inspection:
		follow = append(follow, s.entailed(e)...)
	}
	return follow, nil
}

// decide asks the rules of the stream's kind.
func (s *State) decide(e *event.Event, policy *campaign.Policy) ([]event.Deviation, error) {
	switch d := e.Data.(type) {
	case *oversight.ClockCorrected:
		return nil, oversight.Correct(d, e)
	case *oversight.DeviationExplained:
		var st oversight.State // of a stream that the author may not know: none
		if !s.author.foreign {
			st, _ = s.deviations.get(e.Stream)
		}
		return nil, oversight.Decide(st, e)
	}
	if ref, _, ok := oversight.Answer(e.Data); ok && e.Stream.Kind != event.Inspection && e.Stream.Kind != event.Subject {
		return nil, oversight.NothingWaits(e, ref)
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
		return subject.Decide(known(s, s.subjects.state(id)), &s.scenes.subject, e)
	case event.Inspection:
		s.now = e.Occurred
		return inspection.Decide(known(s, s.inspections.state(id)), s.inspectionScene(policy, e), e)
	case event.Accident:
		s.scenes.accident.Policy = policy
		return accident.Decide(known(s, s.accidents.state(id)), &s.scenes.accident, e)
	case event.Table:
		return nil, codetable.Decide(e)
	case event.Tokens:
		return nil, token.Decide(s.tokens.state(id), &s.scenes.token, e)
	}
	return nil, nil
}

// punctual flags a device clock that runs ahead of the ledger's (pillar 7) and a fact that
// arrives late (R13), by the latest time at which it may have occurred.
func punctual(p *campaign.Policy, e *event.Event) []event.Deviation {
	ahead, late := e.Occurred.Sub(e.Recorded), e.Recorded.Sub(e.Occurred)
	late -= e.Latest().Sub(e.Occurred)
	switch {
	case ahead > time.Duration(p.MaxSkewSeconds)*time.Second:
		return []event.Deviation{event.Flagged(law.Pillar7, law.ClockSkew, law.At("occurred_at", e.Occurred),
			law.Int("ahead_seconds", int64(ahead.Round(time.Second)/time.Second)), law.Int("most_seconds", p.MaxSkewSeconds))}
	case late > time.Duration(p.LateSyncHours)*time.Hour:
		return []event.Deviation{event.Flagged(law.R13, law.LateSync, law.At("occurred_at", e.Occurred),
			law.Int("late_minutes", int64(late.Round(time.Minute)/time.Minute)), law.Int("most_hours", p.LateSyncHours))}
	}
	return nil
}

// About resolves what an event is about from its body and from its stream as seen from the
// top. Admit fills e.About with it; for a consequence the caller does.
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
	case event.Flag:
		s.aboutFlag(&a, e)
	case event.Review:
		s.aboutReview(&a, e)
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
