package mappings

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/importer"
)

var (
	mshaKind = importer.Kind{
		Name:     "MSHA violations",
		Required: []string{"mine_name", "current_assessment_amt", "iss_dt", "inspection_begin_dt", "violation_occur_dt"},
		Known:    []string{"controller_name", "violator_name", "likelihood", "inj_illness", "negligence"},
	}
	mshaTerms = append(slices.Clone(mshaKind.Required), mshaKind.Known...)
)

// mshaRow is one violation with its assessed penalty.
type mshaRow struct {
	importer.Record
	mine                    string
	key                     string // the row's identity
	begun, issued, violated time.Time
	assessed                int64 // US cents
}

// mapMSHA maps violations of the US Mine Safety and Health Administration.
//
// The source numbers neither inspections nor citations. An inspection is what one mine and
// one begin date share. A row is identified by its contents and by which one it is among
// rows with the same contents, in the order of the files: many rows are exact duplicates
// and are distinct citations. Unlike a line number or the hash of the file, this identity
// survives renaming, sorting and a longer edition of the file, and importing again adds
// nothing. What originid says is hence the name of the mine, with the begin date of an inspection,
// and a digest of a row. (Identical rows split over files must be imported in one run to be told apart.)
//
// Decisions: the event's time is iss_dt, when the inspector cited; inspection-started has
// inspection_begin_dt even where a citation is older. The level is unknown: the source's
// likelihood, injury and negligence, kept as they are, say nothing of a 重大事故隐患. The
// assessment is the agency's decision, so it is final. An assessment of 0 or blank is no
// penalty: the finding alone is recorded, and the report counts it. Contractors
// (violator_name) are kept in the source; the subject is the mine.
func mapMSHA(a *importer.Author, tables [][]*importer.Table, rep *importer.Report) *importer.Dataset {
	mines := map[string][]mshaRow{}
	var order []string
	seen := map[string]int{}
	for _, t := range tables[0] {
		for _, rec := range t.Rows {
			r, err := parseMSHA(rec)
			if err != nil {
				rep.Skip(rec.At, "%v", err)
				continue
			}
			seen[r.key]++
			r.key += "-" + strconv.Itoa(seen[r.key])
			if r.assessed == 0 {
				rep.Note("no penalty is assessed; the finding alone is recorded")
			}
			if mines[r.mine] == nil {
				order = append(order, r.mine)
			}
			mines[r.mine] = append(mines[r.mine], r)
		}
	}
	d := &importer.Dataset{}
	for _, mine := range order {
		d.Subjects = append(d.Subjects, func() []importer.Item { return mshaMine(a, mine, mines[mine]) })
	}
	return d
}

func parseMSHA(rec importer.Record) (mshaRow, error) {
	r := mshaRow{Record: rec}
	var errs [5]error
	r.begun, errs[0] = parseDay("inspection_begin_dt", r.Get("inspection_begin_dt"))
	r.issued, errs[1] = parseDay("iss_dt", r.Get("iss_dt"))
	if v := r.Get("violation_occur_dt"); v != "" {
		r.violated, errs[2] = parseDay("violation_occur_dt", v)
	}
	r.assessed, _, errs[3] = parseMinor("current_assessment_amt", r.Get("current_assessment_amt"))
	r.mine, errs[4] = originOf(r.Record, "mine_name")
	if err := firstError(append(errs[:], checkLine("mine_name", r.Get("mine_name"), 200), checkTerms(r.Record, mshaTerms))...); err != nil {
		return r, err
	}
	fields := make([]string, len(mshaTerms))
	for i, c := range mshaTerms {
		fields[i] = r.Get(c)
	}
	r.key = digest(8, fields...)
	return r, nil
}

// checkTerms bounds what is kept in a source map.
func checkTerms(r importer.Record, columns []string) error {
	for _, c := range columns {
		if err := checkLines(c, r.Get(c), 4000); err != nil {
			return err
		}
	}
	return nil
}

// mshaMine makes the events of one mine.
func mshaMine(a *importer.Author, mine string, rows []mshaRow) []importer.Item {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y mshaRow) int {
		return cmp.Or(x.begun.Compare(y.begun), x.issued.Compare(y.issued))
	})
	id := "msha-" + slug(mine) + "-" + digest(3, mine)
	out := &importer.Items{Author: a}
	earliest := rows[0].begun
	for _, r := range rows {
		for _, d := range []time.Time{r.begun, r.issued, r.violated} {
			if !d.IsZero() && d.Before(earliest) {
				earliest = d
			}
		}
	}
	out.Add(rows[0].At, "subject-registered", event.Stream{Kind: event.Subject, ID: id}, earliest, &subject.Registered{
		Kind: "enterprise", Name: mine, Sectors: []string{"MINE"}, Discovery: "import",
		Source: rows[0].Terms("mine_name"), Unknown: unknownOfPlace("", nil),
	}, mine)
	var begun time.Time
	var stream event.Stream
	for _, r := range rows {
		if !r.begun.Equal(begun) {
			begun = r.begun
			origin := mine + "/" + begun.Format(time.DateOnly)
			stream = out.Author.Visit(origin)
			out.Add(r.At, "inspection-started", stream, begun, &inspection.Started{
				Subject: id, Sector: "MINE",
				Source: r.Terms("mine_name", "inspection_begin_dt"), Unknown: unknownOfVisit("", ""),
			}, origin)
		}
		mshaFinding(out, stream, r)
	}
	return out.List
}

func mshaFinding(out *importer.Items, stream event.Stream, r mshaRow) {
	f := &inspection.FindingRecorded{
		Finding: r.key, Punishable: r.assessed > 0, Source: r.Terms(mshaTerms...), Unknown: noLevel,
		Description: describe("MSHA violation", r.Record, "likelihood", "inj_illness", "negligence"),
	}
	if !r.violated.IsZero() {
		f.ViolatedOn = r.violated.Format(time.DateOnly)
	}
	out.Add(r.At, "finding-recorded", stream, r.issued, f, r.key)
	if r.assessed > 0 {
		out.Add(r.At, casefile.PenaltyType, out.Author.Case(casefile.PenaltyType, r.key), r.issued, &casefile.PenaltyDecided{
			Inspection: stream.ID, Penalty: r.key, Findings: []string{r.key}, Kind: "fine", Fine: &event.Money{Currency: "USD", Amount: r.assessed},
			Final: true, Source: r.Terms("current_assessment_amt"), Unknown: event.Unknown{"legal_basis"},
		}, r.key)
	}
}

// describe names a record that has no description of its own by its terms.
func describe(what string, r importer.Record, columns ...string) string {
	var b strings.Builder
	b.WriteString(what)
	sep := ": "
	for _, c := range columns {
		if v := r.Get(c); v != "" {
			b.WriteString(sep + c + " " + v)
			sep = ", "
		}
	}
	return b.String()
}
