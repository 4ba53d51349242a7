package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// onNATS is the configuration of a node on a trial server.
func onNATS(t *testing.T, c *natstest.Cluster) node.Config {
	return node.Config{
		Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/external", ScrubEvery: -1,
		Engine: engines.NATS(cluster.Config{URLs: c.URLs(), Replicas: 1}),
	}
}

// onKurrentDB is the configuration of a node on the protocol double.
func onKurrentDB(t *testing.T, url string) node.Config {
	return node.Config{
		Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/external", ScrubEvery: -1,
		Engine: engines.KurrentDB(kurrentdb.Config{URL: url}),
	}
}

func opened(t *testing.T, cfg node.Config) *node.Node {
	t.Helper()
	n, err := node.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close(context.Background()) })
	return n
}

// shareKey copies the checkpoint key as the administrator does.
func shareKey(t *testing.T, from, to datadir.Dir) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(from.Keys(), "checkpoint.key"))
	if err == nil {
		err = errors.Join(os.MkdirAll(to.Keys(), 0o700), os.WriteFile(filepath.Join(to.Keys(), "checkpoint.key"), b, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNodesOnOneEngineAreOneLedger(t *testing.T) {
	for name, config := range map[string]func(t *testing.T) func() node.Config{
		"NATS": func(t *testing.T) func() node.Config {
			c := natstest.Start(t, 1, nil)
			return func() node.Config { return onNATS(t, c) }
		},
		"KurrentDB": func(t *testing.T) func() node.Config {
			url := startDouble(t)
			return func() node.Config { return onKurrentDB(t, url) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			next := config(t)
			first := next()
			a := opened(t, first)
			if _, err := a.Ledger.Append(t.Context(), nodetest.Register(t, a, "s-1")); err != nil {
				t.Fatal(err)
			}
			second := next()
			_, err := node.Open(t.Context(), second)
			if !errors.Is(err, engines.ErrLedgerElsewhere) || second.Dir.Exists() {
				t.Fatalf("without the key: %v; a key was made: %v", err, second.Dir.Exists())
			}
			shareKey(t, first.Dir, second.Dir)
			b := opened(t, second)
			res, err := b.Ledger.Append(t.Context(), nodetest.Register(t, b, "s-2"))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(a.Ledger.Refresh(t.Context()), a.Projector.WaitFor(t.Context(), res.Size)); err != nil {
				t.Fatal(err)
			}
			if a.Ledger.Head().Root != b.Ledger.Head().Root || res.Size != 2+nodetest.Begun {
				t.Errorf("%+v and %+v", a.Ledger.Head(), b.Ledger.Head())
			}
		})
	}
}

func startDouble(t *testing.T) string {
	t.Helper()
	s := double.New(double.Options{})
	if err := s.Start("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s.URL()
}

func TestEvidenceOfOneNodeIsReadOnAnother(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	first, second := onNATS(t, c), onNATS(t, c)
	a := opened(t, first)
	shareKey(t, first.Dir, second.Dir)
	b := opened(t, second)
	photo := []byte("a photo of a missing guard rail")
	sum := fmt.Sprintf("%x", sha256.Sum256(photo))
	if _, _, err := a.Evidence.Put(t.Context(), sum, 0, bytes.NewReader(photo)); err != nil {
		t.Fatal(err)
	}
	r, _, err := b.Evidence.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, photo) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTheFeedRunsWithTheNodeAndItsLagIsMeasured(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	cfg := onNATS(t, c)
	cfg.Feed = &feed.Config{}
	n := opened(t, cfg)
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-1")); err != nil {
		t.Fatal(err)
	}
	var text string
	natstest.Eventually(t, 10*time.Second, "the entry is published", func() bool {
		var b bytes.Buffer
		n.WriteMetrics(&b)
		text = b.String()
		return strings.Contains(text, "anjian_feed_published_entries 4\n")
	})
	if !strings.Contains(text, "anjian_feed_lag_entries 0\n") || !strings.Contains(text, "anjian_feed_up 1\n") {
		t.Error(text)
	}
	alone := node.Config{Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/alone", Feed: &feed.Config{}}
	if _, err := node.Open(t.Context(), alone); err == nil || !strings.Contains(err.Error(), "NATS") {
		t.Errorf("a feed without NATS: %v", err)
	}
}
