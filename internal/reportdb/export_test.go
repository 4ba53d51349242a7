package reportdb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// Plan returns how SQLite finds the rows of a page, and counts them: a line for each step.
func (c *Conn) Plan(a Asked) (page, count []string, err error) {
	q, _, err := c.listQuery(&a, a.Columns())
	if err != nil {
		return nil, nil, err
	}
	err = c.Trusted(func() error {
		if count, err = c.steps("SELECT v.hidden FROM "+q.from+" WHERE "+joined(q.where)+" LIMIT 10", q.args); err != nil {
			return err
		}
		after := &place{By: "2026", Version: 7}
		if a.Text != "" || a.Sort == "ix" {
			after.By = int64(7)
		}
		text := q.text(&a, after)
		page, err = c.steps(text, q.args)
		return err
	})
	return page, count, err
}

// ChangesPlan returns how SQLite finds what a list has at either end of a span between the connection's position and another.
func (c *Conn) ChangesPlan(a Asked, to uint64) (out []string, err error) {
	over, err := c.spanTo(&to, &a)
	for _, side := range []int{-1, +1} {
		q, none, e := c.listQuery(&a, a.Columns())
		if err = errors.Join(err, e); err != nil || none {
			return nil, err
		}
		err = c.Trusted(func() error {
			if err := c.within(q, &a, &over, side); err != nil {
				return err
			}
			steps, err := c.steps("SELECT v.version, v.hidden, v.ix FROM "+q.from+" WHERE "+joined(q.where), q.args)
			out = append(out, steps...)
			return err
		})
	}
	return out, err
}

// steps are how SQLite answers a question.
func (c *Conn) steps(text string, args []any) (out []string, err error) {
	err = each(c.conn.QueryContext(c.ctx, "EXPLAIN QUERY PLAN "+text, args...))(func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		out = append(out, detail)
		return err
	})
	return out, err
}

// PlacesPlan returns how SQLite finds the places of a replay.
func (c *Conn) PlacesPlan(q Sought) (out []string, err error) {
	all, err := c.selections(q)
	if err != nil {
		return nil, err
	}
	err = c.Trusted(func() error {
		for i := range all {
			for _, held := range []bool{false, true} {
				text, args := all[i].question(held, Place{Since: 3, Index: 2}, 90, 500)
				steps, err := c.steps(text, args)
				if err != nil {
					return err
				}
				out = append(out, steps...)
			}
		}
		return nil
	})
	return out, err
}

// Of small ledgers some filters find many, too.
var _ = func() int { fewVersions = 4; return fewVersions }()

// SetParts has the parts of exports be small, until the function is called that it returns.
func SetParts(rows, bytes int) (reset func()) {
	wasRows, wasBytes := partRows, partBytes
	partRows, partBytes = rows, bytes
	return func() { partRows, partBytes = wasRows, wasBytes }
}

// PartPlan returns how SQLite finds the rows of a part.
func (c *Conn) PartPlan(r *tables.Register) (out []string, err error) {
	err = c.Trusted(func() error {
		out, err = c.steps(partOf(r), []any{int64(7), int64(9)})
		if err != nil {
			return err
		}
		window, err := c.steps(windowOf(r), []any{int64(7)})
		out = append(out, window...)
		return err
	})
	return out, err
}

// DayOf and MinutesOf are what a question's functions say of a text; nil: nothing.
func DayOf(text string) any {
	if n, ok := dayOf(text); ok {
		return n
	}
	return nil
}

// MinutesOf is likewise.
func MinutesOf(text string) any {
	n, _ := minutes(nil, []driver.Value{text}) // it has no error
	return n
}

// DeedsPlan returns how SQLite finds what [Conn.Deeds] reads of one thing.
func (c *Conn) DeedsPlan() (out []string, err error) {
	err = c.Trusted(func() error {
		for _, r := range c.versioned() {
			steps, err := c.steps(livesOf(r), []any{1, 2, 1})
			if err != nil {
				return err
			}
			out = append(out, steps...)
		}
		for _, b := range asides(c.versioned()) {
			steps, err := c.steps(b.query, []any{1, 2, "f1"}[:2+strings.Count(b.query, "?3 IS")])
			if err != nil {
				return err
			}
			out = append(out, steps...)
		}
		return nil
	})
	return out, err
}
