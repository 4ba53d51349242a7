package tables

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/projections"
)

// What is owed in a visit changes with its orders and cases, whose facts are facts of the visit, and with the transfers and exposures of
// its findings (pillar 12); in a campaign with the teams that are formed for it; of a tip with its transfers, in a case with its own and
// with the publications of its decisions, and at a site that works in a holiday with the visits to it. Their entries lie aside of it: they
// give versions of its obligations, and of nothing else of it, and are folded again with its own.

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

// handedTo is the tip or the case that a stream tells something, by its first entry; the zero value: none.
func handedTo(e *event.Event) event.Stream {
	switch d := e.Data.(type) {
	case *transfer.Transferred:
		switch {
		case d.Tip != "":
			return event.Stream{Kind: tip.Name, ID: strings.Clone(d.Tip)}
		case d.Case != "":
			return event.Stream{Kind: casefile.Name, ID: strings.Clone(d.Case)}
		}
	case *publicity.Published:
		if d.Case != "" {
			return event.Stream{Kind: casefile.Name, ID: strings.Clone(d.Case)}
		}
	}
	return event.Stream{}
}

// Where the versions begin that an entry gives to streams of which it lies aside: behind those of its own, and apart from each other.
const (
	asideVersions  = most / 2
	handedVersions = asideVersions + most/8
	openedVersions = handedVersions + most/8 // of what a stream opens that follows another, with its first entry
)

// aside has those streams take an entry of which it lies aside, and what follows them heed it.
func (f *Fold) aside(s *state, e *event.Event) error {
	if !projections.StatesFact(e) {
		return nil
	}
	of := s.of
	if s.to.ID != "" {
		v, err := f.asideIn(s.to, e, handedVersions)
		if err != nil {
			return err
		}
		if v != nil && s.stream.Kind == transfer.Name && v.of.Kind == event.Inspection {
			of = v.of // of a case that is handed over
		}
	}
	if _, forms := e.Data.(*team.Formed); of.Kind == event.Campaign && !forms {
		return nil
	}
	v, err := s, error(nil)
	if s.stream.Kind == event.Inspection {
		err = f.site(s, e)
	} else {
		v, err = f.asideIn(of, e, asideVersions)
	}
	if err == nil && v != nil && v.stream.Kind == event.Inspection {
		err = f.heard(v, s, e)
	}
	if err == nil && s.shows.ID != "" {
		err = f.shown(s, e)
	}
	return err
}

// heard has the streams that follow a visit heed an entry of it, or of a stream aside of it, which follows it from now on if it is one of
// those.
func (f *Fold) heard(v, s *state, e *event.Event) error {
	if s.stream.Kind == order.Name || s.stream.Kind == casefile.Name {
		if err := f.follows(v, s); err != nil {
			return err
		}
	}
	return f.tellFollowers(v, e)
}

// shown has a publication that exposes findings of a visit follow it.
func (f *Fold) shown(s *state, e *event.Event) error {
	v, err := f.visitOf(s)
	if v == nil || err != nil {
		return err
	}
	if err := f.load(v, v.stream.Kind); err != nil {
		return err
	}
	if err := f.follows(v, s); err != nil {
		return err
	}
	return f.lookAfter(v, s, e)
}

// asideIn has a stream take an entry that lies aside of it; what is returned is nil where there is no such stream.
func (f *Fold) asideIn(of event.Stream, e *event.Event, versions int) (*state, error) {
	if of.ID == "" {
		return nil, nil //nolint:nilnil // of none
	}
	v, err := f.there(of)
	if v == nil || err != nil {
		return nil, err
	}
	if err := f.load(v, of.Kind); err != nil {
		return nil, err
	}
	f.stand(v, e.Index)
	f.asideOf(v, e, versions)
	v.asides = append(v.asides, uint32(e.Index))
	f.touched = append(f.touched, v)
	return v, f.failed
}

// stand has the following rows stand where the stream's own last entry left it.
func (f *Fold) stand(s *state, index uint64) {
	if sh := s.owing(); sh != nil {
		f.at = sh.at
	}
	f.at.known, f.at.seen = index < f.since, nil
	if !s.waits {
		f.at.seen = int64(index)
	}
}

// asideOf gives the versions of such an entry numbers from those on.
func (f *Fold) asideOf(v *state, e *event.Event, versions int) {
	f.given = versions
	sh := v.owing()
	sh.tell(f, v.stream, e, f.anewBeside(e))
	sh.flush(f, v, e)
	if f.given >= versions+most/8 && f.failed == nil {
		f.failed = fmt.Errorf("tables: entry %d changes more than %d rows of %s", e.Index, most/8, v.stream)
	}
}

// versionsOf is where the versions begin that an entry of another stream gives to one.
func versionsOf(v *state) int {
	if v.stream.Kind == casefile.Name || v.stream.Kind == tip.Name {
		return handedVersions
	}
	return asideVersions
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
