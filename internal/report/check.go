package report

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// checkTime is how long all reports may be checked.
const checkTime = 2 * time.Minute

// Load reads our reports and those of a directory ("": none) and checks all. Its error joins every fault of every file, each with its line.
//
// Of ours only the queries are prepared, because tests check the rest.
func Load(ctx context.Context, dir string) ([]*Report, error) {
	all, err := read(dir)
	if err == nil {
		err = check(ctx, all, func(r *Report) bool { return !r.ours })
	}
	return all, errors.Join(err, faultsOf(all...))
}

// Find returns the report of an id; nil: there is none.
func Find(all []*Report, id string) *Report {
	if i := slices.IndexFunc(all, func(r *Report) bool { return r.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// Check asks each report everything that it can be asked, over a database of no entries: for each of its roles every grouping, and every
// column. So a register that one of the roles may not see is found, and not answered as if it were empty.
func Check(ctx context.Context, all []*Report) error {
	return errors.Join(check(ctx, all, func(*Report) bool { return true }), faultsOf(all...))
}

// check adds to each report its faults; its error is none of them.
func check(ctx context.Context, all []*Report, wholly func(*Report) bool) (err error) {
	dir, err := os.MkdirTemp("", "anjian-reports-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := reportdb.Blank(ctx, dir)
	if err != nil {
		return err
	}
	byID := map[string]*Report{}
	for _, r := range slices.Backward(all) { // of one number the first counts: ours
		byID[r.ID] = r
	}
	c := &checker{b: b, open: map[asker]*reportdb.Conn{}}
	defer c.close()
	for _, r := range all {
		if r.findParts(byID); len(r.Parts) > 0 {
			r.examineText()
		} else if err := c.report(ctx, r, wholly(r)); err != nil {
			return err
		}
	}
	return nil
}

// findParts finds the parts of a report.
func (r *Report) findParts(all map[string]*Report) {
	r.parts = nil
	for _, id := range r.Parts {
		part := all[id]
		switch {
		case part == nil:
			r.tell("parts", Words{"没有报表 %s", "there is no report %s"}, id)
			continue
		case len(part.Parts) > 0:
			r.tell("parts", Words{"报表 %s 自己也由部分组成", "the report %s has parts itself"}, id)
			continue
		}
		r.parts = append(r.parts, part)
		for _, role := range r.Roles {
			if !part.For(role) {
				r.tell("parts", Words{"角色 %s 不得查询报表 %s", "the role %s may not ask for the report %s"}, role, id)
			}
		}
	}
}

// asker is a role, and whether it asks for a list with what is hidden.
type asker struct {
	role   event.Role
	hidden bool
}

// checker keeps one connection for each asker.
type checker struct {
	b    *reportdb.Builder
	open map[asker]*reportdb.Conn
}

func (c *checker) close() {
	for _, conn := range c.open {
		_ = conn.Close() // it has only read
	}
}

func (c *checker) conn(ctx context.Context, who asker) (*reportdb.Conn, error) {
	if conn := c.open[who]; conn != nil {
		return conn, nil
	}
	actor := event.Actor{Role: who.role, Team: "t", Unit: "u", County: "610902"}
	conn, err := c.b.Ask(ctx, reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, nobody{}), Hidden: who.hidden, For: checkTime})
	if err == nil {
		c.open[who] = conn
	}
	return conn, err
}

// nobody is a ledger without units and teams.
type nobody struct{}

func (nobody) Unit(string) (table.Unit, bool)      { return table.Unit{}, false }
func (nobody) Team(string) (visibility.Team, bool) { return visibility.Team{}, false }
func (nobody) Committee(string) []string           { return nil }

// report looks at the query as each of the report's roles, and asks it everything when header and query have no fault. Not wholly: the
// query alone, as the first role.
func (c *checker) report(ctx context.Context, r *Report, wholly bool) error {
	if t := r.grouping(); t != nil {
		r.tellAt(r.lineAt(t.at), groups.with(strings.ToUpper(t.text)))
	}
	roles := slices.DeleteFunc(slices.Clone(r.Roles), func(role event.Role) bool { return !slices.Contains(event.Roles, role) })
	if len(roles) == 0 {
		roles = []event.Role{event.RoleSupervisionOffice}
	}
	for i, role := range roles {
		conn, err := c.conn(ctx, asker{role, r.Hidden})
		if err != nil {
			return err
		}
		fields, err := conn.Fields(r.SQL, unbound(r))
		switch {
		case r.SQL == "":
			return nil
		case err != nil:
			r.wrong(conn, "", err)
			continue
		}
		if r.fields = fields; !wholly {
			return nil
		}
		if i == 0 {
			r.examineFields(conn)
		}
		r.ask(conn, i == 0)
	}
	return nil
}

// groups says that a query counts by itself.
var groups = Words{"%s：查询应对每一事项给出一行，由文件头（rows、dimensions、columns）来分组和计数；括号内的子查询可以分组",
	"%s: the query gives one row for each thing, and the header groups and counts (rows, dimensions, columns); a query within " +
		"brackets may group"}

// examineFields finds what the header says of fields that the query does not give.
func (r *Report) examineFields(conn *reportdb.Conn) {
	if r.Date.EN != "" && !r.Takes("from") {
		r.tell("date", Words{"写了 date，但查询没有给出字段 date，也没有用到 :from", "a date is named, and the query gives no field date and names no :from"})
	}
	lacks := func(name string) {
		if nameIs.MatchString(name) && !slices.Contains(r.fields, name) {
			r.tellAt(r.lineOf(name), sentences(Words{"查询没有给出字段 %s", "the query gives no field %s"}.with(name), like(name, r.fields),
				Words{"查询给出 %s", "the query gives %s"}.with(listed(r.fields))))
		}
	}
	computes := func(word, of string) {
		if of == "" {
			return
		}
		if _, err := conn.Fields("SELECT ix, "+of+" AS value FROM ("+r.SQL+"\n)", unbound(r)); err != nil {
			r.wrong(conn, word, err)
		}
	}
	for _, d := range r.Dimensions {
		if computes(d.Name, d.Of); d.Bands == "" {
			lacks(d.Name)
		}
	}
	for _, f := range r.Detail {
		lacks(f.Name)
	}
	for _, c := range r.Columns {
		computes(c.Name, c.Where)
		computes(c.Name, c.of)
		computes(c.Name, c.Entry)
	}
}

// ask asks a report that has no fault of each grouping; first opens the numbers as well, because the views of all roles have the same
// columns.
func (r *Report) ask(conn *reportdb.Conn, first bool) {
	for _, rows := range r.RowNames() {
		if len(r.faults) > 0 {
			return
		}
		x, err := r.On(conn, "", Question{Rows: rows})
		if err == nil {
			err = x.count()
		}
		if err != nil {
			r.wrong(conn, "", err)
			return
		}
		for _, c := range r.Columns {
			if first && !c.paired() {
				x.try(c)
			}
		}
		word := "rows"
		if rows == each && r.Order != "" {
			word = "order"
		}
		if len(r.faults) > 0 {
			return
		}
		if _, err := x.Answer(); err != nil {
			r.wrong(conn, word, err)
		}
	}
}

// try computes one column of what was counted, and opens it.
func (x *Execution) try(c *Column) {
	err := x.read("SELECT "+x.aggregate(c)+" FROM temp.thing", nil, func([]any) error { return nil })
	if err == nil {
		_, err = x.Open(make([]any, len(x.by)), c, Start, 1)
	}
	if err != nil {
		x.wrong(x.conn, c.Name, err)
	}
}

// unbound are the parameters of a report as nothing.
func unbound(r *Report) map[string]any {
	p := map[string]any{"base_from": nil, "base_to": nil}
	for name := range Common {
		p[name] = nil
	}
	for name := range r.Parameters {
		p[name] = nil
	}
	return p
}
