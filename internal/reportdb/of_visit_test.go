package reportdb_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// Findings and checks have the sector and the authority that their visit has, also when its start is corrected afterwards.
func TestThingsOfAVisitHaveItsSectorAndAuthority(t *testing.T) {
	events := aftermath(t, "").Events
	ofVisits := func(events []*event.Event) (said map[string]int) {
		visits, said := map[any]string{}, map[string]int{}
		for _, v := range present(t, events, "visits") {
			visits[v["id"]] = fmt.Sprint(v["sector"], v["authority"])
		}
		for _, register := range []string{"checks", "findings"} {
			for _, row := range present(t, events, register) {
				of, is := visits[row["visit"]]
				if got := fmt.Sprint(row["sector"], row["authority"]); !is || got != of {
					t.Errorf("%s of %v: %s, its visit has %s", register, row["visit"], got, of)
				}
				said[fmt.Sprint(register, " ", row["visit"], " ", row["sector"], " ", row["authority"])]++
			}
		}
		return said
	}
	before := ofVisits(events)
	found := slices.IndexFunc(events, func(e *event.Event) bool { _, is := e.Data.(*inspection.FindingRecorded); return is })
	visit := events[found].Stream
	at := slices.IndexFunc(events, func(e *event.Event) bool {
		_, is := e.Data.(*inspection.Started)
		return is && e.Stream == visit
	})
	right := *events[at].Data.(*inspection.Started)
	right.Sector, right.EnforcingAuthority = "SCHOOL", "another-authority"
	said := *events[at]
	said.ID[0]++
	said.Index, said.Assurance = uint64(len(events)), event.Imported // it waits for nobody's yes
	said.Data = correction.Of(events[at].Ident().Ref(), events[at].Ident().Ref(), "登记有误", said.Occurred, &right)
	after := ofVisits(append(slices.Clip(events), &said))
	for _, register := range []string{"checks", "findings"} {
		if line := fmt.Sprint(register, " ", visit.ID, " SCHOOL another-authority"); before[line] > 0 || after[line] == 0 {
			t.Errorf("%s: %d before the correction, %d after it", line, before[line], after[line])
		}
	}
}
