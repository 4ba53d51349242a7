package reportdb

import (
	"context"
	"database/sql"
	"net/url"

	"github.com/anjian-ledger/anjian/domain/event"
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
	p.earlier, err = p.db.PrepareContext(ctx, "SELECT ix FROM entries WHERE stream = ? AND kind = ? AND ix < ? ORDER BY ix")
	if err != nil {
		p.close()
		return nil, err
	}
	if p.aside, err = p.db.PrepareContext(ctx, asideOf); err == nil {
		p.formed, err = p.db.PrepareContext(ctx, formedFor)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	p.from = since
	p.Earlier = func(kind event.Kind, stream tables.Name) ([]uint32, error) {
		return column[uint32](p.earlier.QueryContext(ctx, int64(stream), string(kind), int64(since)))
	}
	p.Aside = func(kind event.Kind, stream tables.Name) ([]uint32, error) {
		if kind == event.Campaign {
			return column[uint32](p.formed.QueryContext(ctx, int64(stream), int64(since)))
		}
		return column[uint32](p.aside.QueryContext(ctx, int64(stream), int64(since)))
	}
	return p, nil
}

// formedFor asks for the entries by which teams of a campaign were formed.
const formedFor = `SELECT min(ix) FROM teams WHERE campaign = ?1 GROUP BY id HAVING min(ix) < ?2
AND min(ix) > (SELECT min(ix) FROM campaigns WHERE id = ?1) ORDER BY 1`

// asideOf asks for the entries of orders, cases, transfers and exposures of a visit.
const asideOf = `SELECT e.ix FROM (SELECT 'order' AS kind, id FROM orders WHERE visit = ?1 UNION SELECT 'case', id FROM cases WHERE visit = ?1
UNION SELECT 'transfer', id FROM transfers WHERE visit = ?1 UNION SELECT 'exposure', id FROM exposures WHERE visit = ?1) s
JOIN entries e ON e.stream = s.id AND e.kind = s.kind AND e.ix < ?2 AND e.assurance <> 'derived'
AND e.type <> 'deviation-explained' AND e.ix > (SELECT min(ix) FROM entries WHERE stream = ?1 AND kind = 'inspection') ORDER BY e.ix`

// tables reads names, scopes and sectors, and which entries wait.
func (p *past) tables(ctx context.Context, db *sql.DB) (err error) {
	p.Waiting, err = column[uint32](db.QueryContext(ctx, "SELECT ix FROM entries WHERE seen_ix IS NULL ORDER BY ix"))
	if err != nil {
		return err
	}
	if p.Names, err = column[string](db.QueryContext(ctx, "SELECT name FROM names ORDER BY id")); err != nil {
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
