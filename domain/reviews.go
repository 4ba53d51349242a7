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
	if _, ok := e.Data.(*review.Opened); ok {
		said, _ := k.s.deviations.get(e.Stream)
		k.s.deviations.set(e.Stream, said.Stand(e.ID, event.Statement{Rule: law.R44}))
	}
}
