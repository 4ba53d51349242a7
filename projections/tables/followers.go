package tables

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// What is owed in a case, for a seal, or because of a publication that exposes somebody changes with the visit, too: a copy serves a
// decision, a decision ends a seal, a hazard that is put right ends an exposure. Those streams follow the visit. When one is folded again
// the entries of its visit are read beside its own, so that it heeds the visit as it was behind each of them.

// heeds reports whether an entry of a visit, or aside of it, may say something to streams of a kind that follow it.
func heeds(kind event.Kind, e *event.Event) bool {
	if kind == publicity.Name {
		return true
	}
	switch e.Data.(type) {
	case *inspection.CopyDelivered:
		return kind == casefile.Name
	case *casefile.PenaltyDecided, *casefile.DecisionChanged, *order.Issued, event.Correction, *oversight.ApprovalGiven:
		return kind == casefile.Name || kind == order.Name
	}
	return false
}

// followed reports whether the entries of a stream say that its visit has something to say to it.
func followed(kind event.Kind, own []*event.Event) bool {
	return slices.ContainsFunc(own, func(e *event.Event) bool {
		switch d := e.Data.(type) {
		case *casefile.PenaltyDecided:
			return d.DocumentHash != ""
		case *order.Issued:
			return slices.Contains(order.Seals, d.Kind)
		case *publicity.Published:
			return d.Exposure != ""
		}
		_, corrects := e.Data.(event.Correction)
		return corrects && (kind == casefile.Name || kind == order.Name)
	})
}

// follows notes that a stream follows a visit.
func (f *Fold) follows(v *state, s *state) error {
	list, err := f.following(v)
	if !slices.Contains(list, s.stream) {
		f.followers[v.stream] = append(list, s.stream)
	}
	return err
}

// following are the streams that follow a visit.
func (f *Fold) following(v *state) ([]event.Stream, error) {
	list, known := f.followers[v.stream]
	if known || !v.old {
		return list, nil
	}
	list, err := f.past.Followers(f.names[v.stream.ID])
	for i := range list {
		list[i] = f.own(list[i])
	}
	f.followers[v.stream] = list
	return list, err
}

// visitOf is the visit that a stream follows, which is loaded; nil: there is none.
func (f *Fold) visitOf(s *state) (*state, error) {
	of := s.of
	if s.stream.Kind == publicity.Name {
		of = s.shows
	}
	if of.Kind != event.Inspection {
		return nil, nil //nolint:nilnil // it follows none
	}
	return f.there(of)
}

// tellFollowers has the streams that follow a visit heed it, behind an entry of it or aside of it.
func (f *Fold) tellFollowers(v *state, e *event.Event) error {
	list, err := f.following(v)
	for _, of := range list {
		if err != nil {
			return err
		}
		if !heeds(of.Kind, e) {
			continue
		}
		var s *state
		if s, err = f.there(of); err == nil && s != nil {
			err = f.lookAfter(v, s, e)
		}
	}
	return err
}

// lookAfter has a stream heed its visit behind an entry.
func (f *Fold) lookAfter(v, s *state, e *event.Event) error {
	if err := f.load(s, s.stream.Kind); err != nil {
		return err
	}
	f.touched = append(f.touched, s)
	f.stand(s, e.Index)
	f.heed(s, v.owing().visit, e)
	return f.failed
}

func (f *Fold) heed(s *state, visit *inspection.State, e *event.Event) {
	sh := s.owing()
	if sh == nil || !sh.heed(f, visit, e.Index) {
		return
	}
	f.moving, sh.moved = true, true
	sh.flush(f, s, e)
	f.moving = false
}

// lookback is a visit that is folded beside a stream that follows it.
type lookback struct {
	v     *state
	owing *owing
	begun bool
}

// take folds an entry of the visit, or aside of it, and reports whether it is one.
func (b *lookback) take(f *Fold, e *event.Event) bool {
	switch {
	case e.Stream == b.v.stream:
		b.owing.apply(e)
		b.begun = true
	case slices.Contains(b.v.asides, uint32(e.Index)):
		b.owing.told(f, b.v.stream, e, f.anewBeside(e))
	default:
		return false
	}
	return true
}

// comes reports whether an entry of a visit may say that somebody came, or did not after all.
func comes(e *event.Event) bool {
	switch e.Data.(type) {
	case *inspection.Reserved, *inspection.Started, *inspection.Released, *inspection.Attempted, *inspection.Arrived, *inspection.RecordSigned,
		*inspection.SignatureRefused, *inspection.Closed, event.Correction, *oversight.ApprovalGiven:
		return true
	}
	return false
}

// site has the subject of a visit know whether somebody came, where it works in a holiday and is owed visits for that (R26).
func (f *Fold) site(v *state, e *event.Event) error {
	of := event.Stream{Kind: event.Subject, ID: v.owing().visit.Subject()}
	if !comes(e) || !f.filing[of.ID] {
		return nil
	}
	_, err := f.asideIn(of, e, asideVersions)
	return err
}

// visitedBefore has a site that files work in a holiday for the first time know of the visits before: their entries lie aside of it, too.
func (f *Fold) visitedBefore(s *state, index uint64) (err error) {
	var indexes []uint32
	if id, named := f.names[s.stream.ID]; named && f.past != nil && id <= f.named {
		if indexes, err = f.past.Aside(event.Subject, id); err != nil {
			return err
		}
	}
	for _, v := range f.visited[s.stream.ID] {
		indexes = append(indexes, v.indexes...)
	}
	slices.Sort(indexes)
	events, err := f.Read(slices.Compact(indexes))
	if err != nil {
		return err
	}
	visits := map[event.Stream]bool{}
	for _, e := range events {
		if !comes(e) {
			continue
		}
		s.asides = append(s.asides, uint32(e.Index))
		if !visits[e.Stream] {
			visits[e.Stream] = true
			s.owing().visited(strings.Clone(e.Stream.ID), f.visitAt(e.Stream, index))
		}
	}
	return f.failed
}

// visitAt is a visit by its own entries up to an index; nil: there are none.
func (f *Fold) visitAt(of event.Stream, index uint64) (visit *inspection.State) {
	f.history(of, index+1, func(e *event.Event) {
		if visit == nil {
			visit = inspection.NewState()
		}
		visit.Apply(e)
	})
	return visit
}
