package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// wrote remembers the author of an event of this visit, for pillar 17. Answers do not count as
// writing, nor does what the ledger says.
func (s *State) wrote(e *event.Event) {
	if e.Assurance == event.Imported || e.Assurance == event.Derived {
		return
	}
	switch e.Data.(type) {
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused, *oversight.DeviationExplained:
		return
	}
	s.took(e.Actor.Person)
}

// took remembers who took part.
func (s *State) took(person string) {
	if person != "" && !slices.Contains(s.people, person) {
		s.people = append(s.people, person)
	}
}

// factIndex returns the index of the finding that an event recorded, or -1.
func (s *State) factIndex(id uuid.UUID) int {
	return slices.IndexFunc(s.findings, func(f finding) bool { return f.fact.ID == id })
}

// version returns the version of a finding that counts; empty when its content is not needed any more.
func (s *State) version(i int) Version {
	if w := s.open(); i < len(w.versions) {
		return w.versions[i]
	}
	return Version{}
}

// wait adds what waits for a yes.
func (s *State) wait(w waiting) { s.waiting = append(s.waiting, w) }

// asked returns the index of what waits under an event's id, or -1.
func (s *State) asked(id uuid.UUID) int {
	return slices.IndexFunc(s.waiting, func(w waiting) bool { return w.ID == id })
}

// correctionOf returns the index of the correction of a finding that waits, or -1.
func (s *State) correctionOf(f *finding) int {
	return slices.IndexFunc(s.waiting, func(w waiting) bool {
		return w.correction != nil && w.correction.Finding != nil && w.correction.Finding.Finding == f.id
	})
}

// drop removes one that waits; the rest is copied, because a clone may share it.
func (s *State) drop(i int) { s.waiting = slices.Delete(slices.Clone(s.waiting), i, i+1) }

// fold takes a correction: at once, or to wait. A newer one of the same finding takes the
// place of one that waits.
func (d *FactCorrected) fold(s *State, e *event.Event) {
	i := s.factIndex(d.Fact.ID())
	if i < 0 || d.Finding == nil {
		return
	}
	if w := s.correctionOf(&s.findings[i]); w >= 0 {
		s.drop(w)
	}
	if AtOnce(s.version(i), d, s.is(recorded), e.Assurance == event.Imported) {
		s.turn(i, d, e.Ident())
		return
	}
	s.wait(waiting{Ident: e.Ident(), by: e.Actor.Person, correction: d})
}

// answer folds a second person's yes or no.
func (s *State) answer(e *event.Event) {
	ref, yes, _ := oversight.Answer(e.Data)
	k := s.asked(ref.ID())
	if k < 0 {
		return
	}
	w := s.waiting[k]
	s.drop(k)
	switch {
	case !yes:
	case w.correction != nil:
		if i := s.factIndex(w.correction.Fact.ID()); i >= 0 {
			s.turn(i, w.correction, w.Ident)
		}
	case w.spared != nil:
		s.spare(w.spared)
	}
}

// turn gives a finding the version that a correction states.
func (s *State) turn(i int, d *FactCorrected, by event.Ident) {
	f := &s.findings[i]
	const fromContent = major | punishable | evidenced | cited
	f.marks = f.marks&^fromContent | content(d.Finding)
	f.version = &by
	s.photograph(d.Finding.Evidence)
	if w := s.work; w != nil && i < len(w.versions) && w.versions[i].Finding != nil {
		w.versions = slices.Clone(w.versions) // a clone may share the elements
		w.versions[i] = Version{d.Finding, d.Occurred}
	}
}

// People are those who wrote in the visit's stream or inspected; none of them approves in it.
func (s *State) People() []string { return s.people }
