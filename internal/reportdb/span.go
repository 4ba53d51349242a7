package reportdb

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// Of a list as of two positions only those versions are compared that may not be in it alike as of both: those that began or ended
// between, and of those that hold at both ends what was disclosed, what became due, and that of which another register says something else.

// span is what lies between two positions: the entries behind the first up to the last, and by which times states are told.
type span struct {
	first, last int64
	now         [2]string
	whole       bool // both ends are read whole
}

// spanTo is the span from where the connection is to another position; nil: the last there is.
func (c *Conn) spanTo(to *uint64, a *Asked) (s span, err error) {
	s = span{first: c.n, last: c.head, now: [2]string{cmp.Or(a.Now, c.now), a.Now}}
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

// fewVersions is how many versions are read whole, before it is asked which of them moved.
var fewVersions = 2000

// within leaves out the versions that are as of both ends of a span what they are as of one; side says as of which this is asked, -1 the
// first. What a filter finds is read whole where it was little: if it is much at the other end, that began between. In what a search finds
// the moved ones are looked for, because each look by words costs more than finding all.
func (c *Conn) within(q *listQuery, a *Asked, over *span, side int) error {
	if a.leads() && side < 0 {
		var n int
		err := c.conn.QueryRowContext(c.ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %d)", q.from, joined(q.where),
			fewVersions), q.args...).Scan(&n)
		if err != nil {
			return err
		}
		over.whole = n < fewVersions
	}
	if over.whole {
		return nil
	}
	moved := over.moved(q, a, side)
	if a.Text != "" {
		q.where = append(q.where, fmt.Sprintf("+v.version IN (%s)", moved))
		return nil
	}
	q.from = fmt.Sprintf("(%s) CROSS JOIN %s", moved, q.from)
	q.where = append(q.where, "v.version = moved")
	return nil
}

// leads reports whether a filter is asked for that finds its rows by an index.
func (a *Asked) leads() bool {
	for i := range a.List.Filters {
		f := &a.List.Filters[i]
		if _, asked := a.Filters[f.Name]; asked && f.Leads {
			return true
		}
	}
	return false
}

// moved asks for the versions that may be in a list as of one end of the span and not alike as of the other.
func (s *span) moved(q *listQuery, a *Asked, side int) string {
	first, last, of := q.arg(s.first), q.arg(s.last), a.List.Of.Name
	both := fmt.Sprintf("v.from_ix <= %s AND v.to_ix > %s", first, last)
	all := []string{fmt.Sprintf("SELECT v.version AS moved FROM main.%s v WHERE %s AND %s", of, disclosed("v", first, last), both)}
	for _, text := range a.conditions() {
		if s.now[0] != s.now[1] && strings.Contains(text, ":now") {
			all = append(all, s.due(q, a, text, both)...)
		}
		for i := range a.List.Also {
			if x := &a.List.Also[i]; strings.Contains(text, " "+x.Name+" ") {
				all = append(all, aboutBoth(a.List.Of, x, s, q, both)...)
			}
		}
	}
	text := strings.Join(all, " UNION ")
	if side < 0 {
		return text + fmt.Sprintf(" UNION ALL SELECT v.version FROM main.%s v WHERE %s", of, ended("v", first, last))
	}
	for _, began := range s.began(q, of) {
		text += " UNION ALL SELECT v.version FROM " + began
	}
	return text
}

// ended is a condition of versions that ended behind the first entry up to the last, as an index has them.
func ended(v, first, last string) string {
	return fmt.Sprintf("%[1]s.to_ix > %[2]s AND %[1]s.to_ix <= %[3]s AND %[1]s.to_ix < %[4]d", v, first, last, tables.End)
}

// disclosed is likewise one of versions that everybody sees since such an entry, which did not give them.
func disclosed(v, first, last string) string {
	return fmt.Sprintf("%[1]s.seen_ix > %[2]s AND %[1]s.seen_ix <= %[3]s AND %[1]s.seen_ix > %[1]s.from_ix", v, first, last)
}

// began are where the versions v of a register come from that began in the span: those that its entries gave, and those that were moved
// then, each of which has its number from the one that ended.
func (s *span) began(q *listQuery, register string) []string {
	first, last := q.arg(s.first), q.arg(s.last)
	least, _ := tables.VersionsOf(s.first + 1)
	_, behind := tables.VersionsOf(s.last)
	return []string{
		fmt.Sprintf("main.%s v WHERE v.version >= %s AND v.version < %s", register, q.arg(least), q.arg(behind)),
		fmt.Sprintf("main.%[1]s p CROSS JOIN main.%[1]s v WHERE %[2]s AND v.version = p.version + %[3]s AND v.from_ix > %[4]s AND "+
			"v.from_ix <= %[5]s", register, ended("p", first, last), q.arg(tables.Moved(0)), first, last),
	}
}

// due asks for the versions that a condition tells otherwise by the time of the other end: what it compares with the time lies between.
func (s *span) due(q *listQuery, a *Asked, text, both string) (all []string) {
	earlier := min(s.now[0], s.now[1])
	least, most := q.arg(earlier[:min(len("2006-01-02"), len(earlier))]), q.arg(max(s.now[0], s.now[1])) // days are compared, too
	differs := fmt.Sprintf("(%s) IS NOT (%s)", strings.ReplaceAll(text, ":now", q.arg(s.now[0])), strings.ReplaceAll(text, ":now",
		q.arg(s.now[1])))
	for _, column := range a.List.Dated {
		where := fmt.Sprintf("%[1]s >= %[2]s AND %[1]s <= %[3]s AND %[4]s AND %[5]s", a.List.ByDate(column, "v."), least, most, both, differs)
		if a.List.Always != "" {
			where += " AND v." + a.List.Always
		}
		all = append(all, fmt.Sprintf("SELECT v.version FROM main.%s v WHERE %s", a.List.Of.Name, where))
	}
	return all
}

// aboutBoth asks for the versions of which another register says something else: it has versions about them that moved.
func aboutBoth(of *tables.Register, other *tables.Other, s *span, q *listQuery, both string) (all []string) {
	first, last := q.arg(s.first), q.arg(s.last)
	about := []string{}
	for _, column := range other.By {
		about = append(about, fmt.Sprintf("v.%[1]s = o.%[1]s", column))
	}
	moved := append(s.began(q, other.Name), fmt.Sprintf("main.%s v WHERE %s", other.Name, ended("v", first, last)),
		fmt.Sprintf("main.%s v WHERE %s", other.Name, disclosed("v", first, last)))
	for _, from := range moved {
		all = append(all, fmt.Sprintf("SELECT v.version FROM (SELECT v.%s FROM %s) o CROSS JOIN main.%s v WHERE %s AND %s",
			strings.Join(other.By, ", v."), from, of.Name, joined(about), both))
	}
	return all
}
