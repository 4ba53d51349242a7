package node_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

var monday = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

func openOn(t *testing.T, dir datadir.Dir, m *clocktest.Machine) *node.Node {
	t.Helper()
	n, err := node.Open(t.Context(), node.Config{Dir: dir, Origin: "anjian.test/time", ScrubEvery: -1, Time: m.Sources()})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func append1(t *testing.T, n *node.Node) {
	t.Helper()
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, uuid.NewString())); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, n *node.Node) {
	t.Helper()
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A part that is red is named, in readiness and metrics, and a person at the machine makes it green.
func TestANodeNamesTheClock(t *testing.T) {
	dir, m := datadir.Dir(t.TempDir()), clocktest.New(monday)
	n := openOn(t, dir, m)
	defer func() { closed(t, n) }()
	append1(t, n)
	if err := n.ServeAdmin(slog.New(slog.DiscardHandler), http.NotFoundHandler()); err != nil {
		t.Fatal(err)
	}
	metrics := func() string {
		var b bytes.Buffer
		n.WriteMetrics(&b)
		return b.String()
	}
	if down, warnings := n.Ready(); len(down)+len(warnings) > 0 || !strings.Contains(metrics(), "\nanjian_clock_ok 1\n") {
		t.Errorf("%v %v\n%s", down, warnings, metrics())
	}
	m.Set(365 * 24 * time.Hour)
	down, warnings := n.Ready()
	if len(down) > 0 || warnings["clock"] == "" || !strings.Contains(metrics(), "anjian_part_up{part=\"clock\"} 0.5\n") ||
		!strings.Contains(metrics(), "\nanjian_clock_ok 0\n") {
		t.Errorf("%v %v\n%s", down, warnings, metrics())
	}
	var s clock.Status
	if err := adminsocket.Call(t.Context(), string(dir), "GET", "/clock", nil, &s); err != nil || s.State != clock.Red || s.Off < 364*24*3600 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := adminsocket.Call(t.Context(), string(dir), "POST", "/clock/confirm", nil, &s); err != nil || s.State != clock.OK {
		t.Errorf("%+v, %v", s, err)
	}
	if down, warnings := n.Ready(); len(down)+len(warnings) > 0 {
		t.Errorf("%v %v", down, warnings)
	}
}

// A stopped projector is named, and ends readiness (it fails closed).
func TestANodeNamesViewsThatHaveStopped(t *testing.T) {
	n := openOn(t, datadir.Dir(t.TempDir()), clocktest.New(monday))
	defer closed(t, n)
	n.Projector.Apply([]*event.Event{{Index: 99}})
	var b bytes.Buffer
	n.WriteMetrics(&b)
	if down, _ := n.Ready(); down["views"] == "" || !strings.Contains(b.String(), "anjian_part_up{part=\"views\"} 0\n") {
		t.Errorf("%v\n%s", down, b.String())
	}
}

// The access log is kept by the ledger's time: a clock far ahead removes nothing.
func TestAClockFarAheadDoesNotEndTheAccessLog(t *testing.T) {
	dir, m := datadir.Dir(t.TempDir()), clocktest.New(monday)
	old := filepath.Join(dir.Access(), "2019-11-20.ndjson")
	record := func(n *node.Node) {
		t.Helper()
		if err := n.AccessLog.Record(t.Context(), identity.Access{Action: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	n := openOn(t, dir, m)
	append1(t, n)
	if err := os.WriteFile(old, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.Set(400 * 24 * time.Hour)
	record(n)
	closed(t, n)
	n = openOn(t, dir, m) // and after a start, unconfirmed
	record(n)
	n.Ledger.ConfirmClock("test")
	m.Pass(24 * time.Hour)
	record(n) // confirmed: the newest entry still says 2019
	closed(t, n)
	if _, err := os.Stat(old); err != nil {
		t.Error(err)
	}
	n = openOn(t, dir, m)
	n.Ledger.ConfirmClock("test")
	append1(t, n) // by which the ledger itself is 400 days on
	record(n)
	closed(t, n)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("kept for good: %v", err)
	}
}
