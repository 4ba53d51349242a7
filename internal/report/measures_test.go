package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/report"
)

// ofMeasures is a visit with three findings: f is stopped twice, of which one stop has ended, g is not stopped, with a reason, and h is
// neither.
func ofMeasures() (events []*event.Event) {
	cat := domain.Catalogue()
	add := func(day int, stream, name string, d event.Data, derived bool) {
		of, err := event.ParseStream(stream)
		if err != nil {
			panic(err)
		}
		at := time.Date(2019, 12, day, 9, 0, 0, 0, event.Beijing)
		e := &event.Event{Index: uint64(len(events)), ID: event.OwnID("measures", name, fmt.Sprint(len(events))), Type: cat.Newest(name),
			Stream: of, Recorded: at, Occurred: at, Assurance: event.Token, Data: d,
			Actor: event.Actor{Role: event.RoleInspector, Person: "ma", Team: "t1"},
			About: event.About{Subject: "firm", Team: "t1", County: "610902", Sectors: []string{"INDTRADE"}}}
		if derived {
			e.Assurance, e.Actor = event.Derived, event.Actor{Role: event.RoleLedger}
		}
		events = append(events, e)
	}
	const visit = "inspection/t1.i"
	add(1, visit, "inspection-started", &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial",
		EnforcingAuthority: "emergency-city"}, false)
	add(1, visit, "inspector-arrived", &inspection.Arrived{}, false)
	for _, id := range []string{"f", "g", "h"} {
		add(1, visit, "finding-recorded", &inspection.FindingRecorded{Finding: id, Level: "general", Violation: "unlicensed"}, false)
	}
	stop := &order.Issued{Inspection: "t1.i", Order: "o", Kind: "stop", Findings: []string{"f"}, Scope: "full",
		LegalBasis: []event.Citation{{Law: "安全生产法", Article: "65"}}}
	add(2, "order/t1.o", "order-issued", stop, false)
	part := *stop
	part.Order, part.Kind, part.Scope, part.Until, part.LegalBasis = "p", "stop-using", "part", "2019-12-31",
		[]event.Citation{{Law: "特种设备安全法", Article: "60"}}
	add(3, "order/t1.p", "order-issued", &part, false)
	add(5, "order/t1.o", "order-lifted", &order.Lifted{Ground: "rectified", Reason: "x"}, false)
	closing := &inspection.Closed{NotApplied: []inspection.NotApplied{{Measure: "shut", Findings: []string{"g"}, Reason: "情节轻微"}}}
	add(6, visit, "inspection-closed", closing, false)
	add(6, visit, "deviation-flagged", &oversight.DeviationFlagged{Code: "measure-unexplained", Rule: "R55", Item: "h",
		Event: events[len(events)-1].ID.String()}, true)
	return events
}

// R46, R55: the list of stops has the ground, scope and end of each, and the days of all that stops until the last of them is lifted; the
// four measures that were not applied stand beside them, with reasons or without.
func TestR46R55StopsHaveTheirGroundAndWhatWasNotAppliedItsReason(t *testing.T) {
	b := database(t, ofMeasures())
	office := event.Actor{Role: event.RoleSupervisionOffice}
	visits, _ := answered(t, b, "22", office, report.Question{Rows: "authority"}) // it reads the register of visits
	for _, id := range []string{"L5", "L5c"} {
		_, total := answered(t, b, id, office, report.Question{Rows: "county"})
		for name, want := range map[string]int64{"findings": 3, "stopped": 1, "none": 2, "reasoned": 1, "unexplained": 1} {
			if total[name] != want {
				t.Errorf("%s: %s is %v, want %d", id, name, total[name], want)
			}
		}
		for by, want := range map[string]any{"authority": visits[0]["by authority"], "sector": "INDTRADE"} { // those of the visit
			if rows, _ := answered(t, b, id, office, report.Question{Rows: by}); want == nil || len(rows) != 1 ||
				rows[0]["by "+by] != want || rows[0]["findings"] != int64(3) {
				t.Errorf("%s by %s: %v, want %v", id, by, rows, want)
			}
		}
		rows, _ := answered(t, b, id, office, report.Question{Rows: "each"})
		if len(rows) != 3 {
			t.Fatalf("%s: %v", id, rows)
		}
		f, g := rows[0], rows[1]
		days, _ := f["stop_days"].(int64) // 3 until the first was lifted; the other one lasts
		if f["stop"] != "stop-using" || f["law"] != "特种设备安全法" || f["article"] != "60" || f["extent"] != "part" ||
			f["until"] != "2019-12-31" || days <= 3 || g["stop"] != nil || g["not_applied"] != " shut " {
			t.Errorf("%s: %v\n%v", id, f, g)
		}
	}
}
