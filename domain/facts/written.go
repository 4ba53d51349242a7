package facts

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// The first byte of a fact has its time's precision in the lowest two bits, and its assurance from the fifth on.
const (
	used  = 0x80 // always
	lean  = 0x08 // only id, type, year and body follow
	aside = 0x04 // which stream it lies in follows
)

// aYear is one about which the years of lean facts take one byte.
const aYear = 2020

// scratch is memory in which facts are written, before it is known how much of it is kept.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// asideOf tells in which stream a fact of a visit lies, of those that join it; 0: in its own.
func (l *Log) asideOf(e *event.Event) uint64 {
	in := e.Stream
	if e.Aside.Kind != "" {
		in = e.Aside
	}
	if l.n == 0 || in.Kind == l.own {
		return 0
	}
	return field.Digest(in.String())
}

// begin appends what every fact begins with: its first byte, id and type, and the stream where that is another one.
func (l *Log) begin(b []byte, marks byte, e *event.Event) []byte {
	if l.n == 0 {
		if l.own = e.Stream.Kind; l.own == e.Type.Kind {
			l.own = e.Type.Kind // which keeps nothing of an entry in memory
		}
	}
	in := l.asideOf(e)
	if in != 0 {
		marks |= aside
	}
	b = append(append(b, used|marks|levelOf(e.Assurance)<<4), e.ID[:]...)
	if in != 0 {
		b = binary.LittleEndian.AppendUint64(b, in)
	}
	return binary.AppendUvarint(b, l.of.number)
}

// keep appends a fact: its first byte, then id, type, actor, campaign, index, times, and its content.
func (l *Log) keep(e *event.Event) {
	buf := scratch.Get().(*[]byte)
	l.of, l.by = kindOf(e, l.of), authors.number(authorOf(&e.Actor), l.by, author.clone)
	b := l.begin((*buf)[:0], byte(e.Precision), e)
	b = binary.AppendUvarint(b, l.by.number)
	b = binary.AppendUvarint(b, e.Index)
	b = appendTime(appendTime(b, e.Recorded, 0), e.Occurred, e.Recorded.Unix())
	b = binary.AppendUvarint(b, uint64(len(e.Campaign)))
	*buf = l.withBody(append(b, e.Campaign...), e.Data, nil)
	l.add(*buf)
	scratch.Put(buf)
}

// keepLean appends a fact: its first byte, then id, type, the year in which it occurred, and what is left of its content.
func (l *Log) keepLean(e *event.Event, needed *field.Members) {
	buf := scratch.Get().(*[]byte)
	l.of = kindOf(e, l.of)
	b := l.begin((*buf)[:0], lean, e)
	b = binary.AppendVarint(b, int64(event.YearOf(e.Occurred)-aYear))
	*buf = l.withBody(b, e.Data, needed)
	l.add(*buf)
	scratch.Put(buf)
}

// withBody ends a fact with its content.
func (l *Log) withBody(b []byte, d event.Data, needed *field.Members) []byte {
	at := len(b)
	b = l.of.value.body.KeepNeeded(append(b, 0), d, needed)
	size := uint64(len(b) - at - 1)
	if size < 0x80 {
		b[at] = byte(size)
		return b
	}
	var digits [binary.MaxVarintLen64]byte // more than one byte
	n := binary.PutUvarint(digits[:], size)
	return slices.Replace(b, at, at+1, digits[:n]...)
}

// add appends a fact to what is kept, or begins a new part. Clones share a part, and the memory behind its end, as long as nobody has
// used it. What is small is copied when it grows, because a part of its own costs more. Where a part ends follows from
// the facts alone, and not from who shares it: two logs of the same facts are the same.
func (l *Log) add(fact []byte) {
	const reserve, small, part = 32, 400, 640 // bytes
	switch k, size := len(l.kept), cap(l.kept); {
	case k == 0:
		l.kept = slices.Grow(l.kept, len(fact)+reserve)
	case size-k < len(fact) && k < small:
		l.kept = append(make([]byte, 0, k+len(fact)+max(k/4, reserve)), l.kept...)
	case size-k < len(fact):
		l.older = &older{l.kept, l.older}
		l.kept = make([]byte, 0, max(len(fact), min(2*size, part)))
	case l.kept[:k+1][k] != 0:
		l.kept = append(make([]byte, 0, size), l.kept...)
	}
	l.kept = append(l.kept, fact...)
	l.n++
}
