package tables

import (
	"fmt"
	"slices"
	"strings"
)

// A list shows the things of a register to who may see them: filtered, sorted, in pages. This is all that a list is made of; its
// route, its document and its indexes follow from it.

// List is a list over a register.
type List struct {
	Name     string // of its route: /v1/Name
	English  string
	Chinese  string
	Of       *Register
	Also     []*Register // whose things its states name
	Sorts    []string    // columns, the first by default; what has none of it is left out
	Filters  []Filter
	States   []State // words of the filter state
	Visit    string  // column that names the visit that is read, when it is hidden
	Searched bool    // it takes q
}

// Filter is a parameter that leaves out what has another value in a column.
type Filter struct {
	Name   string
	Column string
	// Leads: an index begins with it, so that few rows of many are found at once.
	Leads bool
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
	byKind     = Filter{Name: "kind", Column: "kind", Doc: "code of its kind", Zh: "种类"}
)

// Lists are all lists.
var Lists = []*List{
	{Name: "inspections", English: "Inspections", Chinese: "检查清单", Of: visits, Sorts: []string{"ix", "started"}, Visit: "id",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam,
			{Name: "type", Column: "type", Doc: "code of the list visit-type", Zh: "检查类型"}},
		States: []State{
			{"reserved", "state IN ('reserved', 'released')", "assigned, and not begun", "已派未查"},
			{"attempted", "state = 'attempted'", "tried in vain", "未果"},
			{"started", "state = 'started'", "begun, and not recorded", "检查中"},
			{"recorded", "state IN ('signed', 'signature-refused')", "the site record is signed or refused, and it is not closed", "已记录"},
			{"closed", "state = 'closed'", "closed", "已办结"},
		}},
	{Name: "findings", English: "Findings", Chinese: "隐患清单", Of: findings, Also: []*Register{dispositions}, Sorts: []string{"found"},
		Visit: "visit",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam, byVisit,
			{Name: "level", Column: "level", Doc: "general or major", Zh: "级别"},
			{Name: "category", Column: "category", Doc: "code of the list of categories", Zh: "类别"},
			{Name: "violation", Column: "violation", Doc: "kind of violation (R54)", Zh: "违法行为"}},
		States: []State{
			{"open", "fixed IS NULL AND NOT " + verified, "neither put right on the spot nor found so by a re-check", "未整改"},
			{"rectified", "(fixed IS NOT NULL OR " + verified + ")", "put right", "已整改"},
		}},
	{Name: "orders", English: "Orders and measures", Chinese: "责令与措施清单", Of: orders, Sorts: []string{"issued", "due"}, Visit: "visit",
		Filters: []Filter{byCampaign, byCounty, bySector, bySubject, byTeam, byVisit, byKind},
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
		Filters: []Filter{byCounty, bySector, bySubject, byKind, {Name: "grade", Column: "grade", Doc: "code of the list accident-grade",
			Zh: "等级"}},
		States: []State{
			{"open", "result IS NULL", "its result is not recorded (R68)", "未结案"},
			{"closed", "result IS NOT NULL", "its result is recorded", "已结案"},
		}},
	{Name: "people", English: "People", Chinese: "人员清单", Of: people, Sorts: []string{"ix"}, Searched: true,
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
			{Name: "channel", Column: "channel", Doc: "code of the list tip-channel", Zh: "渠道"},
			{Name: "violation", Column: "violation", Doc: "kind of violation", Zh: "违法行为"}},
		States: []State{
			{"open", "answered IS NULL", "not answered", "未答复"},
			{"received", "accepted IS NULL", "not accepted", "未受理"},
			{"answered", "answered IS NOT NULL", "answered", "已答复"},
		}},
	{Name: "subjects", English: "Subjects", Chinese: "检查对象清单", Of: subjects, Sorts: []string{"ix"}, Searched: true,
		Filters: []Filter{byCounty, bySector, byKind,
			{Name: "ownership", Column: "ownership", Doc: "code of the list ownership", Zh: "所有制"},
			{Name: "size", Column: "size", Doc: "code of the list subject-size", Zh: "规模"}},
		States: []State{
			{"listed", "NOT excluded AND (ended IS NULL OR ended > substr(:now, 1, 10))", "to be inspected", "在册"},
			{"excluded", "excluded", "excluded from those that are to be inspected (R18)", "已剔除"},
			{"ended", "ended <= substr(:now, 1, 10)", "no more", "已终止"},
			{"high-risk", "risk IS NOT NULL", "of a class of risk", "高危"},
		}},
}

const verified = "EXISTS (SELECT 1 FROM dispositions d WHERE d.visit = v.visit AND d.finding = v.finding AND d.verified IS NOT NULL)"

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

// Earlier is the expression by which all versions are walked in the order of a column. It is another one than the
// column, so that SQLite has no choice: it would else take this index for the present too.
func Earlier(column string) string {
	if column == "ix" {
		return "ix + 0"
	}
	return column + " || ''"
}

// indexes are those of a list. In the present a list is walked by an index of the versions that hold, which has all that who may see a row
// and most filters ask of it; in the past, and where a filter leads, by one of all versions.
func (l *List) indexes() (out []index) {
	weak := []string{"from_ix", "seen_ix", "scope"}
	for i := range l.Filters {
		if f := &l.Filters[i]; !f.Leads {
			weak = append(weak, f.Column)
		}
	}
	for _, by := range l.Sorts {
		out = append(out, index{l.Of.Name, "now_" + by, strings.Join(slices.Concat([]string{by, "version"}, weak), ", "),
			fmt.Sprintf(" WHERE to_ix = %d", End)}, index{l.Of.Name, "past_" + by, Earlier(by), ""})
		for i := range l.Filters {
			if f := &l.Filters[i]; f.Leads {
				out = append(out, index{l.Of.Name, f.Column + "_by_" + by, f.Column + ", " + by, ""})
			}
		}
	}
	return out
}
