package api

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// tipScene has units, a committee, and a key for tips.
func tipScene(t *testing.T) (s *scene, received func(subject string) *tip.Received) {
	s = newScene(t)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	s.given("table/committees", &table.Published{Table: table.Committees, Committees: []table.Committee{
		{ID: "mine-committee", Name: "矿山专委会", Sectors: []string{"MINE"}, Lead: "mines"}}})
	s.issue("mine committee", token.Issued{Role: event.RoleCommittee, Unit: "mine-committee"})
	s.issue("mayor", token.Issued{Role: event.RoleCityGovernment, Person: "zheng"})
	key := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	return s, func(subject string) *tip.Received {
		return &tip.Received{Channel: "hotline", Violation: "other", Subject: subject,
			Content: event.Sealed{SHA256: hash64, Size: 200, To: key.ID, Commit: hash64}}
	}
}

// R73: each code of a tip, and the road on which none is said.
func TestTipsAreAnswered(t *testing.T) {
	s, received := tipScene(t)
	investigated, told := &tip.Investigated{Result: "substantiated", Account: "属实"}, &tip.Answered{Manner: "telephone", Summary: "已告知"}
	s.says("not-begun", "tip/a", &tip.Accepted{})
	s.given("tip/a", received("firm"), in("c"))
	s.says("tip-not-accepted", "tip/a", investigated)
	s.says("tip-not-investigated", "tip/a", told)
	s.given("tip/a", &tip.Accepted{})
	s.says("tip-already-accepted", "tip/a", &tip.Accepted{})
	s.says("tip-unknown-visit", "tip/a", &tip.Investigated{Result: "partly", Account: "x", Inspection: "t1.0198f3c2-7a10-7000-8000-0000000000f1"})
	s.given("tip/a", investigated)
	s.given("tip/a", told)
	s.says("tip-already-answered", "tip/a", told)
}

// R77: each code of a transfer, and the road on which none is said.
func TestTransfersAreAnswered(t *testing.T) {
	s, received := tipScene(t)
	s.given("tip/a", received("firm"), in("c"))
	given := &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查"}
	unknown := &transfer.Transferred{Matter: "tip", Tip: "b", Ground: "investigate", Task: "核查"}
	past := &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查", Due: "2019-01-01"}
	s.says("unknown-tip", "transfer/office.mines.1", unknown)
	s.says("transfer-stream", "transfer/mines.office.1", given)
	s.says("unknown-receiver", "transfer/office.nobody.1", given)
	s.says("transfer-due-before", "transfer/office.mines.1", past)
	s.says("matter-not-yours", "transfer/mines.office.1", given, as("mines"))
	s.given("transfer/office.mines.1", given)
	s.says("not-begun", "transfer/office.mines.1", &transfer.Accepted{}, as("hanbin"))
	s.says("not-the-receiver", "transfer/office.mines.1", &transfer.Accepted{}, as(commission))
	s.says("paper-required", "transfer/office.mines.1", &transfer.Accepted{})
	s.given("transfer/office.mines.1", &transfer.Accepted{}, as("mines"))
	s.says("transfer-already-accepted", "transfer/office.mines.1", &transfer.Accepted{}, as("mines"))
	handled := &transfer.Answered{Outcome: "handled", Result: "partly", Answer: "已查处"}
	s.says("transfer-result", "transfer/office.mines.1", &transfer.Answered{Outcome: "handled", Answer: "已查处"}, as("mines"))
	s.given("transfer/office.mines.1", handled, as("mines"))
	s.says("transfer-already-answered", "transfer/office.mines.1", handled, as("mines"))
	s.given("tip/a", &tip.Answered{Manner: "telephone", Summary: "已告知"}) // by the receiver's answer it is investigated

	order := &transfer.Transferred{Matter: "instruction", Ground: "instruction", Task: "限期整治", Due: "2019-12-20"}
	s.given("transfer/city.mine-committee.1", order, as("mayor"))
	s.given("transfer/city.mine-committee.1", &transfer.Answered{Outcome: "handled", Answer: "已整治"}, as("mine committee"))
}

// R73, R77, pillar 14: over HTTP, who is no end of a transfer reads nothing of it, and nobody but office and commission of a tip.
func TestR73TipsAndTransfersAreReadByWhoseTheyAre(t *testing.T) {
	s, received := tipScene(t)
	s.given("tip/a", received("firm"), in("c"))
	s.given("transfer/office.mines.1", &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查"})
	for _, c := range []struct {
		who                   string
		tips, transfers, open int
	}{{office, 1, 1, 1}, {commission, 1, 1, 1}, {"mines", 0, 1, 1}, {"hanbin", 0, 0, 0}, {"mine committee", 0, 0, 0}, {"wang", 0, 0, 0}} {
		for kind, want := range map[string]int{"tip": c.tips, "transfer": c.transfers} {
			a := s.want(s.do(c.who, "GET", "/v1/events?stream="+kind, ""), 200, "")
			if got := len(decode[struct{ Entries []any }](s.fixture, a).Entries); got != want {
				t.Errorf("%s reads %d entries of %ss, want %d: %s", c.who, got, kind, want, a.body)
			}
		}
		a := s.want(s.do(c.who, "GET", "/v1/obligations?kind=transfer&wait_for=1", ""), 200, "")
		if got := decode[struct{ Open int }](s.fixture, a).Open; got != c.open {
			t.Errorf("%s sees %d open transfers: %s", c.who, got, a.body)
		}
	}
}
