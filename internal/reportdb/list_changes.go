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
		things, err := c.changedThings(a.List, kept)
		if err != nil {
			return err
		}
		if a.Count != 0 {
			out.Counted = true
			if err := c.conn.QueryRowContext(c.ctx, "SELECT count(*) FILTER (WHERE was = 0), count(*) FILTER (WHERE now = 0), "+
				"count(*) FILTER (WHERE was > 0 AND now > 0), count(*) FILTER (WHERE hidden) FROM temp."+things).Scan(&out.Came, &out.Went,
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
	if err == nil {
		err = c.Trusted(func() (err error) {
			for i := range out.Changes {
				of := one{a.List, max(versions[i][0], versions[i][1])}
				out.Changes[i].By, err = c.deeds(out.Changes[i].Entry, from, a.State != "", of) // states ask other registers, too
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return out, c.explain(err)
}

// changedThings keeps the things of a list of which the sides have different versions, or the same one hidden and not. A side has one of
// each thing.
func (c *Conn) changedThings(l *tables.List, kept string) (things string, err error) {
	things = kept + "_things"
	return things, exec(c.ctx, c.conn, "DROP TABLE IF EXISTS temp."+things, fmt.Sprintf(`CREATE TEMP TABLE %s AS SELECT ix,
min(version) AS least, coalesce(max(version) FILTER (WHERE side < 0), 0) AS was, coalesce(max(version) FILTER (WHERE side > 0), 0) AS now,
coalesce(max(veiled) FILTER (WHERE side > 0), max(veiled)) AS hidden, coalesce(max(veiled) FILTER (WHERE side < 0), 0) AS masked
FROM temp.%s GROUP BY %s HAVING was <> now OR hidden <> masked`, things, kept, strings.Join(known(l), ", ")))
}

// known are the columns by which things of a list are known.
func known(l *tables.List) []string { return append([]string{"ix"}, l.Apart...) }

// keepList keeps which versions a list has where the connection is, of those that may not be in it alike at the other end of the span.
func (c *Conn) keepList(a *Asked, columns []tables.Column, side int, over *span) (kept string, err error) {
	kept = c.nonce + "_kept_list"
	by := known(a.List)
	if side < 0 {
		if err := c.unguarded("DROP TABLE IF EXISTS temp."+kept, fmt.Sprintf("CREATE TEMP TABLE %s (side, version, veiled, %s)", kept,
			strings.Join(by, ", "))); err != nil {
			return "", c.explain(err)
		}
	}
	q, none, err := c.listQuery(a, columns)
	if err != nil || none {
		return kept, err
	}
	err = c.Trusted(func() error { // versions as they are, and the index of words, are no views
		if err := c.within(q, a, over, side); err != nil {
			return err
		}
		_, err = c.pour(kept, fmt.Sprintf("SELECT %d, v.version, v.hidden, v.%s FROM %s WHERE %s", side, strings.Join(by, ", v."), q.from,
			joined(q.where)), q.args)
		return err
	})
	return kept, err
}

// changesPage reads which things are on a page, in the order of the entries that opened them.
func (c *Conn) changesPage(things string, a *Asked, after *place, out *ListChanged) (versions [][2]int64, err error) {
	behind := place{By: int64(-1)}
	if after != nil {
		behind = *after
	}
	last := place{At: c.n}
	rows, err := c.conn.QueryContext(c.ctx, fmt.Sprintf("SELECT ix, least, was, now, hidden, masked FROM temp.%s "+
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
