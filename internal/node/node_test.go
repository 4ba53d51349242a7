package node_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

func TestWhatWasAppendedIsThereAfterARestart(t *testing.T) {
	ctx := t.Context()
	dir := datadir.Dir(t.TempDir())
	n, err := node.Open(ctx, node.Config{Dir: dir, Origin: "anjian.test/restart"})
	if err != nil {
		t.Fatal(err)
	}
	res, err := n.Ledger.Append(ctx, nodetest.Register(t, n, "s-1"))
	if err != nil {
		t.Fatal(err)
	}
	proof, err := n.Ledger.AppendReceiptProof(nil, res.Receipts[0].Index, &res)
	if err != nil {
		t.Fatal(err)
	}
	head := n.Ledger.Head()
	if err := n.Close(ctx); err != nil {
		t.Fatal(err)
	}
	n, err = node.Open(ctx, node.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close(context.Background())
	if got := n.Ledger.Head(); got.Size != head.Size || got.Root != head.Root {
		t.Errorf("after the restart the head is %+v, was %+v", got, head)
	}
	if h := n.Ledger.Health(); !h.Ready {
		t.Errorf("not ready: %+v", h)
	}
	if len(proof) == 0 {
		t.Error("no proof")
	}
	v, err := n.Projector.Subject(ctx, "s-1", projector.Query{For: event.Actor{Role: event.RoleSupervisionOffice}})
	if err != nil {
		t.Fatal(err)
	}
	if v.Subject != "s-1" || !v.Registered {
		t.Errorf("%+v", v)
	}
}

func BenchmarkAppendAlone(b *testing.B) {
	n, err := node.Open(b.Context(), node.Config{Dir: datadir.Dir(b.TempDir()), Origin: "anjian.test/bench", ScrubEvery: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer n.Close(context.Background())
	for b.Loop() {
		if _, err := n.Ledger.Append(b.Context(), nodetest.Register(b, n, uuid.NewString())); err != nil {
			b.Fatal(err)
		}
	}
}

// Two administrators revoke one token, the second by what he knew before.
func TestATokenThatIsRevokedStaysSo(t *testing.T) {
	ctx := t.Context()
	n, err := node.Open(ctx, node.Config{Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/revoked"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close(context.Background())
	_, a, err := n.Issue(ctx, token.Issued{Role: event.RoleSupervisionOffice}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	known, err := n.Tokens.Find(strconv.FormatUint(a.Token, 10))
	if err != nil {
		t.Fatal(err)
	}
	for i, reason := range []string{"lost", "left"} {
		already, err := n.Revoke(ctx, known, reason, identity.Self())
		if err != nil || already != (i > 0) {
			t.Errorf("%s: already %t, %v", reason, already, err)
		}
	}
	if size := n.Ledger.Head().Size; size != a.Token+2 {
		t.Errorf("%d entries behind an issue at %d", size, a.Token)
	}
	known.Token += 100
	known.Event = uuid.New()
	if already, err := n.Revoke(ctx, known, "no such token", identity.Self()); already || err == nil {
		t.Errorf("a token that was never issued: already %t, %v", already, err)
	}
}
