package embedded

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/test/needs"
)

func TestAReadOnlyFileSystemHasNoSpace(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_RDONLY, "size=64m"); err != nil {
		needs.Missing(t, needs.Mounts, err.Error())
	}
	defer func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	if err := checkSpace(dir, 1); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("space on a read-only file system: %v", err)
	}
}

// The engine's own signs of a failed write vary with its version; what follows must not.
func TestAStuckEngineIsReplacedAndTheAppendGoesThrough(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	old := s.engine
	nc, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s.onStuck()
	head, err := s.Head(t.Context())
	if err != nil || head != 0 {
		t.Errorf("a stuck engine still reads: %d, %v", head, err)
	}
	if err := s.restart(t.Context()); err != nil || s.engine == old || s.stuck.Load() {
		t.Fatalf("restart: %v", err)
	}
	s.onStuck()
	if err := s.restart(t.Context()); err == nil || !strings.Contains(err.Error(), "next restart") {
		t.Errorf("a second restart at once gives %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close gives %v", err)
	}
}

func TestNoPortIsOpen(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if addr := s.engine.srv.Addr(); addr != nil {
		t.Errorf("the server listens on %v", addr)
	}
}
