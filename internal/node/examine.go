package node

import (
	"context"
	"errors"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Examination is what a start on a data directory would find.
type Examination struct {
	ledger.Examination
	Fresh  bool   // a ledger would begin
	Origin string // of the ledger that is there, or would begin
}

// Examine decides by [Open]'s own steps whether cfg.Dir can be opened, and with what, and
// changes nothing: everything is read that a start would read. Its errors are those of Open.
// With an engine outside the data directory it looks at the directory alone.
func Examine(ctx context.Context, cfg Config) (x Examination, err error) {
	cc := cfg.copies()
	st, err := cc.Stand()
	if err != nil {
		return x, err
	}
	if x.Fresh, x.Origin = st.Fresh(), st.Origin; x.Fresh || cfg.Engine != nil {
		return x, nil
	}
	c, err := engines.ReadCopies(cc, st)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	x.Examination, err = ledger.Examine(ctx, ledger.Config{
		Key: c.Key, Journal: c.Journal, Store: c.Store, StoreErr: c.StoreErr, TilesDir: cfg.Dir.Tiles(), Catalogue: domain.Catalogue()})
	return x, err
}
