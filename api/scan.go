package api

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// errEnough ends a scan early without failing it.
var errEnough = errors.New("enough")

// yieldEvery is after how many entries a scan lets others run, a power of two: about 0.2 ms.
// Without it a few scans keep every core for 10 ms at a time.
const yieldEvery = 64

// scan is one pass through the ledger in its reader's order: by the position since which he
// sees an entry, then by index. So what an entry discloses comes directly before it.
type scan struct {
	v        *viewer
	f        *filter
	after    projector.Cursor // only what comes after it is delivered, once begun
	begun    bool
	deadline time.Time // zero: none
	deliver  func(at projector.Cursor, raw []byte) error
}

// resume makes a scan go on after a cursor, and returns the position to go on from; without
// one the reading begins where the filter does.
func (s *scan) resume(cursor string) (from uint64, err error) {
	if cursor == "" {
		return s.f.from, nil
	}
	if s.after, err = projector.ParseCursor(cursor, s.v.scope.Fingerprint()); err != nil {
		return 0, viewError(err)
	}
	s.begun = true
	return max(s.f.from, s.after.Since), nil
}

// run delivers the entries that became visible at the positions [from, to). It returns the
// position that it reached: everything before it was looked at.
func (s *scan) run(ctx context.Context, from, to uint64) (reached uint64, err error) {
	a := s.v.a
	reached, err = projector.Walk(ctx, a.cfg.Ledger, a.cfg.Projector, &s.v.scope.Scope, from, to, func(at projector.Cursor, raw []byte) error {
		if at.Index&(yieldEvery-1) == 0 {
			runtime.Gosched() // short requests go first
		}
		// The first position is always passed, so that each run comes further.
		if at.Since > from && at.Index == at.Since && at.Index&1023 == 0 && !s.deadline.IsZero() && time.Now().After(s.deadline) {
			return errEnough
		}
		return s.look(at, raw)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return reached, err
}

// outOfTime is the place from which to go on when run was out of time at a position, and had come
// to last (placed: if anywhere): before that position, but never before last.
func outOfTime(last projector.Cursor, placed bool, reached uint64) projector.Cursor {
	if next := (projector.Cursor{Since: max(reached, 1) - 1, Index: maxPosition}); !placed || last.Less(next) {
		return next
	}
	return last
}

// look delivers an entry if it is selected and this is its place in the reader's order.
func (s *scan) look(at projector.Cursor, raw []byte) error {
	if s.begun && !s.after.Less(at) {
		return nil
	}
	en, err := entry.Parse(raw) // of a newer form only the index is known
	if err != nil && !errors.Is(err, entry.ErrNewer) {
		return err
	}
	if !s.f.matches(&en) {
		return nil
	}
	if since, ok := s.v.since(&en); !ok || since != at.Since {
		return nil
	}
	if err := s.v.show(&en); err != nil {
		return err
	}
	return s.deliver(at, raw)
}
