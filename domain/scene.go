package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// scenes are what the rules of each kind are shown of the other streams. They are made once,
// and their policies and facts set for each event; a rule must not keep them.
type scenes struct {
	campaign   campaign.Scene
	team       team.Scene
	person     person.Scene
	subject    subject.Scene
	inspection inspection.Scene
	accident   accident.Scene
	token      token.Scene
}

func (s *State) setScenes() {
	teamKnown := func(id string) bool { return s.teams.state(id) != nil }
	personKnown := func(id string) bool { return s.persons.state(id) != nil }
	s.scenes = scenes{
		campaign: campaign.Scene{Parent: func(id string) string {
			if c := s.campaigns.state(id); c != nil {
				return c.Parent
			}
			return ""
		}},
		person: person.Scene{TeamKnown: teamKnown, UnknownUnit: s.unknownUnit,
			Key: func(id string) person.KeyFacts { k, _ := s.keys.get(id); return k },
			Registration: func(id string) (string, person.KeyFacts) {
				key, _ := s.enrolments.get(id)
				k, _ := s.keys.get(key)
				return key, k
			}},
		subject: subject.Scene{UnknownUnit: s.unknownUnit,
			Competent: func(county string, sectors []string) bool { return len(s.competentFor(county, sectors)) > 0 },
			HolderOf:  func(uscc string) string { holder, _ := s.holders.get(uscc); return holder }},
		accident: accident.Scene{SubjectKnown: func(id string) bool {
			st := s.subjects.state(id)
			return st != nil && (!s.author.bound || s.scope().Cell(st.County, st.Sectors))
		}},
		token: token.Scene{PersonKnown: personKnown, TeamKnown: teamKnown, SubjectKnown: func(id string) bool { return s.subjects.state(id) != nil },
			CountyKnown: func(code string) bool { _, ok := codes.County(code); return ok },
			Used:        func(sha256 string) bool { _, ok := s.hashes.get(sha256); return ok }},
		inspection: inspection.Scene{Person: s.inspectorFacts},
	}
}

// teamScene shows the person facts as seen from one team.
func (s *State) teamScene(policy *campaign.Policy, e *event.Event) *team.Scene {
	at := e.Stream.ID
	campaignID := e.About.Campaign
	s.scenes.team = team.Scene{Policy: policy, Person: func(id string) team.PersonFacts {
		p := s.persons.state(id)
		if p == nil {
			return team.PersonFacts{}
		}
		f := team.PersonFacts{Known: true, Acknowledged: p.Acknowledged, OtherTeam: s.otherTeam(id, at, campaignID)}
		if m, ok := p.SecondmentAt(e.Occurred); ok {
			f.SecondedTo = m.Team
		}
		return f
	}}
	return &s.scenes.team
}

// otherTeam returns a team of the person besides one, whose campaign overlaps with campaignID.
// A team outside campaigns has no end and overlaps with every other.
func (s *State) otherTeam(personID, besides, campaignID string) string {
	teams, _ := s.memberships.get(personID)
	i := slices.IndexFunc(teams, func(id string) bool {
		if id == besides {
			return false
		}
		other := s.teams.state(id).Campaign
		if other == campaignID || other == "" || campaignID == "" {
			return true
		}
		a, b := s.campaigns.state(other), s.campaigns.state(campaignID)
		return a != nil && b != nil && a.Overlaps(b)
	})
	if i < 0 {
		return ""
	}
	return teams[i]
}

// inspectionScene shows a visit its campaign, subject, team and rival, by e.About.
func (s *State) inspectionScene(policy *campaign.Policy, e *event.Event) *inspection.Scene {
	sc := &s.scenes.inspection
	*sc = inspection.Scene{Policy: policy, Person: sc.Person}
	if c := s.campaigns.state(e.About.Campaign); c != nil {
		sc.CampaignStart, sc.CampaignEnd = c.Period()
	}
	if sub := s.subjects.state(e.About.Subject); sub != nil {
		sc.Subject = inspection.SubjectFacts{Known: true, Kind: sub.Kind, County: sub.County, Sectors: sub.Sectors,
			HighRisk: sub.HighRisk}
		switch e.Data.(type) {
		case *inspection.Started, *inspection.Joined: // those who come are compared with who supervises (R61)
			sc.Subject.Departments = s.competent(sub)
		}
	}
	if t := s.teams.state(e.About.Team); t != nil {
		sc.Team = inspection.TeamFacts{Known: true, Active: t.Active, Leader: t.Leader, Members: t.Members,
			Sectors: t.Sectors, Counties: t.Counties}
	}
	sc.HeldBy = s.rival(e)
	return sc
}

// rival returns another inspection that claims the duplicate key of the visit that e reserves,
// and of which the author may know, "" when none (R31).
func (s *State) rival(e *event.Event) string {
	var sector, visitType string
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		sector, visitType = d.Sector, d.VisitType
	default:
		return ""
	}
	about := &e.About
	key, ok := inspection.DuplicateKey(s.policy(about.Campaign), about.Campaign, about.Subject, sector, visitType)
	if !ok {
		return ""
	}
	holders, _ := s.initial.get(key)
	for _, id := range holders {
		if id != e.Stream.ID && s.knowsVisit(s.inspections.state(id)) {
			return id
		}
	}
	return ""
}

func (s *State) inspectorFacts(id string) inspection.PersonFacts {
	p := s.persons.state(id)
	if p == nil {
		return inspection.PersonFacts{}
	}
	f := inspection.PersonFacts{Known: true, Trained: p.Trained, Certificate: p.Certificate, HomeUnit: p.Unit}
	if m, ok := p.SecondmentAt(s.now); ok {
		f.HomeUnit = m.HomeUnit
	}
	return f
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
