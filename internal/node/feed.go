package node

import (
	"context"
	"errors"
	"sync"

	"github.com/anjian-ledger/anjian/internal/feed"
)

// feeds refuses a feed without an engine that carries it.
func (c *Config) feeds() error {
	if c.Feed != nil && (c.Engine == nil || !c.Engine.Feeds()) {
		return errors.New("the feed needs a NATS cluster")
	}
	return nil
}

// startFeed publishes committed entries for other departments, if that is configured.
func (n *Node) startFeed(cfg *Config) error {
	if cfg.Feed == nil || n.copies.Opened == nil || cfg.ReadOnly { // without an engine it is open for reading only
		return nil
	}
	nc, err := n.copies.Opened.Connect("feed")
	if err != nil {
		return err
	}
	fc := *cfg.Feed
	fc.Source, fc.Conn, fc.Logger, fc.Now = n.Ledger, nc, cfg.Logger, n.Ledger.Now
	fc.Prefix = n.copies.Opened.Prefix
	if fc.Replicas == 0 {
		fc.Replicas = n.copies.Opened.Replicas
	}
	if n.feed, err = feed.New(fc); err != nil {
		return err
	}
	n.units, err = feed.NewUnits(feed.UnitsConfig{
		Source: n.Ledger, Views: n.Projector, Conn: nc, Stream: fc.Units, Prefix: fc.Prefix, Age: fc.Age, Replicas: fc.Replicas,
		Logger: cfg.Logger})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{"the feed": n.feed.Run, "the feed of units": n.units.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				cfg.Logger.Error(name+" has stopped", "error", err)
			}
		})
	}
	n.stopFeed = func() { cancel(); running.Wait() }
	return nil
}
