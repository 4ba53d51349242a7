package identity

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Permission is one thing a route may ask for. Checkpoints, hash tiles, proofs, the
// documentation and liveness are public and need none.
type Permission string

// The permissions.
const (
	AppendEvents  Permission = "append-events"  // which types: event.Type.MayAppend; which rows: the rules
	ReadEvents    Permission = "read-events"    // single events, replay, feed
	ReadSubjects  Permission = "read-subjects"  // subjects and their dossiers
	ReadTeams     Permission = "read-teams"     // team views and team worklists
	ReadCounties  Permission = "read-counties"  // county views
	ReadCity      Permission = "read-city"      // the city view
	ReadReports   Permission = "read-reports"   // reports and worklists across teams
	WriteEvidence Permission = "write-evidence" //
	ReadEvidence  Permission = "read-evidence"  //
	ReadBundles   Permission = "read-bundles"   // the raw ledger: entry bundles, blocks, export
	ReadAccessLog Permission = "read-access-log"
	ReadHealth    Permission = "read-health" // details beyond up or down
	ReadMetrics   Permission = "read-metrics"
	ReadOwn       Permission = "read-own"   // what the ledger knows of the bearer: every role
	Administer    Permission = "administer" // scrub, repair, rebuild views
)

// grants is the table "Roles (who may append, who may read)" of REQUIREMENTS.md: whatever
// is not in it is denied. The rows a role sees within a permission are its [Scope].
var grants = map[event.Role][]Permission{
	// 督查组成员: own inspections; own team, the subjects' dossiers
	event.RoleInspector: {AppendEvents, ReadEvents, ReadSubjects, ReadTeams, WriteEvidence, ReadEvidence},
	// 组长: as a member, and the own team in full
	event.RoleTeamLeader: {AppendEvents, ReadEvents, ReadSubjects, ReadTeams, ReadReports, WriteEvidence, ReadEvidence},
	// 市安委办: everything except restricted fields
	event.RoleSupervisionOffice: {
		AppendEvents, ReadEvents, ReadSubjects, ReadTeams, ReadCounties, ReadCity, ReadReports, WriteEvidence, ReadEvidence,
	},
	// 市纪委监委: everything, the raw ledger and the access log
	event.RoleDisciplineCommission: {
		AppendEvents, ReadEvents, ReadSubjects, ReadTeams, ReadCounties, ReadCity, ReadReports, WriteEvidence, ReadEvidence,
		ReadBundles, ReadAccessLog,
	},
	// 市政府: its decisions; aggregated views, no single facts
	event.RoleCityGovernment: {AppendEvents, ReadTeams, ReadCounties, ReadCity, ReadReports},
	// 县区政府, 主管部门: hand-overs and acknowledgements; own county after disclosure
	event.RoleCountyGovernment: {AppendEvents, ReadEvents, ReadSubjects, ReadCounties, ReadEvidence},
	event.RoleDepartment:       {AppendEvents, ReadEvents, ReadSubjects, ReadCounties, ReadEvidence},
	// others' records: importable types, and the subjects to map them to
	event.RoleImporter: {AppendEvents, ReadSubjects},
	// verifier: hashes, proofs and checkpoints, which are public
	event.RoleAuditor: {ReadHealth},
	// 管理员: persons, keys, teams and the machine; no field facts
	event.RoleAdmin: {AppendEvents, ReadHealth, ReadMetrics, Administer},
}

// Can reports whether a role has a permission.
func Can(r event.Role, p Permission) bool {
	own, known := grants[r]
	return slices.Contains(own, p) || known && p == ReadOwn
}

// SeesTokens reports whether a role may read who was given which token.
func SeesTokens(r event.Role) bool {
	return r == event.RoleAdmin || r == event.RoleAuditor || r == event.RoleDisciplineCommission
}

// Permissions returns what a role may do, in the order of the table.
func Permissions(r event.Role) []Permission { return slices.Clone(grants[r]) }

// Scope bounds the rows an actor may see within the permissions of the role. The zero
// value sees nothing.
type Scope struct {
	All             bool   // every team and county
	Team            string // own team only
	County          string // own county only
	Unit            string // the department the token speaks for: sectors are mapped to it (R75)
	AfterDisclosure bool   // nothing of a visit before the inspectors have arrived (R39)
	Restricted      bool   // restricted (§) material too; each read goes to the access log
}

// ScopeOf returns the rows an actor may see.
func ScopeOf(a event.Actor) Scope {
	switch a.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		return Scope{Team: a.Team}
	case event.RoleDisciplineCommission:
		return Scope{All: true, Restricted: true}
	case event.RoleSupervisionOffice, event.RoleCityGovernment, event.RoleImporter:
		return Scope{All: true}
	case event.RoleCountyGovernment, event.RoleDepartment:
		return Scope{County: a.County, Unit: a.Unit, AfterDisclosure: true}
	}
	return Scope{}
}

// SeesTeam reports whether the view of a team is within the scope.
func (s Scope) SeesTeam(id string) bool { return s.All || s.Team != "" && s.Team == id }

// SeesCounty reports whether the view of a county is within the scope. A functional zone
// is asked for by its own code or its parent's: the caller asks for each.
func (s Scope) SeesCounty(code string) bool { return s.All || s.County != "" && s.County == code }

// Sees reports whether an event about these is within the scope; disclosed says whether
// the visit it belongs to has been disclosed, true for events of no visit.
func (s Scope) Sees(a event.About, disclosed bool) bool {
	if s.AfterDisclosure && !disclosed {
		return false
	}
	return s.SeesTeam(a.Team) || s.SeesCounty(a.County)
}
