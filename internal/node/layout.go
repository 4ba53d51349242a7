// Package node puts one ledger together from a data directory: the store and the journal,
// the ledger over both, the views, evidence, keys and tokens.
//
//	DIR/lock        held by the one process that may write
//	DIR/admin.sock  how a person at the machine talks to it (package adminsocket)
//	DIR/store       blocks in JetStream
//	DIR/journal     the same blocks as plain lines; archive these
//	DIR/tiles       hash tiles, one file a level, and the newest checkpoint; can be made again
//	DIR/keys        checkpoint.key (0600: back it up, apart); checkpoint.pub, the verifier key that
//	                outsiders pin
//	DIR/evidence    photos and scans by their SHA-256
//	DIR/access      who read restricted material, a file a day
package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/translog"
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

func (d Dir) checkpointKey() string { return filepath.Join(d.Keys(), "checkpoint.key") }
func (d Dir) checkpointPub() string { return filepath.Join(d.Keys(), "checkpoint.pub") }

// Exists reports whether the directory holds a ledger.
func (d Dir) Exists() bool {
	_, err := os.Stat(d.Keys())
	return err == nil
}

// origin returns the whole origin of the ledger in the directory, or of the one that is to be made
// there; empty when it is to be made and has no name.
func (d Dir) origin(cfg *Config) (string, error) {
	k, err := translog.LoadKey(d.checkpointKey())
	switch {
	case err == nil && cfg.Origin != "" && cfg.Origin != k.Origin() && cfg.Origin != translog.OriginName(k.Origin()):
		return "", fmt.Errorf("%s signs for %q, not for %q", d.checkpointKey(), k.Origin(), cfg.Origin)
	case err == nil:
		return k.Origin(), nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	case cfg.Origin == "":
		return "", nil
	case cfg.NewOrigin != nil:
		return cfg.NewOrigin(cfg.Origin), nil
	}
	return translog.NewOrigin(cfg.Origin), nil
}

// key loads the checkpoint key. Only an empty directory gets a new one: a ledger without
// its key must not continue under another identity.
func (d Dir) key(origin string) (*translog.Key, error) {
	k, err := translog.LoadKey(d.checkpointKey())
	switch {
	case err == nil && origin != "" && origin != k.Origin():
		return nil, fmt.Errorf("%s signs for %q, not for %q", d.checkpointKey(), k.Origin(), origin)
	case err == nil:
		return k, d.Pin(k.VerifierKey())
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if segments, _ := filepath.Glob(filepath.Join(d.Journal(), "*.ndjson")); len(segments) > 0 {
		return nil, fmt.Errorf("%s is missing but %s holds a ledger: put the key back from its backup", d.checkpointKey(), d.Journal())
	}
	if d.pinned() {
		return nil, fmt.Errorf("%s is missing but %s names a ledger: put its key there", d.checkpointKey(), d.checkpointPub())
	}
	if origin == "" {
		return nil, errors.New("a new ledger needs a name: the checkpoint origin")
	}
	if k, err = translog.LoadOrCreateKey(d.checkpointKey(), origin); err != nil {
		return nil, err
	}
	return k, d.Pin(k.VerifierKey())
}

// pinned reports whether the directory belongs to a ledger.
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
	if err := os.MkdirAll(d.Keys(), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(d.Keys())
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
