package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// The feed of units (departments, committees): each unit of the table of units has a subject of
// its own, with the entries that it may see, in the order in which they became visible to it: the
// same entries in the same order as GET /v1/events with a token of the unit.
//
//	stream   ANJIAN_UNITS
//	subject  anjian.feed.unit.<id>.<n>   n counts the changes of what the unit may see: when the
//	         table changes that, the old subject ends and the next one begins with the first entry;
//	         a dot in the id is written =
//	payload  the entry's bytes
//	headers  Nats-Msg-Id    <origin>/<unit>/<n>/<index>
//	         Anjian-Ledger  origin of the ledger
//	         Anjian-Index   the entry's index
//	         Anjian-Since   the position at which it became visible to the unit
//
// The last message of a subject is the only note of how far it has come, and each publication
// carries the sequence of that message (Nats-Expected-Last-Subject-Sequence), so that two
// publishers cannot put an entry there twice. A stream that is gone is made again from the start.
const (
	UnitsStream = "ANJIAN_UNITS"

	HeaderSince = "Anjian-Since"
)

// Entries is the ledger as the feed of units needs it. *ledger.Ledger is one.
type Entries interface {
	Source
	Entry(ctx context.Context, index uint64) ([]byte, error)
}

// UnitsConfig is what a publisher for units needs. Source, Views and Conn are required.
type UnitsConfig struct {
	Source   Entries
	Views    *projector.Projector // knows what each unit may see
	Conn     *nats.Conn           // to the servers of the stream; the publisher does not close it
	Stream   string               // empty is UnitsStream
	Prefix   string               // empty is DefaultPrefix
	Age      time.Duration        // how long the stream keeps an entry; 0: for good
	Replicas int                  // 0 is 1
	Logger   *slog.Logger         // nil discards
}

// Units keeps the feed of units. Several may run for one ledger.
type Units struct {
	cfg UnitsConfig
	js  natsjs.JetStream

	mu        sync.Mutex
	published uint64 // position up to which every unit has what it may see
	err       error

	places map[string]*place // by subject; owned by Run
}

// place is how far one subject has come.
type place struct {
	after projector.Cursor // the last entry there
	any   bool             // there is one
	next  uint64           // position to go on from
	last  uint64           // sequence of the last message of the subject; 0: none
}

// NewUnits prepares a publisher. Nothing is asked of the servers yet.
func NewUnits(cfg UnitsConfig) (*Units, error) {
	if cfg.Stream == "" {
		cfg.Stream = UnitsStream
	}
	if cfg.Prefix == "" {
		cfg.Prefix = DefaultPrefix
	}
	if cfg.Replicas == 0 {
		cfg.Replicas = 1
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	js, err := natsjs.New(cfg.Conn)
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	return &Units{cfg: cfg, js: js}, nil
}

// Status may be called by any goroutine.
func (u *Units) Status() Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	return Status{Published: u.published, Size: u.cfg.Source.Head().Size, Err: u.err}
}

func (u *Units) note(published uint64, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.published, u.err = max(u.published, published), err
}

// Run publishes until ctx ends, which it returns as nil, or until it finds [ErrForeign].
// Everything else it tries again.
func (u *Units) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := u.follow(ctx)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, ErrForeign):
			u.note(0, err)
			return err
		case errors.Is(err, errBehind):
			sleep(ctx, standby)
		default:
			u.note(0, err)
			u.cfg.Logger.Warn("feed of units: publishing is interrupted", "error", err)
			sleep(ctx, retryPause)
		}
	}
	return nil
}

// follow takes up the subjects where they end and publishes until something fails.
func (u *Units) follow(ctx context.Context) error {
	stream, err := u.open(ctx)
	if err != nil {
		return err
	}
	u.places = map[string]*place{}
	for {
		size := u.cfg.Source.Head().Size
		if err := u.cfg.Views.WaitFor(ctx, size); err != nil {
			return err
		}
		done := size
		for _, scope := range u.cfg.Views.Units() {
			scope.Position = min(scope.Position, size)
			if err := u.publish(ctx, stream, &scope); err != nil {
				return err
			}
			done = min(done, scope.Position)
		}
		u.note(done, nil)
		select {
		case <-u.cfg.Source.Committed(done):
		case <-time.After(checkPause):
			if stream, err = u.open(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// open opens the stream, or makes it; then every subject begins anew.
func (u *Units) open(ctx context.Context) (natsjs.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stream, err := u.js.Stream(ctx, u.cfg.Stream)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		u.cfg.Logger.Info("feed of units: making the stream", "stream", u.cfg.Stream)
		u.places = map[string]*place{}
		stream, err = u.js.CreateStream(ctx, natsjs.StreamConfig{
			Name: u.cfg.Stream, Description: "Anjian feed of units: one subject for each, in its own order", Subjects: []string{u.cfg.Prefix + ".feed.unit.>"},
			Retention: natsjs.LimitsPolicy, Discard: natsjs.DiscardOld, MaxAge: u.cfg.Age, Storage: natsjs.FileStorage, Replicas: u.cfg.Replicas,
			Duplicates: window(u.cfg.Age), DenyDelete: true, DenyPurge: true, AllowDirect: true,
			Metadata: map[string]string{originKey: u.cfg.Source.Origin()},
		})
		if errors.Is(err, natsjs.ErrStreamNameAlreadyInUse) {
			stream, err = u.js.Stream(ctx, u.cfg.Stream)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("feed: open stream %s: %w", u.cfg.Stream, err)
	}
	return stream, own(stream, u.cfg.Source.Origin())
}

// UnitSubject is the subject, behind a prefix, of a unit under the n-th scope that it had. No two units share one:
// a dot, which would end the token, is written as =, which no id has.
func UnitSubject(prefix, unit string, n int) string {
	return prefix + ".feed.unit." + strings.ReplaceAll(unit, ".", "=") + "." + strconv.Itoa(n)
}

// publish brings one unit's subject up to the position of its scope.
func (u *Units) publish(ctx context.Context, stream natsjs.Stream, scope *projector.UnitScope) error {
	subject := UnitSubject(u.cfg.Prefix, scope.Unit, scope.Changes)
	at := u.places[subject]
	if at == nil {
		var err error
		if at, err = u.takeUp(ctx, stream, subject); err != nil {
			return err
		}
		u.places[subject] = at
	}
	reached, err := projector.Walk(ctx, u.cfg.Source, u.cfg.Views, &scope.Scope, at.next, scope.Position, func(place projector.Cursor, raw []byte) error {
		if at.any && !at.after.Less(place) {
			return nil
		}
		en, err := entry.Parse(raw)
		if errors.Is(err, entry.ErrNewer) {
			return nil // it may be about anything
		} else if err != nil {
			return err
		}
		if since, ok := u.cfg.Views.Since(&scope.Scope, en.Stream, &en.About, en.Index); !ok || since != place.Since {
			return nil
		}
		seq, err := u.send(ctx, subject, scope, place, raw, at.last)
		if err != nil {
			return err
		}
		at.after, at.any, at.last = place, true, seq
		return nil
	})
	at.next = max(at.next, reached)
	return err
}

// takeUp reads from a subject's last message where it ends.
func (u *Units) takeUp(ctx context.Context, stream natsjs.Stream, subject string) (*place, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	msg, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, natsjs.ErrMsgNotFound) {
		at := &place{}
		if u.cfg.Age > 0 {
			at.next, err = u.cfg.Source.PositionAt(ctx, time.Now().Add(-u.cfg.Age))
			return at, err
		}
		return at, nil
	}
	if err != nil {
		return nil, fmt.Errorf("feed: last message of %s: %w", subject, err)
	}
	since, err := strconv.ParseUint(msg.Header.Get(HeaderSince), 10, 64)
	index, err2 := strconv.ParseUint(msg.Header.Get(HeaderIndex), 10, 64)
	if err := errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("%w: message %d of stream %s: %w", ErrForeign, msg.Sequence, u.cfg.Stream, err)
	}
	return &place{after: projector.Cursor{Since: since, Index: index}, any: true, next: since, last: msg.Sequence}, nil
}

// send publishes one entry behind the last message of its subject and returns its sequence.
func (u *Units) send(ctx context.Context, subject string, scope *projector.UnitScope, at projector.Cursor, raw []byte, last uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	index := strconv.FormatUint(at.Index, 10)
	reply, err := u.cfg.Conn.RequestMsgWithContext(ctx, &nats.Msg{Subject: subject, Data: raw, Header: nats.Header{
		nats.MsgIdHdr:               {fmt.Sprintf("%s/%s/%d/%s", u.cfg.Source.Origin(), scope.Unit, scope.Changes, index)},
		nats.ExpectedLastSubjSeqHdr: {strconv.FormatUint(last, 10)},
		HeaderLedger:                {u.cfg.Source.Origin()},
		HeaderIndex:                 {index},
		HeaderSince:                 {strconv.FormatUint(at.Since, 10)},
	}})
	if err != nil {
		return 0, fmt.Errorf("feed: publish entry %s to %s: %w", index, subject, err)
	}
	var ack acknowledgement
	if err := json.Unmarshal(reply.Data, &ack); err != nil {
		return 0, fmt.Errorf("feed: publish entry %s to %s: %w", index, subject, err)
	}
	switch e := ack.Error; {
	case e != nil && behind[e.Code], ack.Duplicate:
		return 0, errBehind
	case e != nil:
		return 0, fmt.Errorf("feed: publish entry %s to %s: %s (%d)", index, subject, e.Description, e.Code)
	}
	return ack.Seq, nil
}
