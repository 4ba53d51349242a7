package clock

import "time"

// System returns the machine's own sources.
//
// The kernel's count of time with suspend costs several times a look at the clock, so it is
// asked once a second, and whenever the clock and Go's monotonic time, which stands still in
// suspend, have not moved alike. Synchronised is never true where the kernel does not say.
func System() Sources {
	start := time.Now()
	var asked time.Time // by the clock, with its monotonic reading
	var boot time.Duration
	return Sources{
		Read: func() (time.Time, time.Duration) {
			now := time.Now()
			passed := now.Sub(asked)                                       // monotonic
			set := time.Duration(now.UnixNano()-asked.UnixNano()) - passed // how far the clock was set, or slept
			if asked.IsZero() || passed > time.Second || set > time.Millisecond || set < -time.Millisecond {
				var ok bool
				if boot, ok = sinceBoot(); !ok {
					boot = now.Sub(start)
				}
				asked, passed = now, 0
			}
			return now.Round(0), boot + passed
		},
		Synchronised: synchronised,
	}
}
