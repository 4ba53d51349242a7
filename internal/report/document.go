package report

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Document is an answer as it is given out: JSON, and what CSV and XLSX are written of.
type Document struct {
	ID         string          `json:"report" doc:"number of the report"`
	Title      Words           `json:"title"`
	Date       *Words          `json:"date,omitempty" doc:"which date year, from and to bound"`
	By         []DimensionInfo `json:"by" doc:"what the rows are grouped by; none: one row for each thing"`
	Columns    []ColumnInfo    `json:"columns" doc:"the figures, in their order"`
	Detail     []FieldInfo     `json:"detail,omitempty" doc:"what is shown of one thing, where each row is one"`
	Parameters map[string]any  `json:"parameters" doc:"by which it was asked, with the defaults"`
	Rows       []DocumentRow   `json:"rows"`
	Total      map[string]any  `json:"total" doc:"of all things, each counted once: not of the rows, of which some hold the same thing"`
	Hidden     *int64          `json:"hidden,omitempty" doc:"of a list that shows what is hidden: how many that are; they count in no figure"`
	Notes      []Words         `json:"notes,omitempty"`
	Text       []Words         `json:"text,omitempty" doc:"of a report of sentences, which has no rows"`
	Figures    []PartFigure    `json:"figures,omitempty" doc:"that they speak of, and where each opens"`
}

// DocumentRow is one row.
type DocumentRow struct {
	Row     string            `json:"row" doc:"opaque: opens the row's numbers in /entries"`
	Entry   *int64            `json:"entry,omitempty" doc:"where each row is one thing: index of the entry that made it"`
	Group   map[string]any    `json:"group,omitempty" doc:"values of what the row is grouped by; null: not stated"`
	Labels  map[string]string `json:"labels,omitempty" doc:"their words, in the language of Accept-Language"`
	Figures map[string]any    `json:"figures,omitempty" doc:"by column; null: none, or not known"`
	Detail  map[string]any    `json:"detail,omitempty" doc:"by field"`
	key     []any
	values  []any
}

// DimensionInfo says what rows can be grouped by.
type DimensionInfo struct {
	Name string `json:"name"`
	Words
}

// ColumnInfo says what a figure is.
type ColumnInfo struct {
	Name string `json:"name"`
	Words
	Kind Kind     `json:"kind" doc:"count, sum, distinct, median, min, max, share, ratio, change, low and high (bounds of a share)"`
	Of   []string `json:"of,omitempty" doc:"the two columns of a share, ratio or change"`
	Unit string   `json:"unit,omitempty"`
	Adds bool     `json:"adds" doc:"its rows add up to the total; not where a zone has a row beside its county's, in which it counts as well"`
	Only string   `json:"only,omitempty" doc:"total: it stands in no row"`
}

// FieldInfo says what is shown of one thing.
type FieldInfo struct {
	Name string `json:"name"`
	Words
	Kind string `json:"kind" doc:"text, date, number, money (in minor units), flag, entry (an index), id"`
}

// ParameterInfo says what a report can be asked by.
type ParameterInfo struct {
	Name string `json:"name"`
	Words
	Type    string   `json:"type" doc:"text, number, date, id, bands (ascending whole numbers with commas), position"`
	Default any      `json:"default,omitempty"`
	Choices []string `json:"choices,omitempty"`
}

// Info says what a report is.
type Info struct {
	ID         string          `json:"report" doc:"number of the report"`
	Title      Words           `json:"title"`
	Question   *Words          `json:"question,omitempty"`
	Rules      []string        `json:"rules"`
	Law        *Words          `json:"law,omitempty"`
	Date       *Words          `json:"date,omitempty" doc:"which date year, from and to bound"`
	Rows       []string        `json:"rows" doc:"groupings; the first is the default, each has one row for each thing"`
	Dimensions []DimensionInfo `json:"dimensions"`
	Columns    []ColumnInfo    `json:"columns"`
	Detail     []FieldInfo     `json:"detail"`
	Parameters []ParameterInfo `json:"parameters" doc:"beside as_of, now, rows and format"`
}

// commonWords are the titles of the common parameters.
var commonWords = []ParameterInfo{
	{Name: "campaign", Words: Words{"专项行动", "campaign"}}, {Name: "county", Words: Words{"县区，含其功能区", "county, with its zones"}},
	{Name: "sector", Words: Words{"行业领域", "sector"}}, {Name: "team", Words: Words{"督查组", "team"}},
	{Name: "year", Words: Words{"年度", "calendar year"}}, {Name: "from", Words: Words{"起始日期", "first day"}},
	{Name: "to", Words: Words{"截止日期（含）", "last day"}},
	{Name: "base_from", Words: Words{"基期起始；缺省为上年同期", "first day of the base period; else a year earlier"}},
	{Name: "base_to", Words: Words{"基期截止（含）", "last day of the base period"}},
}

// Info describes the report.
func (r *Report) Info() *Info {
	i := &Info{ID: r.ID, Title: r.Title, Question: stated(r.Question), Rules: append([]string{}, r.Rules...), Law: stated(r.Law),
		Date: stated(r.Date), Rows: r.RowNames(), Dimensions: []DimensionInfo{}, Columns: r.columnInfo(), Detail: []FieldInfo{},
		Parameters: r.Asked()}
	for _, d := range r.Dimensions {
		i.Dimensions = append(i.Dimensions, DimensionInfo{d.Name, d.Words})
	}
	for _, f := range r.Detail {
		i.Detail = append(i.Detail, FieldInfo{f.Name, f.Words, f.Kind})
	}
	return i
}

// Asked are the parameters that the report has, of everybody's and of its own.
func (r *Report) Asked() []ParameterInfo {
	all := []ParameterInfo{}
	for _, p := range commonWords {
		if p.Type = cmp.Or(Common[p.Name], "date"); r.Takes(p.Name) {
			all = append(all, p)
		}
	}
	names := make([]string, 0, len(r.Parameters))
	for name := range r.Parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := r.Parameters[name]
		all = append(all, ParameterInfo{name, p.Words, p.Type, p.Value, p.From})
	}
	return all
}

func stated(w Words) *Words {
	if w == (Words{}) {
		return nil
	}
	return &w
}

func (r *Report) columnInfo() []ColumnInfo {
	all := []ColumnInfo{}
	for _, c := range r.Columns {
		info := ColumnInfo{Name: c.Name, Words: c.Words, Kind: c.Kind, Unit: c.Unit, Adds: c.Adds(), Only: c.Only}
		if c.paired() {
			info.Of = c.pair[:]
		}
		all = append(all, info)
	}
	return all
}

// Document is the answer as it is given out, with labels in a language.
func (x *Execution) Document(a *Answer, l law.Language) (*Document, error) {
	d := &Document{ID: x.ID, Title: x.Title, Date: stated(x.Date), By: []DimensionInfo{}, Columns: x.columnInfo(), Parameters: x.asked(),
		Rows: make([]DocumentRow, 0, len(a.Rows)), Total: x.named(a.Total, true), Hidden: a.Hidden, Notes: a.Notes,
		Text: a.Text, Figures: a.Figures}
	names, err := x.ids(a)
	if err != nil {
		return nil, err
	}
	if a.Each() {
		for _, i := range x.Shown() {
			d.Detail = append(d.Detail, FieldInfo{x.Detail[i].Name, x.Detail[i].Words, x.Detail[i].Kind})
		}
	}
	dims := make([]*Dimension, len(x.by))
	for i, name := range x.by {
		if dims[i] = x.dimension(name); dims[i] != nil {
			d.By = append(d.By, DimensionInfo{name, dims[i].Words})
		}
	}
	zones := x.zones(a)
	for i := range d.Columns {
		d.Columns[i].Adds = d.Columns[i].Adds && len(zones) == 0
	}
	for i := range a.Rows {
		row := &a.Rows[i]
		out := DocumentRow{Row: x.rowKey(row.Key)}
		if a.Each() {
			out.Entry = x.entry(row.Key[0])
			out.Detail, out.values = x.detail(row.Values, names, l)
		} else {
			out.Group, out.Labels, out.Figures, out.values = map[string]any{}, map[string]string{}, x.named(row.Values, false), row.Values
			for k, dim := range dims {
				value, label := x.label(dim, row.Key[k], names, l)
				out.Group[dim.Name], out.Labels[dim.Name] = value, label
				if county, is := zones[row.Key[k]]; is && dim.Name == "county" {
					label = pick(l, Words{label + "（已计入" + county.ZH + "）", label + " (counted in " + county.EN + ")"})
				}
				out.key = append(out.key, label)
			}
		}
		d.Rows = append(d.Rows, out)
	}
	return d, nil
}

// zones are those that have a row beside their county's, in which their things count as well, with that county.
func (x *Execution) zones(a *Answer) map[any]Words {
	out := map[any]Words{}
	place := slices.Index(x.by, "county")
	if place < 0 {
		return out
	}
	rows := map[any]bool{}
	for i := range a.Rows {
		rows[a.Rows[i].Key[place]] = true
	}
	for code := range rows {
		text, _ := code.(string)
		if zone, ok := codes.County(text); ok && zone.Parent != "" && rows[zone.Parent] {
			county, _ := codes.County(zone.Parent)
			out[code] = Words{county.Chinese, county.English}
		}
	}
	return out
}

// entry is the index of an entry, for who sees entries.
func (x *Execution) entry(v any) *int64 {
	n, ok := v.(int64)
	if x.q.Figures || !ok || n < 0 {
		return nil
	}
	return &n
}

// named are figures by their columns.
func (x *Execution) named(values []any, total bool) map[string]any {
	out := make(map[string]any, len(values))
	for i, c := range x.Columns[:len(values)] {
		if total || c.Only != "total" {
			out[c.Name] = values[i]
		}
	}
	return out
}

// asked are the parameters by which the report was asked, as they were given, with what counted else.
func (x *Execution) asked() map[string]any {
	out := map[string]any{}
	for _, p := range x.Report.Asked() {
		if text, ok := x.q.Given[p.Name]; ok {
			out[p.Name] = text
		} else if p.Default != nil {
			out[p.Name] = p.Default
		}
	}
	out["now"] = x.now()
	return out
}

// ids are the ids of the numbers that an answer has.
func (x *Execution) ids(a *Answer) (map[int64]string, error) {
	var numbers []int64
	add := func(v any) {
		if n, ok := v.(int64); ok {
			numbers = append(numbers, n)
		}
	}
	for _, row := range a.Rows {
		if a.Each() {
			x.numbers(row.Values, add)
			continue
		}
		for i, name := range x.by {
			if x.dimension(name).Kind == "id" {
				add(row.Key[i])
			}
		}
	}
	return x.idsOf(numbers)
}

// numbers calls add with those of a detail that are ids.
func (x *Execution) numbers(detail []any, add func(any)) {
	for i, f := range x.Detail {
		if f.Kind == "id" {
			add(detail[i])
		}
	}
}

func (x *Execution) idsOf(numbers []int64) (map[int64]string, error) {
	if len(numbers) == 0 {
		return nil, nil //nolint:nilnil // of none there are none
	}
	slices.Sort(numbers)
	return x.conn.Names(slices.Compact(numbers))
}

// detail are the shown fields of a thing, by name and in their order.
func (x *Execution) detail(values []any, names map[int64]string, l law.Language) (map[string]any, []any) {
	out, list := map[string]any{}, []any{}
	for _, i := range x.Shown() {
		f, v := x.Detail[i], values[i]
		switch n, number := v.(int64); {
		case f.Kind == "id" && number:
			v = names[n]
		case f.Kind == "flag" && number:
			v = n != 0
		}
		out[f.Name] = v
		if text, ok := v.(string); ok && f.Codes != "" {
			v = coded(f.Codes, text, l)
		}
		list = append(list, v)
	}
	return out, list
}

// label is a value of a dimension as it is given out, and its words.
func (x *Execution) label(d *Dimension, v any, names map[int64]string, l law.Language) (any, string) {
	n, number := v.(int64)
	text, isText := v.(string)
	switch {
	case v == nil:
		return nil, pick(l, Words{"未记录", "not stated"})
	case d.Kind == "id" && number:
		return names[n], names[n]
	case d.Bands != "" && number:
		label := labelOf(x.bands[d.Bands], int(n))
		return label, label
	case isText && d.Name == "county":
		if c, ok := codes.County(text); ok {
			return text, pick(l, Words{c.Chinese, c.English})
		}
	case isText && d.Name == "sector":
		return text, coded("sector", text, l)
	case isText && d.Codes != "":
		return text, coded(d.Codes, text, l)
	}
	return v, fmt.Sprint(v)
}

// coded is a code of a list, or a set of them, in words.
func coded(list, text string, l law.Language) string {
	t := codes.TableOf(list)
	if t == nil {
		return text
	}
	set := strings.Fields(text)
	for i, code := range set {
		if c, ok := t.Of(code); ok {
			set[i] = pick(l, Words{c.Chinese, c.English})
		}
	}
	return strings.Join(set, pick(l, Words{"、", ", "}))
}

// pick is a text in a language.
func pick(l law.Language, w Words) string {
	if l == law.InChinese {
		return w.ZH
	}
	return w.EN
}

// rowKey is the opaque key of a row: the grouping and its values.
func (x *Execution) rowKey(key []any) string {
	text, err := json.Marshal(append([]any{strings.Join(x.by, ",")}, key...))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ErrRow means that a row's key is none of the report.
var ErrRow = errors.New("no row of the report")

// Row reads the key of a row: its grouping and values. "": the total.
func (r *Report) Row(row string) (rows string, key []any, err error) {
	if row == "" {
		return "", nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(row)
	if err != nil {
		return "", nil, ErrRow
	}
	var all []any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil || len(all) == 0 || d.InputOffset() != int64(len(text)) {
		return "", nil, ErrRow
	}
	rows, _ = all[0].(string)
	i := slices.Index(r.RowNames(), rows)
	if i < 0 || len(r.groups[i]) != len(all)-1 {
		return "", nil, ErrRow
	}
	for _, v := range all[1:] {
		if n, ok := v.(json.Number); ok {
			if whole, err := n.Int64(); err == nil {
				v = whole
			} else if v, err = n.Float64(); err != nil {
				return "", nil, ErrRow
			}
		}
		switch v.(type) {
		case nil, int64, float64, string:
		default:
			return "", nil, ErrRow
		}
		key = append(key, v)
	}
	return rows, key, nil
}

// Thing is one of the things behind a number, as it is given out.
type Thing struct {
	Entry  *int64         `json:"entry,omitempty" doc:"index of its entry: GET /v1/entries/{index}; not for who sees figures only"`
	Value  any            `json:"value" doc:"what it adds to the number; of a median, least or greatest its value"`
	Detail map[string]any `json:"detail,omitempty"`

	values []any // of the details, in their order
}

// Things are what is behind a number, as it is given out.
func (x *Execution) Things(c *Column, opened []Opened, l law.Language) ([]Thing, error) {
	var numbers []int64
	for i := range opened {
		x.numbers(opened[i].Detail, func(v any) {
			if n, ok := v.(int64); ok {
				numbers = append(numbers, n)
			}
		})
	}
	names, err := x.idsOf(numbers)
	if err != nil {
		return nil, err
	}
	out := []Thing{}
	for i := range opened {
		t := Thing{Value: opened[i].Value, Entry: x.entry(opened[i].Entry)}
		if c.Kind == Distinct { // a number of ours says nothing to others
			t.Value = 1
		}
		t.Detail, t.values = x.detail(opened[i].Detail, names, l)
		out = append(out, t)
	}
	return out, nil
}
