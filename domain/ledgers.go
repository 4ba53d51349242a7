package domain

import "github.com/anjian-ledger/anjian/domain/event"

// ledgers are the streams of the ledger's own acts.
type ledgers struct{ *plain }

func newLedgers(s *State, c common) kind { return &ledgers{plainOf(s, c)} }

// fold also keeps the set of rules that the ledger adopted.
func (k *ledgers) fold(e *event.Event) {
	k.plain.fold(e)
	k.s.applyRules(e.Data)
	k.s.stepped(e)
}
