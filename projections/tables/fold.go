// Package tables says which rows of the report database an entry changes. It is pure: the database itself is
// package reportdb.
//
// # Registers
//
// A register is a table of things of one kind: visits, findings, orders. A thing belongs to one stream and changes with the facts of
// that stream only; what another stream says of it is asked of that stream's things. Each row is a version, which holds from
// the entry from_ix until before the entry to_ix; a thing has a new version only where its own columns, or ix, change. seen_ix is the entry
// since which it counts for everybody: that of the disclosure, where its stream waits for a hidden visit (pillar 14).
// A correction has the facts that count applied again, and only what differs becomes a new version; so no register has code for taking
// something back (pillar 17). What is owed, and to whom copies are, is the one exception: it changes with what other streams say, and
// everywhere with a calendar (pillar 12; see aside.go, followers.go, bytes.go and calendars.go). Counts are counted and not stored. Sealed
// text is not in entries, and so in no table.
//
// Besides there are: entries, one row for each; names, where each long id stands once; scopes, which tell who may see a row.
//
// # Scopes
//
// Who may see a row follows from the kind of its stream, and from county, sectors and team of the entry; there are some hundred such
// combinations in a city. Each is a row of scopes, and each row of a register names one. A reader's scope is asked about each of
// them ([Scope.Seen]), by the same code as everywhere else: no SQL knows a rule of visibility.
package tables

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// End is to_ix of a version that holds.
const End int64 = 1<<63 - 1

// most is how many versions of one register an entry can give: rows of the tables are numbered by entry and order.
const most = 1 << 16

// FirstVersion is the number of the first version that an entry can give.
func FirstVersion(ix uint64) int64 { return int64(ix) * most }

// Batch is what entries change, in order. It is used again after [Batch.Reset].
type Batch struct {
	Ops  []Op
	Next uint64 // index of the entry behind the last one
	room []any
}

// Op is one change of the database.
type Op struct {
	Do     Do
	In     *Register // of Write, Close and See
	Row    int64     // number of the row: version, id, ix, bit
	At     uint64    // of Close: to_ix; of See: seen_ix
	Values []any     // of what is added: the row's columns behind its number; nil is NULL
}

// Do is what an [Op] does.
type Do uint8

// The operations.
const (
	Write     Do = iota // a version of a register
	Close               // a version holds no more
	See                 // it counts for everybody
	AddEntry            // to entries
	AddName             // to names
	AddScope            // to scopes
	AddSector           // to sectors
)

// Changes reports whether it changes a row, instead of adding one.
func (op *Op) Changes() bool { return op.Do == Close || op.Do == See }

// Reset empties the batch.
func (b *Batch) Reset() { b.Ops, b.room = b.Ops[:0], nil }

// values returns room for the values of a row.
func (b *Batch) values(n int) []any {
	if len(b.room)+n > cap(b.room) {
		b.room = make([]any, 0, max(4096, n))
	}
	at := len(b.room)
	b.room = b.room[:at+n]
	return b.room[at : at+n : at+n]
}

// Fold follows a ledger and says what each entry changes. One goroutine uses it.
type Fold struct {
	// Read returns the entries at the indexes, which ascend; it is asked when something was corrected, and when something
	// comes of a stream that was put away.
	Read func(indexes []uint32) ([]*event.Event, error)
	// Keep is how many things the fold keeps in memory; it is set before the first entry.
	Keep int

	names   map[string]Name
	scopes  map[scopeKey]int64
	sectors map[string]int64
	texts   texts
	days    days
	files   map[reflect.Type][]int
	streams map[event.Stream]*state
	waiting visibility.Fold
	joined  kinds.Visits

	out   *Batch
	batch int
	since uint64 // entries before it are in the database already
	at    place  // of the present entry
	given int    // its versions

	terms   terms
	earlier func(kind event.Kind, stream Name) ([]uint32, error) // as in past, while that is read, too
	duties  []obligation.Obligation                              // the last answer, kept for its memory
	dated   map[*state]struct{}                                  // in which something with a date is open

	followers map[event.Stream][]event.Stream // of visits
	awaited   map[string][]event.Stream       // visits that wait for the bytes of a file
	ahead     map[uint64][]event.Stream       // visits of which bytes come with a later entry that the database has
	filing    map[string]bool                 // subjects that work in holidays
	visited   map[string][]*state             // visits to subjects, of those whose first entry was folded here
	touched   []*state                        // of which the present entry lies aside

	now    uint64 // index of the present entry
	moving bool   // it is a calendar, and this is another stream
	failed error  // of reading terms

	past  *Past // nil: it begins at the first entry
	named Name  // the last name of the past

	loading     bool     // entries are folded again
	resident    []*state // streams that have things in memory
	kept, limit int      // their things; how many there may be
}

// place is what an entry gives to all of its rows.
type place struct {
	known                   bool // the database has them
	seen                    any
	scope                   int64
	campaign, subject, team Name
	area                    string
	sectors                 int64
}

// state is what is kept of a stream.
type state struct {
	stream  event.Stream
	of      event.Stream // the visit of which it is; or the visit or campaign to which it tells something
	to      event.Stream // the tip or case to which it tells something
	shows   event.Stream // the visit whose findings it exposes
	opened  int          // what it opened because of what it follows
	indexes []uint32
	asides  []uint32        // of the entries that lie aside of it
	asked   []facts.Waiting // corrections that wait for an answer
	shelves []shelf
	said    []shelf
	both    []shelf // of facts and of what the ledger says
	kept    int     // things on them
	away    bool    // they are not in memory
	old     bool    // it is of the past, and waits for nothing
	amended bool    // a correction was ever asked for
	waits   bool    // it is hidden
	visit   *visit
	hidden  []*held // rows that were written while it waits
}

type visit struct {
	order   visibility.Visit
	streams []*state // that wait with it; its own first
}

// New makes a fold of an empty ledger. What it says of entries before since is left out: the database has it.
func New(since uint64, read func(indexes []uint32) ([]*event.Event, error)) *Fold {
	return &Fold{Read: read, Keep: inbulk, names: map[string]Name{}, scopes: map[scopeKey]int64{}, sectors: map[string]int64{}, texts: texts{},
		files: map[reflect.Type][]int{}, streams: map[event.Stream]*state{}, since: since, dated: map[*state]struct{}{},
		followers: map[event.Stream][]event.Stream{}, awaited: map[string][]event.Stream{}, filing: map[string]bool{},
		visited: map[string][]*state{},
		ahead:   map[uint64][]event.Stream{}}
}

// Begin says to which batch the following entries add.
func (f *Fold) Begin(out *Batch) { f.out, f.batch, f.limit = out, f.batch+1, max(f.limit, f.Keep) }

// Apply folds the next entry. An error is one of reading what was corrected, or of a ledger that no table can hold; the fold is of no
// use after it.
func (f *Fold) Apply(e *event.Event) error {
	f.now = e.Index
	s, err := f.state(e)
	if err != nil {
		return err
	}
	if projections.StatesFact(e) || hears(e) {
		if err := f.load(s, e.Stream.Kind); err != nil {
			return err
		}
	}
	f.terms.follow(e)
	if _, files := e.Data.(*subject.HolidayWorkFiled); files && !f.filing[s.stream.ID] {
		f.filing[s.stream.ID] = true
		if err := f.visitedBefore(s, e.Index); err != nil {
			return err
		}
	}
	f.at.known = e.Index < f.since
	if e.Index == 0 {
		f.constants()
	}
	if len(s.indexes) == 0 {
		f.begins(s, e)
		if id := e.About.Subject; e.Stream.Kind == event.Inspection && id != "" {
			f.visited[strings.Clone(id)] = append(f.visited[id], s)
		}
	}
	s.indexes = append(s.indexes, uint32(e.Index))
	f.order(s, e)
	f.place(s, e)
	f.entry(s, e)
	f.out.Next = e.Index + 1
	err = f.change(s, e, func() ([]*event.Event, error) {
		before, err := f.Read(s.indexes[:len(s.indexes)-1])
		return append(before, e), err
	})
	f.keep(s)
	if err == nil {
		err = f.beside(s, e)
	}
	if err == nil {
		err = f.failed
	}
	return err
}

// begins notes to which streams one tells something, by its first entry.
func (f *Fold) begins(s *state, e *event.Event) {
	s.of, s.to = tells(e), handedTo(e)
	if d, ok := e.Data.(*publicity.Published); ok && d.Exposure != "" {
		if of := stateAt[exposure.State](f, &exposure.Kind, d.Exposure, e.Index); of != nil {
			s.shows = f.own(event.Stream{Kind: event.Inspection, ID: of.Inspection})
		}
	}
}

// beside has an entry change what is owed in other streams.
func (f *Fold) beside(s *state, e *event.Event) error {
	err := f.aside(s, e)
	for _, v := range f.touched {
		f.keep(v)
	}
	f.touched = f.touched[:0]
	if err == nil {
		err = f.arrives(s, e)
	}
	if err == nil {
		err = f.moves(e)
	}
	return err
}

// change has an entry change the things of its stream; until gives all entries of that until this one.
func (f *Fold) change(s *state, e *event.Event, until func() ([]*event.Event, error)) error {
	if _, unreadable := e.Data.(*event.Unreadable); unreadable {
		return nil
	}
	f.given = 0
	facts, all, err := s.facts(e, until)
	if err != nil {
		return err
	}
	for _, sh := range s.shelves {
		for _, fact := range facts {
			sh.apply(f, fact)
		}
		sh.flush(f, s, e)
	}
	for _, sh := range s.said {
		sh.hear(e)
		sh.apply(f, e)
		sh.flush(f, s, e)
	}
	for _, sh := range s.both {
		sh.hear(e)
		for _, said := range withSaid(facts, all, e) {
			sh.apply(f, said)
		}
		sh.flush(f, s, e)
	}
	if f.given >= most/2 {
		return fmt.Errorf("tables: entry %d changes more than %d rows", e.Index, most/2)
	}
	return nil
}

func (f *Fold) state(e *event.Event) (*state, error) {
	if s := f.streams[e.Stream]; s != nil {
		return s, nil
	}
	s := &state{stream: f.own(e.Stream)}
	f.streams[s.stream] = s
	return s, f.recall(s, e.Stream)
}

// own is a stream apart from the bytes of an entry.
func (f *Fold) own(of event.Stream) event.Stream {
	return event.Stream{Kind: event.Kind(f.texts.keep(string(of.Kind))), ID: strings.Clone(of.ID)}
}

// order says whether the entry waits, and tells what it discloses.
func (f *Fold) order(s *state, e *event.Event) {
	if s.old {
		return
	}
	id, is := f.joined.Of(e)
	own := e.Stream.Kind == event.Inspection
	switch {
	case own && s.visit == nil:
		s.visit = &visit{streams: []*state{s}}
	case is && !own && s.visit == nil:
		of := f.streams[event.Stream{Kind: event.Inspection, ID: id}]
		if of == nil || of.visit == nil {
			f.joined.Alone(f.own(e.Stream))
			break
		}
		s.visit = of.visit
		s.visit.streams = append(s.visit.streams, s)
	}
	if s.visit == nil {
		return
	}
	if !own {
		s.waits = f.waiting.Joins(&s.visit.order, e) == visibility.Waits
		return
	}
	fate := f.waiting.Visit(&s.visit.order, e)
	s.waits = fate == visibility.Waits
	if fate != visibility.Releases {
		return
	}
	for _, of := range s.visit.streams {
		of.waits = false
		for _, h := range of.hidden {
			f.see(h, e.Index)
		}
		of.hidden = nil
	}
}

// facts returns the facts that the entry has applied: itself, or where something was corrected all that count, anew, and then also all
// entries until this one.
func (s *state) facts(e *event.Event, until func() ([]*event.Event, error)) (facts, all []*event.Event, err error) {
	if !projections.StatesFact(e) {
		return nil, nil, nil
	}
	_, corrects := e.Data.(event.Correction)
	_, _, answers := oversight.Answer(e.Data)
	if !corrects && (!s.amended || !answers) {
		return []*event.Event{e}, nil, nil
	}
	s.amended = true
	all, err = until()
	if err != nil {
		return nil, nil, err
	}
	for _, list := range [...][]shelf{s.shelves, s.both} {
		for _, sh := range list {
			sh.renew()
		}
	}
	facts, s.asked = projections.CountingAsked(all, e.Stream.Kind == event.Inspection)
	return facts, all, nil
}

// withSaid adds what the ledger says to the facts that an entry has applied, in the order of the entries.
func withSaid(facts, all []*event.Event, e *event.Event) []*event.Event {
	if all == nil && e.Assurance == event.Derived {
		return []*event.Event{e}
	}
	if all == nil {
		return facts
	}
	out := slices.Clone(facts)
	for _, e := range all {
		if e.Assurance == event.Derived {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *event.Event) int { return cmp.Compare(a.Index, b.Index) })
	return out
}
