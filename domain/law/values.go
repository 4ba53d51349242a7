package law

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
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

// Positive is a number whose 0 is not known.
func Positive[T ~int | ~int64 | ~uint64](name string, n T) Value {
	if n == 0 {
		return Value{Name: name}
	}
	return Int(name, n)
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
		b = append(appendText(b, v[i].Name), ':')
		switch v[i].kind {
		case integer:
			b = strconv.AppendInt(b, v[i].n, 10)
		case list:
			b = append(b, '[')
			for k, s := range v[i].list {
				if k > 0 {
					b = append(b, ',')
				}
				b = appendText(b, s)
			}
			b = append(b, ']')
		default:
			b = appendText(b, v[i].text)
		}
	}
	return append(b, '}'), nil
}

// appendText writes a JSON string; what is not UTF-8 becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// UnmarshalJSON implements json.Unmarshaler: it takes what MarshalJSON can give, in any order.
// b is valid JSON, as the interface says.
func (v *Values) UnmarshalJSON(b []byte) error {
	r := valuesReader{b: b}
	if r.next() != '{' {
		return errors.New("want an object of values")
	}
	*v = Values{}
	for r.i++; r.next() == '"'; {
		one := Value{Name: r.text()}
		if err := one.read(&r); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		*v = append(*v, one)
	}
	v.sort()
	return nil
}

// valuesReader walks valid JSON.
type valuesReader struct {
	b []byte
	i int
}

// next skips what separates tokens and returns the byte that follows, 0 at the end.
func (r *valuesReader) next() byte {
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
		default:
			return c
		}
	}
	return 0
}

// text reads a string.
func (r *valuesReader) text() string {
	begin, escaped := r.i, false
	for r.i++; r.i < len(r.b) && r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			escaped = true
			r.i++
		}
	}
	r.i = min(r.i+1, len(r.b))
	quoted := r.b[begin:r.i]
	if !escaped && len(quoted) >= 2 {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	_ = json.Unmarshal(quoted, &s)
	return s
}

var errValue = errors.New("want a text, an integer or a list of texts")

func (v *Value) read(r *valuesReader) (err error) {
	switch c := r.next(); {
	case c == '"':
		v.kind, v.text = text, r.text()
	case c == '[':
		v.kind, v.list = list, []string{}
		for r.i++; r.next() == '"'; {
			v.list = append(v.list, r.text())
		}
		if r.next() != ']' {
			return errValue
		}
		r.i++
	case c == '-' || c >= '0' && c <= '9':
		begin := r.i
		for r.i < len(r.b) && strings.IndexByte(", }\t\r\n", r.b[r.i]) < 0 {
			r.i++
		}
		v.kind = integer
		if v.n, err = strconv.ParseInt(string(r.b[begin:r.i]), 10, 64); err != nil {
			return errValue
		}
	default:
		return errValue
	}
	return nil
}
