package visibility_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// TestR39OfEveryEventOfAVisitItIsDecidedWhetherItDiscloses: a new type is not hidden by default.
func TestR39OfEveryEventOfAVisitItIsDecidedWhetherItDiscloses(t *testing.T) {
	types, yes := 0, 0
	for _, typ := range domain.Catalogue().All() {
		if typ.Kind != event.Inspection && typ.Kind != "" {
			continue
		}
		types++
		is, decided := visibility.DisclosesDecided(typ.New())
		if !decided {
			t.Errorf("whether %s discloses its visit is not decided", typ)
		}
		if is {
			yes++
		}
	}
	if types < 20 || yes < 5 {
		t.Errorf("%d types, of which %d disclose", types, yes)
	}
}
