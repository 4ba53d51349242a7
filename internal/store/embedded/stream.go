package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// errStuck wraps an unknown outcome after which the engine may accept nothing more.
var errStuck = errors.New("jetstream: the engine did not answer")

// stream is the embedded server's block stream on a connection: append with its fence, head
// and read. head and fetch may run beside everything.
type stream struct {
	nc       *nats.Conn
	js       natsjs.JetStream
	maxBlock int
	timeout  time.Duration // longest wait for one answer of the server

	// The goroutine that appends owns these. One lasting subscription, read by who waits
	// for the answer, has two fewer goroutine switches than the client's Request.
	acks  *nats.Subscription
	inbox string // answers come to inbox + "." + asked
	asked uint64
}

// newStream prepares to use the stream over nc. An append is fastest when nc writes at
// once: see immediateWrites.
func newStream(nc *nats.Conn, maxBlock int, timeout time.Duration) (*stream, error) {
	js, err := natsjs.New(nc)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	inbox := nc.NewInbox()
	acks, err := nc.SubscribeSync(inbox + ".*")
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	return &stream{nc: nc, js: js, maxBlock: maxBlock, timeout: timeout, acks: acks, inbox: inbox}, nil
}

// immediateWrites makes a connection write in the caller's goroutine instead of waking
// another one to collect more.
func immediateWrites() nats.Option { return nats.WriteBufferSize(1) }

// streamConfig is the configuration of an embedded block stream.
func streamConfig(maxBlock int) natsjs.StreamConfig {
	c := jetstream.StreamConfig(msgfile.Stream, msgfile.Subject, 1)
	c.MaxMsgSize, c.AllowDirect = int32(maxMessage(maxBlock)), true
	return c
}

// maxMessage is the size of a message with a block of maxBlock bytes: its headers with it.
func maxMessage(maxBlock int) int { return maxBlock + 4096 }

// create makes the stream. Only the caller knows that none existed.
func (s *stream) create(ctx context.Context) error {
	if _, err := s.js.CreateStream(ctx, streamConfig(s.maxBlock)); err != nil {
		return fmt.Errorf("jetstream: create stream: %w", err)
	}
	return nil
}

// check refuses a stream whose settings could lose blocks.
func (s *stream) check(ctx context.Context) error {
	info, err := s.info(ctx)
	if err != nil {
		return err
	}
	c := info.Config
	safe := c.Storage == natsjs.FileStorage && c.Retention == natsjs.LimitsPolicy && c.Discard == natsjs.DiscardNew &&
		c.MaxMsgs == -1 && c.MaxBytes == -1 && c.MaxAge == 0 && c.MaxMsgsPerSubject == -1 && c.DenyDelete && c.DenyPurge &&
		!c.AllowRollup && !c.Sealed && c.Mirror == nil && len(c.Sources) == 0 && c.SubjectTransform == nil &&
		len(c.Subjects) == 1 && c.Subjects[0] == msgfile.Subject
	switch {
	case !safe:
		return fmt.Errorf("jetstream: stream %s has settings that could lose blocks: %+v", c.Name, c)
	case info.State.LastSeq != info.State.Msgs || info.State.NumDeleted > 0:
		return &store.DamageError{Block: info.State.FirstSeq, Reason: fmt.Sprintf("the stream holds %d messages up to %d", info.State.Msgs,
			info.State.LastSeq)}
	}
	return nil
}

func (s *stream) info(ctx context.Context) (*natsjs.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	st, err := s.js.Stream(ctx, msgfile.Stream)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		return nil, jetstream.ErrNoStream
	}
	if err != nil {
		return nil, fmt.Errorf("jetstream: stream info: %w", err)
	}
	return st.CachedInfo(), nil
}

func (s *stream) head(ctx context.Context) (uint64, error) {
	info, err := s.info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// append publishes one block behind the fence. Outcomes are those of store.Store; an
// unknown one that may mean a stuck engine wraps errStuck.
func (s *stream) append(ctx context.Context, b *block.Block) error {
	if err := ctx.Err(); err != nil {
		return jetstream.NotStored("%w", err)
	}
	if !s.nc.IsConnected() {
		return fmt.Errorf("%w: no connection: %w", store.ErrNotStored, errStuck)
	}
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	reply, err := s.ask(ctx, jetstream.Message(msgfile.Subject, b))
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return jetstream.NotStored("%w", err)
	case err != nil && caller.Err() != nil: // the caller's patience ended, not the engine's
		return fmt.Errorf("jetstream: block %d: outcome unknown: %w", b.Number, err)
	case err != nil:
		return fmt.Errorf("%w: block %d: %w", errStuck, b.Number, err)
	}
	var a jetstream.Ack
	if err := json.Unmarshal(reply.Data, &a); err != nil { // also the empty "no responders"
		return fmt.Errorf("%w: block %d: unreadable answer: %w", errStuck, b.Number, err)
	}
	return s.outcome(ctx, b, &a)
}

// ask publishes a message and waits for its own answer; late ones to earlier messages are
// dropped, whose outcome stays unknown.
func (s *stream) ask(ctx context.Context, msg *nats.Msg) (*nats.Msg, error) {
	s.asked++
	msg.Reply = s.inbox + "." + strconv.FormatUint(s.asked, 10)
	if err := s.nc.PublishMsg(msg); err != nil {
		return nil, err
	}
	for {
		reply, err := s.acks.NextMsgWithContext(ctx)
		switch {
		case err != nil:
			return nil, err
		case reply.Subject == msg.Reply:
			return reply, nil
		}
	}
}

func (s *stream) outcome(ctx context.Context, b *block.Block, a *jetstream.Ack) error {
	switch {
	case a.Error == nil && !a.Duplicate && a.Seq == b.Number && a.Stream == msgfile.Stream:
		return nil
	case a.Error == nil && !a.Duplicate:
		return fmt.Errorf("jetstream: block %d was acknowledged as message %d of stream %q", b.Number, a.Seq, a.Stream)
	case a.Error == nil || a.Error.Code == jetstream.CodeWrongLastSequence || a.Error.Code == jetstream.CodeWrongLastSequenceR3:
		return s.compare(ctx, b)
	}
	switch a.Error.Code {
	case jetstream.CodeInsufficientResources, jetstream.CodeStorageExceeded, jetstream.CodeMessageTooLarge:
		return jetstream.NotStored("%s (%d)", a.Error.Description, a.Error.Code)
	}
	return fmt.Errorf("%w: block %d: %s (%d)", errStuck, b.Number, a.Error.Description, a.Error.Code)
}

// compare resolves a refusal of the fence: the same block is there already, another one
// is, or the number is too far ahead.
func (s *stream) compare(ctx context.Context, b *block.Block) error {
	head, err := s.head(ctx)
	if err != nil {
		return fmt.Errorf("jetstream: block %d: what is stored there is unknown: %w", b.Number, err)
	}
	if head < b.Number {
		return jetstream.NotStored("the last block is %d, so %d cannot follow", head, b.Number)
	}
	batch, err := s.fetch(ctx, b.Number, 1)
	switch {
	case err != nil:
		return err
	case bytes.Equal(batch[0], b.Bytes):
		return nil
	}
	return fmt.Errorf("%w: %d", store.ErrConflict, b.Number)
}
