package report

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// examine finds what is wrong with a header without a database, and makes ready what is read of it.
func (r *Report) examine() {
	if r.Number == "" || !numberIs.MatchString(r.ID) {
		r.tell("report", Words{"report = \"…\"：报表编号由字母、数字和 - 组成", "report = \"…\": letters, digits and - are the number of a report"})
	}
	if r.Title.ZH == "" || r.Title.EN == "" {
		r.tell("title", Words{"标题须有 zh 和 en", "the title needs zh and en"})
	}
	if len(r.Roles) == 0 {
		r.tell("roles", Words{"roles = […] 说明谁可以查询：可用 %s", "roles = […] says who may ask: there are %s"}, listed(event.Roles))
	}
	for _, role := range r.Roles {
		if !slices.Contains(event.Roles, role) {
			r.tell("roles", Words{"没有角色 %s：可用 %s", "there is no role %s: there are %s"}, role, listed(event.Roles))
		}
	}
	if len(r.Parts) > 0 {
		return
	}
	if r.SQL == "" {
		r.tell("report", Words{"文件头之后没有查询", "there is no query behind the header"})
	}
	for _, examine := range []func(){r.examineParameters, r.examineDimensions, r.examineColumns, r.examineDetail, r.examineRows,
		r.examineCodes} {
		examine()
	}
}

var numberIs = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// What a header may say of parameters, details and columns.
var (
	types       = []string{"number", "text", "date", "id", "position"}
	detailKinds = []string{"text", "date", "number", "money", "flag", "entry", "id"}
	kinds       = []Kind{Count, Sum, Distinct, Median, Min, Max, Share, Ratio, Change, Distribution}
)

// noCodes says that there is no list of codes of a name.
var noCodes = Words{"没有代码表 %s：哪一列用哪个代码表见 SCHEMA.md，各代码表见 EVENTS.md",
	"there is no list of codes %s: SCHEMA.md says which list a column has, EVENTS.md has them"}

// noName says that something is no name.
var noName = Words{"%q 不能作名称：用 a 至 z、数字和 _", "%q is no name: a to z, digits and _"}

// noWords says that something lacks its words.
var noWords = Words{"%s 须有 zh 和 en", "%s needs zh and en"}

// listed joins words with commas.
func listed[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return strings.Join(all, ", ")
}

func (r *Report) examineParameters() {
	for _, name := range sorted(r.Parameters) {
		p := r.Parameters[name]
		switch {
		case !nameIs.MatchString(name):
			r.tell(name, noName, name)
		case Common[name] != "" || slices.Contains([]string{"rows", "format", "as_of", "now", "wait_for", "cursor", "limit", "row", "column",
			"since", "until", "side"}, name):
			r.tell(name, Words{"参数 %s 是所有报表共有的：请另取名称", "the parameter %s is everybody's: take another name"}, name)
		case p.ZH == "" || p.EN == "":
			r.tell(name, noWords, name)
		case p.Type == "bands":
			if _, err := bandsOf(fmt.Sprint(p.Value)); err != nil {
				r.tell(name, noBands, fmt.Sprint(p.Value))
			}
		case !slices.Contains(types, p.Type):
			r.tell(name, Words{"参数 %s：没有类型 %q，可用 %s, bands", "the parameter %s: there is no type %q: there are %s, bands"}, name, p.Type,
				listed(types))
		}
	}
}

func (r *Report) examineDimensions() {
	for _, d := range r.Dimensions {
		switch {
		case !nameIs.MatchString(d.Name):
			r.tell(d.Name, noName, d.Name)
		case d.ZH == "" || d.EN == "":
			r.tell(d.Name, noWords, d.Name)
		case d.Bands != "" && r.Parameters[d.Bands].Type != "bands":
			r.tell(d.Name, noBandsOf, d.Name, d.Bands)
		case d.Bands != "" && d.Of == "":
			r.tell(d.Name, Words{"%s：of 须说明按什么分段", "%s: bands of what? of says it"}, d.Name)
		case d.Codes != "" && codes.TableOf(d.Codes) == nil:
			r.tell(d.Codes, noCodes, d.Codes)
		case d.Kind != "" && d.Kind != "id":
			r.tell(d.Name, Words{"%s：没有种类 %q：SCHEMA.md 中类型为 id 的写 id，其余不写", "%s: there is no kind %q: id, of what SCHEMA.md has as id, or none"},
				d.Name, d.Kind)
		}
		wrong := Words{"every 可为 areas、teams、sectors 或一个列表，不能是 %q", "every = %q: there are areas, teams, sectors, or a list"}
		switch every := d.Every.(type) {
		case nil, []any:
		case string:
			if !slices.Contains([]string{"areas", "teams", "sectors"}, every) {
				r.tell(d.Name, wrong, every)
			}
			if every == "teams" {
				d.Kind = "id"
			}
		default:
			r.tell(d.Name, wrong, fmt.Sprint(every))
		}
	}
}

func (r *Report) examineDetail() {
	for _, f := range r.Detail {
		switch {
		case !nameIs.MatchString(f.Name):
			r.tell(f.Name, noName, f.Name)
		case f.ZH == "" || f.EN == "":
			r.tell(f.Name, noWords, f.Name)
		case !slices.Contains(detailKinds, f.Kind):
			r.tell(f.Name, noKind, f.Name, f.Kind, listed(detailKinds))
		case f.Codes != "" && codes.TableOf(f.Codes) == nil:
			r.tell(f.Codes, noCodes, f.Codes)
		}
	}
}

// noKind says that there is no kind of something.
var noKind = Words{"%s：没有种类 %q，可用 %s", "%s: there is no kind %q: there are %s"}

func (r *Report) examineRows() {
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
				r.tell("rows", Words{"逐项列出（each）须有 detail", "rows one by one (each) need a detail"})
			}
			continue
		}
		for _, d := range dims {
			if r.dimension(d) == nil {
				r.tell("rows", Words{"rows 中的 %q 不是维度：写 each，或以逗号分开的维度，如 rows = [\"%s\"]",
					"rows by %q, which is no dimension: each, or dimensions with commas, as in rows = [\"%s\"]"}, d, r.example())
			}
		}
	}
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

func (r *Report) examineColumns() {
	var all []*Column
	for _, c := range r.Columns {
		switch {
		case !nameIs.MatchString(c.Name):
			r.tell(c.Name, noName, c.Name)
		case c.ZH == "" || c.EN == "":
			r.tell(c.Name, noWords, c.Name)
		}
		r.examineColumn(c)
		all = append(all, r.expand(c)...)
	}
	if len(all) == 0 {
		r.tell("report", Words{"报表须有 columns", "a report has columns"})
	}
	r.Columns = all
	for i, c := range all {
		if slices.ContainsFunc(all[:i], func(o *Column) bool { return o.Name == c.Name }) {
			r.tell(c.Name, Words{"两列同名：%s", "two columns are named %s"}, c.Name)
		}
		if !c.paired() || c.pair[1] == "" {
			continue
		}
		for _, of := range c.pair {
			if o := r.Column(of); o == nil || o.paired() {
				r.tell(c.Name, Words{"列 %s 由 %q 而来，而 %[2]q 不是计数的列", "the column %s is of %q, which is no column that is counted"}, c.Name, of)
			}
		}
	}
}

func (r *Report) examineColumn(c *Column) {
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
			r.tell(c.Name, Words{"列 %s 须写 of = [\"a\", \"b\"]，两列之名", "the column %s needs of = [\"a\", \"b\"], two columns"}, c.Name)
		}
	case Count:
	case Sum, Distinct, Median, Min, Max, Distribution:
		if c.of == "" {
			r.tell(c.Name, Words{"列 %s 须写 of = \"…\"：一个字段，或由字段算出的值",
				"the column %s needs of = \"…\": a field, or what is computed from fields"}, c.Name)
		}
	default:
		r.tell(c.Name, noKind, c.Name, c.Kind, listed(kinds))
	}
	if c.Kind == Distribution && r.Parameters[c.Bands].Type != "bands" {
		r.tell(c.Name, noBandsOf, c.Name, c.Bands)
	}
}

// expand makes a distribution several counts, one for each band, and gives a share its interval.
func (r *Report) expand(c *Column) []*Column {
	switch {
	case c.Interval:
		low, high := *c, *c
		low.Name, low.Kind, low.ZH, low.EN = c.Name+"_low", intervalLow, c.ZH+"下限", c.EN+", lower bound"
		high.Name, high.Kind, high.ZH, high.EN = c.Name+"_high", intervalHigh, c.ZH+"上限", c.EN+", upper bound"
		return []*Column{c, &low, &high}
	case c.Kind != Distribution:
		return []*Column{c}
	}
	bands, err := bandsOf(fmt.Sprint(r.Parameters[c.Bands].Value))
	if err != nil {
		return []*Column{c} // told with the parameter
	}
	var all []*Column
	for i := range len(bands) + 1 {
		one := *c
		one.Kind, one.band, one.Name = Count, i, c.Name+"_"+strconv.Itoa(i)
		one.ZH, one.EN = c.ZH+labelOf(bands, i), c.EN+" "+labelOf(bands, i)
		all = append(all, &one)
	}
	return all
}

// noBandsOf says that something has no bands.
var noBandsOf = Words{"%s：%q 不是类型为 bands 的参数", "%s: %q is no parameter of type bands"}

// noBands says that a text is no list of bands.
var noBands = Words{"分段为 1 至 20 个递增的整数，以逗号分开，不能是 %q", "bands are 1 to 20 ascending whole numbers with commas, not %q"}

var errBands = errors.New("no bands")

// bandsOf reads the bounds between bands: ascending whole numbers with commas.
func bandsOf(text string) (bands []int64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil || len(bands) > 0 && n <= bands[len(bands)-1] || len(bands) == 20 {
			return nil, errBands
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
