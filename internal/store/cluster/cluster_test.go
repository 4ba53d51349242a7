package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// soak is how many rounds of faults a cluster goes through; go test -soak 10 for a long run.
var soak = flag.Int("soak", 0, "rounds of faults against a cluster, each about a minute; 0 is one short round")

// ledgers counts the names given out.
var ledgers int

func testLog(testing.TB) *slog.Logger {
	if os.Getenv("ANJIAN_TEST_LOG") == "" {
		return nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func shut(t testing.TB, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// ledgerName is another one for each test, so that each has a stream of its own.
func ledgerName(t testing.TB) string {
	ledgers++
	return fmt.Sprintf("anjian.example/%s-%d", t.Name()[:min(len(t.Name()), 20)], ledgers)
}

// TestCluster holds what shares one cluster, so that it stops when the last part is done.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := natstest.Start(t, 3, nil)
	t.Run("while all servers are there", func(t *testing.T) {
		beside(t, "keeps the contract", func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store { return openCluster(t, config(t, c)) })
		})
		beside(t, "keeps blocks over a reopen", func(t *testing.T) {
			var cfg cluster.Config
			storetest.RunReopen(t,
				func(t *testing.T) store.Store { cfg = config(t, c); return openCluster(t, cfg) },
				func(t *testing.T, s store.Store) store.Store {
					shut(t, s)
					cfg.Create = false
					return openCluster(t, cfg)
				})
		})
		beside(t, "tells about new heads", func(t *testing.T) {
			storetest.RunWatch(t, func(t *testing.T) (store.Store, store.Store) {
				cfg := config(t, c)
				return openCluster(t, cfg), openCluster(t, cfg)
			})
		})
		beside(t, "asks for the time", func(t *testing.T) {
			storetest.RunClocks(t, func(t *testing.T) (store.Store, store.Store) {
				cfg := config(t, c)
				return openCluster(t, cfg), openCluster(t, cfg)
			})
		})
		beside(t, "a stream is never made unless the ledger is new", func(t *testing.T) { testNeverMade(t, c) })
		beside(t, "a stream with other settings is refused and told why", func(t *testing.T) { testSettings(t, c) })
		beside(t, "a hole is damage", func(t *testing.T) { testHole(t, c) })
		beside(t, "an append without an answer is unknown, and the same append again settles it", func(t *testing.T) { testUnknown(t, c) })
		beside(t, "two writers, one order", func(t *testing.T) { testTwoWriters(t, c) })
		beside(t, "one replica is allowed, with a warning", func(t *testing.T) {
			cfg := config(t, c)
			cfg.Replicas = 1
			s := openCluster(t, cfg)
			defer shut(t, s)
			if got := strings.Join(s.Warnings(), "\n"); !strings.Contains(got, "one replica") {
				t.Errorf("warnings are %q", got)
			}
			blocks := storetest.Chain(3, "one replica")
			storetest.MustAppend(t, s, blocks...)
			storetest.WantBlocks(t, s, blocks)
		})
	})
	t.Run("a replica with a flipped bit that becomes leader is found out", func(t *testing.T) {
		if *soak == 0 {
			t.Skip("takes an election: go test -soak 1")
		}
		testFlippedReplica(t, c)
	})
	t.Run("faults cost latency, never an acknowledged block", func(t *testing.T) {
		if *soak == 0 {
			t.Skip("takes servers down for a minute a round: go test -soak 1")
		}
		testFaults(t, c)
	})
}

// beside runs a subtest beside its siblings: most of them wait for servers, each for a stream of its own.
func beside(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		test(t)
	})
}

func config(t testing.TB, c *natstest.Cluster) cluster.Config {
	return cluster.Config{URLs: c.URLs(), Ledger: ledgerName(t), Create: true, Logger: testLog(t)}
}

func openCluster(t testing.TB, cfg cluster.Config) *cluster.Store {
	t.Helper()
	s, err := cluster.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testNeverMade(t *testing.T, c *natstest.Cluster) {
	cfg := config(t, c)
	cfg.Create = false
	if _, err := cluster.Open(t.Context(), cfg); !errors.Is(err, jetstream.ErrMissing) {
		t.Fatalf("open gives %v, want ErrMissing", err)
	}
	if _, err := c.JetStream().Stream(t.Context(), cluster.StreamName(cfg.Ledger)); !errors.Is(err, natsjs.ErrStreamNotFound) {
		t.Errorf("the stream was made: %v", err)
	}
}

func testSettings(t *testing.T, c *natstest.Cluster) {
	js := c.JetStream()
	for want, change := range map[string]func(*natsjs.StreamConfig){
		"max_msgs is 5":             func(s *natsjs.StreamConfig) { s.MaxMsgs = 5 },
		"discard is DiscardOld":     func(s *natsjs.StreamConfig) { s.Discard = natsjs.DiscardOld },
		"allow_direct is true":      func(s *natsjs.StreamConfig) { s.AllowDirect = true },
		"max_age is 1h0m0s":         func(s *natsjs.StreamConfig) { s.MaxAge = time.Hour },
		"compression is S2":         func(s *natsjs.StreamConfig) { s.Compression = natsjs.S2Compression },
		"allow_msg_ttl is true":     func(s *natsjs.StreamConfig) { s.AllowMsgTTL = true },
		"replicas is 1":             func(s *natsjs.StreamConfig) { s.Replicas = 1 },
		"republish is true":         func(s *natsjs.StreamConfig) { s.RePublish = &natsjs.RePublish{Destination: "copy.>"} },
		"metadata anjian-origin":    func(s *natsjs.StreamConfig) { s.Metadata["anjian-origin"] = "another" },
		"subjects is [one.a one.b]": func(s *natsjs.StreamConfig) { s.Subjects = []string{"one.a", "one.b"} },
	} {
		cfg := config(t, c)
		s := openCluster(t, cfg)
		shut(t, s)
		ok := natstest.Stream(t, js, s.Stream())
		other := ok.CachedInfo().Config
		change(&other)
		if err := js.DeleteStream(t.Context(), s.Stream()); err != nil {
			t.Fatal(err)
		}
		if _, err := js.CreateStream(t.Context(), other); err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		var wrong *cluster.SettingsError
		if _, err := cluster.Open(t.Context(), cfg); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("open gives %v, want that %s", err, want)
		}
		if err := js.DeleteStream(t.Context(), s.Stream()); err != nil {
			t.Fatal(err)
		}
	}
}

// A replica that lost a message and leads looks like a stream from which one was deleted.
func testHole(t *testing.T, c *natstest.Cluster) {
	cfg := config(t, c)
	s := openCluster(t, cfg)
	defer shut(t, s)
	js := c.JetStream()
	made := natstest.Stream(t, js, s.Stream())
	settings := made.CachedInfo().Config
	settings.DenyDelete = false
	if err := js.DeleteStream(t.Context(), s.Stream()); err != nil {
		t.Fatal(err)
	}
	weak, err := js.CreateStream(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	storetest.MustAppend(t, s, storetest.Chain(9, "hole")...)
	if err := weak.DeleteMsg(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	settings.DenyDelete = true
	if _, err := js.UpdateStream(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	var damage *store.DamageError
	seen := 0
	err = s.Read(t.Context(), 1, 9, func(uint64, []byte) error { seen++; return nil })
	if !errors.As(err, &damage) || damage.Block != 4 || seen != 3 {
		t.Errorf("a read over the hole delivers %d blocks and %v", seen, err)
	}
	if _, err := cluster.Open(t.Context(), cfg); !errors.As(err, &damage) {
		t.Errorf("open gives %v", err)
	}
}

// The bytes are underway when the caller gives up, and arrive later.
func testUnknown(t *testing.T, c *natstest.Cluster) {
	s := openCluster(t, config(t, c))
	defer shut(t, s)
	blocks := storetest.Chain(3, "unknown")
	storetest.MustAppend(t, s, blocks[0])
	all := func(do func(int)) {
		for i := range 3 {
			do(i)
		}
	}
	all(c.Freeze)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := s.Append(ctx, blocks[1])
	if err == nil || errors.Is(err, store.ErrNotStored) || errors.Is(err, store.ErrConflict) {
		t.Errorf("append without an answer gives %v", err)
	}
	cancelled, cancelNow := context.WithCancel(t.Context())
	cancelNow()
	if err := s.Append(cancelled, blocks[1]); err == nil || errors.Is(err, store.ErrNotStored) {
		t.Errorf("the same append, cancelled, gives %v: the first one may still arrive", err)
	}
	all(c.Heal)
	storetest.MustAppend(t, s, blocks[1], blocks[2])
	storetest.WantBlocks(t, s, blocks)
}

// All replicas show as current while one has lost a message: only reading finds it.
func testFlippedReplica(t *testing.T, c *natstest.Cluster) {
	cfg := config(t, c)
	s := openCluster(t, cfg)
	defer shut(t, s)
	blocks := storetest.Chain(9, "flipped")
	storetest.MustAppend(t, s, blocks...)
	bad := (c.WaitLeader(s.Stream()) + 1) % 3
	c.Kill(bad)
	file := filepath.Join(c.Dir(bad), "jetstream", "$G", "streams", s.Stream(), "msgs", "1.blk")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(content, blocks[3].Bytes)
	if at < 0 {
		t.Fatal("block 4 is not in the replica's file")
	}
	content[at+10] ^= 1
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Restart(bad)
	c.WaitReady()
	nc := c.Connect()
	natstest.Eventually(t, 30*time.Second, "the damaged replica leads", func() bool {
		request := fmt.Appendf(nil, `{"placement":{"preferred":"n%d"}}`, bad)
		_, _ = nc.Request("$JS.API.STREAM.LEADER.STEPDOWN."+s.Stream(), request, time.Second)
		time.Sleep(200 * time.Millisecond)
		return c.Leader(s.Stream()) == bad
	})
	var damage *store.DamageError
	seen := 0
	err = s.Read(t.Context(), 1, 9, func(n uint64, raw []byte) error {
		if seen++; !bytes.Equal(raw, blocks[n-1].Bytes) {
			t.Errorf("block %d comes back changed", n)
		}
		return nil
	})
	if !errors.As(err, &damage) || damage.Block != 4 || seen != 3 {
		t.Errorf("a read from the damaged leader delivers %d blocks and %v", seen, err)
	}
}

// Two nodes append as fast as they can; who meets a conflict goes on behind the other.
func testTwoWriters(t *testing.T, c *natstest.Cluster) {
	cfg := config(t, c)
	a, b := openCluster(t, cfg), openCluster(t, cfg)
	defer shut(t, a)
	defer shut(t, b)
	const each = 40
	var wg sync.WaitGroup
	stored := make([]map[uint64]*block.Block, 2)
	for i, s := range []store.Store{a, b} {
		stored[i] = map[uint64]*block.Block{}
		wg.Go(func() { appendBeside(t, s, fmt.Sprintf("writer %d", i), each, stored[i]) })
	}
	wg.Wait()
	all := make([]*block.Block, 2*each)
	for _, mine := range stored {
		for n, blk := range mine {
			if n > 2*each || all[n-1] != nil {
				t.Fatalf("block %d was acknowledged twice, or is beyond the end", n)
			}
			all[n-1] = blk
		}
	}
	storetest.WantBlocks(t, a, all)
	storetest.WantBlocks(t, b, all)
}

// appendBeside appends n blocks of its own, reading what others wrote after each conflict.
func appendBeside(t *testing.T, s store.Store, text string, n int, stored map[uint64]*block.Block) {
	var last *block.Block
	for len(stored) < n {
		next := storetest.Next(last, fmt.Sprintf("%s, %d", text, len(stored)))
		switch err := s.Append(t.Context(), next); {
		case err == nil:
			stored[next.Number], last = next, next
		case errors.Is(err, store.ErrConflict):
			readErr := s.Read(t.Context(), next.Number, next.Number, func(_ uint64, raw []byte) (err error) {
				last, err = block.Parse(raw)
				return err
			})
			if readErr != nil {
				t.Errorf("read after a conflict: %v", readErr)
				return
			}
		default:
			t.Errorf("append: %v", err)
			return
		}
	}
}
