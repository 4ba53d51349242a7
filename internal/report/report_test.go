package report_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/internal/report"
)

// Every report of ours can be asked everything by each of its roles.
func TestOurReportsAreWhole(t *testing.T) {
	all, err := report.Read("")
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Check(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Errorf("there are %d reports", len(all))
	}
}
