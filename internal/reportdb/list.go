package reportdb

import (
	"cmp"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// Asked is what is asked of a list. What is zero leaves out nothing.
type Asked struct {
	List     *tables.List
	Filters  map[string]string // by name of the filter, as text
	State    string            // a word of its states
	Text     string            // what is searched; then what was written last comes first, and nothing else sorts
	Sort     string            // column; "": the first of the list
	Upward   bool              // else the greatest comes first
	From, To string            // bounds of the column that sorts, both included; as the database has it
	Now      string            // by which states are told; "": the recorded time of the position
	Cursor   string            // Next of the page before
	As       string            // how the asker calls the position
	Limit    int               // most rows of the page
	Count    int               // most things that are counted; negative: all; 0: none
}

// Listed is a page of a list.
type Listed struct {
	Columns []tables.Column // of each row's values
	Rows    []Row
	Sectors []tables.Sector // whose bits are in the column sectors
	Next    string          // cursor of the next page; "": this is the last one
	Total   int             // things that everybody in the scope sees, of all pages
	Hidden  int             // things that are hidden from others
	Counted bool            // Total and Hidden were counted
	More    bool            // counting ended at the most that was asked for
}

// Row is a thing of a list.
type Row struct {
	Values []any // int64, string or nil; what refers to names is text
	Hidden bool
}

// The errors of a list; test with errors.Is.
var (
	// ErrCursor: it is no cursor of this list, with these filters.
	ErrCursor = errors.New("not a cursor of this list")
	// ErrScope: it was made for another scope.
	ErrScope = errors.New("the scope has changed since the cursor was made")
)

// place is where a page ends.
type place struct {
	At      int64 // index as of which all pages are
	By      any   // the value that sorts; of a search nothing
	Version int64
}

// key tells lists and filters apart.
func (a *Asked) key() uint32 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %q %q %q %q %q %q %t %q %q", a.List.Name, a.As, a.Now, a.Filters, a.State, a.Text, a.Sort, a.Upward, a.From, a.To)
	return h.Sum32()
}

func (a *Asked) cursor(p place, fingerprint uint64) string {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, fingerprint), a.key())
	text, _ := json.Marshal(p) // numbers and texts
	return base64.RawURLEncoding.EncodeToString(append(b, text...))
}

// place reads the cursor; nil: there is none.
func (a *Asked) place(fingerprint uint64) (*place, error) {
	if a.Cursor == "" {
		return nil, nil //nolint:nilnil // the first page
	}
	b, err := base64.RawURLEncoding.DecodeString(a.Cursor)
	if err != nil || len(b) < 12 {
		return nil, ErrCursor
	}
	var p place
	if binary.BigEndian.Uint32(b[8:]) != a.key() || json.Unmarshal(b[12:], &p) != nil || p.At < 0 {
		return nil, ErrCursor
	}
	if binary.BigEndian.Uint64(b) != fingerprint {
		return nil, ErrScope
	}
	switch by := p.By.(type) {
	case float64:
		p.By = int64(by)
	case string, nil:
	default:
		return nil, ErrCursor
	}
	return &p, nil
}

// Question completes a question about a list: which registers it names, and for a later page as of when the first one was.
func (a *Asked) Question(q *Question) error {
	q.Hidden, q.Names = true, a.List.Of.Name
	for _, r := range a.List.Also {
		q.Names += " " + r.Name
	}
	p, err := a.place(q.Scope.Fingerprint())
	if err == nil && p != nil {
		q.AsOf = new(uint64(p.At))
	}
	return err
}

// Columns are those of a list's rows.
func (a *Asked) Columns() []tables.Column { return a.List.Of.Shown() }

// List answers with a page of a list.
func (c *Conn) List(a Asked) (out Listed, err error) {
	after, err := a.place(c.q.Scope.Fingerprint())
	if err != nil {
		return out, err
	}
	out.Columns = a.Columns()
	q, none, err := c.listQuery(&a, out.Columns)
	if err != nil || none {
		out.Counted = a.Count != 0
		return out, err
	}
	err = c.Trusted(func() (err error) { // names, and the index of words, are no views
		if err := q.page(c, &a, after, &out); err != nil {
			return err
		}
		if err := q.count(c, &a, &out); err != nil {
			return err
		}
		out.Sectors, err = c.allSectors()
		return err
	})
	if err != nil {
		return out, c.explain(err)
	}
	return out, c.name(&out)
}

// allSectors are the bits of all sectors.
func (c *Conn) allSectors() (all []tables.Sector, err error) {
	err = each(c.conn.QueryContext(c.ctx, "SELECT code, bit FROM main.sectors ORDER BY id"))(func(rows *sql.Rows) error {
		var s tables.Sector
		err := rows.Scan(&s.Code, &s.Bit)
		all = append(all, s)
		return err
	})
	return all, err
}

// listQuery is a question about a list: where its rows come from, what they are to fulfil, and how they are sorted.
type listQuery struct {
	fields, from, by string
	where            []string
	args             []any
}

func (q *listQuery) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("?%d", len(q.args))
}

// listQuery puts a question about a list together. none: no row can be meant, because an id is not known.
func (c *Conn) listQuery(a *Asked, columns []tables.Column) (q *listQuery, none bool, err error) {
	q = &listQuery{}
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = "v." + columns[i].Name
	}
	q.fields = "v.version, v.hidden, " + strings.Join(names, ", ")
	q.from = "temp." + a.List.Of.Name + " v"
	if a.Text != "" {
		words := sought(a.Text)
		index := a.List.Of.Name + "_search"
		q.from, q.by = fmt.Sprintf("main.%s CROSS JOIN temp.%s v", index, a.List.Of.Name), index+".rowid"
		q.where = append(q.where, fmt.Sprintf("%s MATCH %s", index, q.arg(words)), fmt.Sprintf("v.version = %s.rowid", index))
		none = words == ""
	}
	leads := a.Text == "" // the first filter that can, has the rows found by its index
	for i := range a.List.Filters {
		f := &a.List.Filters[i]
		value, asked := a.Filters[f.Name]
		if !asked {
			continue
		}
		unknown, err := c.filter(q, f, columns, value, leads)
		if err != nil {
			return nil, false, err
		}
		none, leads = none || unknown, leads && !f.Leads
	}
	if a.List.Always != "" {
		q.where = append(q.where, "v."+a.List.Always)
	}
	for _, text := range a.conditions() {
		q.where = append(q.where, strings.ReplaceAll(text, ":now", q.arg(cmp.Or(a.Now, c.now))))
	}
	if a.Text != "" {
		return q, none, nil
	}
	column := cmp.Or(a.Sort, a.List.Sorts[0])
	q.by = a.List.By(column, "v.", leads && c.n < c.head)
	q.bound(a, column)
	if a.State != "" && a.State == a.List.Late && slices.Contains(a.List.Dated, column) { // what is not due yet is not walked
		q.where = append(q.where, q.by+" < "+q.arg(cmp.Or(a.Now, c.now)))
	}
	return q, none, nil
}

// conditions are those of the list and of the state that is asked for; they may name :now.
func (a *Asked) conditions() (all []string) {
	if a.List.Where != "" {
		all = append(all, a.List.Where)
	}
	for _, s := range a.List.States {
		if s.Word == a.State && s.Where != "" {
			all = append(all, "("+s.Where+")")
		}
	}
	return all
}

// bound leaves out what has none of the column that sorts, or what is beyond the bounds.
func (q *listQuery) bound(a *Asked, column string) {
	least, most := any(a.From), any(a.To+"~") // a day holds its minutes
	if column == "ix" {
		least, most = 0, nil
	} else if a.To == "" {
		most = nil
	}
	q.where = append(q.where, q.by+" >= "+q.arg(least))
	if most != nil {
		q.where = append(q.where, q.by+" <= "+q.arg(most))
	}
}

// filter adds a filter. Plus keeps SQLite from the index of a column: rows are walked in their order, or found by the filter that leads.
func (c *Conn) filter(q *listQuery, f *tables.Filter, columns []tables.Column, value string, leads bool) (unknown bool, err error) {
	column := "+v." + f.Column
	if f.Leads && leads {
		column = column[1:]
	}
	switch f.Column {
	case "area":
		var list []string
		for _, area := range codes.Counties() {
			if codes.Covers(value, area.Code) {
				list = append(list, q.arg(area.Code))
			}
		}
		q.where = append(q.where, fmt.Sprintf("%s IN (%s)", column, strings.Join(list, ", ")))
		return len(list) == 0, nil
	case "sectors":
		var bit int64
		err := c.Trusted(func() error { // a team sees its visits of whatever sector
			return c.conn.QueryRowContext(c.ctx, "SELECT bit FROM main.sectors WHERE code = ?", value).Scan(&bit)
		})
		if errors.Is(err, sql.ErrNoRows) {
			return true, nil
		}
		q.where = append(q.where, fmt.Sprintf("v.sectors & %s <> 0", q.arg(bit)))
		return false, err
	}
	i := slices.IndexFunc(columns, func(x tables.Column) bool { return x.Name == f.Column })
	switch {
	case i >= 0 && columns[i].Refers:
		n, known, err := c.NameOf(value)
		q.where = append(q.where, column+" = "+q.arg(n))
		return !known, err
	case i >= 0 && columns[i].Is == tables.Several:
		q.where = append(q.where, fmt.Sprintf("instr(%s, %s) > 0", column, q.arg(string(tables.SetOf([]string{value})))))
	default:
		q.where = append(q.where, column+" = "+q.arg(value))
	}
	return false, nil
}

// text is the question for a page that begins after a place.
func (q *listQuery) text(a *Asked, after *place) string {
	where, order, less := slices.Clone(q.where), "DESC", "<"
	if a.Upward {
		order, less = "ASC", ">"
	}
	sorted := q.by + " " + order
	switch {
	case a.Text != "" && after != nil:
		where = append(where, fmt.Sprintf("%s %s %s", q.by, less, q.arg(after.Version)))
	case a.Text == "":
		sorted += ", v.version " + order
		if after != nil {
			by := q.arg(after.By)
			where = append(where, fmt.Sprintf("%s %s= %s AND (%[1]s, v.version) %[2]s (%[3]s, %s)", q.by, less, by, q.arg(after.Version)))
		}
	}
	by := q.by
	if a.Text != "" {
		by = "NULL"
	}
	return fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d", by, q.fields, q.from, joined(where), sorted, a.Limit+1)
}

// page reads the rows of a page.
func (q *listQuery) page(c *Conn, a *Asked, after *place, out *Listed) error {
	given := len(q.args)
	defer func() { q.args = q.args[:given] }()
	text := q.text(a, after)
	var last place
	err := each(c.conn.QueryContext(c.ctx, text, q.args...))(func(rows *sql.Rows) error {
		if len(out.Rows) == a.Limit {
			last.At = c.n
			out.Next = a.cursor(last, c.q.Scope.Fingerprint())
			return nil
		}
		row := Row{Values: make([]any, len(out.Columns))}
		to := []any{&last.By, &last.Version, &row.Hidden}
		for i := range row.Values {
			to = append(to, &row.Values[i])
		}
		err := rows.Scan(to...)
		out.Rows = append(out.Rows, row)
		return err
	})
	return err
}

// name puts ids in the place of their numbers.
func (c *Conn) name(out *Listed) error {
	var numbers []int64
	each := func(fn func(v *any, n int64)) {
		for _, row := range out.Rows {
			for i := range out.Columns {
				if n, is := row.Values[i].(int64); is && out.Columns[i].Refers {
					fn(&row.Values[i], n)
				}
			}
		}
	}
	each(func(_ *any, n int64) { numbers = append(numbers, n) })
	slices.Sort(numbers)
	ids, err := c.Names(slices.Compact(numbers))
	each(func(v *any, n int64) { *v = ids[n] })
	return err
}

// count counts the things of all pages, up to the most that is asked for.
func (q *listQuery) count(c *Conn, a *Asked, out *Listed) error {
	if a.Count == 0 {
		return nil
	}
	limit := ""
	if a.Count > 0 {
		limit = fmt.Sprintf(" LIMIT %d", a.Count+1)
	}
	out.Counted = true
	err := each(c.conn.QueryContext(c.ctx, fmt.Sprintf("SELECT hidden, count(*) FROM (SELECT v.hidden FROM %s WHERE %s%s) GROUP BY hidden",
		q.from, joined(q.where), limit), q.args...))(func(rows *sql.Rows) error {
		var hidden bool
		var n int
		err := rows.Scan(&hidden, &n)
		if hidden {
			out.Hidden = n
		} else {
			out.Total = n
		}
		return err
	})
	if all := out.Total + out.Hidden; a.Count > 0 && all > a.Count {
		out.More = true
	}
	return err
}

func joined(where []string) string { return strings.Join(where, " AND ") }
