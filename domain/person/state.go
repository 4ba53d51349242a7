package person

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one person as the rules need it.
type State struct {
	Unit        string
	Certificate string
	Until       string   // last day of the certificate, YYYY-MM-DD; "" where that is not known (N01)
	Trained     string   // date of the first training, YYYY-MM-DD; "" before one is recorded (R01)
	Offices     []Office // in the order they were recorded; replaced, never changed
	Keys        int      // device keys that are confirmed and not revoked
	// Secondments are all of them, in the order they were recorded. The list is replaced,
	// never changed, so clones share it.
	Secondments  []Secondment
	index        uint64 // of the registration
	since        time.Time
	acknowledged []acknowledgement // of rules of discipline (R02); append-only
	exceptions   []exception       // to R61, in the order in which they were asked for; replaced, never changed
}

// acknowledgement is that a version of the rules of discipline was read and accepted.
type acknowledgement struct {
	version string // "" where none were published
	index   uint64
	at      time.Time
}

// Secondment is a period with a team, From ≤ t < To. To is moved back when it ends early.
type Secondment struct {
	HomeUnit string
	Team     string
	From, To time.Time
	Ended    bool // by secondment-ended
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.acknowledged = slices.Clip(c.acknowledged)
	return &c
}

// Carry keeps what package domain says of a person's keys when facts were corrected.
func (s *State) Carry(old *State) { s.Keys = old.Keys }

// KnownTo reports whether the register has the person for a fact: recorded before it, or as of before it and told later.
func (s *State) KnownTo(e *event.Event) bool {
	return s != nil && !s.since.IsZero() && (s.index < e.Index || !s.since.After(e.Happened()))
}

// SecondmentAt returns the secondment in force at a time.
func (s *State) SecondmentAt(t time.Time) (Secondment, bool) {
	for _, m := range s.Secondments {
		if !t.Before(m.From) && t.Before(m.To) {
			return m, true
		}
	}
	return Secondment{}, false
}

// OfUnit reports whether a token is one of a unit, and names a person.
func OfUnit(a *event.Actor) bool { return a.Person != "" && a.Unit != "" && a.Team == "" }

// Detached refuses a token of the home unit that names the person, at a time of a secondment (R61, 与原单位脱钩). A token of a team is none
// of a unit, whatever unit it states.
func (s *State) Detached(a *event.Actor, at time.Time) *event.Refusal {
	if s == nil || !OfUnit(a) {
		return nil
	}
	m, seconded := s.SecondmentAt(at)
	if !seconded || m.HomeUnit != a.Unit {
		return nil
	}
	return event.Refuse(law.R61, law.DetachedFromUnit, law.Str("person", a.Person), law.Str("unit", a.Unit), law.Str("team", m.Team),
		law.At("from_at", m.From), law.At("to_at", m.To))
}

// HomeAt returns the own unit at a time: also while seconded.
func (s *State) HomeAt(t time.Time) string {
	if m, ok := s.SecondmentAt(t); ok {
		return m.HomeUnit
	}
	return s.Unit
}

// open returns the index of the first secondment to a team that has not ended, or -1.
func (s *State) open(team string) int {
	for i, m := range s.Secondments {
		if m.Team == team && !m.Ended {
			return i
		}
	}
	return -1
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	if ref, yes, ok := oversight.Answer(e.Data); ok {
		s.answered(ref.ID(), yes)
		return
	}
	stream.Fold(s, e)
}

func (d *Registered) Fold(s *State, e *event.Event) {
	s.index, s.since = e.Index, e.Happened()
	s.Unit, s.Certificate, s.Until = d.Unit, d.Certificate, d.Until
}

func (d *Trained) Fold(s *State, _ *event.Event) {
	if s.Trained == "" || d.Date < s.Trained {
		s.Trained = d.Date
	}
}

func (d *RulesAcknowledged) Fold(s *State, e *event.Event) {
	s.acknowledged = append(s.acknowledged, acknowledgement{strings.Clone(d.Version), e.Index, e.Happened()})
}

// Knows reports whether the person had acknowledged a version of the rules of discipline when something came that is recorded at an index
// and happened at a time: before it was recorded, or before it happened, and told later. "" stands for any rules, where none are published.
func (s *State) Knows(version string, index uint64, at time.Time) bool {
	return slices.ContainsFunc(s.acknowledged, func(a acknowledgement) bool {
		return (version == "" || a.version == version) && (a.index < index || !a.at.After(at))
	})
}

func (d *Seconded) Fold(s *State, _ *event.Event) {
	n := len(s.Secondments)
	s.Secondments = append(s.Secondments[:n:n], Secondment{HomeUnit: d.HomeUnit, Team: d.Team, From: d.From, To: d.To})
}

func (d *SecondmentEnded) Fold(s *State, e *event.Event) {
	i := s.open(d.Team)
	if i < 0 {
		return
	}
	list := append([]Secondment(nil), s.Secondments...)
	list[i].Ended = true
	if e.Occurred.Before(list[i].To) {
		list[i].To = e.Occurred
	}
	s.Secondments = list
}

// Whose key is whose, package domain keeps: a key may be asked for by its id alone.

func (d *KeyRegistered) Fold(*State, *event.Event) {}

func (d *KeyConfirmed) Fold(*State, *event.Event) {}

func (d *KeyRevoked) Fold(*State, *event.Event) {}
