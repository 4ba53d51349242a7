package reportdb

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// A register is exported in parts, each by a connection of its own that is asked as of the same position: so who takes his rows slowly
// keeps no transaction open, by which the log of writes would grow, and no place of others. Rows have numbers that their entries give
// them, so the parts of one position are those of one database, however it is built anew meanwhile.

// A part ends after so many rows of the table, seen or not, or when its lines have so many bytes.
var (
	partRows  = 8192
	partBytes = 1 << 20
)

// Part is a part of an export.
type Part struct {
	Lines []byte // NDJSON: an object for each row, with every column that a question sees, null where it has none
	Rows  int64
	Next  int64 // number of the row behind which the next part begins
	Whole bool  // there is none
}

// Exported are the registers that an export can be of, in the order of the documents.
func Exported() []*tables.Register { return append([]*tables.Register{&tables.Entries}, tables.All...) }

// Rows counts the rows of a register that the asker sees, and among them those of restricted kinds ([visibility.Restricted]): of a register
// that is closed to others, all of them.
func (c *Conn) Rows(r *tables.Register) (rows, restricted int64, err error) {
	kinds := restrictedOf(r)
	query := "SELECT count(*), 0 FROM temp." + r.Name
	if len(kinds) > 0 && !r.Closed() {
		key := r.Key()
		query = fmt.Sprintf("SELECT count(*), coalesce(sum(t.scope IN (SELECT id FROM main.scopes WHERE kind IN (%s))), 0) FROM temp.%s v "+
			"CROSS JOIN main.%[2]s t ON t.%[3]s = v.%[3]s", strings.Join(kinds, ", "), r.Name, key)
	}
	err = c.Trusted(func() error { return c.conn.QueryRowContext(c.ctx, query).Scan(&rows, &restricted) })
	if r.Closed() {
		restricted = rows
	}
	return rows, restricted, c.explain(err)
}

// restrictedOf are the restricted kinds of streams that things of a register can be in, as words of SQL.
func restrictedOf(r *tables.Register) (list []string) {
	for i := range kinds.All {
		if k := kinds.All[i].Name; visibility.Restricted(k) && (r.Of == nil || slices.Contains(r.Of, k)) {
			list = append(list, "'"+string(k)+"'")
		}
	}
	return list
}

// windowOf asks for the last number of a part: of the row behind which so many others stand, if there are as many.
func windowOf(r *tables.Register) string {
	key := r.Key()
	return fmt.Sprintf("SELECT %s FROM main.%s WHERE %[1]s > ? ORDER BY %[1]s LIMIT 1 OFFSET %[3]d", key, r.Name, partRows-1)
}

// partOf asks for the rows of a part, with ids in the place of their numbers.
func partOf(r *tables.Register) string {
	var texts []string
	for _, c := range r.Shown() {
		if c.Refers {
			texts = append(texts, fmt.Sprintf("(SELECT name FROM main.names WHERE id = v.%s)", c.Name))
		} else {
			texts = append(texts, "v."+c.Name)
		}
	}
	key := r.Key()
	return fmt.Sprintf("SELECT v.%s, %s FROM temp.%s v WHERE v.%[1]s > ? AND v.%[1]s <= ? ORDER BY v.%[1]s", key,
		strings.Join(texts, ", "), r.Name)
}

// Part reads the rows of a register behind the row with a number; -1: from the first on.
func (c *Conn) Part(r *tables.Register, after int64) (p Part, err error) {
	err = c.Trusted(func() error {
		p.Next = math.MaxInt64
		err := c.conn.QueryRowContext(c.ctx, windowOf(r), after).Scan(&p.Next)
		if p.Whole = errors.Is(err, sql.ErrNoRows); err != nil && !p.Whole {
			return err
		}
		sectors, err := c.allSectors()
		if err != nil {
			return err
		}
		rows, err := c.conn.QueryContext(c.ctx, partOf(r), after, p.Next)
		if err != nil {
			return err
		}
		err = p.read(rows, lineOf(r.Shown(), sectors))
		return errors.Join(err, rows.Close())
	})
	return p, c.explain(err)
}

// read makes a line of each row, until the lines have enough bytes.
func (p *Part) read(rows *sql.Rows, line func(to []byte, values []any) ([]byte, error)) error {
	columns, err := rows.Columns()
	values, number := make([]any, max(len(columns), 1)-1), int64(0)
	to := []any{&number}
	for i := range values {
		to = append(to, &values[i])
	}
	for err == nil && rows.Next() {
		if len(p.Lines) >= partBytes {
			p.Next, p.Whole = number, false
			return nil
		}
		if err = rows.Scan(to...); err == nil {
			p.Rows++
			p.Lines, err = line(p.Lines, values)
		}
	}
	return errors.Join(err, rows.Err())
}

// lineOf returns what appends the values of a row as one line.
func lineOf(columns []tables.Column, sectors []tables.Sector) func(to []byte, values []any) ([]byte, error) {
	names, forms := make([]string, len(columns)), make([]tables.Form, len(columns))
	for i := range columns {
		names[i], forms[i] = `,"`+columns[i].Name+`":`, columns[i].Form()
	}
	names[0] = "{" + names[0][1:]
	return func(to []byte, values []any) ([]byte, error) {
		for i, v := range values {
			to = append(to, names[i]...)
			var err error
			if to, err = appendForm(to, forms[i], v, sectors); err != nil {
				return to, err
			}
		}
		return append(to, '}', '\n'), nil
	}
}

// appendForm appends a value of a column as JSON.
func appendForm(to []byte, form tables.Form, v any, sectors []tables.Sector) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(to, "null"...), nil
	case int64:
		switch form {
		case tables.FormBoolean:
			return strconv.AppendBool(to, v != 0), nil
		case tables.FormCodes:
			b, err := json.Marshal(tables.SectorCodes(sectors, v))
			return append(to, b...), err
		}
		return strconv.AppendInt(to, v, 10), nil
	case string:
		switch form {
		case tables.FormTime:
			v = tables.RFC3339(v)
		case tables.FormCodes:
			b, err := json.Marshal(strings.Fields(v))
			return append(to, b...), err
		}
		to, _ = jsontext.AppendQuote(to, v) // bytes that are no UTF-8 are replaced
		return to, nil
	}
	b, err := json.Marshal(v)
	return append(to, b...), err
}

// Origin is the name of the ledger.
func (c *Conn) Origin() (origin string, err error) {
	err = c.Trusted(func() error {
		return c.conn.QueryRowContext(c.ctx, "SELECT value FROM main.meta WHERE name = 'origin'").Scan(&origin)
	})
	return origin, c.explain(err)
}
