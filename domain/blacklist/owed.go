package blacklist

import (
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// What is owed since a proposal (R58). While its ground does not count nobody owes the notice or the decision; an entry is ended all
// the same.
var (
	owedNotice = obligation.Kind{Name: "blacklist-notice", Owner: obligation.Authority, From: obligation.Known, Rule: law.R58,
		Escalates: true,
		Opens:     "blacklist-proposed", Meets: "blacklist-notified approval-refused", Limit: "blacklist_notice_days"}
	// Objection is the subject's right to object.
	Objection = obligation.Kind{Name: "blacklist-objection", Owner: obligation.Party, Rule: law.R58, Window: true,
		Opens: "blacklist-notified", Meets: "blacklist-objected approval-refused", Limit: "blacklist_objection_days"}
	owedDecision = obligation.Kind{Name: "blacklist-decision", Owner: obligation.Authority, Rule: law.R58, Escalates: true,
		Opens: "blacklist-notified", Meets: "blacklist-entered approval-refused", Limit: "blacklist_decide_days"}
	owedExpiry = obligation.Kind{Name: "blacklist-expiry", Owner: obligation.Authority, Rule: law.R58, Escalates: true,
		Opens: "blacklist-entered", Meets: "blacklist-removed", Limit: "the entry's date"}
)

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	add := func(k *obligation.Kind, opening *obligation.Fact, due time.Time, met *obligation.Fact, refused bool) {
		o := obligation.Obligation{Kind: k, Opener: opening.Event, Opened: opening.Index, Recorded: opening.Recorded, Due: due}
		switch {
		case met.Event != uuid.Nil:
			o.Met, o.MetAt = true, met.Occurred
		case refused:
			o.Met, o.MetAt = true, s.Ended()
		}
		if !due.IsZero() {
			into = append(into, o)
		}
	}
	decided := s.entered.Event != uuid.Nil
	if !s.Lapsed || decided {
		add(&owedNotice, &s.proposed, t.Due(t.Limit("blacklist-notice"), s.proposed.Recorded, s.proposed), &s.notified, s.refused)
	}
	if s.notified.Event == uuid.Nil {
		return into
	}
	window := t.Due(t.Limit("blacklist-objection"), s.notified.Occurred, s.notified)
	add(&Objection, &s.notified, window, &s.objected, s.refused)
	if !s.Lapsed || decided {
		since := window
		if since.IsZero() {
			since = s.notified.Occurred
		}
		add(&owedDecision, &s.notified, t.Due(t.Limit("blacklist-decision"), since, s.notified), &s.entered, s.refused)
	}
	if decided {
		until := obligation.DayOn(s.until)
		add(&owedExpiry, &s.entered, until.End(), &s.removed, false)
	}
	return into
}
