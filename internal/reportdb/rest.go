package reportdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// errReached ends building once the end is reached.
var errReached = errors.New("the report database is up to date")

// Update brings the database to the end that the ledger has now, and returns: for a data directory at rest. The caller holds the
// directory's lock. A file that is damaged is built anew; whatever else goes wrong is its error. Questions may be asked then.
func (b *Builder) Update(ctx context.Context) error {
	b.once = true
	size := b.cfg.Size()
	err := b.until(ctx, size)
	if damaged(err) {
		if err := b.discard(); err != nil {
			return err
		}
		err = b.until(ctx, size)
	}
	return err
}

// until builds until the database has so many entries.
func (b *Builder) until(ctx context.Context, size uint64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		if b.WaitFor(ctx, size) == nil {
			cancel(errReached)
		}
	}()
	err := b.build(ctx)
	cancel(err)
	<-waited
	if cause := context.Cause(ctx); !errors.Is(cause, errReached) {
		return cause
	}
	return nil
}

// OtherSchemaError means that another build has made the database, whose registers have other columns.
type OtherSchemaError struct{ Has, Wants string } // fingerprints of schemas, as tables.Fingerprint gives them

func (e *OtherSchemaError) Error() string {
	return fmt.Sprintf("the report database has schema %s, and this build of anjian reads %s: ask with the build that the server is of, or "+
		"start the server of this build, which builds the database anew / 报表数据库的结构为 %[1]s，本版 anjian 读取的是 %[2]s："+
		"请使用与服务器相同的版本查询，或以本版启动服务器，由其重建数据库", e.Has, e.Wants)
}

// Beside returns the database in dir as it is, for questions beside the server that builds it: its position is the server's. Its error is
// an [*OtherSchemaError] for a file of another build.
func Beside(ctx context.Context, dir string) (*Builder, error) {
	b := New(Config{Dir: dir, Size: func() uint64 { return 0 }})
	db, err := open(filepath.Join(dir, file), reading)
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // it has only read
	if err := db.QueryRowContext(ctx, "SELECT next_ix FROM position").Scan(&b.position); err != nil {
		return nil, errors.Join(ErrNotBuilt, err)
	}
	var schema string
	if err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'schema'").Scan(&schema); err != nil {
		return nil, errors.Join(ErrNotBuilt, err)
	}
	if wants := tables.Fingerprint(); schema != wants {
		return nil, &OtherSchemaError{schema, wants}
	}
	b.ready = true
	return b, nil
}
