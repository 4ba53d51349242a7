package repair_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// TestRepairSaysWhatIsWrongWithAStreamAndTheWayOut, and takes it: the command that it names is run.
func TestRepairSaysWhatIsWrongWithAStreamAndTheWayOut(t *testing.T) {
	const stream = kurrentdb.DefaultStream
	for name, c := range map[string]struct {
		spoil   func(*double.Server)
		says    string
		is      error
		another bool // the way out is a new stream
	}{
		"an old backup": {func(s *double.Server) {
			events := s.Events(stream)
			end := len(events) - 1
			for end--; events[end].Type != "anjian-block"; end-- {
			}
			s.Lose(stream, uint64(end+1))
		}, "it ends with block 4, the journal with block 5", repair.ErrShort, false},
		"another event": {func(s *double.Server) {
			s.Put(stream, double.Event{ID: [16]byte{1}, Type: "mine", ContentType: "application/json", Data: []byte("{}")})
		}, "nothing takes an event of somebody else out of a stream", repair.ErrNotOurs, true},
		"truncated": {func(s *double.Server) { s.Truncate(stream, 2) }, "without $tb, $maxCount and $maxAge", repair.ErrNotOurs, true},
		"deleted":   {func(s *double.Server) { s.Truncate(stream, 1<<30) }, "If it was deleted, a new stream", kurrentdb.ErrMissing, true},
		"tombstone": {func(s *double.Server) { s.Tombstone(stream) }, "a tombstone is for good", repair.ErrNotOurs, true},
		"a hole":    {func(s *double.Server) { s.Scavenge(stream, 3) }, "block 2", repair.ErrNotOurs, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := double.New(double.Options{})
			if err := s.Start("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Stop)
			cfg := onKurrentDB(t)
			cfg.Engine = engines.KurrentDB(kurrentdb.Config{URL: s.URL()})
			n := opened(t, cfg)
			for _, id := range []string{"s-1", "s-2", "s-3"} {
				if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, id)); err != nil {
					t.Fatal(err)
				}
			}
			if err := n.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.spoil(s)
			before := len(s.Events(stream))
			report, err := repair.Run(t.Context(), repair.Config{Dir: cfg.Dir, Engine: cfg.Engine})
			if err == nil || !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) ||
				!strings.Contains(err.Error(), "anjian copy --from journal:"+string(cfg.Dir)) {
				t.Fatalf("it says %v", err)
			}
			if len(s.Events(stream)) != before || report.Blocks != 5 || report.Entries != 6 || report.WayOut == "" {
				t.Errorf("%+v; the stream has %d events, had %d", report, len(s.Events(stream)), before)
			}

			settings := engines.NewSettings()
			name := stream
			if c.another {
				name = "another"
			}
			for _, set := range settings.List() {
				if v, ok := set.Value.(*string); ok && set.Name == "kurrentdb-stream" {
					*v = name
				}
			}
			from, err := settings.Place("journal:" + string(cfg.Dir))
			to, err2 := settings.Place(s.URL())
			verifier, err3 := cfg.Dir.Verifier()
			if err := errors.Join(err, err2, err3); err != nil {
				t.Fatal(err)
			}
			way := repair.Copy{From: from, To: to, Verifier: verifier, Progress: func(string, uint64, uint64) {}}
			if r, err := way.Run(context.Background()); err != nil || r.Blocks != 5 {
				t.Fatalf("the way out: %+v, %v", r, err)
			}
			cfg.Engine = engines.KurrentDB(kurrentdb.Config{URL: s.URL(), Stream: name})
			if n := opened(t, cfg); !n.Ledger.Health().Ready {
				t.Errorf("after it: %+v", n.Ledger.Health())
			}
		})
	}
}
