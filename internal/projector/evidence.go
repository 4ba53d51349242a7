package projector

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	evidence "github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// files knows which entries name a file, by its SHA-256.
type files struct {
	last map[[32]byte]link // place in all, plus one, of the newest entry that names the file
	all  []naming
}

// naming is an entry that names a file; of several directly one after another, that the same askers see, the
// first.
type naming struct {
	at     uint32
	before link // place in all, plus one, of the one before
	by     *namer
}

// namer is what decides who sees an entry that names a file.
type namer struct {
	kind  event.Kind
	id    string      // of a stream whose name says who sees it
	about event.About // subject, county, sectors and team
	visit *visitState // nil: it is no visit's
}

func newFiles() files { return files{last: map[[32]byte]link{}} }

// file notes the files that an entry names, of a visit (nil: of none).
func (p *Projector) file(e *event.Event, v *visitState, s share) {
	var by *namer
	note := func(sha256 string) {
		var sum [32]byte
		if len(sha256) != 2*len(sum) {
			return
		}
		if _, err := hex.Decode(sum[:], []byte(sha256)); err != nil {
			return
		}
		if by == nil {
			by = namerOf(e, v, s)
		}
		before := p.evidence.last[sum]
		if before != 0 && p.evidence.all[before-1].by.like(by) {
			return
		}
		p.evidence.all = append(p.evidence.all, naming{uint32(e.Index), before, by})
		p.evidence.last[sum] = link(len(p.evidence.all))
	}
	EachFile(e.Data, note)
}

// namerOf is one for all entries of a visit.
func namerOf(e *event.Event, v *visitState, s share) *namer {
	if v != nil && v.namer != nil {
		return v.namer
	}
	n := &namer{kind: e.Stream.Kind, visit: v, id: ends(e.Stream), about: event.About{
		Subject: strings.Clone(e.About.Subject), County: s.cell.county, Sectors: s.cell.sectors}}
	if s.team != nil {
		n.about.Team = s.team.id
	}
	if v != nil {
		n.kind, v.namer = event.Inspection, n
	}
	return n
}

// ends is the id of a stream where that says who sees it.
func ends(s event.Stream) string {
	if k := kinds.Of(s.Kind); k != nil && k.Access.ByName() {
		return strings.Clone(s.ID)
	}
	return ""
}

// like reports whether two see to it that the same askers see an entry.
func (n *namer) like(o *namer) bool {
	return n == o || n.visit == nil && o.visit == nil && n.kind == o.kind && n.id == o.id &&
		n.about.Team == o.about.Team && n.about.Subject == o.about.Subject &&
		n.about.County == o.about.County && slices.Equal(n.about.Sectors, o.about.Sectors)
}

// Naming returns an entry that names a file and that an asker sees: its stream, of which the id is that of
// a visit or a transfer, or empty, and its index. It reads no entry, however many name the file.
func (p *Projector) Naming(sum [32]byte, s *visibility.Scope) (of event.Stream, index uint64, ok bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for l := p.evidence.last[sum]; l != 0; {
		n := &p.evidence.all[l-1]
		var order *visibility.Visit
		of = event.Stream{Kind: n.by.kind, ID: n.by.id}
		if v := n.by.visit; v != nil {
			order, of.ID = &v.order, v.id
		}
		if _, ok := order.Since(s, of, &n.by.about, uint64(n.at)); ok {
			return of, uint64(n.at), true
		}
		l = n.before
	}
	return event.Stream{}, 0, false
}

// EachFile calls fn with the SHA-256 of every file that a body names, and that is read by who reads its entry. The entries that a file was
// received and erased are open to all, whoever may read it; the hash of a token is of no file.
func EachFile(d event.Data, fn func(sha256 string)) {
	switch d.(type) {
	case *evidence.Received, *evidence.Erased, *token.Issued:
		return
	}
	field.EachFile(d, fn)
}
