package reportdb_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
	"github.com/anjian-ledger/anjian/test/eventtest"
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

// aftermath is a small campaign with all that comes of it in three years, and what is overdue then. Tests share it: nobody changes it.
func aftermath(t *testing.T, profile string) *campaigntest.Ledger {
	t.Helper()
	l := aftermaths[profile]
	if l == nil {
		l = campaigntest.Run(t, simulate.Config{Seed: 1, Profile: profile, Aftermath: true})
		l.Sweep(l.Events[len(l.Events)-1].Recorded.Add(time.Hour))
		aftermaths[profile] = l
	}
	return l
}

var aftermaths = map[string]*campaigntest.Ledger{}

// goldens are the golden events as entries, one stream for each kind, those that begin one first: as people state them, as imports, and
// then with what is taken back, refused and explained.
func goldens(t *testing.T) (out []*event.Event) {
	t.Helper()
	catalogue := domain.Catalogue()
	add := func(e *event.Event, by event.Assurance, role event.Role) {
		one := *e
		one.Index, one.Recorded, one.Assurance, one.Actor.Role = uint64(len(out)), campaigntest.Begin, by, role
		out = append(out, &one)
	}
	for _, imported := range []bool{false, true} {
		var all []*event.Event
		for _, typ := range catalogue.All() {
			g, err := eventtest.ReadGolden(filepath.Join("..", "..", "test", "testdata", "golden",
				fmt.Sprintf("%s.v%d.json", typ.Name, typ.Version)))
			mustDo(t, err)
			e, err := entry.ParseEvent(g.Event, catalogue)
			mustDo(t, err)
			if e.Type.Name == "term-extended" {
				e.Stream = event.Stream{Kind: order.Name, ID: fmt.Sprintf("t-1.golden-%t", imported)}
				all = append(all, e)
			}
			if typ.Kind != "" {
				e.Stream = event.Stream{Kind: typ.Kind, ID: fmt.Sprintf("t-1.golden-%t", imported)}
				all = append(all, e)
			}
		}
		slices.SortStableFunc(all, func(a, b *event.Event) int {
			first := func(e *event.Event) int {
				if kinds.Of(e.Stream.Kind).MayBegin(e.Data) {
					return 0
				}
				return 1
			}
			return cmp.Compare(first(a), first(b))
		})
		for _, e := range all {
			by := event.Token
			switch {
			case slices.Equal(e.Type.Append, []event.Role{event.RoleLedger}):
				by = event.Derived
			case imported:
				by = event.Imported
			}
			if imported {
				otherwise(e)
			}
			e.ID = event.OwnID("golden", e.Type.Name, string(by))
			add(e, by, event.RoleSupervisionOffice)
			if imported {
				no := &oversight.ApprovalRefused{Event: e.ID.String()}
				add(&event.Event{Type: catalogue.Newest("approval-refused"), Stream: e.Stream, Data: no, Occurred: e.Occurred}, event.Token,
					event.RoleSupervisionOffice)
			}
		}
	}
	return append(out, takenBack(catalogue, out)...)
}

// otherwise has a golden event say the other of what its type may.
func otherwise(e *event.Event) {
	switch d := e.Data.(type) {
	case *review.Opened:
		d.Reviewed = "person/p-1"
	case *evaluation.Evaluated:
		d.BriefingHeard, d.Accompanied = true, true
	case *casefile.DecisionChanged:
		d.Change, d.Penalty = "annulled", "p-1"
	case *casefile.PenaltyDecided:
		d.Penalty = "p-1"
	case *inspection.FindingRecorded:
		d.Finding = "F-1"
	case *inspection.FindingSupervised:
		d.Finding = "F-1"
	}
}

// takenBack has all lapse that the ledger says in these entries.
func takenBack(catalogue *event.Catalogue, of []*event.Event) (out []*event.Event) {
	for _, e := range of {
		if e.Assurance == event.Derived {
			out = append(out, &event.Event{Type: catalogue.Newest("deviation-explained"), Stream: e.Stream, About: e.About,
				Index: uint64(len(of) + len(out)), Data: &oversight.DeviationExplained{Deviation: e.ID.String()}, ID: e.ID, Recorded: e.Recorded,
				Occurred: e.Recorded, Assurance: event.Token})
			out = append(out, &event.Event{Type: catalogue.Newest("statement-lapsed"), Stream: e.Stream, About: e.About,
				Index: uint64(len(of) + len(out)),
				Data:  &oversight.StatementLapsed{Statement: e.ID.String()}, Recorded: e.Recorded, Assurance: event.Derived})
		}
	}
	return out
}

// Every column of every register is filled by some entry: a column that nothing fills would be read as a statement.
func TestEveryColumnIsFilled(t *testing.T) {
	filled, writes, entries := map[string]bool{}, 0, 0
	for _, profile := range []string{"", simulate.Today, "golden"} {
		var events []*event.Event
		judged := 0
		if profile == "golden" {
			events = goldens(t)
		} else {
			events = aftermath(t, profile).Events
			judged = len(events)
			entries += judged
			events = append(events, takenBack(domain.Catalogue(), events)...)
		}
		folded(t, events, func(op *tables.Op) {
			if op.Do != tables.Write {
				return
			}
			if from := op.Values[1].(int64); from < int64(judged) {
				writes++
			}
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
