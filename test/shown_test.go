package test

import (
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestTheViewOfAVisitShowsEveryType: the golden events of a visit's types, one after another, each change what the view
// shows, besides the timeline and what is counted and owed.
func TestTheViewOfAVisitShowsEveryType(t *testing.T) {
	var events []*event.Event
	for i, typ := range inspection.Types() {
		g, err := eventtest.ReadGolden(goldenPath(typ))
		must(t, err)
		e, err := entry.ParseEvent(g.Event, domain.Catalogue())
		must(t, err)
		e.Index = uint64(i)
		events = append(events, e)
	}
	shown := func(n int) map[string]any {
		fold := projections.NewInspectionFold("i")
		for _, e := range events[:n] {
			fold.Apply(e)
		}
		b, err := json.Marshal(fold.View())
		must(t, err)
		var view map[string]any
		must(t, json.Unmarshal(b, &view))
		for _, member := range []string{"timeline", "counts", "owed", "status", "fines", "fines_unknown"} {
			delete(view, member)
		}
		return view
	}
	before := shown(0)
	for i, e := range events {
		after := shown(i + 1)
		if reflect.DeepEqual(before, after) {
			t.Errorf("%s is shown nowhere in the view of a visit", e.Type.Name)
		}
		before = after
	}
}
