package main

import (
	"io"
	"testing"
	"time"
)

func TestEveryMeasurementMeasuresSomething(t *testing.T) {
	r, err := Run(t.Context(), Options{Dir: t.TempDir(), Writers: []int{1, 8}, Time: 300 * time.Millisecond, HTTP: true, Connections: 4,
		Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Appends {
		for _, l := range []Load{a.Raw, a.Merkle, a.Anjian} {
			if l.Ops == 0 || l.Errors != 0 {
				t.Errorf("%s with %d writers: %d operations, %d errors", l.Name, l.Writers, l.Ops, l.Errors)
			}
		}
	}
	if r.Replay.Entries == 0 || r.Verify.Entries != r.Replay.Entries || r.Memory.Heap == 0 || r.Proofs.Ops == 0 {
		t.Errorf("whole ledger: replay %+v, verify %+v, memory %+v, proofs %+v", r.Replay, r.Verify, r.Memory, r.Proofs)
	}
	for _, l := range []*Load{r.HTTPBare, r.HTTPTok, r.HTTPOne, r.HTTPMany} {
		if l == nil || l.Ops == 0 || l.Errors != 0 {
			t.Errorf("HTTP: %+v", l)
		}
	}
	if err := r.Print(io.Discard); err != nil {
		t.Error(err)
	}
}
