package reportdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// writer writes batches by the driver's own statements, which take values as they are.
type writer struct {
	b          *Builder
	db         *sql.Conn
	statements map[key]driver.Stmt
	args       []driver.NamedValue
	indexed    bool
	file       os.FileInfo // that is written
	next       uint64      // entries before it are written
}

// key tells statements apart.
type key struct {
	do   tables.Do
	in   *tables.Register
	many bool // it adds so many rows as [tables.Many]
}

func newWriter(ctx context.Context, db *sql.DB, b *Builder, next uint64) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(b.path)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &writer{b: b, db: conn, statements: map[key]driver.Stmt{}, file: info, next: next}, nil
}

// close leaves a file without a log of writes: what was interrupted would else keep SQLite from emptying it.
func (w *writer) close() {
	_ = w.db.Raw(func(any) error {
		for _, s := range w.statements {
			_ = s.Close()
		}
		return nil
	})
	_ = w.truncate(context.Background())
	_ = w.db.Close()
}

// truncate empties the log of writes. Where somebody reads it, that is left for the next time: waiting would hold up what is written.
func (w *writer) truncate(ctx context.Context) error {
	return exec(ctx, w.db, "PRAGMA busy_timeout = 20", "PRAGMA wal_checkpoint(TRUNCATE)", fmt.Sprintf("PRAGMA busy_timeout = %d", patience))
}

// write commits a batch with its position. A disk that is full, or another passing fault, is waited for: the fold does not go back.
func (w *writer) write(ctx context.Context, batch *tables.Batch) error {
	for {
		err := w.b.room()
		if err == nil {
			err = w.there()
		}
		if err == nil {
			err = w.commit(ctx, batch)
		}
		switch {
		case err == nil:
			if err := w.tend(ctx, batch.Next); err != nil {
				return err
			}
			w.b.reached(batch.Next) // with its indexes: a question without them would take minutes
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case damaged(err) || w.b.once:
			return err
		}
		w.b.failed(err)
		pause(ctx, retryEach)
	}
}

// there reports whether the file still stands under its name.
func (w *writer) there() error {
	switch info, err := os.Stat(w.b.path); {
	case errors.Is(err, os.ErrNotExist) || err == nil && !os.SameFile(info, w.file):
		return errGone
	default:
		return err
	}
}

func (w *writer) commit(ctx context.Context, batch *tables.Batch) error {
	root, err := w.b.cfg.RootAt(batch.Next)
	if err != nil {
		return err
	}
	if err := exec(ctx, w.db, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err = w.db.Raw(func(c any) error {
		for _, ops := range grouped(batch) {
			for len(ops) > 0 {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				n := 1
				if len(ops) >= tables.Many && !ops[0].Changes() {
					n = tables.Many
				}
				if err := w.do(ctx, c.(driver.ConnPrepareContext), ops[:n]); err != nil {
					return err
				}
				ops = ops[n:]
			}
		}
		return nil
	})
	for _, r := range tables.All {
		if err == nil && r.Search != nil {
			_, err = w.db.ExecContext(ctx, r.SearchStatement(), tables.FirstVersion(w.next), tables.FirstVersion(batch.Next))
		}
	}
	if err == nil {
		_, err = w.db.ExecContext(ctx, "UPDATE position SET next_ix = ?", int64(batch.Next))
	}
	if err == nil {
		_, err = w.db.ExecContext(ctx, "INSERT INTO meta VALUES ('root', ?) ON CONFLICT DO UPDATE SET value = excluded.value", root)
	}
	if err == nil {
		err = exec(ctx, w.db, "COMMIT")
	}
	if err != nil {
		return errors.Join(err, w.rollback(ctx))
	}
	w.next = batch.Next
	return nil
}

// rollback ends a transaction; SQLite has ended it itself after some errors.
func (w *writer) rollback(ctx context.Context) error {
	err := exec(context.WithoutCancel(ctx), w.db, "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// grouped has operations of one kind together, those that add rows first: many rows are added at once, which costs a fifth less than
// one by one. What changes a row may be of one that the batch adds.
func grouped(batch *tables.Batch) (all [][]*tables.Op) {
	places := map[key]int{}
	for _, changes := range []bool{false, true} {
		for i := range batch.Ops {
			op := &batch.Ops[i]
			if op.Changes() != changes {
				continue
			}
			k := key{do: op.Do, in: op.In}
			at, known := places[k]
			if !known {
				at = len(all)
				places[k], all = at, append(all, nil)
			}
			all[at] = append(all[at], op)
		}
	}
	return all
}

// do carries out one operation, or so many of one kind as [tables.Many].
func (w *writer) do(ctx context.Context, c driver.ConnPrepareContext, ops []*tables.Op) error {
	k := key{do: ops[0].Do, in: ops[0].In, many: len(ops) > 1}
	s := w.statements[k]
	if s == nil {
		var err error
		if s, err = c.PrepareContext(ctx, ops[0].Statement(len(ops))); err != nil {
			return err
		}
		w.statements[k] = s
	}
	w.args = w.args[:0]
	for _, op := range ops {
		if op.Changes() {
			w.arg(int64(op.At))
		}
		w.arg(op.Row)
		for _, v := range op.Values {
			w.arg(v)
		}
	}
	_, err := s.(driver.StmtExecContext).ExecContext(context.Background(), w.args) // one that ends would cost a goroutine for each row
	return err
}

func (w *writer) arg(v any) {
	w.args = append(w.args, driver.NamedValue{Ordinal: len(w.args) + 1, Value: v})
}

// tend makes the indexes once the database has come to the end of the ledger, and cuts the log of writes.
func (w *writer) tend(ctx context.Context, next uint64) error {
	if !w.indexed && next+chunk >= w.b.cfg.Size() {
		plans := []string{"PRAGMA analysis_limit = 1000", "PRAGMA optimize = 0x10002"} //nolint:misspell // a word of SQLite
		calm := []string{fmt.Sprintf("PRAGMA cache_size = -%d", calmCache), fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", calmPages),
			"PRAGMA shrink_memory"} // indexes alone need a large one
		if err := exec(ctx, w.db, slices.Concat(tables.Indexes(), plans, calm)...); err != nil {
			return err
		}
		w.indexed = true
		debug.FreeOSMemory() // who only follows needs half of it, and would give it back over many minutes
	}
	if info, err := os.Stat(w.b.path + "-wal"); err == nil && info.Size() > walLimit {
		return w.truncate(ctx)
	}
	return nil
}
