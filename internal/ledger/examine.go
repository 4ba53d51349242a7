package ledger

import (
	"context"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
)

// Examination is what a start would find.
type Examination struct {
	Head  Head
	Stops map[string]string // by copy: what would stop appends; empty when nothing would
	Short string            // the copy that would be completed from the other; empty when none
	Torn  string            // what of an unfinished block would be cut off; empty when nothing
}

// Examine does what [Open] does up to the point where something is changed: it replays the
// copies, and compares them with each other and with the checkpoint file. Nothing is written.
// Its error is that of Open: nothing can be read.
func Examine(ctx context.Context, cfg Config) (x Examination, err error) {
	cfg.setDefaults()
	cfg.Folds = nil
	l := newLedger(cfg)
	r := newRecovery(l, &sequencer{l: l, state: domain.New(), ids: map[uuid.UUID]known{}})
	if err := r.look(ctx); err != nil {
		return x, err
	}
	x.Head, x.Stops = l.Head(), maps.Clone(l.health.stops)
	if t := cfg.Journal.Opened().Torn; t != nil {
		x.Torn = fmt.Sprintf("%d bytes of an unfinished block at the end of journal segment %s", t.Bytes, t.Segment)
	}
	switch end := x.Head.Block; {
	case len(x.Stops) > 0:
	case r.journalHead < end:
		x.Short = "journal"
	case r.storeHead < end:
		x.Short = "store"
	}
	return x, nil
}
