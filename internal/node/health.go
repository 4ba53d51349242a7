package node

import (
	"cmp"
	"fmt"
	"io"

	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/feed"
)

// Ready says what is wrong with the node, by part: down keeps it from serving, doubts are red
// although it serves. The parts are store, journal, tiles, checkpoint, clock (of the ledger),
// views and feed.
func (n *Node) Ready() (down, doubts map[string]string) {
	h := n.Ledger.Health()
	down, doubts = h.Reasons, h.Doubts
	if err := n.Projector.Err(); err != nil {
		down["views"] = err.Error()
	}
	if n.feed != nil {
		if err := cmp.Or(n.feed.Status().Err, n.units.Status().Err); err != nil {
			doubts["feed"] = err.Error()
		}
	}
	return down, doubts
}

// WriteMetrics writes what is to be known of the node's parts in the Prometheus text format.
// An error of writing means that who asked is gone.
func (n *Node) WriteMetrics(w io.Writer) {
	down, doubts := n.Ready()
	fmt.Fprint(w, "# HELP anjian_part_up 1: the part is well; 0.5: it is red and the node serves; 0: it keeps the node from serving\n# TYPE anjian_part_up gauge\n")
	for _, part := range []string{"store", "journal", "tiles", "checkpoint", "clock", "views", "feed"} {
		up := "1"
		switch {
		case down[part] != "":
			up = "0"
		case doubts[part] != "":
			up = "0.5"
		case part == "feed" && n.feed == nil:
			continue
		}
		fmt.Fprintf(w, "anjian_part_up{part=%q} %s\n", part, up)
	}
	gauge := func(name, help string, v any) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s gauge\n%[1]s %[3]v\n", name, help, v)
	}
	s, ok := n.Ledger.Clock(), 0
	if s.State == clock.OK {
		ok = 1
	}
	gauge("anjian_clock_ok", "1: the machine's clock is relied on; 0: it is red or unconfirmed, and nothing is called late", ok)
	gauge("anjian_clock_off_seconds", "how far the machine's clock is from the expected time", s.Off)
	gauge("anjian_views_position", "entries that the views reflect", n.Projector.Position())
	if n.feed == nil {
		return
	}
	for prefix, f := range map[string]feed.Status{"anjian_feed": n.feed.Status(), "anjian_feed_units": n.units.Status()} {
		up := 1
		if f.Err != nil {
			up = 0
		}
		gauge(prefix+"_published_entries", "entries that the feed's stream has", f.Published)
		gauge(prefix+"_lag_entries", "entries that the feed is behind the ledger", f.Lag())
		gauge(prefix+"_up", "1: this node publishes or follows the feed; 0: it cannot", up)
	}
}
