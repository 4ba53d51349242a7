package disclosure_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/internal/disclosure"
)

// entry is the nth entry of the ledger, and the revision-th of inspection id.
func entry(n, revision uint64, id string, d event.Data) *event.Event {
	return &event.Event{Index: n, Revision: revision, Stream: event.Stream{Kind: event.Inspection, ID: id}, Data: d, Assurance: event.Token}
}

func TestR39AVisitIsHiddenUntilTheInspectorsArrive(t *testing.T) {
	var f disclosure.Fold
	steps := []struct {
		entry     *event.Event
		disclosed bool
	}{
		{entry(0, 0, "i", &inspection.Reserved{}), false},
		{entry(1, 1, "i", &inspection.Briefed{}), false},
		{entry(2, 2, "i", &inspection.Started{}), false},
		{entry(3, 3, "i", &inspection.Arrived{}), true},
		{entry(4, 4, "i", &inspection.FindingRecorded{}), true},
		{entry(5, 0, "locked", &inspection.Reserved{}), false},
		{entry(6, 1, "locked", &inspection.Attempted{}), true},
	}
	for _, s := range steps {
		if f.Disclosed(s.entry.Stream.ID, s.entry.Index) {
			t.Errorf("entry %d is disclosed before it is folded", s.entry.Index)
		}
		f.Apply([]*event.Event{s.entry})
		if got := f.Disclosed(s.entry.Stream.ID, s.entry.Index); got != s.disclosed {
			t.Errorf("after entry %d: disclosed %t, want %t", s.entry.Index, got, s.disclosed)
		}
	}
}

func TestWhatOthersRecordedIsNotHidden(t *testing.T) {
	var f disclosure.Fold
	e := entry(0, 0, "i", &inspection.Started{})
	e.Assurance = event.Imported
	f.Apply([]*event.Event{e})
	if !f.Disclosed("i", 0) {
		t.Error("an imported visit is hidden")
	}
}

func TestANilFoldDisclosesNothing(t *testing.T) {
	if (*disclosure.Fold)(nil).Disclosed("i", 0) {
		t.Error("disclosed")
	}
}
