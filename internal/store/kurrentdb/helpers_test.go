package kurrentdb_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
)

const stream = kurrentdb.DefaultStream

// serve starts a double on network until the test ends.
func serve(t testing.TB, network string, options double.Options) *double.Server {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		dir, err := os.MkdirTemp("", "kdb") // a socket's path has at most 107 bytes
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		address = filepath.Join(dir, "s")
	}
	d := double.New(options)
	if err := d.Start(network, address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	return d
}

// open opens a store and leaves closing it to the caller.
func open(t testing.TB, cfg kurrentdb.Config) *kurrentdb.Store {
	t.Helper()
	cfg.Logger = testLog()
	s, err := kurrentdb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// onDouble opens a store on a double of its own. Requests time out soon.
func onDouble(t testing.TB) (*kurrentdb.Store, *double.Server) {
	t.Helper()
	d := serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: d.URL(), Timeout: 500 * time.Millisecond})
	t.Cleanup(func() { shut(t, s) })
	return s, d
}

// testLog shows the client's log when ANJIAN_TEST_LOG is set.
func testLog() *slog.Logger {
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
