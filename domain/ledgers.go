package domain

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// ledgers are the streams of the ledger's own acts.
type ledgers struct {
	common
	revisions
}

func newLedgers(s *State) kind { return &ledgers{common{s}, s.revisions} }

func (k *ledgers) fold(e *event.Event) {
	k.revisions.fold(e)
	k.s.applyRules(e.Data)
	k.s.stepped(e)
}

func (*ledgers) allow(e *event.Event) error {
	if _, correction := e.Data.(*oversight.ClockCorrected); e.Actor.Role != event.RoleLedger && !correction {
		return event.Refuse(law.Pillar6, law.LedgerStream, law.Str("stream", e.Stream.String()))
	}
	return nil
}

func (*ledgers) knows(string) bool { return true }

// timed: the ledger has one clock, and no device.
func (*ledgers) timed() bool { return false }

func (*ledgers) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, oversight.Decide(e)
}
