package node

import (
	"cmp"
	"errors"
	"io"

	"github.com/anjian-ledger/anjian/internal/core"
	"github.com/anjian-ledger/anjian/internal/feed"
)

// Ready says what is wrong with the node, by part: down keeps it from serving, warnings are red
// although it serves. The parts are those of [core.Parts], evidence, access log, feed and report database.
func (n *Node) Ready() (down, warnings map[string]string) {
	down, warnings = n.Core.Ready()
	if err := errors.Join(n.Evidence.Err(), n.eraser.Err()); err != nil {
		warnings["evidence"] = err.Error()
	}
	if err := n.AccessLog.Err(); err != nil {
		warnings["access"] = err.Error()
	}
	if n.Reports != nil {
		if red := n.reportsRed(); red != "" {
			warnings["reports"] = red
		}
	}
	if n.feed != nil {
		if err := cmp.Or(n.feed.Status().Err, n.units.Status().Err); err != nil {
			warnings["feed"] = err.Error()
		}
	}
	return down, warnings
}

// WriteMetrics writes what is to be known of the node's parts in the Prometheus text format.
func (n *Node) WriteMetrics(w io.Writer) {
	down, warnings := n.Ready()
	parts := append([]string{"evidence", "access"}, core.Parts...)
	if n.feed != nil {
		parts = append(parts, "feed")
	}
	if n.Reports != nil {
		parts = append(parts, "reports")
		defer n.writeReportMetrics(w)
	}
	core.WriteParts(w, parts, down, warnings)
	n.Core.WriteMetrics(w)
	if free, size, err := n.Dir.Space(); err == nil {
		core.Gauge(w, "anjian_disk_free_bytes", "of the file system of the data directory, for this process", free)
		core.Gauge(w, "anjian_disk_size_bytes", "of the file system of the data directory", size)
	}
	if n.feed == nil {
		return
	}
	for prefix, f := range map[string]feed.Status{"anjian_feed": n.feed.Status(), "anjian_feed_units": n.units.Status()} {
		up := 1
		if f.Err != nil {
			up = 0
		}
		core.Gauge(w, prefix+"_published_entries", "entries that the feed's stream has", f.Published)
		core.Gauge(w, prefix+"_lag_entries", "entries that the feed is behind the ledger", f.Lag())
		core.Gauge(w, prefix+"_up", "1: this node publishes or follows the feed; 0: it cannot", up)
	}
}
