package reportdb

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// What changed between two positions is asked over one connection: it answers as of the first, is turned to the second in the same
// transaction, and what was kept of each side in temporary tables is compared.

// Turn has the connection answer as of another position: the index of the last entry that counts; nil: the last there is. What was kept
// stays.
func (c *Conn) Turn(asOf *uint64) error {
	return c.Trusted(func() error {
		c.q.AsOf = asOf
		for _, name := range c.made {
			if err := exec(c.ctx, c.conn, "DROP VIEW temp."+name, fmt.Sprintf("DROP VIEW temp.%s_%s", c.nonce, name)); err != nil {
				return err
			}
			delete(c.views, name)
		}
		c.made = nil
		if err := c.place(); err != nil {
			return err
		}
		return c.registers()
	})
}

// Keep adds to a temporary table, which is made of these columns the first time, what a query gives: it has their values in their order.
// What is returned is the table's name in other queries, which nobody else knows.
func (c *Conn) Keep(name string, columns []string, query string, parameters map[string]any) (table string, err error) {
	if err := single(query); err != nil {
		return "", err
	}
	table = c.nonce + "_kept_" + name
	if err := c.unguarded(fmt.Sprintf("CREATE TEMP TABLE IF NOT EXISTS %s (%s)", table, strings.Join(columns, ", "))); err != nil {
		return "", c.explain(err)
	}
	_, err = c.pour(table, query, c.args(parameters))
	return table, err
}

// Sorted makes an index of what is kept, in which these columns lead.
func (c *Conn) Sorted(table, columns string) error {
	return c.explain(c.unguarded(fmt.Sprintf("CREATE INDEX temp.%s_by ON %[1]s (%s)", table, columns)))
}

// life is one version of a thing, as the asker sees it.
type life struct {
	version, since, until int64
	shared                []any // of the columns in kindred
}

// kindred are the columns by which rows of several registers are of the same thing, in their order.
var kindred = []string{"visit", "finding"}

// Deeds are the indexes of the entries behind from, up to the connection's position, that touched the thing of an entry, in the registers
// that the question names: by which it was seen, that gave it its rows or ended them, and, aside, rows that other registers have of its
// visit and finding, or of the visits to it where it is a subject. What made the difference is among them; there are none where it was
// time, or what is looked up in another way.
func (c *Conn) Deeds(entry, from int64, aside bool) (deeds []int64, err error) {
	err = c.Trusted(func() error {
		deeds, err = c.deeds(entry, from, aside, one{})
		return err
	})
	return deeds, c.explain(err)
}

// one is a thing of a list of which an entry may open several, by one of its versions.
type one struct {
	of      *tables.List
	version int64
}

// only is a condition of the versions of that thing, in its register.
func (o *one) only(r *tables.Register) string {
	if o.of == nil || o.of.Of != r || o.of.Apart == nil {
		return ""
	}
	columns := strings.Join(o.of.Apart, ", ")
	return fmt.Sprintf(" AND (%s) IS (SELECT %s FROM main.%s WHERE version = ?4)", columns, columns, r.Name)
}

// deeds is [Conn.Deeds] of one of the things that an entry opened, within [Conn.Trusted].
func (c *Conn) deeds(entry, from int64, aside bool, of one) (deeds []int64, err error) {
	var kind string
	var stream int64
	seen := life{until: tables.End}
	err = each(c.again("SELECT coalesce(seen_ix, ix), kind, stream FROM main.entries WHERE ix = ?", entry))(func(rows *sql.Rows) error {
		return rows.Scan(&seen.since, &kind, &stream)
	})
	if err == nil && kind == "" {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, err
	}
	deeds = c.between(nil, &seen, from)
	shared, own := []any{nil, nil}, map[string]bool{}
	if kind == string(event.Inspection) {
		shared[0] = stream
	}
	for _, r := range c.versioned() {
		lives, err := c.lives(r, entry, of)
		if err != nil {
			return nil, err
		}
		for _, l := range lives {
			own[r.Name] = true
			deeds = c.between(deeds, &l, from)
			if l.shared[0] != nil {
				shared = l.shared
			}
		}
	}
	subject := kind == string(event.Subject)
	if subject {
		shared[0] = stream
	}
	if aside && shared[0] != nil {
		others, err := c.aside(subject, shared, own, from)
		if err != nil {
			return nil, err
		}
		deeds = append(deeds, others...)
	}
	slices.Sort(deeds)
	return slices.Compact(deeds), nil
}

// again runs a query that is asked of many things, within one [Conn.Trusted]: SQLite reads its text once, which takes longer than to
// answer it.
func (c *Conn) again(query string, args ...any) (*sql.Rows, error) {
	s := c.asked[query]
	if s == nil {
		var err error
		if s, err = c.conn.PrepareContext(c.ctx, query); err != nil {
			return nil, err
		}
		if c.asked == nil {
			c.asked = map[string]*sql.Stmt{}
		}
		c.asked[query] = s
	}
	return s.QueryContext(c.ctx, args...)
}

// versioned are the registers of the question that have versions.
func (c *Conn) versioned() (all []*tables.Register) {
	for _, r := range tables.All {
		if c.views[r.Name+"_history"] {
			all = append(all, r)
		}
	}
	return all
}

// between adds the entries by which a version came and went, as far as they lie behind from.
func (c *Conn) between(deeds []int64, l *life, from int64) []int64 {
	for _, ix := range []int64{l.since, l.until} {
		if ix > from && ix <= c.n {
			deeds = append(deeds, ix)
		}
	}
	return deeds
}

// sharedOf are the kindred columns of a register; NULL where it has none. A visit's own row tells it by its id.
func sharedOf(r *tables.Register) string {
	list := make([]string, len(kindred))
	for i, name := range kindred {
		switch {
		case slices.ContainsFunc(r.Columns, func(x tables.Column) bool { return x.Name == name }):
			list[i] = name
		case r.Name == "visits" && name == "visit":
			list[i] = "id"
		default:
			list[i] = "NULL"
		}
	}
	return strings.Join(list, ", ")
}

// lives are the versions of the things that an entry opened. The number of a version begins with the entry that gave it, or follows from
// that of the one before ([tables.VersionsOf], [tables.Moved]), so that each is found from the one before, whatever the size of the
// register.
func (c *Conn) lives(r *tables.Register, entry int64, of one) (all []life, err error) {
	query, args := livesOf(r), []any{}
	if only := of.only(r); only != "" {
		query, args = query+only, append(args, of.version)
	}
	first, behind := tables.VersionsOf(entry)
	known := map[int64]bool{entry: true}
	for at := [][2]int64{{first, behind}}; len(at) > 0; at = at[1:] {
		err := each(c.again(query, append([]any{at[0][0], at[0][1], entry}, args...)...))(func(rows *sql.Rows) error {
			l := life{shared: make([]any, len(kindred))}
			err := rows.Scan(&l.version, &l.since, &l.until, &l.shared[0], &l.shared[1])
			all = append(all, l)
			if l.until > c.n {
				return err
			}
			next := tables.Moved(l.version)
			at = append(at, [2]int64{next, next + 1})
			if !known[l.until] {
				known[l.until] = true
				first, behind := tables.VersionsOf(l.until)
				at = append(at, [2]int64{first, behind})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func livesOf(r *tables.Register) string {
	return fmt.Sprintf("SELECT version, since_ix, until_ix, %s FROM temp.%s_history WHERE version >= ?1 AND version < ?2 AND +ix = ?3",
		sharedOf(r), r.Name)
}

// aside are the entries that changed rows about the same visit, and finding, of registers but its own that find these by an index; of a
// subject, rows of the visits to it.
func (c *Conn) aside(subject bool, shared []any, own map[string]bool, from int64) (deeds []int64, err error) {
	if c.beside == nil {
		c.beside = asides(c.versioned())
	}
	for _, x := range c.beside {
		if own[x.register] || x.subject != subject {
			continue
		}
		args := []any{from, shared[0]}
		if x.finding {
			args = append(args, shared[1])
		}
		err := each(c.again(x.query, args...))(func(rows *sql.Rows) error {
			var l life
			err := rows.Scan(&l.since, &l.until)
			deeds = c.between(deeds, &l, from)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return deeds, nil
}

// beside is how the rows of one register about a visit are read, or of those about a subject; finding: and about a finding of it, when one
// is given.
type beside struct {
	register, query  string
	subject, finding bool
}

func asides(registers []*tables.Register) []beside {
	out := []beside{}
	for _, r := range registers {
		if r.Name == "visits" {
			out = append(out, beside{register: r.Name, subject: true,
				query: "SELECT since_ix, until_ix FROM temp.visits_history WHERE until_ix > ?1 AND subject = ?2"})
		}
		columns := strings.Split(sharedOf(r), ", ")
		if columns[0] == "NULL" || !r.Finds(columns[0]) {
			continue
		}
		b := beside{register: r.Name, finding: columns[1] != "NULL"}
		b.query = fmt.Sprintf("SELECT since_ix, until_ix FROM temp.%s_history WHERE until_ix > ?1 AND %s = ?2", r.Name, columns[0])
		if b.finding {
			b.query += " AND (?3 IS NULL OR finding = ?3)"
		}
		out = append(out, b)
	}
	return out
}
