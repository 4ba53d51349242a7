package domain

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/team"
)

func block(first, last int64) *numbering.BlockIssued {
	return &numbering.BlockIssued{Team: "t1", Authority: "emergency-city", Document: numbering.SiteRecord, Year: 2019, Series: "安应急检记〔2019〕",
		First: first, Last: last}
}

// recordedAs makes visit id of the firm up to its record, under a number, and returns the codes of the record's flags.
func recordedAs(w *fixture, id, number string) []string {
	w.Helper()
	w.accepts("inspection/"+id, started(), in("c"), inspector, func(e *event.Event) { e.Data.(*inspection.Started).VisitType = "verify" })
	w.complete(id)
	d := signedBy("ma", "li")
	d.RecordNo = number
	return w.given("inspection/"+id, d, inspector)
}

// R42: numbers are given once; a number outside the block, void, or borne twice is kept and flagged.
func TestR42ANumberIsOfABlockAndBorneOnce(t *testing.T) {
	w := campaignFixture(t)
	const b = "document/b1"
	flags := func(id, number string, codes ...string) {
		t.Helper()
		var said []string
		for _, c := range recordedAs(w, id, number) {
			if c != "duplicate-inspection" {
				said = append(said, c)
			}
		}
		if len(said) != len(codes) || len(codes) > 0 && said[0] != codes[0] {
			t.Errorf("%s: %v, want %v", number, said, codes)
		}
	}
	flags("a", "随便 1 号") // no block was given yet
	w.accepts(b, block(1, 10))
	w.refuses("pillar 14", "id-taken", b, block(11, 20))
	w.refuses("R42", "numbers-taken", "document/b2", block(10, 20))
	w.accepts("document/b2", block(11, 20))
	other := block(21, 30)
	other.Team = "t9"
	w.refuses("R17", "unknown-team", "document/b3", other)
	w.refuses("pillar 2", "not-begun", "document/b3", &numbering.NumberVoided{Number: 1, Reason: "r"})

	flags("b", "安应急检记〔2019〕第3号")
	flags("c", "安应急检记〔2019〕12")
	flags("d", "安应急检记〔2019〕3号", "number-twice")
	flags("e", "安应急检记〔2019〕21号", "number-outside-block")
	flags("f", "记录", "number-outside-block")
	w.refuses("R42", "number-of-no-block", b, &numbering.NumberVoided{Number: 11, Reason: "r"}, inspector)
	w.refuses("R42", "number-borne", b, &numbering.NumberVoided{Number: 3, Reason: "r"}, inspector)
	w.accepts(b, &numbering.NumberVoided{Number: 4, Reason: "污损"}, inspector)
	w.refuses("R42", "number-void-already", b, &numbering.NumberVoided{Number: 4, Reason: "r"}, inspector)
	flags("g", "安应急检记〔2019〕4号", "number-is-void")

	stranger := by(event.Actor{Person: "zhao", Role: event.RoleInspector, Team: "t2"})
	w.refuses("pillar 2", "not-begun", b, &numbering.NumberVoided{Number: 5, Reason: "r"}, stranger) // he may not know of it
	if field.Check(block(5, 4)) == nil {
		t.Error("a block ends before it begins")
	}
}

// R42: a number is compared with blocks of its kind of document and of its year.
func TestR42ABlockIsOfOneKindOfDocumentAndOneYear(t *testing.T) {
	w := campaignFixture(t)
	orders := block(1, 10)
	orders.Document, orders.Series = numbering.Order, "安应急责改〔2019〕"
	w.accepts("document/orders", orders)
	old := block(1, 10)
	old.Year, old.Series = 2018, "安应急检记〔2018〕"
	w.accepts("document/old", old)
	w.accepts("inspection/a", started(), in("c"), inspector)
	w.complete("a")
	w.accepts("inspection/a", evident("f1"), inspector)
	order := func(id, number string) *order.Issued {
		return &order.Issued{Order: id, Kind: "rectify-at-once", Findings: []string{"f1"}, DocumentNo: number}
	}
	w.accepts("inspection/a", order("o1", "安应急责改〔2019〕1号"), inspector)
	w.flags([]string{"number-outside-block"}, "inspection/a", order("o2", "安应急责改〔2019〕11号"), inspector)
	w.flags([]string{"number-twice"}, "inspection/a", order("o3", "安应急责改〔2019〕1号"), inspector)
	w.accepts("inspection/a", order("o4", ""), inspector)
	d := signedBy("ma", "li")
	d.RecordNo = "安应急检记〔2018〕1号"
	w.flags([]string{"number-outside-block"}, "inspection/a", d, inspector)
}

// R42: a number of a block that was given to another team is outside the blocks of one that was given its own.
func TestR42ABlockIsOfOneTeam(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t7", &team.Formed{Name: "第七组", Kind: "specialist"}, in("c"))
	theirs, own := block(1, 10), block(11, 20)
	theirs.Team = "t7"
	w.accepts("document/theirs", theirs)
	w.accepts("document/own", own)
	if got := recordedAs(w, "a", "安应急检记〔2019〕11号"); slices.Contains(got, "number-outside-block") {
		t.Errorf("a number of its own: %v", got)
	}
	if got := recordedAs(w, "b", "安应急检记〔2019〕1号"); !slices.Contains(got, "number-outside-block") {
		t.Errorf("a number of another team: %v", got)
	}
}

func TestANumberIsTakenApart(t *testing.T) {
	for text, want := range map[string]struct {
		series string
		n      int64
		ok     bool
	}{
		"安应急检记〔2019〕第12号": {"安应急检记〔2019〕", 12, true}, "安应急检记〔2019〕0012": {"安应急检记〔2019〕", 12, true}, "7": {"", 7, true},
		"": {}, "号": {}, "记录": {"记录", 0, false}, "99999999999999999999": {},
	} {
		if series, n, ok := numbering.Parse(text); ok != want.ok || ok && (series != want.series || n != want.n) {
			t.Errorf("%q: %q %d %v", text, series, n, ok)
		}
	}
}
