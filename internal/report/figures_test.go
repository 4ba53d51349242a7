package report_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/test/reportdbtest"
)

// database is a report database of these entries; their indexes are their places.
func database(t *testing.T, events []*event.Event) *reportdb.Builder {
	t.Helper()
	b := reportdb.New(reportdbtest.Of(events, len(events)).Config(t.TempDir()))
	if err := b.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// answered is what a report of ours answers to an asker: its rows and total by the names of columns.
func answered(t *testing.T, b *reportdb.Builder, id string, who event.Actor, q report.Question) (rows []map[string]any,
	total map[string]any,
) {
	t.Helper()
	all, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return answeredBy(t, b, report.Find(all, id), who, q, 0)
}

// ours are our reports, prepared once.
var ours = sync.OnceValues(func() ([]*report.Report, error) { return report.Load(context.Background(), "") })

// answeredBy is likewise what any report answers within a time; 0: the usual one.
func answeredBy(t *testing.T, b *reportdb.Builder, r *report.Report, who event.Actor, q report.Question, most time.Duration) (
	rows []map[string]any, total map[string]any,
) {
	t.Helper()
	conn, err := b.Ask(t.Context(), reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}), Hidden: r.Hidden,
		Names: r.Names(), For: most})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	x, err := r.On(conn, "", q)
	if err != nil {
		t.Fatal(err)
	}
	a, err := x.Answer()
	if err != nil {
		t.Fatal(err)
	}
	named := func(by []string, key, values []any) map[string]any {
		out := map[string]any{}
		for i, name := range by {
			if !a.Each() {
				out["by "+name] = key[i]
			}
		}
		for i := range values {
			if a.Each() {
				out[x.Detail[i].Name] = values[i]
			} else {
				out[a.Columns[i].Name] = values[i]
			}
		}
		return out
	}
	for _, row := range a.Rows {
		rows = append(rows, named(a.By, row.Key, row.Values))
	}
	total = map[string]any{}
	for i, c := range a.Columns {
		total[c.Name] = a.Total[i]
	}
	return rows, total
}
