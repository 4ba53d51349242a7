package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
)

const (
	mediaCSV  = "text/csv; charset=utf-8; header=present"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// reportTime is how long one question of a report may take.
const reportTime = 20 * time.Second

// ReportList is what the caller may ask for.
type ReportList struct {
	Reports []*report.Info `json:"reports"`
}

// ReportAnswer is a report as of a position.
type ReportAnswer struct {
	projections.Head
	report.Document
	Entries string `json:"entries" doc:"path under which the numbers open: add &column=, and &row= for those of a row"`
}

// ReportEntries are the things behind one number.
type ReportEntries struct {
	projections.Head
	Report string         `json:"report"`
	Row    string         `json:"row,omitempty" doc:"none: of the total"`
	Column string         `json:"column"`
	Things []report.Thing `json:"things,omitzero" doc:"they add up to the number, or are its ordered values"`
	Pair   []ReportNumber `json:"pair,omitempty" doc:"of a share, ratio or change: the two numbers of which it is made"`
	Next   string         `json:"next,omitempty" doc:"cursor of the next page"`
}

// ReportNumber is one number of a report.
type ReportNumber struct {
	Column string `json:"column"`
	Value  any    `json:"value"`
}

func (a *Handler) reportRoutes(d *document) []*route {
	codes := []law.Code{law.NotFound, law.InvalidParameter, law.ParameterNotOfReport, law.BeyondHead, law.ReportTooLarge, law.ReportsBehind,
		law.NoReports, law.ViewsBehind}
	id := pathParam("id", "number of the report, as GET /v1/reports has it")
	return []*route{
		{
			method: "GET", path: "/v1/reports", id: "reports", tag: "reports", need: identity.ReadOwn,
			summary: "The reports that the caller may ask for", chinese: "可查询的报表",
			doc: "Each with its question, groupings, columns and parameters, in both languages.",
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(
				ReportList{})}, codes: []law.Code{law.NoReports}, handle: a.reportList,
		},
		{
			method: "GET", path: "/v1/reports/{id}", id: "showReport", tag: "reports", need: identity.ReadOwn,
			summary: "One report, as of a position", chinese: "报表",
			doc: "Rows and totals of what the caller may see, as of any position. A report has parameters of its own beside these, as GET " +
				"/v1/reports lists them; one that it does not have is refused. Counts everywhere are of what everybody in the scope sees: a hidden " +
				"visit counts for nobody. As CSV it is the bare table, with position, root and time in headers and file name; as XLSX a " +
				"workbook with a sheet of notes. In CSV a text that a spreadsheet would compute (= + - @) has an apostrophe before it.",
			params: append([]*huma.Param{id, formatParam}, commonParams()...), paramsOf: a.paramsOf(commonParams, asNamed, formatParam),
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(ReportAnswer{}), mediaCSV: text(), mediaXLSX: binary()},
			headers: withHeaders(append([]string{"Content-Disposition", "of CSV and XLSX: file name with number, position and day"},
				positionHeaders...)...),
			codes: append(codes, law.NotAcceptable), costly: true, counts: true, waits: true, handle: a.showReport,
		},
		{
			method: "GET", path: "/v1/reports/{id}/entries", id: "reportEntries", tag: "reports", need: identity.ReadOwn,
			summary: "What is behind one number of a report", chinese: "报表数字所依据的条目",
			doc: "The things that a number counts, each with the index of its entry and what it adds: they add up to the number. A share, ratio " +
				"or change opens as its two numbers, a median as its ordered values. Who sees figures only (city government) gets the things " +
				"without entries and persons. The parameters are those by which the report was asked; rows is in the key of the row. With " +
				"format=csv a page of things is a table, and the cursor of the next one is in a header.",
			params:   append([]*huma.Param{id, columnParam, rowParam, cursorParam, pageParam, pageFormat}, commonParams()...),
			paramsOf: a.paramsOf(commonParams, asNamed, columnParam, rowParam, cursorParam, pageParam, pageFormat),
			answers:  map[string]*huma.Schema{mediaJSON: d.schemaOf(ReportEntries{}), mediaCSV: text()},
			headers:  withHeaders(append([]string{headerNext, "of CSV: cursor of the next page"}, positionHeaders...)...),
			codes:    append(codes, law.ScopeChanged), costly: true, waits: true, handle: a.reportEntries,
		},
	}
}

// The headers of a report that is not JSON.
const (
	headerReportPosition = "Anjian-Position"
	headerReportRoot     = "Anjian-Root"
	headerReportRecorded = "Anjian-Recorded"
	headerReportScope    = "Anjian-Scope"
	headerNext           = "Anjian-Next"
)

var (
	columnParam = queryParam("column", "Name of the column. 列", inForm(formID))
	rowParam    = queryParam("row", "Key of the row, as the report has it; left out: the total. 行", inForm(formRow))
	cursorParam = queryParam("cursor", "next of the page before, with the same other parameters. 续页", inForm(formCursor))
	pageFormat  = queryParam("format", "csv: a table in place of JSON, but for a number that is made of two others. 格式",
		enum([]string{"json", "csv"}))
	pageParam = queryParam("limit", "Most things of a page. 条数", positive(projector.MaxLimit))
)

func (a *Handler) reportList(c *call) error {
	if a.cfg.Reports == nil {
		return fail(law.NoReports)
	}
	out := ReportList{Reports: []*report.Info{}}
	for _, r := range a.cfg.ReportsOf {
		if r.For(c.claims.Role) {
			out.Reports = append(out.Reports, r.Info())
		}
	}
	return c.json(out)
}

// reportOf is the report that a path names, if the caller may ask for it.
func (a *Handler) reportOf(c *call) (*report.Report, error) {
	if a.cfg.Reports == nil {
		return nil, fail(law.NoReports)
	}
	id := c.path("id")
	r := report.Find(a.cfg.ReportsOf, id)
	if r == nil {
		return nil, fail(law.NotFound, law.Str("name", id))
	}
	if r.For(c.claims.Role) {
		return r, nil
	}
	return nil, fail(law.Forbidden, law.Str("role", c.claims.Role), law.Str("operation", "GET /v1/reports/"+id))
}

// asked opens a report for the caller, grouped by rows. keep: its numbers are to open from what it counts.
func (a *Handler) asked(c *call, r *report.Report, rows string, asOf *uint64, keep bool) (*report.Execution, *reportdb.Conn, error) {
	conn, err := a.askReports(c, reportdb.Question{AsOf: asOf, Hidden: r.Hidden, Names: r.Names(), For: reportTime})
	if err != nil {
		return nil, nil, err
	}
	team, q := questionTo(c, r, rows, asNamed)
	q.Keep = keep
	x, err := r.On(conn, team, q)
	if err != nil {
		_ = conn.Close() // it has only read
		return nil, nil, wrongOfReport(r, err)
	}
	return x, conn, nil
}

// opening opens a report for the caller, whose numbers are to open: over what was counted for the answer, if that is still there.
func (a *Handler) opening(c *call, r *report.Report, rows string, asOf *uint64) (*report.Execution, *reportdb.Conn, error) {
	asker := reportdb.Question{AsOf: asOf, Hidden: r.Hidden, For: reportTime}
	if err := a.byCaller(c, &asker); err != nil {
		return nil, nil, err
	}
	team, q := questionTo(c, r, rows, asNamed)
	x, conn, err := r.Again(c.r.Context(), a.cfg.Reports, &asker, team, q)
	switch {
	case err != nil:
		return nil, nil, wrongOfReport(r, err)
	case x == nil:
		return a.asked(c, r, rows, asOf, false)
	}
	return x, conn, nil
}

// wrongOfReport gives the errors of a report their codes.
func wrongOfReport(r *report.Report, err error) error {
	var wrong *report.Wrong
	switch {
	case errors.As(err, &wrong) && wrong.Unknown:
		return notOfReport(r, wrong.Parameter)
	case errors.As(err, &wrong):
		var more []law.Value
		if len(wrong.Allowed) > 0 {
			more = append(more, law.List("allowed", wrong.Allowed))
		}
		return invalid(wrong.Parameter, wrong.Wanted, more...)
	case errors.Is(err, report.ErrTooMany):
		return &fault{code: law.ReportTooLarge, cause: err}
	}
	return reportError(err)
}

// asOfReport reads as_of as the index of the last entry that counts; nil: all there are.
func (a *Handler) asOfReport(c *call) (*uint64, error) { return a.lastOf(c, "as_of") }

// lastOf reads a parameter that names a position as the index of the last entry that counts there; nil: it is not given.
func (a *Handler) lastOf(c *call, name string) (*uint64, error) {
	s := c.query.Get(name)
	if s == "" {
		return nil, nil //nolint:nilnil // the present
	}
	n, err := a.position(c.r.Context(), s)
	n-- // as of position 0 it is before the first, and the database takes it so
	return &n, err
}

// headOf is the state of the ledger that an answer reflects.
func (a *Handler) headOf(c *call, conn *reportdb.Conn) (projections.Head, error) {
	scope := a.cfg.Projector.ScopeAt(c.claims.Actor()).Scope
	return a.cfg.Projector.HeadAt(uint64(conn.Position()+1), &scope)
}

func (a *Handler) showReport(c *call) error {
	r, err := a.reportOf(c)
	if err != nil {
		return err
	}
	format, err := formatOf(c)
	if err != nil {
		return err
	}
	asOf, err := a.asOfReport(c)
	if err != nil {
		return err
	}
	l := speak(c, c.r)
	vary(c.Header(), varyAccept)
	doc, head, err := a.answered(c, r, asOf, format == mediaJSON, l)
	if err != nil {
		return err
	}
	if doc.Hidden != nil && *doc.Hidden > 0 { // reading of a visit before it is disclosed (R39)
		if err := a.logAccess(c, c.r.URL.Path); err != nil {
			return err
		}
	}
	if format == mediaJSON {
		return c.json(ReportAnswer{head, *doc, entriesPath(c, r, head.Position)})
	}
	name := fmt.Sprintf("report-%s-position-%d-%s", r.ID, head.Position, head.Recorded.In(event.Beijing).Format(time.DateOnly))
	return sendTable(c, format, name, doc, doc.Table(l), head, l)
}

// answered asks a report for the caller, and keeps nothing open of it: what is sent may take its time.
func (a *Handler) answered(c *call, r *report.Report, asOf *uint64, keep bool, l law.Language) (doc *report.Document, head projections.Head,
	err error,
) {
	x, conn, err := a.asked(c, r, c.query.Get("rows"), asOf, keep)
	if err != nil {
		return nil, head, err
	}
	defer x.Done() //nolint:errcheck // it has only read
	answer, err := x.Answer()
	if err != nil {
		return nil, head, wrongOfReport(r, err)
	}
	if doc, err = x.Document(answer, l); err != nil {
		return nil, head, wrongOfReport(r, err)
	}
	head, err = a.headOf(c, conn)
	return doc, head, err
}

// entriesPath is where the numbers of an answer open.
func entriesPath(c *call, r *report.Report, position uint64) string {
	path := "/v1/reports/" + r.ID + "/entries?as_of=" + strconv.FormatUint(position, 10)
	q := c.r.URL.Query()
	for _, name := range []string{"as_of", "rows", "format", waitFor} {
		q.Del(name)
	}
	if more := q.Encode(); more != "" {
		path += "&" + more
	}
	return path
}

// formatOf is the media type that is asked for.
func formatOf(c *call) (string, error) {
	switch c.query.Get("format") {
	case "json":
		return mediaJSON, nil
	case "csv":
		return mediaCSV, nil
	case "xlsx":
		return mediaXLSX, nil
	}
	accept := c.r.Header["Accept"]
	switch accepted(accept, mediaJSON, "text/csv", mediaXLSX) {
	case mediaJSON:
		return mediaJSON, nil
	case "text/csv":
		return mediaCSV, nil
	case mediaXLSX:
		return mediaXLSX, nil
	}
	return "", fail(law.NotAcceptable, law.Str("accept", strings.Join(accept, ", ")),
		law.List("allowed", []string{mediaJSON, "text/csv", mediaXLSX}))
}

// sendTable answers with a file of this name.
func sendTable(c *call, format, name string, doc *report.Document, table *report.Table, head projections.Head, l law.Language) (err error) {
	var body []byte
	end := "csv"
	if format == mediaCSV {
		body, err = table.CSV()
	} else {
		end = "xlsx"
		body, err = table.XLSX(doc, report.Stand{Position: head.Position, Root: head.Root, Recorded: head.Recorded, Scope: head.Scope,
			Asker: string(c.claims.Role)}, l)
	}
	if err != nil {
		return err
	}
	h := c.Header()
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, end))
	setPosition(h, head)
	c.body(format, body)
	return nil
}

// place is where a page of things begins: as of which position, behind which thing, and under which scope.
type place struct {
	Position uint64      `json:"position"`
	Scope    string      `json:"scope"`
	Of       uint32      `json:"of"` // tells questions apart
	Mark     report.Mark `json:"mark"`
}

// questionOf tells questions apart: a cursor of another one would leave out things without a word.
func questionOf(u *url.URL) uint32 {
	q := u.Query()
	for _, name := range []string{"cursor", "limit", waitFor} {
		q.Del(name)
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, u.Path+"?"+q.Encode()) // never fails
	return h.Sum32()
}

func (p place) String() string {
	if p.Mark.By == report.Start.By { // which JSON has no word for
		p.Mark.By = nil
	}
	text, _ := json.Marshal(p) // numbers and texts
	return base64.RawURLEncoding.EncodeToString(text)
}

// placeOf reads the cursor of a call.
func placeOf(c *call, cursor string) (p place, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		err = d.Decode(&p)
	}
	switch by := p.Mark.By.(type) {
	case nil:
		p.Mark.By = report.Start.By
	case string:
	case json.Number:
		p.Mark.By, err = by.Float64()
		if whole, not := by.Int64(); not == nil {
			p.Mark.By = whole
		}
	default:
		err = errors.ErrUnsupported
	}
	if err != nil || p.Scope == "" || p.Of != questionOf(c.r.URL) || p.Mark.Same < 0 || p.Mark.Same > report.MostThings {
		return p, invalid("cursor", "list-cursor")
	}
	return p, nil
}

func (a *Handler) reportEntries(c *call) error {
	r, err := a.reportOf(c)
	if err != nil {
		return err
	}
	column := r.Column(c.query.Get("column"))
	if column == nil {
		var names []string
		for _, other := range r.Columns {
			names = append(names, other.Name)
		}
		return invalid("column", "one-of-these", law.List("allowed", names))
	}
	rows, key, err := r.Row(c.query.Get("row"))
	if err != nil {
		return invalid("row", formRow)
	}
	limit, err := c.uint("limit", projector.DefaultLimit, projector.MaxLimit)
	if err != nil {
		return err
	}
	asOf, err := a.asOfReport(c)
	if err != nil {
		return err
	}
	at := place{Mark: report.Start}
	if cursor := c.query.Get("cursor"); cursor != "" {
		if at, err = placeOf(c, cursor); err != nil {
			return err
		}
		index := at.Position - 1
		asOf = &index
	}
	x, conn, err := a.opening(c, r, rows, asOf)
	if err != nil {
		return err
	}
	defer x.Done() //nolint:errcheck // it has only read
	out := ReportEntries{Report: r.ID, Row: c.query.Get("row"), Column: column.Name}
	if out.Head, err = a.headOf(c, conn); err != nil {
		return err
	}
	if at.Scope != "" && at.Scope != out.Scope {
		return fail(law.ScopeChanged)
	}
	if _, _, paired := column.Pair(); paired {
		if out.Pair, err = pairOf(x, column, key); err != nil {
			return wrongOfReport(r, err)
		}
		return c.json(out)
	}
	opened, err := x.Open(key, column, at.Mark, int(limit)+1)
	if err != nil {
		return wrongOfReport(r, err)
	}
	if len(opened) > int(limit) {
		opened = opened[:limit]
		out.Next = place{out.Position, out.Scope, questionOf(c.r.URL), x.After(at.Mark, column, opened)}.String()
	}
	l := speak(c, c.r)
	if out.Things, err = x.Things(column, opened, l); err != nil {
		return wrongOfReport(r, err)
	}
	if c.query.Get("format") == "csv" {
		return sendPage(c, out.Head, out.Next, x.TableOf(out.Things, l))
	}
	return c.json(out)
}

// sendPage answers with a page of things as CSV.
func sendPage(c *call, head projections.Head, next string, table *report.Table) error {
	body, err := table.CSV()
	if err != nil {
		return err
	}
	setPosition(c.Header(), head)
	if next != "" {
		c.Header().Set(headerNext, next)
	}
	c.body(mediaCSV, body)
	return nil
}

// pairOf are the two numbers of which one is made.
func pairOf(x *report.Execution, column *report.Column, key []any) ([]ReportNumber, error) {
	a, b, _ := column.Pair()
	values, err := x.Numbers(key, x.Column(a), x.Column(b))
	if err != nil {
		return nil, err
	}
	return []ReportNumber{{a, values[0]}, {b, values[1]}}, nil
}
