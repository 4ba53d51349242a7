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

// N08: what a firm refuses because papers are missing is counted apart from attempts, once for a visit.
func TestN08ALawfulRefusalIsCountedApart(t *testing.T) {
	refused := &inspection.EntryRefused{Faults: []string{"no-notice"}, By: "张三"}
	for _, c := range []struct {
		facts              []event.Data
		refused, attempted int64
	}{{[]event.Data{begin, &inspection.Attempted{Reason: "locked"}}, 0, 1}, {[]event.Data{begin, refused, refused}, 1, 0},
		{[]event.Data{begin, refused, &inspection.Attempted{Reason: "refused"}}, 1, 1}} {
		f := projections.NewTeamFold("T1", projections.Selection{})
		for _, e := range story(c.facts...) {
			f.Apply(e)
		}
		if v := f.View(); v.EntriesRefused != c.refused || v.Attempted != c.attempted {
			t.Errorf("%d refused, %d attempted, want %+v", v.EntriesRefused, v.Attempted, c)
		}
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

// R28: a visit that found nobody is no inspection, in whatever order it is told; who came all the same has inspected.
func TestR28AnAttemptIsNoInspection(t *testing.T) {
	try, come := &inspection.Attempted{Reason: "locked"}, &inspection.Arrived{}
	for _, c := range []struct {
		facts                  []event.Data
		inspections, attempted int64
	}{{[]event.Data{begin}, 1, 0}, {[]event.Data{begin, try}, 0, 1}, {[]event.Data{try, begin}, 0, 1}, {[]event.Data{begin, come}, 1, 0},
		{[]event.Data{begin, try, come}, 1, 1}, {[]event.Data{begin, come, try}, 1, 1}} {
		f := projections.NewTeamFold("T1", projections.Selection{})
		for _, e := range story(c.facts...) {
			f.Apply(e)
		}
		if v := f.View(); v.Counts.Inspections != c.inspections || v.Attempted != c.attempted {
			t.Errorf("%T: %d inspections, %d attempted, want %+v", c.facts, v.Counts.Inspections, v.Attempted, c)
		}
	}
}
