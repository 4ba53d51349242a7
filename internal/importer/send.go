package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/internal/entry"
)

// lanes is how many batches are in flight at once. A subject's events all go through one
// lane, in order; subjects do not depend on each other.
const lanes = 4

// sender sends a dataset.
type sender struct {
	client   *Client
	batch    int // events in one append
	progress func(Progress)
	total    int

	mu   sync.Mutex
	sum  Summary // guarded by mu while lanes run
	done int     // guarded by mu

	once  sync.Once
	halt  chan struct{} // closed by the first error; lanes then send no further batch
	cause error         // set before halt is closed
}

// send appends the dataset and returns the first error. Batches that are under way in other
// lanes are then still waited for, so that the summary counts all that is recorded.
func (s *sender) send(ctx context.Context, d *Dataset) error {
	s.halt = make(chan struct{})
	opening := lane{sender: s}
	if err := errors.Join(opening.add(ctx, d.First), opening.flush(ctx)); err != nil {
		return err
	}
	subjects := make(chan func() []Item)
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			if err := s.runLane(ctx, subjects); err != nil {
				s.once.Do(func() { s.cause = err; close(s.halt) })
			}
		})
	}
feed:
	for _, subject := range d.Subjects {
		select {
		case subjects <- subject:
		case <-s.halt:
			break feed
		}
	}
	close(subjects)
	wg.Wait()
	return s.cause
}

// errHalted ends a lane because another one failed.
var errHalted = errors.New("import: stopped")

func (s *sender) runLane(ctx context.Context, subjects <-chan func() []Item) error {
	l := lane{sender: s}
	for subject := range subjects {
		if err := l.add(ctx, subject()); err != nil {
			return err
		}
	}
	return l.flush(ctx)
}

// lane fills one batch after the other; owned by one goroutine.
type lane struct {
	*sender
	items  []Item
	events [][]byte
	size   int
}

// add queues items in order and sends every batch that gets full.
func (l *lane) add(ctx context.Context, items []Item) error {
	for _, it := range items {
		b, err := entry.Author(it.Event)
		if err != nil {
			return fmt.Errorf("import: %s: %w", it.Row, err)
		}
		if len(l.events) == l.batch || l.size+len(b)+len(l.events)+2 > MaxBatchBytes {
			if err := l.flush(ctx); err != nil {
				return err
			}
		}
		l.items, l.events, l.size = append(l.items, it), append(l.events, b), l.size+len(b)
	}
	return nil
}

// flush sends the batch, if there is one.
func (l *lane) flush(ctx context.Context) error {
	if len(l.events) == 0 {
		return nil
	}
	select {
	case <-l.halt:
		return errHalted
	default:
	}
	if err := l.append(ctx, l.items, l.events); err != nil {
		return err
	}
	l.items, l.events, l.size = l.items[:0], l.events[:0], 0
	return nil
}

// append appends a batch and counts its receipts. When the server decides against one event,
// what comes before it is appended all the same.
func (l *lane) append(ctx context.Context, items []Item, events [][]byte) error {
	receipts, err := l.client.Append(ctx, events)
	if err == nil {
		l.count(receipts)
		return nil
	}
	var final *StatusError
	if !errors.As(err, &final) {
		return fmt.Errorf("import: %w", err)
	}
	bad := named(items, final)
	if bad > 0 {
		if err := l.append(ctx, items[:bad], events[:bad]); err != nil {
			return err
		}
	}
	return explain(items, bad, final)
}

func (l *lane) count(receipts []Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range receipts {
		l.sum.Flagged += len(r.Deviations)
		if r.AlreadyPresent {
			l.sum.AlreadyPresent++
		} else {
			l.sum.Appended++
		}
	}
	l.done += len(receipts)
	if l.progress != nil {
		l.progress(Progress{Done: l.done, Total: l.total})
	}
}

// named returns the place of the event that the server's answer is about, -1 when it is
// about none in particular.
func named(items []Item, e *StatusError) int {
	if len(items) == 1 {
		return 0
	}
	return slices.IndexFunc(items, func(it Item) bool { return it.Event.ID.String() == e.Event })
}

// explain names the row that the server decided against, or the rows of the batch.
func explain(items []Item, bad int, e *StatusError) error {
	if bad < 0 {
		return fmt.Errorf("import: the batch from %s to %s: %w", items[0].Row, items[len(items)-1].Row, e)
	}
	it := &items[bad]
	if e.Code == "id-reused" {
		return fmt.Errorf("import: %s was changed since it was imported (%s): %w", it.Row, it.Event.Type.Name, e)
	}
	return fmt.Errorf("import: %s (%s): %w", it.Row, it.Event.Type.Name, e)
}
