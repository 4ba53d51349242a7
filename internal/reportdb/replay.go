package reportdb

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
)

// Sought says which entries a replay selects. What is empty selects all; at least one of Stream, Person, Subject, Type and Kind is not.
type Sought struct {
	Stream   string // id
	Kind     string // of the stream
	Person   string
	Subject  string // that the entry is about, or whose stream it is in
	Type     string // without anjian. and version
	Team     string // likewise
	Campaign string
	Area     string
}

// Place is a place in a reader's order: since when he may see an entry, and its index.
type Place struct{ Since, Index uint64 }

func (p Place) compare(o Place) int {
	return cmp.Or(cmp.Compare(p.Since, o.Since), cmp.Compare(p.Index, o.Index))
}

// selection is a condition over entries; lead is the column whose index finds them.
type selection struct {
	lead string
	text []string
	args []any
}

func (s *selection) is(column string, v any) {
	s.args = append(s.args, v)
	s.text = append(s.text, fmt.Sprintf("%s = ?%d", column, len(s.args)))
}

// Places returns in order the places, from one on and before a position, at which entries that are sought may stand: at their index, and
// where their visit was disclosed. Which of them is the reader's, whoever asks knows. whole: there are no more.
func (c *Conn) Places(q Sought, from Place, to uint64, most int) (list []Place, whole bool, err error) {
	all, err := c.selections(q)
	if err != nil {
		return nil, false, err
	}
	end := Place{Since: to} // what comes before it is in the list
	err = c.Trusted(func() error {
		for i := range all {
			for _, held := range []bool{false, true} {
				part, err := c.places(&all[i], held, from, to, most)
				if err != nil {
					return err
				}
				if len(part) == most && part[most-1].compare(end) < 0 {
					end = part[most-1]
				}
				list = append(list, part...)
			}
		}
		return nil
	})
	slices.SortFunc(list, Place.compare)
	list = slices.Compact(list)
	whole = end == Place{Since: to}
	if !whole {
		list = slices.DeleteFunc(list, func(p Place) bool { return p.compare(end) > 0 })
	}
	return list, whole, c.explain(err)
}

// selections are the ways in which an entry can be one that is sought: none, where the database does not know an id.
func (c *Conn) selections(q Sought) (all []selection, err error) {
	numbers := map[string]int64{}
	for _, id := range []string{q.Stream, q.Person, q.Subject, q.Team, q.Campaign} {
		if id == "" {
			continue
		}
		n, known, err := c.NameOf(id)
		if err != nil || !known {
			return nil, err
		}
		numbers[id] = n
	}
	var s selection
	lead := func(column, id string, v any) {
		if id == "" {
			return
		}
		if s.lead == "" {
			s.lead = column
			s.is(column, v)
			return
		}
		s.is("+"+column, v)
	}
	lead("stream", q.Stream, numbers[q.Stream])
	lead("person", q.Person, numbers[q.Person])
	bySubject := s
	lead("subject", q.Subject, numbers[q.Subject])
	all = []selection{s}
	if q.Subject != "" { // or in the subject's own stream
		s = selection{bySubject.lead, slices.Clone(bySubject.text), slices.Clone(bySubject.args)}
		lead("stream", q.Subject, numbers[q.Subject])
		s.is("+kind", "subject")
		all = append(all, s)
	}
	for i := range all {
		s = all[i]
		s.text, s.args = slices.Clone(s.text), slices.Clone(s.args)
		lead("type", q.Type, q.Type)
		lead("kind", q.Kind, q.Kind)
		if q.Campaign != "" {
			s.is("+campaign", numbers[q.Campaign])
		}
		if q.Area != "" {
			s.is("+area", q.Area)
		}
		if q.Team != "" {
			s.args = append(s.args, numbers[q.Team])
			s.text = append(s.text, fmt.Sprintf("(+team = ?%d OR +kind = 'team' AND +stream = ?%[1]d)", len(s.args)))
		}
		all[i] = s
	}
	return all, nil
}

// question is what the places of a selection are asked by: at the index of each entry, or of what was held back where it was disclosed.
func (s *selection) question(held bool, from Place, to uint64, most int) (text string, args []any) {
	first := from.Since
	if !held && from.Index > first {
		first++ // its own index is before that place
	}
	args = append(slices.Clone(s.args), int64(first), int64(to))
	since, order := "ix", "ix"
	where := append(slices.Clone(s.text), fmt.Sprintf("ix >= ?%d AND ix < ?%d", len(args)-1, len(args)))
	if held {
		since, order = "seen_ix", "seen_ix, ix"
		args = append(args, int64(min(from.Index, 1<<62)))
		where = append(slices.Clone(s.text), fmt.Sprintf("seen_ix > ix AND seen_ix >= ?%d AND seen_ix < ?%d AND (seen_ix > ?%[1]d OR ix >= "+
			"?%[3]d)",
			len(args)-2, len(args)-1, len(args)))
	}
	return fmt.Sprintf("SELECT %s, ix FROM main.entries WHERE %s ORDER BY %s LIMIT %d", since, joined(where), order, most), args
}

// places are those of one selection.
func (c *Conn) places(s *selection, held bool, from Place, to uint64, most int) (list []Place, err error) {
	text, args := s.question(held, from, to, most)
	err = each(c.conn.QueryContext(c.ctx, text, args...))(func(rows *sql.Rows) error {
		var p Place
		err := rows.Scan(&p.Since, &p.Index)
		list = append(list, p)
		return err
	})
	return list, err
}
