package node

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// ballastSize is memory that is asked for and never touched, so that it costs address space
// and no RAM. The garbage collector counts it as live and therefore runs when some hundred
// megabytes were allocated instead of some ten: a fifth less CPU for each append while the
// ledger is small.
const ballastSize, ballastPiece = 256 << 20, 32 << 20

// ballast is thrown overboard piece by piece as the heap grows by itself: with all of it a heap of 300 MB would be
// let grow to 850, and that of a city with its report database past 1 GiB.
type ballast struct {
	mu     sync.Mutex
	pieces [][]byte
}

// tuned reports whether the administrator has tuned the collector, which is left alone then.
func tuned() bool { return os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" }

// newBallast returns the ballast, which is empty when the administrator has tuned the collector.
func newBallast() *ballast {
	b := &ballast{}
	if tuned() {
		return b
	}
	for range ballastSize / ballastPiece {
		b.pieces = append(b.pieces, make([]byte, ballastPiece))
	}
	return b
}

// size is how many bytes of the heap are ballast.
func (b *ballast) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pieces) * ballastPiece
}

// lighten drops what the heap does not need any more, when so many bytes of it lived at the last collection.
func (b *ballast) lighten(live uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if most := uint64(ballastSize + ballastPiece); live > most && len(b.pieces) > 0 {
		drop := min(len(b.pieces), int((live-most+ballastPiece-1)/ballastPiece))
		clear(b.pieces[len(b.pieces)-drop:])
		b.pieces = b.pieces[:len(b.pieces)-drop]
	}
}

// plenty is the size up to which the heap may double before it is collected, as Go lets it.
const plenty = 512 << 20

// growth is by how many percent the heap may grow before it is collected, when so many bytes of it lived at the last collection: by as
// much as lives up to plenty, then by plenty, and from twice of that on by half. In steps of ten, because each change stops the process
// for a moment.
func growth(live uint64) int {
	return int(max(50, min(100, 10*plenty/max(live, 1)*10))) //nolint:gosec // between the two
}

// Thrift lets the heap grow by what [growth] says and no more, until stop is called: a ledger of millions of entries would else take
// twice what lives of it, and what was made while a collection ran besides. When the administrator has tuned the collector it does nothing.
func Thrift() (stop func()) {
	if tuned() {
		return func() {}
	}
	done, ended, percent := make(chan struct{}), make(chan struct{}), 100
	set := func(p int) {
		if p != percent {
			debug.SetGCPercent(p)
			percent = p
		}
	}
	go func() {
		defer close(ended)
		watchHeap(done, func(live uint64) bool {
			set(growth(live))
			return true
		})
		set(100)
	}()
	return func() {
		close(done)
		<-ended
	}
}

// watchHeap calls fn each second with how many bytes lived at the last collection, until done is closed or fn has seen enough.
func watchHeap(done <-chan struct{}, fn func(live uint64) bool) {
	each := time.NewTicker(time.Second)
	defer each.Stop()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		select {
		case <-each.C:
			if metrics.Read(live); !fn(live[0].Value.Uint64()) {
				return
			}
		case <-done:
			return
		}
	}
}

// sleepers is how many threads sleep in fsync while a block is committed: the store's and
// the journal's.
const sleepers = 2

// addProcessors lets as many goroutines more run as threads sleep in fsync. The scheduler
// takes a sleeping thread for one that runs, until it has looked twice; meanwhile those that
// carry the next block would stand behind a crowd of requests. On two cores it makes an
// eighth more single appends over HTTP. A number that the administrator has set is left alone.
func addProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + sleepers)
	}
}

// Tuned runs a long command with a ballast for the garbage collector and with processors for what
// sleeps in fsync; ballast says how many bytes of the heap that is at the moment, 0 when the administrator has tuned the collector.
func Tuned(run func(ballast func() int) error) error {
	addProcessors()
	b, done := newBallast(), make(chan struct{})
	defer close(done)
	go watchHeap(done, func(live uint64) bool {
		b.lighten(live)
		return b.size() > 0
	})
	return run(b.size)
}
