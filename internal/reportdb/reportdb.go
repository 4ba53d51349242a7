// Package reportdb keeps the report database of a node and answers questions about it: an SQLite file, derived from the committed
// entries by package tables.
//
// # The file
//
// DIR/reports.db can be deleted at any time; it is built again. It states its ledger, the fingerprint of its schema, and the position
// to which it was built, which is written in the transaction of the rows: so after any crash it is as of that position, and
// building goes on from there. What belongs to another ledger, has another schema or is damaged is deleted and built anew. Other
// tools (sqlite3, DBeaver, pandas) can read it beside a running node, by the views that end in _now. Nobody else writes to it.
//
// # Building
//
// A [Builder] reads behind the ledger, like any other reader: no append waits for it, and what goes wrong here is told
// by readiness and metrics and stops nothing else. At a start it reads names and scopes from the file, and folds only what waits for a
// disclosure; the entries of any other stream are read when something comes of it. A file that was never finished has no indexes by
// which that could be done, and all its entries are folded again without being written. A disk that is nearly full stops building
// before the appends feel it.
//
// # Damage
//
// A start checks pages and indexes. A value that has changed in a page that is otherwise whole is found by a check ([Builder.Check]), which
// builds a second file beside the first, compares the digests of each register, and puts the second in the place of the first where they
// differ. A file that is deleted while it is open is noticed with the next entry or question.
//
// # Questions
//
// A [Conn] serves one asker at one position once; see conn.go.
package reportdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite" // the driver

	"github.com/anjian-ledger/anjian/projections/tables"
)

// file is the name of the database in its directory.
const file = "reports.db"

// errGone means that somebody has deleted or replaced the file while it was open.
var errGone = errors.New("the report database was deleted or replaced by another program")

// errForeign means that a file is no database of this ledger and program, or damaged: it is deleted.
var errForeign = errors.New("not the report database of this ledger and program")

// uri names the file with settings. Only a file: URI has SQLite heed mode=ro.
func uri(path string, settings url.Values) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: settings.Encode()}
	return u.String(), nil
}

// open opens the file with one connection at most.
func open(path string, settings url.Values) (*sql.DB, error) {
	dsn, err := uri(path, settings)
	if err != nil {
		return nil, err
	}
	addFunctions()
	addPairs()
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("report database: %w", err)
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return db, nil
}

// remove deletes the database.
func remove(path string) error {
	var errs []error
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// create makes an empty database.
func create(ctx context.Context, db *sql.DB, origin string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("make: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	for _, statement := range tables.Schema() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("make: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES ('origin', ?), ('schema', ?)", origin, tables.Fingerprint()); err != nil {
		return fmt.Errorf("make: %w", err)
	}
	return tx.Commit()
}

// examine returns the position of a database. Its error is errForeign for one that is not ours; what SQLite says tells whether the file is
// damaged, or only locked by another program.
func examine(ctx context.Context, db *sql.DB, origin string, rootAt func(uint64) (string, error), size uint64) (next uint64, err error) {
	said := map[string]string{}
	err = each(db.QueryContext(ctx, "SELECT name, value FROM meta"))(func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		said[name] = value
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, "SELECT next_ix FROM position").Scan(&next); err != nil {
		return 0, err
	}
	switch {
	case said["origin"] != origin:
		return 0, fmt.Errorf("%w: of %q", errForeign, said["origin"])
	case said["schema"] != tables.Fingerprint():
		return 0, fmt.Errorf("%w: another schema", errForeign)
	case next > size:
		return 0, fmt.Errorf("%w: ahead of the ledger", errForeign)
	}
	if next > 0 {
		root, err := rootAt(next)
		if err != nil {
			return 0, err
		}
		if said["root"] != root {
			return 0, fmt.Errorf("%w: of other entries", errForeign)
		}
	}
	return next, intact(ctx, db)
}

// intact checks the file's pages and indexes.
func intact(ctx context.Context, db *sql.DB) error {
	said, err := column[string](db.QueryContext(ctx, "PRAGMA quick_check(3)"))
	if err != nil {
		return err
	}
	if answer := strings.Join(said, "; "); answer != "ok" {
		return fmt.Errorf("%w: %s", errForeign, answer)
	}
	return nil
}
