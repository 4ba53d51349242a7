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
	k := keeper{dst, p}
	k.object(s, reflect.ValueOf(d).Elem())
	return k.to
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
	k := keeper{dst, Whole}
	if needed := m.of[s]; needed != 0 {
		k.members(s, reflect.ValueOf(d).Elem(), needed)
	}
	return k.to
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

type keeper struct {
	to   []byte
	part Part
}

// object writes which members are stated, a bit each, and then those; it reports whether there are any. What it writes of none
// is zeros.
func (k *keeper) object(s *Shape, v reflect.Value) (stated bool) {
	at, part := len(k.to), k.part
	k.to = append(k.to, make([]byte, s.bits())...)
	k.part = Whole // of what lies within
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.keeps && (part == Whole || f.Correct != "freely") && k.member(f, v.Field(f.index)) {
			k.to[at+i/8] |= 1 << (i % 8)
			stated = true
		}
	}
	k.part = part
	return stated
}

// members is object for some members, a bit each.
func (k *keeper) members(s *Shape, v reflect.Value, some uint64) {
	at := len(k.to)
	k.to = append(k.to, make([]byte, s.bits())...)
	for ; some != 0; some &= some - 1 {
		i := bits.TrailingZeros64(some)
		if f := &s.Fields[i]; f.keeps && k.member(f, v.Field(f.index)) {
			k.to[at+i/8] |= 1 << (i % 8)
		}
	}
}

// bits is how many bytes say which members of an object are stated.
func (s *Shape) bits() int { return (len(s.Fields) + 7) / 8 }

// member writes a member that is stated, and reports whether it is.
func (k *keeper) member(f *Field, v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return false
		}
	case reflect.Pointer:
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	default:
		if f.Shape.Form == Object {
			n := len(k.to)
			if k.object(f.Shape, v) {
				return true
			}
			k.to = k.to[:n]
			return false
		}
		if v.IsZero() {
			return false
		}
	}
	k.value(f.Shape, v, f.short)
	return true
}

// keepsOf decides what is kept of a member.
func (f *Field) keepsOf() {
	s := f.Shape
	f.keeps = s.Form != Values && !(s.Form == Map && s.Item.Form == Lines) // which is the terms of a source
	f.short = s.Form == Lines || s.Form == Text && f.Correct == "freely"
}

func (k *keeper) value(s *Shape, v reflect.Value, short bool) {
	switch s.Form {
	case Object:
		k.object(s, v)
	case List:
		k.to = binary.AppendUvarint(k.to, uint64(v.Len()))
		for i := range v.Len() {
			k.value(s.Item, v.Index(i), s.Item.Form == Lines)
		}
	case Map:
		names := v.MapKeys()
		slices.SortFunc(names, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		k.to = binary.AppendUvarint(k.to, uint64(len(names)))
		for _, name := range names {
			k.text(name.String())
			k.value(s.Item, v.MapIndex(name), false)
		}
	case Boolean:
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		k.to = append(k.to, b)
	case Integer:
		if v.CanInt() {
			k.to = binary.AppendVarint(k.to, v.Int())
		} else {
			k.to = binary.AppendUvarint(k.to, v.Uint())
		}
	case Number:
		k.to = binary.BigEndian.AppendUint64(k.to, math.Float64bits(v.Float()))
	case Instant:
		t := v.Addr().Interface().(*time.Time)
		k.to = binary.AppendUvarint(binary.AppendVarint(k.to, t.Unix()), uint64(t.Nanosecond()))
	case SHA256:
		k.sha(v.String())
	default:
		if short {
			k.to = binary.BigEndian.AppendUint64(k.to, Digest(v.String()))
			return
		}
		k.text(v.String())
	}
}

func (k *keeper) text(s string) {
	k.to = binary.AppendUvarint(k.to, uint64(len(s)))
	k.to = append(k.to, s...)
}

// sha writes a hash as its bytes, behind a 0, and what is none as a text.
func (k *keeper) sha(s string) {
	if !event.ValidSHA256(s) {
		k.to = binary.AppendUvarint(k.to, uint64(len(s))+1)
		k.to = append(k.to, s...)
		return
	}
	k.to = append(k.to, 0)
	k.to = hexAppend(k.to, s)
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
	default:
		if short {
			v.SetString(hashed + string(r.take(8)))
			return
		}
		v.SetString(string(r.take(r.uvarint())))
	}
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
		one := Shape{Form: Object, Fields: s.Fields[i : i+1]}
		k, l := keeper{}, keeper{}
		k.object(&one, x)
		l.object(&one, y)
		if !bytes.Equal(k.to, l.to) {
			names = append(names, f.Name)
		}
	}
	return names
}
