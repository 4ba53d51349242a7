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
	ReadEvents    Permission = "read-events"    // replay, feed
	ReadEntry     Permission = "read-entry"     // one entry by its index: what the role may see, and what the caller appended
	ReadSubjects  Permission = "read-subjects"  // subjects and their dossiers
	ReadRegisters Permission = "read-registers" // lists of people, accidents and flags, and what changed in the worklist
	ReadTips      Permission = "read-tips"      // the list of tips
	ReadTeams     Permission = "read-teams"     // team views
	ReadCounties  Permission = "read-counties"  // county views
	ReadCity      Permission = "read-city"      // the city view
	WriteEvidence Permission = "write-evidence" //
	ReadEvidence  Permission = "read-evidence"  //
	OpenSealed    Permission = "open-sealed"    // sealed texts: those of keys that the role may use
	ReadBundles   Permission = "read-bundles"   // the raw ledger: entry bundles, blocks, export
	ReadHealth    Permission = "read-health"    // details beyond up or down
	ReadMetrics   Permission = "read-metrics"
	ReadOwn       Permission = "read-own" // what the ledger knows of the bearer: every role
)

// grants is the one table of who may append and read what (rule Roles): whatever
// is not in it is denied. Which rows a role sees within a permission, package visibility decides.
var grants = map[event.Role][]Permission{
	// 督查组成员: own inspections; own team, the subjects' dossiers
	event.RoleInspector: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadSubjects, ReadTeams, WriteEvidence, ReadEvidence},
	// 组长: as a member, and the own team in full
	event.RoleTeamLeader: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadSubjects, ReadTeams, WriteEvidence, ReadEvidence},
	// 执法人员: orders, measures and cases; those of the own authority, after disclosure
	event.RoleOfficer: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, WriteEvidence, ReadEvidence},
	// 审批、法制审核: approvals, legal review, decisions; cases of the own authority, after disclosure
	event.RoleApprover: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, WriteEvidence, ReadEvidence},
	// 市安委办: everything except restricted fields
	event.RoleSupervisionOffice: {
		AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadTips, ReadSubjects, ReadTeams, ReadCounties, ReadCity, WriteEvidence,
		ReadEvidence,
		OpenSealed,
	},
	// 市纪委监委: everything, and the raw ledger
	event.RoleDisciplineCommission: {
		AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadTips, ReadSubjects, ReadTeams, ReadCounties, ReadCity, WriteEvidence,
		ReadEvidence,
		OpenSealed, ReadBundles,
	},
	// 市政府: its decisions; aggregated views, no single facts
	event.RoleCityGovernment: {AppendEvents, ReadEntry, ReadTeams, ReadCounties, ReadCity},
	// 县区政府, 主管部门: hand-overs and acknowledgements; own county after disclosure
	event.RoleCountyGovernment: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadSubjects, ReadCounties, WriteEvidence, ReadEvidence,
		OpenSealed},
	event.RoleDepartment: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadSubjects, ReadCounties, WriteEvidence, ReadEvidence,
		OpenSealed},
	// 专业委员会: own sectors after disclosure; answers to what is handed over to it
	event.RoleCommittee: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadSubjects, WriteEvidence, ReadEvidence, OpenSealed},
	// 被检查单位: the own words and receipts; what is of the own subject, after arrival
	event.RoleInspectedParty: {AppendEvents, ReadEntry, ReadEvents, WriteEvidence, ReadEvidence},
	// 行政执法监督机构（司法局）: visits, orders and cases after disclosure, what parties say of them; opinions and decisions
	event.RoleEnforcementSupervisor: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, WriteEvidence, ReadEvidence, OpenSealed},
	// others' records: importable types, and the subjects to map them to
	event.RoleImporter: {AppendEvents, ReadEntry, ReadSubjects},
	// verifier: hashes, proofs and checkpoints, which are public; who was given which token, and what the ledger did to itself
	event.RoleAuditor: {ReadEntry, ReadEvents, ReadRegisters, ReadHealth},
	// 管理员: persons, keys, teams and the machine; of the ledger the issues of tokens, no field facts
	event.RoleAdmin: {AppendEvents, ReadEntry, ReadEvents, ReadRegisters, ReadHealth, ReadMetrics},
}

// Can reports whether a role has a permission.
func Can(r event.Role, p Permission) bool {
	own, known := grants[r]
	return slices.Contains(own, p) || known && p == ReadOwn
}
