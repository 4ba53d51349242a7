package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/importer"
)

var (
	chicagoInspections = importer.Kind{
		Name:     "Chicago food inspections",
		Required: []string{"Inspection_ID", "DBA_Name", "License", "Risk", "Inspection_Date", "Inspection_Type", "Results", "sanitarian"},
		Known: []string{"AKA_Name", "Facility_Type", "Address", "City", "State", "Zip", "Latitude", "Longitude",
			"criticalCount", "seriousCount", "minorCount"},
	}
	chicagoItems = importer.Kind{Name: "Chicago food inspection items", Required: []string{"Inspection_ID", "item_no", "count"}}
	chicagoPlace = []string{"DBA_Name", "AKA_Name", "License", "Facility_Type", "Risk", "Address", "City", "State", "Zip", "Latitude",
		"Longitude"}
	chicagoVisit = []string{"Inspection_ID", "Inspection_Type", "sanitarian"}
	chicagoCount = []string{"Results", "criticalCount", "seriousCount", "minorCount"}
)

type chicagoRow struct {
	importer.Record
	subject, team string // stream ids; no team when the source names none
	inspection    string // what the source calls it
	day           time.Time
	items         []chicagoItem
}

type chicagoItem struct {
	importer.Record
	no    string
	count int
}

// mapChicago maps food inspections of the City of Chicago: two files, one of inspections and
// one of the numbered check items in which they found something.
//
// Decisions. The sanitarian is one of six groups of inspectors, so it is a team, of unknown
// kind; a blank one is no team. An item is answered "no" (not in order) and gives as many
// findings as its count; the source does not grade items, so the level is unknown and
// criticalCount, seriousCount and minorCount stay in the source of the result. Items that an
// inspection does not list are not answered at all: the source does not say that they were
// checked. "Risk 1 (High)" makes the subject high-risk. A Canvass is an initial visit. A
// license whose descriptions vary is registered from its earliest inspection; what differs
// later is kept in the source of the visit.
func mapChicago(a *importer.Author, tables [][]*importer.Table, rep *importer.Report) *importer.Dataset {
	byID := map[string]*chicagoRow{}
	subjects := map[string][]*chicagoRow{}
	var order []string
	for _, t := range tables[0] {
		for _, rec := range t.Rows {
			r, err := parseChicago(rec)
			if err == nil && byID[r.Get("Inspection_ID")] != nil {
				err = fmt.Errorf("the same Inspection_ID stands in %s", byID[r.Get("Inspection_ID")].At)
			}
			if err != nil {
				rep.Skip(rec.At, "%v", err)
				continue
			}
			byID[r.Get("Inspection_ID")] = r
			if subjects[r.subject] == nil {
				order = append(order, r.subject)
			}
			subjects[r.subject] = append(subjects[r.subject], r)
			noteChicago(r, rep)
		}
	}
	attachItems(byID, tables[1], rep)
	d := &importer.Dataset{First: chicagoTeams(a, subjects)}
	for _, id := range order {
		d.Subjects = append(d.Subjects, func() []importer.Item { return chicagoSubject(a, id, subjects[id]) })
	}
	return d
}

func parseChicago(rec importer.Record) (*chicagoRow, error) {
	r := &chicagoRow{Record: rec}
	var errs [4]error
	r.subject, errs[0] = streamID("chicago", "License", r.Get("License"))
	r.inspection, errs[1] = originOf(r.Record, "Inspection_ID")
	r.day, errs[2] = parseDay("Inspection_Date", r.Get("Inspection_Date"))
	if s := r.Get("sanitarian"); s != "" {
		r.team, errs[3] = streamID("chicago", "sanitarian", s)
	}
	err := firstError(append(errs[:],
		checkLine("DBA_Name", r.Get("DBA_Name"), 200), checkLine("Address", r.Get("Address"), 300),
		checkLine("License", r.Get("License"), 100),
		checkTerms(r.Record, slices.Concat(chicagoPlace, chicagoVisit, chicagoCount)))...)
	if err == nil && r.Get("DBA_Name") == "" {
		err = missing("DBA_Name")
	}
	return r, err
}

func noteChicago(r *chicagoRow, rep *importer.Report) {
	if r.team == "" {
		rep.Note("no sanitarian: the team stays unknown")
	}
	if v := r.Get("Inspection_Type"); v != "Canvass" {
		rep.Note("Inspection_Type %q has no counterpart: kept in the visit's source", v)
	}
	if v := r.Get("Results"); chicagoResults[v] == "" {
		rep.Note("Results %q has no counterpart: no result is recorded", v)
	}
}

var chicagoResults = map[string]string{"Pass": "pass", "Pass w/ Conditions": "conditional", "Fail": "fail"}

// attachItems gives the check items to their inspections.
func attachItems(byID map[string]*chicagoRow, tables []*importer.Table, rep *importer.Report) {
	seen := map[[2]string]bool{}
	for _, t := range tables {
		for _, rec := range t.Rows {
			it := chicagoItem{Record: rec, no: rec.Get("item_no")}
			key := [2]string{rec.Get("Inspection_ID"), it.no}
			owner := byID[key[0]]
			var err error
			it.count, err = strconv.Atoi(rec.Get("count"))
			switch {
			case owner == nil:
				rep.Skip(rec.At, "no inspection %q among the inspections that were read", key[0])
			case !event.ValidID("item-"+it.no) || it.no == "" || len(it.no) > 20:
				rep.Skip(rec.At, "item_no: %q is no item number", it.no)
			case seen[key]:
				rep.Skip(rec.At, "item %s of inspection %s stood in an earlier row", it.no, key[0])
			case err != nil || it.count < 0 || it.count > 500:
				rep.Skip(rec.At, "count: %q is no count from 0 to 500", rec.Get("count"))
			default:
				seen[key] = true
				owner.items = append(owner.items, it)
			}
		}
	}
}

// chicagoTeams forms each team on the day of its earliest inspection.
func chicagoTeams(a *importer.Author, subjects map[string][]*chicagoRow) []importer.Item {
	first := map[string]*chicagoRow{}
	for _, rows := range subjects {
		for _, r := range rows {
			if f := first[r.team]; r.team != "" && (f == nil || r.day.Before(f.day) || r.day.Equal(f.day) && r.At.Line < f.At.Line) {
				first[r.team] = r
			}
		}
	}
	out := &importer.Items{Author: a}
	for id, r := range first {
		out.Add(r.At, "team-formed", event.Stream{Kind: event.Team, ID: id}, r.day, &team.Formed{
			Name: r.Get("sanitarian"), Source: r.Terms("sanitarian"), Unknown: event.Unknown{"kind"},
		}, r.Get("sanitarian"))
	}
	slices.SortFunc(out.List, func(x, y importer.Item) int { return cmp.Compare(x.Event.Stream.ID, y.Event.Stream.ID) })
	return out.List
}

// chicagoSubject makes the events of one license.
// highRisk is the class of what "Risk 1 (High)" is.
func highRisk(risk string) []string {
	if risk != "Risk 1 (High)" {
		return nil
	}
	return []string{"high-risk-industry"}
}

func chicagoSubject(a *importer.Author, id string, rows []*chicagoRow) []importer.Item {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y *chicagoRow) int {
		return cmp.Or(x.day.Compare(y.day), cmp.Compare(x.inspection, y.inspection))
	})
	first := rows[0]
	place := parsePlace(first.Get("Latitude"), first.Get("Longitude"))
	out := &importer.Items{Author: a}
	out.Add(first.At, "subject-registered", event.Stream{Kind: event.Subject, ID: id}, first.day, &subject.Registered{
		Kind: "enterprise", Name: oneLine(first.Get("DBA_Name")), Address: oneLine(first.Get("Address")),
		OtherIDs: map[string]string{"License": first.Get("License")},
		Place:    place, Sectors: []string{"FOOD"}, RiskClasses: highRisk(first.Get("Risk")), Discovery: "import",
		Source: first.Terms(chicagoPlace...), Unknown: unknownOfPlace(first.Get("Address"), place),
	}, first.Get("License"))
	for _, r := range rows {
		chicagoInspection(out, r, first)
	}
	return out.List
}

func chicagoInspection(out *importer.Items, r, registered *chicagoRow) {
	stream := out.Author.Visit(r.inspection)
	visit := ""
	if r.Get("Inspection_Type") == "Canvass" {
		visit = "initial"
	}
	source := r.Terms(chicagoVisit...)
	keepChanged(source, r.Record, registered.Record, chicagoPlace)
	out.Add(r.At, "inspection-started", stream, r.day, &inspection.Started{
		Subject: r.subject, Team: r.team, Sector: "FOOD", VisitType: visit, Source: source, Unknown: unknownOfVisit(r.team, visit),
	}, r.inspection)
	for _, it := range r.items {
		origin := r.inspection + "/" + it.no
		answer := "no"
		if it.count == 0 {
			answer = "yes"
		}
		out.Add(it.At, "check-answered", stream, r.day, &inspection.CheckAnswered{
			Item: it.no, Answer: answer, Source: it.Terms("item_no", "count"),
		}, origin)
		for n := 1; n <= it.count; n++ {
			finding := fmt.Sprintf("item-%s-%d", it.no, n)
			out.Add(it.At, "finding-recorded", stream, r.day, &inspection.FindingRecorded{
				Finding: finding, Unknown: noLevel, Source: it.Terms("item_no", "count"),
				Description: fmt.Sprintf("Check item %s not in order (%d of %d)", it.no, n, it.count),
			}, fmt.Sprintf("%s/%d", origin, n))
		}
	}
	if result := chicagoResults[r.Get("Results")]; result != "" {
		out.Add(r.At, "inspection-result-recorded", stream, r.day, &inspection.ResultRecorded{
			Result: result, Source: r.Terms(chicagoCount...),
		}, r.inspection)
	}
}
