package field

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
)

// sealedMember is a member of a body, or of an object within it, that is a sealed text.
type sealedMember struct {
	path  string // content, report.content
	index []int
	opens []event.Role // may open it; the first works with it
	of    *Field       // the content within which index leads; nil: there is none
}

// SealedMember says of a type's member, named by its path, who may open it; the first of the roles
// works with it. ok is false when there is no such member, or it is no sealed text.
func (s *Shape) SealedMember(path string) (opens []event.Role, ok bool) {
	i := slices.IndexFunc(s.seals, func(m sealedMember) bool { return m.path == path })
	if i < 0 {
		return nil, false
	}
	return s.seals[i].opens, true
}

// EachSealed calls fn with every sealed text that a body names: the path of its member, who may open it, and
// what the event says of it.
func EachSealed(d event.Data, fn func(member string, opens []event.Role, said *event.Sealed)) {
	if _, ok := d.(*event.Unreadable); ok {
		return
	}
	s, err := shapeOf(reflect.TypeOf(d).Elem())
	if err != nil { // no catalogue has such a type
		return
	}
	for _, m := range s.seals {
		v := reflect.ValueOf(d).Elem()
		if m.of != nil {
			if v = m.of.in(v); v.IsNil() {
				continue
			}
			v = v.Elem()
		}
		v, err := v.FieldByIndexErr(m.index)
		switch {
		case err != nil: // below what is left out
		case v.Kind() != reflect.Pointer:
			fn(m.path, m.opens, v.Addr().Interface().(*event.Sealed))
		case !v.IsNil():
			fn(m.path, m.opens, v.Interface().(*event.Sealed))
		}
	}
}

// Sealing remembers which types have sealed texts, so that the other events cost a few nanoseconds. One goroutine owns it.
type Sealing map[*event.Type]bool

// Each is [EachSealed] of an event.
func (s Sealing) Each(e *event.Event, fn func(member string, opens []event.Role, said *event.Sealed)) {
	has, known := s[e.Type]
	if !known {
		if e.Type != nil && e.Type.New != nil {
			shape, err := shapeOf(reflect.TypeOf(e.Type.New()).Elem())
			has = err == nil && len(shape.seals) > 0
		}
		s[e.Type] = has
	}
	if has {
		EachSealed(e.Data, fn)
	}
}

var sealedType = reflect.TypeFor[event.Sealed]()

// opensOf reads the tag opens, which every sealed text has and nothing else.
func opensOf(sf reflect.StructField) (opens []event.Role, err error) {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	tag, has := sf.Tag.Lookup("opens")
	if has != (t == sealedType) {
		return nil, errors.New("a sealed text, and nothing else, has the tag opens")
	}
	for _, r := range strings.Fields(tag) {
		if !slices.Contains(event.Roles, event.Role(r)) {
			return nil, fmt.Errorf("opens:%q: %s is no role", tag, r)
		}
		opens = append(opens, event.Role(r))
	}
	if has && opens == nil {
		return nil, errors.New("opens: want the roles that may open it")
	}
	return opens, nil
}

// sealsOfContent lists the sealed texts of one of several contents.
func sealsOfContent(f *Field) []sealedMember {
	out := slices.Clone(f.Shape.seals)
	for i := range out {
		out[i].path, out[i].of = f.Name+"."+out[i].path, new(*f)
	}
	return out
}

// sealsOf lists the sealed texts of a member.
func sealsOf(f *Field, opens []event.Role) ([]sealedMember, error) {
	switch s := f.Shape; {
	case opens != nil:
		return []sealedMember{{f.Name, []int{f.index}, opens, nil}}, nil
	case s == nil: // unknown, whose shape follows from the others
	case s.Form == Object:
		out := slices.Clone(s.seals)
		for i := range out {
			out[i].path = f.Name + "." + out[i].path
			out[i].index = append([]int{f.index}, out[i].index...)
		}
		return out, nil
	case s.Item != nil && (s.Item.Type == sealedType.String() || len(s.Item.seals) > 0):
		return nil, errors.New("a sealed text cannot be in a list: the place of its text would not be known")
	}
	return nil, nil
}
