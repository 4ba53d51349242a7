package projector

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// ScopeAt is what one asker may see, at one moment.
type ScopeAt struct {
	visibility.Scope
	Position uint64 // entries that it takes into account
}

// ScopeAt returns what an actor may see now.
func (p *Projector) ScopeAt(who event.Actor) ScopeAt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return ScopeAt{visibility.ScopeOf(who, &p.order), p.position}
}

// Detached refuses a token of the home unit of somebody who is seconded at a time (R61).
func (p *Projector) Detached(who event.Actor, at time.Time) *event.Refusal {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.order.Detached(&who, at)
}

// UnitScope is what a unit of the table of units may see, and the number of that scope.
type UnitScope struct {
	Unit    string
	Changes int
	ScopeAt
}

// Units returns what each unit may see now, by id, all of one moment.
func (p *Projector) Units() []UnitScope {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []UnitScope
	p.order.Units(func(u table.Unit, changes int) {
		scope := visibility.ScopeOf(event.Actor{Role: event.RoleDepartment, Unit: u.ID}, &p.order)
		out = append(out, UnitScope{u.ID, changes, ScopeAt{scope, p.position}})
	})
	slices.SortFunc(out, func(a, b UnitScope) int { return strings.Compare(a.Unit, b.Unit) })
	return out
}

// orderOf returns the visit that a stream is of, nil when it is none; p.mu is held for reading.
func (p *Projector) orderOf(stream event.Stream) *visibility.Visit {
	if id, is := p.joined.Is(stream); is && p.visits[id] != nil {
		return &p.visits[id].order
	}
	return nil
}

// Since returns the position since which an asker sees an entry, and whether he does as yet. An
// entry that is not applied yet is seen by nobody.
func (p *Projector) Since(s *visibility.Scope, stream event.Stream, about *event.About, index uint64) (since uint64, ok bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if index >= p.position {
		return 0, false
	}
	return p.orderOf(stream).Since(s, stream, about, index)
}

// Hidden reports whether an entry is one of a visit that is not disclosed.
func (p *Projector) Hidden(stream event.Stream, index uint64) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	_, disclosed := p.orderOf(stream).Seen(index)
	return !disclosed
}

// Held returns the indexes of the entries that the entry at position at has disclosed,
// ascending. They are not to be changed.
func (p *Projector) Held(at uint64) []uint32 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.order.Held(at)
}

// Cursor is a place in a reader's order: the last pair read. It is opaque to clients, and good
// for one scope.
type Cursor struct {
	Since uint64 // position since which the reader sees the entry
	Index uint64 // of the entry
}

// ErrScopeChanged says that the cursor was made under another scope; reading starts anew.
var ErrScopeChanged = errors.New("the scope has changed since the cursor was made")

// Less orders cursors.
func (c Cursor) Less(o Cursor) bool {
	return c.Since < o.Since || c.Since == o.Since && c.Index < o.Index
}

// String encodes the cursor for a scope.
func (c Cursor) String(fingerprint uint64) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 28), fingerprint)
	b = binary.AppendUvarint(b, c.Since)
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(b, c.Index))
}

// ParseCursor decodes a cursor made under the scope with this fingerprint. Its errors are
// [ErrCursor] and [ErrScopeChanged].
func ParseCursor(s string, fingerprint uint64) (Cursor, error) {
	malformed := fmt.Errorf("%w: %q", ErrCursor, s)
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 {
		return Cursor{}, malformed
	}
	var c Cursor
	made := binary.BigEndian.Uint64(b)
	rest := b[8:]
	for _, field := range []*uint64{&c.Since, &c.Index} {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			return Cursor{}, malformed
		}
		*field, rest = v, rest[n:]
	}
	if len(rest) > 0 {
		return Cursor{}, malformed
	}
	if made != fingerprint {
		return Cursor{}, ErrScopeChanged
	}
	return c, nil
}
