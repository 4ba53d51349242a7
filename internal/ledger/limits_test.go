package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// padded is an event of a subject of exactly size bytes, which occurred when it is said to.
func padded(t *testing.T, id string, size int, occurred time.Time) ledger.Item {
	t.Helper()
	late := func(e *event.Event) { e.Occurred = occurred }
	it := item(t, "subject/"+id, &subject.Registered{
		Kind: "enterprise", Name: "安康某某矿业", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"}, "subject-registered", late)
	for size > len(it.Bytes) { // an extension attribute takes the rest
		var members map[string]json.RawMessage
		if err := json.Unmarshal(it.Bytes, &members); err != nil {
			t.Fatal(err)
		}
		fill := max(size-len(it.Bytes)-len(`,"filler":""`), 0)
		b := slices.Concat(bytes.TrimSuffix(it.Bytes, []byte("}")), []byte(`,"filler":"`+strings.Repeat("x", fill)+`"}`))
		e, err := entry.ParseEvent(b, catalogue)
		if err != nil {
			t.Fatal(err)
		}
		it.Bytes, it.Event = b, e
	}
	return it
}

// Limits do not depend on what the rules say: the largest batch, every event of it late,
// fits into one block, and that block into every engine.
func TestTheLargestBatchFitsWithTheFlagsOfEachOfItsEvents(t *testing.T) {
	w := opened(t)
	limits := w.Limits()
	if limits != (ledger.Limits{EventBytes: 57_343, BatchEvents: 100, BatchBytes: 250_000, BlockBytes: 500_000, QueueBytes: 64 << 20}) {
		t.Fatalf("limits %+v", limits)
	}
	for name, size := range map[string]int{"small": 0, "large": limits.BatchBytes / limits.BatchEvents} {
		items := make([]ledger.Item, limits.BatchEvents)
		for i := range items {
			items[i] = padded(t, fmt.Sprintf("%s-%d", name, i), size, time.Date(2019, 10, 1, 8, 0, 0, 0, time.UTC))
		}
		before := w.Head()
		res, err := w.append(items...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		flags := 0
		for _, r := range res.Receipts {
			flags += len(r.Deviations)
		}
		if after := w.Head(); flags < limits.BatchEvents || after.Block != before.Block+1 {
			t.Errorf("%s: %d flags for %d late events, blocks %d to %d", name, flags, limits.BatchEvents, before.Block, after.Block)
		}
		size := 0
		if err := w.store.Read(t.Context(), before.Block+1, before.Block+1, func(_ uint64, b []byte) error {
			size = len(b)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if t.Logf("%s: %d flags, a block of %d bytes", name, flags, size); size > limits.BlockBytes {
			t.Errorf("%s: a block of %d bytes, at most %d", name, size, limits.BlockBytes)
		}
	}
	w.audit()
}

func TestARequestAboveTheLimitsIsTooLargeAndSaysTheNumbers(t *testing.T) {
	w := opened(t)
	limits := w.Limits()
	many := make([]ledger.Item, limits.BatchEvents+1)
	for i := range many {
		many[i] = padded(t, fmt.Sprint("m-", i), 0, start)
	}
	heavy := make([]ledger.Item, 5)
	for i := range heavy {
		heavy[i] = padded(t, fmt.Sprint("h-", i), limits.BatchBytes/5+1, start)
	}
	for name, items := range map[string][]ledger.Item{"events": many, "bytes": heavy} {
		if _, err := w.append(items...); !errors.Is(err, ledger.ErrTooLarge) ||
			!strings.Contains(err.Error(), "at most 100 events of together 250000 bytes") {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := padded(t, "one", limits.EventBytes, start)
	if _, err := w.append(one); err != nil {
		t.Errorf("an event of %d bytes: %v", len(one.Bytes), err)
	}
}
