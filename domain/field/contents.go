package field

import (
	"errors"
	"reflect"

	"github.com/anjian-ledger/anjian/domain/event"
)

// A body may have one of several objects, each as a member of its own name: a correction has the content of a fact of any type, as the
// member that is named after the type. In Go they are an embedded map, and the body lists by Contents what there may be: so a type that
// can be corrected is named nowhere but where it is declared.

// Content is one of several objects that a body may have.
type Content struct {
	Name, Chinese, Doc string
	New                func() event.Data
}

// contentsType is the Go type of a struct field with contents, by name.
var contentsType = reflect.TypeFor[map[string]event.Data]()

// contentsOf returns the members that stand for the embedded field at an index of a struct.
func contentsOf(t reflect.Type, index int) (fields []Field, err error) {
	b, ok := reflect.New(t).Interface().(interface{ Contents() []Content })
	if !ok || t.Field(index).Tag.Get("json") != ",embed" || index < t.NumField()-1 {
		return nil, errors.New("an embedded map of contents is the last field of a body with Contents")
	}
	for _, c := range b.Contents() {
		s, err := shapeOf(reflect.TypeOf(c.New()).Elem())
		if err != nil {
			return nil, err
		}
		fields = append(fields, Field{Name: c.Name, Chinese: c.Chinese, Doc: c.Doc, Shape: s, index: index, content: true})
	}
	return fields, nil
}

// in returns the member of an object: of a content a pointer, nil when it is not stated.
func (f *Field) in(v reflect.Value) reflect.Value {
	m := v.Field(f.index)
	if !f.content {
		return m
	}
	if c := m.MapIndex(reflect.ValueOf(f.Name)); c.IsValid() && c.Elem().Type() == reflect.PointerTo(f.Shape.body) {
		return c.Elem()
	}
	return reflect.Zero(reflect.PointerTo(f.Shape.body))
}

// wireOf is the struct that JSON is decoded to instead of a body with contents, which has a pointer for each; nil for others.
func wireOf(t reflect.Type, fields []Field) reflect.Type {
	var members []reflect.StructField
	embedded := false
	for i := range fields {
		f := &fields[i]
		if !f.content {
			sf := t.Field(f.index)
			members = append(members, reflect.StructField{Name: sf.Name, Type: sf.Type, Tag: sf.Tag})
			continue
		}
		embedded = true
		members = append(members, reflect.StructField{Name: "M_" + f.Name, Type: reflect.PointerTo(f.Shape.body),
			Tag: reflect.StructTag(`json:"` + f.Name + `,omitempty"`)})
	}
	if !embedded {
		return nil
	}
	return reflect.StructOf(members)
}

// Decoded returns what JSON of a body is decoded to, and what is called then: the body itself and nothing, or, of a body with
// contents, a struct that has a member for each.
func (s *Shape) Decoded(d event.Data) (to any, done func()) {
	if s.wire == nil {
		return d, func() {}
	}
	w := reflect.New(s.wire)
	return w.Interface(), func() {
		v := reflect.ValueOf(d).Elem()
		contents := map[string]event.Data{}
		for i := range s.Fields {
			f := &s.Fields[i]
			switch m := w.Elem().Field(i); {
			case !f.content:
				v.Field(f.index).Set(m)
			case !m.IsNil():
				contents[f.Name] = m.Interface()
			}
		}
		v.Field(s.embedded).Set(reflect.ValueOf(contents))
	}
}
