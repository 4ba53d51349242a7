package projector_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// R50: a sector of a county is assured when it was walked through and every inspected subject of it is; what holds a subject up does
// so until it is put right, taken back, accepted, or its visit is closed. How much was covered stands beside it.
func TestR50ASectorIsAssuredWhenEveryInspectedSubjectIs(t *testing.T) {
	l := &ledger{}
	l.register("S0", "甲", "")
	l.register("S1", "乙", "")
	l.register("S2", "丙", "")
	last := func() uuid.UUID { return l.events[len(l.events)-1].ID }
	by := func(d event.Data) { // the ledger says it of the visit to S1
		l.append(epoch, event.Stream{Kind: event.Inspection, ID: "I1"}, event.About{Subject: "S1", County: "610902", Team: "T0"},
			event.Derived, d)
	}
	says := func(why string, inspected, assured int64) {
		t.Helper()
		p := l.all()
		got, err := p.Assured(ctx, projector.Query{For: office})
		want := projector.AssuredSector{County: "610902", Sector: "FIRE", Registered: 3, Inspected: inspected, Subjects: assured,
			Assured: inspected > 0 && inspected == assured}
		if err != nil || len(got.Sectors) != 1 || got.Sectors[0] != want {
			t.Errorf("%s: %+v, %v, want %+v", why, got.Sectors, err, want)
		}
		for id, is := range map[string]bool{"S0": inspected > 0, "S1": inspected == 2 && assured == 2, "S2": false} {
			if v, err := p.Subject(ctx, id, projector.Query{For: office}); err != nil || v.Assured.Assured != is {
				t.Errorf("%s: %s by its own view %+v, %v", why, id, v.Assured, err)
			}
		}
	}
	says("nobody was there", 0, 0)
	l.arrived("I0", "S0", "610902")
	says("one of three", 1, 1)
	l.visit("I1", "S1", "610902", started)
	l.visit("I1", "S1", "610902", &inspection.FindingRecorded{Finding: "F", Level: "general"})
	says("a visit that is not disclosed", 1, 1)
	l.visit("I1", "S1", "610902", &inspection.Arrived{})
	says("a finding is open", 2, 1)
	l.visit("I1", "S1", "610902", &inspection.FixedOnSite{Finding: "F"})
	says("it is put right", 2, 2)
	by(&oversight.DeviationFlagged{Code: "short-visit", Rule: "R37"})
	flag := last().String()
	says("a flag stands", 2, 1)
	l.visit("I1", "S1", "610902", &oversight.DeviationExplained{Deviation: flag, Explanation: "x"})
	explanation := last().String()
	says("it is explained", 2, 1)
	l.visit("I1", "S1", "610902", &oversight.ApprovalRefused{Event: explanation})
	says("the explanation is not accepted", 2, 1)
	l.visit("I1", "S1", "610902", &oversight.ApprovalGiven{Event: explanation})
	says("the explanation is accepted", 2, 2)
	by(&oversight.StatementLapsed{Statement: flag, Code: "short-visit", Rule: "R37"})
	says("it lapses beside", 2, 2)
	by(&oversight.DeadlinePassed{Obligation: "site-record"})
	says("something is overdue", 2, 1)
	by(&oversight.StatementLapsed{Statement: last().String(), Rule: "R42"})
	says("it was in time", 2, 2)
	by(&oversight.DeadlinePassed{Obligation: "copy"})
	l.visit("I1", "S1", "610902", &inspection.Closed{})
	says("the visit is closed", 2, 2)
}

// R50, R30, R39: a zone counts in its own line and its county's; who may not see a sector or a county has no line of it.
func TestR50WhoMaySeeASectorIsDecidedBeforeItIsCounted(t *testing.T) {
	l := &ledger{}
	l.append(epoch, event.Stream{Kind: event.Table, ID: "units"}, event.About{}, event.Token, &table.Published{Table: table.Units,
		Units: []table.Unit{{ID: "fire", Sectors: []string{"FIRE"}}, {ID: "mines", Sectors: []string{"MINE"}}}})
	l.arrived("I0", "S0", "610971")
	for role, want := range map[event.Actor]int{
		office: 2, {Role: event.RoleCityGovernment}: 2, {Role: event.RoleDepartment, Unit: "fire"}: 2,
		{Role: event.RoleDepartment, Unit: "mines"}: 0, {Role: event.RoleCountyGovernment, County: "610902"}: 2,
		{Role: event.RoleCountyGovernment, County: "610971"}: 1, {Role: event.RoleCountyGovernment, County: "610921"}: 0,
	} {
		got, err := l.all().Assured(ctx, projector.Query{For: role})
		if err != nil || len(got.Sectors) != want {
			t.Errorf("%+v: %+v, %v", role, got.Sectors, err)
		}
		for _, s := range got.Sectors {
			if !s.Assured || s.Inspected != 1 || s.Registered != 0 {
				t.Errorf("%+v: %+v", role, s)
			}
		}
	}
}
