// Package domain is the ledger's judgement: a deterministic fold over all committed events,
// and the decision whether, and with what consequences, the next one may follow.
//
// # Layers
//
// State is a base of what is durable, and above it layers of what is not: typically
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
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// State is everything the rules need to know. It is owned by one goroutine; no method may run
// beside another.
type State struct {
	depth    int // number of layers
	defaults campaign.Policy

	campaigns   streams[*campaign.State]
	teams       streams[*team.State]
	persons     streams[*person.State]
	subjects    streams[*subject.State]
	inspections streams[*inspection.State]
	accidents   streams[*accident.State]
	tokens      streams[*token.State]
	plain       table[event.Stream, int64] // revisions of streams that no rule has a state of
	units       table[string, units]       // the table of units, under its name; values are replaced, never changed

	deviations  table[event.Stream, oversight.State]
	memberships table[string, []string]         // person → teams led or joined; values are replaced, never changed
	keys        table[string, person.KeyFacts]  // key id → owner
	enrolments  table[string, string]           // id of a key-registered → key id
	issues      table[uint64, string]           // position of an issue → stream of the token
	hashes      table[string, struct{}]         // SHA-256 of every token that was issued
	holders     table[string, string]           // valid USCC → first subject that has it; "" when given up
	initial     table[inspection.Key, []string] // duplicate key (R31) → inspections that claim it; values are replaced, never changed
	visits      table[string, []string]         // subject → its inspections that are seen (R44); likewise
	mishaps     table[string, []string]         // subject → its accidents (R44); likewise
	flags       table[string, event.About]      // stream of a flag that compares visits → what it is about
	adopted     table[struct{}, int]            // number of the set of rules

	tables []layered

	// Scratch of Judge, kept to spare allocations.
	now    time.Time // Occurred of the event being judged
	author author    // of the event being judged
	scenes scenes
}

// New returns the state before the first event.
func New() *State {
	s := &State{defaults: campaign.DefaultPolicy()}
	s.campaigns = newStreams(&s.depth, campaign.NewState)
	s.teams = newStreams(&s.depth, team.NewState)
	s.persons = newStreams(&s.depth, person.NewState)
	s.subjects = newStreams(&s.depth, subject.NewState)
	s.inspections = newStreams(&s.depth, inspection.NewState)
	s.accidents = newStreams(&s.depth, accident.NewState)
	s.tokens = newStreams(&s.depth, token.NewState)
	s.plain = newTable[event.Stream, int64](&s.depth)
	s.units = newTable[string, units](&s.depth)
	s.deviations = newTable[event.Stream, oversight.State](&s.depth)
	s.memberships = newTable[string, []string](&s.depth)
	s.keys = newTable[string, person.KeyFacts](&s.depth)
	s.enrolments = newTable[string, string](&s.depth)
	s.issues = newTable[uint64, string](&s.depth)
	s.hashes = newTable[string, struct{}](&s.depth)
	s.holders = newTable[string, string](&s.depth)
	s.initial = newTable[inspection.Key, []string](&s.depth)
	s.visits = newTable[string, []string](&s.depth)
	s.mishaps = newTable[string, []string](&s.depth)
	s.flags = newTable[string, event.About](&s.depth)
	s.adopted = newTable[struct{}, int](&s.depth)
	s.tables = []layered{
		&s.campaigns, &s.teams, &s.persons, &s.subjects, &s.inspections, &s.accidents, &s.tokens, &s.plain, &s.units,
		&s.deviations, &s.memberships, &s.keys, &s.enrolments, &s.issues, &s.hashes, &s.holders, &s.initial, &s.visits, &s.mishaps, &s.flags,
		&s.adopted,
	}
	s.setScenes()
	return s
}

// Begin puts an empty layer on top.
func (s *State) Begin() { s.depth++ }

// Rollback drops the top layer. There must be one.
func (s *State) Rollback() {
	s.needLayers(1)
	for _, t := range s.tables {
		t.drop()
	}
	s.depth--
}

// Merge folds the top layer into the one below it, which must exist.
func (s *State) Merge() {
	s.needLayers(2)
	for _, t := range s.tables {
		t.merge()
	}
	s.depth--
}

// CommitOldest folds the bottom layer into the base: its block is durable. There must be one.
func (s *State) CommitOldest() {
	s.needLayers(1)
	for _, t := range s.tables {
		t.settle()
	}
	s.depth--
}

// DropAll drops every layer, so that only what is durable remains.
func (s *State) DropAll() {
	for s.depth > 0 {
		s.Rollback()
	}
}

// Layers returns the number of layers above the base.
func (s *State) Layers() int { return s.depth }

// needLayers stops a caller that has lost count: going on would corrupt the state.
func (s *State) needLayers(n int) {
	if s.depth < n {
		panic("domain: State has too few layers")
	}
}

// Counts refuses an author whose token was not issued to it, is revoked, or ends before an
// entry recorded now, as seen from the top.
func (s *State) Counts(author *event.Actor, recorded time.Time) error {
	var st *token.State
	if stream, ok := s.issues.get(author.Token); ok {
		st = s.tokens.state(stream)
	}
	return st.Counts(author, recorded)
}

// Revision returns the revision of a stream's last event, seen from the top; -1 when it has
// none.
func (s *State) Revision(stream event.Stream) int64 {
	switch stream.Kind {
	case event.Campaign:
		return s.campaigns.revision(stream.ID)
	case event.Team:
		return s.teams.revision(stream.ID)
	case event.Person:
		return s.persons.revision(stream.ID)
	case event.Subject:
		return s.subjects.revision(stream.ID)
	case event.Inspection:
		return s.inspections.revision(stream.ID)
	case event.Accident:
		return s.accidents.revision(stream.ID)
	case event.Tokens:
		return s.tokens.revision(stream.ID)
	}
	if r, ok := s.plain.get(stream); ok {
		return r
	}
	return -1
}
