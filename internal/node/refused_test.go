package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// TestAStoreThatRefusesForGoodStopsAppends with a code of its own and plain words, and for as long as
// it does: not ready again by itself.
func TestAStoreThatRefusesForGoodStopsAppends(t *testing.T) {
	s := double.New(double.Options{})
	must(t, s.Start("tcp", "127.0.0.1:0"))
	t.Cleanup(s.Stop)
	cfg := onKurrentDB(t, s.URL())
	n := opened(t, cfg)
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-1")); err != nil {
		t.Fatal(err)
	}
	s.Deny(true)
	calls := s.Appends()
	for i := range 3 {
		_, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-2"))
		if !errors.Is(err, ledger.ErrRefused) || errors.Is(err, ledger.ErrNoSpace) || !strings.Contains(err.Error(), "access list") {
			t.Errorf("append %d: %v", i, err)
		}
	}
	if h := n.Ledger.Health(); h.Ready || !strings.Contains(h.Reasons["store"], "add it to $w") ||
		strings.Contains(h.Reasons["store"], "ErrorCode") {
		t.Errorf("%+v", h)
	}
	if s.Appends() != calls {
		t.Error("an append was received whole")
	}
}

// TestAServerWhoseCapIsTooSmallIsForetold: by the start and its check, before an append meets it.
func TestAServerWhoseCapIsTooSmallIsForetold(t *testing.T) {
	s := double.New(double.Options{MaxAppend: 64 << 10})
	must(t, s.Start("tcp", "127.0.0.1:0"))
	t.Cleanup(s.Stop)
	cfg := onKurrentDB(t, s.URL())
	if _, err := starts(t, cfg); !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "MaxAppendSize") || cfg.Dir.Exists() {
		t.Errorf("a new ledger: %v", err)
	}
	cfg.Engine = engines.KurrentDB(kurrentdb.Config{URL: s.URL(), MaxAppend: 512 << 10})
	if _, err := starts(t, cfg); !errors.Is(err, store.ErrRefused) {
		t.Errorf("a cap that is stated wrongly: %v", err)
	}
}
