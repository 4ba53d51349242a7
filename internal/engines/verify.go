package engines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
)

// Verify recomputes the ledger of a data directory from the bytes of both copies, as far as both
// have got: a server may be running on it. e is where the blocks are kept, nil for the directory
// itself. An archive has the journal alone: that it is complete, nothing in it can tell. files, when not nil,
// is held against the evidence, where the server keeps it. progress is told how many entries were verified.
func Verify(
	ctx context.Context, d datadir.Dir, e Engine, verifier note.Verifier, files *verify.Files, progress func(entries uint64),
) (r verify.Report, err error) {
	o := verify.Options{Verifier: verifier, Files: files, Progress: func(entries, _ uint64) { progress(entries) }}
	switch {
	case e != nil:
		r, err = verifyShared(ctx, d, e, o)
	case IsArchive(d):
		r, err = verifyArchive(ctx, d, o)
	default:
		r, err = verifyOwn(ctx, d, o)
	}
	if err == nil && files != nil {
		err = verifyFiles(ctx, d, e, files, verifier.Name(), &r)
	}
	return r, err
}

// verifyFiles reads the evidence: beside the blocks, or in the directory.
func verifyFiles(ctx context.Context, d datadir.Dir, e Engine, files *verify.Files, origin string, r *verify.Report) (err error) {
	var store evidence.Store
	if e != nil {
		o, openErr := e.Open(ctx, Opening{Origin: origin, MustExist: true})
		if openErr != nil {
			return openErr
		}
		defer func() { err = errors.Join(err, o.Close()) }()
		if o.Evidence != nil {
			if store, err = o.Evidence(ctx, "verify", false); err != nil {
				return err
			}
		}
	}
	if store == nil {
		if store, err = evidence.ReadFiles(d.Evidence()); err != nil {
			return err
		}
	}
	if store == nil {
		store = evidence.ReadOnly(nil)
	}
	return files.Check(ctx, func(ctx context.Context, sha256 string) (verify.Found, error) { return found(ctx, store, sha256) }, r)
}

// found reads a file to its end.
func found(ctx context.Context, s evidence.Store, sha256 string) (verify.Found, error) {
	r, _, err := s.Open(ctx, sha256)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		err = errors.Join(err, r.Close())
	}
	switch {
	case err == nil:
		return verify.Whole, nil
	case errors.Is(err, evidence.ErrNotFound):
		return verify.Nothing, nil
	case errors.Is(err, evidence.ErrDamaged):
		return verify.Damaged, nil
	}
	return verify.Nothing, err
}

// verifyOwn reads the files of the embedded engine, without starting it.
func verifyOwn(ctx context.Context, d datadir.Dir, o verify.Options) (verify.Report, error) {
	through, err := liveEnd(d)
	if err != nil {
		return verify.Report{}, err
	}
	// After a kill one copy may have one block more, which nobody was told of: the next
	// start completes the other.
	_, err = os.Stat(msgfile.CleanPath(d.Store()))
	o.Through, o.InFlight = through, through == 0 && errors.Is(err, fs.ErrNotExist)
	report, err := verify.Run(ctx, verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error {
			torn, err := journal.Walk(ctx, d.Journal(), fn)
			if err == nil && torn != nil && through == 0 && !o.InFlight {
				err = fmt.Errorf("%d bytes of an unfinished block at the end of %s", torn.Bytes, torn.Segment)
			}
			return err
		},
		Store: func(fn func(uint64, []byte) error) error { return readFiles(d, fn) },
		Tiles: translog.Dir(d.Tiles()),
	}, o)
	if err == nil && through == 0 {
		addSeals(&report, d)
		err = addDerived(&report, d)
	}
	return report, err
}

// verifyArchive reads a journal that stands alone.
func verifyArchive(ctx context.Context, d datadir.Dir, o verify.Options) (verify.Report, error) {
	report, err := verify.Run(ctx, verify.Sources{Journal: func(fn func(uint64, []byte) error) error {
		torn, err := journal.Walk(ctx, d.Journal(), fn)
		if err == nil && torn != nil && !d.Live() {
			err = fmt.Errorf("%d bytes of an unfinished block at the end of %s", torn.Bytes, torn.Segment)
		}
		return err
	}}, o)
	if err == nil && !d.Live() {
		err = addDerived(&report, d)
	}
	return report, err
}

// verifyShared holds the journal and the tiles of a node against an engine outside of its data
// directory: other nodes may go on meanwhile.
func verifyShared(ctx context.Context, d datadir.Dir, e Engine, o verify.Options) (r verify.Report, err error) {
	s, err := e.Open(ctx, Opening{Origin: o.Verifier.Name(), MustExist: true})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, err := s.Source.Head(ctx)
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
	o.Through = min(head, have)
	r, err = verify.Run(ctx, verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error { _, err := journal.Walk(ctx, d.Journal(), fn); return err },
		Store:   func(fn func(uint64, []byte) error) error { return readAll(ctx, s.Source, o.Through, fn) },
		Tiles:   translog.Dir(d.Tiles()),
	}, o)
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

// addSeals and addDerived add damage in the files that stand beside the blocks and were made
// from them: nothing is lost with them, but they are not what was written. After an unclean
// stop the engine's own index is out of date and is not looked at.
func addSeals(report *verify.Report, d datadir.Dir) {
	for _, damage := range msgfile.CheckSeals(d.Store()) {
		addProblem(report, "store", damage.String())
	}
}

func addDerived(report *verify.Report, d datadir.Dir) error {
	derived, err := journal.CheckDerived(d.Journal())
	for _, bad := range derived {
		addProblem(report, "journal", bad.File+": "+bad.Reason)
	}
	return err
}

func addProblem(report *verify.Report, where, what string) {
	report.OK = false
	report.Problems = append(report.Problems, verify.Problem{Where: where, Index: -1, What: what})
}

// liveEnd returns the last block that both copies have while a server may be appending to
// them, and 0, which is no bound, when none is.
func liveEnd(d datadir.Dir) (uint64, error) {
	if !d.Live() {
		return 0, nil
	}
	newest, err := msgfile.ScanNewest(d.Store())
	if err != nil {
		return 0, err
	}
	j, err := journal.OpenReader(d.Journal())
	if err != nil {
		return 0, err
	}
	return min(newest.Last, j.Head()), j.Close()
}

// readFiles reads the engine's files and reports damage that no block shows.
func readFiles(d datadir.Dir, fn func(uint64, []byte) error) error {
	report, err := msgfile.Scan(d.Store(), fn)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the store is missing (give %s when the blocks are kept there): %w", Choices(), err)
	}
	if err != nil || report.OK() {
		return err
	}
	return errors.New(report.Damage[0].String())
}

// journalHead is the last block of the journal, with a *[journal.DamageError] the last before
// the damage, or one behind it.
func journalHead(d datadir.Dir) (uint64, error) {
	j, err := journal.OpenReader(d.Journal())
	if j == nil {
		return 0, err
	}
	return j.Head(), errors.Join(err, j.Close())
}

func readAll(ctx context.Context, s store.Source, through uint64, fn func(uint64, []byte) error) error {
	if through == 0 {
		return nil
	}
	return s.Read(ctx, 1, through, fn)
}
