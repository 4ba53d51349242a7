package reportdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// A connection that has counted its things can be set aside in place of being closed: who asked opens the numbers of the answer next, and
// that counts nothing again. Its transaction ends, so that SQLite's log of writes does not grow by it; what it has counted stands in its
// temporary table, and it can read nothing else any more.

const (
	// asideMost is how many are set aside. The one that was used longest ago is closed first.
	asideMost = 8
	// asidePages is what the temporary tables of all of them may have together: as much as those of one question.
	asidePages = mostTemp
	// asideFor is how long one waits to be used.
	asideFor = 5 * time.Minute
)

// aside is a connection that was set aside.
type aside struct {
	key   asideKey
	conn  *Conn
	pages int64
	ends  *time.Timer
}

// asideKey is who asked as of which position, and what: all by value.
type asideKey struct {
	actor  event.Actor
	scope  uint64
	hidden bool
	last   int64
	of     any
}

func (q *Question) asideKey(last int64, of any) asideKey {
	return asideKey{q.Actor, q.Scope.Fingerprint(), q.Hidden, last, of}
}

// SetAside keeps the connection, which has counted its things, for the next question of the same asker, in place of closing it. of, which
// is comparable, tells apart what was asked.
func (c *Conn) SetAside(of any) error {
	a := &aside{key: c.q.asideKey(c.n, of), conn: c}
	err := c.b.room()
	if err != nil || c.counted == nil {
		return errors.Join(err, c.Close())
	}
	err = c.Trusted(func() error {
		if !c.away {
			if err := exec(c.ctx, c.conn, "COMMIT", "PRAGMA shrink_memory"); err != nil {
				return err
			}
		}
		return c.conn.QueryRowContext(c.ctx, "PRAGMA temp.page_count").Scan(&a.pages)
	})
	if err != nil {
		return errors.Join(err, c.Close())
	}
	c.away = true
	c.cancel(nil)
	c.release()
	return c.b.setAside(a)
}

// Away reports whether the connection was set aside before: it reads what it counted then, and no register.
func (c *Conn) Away() bool { return c.away }

func (b *Builder) setAside(a *aside) error {
	b.mu.Lock()
	if a.conn.file != b.rebuilt || !b.ready || b.ended {
		b.mu.Unlock()
		return a.conn.close()
	}
	a.ends = time.AfterFunc(asideFor, func() { b.forget(func(other *aside) bool { return other == a }) })
	b.aside = append(b.aside, a)
	first, pages := len(b.aside), int64(0)
	for first > 0 && len(b.aside)-first < asideMost && pages+b.aside[first-1].pages <= asidePages {
		first--
		pages += b.aside[first].pages
	}
	old := b.aside[:first]
	b.aside = slices.Clone(b.aside[first:])
	b.mu.Unlock()
	return closeAll(old)
}

// Aside returns a connection that was set aside and has counted things with these fields, for a question as of the same position; nil:
// there is none. Nobody else has it until it is set aside again.
func (b *Builder) Aside(ctx context.Context, q *Question, of any, fields ...string) (*Conn, error) {
	if q.AsOf == nil {
		return nil, nil //nolint:nilnil // what is asked of the present is asked anew
	}
	key := q.asideKey(int64(*q.AsOf), of)
	has := func(a *aside) bool {
		return a.key == key && !slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(a.conn.counted, f) })
	}
	b.mu.Lock()
	found := slices.ContainsFunc(b.aside, has)
	b.mu.Unlock()
	if !found {
		return nil, nil //nolint:nilnil // likewise
	}
	if q.For == 0 {
		q.For = usually
	}
	if err := b.place(ctx, q.For); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.aside, has)
	if i < 0 {
		<-b.places
		return nil, nil //nolint:nilnil // somebody else has it
	}
	a := b.aside[i]
	a.ends.Stop()
	b.aside = slices.Delete(b.aside, i, i+1)
	a.conn.q.For = q.For
	a.conn.begin(ctx)
	return a.conn, nil
}

// forget closes those that were set aside and of which fn says so.
func (b *Builder) forget(fn func(*aside) bool) {
	b.mu.Lock()
	var old []*aside
	b.aside = slices.DeleteFunc(b.aside, func(a *aside) bool {
		if fn(a) {
			old = append(old, a)
			return true
		}
		return false
	})
	b.mu.Unlock()
	if err := closeAll(old); err != nil {
		b.cfg.Logger.Warn("a connection to the report database cannot be closed", "error", err)
	}
}

// close closes what was set aside, for good.
func (b *Builder) close() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.forget(func(*aside) bool { return true })
}

func closeAll(old []*aside) error {
	var errs []error
	for _, a := range old {
		a.ends.Stop()
		errs = append(errs, a.conn.close())
	}
	return errors.Join(errs...)
}
