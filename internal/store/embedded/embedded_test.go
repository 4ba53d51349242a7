package embedded_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// open opens the store in dir and leaves closing it to the caller.
func open(t testing.TB, dir string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(context.Background(), embedded.Config{Dir: dir, Logger: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testLog shows the engine's log when ANJIAN_TEST_LOG is set.
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

func TestKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()) })
}

func TestKeepsBlocksOverReopen(t *testing.T) {
	for _, clean := range []bool{true, false} {
		name := map[bool]string{true: "after a clean stop", false: "after an unclean stop"}[clean]
		t.Run(name, func(t *testing.T) {
			var dir string
			storetest.RunReopen(t,
				func(t *testing.T) store.Store { dir = t.TempDir(); return open(t, dir) },
				func(t *testing.T, s store.Store) store.Store {
					shut(t, s)
					if !clean {
						makeUnclean(t, dir)
					}
					return open(t, dir)
				})
		})
	}
}

// makeUnclean leaves the files of a cleanly stopped store as a kill -9 would have: without
// the seal and without the engine's index, which it writes when it stops.
func makeUnclean(t testing.TB, dir string) {
	t.Helper()
	err := errors.Join(os.Remove(filepath.Join(dir, "clean")),
		os.Remove(filepath.Join(dir, "jetstream", "$G", "streams", "ANJIAN_BLOCKS", "msgs", "index.db")))
	if err != nil {
		t.Fatal(err)
	}
}
