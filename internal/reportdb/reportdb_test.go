package reportdb_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

var ledgers = flag.Int("ledgers", 1, "random ledgers that TestAsOfIsWhatWasSaidThen makes; other tests make so many times theirs")

// everything is all that an asker sees of all registers.
func everything(t *testing.T, b *reportdb.Builder, q reportdb.Question) (out []string) {
	t.Helper()
	c, err := b.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, r := range append([]*tables.Register{&tables.Entries}, tables.All...) {
		if q.Scope.Party() && !r.ByParty() || !q.Scope.Party() && !r.MaySee(q.Actor.Role) {
			continue
		}
		list := []string{r.Name, r.Name + "_history"}
		if r == &tables.Entries {
			list = list[:1]
		}
		for _, name := range list {
			rows, err := c.Query("SELECT * FROM "+name, nil)
			out = append(out, lines(t, name+": ", must(t)(rows, err))...)
		}
	}
	return out
}

// differ are the lines that are in one list only.
func differ(a, b []string) string {
	in := map[string]int{}
	for _, l := range a {
		in[l]++
	}
	for _, l := range b {
		in[l]--
	}
	var out []string
	for _, l := range slices.Sorted(maps.Keys(in)) {
		if in[l] != 0 {
			out = append(out, fmt.Sprintf("%+d %s", in[l], l))
		}
	}
	return strings.Join(out[:min(len(out), 12)], "\n")
}

// A database as of N says what one says that was built from the first entries until N, to every reader, whatever was hidden then; and of
// entries each reader sees those that he sees elsewhere.
func TestAsOfIsWhatWasSaidThen(t *testing.T) {
	rows := 0
	for seed := range uint64(*ledgers) {
		l := random(seed, 60)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
		built(t, b, len(l.Events))
		rng := rand.New(rand.NewPCG(seed, 2))
		for range 2 {
			n := uint64(rng.IntN(len(l.Events)))
			then, stop := running(t, sourceOf(l.Events, int(n)+1).Config(t.TempDir()))
			built(t, then, int(n)+1)
			for who, actor := range vt.Readers {
				scope := l.Views.ScopeAt(actor).Scope
				for _, hidden := range []bool{false, true} {
					q := reportdb.Question{Actor: actor, Scope: scope, Hidden: hidden}
					want := everything(t, then, q)
					q.AsOf = &n
					got := everything(t, b, q)
					if d := differ(got, want); d != "" {
						t.Fatalf("seed %d, as of %d, %s, hidden %t:\n%s", seed, n, who, hidden, d)
					}
					rows += len(got)
				}
				q := reportdb.Question{Actor: actor, Scope: scope, AsOf: &n, Hidden: true, Names: "entries"}
				seen := entriesOf(t, b, q)
				for i := range n + 1 {
					e := l.Events[i]
					since, sees := l.Views.Since(&scope, e.Stream, &e.About, i)
					if want := sees && since <= n; want != seen[i] {
						t.Fatalf("seed %d, as of %d: entry %d is seen by %s: %t, in the database %t", seed, n, i, who, want, seen[i])
					}
				}
			}
			stop()
		}
	}
	if rows*3 < 5_000**ledgers {
		t.Errorf("only %d rows were compared", rows)
	}
}

func entriesOf(t *testing.T, b *reportdb.Builder, q reportdb.Question) map[uint64]bool {
	t.Helper()
	c, err := b.Ask(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	out := map[uint64]bool{}
	rows, err := c.Query("SELECT ix FROM entries", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var ix uint64
		if err := rows.Scan(&ix); err != nil {
			t.Fatal(err)
		}
		out[ix] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A database that was built in pieces, and by processes that came one after another, is the one that was built at once.
func TestItGoesOnWhereItWas(t *testing.T) {
	l := random(7, 120)
	whole, pieces := t.TempDir(), t.TempDir()
	b, stop := running(t, sourceOf(l.Events, len(l.Events)).Config(whole))
	built(t, b, len(l.Events))
	stop()
	rng, size := rand.New(rand.NewPCG(1, 1)), 0
	for size < len(l.Events) {
		was := size
		size = min(len(l.Events), size+1+rng.IntN(60))
		s := sourceOf(l.Events, size)
		c, before := s.Config(pieces), uint64(was)
		all := c.Range
		c.Range = func(ctx context.Context, from, to uint64, fn func(*event.Event) error) error {
			if from < before {
				t.Errorf("it reads entry %d, and had %d", from, before)
			}
			return all(ctx, from, to, fn)
		}
		b, stop := running(t, c)
		built(t, b, size)
		for range 3 {
			size = min(len(l.Events), size+1+rng.IntN(5))
			s.Commit(size)
			built(t, b, size)
		}
		stop()
		if n := b.Status().Rebuilt; n != 0 {
			t.Fatalf("it was built anew %d times", n)
		}
	}
	if d := differ(dump(t, pieces), dump(t, whole)); d != "" {
		t.Error(d)
	}
}

// A fold that keeps one thing in memory, and reads all others again, writes the same rows, in one piece and when it goes on.
func TestWhatIsPutAwayMakesNoDifference(t *testing.T) {
	read := 0
	for seed := range uint64(*ledgers) {
		l := random(seed, 200)
		s := sourceOf(l.Events, len(l.Events))
		whole, few := s.Config(t.TempDir()), s.Config(t.TempDir())
		few.Keep = 1
		again := few.Read
		few.Read = func(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
			read += len(indexes)
			return again(ctx, indexes, fn)
		}
		half := few
		half.Size = func() uint64 { return uint64(len(l.Events) / 2) }
		for _, c := range []reportdb.Config{half, few, whole} {
			b, stop := running(t, c)
			built(t, b, int(c.Size()))
			stop()
			if n := b.Status().Rebuilt; n != 0 {
				t.Fatalf("it was built anew %d times", n)
			}
		}
		if d := differ(dump(t, few.Dir), dump(t, whole.Dir)); d != "" {
			t.Fatalf("seed %d:\n%s", seed, d)
		}
	}
	if read*3 < 500**ledgers {
		t.Errorf("only %d entries were read again", read)
	}
}

// A file that is not this ledger's, or damaged, is noticed and replaced.
func TestADamagedFileIsReplaced(t *testing.T) {
	t.Parallel()
	l := random(3, 60)
	dir, want := t.TempDir(), []string(nil)
	s := sourceOf(l.Events, len(l.Events))
	build := func(c reportdb.Config) *reportdb.Builder {
		b, stop := running(t, c)
		built(t, b, len(l.Events))
		stop()
		return b
	}
	build(s.Config(dir))
	want = dump(t, dir)
	path := filepath.Join(dir, "reports.db")
	for name, harm := range map[string]func(c *reportdb.Config){
		"deleted": func(*reportdb.Config) { mustDo(t, os.Remove(path)) },
		"no database": func(*reportdb.Config) {
			mustDo(t, os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600))
		},
		"cut": func(*reportdb.Config) { mustDo(t, os.Truncate(path, 20*4096)) },
		"flipped": func(*reportdb.Config) {
			b, err := os.ReadFile(path)
			mustDo(t, err)
			for i := 8 * 4096; i < 12*4096; i++ {
				b[i] ^= 0x55
			}
			mustDo(t, os.WriteFile(path, b, 0o600))
		},
		"another ledger's": func(c *reportdb.Config) { c.Origin = "other.invalid/0a1b2c3d" },
		"of other entries": func(c *reportdb.Config) {
			c.RootAt = func(size uint64) (string, error) { return fmt.Sprint("fork ", size), nil }
		},
	} {
		c := s.Config(dir)
		harm(&c)
		b := build(c)
		if n := b.Status().Rebuilt; n != 1 && name != "deleted" {
			t.Errorf("%s: it was built anew %d times", name, n)
		}
		if d := differ(dump(t, dir), want); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		mustDo(t, os.Remove(path))
		build(s.Config(dir))
	}
}

func mustDo(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// A disk that is nearly full stops building, and questions; with room again both go on.
func TestAFullDiskIsWaitedFor(t *testing.T) {
	l := random(3, 60)
	s := sourceOf(l.Events, 20)
	c := s.Config(t.TempDir())
	free := make(chan uint64, 1)
	free <- 1 << 40
	c.Space = func() (uint64, uint64, error) {
		n := <-free
		free <- n
		return n, 1 << 40, nil
	}
	b, _ := running(t, c)
	built(t, b, 20)
	<-free
	free <- 1 << 20
	s.Commit(len(l.Events))
	for b.Status().Err == nil {
		if b.Status().Position > 20 {
			t.Fatal("it is built on a full disk")
		}
	}
	if b.Status().Lag() == 0 || b.Status().Rebuilt != 0 {
		t.Errorf("%+v", b.Status())
	}
	<-free
	free <- 1 << 40
	built(t, b, len(l.Events))
	if s := b.Status(); s.Err != nil || s.Lag() != 0 {
		t.Errorf("%+v", s)
	}
}
