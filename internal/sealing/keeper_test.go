package sealing_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

const (
	office     = event.RoleSupervisionOffice
	commission = event.RoleDisciplineCommission
)

// masters makes a file of n master keys and opens it.
func masters(t *testing.T) (path string, m sealing.Masters) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "master.key")
	if err := sealing.CreateMaster(path); err != nil {
		t.Fatal(err)
	}
	m, err := sealing.OpenMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, m
}

func store(t *testing.T) evidence.Store {
	t.Helper()
	s, err := evidence.OpenFiles(t.TempDir(), evidence.Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ledger folds what a keeper's ledger would state.
type ledger struct {
	*sealing.Ring
	next uint64
}

func (l *ledger) state(kind event.Kind, id string, d event.Data) uint64 {
	l.next++
	l.Apply([]*event.Event{{Index: l.next, Stream: event.Stream{Kind: kind, ID: id}, Data: d}})
	return l.next
}

func (l *ledger) key(t *testing.T, k *sealing.Keeper, matter string, roles ...event.Role) sealing.Key {
	t.Helper()
	id, d, err := k.New(t.Context(), roles, matter)
	if err != nil {
		t.Fatal(err)
	}
	l.state(event.SealingKey, id, d)
	key, _ := l.Lookup(id)
	return key
}

func TestOnlyItsOwnerMayReadAMasterKey(t *testing.T) {
	path, _ := masters(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := sealing.CreateMaster(path); err == nil {
		t.Error("a master key is replaced: what it wrapped would be lost")
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := sealing.OpenMaster(path); !errors.Is(err, sealing.ErrLoose) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	for name, content := range map[string]string{"empty": "", "short": "AAAA\n", "two on a line": strings.Repeat("A", 86)} {
		bad := filepath.Join(t.TempDir(), "bad.key")
		if err := os.WriteFile(bad, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sealing.OpenMaster(bad); err == nil || content != "" && strings.Contains(err.Error(), strings.TrimSpace(content)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhoHasTheEvidenceAndTheMasterKeyOpens: a second keeper over the same files, as another node is, opens; one with
// another master key, another ledger's, or without the file does not.
func TestWhoHasTheEvidenceAndTheMasterKeyOpens(t *testing.T) {
	path, m := masters(t)
	shared, l := store(t), &ledger{Ring: sealing.NewRing()}
	a := &sealing.Keeper{Origin: place().Origin, Files: shared, Master: m}
	key := l.key(t, a, "", office)
	public, err := sealing.ParsePublic(key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	file, said, err := public.Seal(place(), text)
	if err != nil {
		t.Fatal(err)
	}
	open := func(k *sealing.Keeper) error {
		got, err := k.Open(t.Context(), &key, place(), &said)
		if err == nil && got != text {
			t.Errorf("opened %q", got)
		}
		return err
	}
	if err := open(a); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("before the file came: %v", err)
	}
	if _, _, err := shared.Put(t.Context(), said.SHA256, 0, strings.NewReader(string(file))); err != nil {
		t.Fatal(err)
	}
	again, err := sealing.OpenMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	_, other := masters(t)
	for name, c := range map[string]struct {
		keeper *sealing.Keeper
		want   error
	}{
		"the node that made it":   {a, nil},
		"another node":            {&sealing.Keeper{Origin: a.Origin, Files: shared, Master: again}, nil},
		"after a new master key":  {&sealing.Keeper{Origin: a.Origin, Files: shared, Master: append(slices.Clone(other), m...)}, nil},
		"with another master key": {&sealing.Keeper{Origin: a.Origin, Files: shared, Master: other}, sealing.ErrOtherMaster},
		"without a master key":    {&sealing.Keeper{Origin: a.Origin, Files: shared}, sealing.ErrNoMaster},
		"without the secret's file": {&sealing.Keeper{Origin: a.Origin, Files: without{shared, key.Wrapped}, Master: m},
			sealing.ErrSecretMissing},
	} {
		if err := open(c.keeper); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := open(&sealing.Keeper{Origin: "another.example/ffffffff", Files: shared, Master: m}); err == nil {
		t.Error("a secret half of another ledger is unwrapped")
	}
	if _, _, err := (&sealing.Keeper{Files: shared}).New(t.Context(), []event.Role{office}, ""); !errors.Is(err, sealing.ErrNoMaster) {
		t.Errorf("a key without a master key: %v", err)
	}
	key.Destroyed = new(uint64(7))
	if err := open(a); !errors.Is(err, sealing.ErrDestroyed) {
		t.Errorf("after its destruction: %v", err)
	}
}

// without is a store that lacks a file.
type without struct {
	evidence.Store
	sum string
}

func (w without) Open(ctx context.Context, sum string) (io.ReadCloser, int64, error) {
	if sum == w.sum {
		return nil, 0, evidence.ErrNotFound
	}
	return w.Store.Open(ctx, sum)
}

func TestWhichKeyIsUsedUnlessOneIsNamed(t *testing.T) {
	_, m := masters(t)
	l := &ledger{Ring: sealing.NewRing()}
	k := &sealing.Keeper{Origin: place().Origin, Files: store(t), Master: m}
	opens := []event.Role{office, commission}
	if _, ok := l.For(opens, ""); ok {
		t.Error("there is a key where there is none")
	}
	alone := l.key(t, k, "", commission)
	wants := func(want sealing.Key, opens []event.Role, matter string) {
		t.Helper()
		if got, ok := l.For(opens, matter); !ok || got.ID != want.ID {
			t.Errorf("%s, %v; want %s", got.ID, ok, want.ID)
		}
	}
	wants(alone, opens, "") // better than none
	desk := l.key(t, k, "", office)
	wants(desk, opens, "") // who works with it
	both := l.key(t, k, "", office, commission)
	wants(both, opens, "")
	wants(alone, opens[1:], "") // the office may not
	newer := l.key(t, k, "", office, commission)
	wants(newer, opens, "")
	matter := l.key(t, k, "m-1", office)
	wants(newer, opens, "")
	wants(matter, opens, "m-1")
	l.state(event.SealingKey, newer.ID, &sealingkey.Destroyed{})
	wants(both, opens, "")
}

// failing is a store in which a file cannot be removed for some time.
type failing struct {
	evidence.Store
	mu    sync.Mutex
	stuck map[string]int // times that are left
}

func (f *failing) Erase(ctx context.Context, sum string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stuck[sum] > 0 {
		f.stuck[sum]--
		return errors.New("the disk is away")
	}
	return f.Store.Erase(ctx, sum)
}

// TestWhatWasErasedIsRemovedInTheEnd: also what was erased before the eraser ran, and one file that cannot be removed
// holds no other up and is told.
func TestWhatWasErasedIsRemovedInTheEnd(t *testing.T) {
	_, m := masters(t)
	l := &ledger{Ring: sealing.NewRing()}
	f := &failing{Store: store(t), stuck: map[string]int{}}
	k := &sealing.Keeper{Origin: place().Origin, Files: f, Master: m}
	early, late := l.key(t, k, "", office), l.key(t, k, "", commission)
	f.stuck[early.Wrapped] = 2
	at := l.state(event.SealingKey, early.ID, &sealingkey.Destroyed{})
	l.state(event.SealingKey, early.ID, &sealingkey.Destroyed{}) // which the rules refuse
	if by, ok := l.Erased(early.Wrapped); !ok || by != at {
		t.Errorf("erased by %d, want %d", by, at)
	}
	x := &sealing.Eraser{Ring: l.Ring, Files: f}
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { x.Run(ctx) })
	defer running.Wait()
	defer end()
	gone := func(sum string) bool {
		_, _, err := f.Open(t.Context(), sum)
		return errors.Is(err, evidence.ErrNotFound)
	}
	within := func(what string, ok func() bool) {
		t.Helper()
		for range 100 {
			if ok() {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("not in 5 s: %s", what)
	}
	within("it says that a file is left", func() bool { return x.Err() != nil })
	l.state(event.File, late.Wrapped, &files.Erased{SHA256: late.Wrapped})
	within("another file goes meanwhile", func() bool { return gone(late.Wrapped) })
	within("the first goes in the end", func() bool { return gone(early.Wrapped) && x.Err() == nil })

	guarded := evidence.Guard(f, l.Gone)
	if _, _, err := guarded.Open(t.Context(), late.Wrapped); !errors.Is(err, evidence.ErrErased) {
		t.Errorf("open: %v", err)
	}
	if created, _, err := guarded.Put(t.Context(), late.Wrapped, 0, strings.NewReader("x")); created || !errors.Is(err, evidence.ErrErased) {
		t.Errorf("put: %v %v", created, err)
	}
}
