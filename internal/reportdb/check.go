package reportdb

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// Check is what a check found.
type Check struct {
	At       time.Time
	Took     time.Duration
	Position uint64   // entries after which both were compared
	Tables   int      // that were compared
	Differ   []string // those that were not the same; the file was replaced then
	Err      error    // why nothing could be compared; nil: it was
}

// errReplaced ends building because a better file takes the place of the present one.
var errReplaced = errors.New("the report database differs from one that is built anew, and is replaced")

// searchEnd ends the name of a register's index for searches.
const searchEnd = "_search"

// numbered are the tables whose rows are numbered as they come.
var numbered = []string{"names", "scopes", "sectors"}

// reading are the settings of a connection that only reads.
var reading = url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}

func (b *Builder) beside() string { return filepath.Join(b.cfg.Dir, "check.db") }

// WantCheck has a check be made now, by [Builder.Run]; [Status.Checked] tells what it found.
func (b *Builder) WantCheck() {
	select {
	case b.wanted <- struct{}{}:
	default: // one waits already
	}
}

// checks makes a check each CheckEvery, and when one is wanted.
func (b *Builder) checks(ctx context.Context) {
	background()
	for {
		var due <-chan time.Time
		if b.cfg.CheckEvery > 0 {
			due = time.After(b.cfg.CheckEvery)
		}
		select {
		case <-due:
		case <-b.wanted:
		case <-ctx.Done():
			return
		}
		if _, err := b.Check(ctx); err != nil && ctx.Err() == nil {
			b.cfg.Logger.Warn("the report database could not be checked", "error", err)
		}
	}
}

// Check builds a second database beside the first, to the end that the ledger has now, compares the digests of each table as of there,
// and has the second take the place of the first where they differ. It is called while [Builder.Run] runs; questions and building go on
// meanwhile. It needs room on the disk for a second file, and the time of building one.
func (b *Builder) Check(ctx context.Context) (Check, error) {
	b.check.Lock()
	defer b.check.Unlock()
	began := time.Now()
	b.note(func() { b.checking = true })
	defer b.note(func() { b.checking = false })
	b.cfg.Logger.Info("a second report database is built, to compare the first with")
	c, err := b.compared(ctx)
	debug.FreeOSMemory() // of the second one
	c.At, c.Took, c.Err = began, time.Since(began), err
	if err != nil || len(c.Differ) == 0 {
		b.note(func() { b.checked = c })
	}
	if err != nil {
		return c, err
	}
	if len(c.Differ) == 0 {
		b.cfg.Logger.Info("the report database is as one that is built anew", "entries", c.Position, "tables", c.Tables, "took", c.Took)
		return c, nil
	}
	b.cfg.Logger.Error("the report database differs from one that is built anew, and is replaced", "tables", c.Differ, "entries", c.Position)
	b.note(func() { b.spare = b.beside() })
	b.interrupt(errReplaced)
	err = b.await(ctx, func() bool { return b.spare == "" && b.ready })
	c.Err = err
	b.note(func() { b.checked = c })
	return c, err
}

// compared builds the second database, compares it, and deletes it when both are the same.
func (b *Builder) compared(ctx context.Context) (c Check, err error) {
	path := b.beside()
	defer func() {
		if len(c.Differ) == 0 || err != nil {
			err = errors.Join(err, remove(path))
		}
	}()
	if err := errors.Join(remove(path), b.roomFor()); err != nil {
		return c, err
	}
	second := b.second(b.cfg.Size())
	if err := second.Update(ctx); err != nil {
		return c, err
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return c, errors.New("the second database is not in its file yet") // it would be lost with another name
	}
	c.Position = second.Status().Position
	if err := b.WaitFor(ctx, c.Position); err != nil {
		return c, err
	}
	all := append([]string{"areas", tables.Entries.Name}, numbered...)
	for _, r := range tables.All {
		all = append(all, r.Name)
		if r.Search != nil {
			all = append(all, r.Name+searchEnd)
		}
	}
	c.Tables = len(all)
	if whole, err := b.sound(ctx); err != nil {
		return c, err
	} else if !whole {
		c.Differ = append(c.Differ, "indexes") // or pages
	}
	for _, table := range all {
		want, most, err := digest(ctx, path, table, c.Position, math.MaxInt64)
		if err != nil {
			return c, err
		}
		have, _, err := digest(ctx, b.path, table, c.Position, most)
		switch {
		case err == nil && have == want:
		case err == nil || damaged(err):
			c.Differ = append(c.Differ, table)
		default:
			return c, err
		}
	}
	return c, nil
}

// sound reports whether each row is in each index, and each page is whole.
func (b *Builder) sound(ctx context.Context) (bool, error) {
	db, err := open(b.path, reading)
	if err != nil {
		return false, err
	}
	defer db.Close() //nolint:errcheck // it has only read
	said, err := column[string](db.QueryContext(ctx, "PRAGMA integrity_check(1)"))
	if broken(err) {
		return false, nil
	}
	return len(said) == 1 && said[0] == "ok", err
}

// second is a builder of the same entries, until before one, that writes beside this one.
func (b *Builder) second(size uint64) *Builder {
	cfg := b.cfg
	cfg.Size, cfg.CheckEvery = func() uint64 { return size }, 0
	second := New(cfg)
	second.path = b.beside()
	return second
}

// roomFor refuses a check where a second file of the size of the first would leave too little.
func (b *Builder) roomFor() error {
	if b.cfg.Space == nil {
		return nil
	}
	need := uint64(reserve)
	if info, err := os.Stat(b.path); err == nil {
		need += uint64(info.Size()) * 3 / 2
	}
	if free, _, err := b.cfg.Space(); err == nil && free < need {
		return fmt.Errorf("a check needs %d MiB of disk, and %d MiB are free", need>>20, free>>20)
	}
	return nil
}

// swap puts a better file, if there is one, in the place of the present one. Nobody writes to either. Who still reads the old one
// reads on: it has no name any more, but lives as long as it is open. Its log of writes goes with it, because SQLite would take it for the
// new file's.
func (b *Builder) swap() error {
	b.mu.Lock()
	spare := b.spare
	b.mu.Unlock()
	if spare == "" {
		return nil
	}
	err := b.discard()
	if err == nil {
		err = os.Rename(spare, b.path)
	}
	err = errors.Join(err, remove(spare)) // what readers have left beside it
	b.note(func() { b.spare = "" })       // when that has failed, it is built anew
	return err
}

// digest is a hash of a table's rows as they were after so many entries, and the highest number of them. Rows of tables without
// positions count up to a number: names are numbered as they come.
func digest(ctx context.Context, path, table string, next uint64, most int64) (sum [sha256.Size]byte, highest int64, err error) {
	db, err := open(path, reading)
	if err != nil {
		return sum, 0, err
	}
	defer db.Close() //nolint:errcheck // it has only read
	conn, err := db.Conn(ctx)
	if err != nil {
		return sum, 0, err
	}
	defer conn.Close()                       //nolint:errcheck // likewise
	if strings.HasSuffix(table, searchEnd) { // its pages depend on how it grew: compared is what it has of each version
		vocabulary := fmt.Sprintf("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, %s, instance)", table)
		if err := exec(ctx, conn, vocabulary); err != nil {
			return sum, 0, err
		}
	}
	if err := exec(ctx, conn, "BEGIN"); err != nil { // whose end is that of the connection
		return sum, 0, err
	}
	var head int64
	if err := conn.QueryRowContext(ctx, "SELECT next_ix FROM position").Scan(&head); err != nil {
		return sum, 0, err
	}
	query, args := versionsUntil(table, next, most)
	h := sha256.New()
	err = conn.Raw(func(c any) error {
		rows, err := c.(driver.QueryerContext).QueryContext(ctx, query, args)
		if err != nil {
			return err
		}
		highest, err = hashRows(h, rows, int64(next), head)
		return errors.Join(err, rows.Close())
	})
	return [sha256.Size]byte(h.Sum(nil)), highest, err
}

// versionsUntil asks for a table's rows that there were after so many entries, in the order of their numbers.
func versionsUntil(table string, next uint64, most int64) (query string, args []driver.NamedValue) {
	where, value := "from_ix < ? ORDER BY version", int64(next)
	switch {
	case strings.HasSuffix(table, searchEnd):
		table, where, value = "temp.vocabulary", "doc < ?", tables.FirstVersion(next) // by term, and of a term by version
	case table == "areas":
		return "SELECT * FROM areas ORDER BY code", nil
	case table == tables.Entries.Name:
		where = "ix < ? ORDER BY ix"
	case slices.Contains(numbered, table):
		where, value = "id <= ? ORDER BY id", most
	}
	return "SELECT * FROM " + table + " WHERE " + where, []driver.NamedValue{{Ordinal: 1, Value: value}}
}

// hashRows adds each row; what came after so many entries is left out of it, but what no entry of the database can have written is
// not. It returns the last row's number.
func hashRows(h hash.Hash, rows driver.Rows, next, head int64) (number int64, err error) {
	columns := rows.Columns()
	values := make([]driver.Value, len(columns))
	var line []byte
	for {
		if err := rows.Next(values); errors.Is(err, io.EOF) {
			return number, nil
		} else if err != nil {
			return number, err
		}
		line = line[:0]
		for i, v := range values {
			n, is := v.(int64)
			switch {
			case is && columns[i] == "to_ix" && n >= next && n < head:
				v = tables.End
			case is && columns[i] == "seen_ix" && n >= next && n < head:
				v = nil
			case is && i == 0:
				number = n
			}
			line = appendValue(line, v)
		}
		_, _ = h.Write(line) // never fails
	}
}

// appendValue writes a value so that no two lists of values have the same bytes.
func appendValue(to []byte, v driver.Value) []byte {
	text := ""
	switch v := v.(type) {
	case nil:
		return append(to, 'n')
	case int64:
		return binary.LittleEndian.AppendUint64(append(to, 'i'), uint64(v))
	case string:
		text = v
	default:
		text = fmt.Sprintf("%T %v", v, v)
	}
	to = binary.LittleEndian.AppendUint64(append(to, 't'), uint64(len(text)))
	return append(to, text...)
}
