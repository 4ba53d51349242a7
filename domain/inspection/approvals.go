package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Approvals: pillar 17, what waits counts from the yes of a second person, who wrote nothing in the visit's stream.

// answer is a second person's: of the office, or the leader of the visiting team, who wrote
// nothing in this stream and inspected nothing (pillar 17).
func (j *judgement) answer(d event.Data) *event.Refusal {
	ref, yes, _ := oversight.Answer(d)
	k, w := j.st.asked(ref.ID()), j.st.facts.Waits(ref.ID())
	if k < 0 && w == nil || joined(&j.st.facts, ref) { // what waits in another stream is answered there
		return oversight.NothingWaits(j.e, ref)
	}
	if !j.e.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	if r := oversight.SecondPerson(j.e, j.st.people); r != nil {
		return r
	}
	if a := &j.e.Actor; a.Role == event.RoleTeamLeader && a.Person != j.sc.Team.Leader {
		return event.Refuse(law.Pillar17, law.NotTheLeader,
			law.Str("team", j.st.team), law.Str("leader", j.sc.Team.Leader), law.Str("person", a.Person))
	}
	if !yes || w == nil {
		return nil
	}
	then := j.st.facts
	then.Grant(w, j.e.Index)
	return j.possible(&then, w.Fact)
}

// owedAnswer: all that waits needs an answer (pillar 17).
var _ = obliges(owed{place: 120, atClosing: law.ClosingNeedsApproval,
	Kind: obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.Pillar17, Escalates: true,
		Also:  []law.Rule{law.R18, law.R20, law.R31, law.R41},
		Opens: "no-penalty-decided duplicate-justified term-extended fact-corrected fact-withdrawn", Meets: "approval-given approval-refused",
		Limit: "approval_days"},
	rules: []law.Rule{law.R20, law.R31, law.R41, law.Pillar17}, reads: happened(duplicateJustified),
	of: func(q *asking) {
		for i := range q.st.waiting {
			q.owe(&q.st.waiting[i].since, "", false, nil)
		}
		asked := q.st.facts.Unanswered()
		for i := range asked {
			w := &asked[i]
			q.owe(&obligation.Fact{Event: w.ID, Index: w.Index, Occurred: w.Recorded, Recorded: w.Recorded}, "", false, nil)
		}
	},
	apart: func(s *State, o *obligation.Obligation) ([]law.Rule, []law.Value) {
		rules, what, finding := []law.Rule{law.R41, law.Pillar17}, "no-penalty", ""
		if w := s.facts.Waits(o.Opener); w != nil {
			f, _ := s.facts.Asks(w)
			if what = "correction"; f.Data == nil {
				what = "withdrawal"
			}
			if d, ok := f.Original.(*FindingRecorded); ok {
				finding = d.Finding
			}
		} else if w := s.waiting[s.asked(o.Opener)]; w.extends != nil {
			rules, what = []law.Rule{law.R20, law.Pillar17}, "extension"
		} else if w.exempted == nil {
			rules, what = []law.Rule{law.R31, law.Pillar17}, "justification"
		}
		return rules, []law.Value{law.Str("what", what), law.Str("finding", finding), law.Str("event", o.Opener.String())}
	}})

// joined reports whether a reference is to a fact of the visit that lies in another stream.
func joined(log *facts.Log, ref event.Ref) bool {
	f, ok := log.Find(ref.ID())
	return ok && f.Type.Kind != event.Inspection && f.Type.Kind != "" // which is of any stream
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
	case w.extends != nil:
		s.extend(w.extends)
	case w.exempted != nil:
		s.exempt(w.exempted, disposed|settled)
		s.settled(w.exempted, w.since.Occurred)
	}
}

// wait adds what waits for a yes.
func (s *State) wait(w waiting) {
	r := s.editRest()
	r.waiting = append(r.waiting, w)
}

// asked returns the index of what waits under an event's id, or -1.
func (s *State) asked(id uuid.UUID) int {
	return slices.IndexFunc(s.waiting, func(w waiting) bool { return w.event == id })
}

// drop removes one that waits; the rest is copied, because a clone may share it.
func (s *State) drop(i int) {
	r := s.editRest()
	r.waiting = slices.Delete(slices.Clone(r.waiting), i, i+1)
}

// wrote remembers the author of an event of this visit, for pillar 17. Answers do not count as
// writing, nor does what the ledger says.
func (s *State) wrote(e *event.Event) {
	if e.Assurance == event.Imported || e.Assurance == event.Derived {
		return
	}
	switch e.Data.(type) {
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused, *oversight.DeviationExplained, *Approved:
		return
	}
	s.took(e.Actor.Person)
}

// took remembers who took part.
func (s *State) took(person string) { s.people = oversight.Took(s.people, person) }

// People are those who wrote in the visit's stream or inspected; none of them approves in it.
func (s *State) People() []string { return s.people }
