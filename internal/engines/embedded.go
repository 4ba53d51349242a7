package engines

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"strings"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
)

// Reserve is the disk space that appends to the embedded engine leave free, in bytes.
const Reserve = embedded.DefaultReserve

// embeddedDriver is the row of the engine in the data directory: JetStream in this process, without a
// port. Its files can be read while it does not run.
type embeddedDriver struct{}

func (*embeddedDriver) schemes() []string                   { return []string{"embedded"} }
func (*embeddedDriver) form() string                        { return "embedded:DIR" }
func (*embeddedDriver) settings() []Setting                 { return nil }
func (*embeddedDriver) check() error                        { return nil }
func (*embeddedDriver) chosen(*slog.Logger) (Engine, error) { return nil, nil } // it is what is left when nothing is chosen
func (*embeddedDriver) public(uri string) string            { return uri }
func (*embeddedDriver) at(uri string, log *slog.Logger) (Engine, error) {
	_, dir, _ := strings.Cut(uri, ":")
	return embeddedEngine{datadir.Dir(dir), log}, nil
}

func (*embeddedDriver) fault(err error) Fault {
	var files *embedded.DamagedFilesError
	if errors.As(err, &files) {
		return Damaged
	}
	return None
}

// embeddedMemo is what a directory with a store of its own remembers.
var embeddedMemo = memo{Engine: "embedded"}

type embeddedEngine struct {
	dir datadir.Dir
	log *slog.Logger
}

func (embeddedEngine) streamFlag() string { return "" }
func (embeddedEngine) Feeds() bool        { return false }
func (embeddedEngine) memo() memo         { return embeddedMemo }
func (e embeddedEngine) Where() string    { return "embedded:" + string(e.dir) }

// Open locks the directory and starts the engine.
func (e embeddedEngine) Open(ctx context.Context, o Opening) (*Opened, error) {
	unlock, err := e.dir.Lock()
	if err != nil {
		return nil, err
	}
	mayCut := func(number uint64) bool { return mayCutIn(e.dir, number) }
	s, err := embedded.Open(ctx, embedded.Config{Dir: e.dir.Store(), MustExist: o.MustExist, MayCut: mayCut, Logger: e.log})
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	out := &Opened{Source: s, Target: s, Store: s, Origin: o.Origin}
	out.later(unlock)
	out.later(s.Close)
	out.Evidence = func(context.Context, string, bool) (evidence.Store, error) {
		return evidence.OpenFiles(e.dir.Evidence(), evidence.Options{})
	}
	return out, nil
}

// HasStore reports whether d has something of a store, in whatever state.
func HasStore(d datadir.Dir) bool {
	if msgfile.HasManifest(d.Store()) {
		return true
	}
	_, err := os.Lstat(msgfile.StreamDir(d.Store()))
	return err == nil
}

// ScanStore yields the blocks that the store's files in d deliver, in order, without starting the
// engine. Damaged ones are left out.
func ScanStore(d datadir.Dir) iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		stopped := errors.New("stopped")
		_, _ = msgfile.Scan(d.Store(), func(seq uint64, payload []byte) error { // damage: those blocks are not yielded
			if !yield(seq, payload) {
				return stopped
			}
			return nil
		})
	}
}

// InspectStore says what is wrong with the store's files in d that would keep the engine from
// starting; nothing is changed.
func InspectStore(d datadir.Dir) (damage []string, err error) {
	_, err = embedded.Inspect(d.Store(), func(number uint64) bool { return mayCutIn(d, number) })
	var damaged *embedded.DamagedFilesError
	if !errors.As(err, &damaged) {
		return nil, err
	}
	for _, one := range damaged.Report.Damage {
		damage = append(damage, one.String())
	}
	return damage, nil
}

// OpenStore starts the embedded engine on the files in path, which is a store's directory or a
// new one in its place.
func OpenStore(ctx context.Context, path string, mustExist bool, log *slog.Logger) (store.Store, error) {
	return embedded.Open(ctx, embedded.Config{Dir: path, MustExist: mustExist, Logger: log})
}

// SetStoreAside renames the store of d, durably, and returns its new path.
func SetStoreAside(d datadir.Dir) (string, error) { return embedded.SetAside(d.Store()) }

// mayCut tells the store whether its last record may be cut off although only pages of it are
// missing: where the journal has that block whole, or ends just before it.
func mayCut(j *journal.Reader, number uint64) bool {
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

// mayCutIn asks the directory's own journal.
func mayCutIn(d datadir.Dir, number uint64) bool {
	j, err := journal.OpenReader(d.Journal())
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) && number == 1
	}
	defer func() { _ = j.Close() }() // it was only read
	return mayCut(j, number)
}
