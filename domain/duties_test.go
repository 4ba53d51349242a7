package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/duty"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

func TestADutyIsOfASubjectAndAUnitThatAreKnown(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units})
	w.refuses("pillar 2", "not-begun", "duty/d", &duty.Reviewed{Opinion: "属实"})
	w.refuses("R18", "unknown-subject", "duty/d", &duty.Performed{Subject: "nowhere", Unit: "u"})
	w.flags([]string{"unknown-department"}, "duty/d", &duty.Performed{Subject: "firm", Unit: "u"})
	w.refuses("pillar 14", "id-taken", "duty/d", &duty.Performed{Subject: "firm", Unit: "u"})
	w.accepts("duty/d", &duty.Reviewed{Opinion: "属实"})
}
