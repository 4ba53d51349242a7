package api

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/worklist"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// owedThen answers what was open as of a position or time: the report database knows the past. now is the recorded time at the position,
// unless the question says another.
func (a *Handler) owedThen(c *call, q *worklist.Query) error {
	v := a.viewer(c)
	asked, err := owedAsked(c, v, q, "GET /v1/obligations?as_of=")
	if err != nil {
		return err
	}
	asked.As, asked.Count = c.query.Get("as_of"), -1
	n, err := a.position(c.r.Context(), asked.As)
	if err != nil {
		return err
	}
	out := Worklist{Now: q.Now, Page: worklist.Page{Items: []worklist.OpenObligation{}}}
	if n > 0 {
		if err := a.readOwed(c, v, asked, n-1, &out); err != nil {
			return err
		}
	}
	for _, id := range out.Hidden() {
		if err := v.log(id); err != nil {
			return err
		}
	}
	if out.Head, err = a.cfg.Projector.HeadAt(n, &v.scope.Scope); err != nil {
		return err
	}
	if !c.query.Has("now") {
		out.Now = out.Recorded
	}
	return c.json(out)
}

// owedAsked is what a question about the worklist asks of the register of obligations, once it is known that the caller may.
func owedAsked(c *call, v *viewer, q *worklist.Query, operation string) (*reportdb.Asked, error) {
	of := tables.ListOf("obligations")
	if v.scope.Party() && !of.Of.ByParty() || !v.scope.Party() && !of.Of.MaySee(c.claims.Role) {
		return nil, fail(law.Forbidden, law.Str("role", c.claims.Role), law.Str("operation", operation))
	}
	asked := &reportdb.Asked{List: of, Upward: true, Limit: q.Limit, Cursor: q.Cursor,
		Filters: map[string]string{"campaign": q.Campaign, "county": q.County, "team": q.Team, "kind": q.Kind, "owner": string(q.Owner)}}
	if name := c.query.Get("stream"); name != "" {
		asked.Filters["of"], asked.Filters["matter"], _ = strings.Cut(name, "/")
	}
	for name, value := range asked.Filters {
		if value == "" {
			delete(asked.Filters, name)
		}
	}
	if !q.DueBefore.IsZero() {
		asked.To = q.DueBefore.Add(-time.Nanosecond).In(event.Beijing).Format(tables.Minute)
	}
	if c.query.Has("now") {
		asked.Now = q.Now.In(event.Beijing).Format(tables.Minute)
	}
	return asked, nil
}

// owedChanges answers with what came, went and changed in the worklist between two positions.
func (a *Handler) owedChanges(c *call) error {
	q, err := a.asksOwed(c)
	if err != nil {
		return err
	}
	v := a.viewer(c)
	asked, err := owedAsked(c, v, q, "GET /v1/obligations/changes")
	if err != nil {
		return err
	}
	if asked.Cursor == "" {
		asked.Count = -1
	}
	return a.showChanged(c, v, asked, func(listed *reportdb.Listed, row *reportdb.Row, now string) (jsontext.Value, error) {
		return json.Marshal(owedItem(listed, row, now))
	})
}

// readOwed reads a page, and how many are open and overdue.
func (a *Handler) readOwed(c *call, v *viewer, asked *reportdb.Asked, index uint64, out *Worklist) error {
	q := reportdb.Question{Scope: v.scope.Scope, AsOf: &index}
	if err := asked.Question(&q); err != nil {
		return listError(err)
	}
	conn, err := a.askReports(c, q)
	if err != nil {
		return err
	}
	page, err := conn.List(*asked)
	late := *asked
	late.State, late.Limit, late.Cursor = "overdue", 1, ""
	var overdue reportdb.Listed
	if err == nil {
		overdue, err = conn.List(late)
	}
	now := conn.Now()
	if err = errors.Join(err, conn.Close()); err != nil {
		return listError(err)
	}
	if asked.Now != "" {
		now = asked.Now
	}
	out.Open, out.Overdue, out.Next = page.Total+page.Hidden, overdue.Total+overdue.Hidden, page.Next
	for i := range page.Rows {
		out.Items = append(out.Items, owedItem(&page, &page.Rows[i], now))
	}
	return nil
}

// owedItem is a row as the worklist shows it.
func owedItem(page *reportdb.Listed, row *reportdb.Row, now string) worklist.OpenObligation {
	texts := map[string]string{}
	for i := range page.Columns {
		if s, ok := row.Values[i].(string); ok {
			texts[page.Columns[i].Name] = s
		}
	}
	o := worklist.OpenObligation{Stream: texts["of"] + "/" + texts["matter"], Kind: texts["kind"], Owner: texts["owner"], Rule: texts["rule"],
		Event: texts["event"], Item: texts["item"], Escalated: texts["escalated"] != "", HoldsUp: holdsUp(texts["kind"]),
		Campaign: texts["campaign"],
		Subject:  texts["subject"], Team: texts["team"], County: texts["area"], Hidden: row.Hidden}
	if due := texts["due"]; due != "" {
		if t, err := time.ParseInLocation(tables.Minute, due, event.Beijing); err == nil {
			t = t.UTC()
			o.Due = &t
		}
		o.Overdue = due < now
	}
	return o
}

// heldUp is what waits for obligations, by their kind.
var heldUp = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for _, k := range domain.Obligations() {
		if all[k.Name] == nil {
			all[k.Name] = k.HoldsUp
		}
	}
	return all
})

// holdsUp is what waits for an obligation of a kind.
func holdsUp(kind string) []string {
	if waits := heldUp()[kind]; waits != nil {
		return waits
	}
	return []string{}
}
