package reportdb

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// ListChange is a thing of a list that came, went or changed between two positions. A thing is known by the entry that opened it, and where
// one may open several by [tables.List.Apart].
type ListChange struct {
	Entry  int64
	Was    *Row     // as of the first position; nil: it was not in the list
	Is     *Row     // as of the second; nil: it is not in it
	Differ []string // names of the columns that differ, of a thing that is in both; hidden among them
	By     []int64  // indexes of the entries that touched it; none: nothing but time
}

// ListChanged is a page of what changed in a list.
type ListChanged struct {
	Columns             []tables.Column
	Sectors             []tables.Sector
	Changes             []ListChange
	Next                string // cursor of the next page; "": this is the last one
	Came, Went, Changed int    // of all pages
	Hidden              int    // how many of these are hidden from others: as of the second position, or of the first where they went
	Counted             bool
	Now                 [2]string // by which states were told, of each side
}

// ListChanges answers with what changed in a list between the position of the connection and another, which it has afterwards: nil is the
// last there is. States are told by the time of each side, unless Asked.Now is given. Of each is read what may differ in the other.
func (c *Conn) ListChanges(a Asked, to *uint64) (out ListChanged, err error) {
	after, err := a.place(c.q.Scope.Fingerprint())
	if err != nil {
		return out, err
	}
	if after != nil {
		to = new(uint64(after.At))
	}
	out.Columns = a.Columns()
	from := c.n
	out.Now[0] = cmp.Or(a.Now, c.now)
	over, err := c.spanTo(to, &a)
	if err != nil {
		return out, err
	}
	kept, err := c.keepList(&a, out.Columns, -1, &over)
	if err == nil {
		err = c.Turn(to)
	}
	if err == nil {
		kept, err = c.keepList(&a, out.Columns, +1, &over)
	}
	if err != nil {
		return out, err
	}
	out.Now[1] = cmp.Or(a.Now, c.now)
	var versions [][2]int64
	err = c.Trusted(func() error {
		things := changedThings(a.List, kept)
		if a.Count != 0 {
			out.Counted = true
			if err := c.conn.QueryRowContext(c.ctx, "SELECT count(*) FILTER (WHERE was = 0), count(*) FILTER (WHERE now = 0), "+
				"count(*) FILTER (WHERE was > 0 AND now > 0), count(*) FILTER (WHERE hidden) FROM ("+things+")").Scan(&out.Came, &out.Went,
				&out.Changed, &out.Hidden); err != nil {
				return err
			}
		}
		if versions, err = c.changesPage(things, &a, after, &out); err != nil {
			return err
		}
		out.Sectors, err = c.allSectors()
		return err
	})
	if err == nil {
		err = c.changedRows(&a, &out, versions)
	}
	for i := range out.Changes {
		if err == nil {
			of := one{a.List, max(versions[i][0], versions[i][1])}
			out.Changes[i].By, err = c.deeds(out.Changes[i].Entry, from, a.State != "", of) // states ask other registers, too
		}
	}
	return out, c.explain(err)
}

// changedThings are the things of a list of which the sides have different versions, or the same one hidden and not.
func changedThings(l *tables.List, kept string) string {
	apart := ""
	for _, column := range l.Apart {
		apart += ", " + column
	}
	return fmt.Sprintf(`SELECT ix, min(version) AS least, coalesce(max(version) FILTER (WHERE n < 0 OR n = 0), 0) AS was,
coalesce(max(version) FILTER (WHERE n >= 0), 0) AS now, coalesce(max(hidden) FILTER (WHERE n >= 0), max(hidden)) AS hidden,
max(masked) AS masked
FROM (SELECT r.ix%[3]s, k.version, sum(k.side) AS n, coalesce(max(k.hidden) FILTER (WHERE k.side > 0), max(k.hidden)) AS hidden,
	max(k.hidden) FILTER (WHERE k.side < 0) AS masked
	FROM temp.%[1]s k CROSS JOIN main.%[2]s r ON r.version = k.version
	GROUP BY k.version HAVING sum(k.side) <> 0 OR min(k.hidden) <> max(k.hidden))
GROUP BY ix%[3]s`, kept, l.Of.Name, apart)
}

// keepList keeps which versions a list has where the connection is, of those that may not be in it alike at the other end of the span.
func (c *Conn) keepList(a *Asked, columns []tables.Column, side int, over *span) (kept string, err error) {
	kept = c.nonce + "_kept_list"
	if side < 0 {
		if err := c.unguarded("DROP TABLE IF EXISTS temp."+kept, fmt.Sprintf("CREATE TEMP TABLE %s (side, version, hidden)", kept)); err != nil {
			return "", c.explain(err)
		}
	}
	q, none, err := c.listQuery(a, columns)
	if err != nil || none {
		return kept, err
	}
	began := "from_ix"
	if side < 0 {
		began = "to_ix"
	}
	q.within(over, a, began)
	err = c.Trusted(func() error { // the index of words is no view
		_, err = c.pour(kept, fmt.Sprintf("SELECT %d, v.version, v.hidden FROM %s WHERE %s", side, q.from, joined(q.where)), q.args)
		return err
	})
	return kept, err
}

// span is what lies between two positions: the entries behind the first up to the last, and by which times states are told.
type span struct {
	first, last int64
	now         [2]string
}

// spanTo is the span from where the connection is to another position; nil: the last there is.
func (c *Conn) spanTo(to *uint64, a *Asked) (s span, err error) {
	s = span{c.n, c.head, [2]string{cmp.Or(a.Now, c.now), a.Now}}
	if to != nil {
		s.last = int64(*to)
	}
	if a.Now != "" {
		return s, nil
	}
	err = c.Trusted(func() error {
		s.now[1], err = c.recorded(s.last)
		return err
	})
	return s, c.explain(err)
}

// within leaves out the versions that are as of both ends of a span what they are as of one: those that did not begin or end in it (began
// says which is looked at), were not disclosed in it, and fulfil by the time of one end what they fulfil by that of the other. A search
// finds few, and what another register says of a thing may change without a version of it: of these nothing is left out.
func (q *listQuery) within(s *span, a *Asked, began string) {
	conditions := a.conditions()
	if a.Text != "" || strings.Contains(strings.Join(conditions, " "), "SELECT") {
		return
	}
	first, last := q.arg(s.first), q.arg(s.last)
	moved := fmt.Sprintf("%s > %s AND %[1]s <= %[3]s OR seen_ix > %[2]s AND seen_ix <= %[3]s", began, first, last)
	for _, text := range conditions {
		if s.now[0] != s.now[1] && strings.Contains(text, ":now") {
			moved += fmt.Sprintf(" OR (%s) IS NOT (%s)", strings.ReplaceAll(text, ":now", q.arg(s.now[0])),
				strings.ReplaceAll(text, ":now", q.arg(s.now[1])))
		}
	}
	q.from = fmt.Sprintf("(SELECT version AS moved FROM main.%s v WHERE %s) CROSS JOIN %s", a.List.Of.Name, moved, q.from)
	q.where = append(q.where, "v.version = moved")
}

// changesPage reads which things are on a page, in the order of the entries that opened them.
func (c *Conn) changesPage(things string, a *Asked, after *place, out *ListChanged) (versions [][2]int64, err error) {
	behind := place{By: int64(-1)}
	if after != nil {
		behind = *after
	}
	last := place{At: c.n}
	rows, err := c.conn.QueryContext(c.ctx, fmt.Sprintf("SELECT ix, least, was, now, hidden, coalesce(masked, 0) FROM (%s) "+
		"WHERE (ix, least) > (?, ?) ORDER BY ix, least LIMIT %d", things, a.Limit+1), behind.By, behind.Version)
	err = each(rows, err)(func(rows *sql.Rows) error {
		if len(out.Changes) == a.Limit {
			out.Next = a.cursor(last, c.q.Scope.Fingerprint())
			return nil
		}
		var x ListChange
		var pair [2]int64
		var hidden, masked bool
		if err := rows.Scan(&x.Entry, &last.Version, &pair[0], &pair[1], &hidden, &masked); err != nil {
			return err
		}
		last.By = x.Entry
		if pair[0] > 0 {
			x.Was = &Row{Hidden: masked}
		}
		if pair[1] > 0 {
			x.Is = &Row{Hidden: hidden}
		}
		out.Changes, versions = append(out.Changes, x), append(versions, pair)
		return nil
	})
	return versions, err
}

// changedRows reads the rows of both sides: that the asker may see them was decided when they were kept.
func (c *Conn) changedRows(a *Asked, out *ListChanged, versions [][2]int64) error {
	names := make([]string, len(out.Columns))
	for i := range out.Columns {
		names[i] = out.Columns[i].Name
	}
	query := fmt.Sprintf("SELECT %s FROM main.%s WHERE version = ?", strings.Join(names, ", "), a.List.Of.Name)
	listed := Listed{Columns: out.Columns}
	var rows []*Row
	err := c.Trusted(func() error {
		for i := range out.Changes {
			for side, row := range []*Row{out.Changes[i].Was, out.Changes[i].Is} {
				if row == nil {
					continue
				}
				row.Values = make([]any, len(names))
				to := make([]any, len(names))
				for k := range to {
					to[k] = &row.Values[k]
				}
				if err := c.conn.QueryRowContext(c.ctx, query, versions[i][side]).Scan(to...); err != nil {
					return err
				}
				rows = append(rows, row)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, row := range rows {
		listed.Rows = append(listed.Rows, *row)
	}
	if err := c.name(&listed); err != nil {
		return err
	}
	for i := range out.Changes {
		out.Changes[i].compare(out.Columns)
	}
	return nil
}

// compare names the columns that differ.
func (x *ListChange) compare(columns []tables.Column) {
	if x.Was == nil || x.Is == nil {
		return
	}
	for i := range columns {
		if x.Was.Values[i] != x.Is.Values[i] {
			x.Differ = append(x.Differ, columns[i].Name)
		}
	}
	if x.Was.Hidden != x.Is.Hidden {
		x.Differ = append(x.Differ, "hidden")
	}
	x.Differ = slices.Clip(x.Differ)
}
