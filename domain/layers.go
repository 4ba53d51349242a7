package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

// table is a map with overlays. Reads see the newest overlay that has the key; writes go to
// the overlay of the top layer, or to the base when there is none. An overlay is made by
// its first write, so a table that a request does not touch costs nothing.
type table[K comparable, V any] struct {
	*layers
	base     map[K]V
	overlays []overlay[K, V] // ascending level, each at most that of the top
	spare    []overlay[K, V] // emptied ones for their memory
	settled  func(K)         // when set, is told of each key that is written to the base
	asked    lastFound[K, V]
}

// lastFound is what was found or written last. It holds until something else is written or a layer is dropped; folding layers
// together changes nothing that is seen from the top.
type lastFound[K comparable, V any] struct {
	key   K
	value V
	known bool
	holds bool
	mine  uint64 // while layers.turn is that, the map that set writes holds it; 0: not known
}

// overlay is what was written in one layer. A request writes a key or two, which are found without a map.
type overlay[K comparable, V any] struct {
	level int // of its layer
	list  []written[K, V]
	at    map[K]int // the place of a key in the list; empty while there are few
}

type written[K comparable, V any] struct {
	key   K
	value V
}

const (
	few = 8
	// Memory for reuse: as many overlays, of as many keys at most. To clear a map costs its capacity, not its length.
	maxSpare, maxReuse = 4, 1024
)

func (o *overlay[K, V]) find(k K) (i int, ok bool) {
	if len(o.list) > few {
		i, ok = o.at[k]
		return i, ok
	}
	for i := range o.list {
		if o.list[i].key == k {
			return i, true
		}
	}
	return 0, false
}

func (o *overlay[K, V]) set(k K, v V) {
	if i, ok := o.find(k); ok {
		o.list[i].value = v
		return
	}
	o.list = append(o.list, written[K, V]{k, v})
	switch n := len(o.list); {
	case n == few+1:
		if o.at == nil {
			o.at = map[K]int{}
		}
		for i := range o.list {
			o.at[o.list[i].key] = i
		}
	case n > few:
		o.at[k] = n - 1
	}
}

// newTable makes a table of a state, which from now on drops, merges and settles its layers.
func newTable[K comparable, V any](s *State) *table[K, V] {
	t := &table[K, V]{layers: &s.layers, base: map[K]V{}}
	s.tables = append(s.tables, t)
	return t
}

// layers are those above the base, and what was written in each: of dozens of tables an event writes to a few, so that the
// others are not asked to drop or to merge what they do not have.
type layers struct {
	depth int         // number of layers
	ended int         // layers that were folded into the base: the oldest one has the level behind
	turn  uint64      // of what the top layer is: it changes whenever another one is; never 0
	wrote [][]layered // by layer, the oldest first; behind depth it is memory for reuse
}

// level is that of the top layer. A layer keeps its level when older ones are folded into the base, so that nobody has to count again.
func (l *layers) level() int { return l.ended + l.depth }

// begin puts an empty layer on top.
func (l *layers) begin() {
	l.turn++
	if l.depth++; len(l.wrote) < l.depth {
		l.wrote = append(l.wrote, nil)
	}
}

// writes notes that something has a first part in the top layer.
func (l *layers) writes(t layered) { l.wrote[l.depth-1] = append(l.wrote[l.depth-1], t) }

// drop forgets the top layer.
func (l *layers) drop() {
	for _, t := range l.wrote[l.depth-1] {
		t.drop()
	}
	l.end()
}

// merge folds the top layer into the one below it.
func (l *layers) merge() {
	below := &l.wrote[l.depth-2]
	for _, t := range l.wrote[l.depth-1] {
		if t.merge() {
			*below = append(*below, t)
		}
	}
	l.end()
}

// end ends the top layer, of which nothing is left.
func (l *layers) end() {
	l.depth--
	l.turn++
	l.wrote[l.depth] = emptied(l.wrote[l.depth])
}

// commitOldest folds the oldest layer into the base.
func (l *layers) commitOldest() {
	oldest := l.wrote[0]
	for _, t := range oldest {
		t.commitOldest()
	}
	l.depth--
	l.ended++
	l.turn++
	copy(l.wrote, l.wrote[1:l.depth+1])
	l.wrote[l.depth] = emptied(oldest)
}

func emptied(list []layered) []layered {
	clear(list)
	return list[:0]
}

// get returns the value seen from the top. An event asks for few keys, and for each several times.
func (t *table[K, V]) get(k K) (V, bool) {
	if m := &t.asked; m.holds && m.key == k {
		return m.value, m.known
	}
	v, known := t.find(k)
	t.asked = lastFound[K, V]{k, v, known, true, 0}
	return v, known
}

func (t *table[K, V]) find(k K) (V, bool) {
	for i := len(t.overlays) - 1; i >= 0; i-- {
		if at, ok := t.overlays[i].find(k); ok {
			return t.overlays[i].list[at].value, true
		}
	}
	v, ok := t.base[k]
	return v, ok
}

// writable returns the value seen from the top and whether what set would write holds
// it already, so that what it points to may be changed in place.
func (t *table[K, V]) writable(k K) (v V, known, mine bool) {
	if m := &t.asked; m.holds && m.mine == t.turn && m.key == k {
		return m.value, true, true
	}
	if t.depth == 0 {
		if v, ok := t.base[k]; ok {
			return v, true, true
		}
	} else if o := t.top(); o != nil {
		if i, ok := o.find(k); ok {
			return o.list[i].value, true, true
		}
	}
	v, known = t.get(k)
	return v, known, false
}

// top returns the overlay that set writes, or nil when it does not exist yet. There is a layer.
func (t *table[K, V]) top() *overlay[K, V] {
	if n := len(t.overlays); n > 0 && t.overlays[n-1].level == t.level() {
		return &t.overlays[n-1]
	}
	return nil
}

func (t *table[K, V]) set(k K, v V) {
	t.asked = lastFound[K, V]{k, v, true, true, t.turn}
	if t.depth == 0 {
		t.keep(k, v)
		return
	}
	o := t.top()
	if o == nil {
		o = t.begin()
	}
	o.set(k, v)
}

// keep writes to the base.
func (t *table[K, V]) keep(k K, v V) {
	t.base[k] = v
	if t.settled != nil {
		t.settled(k)
	}
}

// begin makes the overlay of the top layer.
func (t *table[K, V]) begin() *overlay[K, V] {
	var o overlay[K, V]
	if n := len(t.spare); n > 0 {
		o, t.spare[n-1] = t.spare[n-1], o
		t.spare = t.spare[:n-1]
	}
	o.level = t.level()
	t.overlays = append(t.overlays, o)
	t.writes(t)
	return &t.overlays[len(t.overlays)-1]
}

// durable returns the value in the base.
func (t *table[K, V]) durable(k K) (V, bool) {
	v, ok := t.base[k]
	return v, ok
}

// drop forgets the top layer.
func (t *table[K, V]) drop() {
	if t.top() != nil {
		t.recycle(len(t.overlays) - 1)
		t.asked.holds = false
	}
}

// merge folds the top layer, which is not the only one, into the one below, and reports whether there was nothing there.
func (t *table[K, V]) merge() (first bool) {
	n := len(t.overlays)
	if t.top() == nil {
		return false
	}
	if n == 1 || t.overlays[n-2].level != t.level()-1 {
		t.overlays[n-1].level--
		return true
	}
	for i := range t.overlays[n-1].list {
		w := &t.overlays[n-1].list[i]
		t.overlays[n-2].set(w.key, w.value)
	}
	t.recycle(n - 1)
	return false
}

// commitOldest folds the oldest layer, in which something was written, into the base.
func (t *table[K, V]) commitOldest() {
	for i := range t.overlays[0].list {
		w := &t.overlays[0].list[i]
		t.keep(w.key, w.value)
	}
	t.recycle(0)
}

// recycle takes an overlay out, and empties it for reuse.
func (t *table[K, V]) recycle(i int) {
	o := t.overlays[i]
	t.overlays = slices.Delete(t.overlays, i, i+1)
	if len(o.list) > maxReuse || len(t.spare) == maxSpare {
		return
	}
	if len(o.list) > few {
		clear(o.at)
	}
	clear(o.list)
	o.list = o.list[:0]
	t.spare = append(t.spare, o)
}

// layered is what State does alike to all that wrote in a layer.
type layered interface {
	drop()
	merge() (first bool)
	commitOldest()
}

// folded is the state of one stream; it is a pointer.
type folded[S any] interface {
	Clone() S
	Apply(*event.Event)
}

// slot is one stream: the revision of its last event and its state.
type slot[S any] struct {
	revision int64
	state    S
	past     *past // of a kind whose facts can be corrected
	// escalated says that a deadline-passed was ever said in the stream, so that most streams are not looked up among the statements.
	escalated bool
}

// streams are the streams of one kind, by id.
type streams[S folded[S]] struct {
	*table[string, slot[S]]
	fresh    func() S
	next     ahead[S]
	corrects bool // see past
	heeds    bool // its states are also folded from what the ledger itself says
}

// ahead is the state of a stream after an event that is being judged, which apply takes when the event is
// recorded. It holds until a state is changed.
type ahead[S any] struct {
	e      *event.Event
	before S
	then   slot[S]
}

func newStreams[S folded[S]](s *State, fresh func() S) streams[S] {
	return streams[S]{table: newTable[string, slot[S]](s), fresh: fresh}
}

// slotFrom returns a stream from where it is looked at.
func (s *streams[S]) slotFrom(id string, from vantage) (v slot[S]) {
	switch {
	case from.durable:
		v, _ = s.durable(id)
	case from.after != nil:
		v = s.slotAfter(from.after)
	default:
		v, _ = s.get(id)
	}
	return v
}

// seen returns the state of a stream from where it is looked at, nil when it has none there. The caller must not change it.
func (s *streams[S]) seen(id string, from vantage) S {
	v := s.slotFrom(id, from)
	return v.state
}

// escalated reports whether anything that is owed in a stream was ever escalated.
func (s *streams[S]) escalated(id string) bool {
	v, _ := s.get(id)
	return v.escalated
}

// watch has fn called with each stream whose durable state has changed.
func (s *streams[S]) watch(fn func(id string)) { s.settled = fn }

// after returns the state of e's stream, which has one, after e. The caller must not change it.
func (s *streams[S]) after(e *event.Event) S { return s.slotAfter(e).state }

func (s *streams[S]) slotAfter(e *event.Event) slot[S] {
	v, known := s.get(e.Stream.ID)
	if s.next.e != e || any(s.next.before) != any(v.state) {
		before := v.state
		var none S
		if known && any(v.state) != any(none) { // of a stream of nothing but what cannot be read there is none
			v.state = v.state.Clone()
		} else {
			v.state = s.fresh()
		}
		s.recall(&v, e)
		s.next = ahead[S]{e, before, v}
	}
	return s.next.then
}

// ahead is what is kept of e's stream, new or not, after e; see [streams.after].
func (s *streams[S]) ahead(e *event.Event) any {
	var none S
	if any(s.state(e.Stream.ID)) != any(none) {
		return s.after(e)
	}
	then := s.fresh()
	then.Apply(e)
	return then
}

// state returns the state of a stream, nil when it is new. The caller must not change it.
func (s *streams[S]) state(id string) S {
	v, _ := s.get(id)
	return v.state
}

// apply folds one event of a stream and returns its new state; nil while the stream has had
// none that could be read.
func (s *streams[S]) apply(e *event.Event) S {
	var none S
	v, known, mine := s.writable(e.Stream.ID)
	if next := s.next; next.e != nil {
		s.next = ahead[S]{}
		if known && next.e == e && any(next.before) == any(v.state) {
			next.then.revision = v.revision + 1
			s.set(e.Stream.ID, next.then)
			return next.then.state
		}
	}
	switch {
	case !known:
		v.revision = -1
	case !mine && any(v.state) != any(none):
		v.state = v.state.Clone()
	}
	v.revision++
	if !unreadable(e) { // which has a revision and no meaning
		if any(v.state) == any(none) {
			v.state = s.fresh()
		}
		s.recall(&v, e)
	}
	s.set(e.Stream.ID, v)
	return v.state
}

func unreadable(e *event.Event) bool {
	_, ok := e.Data.(*event.Unreadable)
	return ok
}

// edit changes the state of a stream by what an event of another stream says of it. A stream
// without state is left alone.
func (s *streams[S]) edit(id string, f func(S)) {
	var none S
	s.next = ahead[S]{}
	v, _, mine := s.writable(id)
	if any(v.state) == any(none) {
		return
	}
	if !mine {
		v.state = v.state.Clone()
	}
	f(v.state)
	s.set(id, v)
}

// kept returns the state of a stream, nil when it has none.
func (s *streams[S]) kept(id string) any {
	var none S
	if st := s.state(id); any(st) != any(none) {
		return st
	}
	return nil
}

// fold is what a kind does with an event that changes nothing but its own stream.
func (s *streams[S]) fold(e *event.Event) { s.apply(e) }

// revision returns the last revision of a stream, -1 when it has no event.
func (s *streams[S]) revision(stream event.Stream) int64 {
	if v, ok := s.get(stream.ID); ok {
		return v.revision
	}
	return -1
}

// revisions are streams of which no rule needs a state: their last revisions, in one table for all kinds.
type revisions struct{ *table[event.Stream, int64] }

func (b revisions) revision(stream event.Stream) int64 {
	if r, ok := b.get(stream); ok {
		return r
	}
	return -1
}

func (revisions) kept(string) any { return nil }

func (b revisions) fold(e *event.Event) { b.set(e.Stream, b.revision(e.Stream)+1) }
