package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// A file may be all that its source has. Then a record that the ledger has and the file has not was taken back by its source, and its
// facts are withdrawn, the latest first. A file that was cut short looks the same, so there is a guard: every row must have been
// read, there must be rows, and where more than a tenth of the records would vanish, somebody must confirm the number that a dry
// run has shown.

const vanished = "来源不再有该记录 / the source has this record no more"

// mostVanished is the share of the source's records, as one of so many, that may vanish without anybody confirming it.
const mostVanished = 10

// The errors of a file that is said to be whole.
var (
	ErrNotWhole   = errors.New("import: the file cannot be the whole of its source")
	ErrMuchVanish = errors.New("import: much of the source would be withdrawn")
)

// remnant is a fact of the source that no row gives.
type remnant struct {
	event, newest event.Ref
	origin        string
	stream        event.Stream
	at            time.Time
	gone          bool // it is withdrawn
}

// remnants reads all that the ledger has of the source, and returns the facts that count and no row gives, in the order of the
// ledger, and how many records the ledger has.
func (s *sender) remnants(ctx context.Context, d *Dataset) (left []*remnant, records int, err error) {
	given := map[uuid.UUID]bool{}
	for _, items := range append([]func() []Item{func() []Item { return d.First }}, d.Subjects...) {
		for _, it := range items() {
			given[it.Event.ID] = true
		}
	}
	known, facts := map[string]bool{}, map[uuid.UUID]*remnant{}
	for e, err := range s.client.Own(ctx, "") {
		if err != nil {
			return nil, 0, fmt.Errorf("import: what was imported cannot be read: %w", err)
		}
		var said struct {
			ID, Source, Type, OriginID string
			Time                       time.Time
			Data                       struct{ Fact event.Ref }
		}
		stream, serr := event.ParseStream(e.Stream)
		if json.Unmarshal(e.Event, &said) != nil || serr != nil || said.Source != s.author.Source() {
			continue
		}
		sum := sha256.Sum256(e.Event)
		ref := event.Ref{Event: said.ID, SHA256: hex.EncodeToString(sum[:])}
		switch said.Type {
		case "anjian.fact-corrected.v1", "anjian.fact-withdrawn.v1":
			if f := facts[said.Data.Fact.ID()]; f != nil {
				f.newest, f.gone = ref, said.Type == "anjian.fact-withdrawn.v1"
			}
		default:
			known[said.OriginID] = true
			if id := ref.ID(); !given[id] && s.withdrawable(said.Type) {
				f := &remnant{ref, ref, said.OriginID, stream, said.Time, false}
				facts[id], left = f, append(left, f)
			}
		}
	}
	return slices.DeleteFunc(left, func(f *remnant) bool { return f.gone }), len(known), nil
}

// withdrawable reports whether facts of a type can be withdrawn. On entries of a register others rest: these stay.
func (s *sender) withdrawable(full string) bool {
	t := s.author.types.Lookup(full)
	return t != nil && t.Kept != event.KeptInPlace && t.Kept != event.KeptAsStated
}

// guard refuses a file that is not the whole of its source, or may not be. It counts what would be withdrawn.
func (s *sender) guard(ctx context.Context, d *Dataset, c *Config, rep *Report) error {
	switch {
	case s.sum.Unmapped > 0:
		return fmt.Errorf("%w: %d rows could not be read, and what they give would be withdrawn / 有 %[2]d 行无法读取", ErrNotWhole, s.sum.Unmapped)
	case s.sum.Rows == 0 || s.total == 0:
		return fmt.Errorf("%w: it has no rows / 文件没有数据行", ErrNotWhole)
	}
	left, records, err := s.remnants(ctx, d)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, f := range left {
		gone[f.origin] = true
	}
	if c.DryRun {
		s.sum.Withdrawn = len(left)
		for _, f := range left {
			rep.printf("would be withdrawn / 将撤回: %s, %s %s\n", f.origin, f.stream, f.event.Event)
		}
		return nil
	}
	if len(gone)*mostVanished > records && c.Confirm != len(left) {
		return fmt.Errorf("%w: %d facts of %d of its %d records; look at a dry run, and confirm the number (--confirm %[2]d) / 将撤回 %[2]d "+
			"项事实，请先试运行并确认",
			ErrMuchVanish, len(left), len(gone), records)
	}
	return nil
}

// withdrawVanished withdraws the facts that no row gives, the latest first. What the ledger refuses is listed, and the rest goes on.
func (s *sender) withdrawVanished(ctx context.Context, d *Dataset, rep *Report) error {
	left, _, err := s.remnants(ctx, d)
	if err != nil {
		return err
	}
	l := newLane(s)
	s.total += len(left)
	for len(left) > 0 {
		n := min(len(left), s.batch)
		var items []Item
		for _, f := range slices.Backward(left[len(left)-n:]) {
			items = append(items, Item{l.author.withdrawal(f.stream, f.at, f.event, f.newest, vanished, f.origin), Row{File: f.origin}})
		}
		left = left[:len(left)-n]
		if err := l.withdrawAll(ctx, items, rep); err != nil {
			return err
		}
	}
	return nil
}

// withdrawAll appends withdrawals: at once, or where one of them is refused one by one.
func (l *lane) withdrawAll(ctx context.Context, items []Item, rep *Report) error {
	present := l.sum.AlreadyPresent
	err := l.appendAll(ctx, items)
	if _, refused := errors.AsType[*refusal](err); !refused {
		if err == nil {
			l.sum.Withdrawn += len(items)
		}
		return err
	}
	for _, it := range items {
		err := l.appendAll(ctx, []Item{it})
		if _, refused := errors.AsType[*refusal](err); refused {
			l.sum.Refused++
			rep.printf("%v\n", err)
			continue
		}
		if err != nil {
			return err
		}
		l.sum.Withdrawn++
	}
	l.sum.AlreadyPresent = present // what the batch had appended before the refusal
	return nil
}
