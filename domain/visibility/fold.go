package visibility

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Discloses reports whether an event discloses its visit, whatever was before (R39).
func Discloses(e *event.Event) bool {
	switch e.Data.(type) {
	case *inspection.Arrived, *inspection.Attempted, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
		return true
	}
	return e.Assurance == event.Imported
}

// Fold knows in which order bound readers see the entries of a ledger, and what bounds them.
// It keeps something of each visit that was hidden, nothing of an entry that was not. The zero
// value has seen nothing. One goroutine may call Apply, and then no other a method.
type Fold struct {
	units    map[string]table.Unit
	teams    map[string]*Team
	visits   map[string]*hold // those that are hidden, or were
	releases []release        // by position; only grows
	lately   struct {         // the latest visit: entries of one often follow each other
		id   string
		hold *hold
	}
}

// hold is a visit that is hidden, or was.
type hold struct {
	entries   []uint32 // held back, by index; do not change after the disclosure
	disclosed bool
	seen      uint32 // index of the entry that disclosed it
}

type release struct {
	at    uint32
	visit *hold
}

// Fate is what an entry does to the order.
type Fate uint8

// The fates.
const (
	Plain    Fate = iota // seen at its index
	Waits                // of a hidden visit
	Releases             // seen at its index, and those held back of its stream at it too
)

// Apply folds the next entry.
func (f *Fold) Apply(e *event.Event) Fate {
	switch e.Stream.Kind {
	case event.Inspection:
		return f.visit(e)
	case event.Table:
		if d, ok := e.Data.(*table.Published); ok && d.Table == table.Units {
			f.publish(d)
		}
	case event.Team:
		f.team(e)
	}
	return Plain
}

func (f *Fold) visit(e *event.Event) Fate {
	id := e.Stream.ID
	h := f.lately.hold
	if id != f.lately.id {
		h = f.visits[id]
		f.lately.id, f.lately.hold = id, h
		if h == nil { // the key must not keep the entry's bytes in memory
			f.lately.id = ""
		}
	}
	discloses := Discloses(e)
	switch {
	case h == nil && (discloses || e.Revision > 0), h != nil && h.disclosed:
		return Plain
	case !discloses:
		if h == nil {
			h = f.hide(strings.Clone(id))
		}
		h.entries = append(h.entries, uint32(e.Index))
		return Waits
	}
	h.disclosed, h.seen = true, uint32(e.Index)
	h.entries = slices.Clip(h.entries)
	f.releases = append(f.releases, release{uint32(e.Index), h})
	return Releases
}

func (f *Fold) hide(id string) *hold {
	if f.visits == nil {
		f.visits = map[string]*hold{}
	}
	h := &hold{entries: make([]uint32, 0, 4)}
	f.visits[id] = h
	f.lately.id, f.lately.hold = id, h
	return h
}

func (f *Fold) publish(d *table.Published) {
	f.units = make(map[string]table.Unit, len(d.Units))
	for _, u := range d.Units {
		f.units[strings.Clone(u.ID)] = table.Unit{ID: u.ID, Name: u.Name, County: strings.Clone(u.County), Sectors: cloneAll(u.Sectors)}
	}
}

func (f *Fold) team(e *event.Event) {
	t := f.teams[e.Stream.ID]
	if t == nil {
		if f.teams == nil {
			f.teams = map[string]*Team{}
		}
		t = &Team{}
		f.teams[strings.Clone(e.Stream.ID)] = t
	}
	next := *t // values in use are never changed
	switch d := e.Data.(type) {
	case *team.ScopeAssigned:
		next.Sectors, next.Counties = cloneAll(d.Sectors), cloneAll(d.Counties)
	case *team.LeaderAppointed:
		next.Leader = strings.Clone(d.Person)
	case *team.LeaderChanged:
		next.Leader = strings.Clone(d.To)
	case *team.MemberJoined:
		next.Members = maps.Clone(t.Members)
		if next.Members == nil {
			next.Members = map[string]bool{}
		}
		next.Members[strings.Clone(d.Person)] = true
	case *team.MemberLeft:
		next.Members = maps.Clone(t.Members)
		delete(next.Members, d.Person)
	}
	*t = next
}

func cloneAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.Clone(s)
	}
	return out
}

// Unit implements [Roll].
func (f *Fold) Unit(id string) (table.Unit, bool) {
	u, ok := f.units[id]
	return u, ok
}

// Team implements [Roll].
func (f *Fold) Team(id string) (Team, bool) {
	if t := f.teams[id]; t != nil {
		return *t, true
	}
	return Team{}, false
}

// Seen returns the position at which bound readers see an entry, and whether they do as yet.
func (f *Fold) Seen(stream event.Stream, index uint64) (uint64, bool) {
	if stream.Kind != event.Inspection {
		return index, true
	}
	switch h := f.visits[stream.ID]; {
	case h == nil:
		return index, true
	case h.disclosed:
		return max(index, uint64(h.seen)), true
	}
	return 0, false
}

// SeenAt is Seen as it was when the ledger had n entries.
func (f *Fold) SeenAt(stream event.Stream, index, n uint64) (uint64, bool) {
	seen, ok := f.Seen(stream, index)
	return seen, ok && seen < n
}

// Held returns the indexes of the entries that the entry at position at has disclosed,
// ascending. The caller must not change them; they do not change.
func (f *Fold) Held(at uint64) []uint32 {
	i := sort.Search(len(f.releases), func(i int) bool { return uint64(f.releases[i].at) >= at })
	if i < len(f.releases) && uint64(f.releases[i].at) == at {
		return f.releases[i].visit.entries
	}
	return nil
}
