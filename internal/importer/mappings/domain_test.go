package mappings

import (
	"maps"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// TestEveryRecordIsAcceptedByTheRules: nothing of the sources is refused, and nothing is
// flagged but what contradicts itself in them (R74).
func TestEveryRecordIsAcceptedByTheRules(t *testing.T) {
	want := map[string]map[string]int{Toronto.Format: {"fine-without-decision": 3}}
	for _, s := range sources {
		t.Run(s.Format, func(t *testing.T) {
			all, _, _ := mapped(t, s.Mapping, s.files...)
			flags := map[string]int{}
			state := domain.New()
			for i, it := range all {
				e := it.Event
				e.Index, e.Assurance, e.Recorded = uint64(i), event.Imported, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
				e.Actor = event.Actor{Role: event.RoleImporter, Unit: s.Format}
				if err := state.Admit(e); err != nil {
					t.Fatalf("%s: %s: %v", it.Row, e.Type.Name, err)
				}
				follow, err := state.Judge(e)
				if err != nil {
					t.Fatalf("%s: %s: %v", it.Row, e.Type.Name, err)
				}
				for _, x := range follow {
					if d, ok := x.Data.(*oversight.DeviationFlagged); ok {
						flags[d.Code]++
					}
				}
				state.Apply(e)
			}
			if !maps.Equal(flags, want[s.Format]) {
				t.Errorf("flags %v, want %v", flags, want[s.Format])
			}
		})
	}
}
