package entry

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// bodyError says in the words of the declaration what the decoder had against a body: the member by
// its path, and what it may be.
func bodyError(t *event.Type, err error) error {
	wrong, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return err
	}
	shape := field.ShapeOf(t.New())
	var path []string
	for token := range wrong.JSONPointer.Tokens() {
		if len(path) == 0 && token == "data" && shape.Field(token) == nil {
			continue // the decoder stands within the event
		}
		path = append(path, token)
	}
	at := shapeAt(shape, path)
	switch where := strings.Join(path, "."); {
	case errors.Is(wrong.Err, json.ErrUnknownName):
		return fmt.Errorf("%s: there is no such member", where)
	case at != nil && at.Form == field.Instant && wrong.Err != nil:
		return fmt.Errorf("%s: %w", where, wrong.Err) // it says itself what it should be
	default:
		return fmt.Errorf("%s: want %s", where, kindName(at))
	}
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

// kindName is the JSON kind of a shape, in words.
func kindName(s *field.Shape) string {
	switch {
	case s == nil:
		return "another value"
	case s.Form == field.Object, s.Form == field.Map, s.Form == field.Values:
		return "an object"
	case s.Form == field.List:
		return "a list"
	case s.Form == field.Boolean:
		return "true or false"
	case s.Form == field.Integer:
		return fmt.Sprintf("an integer without fraction and exponent, %d…%d %s", s.Least, s.Most, s.Unit)
	case s.Form == field.Number:
		return fmt.Sprintf("a number, %v…%v %s", s.Low, s.High, s.Unit)
	}
	return "a string"
}
