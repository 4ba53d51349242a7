package node

import (
	"context"
	"errors"
	"log/slog"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Examination is what a start on a data directory would find.
type Examination struct {
	ledger.Examination
	Fresh  bool   // a ledger would begin
	Origin string // of the ledger that is there, or would begin
	// FeedErr says why the feed would not run although the ledger does; nil when it would.
	FeedErr error
}

// Stand returns what [Open] says of the data directory alone, before it asks an engine.
func Stand(cfg Config) error {
	cc := cfg.copies()
	_, err := cc.Stand()
	return err
}

// Examine decides by [Open]'s own steps whether cfg.Dir can be opened, and with what, and
// changes nothing, also in an engine outside the data directory: everything is read that a start
// would read. Its errors are those of Open.
func Examine(ctx context.Context, cfg Config) (x Examination, err error) {
	cc := cfg.copies()
	if err := cfg.feeds(); err != nil {
		return x, err
	}
	st, err := cc.Stand()
	if err != nil {
		return x, err
	}
	if x.Fresh, x.Origin = st.Fresh(), st.Origin; x.Fresh && cfg.Engine == nil {
		return x, nil
	}
	c, err := engines.ReadCopies(ctx, cc, st)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if !x.Fresh {
		if x.Examination, err = ledger.Examine(ctx, ledger.Config{
			Key: c.Key, Journal: c.Journal, Store: c.Store, StoreErr: c.StoreErr, Shared: c.Shared, ReadOnly: cfg.ReadOnly,
			TilesDir: cfg.Dir.Tiles(), Catalogue: domain.Catalogue(),
		}); err != nil {
			return x, err
		}
	}
	if _, err := c.Evidence(ctx, slog.New(slog.DiscardHandler)); err != nil {
		return x, err
	}
	if cfg.Feed == nil || c.Opened == nil {
		return x, nil
	}
	nc, err := c.Opened.Connect("check")
	if err == nil {
		x.FeedErr = cfg.Feed.Foreign(ctx, nc, c.Opened.Origin)
	}
	return x, err
}
