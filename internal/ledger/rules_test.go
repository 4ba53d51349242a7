package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// judgedBy is a program whose set of rules has a number.
func judgedBy(rules int) func(*ledger.Config) {
	return func(c *ledger.Config) { c.Shared, c.Rules = true, rules }
}

// adoptions are the numbers that a ledger states, with their positions.
func (w *fixture) adoptions() (rules []int, at []uint64) {
	w.foldMu.Lock()
	defer w.foldMu.Unlock()
	for _, e := range w.folded {
		if d, ok := e.Data.(*oversight.RulesAdopted); ok {
			rules, at = append(rules, d.Set), append(at, e.Index)
			if e.Actor.Role != event.RoleLedger || e.Stream != (event.Stream{Kind: event.Ledger, ID: "ledger"}) {
				w.Errorf("%s states the rules in %s", e.Actor.Role, e.Stream)
			}
		}
	}
	return rules, at
}

// readOnlyFor wants appends refused, and the reason told.
func (w *fixture) readOnlyFor(rules, have int) {
	w.Helper()
	var newer *ledger.NewerError
	if _, err := w.append(registered(w.TB, "late")); !errors.Is(err, ledger.ErrReadOnly) || !errors.As(err, &newer) || newer.Rules != rules ||
		newer.Have != have {
		w.Errorf("a node with rules %d in a ledger with rules %d: %v", have, rules, err)
	}
	if h := w.Health(); h.Ready || !h.ReadOnly || !strings.Contains(h.Reasons["program"], "run the release that wrote it") {
		w.Errorf("%+v", h)
	}
}

// The first node that judges with a new set of rules says so, directly before what it judges; a
// node with a lower number serves and does not append, and adopting is not undone by a restart.
func TestTheFirstWhoJudgesWithNewRulesAdoptsThem(t *testing.T) {
	a := newFixture(t)
	a.config = judgedBy(1)
	a.open()
	old := a.must(registered(t, "p")).Receipts[0]
	b := a.join(judgedBy(3))
	if _, err := b.append(trained(t, "nobody", nil)); err == nil {
		t.Fatal("nobody is trained")
	}
	if rules, _ := b.adoptions(); len(rules) != 1 {
		t.Fatalf("what is refused adopts %v", rules)
	}
	if r := b.must(again(t, a.acked[len(a.acked)-1].bytes)).Receipts[0]; !r.AlreadyPresent || r.Index != old.Index ||
		b.Head().Size != a.Head().Size {
		t.Fatalf("%+v: what is there adopts nothing", r)
	}
	for n := range 2 {
		if r := b.must(trained(t, "p", nil)).Receipts[0]; r.Index != old.Index+2+uint64(n) || r.Revision != 1+uint64(n) {
			t.Fatalf("%+v", r)
		}
	}
	eventually(t, "a has what b wrote", func() bool { return a.Head().Size == b.Head().Size })
	if rules, at := b.adoptions(); len(rules) != 2 || rules[0] != 1 || rules[1] != 3 || at[0] != 1 || at[1] != old.Index+1 {
		t.Fatalf("%v at %v", rules, at)
	}
	a.readOnlyFor(3, 1)
	a.close()
	a.config = judgedBy(2)
	a.open()
	a.readOnlyFor(3, 2)
	if a.Head().Root != b.Head().Root {
		t.Error("it does not serve what is there")
	}
	a.close()
	a.config = judgedBy(3)
	a.open()
	defer a.close()
	a.must(trained(t, "p", nil))
	if rules, _ := a.adoptions(); len(rules) != 2 {
		t.Errorf("adopted again: %v", rules)
	}
}

// A block of the older program that was under way when the newer one adopted is not stored.
func TestWhatIsJudgedByOldRulesIsNotStoredBehindNewOnes(t *testing.T) {
	a := newFixture(t)
	a.config = func(c *ledger.Config) { unwatched(c); c.Rules = 1 }
	a.open()
	defer a.close()
	a.must(registered(t, "p"))
	b := a.join(func(c *ledger.Config) { unwatched(c); c.Rules = 2 })
	b.must(trained(t, "p", nil))
	size := b.Head().Size
	a.readOnlyFor(2, 1) // it learns of the other's block from the store's fence
	b.must(trained(t, "p", nil))
	if b.Head().Size != size+1 {
		t.Errorf("%d entries, want %d", b.Head().Size, size+1)
	}
}
