package reportdb_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// Lists show each reader the entries of visits since when the rules of visibility say, also an approver those of hidden visits in the name
// of his own unit (N03), and also when the database was built in two goes.
func TestListsShowEntriesOfVisitsSinceWhenTheRulesSay(t *testing.T) {
	t.Parallel()
	early := 0
	for seed := range 8 * uint64(*ledgers) {
		l := random(500+seed, 150)
		l.Events = inTheNameOf(l.Events, "dY")
		s := sourceOf(l.Events, len(l.Events)/2)
		c := s.Config(t.TempDir())
		b, stop := running(t, c)
		built(t, b, len(l.Events)/2)
		if seed%2 == 1 {
			stop()
			s.Commit(len(l.Events))
			b, _ = running(t, c)
		} else {
			s.Commit(len(l.Events))
		}
		built(t, b, len(l.Events))
		rng := rand.New(rand.NewPCG(seed, 9))
		for range 3 {
			n := uint64(rng.IntN(len(l.Events)))
			for _, who := range vt.Bound {
				scope := l.Views.ScopeAt(vt.Readers[who]).Scope
				want, before := visited(l.Events, &scope, n)
				if who == "aY" {
					early += before
				}
				c, err := b.Ask(t.Context(), reportdb.Question{Actor: vt.Readers[who], Scope: scope, AsOf: &n, Hidden: true, Names: "entries"})
				mustDo(t, err)
				rows, err := c.Query("SELECT ix FROM entries WHERE kind = 'inspection' ORDER BY ix", nil)
				got := lines(t, "", must(t)(rows, err))
				mustDo(t, c.Close())
				if d := differ(got, want); d != "" {
					t.Errorf("seed %d, as of %d, %s, in the database (+) and by the rules (-):\n%s", seed, n, who, d)
				}
			}
		}
	}
	if t.Log(early); early == 0 {
		t.Error("an approver saw nothing that was hidden from others")
	}
}

// inTheNameOf are entries of which every other visit is made in the name of a unit.
func inTheNameOf(events []*event.Event, unit string) []*event.Event {
	out, n := slices.Clone(events), 0
	for i, e := range out {
		one := *e
		switch d := e.Data.(type) {
		case *inspection.Reserved:
			body := *d
			body.EnforcingAuthority, one.Data = unit, &body
		case *inspection.Started:
			body := *d
			body.EnforcingAuthority, one.Data = unit, &body
		default:
			continue
		}
		if n++; n%2 == 0 {
			out[i] = &one
		}
	}
	return out
}

// visited are the entries of visits that a reader sees as of an index, and how many of them wait then.
func visited(events []*event.Event, scope *visibility.Scope, n uint64) (seen []string, early int) {
	var fold visibility.Fold
	visits := map[string]*visibility.Visit{}
	for _, e := range events {
		if e.Stream.Kind == event.Inspection {
			if visits[e.Stream.ID] == nil {
				visits[e.Stream.ID] = &visibility.Visit{}
			}
			fold.Visit(visits[e.Stream.ID], e)
		}
	}
	for _, e := range events[:n+1] {
		if e.Stream.Kind != event.Inspection {
			continue
		}
		v := visits[e.Stream.ID]
		if since, sees := v.Since(scope, e.Stream, &e.About, e.Index); sees && since <= n {
			seen = append(seen, fmt.Sprint(e.Index))
			if open, disclosed := v.Seen(e.Index); !disclosed || open > n {
				early++
			}
		}
	}
	slices.Sort(seen)
	return seen, early
}
