package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/projections"
)

// Rows of which no other test has the name.

// R21: whether speeding and overloading, tired driving, illegal operation and illegal driving are supervised is asked by four items. Each
// that published checklists leave out is flagged by its id, under the row; with all four nothing is.
func TestR21SupervisionOfTheRoadsIsAsked(t *testing.T) {
	s := newScene(t)
	road := []string{"T-1", "T-2", "T-5", "T-6"}
	dropped := func(ids []string) (items []string) {
		list := &table.Published{Table: table.Checklists}
		for _, id := range ids {
			list.Items = append(list.Items, table.Item{ID: id, Text: "监管是否到位", Section: "management", Bad: "no", Sectors: []string{"TRAFFIC"},
				Kinds: []string{"government-unit", "enterprise"}, Supervision: true})
		}
		raw, _ := s.event("table/checklists", list)
		said := decode[struct {
			Receipts []struct{ Deviations []Deviation }
		}](s.fixture, s.want(s.post(desk, raw), 201, ""))
		for _, d := range said.Receipts[0].Deviations {
			var values struct{ Items []string }
			if d.Rule == law.R21.String() {
				raw, err := json.Marshal(d.Values)
				s.must(err)
				s.must(json.Unmarshal(raw, &values))
				items = append(items, values.Items...)
			}
		}
		return items
	}
	for i, id := range road {
		if got := dropped(slices.Delete(slices.Clone(road), i, i+1)); !slices.Equal(got, []string{id}) {
			t.Errorf("without %s: %q", id, got)
		}
	}
	if got := dropped(road); got != nil {
		t.Errorf("with all of them: %q", got)
	}
}

// R30: the campaign goes through the whole city: in each report by counties, every county and every zone that there is has a line, also
// where nobody was registered and nobody came.
func TestR30EveryCountyAndZoneHasALine(t *testing.T) {
	w := newFixtureWith(t, withReports(t))
	w.visit()
	w.arrive()
	var there []string
	for _, area := range codes.Counties() {
		if area.In(w.ledger.Now().Year()) {
			there = append(there, area.Code)
		}
	}
	served := 0
	for _, r := range decode[ReportList](w, w.want(w.get(office, "/v1/reports"), 200, "")).Reports {
		if !slices.Contains(r.Rows, "county") {
			continue
		}
		served++
		a := decode[ReportAnswer](w, w.want(w.get(office, "/v1/reports/"+r.ID+"?rows=county"), 200, ""))
		for _, code := range there {
			if !slices.ContainsFunc(a.Rows, func(row report.DocumentRow) bool { return row.Group["county"] == code }) {
				t.Errorf("report %s has no line of %s", r.ID, code)
			}
		}
	}
	if served < 10 {
		t.Errorf("%d reports are by counties", served)
	}
}

// R52: the discipline commission reads every entry, also of a visit that is hidden from others, and each of its reads is in the access log;
// what it notes of a team nobody else writes or reads.
func TestR52TheCommissionReadsAllAndItsRecordsAreItsOwn(t *testing.T) {
	s := newScene(t)
	s.given("inspection/i", begun(), in("c"))
	alone := s.key(event.RoleDisciplineCommission).ID
	noted := &inquiry.Observed{Team: "t1", Facts: sealedFor(alone)}
	s.says("role-may-not-append", "inquiry/m", noted)
	s.says("role-may-not-append", "inquiry/m", noted, as("wang"))
	s.says("", "inquiry/m", noted, as(commission))
	at := s.size() - 1
	for i := range s.size() {
		path := fmt.Sprint("/v1/entries/", i)
		raw := s.want(s.get(commission, path), 200, "").body
		if i == at && !strings.Contains(string(raw), "discipline-observation-recorded") {
			t.Errorf("entry %d: %s", i, raw)
		}
		if !slices.Contains(s.access.objects(), commission+" "+path) {
			t.Errorf("that the commission read %s is not in the access log", path)
		}
	}
	for _, who := range []string{office, "wang", "ma", desk, "hanbin", "mines"} {
		s.want(s.get(who, fmt.Sprint("/v1/entries/", at)), 404, law.NotFound)
		if got := s.streamsOf("inquiry", who); got != nil {
			t.Errorf("%s sees %q", who, got)
		}
	}
	s.want(s.get("li t2", fmt.Sprint("/v1/entries/", at-2)), 404, law.NotFound) // the visit, to somebody of another team
}

// R67: what a result is used for is recorded, each use, in the file of the unit's assessment, and an entry that says neither a deduction
// nor a use is refused; the unit reads what was done with its result, and others do not.
func TestR67TheUseOfAResultIsRecordedAndShown(t *testing.T) {
	s, _ := unitScene(t)
	const at = "assessment/mines.2019"
	s.says("assessment-says-nothing", at, &assessment.Recorded{})
	uses := codes.List("assessment-use")
	for _, use := range uses {
		s.says("", at, &assessment.Recorded{Applied: use})
	}
	for _, who := range []string{office, "mayor", "mines"} {
		v := decode[projections.DutyView](s.fixture, s.want(s.get(who, "/v1/duties/mines?wait_for=1"), 200, ""))
		var got []string
		for _, u := range v.Uses {
			got = append(got, u.Applied)
		}
		if !slices.Equal(got, uses) || len(uses) == 0 || v.Points != 0 {
			t.Errorf("%s reads the uses %q and %g points", who, got, v.Points)
		}
	}
	s.want(s.get("hanbin", "/v1/duties/mines"), 404, law.NotFound)
}
