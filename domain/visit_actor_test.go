package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

func TestR17OnlyParticipantsWriteWithoutAFlag(t *testing.T) {
	// B is of the team and of the visit; M of the team only; X left the team, or never was in it.
	of := func(person string, role event.Role) *stage {
		return began(t, func(s *setting) { s.members = append(s.members, "M") }).as(person, role)
	}
	of("B", event.RoleInspector).accepts(finding1("F"))
	of("M", event.RoleInspector).accepts(finding1("F"), "R42 not-a-participant")
	of("X", event.RoleInspector).accepts(finding1("F"), "R17 not-a-participant")
	of("X", event.RoleTeamLeader).accepts(finding1("F"), "R17 not-a-participant")
	of("L", event.RoleTeamLeader).accepts(finding1("F"), "R42 not-a-participant")
	// Decisions after the visit may be written by any member.
	of("M", event.RoleInspector).given(punishable1("F")).accepts(fineOf("P", "F"))
	of("X", event.RoleInspector).given(punishable1("F")).accepts(fineOf("P", "F"), "R17 not-a-participant")
	// Who joins says so himself, and is of the visit from then on.
	of("M", event.RoleInspector).accepts(&inspection.Joined{Person: "M"})
	of("M", event.RoleInspector).given(&inspection.Joined{Person: "M"}).accepts(finding1("F"))
	// An office names no person; what others recorded is not judged by who copied it.
	of("A", event.RoleInspector).given(punishable1("F")).as("", event.RoleSupervisionOffice).accepts(fineOf("P", "F"))
	importedVisit(t).as("X", event.RoleImporter).accepts(finding1("F"))
}
