package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// lanes is how many batches are in flight at once. A subject's events all go through one
// lane, in order; subjects do not depend on each other.
const lanes = 4

// sender sends a dataset.
type sender struct {
	client   *client.Client
	author   *Author
	batch    int // events in one append
	progress func(Progress)
	total    int

	mu   sync.Mutex
	sum  Summary // guarded by mu while lanes run
	done int     // guarded by mu

	amended map[uuid.UUID]bool // facts that were ever corrected or withdrawn; set before the lanes run

	reading sync.Mutex
	own     map[event.Stream][]uint64 // guarded by reading
	aside   map[string][]event.Stream // origin → its orders and cases; set with own, and not changed after

	once  sync.Once
	halt  chan struct{} // closed by the first error; lanes then send no further batch
	cause error         // set before halt is closed
}

// send appends the dataset and returns the first error. Batches that are under way in other
// lanes are then still waited for, so that the summary counts all that is recorded.
func (s *sender) send(ctx context.Context, d *Dataset) error {
	if err := s.findAmended(ctx); err != nil {
		return err
	}
	opening := newLane(s)
	if err := errors.Join(opening.add(ctx, d.First), opening.flush(ctx)); err != nil {
		return err
	}
	return s.fan(d, func(subjects <-chan func() []Item) error { return s.runLane(ctx, subjects) })
}

// fan gives the subjects to several lanes and returns the first error.
func (s *sender) fan(d *Dataset, run func(subjects <-chan func() []Item) error) error {
	s.halt = make(chan struct{})
	subjects := make(chan func() []Item)
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			if err := run(subjects); err != nil {
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
	l := newLane(s)
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
	made   map[event.Stream][]Item // of the subject that is being sent, and of those before it
}

func newLane(s *sender) *lane { return &lane{sender: s, made: map[event.Stream][]Item{}} }

// add queues items in order and sends every batch that gets full.
func (l *lane) add(ctx context.Context, items []Item) error {
	if len(l.items) == 0 {
		clear(l.made)
	}
	for _, it := range items {
		l.made[it.Event.Stream] = append(l.made[it.Event.Stream], it)
	}
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
	if err := l.current(ctx); err != nil {
		return err
	}
	l.items, l.events, l.size = l.items[:0], l.events[:0], 0
	return nil
}

// current sends the batch. What was ever amended is compared with what counts of it, and corrected where it is otherwise.
func (l *lane) current(ctx context.Context) error {
	otherwise := func(i int) bool { return l.amended[l.items[i].Event.ID] }
	if !slices.ContainsFunc(l.items, func(it Item) bool { return l.amended[it.Event.ID] }) {
		return l.append(ctx, l.items, l.events)
	}
	items, err := l.amend(ctx, l.items, otherwise)
	if err != nil {
		return err
	}
	return l.appendAll(ctx, items)
}

// append appends a batch and counts its receipts. When the server decides against some of its events,
// what comes before the first is appended all the same, and all of them are named.
func (l *lane) append(ctx context.Context, items []Item, events [][]byte) error {
	receipts, err := l.client.AppendBatch(ctx, events)
	if err == nil {
		l.count(receipts)
		return nil
	}
	final, ok := errors.AsType[*client.Problem](err)
	if !ok {
		return fmt.Errorf("import: %w", err)
	}
	bad := faultsOf(items, final)
	if slices.ContainsFunc(bad, func(f client.EventFault) bool { return f.Code == law.IDReused }) {
		amended, err := l.amend(ctx, items, reused(bad))
		if err != nil {
			return err
		}
		return l.appendAll(ctx, amended)
	}
	if first := bad[0].Item; first > 0 {
		if err := l.append(ctx, items[:first], events[:first]); err != nil {
			return err
		}
	}
	var all []error
	for i := range bad {
		all = append(all, explain(items, &bad[i]))
	}
	return errors.Join(all...)
}

// appendAll appends items that may be more than one batch takes.
func (l *lane) appendAll(ctx context.Context, items []Item) error {
	for part := range slices.Chunk(items, l.batch) {
		events := make([][]byte, len(part))
		for i, it := range part {
			var err error
			if events[i], err = entry.Author(it.Event); err != nil {
				return fmt.Errorf("import: %s: %w", it.Row, err)
			}
		}
		if err := l.append(ctx, part, events); err != nil {
			return err
		}
	}
	return nil
}

// present counts events of which the ledger has what they say.
func (l *lane) present(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.AlreadyPresent += n
	l.advance(n)
}

func (l *lane) count(receipts []client.Receipt) {
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
	l.advance(len(receipts))
}

// advance tells of progress. s.mu is held.
func (s *sender) advance(n int) {
	s.done += n
	if s.progress != nil {
		s.progress(Progress{Done: s.done, Total: s.total})
	}
}

// faultsOf returns what a problem says of each event that is refused; of a problem that is about no
// event in particular, one with the position -1.
func faultsOf(items []Item, p *client.Problem) []client.EventFault {
	if len(p.Faults) > 0 {
		return p.Faults
	}
	one := client.EventFault{Item: -1, Event: p.Event, Explanation: p.Explanation}
	if one.Item = slices.IndexFunc(items, func(it Item) bool { return it.Event.ID.String() == p.Event }); len(items) == 1 {
		one.Item = 0
	}
	return []client.EventFault{one}
}

// explain names the row that the server decided against, or the rows of the batch.
func explain(items []Item, f *client.EventFault) error {
	told := &refusal{f.Explanation}
	if f.Item < 0 || f.Item >= len(items) {
		return fmt.Errorf("import: the batch from %s to %s: %w", items[0].Row, items[len(items)-1].Row, told)
	}
	it := &items[f.Item]
	return fmt.Errorf("import: %s (%s): %w", it.Row, it.Event.Type.Name, told)
}

// refusal is what a ledger says of an event, in English and in Chinese.
type refusal struct{ client.Explanation }

func (r *refusal) Error() string {
	p := client.Problem{Explanation: r.Explanation}
	text := p.Error()
	said := event.Refusal{Code: r.Code, Values: r.Values}
	for _, o := range r.Open {
		said.Open = append(said.Open, event.Unmet{Code: o.Code, Values: o.Values})
	}
	if _, known := r.Code.Text(); !known {
		return text
	}
	parts := []string{said.Sentence(law.InChinese)}
	for _, f := range r.Fields {
		one := event.Fault{Path: f.Field, Fault: f.Fault, Values: f.Values}
		parts = append(parts, one.Says(law.InChinese))
	}
	return text + " / " + law.Join(law.InChinese, append(parts, said.Remedy(law.InChinese)))
}

// Says is what a ledger says of an event that it refuses, in English and in Chinese.
func Says(x client.Explanation) string { return (&refusal{x}).Error() }
