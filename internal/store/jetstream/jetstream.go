// Package jetstream is what the two engines on NATS JetStream have in common: the message that
// carries a block, the server's answers, and reading whole ranges. Package embedded has the
// server in this process, package cluster uses servers of somebody else.
package jetstream

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Limits of one block, in bytes.
const (
	DefaultMaxBlock = 4 << 20
	// LargestMaxBlock keeps a record below the 32 MiB at which the server calls it damaged.
	LargestMaxBlock = 16 << 20
)

// ErrMissing means that the store must exist and does not.
var ErrMissing = errors.New("jetstream: the block store is missing")

// JetStream error codes (nats-server, server/errors.json).
const (
	CodeNoPeers               = 10005
	CodeNotAvailable          = 10008
	CodeNotLeader             = 10009
	CodeInsufficientResources = 10023
	CodeStorageExceeded       = 10047
	CodeNoMessage             = 10037
	CodeMessageTooLarge       = 10054
	CodeStreamNotFound        = 10059
	CodeWrongLastSequence     = 10071
	CodeStreamOffline         = 10118
	CodeIDInProcess           = 10158
	CodeWrongLastSequenceR3   = 10164
)

// ErrNoStream wraps that the server knows no block stream.
var ErrNoStream = errors.New("jetstream: no block stream")

// StreamConfig is the configuration that every block stream has: nothing in it may be deleted,
// changed or left out.
func StreamConfig(name, subject string, replicas int) natsjs.StreamConfig {
	return natsjs.StreamConfig{
		Name:              name,
		Description:       "Anjian ledger: one message = one block",
		Subjects:          []string{subject},
		Retention:         natsjs.LimitsPolicy,
		MaxConsumers:      -1,
		MaxMsgs:           -1,
		MaxBytes:          -1,
		Discard:           natsjs.DiscardNew,
		MaxAge:            0,
		MaxMsgsPerSubject: -1,
		MaxMsgSize:        -1,
		Storage:           natsjs.FileStorage,
		Replicas:          replicas,
		Duplicates:        2 * time.Minute,
		DenyDelete:        true,
		DenyPurge:         true,
		Compression:       natsjs.NoCompression,
	}
}

// APIError is how JetStream says no.
type APIError struct {
	Code        int    `json:"err_code"`
	Description string `json:"description"`
}

// Error implements error.
func (e *APIError) Error() string { return fmt.Sprintf("%s (%d)", e.Description, e.Code) }

// Ack is the server's answer to a publish.
type Ack struct {
	Error     *APIError `json:"error"`
	Stream    string    `json:"stream"`
	Seq       uint64    `json:"seq"`
	Duplicate bool      `json:"duplicate"`
}

// Message is a block behind its fence.
func Message(subject string, b *block.Block) *nats.Msg {
	return &nats.Msg{Subject: subject, Data: b.Bytes, Header: nats.Header{
		nats.MsgIdHdr:           {b.ID.String()},
		nats.ExpectedLastSeqHdr: {strconv.FormatUint(b.Number-1, 10)},
	}}
}

// NotStored is a [store.ErrNotStored] with its reason.
func NotStored(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{store.ErrNotStored}, args...)...)
}
