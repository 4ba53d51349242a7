package api

import (
	"fmt"
	"strconv"
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

// The difference between two moments is a question like any other: from and to are positions there, and the period of a report is since and
// until, as it is in lists.

// ReportChanges is what changed in a report between two positions.
type ReportChanges struct {
	From projections.Head `json:"from" doc:"the first position"`
	To   projections.Head `json:"to" doc:"the second"`
	report.Changes
	Entries string `json:"entries,omitempty" doc:"path under which what came and went opens: add &column=, &side=, and &row= of a row"`
}

// ReportMoves are the things that came or went in one number.
type ReportMoves struct {
	From   projections.Head `json:"from"`
	To     projections.Head `json:"to"`
	Report string           `json:"report"`
	Row    string           `json:"row,omitempty" doc:"none: of the total"`
	Column string           `json:"column"`
	Side   string           `json:"side" doc:"came or went"`
	Things []report.Moved   `json:"things" doc:"they add up to what came, or went"`
	Next   string           `json:"next,omitempty" doc:"cursor of the next page"`
}

var (
	changesFrom = queryParam("from", "The first position, or a recorded time as RFC 3339 or date (its end in UTC+08:00); it has to be given. "+
		"起始位置", inForm(formAsOf))
	changesTo = queryParam("to", "The second position, likewise; left out: the present. 截止位置", inForm(formAsOf))
	sideParam = queryParam("side", "What came, or what went; left out: came. 新增或减少", enum([]string{report.Came, report.Went}))
)

// changesParams are those that the changes of every report may have.
func changesParams() []*huma.Param {
	all := []*huma.Param{changesFrom, changesTo}
	for _, p := range commonParams() {
		switch p.Name {
		case "as_of":
		case "from":
			all = append(all, queryParam("since", p.Description, p.Schema))
		case "to":
			all = append(all, queryParam("until", p.Description, p.Schema))
		default:
			all = append(all, p)
		}
	}
	return all
}

// periodOf is what the report calls a parameter of changes; "": none of its own.
func periodOf(name string) string {
	switch name {
	case "from", "to":
		return ""
	case "since":
		return "from"
	case "until":
		return "to"
	}
	return name
}

func (a *Handler) changesRoutes(d *document) []*route {
	codes := []law.Code{law.NotFound, law.InvalidParameter, law.ParameterNotOfReport, law.BeyondHead, law.ReportTooLarge, law.ReportsBehind,
		law.NoReports, law.ViewsBehind}
	id := pathParam("id", "number of the report, as GET /v1/reports has it")
	return []*route{
		{
			method: "GET", path: "/v1/reports/{id}/changes", id: "reportChanges", tag: "reports", need: identity.ReadOwn,
			summary: "What changed in a report between two positions", chinese: "报表在两个位置之间的变化",
			doc: "Of each row and of the total the numbers as of both positions, under the scope of now, and of counts, sums and numbers of " +
				"distinct values what came and what went: to - from = came - went. What moved from one row to another went here and came there. " +
				"Rows in which nothing changed are left out. Unless now is given, each side tells what is overdue by its own time. The period of " +
				"the report is since and until here.",
			params: append([]*huma.Param{id, formatParam}, changesParams()...), paramsOf: a.paramsOf(changesParams, periodOf, formatParam),
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(ReportChanges{}), mediaCSV: text(), mediaXLSX: binary()},
			headers: withHeaders(append([]string{"Content-Disposition", "of CSV and XLSX: file name with number, positions and day"},
				positionHeaders...)...),
			codes: append(codes, law.NotAcceptable), costly: true, counts: true, waits: true, handle: a.showChanges,
		},
		{
			method: "GET", path: "/v1/reports/{id}/changes/entries", id: "reportChangesEntries", tag: "reports", need: identity.ReadOwn,
			summary: "What came, or went, in one number of a report", chinese: "报表数字新增或减少的事项及所依据的条目",
			doc: "The things that are counted as of one of the positions only, each with the index of its entry, what it adds, and the entries " +
				"between the positions that touched it, among them what did it: they add up to what came, or went. " +
				"A column opens so that is a count, a sum or a number of " +
				"distinct values; of a share open its two columns. Who sees figures only gets the things without entries and persons. With " +
				"format=csv a page of things is a table, and the cursor of the next one is in a header.",
			params:   append([]*huma.Param{id, columnParam, rowParam, sideParam, cursorParam, pageParam, pageFormat}, changesParams()...),
			paramsOf: a.paramsOf(changesParams, periodOf, columnParam, rowParam, sideParam, cursorParam, pageParam, pageFormat),
			answers:  map[string]*huma.Schema{mediaJSON: d.schemaOf(ReportMoves{}), mediaCSV: text()},
			headers:  withHeaders(append([]string{headerNext, "of CSV: cursor of the next page"}, positionHeaders...)...),
			codes:    append(codes, law.ScopeChanged), costly: true, counts: true, waits: true, handle: a.changesEntries,
		},
	}
}

// between reads two positions, as indexes of the last entries that count; to is nil in the present.
func (a *Handler) between(c *call) (from uint64, to *uint64, err error) {
	first, err := a.lastOf(c, "from")
	if err != nil {
		return 0, nil, err
	}
	if first == nil {
		return 0, nil, invalid("from", formAsOf)
	}
	to, err = a.lastOf(c, "to")
	if err == nil && to != nil && *to+1 < *first+1 { // as of position 0 an index is before the first
		err = invalid("from", "not-above-to")
	}
	return *first, to, err
}

// changing opens the report database for what changed in a report: once it has the second position, as of the first. What is returned of
// the second is its index. The caller closes the connection.
func (a *Handler) changing(c *call, q reportdb.Question, from uint64, to *uint64) (*reportdb.Conn, *uint64, error) {
	q.AsOf = to
	conn, err := a.askReports(c, q)
	if err != nil {
		return nil, nil, err
	}
	last := uint64(conn.Position())
	if err := conn.Turn(&from); err != nil {
		_ = conn.Close() // it has only read
		return nil, nil, reportError(err)
	}
	return conn, &last, nil
}

// headsOf are the states of the ledger at both positions, of a connection that is as of the second.
func (a *Handler) headsOf(c *call, conn *reportdb.Conn, from uint64) (first, second projections.Head, err error) {
	scope := a.cfg.Projector.ScopeAt(c.claims.Actor()).Scope
	if first, err = a.cfg.Projector.HeadAt(from+1, &scope); err != nil {
		return first, second, err
	}
	second, err = a.headOf(c, conn)
	return first, second, err
}

func (a *Handler) showChanges(c *call) error {
	r, err := a.reportOf(c)
	if err != nil {
		return err
	}
	format, err := formatOf(c)
	if err != nil {
		return err
	}
	from, to, err := a.between(c)
	if err != nil {
		return err
	}
	l := speak(c, c.r)
	vary(c.Header(), varyAccept)
	out, err := a.changed(c, r, from, to, l)
	if err != nil {
		return err
	}
	if out.ShowsHidden() { // reading of a visit before it is disclosed (R39)
		if err := a.logAccess(c, c.r.URL.Path); err != nil {
			return err
		}
	}
	if format != mediaJSON {
		name := fmt.Sprintf("report-%s-changes-%d-to-%d-%s", r.ID, out.From.Position, out.To.Position,
			out.To.Recorded.In(event.Beijing).Format(time.DateOnly))
		return sendTable(c, format, name, out.Document(out.From.Position), out.Table(l), out.To, l)
	}
	if len(out.Figures) == 0 {
		out.Entries = changesPath(c, r, out.From.Position, out.To.Position)
	}
	return c.json(out)
}

// changed asks for the caller what changed in a report, and keeps nothing open of it: what is sent may take its time.
func (a *Handler) changed(c *call, r *report.Report, from uint64, to *uint64, l law.Language) (out ReportChanges, err error) {
	conn, to, err := a.changing(c, reportdb.Question{Hidden: r.Hidden, Names: r.Names(), For: reportTime}, from, to)
	if err != nil {
		return out, err
	}
	defer conn.Close() //nolint:errcheck // it has only read
	team, q := questionTo(c, r, c.query.Get("rows"), periodOf)
	changes, err := r.Changes(conn, team, q, to, l)
	if err != nil {
		return out, wrongOfReport(r, err)
	}
	out.Changes = *changes
	out.From, out.To, err = a.headsOf(c, conn, from)
	return out, err
}

// changesPath is where what came and went opens.
func changesPath(c *call, r *report.Report, from, to uint64) string {
	q := c.r.URL.Query()
	for _, name := range []string{"rows", "format", waitFor} {
		q.Del(name)
	}
	q.Set("from", strconv.FormatUint(from, 10))
	q.Set("to", strconv.FormatUint(to, 10))
	return "/v1/reports/" + r.ID + "/changes/entries?" + q.Encode()
}

func (a *Handler) changesEntries(c *call) error {
	r, err := a.reportOf(c)
	if err != nil {
		return err
	}
	column := r.Column(c.query.Get("column"))
	if column == nil || !column.Moves() {
		return invalid("column", "one-of-these", law.List("allowed", r.Moving()))
	}
	rows, key, err := r.Row(c.query.Get("row"))
	if err != nil {
		return invalid("row", formRow)
	}
	limit, err := c.uint("limit", projector.DefaultLimit, projector.MaxLimit)
	if err != nil {
		return err
	}
	from, to, err := a.between(c)
	if err != nil {
		return err
	}
	at := place{Mark: report.Start}
	if cursor := c.query.Get("cursor"); cursor != "" {
		if at, err = placeOf(c, cursor); err != nil {
			return err
		}
		if at.Position < from+1 {
			return invalid("cursor", "list-cursor")
		}
		to = new(at.Position - 1)
	}
	conn, to, err := a.changing(c, reportdb.Question{Hidden: r.Hidden, Names: r.Names(), For: reportTime}, from, to)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it has only read
	out := ReportMoves{Report: r.ID, Row: c.query.Get("row"), Column: column.Name, Side: report.Came}
	if c.query.Get("side") == report.Went {
		out.Side = report.Went
	}
	team, q := questionTo(c, r, rows, periodOf)
	moves, err := r.Moves(conn, team, q, to, key, column, out.Side)
	if err != nil {
		return wrongOfReport(r, err)
	}
	if out.From, out.To, err = a.headsOf(c, conn, from); err != nil {
		return err
	}
	if at.Scope != "" && at.Scope != out.To.Scope {
		return fail(law.ScopeChanged)
	}
	opened, marks, err := moves.Page(at.Mark, int(limit)+1)
	if err != nil {
		return wrongOfReport(r, err)
	}
	if len(opened) > int(limit) {
		opened = opened[:limit]
		out.Next = place{out.To.Position, out.To.Scope, questionOf(c.r.URL), marks[limit-1]}.String()
	}
	l := speak(c, c.r)
	if out.Things, err = moves.Things(opened, l); err != nil {
		return wrongOfReport(r, err)
	}
	if c.query.Get("format") == "csv" {
		return sendPage(c, out.To, out.Next, moves.TableOf(out.Things, l))
	}
	return c.json(out)
}
