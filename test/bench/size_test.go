package main

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
)

var size = flag.Uint64("size", 0, "entries of the ledger of TestSize: 1100000 is a city's campaign; 0: it is left out")

// What a ledger of a city may take.
const (
	listEntries = 440_000               // of the ledger in which the worklist is timed, or fewer where -size says so
	listMost    = 50 * time.Millisecond // p99 of the worklist of a team
	heapMost    = 1 << 30               // bytes live at 1.1 million entries
	heapEntries = 1_100_000
)

// TestSize fills a ledger with visits of 55 events, all of one team and open, so that the team's worklist is the longest there can be. It
// times that list over HTTP, without a network, at 440,000 entries, and weighs the process at -size. A sweep is timed by
//
//	go test ./internal/ledger -run NONE -bench BenchmarkSweep -benchtime 1x
func TestSize(t *testing.T) {
	if *size == 0 {
		t.Skip("needs -size: go test ./test/bench -run TestSize -size 1100000 -timeout 1h -v")
	}
	ctx := context.Background()
	n, err := openBench(ctx, datadir.Dir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	const writers = 16
	b, err := prepare(ctx, n, writers)
	if err != nil {
		t.Fatal(err)
	}
	authors := newAuthors(writers)
	fill(ctx, t, n, b, authors, min(*size, listEntries))
	p50, p99 := timed(t, n, b)
	t.Logf("%d entries: the worklist of a team takes p50 %v, p99 %v", n.Ledger.Head().Size, p50, p99)
	if p99 > listMost {
		t.Errorf("the worklist takes %v, at most %v is wanted", p99, listMost)
	}
	fill(ctx, t, n, b, authors, *size)
	if err := n.Projector.WaitFor(ctx, n.Ledger.Head().Size); err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	entries := n.Ledger.Head().Size
	t.Logf("%d entries: %d MiB live, %d bytes an entry, %d MiB taken", entries, m.HeapAlloc>>20, m.HeapAlloc/entries, m.Sys>>20)
	if most := uint64(heapMost) * max(entries, heapEntries) / heapEntries; m.HeapAlloc > most {
		t.Errorf("%d MiB live, at most %d are wanted", m.HeapAlloc>>20, most>>20)
	}
}

// fill appends visits, a batch each, until the ledger has so many entries.
func fill(ctx context.Context, t *testing.T, n *node.Node, b bearer, authors []author, until uint64) {
	t.Helper()
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for w := range authors {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), uint64(w)))
			for n.Ledger.Head().Size < until && failed.Load() == nil {
				if err := visit(ctx, n, b, &authors[w], r); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	if wg.Wait(); failed.Load() != nil {
		t.Fatal(*failed.Load())
	}
}

// visit appends the author's next visit.
func visit(ctx context.Context, n *node.Node, b bearer, a *author, r *rand.Rand) error {
	items := make([]ledger.Item, visitEvents)
	for i := range items {
		raw := a.next(r)
		e, err := entry.ParseEvent(raw, n.Catalogue)
		if err != nil {
			return err
		}
		items[i] = ledger.Item{Bytes: raw, Event: e}
	}
	_, err := n.Ledger.Append(ctx, ledger.Request{Actor: b.actor, Items: items})
	return err
}

// timed asks for the worklist of the team 300 times, as it stands three days later, when much is overdue.
func timed(t *testing.T, n *node.Node, b bearer) (p50, p99 time.Duration) {
	t.Helper()
	h, err := n.Handler()
	if err != nil {
		t.Fatal(err)
	}
	target := "/v1/obligations?team=bench&now=" + time.Now().UTC().Add(72*time.Hour).Format(time.RFC3339)
	var took []time.Duration
	var list struct{ Open, Overdue int }
	for range 300 {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Authorization", "Bearer "+b.token.Reveal())
		w := httptest.NewRecorder()
		began := time.Now()
		h.ServeHTTP(w, r)
		took = append(took, time.Since(began))
		if w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
	}
	if visits := int(n.Ledger.Head().Size / (visitEvents + 1)); list.Open < visits || list.Overdue == 0 {
		t.Errorf("%d open and %d overdue of %d visits", list.Open, list.Overdue, visits)
	}
	t.Logf("%d obligations are open, %d of them overdue", list.Open, list.Overdue)
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}
