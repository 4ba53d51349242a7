package tip

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one tip as the rules need it.
type State struct {
	Subject string // as far as it is known

	received                  obligation.Fact
	accepted, found, answered *obligation.Fact
	so                        bool     // the newest investigation found it to be so, in part at least
	handed                    []handed // to whom it was transferred, in order; values are replaced, never changed
}

// handed is one transfer of the tip.
type handed struct {
	transfer string
	at       obligation.Fact
	answer   *obligation.Fact
	returned bool // the answer is that somebody else must do it
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.handed = slices.Clone(s.handed)
	return &c
}

func fact(e *event.Event) *obligation.Fact {
	f := obligation.FactOf(e)
	return &f
}

// Fold implements [stream.Folder].
func (d *Received) Fold(s *State, e *event.Event) {
	s.Subject, s.received = d.Subject, obligation.FactOf(e)
}

// Fold implements [stream.Folder].
func (d *Accepted) Fold(s *State, e *event.Event) { s.accepted = fact(e) }

// Fold implements [stream.Folder].
func (d *Investigated) Fold(s *State, e *event.Event) {
	if s.found == nil {
		s.found = fact(e)
	}
	if d.Subject != "" {
		s.Subject = d.Subject
	}
	s.so = So(d.Result)
}

// Fold implements [stream.Folder].
func (d *Answered) Fold(s *State, e *event.Event) { s.answered = fact(e) }

// Transferred notes that the tip was handed over.
func (s *State) Transferred(e *event.Event) {
	s.handed = append(s.handed, handed{transfer: strings.Clone(e.Stream.ID), at: obligation.FactOf(e)})
}

// TransferAnswered notes the answer of who got it: an investigation, or that it is returned.
func (s *State) TransferAnswered(e *event.Event, returned bool) {
	for i := range s.handed {
		if h := &s.handed[i]; h.transfer == e.Stream.ID && h.answer == nil {
			h.answer, h.returned = fact(e), returned
		}
	}
}

// Untransferred forgets a transfer, which is told anew when its facts are corrected.
func (s *State) Untransferred(transfer string) {
	s.handed = slices.DeleteFunc(slices.Clone(s.handed), func(h handed) bool { return h.transfer == transfer })
}

// Carry keeps what transfers say of the tip when its own facts were corrected.
func (s *State) Carry(old *State) { s.handed = old.handed }

// looked returns the first investigation, by the office or by who got the tip; nil while there is none.
func (s *State) looked() *obligation.Fact {
	first := s.found
	for i := range s.handed {
		if h := &s.handed[i]; h.answer != nil && !h.returned && (first == nil || h.answer.Index < first.Index) {
			first = h.answer
		}
	}
	return first
}

// What is owed of a tip, by the office.
var (
	accept = obligation.Kind{Name: "tip-accept", Owner: obligation.Office, From: obligation.Known, Rule: law.R73, Escalates: true,
		Unmodelled: "the model knows tips and no transfers",
		Opens:      "tip-received transfer-answered", Meets: "tip-accepted matter-transferred", Limit: "tip_accept_days"}
	investigate = obligation.Kind{Name: "tip-investigate", Owner: obligation.Office, From: obligation.Known, Rule: law.R73, Escalates: true,
		Unmodelled: "the model has the team owe it",
		Opens:      "tip-accepted", Meets: "tip-investigated transfer-answered", Limit: "tip_investigate_days"}
	answer = obligation.Kind{Name: "tip-answer", Owner: obligation.Office, From: obligation.Known, Rule: law.R73, Escalates: true,
		Unmodelled: "the model does not know it",
		Opens:      "tip-investigated transfer-answered", Meets: "tip-answered", Limit: "tip_answer_days"}
)

// So reports whether a result is that a tip is substantiated, in part at least.
func So(result string) bool { return result == "substantiated" || result == "partly" }

// Problem is what went wrong at a subject when a tip is substantiated (R44): it arose before somebody reported it.
func (s *State) Problem() stream.Problem {
	return stream.Problem{What: "tip", Subjects: []string{s.Subject}, At: s.received.Occurred}
}

func (s *State) problems() []stream.Problem {
	if s == nil || !s.so || s.Subject == "" {
		return nil
	}
	return []stream.Problem{s.Problem()}
}

// owes: a tip is accepted or handed over, and again when it comes back; what was accepted is investigated; what was
// investigated is answered. So none vanishes.
func (s *State) owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	into = append(into, accept.Owed(t, &s.received, s.taken(0)))
	for i := range s.handed {
		if h := &s.handed[i]; h.returned && (s.accepted == nil || s.accepted.Index > h.answer.Index) {
			into = append(into, accept.Owed(t, h.answer, s.taken(i+1)))
		}
	}
	looked := s.looked()
	if s.accepted != nil {
		into = append(into, investigate.Owed(t, s.accepted, looked))
	}
	if looked != nil {
		into = append(into, answer.Owed(t, looked, s.answered))
	}
	return into
}

// taken returns what met the duty to accept the tip: that somebody took it on, or the next transfer.
func (s *State) taken(next int) *obligation.Fact {
	if next < len(s.handed) && (s.accepted == nil || s.handed[next].at.Index < s.accepted.Index) {
		return &s.handed[next].at
	}
	return s.accepted
}

// Answered reports whether who reported was told the outcome.
func (s *State) Answered() bool { return s.answered != nil }

// Looked reports whether somebody has investigated.
func (s *State) Looked() bool { return s.looked() != nil }
