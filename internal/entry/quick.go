package entry

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Nearly every event is written plainly: usual attributes, the type before the data, no escapes, no null. quick reads those in one
// walk and a third of the time. It takes less than [reader] does and never more, and it says nothing: what it does not take, reader
// reads from the start, and that alone tells what is wrong. A fuzz test holds the two to each other.
type quick struct {
	b      []byte
	i      int
	r      reader
	likely event.Stream
	of     *event.Type // read last,
	form   *form       // and its form
	texts  [256]string // read lately: events that follow each other have much in common
}

var quicks = sync.Pool{New: func() any { return new(quick) }}

// quickly reads an event that is written plainly; nil: it is not. The event is likely of a stream, whose ids are right; zero: of any.
func quickly(b []byte, cat *event.Catalogue, likely event.Stream) (*event.Event, *form) {
	q := quicks.Get().(*quick)
	defer quicks.Put(q)
	q.b, q.i, q.likely, q.r = b, 0, likely, reader{cat: cat, e: &event.Event{ExpectedRevision: event.AnyRevision}, keySeq: -1}
	e, f := q.r.e, (*form)(nil)
	if q.read() {
		f = q.r.form
	} else {
		e = nil
	}
	q.b, q.r = nil, reader{}
	return e, f
}

// read reads the object.
func (q *quick) read() bool {
	if !q.take('{') {
		return false
	}
	var seen uint32
	for {
		quoted, ok := q.quoted()
		if !ok {
			return false
		}
		name, bit := usual(quoted)
		if bit == 0 || seen&bit != 0 || !q.take(':') || !q.member(name) {
			return false
		}
		if seen |= bit; q.take(',') {
			continue
		}
		return q.take('}') && q.i == len(q.b) && q.r.complete() == nil
	}
}

// usual returns the name of an attribute that most events have, or data, and a bit for it; 0: it is another.
func usual(quoted []byte) (name string, bit uint32) {
	switch string(quoted) {
	case `"specversion"`:
		return "specversion", 1
	case `"id"`:
		return "id", 1 << 1
	case `"source"`:
		return "source", 1 << 2
	case `"type"`:
		return "type", 1 << 3
	case `"subject"`:
		return "subject", 1 << 4
	case `"time"`:
		return "time", 1 << 5
	case `"campaign"`:
		return "campaign", 1 << 6
	case `"data"`:
		return "data", 1 << 7
	case `"ledger"`:
		return "ledger", 1 << 8
	case `"keyseq"`:
		return "keyseq", 1 << 9
	case `"keyprev"`:
		return "keyprev", 1 << 10
	case `"originid"`:
		return "originid", 1 << 11
	case `"timeprecision"`:
		return "timeprecision", 1 << 12
	case `"causationid"`:
		return "causationid", 1 << 13
	case `"datacontenttype"`:
		return "datacontenttype", 1 << 14
	case `"expectedrevision"`:
		return "expectedrevision", 1 << 15
	}
	return "", 0
}

func (q *quick) member(name string) bool {
	switch name {
	case "data":
		return q.data()
	case "expectedrevision", "keyseq":
		v, ok := q.integer()
		return ok && q.r.attribute(name, jsontext.Value(v)) == nil
	}
	v, ok := q.quoted()
	if !ok {
		return false
	}
	switch name {
	case "subject":
		if q.isLikely(v[1:len(v)-1]) && q.r.cat.Lists(q.likely.Kind) {
			q.r.subject, q.r.e.Stream = q.likely.ID, q.likely
			return true
		}
		fallthrough
	case "source", "campaign", "ledger":
		return q.r.text(name, q.text(v[1:len(v)-1])) == nil
	}
	return q.r.quoted(name, jsontext.Value(v)) == nil
}

// isLikely reports whether a subject names the likely stream.
func (q *quick) isLikely(subject []byte) bool {
	kind, id := string(q.likely.Kind), q.likely.ID
	n := len(kind)
	return n > 0 && len(subject) == n+1+len(id) && string(subject[:n]) == kind && subject[n] == '/' && string(subject[n+1:]) == id
}

// data reads a body whose type is known.
func (q *quick) data() bool {
	t := q.r.e.Type
	if t == nil {
		return false
	}
	if q.form == nil || q.of != t {
		q.of, q.form = t, formOf(t)
	}
	if q.form.plan == nil {
		return false
	}
	d := t.New()
	q.r.e.Data, q.r.form = d, q.form
	return q.value(q.form.plan, reflect.ValueOf(d).Elem())
}

// plan is how quick reads a value into a Go type.
type plan struct {
	kind     reflect.Kind
	time     bool
	item     *plan // of a slice, map or pointer
	members  []planned
	required uint64 // of a struct: a bit for each of members that is written always
}

type planned struct {
	name  string
	index int // of the field
	*plan
}

// planOf returns how to read into a Go type, nil when only the package json knows.
func planOf(t reflect.Type) *plan {
	p := &plan{kind: t.Kind()}
	switch {
	case t == reflect.TypeFor[time.Time]():
		p.time = true
		return p
	case readsItself(t):
		return nil
	}
	switch p.kind {
	case reflect.String, reflect.Bool, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return p
	case reflect.Pointer:
		p.item = planOf(t.Elem())
		return p
	case reflect.Slice:
		p.item = planOf(t.Elem())
		return unless(p, t.Elem().Kind() == reflect.Uint8) // which is base64
	case reflect.Map:
		p.item = planOf(t.Elem())
		return unless(p, t.Key().Kind() != reflect.String || readsItself(t.Key()))
	case reflect.Struct:
		return p.struc(t)
	}
	return nil
}

func unless(p *plan, not bool) *plan {
	if not {
		return nil
	}
	return p
}

func readsItself(t reflect.Type) bool {
	for _, i := range []reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[json.UnmarshalerFrom](),
		reflect.TypeFor[encoding.TextUnmarshaler]()} {
		if reflect.PointerTo(t).Implements(i) {
			return true
		}
	}
	return false
}

// struc plans the members of a struct.
func (p *plan) struc(t reflect.Type) *plan {
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" || len(p.members) == 64 || t.Field(i).Anonymous {
			return nil
		}
		switch options {
		case "":
			p.required |= 1 << len(p.members)
		case "omitempty", "omitzero":
		default:
			return nil
		}
		p.members = append(p.members, planned{name, i, planOf(t.Field(i).Type)})
	}
	return p
}

func (q *quick) value(p *plan, v reflect.Value) bool {
	if p == nil {
		return false
	}
	switch p.kind {
	case reflect.String:
		s, ok := q.quoted()
		if ok {
			v.SetString(q.text(s[1 : len(s)-1]))
		}
		return ok
	case reflect.Struct:
		if p.time {
			s, ok := q.quoted()
			if !ok {
				return false
			}
			t, err := event.ParseTime(s[1 : len(s)-1])
			*v.Addr().Interface().(*time.Time) = t
			return err == nil
		}
		return q.object(p, v)
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		v.Set(to)
		return q.value(p.item, to.Elem())
	case reflect.Slice:
		return q.list(p, v)
	case reflect.Map:
		return q.entries(p, v)
	case reflect.Bool:
		x := q.word("true")
		v.SetBool(x)
		return x || q.word("false")
	case reflect.Float64:
		return q.float(v)
	}
	return q.whole(v)
}

func (q *quick) object(p *plan, v reflect.Value) bool {
	if !q.take('{') {
		return false
	}
	var seen uint64
	if q.take('}') {
		return p.required == 0
	}
	for next := 0; ; {
		name, ok := q.quoted()
		if !ok {
			return false
		}
		k := q.place(p.members, name[1:len(name)-1], next)
		if k < 0 || seen&(1<<k) != 0 || !q.take(':') || !q.value(p.members[k].plan, v.Field(p.members[k].index)) {
			return false
		}
		seen |= 1 << k
		if next = k + 1; q.take(',') {
			continue
		}
		return q.take('}') && p.required&^seen == 0
	}
}

// place returns the place of the member of that name, looking from one on, or -1: authors write members in the order of the
// declaration more often than not.
func (q *quick) place(members []planned, name []byte, from int) int {
	for k := from; k < len(members); k++ {
		if string(name) == members[k].name {
			return k
		}
	}
	for k := range min(from, len(members)) {
		if string(name) == members[k].name {
			return k
		}
	}
	return -1
}

func (q *quick) list(p *plan, v reflect.Value) bool {
	if !q.take('[') {
		return false
	}
	if q.take(']') {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return true
	}
	for n := 0; ; n++ {
		v.Grow(1)
		v.SetLen(n + 1)
		x := v.Index(n)
		x.SetZero()
		if !q.value(p.item, x) {
			return false
		}
		if !q.take(',') {
			return q.take(']')
		}
	}
}

// entries reads a map from texts.
func (q *quick) entries(p *plan, v reflect.Value) bool {
	if !q.take('{') {
		return false
	}
	v.Set(reflect.MakeMap(v.Type()))
	if q.take('}') {
		return true
	}
	for n := 1; ; n++ {
		name, ok := q.quoted()
		if !ok || !q.take(':') {
			return false
		}
		key, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString(q.text(name[1 : len(name)-1]))
		if !q.value(p.item, x) {
			return false
		}
		if v.SetMapIndex(key, x); v.Len() != n { // a name stands twice
			return false
		}
		if !q.take(',') {
			return q.take('}')
		}
	}
}

// float reads a number with or without a fraction, and without an exponent.
func (q *quick) float(v reflect.Value) bool {
	begin := q.i
	if _, ok := q.integer(); !ok {
		return false
	}
	if q.i < len(q.b) && q.b[q.i] == '.' {
		point := q.i
		for q.i++; q.i < len(q.b) && q.b[q.i]-'0' <= 9; q.i++ {
		}
		if q.i == point+1 {
			return false
		}
	}
	x, err := strconv.ParseFloat(string(q.b[begin:q.i]), 64)
	v.SetFloat(x)
	return err == nil
}

// whole reads an integer into a Go integer of any size.
func (q *quick) whole(v reflect.Value) bool {
	digits, ok := q.integer()
	if !ok {
		return false
	}
	if v.CanInt() {
		n, err := strconv.ParseInt(string(digits), 10, v.Type().Bits())
		v.SetInt(n)
		return err == nil
	}
	n, err := strconv.ParseUint(string(digits), 10, v.Type().Bits())
	v.SetUint(n)
	return err == nil
}
