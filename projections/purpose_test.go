package projections_test

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
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

// N05, N13: a visit that two authorities make together is one inspection of the subject, and one of each authority in the year.
func TestN13ACombinedVisitIsOneForTheSubject(t *testing.T) {
	d := *begin
	d.EnforcingAuthority, d.Jointly = "a", []string{"b"}
	f := projections.NewSubjectFold(d.Subject, projections.Selection{})
	for _, e := range story(&d, &inspection.Arrived{}) {
		f.Apply(e)
	}
	v := f.View()
	year := event.YearOf(v.Inspections[0].Occurred)
	want := []projections.AuthorityCount{{Authority: "a", Year: year, Inspections: 1}, {Authority: "b", Year: year, Inspections: 1}}
	if !slices.Equal(v.ByAuthority, want) || v.Counts.Inspections != 1 ||
		!slices.Equal(v.Inspections[0].Authorities, []string{"a", "b"}) {
		t.Errorf("%d inspections, %+v", v.Counts.Inspections, v.ByAuthority)
	}
}
