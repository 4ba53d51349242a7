// Package table has the code tables of the city: open to everybody, replaced as a whole, and in force from the entry
// that publishes them. A table's version is the position of that entry. What the tables say is data, so that another
// city, or next year's law, needs no other program: units, sectors, categories of findings, limits of the law by date,
// rules of deduction, checklists, lists of duties, the calendar of each year, who answers for what, committees, and the
// rules of discipline.
//
// A table that is larger than one event comes in parts, in one append: part 1, 2 … of n. It is in force when the last
// part is there, and a sequence that is torn is refused.
package table

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The names of the tables, which are the ids of their streams.
const (
	Units            = "units"
	Sectors          = "sectors"
	Categories       = "finding-categories"
	Limits           = "law-limits"
	Deductions       = "deduction-rules"
	Checklists       = "checklists"
	Duties           = "duty-lists"
	Holidays         = "holidays"
	Responsibilities = "responsibility-map"
	Committees       = "committees"
	// Discipline are the rules of discipline, which an event of their own publishes (R02).
	Discipline = "discipline-rules"
)

// Published states a table anew, whole; of the holidays one year.
type Published struct {
	Table    string `json:"table" is:"code(code-table)" zh:"代码表" doc:"which table is stated anew, whole; the id of its stream"`
	Document string `json:"document,omitempty" is:"text(300)" zh:"来源文件" doc:"from which the table is taken; required for holidays"`
	Part     *Part  `json:"part,omitempty" zh:"部分" doc:"of a table that is larger than one event; left out: it is whole"`

	Units            []Unit           `json:"units,omitempty" many:"0…400" zh:"单位" doc:"all units, each id once"`
	Sectors          []Sector         `json:"sectors,omitempty" many:"0…200" zh:"行业领域" doc:"all sectors, each code once"`
	Categories       []Category       `json:"categories,omitempty" many:"0…400" zh:"隐患类别" doc:"all categories, each code once"`
	Limits           []codes.LawLimit `json:"limits,omitempty" many:"0…300" zh:"法定限值" doc:"for each matter one on any day"`
	Deductions       []Deduction      `json:"deductions,omitempty" many:"0…400" zh:"扣分规则" doc:"all rules, each id once"`
	Items            []Item           `json:"items,omitempty" many:"0…400" zh:"检查项" doc:"all items of all checklists, each id once"`
	Duties           []Duty           `json:"duties,omitempty" many:"0…400" zh:"权责事项" doc:"of all lists, each id once"`
	Calendar         *Year            `json:"calendar,omitempty" zh:"年历" doc:"of one year; it replaces what was said of that year"`
	Responsibilities []Responsibility `json:"responsibilities,omitempty" many:"0…400" zh:"监管责任" doc:"each sector and county once"`
	Committees       []Committee      `json:"committees,omitempty" many:"0…100" zh:"专业委员会" doc:"all committees, each id once"`
}

// Part says which part of a table an event has. All parts are in one append.
type Part struct {
	Number int `json:"number" is:"part" zh:"第几部分" doc:"1, 2 …"`
	Of     int `json:"of" is:"part" zh:"共几部分" doc:"how many parts there are"`
}

// Together says what Validate checks.
func (*Part) Together() string { return "number is at most of" }

// Validate checks what members say together.
func (p *Part) Validate() error {
	var k event.Checker
	k.That(p.Number <= p.Of, "number", law.FaultPart, law.Int("part", p.Number), law.Int("parts", p.Of))
	return k.Err()
}

// part returns which part of how many an event has, 1 of 1 when it has the whole.
func (d *Published) part() (number, of int) {
	if d.Part == nil {
		return 1, 1
	}
	return d.Part.Number, d.Part.Of
}

// member is a list of rows: its name in the body, the table it belongs to, and how many rows there are.
type member struct {
	name, table string
	rows        int
}

func (d *Published) members() [10]member {
	year := 0
	if d.Calendar != nil {
		year = 1
	}
	return [...]member{{"units", Units, len(d.Units)}, {"sectors", Sectors, len(d.Sectors)}, {"categories", Categories, len(d.Categories)},
		{"limits", Limits, len(d.Limits)}, {"deductions", Deductions, len(d.Deductions)}, {"items", Checklists, len(d.Items)},
		{"duties", Duties, len(d.Duties)}, {"calendar", Holidays, year},
		{"responsibilities", Responsibilities, len(d.Responsibilities)}, {"committees", Committees, len(d.Committees)}}
}

// Rows returns the name of the member that has the rows of a table, "" for an unknown one.
func Rows(table string) string {
	for _, m := range (&Published{}).members() {
		if m.table == table {
			return m.name
		}
	}
	return ""
}

// Together says what Validate checks.
func (*Published) Together() string {
	return "only the member of the stated table; each id once; of holidays calendar and document, and no part; " +
		"limits of one matter do not overlap"
}

// Validate checks what members say together.
func (d *Published) Validate() error {
	var k event.Checker
	for _, m := range d.members() {
		k.That(m.rows == 0 || m.table == d.Table, m.name, law.FaultOtherTable, law.Str("table", m.table))
	}
	if d.Table == Holidays {
		k.That(d.Calendar != nil, "calendar", law.FaultForTable, law.Str("table", d.Table))
		k.That(d.Document != "", "document", law.FaultForTable, law.Str("table", d.Table))
		k.That(d.Part == nil, "part", law.FaultYearIsWhole)
	}
	rows, seen := Rows(d.Table), map[string]bool{}
	d.ids(func(i int, id string) {
		k.That(!seen[id], fmt.Sprintf("%s.%d", rows, i), law.FaultListedTwice, law.Quote("value", id))
		seen[id] = true
	})
	for i := range d.Limits {
		l := &d.Limits[i]
		at := fmt.Sprintf("limits.%d", i)
		k.That(l.To == "" || l.From <= l.To, at+".to", law.FaultNotBeforeFrom)
		for n := range i {
			if o := &d.Limits[n]; l.From != o.From { // else it stands twice
				k.That(!l.Overlaps(o), at+".from", law.FaultOverlap, law.Quote("value", o.Matter+" "+o.From))
			}
		}
	}
	if d.Calendar != nil {
		d.Calendar.check(&k)
	}
	return k.Err()
}

// DisciplineRules puts rules of discipline in force (R02). The text itself stands in the ledger.
type DisciplineRules struct {
	Version  string `json:"version" is:"text(40)" zh:"版本" doc:"by which acknowledgements name the rules"`
	Document string `json:"document" is:"lines(12000)" zh:"纪律要求全文" doc:"the rules, word for word"`
	From     string `json:"in_force_from" is:"date" zh:"起效日期" doc:"first day in force"`
}

// SHA256 returns the hash of the text, 64 hexadecimal digits: acknowledgements name it.
func (d *DisciplineRules) SHA256() string {
	sum := sha256.Sum256([]byte(d.Document))
	return hex.EncodeToString(sum[:])
}

var office = []event.Role{event.RoleSupervisionOffice}

// Kind declares tables and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Table, Chinese: "代码表", Doc: "a code table that the city publishes, or its rules of discipline",
	Access: stream.Open(stream.Everybody),
	Fixed:  true, // a further one is published
},
	stream.First((*Published).Judge, event.Type{Name: "code-table-published", Version: 1, Chinese: "代码表发布",
		Doc: "A code table of the city was published; it replaces the one before, of the holidays what was said of that year.",
		Rules: []law.Rule{law.R07, law.R21, law.R22, law.R23, law.R24, law.R25, law.R26, law.R27, law.R29, law.R32, law.R33, law.R34,
			law.R41, law.R65, law.R69, law.R75, law.R76}, Append: office}),
	stream.First((*DisciplineRules).Judge, event.Type{Name: "discipline-rules-published", Version: 1, Chinese: "纪律要求发布",
		Doc:   "Rules of discipline were published, with their text; whoever works in a team acknowledges those in force.",
		Rules: []law.Rule{law.R02}, Append: office}),
)
