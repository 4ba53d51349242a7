package verify

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

var errEventID = errors.New("the event is no JSON object with exactly one id, a UUID in canonical form")

// eventID returns the id of a CloudEvent without decoding the rest: it walks over the
// members of the outer object only.
func eventID(event []byte) (id uuid.UUID, err error) {
	w := walker{b: event}
	found := 0
	if !w.next('{') {
		return id, errEventID
	}
	for {
		name, ok := w.str()
		if !ok || !w.next(':') {
			return id, errEventID
		}
		if string(name) == "id" {
			found++
			value, ok := w.str()
			if !ok || len(value) != 36 || bytes.ContainsAny(value, "ABCDEF") {
				return id, errEventID
			}
			if id, err = uuid.ParseBytes(value); err != nil {
				return id, errEventID
			}
		} else if !w.skip() {
			return id, errEventID
		}
		if w.next(',') {
			continue
		}
		if !w.next('}') || found != 1 || w.i != len(event) {
			return id, errEventID
		}
		return id, nil
	}
}

// walker steps over JSON without decoding it.
type walker struct {
	b []byte
	i int
}

// next skips white space and then c, if c is there.
func (w *walker) next(c byte) bool {
	for w.i < len(w.b) && (w.b[w.i] == ' ' || w.b[w.i] == '\t' || w.b[w.i] == '\r') {
		w.i++
	}
	if w.i == len(w.b) || w.b[w.i] != c {
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

func trailingBackslashes(b []byte) int {
	return len(b) - len(bytes.TrimRight(b, `\`))
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
