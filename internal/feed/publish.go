package feed

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/anjian-ledger/anjian/internal/entry"
)

const (
	// maxName bounds the name of a type in a subject, which the server cuts off at 4 KiB.
	maxName = 128

	// batchEntries bounds one atomic batch; the server's own limit is 1,000.
	batchEntries = 500

	headerBatchID       = "Nats-Batch-Id"
	headerBatchSequence = "Nats-Batch-Sequence"
	headerBatchCommit   = "Nats-Batch-Commit"
)

// behind are JetStream's ways to say that another publisher was faster (nats-server,
// server/errors.json): the fence is refused, or an entry's id is known or on its way.
var behind = map[int]bool{
	10071: true, // wrong last sequence
	10164: true, // wrong last sequence, replicated
	10158: true, // duplicate message id is in process
	10201: true, // atomic publish batch contains duplicate message id
}

// publish publishes the entries from..to-1, all or none, and returns the next index.
func (p *Publisher) publish(ctx context.Context, from, to uint64) (next uint64, err error) {
	messages := make([]*nats.Msg, 0, to-from)
	err = p.cfg.Source.Entries(ctx, from, to, func(index uint64, raw []byte) error {
		msg, err := p.message(index, raw)
		messages = append(messages, msg)
		return err
	})
	if err != nil {
		return from, fmt.Errorf("feed: read entries %d to %d: %w", from, to-1, err)
	}
	messages[0].Header.Set(nats.ExpectedLastSeqHdr, strconv.FormatUint(from, 10))
	if len(messages) > 1 {
		batch(messages)
	}
	last := len(messages) - 1
	for _, msg := range messages[:last] {
		if err := p.cfg.Conn.PublishMsg(msg); err != nil {
			return from, fmt.Errorf("feed: publish: %w", err)
		}
	}
	if err := p.commit(ctx, messages[last], to); err != nil {
		return from, err
	}
	return to, nil
}

// batch makes one atomic batch of the messages.
func batch(messages []*nats.Msg) {
	id := nuid.Next()
	for i, msg := range messages {
		msg.Header.Set(headerBatchID, id)
		msg.Header.Set(headerBatchSequence, strconv.Itoa(i+1))
	}
	messages[len(messages)-1].Header.Set(headerBatchCommit, "1")
}

// commit publishes the last message and judges the one answer: the stream must end with it.
func (p *Publisher) commit(ctx context.Context, msg *nats.Msg, want uint64) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	reply, err := p.cfg.Conn.RequestMsgWithContext(ctx, msg)
	if err != nil {
		return fmt.Errorf("feed: publish up to entry %d: %w", want-1, err)
	}
	var ack acknowledgement
	if err := json.Unmarshal(reply.Data, &ack); err != nil {
		return fmt.Errorf("feed: publish up to entry %d: %w", want-1, err)
	}
	switch e := ack.Error; {
	case e != nil && behind[e.Code], ack.Duplicate:
		return errBehind
	case e != nil:
		return fmt.Errorf("feed: publish up to entry %d: %s (%d)", want-1, e.Description, e.Code)
	case ack.Seq != want:
		return fmt.Errorf("feed: entry %d was acknowledged as message %d", want-1, ack.Seq)
	}
	return nil
}

// acknowledgement is JetStream's answer to a publication.
type acknowledgement struct {
	Error *struct {
		Code        int    `json:"err_code"`
		Description string `json:"description"`
	} `json:"error"`
	Seq       uint64 `json:"seq"`
	Duplicate bool   `json:"duplicate"`
}

// message is the message of one entry, without fence.
func (p *Publisher) message(index uint64, raw []byte) (*nats.Msg, error) {
	subject, err := Subject(p.cfg.Prefix, raw)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", index, err)
	}
	root, err := p.cfg.Source.RootAt(index + 1)
	if err != nil {
		return nil, err
	}
	return &nats.Msg{Subject: subject, Data: raw, Header: nats.Header{
		nats.MsgIdHdr: {p.id(index)},
		HeaderLedger:  {p.cfg.Source.Origin()},
		HeaderIndex:   {strconv.FormatUint(index, 10)},
		HeaderSize:    {strconv.FormatUint(index+1, 10)},
		HeaderRoot:    {base64.StdEncoding.EncodeToString(root[:])},
	}}, nil
}

func (p *Publisher) id(index uint64) string {
	return p.cfg.Source.Origin() + "/" + strconv.FormatUint(index, 10)
}

// Subject is the subject of an entry, behind a prefix.
func Subject(prefix string, raw []byte) (string, error) {
	e, err := entry.Parse(raw) // of a newer form only the index is known
	if err != nil && !errors.Is(err, entry.ErrNewer) {
		return "", err
	}
	h, _ := entry.Peek(e.Event) // of a malformed event, as far as it goes
	name := strings.TrimPrefix(h.Type, "anjian.")
	if len(name) > maxName {
		name = "malformed"
	}
	if i := strings.LastIndex(name, ".v"); i > 0 {
		name = name[:i]
	}
	return prefix + ".feed.all." + token(e.About.County) + "." + token(string(e.Stream.Kind)) + "." + token(name), nil
}

// token makes one token of a subject.
func token(s string) string {
	if s == "" {
		return "none"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, s)
}

// compareLast holds the stream's last message to the ledger. A ledger that was restored
// from an older copy and went on differently must not continue the feed of the other one.
func (p *Publisher) compareLast(ctx context.Context, stream natsjs.Stream, state natsjs.StreamState) error {
	if state.Msgs == 0 || state.LastSeq > p.cfg.Source.Head().Size {
		return nil // nothing to compare, or another node of the same ledger is ahead
	}
	msg, err := stream.GetMsg(ctx, state.LastSeq)
	if errors.Is(err, natsjs.ErrMsgNotFound) { // it has reached its age
		return nil
	}
	if err != nil {
		return fmt.Errorf("feed: last message: %w", err)
	}
	index := state.LastSeq - 1
	return p.cfg.Source.Entries(ctx, index, index+1, func(_ uint64, raw []byte) error {
		if !bytes.Equal(raw, msg.Data) || msg.Header.Get(nats.MsgIdHdr) != p.id(index) {
			return fmt.Errorf("%w: message %d of stream %s is not entry %d", ErrForeign, state.LastSeq, p.cfg.Stream, index)
		}
		return nil
	})
}
