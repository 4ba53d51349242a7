package reportdb_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// figures are questions whose answers the views in memory have too, for the same asker and position.
var figures = []struct {
	name, query string
	want        func(f *projections.Figures) int64
}{
	{"inspections", `SELECT count(*) FROM visits WHERE started IS NOT NULL AND (attempted IS NULL OR arrived IS NOT NULL) AND NOT off_site
		AND coalesce(class, '') <> 'guidance'`, func(f *projections.Figures) int64 { return f.Counts.Inspections }},
	{"attempted", "SELECT count(*) FROM visits WHERE attempted IS NOT NULL", func(f *projections.Figures) int64 { return f.Attempted }},
	{"checks", "SELECT count(*) FROM checks", func(f *projections.Figures) int64 { return f.Counts.Checks }},
	{"findings", "SELECT count(*) FROM findings", func(f *projections.Figures) int64 { return f.Counts.Findings }},
	{"major", "SELECT count(*) FROM findings WHERE level = 'major'", func(f *projections.Figures) int64 { return f.Counts.MajorFindings }},
	{"orders", "SELECT count(*) FROM orders WHERE kind <> 'closure-proposed'", func(f *projections.Figures) int64 {
		return sum(f.OrdersByKind)
	}},
	{"penalties", "SELECT count(*) FROM penalties WHERE kind <> 'none' AND final AND NOT annulled",
		func(f *projections.Figures) int64 { return f.Counts.Penalties }},
	{"fines", "SELECT count(*) FROM penalties WHERE kind = 'fine' AND final AND NOT annulled AND fine > paid AND (NOT imported OR paid_on " +
		"NOT NULL)",
		func(f *projections.Figures) int64 { return f.PenaltiesUnpaid }},
	{"no penalties", "SELECT count(*) FROM penalties WHERE kind = 'none' AND final", func(f *projections.Figures) int64 {
		return f.NoPenalties
	}},
	{"deviations", "SELECT count(*) FROM flags WHERE state <> 'lapsed' AND kind NOT IN (" + restricted() + ")",
		func(f *projections.Figures) int64 { return sum(f.Deviations) }},
	{"open findings", `SELECT count(*) FROM findings f WHERE f.fixed IS NULL AND NOT EXISTS (SELECT 1 FROM dispositions d
		WHERE d.visit = f.visit AND d.finding = f.finding AND d.verified IS NOT NULL)`,
		func(f *projections.Figures) int64 { return f.FindingsOpen }},
}

// restricted are the kinds of streams that move no figure, as a list of SQL.
func restricted() string {
	var list []string
	for i := range kinds.All {
		if k := &kinds.All[i]; visibility.Restricted(k.Name) {
			list = append(list, "'"+string(k.Name)+"'")
		}
	}
	return strings.Join(list, ", ")
}

func sum(list []projections.Labelled) (n int64) {
	for _, l := range list {
		n += l.Count
	}
	return n
}

// What is counted in the registers is what the views in memory count, which are folded by other code: of the office for
// the city, of a county for itself, at any position.
func TestRegistersCountWhatTheViewsDo(t *testing.T) {
	compared, names := map[string]int64{}, ""
	for _, x := range figures {
		names += x.query
	}
	for seed := range max(15, 5*uint64(*ledgers)) {
		l := random(100+seed, 150)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
		built(t, b, len(l.Events))
		rng := rand.New(rand.NewPCG(seed, 4))
		for range 4 {
			n := uint64(rng.IntN(len(l.Events)))
			size := n + 1
			for _, who := range []string{"office", "cA", "cB"} {
				actor := vt.Readers[who]
				q := projector.Query{AsOf: &size, For: actor}
				var f projections.Figures
				if actor.County == "" {
					v, err := l.Views.City(t.Context(), q)
					mustDo(t, err)
					f = v.Figures
				} else {
					v, err := l.Views.County(t.Context(), actor.County, q)
					if errors.Is(err, projector.ErrNotFound) {
						continue
					}
					mustDo(t, err)
					f = v.Figures
				}
				c, err := b.Ask(t.Context(), reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope, AsOf: &n, Names: names})
				mustDo(t, err)
				for _, x := range figures {
					rows, err := c.Query(x.query, nil)
					got, want := lines(t, "", must(t)(rows, err))[0], x.want(&f)
					if compared[x.name] += want; got != fmt.Sprint(want) {
						t.Errorf("seed %d, as of %d, %s: %s are %s, in the view %d", seed, n, who, x.name, got, want)
					}
				}
				mustDo(t, c.Close())
			}
		}
	}
	t.Log(compared)
	for _, x := range figures {
		if compared[x.name] == 0 {
			t.Errorf("no %s were compared", x.name)
		}
	}
}
