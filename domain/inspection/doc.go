// Package inspection is one visit of a team to a subject, from the reservation to the
// closing, with its findings, measures and penalties.
//
//	reserved ─▶ started ─▶ arrived ─▶ checks, findings, orders ─▶ site record ─▶ copies, review ─▶ closed
//	   │                     │                                    (signed or refused)
//	released             attempted ──────────────────────────────────────────────────▶ review ─▶ closed
//
// Each topic is a file that reads top to bottom: what the law says, the body, its declaration, how it
// is judged, how it is folded, what is owed since then. How that is asked for is in owed.go. What all events have in
// common is in judge.go, clock.go and actor.go; statements.go has what the ledger says of a visit as a whole.
// What a topic declares enters itself (declared.go), so that nothing else has to be edited: its types by declare, the
// obligations they open or meet, with the gates that wait for them, by obliges, and what the visit as a whole says of
// them by stands; its codes it may declare beside them (law.Declare). The state knows by itself which types have happened
// ([happened]), of some the first fact ([remember]), and what else a topic notes in a [mark] of its own.
// A new event type is its topic, with a golden file (package eventtest) that shows an event of it and, as scenes, how its
// rules answer; tests then name the documents that are to be rendered again, by make documents.
package inspection

import "github.com/anjian-ledger/anjian/domain/event"

var (
	field  = []event.Role{event.RoleInspector, event.RoleTeamLeader}
	leader = []event.Role{event.RoleTeamLeader}
	plan   = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice}
	office = []event.Role{event.RoleSupervisionOffice}
)
