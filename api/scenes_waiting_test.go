package api

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestACaseAndAnOrderWaitWithTheirVisit (R39, pillar 14): until the inspectors arrive nobody but the own team and the office reads of a
// case or an order of the visit, in no list and no answer; what an outsider appends there is answered as where nothing is. Then those read
// them whose matter they are, and nobody else.
func TestACaseAndAnOrderWaitWithTheirVisit(t *testing.T) {
	s := newScene(t)
	s.parties()
	s.given(atVisit, begun(), in("c"))
	s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	opened := s.given(caseOf, filed(asIs), as("ma"))
	issued := s.given(atVisit, ordered("o", "rectify-by-date", "2019-12-10"))
	streams := []event.Stream{opened.Stream, issued.Stream}
	parties, strangers := []string{"firm", "officer", "approver", "hanbin"}, []string{"other", "miner", "mines yes", "hanyin", "li t2"}
	lists := []string{"/v1/events?limit=1000", "/v1/obligations?limit=1000"}
	reads := func(word string, want bool) {
		t.Helper()
		for _, of := range streams {
			for _, target := range lists {
				a := s.get(word, target)
				if target == lists[0] && a.StatusCode != 200 {
					t.Errorf("%s is answered %d", word, a.StatusCode)
				}
				if got := strings.Contains(string(a.body), of.ID); got != want && a.StatusCode < 400 {
					t.Errorf("%s reads of %s in %s: %t", word, of, target, got)
				}
			}
		}
	}
	for _, word := range append(parties, strangers...) {
		reads(word, false)
	}
	reads("wang", true)
	reads("zhou", true)
	nowhere := "case/" + eventtest.Visit("t1", "nowhere")
	for _, at := range []string{caseOf, nowhere} {
		s.says("not-begun", at, noticed(false), as("officer"))
		s.says("not-begun", at, &casefile.Closed{Ground: "executed"}, as("officer"))
	}
	for _, at := range []string{issued.Stream.String(), "order/" + eventtest.Visit("t1", "nowhere")} {
		s.says("not-begun", at, &order.Lifted{Ground: "rectified", Reason: "隐患已消除"}, as("officer"))
	}
	s.given(atVisit, &inspection.Arrived{})
	for _, word := range append(parties, "wang", "zhou") {
		reads(word, true)
	}
	for _, word := range strangers {
		reads(word, false)
	}

	// Two people are two tokens, and of one authority.
	s.given(caseOf, noticed(false), as("officer"))
	own := "case/" + eventtest.Visit("industry", "own")
	d := &casefile.NoPenaltyDecided{Inspection: visitI, Findings: []string{"f"}, Reason: "轻微并及时改正", LegalBasis: statute}
	asked := s.given(own, d, as("officer"))
	s.says("role-may-not-append", own, yes(asked), as("officer"))
	s.says("nothing-waits", own, yes(asked), as("mines yes"))
	s.given(own, yes(asked), as("approver"))
	s.says("nothing-waits", own, yes(asked), as("approver"))
}
