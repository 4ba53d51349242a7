package identity_test

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// The promises of REQUIREMENTS.md "Roles", said the other way round: who may do it. A role
// that is added to the table must be added here too.
func TestEachPermissionIsHeldByTheseRolesOnly(t *testing.T) {
	const (
		inspector  = event.RoleInspector
		leader     = event.RoleTeamLeader
		office     = event.RoleSupervisionOffice
		discipline = event.RoleDisciplineCommission
		city       = event.RoleCityGovernment
		county     = event.RoleCountyGovernment
		department = event.RoleDepartment
		importer   = event.RoleImporter
		auditor    = event.RoleAuditor
		admin      = event.RoleAdmin
	)
	for p, want := range map[identity.Permission][]event.Role{
		identity.AppendEvents:  {inspector, leader, office, discipline, city, county, department, importer, admin},
		identity.ReadEvents:    {inspector, leader, office, discipline, county, department},
		identity.ReadSubjects:  {inspector, leader, office, discipline, county, department, importer},
		identity.ReadTeams:     {inspector, leader, office, discipline, city},
		identity.ReadCounties:  {office, discipline, city, county, department},
		identity.ReadCity:      {office, discipline, city},
		identity.ReadReports:   {leader, office, discipline, city},
		identity.WriteEvidence: {inspector, leader, office, discipline},
		identity.ReadEvidence:  {inspector, leader, office, discipline, county, department},
		identity.ReadBundles:   {discipline},
		identity.ReadAccessLog: {discipline},
		identity.ReadHealth:    {auditor, admin},
		identity.ReadMetrics:   {admin},
		identity.ReadOwn:       event.Roles,
		identity.Administer:    {admin},
	} {
		for _, r := range event.Roles {
			if identity.Can(r, p) != slices.Contains(want, r) {
				t.Errorf("%s may %s: %v", r, p, identity.Can(r, p))
			}
		}
		for _, r := range []event.Role{"", event.RoleLedger, "root"} {
			if identity.Can(r, p) {
				t.Errorf("role %q may %s", r, p)
			}
		}
	}
}

func TestTheScopeBoundsWhatAnActorSees(t *testing.T) {
	own := event.About{Team: "team-3", County: "610902"}
	foreign := event.About{Team: "team-4", County: "610921"}
	type sight struct{ own, foreign, undisclosed, unknown bool }
	for name, c := range map[string]struct {
		actor event.Actor
		want  sight
	}{
		"inspector":           {event.Actor{Role: event.RoleInspector, Team: "team-3", County: "610921"}, sight{own: true, undisclosed: true}},
		"team leader":         {event.Actor{Role: event.RoleTeamLeader, Team: "team-3"}, sight{own: true, undisclosed: true}},
		"supervision office":  {event.Actor{Role: event.RoleSupervisionOffice}, sight{true, true, true, true}},
		"discipline":          {event.Actor{Role: event.RoleDisciplineCommission}, sight{true, true, true, true}},
		"county":              {event.Actor{Role: event.RoleCountyGovernment, County: "610902"}, sight{own: true}},
		"department":          {event.Actor{Role: event.RoleDepartment, County: "610902", Unit: "u"}, sight{own: true}},
		"department, bare":    {event.Actor{Role: event.RoleDepartment}, sight{}},
		"inspector, no team":  {event.Actor{Role: event.RoleInspector}, sight{}},
		"auditor":             {event.Actor{Role: event.RoleAuditor, Team: "team-3", County: "610902"}, sight{}},
		"admin":               {event.Actor{Role: event.RoleAdmin, Team: "team-3", County: "610902"}, sight{}},
		"a role of no token":  {event.Actor{Role: event.RoleLedger}, sight{}},
		"somebody with no id": {event.Actor{}, sight{}},
	} {
		s := identity.ScopeOf(c.actor)
		got := sight{s.Sees(own, true), s.Sees(foreign, true), s.Sees(own, false), s.Sees(event.About{}, true)}
		if got != c.want {
			t.Errorf("%s sees %+v, want %+v", name, got, c.want)
		}
	}
}

func TestOnlyTheDisciplineCommissionSeesRestrictedMaterial(t *testing.T) {
	for _, r := range event.Roles {
		if s := identity.ScopeOf(event.Actor{Role: r}); s.Restricted != (r == event.RoleDisciplineCommission) {
			t.Errorf("%s: %v", r, s.Restricted)
		}
	}
}

func TestPermissionsCannotBeChangedByTheirReader(t *testing.T) {
	list := identity.Permissions(event.RoleAuditor)
	list[0] = identity.Administer
	if identity.Can(event.RoleAuditor, identity.Administer) {
		t.Error("the auditor administers")
	}
}
