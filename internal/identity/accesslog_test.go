package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
)

func openLog(t *testing.T, dir string, clk *clock) *identity.AccessLog {
	t.Helper()
	l, err := identity.OpenAccessLog(dir, identity.AccessLogOptions{Now: clk.now, Keepable: func() (time.Time, bool) {
		return clk.now(), true
	}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func lines(t *testing.T, path string) []identity.Access {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []identity.Access
	for line := range strings.Lines(string(b)) {
		var a identity.Access
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, a)
	}
	return all
}

func TestEveryAccessThatWasTakenIsInTheLog(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, &clock{t: start})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 400 {
				a := identity.AccessOf(identity.Claims{Token: 17, Person: fmt.Sprint(w, "-", i), Role: event.RoleDisciplineCommission})
				a.Action, a.Object, a.From = "GET /v1/events", "person/p-1", "192.0.2.1"
				if err := l.Record(context.Background(), a); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "2019-12-02.ndjson")
	seen := map[string]bool{}
	for _, a := range lines(t, path) {
		seen[a.Person] = true
		if !a.Time.Equal(start) || a.Object != "person/p-1" || a.From != "192.0.2.1" || a.Token != 17 {
			t.Fatalf("%+v", a)
		}
	}
	if len(seen) != 3200 {
		t.Errorf("%d of 3200", len(seen))
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := l.Record(context.Background(), identity.Access{}); !errors.Is(err, identity.ErrAccessLog) {
		t.Errorf("after Close: %v", err)
	}
}

func TestADayHasItsFileAndHalfAYearIsKept(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	for _, name := range []string{"2019-05-23.ndjson", "2019-05-22.ndjson", "2019-01-01.ndjson", "notes.txt"} {
		os.WriteFile(filepath.Join(dir, name), nil, 0o600)
	}
	record := func() {
		l := openLog(t, dir, clk)
		if err := errors.Join(l.Record(t.Context(), identity.Access{Action: "x"}), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
	record()
	if _, err := os.Stat(filepath.Join(dir, "2019-05-23.ndjson")); err != nil {
		t.Errorf("a file 183 and ten days old is gone: %v", err)
	}
	clk.add(24 * time.Hour)
	record()
	var names []string
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		names = append(names, e.Name())
	}
	// 2019-12-03 less 183 days, and ten by which a clock may be ahead, is 2019-05-24.
	if got := strings.Join(names, " "); got != "2019-12-02.ndjson 2019-12-03.ndjson notes.txt" {
		t.Errorf("files: %s", got)
	}
}

// A clock that is far ahead for a moment ends no duty: nothing is removed on its word, nor
// while nothing vouches for it.
func TestNothingIsRemovedOnTheWordOfOneClock(t *testing.T) {
	for name, keepable := range map[string]func() (time.Time, bool){
		"nobody says":          nil,
		"the clock is red":     func() (time.Time, bool) { return start.AddDate(70, 0, 0), false },
		"the ledger is behind": func() (time.Time, bool) { return start, true },
	} {
		dir := t.TempDir()
		old := filepath.Join(dir, "2019-11-01.ndjson")
		os.WriteFile(old, nil, 0o600)
		l, err := identity.OpenAccessLog(dir, identity.AccessLogOptions{Now: func() time.Time {
			return start.AddDate(70, 0, 0)
		}, Keepable: keepable})
		if err := errors.Join(err, l.Record(t.Context(), identity.Access{Action: "x"}), l.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(old); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLogGoesOnAfterALineThatACrashCutShort(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	path := filepath.Join(dir, "2019-12-02.ndjson")
	os.WriteFile(path, []byte(`{"action":"whole"}`+"\n"+`{"action":"ha`), 0o600)
	l := openLog(t, dir, clk)
	if err := errors.Join(l.Record(t.Context(), identity.Access{Action: "next"}), l.Close()); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, path); len(got) != 2 || got[0].Action != "whole" || got[1].Action != "next" {
		t.Errorf("%+v", got)
	}
}

// While the disk refuses, nothing is handed out; what was taken is written when it can be.
func TestWhileTheLogCannotBeWrittenNothingMayBeRead(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	path := filepath.Join(dir, "2019-12-02.ndjson")
	if err := os.Mkdir(path, 0o700); err != nil { // stands for a disk that refuses
		t.Fatal(err)
	}
	l := openLog(t, dir, clk)
	if err := l.Record(t.Context(), identity.Access{Action: "first"}); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		return errors.Is(l.Record(t.Context(), identity.Access{Action: "later"}), identity.ErrAccessLog)
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return l.Record(t.Context(), identity.Access{Action: "after"}) == nil })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := lines(t, path)
	if len(got) < 2 || got[0].Action != "first" || got[len(got)-1].Action != "after" {
		t.Errorf("%+v", got)
	}
}

func TestALogThatNeverWritesTakesABoundedNumber(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	if err := os.Mkdir(filepath.Join(dir, "2019-12-02.ndjson"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := openLog(t, dir, clk)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var err error
	for range 5000 {
		if err = l.Record(ctx, identity.Access{Action: "x"}); err != nil {
			break
		}
	}
	if !errors.Is(err, identity.ErrAccessLog) {
		t.Errorf("5000 records were taken by a log that cannot write: %v", err)
	}
	if err := l.Close(); err == nil {
		t.Error("Close hides that records were not written")
	}
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("does not happen")
		}
	}
}

// TestWhatMustBeOnTheDiskIsThereAtOnce, and a disk that refuses is told, at the first attempt.
func TestWhatMustBeOnTheDiskIsThereAtOnce(t *testing.T) {
	dir := t.TempDir()
	l, err := identity.OpenAccessLog(dir, identity.AccessLogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (all string) {
		files, _ := filepath.Glob(filepath.Join(dir, "*.ndjson"))
		for _, f := range files {
			b, _ := os.ReadFile(f)
			all += string(b)
		}
		return all
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			object := fmt.Sprintf("object-%d;", i)
			if err := l.RecordNow(t.Context(), identity.Access{Object: object}); err != nil || !strings.Contains(read(), object) {
				t.Errorf("%s: %v", object, err)
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "access")
	if l, err = identity.OpenAccessLog(broken, identity.AccessLogOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(broken); err != nil {
		t.Fatal(err)
	}
	if err := l.RecordNow(t.Context(), identity.Access{Object: "x"}); !errors.Is(err, identity.ErrAccessLog) {
		t.Errorf("without a directory: %v", err)
	}
	_ = l.Close() // which tells the same
}
