package kinds

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Visits knows which visit each stream is of: a visit's own, and what joins one ([stream.Kind.Joins]). The zero value knows of none.
// One goroutine may call Of.
type Visits struct{ joined map[event.Stream]string }

// Of returns the visit of whose facts the next entry of a stream is one; "" for none. Entries come in the order of the ledger.
func (v *Visits) Of(e *event.Event) string {
	if e.Stream.Kind == event.Inspection {
		return e.Stream.ID
	}
	k := Of(e.Stream.Kind)
	if k == nil || k.Joins == nil {
		return ""
	}
	id, known := v.joined[e.Stream]
	if !known && k.MayBegin(e.Data) {
		if id = strings.Clone(k.Joins(e.Data)); id != "" {
			if v.joined == nil {
				v.joined = map[event.Stream]string{}
			}
			v.joined[event.Stream{Kind: k.Name, ID: strings.Clone(e.Stream.ID)}] = id
		}
	}
	return id
}

// Is returns the visit of which a stream is, as far as its entries were shown.
func (v *Visits) Is(of event.Stream) string {
	if of.Kind == event.Inspection {
		return of.ID
	}
	return v.joined[of]
}
