package domain

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// evaluations are what inspected parties say of visits.
type evaluations struct {
	*plain
	notices *table[string, string] // hash of the one-time code of a notice → the visit, the first that named it
}

func newEvaluations(s *State, c common) kind {
	s.evaluations = &evaluations{plainOf(s, c), newTable[string, string](s)}
	return s.evaluations
}

// posted keeps whose code it is.
func (k *evaluations) posted(id string, d *inspection.NoticePosted) {
	if _, taken := k.notices.get(d.Evaluation); d.Evaluation != "" && !taken {
		k.notices.set(strings.Clone(d.Evaluation), strings.Clone(id))
	}
}

// allow refuses a code that is of no disclosed visit, and one that was used, alike (R38, R39): what is there, nobody finds out by it.
func (k *evaluations) allow(e *event.Event) error {
	d, ok := e.Data.(*evaluation.Evaluated)
	if !ok {
		return nil
	}
	visit, known := k.notices.get(e.Stream.ID)
	if !known || evaluation.Hash(d.Code) != e.Stream.ID || k.revision(e.Stream) >= 0 || !k.s.inspections.state(visit).Disclosed() {
		return evaluation.NotValid()
	}
	return nil
}

// about: an evaluation is about the subject of the visit, and of its campaign; it is not the team's.
func (k *evaluations) about(e *event.Event) event.About {
	visit, ok := k.notices.get(e.Stream.ID)
	if !ok {
		return event.About{Campaign: e.Campaign}
	}
	a := k.s.inspections.about(&event.Event{Stream: event.Stream{Kind: event.Inspection, ID: visit}})
	a.Team = ""
	return a
}

func (k *evaluations) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	flags, err := k.plain.decide(e, p)
	if d, ok := e.Data.(*evaluation.Evaluated); ok && err == nil && p != nil {
		visit, _ := k.notices.get(e.Stream.ID)
		if f, says := d.Flag(visit); says {
			flags = append(flags, f)
		}
	}
	return flags, err
}
