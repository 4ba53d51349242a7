package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
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
		fields, values := []string{"side", "entry", "value"}, []string{fmt.Sprint(sign), "+" + cmp.Or(c.Entry, "ix"), c.adds()}
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

// Page returns the things in the order of their entries, from the skipped on and no more than most.
func (m *Moves) Page(skip, most int) (out []Opened, err error) {
	sign := +1
	if m.side == Went {
		sign = -1
	}
	details := ""
	for _, f := range m.x.Detail {
		details += ", d_" + f.Name
	}
	// Of things alike as many are left as this side has more.
	query := fmt.Sprintf("SELECT entry, value%s FROM (SELECT *, row_number() OVER (PARTITION BY value, entry ORDER BY rowid) AS nth "+
		"FROM temp.%s WHERE side = %d) a WHERE nth > (SELECT count(*) FROM temp.%[2]s b WHERE b.side = %[4]d AND b.value IS a.value "+
		"AND b.entry IS a.entry) ORDER BY entry, value, nth", details, m.kept, sign, -sign)
	if m.column.Kind == Distinct {
		query = fmt.Sprintf("SELECT min(entry), value%s FROM temp.%s a WHERE side = %d AND NOT EXISTS (SELECT 1 FROM temp.%[2]s b "+
			"WHERE b.side = %[4]d AND b.value IS a.value) GROUP BY value ORDER BY 1, 2", details, m.kept, sign, -sign)
	}
	err = m.x.read(fmt.Sprintf("%s LIMIT %d OFFSET %d", query, most, skip), nil, func(values []any) error {
		o := Opened{Value: values[1], Detail: values[2:]}
		o.Entry, _ = values[0].(int64)
		out = append(out, o)
		return nil
	})
	return out, err
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
