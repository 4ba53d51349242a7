package tables

import (
	"cmp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/projections"
)

// What is owed in a visit changes with its orders and cases, whose facts are facts of the visit, and with the transfers and exposures of
// its findings (pillar 12); and what is owed in a campaign with the teams that are formed for it. Their entries lie
// aside of it: they give versions of its obligations, and of nothing else of it, and are folded again with its own.

// tells is the visit of which a stream is, or the visit or campaign to which it tells something, by its first entry; the zero
// value: none.
func tells(e *event.Event) (of event.Stream) {
	if d, ok := e.Data.(*team.Formed); ok && d != nil && e.About.Campaign != "" {
		return event.Stream{Kind: event.Campaign, ID: strings.Clone(e.About.Campaign)}
	}
	if id := visitNamed(e); id != "" {
		of = event.Stream{Kind: event.Inspection, ID: id}
	}
	return of
}

func visitNamed(e *event.Event) string {
	switch d := e.Data.(type) {
	case *transfer.Transferred:
		return strings.Clone(d.Inspection)
	case *exposure.Proposed:
		return strings.Clone(d.Inspection)
	}
	if k := kinds.Of(e.Stream.Kind); k != nil && k.Joins != nil && k.MayBegin(e.Data) {
		return strings.Clone(k.Joins(e.Data))
	}
	return ""
}

// aside has a visit, or a campaign, take an entry of a stream that is of it.
func (f *Fold) aside(s *state, e *event.Event) error {
	if s.of.ID == "" || !projections.StatesFact(e) {
		return nil
	}
	if _, forms := e.Data.(*team.Formed); s.of.Kind == event.Campaign && !forms {
		return nil
	}
	v, err := f.there(s.of)
	if v == nil || err != nil {
		return err
	}
	if err := f.load(v, s.of.Kind); err != nil {
		return err
	}
	sh := v.owing()
	f.at = sh.at
	f.at.known, f.at.seen = e.Index < f.since, nil
	if !v.waits {
		f.at.seen = int64(e.Index)
	}
	f.asideOf(v, sh, e)
	v.asides = append(v.asides, uint32(e.Index))
	f.keep(v)
	return nil
}

// asideOf gives the versions of such an entry numbers behind those of its own stream.
func (f *Fold) asideOf(v *state, sh *owingShelf, e *event.Event) {
	f.given = most / 2
	sh.tell(v.stream, e, f.anewBeside(e))
	sh.flush(f, v, e)
}

// anewBeside returns the facts of a transfer or an exposure that count behind an entry that has some of them corrected, or answers that;
// nil of others, which add to what the stream told before.
func (f *Fold) anewBeside(e *event.Event) []*event.Event {
	_, corrects := e.Data.(event.Correction)
	_, _, answers := oversight.Answer(e.Data)
	if e.Stream.Kind != transfer.Name && e.Stream.Kind != exposure.Name || !corrects && !answers {
		return nil
	}
	var all []*event.Event
	f.history(e.Stream, e.Index, func(e *event.Event) { all = append(all, e) })
	return append([]*event.Event{}, projections.Counting(append(all, e), false)...)
}

// there returns a stream that has entries; nil: there is none.
func (f *Fold) there(of event.Stream) (*state, error) {
	if s := f.streams[of]; s != nil {
		return s, nil
	}
	s := &state{}
	if err := f.recall(s, of); err != nil || len(s.indexes) == 0 {
		return nil, err
	}
	s.stream = f.own(of)
	f.streams[s.stream] = s
	return s, nil
}

// owing is the shelf of what is owed in a stream that is loaded; nil: it has none.
func (s *state) owing() *owingShelf {
	for _, list := range [...][]shelf{s.said, s.both} {
		for _, sh := range list {
			if o, ok := sh.(*owingShelf); ok {
				return o
			}
		}
	}
	return nil
}

// all are the indexes of a stream's entries, and of those that lie aside of it.
func (s *state) all() []uint32 {
	if len(s.asides) == 0 {
		return s.indexes
	}
	all := slices.Concat(s.indexes, s.asides)
	slices.SortFunc(all, cmp.Compare[uint32])
	return all
}
