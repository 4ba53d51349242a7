package reportdb_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// office asks as the office, which sees everything.
func office() reportdb.Question {
	actor := event.Actor{Role: event.RoleSupervisionOffice}
	return reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, &visibility.Fold{}), For: time.Minute}
}

// A value that differs in a file whose pages are whole is found by a check, which names its table and replaces the file, while entries come
// and a question is open; and a check that finds nothing changes nothing.
func TestACheckReplacesWhatDiffers(t *testing.T) {
	t.Parallel()
	l := random(5, 120)
	whole := t.TempDir()
	b, stop := running(t, sourceOf(l.Events, len(l.Events)).Config(whole))
	built(t, b, len(l.Events))
	stop()
	for name, harm := range map[string]string{
		"":                "",
		"visits":          "UPDATE visits SET area = 1 WHERE version = (SELECT max(version) FROM visits)",
		"findings":        "DELETE FROM findings WHERE version = (SELECT min(version) FROM findings)",
		"flags":           "UPDATE flags SET to_ix = to_ix - 16 WHERE version = (SELECT max(version) FROM flags WHERE to_ix > 1000000)",
		"entries":         "UPDATE entries SET recorded = 'then' WHERE ix = 7",
		"names":           "UPDATE names SET name = name || '0' WHERE id = 3",
		"subjects_search": "INSERT INTO subjects_search (rowid, pairs) VALUES (65537, '安监 监安')",
		"scopes":          "UPDATE scopes SET team = 'another' WHERE id = 2",
	} {
		s, dir := sourceOf(l.Events, len(l.Events)/2), t.TempDir()
		b, stop := running(t, s.Config(dir))
		built(t, b, len(l.Events)/2)
		if harm != "" {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "reports.db"))
			mustDo(t, err)
			res, err := db.Exec(harm)
			mustDo(t, err)
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				t.Fatal(name, n, err)
			}
			mustDo(t, db.Close())
		}
		q := office()
		open, err := b.Ask(t.Context(), q)
		mustDo(t, err)
		s.Commit(len(l.Events)/2 + 20)
		c, err := b.Check(t.Context())
		mustDo(t, err)
		if got := strings.Join(c.Differ, " "); got != name || c.Position < uint64(len(l.Events)/2) {
			t.Errorf("%q was changed, and the check found %q at %d", name, got, c.Position)
		}
		if want := 1; (b.Status().Rebuilt == want) != (name != "") {
			t.Errorf("%q: %+v", name, b.Status())
		}
		_, err = open.Query("SELECT count(*) FROM visits", nil)
		if err != nil && name != "entries" {
			t.Errorf("%q: who read the old file does not read on: %v", name, err)
		}
		mustDo(t, open.Close())
		s.Commit(len(l.Events))
		built(t, b, len(l.Events))
		stop()
		if d := differ(dump(t, dir), dump(t, whole)); d != "" {
			t.Errorf("%q: %s", name, d)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "check*")); len(left) > 0 || err != nil {
			t.Error(left, err)
		}
	}
}

var flips = flag.Int("flips", 6, "bits that TestAFlippedBitIsFound flips")

// One bit that is flipped anywhere in the file is found by the start or by a check, or changes nothing that is read.
func TestAFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	l := random(6, 300)
	dir := t.TempDir()
	c := sourceOf(l.Events, len(l.Events)).Config(dir)
	b, stop := running(t, c)
	built(t, b, len(l.Events))
	stop()
	want, path := dump(t, dir), filepath.Join(dir, "reports.db")
	good, err := os.ReadFile(path)
	mustDo(t, err)
	found := 0
	for i := range *flips {
		bad := slices.Clone(good)
		bad[(len(bad) / *flips)*i+i*37%4096] ^= 1 << (i % 8)
		mustDo(t, os.WriteFile(path, bad, 0o600))
		b, stop := running(t, c)
		built(t, b, len(l.Events))
		_, err := b.Check(t.Context())
		mustDo(t, err)
		found += b.Status().Rebuilt
		stop()
		if d := differ(dump(t, dir), want); d != "" {
			t.Fatalf("flip %d: %s", i, d)
		}
	}
	if found < 1 { // most bits of so small a file are of no row
		t.Errorf("of %d flips %d were found", *flips, found)
	}
}

// A file that is deleted while it is open is noticed with the next entry, and with the next question.
func TestADeletedFileIsNoticed(t *testing.T) {
	l := random(4, 60)
	s, dir := sourceOf(l.Events, 20), t.TempDir()
	b, _ := running(t, s.Config(dir))
	built(t, b, 20)
	mustDo(t, os.Remove(filepath.Join(dir, "reports.db")))
	s.Commit(21)
	for b.Status().Rebuilt == 0 {
		time.Sleep(time.Millisecond)
	}
	built(t, b, 21)
	mustDo(t, os.Remove(filepath.Join(dir, "reports.db")))
	if _, err := b.Ask(t.Context(), office()); !errors.Is(err, reportdb.ErrNotBuilt) {
		t.Error(err)
	}
	for b.Status().Rebuilt == 1 {
		time.Sleep(time.Millisecond)
	}
	built(t, b, 21)
	c, err := b.Ask(t.Context(), office())
	mustDo(t, err)
	mustDo(t, c.Close())
}

// A database at rest is brought up to date without anybody who goes on building, also when it is damaged; and beside a server it is read as
// it is.
func TestADatabaseAtRest(t *testing.T) {
	l := random(8, 60)
	dir := t.TempDir()
	if _, err := reportdb.Beside(t.Context(), dir); err == nil {
		t.Error("there is none, and it is read")
	}
	for _, size := range []int{30, 30, len(l.Events)} {
		b := reportdb.New(sourceOf(l.Events, size).Config(dir))
		mustDo(t, b.Update(t.Context()))
		beside, err := reportdb.Beside(t.Context(), dir)
		mustDo(t, err)
		for _, b := range []*reportdb.Builder{b, beside} {
			c, err := b.Ask(t.Context(), office())
			mustDo(t, err)
			if got := c.Position(); got != int64(size)-1 {
				t.Errorf("position %d, want %d", got, size-1)
			}
			mustDo(t, c.Close())
		}
		mustDo(t, os.WriteFile(filepath.Join(dir, "reports.db"), []byte(strings.Repeat("no database ", 1000)), 0o600))
	}
	c := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
	c.Space = func() (uint64, uint64, error) { return 1 << 20, 1 << 40, nil }
	if err := reportdb.New(c).Update(t.Context()); err == nil {
		t.Error("a full disk is waited for")
	}
}

// Only so many questions are open at a time; others wait, until their asker leaves or a place is free. Who leaves ends his question.
func TestQuestionsWaitForAPlace(t *testing.T) {
	l := random(9, 40)
	b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
	built(t, b, len(l.Events))
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	q := office()
	first, err := b.Ask(ctx, q)
	mustDo(t, err)
	var open []*reportdb.Conn
	for b.Status().Asked < 8 {
		c, err := b.Ask(t.Context(), q)
		mustDo(t, err)
		open = append(open, c)
	}
	short := office()
	short.For = 20 * time.Millisecond
	if _, err := b.Ask(t.Context(), short); !errors.Is(err, reportdb.ErrTooLong) {
		t.Error(err)
	}
	gone, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.Ask(gone, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	time.AfterFunc(50*time.Millisecond, leave)
	_, _, err = first.Things("SELECT a.ix FROM entries a, entries b, entries c, entries d, entries e WHERE a.ix + b.ix + c.ix + d.ix + e.ix "+
		"< 0", nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	time.AfterFunc(10*time.Millisecond, func() { _ = first.Close() })
	c, err := b.Ask(t.Context(), q)
	mustDo(t, err)
	for _, c := range append(open, c) {
		mustDo(t, c.Close())
		_ = c.Close() // a second time it gives nobody's place back
	}
	if n := b.Status().Asked; n != 0 {
		t.Errorf("%d questions are open", n)
	}
}

// A file of another build is not read beside its server: its registers have other columns.
func TestAFileOfAnotherBuildIsNotReadBesideItsServer(t *testing.T) {
	l := random(9, 40)
	dir := t.TempDir()
	mustDo(t, reportdb.New(sourceOf(l.Events, len(l.Events)).Config(dir)).Update(t.Context()))
	_, err := reportdb.Beside(t.Context(), dir)
	mustDo(t, err)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "reports.db"))
	mustDo(t, err)
	_, err = db.Exec("UPDATE meta SET value = 'earlier' WHERE name = 'schema'")
	mustDo(t, errors.Join(err, db.Close()))
	var other *reportdb.OtherSchemaError
	if _, err := reportdb.Beside(t.Context(), dir); !errors.As(err, &other) || other.Has != "earlier" || other.Wants != tables.Fingerprint() ||
		!strings.Contains(err.Error(), "服务器") {
		t.Error(err)
	}
}
