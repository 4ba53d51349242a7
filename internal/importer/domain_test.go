package importer

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// TestEveryRecordIsAcceptedByTheRules: nothing of the sources is refused, and nothing is
// flagged but what contradicts itself in them (R74).
func TestEveryRecordIsAcceptedByTheRules(t *testing.T) {
	for f, c := range map[Format]struct {
		files []string
		flags map[string]int
	}{
		MSHA:    {[]string{mshaFile}, nil},
		Toronto: {[]string{torontoFile}, map[string]int{"fine-without-decision": 3}},
		Chicago: {chicagoFiles, nil},
	} {
		t.Run(string(f), func(t *testing.T) {
			all, _, _ := mapped(t, f, c.files...)
			flags := map[string]int{}
			state := domain.New()
			for i, it := range all {
				e := it.event
				e.Index, e.Assurance, e.Recorded = uint64(i), event.Imported, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
				e.Actor = event.Actor{Role: event.RoleImporter, Unit: string(f)}
				if err := state.Admit(e); err != nil {
					t.Fatalf("%s: %s: %v", it.row, e.Type.Name, err)
				}
				follow, err := state.Judge(e)
				if err != nil {
					t.Fatalf("%s: %s: %v", it.row, e.Type.Name, err)
				}
				for _, x := range follow {
					if d, ok := x.Data.(*oversight.DeviationFlagged); ok {
						flags[d.Code]++
					}
				}
				state.Apply(e)
			}
			if len(flags) != len(c.flags) {
				t.Errorf("flags %v, want %v", flags, c.flags)
			}
			for code, n := range c.flags {
				if flags[code] != n {
					t.Errorf("%d flags %s, want %d", flags[code], code, n)
				}
			}
		})
	}
}
