package projections_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/projections"
)

func purposeCounts(p inspection.Purpose) (inspections, offSite, guidance int64) {
	d := *begin
	d.Purpose = &p
	f := projections.NewTeamFold("T1", projections.Selection{})
	for _, e := range story(&d, &inspection.Arrived{}, &inspection.Attempted{Reason: "locked"}) {
		f.Apply(e)
	}
	v := f.View()
	return v.Counts.Inspections, v.OffSiteChecks, v.GuidanceVisits
}

func TestN14AnOffSiteCheckIsNoInspection(t *testing.T) {
	if n, off, help := purposeCounts(inspection.Purpose{Kind: "daily", OffSite: true}); n != 0 || off != 1 || help != 0 {
		t.Errorf("%d inspections, %d off-site, %d guidance", n, off, help)
	}
}

func TestN15GuidanceIsCountedApart(t *testing.T) {
	if n, off, help := purposeCounts(inspection.Purpose{Kind: "guidance", OffSite: true}); n != 0 || off != 0 || help != 1 {
		t.Errorf("%d inspections, %d off-site, %d guidance", n, off, help)
	}
	if n, off, help := purposeCounts(inspection.Purpose{Kind: "daily"}); n != 1 || off != 0 || help != 0 {
		t.Errorf("a daily visit: %d inspections, %d off-site, %d guidance", n, off, help)
	}
}
