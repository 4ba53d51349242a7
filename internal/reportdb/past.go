package reportdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// past is what the file knows of the entries before its position. It reads the file by a connection of its own.
type past struct {
	tables.Past
	from    uint64 // the first entry that a fold with this past is given; 0: it has none
	db      *sql.DB
	earlier *sql.Stmt
	aside   *sql.Stmt
	formed  *sql.Stmt
	handed  *sql.Stmt
	visits  *sql.Stmt

	following *sql.Stmt
}

func (p *past) close() {
	if p.db != nil {
		_ = p.db.Close() // it has only read
	}
}

// recall reads what a fold needs that goes on at since. A file without indexes was never finished: the fold begins at the first entry,
// because each stream would be looked for among all entries.
func recall(ctx context.Context, db *sql.DB, path string, since uint64) (*past, error) {
	p := &past{}
	var indexes int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").Scan(&indexes)
	if err != nil || since == 0 || indexes < len(tables.Indexes()) {
		return p, err
	}
	if err := p.tables(ctx, db); err != nil {
		return nil, err
	}
	if p.db, err = open(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}); err != nil {
		return nil, err
	}
	p.earlier, err = p.db.PrepareContext(ctx, "SELECT ix FROM entries WHERE stream = ? AND +kind = ? AND ix < ? ORDER BY ix")
	if err != nil {
		p.close()
		return nil, err
	}
	for text, to := range map[string]**sql.Stmt{asideOf: &p.aside, formedFor: &p.formed, handedOf: &p.handed, followersOf: &p.following,
		visitsOf: &p.visits} {
		if *to, err = p.db.PrepareContext(ctx, text); err != nil {
			p.close()
			return nil, err
		}
	}
	p.from = since
	p.Earlier = func(kind event.Kind, stream tables.Name) ([]uint32, error) {
		return column[uint32](p.earlier.QueryContext(ctx, int64(stream), string(kind), int64(since)))
	}
	p.Aside = func(kind event.Kind, stream tables.Name) ([]uint32, error) {
		by := p.aside
		switch kind {
		case event.Campaign:
			return column[uint32](p.formed.QueryContext(ctx, int64(stream), int64(since)))
		case casefile.Name, tip.Name:
			by = p.handed
		case event.Subject:
			return column[uint32](p.visits.QueryContext(ctx, int64(stream), int64(since)))
		}
		return column[uint32](by.QueryContext(ctx, int64(stream), int64(since), string(kind)))
	}
	p.Followers = func(visit tables.Name) (streams []event.Stream, err error) {
		err = each(p.following.QueryContext(ctx, int64(visit)))(func(rows *sql.Rows) error {
			var of event.Stream
			err := rows.Scan(&of.Kind, &of.ID)
			streams = append(streams, of)
			return err
		})
		return streams, err
	}
	p.Awaited = func(fn func(string, event.Stream)) error {
		return each(p.db.QueryContext(ctx, awaitedNow))(func(rows *sql.Rows) error {
			var sha256, visit string
			err := rows.Scan(&sha256, &visit)
			fn(sha256, event.Stream{Kind: event.Inspection, ID: visit})
			return err
		})
	}
	p.Dated = func() (streams []event.Stream, err error) {
		err = each(p.db.QueryContext(ctx, datedNow))(func(rows *sql.Rows) error {
			var of event.Stream
			err := rows.Scan(&of.Kind, &of.ID)
			streams = append(streams, of)
			return err
		})
		return streams, err
	}
	return p, nil
}

// datedNow asks for the streams in which something with a date is open.
var datedNow = fmt.Sprintf(`SELECT DISTINCT o.of, n.name FROM obligations o JOIN names n ON n.id = o.matter
WHERE o.to_ix = %d AND o.state = 'open' AND o.due NOT NULL`, tables.End)

// formedFor asks for the entries by which teams of a campaign were formed.
const formedFor = `SELECT min(ix) FROM teams WHERE campaign = ?1 GROUP BY id HAVING min(ix) < ?2
AND min(ix) > (SELECT min(ix) FROM campaigns WHERE id = ?1) ORDER BY 1`

// statesFact is a condition of entries that state a fact, or say something of one, behind the first of a stream.
const statesFact = ` AND e.ix < ?2 AND e.assurance <> 'derived' AND e.type <> 'deviation-explained'
AND e.ix > (SELECT min(ix) FROM entries WHERE stream = ?1 AND kind = ?3) ORDER BY e.ix`

// asideOf asks for the entries of orders, cases, transfers and exposures of a visit.
const asideOf = `SELECT e.ix FROM (SELECT 'order' AS kind, id FROM orders WHERE visit = ?1
UNION SELECT 'case', id FROM cases WHERE visit = ?1
UNION SELECT 'transfer', id FROM transfers WHERE visit = ?1
UNION SELECT 'transfer', t.id FROM cases c JOIN transfers t ON t.casefile = c.id WHERE c.visit = ?1
UNION SELECT 'exposure', id FROM exposures WHERE visit = ?1) s
JOIN entries e ON e.stream = s.id AND e.kind = s.kind` + statesFact

// handedOf asks for the entries of the transfers of a case or a tip, and of the publications of a case's decisions.
const handedOf = `SELECT e.ix FROM (SELECT 'transfer' AS kind, id FROM transfers WHERE casefile = ?1 AND ?3 = 'case'
UNION SELECT 'transfer', id FROM transfers WHERE tip = ?1 AND ?3 = 'tip'
UNION SELECT 'publicity', id FROM publications WHERE matter = ?1 AND ?3 = 'case') s
JOIN entries e ON e.stream = s.id AND e.kind = s.kind` + statesFact

// visitsOf asks for the entries of the visits to a subject.
const visitsOf = `SELECT ix FROM entries WHERE subject = ?1 AND +kind = 'inspection' AND ix < ?2 AND assurance <> 'derived'
AND type <> 'deviation-explained' ORDER BY ix`

// followersOf asks for the streams that follow a visit.
const followersOf = `SELECT s.kind, n.name FROM (SELECT 'order' AS kind, id FROM orders WHERE visit = ?1
UNION SELECT 'case', id FROM cases WHERE visit = ?1
UNION SELECT 'publicity', p.id FROM exposures x JOIN publications p ON p.exposure = x.id WHERE x.visit = ?1) s
JOIN names n ON n.id = s.id`

// awaitedNow asks for the files whose bytes are owed.
var awaitedNow = fmt.Sprintf(`SELECT DISTINCT o.item, n.name FROM obligations o JOIN names n ON n.id = o.matter
WHERE o.to_ix = %d AND o.state = 'open' AND o.kind = 'evidence'`, tables.End)

// waitingNow asks for the entries that wait, and for those of the streams that tell something to a visit that does and wait for nothing
// themselves: its transfers, exposures and what publishes these. A visit that is folded anew hears them again.
const waitingNow = `WITH hidden AS (SELECT DISTINCT stream AS id FROM entries WHERE seen_ix IS NULL AND kind = 'inspection')
SELECT ix FROM entries WHERE seen_ix IS NULL
UNION SELECT e.ix FROM (SELECT 'transfer' AS kind, t.id FROM hidden h JOIN transfers t ON t.visit = h.id
UNION SELECT 'transfer', t.id FROM hidden h JOIN cases c ON c.visit = h.id JOIN transfers t ON t.casefile = c.id
UNION SELECT 'exposure', x.id FROM hidden h JOIN exposures x ON x.visit = h.id
UNION SELECT 'publicity', p.id FROM hidden h JOIN exposures x ON x.visit = h.id JOIN publications p ON p.exposure = x.id) s
JOIN entries e ON e.stream = s.id AND e.kind = s.kind ORDER BY 1`

// tables reads names, scopes and sectors, and which entries wait.
func (p *past) tables(ctx context.Context, db *sql.DB) (err error) {
	p.Waiting, err = column[uint32](db.QueryContext(ctx, waitingNow))
	if err != nil {
		return err
	}
	if p.Names, err = column[string](db.QueryContext(ctx, "SELECT name FROM names ORDER BY id")); err != nil {
		return err
	}
	p.Filing, err = column[string](db.QueryContext(ctx, "SELECT DISTINCT n.name FROM holiday_work h JOIN names n ON n.id = h.subject"))
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, selectScopes)
	if err := scopes(rows, err, func(s *tables.Scope) { p.Scopes = append(p.Scopes, *s) }); err != nil {
		return err
	}
	return each(db.QueryContext(ctx, "SELECT code, bit FROM sectors ORDER BY id"))(func(rows *sql.Rows) error {
		var s tables.Sector
		err := rows.Scan(&s.Code, &s.Bit)
		p.Sectors = append(p.Sectors, s)
		return err
	})
}
