package node_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// A node builds the report database behind its ledger, tells how far it is, and goes on after a restart, also when somebody
// deleted the file; where it cannot be built, readiness says so, and appends go on.
func TestANodeBuildsTheReportDatabase(t *testing.T) {
	dir := datadir.Dir(t.TempDir())
	for _, id := range []string{"s-1", "s-2", "s-3"} {
		n, err := node.Open(t.Context(), node.Config{Dir: dir, Origin: "anjian.test/reports", Reports: true})
		must(t, err)
		_, err = n.Ledger.Append(t.Context(), nodetest.Register(t, n, id))
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		must(t, n.Reports.WaitFor(ctx, n.Ledger.Head().Size))
		c, err := n.Reports.Ask(ctx, reportdb.Question{Actor: event.Actor{Role: event.RoleSupervisionOffice},
			Scope: visibility.ScopeOf(event.Actor{Role: event.RoleSupervisionOffice}, &visibility.Fold{})})
		must(t, err)
		_, things, err := c.Things("SELECT ix FROM subjects", nil)
		must(t, err)
		if want := map[string]int64{"s-1": 1, "s-2": 2, "s-3": 3}[id]; things != want {
			t.Errorf("%d subjects, want %d", things, want)
		}
		must(t, c.Close())
		var metrics bytes.Buffer
		n.WriteMetrics(&metrics)
		if !strings.Contains(metrics.String(), "anjian_reports_behind_entries 0\n") {
			t.Error("metrics do not tell how far it is")
		}
		if down, warnings := n.Ready(); len(down) > 0 || warnings["reports"] != "" {
			t.Error(down, warnings)
		}
		must(t, n.Close(context.Background()))
		if id == "s-2" {
			must(t, os.RemoveAll(dir.Reports()))
		}
	}
	must(t, os.RemoveAll(dir.Reports()))
	must(t, os.WriteFile(dir.Reports(), []byte("no directory"), 0o600))
	n, err := node.Open(t.Context(), node.Config{Dir: dir, Reports: true})
	must(t, err)
	defer func() { must(t, n.Close(context.Background())) }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, warnings := n.Ready(); warnings["reports"] != "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("readiness does not say that it is not built")
		}
	}
	_, err = n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-4"))
	must(t, err)
}
