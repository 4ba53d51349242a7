package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/kinds"
)

// tabled are the ids of all that the requirements say is owed by a time.
const tabled = `record second-inspector evidence copies acknowledgement leader-review closing explanation confirmation approval rectify
	recheck resume after-failure stop-end seal registered-evidence closure filing decision hearing-request hearing-notice service publish
	payment enforcement remedy limitation holiday-approval holiday-visit tip-accept tip-investigate tip-answer transfer casualties
	investigation reply evaluation result accountability deduction team-review-order team-review inquiry inquiry-outcome blacklist-notice
	blacklist-objection blacklist-decision blacklist-expiry withdrawal exposure-end campaign-end team-report city-report
	refusal-examination result-notice supervision-answer clue clue-transfer`

// undeclared are those that no kind declares as yet, and why.
var undeclared = map[string]string{
	"evidence":     "the bytes of a file are another stream's entry, which the visit does not hear of yet",
	"explanation":  "an explanation is recorded, and nobody owes it by a date yet",
	"confirmation": "an explanation says itself whether it is accepted; no second person answers it yet",
}

// TestPillar12EachObligationOfTheRequirementsIsDeclared: or the list above says why not, and no line of it is stale.
func TestPillar12EachObligationOfTheRequirementsIsDeclared(t *testing.T) {
	declared := map[string]bool{}
	for i := range kinds.All {
		for _, k := range kinds.All[i].Obligations {
			declared[k.Name] = true
		}
	}
	for id := range strings.FieldsSeq(tabled) {
		why, excused := undeclared[id]
		switch {
		case !declared[id] && !excused:
			t.Errorf("no kind declares the obligation %s", id)
		case declared[id] && excused:
			t.Errorf("%s is declared, and the list says that it is not: %s", id, why)
		}
	}
}
