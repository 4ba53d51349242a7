package reportdb

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Things runs a query that gives one row for each thing that is counted, once, into the temporary table thing: every number of
// an answer is computed from that. The query has a field ix, the entry that made the thing; parameters are bound as :name.
// It returns the query's fields and how many things there are.
func (c *Conn) Things(query string, parameters map[string]any) (fields []string, n int64, err error) {
	if fields, err = c.empty(query, parameters); err != nil {
		return nil, 0, err
	}
	n, err = c.pour("thing", fmt.Sprintf("SELECT 0, %s FROM (%s\n)", plain(fields), query), c.args(parameters))
	if err == nil {
		c.counted = fields
	}
	return fields, n, err
}

// errRows says the bound and the remedy.
var errRows = fmt.Errorf("%w: more than %d things of which more is asked than how many they are; %s", ErrTooLong, mostRows, less)

// less is what helps where a question has too many things.
const less = "ask for less at once, by county, sector or period / 请按县区、行业或期间缩小范围"

// empty makes the temporary table for the things of a query, without running it.
func (c *Conn) empty(query string, parameters map[string]any) (fields []string, err error) {
	if fields, err = c.Fields(query, parameters); err != nil {
		return nil, err
	}
	c.counted = nil
	return fields, c.explain(c.unguarded("DROP TABLE IF EXISTS temp.thing",
		fmt.Sprintf("CREATE TEMP TABLE thing (%s, %s)", arm, strings.Join(fields, ", "))))
}

// arm is the column of the temporary table that says of which query a thing is. No field has such a name.
const arm = "_arm"

// plain lists fields without an affinity, here and where a number is opened; else '2019' <> 2019 is true in one and false in the other.
func plain(fields []string) string {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = fmt.Sprintf("+%s AS %[1]s", f)
	}
	return strings.Join(columns, ", ")
}

// pour fills a temporary table with what a query gives, of which there may be so many rows.
func (c *Conn) pour(table, query string, args []any) (n int64, err error) {
	if n, err = c.insert(table, fmt.Sprintf("%s LIMIT %d", query, mostRows+1), args); err == nil && n > mostRows {
		err = errRows
	}
	return n, err
}

// insert fills a temporary table with what a query gives.
func (c *Conn) insert(table, query string, args []any) (n int64, err error) {
	c.filling = table
	defer func() { c.filling = "" }()
	res, err := c.conn.ExecContext(c.ctx, fmt.Sprintf("INSERT INTO temp.%s %s", table, query), args...)
	if err != nil {
		return 0, c.explain(err)
	}
	return res.RowsAffected()
}

// Fields returns the fields of a query by itself, without running it: it is one SELECT that no bracket of its own closes, and so it
// can stand in brackets within another.
func (c *Conn) Fields(query string, parameters map[string]any) ([]string, error) {
	query = strings.TrimSpace(query)
	if err := single(query); err != nil {
		return nil, err
	}
	args := c.args(parameters)
	if err := c.alone(query, args); err != nil {
		return nil, c.explain(err)
	}
	fields, err := c.fields(query, args)
	return fields, c.explain(err)
}

// Query reads what was counted, or the views.
func (c *Conn) Query(query string, parameters map[string]any) (*sql.Rows, error) {
	if err := single(query); err != nil {
		return nil, err
	}
	rows, err := c.conn.QueryContext(c.ctx, query, c.args(parameters)...)
	return rows, c.explain(err)
}

// args are the parameters with what every question may name. A parameter now says by which time is asked.
func (c *Conn) args(parameters map[string]any) []any {
	now, given := parameters["now"].(string)
	if !given {
		now = c.now
	}
	args := []any{sql.Named("as_of", c.n), sql.Named("now", now), sql.Named("today", now[:min(10, len(now))])}
	for name, v := range parameters {
		if name == "now" {
			continue
		}
		args = append(args, sql.Named(name, v))
	}
	return args
}

// alone prepares a query by itself: it is one SELECT, and no bracket of it closes one of ours.
func (c *Conn) alone(query string, args []any) error {
	if w := strings.ToUpper(firstWord.FindString(query)); w != "SELECT" && w != "WITH" && w != "VALUES" {
		return fmt.Errorf("a query begins with SELECT or WITH")
	}
	rows, err := c.conn.QueryContext(c.ctx, "EXPLAIN "+query, args...)
	if err != nil {
		return err
	}
	return rows.Close()
}

var (
	firstWord = regexp.MustCompile(`^\w*`)
	fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// fields returns the names of a query's fields.
func (c *Conn) fields(query string, args []any) ([]string, error) {
	rows, err := c.conn.QueryContext(c.ctx, fmt.Sprintf("SELECT * FROM (%s\n) LIMIT 0", query), args...)
	if err != nil {
		return nil, err
	}
	fields, err := rows.Columns()
	if err = errors.Join(err, rows.Close()); err != nil {
		return nil, err
	}
	for _, f := range fields {
		if !fieldName.MatchString(f) {
			return nil, fmt.Errorf("field %q needs a name (AS)", f)
		}
	}
	if !slices.Contains(fields, "ix") {
		return nil, fmt.Errorf("the query gives no ix: SELECT f.ix, … is the entry that made the thing f")
	}
	return fields, nil
}

// unguarded runs statements of our own, which the authorizer does not allow others.
func (c *Conn) unguarded(statements ...string) error {
	return c.Trusted(func() error { return exec(c.ctx, c.conn, statements...) })
}

// single refuses a text that is more than one statement, or whose quotes and comments are not closed: what stands behind it would be
// read as part of it. The driver runs all statements of a text.
func single(query string) error {
	for i := 0; i < len(query); i++ {
		end := ""
		switch ch := query[i]; {
		case ch == ';':
			return fmt.Errorf("a query is one statement")
		case ch == 0:
			return fmt.Errorf("a query is text")
		case ch == '\'' || ch == '"' || ch == '`':
			end = string(ch)
		case ch == '[':
			end = "]"
		case strings.HasPrefix(query[i:], "--"):
			n := strings.IndexByte(query[i:], '\n')
			if n < 0 {
				return nil
			}
			i += n
			continue
		case strings.HasPrefix(query[i:], "/*"):
			i++
			end = "*/"
		default:
			continue
		}
		n := strings.Index(query[i+1:], end)
		if n < 0 {
			return fmt.Errorf("%s is not closed", end)
		}
		i += n + len(end)
	}
	return nil
}
