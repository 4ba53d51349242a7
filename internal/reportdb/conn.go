package reportdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// The errors of a question; test with errors.Is.
var (
	// ErrNotBuilt: there is no database yet, or it is being built anew.
	ErrNotBuilt = errors.New("the report database is not built yet")
	// ErrAhead: the position asked is beyond what the database has.
	ErrAhead = errors.New("position is ahead of the report database")
	// ErrTooLong: the answer took more time, rows or disk than a question has.
	ErrTooLong = errors.New("the question takes too much")
)

// Question is who asks, and as of when.
type Question struct {
	Actor event.Actor
	Scope visibility.Scope // of the actor at the moment of asking
	// AsOf is the index of the last entry that counts; nil: the last there is.
	AsOf *uint64
	// Hidden shows office, commission and own team what is hidden, marked: for lists. Everything that counts counts what everybody sees.
	Hidden bool
	// Names are the texts in which registers are named: views are made of no others. Empty: of all.
	Names string
	// For is how long the connection may be used; 0: five seconds.
	For time.Duration
}

// Conn answers one asker at one position, once. It is one transaction: what is appended meanwhile changes nothing in
// it. Under each register's plain name lies a view of what the asker may see as of the position, and nothing else can be read:
// each view has two layers, of which only the inner one, named at random, may read its table, because SQLite's authorizer names a WITH
// clause like a view and a name that is known could be borrowed. One goroutine uses it, and closes it.
type Conn struct {
	q       Question
	db      *sql.DB
	conn    *sql.Conn
	ctx     context.Context //nolint:containedctx // the life of the connection is that of one question
	cancel  context.CancelCauseFunc
	nonce   string
	views   map[string]bool
	filling string               // temporary table that is being filled
	made    []string             // views of registers
	tally   bool                 // [Conn.Count] asks
	beside  []beside             // how [Conn.Deeds] reads what others have of a visit; nil: not made yet
	asked   map[string]*sql.Stmt // queries that Deeds runs again
	b       *Builder
	release func() // gives its place back
	head, n int64  // indexes of the last entry of the database and of the answer; -1: none
	now     string
	closed  map[event.Kind]bool // kinds of streams of which the asker does not see all
	counted []string            // fields of the things that [Conn.Things] has counted
	away    bool                // it has been set aside, and reads only these
	file    int                 // which one it reads: how often one was deleted before
}

// limits bound what one statement may be.
var limits = map[int]int{
	sqlite3.SQLITE_LIMIT_LENGTH: 1 << 20, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000, sqlite3.SQLITE_LIMIT_COLUMN: 200,
	sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
	sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100, sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0, sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}

const (
	usually = 5 * time.Second
	// mostRows is how many rows a temporary table may have: disk, and what is sorted of them.
	mostRows = 1_000_000
	// mostThings is how many things may be counted. Those of which no more is asked are not kept, so they cost time alone.
	mostThings = 8_000_000
	// AtOnce is how many questions are open at a time, so that their temporary files and pages have a bound; others wait.
	AtOnce = 8
	// mostTemp is what the temporary tables of one question may have, in pages of 4 KiB.
	mostTemp = 256 << 20 / 4096
)

// Ask opens a connection for one question. While as many are open as may be at a time, it waits for a place as long as a question may
// take; so who holds one asks for no second.
func (b *Builder) Ask(ctx context.Context, q Question) (*Conn, error) {
	b.mu.Lock()
	ready, rebuilt := b.ready, b.rebuilt
	b.mu.Unlock()
	if !ready {
		return nil, ErrNotBuilt
	}
	if q.For == 0 {
		q.For = usually
	}
	if err := b.place(ctx, q.For); err != nil {
		return nil, err
	}
	var nonce [12]byte
	_, _ = rand.Read(nonce[:]) // never fails
	c := &Conn{b: b, q: q, nonce: "v" + hex.EncodeToString(nonce[:]), views: map[string]bool{}, file: rebuilt}
	c.begin(ctx)
	if err := c.open(b.path); err != nil {
		err = errors.Join(err, c.Close())
		if _, gone := os.Stat(b.path); errors.Is(gone, os.ErrNotExist) {
			b.interrupt(errGone)
			return nil, errors.Join(ErrNotBuilt, err)
		}
		return nil, err
	}
	return c, nil
}

// begin begins a question, which has a place.
func (c *Conn) begin(ctx context.Context) {
	c.release = sync.OnceFunc(func() { <-c.b.places })
	ctx, stop := context.WithTimeoutCause(ctx, c.q.For, ErrTooLong)
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	context.AfterFunc(c.ctx, stop)
	go c.b.watch(c.ctx, c.cancel)
}

// place waits for one of the places.
func (b *Builder) place(ctx context.Context, most time.Duration) error {
	select {
	case b.places <- struct{}{}:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("%w: %d others are being answered", ErrTooLong, AtOnce))
	defer cancel()
	select {
	case b.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watch ends a question when what it puts on disk leaves too little for others.
func (b *Builder) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	for each := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-each.C:
			if err := b.room(); err != nil {
				cancel(fmt.Errorf("%w: %w", ErrTooLong, err))
			}
		case <-ctx.Done():
			each.Stop()
			return
		}
	}
}

// Close ends the question.
func (c *Conn) Close() error {
	defer c.release()
	c.cancel(nil)
	return c.close()
}

func (c *Conn) close() error {
	var errs []error
	if c.conn != nil {
		errs = append(errs, c.conn.Close())
	}
	if c.db != nil {
		errs = append(errs, c.db.Close())
	}
	return errors.Join(errs...)
}

// Position is the index of the last entry that the answer reflects; -1: none.
func (c *Conn) Position() int64 { return c.n }

// Now is the recorded time of that entry, as in the database; "" when there is none.
func (c *Conn) Now() string { return c.now }

func (c *Conn) open(path string) (err error) {
	c.db, err = open(path, url.Values{"mode": {"ro"}, "_defensive": {"1"}, "_dqs": {"0"}, "_pragma": {"trusted_schema(0)", "temp_store(1)",
		"cache_size(-2048)", "busy_timeout(1000)"}})
	if err != nil {
		return err
	}
	if c.conn, err = c.db.Conn(c.ctx); err != nil {
		return err
	}
	for id, most := range limits {
		if _, err := sqlite.Limit(c.conn, id, most); err != nil {
			return err
		}
	}
	if err := exec(c.ctx, c.conn, "BEGIN", fmt.Sprintf("PRAGMA temp.max_page_count = %d", mostTemp)); err != nil {
		return err
	}
	if err := c.place(); err != nil {
		return err
	}
	if err := c.prepare(); err != nil {
		return err
	}
	return c.guard(true)
}

// place reads the position: the snapshot of the transaction begins with it.
func (c *Conn) place() error {
	if err := c.conn.QueryRowContext(c.ctx, "SELECT next_ix - 1 FROM main.position").Scan(&c.head); err != nil {
		return err
	}
	switch c.n = c.head; {
	case c.q.AsOf == nil:
	case int64(*c.q.AsOf) > c.head:
		return fmt.Errorf("%w: %d is asked, it is at %d", ErrAhead, *c.q.AsOf+1, c.head+1)
	default:
		c.n = int64(*c.q.AsOf)
	}
	var err error
	c.now, err = c.recorded(c.n)
	return err
}

// recorded is the recorded time of an entry, as in the database; "" when there is none.
func (c *Conn) recorded(ix int64) (at string, err error) {
	err = c.conn.QueryRowContext(c.ctx, "SELECT recorded FROM main.entries WHERE ix = ?", ix).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return at, err
}

// prepare makes what the question may read.
func (c *Conn) prepare() error {
	if err := c.scopes(); err != nil {
		return err
	}
	if err := c.dimensions(); err != nil {
		return err
	}
	return c.registers()
}

// registers makes the views of those that the question names.
func (c *Conn) registers() error {
	for _, r := range append([]*tables.Register{&tables.Entries}, tables.All...) {
		if !c.named(r.Name) || !c.q.MaySee(r) {
			continue
		}
		if err := c.register(r); err != nil {
			return err
		}
	}
	return nil
}

// named reports whether the question may name a register.
func (c *Conn) named(name string) bool {
	return c.q.Names == "" || strings.Contains(strings.ToLower(c.q.Names), name)
}

// MaySee reports whether the asker may see any thing of a register.
func (q *Question) MaySee(r *tables.Register) bool {
	if q.Scope.Party() {
		return r.ByParty()
	}
	return r.MaySee(q.Actor.Role)
}

// scopes keeps which rows of scopes the asker sees: own, also what is hidden in them; free, whatever subject they are about.
func (c *Conn) scopes() error {
	subject := ""
	if c.q.Scope.Party() {
		subject = c.q.Actor.Unit
	}
	var seen []string
	c.closed = map[event.Kind]bool{}
	rows, err := c.conn.QueryContext(c.ctx, selectScopes)
	err = scopes(rows, err, func(s *tables.Scope) {
		sees, own := s.Seen(&c.q.Scope, subject)
		if sees {
			free := true
			if subject != "" {
				free, _ = s.Seen(&c.q.Scope, "")
			}
			seen = append(seen, fmt.Sprintf("(%d, %t, %t)", s.ID, own, free))
		} else {
			c.closed[event.Kind(s.Kind)] = true
		}
	})
	if err != nil {
		return err
	}
	return c.fill(c.nonce+"_scopes", "id INTEGER PRIMARY KEY, own INTEGER, free INTEGER", seen)
}

// seesAll reports whether the scope leaves out no row of a register. The scope of a row is that of its stream.
func (c *Conn) seesAll(r *tables.Register) bool {
	if c.q.Scope.Party() || r.Of == nil {
		return !c.q.Scope.Party() && len(c.closed) == 0
	}
	return !slices.ContainsFunc(r.Of, func(kind event.Kind) bool { return c.closed[kind] })
}

// fill makes a temporary table of rows, which are our own words.
func (c *Conn) fill(name, columns string, rows []string) error {
	if err := exec(c.ctx, c.conn, fmt.Sprintf("CREATE TEMP TABLE %s (%s)", name, columns)); err != nil {
		return err
	}
	for len(rows) > 0 {
		n := min(len(rows), 500)
		if err := exec(c.ctx, c.conn, fmt.Sprintf("INSERT INTO temp.%s VALUES %s", name, strings.Join(rows[:n], ", "))); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// dimensions makes areas, sectors and area_members as far as the asker sees them: a subject of two sectors would else look
// uninspected in the one that he does not see. reach says whether he sees the whole city, and all sectors, and the
// one unit whose files he sees: who sees a part is told no figure of the whole, and not that others did nothing.
func (c *Conn) dimensions() error {
	var areas, members, sectors []string
	for _, a := range codes.Counties() {
		if !c.q.Scope.Area(a.Code) && !c.q.Scope.Everything() {
			continue
		}
		parent := "NULL"
		if a.Parent != "" {
			parent = "'" + a.Parent + "'"
			if c.q.Scope.Area(a.Parent) {
				members = append(members, fmt.Sprintf("('%s', '%s')", a.Parent, a.Code))
			}
		}
		areas = append(areas, fmt.Sprintf("('%s', '%s', %s)", a.Code, a.Chinese, parent))
		members = append(members, fmt.Sprintf("('%s', '%s')", a.Code, a.Code))
	}
	err := each(c.conn.QueryContext(c.ctx, "SELECT bit, code, name FROM main.sectors ORDER BY id"))(func(rows *sql.Rows) error {
		var bit int64
		var code, name string
		err := rows.Scan(&bit, &code, &name)
		if c.q.Scope.Sector(code) || c.q.Scope.Everything() {
			sectors = append(sectors, fmt.Sprintf("(%d, '%s', '%s')", bit, code, strings.ReplaceAll(name, "'", "''")))
		}
		return err
	})
	if err != nil {
		return err
	}
	reach := fmt.Sprintf("(%t, %t, NULL)", c.q.Scope.Area(codes.City), c.q.Scope.Sector(""))
	if file := (event.Stream{Kind: duty.Name, ID: "-"}); !c.q.Scope.Sees(file, &event.About{}) {
		reach = fmt.Sprintf("(%t, %t, coalesce((SELECT id FROM main.names WHERE name = '%s'), -1))", c.q.Scope.Area(codes.City),
			c.q.Scope.Sector(""), strings.ReplaceAll(c.q.Actor.Unit, "'", ""))
	}
	for name, rows := range map[string][]string{"reach": {reach}, "areas": areas, "area_members": members, "sectors": sectors} {
		if err := c.fill(name, strings.Join(dimensionColumns[name], ", "), rows); err != nil {
			return err
		}
		c.views[name] = true
	}
	return nil
}

// register makes the views of a register: as of the position and within the scope, and with all versions until then.
func (c *Conn) register(r *tables.Register) error {
	columns, versioned, own := r.All(), true, "from_ix"
	if r == &tables.Entries {
		columns, versioned, own = tables.EntryColumns(), false, "ix"
	}
	since := "seen_ix"
	hidden := "0"
	if c.q.Hidden {
		if since = own; !c.q.Scope.Everything() {
			since = fmt.Sprintf("CASE WHEN scope IN (SELECT id FROM temp.%s_scopes WHERE own) THEN %s ELSE seen_ix END", c.nonce, own)
		}
		hidden = fmt.Sprintf("seen_ix IS NULL OR seen_ix > %d", c.n)
	}
	within := fmt.Sprintf("scope IN (SELECT id FROM temp.%s_scopes)", c.nonce)
	switch {
	case c.seesAll(r): // the transaction has no other scopes than those that were looked at
		within = "scope NOT NULL"
	case c.q.Scope.Party():
		within += fmt.Sprintf(" AND (subject = (SELECT id FROM main.names WHERE name = '%s') OR scope IN (SELECT id FROM temp.%s_scopes WHERE "+
			"free))", strings.ReplaceAll(c.q.Actor.Unit, "'", ""), c.nonce)
	}
	live := fmt.Sprintf("%s <= %d", since, c.n)
	switch {
	case !versioned:
	case c.n >= c.head:
		live += fmt.Sprintf(" AND to_ix = %d", tables.End)
	default:
		live += fmt.Sprintf(" AND to_ix > %d", c.n)
	}
	shown := strings.Join(shownOf(columns, versioned), ", ")
	if err := c.view(r.Name, fmt.Sprintf("SELECT %s, (%s) AS hidden FROM main.%s WHERE %s AND %s", shown, hidden, r.Name, live,
		within)); err != nil {
		return err
	}
	if !versioned {
		return nil
	}
	return c.view(r.Name+"_history", fmt.Sprintf("SELECT %s, %s AS since_ix, CASE WHEN to_ix > %d THEN %d ELSE to_ix END AS until_ix FROM "+
		"main.%s "+
		"WHERE %[2]s <= %[3]d AND %[2]s < to_ix AND %[6]s", shown, since, c.n, tables.End, r.Name, within))
}

// view makes the two layers of a view.
func (c *Conn) view(name, text string) error {
	c.views[name] = true
	c.made = append(c.made, name)
	return exec(c.ctx, c.conn, fmt.Sprintf("CREATE TEMP VIEW %s_%s AS %s", c.nonce, name, text),
		fmt.Sprintf("CREATE TEMP VIEW %s AS SELECT * FROM temp.%s_%[1]s", name, c.nonce))
}
