package tables

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/kinds"
)

// A list shows the things of a register to who may see them: filtered, sorted, in pages. This is all that a list is made of; its
// route, its document and its indexes follow from it.

// List is a list over a register.
type List struct {
	Name     string // of its route: /v1/Name
	English  string
	Chinese  string
	Of       *Register
	Also     []Other  // whose things its states name
	Sorts    []string // columns, the first by default; what has none of it is left out
	Filters  []Filter
	States   []State  // words of the filter state
	Visit    string   // column that names the visit that is read, when it is hidden
	Searched bool     // it takes q
	Own      bool     // its route is its own: it is no list like the others
	Undated  bool     // what has none of the column that sorts comes last
	Always   string   // a condition of all its things, which its indexes know
	Where    string   // another one
	Apart    []string // columns that tell things of one entry apart; nil: an entry opens one
	Dated    []string // columns that its conditions compare with :now
	Late     string   // the state of those of which such a column is over, by which they may be sorted
}

// Other is a register whose things a list's states name, by columns that both have.
type Other struct {
	*Register
	By []string
}

// Filter is a parameter that leaves out what has another value in a column.
type Filter struct {
	Name   string
	Column string
	// Leads: an index begins with it, so that few rows of many are found at once.
	Leads bool
	Words []string // all that it takes; nil: any code or id
	Doc   string
	Zh    string
}

// State is a word of the filter state: a condition over the register.
type State struct {
	Word, Where string
	Doc, Zh     string
}

// Filters that more than one list has. Those of county and sector are what their columns need: an area with its zones, a bit of a set.
var (
	byCampaign = Filter{Name: "campaign", Column: "campaign", Doc: "id of the campaign", Zh: "专项行动"}
	byCounty   = Filter{Name: "county", Column: "area", Doc: "a county with its zones, or one zone", Zh: "县区"}
	bySector   = Filter{Name: "sector", Column: "sectors", Doc: "code of a sector", Zh: "行业领域"}
	bySubject  = Filter{Name: "subject", Column: "subject", Leads: true, Doc: "id of the subject", Zh: "检查对象"}
	byTeam     = Filter{Name: "team", Column: "team", Leads: true, Doc: "id of the team", Zh: "督查组"}
	byVisit    = Filter{Name: "inspection", Column: "visit", Leads: true, Doc: "id of the inspection", Zh: "检查"}
)

// byKind is the filter of a kind that is one of these words.
func byKind(words ...string) Filter {
	return Filter{Name: "kind", Column: "kind", Words: words, Doc: "its kind", Zh: "种类"}
}

// Lists are all lists.
var Lists = []*List{
	{Name: "inspections", English: "Inspections", Chinese: "检查清单", Of: visits, Sorts: []string{"ix", "started"}, Visit: "id",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam,
			{Name: "type", Column: "type", Words: codes.List("visit-type"), Doc: "code of the list visit-type", Zh: "检查类型"}},
		States: []State{
			{"reserved", "state IN ('reserved', 'released')", "assigned, and not begun", "已派未查"},
			{"attempted", "state = 'attempted'", "tried in vain", "未果"},
			{"started", "state = 'started'", "begun, and not recorded", "检查中"},
			{"recorded", "state IN ('signed', 'signature-refused')", "the site record is signed or refused, and it is not closed", "已记录"},
			{"closed", "state = 'closed'", "closed", "已办结"},
		}},
	{Name: "findings", English: "Findings", Chinese: "隐患清单", Of: findings, Sorts: []string{"found"}, Visit: "visit",
		Also: []Other{{dispositions, []string{"visit", "finding"}}},
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam, byVisit,
			{Name: "level", Column: "level", Words: codes.List("level"), Doc: "as its finder says", Zh: "级别"},
			{Name: "category", Column: "category", Doc: "code of the list of categories", Zh: "类别"},
			{Name: "violation", Column: "violation", Doc: "kind of violation (R54)", Zh: "违法行为"}},
		States: []State{
			{"open", "fixed IS NULL AND NOT " + verified, "neither put right on the spot nor found so by a re-check", "未整改"},
			{"rectified", "(fixed IS NOT NULL OR " + verified + ")", "put right", "已整改"},
		}},
	{Name: "orders", English: "Orders and measures", Chinese: "责令与措施清单", Of: orders, Sorts: []string{"issued", "due"}, Visit: "visit",
		Dated: []string{"due"}, Late: "overdue",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam, byVisit,
			byKind(append(slices.Clip(codes.List("order-kind")), "closure-proposed")...)},
		States: []State{
			{"open", "verified IS NULL AND lifted IS NULL", "neither found obeyed nor lifted", "未完成"},
			{"overdue", "verified IS NULL AND lifted IS NULL AND +due < substr(:now, 1, 10)", "open, and its last day is over", "逾期"},
			{"verified", "verified IS NOT NULL", "a re-check found it obeyed", "复查合格"},
			{"lifted", "lifted IS NOT NULL", "lifted", "已解除"},
		}},
	{Name: "cases", English: "Cases of authorities", Chinese: "案件清单", Of: cases, Sorts: []string{"ix", "decided"}, Visit: "visit",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byVisit,
			{Name: "authority", Column: "authority", Leads: true, Doc: "id of the authority", Zh: "办案机关"}},
		States: []State{
			{"open", "closed IS NULL", "not closed", "未结案"},
			{"undecided", "closed IS NULL AND +decided IS NULL", "not closed, and without a final decision", "未决定"},
			{"closed", "closed IS NOT NULL", "closed", "已结案"},
		}},
	{Name: "accidents", English: "Accidents", Chinese: "事故清单", Of: accidents, Sorts: []string{"happened"},
		Filters: []Filter{byCounty, bySector, bySubject, byKind(codes.List("accident-kind")...),
			{Name: "grade", Column: "grade", Words: codes.List("accident-grade"), Doc: "code of the list accident-grade", Zh: "等级"}},
		States: []State{
			{"open", "result IS NULL", "its result is not recorded (R68)", "未结案"},
			{"closed", "result IS NOT NULL", "its result is recorded", "已结案"},
		}},
	{Name: "people", English: "People", Chinese: "人员清单", Of: people, Sorts: []string{"ix"}, Searched: true,
		Dated:   []string{"certificate_until"},
		Filters: []Filter{{Name: "unit", Column: "unit", Leads: true, Doc: "id of the unit to which the person belongs", Zh: "单位"}},
		States: []State{
			{"untrained", "trained IS NULL", "without training (R01)", "未培训"},
			{"expired", "certificate_until < substr(:now, 1, 10)", "whose certificate is no longer in force", "证件过期"},
		}},
	{Name: "flags", English: "Flags", Chinese: "标记清单", Of: flags, Sorts: []string{"ix"}, Visit: "visit",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam, byVisit,
			{Name: "code", Column: "code", Leads: true, Doc: "code of what was flagged", Zh: "代码"},
			{Name: "rule", Column: "rule", Doc: "number of the rule, R07", Zh: "规则"}},
		States: []State{
			{"open", "state = 'open'", "not explained", "未说明"},
			{"explained", "state = 'explained'", "explained, and not answered", "已说明"},
			{"accepted", "state = 'accepted'", "the explanation was accepted", "说明已采纳"},
			{"not-accepted", "state = 'not-accepted'", "the explanation was not accepted", "说明未采纳"},
			{"lapsed", "state = 'lapsed'", "lapsed: it counts nowhere", "已失效"},
		}},
	{Name: "tips", English: "Tips", Chinese: "举报清单", Of: tips, Sorts: []string{"received"},
		Filters: []Filter{byCounty,
			{Name: "subject", Column: "about", Leads: true, Doc: "id of the subject of which it tells, as far as it is known", Zh: "被举报对象"},
			{Name: "channel", Column: "channel", Words: codes.List("tip-channel"), Doc: "code of the list tip-channel", Zh: "渠道"},
			{Name: "violation", Column: "violation", Doc: "kind of violation", Zh: "违法行为"}},
		States: []State{
			{"open", "answered IS NULL", "not answered", "未答复"},
			{"received", "accepted IS NULL", "not accepted", "未受理"},
			{"answered", "answered IS NOT NULL", "answered", "已答复"},
		}},
	{Name: "subjects", English: "Subjects", Chinese: "检查对象清单", Of: subjects, Sorts: []string{"ix"}, Searched: true,
		Dated: []string{"ended"},
		Filters: []Filter{byCounty, bySector, byKind(codes.List("subject-kind")...),
			{Name: "ownership", Column: "ownership", Words: codes.List("ownership"), Doc: "code of the list ownership", Zh: "所有制"},
			{Name: "size", Column: "size", Words: codes.List("subject-size"), Doc: "code of the list subject-size", Zh: "规模"},
			{Name: "risk", Column: "risk", Words: codes.List("risk-class"), Doc: "a class of risk that it is of (R34)", Zh: "风险分类"}},
		States: []State{
			{"listed", "NOT excluded AND (ended IS NULL OR ended > substr(:now, 1, 10))", "to be inspected", "在册"},
			{"excluded", "excluded", "excluded from those that are to be inspected (R18)", "已剔除"},
			{"ended", "ended <= substr(:now, 1, 10)", "no more", "已终止"},
			{"high-risk", "risk IS NOT NULL", "of a class of risk", "高危"},
		}},
	{Name: "obligations", English: "What is owed", Chinese: "待办事项", Of: obligations, Sorts: []string{"due"}, Visit: "visit", Own: true,
		Apart: []string{"of", "matter", "kind", "event", "item"},
		Dated: []string{"due"}, Late: "overdue",
		Undated: true, Always: "state = 'open'", Where: "(v.due IS NULL OR v.due >= :now OR v.kind NOT IN (" + windows() + "))",
		Filters: []Filter{byCampaign, byCounty, byTeam, byKind(),
			{Name: "owner", Column: "owner", Doc: "who owes it", Zh: "责任方"},
			{Name: "of", Column: "of", Doc: "kind of its stream", Zh: "流类别"},
			{Name: "matter", Column: "matter", Leads: true, Doc: "id of its stream", Zh: "事项"}},
		States: []State{{"overdue", "+due < :now", "its date is over", "逾期"}}},
}

const verified = "EXISTS (SELECT 1 FROM dispositions d WHERE d.visit = v.visit AND d.finding = v.finding AND d.verified IS NOT NULL)"

// windows are the kinds of obligations that are rights: nobody is late who does not use one.
func windows() string {
	var names []string
	for i := range kinds.All {
		for _, k := range kinds.All[i].Obligations {
			if name := quote(k.Name); k.Window && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// ListOf returns the list of a name; nil: there is none.
func ListOf(name string) *List {
	for _, l := range Lists {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// index is one of a table: its name, its columns, and which rows it has.
type index struct{ table, name, columns, where string }

func (i *index) String() string {
	return fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s_%s ON %s (%s)%s", i.table, i.name, i.table, i.columns, i.where)
}

// covers reports whether the index does what one of these columns would.
func (i *index) covers(table, columns string) bool {
	return i.table == table && i.where == "" && strings.HasPrefix(i.columns+",", columns+",")
}

// By is the expression of a column by which a list is sorted; before is what stands before its name. All versions are walked by another
// expression than those that hold, so that SQLite has no choice: it would else take their index for the present too.
func (l *List) By(column, before string, past bool) string {
	by := before + column
	if l.Undated {
		by = "coalesce(" + by + ", '~')"
	}
	switch {
	case past && column == "ix":
		return by + " + 0"
	case past:
		return by + " || ''"
	}
	return by
}

// ByDate is the expression by which an index of all versions finds those with a date of [List.Dated].
func (l *List) ByDate(column, before string) string {
	if slices.Contains(l.Sorts, column) {
		return l.By(column, before, true)
	}
	return before + column
}

// indexes are those of a list. In the present a list is walked by an index of the versions that hold, which has all that who may see a row
// and most filters ask of it; in the past by one of all versions, which tells those apart that held then: of a visit there are ten. Where a
// filter leads, few are walked.
func (l *List) indexes() (out []index) {
	weak := []string{"from_ix", "seen_ix", "scope"}
	for i := range l.Filters {
		if f := &l.Filters[i]; !f.Leads {
			weak = append(weak, f.Column)
		}
	}
	always := ""
	if l.Always != "" {
		always = " AND " + l.Always
	}
	for _, column := range l.Sorts {
		by := l.By(column, "", false)
		out = append(out, index{l.Of.Name, "now_" + column, strings.Join(slices.Concat([]string{by, "version"}, weak), ", "),
			fmt.Sprintf(" WHERE to_ix = %d%s", End, always)})
		held := weak[:3]
		if always != "" { // what is asked is a small part of what there was
			held = weak
		}
		past := strings.Join(slices.Concat([]string{l.By(column, "", true), "version", "to_ix"}, held), ", ")
		out = append(out, index{l.Of.Name, "past_" + column, past, strings.Replace(always, " AND", " WHERE", 1)})
		for i := range l.Filters {
			if f := &l.Filters[i]; f.Leads {
				out = append(out, index{l.Of.Name, f.Column + "_by_" + column, f.Column + ", " + by, ""})
			}
		}
	}
	for _, column := range l.Dated {
		if !slices.Contains(l.Sorts, column) { // else it has one, that of the past
			out = append(out, index{l.Of.Name, "dated_" + column, column, fmt.Sprintf(" WHERE %s NOT NULL", column)})
		}
	}
	out = append(out, l.Of.moved()...)
	for i := range l.Also {
		out = append(out, l.Also[i].moved()...)
	}
	return out
}

// moved are the indexes that find what ended or was disclosed between two positions; what began then is found by its number.
func (r *Register) moved() []index {
	return []index{{r.Name, "ended", "to_ix", fmt.Sprintf(" WHERE to_ix < %d", End)},
		{r.Name, "disclosed", "seen_ix", " WHERE seen_ix > from_ix"}}
}
