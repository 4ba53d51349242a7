package node

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

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
	c.Dir, c.Logger, c.Space, c.CheckEvery = cfg.Dir.Reports(), cfg.Logger, cfg.Dir.Space, cfg.CheckReportsEvery
	n.Reports = reportdb.New(c)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Reports.Run(ctx) })
	n.stopDB = func() { cancel(); running.Wait() }
}

// ReportsAtRest brings the report database of a directory without a server up to the ledger's end and returns it, for questions. The node,
// which may be opened read-only, holds the directory's lock; its own builder, if it has one, is not to run. The node's Progress is told how
// far it is.
func (n *Node) ReportsAtRest(ctx context.Context) (*reportdb.Builder, error) {
	c := n.ReportSource()
	c.Dir, c.Logger, c.Space = n.Dir.Reports(), n.cfg.Logger, n.Dir.Space
	b := reportdb.New(c)
	ctx, cancel := context.WithCancel(ctx)
	var telling sync.WaitGroup
	if n.cfg.Progress != nil {
		telling.Go(func() { n.tell(ctx, b) })
	}
	err := b.Update(ctx)
	cancel()
	telling.Wait()
	return b, err
}

// tell tells how far the report database is, until ctx ends.
func (n *Node) tell(ctx context.Context, b *reportdb.Builder) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s := b.Status()
			n.cfg.Progress(s.Position, s.Size)
		case <-ctx.Done():
			return
		}
	}
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
	flag := map[bool]int{true: 1}
	core.Gauge(w, "anjian_reports_up", "1: the report database is being built; 0: building has stopped, and is tried again",
		flag[s.Err == nil])
	core.Gauge(w, "anjian_reports_position", "entries that the report database reflects", s.Position)
	core.Gauge(w, "anjian_reports_behind_entries", "entries that the report database does not reflect yet", s.Lag())
	core.Gauge(w, "anjian_reports_wal_bytes", "size of the report database's log of writes", s.WAL)
	core.Gauge(w, "anjian_reports_rebuilt", "how often its file was deleted since the start, because it was damaged or another's", s.Rebuilt)
	core.Gauge(w, "anjian_reports_questions", "questions that are open at the moment", s.Asked)
	core.Gauge(w, "anjian_reports_checking", "1: a second database is being built, to compare the first with", flag[s.Checking])
	core.Gauge(w, "anjian_reports_checked_entries", "entries after which the last check compared both", s.Checked.Position)
	core.Gauge(w, "anjian_reports_differed", "1: the last check found a difference, and replaced the file", flag[len(s.Checked.Differ) > 0])
}
