package domain

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/review"
)

// reviews are the accountability reviews that the ledger opens.
type reviews struct{ *plain }

func newReviews(s *State, c common) kind { return &reviews{plainOf(s, c)} }

// fold also keeps that the review was opened.
func (k *reviews) fold(e *event.Event) {
	k.plain.fold(e)
	if d, ok := e.Data.(*review.Opened); ok {
		rule := law.R44
		if d.Official() != "" {
			rule = law.R66
		}
		k.s.stand(e, rule)
	}
}

// stand keeps of an entry that is the ledger's own word that it may lapse.
func (s *State) stand(e *event.Event, rule law.Rule) {
	said, _ := s.deviations.get(e.Stream)
	s.deviations.set(e.Stream, said.Stand(e.ID, event.Statement{Rule: rule}))
}
