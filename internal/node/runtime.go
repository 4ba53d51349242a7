package node

import (
	"os"
	"runtime"
)

// ballastSize is memory that is asked for and never touched, so that it costs address space
// and no RAM. The garbage collector counts it as live and therefore runs when some hundred
// megabytes were allocated instead of some ten: a fifth less CPU for each append while the
// ledger is small, and no more than twice this size of additional memory.
const ballastSize = 256 << 20

// newBallast returns the ballast, to be kept alive for as long as the command runs, or nil
// when the administrator has tuned the collector.
func newBallast() []byte {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if os.Getenv(name) != "" {
			return nil
		}
	}
	return make([]byte, ballastSize)
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
// sleeps in fsync; ballast is in bytes, 0 when the administrator has tuned the collector.
func Tuned(run func(ballast int) error) error {
	addProcessors()
	b := newBallast()
	defer runtime.KeepAlive(b)
	return run(len(b))
}
