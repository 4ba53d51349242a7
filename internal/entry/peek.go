package entry

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Head is what can be told of an event without decoding it. Its strings are as the event
// writes them, whether or not they are acceptable; a member that is absent, or no string, is empty.
type Head struct {
	ID        uuid.UUID // nil when there is none in canonical form
	Type      string
	Source    string
	Subject   string
	Causation string // causationid
	Ledger    string
	KeySeq    string // as the number is written
	KeyPrev   string
}

var errPeek = errors.New("the event is no JSON object with exactly one id, a UUID in canonical form")

// Peek walks over the members of the outer object only. The error says that the event has no
// id that identifies it; the other members are given all the same, as far as they were found.
func Peek(ev []byte) (h Head, err error) {
	w := walker{b: ev}
	found := 0
	if !w.next('{') {
		return h, errPeek
	}
	for {
		name, ok := w.str()
		if !ok || !w.next(':') {
			return h, errPeek
		}
		var member *string
		var id string
		switch string(name) {
		case "id":
			found++
			member = &id
		case "type":
			member = &h.Type
		case "source":
			member = &h.Source
		case "subject":
			member = &h.Subject
		case "causationid":
			member = &h.Causation
		case "ledger":
			member = &h.Ledger
		case "keyprev":
			member = &h.KeyPrev
		}
		start := w.i
		if !w.value(member) {
			return h, errPeek
		}
		if string(name) == "keyseq" {
			h.KeySeq = string(bytes.Trim(ev[start:w.i], " \t\r"))
		}
		if member == &id {
			if h.ID, ok = event.ParseUUID(id); !ok {
				return h, errPeek
			}
		}
		if w.next(',') {
			continue
		}
		if !w.next('}') || found != 1 || w.i != len(ev) {
			return h, errPeek
		}
		return h, nil
	}
}

// walker steps over JSON without decoding it.
type walker struct {
	b []byte
	i int
}

// next skips white space and then c, if c is there.
func (w *walker) next(c byte) bool {
	if w.peek() != c || w.i == len(w.b) {
		return false
	}
	w.i++
	return true
}

// str reads a string and returns what it stands for.
func (w *walker) str() ([]byte, bool) {
	if !w.next('"') {
		return nil, false
	}
	start, escaped := w.i, false
	for {
		n := bytes.IndexByte(w.b[w.i:], '"')
		if n < 0 {
			return nil, false
		}
		part := w.b[w.i : w.i+n]
		w.i += n + 1
		escaped = escaped || bytes.IndexByte(part, '\\') >= 0
		if !escaped || trailingBackslashes(w.b[start:w.i-1])%2 == 0 {
			break
		}
	}
	if !escaped {
		return w.b[start : w.i-1], true
	}
	s, err := jsontext.AppendUnquote(nil, w.b[start-1:w.i])
	return s, err == nil
}

// value steps over one value; a string is put into member, unless that is nil.
func (w *walker) value(member *string) bool {
	if member != nil && w.peek() == '"' {
		v, ok := w.str()
		*member = string(v)
		return ok
	}
	return w.skip()
}

// peek skips white space and returns the byte behind it, 0 at the end.
func (w *walker) peek() byte {
	for w.i < len(w.b) && (w.b[w.i] == ' ' || w.b[w.i] == '\t' || w.b[w.i] == '\r') {
		w.i++
	}
	if w.i == len(w.b) {
		return 0
	}
	return w.b[w.i]
}

func trailingBackslashes(b []byte) (n int) {
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

// skip steps over one value, up to the comma or brace that ends it.
func (w *walker) skip() bool {
	for start, depth := w.i, 0; w.i < len(w.b); {
		switch w.b[w.i] {
		case '"':
			if !w.skipString() {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return w.i > start
			}
			depth--
		case ',':
			if depth == 0 {
				return w.i > start
			}
		}
		w.i++
	}
	return false
}

// skipString steps over a string at w.i without unquoting it.
func (w *walker) skipString() bool {
	start := w.i + 1
	for w.i = start; ; {
		n := bytes.IndexByte(w.b[w.i:], '"')
		if n < 0 {
			return false
		}
		w.i += n + 1
		if w.b[w.i-2] != '\\' || trailingBackslashes(w.b[start:w.i-1])%2 == 0 {
			return true
		}
	}
}
