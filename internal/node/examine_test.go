package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// grown is a ledger of a few blocks, closed.
func grown(t *testing.T, cfg node.Config) {
	t.Helper()
	n, err := node.Open(t.Context(), cfg)
	must(t, err)
	for _, id := range []string{"s-1", "s-2", "s-3"} {
		_, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, id))
		must(t, err)
	}
	must(t, n.Close(t.Context()))
}

// TestWhatAStartFindsInAnEngineIsForetold whatever has become of the stream.
func TestWhatAStartFindsInAnEngineIsForetold(t *testing.T) {
	const stream = kurrentdb.DefaultStream
	for name, c := range map[string]struct {
		spoil func(s *double.Server)
		stops string // what the reason says; empty: it goes on
	}{
		"whole": {func(*double.Server) {}, ""},
		"an old backup": {func(s *double.Server) {
			s.Lose(stream, endOfBlock(s.Events(stream), 2))
		}, "short"},
		"another event": {func(s *double.Server) {
			s.Put(stream, double.Event{ID: [16]byte{1}, Type: "mine", ContentType: "application/json", Data: []byte("{}")})
		}, "not the ledger's"},
		"truncated": {func(s *double.Server) { s.Truncate(stream, 1) }, "missing"},
		"deleted":   {func(s *double.Server) { s.Truncate(stream, 1<<30) }, "missing"},
		"tombstone": {func(s *double.Server) { s.Tombstone(stream) }, "deleted"},
		"scavenged": {func(s *double.Server) { s.Scavenge(stream, uint64(len(s.Events(stream))-1)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := double.New(double.Options{})
			must(t, s.Start("tcp", "127.0.0.1:0"))
			t.Cleanup(s.Stop)
			cfg := onKurrentDB(t, s.URL())
			grown(t, cfg)
			c.spoil(s)
			n, err := starts(t, cfg)
			must(t, err)
			if h := n.Ledger.Health(); c.stops != "" && !strings.Contains(h.Reasons["store"], c.stops) || c.stops == "" && name == "whole" &&
				!h.Ready {
				t.Errorf("%+v, want %q", h, c.stops)
			}
		})
	}
}

// endOfBlock is the revision behind the closing event of a block.
func endOfBlock(events []double.Event, number int) uint64 {
	for i, e := range events {
		if e.Type == "anjian-block" {
			if number--; number == 0 {
				return uint64(i + 1)
			}
		}
	}
	return 0
}

// TestASecondLedgerInOneAccountIsForetold: whatever of the first's names it would take.
func TestASecondLedgerInOneAccountIsForetold(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	first := onNATS(t, c)
	first.Feed = &feed.Config{}
	n := opened(t, first)
	natstest.Eventually(t, 10e9, "the feed is there", func() bool {
		down, warnings := n.Ready()
		return len(down)+len(warnings) == 0
	})

	second := func(name string) string { return name + "/00000002" }
	same := onNATS(t, c)
	same.NewOrigin = second
	if _, err := starts(t, same); !errors.Is(err, engines.ErrLedgerElsewhere) {
		t.Errorf("the same name: %v", err)
	}
	other := onNATS(t, c)
	other.Origin, other.NewOrigin = "anjian.test/second", second
	if _, err := starts(t, other); err == nil || !strings.Contains(err.Error(), "belongs to ledger") {
		t.Errorf("another name: %v", err)
	}
	if other.Dir.Exists() {
		t.Error("half a ledger is left")
	}
}

// TestASecondLedgerInOneAccountRunsUnderNamesOfItsOwn: stream, subjects, bucket and feed.
func TestASecondLedgerInOneAccountRunsUnderNamesOfItsOwn(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	first := onNATS(t, c)
	first.Feed = &feed.Config{}
	a := opened(t, first)
	settings := engines.NewSettings()
	for _, set := range settings.List() {
		switch set.Name {
		case "nats":
			*set.Value.(*[]string) = c.URLs()
		case "nats-replicas":
			*set.Value.(*int) = 1
		case "nats-prefix":
			*set.Value.(*string) = "city.second"
		case "nats-bucket":
			*set.Value.(*string) = "SECOND_EVIDENCE"
		}
	}
	engine, err := settings.Engine(nil)
	must(t, err)
	cfg := node.Config{
		Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/second", ScrubEvery: -1, Engine: engine,
		Feed: &feed.Config{Stream: "SECOND_FEED", Units: "SECOND_UNITS"},
	}
	b, err := starts(t, cfg)
	must(t, err)
	_, err = b.Ledger.Append(t.Context(), nodetest.Register(t, b, "s-1"))
	must(t, err)
	for _, n := range []*node.Node{a, b} {
		natstest.Eventually(t, 10e9, "both feeds run", func() bool {
			var text strings.Builder
			n.WriteMetrics(&text)
			down, warnings := n.Ready()
			return len(down)+len(warnings) == 0 && strings.Contains(text.String(), "anjian_feed_lag_entries 0")
		})
	}
	stream := natstest.Stream(t, c.JetStream(), "SECOND_FEED")
	if msg, err := stream.GetMsg(t.Context(), 4); err != nil || !strings.HasPrefix(msg.Subject, "city.second.feed.all.610902.subject.") {
		t.Errorf("%+v, %v", msg, err)
	}
}

// TestAKeyAloneBeginsNoSecondHistoryInAnEngine: its journal lost, and the stream empty.
func TestAKeyAloneBeginsNoSecondHistoryInAnEngine(t *testing.T) {
	first := onKurrentDB(t, startDouble(t))
	grown(t, first)
	if first.Dir.Beginning() {
		t.Error("a ledger that has begun is still beginning")
	}
	cfg := onKurrentDB(t, startDouble(t))
	shareKey(t, first.Dir, cfg.Dir)
	cfg.Origin = ""
	var refused *datadir.RefusedError
	if _, err := starts(t, cfg); !errors.As(err, &refused) || !strings.Contains(err.Error(), "neither journal nor store") {
		t.Errorf("it begins: %v", err)
	}
	cfg.New = true
	n, err := starts(t, cfg)
	must(t, err)
	if h := n.Ledger.Health(); !h.Ready {
		t.Errorf("told to: %+v", h)
	}

	// A first start that was interrupted before its first block goes on.
	cut := onKurrentDB(t, startDouble(t))
	cut.WrapStore = func(s store.Store) store.Store { return nothing{s} }
	n, err = node.Open(t.Context(), cut)
	must(t, err)
	must(t, n.Close(t.Context()))
	cut.WrapStore = nil
	if _, err := starts(t, cut); err != nil || cut.Dir.Beginning() {
		t.Errorf("an interrupted first start: %v, beginning %v", err, cut.Dir.Beginning())
	}
}
