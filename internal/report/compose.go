package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A report with parts has no query: its sentences speak with figures of other reports at the same position, and each figure opens
// in the report that it comes from.

// PartFigure is one figure of a sentence.
type PartFigure struct {
	Name   string `json:"name" doc:"as the file has it: r3_found"`
	Report string `json:"report" doc:"in which it opens"`
	Column string `json:"column"`
	Value  any    `json:"value"`
}

// compose prepares the parts.
func (x *Execution) compose(team string) error {
	if err := x.bind(); err != nil {
		return err
	}
	for _, part := range x.Report.parts {
		p, err := part.On(x.conn, team, Question{Given: x.q.Given, Figures: x.q.Figures})
		if err != nil {
			return err
		}
		if x.speaks(p); len(p.Columns) > 0 {
			x.parts = append(x.parts, p)
		}
	}
	return nil
}

// speaks leaves a part those columns of which the sentences speak, and those of which these are made.
func (x *Execution) speaks(part *Execution) {
	needed := map[string]bool{}
	for _, c := range part.Columns {
		if x.speaksOf(part.figure(c)) {
			needed[c.Name], needed[c.pair[0]], needed[c.pair[1]] = true, true, true
		}
	}
	narrow := *part.Report
	narrow.Columns = slices.DeleteFunc(slices.Clone(part.Columns), func(c *Column) bool { return !needed[c.Name] })
	part.Report = &narrow
}

// figure is the name that sentences have for a column of a part.
func (r *Report) figure(c *Column) string { return "r" + r.ID + "_" + c.Name }

var figureOf = regexp.MustCompile(`\{r([A-Za-z0-9-]+?)_(\w+)\}`)

// said answers with sentences.
func (x *Execution) said() (*Answer, error) {
	a := &Answer{}
	figures := map[string]any{}
	for _, part := range x.parts {
		// A total alone is read from the query; a median reads it once more.
		part.from = "(SELECT * FROM (" + part.things(part.within(part.Columns), nil) + ") WHERE " + part.any(part.Columns) + ")"
		if slices.ContainsFunc(part.Columns, func(c *Column) bool { return c.Kind == Median }) {
			part.from = ""
			if err := part.count(); err != nil {
				return nil, err
			}
		}
		total, err := part.total()
		if err != nil {
			return nil, err
		}
		for i, c := range part.Columns {
			name := part.figure(c)
			figures[name] = inSentence(c, total[i])
			if x.speaksOf(name) {
				a.Figures = append(a.Figures, PartFigure{name, part.ID, c.Name, total[i]})
			}
		}
	}
	for _, text := range x.Text {
		a.Text = append(a.Text, Words{fill(text.ZH, figures), fill(text.EN, figures)})
	}
	return a, nil
}

// inSentence writes a share as a percentage and money in yuan, as people say them.
func inSentence(c *Column, v any) any {
	switch {
	case v == nil:
		return nil
	case c.Kind == Share:
		return strconv.FormatFloat(100*float(v), 'f', 1, 64) + "%"
	case c.Unit == "fen":
		return strings.TrimSuffix(strconv.FormatFloat(float(v)/100, 'f', 2, 64), ".00")
	}
	return v
}

// speaksOf reports whether a sentence has a figure.
func (r *Report) speaksOf(name string) bool {
	for _, text := range r.Text {
		for _, m := range figureOf.FindAllString(text.ZH+text.EN, -1) {
			if m == "{"+name+"}" {
				return true
			}
		}
	}
	return false
}

// examineText finds figures that no part has.
func (r *Report) examineText() {
	for _, text := range r.Text {
		for _, m := range braces.FindAllStringSubmatch(text.ZH+text.EN, -1) {
			var names []string
			for _, part := range r.parts {
				for _, c := range part.Columns {
					names = append(names, part.figure(c))
				}
			}
			if !slices.Contains(names, m[1]) {
				r.tellAt(r.lineOf(m[1]), sentences(Words{"没有一个部分有 %s", "no part has the figure %s"}.with(m[0]), like(m[1], names)))
			}
		}
	}
}
