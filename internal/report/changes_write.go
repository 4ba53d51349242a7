package report

import (
	"maps"

	"github.com/anjian-ledger/anjian/domain/law"
)

// periodOf are parameters with the period as it is called where from and to are positions.
func periodOf(parameters map[string]any) map[string]any {
	out := maps.Clone(parameters)
	for name, as := range map[string]string{"from": "since", "to": "until"} {
		if v, is := out[name]; is {
			delete(out, name)
			out[as] = v
		}
	}
	return out
}

// Moving are the columns that say what came and went.
func (r *Report) Moving() (names []string) {
	for _, c := range r.Columns {
		if c.Moves() {
			names = append(names, c.Name)
		}
	}
	return names
}

// ShowsHidden reports whether there is something hidden in what is shown, at one of the positions.
func (c *Changes) ShowsHidden() bool {
	return c.Hidden != nil && (float(c.Hidden.From) != 0 || float(c.Hidden.To) != 0)
}

// changed are the words of what tables say of changes.
var changed = map[string]Words{"from": {"原值", "before"}, "to": {"现值", "after"}, Came: {"新增", "came"}, Went: {"减少", "went"},
	Altered: {"变化", "changed"}, "side": {"情况", "side"}, "title": {"（两个位置之间的变化）", " (changes between two positions)"}}

// Document is what stands above the table and in its notes: that of the second position, with the first among the parameters.
func (c *Changes) Document(from uint64) *Document {
	d := *c.doc
	d.Title = Words{d.Title.ZH + changed["title"].ZH, d.Title.EN + changed["title"].EN}
	d.Parameters = maps.Clone(c.Parameters)
	d.Parameters["from"] = from
	return &d
}

// Table writes the changes in a language: each figure before and after, and what came and went; of a thing its detail before and after.
func (c *Changes) Table(l law.Language) *Table {
	t := &Table{}
	word := func(name string) string { return pick(l, changed[name]) }
	both := func(title string) []string { return []string{title + " " + word("from"), title + " " + word("to")} }
	switch {
	case c.Figures != nil:
		t.Header = append([]string{pick(l, Words{"数字", "figure"})}, word("from"), word("to"))
		for _, f := range c.Figures {
			t.Rows = append(t.Rows, []any{f.Name, f.From, f.To})
		}
	case len(c.By) == 0:
		t.Header = []string{pick(l, Words{"条目", "entry"}), word("side")}
		for _, f := range c.Detail {
			t.Header = append(t.Header, both(pick(l, f.Words))...)
		}
		for i := range c.Rows {
			t.Rows = append(t.Rows, c.Rows[i].thing(len(c.Detail), word(c.Rows[i].Side)))
		}
	default:
		c.figures(t, l, word)
	}
	return t
}

// thing is the line of one thing.
func (row *ChangedRow) thing(fields int, side string) []any {
	line := []any{nil, side}
	if row.Entry != nil {
		line[0] = *row.Entry
	}
	for k := range fields {
		for _, values := range [][]any{row.was, row.now} {
			var v any
			if values != nil {
				v = values[k]
			}
			line = append(line, v)
		}
	}
	return line
}

// figures are the lines of groups, with the total.
func (c *Changes) figures(t *Table, l law.Language, word func(string) string) {
	for _, by := range c.By {
		t.Header, t.Total = append(t.Header, pick(l, by.Words)), append(t.Total, nil)
	}
	t.Total[0] = pick(l, Words{"合计", "total"})
	for i := range c.Columns {
		column, f := &c.Columns[i], c.Total[c.Columns[i].Name]
		title := titleOf(column, l) + " "
		t.figure(title+word("from"), f.From, column.Kind)
		t.figure(title+word("to"), f.To, column.Kind)
		if f.Came != nil {
			t.figure(title+word(Came), f.Came, column.Kind)
			t.figure(title+word(Went), f.Went, column.Kind)
		}
	}
	for i := range c.Rows {
		line := append([]any{}, c.Rows[i].key...)
		for k := range c.Columns {
			f := c.Rows[i].Figures[c.Columns[k].Name]
			line = append(line, f.From, f.To)
			if c.Total[c.Columns[k].Name].Came != nil {
				line = append(line, f.Came, f.Went)
			}
		}
		t.Rows = append(t.Rows, line)
	}
}
