package feed_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/test/natstest"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// planned is a random ledger in which much is hidden, as the feed of units sees it.
type planned struct {
	*vt.Ledger
	t     testing.TB
	mu    sync.Mutex
	lines [][]byte
	newer chan struct{}
}

func (l *planned) do(c *vt.Command) {
	l.Do(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.Events[len(l.lines):] {
		actor := e.Actor
		if e.Assurance != event.Derived {
			actor.Token = 1
		}
		raw, err := entry.Author(&event.Event{ID: e.ID, Type: e.Type, Stream: e.Stream, Source: "urn:test", Occurred: e.Occurred,
			Campaign:  e.Campaign,
			Causation: e.Causation, ExpectedRevision: event.AnyRevision, Data: e.Data})
		if err != nil {
			l.t.Fatal(err)
		}
		l.lines = append(l.lines, entry.Append(nil, &entry.Entry{Index: e.Index, Recorded: e.Recorded, Stream: e.Stream, Revision: e.Revision,
			About: e.About, Actor: actor, Assurance: e.Assurance, Event: raw}))
	}
	close(l.newer)
	l.newer = make(chan struct{})
}

func (l *planned) Origin() string { return "anjian.example/units" }

func (l *planned) Head() ledger.Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return ledger.Head{Size: uint64(len(l.lines))}
}

func (l *planned) Committed(after uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if uint64(len(l.lines)) > after {
		c := make(chan struct{})
		close(c)
		return c
	}
	return l.newer
}

func (l *planned) Entry(_ context.Context, index uint64) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[index], nil
}

func (l *planned) Entries(ctx context.Context, from, to uint64, fn func(uint64, []byte) error) error {
	for ; from < to; from++ {
		raw, _ := l.Entry(ctx, from)
		if err := fn(from, raw); err != nil {
			return err
		}
	}
	return nil
}

func (l *planned) RootAt(uint64) ([32]byte, error)                       { return [32]byte{}, nil }
func (l *planned) PositionAt(context.Context, time.Time) (uint64, error) { return 0, nil }

// TestAUnitsFeedIsWhatItMaySeeInItsOrder: each unit's newest subject has what the API's replay
// gives a token of the unit, in the same order and once, whichever of two publishers put it there
// and after any restart.
func TestAUnitsFeedIsWhatItMaySeeInItsOrder(t *testing.T) {
	t.Parallel()
	w := newFixture(t, 0)
	l := &planned{Ledger: vt.NewLedger(), t: t, newer: make(chan struct{})}
	publisher := func() (*feed.Units, func()) {
		u, err := feed.NewUnits(feed.UnitsConfig{Source: l, Views: l.Views, Conn: w.servers.Connect()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- u.Run(ctx) }()
		return u, func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("run ends with %v", err)
			}
		}
	}
	_, stopFirst := publisher()
	second, stopSecond := publisher()
	rng := rand.New(rand.NewPCG(7, 7))
	for i, c := range vt.New(rng, 150).Commands {
		l.do(&c)
		if i%15 == 14 {
			time.Sleep(50 * time.Millisecond) // the publishers have come nearer
		}
		if i == 60 || i == 110 {
			stopFirst()
			_, stopFirst = publisher()
		}
	}
	natstest.Eventually(t, 30*time.Second, "every unit has what it may see", func() bool {
		s := second.Status()
		return s.Err == nil && s.Lag() == 0
	})
	stopFirst()
	stopSecond()

	scopes := map[string]bool{}
	stream := natstest.Stream(t, w.js, feed.UnitsStream)
	info, err := stream.Info(t.Context(), natsjs.WithSubjectFilter(feed.DefaultPrefix+".feed.unit.>"))
	if err != nil {
		t.Fatal(err)
	}
	for subject := range info.State.Subjects {
		scopes[subject[:strings.LastIndexByte(subject, '.')]] = true
	}
	if len(scopes) != 3 || len(info.State.Subjects) <= 3 {
		t.Errorf("subjects %v: want three units, with changes of scope", info.State.Subjects)
	}
	for _, u := range l.Views.Units() {
		subject := feed.UnitSubject(feed.DefaultPrefix, u.Unit, u.Changes)
		var want, got []string
		order, _ := l.Order(vt.Readers[u.Unit], &u.Scope, len(l.Events))
		for _, e := range order {
			want = append(want, string(l.lines[e.Index]))
		}
		if info.State.Subjects[subject] != uint64(len(want)) {
			t.Fatalf("%s has %d messages, want %d", subject, info.State.Subjects[subject], len(want))
		}
		consumer, err := w.js.OrderedConsumer(t.Context(), feed.UnitsStream, natsjs.OrderedConsumerConfig{FilterSubjects: []string{subject}})
		if err != nil {
			t.Fatal(err)
		}
		batch, err := consumer.Fetch(len(want), natsjs.FetchMaxWait(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		for msg := range batch.Messages() {
			got = append(got, string(msg.Data()))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has\n%s\nwant\n%s", subject, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if len(want) == 0 {
			t.Error(fmt.Sprint(u.Unit, " sees nothing"))
		}
	}
}
