package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
)

// connectTimeout bounds each request to an external engine during a check.
const connectTimeout = 5 * time.Second

// engine checks the clock against the journal, and an engine outside the data directory.
func (c *checkup) engine(ctx context.Context) {
	var have uint64
	if hasJournal(c.dir) {
		have = c.journal()
	}
	if c.o.engine.external() {
		c.external(ctx, have)
	}
}

// journal checks the clock against the journal's last block, and, where the blocks are not read
// as a whole, the journal's structure.
func (c *checkup) journal() (head uint64) {
	j, err := journal.OpenReader(c.dir.Journal())
	if err != nil && (c.live || c.o.engine.external()) {
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
	if now.Start(newest); now.Unconfirmed() {
		s := now.Status()
		c.problem("set the clock; if it is right, start the server and run: anjian clock --confirm",
			"the machine's clock says %v, the newest entry was recorded at %v: appends would wait for somebody to confirm the clock", s.Wall, newest)
	}
}

// external checks that the engine can be reached and has this ledger. It makes no stream.
func (c *checkup) external(ctx context.Context, have uint64) {
	if err := c.o.engine.check(); err != nil {
		return // told already
	}
	origin := c.origin
	if origin == "" {
		origin = c.o.origin
	}
	head, warnings, err := c.connect(ctx, origin)
	for _, w := range warnings {
		c.warning("see docs/from-one-machine-to-a-cluster.md", "the store: %s", w)
	}
	var settings *jetstream.SettingsError
	missing := errors.Is(err, jetstream.ErrMissing) || errors.Is(err, kurrentdb.ErrMissing)
	switch {
	case missing && have > 0:
		c.problem("bring the ledger there first: anjian copy --from journal:"+string(c.dir)+" --to …", "%v", err)
	case missing && c.origin == "":
	case missing:
		c.problem("check the name of the stream and the account of the user", "%v", err)
	case errors.As(err, &settings):
		c.problem("the stream was not made by anjian, or was changed: correct its settings", "%v", err)
	case err != nil:
		c.problem("check URL, network, credentials and TLS files", "the store: %v", err)
	case have > head:
		c.problem("it has lost blocks, or is not this ledger's: nothing must be appended; compare with: anjian verify", "the store ends with block %d, the journal with block %d", head, have)
	case c.origin == "" && head > 0:
		c.problem("bring keys/checkpoint.key over from one of its nodes", "the store holds a ledger of %d blocks and %s has no key", head, c.dir)
	}
}

// connect returns the last block and what an administrator should change.
func (c *checkup) connect(ctx context.Context, origin string) (head uint64, warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*connectTimeout)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)
	if url := c.o.engine.kurrentdb; url != "" {
		cfg := c.o.engine.kurrent(url, true, quiet)
		cfg.Timeout = connectTimeout
		s, err := kurrentdb.Open(ctx, cfg)
		if err != nil {
			return 0, nil, err
		}
		head, err = s.Head(ctx)
		return head, nil, errors.Join(err, s.Close())
	}
	if origin == "" {
		origin = "anjian.invalid/none" // the stream of a ledger without a name: it is missing
	}
	cfg, err := c.o.engine.cluster(c.o.engine.nats, origin, false, quiet)
	if err != nil {
		return 0, nil, err
	}
	cfg.Timeout = connectTimeout
	s, err := jetstream.OpenCluster(ctx, cfg)
	if err != nil {
		return 0, nil, err
	}
	head, err = s.Head(ctx)
	return head, s.Warnings(), errors.Join(err, s.Close())
}
