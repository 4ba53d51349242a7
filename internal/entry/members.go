package entry

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// A member of a body that may be left out says so in its json tag (omitempty, omitzero); every
// other one is written always, because absence is never a statement: a count that is left out
// is not 0, a declaration that is left out is not "no". null is written nowhere; what is not
// known is left out, and named in unknown where the type has that member.

// shape says which members the JSON form of a declared body must have.
type shape struct {
	members  []member // of a struct
	required uint64   // bits of members
	element  *shape   // of a list or of a map's values
	isMap    bool
}

type member struct {
	name  string
	shape *shape
}

// scalarShape is that of strings, numbers, booleans and times. It is its own element, so that
// bytes that no decoder has accepted are walked to an end, too.
var scalarShape = func() *shape { s := new(shape); s.element = s; return s }()

func shapeOf(declared *field.Shape) *shape {
	switch declared.Form {
	case field.List, field.Map:
		return &shape{element: shapeOf(declared.Item), isMap: declared.Form == field.Map}
	case field.Values:
		return &shape{element: scalarShape, isMap: true}
	case field.Object:
		s := &shape{element: scalarShape}
		for i, f := range declared.Fields { // at most 64
			s.members = append(s.members, member{f.Name, shapeOf(f.Shape)})
			if f.Required {
				s.required |= 1 << i
			}
		}
		return s
	default:
		return scalarShape
	}
}

// form is how the bodies of one type are read.
type form struct {
	declared *field.Shape
	shape    *shape
	options  json.Options
}

// forms holds the form of every type that was decoded so far.
var forms sync.Map // *event.Type → *form

func formOf(t *event.Type) *form {
	if known, ok := forms.Load(t); ok {
		return known.(*form)
	}
	declared := field.ShapeOf(t.New())
	f := &form{declared: declared, shape: shapeOf(declared), options: strictly}
	if hasTime(declared) {
		f.options = strictTimes
	}
	known, _ := forms.LoadOrStore(t, f)
	return known.(*form)
}

// hasTime reports whether a body can have an instant anywhere.
func hasTime(s *field.Shape) bool {
	return s.Form == field.Instant || s.Item != nil && hasTime(s.Item) ||
		slices.ContainsFunc(s.Fields, func(f field.Field) bool { return hasTime(f.Shape) })
}

// checkMembers checks that data, the JSON object that was decoded to a body of a shape, has
// every member that is written always, at every depth, and null and -0 nowhere. data must be
// valid JSON without unknown members; blanks and a colon before it are skipped. The error names
// everything that is wrong.
func checkMembers(sh *shape, data []byte) error {
	s := scan{b: data}
	s.value(sh)
	if !s.wrong {
		return nil
	}
	s = scan{b: data, telling: true}
	s.value(sh)
	return errors.Join(s.faults...)
}

// scan walks JSON that a decoder has accepted. The first walk sees only whether something is
// wrong and allocates nothing; the second says what.
type scan struct {
	b       []byte
	i       int
	wrong   bool
	telling bool
	path    []string
	faults  []error
}

func (s *scan) fault(format string, args ...any) {
	s.wrong = true
	if s.telling {
		s.faults = append(s.faults, fmt.Errorf("%s: %s", strings.Join(s.path, "."), fmt.Sprintf(format, args...)))
	}
}

func (s *scan) push(name string) {
	if s.telling {
		s.path = append(s.path, name)
	}
}

func (s *scan) pop() {
	if s.telling {
		s.path = s.path[:len(s.path)-1]
	}
}

// peek skips what separates tokens and returns the next byte, 0 at the end.
func (s *scan) peek() byte {
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r', ':', ',':
		default:
			return s.b[s.i]
		}
	}
	return 0
}

func (s *scan) value(sh *shape) {
	switch s.peek() {
	case '{':
		s.object(sh)
	case '[':
		s.i++
		for n := 0; s.peek() != ']' && s.i < len(s.b); n++ {
			if s.telling {
				s.push(fmt.Sprint(n))
			}
			s.value(sh.element)
			s.pop()
		}
		s.i++
	case '"':
		s.text()
	case 'n':
		s.fault("null is written nowhere: leave the member out")
		s.literal()
	default:
		if v := s.literal(); len(v) > 1 && v[0] == '-' && v[1] == '0' && string(v) == "-0" {
			s.fault("-0 is no number of an event: write 0")
		}
	}
}

func (s *scan) object(sh *shape) {
	s.i++
	var seen uint64
	next := 0 // authors write members in the order of the declaration more often than not
	for s.peek() == '"' {
		name := s.text()
		if sh.isMap {
			if s.telling {
				s.push(string(name))
			}
			s.value(sh.element)
			s.pop()
			continue
		}
		k := sh.index(name, next)
		if k < 0 { // an escaped spelling of a name; the decoder knows it
			var plain string
			if s.i > len(s.b) || stdjson.Unmarshal(s.b[s.i-len(name)-2:s.i], &plain) != nil {
				return
			}
			if k = sh.index([]byte(plain), 0); k < 0 {
				return
			}
		}
		seen |= 1 << k
		next = k + 1
		s.push(sh.members[k].name)
		s.value(sh.members[k].shape)
		s.pop()
	}
	s.i++
	if left := sh.required &^ seen; left != 0 {
		s.wrong = true
		for k := range sh.members {
			if s.telling && left&(1<<k) != 0 {
				s.push(sh.members[k].name)
				s.fault("required: absence is never a statement")
				s.pop()
			}
		}
	}
}

// index returns the member of that name, looking from one on, or -1.
func (sh *shape) index(name []byte, from int) int {
	for n := range sh.members {
		if k := (from + n) % len(sh.members); string(name) == sh.members[k].name {
			return k
		}
	}
	return -1
}

// text skips a string and returns what stands between its quotation marks.
func (s *scan) text() []byte {
	s.i++
	begin := min(s.i, len(s.b))
	for s.i < len(s.b) {
		n := bytes.IndexByte(s.b[s.i:], '"')
		if n < 0 {
			break
		}
		s.i += n + 1
		if escapes := trailing(s.b[begin:s.i-1], '\\'); escapes%2 == 0 {
			return s.b[begin : s.i-1]
		}
	}
	s.i = len(s.b) + 1
	return s.b[begin:]
}

// trailing counts how many c stand at the end of b.
func trailing(b []byte, c byte) int {
	n := 0
	for n < len(b) && b[len(b)-1-n] == c {
		n++
	}
	return n
}

// literal skips a number, true, false or null and returns it.
func (s *scan) literal() []byte {
	begin := s.i
	for s.i++; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r', ',', '}', ']':
			return s.b[begin:s.i]
		}
	}
	return s.b[min(begin, len(s.b)):]
}
