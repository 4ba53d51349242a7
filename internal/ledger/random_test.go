package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// Whatever happens in whatever order, three answers mean three things: acknowledged is
// recorded once, refused is nowhere, unknown is one of the two and a resend says which.
func TestAnswersMeanWhatTheySayUnderRandomFaults(t *testing.T) {
	t.Parallel()
	faults := []storetest.AppendFault{
		storetest.Pass, storetest.Pass, storetest.FailCertainly, storetest.FailUnknown, storetest.PersistThenFail,
		storetest.TimeoutLost, storetest.TimeoutStored, storetest.TimeoutLate,
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newFixture(t)
		if rapid.Bool().Draw(rt, "shared") {
			w.config = unwatched
		}
		w.open()
		t.Cleanup(func() {
			if w.Ledger != nil {
				w.close()
			}
		})
		w.must(registered(t, "p"))
		var mu sync.Mutex
		nowhere, unknown := map[string]bool{}, [][]byte{}
		send := func(items []ledger.Item) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			defer cancel()
			_, err := w.appendCtx(ctx, items...)
			mu.Lock()
			defer mu.Unlock()
			for _, it := range items {
				switch {
				case err == nil:
					delete(nowhere, string(it.Bytes))
				case errors.Is(err, ledger.ErrOutcomeUnknown):
					unknown = append(unknown, it.Bytes)
				default:
					nowhere[string(it.Bytes)] = true
				}
			}
		}
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			w.store.Next(rapid.SliceOfN(rapid.SampledFrom(faults), 0, 3).Draw(rt, "store faults")...)
			if n := rapid.IntRange(0, 4).Draw(rt, "disk faults"); n > 0 {
				w.fs.failing(n, rapid.SampledFrom([][]string{{"write"}, {"datasync"}, {"datasync", "truncate"}}).Draw(rt, "ops")...)
			}
			before := w.acked
			var wg sync.WaitGroup
			for range rapid.IntRange(1, 5).Draw(rt, "requests") {
				var items []ledger.Item
				for range rapid.IntRange(1, 3).Draw(rt, "items") {
					items = append(items, trained(t, "p", nil))
				}
				if rapid.IntRange(0, 4).Draw(rt, "refused") == 0 {
					items = append(items, refused(t))
				}
				if len(before) > 0 && rapid.Bool().Draw(rt, "with a resend") {
					items = append(items, again(t, before[0].bytes))
				}
				wg.Go(func() { send(items) })
			}
			wg.Wait()
			if rapid.Bool().Draw(rt, "restart") {
				w.closeWithin(time.Duration(rapid.IntRange(0, 30).Draw(rt, "ms")) * time.Millisecond)
				w.fs.set(nil)
				if err := w.store.Settle(); err != nil { // what was on its way arrives now or never
					rt.Logf("settle: %v", err)
				}
				w.open()
			}
		}
		w.store.Next(storetest.Pass) // scripted faults that are left go on below
		w.fs.set(nil)
		for _, raw := range unknown {
			for {
				_, err := w.append(again(t, raw))
				if err == nil {
					break
				}
				var refusal *event.Refusal // of the one that is always refused: on a shared store that takes a while
				if errors.As(err, &refusal) {
					nowhere[string(raw)] = true
					break
				}
				if !errors.Is(err, ledger.ErrNoSpace) && !errors.Is(err, ledger.ErrBusy) {
					rt.Fatalf("resend of an unknown one: %v", err)
				}
			}
		}
		for range 20 { // past what is left of the script
			_, err := w.append(trained(t, "p", nil))
			if err != nil && !errors.Is(err, ledger.ErrNoSpace) {
				rt.Fatal(err)
			}
		}
		w.audit()
		revision := map[string]uint64{}
		for _, en := range w.entries() {
			if nowhere[string(en.Event)] && !containsBytes(w.acked, en.Event) {
				rt.Fatalf("refused, but recorded: %s", en.Event)
			}
			if en.Revision != revision[en.Stream.String()] {
				rt.Fatal(fmt.Errorf("revision %d of %s, want %d", en.Revision, en.Stream, revision[en.Stream.String()]))
			}
			revision[en.Stream.String()]++
		}
		w.close()
	})
}

func containsBytes(all []acked, raw []byte) bool {
	for _, a := range all {
		if string(a.bytes) == string(raw) {
			return true
		}
	}
	return false
}
