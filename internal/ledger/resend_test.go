package ledger_test

import (
	"errors"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// A batch is all or none, also when one of its events is there under another author.
func TestABatchWithAnothersEventStoresNothing(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p"), registered(t, "q"))
	p := w.bearer(&token.Issued{Role: office.Role, Person: "p"})
	q := w.bearer(&token.Issued{Role: office.Role, Person: "q"})
	moved := w.bearer(&token.Issued{Role: event.RoleAdmin, Person: "p"}) // the same person, in another role
	there := trained(t, "p", nil)
	if _, err := w.as(p, there); err != nil {
		t.Fatal(err)
	}
	for _, restart := range []bool{false, true} {
		if restart {
			w.restart()
		}
		size := w.Head().Size
		for who, author := range map[string]event.Actor{"another person": q, "another role": moved} {
			var conflict *ledger.ConflictError
			var refusal *event.Refusal
			_, err := w.as(author, again(t, there.Bytes), trained(t, "p", nil))
			if !errors.As(err, &conflict) && !errors.As(err, &refusal) || w.Head().Size != size {
				t.Errorf("%s: %v, %d entries, had %d", who, err, w.Head().Size, size)
			}
		}
		res, err := w.as(p, again(t, there.Bytes), trained(t, "p", nil))
		if err != nil || !res.Receipts[0].AlreadyPresent || res.Receipts[1].AlreadyPresent {
			t.Errorf("its author: %+v, %v", res.Receipts, err)
		}
	}
	w.audit()
}
