package table

import (
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one table with all its versions: whoever asks for a past fact gets what was known then. Editions never
// change once they are set, so clones share them.
type State struct {
	Editions  []*Edition           // whole ones, oldest first; append-only
	Calendars obligation.Calendars // of the holidays: what the years published so far say together
	Rules     []Rules              // of the rules of discipline; append-only
	pending   *Published           // the parts so far of a table that is not whole
}

// Edition is one version of a table.
type Edition struct {
	*Published                 // of all parts together
	Version    uint64          // position of the entry that made it whole: in force from there on
	Law        codes.LawLimits // of the limits of the law: by matter
	index      map[string]int  // by id or code: the place of its row
}

// Rules is one version of the rules of discipline.
type Rules struct {
	Version string
	SHA256  string // of the text, 64 hexadecimal digits: acknowledgements name it
	From    string // first day in force, YYYY-MM-DD
	Index   uint64 // of the entry that published it
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.Editions = c.Editions[:len(c.Editions):len(c.Editions)]
	c.Rules = c.Rules[:len(c.Rules):len(c.Rules)]
	return &c
}

// Newest returns the edition in force, nil while there is none.
func (s *State) Newest() *Edition {
	if s == nil || len(s.Editions) == 0 {
		return nil
	}
	return s.Editions[len(s.Editions)-1]
}

// Edition returns the edition that the entry at a position published; nil when it published none.
func (s *State) Edition(version uint64) *Edition {
	if s == nil {
		return nil
	}
	for _, ed := range s.Editions {
		if ed.Version == version {
			return ed
		}
	}
	return nil
}

// KnownBefore returns the edition that was in force when the entry at an index came, nil when there was none: what
// is judged by its beginning, later editions do not move (pillar 12).
func (s *State) KnownBefore(index uint64) *Edition {
	if s == nil {
		return nil
	}
	for i := len(s.Editions) - 1; i >= 0; i-- {
		if s.Editions[i].Version < index {
			return s.Editions[i]
		}
	}
	return nil
}

// Has reports whether an edition has a row of that id or code.
func (ed *Edition) Has(id string) bool {
	_, ok := ed.index[id]
	return ok
}

// Unit returns the unit of an id.
func (ed *Edition) Unit(id string) (Unit, bool) {
	if ed == nil {
		return Unit{}, false
	}
	i, ok := ed.index[id]
	if !ok {
		return Unit{}, false
	}
	return ed.Units[i], true
}

// Item returns the item of an id.
func (ed *Edition) Item(id string) (Item, bool) {
	if ed == nil {
		return Item{}, false
	}
	i, ok := ed.index[id]
	if !ok {
		return Item{}, false
	}
	return ed.Items[i], true
}

// Duty returns the entry of an id in the lists of powers and duties.
func (ed *Edition) Duty(id string) (Duty, bool) {
	if ed == nil {
		return Duty{}, false
	}
	i, ok := ed.index[id]
	if !ok {
		return Duty{}, false
	}
	return ed.Duties[i], true
}

// Deduction returns the rule of an id.
func (ed *Edition) Deduction(id string) (Deduction, bool) {
	i, ok := ed.index[id]
	if !ok {
		return Deduction{}, false
	}
	return ed.Deductions[i], true
}

// Departments returns those that an edition of the map of responsibilities has for a county and sectors: those of the county,
// where it names none of the city. The list is the caller's.
func (ed *Edition) Departments(county string, sectors []string) (ids []string) {
	if ed == nil {
		return nil
	}
	for _, sector := range sectors {
		city, own := "", false
		for i := range ed.Responsibilities {
			switch r := &ed.Responsibilities[i]; {
			case r.Sector != sector:
			case r.County == "":
				city = r.Department
			case codes.Covers(r.County, county):
				ids, own = append(ids, r.Department), true
			}
		}
		if city != "" && !own {
			ids = append(ids, city)
		}
	}
	return ids
}

// RulesOn returns the rules of discipline in force on a day YYYY-MM-DD, of those that were published before an entry: the newest that had
// begun. ok is false while none has.
func (s *State) RulesOn(day string, index uint64) (r Rules, ok bool) {
	if s == nil {
		return r, false
	}
	for i := len(s.Rules) - 1; i >= 0; i-- {
		if r := &s.Rules[i]; r.From <= day && r.Index < index {
			return *r, true
		}
	}
	return r, false
}

// RulesOf returns the rules of discipline of a version.
func (s *State) RulesOf(version string) (r Rules, ok bool) {
	if s == nil {
		return r, false
	}
	for _, r := range s.Rules {
		if r.Version == version {
			return r, true
		}
	}
	return r, false
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) { stream.Fold(s, e) }

// Fold keeps an edition when it is whole.
func (d *Published) Fold(s *State, e *event.Event) {
	whole := d
	number, of := d.part()
	if number > 1 && s.pending != nil {
		whole = s.pending.with(d)
	}
	if s.pending = nil; number < of {
		s.pending = whole
		return
	}
	s.Editions = append(s.Editions, editionOf(whole, e.Index))
	if d.Calendar != nil {
		days := obligation.Calendar{}
		for _, ed := range s.years() {
			ed.Calendar.days(days)
		}
		s.Calendars = s.Calendars.With(e.Index, days)
	}
}

func editionOf(d *Published, index uint64) *Edition {
	if d.Part != nil {
		whole := *d
		whole.Part = nil
		d = &whole
	}
	ed := &Edition{Published: d, Version: index, index: map[string]int{}}
	d.ids(func(i int, id string) { ed.index[id] = i })
	if d.Limits != nil {
		ed.Law = codes.LimitsOf(d.Limits)
	}
	return ed
}

// Fold keeps a version of the rules.
func (d *DisciplineRules) Fold(s *State, e *event.Event) {
	s.Rules = append(s.Rules, Rules{d.Version, d.SHA256(), d.From, e.Index})
}

// InForce returns the editions in force: the newest, of the holidays the newest of each year.
func (s *State) InForce() []*Edition {
	switch {
	case len(s.Editions) == 0:
		return nil
	case s.Editions[0].Calendar != nil:
		return s.years()
	}
	return s.Editions[len(s.Editions)-1:]
}

// Rows returns how many rows a publication has; a calendar is one.
func (d *Published) Rows() (n int) {
	for _, m := range d.members() {
		n += m.rows
	}
	return n
}

// BuiltIn returns what the program has of a table where none is published, nil when that is nothing.
func BuiltIn(table string) *Published {
	d := &Published{Table: table}
	switch table {
	case Sectors:
		for _, c := range codes.TableOf("sector").Codes {
			d.Sectors = append(d.Sectors, Sector{c.Code, c.Chinese, c.English})
		}
	case Limits:
		d.Limits = codes.StatuteRows()
	default:
		return nil
	}
	return d
}
