package kinds

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Visits knows which visit each stream is of: a visit's own, and what joins one ([stream.Kind.Joins]). The zero value knows of none.
// One goroutine may call Of.
type Visits struct{ joined map[event.Stream]string }

// Of returns the visit of whose facts the next entry of a stream is one; ok is false for none. Entries come in the order of the ledger.
func (v *Visits) Of(e *event.Event) (id string, ok bool) {
	if e.Stream.Kind == event.Inspection {
		return e.Stream.ID, true
	}
	k := Of(e.Stream.Kind)
	if k == nil || k.Joins == nil {
		return "", false
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
	return id, id != ""
}

// Aside reports whether an entry is of a stream of a kind that joins visits.
func Aside(e *event.Event) bool {
	k := Of(e.Stream.Kind)
	return k != nil && k.Joins != nil
}

// Alone says that the visit which a stream named is not known: the stream is of none.
func (v *Visits) Alone(of event.Stream) { v.joined[of] = "" }

// Is returns the visit of which a stream is, as far as its entries were shown; ok is false for none.
func (v *Visits) Is(of event.Stream) (id string, ok bool) {
	if of.Kind == event.Inspection {
		return of.ID, true
	}
	id = v.joined[of]
	return id, id != ""
}
