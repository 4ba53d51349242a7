// Package nodetest has what tests of a node and of its repair share: ledgers of a few blocks, and
// ways to spoil them.
package nodetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
)

const Blocks = 8

// OpeningBlocks is how many blocks come before: ledger-created with rules-adopted, the office's token. They
// have Begun entries.
const (
	OpeningBlocks = 2
	Begun         = 3
)

// Written is the directory of a closed ledger of eight blocks, each of a subject s-1 …, behind
// those that register its author.
func Written(t *testing.T) datadir.Dir {
	dir := datadir.Dir(t.TempDir())
	n, err := node.Open(t.Context(), node.Config{Dir: dir, Origin: "anjian.test/repair", ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range Blocks {
		if _, err := n.Ledger.Append(t.Context(), Register(t, n, fmt.Sprintf("s-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Flip changes a byte beside what, which stands in some file of dir.
func Flip(t *testing.T, dir, pattern, what string, offset int) {
	t.Helper()
	done := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if match, _ := filepath.Match(pattern, filepath.Base(path)); err != nil || !match {
			return err
		}
		b, err := os.ReadFile(path)
		if at := bytes.Index(b, []byte(what)); at >= 0 {
			b[at+offset] ^= 1
			done = true
			err = errors.Join(err, os.Chmod(path, 0o644), os.WriteFile(path, b, 0o644))
		}
		return err
	})
	if err != nil || !done {
		t.Fatalf("flip %q: done %v, %v", what, done, err)
	}
}

func FlipJournal(t *testing.T, d datadir.Dir, block int) {
	Flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("subject/s-%d", block), 3)
}

// BreakJournal flips the line feed before a block's closing line.
func BreakJournal(t *testing.T, d datadir.Dir, block int) {
	Flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("\n{\"v\":1,\"block\":%d,", block+OpeningBlocks), 0)
}

// Unclose flips the beginning of a block's closing line.
func Unclose(t *testing.T, d datadir.Dir, block int) {
	Flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("{\"v\":1,\"block\":%d,", block+OpeningBlocks), 2)
}

func FlipStore(t *testing.T, d datadir.Dir, block int) {
	Flip(t, d.Store(), "*.blk", fmt.Sprintf("subject/s-%d", block), 3)
}

func Remove(t *testing.T, path string) {
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// Fingerprint is a sum over every file of a directory.
func Fingerprint(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d ", path, len(b))
		h.Write(b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// Subjects returns the subjects that can be read and what was said to be restored.
func Subjects(t *testing.T, n *node.Node) (ids, restored []string) {
	t.Helper()
	err := n.Ledger.Entries(t.Context(), 0, n.Ledger.Head().Size, func(_ uint64, raw []byte) error {
		e, err := entry.Decode(raw, n.Catalogue)
		if err != nil {
			return err
		}
		if d, ok := e.Data.(*oversight.CopyRestored); ok {
			restored = append(restored, d.Copy)
		} else if e.Stream.Kind == event.Subject {
			ids = append(ids, e.Stream.ID)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return ids, restored
}

func All() string {
	var ids []string
	for i := range Blocks {
		ids = append(ids, fmt.Sprintf("s-%d", i+1))
	}
	return strings.Join(ids, " ")
}

// Office is the actor of the supervision office, whose token is issued at its first act.
func Office(t testing.TB, n *node.Node) event.Actor {
	t.Helper()
	for _, c := range n.Tokens.All() {
		if c.Role == event.RoleSupervisionOffice {
			return c.Actor()
		}
	}
	_, a, err := n.Issue(t.Context(), token.Issued{Role: event.RoleSupervisionOffice}, 20_000*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func Register(t testing.TB, n *node.Node, id string) ledger.Request {
	t.Helper()
	e := &event.Event{
		ID: uuid.New(), Type: n.Catalogue.Newest("subject-registered"), Stream: event.Stream{Kind: event.Subject, ID: id},
		Source: "urn:test", Occurred: time.Now(), ExpectedRevision: event.AnyRevision,
		Data: &subject.Registered{Kind: "enterprise", Name: "安康某某矿业", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"},
	}
	raw, err := entry.Author(e)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := entry.ParseEvent(raw, n.Catalogue)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Request{Actor: Office(t, n), Items: []ledger.Item{{Bytes: raw, Event: parsed}}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// LastRecord changes the newest record of the store after an unclean stop.
func LastRecord(t *testing.T, d datadir.Dir, change func(record []byte)) {
	t.Helper()
	must(t, os.Remove(msgfile.CleanPath(d.Store())))
	path := filepath.Join(msgfile.StreamDir(d.Store()), "msgs", "1.blk")
	b, err := os.ReadFile(path)
	must(t, err)
	at := 0
	for next := 0; next < len(b); next += int(binary.LittleEndian.Uint32(b[next:]) &^ (1 << 31)) {
		at = next
	}
	change(b[at:])
	must(t, os.WriteFile(path, b, 0o600))
}

// CutJournal takes the last block from the journal.
func CutJournal(t *testing.T, d datadir.Dir) { EndJournal(t, d, Blocks+OpeningBlocks-1) }

// EndJournal takes the Blocks after last from the journal.
func EndJournal(t *testing.T, d datadir.Dir, last int) {
	t.Helper()
	path := filepath.Join(d.Journal(), "00000000000000000001.ndjson")
	b, err := os.ReadFile(path)
	must(t, err)
	at := bytes.Index(b, fmt.Appendf(nil, "\n{\"v\":1,\"block\":%d,", last)) + 1
	must(t, os.Truncate(path, int64(at+bytes.IndexByte(b[at:], '\n')+1)))
}

// Restorations returns what was recorded of restored copies.
func Restorations(t *testing.T, n *node.Node) (list []oversight.CopyRestored) {
	t.Helper()
	must(t, n.Ledger.Entries(t.Context(), 0, n.Ledger.Head().Size, func(_ uint64, raw []byte) error {
		e, err := entry.Decode(raw, n.Catalogue)
		if err != nil {
			return err
		}
		if d, ok := e.Data.(*oversight.CopyRestored); ok {
			list = append(list, *d)
		}
		return nil
	}))
	return list
}
