package event

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/google/uuid"
)

// Ref names another event by its id and by the SHA-256 of its exact bytes: nobody approves or
// corrects a number whose content may still be chosen.
type Ref struct {
	Event  string `json:"event" is:"event-id" zh:"事件编号" doc:"id of the event that is named"`
	SHA256 string `json:"sha256" is:"sha256" zh:"事件哈希" doc:"of that event's exact bytes"`
}

// Ident is what a [Ref] names.
type Ident struct {
	ID     uuid.UUID
	SHA256 [sha256.Size]byte
}

// Ident returns what names e. Its bytes must be there.
func (e *Event) Ident() Ident { return Ident{e.ID, sha256.Sum256(e.Bytes)} }

// Ref returns the name as it stands in a body.
func (i Ident) Ref() Ref { return Ref{i.ID.String(), hex.EncodeToString(i.SHA256[:])} }

// ID returns the id that r names; the zero id when it has not the form of one.
func (r Ref) ID() uuid.UUID {
	id, _ := ParseUUID(r.Event)
	return id
}

// Is reports whether r names the id, and whether it names the bytes too.
func (r Ref) Is(i Ident) (id, bytes bool) {
	id = r.ID() == i.ID
	return id, id && r.SHA256 == hex.EncodeToString(i.SHA256[:])
}

// Naming is the body of an event that names others of the ledger by id and bytes: corrections, and answers to what waits.
type Naming interface{ Refs() []Ref }

// Look has an event know what it names: find returns the exact bytes of an event of this ledger. It is called before the event
// is judged, since no state keeps the hash of every event.
func (e *Event) Look(find func(id uuid.UUID) (bytes []byte, err error)) error {
	e.Named = nil
	n, ok := e.Data.(Naming)
	if !ok {
		return nil
	}
	for _, r := range n.Refs() {
		b, err := find(r.ID())
		if err != nil {
			return err
		}
		if b != nil {
			e.Named = append(e.Named, Ident{r.ID(), sha256.Sum256(b)})
		}
	}
	return nil
}

// Looked has an event that was recorded know what it names: it was compared then.
func (e *Event) Looked() {
	if n, ok := e.Data.(Naming); ok {
		for _, r := range n.Refs() {
			i := Ident{ID: r.ID()}
			_, _ = hex.Decode(i.SHA256[:], []byte(r.SHA256)[:min(len(r.SHA256), 2*len(i.SHA256))])
			e.Named = append(e.Named, i)
		}
	}
}

// Names reports whether the hash by which an event names another is that of its bytes.
func (e *Event) Names(r Ref) bool {
	for _, i := range e.Named {
		if id, same := r.Is(i); id {
			return same
		}
	}
	return false
}

// ValidSHA256 reports whether s is a SHA-256 in lower-case hexadecimal digits, as bodies and names of
// files have it.
func ValidSHA256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if digits[s[i]] > 0xF {
			return false
		}
	}
	return true
}

// ValidHash reports whether s is a SHA-256 in base64url without padding, 43 characters, in its one
// spelling. The decoder passes over line feeds, and writes beyond its target when s is longer.
func ValidHash(s string) bool {
	var b [sha256.Size]byte
	if len(s) != base64.RawURLEncoding.EncodedLen(len(b)) {
		return false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(s))
	return err == nil && n == len(b)
}
