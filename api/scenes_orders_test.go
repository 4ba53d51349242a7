package api

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// The life of an order: R20, R46, R47.
func TestOrdersAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given(atVisit, discovered("f"))
	const at = "order/o"
	stop := &order.Issued{Inspection: eventtest.Visit("t1", "i"), Order: "o", Kind: "stop", Findings: []string{"f"}, LegalBasis: statute,
		Until: "2019-12-31", Alternatives: "限期整改不足以消除危险"}
	bluntly := *stop
	bluntly.Order, bluntly.Alternatives = "b", ""
	s.says("alternatives-not-considered", "order/b", &bluntly)
	s.says("order-name", "order/t2.o", stop)
	issued := s.given(at, stop, in("c"))
	lift := &order.Lifted{Ground: "rectified", Reason: "隐患已消除"}
	put := func(id string) *order.Reported {
		return &order.Reported{Findings: []string{id}, Done: "已整改", OnBehalfOf: "经理", Resume: true}
	}
	s.says("findings-not-of-order", at, put("g"))
	s.says("", at, put("f"))
	s.says("verified-by-reporter", at, &order.Verified{Findings: []string{"f"}})
	s.given(at, &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}, as("li"))
	s.says("", at, &order.Defied{Order: "o", Seen: "仍在生产"})
	longer := &oversight.TermExtended{Obligation: "stop-end", Event: issued.ID.String(), Until: "2020-01-31", Ground: "设备未到"}
	s.says("", at, longer)
	short := *longer
	short.Until = "2019-12-30"
	s.says("extension-without-effect", at, &short)
	closing := &order.ClosureProposed{Ground: "major-hazard", Findings: []string{"f"}, Scope: "full", Alternatives: "停产未能消除危险",
		LegalBasis: statute}
	bare := *closing
	bare.LegalBasis = []event.Citation{}
	s.says("closure-without-ground", at, &bare)
	ask := s.given(at, closing)
	s.says("closure-waits", at, closing)
	s.says("government-closes", at, yes(ask), as("zhou"))
	s.says("", at, yes(ask), as("mayor"))
	s.says("lifted-unverified", at, lift)
	s.says("order-not-in-force", at, lift)
	if v := decode[struct {
		Orders []struct{ Order, Stream string }
	}](s.fixture,
		s.get(desk, "/v1/inspections/"+eventtest.Visit("t1", "i"))); len(v.Orders) != 2 ||
		v.Orders[1].Order != "o" || v.Orders[1].Stream != issued.Stream.ID {
		t.Errorf("the visit shows the orders %+v", v.Orders)
	}
	again := *stop
	again.Order = "q"
	s.given("order/q", &again)
	s.given("order/q", put("f"))
	s.quiet("order/q", &order.Verified{Findings: []string{"f"}}, as("li"))
	s.quiet("order/q", lift)
	s.given(atVisit, &inspection.Departed{}, hour(1))
}
