// Package domain judges events: it folds all committed events into a state, and decides whether
// the next event is accepted and which flags it gets. Both are deterministic.
//
// # Layers
//
// State has a base, which holds the durable events, and layers above it for events that are not
// durable yet. Typically:
//
//	[request being judged]     Begin … Rollback or Merge
//	[block being filled]       Begin
//	[block being committed]    CommitOldest when it is durable
//	[base]
//
// Reads see through all of them from the top; writes go to the top layer only. When a commit
// turns out to be lost to another node, DropAll forgets every layer, the other node's events
// are applied to the base, and what was dropped is judged again.
//
// # Purity
//
// Nothing here reads a clock, draws a random number or does I/O. The time of an event is
// Event.Recorded (the ledger's) and Event.Occurred (the author's), both set before Judge.
package domain

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is everything the rules need to know. It is owned by one goroutine; no method may run
// beside another.
type State struct {
	layers layers
	tables []layered // all there are; see newTable
	kinds  []placed  // as package kinds lists them
	recent placed    // the kind that was asked last, to spare the search
	newer  newer     // streams of kinds that are not listed

	// The kinds that others ask, and what is kept of streams of several kinds.
	campaigns   *campaigns
	teams       *teams
	persons     *persons
	subjects    *subjects
	inspections *inspections
	accidents   *accidents
	blacklists  *blacklists
	publicities *publicities
	exposures   *exposures
	cases       *cases
	tokens      *tokens
	codeTables  *codeTables
	documents   *documents
	numbers     numbers
	sealingKeys *sealingKeys
	files       *evidenceFiles
	tips        *tips
	evaluations *evaluations
	revisions   revisions
	problems    problems // what went wrong, in streams of all kinds
	blind       blind    // what teams found, by day
	joined      joined   // streams that are of a visit
	besides     besides  // which streams are judged beside which registers
	reliances   reliances
	deviations  *table[event.Stream, oversight.State]
	adopted     *table[struct{}, int] // number of the set of rules
	clocks      *table[struct{}, []clockStep]
	duties      duties

	// Root returns the root of the ledger at a position behind the first entry, and whether it is known. Whoever judges
	// sets it; nil: no root is known.
	Root func(position uint64) (root [32]byte, ok bool)

	author       author  // of the event being judged
	whole, shown *ledger // all of it, and what its author may know
}

// New returns the state before the first event. It panics when a kind or an event type lacks a
// judge, which the tests of this package would have shown.
func New() *State { return newState(kinds.All) }

func newState(list []stream.Kind) *State {
	if err := complete(list); err != nil {
		panic(err)
	}
	s := &State{layers: layers{turn: 1}}
	s.whole, s.shown = &ledger{s, true}, &ledger{s, false}
	s.revisions = revisions{newTable[event.Stream, int64](s)}
	s.newer = newer{common{s, &anyKind}, s.revisions}
	s.problems, s.blind, s.joined, s.besides = newProblems(s), newBlind(s), newJoined(s), newBesides(s)
	s.reliances, s.numbers = newReliances(s), newNumbers(s)
	s.deviations = newTable[event.Stream, oversight.State](s)
	s.adopted = newTable[struct{}, int](s)
	s.clocks = newTable[struct{}, []clockStep](s)
	for i := range list {
		k, begin := &list[i], newPlain
		if part := parts[k.Name]; part != nil {
			begin = part
		}
		s.kinds = append(s.kinds, placed{k.Name, begin(s, common{s, k})})
		if b, beside := s.kinds[i].kind.(besideKind); beside {
			s.besides.kinds = append(s.besides.kinds, b)
		}
	}
	s.follow()
	return s
}

// Begin puts an empty layer on top.
func (s *State) Begin() { s.layers.begin() }

// Rollback drops the top layer. There must be one.
func (s *State) Rollback() {
	s.needLayers(1)
	s.layers.drop()
	s.blind.changes()
}

// Merge folds the top layer into the one below it, which must exist.
func (s *State) Merge() {
	s.needLayers(2)
	s.layers.merge()
}

// CommitOldest folds the bottom layer into the base: its block is durable. There must be one.
func (s *State) CommitOldest() {
	s.needLayers(1)
	s.layers.commitOldest()
}

// DropAll drops every layer, so that only what is durable remains.
func (s *State) DropAll() {
	for s.layers.depth > 0 {
		s.Rollback()
	}
	s.besides.again() // what was said may be among what is dropped
}

// Layers returns the number of layers above the base.
func (s *State) Layers() int { return s.layers.depth }

// needLayers stops a caller that has lost count: going on would corrupt the state.
func (s *State) needLayers(n int) {
	if s.layers.depth < n {
		panic("domain: State has too few layers")
	}
}

// Revision returns the revision of a stream's last event, seen from the top; -1 when it has
// none.
func (s *State) Revision(stream event.Stream) int64 { return s.kind(stream.Kind).revision(stream) }
