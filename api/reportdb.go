package api

import (
	"context"
	"errors"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// Reports is the node's report database; *reportdb.Builder is.
type Reports interface {
	Ask(ctx context.Context, q reportdb.Question) (*reportdb.Conn, error)
	report.Shelf
	WaitFor(ctx context.Context, position uint64) error
	Status() reportdb.Status
}

// farBehind is how many entries behind the ledger the report database is when nobody waits for it.
const farBehind = 10_000

// askReports opens the report database for a question of the caller. The caller closes it.
func (a *Handler) askReports(c *call, q reportdb.Question) (*reportdb.Conn, error) {
	if err := a.byCaller(c, &q); err != nil {
		return nil, err
	}
	conn, err := a.cfg.Reports.Ask(c.r.Context(), q)
	return conn, reportError(err)
}

// byCaller has the caller ask a question, within what he may see now: once the database has what the ledger had when he asked, or of a
// position in the past that position.
func (a *Handler) byCaller(c *call, q *reportdb.Question) error {
	if a.cfg.Reports == nil {
		return fail(law.NoReports)
	}
	needed := a.cfg.Ledger.Head().Size
	if q.AsOf != nil {
		needed = min(needed, *q.AsOf+1)
	}
	if s := a.cfg.Reports.Status(); s.Position+farBehind < needed {
		return fail(law.ReportsBehind, law.Int("position", needed), law.Int("head", s.Position))
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), viewWait)
	defer cancel()
	if err := a.cfg.Reports.WaitFor(ctx, needed); err != nil {
		return fail(law.ReportsBehind, law.Int("position", needed), law.Int("head", a.cfg.Reports.Status().Position))
	}
	if err := a.waitForViews(c.r.Context(), needed); err != nil { // what the caller may see is that of now
		return err
	}
	q.Actor = c.claims.Actor()
	q.Scope = a.cfg.Projector.ScopeAt(q.Actor).Scope
	return nil
}

// reportError gives the errors of the report database their codes.
func reportError(err error) error {
	switch {
	case errors.Is(err, reportdb.ErrNotBuilt):
		return fail(law.ReportsBehind)
	case errors.Is(err, reportdb.ErrAhead):
		return fail(law.BeyondHead)
	case errors.Is(err, reportdb.ErrTooLong):
		return &fault{code: law.ReportTooLarge, cause: err}
	}
	return err
}
