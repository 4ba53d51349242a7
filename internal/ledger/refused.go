package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// RefusedError names what is wrong with the events of a request of several. A fault that is only a
// consequence of another one is not among them: an event that builds on a refused one is not
// judged. It builds on it when it lies in the same stream, when its bytes name that stream, event
// or key, or when it is about the same subject; behind a refused table of codes, a refused act on
// the ledger itself or an event whose stream cannot be told, nothing is judged.
type RefusedError struct {
	Items    []*ItemError // in the order of the request, at least one
	Unjudged int          // events that build on refused ones
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%d of the events are refused, the first: %v", len(e.Items), e.Items[0])
}

// Unwrap returns the first.
func (e *RefusedError) Unwrap() error { return e.Items[0] }

// refused collects the refusals of one request. The zero value is ready, and costs a request that
// is not refused nothing.
type refused struct {
	err   *RefusedError
	all   bool                // nothing more is judged
	names map[string]struct{} // ids of streams, events and keys that are not there for want of a refused event
}

// err as an error, nil when nothing was refused.
func (r *refused) error() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// add notes what is wrong with an item.
func (r *refused) add(err *ItemError, it *Item) {
	if r.err == nil {
		r.err, r.names = &RefusedError{}, map[string]struct{}{}
	}
	r.err.Items = append(r.err.Items, err)
	r.misses(it)
}

// skip reports whether an item is not to be judged, because it builds on what was refused.
func (r *refused) skip(it *Item) bool {
	if r.err == nil || !r.all && !r.builds(it) {
		return false
	}
	r.err.Unjudged++
	r.misses(it)
	return true
}

// misses notes what is not there because an item is not.
func (r *refused) misses(it *Item) {
	e := it.Event
	switch {
	case e.Stream == event.Stream{} || e.Stream.Kind == event.Table || e.Stream.Kind == event.Ledger:
		r.all = true
		return
	case e.ID != uuid.Nil:
		r.names[e.ID.String()] = struct{}{}
	}
	r.names[e.Stream.ID] = struct{}{}
	if key := registers(e); key != "" {
		r.names[key] = struct{}{}
	}
	if e.About.Subject != "" {
		r.names[e.About.Subject] = struct{}{}
	}
}

// builds reports whether an item names what is not there. Ids are ASCII: who writes one with an
// escape hides it, and his event is not judged beside refused ones.
func (r *refused) builds(it *Item) bool {
	if bytes.Contains(it.Bytes, []byte(`\u00`)) {
		return true
	}
	for name := range r.names {
		if mentions(it.Bytes, name) {
			return true
		}
	}
	return r.concerns(it.Event.About)
}

// mentions reports whether an id stands in an event as a whole, or as the part of a visit's name
// that says whose it is.
func mentions(b []byte, id string) bool {
	const in = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	for i := 0; ; i++ {
		n := bytes.Index(b[i:], []byte(id))
		if n < 0 {
			return false
		}
		i += n
		end := i + len(id)
		if (i == 0 || strings.IndexByte(in+".", b[i-1]) < 0) && (end == len(b) || strings.IndexByte(in, b[end]) < 0) {
			return true
		}
	}
}

// concerns reports whether what an event is about is not there.
func (r *refused) concerns(a event.About) bool {
	for _, id := range [...]string{a.Subject, a.Team, a.Campaign} {
		if _, missing := r.names[id]; missing && id != "" {
			return true
		}
	}
	return false
}

// take takes an error of judging an item into account. It returns nil when the items behind it can
// be judged, and what ends the request otherwise. Of a lone item, err is that.
func (r *refused) take(err error, i int, it *Item, alone bool) error {
	var refusal *event.Refusal
	var conflict *ConflictError
	wrong := &ItemError{i, it.Event.ID, err}
	switch {
	case alone || !errors.As(err, &refusal) && !errors.As(err, &conflict) && it.Unfit == nil:
		return wrong
	case r.err != nil && it.Unfit == nil && r.concerns(it.Event.About): // its stream says so, not its bytes
		r.err.Unjudged++
		r.misses(it)
	default:
		r.add(wrong, it)
	}
	return nil
}

// whole is the error of a request all of whose items were judged: a table that comes in parts comes whole.
func (r *refused) whole(items []Item) error {
	if r.err != nil {
		return r.error()
	}
	i, torn := codetable.Torn(len(items), func(i int) *event.Event { return items[i].Event })
	switch {
	case torn == nil:
		return nil
	case len(items) == 1:
		return &ItemError{i, items[i].Event.ID, torn}
	}
	r.add(&ItemError{i, items[i].Event.ID, torn}, &items[i])
	return r.err
}
