package entry

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// integer steps over an integer as JSON writes it; minus zero is for reader.
func (q *quick) integer() ([]byte, bool) {
	q.blanks()
	begin := q.i
	if q.i < len(q.b) && q.b[q.i] == '-' {
		q.i++
	}
	first := q.i
	for q.i < len(q.b) && q.b[q.i]-'0' <= 9 {
		q.i++
	}
	n := q.i - first
	return q.b[begin:q.i], n > 0 && (q.b[first] != '0' || n == 1 && first == begin)
}

func (q *quick) blanks() {
	for q.i < len(q.b) && (q.b[q.i] == ' ' || q.b[q.i] == '\t') {
		q.i++
	}
}

// take steps over blanks and c, if c is there.
func (q *quick) take(c byte) bool {
	q.blanks()
	if q.i == len(q.b) || q.b[q.i] != c {
		return false
	}
	q.i++
	return true
}

// word steps over blanks and true or false, if that is there.
func (q *quick) word(w string) bool {
	q.blanks()
	if len(q.b)-q.i < len(w) || string(q.b[q.i:q.i+len(w)]) != w {
		return false
	}
	q.i += len(w)
	return true
}

// quoted steps over a string of JSON that stands for itself, and returns it with its quotation marks.
func (q *quick) quoted() ([]byte, bool) {
	if !q.take('"') {
		return nil, false
	}
	begin, foreign := q.i, false
	for {
		n, is := plain(q.b[q.i:])
		q.i += n
		foreign = foreign || is
		if q.i == len(q.b) {
			return nil, false
		}
		switch c := q.b[q.i]; {
		case c == '"':
			q.i++
			return q.b[begin-1 : q.i], !foreign || utf8.Valid(q.b[begin:q.i-1])
		case c == '\\' || c < 0x20:
			return nil, false
		}
		foreign = foreign || q.b[q.i] >= utf8.RuneSelf
		q.i++
	}
}

// plain returns how many bytes, a multiple of eight, or up to the first that matters, are neither control characters nor marks
// that end or escape; foreign: some of them, or of those behind, are not ASCII.
func plain(b []byte) (n int, foreign bool) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	var any uint64
	for len(b)-n >= 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		any |= w
		mark, escape := w^'"'*each, w^'\\'*each
		if stop := ((mark-each)&^mark | (escape-each)&^escape | (w-0x20*each)&^w) & high; stop != 0 {
			return n + bits.TrailingZeros64(stop)/8, any&high != 0
		}
		n += 8
	}
	return n, any&high != 0
}

// longest is the most bytes of a text that is worth keeping for the next event.
const longest = 64

// text returns a text, if it can one that was made before.
func (q *quick) text(b []byte) string {
	if len(b) < 2 || len(b) > longest {
		return string(b)
	}
	h := uint64(len(b))
	if len(b) >= 8 {
		h ^= binary.LittleEndian.Uint64(b) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(b[len(b)-8:]), 29)
	} else {
		for _, c := range b {
			h = h<<8 | uint64(c)
		}
	}
	at := &q.texts[h*0x9E3779B97F4A7C15>>56]
	if *at != string(b) {
		*at = string(b)
	}
	return *at
}
