package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/importer"
)

// lanes is how many batches are in flight at once.
const lanes = 4

// errStopped ends the reading because a batch could not be sent.
var errStopped = errors.New("import-register: stopped")

// item is one event with its row.
type item struct {
	row     int
	event   *event.Event
	raw     []byte
	changed bool
}

// sender sends items in batches, several at once. add and finish are called by one goroutine.
type sender struct {
	ctx     context.Context //nolint:containedctx // lives as long as one run
	client  *client.Client
	apply   bool
	batch   []item
	size    int
	batches chan []item
	done    sync.WaitGroup
	once    sync.Once
	halt    chan struct{} // closed by the first error
	cause   error         // set before halt is closed

	mu      sync.Mutex
	rejects []Reject // guarded by mu
	sent    Summary  // guarded by mu: New and Changed
}

func newSender(ctx context.Context, c *client.Client, apply bool) *sender {
	s := &sender{ctx: ctx, client: c, apply: apply, batches: make(chan []item), halt: make(chan struct{})}
	for range lanes {
		s.done.Go(func() {
			for b := range s.batches {
				if err := s.offer(b); err != nil {
					s.once.Do(func() { s.cause = err; close(s.halt) })
				}
			}
		})
	}
	return s
}

// add sends an item with those before it, as soon as a batch is full.
func (s *sender) add(r *run, it item) (err error) {
	if it.raw, err = entry.Author(it.event); err != nil {
		return fmt.Errorf("import-register: row %d: %w", it.row, err)
	}
	if len(s.batch) == importer.MaxBatch || s.size+len(it.raw)+len(s.batch)+2 > importer.MaxBatchBytes {
		if err := s.flush(); err != nil {
			return err
		}
		s.drain(r)
	}
	s.batch, s.size = append(s.batch, it), s.size+len(it.raw)
	return nil
}

func (s *sender) flush() error {
	select {
	case s.batches <- s.batch:
		s.batch, s.size = nil, 0
		return nil
	case <-s.halt:
		return errStopped
	}
}

// drain hands what was refused to the run.
func (s *sender) drain(r *run) {
	s.mu.Lock()
	rejects := s.rejects
	s.rejects = nil
	s.mu.Unlock()
	for _, x := range rejects {
		r.refuse(x)
	}
}

// finish sends the rest, waits for all answers, and counts.
func (s *sender) finish(r *run) error {
	if len(s.batch) > 0 {
		_ = s.flush() // the cause is returned below
	}
	close(s.batches)
	s.done.Wait()
	s.drain(r)
	r.sum.New, r.sum.Changed = s.sent.New, s.sent.Changed
	return s.cause
}

// offer sends one batch until all of it is accepted or refused. An event's refusal is a reject of its row.
func (s *sender) offer(batch []item) error {
	for len(batch) > 0 {
		select {
		case <-s.halt:
			return nil
		default:
		}
		events := make([][]byte, len(batch))
		for i := range batch {
			events[i] = batch[i].raw
		}
		err := s.ask(events)
		p, refused := errors.AsType[*client.Problem](err)
		if err != nil && !refused {
			return fmt.Errorf("import-register: %w", err)
		}
		var faults []client.EventFault
		if refused {
			if faults = faultsOf(batch, p); faults == nil {
				return fmt.Errorf("import-register: rows %d to %d: %s", batch[0].row, batch[len(batch)-1].row, importer.Says(p.Explanation))
			}
		}
		rest := s.take(batch, faults)
		if !refused || !s.apply {
			return nil
		}
		batch = rest
	}
	return nil
}

func (s *sender) ask(events [][]byte) error {
	if s.apply {
		_, err := s.client.AppendBatch(s.ctx, events)
		return err
	}
	_, err := s.client.DryRun(s.ctx, events)
	return err
}

// faultsOf returns which events of a batch a problem is about, nil: it is about none of them.
func faultsOf(batch []item, p *client.Problem) []client.EventFault {
	if len(p.Faults) > 0 {
		return p.Faults
	}
	i := slices.IndexFunc(batch, func(it item) bool { return it.event.ID.String() == p.Event })
	if i < 0 {
		return nil
	}
	return []client.EventFault{{Item: i, Event: p.Event, Explanation: p.Explanation}}
}

// take counts what of a batch is accepted, or of an append that was refused returns what is to be sent again.
func (s *sender) take(batch []item, faults []client.EventFault) (rest []item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := map[int]bool{}
	for _, f := range faults {
		if f.Item < 0 || f.Item >= len(batch) || bad[f.Item] {
			continue
		}
		bad[f.Item] = true
		s.rejects = append(s.rejects, Reject{Row: batch[f.Item].row, Cause: LedgerRefuses, Detail: same(importer.Says(f.Explanation))})
	}
	for i, it := range batch {
		switch {
		case bad[i]:
		case len(bad) > 0 && s.apply:
			rest = append(rest, it)
		case it.changed:
			s.sent.Changed++
		default:
			s.sent.New++
		}
	}
	return rest
}
