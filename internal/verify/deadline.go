package verify

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// deadlines checks what the ledger says of deadlines that have passed (pillar 12), as far as the entries tell by
// themselves: each is the ledger's own word, behind its date, under the id of its obligation, and said again only when the
// last one has lapsed.
type deadlines struct {
	of    map[duty]*escalation
	stand map[uuid.UUID]*escalation
}

// duty is an obligation of a stream.
type duty struct {
	stream event.Stream
	obligation.Ref
}

type escalation struct {
	times  int
	stands bool
}

func newDeadlines() deadlines {
	return deadlines{map[duty]*escalation{}, map[uuid.UUID]*escalation{}}
}

// take takes in one entry; resumed says that entries before it are missing.
func (t *deadlines) take(e *event.Event, origin string, resumed bool) error {
	switch d := e.Data.(type) {
	case *oversight.StatementLapsed:
		id, _ := event.ParseUUID(d.Statement)
		if x := t.stand[id]; x != nil {
			x.stands = false
			delete(t.stand, id)
		}
	case *oversight.DeadlinePassed:
		at := duty{e.Stream, d.Ref()}
		x := t.of[at]
		if x == nil {
			x = new(escalation)
			t.of[at] = x
		}
		before, stood := x.times, x.stands
		x.times, x.stands = d.Before+1, true
		t.stand[e.ID] = x
		switch {
		case e.Assurance != event.Derived:
			return fmt.Errorf("%s has assurance %s", e.Type.Name, e.Assurance)
		case e.ID != d.ID(origin, e.Stream):
			return errors.New("the id is not that of the deadline which it says has passed")
		case !e.Recorded.After(d.Due) || !e.Occurred.Equal(d.Due):
			return fmt.Errorf("recorded at %s, by %s, and the deadline is %s", e.Recorded, e.Occurred, d.Due)
		case stood:
			return errors.New("that the deadline has passed is said already")
		case before != d.Before && !resumed:
			return fmt.Errorf("it was said %d times before, and not %d", before, d.Before)
		}
	}
	return nil
}
