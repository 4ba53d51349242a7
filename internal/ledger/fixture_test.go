package ledger_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/storetest"
)

var (
	catalogue = domain.Catalogue()
	office    = event.Actor{Role: event.RoleSupervisionOffice, Token: 2} // as open issues it
	start     = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)
)

const origin = "anjian.test/ledger/0a1b2c3d"

// opening is how many entries open puts into a new ledger: ledger-created, rules-adopted and the
// issue of the office's token. They are begun blocks.
const (
	opening = 3
	begun   = 2
)

// fixture is a ledger on a memory store and a journal, both with faults, that can be closed
// and opened again.
type fixture struct {
	testing.TB
	dir    string
	memory *memory.Store
	store  *storetest.Faulty
	fs     *faultFS
	key    *translog.Key
	clock  *clocktest.Machine
	config func(*ledger.Config) // changes the configuration of the next open; may be nil

	*ledger.Ledger
	journal *journal.Journal
	folded  []*event.Event // by the folds since the last open
	foldMu  sync.Mutex
	acked   []acked
}

// acked is an event that was acknowledged.
type acked struct {
	bytes   []byte
	receipt ledger.Receipt
	proof   []byte
}

func newFixture(t testing.TB) *fixture {
	key, err := translog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	m := memory.New(0)
	return &fixture{TB: t, dir: t.TempDir(), memory: m, store: storetest.NewFaulty(m), fs: &faultFS{}, key: key, clock: clocktest.New(start)}
}

// opened is a new fixture with an open ledger.
func opened(t testing.TB) *fixture {
	w := newFixture(t)
	w.open()
	t.Cleanup(func() {
		if w.Ledger != nil {
			w.close()
		}
	})
	return w
}

// second is another node: the same store and key, a journal of its own.
func (w *fixture) second() *fixture {
	v := newFixture(w.TB)
	v.memory, v.store, v.key, v.clock = w.memory, storetest.NewFaulty(w.memory), w.key, w.clock
	v.open()
	w.Cleanup(func() { v.close() })
	return v
}

func (w *fixture) journalDir() string { return filepath.Join(w.dir, "journal") }
func (w *fixture) tilesDir() string   { return filepath.Join(w.dir, "tiles") }

func (w *fixture) open() {
	w.Helper()
	var err error
	if w.journal, err = journal.Open(w.journalDir(), journal.Options{FS: w.fs}); w.journal == nil {
		w.Fatal(err)
	}
	w.folded = nil
	cfg := ledger.Config{
		Store: store.Store(w.store), Journal: w.journal, TilesDir: w.tilesDir(), Key: w.key, Catalogue: catalogue,
		Time: w.clock.Sources(), ScrubEvery: -1, SweepEvery: -1,
		Folds: []func([]*event.Event){func(events []*event.Event) {
			w.foldMu.Lock()
			defer w.foldMu.Unlock()
			w.folded = append(w.folded, events...)
		}},
	}
	if w.config != nil {
		w.config(&cfg)
	}
	if w.Ledger, err = ledger.Open(context.Background(), cfg); err != nil {
		w.Fatal(err)
	}
	w.register()
}

// register issues the office's token behind the first two entries when the ledger is new and takes appends.
func (w *fixture) register() {
	w.Helper()
	if w.Head().Size != 2 {
		return
	}
	if a := w.bearer(&token.Issued{Role: office.Role}); a != office {
		w.Fatalf("the first token is %+v", a)
	}
}

// bearer issues a token, valid for a century, that nobody has: its hash is random.
func (w *fixture) bearer(d *token.Issued) event.Actor {
	w.Helper()
	hash := sha256.Sum256([]byte(rand.Text()))
	d.SHA256, d.Expires, d.AskedBy = base64.RawURLEncoding.EncodeToString(hash[:]), start.AddDate(100, 0, 0), &token.Process{PID: 1}
	a, err := w.Issue(context.Background(), d)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w *fixture) close() { w.closeWithin(10 * time.Second) }

func (w *fixture) closeWithin(d time.Duration) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := errors.Join(w.Ledger.Close(ctx), w.journal.Close()); err != nil {
		w.Error(err)
	}
	w.Ledger = nil
}

func (w *fixture) restart() {
	w.Helper()
	w.close()
	w.open()
}

// item makes an event of a stream; edit may change it before it is written.
func item(t testing.TB, stream string, d event.Data, name string, edit func(*event.Event)) ledger.Item {
	t.Helper()
	s, err := event.ParseStream(stream)
	if err != nil {
		t.Fatal(err)
	}
	e := &event.Event{ID: uuid.New(), Type: catalogue.Newest(name), Stream: s, Source: "urn:test", Occurred: start,
		ExpectedRevision: event.AnyRevision, Data: d}
	if edit != nil {
		edit(e)
	}
	raw, err := entry.Author(e)
	if err != nil {
		t.Fatal(err)
	}
	return again(t, raw)
}

// again is the item of bytes that were sent before.
func again(t testing.TB, raw []byte) ledger.Item {
	t.Helper()
	e, err := entry.ParseEvent(raw, catalogue)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Item{Bytes: raw, Event: e}
}

func registered(t testing.TB, id string) ledger.Item {
	return item(t, "person/"+id, &person.Registered{Name: id, Unit: "u", Certificate: "C-" + id, Roles: []event.Role{event.RoleInspector}},
		"person-registered", nil)
}

// trained can be said of a registered person any number of times.
func trained(t testing.TB, id string, edit func(*event.Event)) ledger.Item {
	return item(t, "person/"+id, &person.Trained{Topic: "t", Date: "2019-12-01"}, "inspector-trained", edit)
}

// refused breaks a rule: nobody registered that person.
func refused(t testing.TB) ledger.Item { return trained(t, "stranger", nil) }

func request(items ...ledger.Item) ledger.Request {
	return ledger.Request{Actor: office, Items: items}
}

// append appends and remembers what was acknowledged.
func (w *fixture) append(items ...ledger.Item) (ledger.Result, error) {
	return w.appendCtx(context.Background(), items...)
}

func (w *fixture) appendCtx(ctx context.Context, items ...ledger.Item) (ledger.Result, error) {
	res, err := w.Ledger.Append(ctx, request(items...))
	if err != nil {
		return res, err
	}
	for i, r := range res.Receipts {
		proof, err := w.AppendReceiptProof(nil, r.Index, &res)
		if err != nil {
			return res, err
		}
		w.foldMu.Lock()
		w.acked = append(w.acked, acked{items[i].Bytes, r, proof})
		w.foldMu.Unlock()
	}
	return res, nil
}

// must appends what must be accepted.
func (w *fixture) must(items ...ledger.Item) ledger.Result {
	w.Helper()
	res, err := w.append(items...)
	if err != nil {
		w.Fatal(err)
	}
	return res
}

// entries returns all entries.
func (w *fixture) entries() []entry.Entry {
	w.Helper()
	var all []entry.Entry
	err := w.Entries(context.Background(), 0, w.Head().Size, func(index uint64, raw []byte) error {
		en, err := entry.Parse(slices.Clone(raw))
		if en.Index != index {
			err = errors.Join(err, fmt.Errorf("entry %d is at %d", en.Index, index))
		}
		all = append(all, en)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// audit checks what must always be so: every acknowledged event is there once, where its
// receipt says, under a proof; both copies and the tiles pass verification; the folds saw
// what is recorded.
func (w *fixture) audit() {
	w.Helper()
	all := w.entries()
	times := map[string]int{}
	for _, en := range all {
		times[string(en.Event)]++
	}
	for _, a := range w.acked {
		r := a.receipt
		raw, err := w.Entry(context.Background(), r.Index)
		if err != nil {
			w.Fatalf("entry %d was acknowledged: %v", r.Index, err)
		}
		if en := all[r.Index]; string(en.Event) != string(a.bytes) || times[string(a.bytes)] != 1 || en.Stream != r.Stream ||
			en.Revision != r.Revision || !en.Recorded.Equal(r.Recorded) || translog.LeafHash(raw) != r.LeafHash {
			w.Fatalf("receipt %+v, entry %+v, %d times", r, en, times[string(a.bytes)])
		}
		if index, _, err := translog.VerifyReceipt(raw, a.proof, w.key.Verifier()); err != nil || index != r.Index {
			w.Fatalf("receipt %d proves %d: %v", r.Index, index, err)
		}
	}
	if err := w.verify(); err != nil {
		w.Fatal(err)
	}
	if h := w.Health(); !h.Ready {
		w.Fatalf("not ready: %+v", h)
	}
}

// verify runs the auditor's verifier over journal and store.
func (w *fixture) verify() error {
	read := func(copy interface {
		Read(context.Context, uint64, uint64, func(uint64, []byte) error) error
	}) verify.Blocks {
		return func(fn func(uint64, []byte) error) error {
			return copy.Read(context.Background(), 1, w.Head().Block, fn)
		}
	}
	r, err := verify.Run(context.Background(), verify.Sources{Journal: read(w.journal), Store: read(w.memory)},
		verify.Options{Verifier: w.key.Verifier()})
	if head, _ := w.memory.Head(context.Background()); head != w.Head().Block || w.journal.Head() != head {
		err = errors.Join(err, fmt.Errorf("blocks: ledger %d, store %d, journal %d", w.Head().Block, head, w.journal.Head()))
	}
	if !r.OK || r.Entries != w.Head().Size {
		err = errors.Join(err, fmt.Errorf("%+v", r))
	}
	return err
}

// faultFS is the operating system's file system with failures: fail is asked before each
// operation on a segment.
type faultFS struct {
	journal.OS
	mu   sync.Mutex
	fail func(op string) error
}

var errDisk = errors.New("injected disk fault")

func (f *faultFS) set(fail func(op string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// failing makes the next n operations of these kinds fail; n < 0: all.
func (f *faultFS) failing(n int, ops ...string) {
	f.set(func(op string) error {
		if n == 0 || !slices.Contains(ops, op) {
			return nil
		}
		n--
		return errDisk
	})
}

func (f *faultFS) check(op string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail == nil {
		return nil
	}
	return f.fail(op)
}

func (f *faultFS) OpenFile(name string, flag int, perm fs.FileMode) (journal.File, error) {
	file, err := f.OS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faultFile{file, f}, nil
}

type faultFile struct {
	journal.File
	fs *faultFS
}

func (f *faultFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.fs.check("write"); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], off)
		return n, err
	}
	return f.File.WriteAt(b, off)
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.fs.check("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultFile) Datasync() error {
	if err := f.fs.check("datasync"); err != nil {
		return err
	}
	return f.File.Datasync()
}
