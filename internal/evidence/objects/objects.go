// Package objects keeps evidence in a JetStream object store, replicated like the ledger's
// blocks: for ledgers on an external NATS cluster, where several nodes need the same files.
//
// The bucket is an ordinary one (stream OBJ_<bucket>): the object's name is the SHA-256,
// and `nats object get` reads it. It differs in one setting: no direct gets, because a
// replica that lags would not yet have what another node was told is stored. Reading asks
// the stream's leader for the object's description and then for one piece after another,
// and holds the whole to the name: the server's own digest is not asked.
//
// What fits into one piece, as every sealed text does, has it under a name that follows from the
// hash, and the server takes it once. So all there can be of it is found when it is to be erased:
// see [Store.Erase]. Of larger files a node that dies in the middle of an upload, or two nodes that
// take in the same one at the same moment, leave pieces that no description names. They cost space
// and nothing else.
package objects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/evidence"
)

// DefaultBucket is the bucket unless the administrator chooses another one.
const DefaultBucket = "ANJIAN_EVIDENCE"

// DefaultTimeout lasts for two votes: servers stand for election 4 to 9 s after the last word of a
// leader (nats-server, raft.go), and again as long after a vote that two of them split.
const DefaultTimeout = 20 * time.Second

const (
	chunkSize  = 128 << 10
	originKey  = "anjian-origin" // metadata of the stream
	answerTime = 2 * time.Second // after which a request for a message is sent again
	openTime   = time.Second     // and one about the stream: a group that has just elected answers to none that came before
	retryPause = 50 * time.Millisecond
	putTimeout = 10 * time.Minute // of one whole upload
)

// JetStream error codes (nats-server, server/errors.json).
const (
	codeInsufficientResources = 10023 // a full store
	codeStorageExceeded       = 10047
	codeNoPeers               = 10005 // states that pass: servers that start, an election
	codeNotAvailable          = 10008
	codeNotLeader             = 10009
	codeStreamOffline         = 10118
	codeOtherStream           = 10060 // the answer that listens wants
)

// ErrMissing means that the bucket must exist and does not.
var ErrMissing = errors.New("objects: the evidence bucket is missing")

// ErrForeign means that the bucket is another ledger's.
var ErrForeign = errors.New("objects: the evidence bucket belongs to another ledger")

// Config is how to open a bucket. Conn and Ledger are required.
type Config struct {
	Conn     *nats.Conn    // the store does not close it
	Ledger   string        // origin of the ledger whose evidence this is
	Bucket   string        // empty is DefaultBucket
	Create   bool          // the ledger is new: make the bucket when there is none
	Replicas int           // 0 is 3
	Timeout  time.Duration // longest wait for the leader, elections included; 0 is DefaultTimeout
}

// Store implements evidence.Store.
type Store struct {
	cfg    Config
	js     natsjs.JetStream
	stream natsjs.Stream
	bucket natsjs.ObjectStore

	mu      sync.Mutex
	uploads map[string]*uploads // by hash; only those underway
}

// uploads are those of one hash that overlap. The last description wins; the pieces of the
// others are taken away.
type uploads struct {
	underway int
	done     []string // ids of the pieces of those that are completed
}

var _ evidence.Store = (*Store)(nil)

// Open opens the bucket, or makes it when cfg.Create allows that, and checks its settings.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Bucket == "" {
		cfg.Bucket = DefaultBucket
	}
	if cfg.Replicas == 0 {
		cfg.Replicas = 3
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	js, err := natsjs.New(cfg.Conn)
	if err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	s := &Store{cfg: cfg, js: js, uploads: map[string]*uploads{}}
	if err := s.open(ctx, js); err != nil {
		return nil, err
	}
	return s, nil
}

// open finds or makes the bucket. Each request is sent again when no answer comes soon.
func (s *Store) open(ctx context.Context, js natsjs.JetStream) error {
	err := attempts(ctx, openTime, func(ctx context.Context) (err error) {
		s.stream, err = js.Stream(ctx, "OBJ_"+s.cfg.Bucket)
		return err
	})
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		if !s.cfg.Create {
			return fmt.Errorf("%w: %s", ErrMissing, s.cfg.Bucket)
		}
		err = attempts(ctx, openTime, func(ctx context.Context) (err error) {
			s.stream, err = s.make(ctx, js)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("objects: open bucket %s: %w", s.cfg.Bucket, err)
	}
	if err := s.check(s.stream.CachedInfo().Config); err != nil {
		return err
	}
	err = attempts(ctx, openTime, func(ctx context.Context) (err error) {
		if s.bucket, err = js.ObjectStore(ctx, s.cfg.Bucket); err != nil {
			return err
		}
		return s.listens(ctx, js)
	})
	if err != nil {
		return fmt.Errorf("objects: open bucket %s: %w", s.cfg.Bucket, err)
	}
	return nil
}

// listens asks whether the stream takes messages: one that was just made, or whose group has
// just elected, is known before its servers are told what it takes. The message says that it is
// for another stream, so that it is answered and never stored.
func (s *Store) listens(ctx context.Context, js natsjs.JetStream) error {
	_, err := js.Publish(ctx, s.pieces("none"), nil, natsjs.WithExpectStream("none"))
	var api *natsjs.APIError
	if errors.As(err, &api) && api.ErrorCode == codeOtherStream {
		return nil
	}
	return err
}

// attempts calls try, each time for a short while, until it succeeds, fails for a reason that
// will not pass, or ctx ends.
func attempts(ctx context.Context, each time.Duration, try func(context.Context) error) error {
	for {
		attempt, end := context.WithTimeout(ctx, each)
		err := try(attempt)
		end()
		if err == nil || !passes(err) {
			return err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return fmt.Errorf("objects: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// passes reports whether an error may be gone in a moment: no answer, or one of a group that
// elects or servers that start.
func passes(err error) bool {
	var api *natsjs.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case codeNoPeers, codeNotAvailable, codeNotLeader, codeStreamOffline:
			return true
		}
		return false
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, natsjs.ErrNoStreamResponse) || errors.Is(err, nats.ErrDisconnected)
}

func (s *Store) settings() natsjs.StreamConfig {
	b := s.cfg.Bucket
	return natsjs.StreamConfig{
		Name:        "OBJ_" + b,
		Description: "Anjian evidence, named by SHA-256",
		Subjects:    []string{"$O." + b + ".C.>", "$O." + b + ".M.>"},
		MaxBytes:    -1,
		Discard:     natsjs.DiscardNew,
		Storage:     natsjs.FileStorage,
		Replicas:    s.cfg.Replicas,
		AllowRollup: true,
		AllowDirect: false,
		Metadata:    map[string]string{originKey: s.cfg.Ledger},
	}
}

// make makes the bucket. Another node may do so at the same time.
func (s *Store) make(ctx context.Context, js natsjs.JetStream) (natsjs.Stream, error) {
	stream, err := js.CreateStream(ctx, s.settings())
	if errors.Is(err, natsjs.ErrStreamNameAlreadyInUse) {
		return js.Stream(ctx, "OBJ_"+s.cfg.Bucket)
	}
	return stream, err
}

// check refuses a bucket that could lose evidence or that is another ledger's.
func (s *Store) check(is natsjs.StreamConfig) error {
	switch {
	case is.Metadata[originKey] != s.cfg.Ledger:
		return fmt.Errorf("%w: bucket %s belongs to ledger %q", ErrForeign, s.cfg.Bucket, is.Metadata[originKey])
	case is.Storage != natsjs.FileStorage, is.Discard != natsjs.DiscardNew, is.MaxAge != 0, is.MaxMsgs > 0, is.MaxBytes > 0,
		is.MaxMsgsPerSubject > 0, is.AllowDirect, is.Replicas != s.cfg.Replicas:
		return fmt.Errorf("objects: bucket %s must have file storage, %d replicas, no limits, discard new, no direct gets: %+v",
			s.cfg.Bucket, s.cfg.Replicas, is)
	}
	return nil
}

// List implements evidence.Store. It goes through the descriptions in the order of the
// stream, which keeps one for each hash.
func (s *Store) List(ctx context.Context, fn func(sum string) error) error {
	for next := uint64(1); ; {
		msg, err := s.ask(ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) {
			return s.stream.GetMsg(ctx, next, natsjs.WithGetMsgSubject("$O."+s.cfg.Bucket+".M.>"))
		})
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next = msg.Sequence + 1
		var info natsjs.ObjectInfo
		if err := json.Unmarshal(msg.Data, &info); err != nil {
			return fmt.Errorf("%w: the description at message %d: %w", evidence.ErrDamaged, msg.Sequence, err)
		}
		if info.Deleted || !event.ValidSHA256(info.Name) {
			continue
		}
		if err := fn(info.Name); err != nil {
			return err
		}
	}
}

// describe returns the description of what is stored under the hash.
func (s *Store) describe(ctx context.Context, sum string) (info natsjs.ObjectInfo, err error) {
	if !event.ValidSHA256(sum) {
		return info, evidence.ErrInvalidHash
	}
	msg, err := s.ask(ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) {
		return s.stream.GetLastMsgForSubject(ctx, s.description(sum))
	})
	switch {
	case errors.Is(err, natsjs.ErrMsgNotFound):
		return info, evidence.ErrNotFound
	case err != nil:
		return info, err
	}
	if err := json.Unmarshal(msg.Data, &info); err != nil {
		return info, fmt.Errorf("%w: the description of %s: %w", evidence.ErrDamaged, sum, err)
	}
	if info.Deleted {
		return info, evidence.ErrNotFound
	}
	return info, nil
}

// ask asks the leader until there is one that answers.
func (s *Store) ask(ctx context.Context, get func(context.Context) (*natsjs.RawStreamMsg, error)) (*natsjs.RawStreamMsg, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	for {
		attempt, end := context.WithTimeout(ctx, answerTime)
		msg, err := get(attempt)
		end()
		if err == nil || errors.Is(err, natsjs.ErrMsgNotFound) {
			return msg, err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return nil, fmt.Errorf("objects: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// Open implements evidence.Store.
func (s *Store) Open(ctx context.Context, sum string) (io.ReadCloser, int64, error) {
	info, err := s.describe(ctx, sum)
	if err != nil {
		return nil, 0, err
	}
	pieces := &reader{ctx: ctx, s: s, subject: s.pieces(info.NUID), next: 1}
	r, err := evidence.Deliver(pieces, sum, int64(info.Size))
	if err != nil {
		return nil, 0, err
	}
	return r, int64(info.Size), nil
}

// reader yields the pieces of one object, in the order of the stream.
type reader struct {
	ctx     context.Context // of the Open that made it
	s       *Store
	subject string
	next    uint64 // sequence to look from
	rest    []byte
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		msg, err := r.s.ask(r.ctx, func(ctx context.Context) (*natsjs.RawStreamMsg, error) {
			return r.s.stream.GetMsg(ctx, r.next, natsjs.WithGetMsgSubject(r.subject))
		})
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			return 0, io.EOF // too early or not: who reads knows the size
		}
		if err != nil {
			return 0, err
		}
		r.rest, r.next = msg.Data, msg.Sequence+1
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (r *reader) Close() error { return nil }
