package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
)

// verifyExternal verifies the journal and the tiles of a node against the engine outside of
// its data directory, as far as both have got: other nodes may go on meanwhile.
func verifyExternal(ctx context.Context, d node.Dir, verifier note.Verifier, e *engine) (r verify.Report, err error) {
	s, err := e.open(ctx, verifier.Name(), newLogger(os.Stderr, slog.LevelWarn))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, err := s.Head(ctx)
	if err != nil {
		return r, err
	}
	have, err := journalHead(d)
	var damage *journal.DamageError
	switch {
	case errors.As(err, &damage): // nobody knows how far it went: all of it must be there
		have = head
	case err != nil:
		return r, err
	}
	bar := newProgress(-1, "verify")
	defer func() { _ = bar.Close() }()
	through := min(head, have)
	r, err = verify.Run(ctx, verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error { _, err := journal.Walk(ctx, d.Journal(), fn); return err },
		Store:   func(fn func(uint64, []byte) error) error { return readAll(ctx, s, through, fn) },
		Tiles:   translog.Dir(d.Tiles()),
	}, verify.Options{
		Verifier: verifier, Through: through,
		Progress: func(entries, _ uint64) { _ = bar.Set64(int64(entries)) },
	})
	switch {
	case err != nil:
		return r, err
	case have > head: // the store is written first
		addProblem(&r, "store", "it ends before the journal: it has lost blocks, or is not this ledger's")
	}
	if !d.Live() {
		err = addDerived(&r, d)
	}
	return r, err
}

// journalHead is the last block of the journal, with a *[journal.DamageError] the last before
// the damage, or one behind it.
func journalHead(d node.Dir) (uint64, error) {
	j, err := journal.OpenReader(d.Journal())
	if j == nil {
		return 0, err
	}
	return j.Head(), errors.Join(err, j.Close())
}

func readAll(ctx context.Context, s store.Store, through uint64, fn func(uint64, []byte) error) error {
	if through == 0 {
		return nil
	}
	return s.Read(ctx, 1, through, fn)
}
