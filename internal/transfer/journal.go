package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store"
)

// FromJournal makes a journal a source.
func FromJournal(r *journal.Reader) Source { return journalSource{r} }

type journalSource struct{ *journal.Reader }

func (s journalSource) Head(context.Context) (uint64, error) { return s.Reader.Head(), nil }

// ToJournal makes a journal a target.
func ToJournal(j *journal.Journal) Target { return journalTarget{journalSource{j.Reader}, j} }

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
