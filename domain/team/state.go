package team

import (
	"maps"

	"github.com/anjian-ledger/anjian/domain/event"
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
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Has reports whether a person is the leader or a member.
func (s *State) Has(person string) bool {
	return person != "" && (s.Leader == person || s.Members[person])
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	switch d := e.Data.(type) {
	case *Formed:
		s.Name, s.Campaign = d.Name, e.Campaign
	case *ScopeAssigned:
		s.Sectors, s.Counties = d.Sectors, d.Counties
	case *LeaderAppointed:
		s.Leader = d.Person
	case *LeaderChanged:
		s.Leader = d.To
	case *MemberJoined:
		members := make(map[string]bool, len(s.Members)+1)
		maps.Copy(members, s.Members)
		members[d.Person] = true
		s.Members = members
	case *MemberLeft:
		members := maps.Clone(s.Members)
		delete(members, d.Person)
		s.Members = members
	case *Activated:
		s.Active = true
	}
}
