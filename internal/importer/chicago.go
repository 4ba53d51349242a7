package importer

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
)

var (
	chicagoInspections = kind{
		name:     "Chicago food inspections",
		required: []string{"Inspection_ID", "DBA_Name", "License", "Risk", "Inspection_Date", "Inspection_Type", "Results", "sanitarian"},
		known: []string{"AKA_Name", "Facility_Type", "Address", "City", "State", "Zip", "Latitude", "Longitude",
			"criticalCount", "seriousCount", "minorCount"},
	}
	chicagoItems = kind{name: "Chicago food inspection items", required: []string{"Inspection_ID", "item_no", "count"}}
	chicagoPlace = []string{"DBA_Name", "AKA_Name", "License", "Facility_Type", "Risk", "Address", "City", "State", "Zip", "Latitude", "Longitude"}
	chicagoVisit = []string{"Inspection_ID", "Inspection_Type", "sanitarian"}
	chicagoCount = []string{"Results", "criticalCount", "seriousCount", "minorCount"}
)

type chicagoRow struct {
	record
	subject, team string // stream ids; no team when the source names none
	inspection    string // what the source calls it
	day           time.Time
	items         []chicagoItem
}

type chicagoItem struct {
	record
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
func mapChicago(a *author, tables [][]*table, rep *report) *dataset {
	byID := map[string]*chicagoRow{}
	subjects := map[string][]*chicagoRow{}
	var order []string
	for _, t := range tables[0] {
		for _, rec := range t.rows {
			r, err := parseChicago(rec)
			if err == nil && byID[r.get("Inspection_ID")] != nil {
				err = fmt.Errorf("the same Inspection_ID stands in %s", byID[r.get("Inspection_ID")].at)
			}
			if err != nil {
				rep.skip(rec.at, "%v", err)
				continue
			}
			byID[r.get("Inspection_ID")] = r
			if subjects[r.subject] == nil {
				order = append(order, r.subject)
			}
			subjects[r.subject] = append(subjects[r.subject], r)
			noteChicago(r, rep)
		}
	}
	attachItems(byID, tables[1], rep)
	d := &dataset{first: chicagoTeams(a, subjects)}
	for _, id := range order {
		d.subjects = append(d.subjects, func() []item { return chicagoSubject(a, id, subjects[id]) })
	}
	return d
}

func parseChicago(rec record) (*chicagoRow, error) {
	r := &chicagoRow{record: rec}
	var errs [4]error
	r.subject, errs[0] = streamID("chicago", "License", r.get("License"))
	r.inspection, errs[1] = r.originOf("Inspection_ID")
	r.day, errs[2] = parseDay("Inspection_Date", r.get("Inspection_Date"))
	if s := r.get("sanitarian"); s != "" {
		r.team, errs[3] = streamID("chicago", "sanitarian", s)
	}
	err := firstError(append(errs[:],
		checkLine("DBA_Name", r.get("DBA_Name"), 200), checkLine("Address", r.get("Address"), 300),
		checkLine("License", r.get("License"), 100),
		r.checkTerms(slices.Concat(chicagoPlace, chicagoVisit, chicagoCount)))...)
	if err == nil && r.get("DBA_Name") == "" {
		err = missing("DBA_Name")
	}
	return r, err
}

func noteChicago(r *chicagoRow, rep *report) {
	if r.team == "" {
		rep.note("no sanitarian: the team stays unknown")
	}
	if v := r.get("Inspection_Type"); v != "Canvass" {
		rep.note("Inspection_Type %q has no counterpart: kept in the visit's source", v)
	}
	if v := r.get("Results"); chicagoResults[v] == "" {
		rep.note("Results %q has no counterpart: no result is recorded", v)
	}
}

var chicagoResults = map[string]string{"Pass": "pass", "Pass w/ Conditions": "conditional", "Fail": "fail"}

// attachItems gives the check items to their inspections.
func attachItems(byID map[string]*chicagoRow, tables []*table, rep *report) {
	seen := map[[2]string]bool{}
	for _, t := range tables {
		for _, rec := range t.rows {
			it := chicagoItem{record: rec, no: rec.get("item_no")}
			key := [2]string{rec.get("Inspection_ID"), it.no}
			owner := byID[key[0]]
			var err error
			it.count, err = strconv.Atoi(rec.get("count"))
			switch {
			case owner == nil:
				rep.skip(rec.at, "no inspection %q among the inspections that were read", key[0])
			case !event.ValidID("item-"+it.no) || it.no == "" || len(it.no) > 20:
				rep.skip(rec.at, "item_no: %q is no item number", it.no)
			case seen[key]:
				rep.skip(rec.at, "item %s of inspection %s stood in an earlier row", it.no, key[0])
			case err != nil || it.count < 0 || it.count > 500:
				rep.skip(rec.at, "count: %q is no count from 0 to 500", rec.get("count"))
			default:
				seen[key] = true
				owner.items = append(owner.items, it)
			}
		}
	}
}

// chicagoTeams forms each team on the day of its earliest inspection.
func chicagoTeams(a *author, subjects map[string][]*chicagoRow) []item {
	first := map[string]*chicagoRow{}
	for _, rows := range subjects {
		for _, r := range rows {
			if f := first[r.team]; r.team != "" && (f == nil || r.day.Before(f.day) || r.day.Equal(f.day) && r.at.line < f.at.line) {
				first[r.team] = r
			}
		}
	}
	out := &items{author: a}
	for id, r := range first {
		out.add(r.at, "team-formed", event.Stream{Kind: event.Team, ID: id}, r.day, &team.Formed{
			Name: r.get("sanitarian"), Source: r.terms("sanitarian"), Unknown: event.Unknown{"kind"},
		}, r.get("sanitarian"))
	}
	slices.SortFunc(out.list, func(x, y item) int { return cmp.Compare(x.event.Stream.ID, y.event.Stream.ID) })
	return out.list
}

// chicagoSubject makes the events of one license.
func chicagoSubject(a *author, id string, rows []*chicagoRow) []item {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y *chicagoRow) int {
		return cmp.Or(x.day.Compare(y.day), cmp.Compare(x.inspection, y.inspection))
	})
	first := rows[0]
	place := parsePlace(first.get("Latitude"), first.get("Longitude"))
	out := &items{author: a}
	out.add(first.at, "subject-registered", event.Stream{Kind: event.Subject, ID: id}, first.day, &subject.Registered{
		Kind: "enterprise", Name: oneLine(first.get("DBA_Name")), Address: oneLine(first.get("Address")),
		OtherIDs: map[string]string{"License": first.get("License")},
		Place:    place, Sectors: []string{"FOOD"}, HighRisk: first.get("Risk") == "Risk 1 (High)", Discovery: "import",
		Source: first.terms(chicagoPlace...), Unknown: whereabouts(first.get("Address"), place),
	}, first.get("License"))
	for _, r := range rows {
		chicagoInspection(out, r, first)
	}
	return out.list
}

func chicagoInspection(out *items, r, registered *chicagoRow) {
	stream := out.author.visit(r.inspection)
	visit := ""
	if r.get("Inspection_Type") == "Canvass" {
		visit = "initial"
	}
	source := r.terms(chicagoVisit...)
	keepChanged(source, r.record, registered.record, chicagoPlace)
	out.add(r.at, "inspection-started", stream, r.day, &inspection.Started{
		Subject: r.subject, Team: r.team, Sector: "FOOD", VisitType: visit, Source: source, Unknown: unsaid(r.team, visit),
	}, r.inspection)
	for _, it := range r.items {
		origin := r.inspection + "/" + it.no
		answer := "no"
		if it.count == 0 {
			answer = "yes"
		}
		out.add(it.at, "check-answered", stream, r.day, &inspection.CheckAnswered{
			Item: it.no, Answer: answer, Source: it.terms("item_no", "count"),
		}, origin)
		for n := 1; n <= it.count; n++ {
			finding := fmt.Sprintf("item-%s-%d", it.no, n)
			out.add(it.at, "finding-recorded", stream, r.day, &inspection.FindingRecorded{
				Finding: finding, Unknown: noLevel, Source: it.terms("item_no", "count"),
				Description: fmt.Sprintf("Check item %s not in order (%d of %d)", it.no, n, it.count),
			}, fmt.Sprintf("%s/%d", origin, n))
		}
	}
	if result := chicagoResults[r.get("Results")]; result != "" {
		out.add(r.at, "inspection-result-recorded", stream, r.day, &inspection.ResultRecorded{
			Result: result, Source: r.terms(chicagoCount...),
		}, r.inspection)
	}
}
