package team

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one team as the rules need it.
type State struct {
	Name     string
	Campaign string // the campaign it was formed for; may be empty
	Sectors  []string
	Counties []string
	Leader   string
	// Members holds the members, the leader only when a member too. It is replaced, never
	// changed, so clones and scenes share it.
	Members map[string]bool
	Active  bool
	ever    []turn // by when they happened; replaced, never changed
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Has reports whether a person is the leader or a member.
func (s *State) Has(person string) bool {
	return person != "" && (s.Leader == person || s.Members[person])
}

// Knew reports whether a person is or ever was the leader or a member.
func (s *State) Knew(person string) bool { return slices.Contains(s.Ever(), person) }

// Ever are those who are or were the leader or a member, each as often as he came.
func (s *State) Ever() (people []string) {
	for i := range s.ever {
		if p := Entrant(s.ever[i].fact); p != "" {
			people = append(people, p)
		}
	}
	return people
}

// People are the leader and the members.
func (s *State) People() []string {
	people := make([]string, 0, len(s.Members)+1)
	if s.Leader != "" {
		people = append(people, s.Leader)
	}
	for m := range s.Members {
		people = append(people, m)
	}
	return people
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	stream.Fold(s, e)
}

func (d *Formed) Fold(s *State, e *event.Event) { s.Name, s.Campaign = d.Name, e.Campaign }

func (d *ScopeAssigned) Fold(s *State, e *event.Event) { s.turns(d, e) }

func (d *LeaderAppointed) Fold(s *State, e *event.Event) { s.turns(d, e) }

func (d *LeaderChanged) Fold(s *State, e *event.Event) {
	s.turns(&LeaderAppointed{Person: d.To}, e) // the hand-over is not needed
}

func (d *MemberJoined) Fold(s *State, e *event.Event) { s.turns(d, e) }

func (d *MemberLeft) Fold(s *State, e *event.Event) { s.turns(d, e) }

// Fold keeps nothing: no rule asks who watches.
func (*ObserverAssigned) Fold(*State, *event.Event) {}

func (d *Activated) Fold(s *State, e *event.Event) { s.turns(d, e) }
