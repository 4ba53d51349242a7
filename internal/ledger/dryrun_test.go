package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

func (w *fixture) dry(items ...ledger.Item) (ledger.Result, error) {
	return w.Ledger.Append(context.Background(), ledger.Request{Actor: office, Items: items, DryRun: true})
}

// A dry run is judged like an append, on the newest state of all nodes, and leaves nothing behind:
// neither entry nor id nor revision.
func TestADryRunIsJudgedOnTheNewestStateAndStoresNothing(t *testing.T) {
	a, b := nodes(t, unwatched)
	for n := range 5 {
		p := fmt.Sprintf("p%d", n)
		a.must(registered(t, p))
		fresh := trained(t, p, nil)
		size := a.Head().Size
		for range 2 { // the second time everything is as before
			res, err := b.dry(fresh, again(t, fresh.Bytes))
			if err != nil || len(res.Receipts) != 2 || res.Receipts[0].AlreadyPresent || !res.Receipts[1].AlreadyPresent ||
				res.Receipts[0].Revision != 1 || res.Receipts[1].Revision != 1 || res.Checkpoint != nil {
				t.Fatalf("%+v, %v", res, err)
			}
		}
		var refusal *event.Refusal
		if _, err := b.dry(trained(t, p+"x", nil)); !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		if size != a.Head().Size {
			t.Fatalf("%d entries, had %d", a.Head().Size, size)
		}
		b.must(again(t, fresh.Bytes))
		if res, err := a.dry(again(t, fresh.Bytes)); err != nil || !res.Receipts[0].AlreadyPresent || res.Receipts[0].Index != size {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	b.audit()
}

// Of several events all that are wrong are told; what comes behind in the same stream is not judged.
func TestAllRefusalsOfARequestAreTold(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p"))
	size := w.Head().Size
	odd := trained(t, "p", nil)
	odd.Unfit = errors.New("unfit")
	_, err := w.append(trained(t, "q1", nil), registered(t, "r"), trained(t, "q1", nil), odd, trained(t, "q2", nil), trained(t, "p", nil))
	var all *ledger.RefusedError
	if !errors.As(err, &all) || len(all.Items) != 3 || all.Items[0].Item != 0 || all.Items[1].Item != 3 || all.Items[2].Item != 4 || all.Unjudged != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	w.must(registered(t, "r")) // its id is not taken
	if w.Head().Size != size+1 {
		t.Errorf("%d entries, had %d", w.Head().Size, size)
	}
	w.audit()
}
