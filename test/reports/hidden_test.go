package reports

import (
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/report"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// hiddenWorld is a random ledger in which visits are hidden from most.
func hiddenWorld(t *testing.T, seed uint64) *reportWorld {
	l := vt.NewLedger()
	commands := vt.New(rand.New(rand.NewPCG(seed, 1)), 250).Commands
	for i := range commands {
		l.Do(&commands[i])
	}
	w := &reportWorld{T: t, events: l.Events, views: l.Views, askers: map[event.Role]event.Actor{}}
	w.now = w.events[len(w.events)-1].Recorded.In(event.Beijing).Format(time.DateOnly)
	for _, role := range event.Roles {
		w.askers[role] = event.Actor{Role: role}
	}
	for _, name := range []string{"office", "cA", "dX", "T1", "firm"} {
		w.askers[vt.Readers[name].Role] = vt.Readers[name]
	}
	w.db, w.dir = w.database(len(w.events))
	return w
}

// What waits for a hidden visit changes no figure for anybody, until the visit is disclosed.
func TestReportsCountNothingHidden(t *testing.T) {
	compared, changed := 0, 0
	seeds, step, most := uint64(1), max(3, 23/uint64(*reportDraws)), 6**reportDraws
	if *reportsWhole {
		seeds, step = 5, 3
	}
	for seed := range seeds {
		w := hiddenWorld(t, 40+seed)
		db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "reports.db")+"?mode=ro")
		must(t, err)
		rows, err := db.Query("SELECT ix, seen_ix IS NULL OR seen_ix > ix FROM entries WHERE ix > 0 ORDER BY ix")
		must(t, err)
		hidden := map[uint64]bool{}
		for rows.Next() {
			var ix uint64
			var h bool
			must(t, rows.Scan(&ix, &h))
			hidden[ix] = h
		}
		must(t, rows.Err())
		must(t, db.Close())
		waiting := 0
		for ix := uint64(vt.SetUp); ix < uint64(len(w.events)); ix++ {
			if hidden[ix] {
				waiting++
			}
			if ix%step != 0 && (!hidden[ix] || waiting > most && !*reportsWhole) {
				continue
			}
			before := ix - 1
			for i, r := range ours(t) {
				if r.Hidden || uint64(i)%4 != ix%4 && *reportDraws == 1 && !*reportsWhole {
					continue
				}
				for _, role := range []event.Role{event.RoleSupervisionOffice, event.RoleCountyGovernment, event.RoleTeamLeader, event.RoleDepartment} {
					if !r.For(role) {
						continue
					}
					same := w.text(w.db, r, role, "", &before) == w.text(w.db, r, role, "", &ix)
					if compared++; !same {
						changed++
					}
					if hidden[ix] && !same {
						t.Errorf("seed %d: the hidden entry %d (%s) changes report %s for %s", seed, ix, w.events[ix].Stream, r.ID, role)
					}
				}
			}
		}
	}
	if t.Logf("%d compared, %d changed by what is seen", compared, changed); changed == 0 || compared < 20 {
		t.Error("nothing was compared that changes")
	}
}

// What came and went in a report has nothing of hidden visits: up to a hidden entry it is what it was up to the one before, and between the
// two nothing changed, for the office and the own team as for everybody.
func TestReportChangesHaveNothingHidden(t *testing.T) {
	w := hiddenWorld(t, 40)
	w.byNow = true
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "reports.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT ix FROM entries WHERE ix > ? AND (seen_ix IS NULL OR seen_ix > ix) ORDER BY ix", vt.SetUp)
	must(t, err)
	var hidden []uint64
	for rows.Next() {
		var ix uint64
		must(t, rows.Scan(&ix))
		hidden = append(hidden, ix)
	}
	must(t, rows.Err())
	text := func(c *report.Changes) string {
		b, err := json.Marshal(c)
		must(t, err)
		return string(b)
	}
	rng := rand.New(rand.NewPCG(3, 8))
	changed := 0
	for i, r := range ours(t) {
		if r.Hidden || i%2 == 0 && !*reportsWhole {
			continue
		}
		ix := hidden[rng.IntN(len(hidden))]
		for _, role := range []event.Role{event.RoleSupervisionOffice, event.RoleCountyGovernment, event.RoleTeamLeader} {
			if !r.For(role) {
				continue
			}
			if c := w.changes(r, role, "", ix, ix+1); len(c.Rows) > 0 {
				t.Errorf("the hidden entry %d changes rows of report %s for %s", ix, r.ID, role)
			}
			before, after := w.changes(r, role, "", vt.SetUp, ix), w.changes(r, role, "", vt.SetUp, ix+1)
			changed += len(before.Rows)
			before.Parameters, after.Parameters = nil, nil
			if a, b := text(before), text(after); a != b {
				t.Errorf("the hidden entry %d changes what came and went in report %s for %s:\n%s\n%s", ix, r.ID, role, a, b)
			}
		}
	}
	if len(hidden) < 5 || changed == 0 {
		t.Errorf("%d hidden entries, %d rows changed", len(hidden), changed)
	}
}
