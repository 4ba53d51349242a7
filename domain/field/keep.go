package field

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// What of a body the rules may need again when something is corrected (pillar 17) is kept in a short form: of long texts only
// a hash, since no rule reads them, and of the terms of a source nothing. It is never stored.

// Part says which members of a body are meant: the tag correct says of which a member is.
type Part uint8

// The parts of a body.
const (
	Whole   Part = iota
	Essence      // all but what describes: correct:"freely"

)

// hashed begins the text that stands for a long one: no text of a body has the character.
const hashed = "\x00"

// seed is of this process: that two texts of one hash say the same cannot be aimed at, and what is kept leaves no process.
var seed = maphash.MakeSeed()

// Keep appends the short form of a body, a pointer to a struct, or of a part of it. Two bodies have the same one when
// their members say the same.
func Keep(dst []byte, d event.Data, p Part) []byte { return ShapeOf(d).Keep(dst, d, p) }

// Keep is [Keep] of a body of this shape.
func (s *Shape) Keep(dst []byte, d event.Data, p Part) []byte {
	dst, _ = s.object(dst, reflect.ValueOf(d).Elem(), s.parts[p])
	return dst
}

// Members are the members of bodies that somebody needs; nil is all of every body.
type Members struct{ of map[*Shape]uint64 }

// Need lists members of a body by their names. It panics when the body has none of such a name.
func (m *Members) Need(d event.Data, names ...string) {
	s := ShapeOf(d)
	for _, name := range names {
		i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			panic(fmt.Sprintf("body %s has no member %q", s.Type, name))
		}
		if m.of == nil {
			m.of = map[*Shape]uint64{}
		}
		m.of[s] |= 1 << i
	}
}

// KeepNeeded is [Shape.Keep] of the members that are needed; of a body of which none is it writes nothing.
func (s *Shape) KeepNeeded(dst []byte, d event.Data, m *Members) []byte {
	if m == nil {
		return s.Keep(dst, d, Whole)
	}
	if needed := m.of[s]; needed != 0 {
		dst, _ = s.object(dst, reflect.ValueOf(d).Elem(), needed&s.parts[Whole])
	}
	return dst
}

// Kept fills a body from its short form, as a whole; a long text is one that has the same short form.
func Kept(from []byte, d event.Data) {
	r := reader{from}
	r.object(ShapeOf(d), reflect.ValueOf(d).Elem())
}

// Same reports whether two bodies of one type say the same in a part.
func Same(a, b event.Data, p Part) bool {
	return bytes.Equal(Keep(nil, a, p), Keep(nil, b, p))
}

// Digest is a number that tells texts from each other, in this process, also those that only stand for one; it is never 0.
func Digest(s string) uint64 {
	if rest, ok := strings.CutPrefix(s, hashed); ok && len(rest) == 8 {
		return binary.BigEndian.Uint64([]byte(rest))
	}
	return max(maphash.String(seed, s), 1)
}

// object writes which of some members, a bit each, are stated, and then those; it reports whether there are any. What it writes of none
// is zeros. What is written is handed on from function to function: a pointer that is stored anew with each member costs more.
func (s *Shape) object(to []byte, v reflect.Value, some uint64) (_ []byte, stated bool) {
	at := len(to)
	to = append(to, make([]byte, s.bits())...)
	for ; some != 0; some &= some - 1 {
		i, written := bits.TrailingZeros64(some), false
		f := &s.Fields[i]
		if to, written = f.member(to, v.Field(f.index)); written {
			to[at+i/8] |= 1 << (i % 8)
			stated = true
		}
	}
	return to, stated
}

// bits is how many bytes say which members of an object are stated.
func (s *Shape) bits() int { return (len(s.Fields) + 7) / 8 }

// member writes a member that is stated, and reports whether it is. Most are texts.
func (f *Field) member(to []byte, v reflect.Value) ([]byte, bool) {
	if f.text {
		s := v.String()
		if s == "" {
			return to, false
		}
		return appendText(to, s, f.short), true
	}
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return to, false
		}
	case reflect.Pointer:
		if v.IsNil() {
			return to, false
		}
		v = v.Elem()
	default:
		if f.Shape.Form == Object {
			if with, stated := f.Shape.object(to, v, f.Shape.parts[Whole]); stated {
				return with, true
			}
			return to, false
		}
		if v.IsZero() {
			return to, false
		}
	}
	return f.Shape.value(to, v, f.short), true
}

// keepsOf decides what is kept of a member, of the kind that it has in Go, and reports whether anything is.
func (f *Field) keepsOf(kind reflect.Kind) bool {
	s := f.Shape
	keeps := s.Form != Values && !(s.Form == Map && s.Item.Form == Lines) // which is the terms of a source
	f.short = s.Form == Lines || s.Form == Text && f.Correct == "freely"
	f.str = kind == reflect.String
	f.text = f.str && s.Form != SHA256 && s.Form != CodeOf
	return keeps
}

// value writes a value that is stated.
func (s *Shape) value(to []byte, v reflect.Value, short bool) []byte {
	switch s.Form {
	case Object:
		to, _ = s.object(to, v, s.parts[Whole])
	case List:
		to = binary.AppendUvarint(to, uint64(v.Len()))
		for i := range v.Len() {
			to = s.Item.value(to, v.Index(i), s.Item.Form == Lines)
		}
	case Map:
		names := v.MapKeys()
		slices.SortFunc(names, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		to = binary.AppendUvarint(to, uint64(len(names)))
		for _, name := range names {
			to = s.Item.value(appendText(to, name.String(), false), v.MapIndex(name), false)
		}
	case Boolean:
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		to = append(to, b)
	case Integer:
		if v.CanInt() {
			to = binary.AppendVarint(to, v.Int())
		} else {
			to = binary.AppendUvarint(to, v.Uint())
		}
	case Number:
		to = binary.BigEndian.AppendUint64(to, math.Float64bits(v.Float()))
	case Instant:
		t := v.Addr().Interface().(*time.Time)
		to = binary.AppendUvarint(binary.AppendVarint(to, t.Unix()), uint64(t.Nanosecond()))
	case SHA256:
		to = appendSHA(to, v.String())
	case CodeOf:
		to = s.appendCode(to, v.String())
	default:
		to = appendText(to, v.String(), short)
	}
	return to
}

func appendText(to []byte, s string, short bool) []byte {
	if short {
		return binary.BigEndian.AppendUint64(to, Digest(s))
	}
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// appendCode appends a code as its place in the table, and what is none behind a 0 as a text.
func (s *Shape) appendCode(to []byte, code string) []byte {
	if i, ok := s.Table.Place(code); ok {
		return binary.AppendUvarint(to, uint64(i)+1) //nolint:gosec // never negative
	}
	return appendText(append(to, 0), code, false)
}

// appendSHA appends a hash as its bytes, behind a 0, and what is none as a text.
func appendSHA(to []byte, s string) []byte {
	if !event.ValidSHA256(s) {
		return append(binary.AppendUvarint(to, uint64(len(s))+1), s...)
	}
	return hexAppend(append(to, 0), s)
}

func hexAppend(dst []byte, s string) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(s)/2)[:n+len(s)/2]
	for i := range len(s) / 2 {
		dst[n+i] = nibble(s[2*i])<<4 | nibble(s[2*i+1])
	}
	return dst
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'a' + 10
}

// reader reads what a keeper wrote; what is cut short reads as zeros.
type reader struct{ from []byte }

func (r *reader) uvarint() uint64 {
	x, n := binary.Uvarint(r.from)
	r.from = r.from[max(n, 0):]
	return x
}

func (r *reader) varint() int64 {
	x, n := binary.Varint(r.from)
	r.from = r.from[max(n, 0):]
	return x
}

func (r *reader) take(n uint64) []byte {
	n = min(n, uint64(len(r.from)))
	b := r.from[:n]
	r.from = r.from[n:]
	return b
}

func (r *reader) object(s *Shape, v reflect.Value) {
	stated := r.take(uint64(s.bits()))
	if len(stated) < s.bits() {
		return
	}
	for i := range s.Fields {
		if stated[i/8]&(1<<(i%8)) == 0 {
			continue
		}
		f := &s.Fields[i]
		m := v.Field(f.index)
		if m.Kind() == reflect.Pointer {
			m.Set(reflect.New(m.Type().Elem()))
			m = m.Elem()
		}
		r.value(f.Shape, m, f.short)
	}
}

func (r *reader) value(s *Shape, v reflect.Value, short bool) {
	switch s.Form {
	case Object:
		r.object(s, v)
	case List:
		n := min(int(r.uvarint()), len(r.from))
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			r.value(s.Item, v.Index(i), s.Item.Form == Lines)
		}
	case Map:
		n := min(int(r.uvarint()), len(r.from))
		v.Set(reflect.MakeMapWithSize(v.Type(), n))
		for range n {
			name, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			name.SetString(string(r.take(r.uvarint())))
			r.value(s.Item, item, false)
			v.SetMapIndex(name, item)
		}
	case Boolean:
		b := r.take(1)
		v.SetBool(len(b) > 0 && b[0] == 1)
	case Integer:
		if v.CanInt() {
			v.SetInt(r.varint())
		} else {
			v.SetUint(r.uvarint())
		}
	case Number:
		if b := r.take(8); len(b) == 8 {
			v.SetFloat(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	case Instant:
		v.Set(reflect.ValueOf(r.time()))
	case SHA256:
		if n := r.uvarint(); n > 0 {
			v.SetString(string(r.take(n - 1)))
		} else {
			v.SetString(hex.EncodeToString(r.take(sha256.Size)))
		}
	case CodeOf:
		v.SetString(r.code(s.Table))
	default:
		if short {
			v.SetString(hashed + string(r.take(8)))
			return
		}
		v.SetString(string(r.take(r.uvarint())))
	}
}

func (r *reader) code(t *codes.Table) string {
	switch n := r.uvarint(); {
	case n == 0:
		return string(r.take(r.uvarint()))
	case n <= uint64(len(t.Codes)):
		return t.Codes[n-1].Code
	}
	return ""
}

func (r *reader) time() time.Time {
	sec := r.varint()
	return time.Unix(sec, int64(r.uvarint())).UTC()
}

// Differ returns the names of the members in which two bodies of one type differ though a correction may not change them;
// nil when it leaves them.
func Differ(a, b event.Data) (names []string) {
	s, x, y := ShapeOf(a), reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Correct != "never" {
			continue
		}
		a, _ := s.object(nil, x, 1<<i&s.parts[Whole])
		b, _ := s.object(nil, y, 1<<i&s.parts[Whole])
		if !bytes.Equal(a, b) {
			names = append(names, f.Name)
		}
	}
	return names
}
