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
// A new event type is its topic, a word in [Types], and, where it has them, its codes in package law and its
// obligation in the list of owed.go; tests then name the documents and the golden event that it needs, and ask
// package visibility whether it discloses the visit. No test asks for a place in the view: inspection_fold.go.
package inspection

import "github.com/anjian-ledger/anjian/domain/event"

var (
	field  = []event.Role{event.RoleInspector, event.RoleTeamLeader}
	leader = []event.Role{event.RoleTeamLeader}
	plan   = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice}
	office = []event.Role{event.RoleSupervisionOffice}
)

// Types are the events of this package, in the order of a visit.
var Types = []*event.Type{
	assignmentReserved, assignmentReleased, preInspectionBriefed, inspectionStarted, inspectionAttempted,
	inspectorArrived, inspectorJoined, certificatesShown, noticePosted, conductDeclared, checkAnswered,
	sectionCompleted, findingRecorded, evidenceAttached, findingFixedOnSite, orderIssued,
	penaltyDecided, noPenaltyDecided, siteRecordSigned, signatureRefused, copyDelivered, serviceProvided,
	inspectorDeparted, inspectionResultRecorded, duplicateJustified, leaderReviewed, inspectionClosed,
}
