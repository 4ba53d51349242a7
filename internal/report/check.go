package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
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

// Load reads our reports and those of a directory ("": none) and checks all. Its error joins the faults of every file, each
// with its line.
//
// Of ours only the queries are prepared, because tests check the rest.
func Load(ctx context.Context, dir string) ([]*Report, error) {
	all, err := Read(dir)
	return all, errors.Join(err, check(ctx, all, func(r *Report) bool { return !r.ours }))
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
	return check(ctx, all, func(*Report) bool { return true })
}

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
	for _, r := range all {
		byID[r.ID] = r
	}
	c := &checker{b: b, open: map[asker]*reportdb.Conn{}}
	defer c.close()
	var errs []error
	for _, r := range all {
		errs = append(errs, c.report(ctx, r, byID, wholly(r)))
	}
	return errors.Join(errs...)
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

func (c *checker) report(ctx context.Context, r *Report, all map[string]*Report, wholly bool) error {
	r.parts = nil
	for _, id := range r.Parts {
		part := all[id]
		if part == nil {
			return r.fault("parts", "there is no report %q", id)
		}
		if len(part.Parts) > 0 {
			return r.fault("parts", "the report %s has parts itself", id)
		}
		r.parts = append(r.parts, part)
		for _, role := range r.Roles {
			if !part.For(role) {
				return r.fault("parts", "the role %s may not ask for the report %s", role, id)
			}
		}
	}
	if len(r.Parts) > 0 {
		return r.examineText()
	}
	for _, role := range r.Roles {
		conn, err := c.conn(ctx, asker{role, r.Hidden})
		if err != nil {
			return err
		}
		if fields, err := conn.Fields(r.SQL, unbound(r)); err != nil {
			return r.atQuery(role, err)
		} else if r.fields = fields; r.Date.EN != "" && !r.Takes("from") {
			return r.fault("date", "a date is named, and the query gives no field date and names no :from")
		}
		if !wholly {
			return nil
		}
		for _, rows := range r.RowNames() {
			if err := r.ask(conn, role, rows); err != nil {
				return err
			}
		}
	}
	return nil
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

// ask asks a report of one grouping, and opens its numbers.
func (r *Report) ask(conn *reportdb.Conn, role event.Role, rows string) error {
	x, err := r.On(conn, "", Question{Rows: rows})
	if err != nil {
		return r.atQuery(role, err)
	}
	if err := x.count(); err != nil {
		return r.atQuery(role, err)
	}
	if _, err := x.Answer(); err != nil {
		return r.at("rows", role, fmt.Errorf("rows %s: %w", rows, err))
	}
	for _, c := range r.Columns {
		if c.paired() || role != r.Roles[0] { // the views of all roles have the same columns
			continue
		}
		if err := x.read("SELECT "+x.aggregate(c)+" FROM temp.thing", nil, func([]any) error { return nil }); err != nil {
			return r.at(c.Name, role, fmt.Errorf("column %s: %w", c.Name, err))
		}
		if _, err := x.Open(make([]any, len(x.by)), c, Start, 1); err != nil {
			return r.at(c.Name, role, fmt.Errorf("column %s: %w", c.Name, err))
		}
	}
	return nil
}

// atQuery is a fault of the query.
func (r *Report) atQuery(role event.Role, err error) error { return r.at("", role, err) }

var (
	said    = regexp.MustCompile(`\bSQL logic error: |\s*\(\d+\)$`)
	quoted  = regexp.MustCompile(`(?:no such (?:column|table|function): |near |register |field |access to )"?(?:temp\.)?([A-Za-z0-9_.]+)`)
	nothing = regexp.MustCompile(`not authorized|access to .* is prohibited`)
	unknown = regexp.MustCompile(`no such column: `)
	unnamed = regexp.MustCompile(`missing named argument "(\w+)"`)
)

// at is a fault where the text has what the error names, or else a word, or else at the query.
func (r *Report) at(word string, role event.Role, err error) error {
	what := said.ReplaceAllString(said.ReplaceAllString(err.Error(), ""), "")
	line := r.line
	switch m := unnamed.FindStringSubmatch(what); {
	case nothing.MatchString(what):
		what += ": a report reads the registers of SCHEMA.md by their plain names, not its views and other tables, and calls the functions " +
			"that the README lists"
	case unknown.MatchString(what) && word != "":
		what += ": the query gives " + listed(r.fields)
	case m != nil:
		line = max(r.lineFrom(m[1]), line)
		what = fmt.Sprintf("the query names :%s, which is no parameter: say under [parameters] what it is", m[1])
	}
	if m := quoted.FindStringSubmatch(what); m != nil {
		name := m[1][strings.LastIndex(m[1], ".")+1:]
		if strings.Contains(what, "access to ") {
			name, _, _ = strings.Cut(m[1], ".")
		}
		if at := r.lineOf(name); name != "" && (at > 1 || strings.Contains(strings.SplitN(r.text, "\n", 2)[0], name)) {
			line = max(at, 1)
			if within := cmp.Or(r.lineFrom(name), r.lineFrom(name+"_now")); word == "" && within > 0 {
				line = within
			}
		}
	} else if word != "" {
		line = r.lineOf(word)
	}
	return &Fault{r.File, line, fmt.Sprintf("for the role %s: %s", role, what)}
}

// lineFrom is the first line of the query that has a word; 0: none.
func (r *Report) lineFrom(word string) int {
	is := regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`)
	for i, line := range strings.Split(r.text, "\n") {
		if i+1 >= r.line && is.MatchString(line) {
			return i + 1
		}
	}
	return 0
}
