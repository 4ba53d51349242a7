package api

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/anjian-ledger/anjian/test/visibilitytest"
)

// A replay that finds its entries by the indexes of the report database has the same pages, cursors included, as one that looks through
// the ledger: for every filter and reader, in ledgers where much is hidden and disclosed late.
func TestAReplayByIndexIsTheSame(t *testing.T) {
	defer func(n uint64) { seekFrom = n }(seekFrom)
	for seed := range uint64(2) {
		w, clock := watched(t)
		commands := visibilitytest.New(rand.New(rand.NewPCG(seed, 77)), 60).Commands
		for i := range commands {
			do(w, clock, &commands[i])
		}
		w.must(w.cfg.Reports.WaitFor(t.Context(), w.size()))
		found := 0
		for _, who := range []string{"office", "cA", "field-T1"} {
			if _, known := w.tokens.known[who]; !known {
				continue
			}
			for _, f := range []string{"subject=s1", "subject=s2&type=finding-recorded", "type=assignment-reserved", "stream=inspection",
				"stream=inspection&team=T1", "person=p1", "stream=subject/s1", "stream=subject", "type=inspection-started&county=" +
					visibilitytest.CountyA, "subject=s1&recorded_from=2000-01-01", "stream=inspection&from=20&to=60", "subject=nobody",
				"type=deviation-flagged",
				"team=T1&stream=team", "campaign=c&type=inspector-arrived"} {
				for _, limit := range []int{2, 1000} {
					for cursor, n := "", 0; n < 40; n++ {
						target := fmt.Sprintf("/v1/events?%s&limit=%d%s", f, limit, cursor)
						seekFrom = 1 << 40
						scanned := w.want(w.get(who, target), 200, "")
						seekFrom = 0
						sought := w.want(w.get(who, target), 200, "")
						if string(sought.body) != string(scanned.body) {
							t.Fatalf("seed %d, %s, %s: %s\nby the ledger: %s", seed, who, target, sought.body, scanned.body)
						}
						page := decode[struct {
							Entries []any
							Cursor  string
							More    bool
						}](w, sought)
						if found += len(page.Entries); !page.More {
							break
						}
						cursor = "&cursor=" + page.Cursor
					}
				}
			}
		}
		if found < 100 {
			t.Errorf("%d entries were compared", found)
		}
	}
}

// The entries that a filter selects are found without reading others: of one subject among many, however much there is.
func TestAReplayReadsWhatItSelects(t *testing.T) {
	defer func(n uint64) { seekFrom = n }(seekFrom)
	seekFrom = 0
	w := newFixture(t)
	w.want(w.post(office, w.subject("s-1")), 201, "")
	for n := range 30 {
		w.want(w.post(office, w.subject(fmt.Sprintf("s-%d", n+10))), 201, "")
	}
	w.must(w.cfg.Reports.WaitFor(t.Context(), w.size()))
	before := w.faults.reads.Load()
	w.want(w.get(office, "/v1/events?subject=s-1"), 200, "")
	if n := w.faults.reads.Load() - before; n != 1 {
		t.Errorf("%d entries were read for one", n)
	}
}
