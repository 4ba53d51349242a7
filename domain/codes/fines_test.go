package codes_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// R41: the ranges of the fine for an accident, in yuan as the two texts of the law write them; before 2014-12-01 the ledger knows none.
func TestR41TheRangesOfTheFineForAnAccident(t *testing.T) {
	var none codes.LawLimits
	for _, c := range []struct {
		grade, day  string
		grave       bool
		least, most int64
	}{
		{codes.Ordinary, "2014-12-01", false, 200_000, 500_000}, {codes.Larger, "2019-10-11", false, 500_000, 1_000_000},
		{codes.Major, "2019-10-11", false, 1_000_000, 5_000_000}, {codes.EspeciallyMajor, "2021-08-31", false, 5_000_000, 10_000_000},
		{codes.Ordinary, "2019-10-11", true, 200_000, 500_000}, {codes.EspeciallyMajor, "2019-10-11", true, 10_000_000, 20_000_000},
		{codes.Ordinary, "2021-09-01", false, 300_000, 1_000_000}, {codes.Larger, "2024-01-01", false, 1_000_000, 2_000_000},
		{codes.Major, "2024-01-01", false, 2_000_000, 10_000_000}, {codes.EspeciallyMajor, "2024-01-01", false, 10_000_000, 20_000_000},
		{codes.Ordinary, "2024-01-01", true, 600_000, 5_000_000}, {codes.Larger, "2024-01-01", true, 2_000_000, 10_000_000},
		{codes.Major, "2024-01-01", true, 4_000_000, 50_000_000}, {codes.EspeciallyMajor, "2024-01-01", true, 20_000_000, 100_000_000},
	} {
		least, most, set := none.AccidentFine(c.grade, c.day, c.grave)
		if !set || least.Number != c.least*100 || most.Number != c.most*100 {
			t.Errorf("%+v: %d to %d fen, %v", c, least.Number, most.Number, set)
		}
	}
	for _, day := range []string{"2014-11-30", "2009-01-01"} {
		if _, _, set := none.AccidentFine(codes.Larger, day, true); set {
			t.Errorf("there is a range on %s", day)
		}
	}
	laxer := codes.LawLimit{Matter: "accident-fine-larger-least", Law: "安全生产法", Version: "2021-06-10", Unit: "fen", Number: 1_000_000_00 - 1}
	narrower := laxer
	narrower.Number += 2
	if codes.BelowStatute(&laxer) == nil || codes.BelowStatute(&narrower) != nil {
		t.Error("a table may narrow the range, and not widen it")
	}
}
