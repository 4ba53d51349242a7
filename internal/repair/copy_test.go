package repair_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// TestACopyThatWasCutInTheStoresLastRecordGoesOn: the store takes blocks that the journal has, so what
// a power cut leaves of the last one may be dropped when the copy is run again.
func TestACopyThatWasCutInTheStoresLastRecordGoesOn(t *testing.T) {
	const blocks = nodetest.Blocks + nodetest.OpeningBlocks
	from, to := nodetest.Written(t), datadir.Dir(t.TempDir())
	vkey, err := from.VerifierKey()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := datadir.ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, progress func(what string, done uint64)) (repair.CopyReport, error) {
		c := repair.Copy{From: at(t, from), To: at(t, to), Verifier: verifier, Logger: slog.New(slog.DiscardHandler),
			Progress: func(what string, done, _ uint64) { progress(what, done) }}
		return c.Run(ctx)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = run(ctx, func(what string, done uint64) {
		if what == "copy" && done == 4 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("not interrupted: %v", err)
	}
	nodetest.LastRecord(t, to, func(record []byte) { clear(record[300:600]) })
	r, err := run(t.Context(), func(string, uint64) {})
	if err != nil || r.Blocks != blocks || r.Present != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

func at(t *testing.T, d datadir.Dir) engines.Place {
	t.Helper()
	p, err := engines.NewSettings().Place("embedded:" + string(d))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
