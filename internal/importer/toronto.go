package importer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
)

var (
	torontoKind = kind{
		name: "Toronto DineSafe",
		required: []string{"source_file", "Rec #", "Establishment ID", "Inspection ID", "Establishment Name",
			"Infraction Details", "Inspection Date", "Severity", "Action", "Outcome", "Amount Fined"},
		known: []string{"Establishment Type", "Establishment Address", "Latitude", "Longitude", "Establishment Status", "Min. Inspections Per Year"},
	}
	// torontoPlace are the columns that describe the establishment, not the visit.
	torontoPlace = []string{"Establishment ID", "Establishment Name", "Establishment Type", "Establishment Address",
		"Latitude", "Longitude", "Establishment Status", "Min. Inspections Per Year"}
	torontoFinding = []string{"source_file", "Rec #", "Severity", "Action", "Outcome", "Amount Fined"}
)

// torontoRow is one row: an infraction, or an inspection that found none.
type torontoRow struct {
	record
	subject            string // stream id
	inspection, origin string // what the source calls the inspection and the row
	key                string // of what the row gives, within the inspection
	day                time.Time
	fined              int64 // Canadian cents
	fineStated         bool
}

func (r torontoRow) clean() bool { return r.get("Infraction Details") == "" }

// mapToronto maps inspections of the City of Toronto's DineSafe programme.
//
// A row is identified by the publisher's own Inspection ID, source_file and Rec #; a row that
// was changed since it was imported is therefore a conflict that names the row, not a second
// infraction.
//
// Decisions. Severity: "C - Crucial" is DineSafe's immediate health hazard, which must be
// corrected at once or the premises closed; that meets the definition of a 重大事故隐患
// (a major hazard needs a full or part stop), so it is major; S and M are general; NA is
// unknown. Action: a Notice to Comply is an order to rectify by a date that the source does
// not state; a Closure Order is a stop; a Health Hazard Order is an order to rectify at
// once; Corrected During Inspection is a finding fixed on site; a Ticket or a Summons is a
// charge, not a measure, and its result is the Outcome; any other Action has no counterpart,
// is kept in the source and reported. Outcome: an amount above 0 is a fine, final only when
// the outcome is a conviction (an amount beside Pending or Withdrawn is a contradiction of
// the source: recorded as not final, which the ledger flags); a conviction "Fined" without
// an amount is a fine of unknown amount; a suspended sentence, and charges withdrawn,
// dismissed or quashed, are no penalty; Pending and blank decide nothing. The status of an
// establishment and its inspections per year describe the establishment, not a visit: they
// stay in its source.
func mapToronto(a *author, tables [][]*table, rep *report) *dataset {
	subjects := map[string][]torontoRow{}
	var order []string
	owner := map[string]torontoRow{} // inspection → its first row
	seen := map[string]bool{}
	for _, t := range tables[0] {
		for _, rec := range t.rows {
			r, err := parseToronto(rec)
			if first, known := owner[r.inspection]; err == nil && known && (first.subject != r.subject || !first.day.Equal(r.day)) {
				err = fmt.Errorf("another establishment or date has the same Inspection ID in %s", first.at)
			}
			if err == nil && seen[r.origin] {
				err = fmt.Errorf("the same Inspection ID, source_file and Rec # stood in an earlier row")
			}
			if err != nil {
				rep.skip(rec.at, "%v", err)
				continue
			}
			seen[r.origin] = true
			if _, known := owner[r.inspection]; !known {
				owner[r.inspection] = r
			}
			if subjects[r.subject] == nil {
				order = append(order, r.subject)
			}
			subjects[r.subject] = append(subjects[r.subject], r)
			noteToronto(r, rep)
		}
	}
	d := &dataset{}
	for _, id := range order {
		d.subjects = append(d.subjects, func() []item { return torontoSubject(a, id, subjects[id]) })
	}
	return d
}

func parseToronto(rec record) (torontoRow, error) {
	r := torontoRow{record: rec}
	var errs [5]error
	r.subject, errs[0] = streamID("toronto", "Establishment ID", r.get("Establishment ID"))
	r.inspection, errs[1] = r.originOf("Inspection ID")
	r.day, errs[2] = parseDay("Inspection Date", r.get("Inspection Date"))
	r.fined, r.fineStated, errs[3] = parseMinor("Amount Fined", r.get("Amount Fined"))
	r.origin, errs[4] = r.originOf("Inspection ID", "source_file", "Rec #")
	err := firstError(append(errs[:],
		checkLine("Establishment Name", r.get("Establishment Name"), 200),
		checkLine("Establishment Address", r.get("Establishment Address"), 300),
		checkLine("Establishment ID", r.get("Establishment ID"), 100),
		r.checkTerms(append(torontoPlace, append(torontoFinding, "Infraction Details")...)))...)
	switch {
	case err != nil:
	case r.get("Establishment Name") == "":
		err = missing("Establishment Name")
	case r.get("Rec #") == "":
		err = missing("Rec #")
	case r.clean() && r.get("Severity")+r.get("Action")+r.get("Outcome")+r.get("Amount Fined") != "":
		err = fmt.Errorf("a severity, action, outcome or fine without Infraction Details")
	}
	r.key = "r" + digest(8, r.get("Inspection ID"), r.get("source_file"), r.get("Rec #"))
	return r, err
}

// noteToronto reports what a row says that has no exact counterpart.
func noteToronto(r torontoRow, rep *report) {
	action, outcome := r.get("Action"), r.get("Outcome")
	if _, known := torontoOrders[action]; !known && !slices.Contains([]string{"", "Ticket", "Summons", "Corrected During Inspection"}, action) {
		rep.note("Action %q has no counterpart: kept in the finding's source, no measure is recorded", action)
	}
	switch {
	case r.fined > 0 && !torontoConvicted(outcome):
		rep.note("a fine beside the Outcome %q contradicts itself: recorded as a penalty that is not final", outcome)
	case r.fined == 0 && torontoFined(outcome):
		rep.note("Outcome %q without an amount: recorded as a fine of unknown amount", outcome)
	case outcome != "" && outcome != "Pending" && !torontoConvicted(outcome) && !torontoDropped(outcome):
		rep.note("Outcome %q has no counterpart: kept in the finding's source", outcome)
	}
}

var torontoOrders = map[string]string{
	"Notice to Comply":                "rectify-by-date",
	"Closure Order":                   "stop",
	"Summons and Health Hazard Order": "rectify-at-once",
}

func torontoFined(outcome string) bool {
	return outcome == "Conviction - Fined" || outcome == "Conviction - Fined & Probationary Order"
}

func torontoConvicted(outcome string) bool {
	return torontoFined(outcome) || outcome == "Conviction - Suspended Sentence"
}

func torontoDropped(outcome string) bool {
	return slices.Contains([]string{"Charges Withdrawn", "Charges Dismissed", "Charges Quashed"}, outcome)
}

// torontoSubject makes the events of one establishment.
func torontoSubject(a *author, id string, rows []torontoRow) []item {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y torontoRow) int {
		return cmp.Or(x.day.Compare(y.day), cmp.Compare(x.inspection, y.inspection))
	})
	first := rows[0]
	place := parsePlace(first.get("Latitude"), first.get("Longitude"))
	out := &items{author: a}
	out.add(first.at, "subject-registered", event.Stream{Kind: event.Subject, ID: id}, first.day, &subject.Registered{
		Kind: "enterprise", Name: oneLine(first.get("Establishment Name")), Address: oneLine(first.get("Establishment Address")),
		OtherIDs: map[string]string{"Establishment ID": first.get("Establishment ID")},
		Place:    place, Sectors: []string{"FOOD"}, Discovery: "import", Source: first.terms(torontoPlace...),
		Unknown: whereabouts(first.get("Establishment Address"), place),
	}, first.get("Establishment ID"))
	visit := ""
	for _, r := range rows {
		stream := out.author.visit(r.inspection)
		if r.inspection != visit {
			visit = r.inspection
			source := r.terms("Inspection ID", "source_file")
			keepChanged(source, r.record, first.record, torontoPlace)
			out.add(r.at, "inspection-started", stream, r.day, &inspection.Started{
				Subject: id, Sector: "FOOD", Source: source, Unknown: unsaid("", ""),
			}, r.inspection)
		}
		if !r.clean() {
			torontoInfraction(out, stream, r)
		}
	}
	return out.list
}

// keepChanged adds the columns in which a visit's row describes the subject otherwise than
// the row it was registered from.
func keepChanged(source event.Source, r, registered record, columns []string) {
	for _, c := range columns {
		if v := r.get(c); v != registered.get(c) {
			source[c] = v
		}
	}
}

func torontoInfraction(out *items, stream event.Stream, r torontoRow) {
	level, unknown := "", noLevel
	switch r.get("Severity") {
	case "C - Crucial":
		level, unknown = "major", event.Unknown{"clauses"}
	case "S - Significant", "M - Minor":
		level, unknown = "general", nil
	}
	action, outcome := r.get("Action"), r.get("Outcome")
	charged := action == "Ticket" || action == "Summons" || action == "Summons and Health Hazard Order" || outcome != "" || r.fined > 0
	out.add(r.at, "finding-recorded", stream, r.day, &inspection.FindingRecorded{
		Finding: r.key, Description: r.get("Infraction Details"), Level: level, Punishable: charged,
		Source: r.terms(torontoFinding...), Unknown: unknown,
	}, r.origin)
	if kind := torontoOrders[action]; kind != "" {
		o := &inspection.OrderIssued{Order: r.key, Kind: kind, Findings: []string{r.key}, Source: r.terms("Action")}
		if kind == "rectify-by-date" {
			o.Unknown = event.Unknown{"due"}
		}
		out.add(r.at, "order-issued", stream, r.day, o, r.origin)
	}
	if action == "Corrected During Inspection" {
		out.add(r.at, "finding-fixed-on-site", stream, r.day, &inspection.FixedOnSite{Finding: r.key, Note: action}, r.origin)
	}
	switch source := r.terms("Outcome", "Amount Fined"); {
	case r.fined > 0:
		out.add(r.at, "penalty-decided", stream, r.day, &inspection.PenaltyDecided{
			Penalty: r.key, Findings: []string{r.key}, Kind: "fine", Fine: &event.Money{Currency: "CAD", Amount: r.fined},
			Final: torontoConvicted(outcome), Source: source, Unknown: event.Unknown{"legal_basis"},
		}, r.origin)
	case torontoFined(outcome):
		out.add(r.at, "penalty-decided", stream, r.day, &inspection.PenaltyDecided{
			Penalty: r.key, Findings: []string{r.key}, Kind: "fine", Unknown: event.Unknown{"fine", "legal_basis"}, Final: true, Source: source,
		}, r.origin)
	case torontoConvicted(outcome) || torontoDropped(outcome):
		out.add(r.at, "no-penalty-decided", stream, r.day, &inspection.NoPenaltyDecided{
			Findings: []string{r.key}, Reason: outcome, Source: source,
		}, r.origin)
	}
}
