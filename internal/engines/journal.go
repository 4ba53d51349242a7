package engines

import (
	"context"
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store"
)

// FromJournal makes a journal a source.
func FromJournal(r *journal.Reader) store.Source { return journalSource{r} }

type journalSource struct{ *journal.Reader }

func (s journalSource) Head(context.Context) (uint64, error) { return s.Reader.Head(), nil }

// ToJournal makes a journal a target.
func ToJournal(j *journal.Journal) store.Target { return journalTarget{journalSource{j.Reader}, j} }

type journalTarget struct {
	journalSource
	j *journal.Journal
}

func (t journalTarget) Append(_ context.Context, b *block.Block) error {
	err := t.j.Append(b)
	switch {
	case errors.Is(err, journal.ErrOutOfOrder):
		return fmt.Errorf("%w: %w", store.ErrConflict, err)
	case errors.Is(err, journal.ErrNotStored):
		return fmt.Errorf("%w: %w", store.ErrNotStored, err)
	}
	return err
}

func (t journalTarget) MaxBlock() int { return journal.MaxBlock }

// journalEngine is the journal of a data directory as a place of its own: an archive. It is no
// row of the table, because no node keeps its blocks in it alone.
type journalEngine struct{ dir datadir.Dir }

func (journalEngine) streamFlag() string { return "" }
func (journalEngine) Feeds() bool        { return false }
func (journalEngine) memo() memo         { return archiveMemo }
func (e journalEngine) Where() string    { return journalScheme + ":" + string(e.dir) }

// Open opens the journal for appends, which locks its directory, or for reading as it stands:
// that may go on beside a server. The evidence in its directory goes with it.
func (e journalEngine) Open(_ context.Context, o Opening) (_ *Opened, err error) {
	out := &Opened{Origin: o.Origin}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Close())
		}
	}()
	if !o.Create {
		out.Evidence = func(context.Context, string, bool) (evidence.Store, error) {
			return evidence.ReadFiles(e.dir.Evidence())
		}
		r, err := journal.OpenReader(e.dir.Journal())
		if r != nil {
			out.later(r.Close)
		}
		if err == nil && r.Head() == 0 {
			err = errors.New("there is no journal")
		}
		out.Source = FromJournal(r)
		return out, err
	}
	unlock, err := e.dir.Lock()
	if err != nil {
		return out, err
	}
	out.later(unlock)
	out.Evidence = func(context.Context, string, bool) (evidence.Store, error) {
		return evidence.OpenFiles(e.dir.Evidence(), evidence.Options{})
	}
	j, err := journal.Open(e.dir.Journal(), journal.Options{})
	if j == nil {
		return out, err
	}
	out.later(j.Close)
	out.Target = ToJournal(j)
	out.Source = out.Target
	return out, err
}
