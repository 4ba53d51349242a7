package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

var started = time.Now()

// sinceBoot is CLOCK_BOOTTIME: it counts suspend, and nobody can set it.
func sinceBoot() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil { // no kernel of this century
		return time.Since(started)
	}
	return time.Duration(ts.Nano())
}

// synchronised asks the kernel, as adjtimex(2) says: a time service keeps the clock, and its
// estimated error is bounded.
func synchronised() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
}
