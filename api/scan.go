package api

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
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
	reached, enough, err := s.seek(ctx, from, to)
	if err != nil || enough {
		return reached, err
	}
	return s.walk(ctx, reached, to)
}

// walk is run, through all entries.
func (s *scan) walk(ctx context.Context, from, to uint64) (reached uint64, err error) {
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

// seekFrom is how many entries are looked through without asking the report database where to look.
var seekFrom uint64 = 2000

// seekMost is how many places are asked for at once.
const seekMost = 500

// seek is run as far as the report database has come, by its indexes; it goes nowhere where the filter has none, or there is no such
// database. Each entry that it finds is looked at as walk does: who sees it, the projector knows.
func (s *scan) seek(ctx context.Context, from, to uint64) (reached uint64, enough bool, err error) {
	a, sought := s.v.a, s.f.sought()
	if a.cfg.Reports == nil || sought == nil || to < from+seekFrom {
		return from, false, nil
	}
	to = min(to, a.cfg.Reports.Status().Position)
	if to < from+seekFrom {
		return from, false, nil
	}
	conn, err := a.cfg.Reports.Ask(ctx, reportdb.Question{Actor: s.v.c.claims.Actor(), Scope: s.v.scope.Scope, Names: "entries"})
	if err != nil { // as if there were none
		return from, false, ctx.Err()
	}
	defer conn.Close() //nolint:errcheck // it has only read
	at := reportdb.Place{Since: from}
	for {
		places, whole, err := conn.Places(*sought, at, to, seekMost)
		if errors.Is(err, reportdb.ErrTooLong) {
			return at.Since, false, nil
		}
		if err != nil {
			return at.Since, false, err
		}
		for _, at = range places {
			if at.Since > from && !s.deadline.IsZero() && time.Now().After(s.deadline) {
				return at.Since, true, nil
			}
			raw, err := a.cfg.Ledger.Entry(ctx, at.Index)
			if err == nil {
				err = s.look(projector.Cursor{Since: at.Since, Index: at.Index}, raw)
			}
			if errors.Is(err, errEnough) {
				return at.Since, true, nil
			}
			if err != nil {
				return at.Since, false, err
			}
		}
		if whole {
			return to, false, nil
		}
		at.Index++
	}
}

// sought is what the report database finds by an index; nil: nothing of the filter.
func (f *filter) sought() *reportdb.Sought {
	q := &reportdb.Sought{Kind: f.kind, Person: f.person, Subject: f.subject, Type: f.typeName, Team: f.team, Campaign: f.campaign,
		Area: f.county}
	if kind, id, one := strings.Cut(f.stream, "/"); one {
		q.Kind, q.Stream = kind, id
	}
	if q.Stream == "" && q.Kind == "" && q.Person == "" && q.Subject == "" && q.Type == "" {
		return nil
	}
	return q
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
