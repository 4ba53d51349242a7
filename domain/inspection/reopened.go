package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// A closing rests on every obligation being met. It stands when a correction, or a fact that comes late, opens one again: nothing that
// people did is undone by the ledger (pillar 13). That is said of it, until all is met again or the closing is withdrawn.

var _ = stands(standing{place: 155, rule: law.R20, code: law.ClosedOpen, since: closed,
	reads: append([]string{findingRecorded.Name, evidenceAttached.Name, findingFixedOnSite.Name, copyDelivered.Name, leaderReviewed.Name,
		recordConfirmed.Name, duplicateJustified.Name, order.IssuedType, order.VerifiedType, casefile.FiledType, casefile.PenaltyType,
		casefile.NoPenaltyType, casefile.ChangedType, oversight.Extension, oversight.NoApproval}, slices.Concat(records, corrections)...),
	says: closedOpen})

// closedOpen: something is owed on which the closing rested (R20). The closing of a source rests on nothing.
func closedOpen(s *State, say *speech) {
	var kinds []string
	for _, d := range declared().atClosing {
		q := asking{Terms: say.Terms, st: s, open: true, found: say.found[:0]}
		if q.ask(d.owed); len(q.found) > 0 && !slices.Contains(kinds, d.Name) {
			kinds = append(kinds, d.Name)
		}
	}
	if kinds == nil {
		return
	}
	if f, known := s.facts.Find(s.closeEvent); known && f.Assurance != event.Imported {
		say.say(s.closeEvent, law.List("obligations", kinds))
	}
}
