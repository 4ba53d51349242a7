package node

import (
	"context"
	"errors"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
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
	st, err := cfg.stand()
	if err != nil {
		return x, err
	}
	if x.Fresh, x.Origin = st.fresh(), st.origin; x.Fresh || cfg.Store.external() {
		return x, nil
	}
	lc := ledger.Config{TilesDir: cfg.Dir.Tiles(), Key: st.key, Catalogue: domain.Catalogue()}
	if lc.Journal, err = journal.OpenReadOnly(cfg.Dir.Journal()); lc.Journal == nil {
		return x, err
	}
	defer func() { err = errors.Join(err, lc.Journal.Reader.Close()) }()
	s, err := jetstream.OpenFiles(cfg.embedded(lc.Journal))
	if lc.Store = s; err != nil {
		lc.Store, lc.StoreErr = nil, err
	}
	x.Examination, err = ledger.Examine(ctx, lc)
	return x, err
}

// embedded is how the store in the data directory is opened.
func (cfg *Config) embedded(j *journal.Journal) jetstream.Config {
	return jetstream.Config{Dir: cfg.Dir.Store(), MustExist: j.Head() > 0, MayCut: mayCut(j.Reader), Logger: cfg.Logger}
}
