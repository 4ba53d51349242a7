package api

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// A list is declared in package tables; its route, parameters, schema and answer are made of that here. Rows are what the report database
// knows of things, as of one position, within the scope of who asks; office, commission and own team see what is hidden, marked, and a
// second total of it (pillar 14).

// exactTo is how many things of a list are counted without being asked to.
const exactTo = 10_000

// listPage is a page of a list.
type listPage struct {
	projections.Head
	Total  *int             `json:"total,omitempty"`
	Hidden *int             `json:"hidden,omitempty"`
	AtMost bool             `json:"more_than_total,omitzero"`
	Items  []jsontext.Value `json:"items"`
	Next   string           `json:"next,omitempty"`
}

// memberOf is what a column is called in an answer, and a sort by it.
func memberOf(column string) string {
	switch column {
	case "ix":
		return "entry"
	case "area":
		return "county"
	}
	return column
}

// readsList is the permission that a list needs, when it is not that of single facts: so that who may not see a
// register is refused, because an empty list would be a statement. Of registers likewise.
var readsList = map[string]identity.Permission{"subjects": identity.ReadSubjects, "people": identity.ReadRegisters,
	"accidents": identity.ReadRegisters, "flags": identity.ReadRegisters, "tips": identity.ReadTips}

// needsList is the permission that a list needs.
func needsList(l *tables.List) identity.Permission {
	return cmp.Or(readsList[l.Name], identity.ReadEvents)
}

func (a *Handler) listRoutes(d *document) (routes []*route) {
	for _, l := range tables.Lists {
		if l.Own {
			continue
		}
		name := strings.ToUpper(l.Name[:1]) + l.Name[1:] + "Page"
		d.schemas.Map()[name] = listSchema(l)
		routes = append(routes, &route{
			method: "GET", path: "/v1/" + l.Name, id: "list-" + l.Name, tag: "lists", need: needsList(l), summary: l.English, chinese: l.Chinese,
			doc: "What the caller may see, in pages as of one position: that of as_of, or of the first page. total counts what everybody in " +
				"the scope sees, hidden what is not disclosed yet and is shown to the office, the commission and the own team alone. Beyond 10,000 " +
				"both are " +
				"counted on demand (total=exact). What has nothing in the column that sorts is left out.",
			params: listParams(l), answers: map[string]*huma.Schema{mediaJSON: {Ref: componentsRoot + name}},
			codes: []law.Code{law.InvalidParameter, law.BeyondHead, law.ViewsBehind, law.ScopeChanged, law.ReportsBehind, law.NoReports,
				law.ReportTooLarge},
			costly: true, waits: true, handle: func(c *call) error { return a.list(c, l) },
		}, a.changesOfList(d, l, name))
	}
	return routes
}

// listParams are the parameters of a list.
func listParams(l *tables.List) (params []*huma.Param) {
	if l.Searched {
		params = append(params, queryParam("q", "Parts of the name, of an id or code, apart by blanks: however width, case, brackets and 臺 or 台 "+
			"are written. 名称、编号或代码的一部分", text()))
	}
	for i := range l.Filters {
		f := &l.Filters[i]
		params = append(params, queryParam(f.Name, sentence(f.Doc, f.Zh), filterSchema(f)))
	}
	state, docs := text(), make([]string, len(l.States))
	for i, s := range l.States {
		state.Enum = append(state.Enum, s.Word)
		docs[i] = s.Word + ": " + s.Doc + " " + s.Zh
	}
	sorts, timed := text(), false
	for _, by := range l.Sorts {
		sorts.Enum = append(sorts.Enum, "-"+memberOf(by), memberOf(by))
		timed = timed || by != "ix"
	}
	params = append(params, queryParam("state", strings.Join(docs, "; ")+". 状态", state),
		queryParam("sort", "Column that sorts, - for the greatest first; left out: -"+memberOf(l.Sorts[0])+
			". entry: the entry that opened it. 排序",
			sorts))
	if timed {
		params = append(params, queryParam("since", "Not before, of the column of time that sorts: RFC 3339, or a date. 时间起", inForm(formTime)),
			queryParam("until", "Not after, likewise: a date means its end in UTC+08:00. 时间止", inForm(formTime)))
	}
	exact := text()
	exact.Enum = []any{"exact"}
	return append(params, asOfParam, queryParam("total", "exact: count beyond 10,000 too. 总数", exact),
		queryParam("cursor", "next of the page before, with the same other parameters. 续页", inForm(formCursor)),
		queryParam("limit", "Most lines of a page. 条数", positive(projector.MaxLimit)))
}

// sentence is the description of a parameter.
func sentence(english, chinese string) string {
	return strings.ToUpper(english[:1]) + english[1:] + ". " + chinese
}

// filterSchema is what a filter takes.
func filterSchema(f *tables.Filter) *huma.Schema {
	switch {
	case f.Column == "area":
		return countyCodes()
	case f.Words != nil:
		return enum(f.Words)
	}
	return inForm(formID)
}

// listSchema is a page of a list.
func listSchema(l *tables.List) *huma.Schema {
	item := object(l.Of.Doc+". "+l.Of.Chinese, "hidden", &huma.Schema{Type: huma.TypeBoolean})
	asked := reportdb.Asked{List: l}
	for _, c := range asked.Columns() {
		s := text()
		switch {
		case c.Name == "sectors", c.Is == tables.Several:
			s = list(text())
		case c.Refers, c.Type == "TEXT":
		case c.Is == tables.Yes:
			s = &huma.Schema{Type: huma.TypeBoolean}
		default:
			s = &huma.Schema{Type: huma.TypeInteger, Format: "int64"}
		}
		s.Description = c.Doc + ". " + c.Chinese
		item.Properties[memberOf(c.Name)] = s
	}
	item.Required = []string{"entry"}
	page := object("A page of "+l.Name+".", "position", number(maxPosition), "root", text(), "recorded", text(), "scope", text(),
		"total", number(maxPosition), "hidden", number(maxPosition), "more_than_total", &huma.Schema{Type: huma.TypeBoolean,
			Description: "there are more: counting ended"}, "items", list(item), "next", text())
	page.Required = []string{"position", "root", "scope", "items"}
	return page
}

// list answers with a page.
func (a *Handler) list(c *call, l *tables.List) error {
	asked, err := asksList(c, l)
	if err != nil {
		return err
	}
	v := a.viewer(c)
	q := reportdb.Question{Scope: v.scope.Scope}
	if s := c.query.Get("as_of"); s != "" {
		n, err := a.position(c.r.Context(), s)
		if err != nil {
			return err
		}
		if asked.As = s; n == 0 { // nothing was there
			return a.noList(c, v)
		}
		q.AsOf = new(n - 1)
	}
	if err := asked.Question(&q); err != nil {
		return listError(err)
	}
	conn, err := a.askReports(c, q)
	if err != nil {
		return err
	}
	page, err := conn.List(*asked)
	if err = errors.Join(err, conn.Close()); err != nil {
		return listError(err)
	}
	return a.showList(c, v, l, &page, uint64(conn.Position()+1))
}

// noList answers for a ledger without entries.
func (a *Handler) noList(c *call, v *viewer) error {
	head, err := a.cfg.Projector.HeadAt(0, &v.scope.Scope)
	if err != nil {
		return err
	}
	return c.json(listPage{Head: head, Total: new(0), Hidden: new(0), Items: []jsontext.Value{}})
}

// asksList reads the question.
func asksList(c *call, l *tables.List) (*reportdb.Asked, error) {
	limit, err := c.uint("limit", projector.DefaultLimit, projector.MaxLimit)
	if err != nil {
		return nil, err
	}
	get := c.query.Get
	a := &reportdb.Asked{List: l, State: get("state"), Text: get("q"), Cursor: get("cursor"), Limit: int(limit), Filters: map[string]string{}}
	for i := range l.Filters {
		name := l.Filters[i].Name
		if v := get(name); v != "" {
			a.Filters[name] = v
		}
	}
	sort := get("sort")
	for _, name := range []string{"sort", "since", "until"} {
		if a.Text != "" && get(name) != "" {
			return nil, invalid(name, "found-newest")
		}
	}
	a.Upward = sort != "" && sort[0] != '-'
	for _, by := range l.Sorts {
		if strings.TrimPrefix(sort, "-") == memberOf(by) {
			a.Sort = by
		}
	}
	if a.Cursor == "" {
		if a.Count = exactTo; get("total") == "exact" {
			a.Count = -1
		}
	}
	return a, boundsOf(c, l, a)
}

// boundsOf reads since and until: of the column that sorts, or else of the first of time.
func boundsOf(c *call, l *tables.List, a *reportdb.Asked) error {
	for name, to := range map[string]*string{"since": &a.From, "until": &a.To} {
		s := c.query.Get(name)
		if s == "" {
			continue
		}
		if a.Sort == "" {
			a.Sort = l.Sorts[slices.IndexFunc(l.Sorts, func(by string) bool { return by != "ix" })]
		}
		if a.Sort == "ix" {
			return invalid("sort", "sorted-by-time")
		}
		t, err := parseSince(s)
		if name == "until" {
			t, err = parseUntil(s)
		}
		if err != nil {
			return err
		}
		if *to = t.In(event.Beijing).Format(tables.Minute); name == "since" && strings.HasSuffix(*to, " 00:00") {
			*to = (*to)[:len(time.DateOnly)] // what tells its day alone is of that day
		}
	}
	if a.From != "" && a.To != "" && a.From > a.To {
		return invalid("since", "not-above-to")
	}
	return nil
}

// listError gives the errors of a list their codes.
func listError(err error) error {
	switch {
	case errors.Is(err, reportdb.ErrCursor):
		return invalid("cursor", "list-cursor")
	case errors.Is(err, reportdb.ErrScope):
		return fail(law.ScopeChanged)
	}
	return reportError(err)
}

// showList writes a page, and logs which hidden visits are read by it (R39).
func (a *Handler) showList(c *call, v *viewer, l *tables.List, page *reportdb.Listed, size uint64) (err error) {
	out := listPage{Items: []jsontext.Value{}, Next: page.Next, AtMost: page.More}
	if page.Counted {
		out.Total, out.Hidden = &page.Total, &page.Hidden
	}
	visit := slices.IndexFunc(page.Columns, func(x tables.Column) bool { return x.Name == l.Visit })
	for i := range page.Rows {
		row := &page.Rows[i]
		if id, ok := "", false; row.Hidden && visit >= 0 {
			if id, ok = row.Values[visit].(string); ok {
				if err := v.log(id); err != nil {
					return err
				}
			}
		}
		item, err := itemOf(page, row)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, item)
	}
	if err := a.waitForViews(c.r.Context(), size); err != nil {
		return err
	}
	if out.Head, err = a.cfg.Projector.HeadAt(size, &v.scope.Scope); err != nil {
		return err
	}
	return c.json(out)
}

// itemOf is a row as an object, without what it has not.
func itemOf(page *reportdb.Listed, row *reportdb.Row) (jsontext.Value, error) {
	b := []byte{'{'}
	for i := range page.Columns {
		c := &page.Columns[i]
		value := row.Values[i]
		switch n, number := value.(int64); {
		case value == nil:
			continue
		case c.Name == "sectors":
			value = tables.SectorCodes(page.Sectors, n)
		case c.Is == tables.Yes && number:
			value = n != 0
		case c.Is == tables.Several:
			value = strings.Fields(fmt.Sprint(value))
		case c.Is == tables.Instant:
			value = tables.RFC3339(fmt.Sprint(value))
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		b = append(b, '"')
		b = append(append(b, memberOf(c.Name)...), '"', ':')
		b = append(append(b, text...), ',')
	}
	if row.Hidden {
		return append(b, `"hidden":true}`...), nil
	}
	b[len(b)-1] = '}' // entry is always there
	return b, nil
}
