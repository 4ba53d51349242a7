package identity_test

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// The table of roles, said the other way round: who may do it. A role
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
		committee  = event.RoleCommittee
		officer    = event.RoleOfficer
		approver   = event.RoleApprover
		party      = event.RoleInspectedParty
		supervisor = event.RoleEnforcementSupervisor
		importer   = event.RoleImporter
		auditor    = event.RoleAuditor
		admin      = event.RoleAdmin
	)
	for p, want := range map[identity.Permission][]event.Role{
		identity.AppendEvents: {inspector, leader, officer, approver, party, supervisor, office, discipline, city, county, department, committee,
			importer, admin},
		identity.ReadEntry: {inspector, leader, officer, approver, party, supervisor, office, discipline, city, county, department, committee,
			importer, auditor, admin},
		// the last two: issues of tokens
		identity.ReadEvents: {inspector, leader, officer, approver, party, supervisor, office, discipline, county, department, committee,
			auditor, admin},
		identity.ReadSubjects:  {inspector, leader, office, discipline, county, department, committee, importer},
		identity.ReadTeams:     {inspector, leader, office, discipline, city},
		identity.ReadCounties:  {office, discipline, city, county, department},
		identity.ReadCity:      {office, discipline, city},
		identity.WriteEvidence: {inspector, leader, officer, approver, party, supervisor, office, discipline, county, department, committee},
		identity.ReadEvidence:  {inspector, leader, officer, approver, party, supervisor, office, discipline, county, department, committee},
		identity.OpenSealed:    {supervisor, office, discipline, county, department, committee},
		identity.ReadBundles:   {discipline},
		identity.ReadHealth:    {auditor, admin},
		identity.ReadMetrics:   {admin},
		identity.ReadOwn:       event.Roles,
	} {
		for _, r := range event.Roles {
			if identity.Can(r, p) != slices.Contains(want, r) {
				t.Errorf("%s may %s: %v", r, p, identity.Can(r, p))
			}
		}
		for _, r := range []event.Role{"", event.RoleLedger, event.RolePublic, "root"} {
			if identity.Can(r, p) {
				t.Errorf("role %q may %s", r, p)
			}
		}
	}
}
