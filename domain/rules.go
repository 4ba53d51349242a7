package domain

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// RulesVersion is the number of the set of rules of this program: what is refused, gated, flagged
// and entailed. Whoever changes that raises it; a golden test holds it. A ledger states the number
// that it is judged by (rules-adopted), and a program with a lower one judges
// nothing more there.
const RulesVersion = 1

// Rules returns the number of the set of rules that the ledger adopted last, as seen from the
// top; 0 before entry 1.
func (s *State) Rules() int {
	n, _ := s.adopted.get(struct{}{})
	return n
}

// Adoption returns what states that the set of rules of this number, which the program has, judges
// from here on: ok is false when the ledger says so already.
func (s *State) Adoption(program string, set int) (c event.Consequence, ok bool) {
	if s.Rules() >= set {
		return c, false
	}
	return event.Consequence{Name: "rules-adopted", Stream: event.Stream{Kind: event.Ledger, ID: "ledger"},
		Data: &oversight.RulesAdopted{Program: program, Set: set}}, true
}

// applyRules keeps the highest number: it never steps back.
func (s *State) applyRules(d event.Data) {
	if d, ok := d.(*oversight.RulesAdopted); ok && d.Set > s.Rules() {
		s.adopted.set(struct{}{}, d.Set)
	}
}
