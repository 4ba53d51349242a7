package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// ErrNoSide means that nothing comes and goes in a column: it is no count, sum or number of distinct values.
var ErrNoSide = errors.New("the column does not say what came and went")

// Moves are what came or went in one number.
type Moves struct {
	x      *Execution
	kept   string
	column *Column
	side   string
	from   int64
}

// Moved is one of the things that came or went.
type Moved struct {
	Thing
	By []int64 `json:"by,omitempty" doc:"indexes of the entries between that touched it, among them what did it; none: time, for one"`
}

// Moves asks what came or went in a number of a row between the position of the connection and another, which it has afterwards: key is
// that of the row; nil: of the total.
func (r *Report) Moves(conn *reportdb.Conn, team string, q Question, to *uint64, key []any, c *Column, which string) (*Moves, error) {
	if !c.Moves() {
		return nil, ErrNoSide
	}
	m := &Moves{column: c, side: which, from: conn.Position()}
	for _, sign := range []int{-1, +1} {
		if sign > 0 {
			if err := conn.Turn(to); err != nil {
				return nil, err
			}
		}
		x, err := r.On(conn, team, q)
		if err != nil {
			return nil, err
		}
		m.x = x
		fields, values := []string{"side", "entry", "value"}, []string{fmt.Sprint(sign), "coalesce(" + cmp.Or(c.Entry, "ix") + ", -1)", c.adds()}
		for _, f := range x.Detail {
			if name := "d_" + f.Name; !slices.Contains(fields, name) {
				fields, values = append(fields, name), append(values, "+"+f.Name)
			}
		}
		from, where, p := x.of(key, c)
		for name, v := range x.p {
			p[name] = v
		}
		m.kept, err = conn.Keep(both, fields, fmt.Sprintf("SELECT %s FROM (%s) WHERE %s AND %s", strings.Join(values, ", "), from, x.where(c),
			where), p)
		if err != nil {
			return nil, err
		}
	}
	return m, conn.Sorted(m.kept, "side, value, entry")
}

// Page returns the things in the order of their entries, behind a mark and no more than most. Of things alike Same tells how many of them
// the side had until then.
func (m *Moves) Page(behind Mark, most int) (out []Opened, marks []Mark, err error) {
	sign, skip := +1, 0
	if m.x.q.Figures {
		behind = behind.blind(0)
		skip = behind.Same
	}
	if m.side == Went {
		sign = -1
	}
	details := ""
	for _, f := range m.x.Detail {
		details += ", d_" + f.Name
	}
	// Of things alike as many are left as this side has more. What lies before the mark's entry is not numbered again.
	query := fmt.Sprintf("SELECT entry, value, nth%s FROM (SELECT *, row_number() OVER (PARTITION BY value, entry ORDER BY rowid) AS nth "+
		"FROM temp.%s WHERE side = %d AND entry >= :mark_entry) a WHERE nth > (SELECT count(*) FROM temp.%[2]s b WHERE b.side = %[4]d "+
		"AND b.value IS a.value AND b.entry IS a.entry)", details, m.kept, sign, -sign)
	if m.column.Kind == Distinct {
		query = fmt.Sprintf("SELECT min(entry) AS entry, value, 1 AS nth%s FROM temp.%s a WHERE side = %d AND NOT EXISTS (SELECT 1 "+
			"FROM temp.%[2]s b WHERE b.side = %[4]d AND b.value IS a.value) GROUP BY value", details, m.kept, sign, -sign)
	}
	query = fmt.Sprintf("SELECT * FROM (%s) WHERE (entry, value, nth) > (:mark_entry, :mark_by, :mark_same) "+
		"ORDER BY entry, value, nth LIMIT %d OFFSET %d", query, most, skip)
	p := map[string]any{"mark_entry": behind.Entry, "mark_by": behind.By, "mark_same": behind.Same}
	err = m.x.read(query, p, func(values []any) error {
		o, at := Opened{Value: values[1], Detail: values[3:]}, Mark{By: values[1]}
		o.Entry, _ = values[0].(int64)
		at.Entry = o.Entry
		nth, _ := values[2].(int64)
		if at.Same = int(nth); m.x.q.Figures {
			at = behind.blind(len(out) + 1)
		}
		out, marks = append(out, o), append(marks, at)
		return nil
	})
	return out, marks, err
}

// Things are those of a page as they are given out, each with the entries that touched it.
func (m *Moves) Things(opened []Opened, l law.Language) ([]Moved, error) {
	things, err := m.x.Things(m.column, opened, l)
	out := make([]Moved, len(things))
	for i := range things {
		out[i].Thing = things[i]
		if things[i].Entry != nil && err == nil {
			out[i].By, err = m.x.conn.Deeds(*things[i].Entry, m.from, true)
		}
	}
	return out, err
}

// TableOf writes what came or went in a language: a line for each thing, as [Execution.TableOf] has it, and the entries that touched it.
func (m *Moves) TableOf(moved []Moved, l law.Language) *Table {
	things := make([]Thing, len(moved))
	for i := range moved {
		things[i] = moved[i].Thing
	}
	t := m.x.TableOf(things, l)
	t.Header = append(t.Header, pick(l, Words{"经由条目", "by entries"}))
	for i := range moved {
		by := make([]string, len(moved[i].By))
		for k, index := range moved[i].By {
			by[k] = strconv.FormatInt(index, 10)
		}
		t.Rows[i] = append(t.Rows[i], strings.Join(by, " "))
	}
	return t
}
