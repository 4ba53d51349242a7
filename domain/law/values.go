package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Value is one of the values that a refusal or a flag states: a text, an integer or a list of
// texts, under a name. The name's end says what an integer or a text is:
//
//	_at                           an instant, RFC 3339 in UTC
//	_on                           a day, YYYY-MM-DD
//	_seconds _minutes _hours _days  a length of time
//	_fen                          an amount of yuan, in fen
//	_minor                        an amount in minor units of the value "currency"
//
// A sentence is made of values only when somebody reads it: [Code.Says].
type Value struct {
	Name string
	kind valueKind
	text string
	n    int64
	list []string
}

type valueKind uint8

const (
	absent valueKind = iota // not known: it is not stored
	text
	integer
	list
)

// Bounds of what is stored. What is quoted of an event is cut to them.
const (
	MaxValues = 12  // of one flag
	MaxName   = 40  // bytes of a name
	MaxText   = 500 // characters of a text
	MaxList   = 30  // elements of a list, the last one "…" when there were more
	MaxItem   = 100 // characters of an element
)

// Str is a text or an id; an empty one is not known.
func Str[T ~string](name string, s T) Value {
	if s == "" {
		return Value{Name: name}
	}
	return Value{Name: name, kind: text, text: cut(string(s), MaxText)}
}

// Uncut is a text of any length, for an answer: what is stored has bounds.
func Uncut(name, s string) Value { return Value{Name: name, kind: text, text: s} }

// Int is a count, a length of time or an amount.
func Int[T ~int | ~int64 | ~uint64](name string, n T) Value {
	return Value{Name: name, kind: integer, n: int64(n)}
}

// Maybe is a number that may be unknown.
func Maybe(name string, n *int64) Value {
	if n == nil {
		return Value{Name: name}
	}
	return Int(name, *n)
}

// At is an instant; the zero time is not known.
func At(name string, t time.Time) Value {
	if t.IsZero() {
		return Value{Name: name}
	}
	return Value{Name: name, kind: text, text: t.UTC().Format(time.RFC3339)}
}

// List is several texts or ids; an empty one is not there.
func List[T ~string](name string, all []T) Value {
	if len(all) == 0 {
		return Value{Name: name}
	}
	v := Value{Name: name, kind: list, list: make([]string, 0, min(len(all), MaxList))}
	for i, s := range all {
		if i == MaxList-1 && len(all) > MaxList {
			v.list = append(v.list, "…")
			break
		}
		v.list = append(v.list, cut(string(s), MaxItem))
	}
	return v
}

// cut keeps the first most characters of s.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Values are the values of one refusal or flag, by name in ascending order: the same values are
// the same bytes. Their JSON form is an object of texts, integers and lists of texts.
type Values []Value

// Collect puts values in order and leaves out what is not known.
func Collect(values ...Value) Values {
	out := make(Values, 0, len(values))
	for _, v := range values {
		if v.kind != absent {
			out = append(out, v)
		}
	}
	out.sort()
	return out
}

func (v Values) sort() {
	slices.SortFunc(v, func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
}

// Get returns the value of a name; of one that is not there, the zero Value.
func (v Values) Get(name string) Value {
	for i := range v {
		if v[i].Name == name {
			return v[i]
		}
	}
	return Value{}
}

// Any is the value as JSON knows it: a string, an int64, a []string, or nil.
func (v Value) Any() any {
	switch v.kind {
	case text:
		return v.text
	case integer:
		return v.n
	case list:
		return v.list
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, v[i].Name), ':')
		if v[i].kind == integer {
			b = strconv.AppendInt(b, v[i].n, 10)
			continue
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v[i].Any()); err != nil {
			return nil, err
		}
		b = append(b, bytes.TrimSuffix(out.Bytes(), []byte{'\n'})...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON implements json.Unmarshaler: it takes what MarshalJSON can give, in any order.
func (v *Values) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.New("want an object of values")
	}
	*v = Values{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		one := Value{Name: name.(string)}
		if err := one.read(dec); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		*v = append(*v, one)
	}
	v.sort()
	return nil
}

var errValue = errors.New("want a text, an integer or a list of texts")

func (v *Value) read(dec *json.Decoder) (err error) {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch t := tok.(type) {
	case string:
		v.kind, v.text = text, t
	case json.Number:
		v.kind = integer
		if v.n, err = strconv.ParseInt(t.String(), 10, 64); err != nil {
			return errValue
		}
	case json.Delim:
		if v.kind = list; t != '[' {
			return errValue
		}
		v.list = []string{}
		for dec.More() {
			one, err := dec.Token()
			if err != nil {
				return err
			}
			s, ok := one.(string)
			if !ok {
				return errValue
			}
			v.list = append(v.list, s)
		}
		_, err = dec.Token()
	default:
		return errValue
	}
	return err
}
