package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// What changed in a number between two positions is what came less what went: the difference of its two drill-downs (rule 28 of the
// model). A thing is known by the entry behind it and by what it adds, a distinct one by its value. So what moved from one row to another
// went here and came there, and in the total it is neither.

// Changes is what came, went and changed in a report between two positions. Rows and things in which nothing changed are left out.
type Changes struct {
	ID         string            `json:"report" doc:"number of the report"`
	Title      Words             `json:"title"`
	By         []DimensionInfo   `json:"by" doc:"what the rows are grouped by; none: one row for each thing"`
	Columns    []ColumnInfo      `json:"columns" doc:"the figures, in their order"`
	Detail     []FieldInfo       `json:"detail,omitempty" doc:"what is shown of one thing, where each row is one"`
	Parameters map[string]any    `json:"parameters" doc:"by which it was asked, with the defaults; since and until are the period"`
	Rows       []ChangedRow      `json:"rows"`
	Total      map[string]Figure `json:"total" doc:"of all things, each counted once"`
	Hidden     *Figure           `json:"hidden,omitempty" doc:"of a list that shows what is hidden: how many that are"`
	Figures    []ChangedPart     `json:"figures,omitempty" doc:"of a report of sentences, which has no rows"`

	doc *Document // of the later position
}

// Figure is one number at both positions.
type Figure struct {
	From any `json:"from" doc:"the number as of the first position; null: none, or not known"`
	To   any `json:"to" doc:"as of the second"`
	Came any `json:"came,omitempty" doc:"of count, sum and distinct: what is counted as of the second alone; to - from = came - went"`
	Went any `json:"went,omitempty" doc:"what is counted as of the first alone"`
}

// The sides of a change.
const (
	Came    = "came"
	Went    = "went"
	Altered = "changed"
)

// ChangedRow is a row in which something changed, or that is there at one of the positions only.
type ChangedRow struct {
	Row     string            `json:"row" doc:"opaque: opens what came and went in /changes/entries"`
	Side    string            `json:"side" doc:"came: as of the second position alone; went: as of the first alone; changed: as of both"`
	Entry   *int64            `json:"entry,omitempty" doc:"where each row is one thing: index of the entry that made it"`
	Group   map[string]any    `json:"group,omitempty" doc:"values of what the row is grouped by; null: not stated"`
	Labels  map[string]string `json:"labels,omitempty" doc:"their words, in the language of Accept-Language"`
	Figures map[string]Figure `json:"figures,omitempty" doc:"by column"`
	Detail  map[string]any    `json:"detail,omitempty" doc:"by field, as of the second position"`
	Was     map[string]any    `json:"was,omitempty" doc:"by field, as of the first"`

	key      []any
	was, now []any
}

// ChangedPart is one figure of a sentence at both positions.
type ChangedPart struct {
	Name   string `json:"name" doc:"as the file has it: r3_found"`
	Report string `json:"report" doc:"in whose changes it opens"`
	Column string `json:"column"`
	From   any    `json:"from"`
	To     any    `json:"to"`
}

// side is a report as of one of the two positions.
type side struct {
	x      *Execution
	doc    *Document
	answer *Answer
}

// beside asks the report where the connection is.
func (r *Report) beside(conn *reportdb.Conn, team string, q Question, l law.Language) (s side, err error) {
	if s.x, err = r.On(conn, team, q); err != nil {
		return s, err
	}
	s.x.whole = true
	if s.answer, err = s.x.Answer(); err == nil {
		s.doc, err = s.x.Document(s.answer, l)
	}
	return s, err
}

// Changes asks what changed between the position of the connection and another, which it has afterwards. now, when it is asked for, is that
// of both; else each side tells what is overdue by its own time.
func (r *Report) Changes(conn *reportdb.Conn, team string, q Question, to *uint64, l law.Language) (*Changes, error) {
	was, err := r.beside(conn, team, q, l)
	counted := err == nil && len(r.parts) == 0 && !was.answer.Each()
	if counted {
		_, err = was.x.keep(-1)
	}
	if err == nil {
		err = conn.Turn(to)
	}
	if err != nil {
		return nil, err
	}
	is, err := r.beside(conn, team, q, l)
	if err != nil {
		return nil, err
	}
	c := &Changes{ID: r.ID, Title: r.Title, By: is.doc.By, Columns: is.doc.Columns, Detail: is.doc.Detail, Rows: []ChangedRow{},
		Parameters: periodOf(is.doc.Parameters), Total: map[string]Figure{}, doc: is.doc}
	if is.doc.Hidden != nil && was.doc.Hidden != nil {
		c.Hidden = &Figure{From: *was.doc.Hidden, To: *is.doc.Hidden}
	}
	for i := range is.doc.Figures {
		f := &is.doc.Figures[i]
		c.Figures = append(c.Figures, ChangedPart{f.Name, f.Report, f.Column, was.doc.Figures[i].Value, f.Value})
	}
	if !counted {
		c.things(was.doc, is.doc)
		for name, v := range is.doc.Total {
			c.Total[name] = Figure{From: was.doc.Total[name], To: v}
		}
		return c, nil
	}
	kept, err := is.x.keep(+1)
	if err != nil {
		return nil, err
	}
	return c, c.groups(kept, &was, &is)
}

// both is the table in which the things of both sides are kept.
const both = "both"

// keptFields are the fields of that table: which side, by what rows are grouped, the entries that are behind columns, and for each column
// that is counted what the thing adds, or NULL where it does not count the thing.
func (x *Execution) keptFields() []string {
	fields := []string{"side"}
	for i := range x.by {
		fields = append(fields, fmt.Sprintf("k%d", i))
	}
	for _, e := range x.entries() {
		fields = append(fields, "e_"+e)
	}
	for _, c := range x.Columns {
		if !c.paired() {
			fields = append(fields, "v_"+c.Name)
		}
	}
	return fields
}

// keep adds the things of one side.
func (x *Execution) keep(sign int) (string, error) {
	values := []string{fmt.Sprint(sign)}
	for _, name := range slices.Concat(x.by, x.entries()) {
		values = append(values, "+"+name)
	}
	for _, c := range x.Columns {
		if !c.paired() {
			values = append(values, fmt.Sprintf("CASE WHEN %s THEN %s END", x.where(c), c.adds()))
		}
	}
	return x.conn.Keep(both, x.keptFields(), "SELECT "+strings.Join(values, ", ")+" FROM temp.thing", x.p)
}

// adds is what a thing adds to a column.
func (c *Column) adds() string {
	if c.Kind == Count {
		return "1"
	}
	return "(" + c.of + ")"
}

// entries are the fields that have entries behind columns.
func (r *Report) entries() []string {
	all := []string{"ix"}
	for _, c := range r.Columns {
		if e := cmp.Or(c.Entry, "ix"); !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

// Moves reports whether a column says what came and went.
func (c *Column) Moves() bool { return c.Adds() || c.Kind == Distinct }

// groups compares the rows of both sides.
func (c *Changes) groups(kept string, was, is *side) error {
	rows, total := map[string]map[string]Figure{}, map[string]Figure{}
	differing, err := is.x.differing(kept)
	if err != nil {
		return err
	}
	for _, column := range is.x.Columns {
		if !column.Moves() {
			continue
		}
		for _, dims := range [][]string{nil, is.x.by} {
			if dims != nil && column.Only == "total" {
				continue
			}
			err := is.x.difference(kept, differing, column, dims, func(key []any, f Figure) {
				row := total
				if dims != nil {
					name := is.x.rowKey(key)
					if row = rows[name]; row == nil {
						row = map[string]Figure{}
						rows[name] = row
					}
				}
				row[column.Name] = f
			})
			if err != nil {
				return err
			}
		}
	}
	for i, column := range is.x.Columns {
		c.Total[column.Name] = completed(column, total[column.Name], was.answer.Total[i], is.answer.Total[i])
	}
	c.rows(was, is, rows)
	return nil
}

// completed is what came and went with the number of both sides.
func completed(c *Column, f Figure, from, to any) Figure {
	f.From, f.To = from, to
	if c.Moves() && f.Came == nil {
		f.Came, f.Went = int64(0), int64(0)
	}
	return f
}

// changed reports whether a number differs, or what is behind it.
func (f *Figure) changed() bool {
	return float(f.Came) != 0 || float(f.Went) != 0 || fmt.Sprint(f.From) != fmt.Sprint(f.To)
}

// rows makes the rows of both sides: those of the second in their order, and then those of the first alone.
func (c *Changes) rows(was, is *side, moved map[string]map[string]Figure) {
	before := map[string]*DocumentRow{}
	for i := range was.doc.Rows {
		before[was.doc.Rows[i].Row] = &was.doc.Rows[i]
	}
	add := func(row *DocumentRow, how string, from, to []any) {
		out := ChangedRow{Row: row.Row, Side: how, Group: row.Group, Labels: row.Labels, Figures: map[string]Figure{}, key: row.key}
		differs := how != Altered
		for i, column := range is.x.Columns {
			if column.Only != "total" {
				f := completed(column, moved[row.Row][column.Name], from[i], to[i])
				out.Figures[column.Name] = f
				differs = differs || f.changed()
			}
		}
		if differs {
			c.Rows = append(c.Rows, out)
		}
	}
	for i := range is.doc.Rows {
		row := &is.doc.Rows[i]
		if old := before[row.Row]; old != nil {
			add(row, Altered, old.values, row.values)
			delete(before, row.Row)
			continue
		}
		add(row, Came, was.x.finish(nil), row.values)
	}
	for i := range was.doc.Rows {
		if row := &was.doc.Rows[i]; before[row.Row] != nil {
			add(row, Went, row.values, is.x.finish(nil))
		}
	}
}

// differing are the things of which one side has more than the other: what adds up is made of these few.
func (x *Execution) differing(kept string) (string, error) {
	list := strings.Join(x.keptFields()[1:], ", ")
	return x.conn.Keep("differing", x.keptFields(), fmt.Sprintf("SELECT sum(side), %s FROM temp.%s GROUP BY %[1]s HAVING sum(side) <> 0",
		list, kept), nil)
}

// difference calls fn with what came and went in a column, for each row in which something did; without dims for the total.
func (x *Execution) difference(kept, differing string, c *Column, dims []string, fn func(key []any, f Figure)) error {
	from, keys := "temp."+differing, make([]string, len(dims))
	if c.Kind == Distinct {
		from = "temp." + kept
	}
	for i, d := range dims {
		if keys[i] = fmt.Sprintf("k%d", i); d == "county" {
			from = fmt.Sprintf("(SELECT m.area AS county_area, t.* FROM %s t LEFT JOIN temp.area_members m ON m.member = t.%s)", from, keys[i])
			keys[i] = "county_area"
		}
	}
	lead, tail := "", ""
	if len(keys) > 0 {
		lead, tail = strings.Join(keys, ", ")+", ", " GROUP BY "+strings.Join(keys, ", ")
	}
	v, weight := "v_"+c.Name, "1"
	if c.Kind == Sum {
		weight = "v"
	}
	query := fmt.Sprintf("SELECT %s%s AS v, sum(side) AS n FROM %s WHERE %[2]s IS NOT NULL GROUP BY %[1]se_%[4]s, %[2]s", lead, v, from,
		cmp.Or(c.Entry, "ix"))
	if c.Kind == Distinct { // a value that both sides have did not move
		query = fmt.Sprintf("SELECT %s%s AS v, CASE WHEN min(side) = max(side) THEN min(side) ELSE 0 END AS n FROM %s WHERE %[2]s IS NOT NULL "+
			"GROUP BY %[1]s%[2]s", lead, v, from)
	}
	return x.read(fmt.Sprintf("SELECT %ssum(max(n, 0) * %s), sum(max(-n, 0) * %[2]s) FROM (%s) WHERE n <> 0%s", lead, weight, query, tail),
		nil,
		func(values []any) error {
			if n := len(dims); values[n] != nil {
				fn(values[:n], Figure{Came: values[n], Went: values[n+1]})
			}
			return nil
		})
}

// things compares rows that are one thing each.
func (c *Changes) things(was, is *Document) {
	text := func(row *DocumentRow) string {
		values, _ := json.Marshal(row.values) // texts, numbers and nothing
		return row.Row + " " + string(values)
	}
	same := map[string]int{}
	for i := range is.Rows {
		same[text(&is.Rows[i])]++
	}
	gone, order := map[string][]*DocumentRow{}, []*DocumentRow{}
	for i := range was.Rows {
		row := &was.Rows[i]
		if same[text(row)] > 0 {
			same[text(row)]--
			continue
		}
		gone[row.Row], order = append(gone[row.Row], row), append(order, row)
	}
	for i := range is.Rows {
		row := &is.Rows[i]
		if same[text(row)] == 0 {
			continue
		}
		same[text(row)]--
		out := ChangedRow{Row: row.Row, Side: Came, Entry: row.Entry, Detail: row.Detail, now: row.values}
		if old := gone[row.Row]; len(old) > 0 {
			out.Side, out.Was, out.was = Altered, old[0].Detail, old[0].values
			gone[row.Row] = old[1:]
		}
		c.Rows = append(c.Rows, out)
	}
	for _, row := range order {
		if left := gone[row.Row]; len(left) > 0 && left[0] == row {
			gone[row.Row] = left[1:]
			c.Rows = append(c.Rows, ChangedRow{Row: row.Row, Side: Went, Entry: row.Entry, Was: row.Detail, was: row.values})
		}
	}
}
