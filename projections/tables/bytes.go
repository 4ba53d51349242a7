package tables

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The bytes of evidence come in entries of streams of their own, one for each file (R19, R72). A visit that names a file looks when its
// bytes came; where they did not yet, it waits for them. So it knows the same of each index whenever it is folded again.

// arrival is the entry with which the bytes of a file came, or it was erased; the zero value: neither yet.
type arrival struct {
	index uint64
	at    time.Time
}

// received says which bytes were there behind the entry at an index.
func (o *owing) received(index uint64) inspection.Received {
	return func(sha256 string) *time.Time {
		if a := o.came[sha256]; !a.at.IsZero() && a.index <= index {
			return &a.at
		}
		return nil
	}
}

// arrived notes that the bytes of a file came.
func (o *owing) arrived(sha256 string, a arrival) {
	if o.came == nil {
		o.came = map[string]arrival{}
	}
	o.came[sha256] = a
}

// names has a visit look for the bytes of the files that an entry made it name, where its plan asks for them.
func (o *owing) names(f *Fold, e *event.Event) {
	_, corrects := e.Data.(event.Correction)
	_, _, answers := oversight.Answer(e.Data)
	if o.visit == nil || !corrects && !answers && !inspection.BearsEvidence(e.Data) {
		return
	}
	if o.visit.Terms(f.plansOf(o.visit.Campaign()), f.calendars(0)).Policy.EvidenceHours == nil {
		return
	}
	o.visit.Named(func(sha256 string) {
		if _, looked := o.came[sha256]; looked {
			return
		}
		var a arrival
		sha256 = strings.Clone(sha256)
		f.history(event.Stream{Kind: event.File, ID: sha256}, math.MaxUint64, func(e *event.Event) {
			if a.at.IsZero() {
				a = arrival{e.Index, e.Recorded}
			}
		})
		o.arrived(sha256, a)
		switch {
		case a.at.IsZero():
			f.awaits(sha256, e.Stream)
		case a.index > f.now: // while what waits is folded again
			f.ahead[a.index] = append(f.ahead[a.index], f.own(e.Stream))
		}
	})
}

// awaits notes that a visit waits for the bytes of a file.
func (f *Fold) awaits(sha256 string, visit event.Stream) {
	if list := f.awaited[sha256]; !slices.Contains(list, visit) {
		f.awaited[sha256] = append(list, f.own(visit))
	}
}

// arrives has the visits that wait for the bytes of a file look at what they owe again, when these come.
func (f *Fold) arrives(s *state, e *event.Event) error {
	if e.Stream.Kind != event.File || len(s.indexes) > 1 {
		return nil
	}
	if f.past != nil && f.past.Awaited != nil {
		if err := f.past.Awaited(f.awaits); err != nil {
			return err
		}
		f.past.Awaited = nil // from here on the fold knows
	}
	visits := f.awaited[e.Stream.ID]
	delete(f.awaited, e.Stream.ID)
	for _, of := range visits {
		v, err := f.there(of)
		if err == nil && v != nil {
			err = f.lookAgain(v, e.Index, func(sh *owingShelf) { sh.arrived(s.stream.ID, arrival{e.Index, e.Recorded}) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}
