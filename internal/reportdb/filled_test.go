package reportdb_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// folded calls fn with each operation that entries give.
func folded(t *testing.T, events []*event.Event, fn func(*tables.Op)) {
	t.Helper()
	var batch tables.Batch
	f := tables.New(0, func(indexes []uint32) (out []*event.Event, err error) {
		for _, i := range indexes {
			out = append(out, events[i])
		}
		return out, nil
	})
	f.Begin(&batch)
	for _, e := range events {
		mustDo(t, f.Apply(e))
	}
	for i := range batch.Ops {
		fn(&batch.Ops[i])
	}
}

// campaign is a small campaign with all that comes of it in three years, and what is overdue then.
func campaign(t *testing.T, c simulate.Config) *campaigntest.Ledger {
	t.Helper()
	c.Aftermath = true
	l := campaigntest.Run(t, c)
	l.Sweep(l.Events[len(l.Events)-1].Recorded.Add(time.Hour))
	return l
}

// Every column of every register is filled by some entry: a column that nothing fills would be read as a statement.
func TestEveryColumnIsFilled(t *testing.T) {
	filled, writes, entries := map[string]bool{}, 0, 0
	for _, profile := range []string{"", simulate.Today} {
		l := campaign(t, simulate.Config{Seed: 1, Profile: profile})
		entries += len(l.Events)
		folded(t, l.Events, func(op *tables.Op) {
			if op.Do != tables.Write {
				return
			}
			writes++
			for i, c := range op.In.All() {
				if v := op.Values[i]; v != nil && v != int64(0) {
					filled[op.In.Name+"."+c.Name] = true
				}
			}
		})
	}
	for _, r := range tables.All {
		for _, c := range r.Columns {
			if !filled[r.Name+"."+c.Name] {
				t.Errorf("nothing fills %s.%s", r.Name, c.Name)
			}
		}
	}
	if each := float64(writes) / float64(entries); each > 4 {
		t.Errorf("an entry writes %.1f rows of registers", each)
	} else {
		t.Log(fmt.Sprintf("%d entries, %.2f row versions each", entries, each))
	}
}
