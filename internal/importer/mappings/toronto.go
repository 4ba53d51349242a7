package mappings

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/importer"
)

var (
	torontoKind = importer.Kind{
		Name: "Toronto DineSafe",
		Required: []string{"source_file", "Rec #", "Establishment ID", "Inspection ID", "Establishment Name",
			"Infraction Details", "Inspection Date", "Severity", "Action", "Outcome", "Amount Fined"},
		Known: []string{"Establishment Type", "Establishment Address", "Latitude", "Longitude", "Establishment Status",
			"Min. Inspections Per Year"},
	}
	// torontoPlace are the columns that describe the establishment, not the visit.
	torontoPlace = []string{"Establishment ID", "Establishment Name", "Establishment Type", "Establishment Address",
		"Latitude", "Longitude", "Establishment Status", "Min. Inspections Per Year"}
	torontoFinding = []string{"source_file", "Rec #", "Severity", "Action", "Outcome", "Amount Fined"}
)

// torontoRow is one row: an infraction, or an inspection that found none.
type torontoRow struct {
	importer.Record
	subject            string // stream id
	inspection, origin string // what the source calls the inspection and the row
	key                string // of what the row gives, within the inspection
	day                time.Time
	fined              int64 // Canadian cents
	fineStated         bool
}

func (r torontoRow) clean() bool { return r.Get("Infraction Details") == "" }

// mapToronto maps inspections of the City of Toronto's DineSafe programme.
//
// A row is identified by the publisher's own Inspection ID, source_file and Rec #; a row that
// was changed since it was imported is therefore amended by its source, and no second
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
func mapToronto(a *importer.Author, tables [][]*importer.Table, rep *importer.Report) *importer.Dataset {
	subjects := map[string][]torontoRow{}
	var order []string
	owner := map[string]torontoRow{} // inspection → its first row
	seen := map[string]bool{}
	for _, t := range tables[0] {
		for _, rec := range t.Rows {
			r, err := parseToronto(rec)
			if first, known := owner[r.inspection]; err == nil && known && (first.subject != r.subject || !first.day.Equal(r.day)) {
				err = fmt.Errorf("another establishment or date has the same Inspection ID in %s", first.At)
			}
			if err == nil && seen[r.origin] {
				err = fmt.Errorf("the same Inspection ID, source_file and Rec # stood in an earlier row")
			}
			if err != nil {
				rep.Skip(rec.At, "%v", err)
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
	d := &importer.Dataset{}
	for _, id := range order {
		d.Subjects = append(d.Subjects, func() []importer.Item { return torontoSubject(a, id, subjects[id]) })
	}
	return d
}

func parseToronto(rec importer.Record) (torontoRow, error) {
	r := torontoRow{Record: rec}
	var errs [5]error
	r.subject, errs[0] = streamID("toronto", "Establishment ID", r.Get("Establishment ID"))
	r.inspection, errs[1] = originOf(r.Record, "Inspection ID")
	r.day, errs[2] = parseDay("Inspection Date", r.Get("Inspection Date"))
	r.fined, r.fineStated, errs[3] = parseMinor("Amount Fined", r.Get("Amount Fined"))
	r.origin, errs[4] = originOf(r.Record, "Inspection ID", "source_file", "Rec #")
	err := firstError(append(errs[:],
		checkLine("Establishment Name", r.Get("Establishment Name"), 200),
		checkLine("Establishment Address", r.Get("Establishment Address"), 300),
		checkLine("Establishment ID", r.Get("Establishment ID"), 100),
		checkTerms(r.Record, append(torontoPlace, append(torontoFinding, "Infraction Details")...)))...)
	switch {
	case err != nil:
	case r.Get("Establishment Name") == "":
		err = missing("Establishment Name")
	case r.Get("Rec #") == "":
		err = missing("Rec #")
	case r.clean() && r.Get("Severity")+r.Get("Action")+r.Get("Outcome")+r.Get("Amount Fined") != "":
		err = fmt.Errorf("a severity, action, outcome or fine without Infraction Details")
	}
	r.key = "r" + digest(8, r.Get("Inspection ID"), r.Get("source_file"), r.Get("Rec #"))
	return r, err
}

// noteToronto reports what a row says that has no exact counterpart.
func noteToronto(r torontoRow, rep *importer.Report) {
	action, outcome := r.Get("Action"), r.Get("Outcome")
	if _, known := torontoOrders[action]; !known && !slices.Contains([]string{"", "Ticket", "Summons", "Corrected During Inspection"},
		action) {
		rep.Note("Action %q has no counterpart: kept in the finding's source, no measure is recorded", action)
	}
	switch {
	case r.fined > 0 && !torontoConvicted(outcome):
		rep.Note("a fine beside the Outcome %q contradicts itself: recorded as a penalty that is not final", outcome)
	case r.fined == 0 && torontoFined(outcome):
		rep.Note("Outcome %q without an amount: recorded as a fine of unknown amount", outcome)
	case outcome != "" && outcome != "Pending" && !torontoConvicted(outcome) && !torontoDropped(outcome):
		rep.Note("Outcome %q has no counterpart: kept in the finding's source", outcome)
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
func torontoSubject(a *importer.Author, id string, rows []torontoRow) []importer.Item {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y torontoRow) int {
		return cmp.Or(x.day.Compare(y.day), cmp.Compare(x.inspection, y.inspection))
	})
	first := rows[0]
	place := parsePlace(first.Get("Latitude"), first.Get("Longitude"))
	out := &importer.Items{Author: a}
	out.Add(first.At, "subject-registered", event.Stream{Kind: event.Subject, ID: id}, first.day, &subject.Registered{
		Kind: "enterprise", Name: oneLine(first.Get("Establishment Name")), Address: oneLine(first.Get("Establishment Address")),
		OtherIDs: map[string]string{"Establishment ID": first.Get("Establishment ID")},
		Place:    place, Sectors: []string{"FOOD"}, Discovery: "import", Source: first.Terms(torontoPlace...),
		Unknown: unknownOfPlace(first.Get("Establishment Address"), place),
	}, first.Get("Establishment ID"))
	visit := ""
	for _, r := range rows {
		stream := out.Author.Visit(r.inspection)
		if r.inspection != visit {
			visit = r.inspection
			source := r.Terms("Inspection ID", "source_file")
			keepChanged(source, r.Record, first.Record, torontoPlace)
			out.Add(r.At, "inspection-started", stream, r.day, &inspection.Started{
				Subject: id, Sector: "FOOD", Source: source, Unknown: unknownOfVisit("", ""),
			}, r.inspection)
		}
		if !r.clean() {
			torontoInfraction(out, stream, r)
		}
	}
	return out.List
}

// keepChanged adds the columns in which a visit's row describes the subject otherwise than
// the row it was registered from.
func keepChanged(source event.Source, r, registered importer.Record, columns []string) {
	for _, c := range columns {
		if v := r.Get(c); v != registered.Get(c) {
			source[c] = v
		}
	}
}

func torontoInfraction(out *importer.Items, stream event.Stream, r torontoRow) {
	level, unknown := "", noLevel
	switch r.Get("Severity") {
	case "C - Crucial":
		level, unknown = "major", event.Unknown{"clauses"}
	case "S - Significant", "M - Minor":
		level, unknown = "general", nil
	}
	action, outcome := r.Get("Action"), r.Get("Outcome")
	charged := action == "Ticket" || action == "Summons" || action == "Summons and Health Hazard Order" || outcome != "" || r.fined > 0
	out.Add(r.At, "finding-recorded", stream, r.day, &inspection.FindingRecorded{
		Finding: r.key, Description: r.Get("Infraction Details"), Level: level, Punishable: charged,
		Source: r.Terms(torontoFinding...), Unknown: unknown,
	}, r.origin)
	if kind := torontoOrders[action]; kind != "" {
		o := &order.Issued{Inspection: stream.ID, Order: r.key, Kind: kind, Findings: []string{r.key}, Source: r.Terms("Action")}
		if kind == "rectify-by-date" {
			o.Unknown = event.Unknown{"due"}
		}
		out.Add(r.At, "order-issued", out.Author.Order(r.origin), r.day, o, r.origin)
	}
	if action == "Corrected During Inspection" {
		out.Add(r.At, "finding-fixed-on-site", stream, r.day, &inspection.FixedOnSite{Finding: r.key, Note: action}, r.origin)
	}
	switch source := r.Terms("Outcome", "Amount Fined"); {
	case r.fined > 0:
		out.Add(r.At, casefile.PenaltyType, out.Author.Case(casefile.PenaltyType, r.origin), r.day, &casefile.PenaltyDecided{
			Inspection: stream.ID, Penalty: r.key, Findings: []string{r.key}, Kind: "fine", Fine: &event.Money{Currency: "CAD", Amount: r.fined},
			Final: torontoConvicted(outcome), Source: source, Unknown: event.Unknown{"legal_basis"},
		}, r.origin)
	case torontoFined(outcome):
		out.Add(r.At, casefile.PenaltyType, out.Author.Case(casefile.PenaltyType, r.origin), r.day, &casefile.PenaltyDecided{
			Inspection: stream.ID, Penalty: r.key, Findings: []string{r.key}, Kind: "fine",
			Unknown: event.Unknown{"fine", "legal_basis"}, Final: true, Source: source,
		}, r.origin)
	case torontoConvicted(outcome) || torontoDropped(outcome):
		out.Add(r.At, casefile.NoPenaltyType, out.Author.Case(casefile.NoPenaltyType, r.origin), r.day, &casefile.NoPenaltyDecided{
			Inspection: stream.ID, Findings: []string{r.key}, Reason: outcome, Source: source,
		}, r.origin)
	}
}
