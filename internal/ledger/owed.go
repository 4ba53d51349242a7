package ledger

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// worklist is what is open in all streams, by what is durable (pillar 12). The sequencer alone changes it.
type worklist struct {
	mu    sync.Mutex // held for as long as it takes to change some rows
	list  *obligation.Worklist
	size  uint64        // entries that it reflects
	moved chan struct{} // closed when size grows
	sweep SweepState
}

func newWorklist() worklist {
	return worklist{list: obligation.NewWorklist(), moved: make(chan struct{})}
}

// settleMost is how many streams are looked at between two requests: a calendar moves what is due in all of them.
const settleMost = 100

// settle brings the worklist up to date with the head, or some of it: unsettled says that there is more to do. The sequencer does so
// while a block is being written, when those who wait have their answers.
func (s *sequencer) settle() {
	w, size := &s.l.owed, s.l.Head().Size
	if size == w.size && !s.unsettled {
		return
	}
	var rows []*obligation.Row
	if rows, s.unsettled = s.state.SettleSome(w.list, settleMost); len(rows) == 0 && s.unsettled {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range rows {
		w.list.Set(r)
	}
	if s.unsettled {
		return
	}
	w.size = size
	close(w.moved)
	w.moved = make(chan struct{})
}

// Owed returns what is open in all streams, in no order, and how many entries that reflects: at least those that the
// ledger had when it was called. The rows do not change. Its error is that of ctx.
func (l *Ledger) Owed(ctx context.Context) (rows []*obligation.Row, size uint64, err error) {
	w, want := &l.owed, l.Head().Size
	for {
		var pieces [][]*obligation.Row
		w.mu.Lock()
		if size = w.size; size >= want {
			pieces = w.list.Pieces()
		}
		moved := w.moved
		w.mu.Unlock()
		if size >= want {
			return slices.Concat(pieces...), size, nil
		}
		select {
		case <-moved:
		case <-l.life.Done():
			return nil, 0, ErrReadOnly
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// OwedIn returns all that is open in one stream, what has no date included, by what is durable.
func (l *Ledger) OwedIn(ctx context.Context, stream event.Stream) (*obligation.Row, error) {
	answer := make(chan *obligation.Row, 1)
	select {
	case l.questions <- func(s *domain.State) { answer <- s.Owed(stream) }:
		return <-answer, nil
	case <-l.life.Done():
		return nil, ErrReadOnly
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// OwedState says how much is open, and when that was last looked at.
type OwedState struct {
	Open    int `json:"open"`    // obligations
	Overdue int `json:"overdue"` // of them, by the ledger's clock
	Streams int `json:"streams"` // in which something is open
	Sweep   SweepState
}

// OwedState returns how much is open now.
func (l *Ledger) OwedState() OwedState {
	w, now := &l.owed, l.clock.Now()
	w.mu.Lock()
	pieces := w.list.Pieces()
	out := OwedState{Sweep: w.sweep}
	out.Open, out.Streams = w.list.Len()
	w.mu.Unlock()
	for _, rows := range pieces {
		for _, r := range rows {
			for i := range r.Open {
				if r.Open[i].Overdue(now) {
					out.Overdue++
				}
			}
		}
	}
	return out
}

// SweepState tells of the sweeps of this node since its start.
type SweepState struct {
	Passes uint64        `json:"passes"`
	Said   uint64        `json:"said"` // deadlines that were said to have passed, and what was taken back
	Last   time.Time     `json:"last,omitzero"`
	Took   time.Duration `json:"took_ns"`
}
