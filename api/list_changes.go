package api

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// listChanges is a page of what changed in a list between two positions.
type listChanges struct {
	From  projections.Head `json:"from"`
	To    projections.Head `json:"to"`
	Total *changesTotal    `json:"total,omitempty"`
	Items []changedItem    `json:"items"`
	Next  string           `json:"next,omitempty"`
}

// changesTotal is how many things of all pages changed.
type changesTotal struct {
	Came    int `json:"came"`
	Went    int `json:"went"`
	Changed int `json:"changed"`
	Hidden  int `json:"hidden"`
}

// changedItem is one thing.
type changedItem struct {
	Side    string         `json:"side"`
	Entry   int64          `json:"entry"`
	By      []int64        `json:"by,omitempty"`
	Columns []string       `json:"columns,omitempty"`
	Before  jsontext.Value `json:"before,omitempty"`
	After   jsontext.Value `json:"after,omitempty"`
}

// changesOfList is the route for what changed in a list; page is the name of the list's schema.
func (a *Handler) changesOfList(d *document, l *tables.List, page string) *route {
	name := page + "Changes"
	d.schemas.Map()[name] = listChangesSchema(d, l.Name, listSchema(l).Properties["items"].Items)
	var params []*huma.Param
	for _, p := range listParams(l) {
		switch p.Name {
		case "as_of":
			params = append(params, changesFrom, changesTo)
		case "sort", "total":
		default:
			params = append(params, p)
		}
	}
	return &route{
		method: "GET", path: "/v1/" + l.Name + "/changes", id: "list-" + l.Name + "-changes", tag: "lists", need: needsList(l),
		summary: l.English + ": what changed between two positions", chinese: l.Chinese + "在两个位置之间的变化",
		doc: changesDoc +
			"Filters and states are those of the list; what no longer fulfils them went. A state that depends on time is told by each side's own. " +
			changesOrder,
		params: params, answers: map[string]*huma.Schema{mediaJSON: {Ref: componentsRoot + name}},
		codes: changesCodes, costly: true, counts: true, waits: true, handle: func(c *call) error { return a.listChanges(c, l) },
	}
}

// What is said of every list's changes.
const (
	changesDoc = "The things that are in the list as of one of the positions only, or as of both with other columns, under the scope of now," +
		" with the entries between the positions that touched them: done to the list as of from they give the list as of to. "
	changesOrder = "In the order of the entries that opened the things; total counts those of all pages, hidden how many of these are not " +
		"disclosed and are shown to the office, the commission and the own team alone."
)

var changesCodes = []law.Code{law.InvalidParameter, law.BeyondHead, law.ViewsBehind, law.ScopeChanged, law.ReportsBehind, law.NoReports,
	law.ReportTooLarge}

// listChangesSchema is a page of what changed in a list, of rows like this.
func listChangesSchema(d *document, name string, row *huma.Schema) *huma.Schema {
	item := object("What became of one thing.", "side", enum([]string{report.Came, report.Went, report.Altered}), "entry", number(maxPosition),
		"by", list(number(maxPosition)), "columns", list(text()), "before", row, "after", row)
	item.Properties["entry"].Description = "index of the entry that opened it"
	item.Properties["by"].Description = "indexes of the entries between the positions that touched it: what did it is among them; " +
		"none: nothing but time"
	item.Properties["columns"].Description = "which differ, of a thing that changed"
	item.Required = []string{"side", "entry"}
	total := object("How many things of all pages.", "came", number(maxPosition), "went", number(maxPosition), "changed", number(maxPosition),
		"hidden", number(maxPosition))
	head := d.schemaOf(projections.Head{})
	page := object("A page of what changed in "+name+".", "from", head, "to", head, "total", total, "items", list(item), "next", text())
	page.Required = []string{"from", "to", "items"}
	return page
}

// listChanges answers with a page.
func (a *Handler) listChanges(c *call, l *tables.List) error {
	asked, err := asksList(c, l)
	if err != nil {
		return err
	}
	return a.showChanged(c, a.viewer(c), asked, func(listed *reportdb.Listed, row *reportdb.Row, _ string) (jsontext.Value, error) {
		return itemOf(listed, row)
	})
}

// rowAsShown is a row as its list shows it; now is by which states were told.
type rowAsShown func(listed *reportdb.Listed, row *reportdb.Row, now string) (jsontext.Value, error)

// showChanged answers with a page of what changed in what is asked of a list.
func (a *Handler) showChanged(c *call, v *viewer, asked *reportdb.Asked, shown rowAsShown) error {
	if asked.Count != 0 {
		asked.Count = -1
	}
	from, to, err := a.between(c)
	if err != nil {
		return err
	}
	asked.As = fmt.Sprintf("%s to %s", c.query.Get("from"), c.query.Get("to"))
	q := reportdb.Question{Scope: v.scope.Scope, AsOf: to, For: reportTime}
	if err := asked.Question(&q); err != nil {
		return listError(err)
	}
	conn, to, err := a.changing(c, q, from, q.AsOf)
	if err != nil {
		return listError(err)
	}
	page, err := conn.ListChanges(*asked, to)
	if err = errors.Join(err, conn.Close()); err != nil {
		return listError(err)
	}
	out := listChanges{Items: []changedItem{}, Next: page.Next}
	if page.Counted {
		out.Total = &changesTotal{page.Came, page.Went, page.Changed, page.Hidden}
	}
	for i := range page.Changes {
		item, err := changedItemOf(v, asked.List, &page, &page.Changes[i], shown)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, item)
	}
	if err := a.waitForViews(c.r.Context(), *to+1); err != nil {
		return err
	}
	if out.From, err = a.cfg.Projector.HeadAt(from+1, &v.scope.Scope); err != nil {
		return err
	}
	if out.To, err = a.cfg.Projector.HeadAt(*to+1, &v.scope.Scope); err != nil {
		return err
	}
	return c.json(out)
}

// changedItemOf is what became of one thing, and logs which hidden visit is read by it (R39).
func changedItemOf(v *viewer, l *tables.List, page *reportdb.ListChanged, x *reportdb.ListChange, shown rowAsShown) (item changedItem,
	err error) {
	item = changedItem{Side: report.Altered, Entry: x.Entry, By: x.By}
	for _, name := range x.Differ {
		item.Columns = append(item.Columns, memberOf(name))
	}
	switch {
	case x.Was == nil:
		item.Side = report.Came
	case x.Is == nil:
		item.Side = report.Went
	}
	listed := reportdb.Listed{Columns: page.Columns, Sectors: page.Sectors}
	visit := slices.IndexFunc(page.Columns, func(x tables.Column) bool { return x.Name == l.Visit })
	if row := cmp.Or(x.Is, x.Was); row.Hidden && visit >= 0 {
		if id, ok := row.Values[visit].(string); ok {
			if err := v.log(id); err != nil {
				return item, err
			}
		}
	}
	if x.Was != nil {
		item.Before, err = shown(&listed, x.Was, page.Now[0])
	}
	if x.Is != nil && err == nil {
		item.After, err = shown(&listed, x.Is, page.Now[1])
	}
	return item, err
}
