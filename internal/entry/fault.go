package entry

import (
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// SyntaxError says why bytes are not an acceptable CloudEvent: what is wrong, member by member. Code
// is stable.
type SyntaxError struct {
	Code   law.Code
	Type   *event.Type // of a body, whose members the paths begin at; nil: the event
	Faults event.Faults
}

// Bounds of what is said of an event: it quotes what was sent, and lists every fault.
const (
	maxMessage = 4000 // bytes of the text
	maxFaults  = 50   // of one event
)

// Error says it in English.
func (e *SyntaxError) Error() string {
	s := e.Faults.Error()
	if e.Type != nil {
		s = "data of " + e.Type.String() + ": " + s
	}
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}

// Fields returns the faults with paths that begin at the event: data.region.
func (e *SyntaxError) Fields() event.Faults {
	all := make(event.Faults, 0, len(e.Faults))
	for _, f := range e.Faults {
		switch {
		case e.Type != nil && f.Path == "":
			f.Path = "data"
		case e.Type != nil:
			f.Path = "data." + f.Path
		}
		all = append(all, f)
	}
	return all
}

// wrong is an error about one attribute, or about the event as a whole.
func wrong(code law.Code, path string, f law.Fault, values ...law.Value) error {
	return &SyntaxError{Code: code, Faults: event.Faults{{Path: path, Fault: f, Values: law.Collect(values...)}}}
}

// Malformed is an error about a request that is no JSON as it should be.
func Malformed(f law.Fault, values ...law.Value) error {
	return wrong(law.MalformedJSON, "", f, values...)
}

// Invalid is an error about an attribute.
func Invalid(name string, f law.Fault, values ...law.Value) error { return invalid(name, f, values...) }

func invalid(name string, f law.Fault, values ...law.Value) error {
	return wrong(law.InvalidAttribute, name, f, values...)
}

// about is an error about an attribute that a check of its text found.
func about(name string, err error) error {
	if f, ok := errors.AsType[*event.Fault](err); ok {
		return wrong(law.InvalidAttribute, name, f.Fault, f.Values...)
	}
	return err
}

// wrongData is an error about a body; err has its faults.
func wrongData(t *event.Type, err error) error {
	all, ok := errors.AsType[event.Faults](err)
	if !ok {
		return err
	}
	return &SyntaxError{Code: law.InvalidData, Type: t, Faults: all[:min(len(all), maxFaults)]}
}

// found is a JSON kind, in words.
func found(k jsontext.Kind) law.Value {
	name, ok := map[jsontext.Kind]string{'n': "json-null", 'f': "json-boolean", 't': "json-boolean", '"': "json-string", '0': "json-number",
		'{': "json-object", '[': "json-array"}[k]
	if !ok {
		name = "json-nothing"
	}
	return law.Str("found", name)
}

// NotJSON says what a decoder of JSON had against the bytes.
func NotJSON(err error) error {
	place, path := int64(0), ""
	if at, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		place, path = at.ByteOffset, strings.ReplaceAll(strings.TrimPrefix(string(at.JSONPointer), "/"), "/", ".")
		err = at.Err
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return wrong(law.MalformedJSON, clip(path), law.FaultJSONTwice)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return Malformed(law.FaultJSONEnds)
	case err != nil && strings.Contains(err.Error(), "UTF-8"):
		return Malformed(law.FaultJSONUTF8, law.Int("place", place))
	}
	return Malformed(law.FaultJSON, law.Int("place", place))
}

// bodyError says in the words of the declaration what the decoder had against a body: the member by
// its path, and what it may be.
func bodyError(t *event.Type, err error) error {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return NotJSON(err)
	}
	shape := field.ShapeOf(t.New())
	var path []string
	for token := range semantic.JSONPointer.Tokens() {
		if len(path) == 0 && token == "data" && shape.Field(token) == nil {
			continue // the decoder stands within the event
		}
		path = append(path, token)
	}
	f := kindFault(shapeAt(shape, path))
	if said, ok := errors.AsType[*event.Fault](semantic.Err); ok { // it says itself what it should be
		f = *said
	}
	if errors.Is(semantic.Err, json.ErrUnknownName) {
		f = event.Fault{Fault: law.FaultNoMember}
	}
	f.Path = strings.Join(path, ".")
	if len(f.Path) > maxMessage/4 {
		f.Path = clip(f.Path)
	}
	return &SyntaxError{Code: law.InvalidData, Type: t, Faults: event.Faults{f}}
}

// shapeAt returns what is declared at a path, or nil.
func shapeAt(s *field.Shape, path []string) *field.Shape {
	for _, name := range path {
		switch {
		case s == nil:
			return nil
		case s.Item != nil:
			s = s.Item
		default:
			f := s.Field(name)
			if f == nil {
				return nil
			}
			s = f.Shape
		}
	}
	return s
}

// kindFault wants the JSON kind of a shape.
func kindFault(s *field.Shape) event.Fault {
	f := event.Fault{Fault: law.FaultWantString}
	switch {
	case s == nil:
		f.Fault = law.FaultWantOther
	case s.Form == field.Object, s.Form == field.Map, s.Form == field.Values:
		f.Fault = law.FaultWantObject
	case s.Form == field.List:
		f.Fault = law.FaultWantList
	case s.Form == field.Boolean:
		f.Fault = law.FaultWantBoolean
	case s.Form == field.Integer:
		f.Fault, f.Values = law.FaultWantInteger, law.Collect(law.Int("least", s.Least), law.Int("most", s.Most), law.Str("unit", s.Unit))
	case s.Form == field.Number:
		f.Fault, f.Values = law.FaultWantNumber, law.Collect(law.Uncut("least", field.Decimal(s.Low)), law.Uncut("most", field.Decimal(s.High)),
			law.Str("unit", s.Unit))
	}
	return f
}
