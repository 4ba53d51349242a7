package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// A dry run asks the ledger what it would say of each subject's first batch, which stands on nothing
// but the teams. What comes behind stands on events that are not there, so nothing is said of it.

// foreteller asks for a Dataset; its sender counts.
type foreteller struct {
	*sender
	report  *Report  // guarded by mu
	opening []Item   // the teams
	authors [][]byte // their events
}

// foretell asks for every subject, and lists what would be refused.
func foretell(ctx context.Context, s *sender, d *Dataset, rep *Report) error {
	f := &foreteller{sender: s, report: rep, opening: d.First}
	for _, it := range d.First {
		b, err := entry.Author(it.Event)
		if err != nil {
			return fmt.Errorf("import: %s: %w", it.Row, err)
		}
		f.authors = append(f.authors, b)
	}
	for first := 0; first < len(d.First); first += s.batch {
		last := min(first+s.batch, len(d.First))
		if err := f.ask(ctx, d.First[first:last], f.authors[first:last], 0); err != nil {
			return err
		}
	}
	return s.fan(d, func(subjects <-chan func() []Item) error {
		for subject := range subjects {
			if err := f.subject(ctx, subject()); err != nil {
				return err
			}
		}
		return nil
	})
}

// subject asks for the first batch of a subject, with the teams that it names before it.
func (f *foreteller) subject(ctx context.Context, items []Item) error {
	var events [][]byte
	for _, it := range items[:min(len(items), f.batch)] {
		b, err := entry.Author(it.Event)
		if err != nil {
			return fmt.Errorf("import: %s: %w", it.Row, err)
		}
		events = append(events, b)
	}
	var before []Item
	var batch [][]byte
	size, all := 2, bytes.Join(events, nil)
	for i, it := range f.opening {
		if bytes.Contains(all, []byte(it.Event.Stream.ID)) {
			before, batch = append(before, it), append(batch, f.authors[i])
			size += len(f.authors[i]) + 1
		}
	}
	n := 0
	for ; n < len(events) && len(batch) < f.batch && size+len(events[n]) < MaxBatchBytes; n++ {
		batch = append(batch, events[n])
		size += len(events[n]) + 1
	}
	if err := f.ask(ctx, append(before, items[:n]...), batch, len(before)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sum.Unjudged += len(items) - n
	f.advance(len(items) - n)
	return nil
}

// ask asks for a batch. Its first skip events were asked for before.
func (f *foreteller) ask(ctx context.Context, items []Item, events [][]byte, skip int) error {
	told, err := f.client.DryRun(ctx, events)
	problem, refused := errors.AsType[*client.Problem](err)
	if err != nil && !refused {
		return fmt.Errorf("import: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := skip; i < len(told); i++ {
		if f.sum.Flagged += len(told[i].Deviations); told[i].AlreadyPresent {
			f.sum.AlreadyPresent++
		} else {
			f.sum.Appended++
		}
	}
	if refused {
		wrong, amended := 0, 0
		for _, fault := range faultsOf(items, problem) {
			switch {
			case fault.Item < 0: // it is not about an event
				return explain(items, &fault)
			case fault.Item >= skip && fault.Code == law.IDReused:
				amended++
			case fault.Item >= skip:
				wrong++
				f.report.printf("%v\n", explain(items, &fault))
			}
		}
		f.sum.Refused += wrong
		f.sum.Amended += amended
		f.sum.Unjudged += problem.Unjudged
		f.sum.Appended += max(len(items)-skip-wrong-amended-problem.Unjudged, 0)
	}
	f.advance(len(items) - skip)
	return nil
}
