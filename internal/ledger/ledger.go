// Package ledger is the append path: it judges each request against the domain, gives it a
// place in the one order, commits it as part of a block, and answers with a receipt.
//
// # The life of an append
//
//	request goroutine   parse and check (package entry), queue
//	sequencer           judge, index, encode into the filling block      (sequencer.go, judge.go)
//	committer           leaf hashes, root, signature; then in parallel:  (committer.go)
//	                      store.Append(block)   the authority on order
//	                      journal.Append(block) the plain second copy
//	                    both durable → acknowledge, hand on to the folds
//	request goroutine   inclusion proof, answer
//
// Exactly one block is in flight; the next one fills meanwhile, so a lone append commits at
// once and a crowd shares an fsync.
//
// # What is promised
//
// An append that returned receipts is in the store and in the journal, both synced, at the
// index the receipt names. An append that returned a refusal or [ErrBusy], [ErrReadOnly],
// [ErrReadOnlyStart], [ErrNoSpace], [ErrRefused] or [ErrDisk] is nowhere. After
// [ErrOutcomeUnknown] (the caller stopped waiting, or the ledger stopped while the engine had not answered) the fact
// may or may not be recorded: sending the same bytes again gives the one true answer, because event ids are idempotency
// keys.
//
// # Files
//
//	append.go      a request's own goroutine: admission, waiting, receipts
//	sequencer.go   blocks: what fills, what is in flight, what is judged again
//	note.go        the ledger's own entries: its creation, tokens, restorations
//	judge.go       one event: duplicate, authority, revision, judgement, index, entry, consequences
//	peers.go       what the sequencer does because of other nodes: alone, nothing
//	shared.go      and on a store that several nodes write to
//	committer.go   one block: both copies or neither
//	fold.go        committed events, to what is folded from them
//	recovery.go    start: replay, comparison and completion of the copies
//	owed.go        what is open in all streams, and what one stream still wants
//	sweep.go       what is overdue is said, in small blocks
//	time.go        recorded time: the clock, its confirmation, its correction
//	scrub.go       both copies and the tiles, re-read while running
//	read.go        heads, entries, proofs
package ledger

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Item is one event to append: the author's exact bytes and their decoded form.
type Item struct {
	Bytes     []byte       // one line; not changed after Append is called
	Event     *event.Event // from entry.ParseEvent over the same bytes
	Signature []byte       // by Event.Link.Key over Bytes, verified by the caller; nil when unsigned
	// Unfit is what the caller found wrong with form or signature. The item is not judged: it is
	// refused with this beside what is wrong with the others. Of Event only ID and Stream count,
	// zero where they are not known.
	Unfit error
}

// Request is appended whole or not at all.
type Request struct {
	// Actor is the bearer of a token, exactly as its issue says ([Ledger.Issue], and the claims
	// of identity.Registry): the sequencer refuses any other. The ledger's own acts have the role
	// ledger and no token; who calls for them is trusted, in this process.
	Actor event.Actor
	Items []Item
	// DryRun asks what the answer would be: everything is as with an append, up to and including the
	// judgement, and nothing is stored.
	DryRun bool
	// Done, when set, is called once: as soon as nothing of the request waits in the queue any more. That
	// is before [Ledger.Append] returns, unless its context ended first.
	Done func()
}

func (r *Request) done() {
	if r.Done != nil {
		r.Done()
	}
}

// Receipt says where an event stands. With [Ledger.Prove] it becomes a proof.
type Receipt struct {
	EventID        uuid.UUID
	Index          uint64
	Stream         event.Stream
	Revision       uint64
	Recorded       time.Time
	LeafHash       [32]byte
	AlreadyPresent bool                          // an identical event had been appended before
	Deviations     []*oversight.DeviationFlagged // flagged beside it; not told again when AlreadyPresent
	Lapsed         []*oversight.StatementLapsed  // what the ledger had said and takes back with it, likewise
	Disputed       *Disputed                     // of a clock-corrected, likewise; nil for every other type
	Key            string                        // id of the key that a key-registered registers; empty for every other type

	event     *event.Event // as it was judged; nil when AlreadyPresent
	signature []byte       // of event
	twice     bool         // AlreadyPresent by an event before it in the same request
	line      []byte       // of what is AlreadyPresent, as it was read back
}

// AppendLine appends the event's entry, without a line feed: what LeafHash is the hash of.
func (r *Receipt) AppendLine(dst []byte) []byte {
	if r.event == nil {
		return append(dst, r.line...)
	}
	e := entryOf(r.event, r.signature)
	return entry.Append(dst, &e)
}

// Result is the answer to a request: one receipt per item, in order, and the checkpoint
// they are proven against.
//
// The answer to a dry run has no checkpoint. Its receipts say what the events would become: stream,
// revision and deviations; index, recorded time and hash only where AlreadyPresent.
type Result struct {
	Receipts   []Receipt
	Size       uint64 // tree size of Checkpoint; of a dry run, of the head
	Checkpoint []byte // signed C2SP tlog-checkpoint

	view *translog.View
}

// Head is the state of the ledger after a committed block.
type Head struct {
	Block      uint64
	Size       uint64 // number of entries
	Root       [32]byte
	Recorded   time.Time // of the last entry; zero when empty
	Checkpoint []byte
}

var (
	// ErrBusy: the queue is full; nothing was stored. Try again after a moment.
	ErrBusy = errors.New("ledger: too many appends are waiting")
	// ErrReadOnly: appends are stopped because a copy is damaged or the ledger is closing.
	ErrReadOnly = errors.New("ledger: appends are stopped")
	// ErrReadOnlyStart: this node was started for reading; nothing was stored.
	ErrReadOnlyStart = errors.New("ledger: this node was started for reading (--read-only)")
	// ErrNoSpace: the disk is full, or an engine refuses or does not answer; nothing was stored.
	ErrNoSpace = errors.New("ledger: no space to store the append")
	// ErrRefused: the store refuses, and will until an administrator has changed something; nothing was stored.
	ErrRefused = errors.New("ledger: the store refuses the block")
	// ErrDisk: the disk fails or has become read-only; nothing was stored.
	ErrDisk = errors.New("ledger: the disk fails")
	// ErrOutcomeUnknown: the append may or may not be recorded; send the same bytes again.
	ErrOutcomeUnknown = errors.New("ledger: the outcome is not known yet; send the same event again")
	// ErrNotFound: no such entry, or beyond the head.
	ErrNotFound = errors.New("ledger: no such entry")
)

// ItemError says which of a request's events an error is about.
type ItemError struct {
	Item    int // its place in the request, from 0
	EventID uuid.UUID
	Err     error
}

func (e *ItemError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the event.
func (e *ItemError) Unwrap() error { return e.Err }

// ConflictError: an event id is reused with other bytes, or an expected revision is wrong.
// Nothing was stored.
type ConflictError struct {
	Code    law.Code // law.IDReused or law.WrongRevision
	EventID uuid.UUID
	Stream  event.Stream
	Index   uint64 // of the entry that has the id, for id-reused; not for everybody to know
	Have    int64  // current revision of the stream, for wrong-revision
	Want    int64
}

func (e *ConflictError) Error() string {
	if e.Code == law.IDReused {
		return "event id " + e.EventID.String() + " was already used for an event with other bytes"
	}
	return "stream " + e.Stream.String() + " is not at the expected revision"
}
