package domain

import (
	"fmt"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// A calendar moves what is due in all streams: they are looked at in pieces, and what is recorded between two of them is looked at, too.
func TestWhatACalendarMovesIsLookedAtInPieces(t *testing.T) {
	const visits, piece = 10, 3
	k := blindTeam(t, visits)
	k.accepts("table/holidays", holidays(2019, []string{}, "2019-12-09", "2019-12-11"))
	calls := 0
	for rest := true; rest; calls++ {
		var rows []*obligation.Row
		if rows, rest = k.SettleSome(k.list, piece); len(rows) > piece {
			t.Fatalf("%d streams are looked at in one call", len(rows))
		}
		for _, r := range rows {
			k.list.Set(r)
		}
		if calls == 1 {
			k.accepts("subject/late", firm())
			d := started()
			d.Subject = "late"
			k.given("inspection/late", d, in("c"), inspector)
		}
	}
	if calls < visits/piece {
		t.Errorf("%d calls", calls)
	}
	if k.list.Row(event.Stream{Kind: event.Inspection, ID: visit("t1", "late")}) == nil {
		t.Error("the visit that began in between is not on the list")
	}
	k.lookAgain(k.list)
	if rows := k.Settle(k.list); len(rows) > 0 {
		t.Errorf("%+v was left out", rows[0])
	}
}

// BenchmarkSettleAfterReplay is what a block of one event costs the worklist of a ledger that was opened with 100,000 streams.
func BenchmarkSettleAfterReplay(b *testing.B) {
	w := campaignFixture(b)
	for i := range 100_000 {
		w.duties.note(event.Stream{Kind: event.Inspection, ID: fmt.Sprint("of no event ", i)})
	}
	work := obligation.NewWorklist()
	w.Settle(work)
	w.given("inspection/v", started(), in("c"), inspector)
	d := &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}
	for b.Loop() {
		w.Apply(w.event("inspection/v", d, inspector))
		w.Settle(work)
	}
}
