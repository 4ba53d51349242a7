package tables

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// held is a row of a register, or of entries, that holds.
type held struct {
	in    *Register // nil: entries
	row   int64     // its number; 0: none
	batch int       // in which it was written; 0: before this fold
	op    int       // and where
}

// name returns the number of an id.
func (f *Fold) name(id string) Name {
	if id == "" {
		return 0
	}
	n, ok := f.names[id]
	if !ok {
		n = Name(len(f.names) + 1)
		id = strings.Clone(id)
		f.names[id] = n
		f.add(AddName, int64(n), id)
	}
	return n
}

// add adds a row of a table that is no register.
func (f *Fold) add(do Do, row int64, values ...any) {
	if !f.at.known {
		f.out.Ops = append(f.out.Ops, Op{Do: do, Row: row, Values: values})
	}
}

// place says what the entry gives to its rows.
func (f *Fold) place(s *state, e *event.Event) {
	a := &e.About
	f.at.scope, f.at.campaign, f.at.subject, f.at.team = f.scope(s, e), f.name(a.Campaign), f.name(a.Subject), f.name(a.Team)
	f.at.area, f.at.sectors = a.County, 0
	for _, code := range a.Sectors {
		f.at.sectors |= f.sector(code)
	}
	f.at.seen = nil
	if !s.waits {
		f.at.seen = int64(e.Index)
	}
	if sh := s.owing(); sh != nil {
		sh.at = f.at
		sh.at.area = f.texts.keep(f.at.area)
	}
}

// scopeKey is what it depends on who may see a row, but for what the inspected party may see.
type scopeKey struct {
	kind                  event.Kind
	name                  string // of the stream, where that says it; of a unit's only the unit
	county, sectors, team string
	authority             string // in whose name a visit is made, while it is hidden
}

// scope returns the number of the entry's row of scopes. Of a visit that is disclosed it does not matter in whose name it is made, and a
// fold that goes on with a database does not know it.
func (f *Fold) scope(s *state, e *event.Event) int64 {
	k := scopeKey{kind: e.Stream.Kind, county: e.About.County, sectors: f.setOf(e.About.Sectors), team: e.About.Team}
	if s.waits {
		k.authority = s.visit.order.Authority()
	}
	if is := kinds.Of(e.Stream.Kind); is != nil && is.Access.ByName() {
		k.name = e.Stream.ID
	}
	n, ok := f.scopes[k]
	if !ok {
		n = int64(len(f.scopes) + 1)
		k = scopeKey{event.Kind(f.texts.keep(string(k.kind))), f.texts.keep(k.name), f.texts.keep(k.county), k.sectors, f.texts.keep(k.team),
			f.texts.keep(k.authority)}
		f.scopes[k] = n
		f.add(AddScope, n, string(k.kind), k.name, k.county, k.sectors, k.team, k.authority)
	}
	return n
}

// setOf is a set of sectors as one text.
func (f *Fold) setOf(sectors []string) string {
	switch len(sectors) {
	case 0:
		return ""
	case 1:
		return f.texts.keep(sectors[0])
	}
	return f.texts.keep(strings.Join(sectors, " "))
}

// Scope is a row of scopes.
type Scope struct {
	ID                                           int64
	Kind, Name, County, Sectors, Team, Authority string
}

// Seen reports whether an asker may see rows of it, and whether since their index, hidden ones too.
func (s *Scope) Seen(by *visibility.Scope, subject string) (sees, own bool) {
	about := event.About{County: s.County, Team: s.Team, Subject: subject, Sectors: strings.Fields(s.Sectors)}
	sees = by.Sees(event.Stream{Kind: event.Kind(s.Kind), ID: cmp.Or(s.Name, "-")}, &about)
	return sees, sees && by.Early(s.Team, s.Authority)
}

// constants adds the sectors of the house to an empty database.
func (f *Fold) constants() {
	for _, s := range codes.Sectors() {
		f.sector(s.Code)
	}
}

// sector returns the bit of a sector; a city's own gets one when it comes. Those beyond the 62nd have none: no
// register of a city has so many.
func (f *Fold) sector(code string) int64 {
	bit, ok := f.sectors[code]
	if ok {
		return bit
	}
	n := len(f.sectors)
	if n < 62 {
		bit = 1 << n
	}
	code = f.texts.keep(code)
	f.sectors[code] = bit
	s, _ := codes.SectorOf(code)
	f.add(AddSector, int64(n+1), bit, code, cmp.Or(s.Chinese, code))
	return bit
}

// written notes a row that an operation adds.
func (f *Fold) written(s *state, h *held, values []any) {
	do := Write
	if h.in == nil {
		do = AddEntry
	}
	if !f.at.known {
		h.batch, h.op = f.batch, len(f.out.Ops)
		f.out.Ops = append(f.out.Ops, Op{Do: do, In: h.in, Row: h.row, Values: values})
	}
	if s.waits && !f.loading {
		was := *h
		s.hidden = append(s.hidden, &was)
	}
}

// close ends a version.
func (f *Fold) close(h *held, at uint64) {
	switch {
	case f.at.known:
	case h.batch == f.batch:
		f.out.Ops[h.op].Values[toColumn] = int64(at)
	default:
		f.out.Ops = append(f.out.Ops, Op{Do: Close, In: h.in, Row: h.row, At: at})
	}
	*h = held{}
}

// see shows a row to everybody.
func (f *Fold) see(h *held, at uint64) {
	switch {
	case f.at.known:
	case h.batch == f.batch && h.in == nil:
		f.out.Ops[h.op].Values[entrySeen] = int64(at)
	case h.batch == f.batch:
		f.out.Ops[h.op].Values[seenColumn] = int64(at)
	default:
		f.out.Ops = append(f.out.Ops, Op{Do: See, In: h.in, Row: h.row, At: at})
	}
}

// write adds a version of a thing, whose last one was numbered so.
func (f *Fold) write(r *Register, s *state, ix uint64, row reflect.Value, h *held, e *event.Event, was int64) {
	f.given++ // before, because 0 is no row
	*h = held{in: r, row: int64(e.Index)<<entryBits | int64(f.given)}
	switch {
	case f.moving && was != 0:
		h.row = Moved(was)
	case f.moving:
		h.row = int64(s.indexes[0])<<entryBits | int64(openedVersions+s.opened)
		s.opened++
	}
	for i := range r.Columns {
		if c := &r.Columns[i]; c.Type == "TEXT" && row.Field(c.field).Kind() == reflect.String {
			row.Field(c.field).SetString(f.texts.keep(row.Field(c.field).String()))
		}
	}
	if f.at.known {
		f.written(s, h, nil)
		return
	}
	v := f.out.values(len(common) + len(r.Columns))
	at := &f.at
	v[0], v[1], v[toColumn], v[seenColumn], v[4] = int64(ix), int64(e.Index), End, at.seen, at.scope
	v[5], v[6], v[7], v[8], v[9] = value(at.campaign), value(at.subject), value(at.team), text(f.texts.keep(at.area)), at.sectors
	for i := range r.Columns {
		v[len(common)+i] = f.value(row.Field(r.Columns[i].field))
	}
	f.written(s, h, v)
}

func value(n Name) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// value is what a field is in the database.
func (f *Fold) value(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		return text(v.String())
	case reflect.Bool:
		if v.Bool() {
			return int64(1)
		}
		return int64(0)
	case reflect.Int64:
		if v.Type() == nameType {
			return value(Name(v.Int()))
		}
		return v.Int()
	}
	switch x := v.Interface().(type) {
	case Number:
		if x.known {
			return x.n
		}
	case Real:
		if x.known {
			return x.n
		}
	case Moment:
		return f.moment(x)
	}
	return nil
}

var nameType = reflect.TypeFor[Name]()

func (f *Fold) moment(m Moment) any {
	if m.IsZero() {
		return nil
	}
	return f.days.write(m)
}

// entryFilters are the columns by which a replay finds entries; each has an index, and a second one of what was held
// back, by its disclosure.
var entryFilters = []string{"subject", "stream", "person", "type", "kind"}

// Entries is the table of entries: one row for each, numbered by its index.
var Entries = Register{
	Name: "entries", Chinese: "条目", Doc: "an entry of the ledger",
	Indexes: entryFilters,
	Columns: []Column{
		{Name: "recorded", Type: "TEXT", Is: Instant, Chinese: "记录时间", Doc: "when the ledger recorded it"},
		{Name: "occurred", Type: "TEXT", Is: Instant, Chinese: "发生时间", Doc: "when it occurred, by the author's clock"},
		{Name: "type", Type: "TEXT", Chinese: "类型", Doc: "of the event, without anjian. and version"},
		{Name: "kind", Type: "TEXT", Chinese: "流类别", Doc: "of its stream"},
		{Name: "stream", Type: "INTEGER", Chinese: "流", Doc: "id of its stream", Refers: true},
		{Name: "person", Type: "INTEGER", Chinese: "人员", Doc: "who said it; NULL where that is not known, or the ledger", Refers: true,
			Of: []string{"people"}},
		{Name: "role", Type: "TEXT", Chinese: "角色", Doc: "of who said it"},
		{Name: "assurance", Type: "TEXT", Chinese: "保证级别", Doc: "signed, token, open, imported, derived"},
		{Name: "evidence", Type: "INTEGER", Chinese: "证据", Doc: "how many files it names"},
	},
}

// entryCommon are the columns that an entry has before its own.
var entryCommon = slices.Concat([]Column{{Name: "seen_ix", Type: "INTEGER", Chinese: "公开",
	Doc: "since which entry it counts for everybody; NULL while its visit is hidden"}}, common[4:])

const entrySeen = 0 // of its columns behind ix

// entry adds the row of an entry.
func (f *Fold) entry(s *state, e *event.Event) {
	stream, person := f.name(e.Stream.ID), f.name(e.Actor.Person)
	h := held{row: int64(e.Index)}
	if f.at.known {
		f.written(s, &h, nil)
		return
	}
	v := f.out.values(len(entryCommon) + len(Entries.Columns))
	at := &f.at
	v[entrySeen], v[1], v[2], v[3], v[4], v[5], v[6] = at.seen, at.scope, value(at.campaign), value(at.subject), value(at.team),
		text(f.texts.keep(at.area)), at.sectors
	v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15] = f.moment(At(e.Recorded)), f.moment(Occurred(e)), e.Type.Name,
		text(f.texts.keep(string(e.Stream.Kind))), value(stream), value(person), text(f.texts.keep(string(e.Actor.Role))),
		text(f.texts.keep(string(e.Assurance))), f.evidence(e.Data)
	f.written(s, &h, v)
}
