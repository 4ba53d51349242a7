package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/msgfile"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// RefusedError says why a node does not start on its directory, and what to do about it.
type RefusedError struct{ Reason, Remedy string }

func (e *RefusedError) Error() string { return e.Reason + ": " + e.Remedy }

func refuse(remedy, format string, args ...any) error {
	return &RefusedError{Reason: fmt.Sprintf(format, args...), Remedy: remedy}
}

// standing is what a directory is to the node that opens it, decided from its files alone.
type standing struct {
	key    *translog.Key // nil when a ledger is to begin
	origin string        // of the ledger that is there, or of the one that is to begin: random digits and all
}

func (s standing) fresh() bool { return s.key == nil }

// beginning is there from before the key of a new ledger is made until its store is there. So
// a first start that was interrupted goes on, and a key alone is not taken for one.
func (d Dir) beginning() string { return filepath.Join(string(d), "beginning") }

// stand decides whether cfg.Dir holds a ledger, or may begin one. Nothing is changed.
//
// A ledger begins where there is neither a key, nor a pinned one, nor anything of a ledger. A
// key without a ledger is what is left when the data are elsewhere, on a volume that is not
// mounted or in a backup: a second history under that key would be a fork.
func (cfg *Config) stand() (standing, error) {
	d := cfg.Dir
	if cfg.New && d.holds() && !exists(d.beginning()) {
		return standing{}, refuse("leave --new out", "%s holds a ledger already", d)
	}
	k, err := translog.LoadKey(d.checkpointKey())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return cfg.standFresh()
	case err != nil:
		return standing{}, err
	case cfg.Origin != "" && cfg.Origin != k.Origin() && cfg.Origin != translog.OriginName(k.Origin()):
		return standing{}, refuse("leave the origin out, or name the data directory of that ledger",
			"%s signs for %q, not for %q", d.checkpointKey(), k.Origin(), cfg.Origin)
	case !d.isPinned(k):
		return standing{}, refuse("put back the file that does not belong there from its backup",
			"keys/checkpoint.pub is not the public half of keys/checkpoint.key in %s", d)
	case !cfg.Store.external() && !cfg.New && !d.holds() && !exists(d.beginning()):
		return standing{}, refuse("bring them back (is the volume mounted?); --new begins a second history under this key",
			"%s has the key of %q, and neither journal nor store", d, k.Origin())
	}
	return standing{k, k.Origin()}, nil
}

func (cfg *Config) standFresh() (standing, error) {
	d := cfg.Dir
	switch {
	case d.holds():
		return standing{}, refuse("put the key back from its backup, or bring it over from another node",
			"%s is missing, and %s holds a ledger", d.checkpointKey(), d)
	case d.pinned():
		return standing{}, refuse("put its key there", "%s is missing, and %s names a ledger", d.checkpointKey(), d.checkpointPub())
	case cfg.MustExist && !cfg.New:
		return standing{}, refuse("is its volume mounted? --new begins a ledger", "%s holds no ledger, and one must exist", d)
	case cfg.Origin == "":
		return standing{}, errors.New("a new ledger needs a name: the checkpoint origin")
	}
	if _, err := translog.NewKey(cfg.Origin); err != nil {
		return standing{}, refuse("use a name like anjian.example.gov.cn/2026, without spaces and plus signs", "--origin %q: %v", cfg.Origin, err)
	}
	if cfg.NewOrigin != nil {
		return standing{origin: cfg.NewOrigin(cfg.Origin)}, nil
	}
	return standing{origin: translog.NewOrigin(cfg.Origin)}, nil
}

// isPinned reports whether no other key is pinned than k.
func (d Dir) isPinned(k *translog.Key) bool {
	vkey, err := d.VerifierKey()
	return err != nil || vkey == "" || vkey == k.VerifierKey()
}

// announce notes that a ledger is about to begin, before its key is made.
func (d Dir) announce() error {
	return durable.WriteFile(d.beginning(), []byte("a new ledger is being made here; this file goes once it is there\n"), 0o600)
}

// begin returns the ledger's key, which is made when s is fresh.
func (d Dir) begin(s standing) (k *translog.Key, err error) {
	if k = s.key; s.fresh() {
		if k, err = translog.LoadOrCreateKey(d.checkpointKey(), s.origin); err != nil {
			return nil, err
		}
	}
	return k, d.Pin(k.VerifierKey())
}

// begun notes that the ledger is there.
func (d Dir) begun() error {
	if !exists(d.beginning()) {
		return nil
	}
	return durable.RemoveAll(d.beginning())
}

// holds reports whether anything of a ledger is there but keys.
func (d Dir) holds() bool {
	segments, _ := filepath.Glob(filepath.Join(d.Journal(), "*.ndjson"))
	return len(segments) > 0 || msgfile.HasManifest(d.Store()) || exists(msgfile.StreamDir(d.Store()))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// mayCut tells the store whether its last record may be cut off although only pages of it are
// missing: where the journal has that block whole, or ends just before it.
func mayCut(j *journal.Reader) func(number uint64) bool {
	return func(number uint64) bool {
		if j == nil || len(j.Opened().Damage) > 0 || j.Head()+1 < number {
			return false
		}
		if j.Head() < number {
			return true
		}
		raw, err := j.ReadBlock(number)
		if err == nil {
			_, err = block.Parse(raw)
		}
		return err == nil
	}
}

// MayCut is what [jetstream.Config] asks for, of the directory's own journal.
func (d Dir) MayCut(number uint64) bool {
	j, err := journal.OpenReader(d.Journal())
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) && number == 1
	}
	defer func() { _ = j.Close() }() // it was only read
	return mayCut(j)(number)
}
