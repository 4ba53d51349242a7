package eventtest

import (
	"cmp"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
)

// Aside returns where an event lies that a test tells of a visit, and what it says there: of an order that the visit gets, and of a
// decision on the spot, a stream of its own, named after its author or, else, after the owner of the visit, and by the id of the
// event; of everything else the visit's.
func Aside(visit event.Stream, author *event.Actor, id uuid.UUID, d event.Data) (event.Stream, event.Data) {
	if visit.Kind != event.Inspection {
		return visit, d
	}
	kind := casefile.Name
	switch o := d.(type) {
	case *order.Issued:
		own := *o
		own.Inspection, kind, d = visit.ID, order.Name, &own
	case *casefile.PenaltyDecided:
		own := *o
		own.Inspection, d = visit.ID, &own
	case *casefile.NoPenaltyDecided:
		own := *o
		own.Inspection, d = visit.ID, &own
	default:
		return visit, d
	}
	owner, _ := event.ParseVisitID(visit.ID)
	return event.Stream{Kind: kind, ID: Visit(cmp.Or(author.Team, author.Unit, owner), id.String())}, d
}

// Of returns the stream of what an event corrects or answers, if a log has it, and else its own.
func Of(e *event.Event, log []*event.Event) event.Stream {
	var about event.Ref
	switch d := e.Data.(type) {
	case event.Correction:
		about, _ = d.Corrects()
	case interface{ Answers() (event.Ref, bool) }:
		about, _ = d.Answers()
	default:
		return e.Stream
	}
	for _, o := range log {
		if o.ID == about.ID() {
			return o.Stream
		}
	}
	return e.Stream
}
