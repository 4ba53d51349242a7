package reportdb

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// mostInList is how many numbers one statement names.
const mostInList = 500

// Trusted runs fn, whose statements are our own words: the authorizer does not look at them.
func (c *Conn) Trusted(fn func() error) error {
	if err := c.guard(false); err != nil {
		return err
	}
	err := fn()
	if again := c.guard(true); err == nil {
		err = again
	}
	return err
}

// Names returns the ids that have these numbers.
func (c *Conn) Names(numbers []int64) (map[int64]string, error) {
	ids := make(map[int64]string, len(numbers))
	err := c.Trusted(func() error {
		for len(numbers) > 0 {
			list := make([]string, min(len(numbers), mostInList))
			for i := range list {
				list[i] = strconv.FormatInt(numbers[i], 10)
			}
			numbers = numbers[len(list):]
			rows, err := c.conn.QueryContext(c.ctx, "SELECT id, name FROM main.names WHERE id IN ("+strings.Join(list, ", ")+")")
			err = each(rows, err)(func(rows *sql.Rows) error {
				var n int64
				var id string
				err := rows.Scan(&n, &id)
				ids[n] = id
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return ids, c.explain(err)
}

// NameOf returns the number of an id, and whether the ledger has it.
func (c *Conn) NameOf(id string) (n int64, known bool, err error) {
	err = c.Trusted(func() error {
		err := c.conn.QueryRowContext(c.ctx, "SELECT id FROM main.names WHERE name = ?", id).Scan(&n)
		if known = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return n, known, c.explain(err)
}
