package kurrentdb_test

import (
	"os"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/needs"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestKeepsTheContract(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				return open(t, kurrentdb.Config{URL: serve(t, network, double.Options{}).URL()})
			})
		})
	}
}

func TestKeepsBlocksOverReopen(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			var d *double.Server
			storetest.RunReopen(t,
				func(t *testing.T) store.Store {
					d = serve(t, network, double.Options{})
					return open(t, kurrentdb.Config{URL: d.URL()})
				},
				func(t *testing.T, s store.Store) store.Store {
					shut(t, s)
					d.Stop()
					if err := d.Restart(); err != nil {
						t.Fatal(err)
					}
					return open(t, kurrentdb.Config{URL: d.URL()})
				})
		})
	}
}

func TestNodesAskForTheTime(t *testing.T) {
	t.Parallel()
	storetest.RunClocks(t, func(t *testing.T) (store.Store, store.Store) {
		d := serve(t, "tcp", double.Options{})
		return open(t, kurrentdb.Config{URL: d.URL()}), open(t, kurrentdb.Config{URL: d.URL()})
	})
}

// TestServer is the contract on a real KurrentDB. Every test has a stream of its own, which
// stays there: this program never deletes.
func TestServer(t *testing.T) {
	url := os.Getenv("ANJIAN_KURRENTDB_URL")
	if url == "" {
		needs.Missing(t, needs.KurrentDB, "set ANJIAN_KURRENTDB_URL")
	}
	config := func() kurrentdb.Config {
		return kurrentdb.Config{URL: url, Insecure: true, Stream: "anjiantest-" + uuid.NewString()}
	}
	t.Run("contract", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store { return open(t, config()) })
	})
	t.Run("reopen", func(t *testing.T) {
		var cfg kurrentdb.Config
		storetest.RunReopen(t,
			func(t *testing.T) store.Store { cfg = config(); return open(t, cfg) },
			func(t *testing.T, s store.Store) store.Store {
				shut(t, s)
				return open(t, cfg)
			})
	})
	t.Run("asks for the time", func(t *testing.T) {
		storetest.RunClocks(t, func(t *testing.T) (store.Store, store.Store) {
			cfg := config()
			return open(t, cfg), open(t, cfg)
		})
	})
	t.Run("another adapter's append fences this one", func(t *testing.T) {
		cfg := config()
		a, b := open(t, cfg), open(t, cfg)
		defer shut(t, a)
		defer shut(t, b)
		fencesEachOther(t, a, b)
	})
	t.Run("random access in a long stream", func(t *testing.T) {
		cfg := config()
		s := open(t, cfg)
		defer shut(t, s)
		again := func() store.Store { return open(t, cfg) }
		findsBlocks(t, s, again, 1500)
	})
}
