package field

import (
	"reflect"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
)

// EachFile calls fn with the SHA-256 of every file that a body names, at any depth: the members …sha256. Beside a member
// event it is that event's, and of no file; see [event.Ref]. fn may be called with what is left empty.
func EachFile(d event.Data, fn func(sha256 string)) {
	if _, ok := d.(*event.Unreadable); ok {
		return
	}
	t := reflect.TypeOf(d).Elem()
	if t.Kind() != reflect.Struct {
		return
	}
	if s, err := shapeOf(t); err == nil { // no catalogue has another one
		s.eachFile(reflect.ValueOf(d).Elem(), fn)
	}
}

// filesOf returns which members of an object are hashes of files, or have some within.
func (s *Shape) filesOf() (set []int) {
	ofEvent := s.Field("event") != nil
	for i := range s.Fields {
		f := &s.Fields[i]
		if named := strings.HasSuffix(f.Name, "sha256") && !ofEvent; named || f.Shape.hasFiles() {
			set = append(set, i)
		}
	}
	return set
}

func (s *Shape) hasFiles() bool {
	for s != nil && s.Form == List {
		s = s.Item
	}
	return s != nil && s.Form == Object && len(s.files) > 0
}

func (s *Shape) eachFile(v reflect.Value, fn func(sha256 string)) {
	if s.Form == List {
		for i := range v.Len() {
			s.Item.eachFile(v.Index(i), fn)
		}
		return
	}
	if s.Form != Object {
		fn(v.String())
		return
	}
	for _, i := range s.files {
		f := &s.Fields[i]
		m := f.in(v)
		if m.Kind() == reflect.Pointer {
			if m.IsNil() {
				continue
			}
			m = m.Elem()
		}
		f.Shape.eachFile(m, fn)
	}
}
