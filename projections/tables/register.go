package tables

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Register is a table of which each row is a version of a thing. It is made by [Declare], from a type whose fields are its
// columns, and a file of its own is all that a register needs.
type Register struct {
	Name    string // plural: ORDER and CASE are words of SQL
	Chinese string
	Doc     string       // what a thing of it is, a noun phrase
	Of      []event.Kind // of the streams in which its things are; nil: of every kind
	Indexes []string     // column lists, of the versions that hold
	Search  []string     // columns in whose texts and ids is searched
	Columns []Column     // its own, behind those that every register has

	hears func(event.Data) bool // of what the ledger says, and of what is explained; nil: it is of facts alone
	facts bool                  // it is of facts, too
	only  []event.Role          // who may see it of those who see its streams; nil: all of them
	shelf func() shelf

	shelfOf func(event.Kind) shelf // in place of shelf, where it depends on the kind of the stream
}

// Column is a column of a register.
type Column struct {
	Name, Type   string // of SQL
	Chinese, Doc string
	Refers       bool     // to the table of names
	Of           []string // registers in one of which the id is, or one of the words of [Elsewhere]; none: it is that of the row's own thing
	Is           Is       // of its own columns of a register; what common ones are, is known
	field        int
}

// Is is what a column holds.
type Is uint8

// What columns hold.
const (
	Words   Is = iota // text
	Whole             // a whole number
	Measure           // a number
	Yes               // 0 or 1
	Instant           // text of a [Moment]
	ID                // a number of names
	Several           // text of a [Set]
)

// All are the registers, in the order of the documents.
var All = []*Register{
	campaigns, baselines, units, teams, people, appointments, subjects, holidayWork, visits, checks, services, findings, dispositions, orders,
	cases, penalties, documents, copies, recipients, obligations, escalations, accidents, tips, transfers, blacklists, exposures, publications,
	listedDuties, dutyItems,
	dutyReviews, deductions,
	flags, mentions, reviews, teamReviews, observations,
	extensions, evaluations,
}

// Of returns the register of a name; nil: there is none.
func Of(name string) *Register {
	for _, r := range All {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Declare makes a register of rows R. Its fields have tags: col, the column's name; zh and doc. of is called with each fact of the
// streams of its kinds that counts, in their order, and says by t what becomes of the things of the fact's stream;
// because a correction has it called again from the stream's first fact on, what it needs to know beside the fact stands in the rows.
func Declare[R comparable](r Register, of func(t *Things[R], e *event.Event)) *Register {
	out := &r
	out.Columns = columnsOf(reflect.TypeFor[R]())
	out.shelf = func() shelf { return &things[R]{register: out, of: of} }
	return out
}

// DeclareSaid is [Declare] for what the ledger says: of is called with what people say, and with those words of the ledger, and
// explanations, that it hears.
func DeclareSaid[R comparable](r Register, hears func(event.Data) bool, of func(t *Things[R], e *event.Event)) *Register {
	out := Declare(r, of)
	out.hears = hears
	return out
}

// DeclareBoth is [Declare] for things that the ledger opens, or takes back, and facts change: of is called with those facts that count
// and with what the ledger says, in their order; hears tells which of its words change anything.
func DeclareBoth[R comparable](r Register, hears func(event.Data) bool, of func(t *Things[R], e *event.Event)) *Register {
	out := DeclareSaid(r, hears, of)
	out.facts = true
	return out
}

// DeclareBy is [Declare] for what follows from a state of the stream, as the rules have it: it is made anew with a correction.
func DeclareBy[S any, R comparable](r Register, empty func() *S, of func(t *Things[R], s *S, e *event.Event)) *Register {
	out := Declare[R](r, nil)
	out.shelf = func() shelf {
		st := empty()
		return &things[R]{register: out, of: func(t *Things[R], e *event.Event) { of(t, st, e) }, anew: func() { st = empty() }}
	}
	return out
}

func columnsOf(t reflect.Type) (out []Column) {
	for i := range t.NumField() {
		f := t.Field(i)
		c := Column{Name: f.Tag.Get("col"), Chinese: f.Tag.Get("zh"), Doc: f.Tag.Get("doc"), field: i}
		if c.Name == "" || c.Doc == "" || c.Chinese == "" {
			panic(fmt.Sprintf("tables: %s.%s lacks a tag", t, f.Name))
		}
		switch reflect.Zero(f.Type).Interface().(type) {
		case Name:
			c.Type, c.Refers, c.Is = "INTEGER", true, ID
			if c.Of = strings.Fields(f.Tag.Get("of")); (len(c.Of) == 0) != (c.Name == "id") {
				panic(fmt.Sprintf("tables: %s.%s does not say of what it is the id", t, f.Name))
			}
		case int64, Number:
			c.Type, c.Is = "INTEGER", Whole
		case Real:
			c.Type, c.Is = "REAL", Measure
		case bool:
			c.Type, c.Is = "INTEGER", Yes
		case Moment:
			c.Type, c.Is = "TEXT", Instant
		case Set:
			c.Type, c.Is = "TEXT", Several
		case string:
			c.Type = "TEXT"
		default:
			panic(fmt.Sprintf("tables: %s.%s has a type without column", t, f.Name))
		}
		out = append(out, c)
	}
	return out
}

// common are the columns that every register has before its own.
var common = []Column{
	{Name: "ix", Type: "INTEGER", Chinese: "条目", Doc: "index of the entry that opened the thing"},
	{Name: "from_ix", Type: "INTEGER", Chinese: "起", Doc: "index of the entry since which the version holds"},
	{Name: "to_ix", Type: "INTEGER", Chinese: "止", Doc: "index of the entry since which it holds no more; 9223372036854775807 while it does"},
	{Name: "seen_ix", Type: "INTEGER", Chinese: "公开", Doc: "since which entry it counts for everybody; NULL while its visit is hidden"},
	{Name: "scope", Type: "INTEGER", Chinese: "范围", Doc: "row of the table scopes: who may see it"},
	{Name: "campaign", Type: "INTEGER", Chinese: "专项行动", Doc: "of the entry that gave the version", Refers: true,
		Of: []string{"campaigns"}},
	{Name: "subject", Type: "INTEGER", Chinese: "检查对象", Doc: "likewise", Refers: true, Of: []string{"subjects"}},
	{Name: "team", Type: "INTEGER", Chinese: "督查组", Doc: "likewise", Refers: true, Of: []string{"teams"}},
	{Name: "area", Type: "TEXT", Chinese: "县区", Doc: "likewise: code of the county or zone"},
	{Name: "sectors", Type: "INTEGER", Chinese: "行业领域", Doc: "likewise: the bits of its sectors, see the table sectors"},
}

// Where columns of every register are among the values of a version.
const (
	toColumn   = 2
	seenColumn = 3
)

// All returns the columns of the register, in the order of the table, behind version.
func (r *Register) All() []Column { return append(slices.Clip(common), r.Columns...) }

// MaySee reports whether a role may see any thing of the register: a report for others may not name it, because
// an empty answer would be a statement.
func (r *Register) MaySee(role event.Role) bool {
	switch {
	case r.only != nil && !slices.Contains(r.only, role):
		return false
	case r.Of == nil:
		return true
	}
	return slices.ContainsFunc(r.Of, func(name event.Kind) bool {
		k := kinds.Of(name)
		if k == nil {
			return false
		}
		team := k.Access.Team && (role == event.RoleInspector || role == event.RoleTeamLeader)
		return k.Access.To != stream.Named || team || slices.Contains(k.Access.Roles, role)
	})
}

// ByParty reports whether an inspected party may see things of the register: those of its own subject.
func (r *Register) ByParty() bool {
	switch {
	case r == &Entries:
		return true
	case r.Of == nil || r.only != nil:
		return false
	}
	return !slices.ContainsFunc(r.Of, func(name event.Kind) bool { k := kinds.Of(name); return k == nil || !k.Access.Matter })
}

// of reports whether things of the register are in streams of a kind.
func (r *Register) of(kind event.Kind) bool { return r.Of == nil || slices.Contains(r.Of, kind) }

// VersionsOf returns the numbers of the versions that an entry gave: from the first, up to the one behind the last. Of what moved because
// of something else each has the number that [Moved] makes of that before it.
func VersionsOf(entry int64) (first, behind int64) {
	return entry << entryBits, (entry + 1) << entryBits
}

// Moved is the number of the version behind one, where it was moved by what is said of something else: a calendar.
func Moved(version int64) int64 { return version + 1<<movedBit }

// entryBits is where the index of an entry begins in the number of a version.
const entryBits = 16
