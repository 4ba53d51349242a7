package test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/test/needs"
)

// terminal opens a pseudo-terminal and returns what a person sees of it, and the end that a
// program writes to.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		needs.Missing(t, needs.Terminals, err.Error())
	}
	t.Cleanup(func() { screen.Close() })
	must(t, unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	must(t, err)
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	t.Cleanup(func() { tty.Close() })
	return screen, tty
}

// onTerminal runs a server at a terminal until it has said where it listens, and returns what
// was to be seen.
func onTerminal(t *testing.T, dir string) string {
	t.Helper()
	screen, tty := terminal(t)
	cmd := exec.Command(anjian, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn")
	cmd.Stdout = tty
	must(t, cmd.Start())
	seen := &logBuffer{}
	go func() { _, _ = io.Copy(seen, screen) }() // ends with the terminal
	defer func() {
		must(t, cmd.Process.Signal(unix.SIGTERM))
		must(t, cmd.Wait())
	}()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(seen.String(), "/docs"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server says nothing")
		}
	}
	time.Sleep(200 * time.Millisecond) // the rest of the same write
	return seen.String()
}

// The first tokens are shown to a person, once: when the ledger is made.
func TestANewLedgerShowsItsFirstTokensAtATerminalOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := onTerminal(t, dir)
	persons := []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleOfficer, event.RoleApprover, event.RoleInspectedParty}
	for _, role := range event.Roles { // a token of who acts as a person or a subject cannot be guessed
		says := `anj1\.`
		if slices.Contains(persons, role) {
			says = "needs a "
		}
		if !regexp.MustCompile(`(?m)^  ` + string(role) + " +" + says).MatchString(first) {
			t.Errorf("of %s the first start does not say %s:\n%s", role, says, first)
		}
	}
	if n := strings.Count(first, "anj1."); n != len(event.Roles)-len(persons) {
		t.Errorf("%d tokens at the first start:\n%s", n, first)
	}
	if again := onTerminal(t, dir); strings.Contains(again, "anj1.") {
		t.Errorf("the second start:\n%s", again)
	}
	s := start(t, t.TempDir()) // whose output is a pipe
	if strings.Contains(s.banner.String(), "anj1.") || strings.Contains(s.log.String(), "anj1.") {
		t.Error("tokens were printed to a file")
	}
}
