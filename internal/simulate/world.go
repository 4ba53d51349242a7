package simulate

import (
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// world is what exists before the first visit. All of it can be computed from its number.
type world struct {
	key   uint64 // of all chance
	id    string // of the campaign, and prefix of all ids
	areas []area
	comps int // comprehensive teams
	law   lawEdition
	acc   int   // number of the visit to the subject of the accident
	grave []int // numbers of the visits that find a major hazard for sure
	dup   int   // number of the visit that repeats dupOf; -1: none does
	dupOf int
}

// area is a county or zone in force in the campaign's year.
type area struct {
	codes.Area
	towns    []codes.Town
	registry string // code that stands in a USCC: the legal county's
	lat, lon float64
}

// hengkou is the zone where the accident happens.
const hengkou = "610972"

// datum of all synthetic coordinates.
const datum = "WGS-84"

// centres are rough positions for synthetic coordinates.
var centres = map[string][2]float64{
	"610902": {32.69, 109.03}, "610921": {32.89, 108.51}, "610922": {33.04, 108.25}, "610923": {33.31, 108.31},
	"610924": {32.52, 108.53}, "610925": {32.31, 108.90}, "610926": {32.39, 109.36}, "610927": {31.88, 109.53},
	"610928": {32.83, 109.36}, "610981": {32.83, 109.36}, "610929": {32.81, 110.11},
	"610971": {32.71, 108.98}, "610972": {32.74, 108.77}, "610973": {32.62, 108.88},
}

func newWorld(g *Generator) world {
	key := mix(g.Seed + 1)
	for _, part := range []uint64{uint64(g.visits), uint64(g.Base.Unix())} { //nolint:gosec // any bits do
		key = mix(key ^ part)
	}
	if g.Live {
		key = mix(key + 1)
	}
	if g.today() {
		key = mix(key + 2)
	}
	w := world{key: key, id: fmt.Sprintf(Prefix+"%08x", uint32(key)), law: lawsOf(g.Base)} //nolint:gosec // truncated on purpose
	for _, a := range codes.Counties() {
		if !a.In(g.Base.Year()) {
			continue
		}
		at := centres[a.Code]
		one := area{Area: a, towns: codes.Towns(a.Code), registry: a.Code, lat: at[0], lon: at[1]}
		if a.Parent != "" {
			one.registry = a.Parent
		}
		w.areas = append(w.areas, one)
	}
	w.comps = g.teams - g.teams/3
	return w
}

// at returns a time of a day of the campaign, from 0; Base is midnight.
func (g *Generator) at(day int, hour, minute int) time.Time {
	return g.Base.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// The people of the supervision office (市安委办).
const (
	director = iota // approves justifications
	clerk
	keeper // administers the system, and confirms the office's keys
	officers
)

func (g *Generator) officer(n int) string { return fmt.Sprintf("%s-o%d", g.id, n) }

// official is a person of the office.
func (g *Generator) official(n int) event.Actor {
	a := event.Actor{Person: g.officer(n), Role: event.RoleSupervisionOffice, Unit: officeUnit}
	if n == keeper {
		a.Role = event.RoleAdmin
	}
	return a
}

func (g *Generator) office() event.Actor { return g.official(clerk) }

// desk is the office before its people are registered.
func (g *Generator) desk() event.Actor {
	a := g.office()
	a.Person = ""
	return a
}

// teamSize is how many people belong to a team: the leader, who reviews and does not visit,
// four members, and the deputy, who may become leader.
const (
	teamSize = 6
	members  = 4
	deputy   = 5
)

func (g *Generator) teamID(team int) string { return fmt.Sprintf("%s-t%03d", g.id, team) }

// person returns the id of a person of a team: 0 is the leader, 1 to 4 are the members, 5 is
// the deputy.
func (g *Generator) person(team, n int) string {
	return fmt.Sprintf("%s-p%05d", g.id, team*teamSize+n)
}

func (g *Generator) certificate(team, n int) string {
	return fmt.Sprintf("模拟-%05d", team*teamSize+n)
}

// specialist reports whether the team is a specialist one (专业督查组): every third is.
func specialist(team int) bool { return team%3 == 2 }

// sectorsOf returns the sectors of a specialist team.
func sectorsOf(team int) []*trade {
	k := team / 3 * 2
	return []*trade{&trades[k%len(trades)], &trades[(k+1)%len(trades)]}
}

// countiesOf returns the counties of a comprehensive team. Few teams share all counties;
// many have one each.
func (g *Generator) countiesOf(team int) []area {
	k := team - (team+1)/3
	if g.comps >= len(g.areas) {
		return g.areas[k%len(g.areas):][:1]
	}
	var own []area
	for i := k; i < len(g.areas); i += g.comps {
		own = append(own, g.areas[i])
	}
	return own
}

// leaderDay is the day on which some teams change their leader.
const leaderDay = 14

func changesLeader(team int) bool { return team%11 == 4 }

// leader returns the number within the team of who leads it at a time.
func (g *Generator) leader(team int, at time.Time) int {
	if changesLeader(team) && !at.Before(g.at(leaderDay, 7, 30)) {
		return deputy
	}
	return 0
}
