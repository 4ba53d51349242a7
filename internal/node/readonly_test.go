package node_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// TestACopyThatIsOnlyReadIsNoSecondHistory: a backup that is started for a drill, without the secret
// key, one of its copies short, its tiles gone.
func TestACopyThatIsOnlyReadIsNoSecondHistory(t *testing.T) {
	d := datadir.Dir(t.TempDir())
	cfg := node.Config{Dir: d, Origin: beginOrigin, ScrubEvery: -1}
	grown(t, cfg)
	must(t, errors.Join(os.Remove(d.CheckpointKey()), os.RemoveAll(d.Tiles()), os.RemoveAll(d.Evidence())))
	segment := d.Journal() + "/00000000000000000001.ndjson"
	b, err := os.ReadFile(segment)
	must(t, err)
	must(t, os.WriteFile(segment, b[:len(b)-7], 0o600))
	before := nodetest.Fingerprint(t, d.Store()) + nodetest.Fingerprint(t, d.Journal())

	cfg = node.Config{Dir: d, ReadOnly: true, MustExist: true}
	n, err := starts(t, cfg)
	must(t, err)
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-9")); !errors.Is(err, ledger.ErrReadOnlyStart) {
		t.Errorf("an append: %v", err)
	}
	const sum = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" // of "a"
	if _, _, err := n.Evidence.Put(t.Context(), sum, 0, strings.NewReader("a")); !errors.Is(err, evidence.ErrReadOnly) {
		t.Errorf("a photo: %v", err)
	}
	h := n.Ledger.Health()
	if _, warnings := n.Ready(); !h.Ready || warnings["read-only"] == "" || warnings["evidence"] != "" {
		t.Errorf("%+v, %v", h, warnings)
	}
	raw, err := n.Ledger.Entry(t.Context(), h.Size-1)
	if err != nil || h.Size != 6 || !strings.Contains(string(raw), "s-3") {
		t.Errorf("of %d entries the last is %s, %v", h.Size, raw, err)
	}
	must(t, n.Close(t.Context()))
	if nodetest.Fingerprint(t, d.Store())+nodetest.Fingerprint(t, d.Journal()) != before || d.HasKey() {
		t.Error("reading has changed the copies")
	}

	for name, cfg := range map[string]node.Config{
		"nothing there": {Dir: datadir.Dir(t.TempDir()), ReadOnly: true, Origin: beginOrigin},
		"keys alone":    {Dir: keysAlone(t), ReadOnly: true},
	} {
		var refused *datadir.RefusedError
		if _, err := starts(t, cfg); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func keysAlone(t *testing.T) datadir.Dir {
	t.Helper()
	d := datadir.Dir(t.TempDir())
	grown(t, node.Config{Dir: d, Origin: beginOrigin, ScrubEvery: -1})
	must(t, errors.Join(os.RemoveAll(d.Store()), os.RemoveAll(d.Journal()), os.RemoveAll(d.Tiles())))
	return d
}

// TestANodeThatOnlyReadsFollowsTheOthers on a store that they share.
func TestANodeThatOnlyReadsFollowsTheOthers(t *testing.T) {
	c := natstest.Start(t, 1, nil)
	first, second := onNATS(t, c), onNATS(t, c)
	a := opened(t, first)
	shareKey(t, first.Dir, second.Dir)
	second.ReadOnly, second.Origin = true, ""
	b := opened(t, second)
	res, err := a.Ledger.Append(t.Context(), nodetest.Register(t, a, "s-1"))
	must(t, err)
	natstest.Eventually(t, 10*time.Second, "the other node's block is read", func() bool { return b.Ledger.Head().Size == res.Size })
	must(t, b.Ledger.Refresh(t.Context()))
	if _, err := b.Ledger.Append(t.Context(), nodetest.Register(t, a, "s-2")); !errors.Is(err, ledger.ErrReadOnlyStart) {
		t.Errorf("an append: %v", err)
	}
	if h := b.Ledger.Health(); !h.Ready || a.Ledger.Head().Root != b.Ledger.Head().Root {
		t.Errorf("%+v", h)
	}
}

// Entries alone are read, checked and reported as ever, of one copy where the other is damaged; nothing is appended.
func TestEntriesAloneAreCheckedAndReported(t *testing.T) {
	d := nodetest.Written(t)
	nodetest.FlipJournal(t, d, 5)
	n, err := node.Open(t.Context(), node.Config{Dir: d, EntriesOnly: true, MustExist: true})
	must(t, err)
	if ids, _ := nodetest.Subjects(t, n); strings.Join(ids, " ") != nodetest.All() {
		t.Errorf("subjects %v", ids)
	}
	if h := n.Ledger.Health(); h.Reasons["journal"] == "" {
		t.Errorf("the journal is damaged, and the health is %+v", h)
	}
	_, _, err = n.Issue(t.Context(), token.Issued{Role: event.RoleSupervisionOffice}, time.Hour)
	if !errors.Is(err, ledger.ErrReadOnlyStart) && !errors.Is(err, ledger.ErrReadOnly) {
		t.Errorf("an append: %v", err)
	}
	b, err := n.ReportsAtRest(t.Context())
	must(t, err)
	if s := b.Status(); s.Position != n.Ledger.Head().Size {
		t.Errorf("reports of %d entries", s.Position)
	}
	must(t, n.Close(t.Context()))
}
