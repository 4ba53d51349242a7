package api

import (
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/ledger"
)

// refusals is the answer to a batch that has refused events: the problem of the first one, and in
// its faults all of them.
func (a *Handler) refusals(c *call, all *ledger.RefusedError) error {
	var first *Problem
	for _, one := range all.Items {
		p := problemOf(a.taken(c, one.Err))
		if one.EventID != uuid.Nil {
			p.Event = one.EventID.String()
		}
		p.Item = &one.Item
		if first == nil {
			first = p
			first.Unjudged = all.Unjudged
		}
		first.all = append(first.all, p)
	}
	return &settled{first, all}
}
