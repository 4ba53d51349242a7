package node

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/anjian-ledger/anjian/internal/core"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// lagging is how many entries behind the ledger the report database may be before readiness says so.
const lagging = 10_000

// startReports builds the report database behind the ledger, if that is configured.
func (n *Node) startReports(cfg *Config) {
	if !cfg.Reports || cfg.ReadOnly {
		return
	}
	c := n.ReportSource()
	c.Dir, c.Logger, c.Space = cfg.Dir.Reports(), cfg.Logger, cfg.Dir.Space
	n.Reports = reportdb.New(c)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Reports.Run(ctx) })
	n.stopDB = func() { cancel(); running.Wait() }
}

// reportsRed says what is wrong with the report database; "": nothing.
func (n *Node) reportsRed() string {
	switch s := n.Reports.Status(); {
	case s.Err != nil:
		return s.Err.Error()
	case s.Lag() > lagging:
		return fmt.Sprintf("the report database is %d entries behind the ledger", s.Lag())
	}
	return ""
}

func (n *Node) writeReportMetrics(w io.Writer) {
	s := n.Reports.Status()
	up := 1
	if s.Err != nil {
		up = 0
	}
	core.Gauge(w, "anjian_reports_up", "1: the report database is being built; 0: building has stopped, and is tried again", up)
	core.Gauge(w, "anjian_reports_position", "entries that the report database reflects", s.Position)
	core.Gauge(w, "anjian_reports_behind_entries", "entries that the report database does not reflect yet", s.Lag())
	core.Gauge(w, "anjian_reports_wal_bytes", "size of the report database's log of writes", s.WAL)
	core.Gauge(w, "anjian_reports_rebuilt", "how often its file was deleted since the start, because it was damaged or another's", s.Rebuilt)
}
