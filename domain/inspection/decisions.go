package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Decisions: R41, the decision of a penalty is served on the party (行政处罚法 Art. 61). Where it was decided in a visit, it is a copy like
// those of the record: whoever hands it over states its hash, and the party acknowledges it. Which of both was recorded first says
// nothing.

// Party is who is punished, among the recipients.
const Party = "subject"

// ahead notes what counts whatever lies before it: which penalties are annulled, and which documents decisions are.
func (r *rest) ahead(log *facts.Log) {
	r.annulled, r.decisions = nil, nil
	for f := range log.Counting() {
		if id, annuls := casefile.AnnulledBy(f.Data); annuls {
			r.annulled = append(r.annulled, id)
		}
		r.decides(f.Data)
	}
}

// decides notes the document of a decision.
func (r *rest) decides(body event.Data) {
	d, ok := body.(*casefile.PenaltyDecided)
	if ok && d.DocumentHash != "" && !slices.Contains(r.decisions, d.DocumentHash) {
		r.decisions = append(r.decisions, d.DocumentHash)
	}
}

// isDecision reports whether a hash is that of a decision on findings of the visit.
func (s *State) isDecision(hash string) bool { return slices.Contains(s.decisions, hash) }

// delivered reports whether a copy of anything was handed over.
func (s *State) delivered() bool { return s.is(happened(copyDelivered)) }

// Service is that a decision was served: the penalty, and the copy that reached the party first.
type Service struct {
	Penalty string
	By      obligation.Fact
}

// Services returns which decisions copies have served on the party, each by the copy that was recorded first; known is false of a visit
// that is withdrawn, whose cases go on as they stand. What an import states serves nothing.
func (s *State) Services() (list []Service, known bool) {
	if s.facts.Withdrawn() {
		return nil, false
	}
	if s.decisions == nil || !s.delivered() {
		return nil, true
	}
	type copied struct {
		hash string
		fact obligation.Fact
	}
	var copies []copied
	for f := range s.facts.Counting() {
		if d, ok := f.Data.(*CopyDelivered); ok && d.Recipient == Party && d.Correction == "" && f.Assurance != event.Imported {
			copies = append(copies, copied{d.DocumentHash, obligation.FactOf(f.Event)})
		}
	}
	for f := range s.facts.Counting() {
		d, ok := f.Data.(*casefile.PenaltyDecided)
		if !ok || d.DocumentHash == "" {
			continue
		}
		if i := slices.IndexFunc(copies, func(c copied) bool { return c.hash == d.DocumentHash }); i >= 0 {
			list = append(list, Service{d.Penalty, copies[i].fact})
		}
	}
	return list, true
}

// ServedBy is [State.Services] as a question: by which copy a decision was served; the zero fact: by none.
func (s *State) ServedBy() (by func(penalty string) obligation.Fact, known bool) {
	list, known := s.Services()
	return func(penalty string) (f obligation.Fact) {
		if i := slices.IndexFunc(list, func(x Service) bool { return x.Penalty == penalty }); i >= 0 {
			f = list[i].By
		}
		return f
	}, known
}
