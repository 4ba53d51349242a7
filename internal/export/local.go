package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// Local is the report database of a data directory, as it is. Who can read the directory sees what the office sees, and what only the
// commission sees; no access log has that.
type Local struct {
	Database *reportdb.Builder
}

// partTime is how long one question may take.
const partTime = time.Minute

// nobodyBound is a roll for those who see everything: units and teams bound nobody who reads the directory.
type nobodyBound struct{ visibility.Roll }

// ask opens the database as of an index, nil: its end.
func (l *Local) ask(ctx context.Context, r *tables.Register, asOf *uint64) (*reportdb.Conn, client.Stand, error) {
	var stand client.Stand
	q := reportdb.Question{Actor: event.Actor{Role: event.RoleSupervisionOffice}, AsOf: asOf, Names: r.Name, For: partTime}
	if !q.MaySee(r) {
		q.Actor.Role = event.RoleDisciplineCommission
	}
	q.Scope = visibility.ScopeOf(q.Actor, nobodyBound{})
	conn, err := l.Database.Ask(ctx, q)
	if err != nil {
		return nil, stand, err
	}
	origin, err := conn.Origin()
	if err != nil {
		return nil, stand, errors.Join(err, conn.Close())
	}
	stand.Position, stand.Scope = uint64(conn.Position()+1), "whoever reads the data directory of "+origin
	stand.Recorded, _ = time.ParseInLocation(tables.Minute, conn.Now(), event.Beijing) // none of no entries
	return conn, stand, nil
}

// Registers implements [Source]. The database does not have the root of a position: it is "", and the scope names the ledger.
func (l *Local) Registers(ctx context.Context, asOf string) (out client.Registers, err error) {
	var index *uint64
	if asOf != "" {
		n, err := strconv.ParseUint(asOf, 10, 63)
		if err != nil {
			return out, fmt.Errorf("%q is no position", asOf)
		}
		index = new(n - 1) // as of position 0 it is before the first, and the database takes it so
	}
	conn, stand, err := l.ask(ctx, &tables.Entries, index)
	if err != nil {
		return out, err
	}
	out.Stand = stand
	for _, r := range reportdb.Exported() {
		info := client.Register{Name: r.Name, Chinese: r.Chinese, Doc: r.Doc}
		for _, c := range r.Shown() {
			info.Columns = append(info.Columns, client.RegisterColumn{Name: c.Name, Chinese: c.Chinese, Doc: c.Doc, Type: string(c.Form())})
		}
		out.Registers = append(out.Registers, info)
	}
	return out, conn.Close()
}

// Export implements [Source], in parts as a server does.
func (l *Local) Export(ctx context.Context, register string, position uint64, open func(client.Stand, int64) (io.Writer, error)) error {
	index := position - 1
	var r *tables.Register
	for _, of := range reportdb.Exported() {
		if of.Name == register {
			r = of
		}
	}
	if r == nil {
		return ErrUnknown
	}
	conn, stand, err := l.ask(ctx, r, &index)
	if err != nil {
		return err
	}
	rows, _, err := conn.Rows(r)
	if err = errors.Join(err, conn.Close()); err != nil {
		return err
	}
	to, err := open(stand, rows)
	if err != nil {
		return err
	}
	for p := (reportdb.Part{Next: -1}); !p.Whole; {
		conn, _, err := l.ask(ctx, r, &index)
		if err != nil {
			return err
		}
		p, err = conn.Part(r, p.Next)
		if err = errors.Join(err, conn.Close()); err != nil {
			return err
		}
		if _, err := to.Write(p.Lines); err != nil {
			return err
		}
	}
	return nil
}
