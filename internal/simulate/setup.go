package simulate

import (
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/team"
)

// subjectsPerRequest is how many subjects the office enters at once.
const subjectsPerRequest = 100

// anyTime is how late a fact may come where nothing is to be flagged as late: 100 years, in
// hours. A duration cannot hold 300.
const anyTime = 100 * 365 * 24

// setup yields what comes before the first visit, within the day before Base.
func (g *Generator) setup(yield func(*Request) bool) bool {
	start := g.Base.Add(-24 * time.Hour)
	if !yield(g.plan(start)) || !yield(g.tables(start)) {
		return false
	}
	if !yield(g.officers(start.Add(time.Minute))) || !g.registerOfficeKeys(start.Add(2*time.Minute), yield) {
		return false
	}
	for t := range g.teams {
		if !g.formTeam(t, start.Add(2*time.Hour+time.Duration(t)*20*time.Second), yield) {
			return false
		}
	}
	registering := start.Add(9 * time.Hour)
	for n, i := 0, 0; n < g.subjects(); n, i = n+subjectsPerRequest, i+1 {
		at := registering.Add(time.Duration(i) * 30 * time.Second)
		b := g.batch(g.office(), g.chance(forSubject, -1-i))
		for s := n; s < min(n+subjectsPerRequest, g.subjects()); s++ {
			g.registerSubject(b, s, at)
		}
		if len(b.events) > 0 && !yield(b.request(at)) {
			return false
		}
	}
	return true
}

func (g *Generator) plan(at time.Time) *Request {
	c := g.chance(forCampaign, 0)
	b := g.batch(g.desk(), c)
	policy := g.policy()
	if g.Live {
		policy.LateSyncHours = anyTime
	}
	b.add("campaign-plan-published", event.Campaign, g.id, at, &campaign.PlanPublished{
		Title: "全市安全生产专项督查检查工作方案（模拟数据）", Version: "1", DocumentHash: c.hash(), Policy: policy,
	})
	b.add("campaign-started", event.Campaign, g.id, at, &campaign.Started{
		Start: g.Base, End: g.Base.Add(Length), Basis: []string{"全省安全生产百日集中整治行动方案（模拟）"},
	})
	return b.request(at)
}

func (g *Generator) officers(at time.Time) *Request {
	b := g.batch(g.desk(), g.chance(forPerson, -1))
	for n := range officers {
		b.add("person-registered", event.Person, g.officer(n), at, &person.Registered{
			Name: pick(b.c, surnames) + pick(b.c, given) + mark, Unit: officeUnit,
			Roles: []event.Role{g.official(n).Role},
		})
	}
	g.registerBodies(b, at)
	g.registerOthers(b, at)
	return b.request(at)
}

// formTeam yields the forming of a team, its people's acknowledgements and its activation.
func (g *Generator) formTeam(t int, at time.Time, yield func(*Request) bool) bool {
	c := g.chance(forTeam, t)
	b := g.batch(g.office(), c)
	id := g.teamID(t)
	formed, scope := g.teamScope(t)
	b.add("team-formed", event.Team, id, at, formed)
	b.add("team-scope-assigned", event.Team, id, at, scope)
	for n := range teamSize {
		g.enlist(b, t, n, at)
	}
	b.add("leader-appointed", event.Team, id, at, &team.LeaderAppointed{Person: g.person(t, 0)})
	for n := 1; n < teamSize; n++ {
		b.add("member-joined", event.Team, id, at, &team.MemberJoined{Person: g.person(t, n)})
	}
	people := make([]event.Actor, teamSize)
	for n := range people {
		people[n] = g.actor(t, n)
	}
	people[0] = g.leading(t, at)
	if !yield(b.request(at)) || !g.registerKeys(people, g.office(), t, at.Add(2*time.Second), yield) {
		return false
	}
	rules := g.rulesOfDiscipline()
	read := &person.RulesAcknowledged{Version: rules.Version, DocumentHash: rules.SHA256()}
	for _, author := range people {
		self := g.batch(author, c)
		self.add("discipline-rules-acknowledged", event.Person, author.Person, at.Add(5*time.Second), read)
		if !yield(self.request(at.Add(5 * time.Second))) {
			return false
		}
	}
	ready := g.batch(g.office(), c)
	ready.add("team-activated", event.Team, id, at.Add(10*time.Second), &team.Activated{})
	return yield(ready.request(at.Add(10 * time.Second)))
}

func (g *Generator) teamScope(t int) (*team.Formed, *team.ScopeAssigned) {
	formed := &team.Formed{Name: fmt.Sprintf("第%d综合督查组%s", t+1, mark), Kind: "comprehensive"}
	scope := &team.ScopeAssigned{}
	if specialist(t) {
		formed.Name, formed.Kind = fmt.Sprintf("第%d专业督查组%s", t+1, mark), "specialist"
		for _, own := range sectorsOf(t) {
			if len(scope.Sectors) == 0 || scope.Sectors[0] != own.sector {
				scope.Sectors = append(scope.Sectors, own.sector)
			}
		}
		return formed, scope
	}
	for _, a := range g.countiesOf(t) {
		scope.Counties = append(scope.Counties, a.Code)
	}
	return formed, scope
}

// enlist registers, trains and seconds one person. One in a hundred members is sent out
// untrained (R01), and a few come from the department that supervises the subjects (R61).
func (g *Generator) enlist(b *batch, t, n int, at time.Time) {
	c := g.chance(forPerson, t*teamSize+n)
	unit := pick(c, depts).slug + "-" + cityWide
	if n == 1 && !specialist(t) && t%9 == 4 {
		unit = unitID("应急管理局", g.countiesOf(t)[0].Code)
	}
	roles := []event.Role{event.RoleInspector}
	if n == 0 || n == deputy {
		roles = append(roles, event.RoleTeamLeader)
	}
	id := g.person(t, n)
	b.add("person-registered", event.Person, id, at, &person.Registered{
		Name: pick(c, surnames) + pick(c, given) + mark, Unit: unit, Certificate: g.certificate(t, n), Roles: roles,
	})
	if n == 0 || !c.once(0.01) {
		b.add("inspector-trained", event.Person, id, at, &person.Trained{
			Topic: "专项督查业务培训", Date: g.date(g.Base.AddDate(0, 0, -2)),
		})
	}
	b.add("inspector-seconded", event.Person, id, at, &person.Seconded{
		HomeUnit: unit, Team: g.teamID(t), From: g.Base.Add(-24 * time.Hour), To: g.Base.Add(Length),
	})
}

// actor is a person of a team as inspector.
func (g *Generator) actor(t, n int) event.Actor {
	return event.Actor{Person: g.person(t, n), Role: event.RoleInspector, Team: g.teamID(t)}
}

// leading is whoever leads a team at a time.
func (g *Generator) leading(t int, at time.Time) event.Actor {
	a := g.actor(t, g.leader(t, at))
	a.Role = event.RoleTeamLeader
	return a
}
