package core

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Parts are those of which [Core.Ready] can tell. Some ways of damage have names of their own:
// entries, ledger, program.
var Parts = []string{"store", "journal", "tiles", "checkpoint", "clock", "scrub", "views"}

// Ready says what is wrong, by part: down keeps the ledger from serving, warnings are red although
// it serves. The maps are the caller's.
func (c *Core) Ready() (down, warnings map[string]string) {
	h := c.Ledger.Health()
	down, warnings = h.Reasons, h.Warnings
	if err := c.Projector.Err(); err != nil {
		down["views"] = err.Error()
	}
	return down, warnings
}

// Gauge writes a metric in the Prometheus text format. An error of writing means that who asked is
// gone.
func Gauge(w io.Writer, name, help string, v any) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s gauge\n%[1]s %[3]v\n", name, help, v)
}

// WriteParts writes a gauge for each part, and for whatever else is down or in doubt.
func WriteParts(w io.Writer, parts []string, down, warnings map[string]string) {
	fmt.Fprint(w, "# HELP anjian_part_up 1: the part is well; 0.5: it is red and the node serves; 0: it keeps the node from serving\n"+
		"# TYPE anjian_part_up gauge\n")
	up := map[string]string{}
	for _, part := range parts {
		up[part] = "1"
	}
	for part := range warnings {
		up[part] = "0.5"
	}
	for part := range down {
		up[part] = "0"
	}
	for _, part := range slices.Sorted(maps.Keys(up)) {
		fmt.Fprintf(w, "anjian_part_up{part=%q} %s\n", part, up[part])
	}
}

// WriteMetrics writes what is to be known of the ledger and its readers beside their parts.
func (c *Core) WriteMetrics(w io.Writer) {
	h, s, ok := c.Ledger.Health(), c.Ledger.Clock(), 0
	if s.State == clock.OK {
		ok = 1
	}
	Gauge(w, "anjian_clock_ok", "1: the machine's clock is relied on; 0: it is red or unconfirmed, and nothing is called late", ok)
	Gauge(w, "anjian_clock_off_seconds", "how far the machine's clock is from the expected time", s.Off)
	Gauge(w, "anjian_store_silent_seconds", "how long the store has left the block in flight unanswered; 0: none is in flight", h.StoreSilent.Seconds())
	position := c.Projector.Position()
	Gauge(w, "anjian_views_position", "entries that the views reflect", position)
	Gauge(w, "anjian_views_behind_entries", "entries that the views do not reflect yet", max(h.Size, position)-position)
	Gauge(w, "anjian_scrub_passes", "complete comparisons of both copies since the start", h.Scrub.Passes)
	Gauge(w, "anjian_scrub_last_pass_seconds", "when the last of them ended, seconds since 1970; 0: none yet", seconds(h.Scrub.LastPass))
	writeCommits(w, c.Ledger.Commits())
	Gauge(w, "anjian_ledger_malformed_entries", "entries whose event no release ever accepted", h.Malformed)
}

// writeCommits writes a histogram of commits.
func writeCommits(w io.Writer, c ledger.Commits) {
	const name = "anjian_commit_seconds"
	fmt.Fprintf(w, "# HELP %s from sealing a block until store and journal have it\n# TYPE %[1]s histogram\n", name)
	sum := uint64(0)
	for i, n := range c.Blocks {
		if sum += n; i < len(ledger.CommitBounds) {
			fmt.Fprintf(w, "%s_bucket{le=\"%g\"} %d\n", name, ledger.CommitBounds[i].Seconds(), sum)
		}
	}
	fmt.Fprintf(w, "%s_bucket{le=\"+Inf\"} %d\n%[1]s_sum %[3]g\n%[1]s_count %[2]d\n", name, sum, c.Took.Seconds())
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
