package subject

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// What is owed because a site works through a holiday (R26): the decision of each body before it begins, and, once both approved,
// visits of the department before it ends (加强监管).
var (
	Approval = obligation.Kind{Name: "holiday-approval", Owner: obligation.Decider, Rule: law.R26, Escalates: true,
		Unmodelled: "the model has no work in holidays",
		Opens:      "holiday-work-filed", Meets: "approval-given approval-refused", Limit: "the day before the holiday"}
	Visit = obligation.Kind{Name: "holiday-visit", Owner: obligation.Department, Rule: law.R26, Escalates: true, Field: true,
		Unmodelled: "the model has no work in holidays",
		Opens:      "approval-given", Meets: "inspector-arrived", Limit: "the holiday's end"}
)

// Excluding returns the exclusion that waits for a second person, and of which campaign it is.
func (s *State) Excluding() (asked *obligation.Fact, campaign string, waits bool) {
	if s.rare == nil || s.out == nil || s.out.Event == uuid.Nil {
		return nil, "", false
	}
	return &s.out.Fact, s.out.campaign, true
}

// asks reports whether an exclusion waits under an event's id.
func (s *State) asks(id uuid.UUID) bool {
	asked, _, waits := s.Excluding()
	return waits && asked.Event == id
}

// Owing reports whether something was ever owed at the subject.
func (s *State) Owing() bool { return s.Watches() || s.rare != nil && s.out != nil }

// Terms returns the campaign under whose plan a filing is, with its position and when it happened, seconds since 1970: how many
// visits are owed the plan says.
func (s *State) Terms(filing int) (campaign string, index uint64, happened int64) {
	w := &s.works[filing]
	return w.campaign, w.filing.Index, w.filing.Occurred.Unix()
}

// Filings returns how many times work in a holiday was filed.
func (s *State) Filings() int { return len(s.filed()) }

// Owes appends what is owed since one filing, met or not; visits is how many of them are.
func (s *State) Owes(filing, visits int, into []obligation.Obligation) []obligation.Obligation {
	w := &s.works[filing]
	for b, g := range w.answers {
		o := obligation.Obligation{Kind: &Approval, Opener: w.filing.Event, Item: bodyNames[b], Opened: w.filing.Index, Since: w.filing.Occurred,
			Recorded: w.filing.Recorded, Due: (w.from - 1).End()}
		if g != nil {
			o.Met, o.MetAt = true, g.Occurred
		}
		into = append(into, o)
	}
	both := w.approved()
	if both == nil {
		return into
	}
	for n := range visits {
		o := obligation.Obligation{Kind: &Visit, Opener: both.Event, Item: strconv.Itoa(n + 1), Opened: both.Index, Since: both.Occurred,
			Recorded: both.Recorded, Due: w.to.End()}
		if n < len(w.visits) {
			o.Met, o.MetAt = true, w.visits[n].at
		}
		into = append(into, o)
	}
	return into
}
