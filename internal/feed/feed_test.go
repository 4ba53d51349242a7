package feed_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// relaxed leaves out the fsyncs: these tests lose no power.
func relaxed(o *server.Options) { o.SyncAlways = false }

// fixture is a server and a ledger to publish from.
type fixture struct {
	*testing.T
	servers *natstest.Cluster
	ledger  *fakeLedger
	js      natsjs.JetStream
}

func newFixture(t *testing.T, entries int) *fixture {
	c := natstest.Start(t, 1, relaxed)
	return &fixture{T: t, servers: c, ledger: newFakeLedger(t, entries), js: c.JetStream()}
}

func (w *fixture) publisher(change func(*feed.Config)) *feed.Publisher {
	w.Helper()
	cfg := feed.Config{Source: w.ledger, Conn: w.servers.Connect()}
	if change != nil {
		change(&cfg)
	}
	p, err := feed.New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// run runs a publisher until stop is called.
func (w *fixture) run(p *feed.Publisher) (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			w.Errorf("run ends with %v", err)
		}
	}
	w.Cleanup(stop)
	return stop
}

func (w *fixture) caughtUp(p *feed.Publisher) {
	w.Helper()
	natstest.Eventually(w, 30*time.Second, "the feed has every entry", func() bool {
		s := p.Status()
		return s.Err == nil && s.Lag() == 0 && s.Published == w.ledger.Head().Size
	})
}

// wantFeed reads the whole stream: entries first.. in order, each once, as documented.
func (w *fixture) wantFeed(first uint64) {
	w.Helper()
	size := w.ledger.Head().Size
	stream := natstest.Stream(w, w.js, feed.DefaultStream)
	if s := stream.CachedInfo().State; s.LastSeq != size || s.Msgs != size-first {
		w.Fatalf("the stream has %d messages to %d, want entries %d to %d", s.Msgs, s.LastSeq, first, size-1)
	}
	consumer, err := w.js.OrderedConsumer(w.Context(), feed.DefaultStream, natsjs.OrderedConsumerConfig{})
	if err != nil {
		w.Fatal(err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		w.Fatal(err)
	}
	defer messages.Stop()
	for i := first; i < size; i++ {
		msg, err := messages.Next(natsjs.NextMaxWait(10 * time.Second))
		if err != nil {
			w.Fatal(err)
		}
		w.wantMessage(i, msg.Subject(), msg.Headers(), msg.Data())
	}
}

func (w *fixture) wantMessage(i uint64, subject string, h nats.Header, data []byte) {
	w.Helper()
	root, err := w.ledger.RootAt(i + 1)
	if err != nil {
		w.Fatal(err)
	}
	county := []string{"610902", "610921", "none"}[i%3]
	for name, pair := range map[string][2]string{
		"subject":         {subject, "anjian.feed.all." + county + ".inspection.finding-recorded"},
		"id":              {h.Get(nats.MsgIdHdr), fmt.Sprintf("anjian.example/feed/%d", i)},
		feed.HeaderLedger: {h.Get(feed.HeaderLedger), "anjian.example/feed"},
		feed.HeaderIndex:  {h.Get(feed.HeaderIndex), strconv.FormatUint(i, 10)},
		feed.HeaderSize:   {h.Get(feed.HeaderSize), strconv.FormatUint(i+1, 10)},
		feed.HeaderRoot:   {h.Get(feed.HeaderRoot), base64.StdEncoding.EncodeToString(root[:])},
	} {
		if pair[0] != pair[1] {
			w.Fatalf("entry %d: %s is %q, want %q", i, name, pair[0], pair[1])
		}
	}
	if !bytes.Equal(data, w.ledger.entries[i]) {
		w.Fatalf("message of entry %d has other bytes", i)
	}
}

func TestEveryEntryIsPublishedInOrderOnce(t *testing.T) {
	w := newFixture(t, 0)
	p := w.publisher(nil)
	w.run(p)
	for _, n := range []int{1, 1, 7, 1200, 1} {
		w.ledger.add(t, n)
		w.caughtUp(p)
	}
	w.wantFeed(0)
}

func TestAPublisherGoesOnWhereTheStreamEnds(t *testing.T) {
	w := newFixture(t, 700)
	for range 3 {
		p := w.publisher(nil)
		stop := w.run(p)
		w.caughtUp(p)
		stop()
		w.ledger.add(t, 33)
	}
	p := w.publisher(nil)
	w.run(p)
	w.caughtUp(p)
	w.wantFeed(0)
}

// A publisher that dies after a message was stored and before it knows leaves nothing but
// the message. One is played here by hand, for a single message and for a batch half sent.
func TestACrashBetweenPublicationAndNoteLeavesNoGapAndNoDuplicate(t *testing.T) {
	w := newFixture(t, 10)
	p := w.publisher(nil)
	stop := w.run(p)
	w.caughtUp(p)
	stop()

	w.ledger.add(t, 5)
	nc := w.servers.Connect()
	root, _ := w.ledger.RootAt(11)
	stored := nats.NewMsg("anjian.feed.all.610921.inspection.finding-recorded")
	stored.Data = w.ledger.entries[10]
	for name, value := range map[string]string{
		nats.MsgIdHdr: "anjian.example/feed/10", nats.ExpectedLastSeqHdr: "10", feed.HeaderLedger: "anjian.example/feed",
		feed.HeaderIndex: "10", feed.HeaderSize: "11", feed.HeaderRoot: base64.StdEncoding.EncodeToString(root[:]),
	} {
		stored.Header.Set(name, value)
	}
	if _, err := w.js.PublishMsg(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	half := nats.NewMsg("anjian.feed.all.none.inspection.finding-recorded")
	half.Data = w.ledger.entries[11]
	half.Header.Set(nats.MsgIdHdr, "anjian.example/feed/11")
	half.Header.Set(nats.ExpectedLastSeqHdr, "11")
	half.Header.Set("Nats-Batch-Id", "never-committed")
	half.Header.Set("Nats-Batch-Sequence", "1")
	if err := errors.Join(nc.PublishMsg(half), nc.Flush()); err != nil {
		t.Fatal(err)
	}

	p = w.publisher(nil)
	w.run(p)
	w.caughtUp(p)
	w.wantFeed(0)
}

func TestTwoPublishersMakeOneFeed(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 100)
	var log bytes.Buffer // meeting each other is the usual thing, not a warning
	quiet := func(c *feed.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	a, b := w.publisher(quiet), w.publisher(quiet)
	stopA, stopB := w.run(a), w.run(b)
	for range 40 {
		w.ledger.add(t, 25)
		time.Sleep(5 * time.Millisecond)
	}
	w.caughtUp(a)
	w.caughtUp(b)
	w.wantFeed(0)
	stopA()
	stopB()
	if log.Len() > 0 {
		t.Errorf("logged:\n%s", log.String())
	}
}

func TestADeletedFeedIsMadeAgainFromTheStart(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 600)
	p := w.publisher(nil)
	w.run(p)
	w.caughtUp(p)
	if err := w.js.DeleteStream(t.Context(), feed.DefaultStream); err != nil {
		t.Fatal(err)
	}
	w.ledger.add(t, 2)
	w.caughtUp(p)
	w.wantFeed(0)
}

func TestAFeedWithAnAgeIsMadeAgainFromThatAgeUnderTheOldNumbers(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 50)
	p := w.publisher(func(c *feed.Config) { c.Age = time.Hour })
	w.run(p)
	w.caughtUp(p)
	w.wantFeed(40)
	if err := w.js.DeleteStream(t.Context(), feed.DefaultStream); err != nil {
		t.Fatal(err)
	}
	w.ledger.add(t, 5)
	w.caughtUp(p)
	w.wantFeed(45)
}

func TestADurableConsumerThatWasAwayCatchesUpWithoutGapOrDuplicate(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 100)
	p := w.publisher(nil)
	w.run(p)
	w.caughtUp(p)
	consumer, err := w.js.CreateConsumer(t.Context(), feed.DefaultStream, natsjs.ConsumerConfig{
		Durable: "fire", AckPolicy: natsjs.AckExplicitPolicy, FilterSubject: "anjian.feed.all.>"})
	if err != nil {
		t.Fatal(err)
	}
	next, ids := uint64(0), map[string]bool{}
	take := func(n int) {
		for n > 0 {
			batch, err := consumer.Fetch(min(n, 500), natsjs.FetchMaxWait(10*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			for msg := range batch.Messages() {
				id := msg.Headers().Get(nats.MsgIdHdr)
				if ids[id] {
					t.Fatalf("%s came twice", id)
				}
				ids[id] = true
				w.wantMessage(next, msg.Subject(), msg.Headers(), msg.Data())
				if err := msg.Ack(); err != nil {
					t.Fatal(err)
				}
				next, n = next+1, n-1
			}
			if batch.Error() != nil {
				t.Fatal(batch.Error())
			}
		}
	}
	take(100)
	w.ledger.add(t, 10_000)
	w.caughtUp(p)
	take(10_000)
	if info, err := consumer.Info(t.Context()); err != nil || info.NumPending != 0 {
		t.Errorf("pending is %d, %v", info.NumPending, err)
	}
}

func TestAFeedOfAnotherLedgerOrWithOtherEntriesIsLeftAlone(t *testing.T) {
	for name, spoil := range map[string]func(*fixture){
		"another origin": func(w *fixture) {
			if _, err := w.js.CreateStream(w.Context(), natsjs.StreamConfig{Name: feed.DefaultStream,
				Subjects: []string{feed.DefaultPrefix + ".feed.all.>"}}); err != nil {
				w.Fatal(err)
			}
		},
		"other entries": func(w *fixture) {
			p := w.publisher(nil)
			stop := w.run(p)
			w.caughtUp(p)
			stop()
			w.ledger.entries[9] = bytes.Replace(w.ledger.entries[9], []byte(`"n":9`), []byte(`"n":8`), 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, 10)
			spoil(w)
			p := w.publisher(nil)
			if err := p.Run(t.Context()); !errors.Is(err, feed.ErrForeign) || !errors.Is(p.Status().Err, feed.ErrForeign) {
				t.Errorf("run gives %v", err)
			}
		})
	}
}

func TestTheLagShowsWhileServersAreAwayAndTheFeedRecovers(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 10)
	p := w.publisher(nil)
	w.run(p)
	w.caughtUp(p)
	w.servers.Kill(0)
	w.ledger.add(t, 5)
	natstest.Eventually(t, 20*time.Second, "the lag is told with a reason", func() bool {
		s := p.Status()
		return s.Lag() == 5 && s.Err != nil
	})
	w.servers.Restart(0)
	w.caughtUp(p)
	w.wantFeed(0)
}

// The embedded server's port-less connection serves as well as a cluster's.
func TestTheFeedRunsOnTheEmbeddedServer(t *testing.T) {
	s, err := embedded.Open(t.Context(), embedded.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	nc, err := s.Connect(nats.MaxReconnects(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	w := &fixture{T: t, ledger: newFakeLedger(t, 1000), js: js}
	p, err := feed.New(feed.Config{Source: w.ledger, Conn: nc})
	if err != nil {
		t.Fatal(err)
	}
	stop := w.run(p)
	w.caughtUp(p)
	w.wantFeed(0)
	stop()
}
