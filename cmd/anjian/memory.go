package main

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
		if _, ok := os.LookupEnv(name); ok {
			return nil
		}
	}
	return make([]byte, ballastSize)
}

// withBallast runs a long command with the ballast.
func withBallast(run func(ballast int) error) error {
	b := newBallast()
	defer runtime.KeepAlive(b)
	return run(len(b))
}
