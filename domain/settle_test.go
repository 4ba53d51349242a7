package domain

import (
	"fmt"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

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
