package domain

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/review"
)

// reviews are the accountability reviews that the ledger opens.
type reviews struct {
	common
	revisions
	of *table[string, event.About] // stream → what it is about
}

func newReviews(s *State) kind {
	return &reviews{common{s}, s.revisions, newTable[string, event.About](s)}
}

// about: a review is about the subject, in the cell of the accident.
func (k *reviews) about(e *event.Event) event.About {
	if about, ok := k.of.get(e.Stream.ID); ok {
		return about
	}
	a := event.About{Campaign: e.Campaign}
	if d, ok := e.Data.(*review.Opened); ok {
		a.Subject = d.Subject
		if st := k.s.accidents.state(d.Accident); st != nil {
			a.County, a.Sectors = st.County, st.Sectors
		}
	}
	return a
}

// knows: reviews are closed to all who are bound.
func (k *reviews) knows(id string) bool {
	return k.revision(event.Stream{Kind: event.Review, ID: id}) < 0
}

func (*reviews) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, review.Decide(e)
}

// fold also keeps what a review is about, and that it was opened.
func (k *reviews) fold(e *event.Event) {
	k.revisions.fold(e)
	if _, ok := e.Data.(*review.Opened); ok {
		k.of.set(e.Stream.ID, e.About)
		said, _ := k.s.deviations.get(e.Stream)
		k.s.deviations.set(e.Stream, said.Stand(e.ID, event.Statement{Rule: law.R44}))
	}
}
