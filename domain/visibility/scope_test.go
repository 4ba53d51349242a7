package visibility_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// roll is a table of units and a team.
type roll struct{}

func (roll) Unit(id string) (table.Unit, bool) {
	u, ok := map[string]table.Unit{
		"city-mine": {Sectors: []string{"MINE"}}, "county-fire": {County: "610902", Sectors: []string{"FIRE"}},
		"zone": {County: "610972", Sectors: []string{"MINE"}}, "no-sector": {County: "610902"},
	}[id]
	return u, ok
}

func (roll) Committee(id string) []string { return map[string][]string{"fire-committee": {"FIRE"}}[id] }

func (roll) Team(id string) (visibility.Team, bool) {
	return visibility.Team{Counties: []string{"610902"}, Sectors: []string{"FIRE"}, Members: map[string]bool{"ma": true}, Leader: "wang"},
		id == "T1"
}

// Who sees what, by role and kind of stream.
func TestTheScopeOfEachRole(t *testing.T) {
	about := map[string]event.About{
		"A mine": {County: "610902", Sectors: []string{"MINE"}}, "A both": {County: "610902", Sectors: []string{"FIRE", "MINE"}},
		"z mine": {County: "610972", Sectors: []string{"MINE"}}, "B mine": {County: "610921", Sectors: []string{"MINE"}},
		"nowhere mine": {Sectors: []string{"MINE"}}, "A none": {County: "610902"},
		"own firm": {Subject: "firm", County: "610921", Sectors: []string{"MINE"}},
		"own B":    {Team: "T1", County: "610921", Sectors: []string{"MINE"}},
	}
	for name, c := range map[string]struct {
		who  event.Actor
		sees map[string]bool // of visits; the others are not seen
	}{
		"office":     {event.Actor{Role: event.RoleSupervisionOffice}, all(about)},
		"commission": {event.Actor{Role: event.RoleDisciplineCommission}, all(about)},
		"county": {event.Actor{Role: event.RoleCountyGovernment, County: "610902"},
			set("A mine", "A both", "z mine", "A none")},
		"zone":      {event.Actor{Role: event.RoleCountyGovernment, County: "610972"}, set("z mine")},
		"no county": {event.Actor{Role: event.RoleCountyGovernment}, nil},
		"city unit": {event.Actor{Role: event.RoleDepartment, Unit: "city-mine"},
			set("A mine", "A both", "z mine", "B mine", "nowhere mine", "own B", "own firm")},
		"city unit, token of a county": {event.Actor{Role: event.RoleDepartment, Unit: "city-mine", County: "610902"},
			set("A mine", "A both", "z mine")},
		"county unit":                          {event.Actor{Role: event.RoleDepartment, Unit: "county-fire"}, set("A both")},
		"county unit, token of another county": {event.Actor{Role: event.RoleDepartment, Unit: "county-fire", County: "610921"}, nil},
		"zone's unit, token of its county":     {event.Actor{Role: event.RoleDepartment, Unit: "zone", County: "610902"}, set("z mine")},
		"unit without sector":                  {event.Actor{Role: event.RoleDepartment, Unit: "no-sector"}, nil},
		"unlisted unit":                        {event.Actor{Role: event.RoleDepartment, Unit: "x", County: "610902"}, nil},
		"member":                               {event.Actor{Role: event.RoleInspector, Team: "T1", Person: "ma"}, set("A both", "own B")},
		"leader":                               {event.Actor{Role: event.RoleTeamLeader, Team: "T1", Person: "wang"}, set("A both", "own B")},
		"who left":                             {event.Actor{Role: event.RoleInspector, Team: "T1", Person: "li"}, nil},
		"of no team":                           {event.Actor{Role: event.RoleInspector, Person: "ma"}, nil},
		"of an unknown team":                   {event.Actor{Role: event.RoleInspector, Team: "T9", Person: "ma"}, nil},
		"officer":                              {event.Actor{Role: event.RoleOfficer, Unit: "county-fire", Person: "ma"}, set("A both")},
		"approver":                             {event.Actor{Role: event.RoleApprover, Unit: "zone", Person: "li"}, set("z mine")},
		"officer of an unlisted unit":          {event.Actor{Role: event.RoleOfficer, Unit: "x", Person: "ma"}, nil},
		"inspected party":                      {event.Actor{Role: event.RoleInspectedParty, Unit: "firm"}, set("own firm")},
		"party of another subject":             {event.Actor{Role: event.RoleInspectedParty, Unit: "x"}, nil},
		"party without subject":                {event.Actor{Role: event.RoleInspectedParty}, nil},
		"importer":                             {event.Actor{Role: event.RoleImporter}, nil},
		"auditor":                              {event.Actor{Role: event.RoleAuditor, County: "610902"}, nil},
		"admin":                                {event.Actor{Role: event.RoleAdmin, County: "610902"}, nil},
		"nobody":                               {event.Actor{}, nil},
	} {
		s := visibility.ScopeOf(c.who, roll{})
		for what, a := range about {
			if got := s.Sees(event.Stream{Kind: event.Inspection}, &a); got != c.sees[what] {
				t.Errorf("%s sees a visit of %s: %t", name, what, got)
			}
		}
	}
}

// R38, R44, R49, R52, R63, R73, N10: what the requirements close to all but some roles.
func TestRestrictedKindsAreClosedToAllButTheirRoles(t *testing.T) {
	about := event.About{Team: "T1", County: "610902", Sectors: []string{"FIRE"}}
	for _, r := range event.Roles {
		who := event.Actor{Role: r, Team: "T1", Person: "ma", County: "610902", Unit: "county-fire"}
		s := visibility.ScopeOf(who, roll{})
		office, commission := r == event.RoleSupervisionOffice, r == event.RoleDisciplineCommission
		own := r == event.RoleInspector || r == event.RoleTeamLeader
		for kind, want := range map[event.Kind]bool{
			event.Campaign: true, event.Table: true, event.Review: office || commission, event.Ledger: office || commission ||
				r == event.RoleAuditor,
			event.Team: office || commission || own || r == event.RoleCityGovernment, event.Person: office || commission || own ||
				r == event.RoleCityGovernment,
			"tip": office || commission, "inquiry": commission, "interference": commission,
			"evaluation":  office || commission || r == event.RoleEnforcementSupervisor,
			"clue":        commission || r == event.RoleEnforcementSupervisor,
			"team-review": office || commission || own,
			"token":       commission || r == event.RoleAdmin || r == event.RoleAuditor, "undeclared": false,
		} {
			if got := s.Sees(event.Stream{Kind: kind}, &about); got != want {
				t.Errorf("%s sees %s: %t", r, kind, got)
			}
		}
	}
	matter := event.About{Subject: "firm", County: "610902", Sectors: []string{"FIRE"}}
	for _, c := range []struct {
		who                                          event.Actor
		visit, blacklisted, subject, accident, flags bool
	}{
		{event.Actor{Role: event.RoleOfficer, Unit: "county-fire"}, true, true, true, false, false},
		{event.Actor{Role: event.RoleApprover, Unit: "county-fire"}, true, true, true, false, false},
		{event.Actor{Role: event.RoleInspectedParty, Unit: "firm"}, true, true, false, false, false},
		{event.Actor{Role: event.RoleDepartment, Unit: "county-fire"}, true, true, true, true, true},
	} {
		s := visibility.ScopeOf(c.who, roll{})
		for kind, want := range map[event.Kind]bool{event.Inspection: c.visit, "blacklist": c.blacklisted, event.Subject: c.subject,
			event.Accident: c.accident, event.Flag: c.flags} {
			if got := s.Sees(event.Stream{Kind: kind, ID: "x"}, &matter); got != want {
				t.Errorf("%s sees %s of its matter: %t", c.who.Role, kind, got)
			}
		}
		if _, early := s.Since(event.Stream{Kind: event.Inspection, ID: "x"}, &matter, 3, 0, false); early {
			t.Errorf("%s sees a visit before it is disclosed", c.who.Role)
		}
	}
	importer := visibility.ScopeOf(event.Actor{Role: event.RoleImporter}, roll{})
	if !importer.Sees(event.Stream{Kind: event.Subject}, &about) || importer.Sees(event.Stream{Kind: event.Accident}, &about) {
		t.Error("the importer sees subjects to map to, and nothing else of a cell")
	}
}

// Since when each reader sees the entries of a visit, whatever comes before the arrival (R39, N03): who once sees an entry sees it since
// the same position for good, and the unit's approver alone sees it early, where the first entry names the unit.
func TestTheApproverOfAVisitSeesItSinceItsIndex(t *testing.T) {
	named := 0
	rapid.Check(t, func(t *rapid.T) {
		authority := rapid.SampledFrom([]string{"", "county-fire", "zone"}).Draw(t, "authority")
		about := event.About{Subject: "firm", Team: "T9", County: "610972", Sectors: []string{"FIRE", "MINE"}}
		who := func(role event.Role, unit string) visibility.Scope {
			return visibility.ScopeOf(event.Actor{Role: role, Unit: unit, Person: "li", County: "610972"}, roll{})
		}
		readers := map[string]visibility.Scope{"approver": who(event.RoleApprover, "county-fire"),
			"officer": who(event.RoleOfficer, "county-fire"),
			"other":   who(event.RoleApprover, "zone"), "department": who(event.RoleDepartment, "county-fire"),
			"county": who(event.RoleCountyGovernment, ""), "office": who(event.RoleSupervisionOffice, "")}
		early := map[string]bool{"office": true, "approver": authority == "county-fire", "other": authority == "zone"}
		var f visibility.Fold
		var v visibility.Visit
		of := event.Stream{Kind: event.Inspection, ID: "T9.x"}
		arrival := uint64(rapid.IntRange(1, 8).Draw(t, "arrival"))
		for i := range arrival + 3 {
			e := &event.Event{Index: i, Stream: of, Type: &event.Type{Discloses: i == arrival}, Data: &inspection.Briefed{}}
			if i == 0 {
				e.Data = &inspection.Reserved{EnforcingAuthority: authority}
			}
			f.Visit(&v, e)
			for name, s := range readers {
				for at := range i + 1 {
					since, sees := v.Since(&s, of, &about, at)
					want := max(at, arrival)
					if early[name] {
						want = at
					}
					if sees != (early[name] || i >= arrival) || sees && since != want {
						t.Fatalf("in the name of %q: %s sees entry %d of %d since %d: %t", authority, name, at, i, since, sees)
					}
				}
			}
		}
		if authority != "" {
			named++
		}
	})
	if named == 0 {
		t.Error("no visit named an authority")
	}
}

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

func all(about map[string]event.About) map[string]bool {
	m := map[string]bool{}
	for n := range about {
		m[n] = true
	}
	return m
}
