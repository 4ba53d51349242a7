package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
}

// send appends the dataset and returns the first error; other lanes then stop.
func (s *sender) send(ctx context.Context, d *dataset) error {
	opening := lane{sender: s}
	if err := errors.Join(opening.add(ctx, d.first), opening.flush(ctx)); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	subjects := make(chan func() []item)
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			if err := s.runLane(ctx, subjects); err != nil {
				stop(err)
			}
		})
	}
feed:
	for _, subject := range d.subjects {
		select {
		case subjects <- subject:
		case <-ctx.Done():
			break feed
		}
	}
	close(subjects)
	wg.Wait()
	return context.Cause(ctx)
}

func (s *sender) runLane(ctx context.Context, subjects <-chan func() []item) error {
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
	items  []item
	events [][]byte
	size   int
}

// add queues items in order and sends every batch that gets full.
func (l *lane) add(ctx context.Context, items []item) error {
	for _, it := range items {
		b, err := entry.Author(it.event)
		if err != nil {
			return fmt.Errorf("import: %s: %w", it.row, err)
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

// flush sends the batch, if there is one, and counts its receipts.
func (l *lane) flush(ctx context.Context) error {
	if len(l.events) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	receipts, err := l.client.Append(ctx, l.events)
	if err != nil {
		return l.explain(err)
	}
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
	l.items, l.events, l.size = l.items[:0], l.events[:0], 0
	return nil
}

// explain names the row that the server decided against: the one whose event id its answer
// mentions, otherwise the rows of the batch.
func (l *lane) explain(err error) error {
	var final *StatusError
	if !errors.As(err, &final) {
		return fmt.Errorf("import: %w", err)
	}
	for _, it := range l.items {
		if bytes.Contains(final.Body, []byte(it.event.ID.String())) {
			if final.Code == "id-reused" {
				return fmt.Errorf("import: %s was changed since it was imported (%s): %w", it.row, it.event.Type.Name, err)
			}
			return fmt.Errorf("import: %s (%s): %w", it.row, it.event.Type.Name, err)
		}
	}
	return fmt.Errorf("import: the batch from %s to %s: %w", l.items[0].row, l.items[len(l.items)-1].row, err)
}
