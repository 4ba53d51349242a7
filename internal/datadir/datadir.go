// Package datadir is the data directory of a node: the paths in it, its lock, the ledger that it
// belongs to, and whether a new ledger may begin there. It knows no engine.
//
//	DIR/lock        held by the one process that may write
//	DIR/beginning   there while a new ledger is being made
//	DIR/engine      where the blocks are, for commands without flags; no secrets (package engines)
//	DIR/admin.sock  how a person at the machine talks to it (package adminsocket)
//	DIR/store       blocks in JetStream
//	DIR/journal     the same blocks as plain lines; archive these
//	DIR/tiles       hash tiles, one file a level, and the newest checkpoint; can be made again
//	DIR/keys        checkpoint.key (0600: back it up, apart); checkpoint.pub, the verifier key that
//	                outsiders pin
//	DIR/evidence    photos and scans by their SHA-256
//	DIR/access      who read restricted material, a file a day
//	DIR/reports     the report database, which is made of the entries and can be deleted
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// Dir is a data directory.
type Dir string

// Paths within the data directory.
func (d Dir) Store() string    { return filepath.Join(string(d), "store") }
func (d Dir) Journal() string  { return filepath.Join(string(d), "journal") }
func (d Dir) Tiles() string    { return filepath.Join(string(d), "tiles") }
func (d Dir) Keys() string     { return filepath.Join(string(d), "keys") }
func (d Dir) Evidence() string { return filepath.Join(string(d), "evidence") }
func (d Dir) Access() string   { return filepath.Join(string(d), "access") }
func (d Dir) Reports() string  { return filepath.Join(string(d), "reports") }

// Engine is the note of where the blocks are.
func (d Dir) Engine() string { return filepath.Join(string(d), "engine") }

// CheckpointKey is the secret that signs checkpoints.
func (d Dir) CheckpointKey() string { return filepath.Join(d.Keys(), "checkpoint.key") }
func (d Dir) checkpointPub() string { return filepath.Join(d.Keys(), "checkpoint.pub") }

// HasJournal reports whether the journal has a segment, in whatever state.
func (d Dir) HasJournal() bool {
	segments, err := filepath.Glob(filepath.Join(d.Journal(), "*.ndjson"))
	return err == nil && len(segments) > 0
}

// Exists reports whether the directory belongs to a ledger: it has a key, or a pinned one. The
// directory of the keys alone says nothing: a first start may have been interrupted.
func (d Dir) Exists() bool { return d.HasKey() || d.pinned() }

// pinned reports whether the directory names the ledger that it belongs to.
func (d Dir) pinned() bool {
	_, err := os.Stat(d.checkpointPub())
	return err == nil
}

// Pin writes the verifier key to checkpoint.pub, durably, unless it is there. It never
// replaces another key. A directory with a pinned key belongs to that ledger: opening it
// without the key's secret half makes no new one.
func (d Dir) Pin(vkey string) error {
	path, line := d.checkpointPub(), vkey+"\n"
	b, err := os.ReadFile(path)
	switch {
	case err == nil && string(b) == line:
		return nil
	case err == nil && len(b) > 0:
		return fmt.Errorf("%s has the key of another ledger, not %s", path, vkey)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := durable.MkdirAll(d.Keys(), durable.DirMode); err != nil {
		return err
	}
	return durable.WriteFile(path, []byte(line), durable.FileMode)
}

// Verifier returns the public key under which the ledger's checkpoints verify, from
// checkpoint.pub: no secret is read.
func (d Dir) Verifier() (note.Verifier, error) {
	vkey, err := d.VerifierKey()
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(vkey)
}

// VerifierKey returns what checkpoint.pub holds: origin+hash+base64.
func (d Dir) VerifierKey() (string, error) {
	b, err := os.ReadFile(d.checkpointPub())
	return string(trimNewline(b)), err
}

func trimNewline(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		return b[:n-1]
	}
	return b
}

// ParseVerifier parses a verifier key in the note format: origin+hash+base64.
func ParseVerifier(vkey string) (note.Verifier, error) { return note.NewVerifier(vkey) }
