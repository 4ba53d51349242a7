package main

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/journal"
)

// connectTimeout bounds each request to an external engine during a check.
const connectTimeout = 5 * time.Second

// engine checks the clock against the journal, and an engine outside the data directory. answers:
// what such an engine says lets a start go on; the copies are to be read.
func (c *checkup) engine(ctx context.Context) (answers bool) {
	var have uint64
	if c.dir.HasJournal() {
		have = c.journal()
	}
	return !c.o.engines.External() || c.external(ctx, have)
}

// journal checks the clock against the journal's last block, and, where the blocks are not read
// as a whole, the journal's structure.
func (c *checkup) journal() (head uint64) {
	j, err := journal.OpenReader(c.dir.Journal())
	if err != nil && (c.live || c.o.engines.External()) {
		c.problem("run: anjian repair", "%v", err)
	}
	if j == nil {
		return 0
	}
	defer func() { _ = j.Close() }() // it was only read
	if head = j.Head(); head == 0 {
		return 0
	}
	raw, err := j.ReadBlock(head)
	if err != nil {
		return head
	}
	if b, err := block.Parse(raw); err != nil {
		return head
	} else {
		c.clock(b.Recorded)
	}
	return head
}

// clock asks what a start would: whether the machine's clock is taken without a question.
func (c *checkup) clock(newest time.Time) {
	now := clock.New(clock.System())
	if now.Start(newest); now.Unconfirmed() && !c.o.readOnly {
		s := now.Status()
		c.problem("set the clock; if it is right, start the server and run: anjian clock --confirm",
			"the machine's clock says %v, the newest entry was recorded at %v: appends would wait for somebody to confirm the clock", s.Wall, newest)
	}
}

// external checks that the engine can be reached and has this ledger. It makes nothing there.
func (c *checkup) external(ctx context.Context, have uint64) bool {
	engine, err := c.o.engines.Engine(slog.New(slog.DiscardHandler))
	if err != nil {
		return false // told already
	}
	d, err := engines.Diagnose(ctx, engine, cmp.Or(c.origin, c.o.origin), connectTimeout)
	for _, w := range d.Warnings {
		c.warning("see docs/from-one-machine-to-a-cluster.md", "the store: %s", w)
	}
	switch {
	case d.Fault == engines.Missing && have > 0:
		c.problem("bring the ledger there first: "+engines.CopyFrom(c.dir, engine), "%v", err)
	case d.Fault == engines.Missing && c.origin == "":
		return true
	case d.Fault == engines.Missing:
		c.problem("check the name of the stream and the account of the user", "%v", err)
	case d.Fault == engines.Unfit && c.origin == "":
		return true // it may be what an interrupted first start has left: a start decides
	case d.Fault == engines.Unfit:
		c.problem("the stream was not made by anjian, or was changed: correct its settings", "%v", err)
	case d.Fault == engines.Damaged:
		c.problem("stop the node and run: anjian repair, which names the way out", "the store: %v", err)
	case d.Fault == engines.Refuses && c.o.readOnly:
		return true
	case d.Fault == engines.Refuses:
		c.problem("have its administrator correct that", "the store would take no blocks: %v", err)
	case err != nil:
		c.problem("check URL, network, credentials and TLS files", "the store: %v", err)
	case have > d.Head:
		c.problem("stop every node; on the one whose journal has the most blocks, which this check tells on each, run: "+
			engines.CopyFrom(c.dir, engine),
			"the store ends with block %d, the journal with block %d: it has lost blocks, as when an old backup is put back, "+
				"or is not this ledger's", d.Head, have)
	case c.origin == "" && d.Head > 0:
		c.problem("bring keys/checkpoint.key over from one of its nodes", "the store holds a ledger of %d blocks and %s has no key", d.Head,
			c.dir)
	default:
		return true
	}
	return false
}
