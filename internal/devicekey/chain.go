package devicekey

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Chain is the events of one key in the order in which the ledger recorded them, held against
// what the key said of their order: keyseq and keyprev. It refuses nothing; it names what is
// missing, double or does not follow. It does not show when something was signed, and not an
// author who built his whole unsent queue anew. The zero value is an empty chain.
type Chain struct {
	next   uint32   // seq that continues what has been seen without a gap
	last   [32]byte // hash of seq next-1
	ahead  map[uint32]link
	double []Double
	broken []uint32
	count  uint64
	signed []mark
	since  time.Time // the key may have been in other hands since then; zero: never
}

// mark is an entry that the key signed: its index, and the Unix second in which it was recorded. In a
// ledger of ten million signed entries these are 80 MB.
type mark struct{ index, recorded uint32 }

type link struct{ prev, hash [32]byte }

// Double is a second event with a sequence number that the key had used.
type Double struct {
	Seq   uint32 `json:"seq"`
	Index uint64 `json:"index"` // of the second entry
}

// Span is a range of sequence numbers, both ends included.
type Span struct {
	From uint32 `json:"from"`
	To   uint32 `json:"to"`
}

// Take takes in the next entry that the key signed. Of a malformed one nothing is known but the key.
func (c *Chain) Take(e *event.Event) {
	c.signed = append(c.signed, mark{uint32(e.Index), uint32(e.Recorded.Unix())})
	if e.Link.Ledger == "" {
		return
	}
	var prev [32]byte
	_, _ = base64.RawURLEncoding.Decode(prev[:], []byte(e.Link.Prev)) // its form was checked when it was parsed
	c.Add(e.Link.Seq, prev, sha256.Sum256(e.Bytes), e.Index)
}

// Compromised notes what a key-revoked says: what was signed since then is in doubt. Zero: nothing is.
func (c *Chain) Compromised(since time.Time) { c.since = since }

// Add takes in the next recorded event of the key: its sequence number, the hash that it names
// (zero at 0), the SHA-256 of its own bytes and its place in the ledger.
func (c *Chain) Add(seq uint32, prev, hash [32]byte, index uint64) {
	c.count++
	_, waits := c.ahead[seq]
	switch {
	case waits || seq < c.next:
		c.double = append(c.double, Double{seq, index})
		return
	case seq > c.next:
		if c.ahead == nil {
			c.ahead = map[uint32]link{}
		}
		c.ahead[seq] = link{prev, hash}
		return
	}
	c.extend(link{prev, hash})
	for len(c.ahead) > 0 {
		l, ok := c.ahead[c.next]
		if !ok {
			return
		}
		delete(c.ahead, c.next)
		c.extend(l)
	}
}

// extend appends the event with sequence number next.
func (c *Chain) extend(l link) {
	if l.prev != c.last {
		c.broken = append(c.broken, c.next)
	}
	c.last = l.hash
	c.next++
}

// Links is what is wrong with a chain, as of now: an event that has not arrived yet is missing.
type Links struct {
	Events  uint64   `json:"events"`             // entries that the key signed
	LastSeq *uint32  `json:"last_seq,omitempty"` // highest sequence number seen; a device goes on behind it
	Missing []Span   `json:"missing"`            // numbers that are not in the ledger
	Double  []Double `json:"double"`             // numbers used twice
	Broken  []uint32 `json:"broken"`             // events whose keyprev is not the hash of the one before
	Doubt
}

// MaxInDoubt is how many entries in doubt are listed of one key.
const MaxInDoubt = 1000

// Doubt is what a compromised key signed since then, and after its revocation. Nothing is
// un-signed. It goes by recorded time, because the time of occurrence is the word of whoever had the
// key: what was recorded before was signed before; what came later, an honest queue too, has to be asked.
type Doubt struct {
	Since   *time.Time `json:"compromised_since,omitempty" doc:"from the revocation: what the key signed since then is in doubt"`
	InDoubt []uint64   `json:"in_doubt,omitempty" doc:"positions of entries that the key signed and were recorded since then, the first 1,000"`
	Count   uint64     `json:"in_doubt_count,omitzero" doc:"how many there are"`
}

// OK reports whether every event that the key signed up to LastSeq is there, once and in order,
// and none is in doubt.
func (l *Links) OK() bool { return len(l.Missing)+len(l.Double)+len(l.Broken) == 0 && l.Count == 0 }

// doubt lists what the key signed since it may have been in other hands.
func (c *Chain) doubt() (d Doubt) {
	if c.since.IsZero() {
		return d
	}
	d.Since = new(c.since.UTC())
	for _, m := range c.signed {
		if int64(m.recorded) < c.since.Unix() {
			continue
		}
		if d.Count++; d.Count <= MaxInDoubt {
			d.InDoubt = append(d.InDoubt, uint64(m.index))
		}
	}
	return d
}

// Links says what is missing, double, broken or in doubt.
func (c *Chain) Links() Links {
	l := Links{Events: c.count, Missing: []Span{}, Double: slices.Clone(c.double), Broken: slices.Clone(c.broken), Doubt: c.doubt()}
	if l.Double == nil {
		l.Double = []Double{}
	}
	if l.Broken == nil {
		l.Broken = []uint32{}
	}
	if c.next > 0 {
		l.LastSeq = new(c.next - 1)
	}
	seqs := make([]uint32, 0, len(c.ahead))
	for seq := range c.ahead {
		seqs = append(seqs, seq)
	}
	slices.SortFunc(seqs, cmp.Compare[uint32])
	next := c.next
	for i, seq := range seqs {
		if seq > next {
			l.Missing = append(l.Missing, Span{next, seq - 1})
		} else if before := c.ahead[seqs[max(i, 1)-1]]; i > 0 && c.ahead[seq].prev != before.hash {
			l.Broken = append(l.Broken, seq)
		}
		next = seq + 1
		l.LastSeq = &seqs[i]
	}
	return l
}
