package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
)

func TestADirectoryWithAPinnedKeyMakesNoKeyOfItsOwn(t *testing.T) {
	from, to := datadir.Dir(t.TempDir()), datadir.Dir(t.TempDir())
	n, err := node.Open(t.Context(), node.Config{Dir: from, Origin: "anjian.test/pinned", ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	vkey, err := from.VerifierKey()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := to.Pin(vkey); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := node.Open(t.Context(), node.Config{Dir: to, Origin: "anjian.test/pinned"}); err == nil ||
		!strings.Contains(err.Error(), "put its key there") {
		t.Errorf("a ledger was opened without its key: %v", err)
	}
	if to.HasKey() {
		t.Error("a new key was made for a ledger that has one")
	}
	if err := to.Pin("another+key"); err == nil {
		t.Error("a pinned key was replaced")
	}
	for range 2 {
		if err := datadir.CopyKeys(from, to); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(to.Keys(), "checkpoint.key")
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copied secret: %v, %v", info, err)
	}
	if err := os.WriteFile(secret, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := datadir.CopyKeys(from, to); err == nil {
		t.Error("a secret was replaced")
	}
}
