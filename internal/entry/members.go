package entry

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// A member of a body that may be left out says so in its json tag (omitempty, omitzero); every
// other one is written always, because absence is never a statement: a count that is left out
// is not 0, a declaration that is left out is not "no". null is written nowhere; what is not
// known is left out, and named in unknown where the type has that member.

// scalar stands for the elements of what has none, so that bytes that no decoder has accepted are
// walked to an end, too.
var scalar = &field.Shape{Form: field.Boolean}

// element is the shape of what a list, or an object whose names are not fixed, holds.
func element(s *field.Shape) *field.Shape {
	if s.Item == nil {
		return scalar
	}
	return s.Item
}

// form is how the bodies of one type are read.
type form struct {
	shape   *field.Shape
	options json.Options
	plan    *plan // nil: quick does not read it
}

// forms holds the form of every type that was decoded so far.
var forms sync.Map // *event.Type → *form

func formOf(t *event.Type) *form {
	if known, ok := forms.Load(t); ok {
		return known.(*form)
	}
	f := &form{field.ShapeOf(t.New()), strictly, planOf(reflect.TypeOf(t.New()).Elem())}
	if hasTime(f.shape) {
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
func checkMembers(sh *field.Shape, data []byte) error {
	s := scan{b: data}
	s.value(sh)
	if !s.wrong {
		return nil
	}
	s = scan{b: data, collect: true}
	s.value(sh)
	return s.faults
}

// scan walks JSON that a decoder has accepted. The first walk sees only whether something is
// wrong and allocates nothing; the second says what.
type scan struct {
	b       []byte
	i       int
	wrong   bool
	collect bool
	path    []string
	faults  event.Faults
}

func (s *scan) fault(f law.Fault) {
	s.wrong = true
	if s.collect {
		s.faults = append(s.faults, event.Fault{Path: strings.Join(s.path, "."), Fault: f})
	}
}

func (s *scan) push(name string) {
	if s.collect {
		s.path = append(s.path, name)
	}
}

func (s *scan) pop() {
	if s.collect {
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

func (s *scan) value(sh *field.Shape) {
	switch s.peek() {
	case '{':
		s.object(sh)
	case '[':
		s.i++
		for n := 0; s.peek() != ']' && s.i < len(s.b); n++ {
			if s.collect {
				s.push(fmt.Sprint(n))
			}
			s.value(element(sh))
			s.pop()
		}
		s.i++
	case '"':
		s.text()
	case 'n':
		s.fault(law.FaultNull)
		s.literal()
	default:
		if v := s.literal(); len(v) > 1 && v[0] == '-' && v[1] == '0' && string(v) == "-0" {
			s.fault(law.FaultMinusZero)
		}
	}
}

func (s *scan) object(sh *field.Shape) {
	s.i++
	var seen uint64
	next := 0 // authors write members in the order of the declaration more often than not
	for s.peek() == '"' {
		name := s.text()
		if sh.Form == field.Map || sh.Form == field.Values {
			if s.collect {
				s.push(string(name))
			}
			s.value(element(sh))
			s.pop()
			continue
		}
		k := index(sh.Fields, name, next)
		if k < 0 { // an escaped spelling of a name; the decoder knows it
			var plain string
			if s.i > len(s.b) || stdjson.Unmarshal(s.b[s.i-len(name)-2:s.i], &plain) != nil {
				return
			}
			if k = index(sh.Fields, []byte(plain), 0); k < 0 {
				return
			}
		}
		seen |= 1 << k
		next = k + 1
		s.push(sh.Fields[k].Name)
		s.value(sh.Fields[k].Shape)
		s.pop()
	}
	s.i++
	if left := sh.Required &^ seen; left != 0 {
		s.wrong = true
		for k := range sh.Fields {
			if s.collect && left&(1<<k) != 0 {
				s.push(sh.Fields[k].Name)
				s.fault(law.FaultAbsent)
				s.pop()
			}
		}
	}
}

// index returns the place of the member of that name, looking from one on, or -1.
func index(fields []field.Field, name []byte, from int) int {
	for n := range fields {
		if k := (from + n) % len(fields); string(name) == fields[k].Name {
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
		if trailingBackslashes(s.b[begin:s.i-1])%2 == 0 {
			return s.b[begin : s.i-1]
		}
	}
	s.i = len(s.b) + 1
	return s.b[begin:]
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
