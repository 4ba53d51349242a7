package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// examine finds what is wrong with a header without a database, and makes ready what is read of it.
func (r *Report) examine() error {
	switch {
	case r.Number == "" || !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(r.ID):
		return r.fault("report", "report = \"…\": letters and digits are the number of a report")
	case r.Title.ZH == "" || r.Title.EN == "":
		return r.fault("title", "the title needs zh and en")
	case len(r.Roles) == 0:
		return r.fault("roles", "roles = […] says who may ask")
	case len(r.Parts) > 0:
		return nil
	case r.SQL == "":
		return r.fault("report", "there is no query behind the header")
	}
	for _, role := range r.Roles {
		if !slices.Contains(event.Roles, role) {
			return r.fault("roles", "there is no role %q: there are %s", role, listed(event.Roles))
		}
	}
	for _, examine := range []func() error{r.examineParameters, r.examineDimensions, r.examineColumns, r.examineDetail, r.examineRows} {
		if err := examine(); err != nil {
			return err
		}
	}
	return nil
}

// What a header may say of parameters, details and columns.
var (
	types       = []string{"number", "text", "date", "id", "position"}
	detailKinds = []string{"text", "date", "number", "money", "flag", "entry", "id"}
	kinds       = []Kind{Count, Sum, Distinct, Median, Min, Max, Share, Ratio, Change, Distribution}
)

// theLists says where the lists of codes are.
const theLists = "SCHEMA.md says which list a column has, EVENTS.md has them"

// listed joins words with commas.
func listed[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return strings.Join(all, ", ")
}

func (r *Report) examineParameters() error {
	for name, p := range r.Parameters {
		switch {
		case !nameIs.MatchString(name):
			return r.fault(name, "%q is no name: a to z, digits and _", name)
		case Common[name] != "" || slices.Contains([]string{"rows", "format", "as_of", "now", "wait_for", "cursor", "limit", "row", "column",
			"since", "until", "side"}, name):
			return r.fault(name, "the parameter %q is everybody's", name)
		case p.ZH == "" || p.EN == "":
			return r.fault(name, "the parameter %q needs zh and en", name)
		case p.Type == "bands":
			if _, err := bandsOf(fmt.Sprint(p.Value)); err != nil {
				return r.fault(name, "the parameter %q: %v", name, err)
			}
		case !slices.Contains(types, p.Type):
			return r.fault(name, "the parameter %q: there is no type %q: there are %s, bands", name, p.Type, listed(types))
		}
	}
	return nil
}

func (r *Report) examineDimensions() error {
	for _, d := range r.Dimensions {
		switch {
		case !nameIs.MatchString(d.Name):
			return r.fault(d.Name, "%q is no name: a to z, digits and _", d.Name)
		case d.ZH == "" || d.EN == "":
			return r.fault(d.Name, "the dimension %q needs zh and en", d.Name)
		case d.Bands != "" && r.Parameters[d.Bands].Type != "bands":
			return r.fault(d.Name, "the dimension %q: %q is no parameter of type bands", d.Name, d.Bands)
		case d.Bands != "" && d.Of == "":
			return r.fault(d.Name, "the dimension %q: bands of what?", d.Name)
		case d.Codes != "" && codes.TableOf(d.Codes) == nil:
			return r.fault(d.Codes, "there is no list of codes %q: %s", d.Codes, theLists)
		case d.Kind != "" && d.Kind != "id":
			return r.fault(d.Name, "the dimension %q: there is no kind %q: id, of what SCHEMA.md has as name, or none", d.Name, d.Kind)
		}
		switch every := d.Every.(type) {
		case nil:
		case string:
			if !slices.Contains([]string{"areas", "teams", "sectors"}, every) {
				return r.fault(d.Name, "every = %q: there are areas, teams, sectors, or a list", every)
			}
			if every == "teams" {
				d.Kind = "id"
			}
		case []any:
		default:
			return r.fault(d.Name, "every is areas, teams, sectors, or a list")
		}
	}
	return nil
}

func (r *Report) examineDetail() error {
	for _, f := range r.Detail {
		switch {
		case !nameIs.MatchString(f.Name):
			return r.fault(f.Name, "%q is no name: a to z, digits and _", f.Name)
		case f.ZH == "" || f.EN == "":
			return r.fault(f.Name, "the detail %q needs zh and en", f.Name)
		case !slices.Contains(detailKinds, f.Kind):
			return r.fault(f.Name, "the detail %q: there is no kind %q: there are %s", f.Name, f.Kind, listed(detailKinds))
		case f.Codes != "" && codes.TableOf(f.Codes) == nil:
			return r.fault(f.Name, "there is no list of codes %q: %s", f.Codes, theLists)
		}
	}
	return nil
}

func (r *Report) examineRows() error {
	if len(r.Rows) == 0 {
		r.Rows = []string{each}
	}
	for _, rows := range r.Rows {
		var dims []string
		for part := range strings.SplitSeq(rows, ",") {
			dims = append(dims, strings.TrimSpace(part))
		}
		r.groups = append(r.groups, dims)
		if rows == each {
			if len(r.Detail) == 0 {
				return r.fault("rows", "rows one by one need a detail")
			}
			continue
		}
		for _, d := range dims {
			if r.dimension(d) == nil {
				return r.fault("rows", "rows by %q, which is no dimension: each, or dimensions with commas, as in rows = [\"%s\"]", d, r.example())
			}
		}
	}
	return nil
}

// example is a grouping that the report may have.
func (r *Report) example() string {
	var names []string
	for _, d := range r.Dimensions[:min(2, len(r.Dimensions))] {
		names = append(names, d.Name)
	}
	return cmp.Or(strings.Join(names, ", "), each)
}

// each is the grouping that has one row for each thing.
const each = "each"

func (r *Report) examineColumns() error {
	var all []*Column
	for _, c := range r.Columns {
		if !nameIs.MatchString(c.Name) {
			return r.fault(c.Name, "%q is no name: a to z, digits and _", c.Name)
		}
		if c.ZH == "" || c.EN == "" {
			return r.fault(c.Name, "the column %q needs zh and en", c.Name)
		}
		if err := r.examineColumn(c); err != nil {
			return err
		}
		expanded, err := r.expand(c)
		if err != nil {
			return err
		}
		all = append(all, expanded...)
	}
	if len(all) == 0 {
		return r.fault("report", "a report has columns")
	}
	r.Columns = all
	for i, c := range all {
		if slices.ContainsFunc(all[:i], func(o *Column) bool { return o.Name == c.Name }) {
			return r.fault(c.Name, "two columns are named %q", c.Name)
		}
		if !c.paired() {
			continue
		}
		for _, of := range c.pair {
			if o := r.Column(of); o == nil || o.paired() {
				return r.fault(c.Name, "the column %q is of %q, which is no column that is counted", c.Name, of)
			}
		}
	}
	return nil
}

func (r *Report) examineColumn(c *Column) error {
	switch of := c.OfWhat.(type) {
	case nil:
	case string:
		c.of = of
	case []any:
		if len(of) == 2 {
			c.pair[0], _ = of[0].(string)
			c.pair[1], _ = of[1].(string)
		}
	}
	switch c.Kind {
	case Share, Ratio, Change:
		if c.pair[1] == "" {
			return r.fault(c.Name, "the column %q needs of = [\"a\", \"b\"], two columns", c.Name)
		}
	case Count:
	case Sum, Distinct, Median, Min, Max, Distribution:
		if c.of == "" {
			return r.fault(c.Name, "the column %q needs of = \"…\": a field, or what is computed from fields", c.Name)
		}
	default:
		return r.fault(c.Name, "the column %q: there is no kind %q: there are %s", c.Name, c.Kind, listed(kinds))
	}
	if c.Kind == Distribution && r.Parameters[c.Bands].Type != "bands" {
		return r.fault(c.Name, "the column %q: %q is no parameter of type bands", c.Name, c.Bands)
	}
	return nil
}

// expand makes a distribution several counts, one for each band, and gives a share its interval.
func (r *Report) expand(c *Column) ([]*Column, error) {
	switch {
	case c.Interval:
		low, high := *c, *c
		low.Name, low.Kind, low.ZH, low.EN = c.Name+"_low", intervalLow, c.ZH+"下限", c.EN+", lower bound"
		high.Name, high.Kind, high.ZH, high.EN = c.Name+"_high", intervalHigh, c.ZH+"上限", c.EN+", upper bound"
		return []*Column{c, &low, &high}, nil
	case c.Kind != Distribution:
		return []*Column{c}, nil
	}
	bands, err := bandsOf(fmt.Sprint(r.Parameters[c.Bands].Value))
	if err != nil {
		return nil, r.fault(c.Name, "%v", err)
	}
	var all []*Column
	for i := range len(bands) + 1 {
		one := *c
		one.Kind, one.band, one.Name = Count, i, c.Name+"_"+strconv.Itoa(i)
		one.ZH, one.EN = c.ZH+labelOf(bands, i), c.EN+" "+labelOf(bands, i)
		all = append(all, &one)
	}
	return all, nil
}

// bandsOf reads the bounds between bands: ascending whole numbers with commas.
func bandsOf(text string) (bands []int64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil || len(bands) > 0 && n <= bands[len(bands)-1] || len(bands) == 20 {
			return nil, fmt.Errorf("bands are 1 to 20 ascending whole numbers with commas, not %q", text)
		}
		bands = append(bands, n)
	}
	return bands, nil
}

func labelOf(bands []int64, i int) string {
	switch i {
	case 0:
		return fmt.Sprintf("<%d", bands[0])
	case len(bands):
		return fmt.Sprintf("≥%d", bands[i-1])
	}
	return fmt.Sprintf("%d–%d", bands[i-1], bands[i]-1)
}

// bandSQL is the band of an expression: its number or its label. Bands are numbers, so that no given text becomes SQL.
func bandSQL(of string, bands []int64, number bool) string {
	word := func(i int) string {
		if number {
			return strconv.Itoa(i)
		}
		return "'" + labelOf(bands, i) + "'"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN (%s) IS NULL THEN NULL", of)
	for i, n := range bands {
		fmt.Fprintf(&b, " WHEN (%s) < %d THEN %s", of, n, word(i))
	}
	fmt.Fprintf(&b, " ELSE %s END", word(len(bands)))
	return b.String()
}
