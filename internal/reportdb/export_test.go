package reportdb

import "database/sql"

// Plan returns how SQLite finds the rows of a page, and counts them: a line for each step.
func (c *Conn) Plan(a Asked) (page, count []string, err error) {
	steps := func(text string, args []any) (out []string, err error) {
		err = each(c.conn.QueryContext(c.ctx, "EXPLAIN QUERY PLAN "+text, args...))(func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			out = append(out, detail)
			return err
		})
		return out, err
	}
	q, _, err := c.listQuery(&a, a.Columns())
	if err != nil {
		return nil, nil, err
	}
	err = c.Trusted(func() error {
		if count, err = steps("SELECT v.hidden FROM "+q.from+" WHERE "+joined(q.where)+" LIMIT 10", q.args); err != nil {
			return err
		}
		after := &place{By: "2026", Version: 7}
		if a.Text != "" || a.Sort == "ix" {
			after.By = int64(7)
		}
		text := q.text(&a, after)
		page, err = steps(text, q.args)
		return err
	})
	return page, count, err
}
