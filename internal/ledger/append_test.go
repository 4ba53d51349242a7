package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
)

// gate is a store whose appends wait until they are let through.
type gate struct {
	store.Store
	mu     sync.Mutex
	closed chan struct{} // nil: open
	blocks int
}

func (g *gate) Append(ctx context.Context, b *block.Block) error {
	g.mu.Lock()
	closed := g.closed
	g.blocks++
	g.mu.Unlock()
	if closed != nil {
		<-closed
	}
	return g.Store.Append(ctx, b)
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed, g.blocks = make(chan struct{}), 0
}

// await waits until a block stands before the gate: what comes now goes into another one.
func (g *gate) await() {
	for {
		g.mu.Lock()
		n := g.blocks
		g.mu.Unlock()
		if n > 0 {
			return
		}
		time.Sleep(50 * time.Microsecond)
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.closed)
	g.closed = nil
}

// gated is a fixture whose store can be held up.
func gated(t *testing.T, config func(*ledger.Config)) (*fixture, *gate) {
	w := newFixture(t)
	g := &gate{Store: w.store}
	w.config = func(c *ledger.Config) {
		c.Store = g
		if config != nil {
			config(c)
		}
	}
	w.open()
	t.Cleanup(w.close)
	return w, g
}

// later appends in a goroutine and returns where the answer comes.
func (w *fixture) later(ctx context.Context, items ...ledger.Item) chan answer {
	c := make(chan answer, 1)
	before := w.Health().Waiting
	go func() {
		res, err := w.appendCtx(ctx, items...)
		c <- answer{res, err}
	}()
	for w.Health().Waiting == before {
		time.Sleep(50 * time.Microsecond)
	}
	return c
}

type answer struct {
	ledger.Result
	err error
}

func TestAnIdenticalResendIsToldWhereTheOriginalStands(t *testing.T) {
	w, g := gated(t, nil)
	w.must(registered(t, "p"))
	t.Run("committed", func(t *testing.T) {
		it := trained(t, "p", nil)
		first := w.must(it).Receipts[0]
		r := w.must(again(t, it.Bytes)).Receipts[0]
		if !r.AlreadyPresent || first.AlreadyPresent || r.Index != first.Index || r.Revision != first.Revision || r.LeafHash != first.LeafHash ||
			!r.Recorded.Equal(first.Recorded) {
			t.Errorf("%+v, want %+v", r, first)
		}
	})
	t.Run("in flight, filling, mixed, and twice within a batch", func(t *testing.T) {
		g.close()
		a, b, c := trained(t, "p", nil), trained(t, "p", nil), trained(t, "p", nil)
		answers := []chan answer{
			w.later(t.Context(), a), w.later(t.Context(), b),
			w.later(t.Context(), again(t, a.Bytes)), w.later(t.Context(), again(t, b.Bytes)),
			w.later(t.Context(), again(t, b.Bytes), c, again(t, c.Bytes), again(t, a.Bytes)),
		}
		g.open()
		var got [][]ledger.Receipt
		for _, ch := range answers {
			r := <-ch
			if r.err != nil {
				t.Fatal(r.err)
			}
			got = append(got, r.Receipts)
		}
		ia, ib, ic := got[0][0].Index, got[1][0].Index, got[4][1].Index
		for i, want := range [][]ledger.Receipt{
			{{Index: ia}}, {{Index: ib}}, {{Index: ia, AlreadyPresent: true}}, {{Index: ib, AlreadyPresent: true}},
			{{Index: ib, AlreadyPresent: true}, {Index: ic}, {Index: ic, AlreadyPresent: true}, {Index: ia, AlreadyPresent: true}},
		} {
			for k, r := range want {
				if g := got[i][k]; g.Index != r.Index || g.AlreadyPresent != r.AlreadyPresent || g.Stream.ID != "p" {
					t.Errorf("request %d, item %d: %+v, want %+v", i, k, g, r)
				}
			}
		}
	})
	w.restart()
	first := w.acked[0]
	if r := w.must(again(t, first.bytes)).Receipts[0]; !r.AlreadyPresent || r.Index != first.receipt.Index {
		t.Errorf("after a restart: %+v", r)
	}
	w.audit()
}

func TestAnIDWithOtherBytesIsAConflictAndStoresNothing(t *testing.T) {
	w := opened(t)
	id := uuid.New()
	as := func(topic string) ledger.Item {
		return trained(t, "p", func(e *event.Event) { e.ID = id; e.Source = "urn:" + topic })
	}
	w.must(registered(t, "p"))
	w.must(as("one"))
	size, twice := w.Head().Size, uuid.New()
	for name, items := range map[string][]ledger.Item{
		"alone": {as("two")}, "behind a new one": {trained(t, "p", nil), as("two")},
		"twice within a batch": {registered(t, "q"), trained(t, "q", func(e *event.Event) { e.ID = twice }),
			trained(t, "q", func(e *event.Event) { e.ID, e.Source = twice, "urn:x" })},
	} {
		var conflict *ledger.ConflictError
		if _, err := w.append(items...); !errors.As(err, &conflict) || conflict.Code != "id-reused" || w.Head().Size != size {
			t.Errorf("%s: %v, size %d", name, err, w.Head().Size)
		}
	}
	w.audit()
}

func TestAnExpectedRevisionMustBeTheStreams(t *testing.T) {
	w := opened(t)
	expect := func(r int64) func(*event.Event) { return func(e *event.Event) { e.ExpectedRevision = r } }
	w.must(registered(t, "p"))
	for _, r := range []int64{1, 7} {
		var conflict *ledger.ConflictError
		if _, err := w.append(trained(t, "p", expect(r))); !errors.As(err, &conflict) || conflict.Code != "wrong-revision" ||
			conflict.Have != 0 || conflict.Want != r {
			t.Errorf("expected %d: %v", r, err)
		}
	}
	if r := w.must(trained(t, "p", expect(0)), trained(t, "p", expect(1))).Receipts; r[0].Revision != 1 || r[1].Revision != 2 {
		t.Errorf("%+v", r)
	}
	w.audit()
}

// A refusal leaves neither state nor ids nor revisions nor bytes nor a later recorded time.
func TestARefusedBatchIsAsIfItHadNeverBeen(t *testing.T) {
	w, g := gated(t, nil)
	w.must(registered(t, "p"))
	g.close()
	held := w.later(t.Context(), trained(t, "p", nil)) // so that the next ones share a block
	g.await()
	before := w.later(t.Context(), trained(t, "p", nil))
	lost := trained(t, "p", nil)
	if _, err := w.append(refused(t)); err == nil { // once it is, the one before it has its time
		t.Error("not refused")
	}
	w.clock.Pass(time.Hour)
	_, err := w.append(lost, registered(t, "q"), trained(t, "q", nil), refused(t))
	var refusal *event.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	w.clock.Pass(-time.Hour)
	behind := []chan answer{w.later(t.Context(), again(t, lost.Bytes)), w.later(t.Context(), registered(t, "q"))}
	g.open()
	for i, c := range append([]chan answer{held, before}, behind...) {
		a := <-c
		if a.err != nil {
			t.Fatal(a.err)
		}
		if r := a.Receipts[0]; r.Index != uint64(i+1)+opening || r.AlreadyPresent || r.Recorded.Sub(start) > time.Minute {
			t.Errorf("request %d: %+v", i, r)
		}
	}
	w.audit()
	if n := w.Head().Block; n != 3+begun {
		t.Errorf("%d blocks, want p, the one held up, and one of all the others", n)
	}
}

func TestARoleAppendsOnlyWhatItMay(t *testing.T) {
	w := opened(t)
	auditor := w.bearer(&token.Issued{Role: event.RoleAuditor})
	as := func(author event.Actor, items ...ledger.Item) error {
		_, err := w.Ledger.Append(t.Context(), ledger.Request{Actor: author, Items: items})
		return err
	}
	var refusal *event.Refusal
	if err := as(auditor, registered(t, "p")); !errors.As(err, &refusal) || refusal.Code != "role-may-not-append" {
		t.Error(err)
	}
	if _, err := w.append(); !errors.As(err, &refusal) {
		t.Errorf("an empty request: %v", err)
	}
	if w.Head().Size != opening+1 {
		t.Error("something was stored")
	}
	// The same bytes, or another event of this id, tell him nothing of what is there.
	there := registered(t, "p")
	w.must(there)
	other := registered(t, "q")
	other.Event.ID = there.Event.ID
	for _, it := range []ledger.Item{again(t, there.Bytes), other} {
		if err := as(auditor, it); !errors.As(err, &refusal) || refusal.Code != "role-may-not-append" {
			t.Error(err)
		}
	}
}

func TestALoneAppendCommitsAtOnceAndACrowdSharesBlocks(t *testing.T) {
	w, g := gated(t, nil)
	for n := range uint64(5) {
		w.must(registered(t, fmt.Sprintf("a%d", n)))
		if h := w.Head(); h.Block != n+1+begun || h.Size != n+1+opening {
			t.Fatalf("%+v", h)
		}
	}
	g.close()
	var answers []chan answer
	for n := range 50 {
		answers = append(answers, w.later(t.Context(), registered(t, fmt.Sprintf("b%d", n))))
		g.await()
	}
	g.open()
	for _, c := range answers {
		if a := <-c; a.err != nil {
			t.Fatal(a.err)
		}
	}
	// What the sequencer has not judged yet when the block in flight becomes durable goes into one more.
	if h := w.Head(); h.Block < 7+begun || h.Block > 8+begun || h.Size != 55+opening {
		t.Errorf("50 appends beside one in flight made blocks up to %d with %d entries, want %d or %d with %d", h.Block, h.Size,
			7+begun, 8+begun, 55+opening)
	}
	w.audit()
}

func TestABlockHoldsNoMoreThanConfigured(t *testing.T) {
	w, g := gated(t, func(c *ledger.Config) { c.MaxBlockEntries, c.MaxBlockBytes = 3, 24_000 })
	g.close()
	answers := []chan answer{w.later(t.Context(), registered(t, "first"))}
	g.await()
	for n := range 7 {
		answers = append(answers, w.later(t.Context(), registered(t, fmt.Sprintf("p%d", n))))
	}
	g.open()
	blocks := map[uint64]int{} // by the size of the tree behind it, how many of the entries a block has
	for _, c := range answers {
		a := <-c
		if a.err != nil {
			t.Fatal(a.err)
		}
		if blocks[a.Size]++; blocks[a.Size] > 3 {
			t.Errorf("a block has more than 3 entries: %v", blocks)
		}
	}
	// Into how many they go depends on what is judged when one becomes durable.
	if h := w.Head(); h.Block != begun+uint64(len(blocks)) {
		t.Errorf("blocks up to %d were made: %v", h.Block, blocks)
	}
	four := []ledger.Item{registered(t, "x"), registered(t, "y"), registered(t, "z"), registered(t, "z2")}
	if _, err := w.append(four...); !errors.Is(err, ledger.ErrTooLarge) {
		t.Error(err)
	}
	w.audit()
}

func TestAFullQueueIsBusyAndAbandonedRequestsAreNowhere(t *testing.T) {
	for name, config := range map[string]func(*ledger.Config){
		"requests": func(c *ledger.Config) { c.MaxQueue = 4; c.MaxBlockEntries = 1 },
		"bytes":    func(c *ledger.Config) { c.MaxQueueBytes = 20_000; c.MaxBlockEntries = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			w, g := gated(t, config)
			g.close()
			ctx, cancel := context.WithCancel(t.Context())
			var answers []chan answer
			for n := 0; ; n++ {
				if n > 20 {
					t.Fatal("the queue has no end")
				}
				it := registered(t, fmt.Sprintf("p%d", n))
				short, done := context.WithTimeout(t.Context(), 20*time.Millisecond)
				waiting := w.Health().Waiting
				c := make(chan error, 1)
				if n < 4 { // in flight, filling, in the backlog, in the queue
					answers = append(answers, w.later(ctx, it))
					done()
					continue
				}
				go func() { _, err := w.Ledger.Append(short, request(it)); c <- err }()
				err := <-c
				timedOut := short.Err() != nil
				done()
				if !errors.Is(err, ledger.ErrBusy) {
					t.Fatalf("request %d with %d waiting: %v", n, waiting, err)
				}
				if !timedOut {
					break // refused at the door
				}
			}
			cancel()
			unknown := 0
			for _, c := range answers {
				a := <-c
				switch {
				case errors.Is(a.err, ledger.ErrOutcomeUnknown):
					unknown++
				case !errors.Is(a.err, ledger.ErrBusy):
					t.Error(a.err)
				}
			}
			g.open()
			for err := ledger.ErrBusy; errors.Is(err, ledger.ErrBusy); {
				_, err = w.append(registered(t, "last"))
			}
			if got := w.Head().Size; got != uint64(unknown)+1+opening || unknown == 0 || unknown == 4 {
				t.Errorf("%d entries, %d requests of unknown outcome", got, unknown)
			}
			if h := w.Health(); h.Waiting != 0 {
				t.Errorf("%d are said to wait", h.Waiting)
			}
			w.audit()
		})
	}
}

// Who shares the queue counts a request's bytes until the ledger holds them no more.
func TestARequestIsDoneWhenNothingOfItWaits(t *testing.T) {
	w, g := gated(t, func(c *ledger.Config) { c.MaxQueueBytes = 5 * ledger.EntryOverhead })
	appendAs := func(ctx context.Context, items ...ledger.Item) (*atomic.Int32, error) {
		n := new(atomic.Int32)
		r := request(items...)
		r.Done = func() { n.Add(1) }
		_, err := w.Ledger.Append(ctx, r)
		return n, err
	}
	large := []ledger.Item{registered(t, "a"), registered(t, "b"), registered(t, "c"), registered(t, "d"), registered(t, "e")}
	for name, items := range map[string][]ledger.Item{"stored": {registered(t, "p")}, "refused": {refused(t)}, "empty": nil,
		"too large for the queue": large} {
		if n, _ := appendAs(t.Context(), items...); n.Load() != 1 {
			t.Errorf("%s: done %d times", name, n.Load())
		}
	}
	g.close()
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	n, err := appendAs(short, registered(t, "q"))
	if !errors.Is(err, ledger.ErrOutcomeUnknown) || n.Load() != 0 {
		t.Errorf("%v, done %d times while its block is in flight", err, n.Load())
	}
	g.open()
	w.must(registered(t, "r"))
	if n.Load() != 1 {
		t.Errorf("done %d times", n.Load())
	}
}

func TestCloseCommitsWhatWaitsAndTakesNoMore(t *testing.T) {
	w, g := gated(t, nil)
	g.close()
	var answers []chan answer
	for n := range 10 {
		answers = append(answers, w.later(t.Context(), registered(t, fmt.Sprintf("p%d", n))))
	}
	l := w.Ledger
	time.AfterFunc(5*time.Millisecond, g.open)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), request(registered(t, "late"))); !errors.Is(err, ledger.ErrReadOnly) || l.Health().Ready {
		t.Errorf("a closed ledger: %v, %+v", err, l.Health())
	}
	for _, c := range answers {
		if a := <-c; a.err != nil {
			t.Error(a.err)
		}
	}
	w.restart()
	if w.Head().Size != 10+opening {
		t.Errorf("%d entries", w.Head().Size)
	}
	w.audit()
}

func TestTheFoldsSeeEveryEntryOnceInOrderAlsoAfterARestart(t *testing.T) {
	w := opened(t)
	for n := range 20 {
		w.must(registered(t, fmt.Sprintf("p%d", n)), trained(t, fmt.Sprintf("p%d", n), nil))
	}
	for range 2 {
		all := w.entries()
		w.close()
		if len(w.folded) != len(all) {
			t.Fatalf("%d of %d", len(w.folded), len(all))
		}
		for i, e := range w.folded {
			if en := all[i]; e.Index != uint64(i) || e.Revision != en.Revision || e.Stream != en.Stream || !reflect.DeepEqual(e.About, en.About) ||
				e.Actor != en.Actor || e.Assurance != en.Assurance || !e.Recorded.Equal(en.Recorded) {
				t.Fatalf("fold saw %+v, recorded is %+v", e, en)
			}
		}
		w.open()
	}
}

// The ids of consequences are the ledger's own: the same on every node, and nobody else may use one.
func TestTheIDOfAConsequenceIsTheLedgersOwn(t *testing.T) {
	cause := trained(t, "p", func(e *event.Event) { e.Occurred = start.AddDate(0, -6, 0) }) // late: it is flagged
	probe := opened(t)
	probe.must(registered(t, "p"))
	if r := probe.must(again(t, cause.Bytes)).Receipts[0]; len(r.Deviations) != 1 {
		t.Fatalf("no consequence: %+v", r)
	}
	derived := again(t, probe.entries()[2+opening].Event).Event.ID
	w := opened(t)
	w.must(registered(t, "p"))
	for id, code := range map[uuid.UUID]law.Code{
		derived: "id-reserved", uuid.NewSHA1(uuid.Nil, []byte("x")): "id-version",
		uuid.MustParse("c232ab00-9414-11ec-b3c8-9f6bdeced846"): "id-version",
	} {
		var refusal *event.Refusal
		if _, err := w.append(trained(t, "p", func(e *event.Event) { e.ID = id })); !errors.As(err, &refusal) || refusal.Code != code {
			t.Errorf("%s: %v", id, err)
		}
	}
	w.must(again(t, cause.Bytes))
	if id := again(t, w.entries()[2+opening].Event).Event.ID; id != derived || id.Version() != 8 {
		t.Errorf("%s, on another node %s", id, derived)
	}
	w.audit()
}
