// Package verify checks a whole ledger from its bytes. It trusts nothing that the server says.
//
// It recomputes everything the bytes allow: blocks parse and follow one another; entries
// parse, stand at their index, continue their stream, go back in recorded time only where a
// person corrected it and never repeat an event id; each is assured as the entries before it say:
// what a device signed was signed by a key that the ledger had registered for the person who
// acted, and counts as signed exactly if that key was confirmed there and not revoked; the Merkle tree over them has
// the root that each block's checkpoint signs; the two copies, journal and store, are the
// same bytes; every tile file and the checkpoint file say what the entries say.
//
// The package needs neither the server nor its store: it imports the formats (entry, block),
// the tree (translog, which keeps its files by durable), the device keys (devicekey) and the forms
// of events (domain) only, so that an auditor can read all of what is trusted.
//
// Reading, hashing and folding overlap: one goroutine reads each copy, one pairs them,
// GOMAXPROCS goroutines parse and hash blocks, one folds the results in order.
package verify

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Blocks reads one copy of the ledger: it calls fn with the bytes of each block, in
// ascending order of number, and returns the error of fn, or why the copy cannot be read
// further. raw is valid until fn returns.
type Blocks func(fn func(number uint64, raw []byte) error) error

// Sources are what to verify; at least one of Journal and Store. A source that is nil, or "", is left out.
type Sources struct {
	Journal Blocks
	Store   Blocks
	Tiles   translog.Dir
}

// Options says how to verify.
type Options struct {
	// Verifier is the public key of the ledger's checkpoints. Required.
	Verifier note.Verifier
	// Through, when not 0, is the last block to verify. For a ledger that a server is
	// appending to, it is a block that both copies had before Run: each copy is read to the
	// end it has when its reader gets there, so their ends say nothing about each other.
	Through uint64
	// InFlight says that one of the copies may have one block more, which is then left out:
	// the server was stopped between writing the one and the other.
	InFlight bool
	// Progress, when set, is called by one goroutine after each block.
	Progress func(entries, blocks uint64)
	// Files, when set, takes in what the entries say of evidence.
	Files *Files

	catalogue *event.Catalogue
}

// maxProblems bounds the list in a Report.
const maxProblems = 100

// Problem is one thing that is wrong.
type Problem struct {
	// Where is "journal", "store", "journal and store", "tiles", "checkpoint" or "evidence".
	Where string `json:"where"`
	// Block is the block concerned, 0 when none is.
	Block uint64 `json:"block"`
	// Index is the first entry that is bad, or may be, as far as the bytes tell; -1 when the
	// problem is not one of entries.
	Index int64  `json:"index"`
	What  string `json:"what"`
}

// Report is the result. Entries counts those whose Merkle tree was recomputed and agreed
// with the signed checkpoints, from the first on; Root is their root in base64.
type Report struct {
	Entries  uint64    `json:"entries"`
	Root     string    `json:"root"`
	OK       bool      `json:"ok"`
	Problems []Problem `json:"problems"` // the first hundred
	Signed   uint64    `json:"signed"`   // entries whose device signature was checked and holds
	Disputed uint64    `json:"disputed"` // entries whose recorded time a clock-corrected calls wrong
	// Malformed lists events that no release ever accepted, Newer those that this program does
	// not know: their bytes, hashes, and of the malformed the signatures were checked, their
	// meaning was not. The first hundred of each; the counts are of all.
	Malformed      []Unread `json:"malformed"`
	MalformedCount uint64   `json:"malformed_count"`
	Newer          []Unread `json:"newer"`
	NewerCount     uint64   `json:"newer_count"`
	// Keys lists the device keys among whose events a link is missing, double or broken.
	Keys []KeyLinks `json:"keys"`
	// Evidence is nil unless the files were read as well.
	Evidence *FilesReport `json:"evidence,omitempty"`
}

// Unread is an entry whose meaning cannot be told.
type Unread struct {
	Index  uint64 `json:"index"`
	Reason string `json:"reason"`
}

func (r *Report) cannotTell(u unread) {
	list, count := &r.Malformed, &r.MalformedCount
	if u.newer {
		list, count = &r.Newer, &r.NewerCount
	}
	if *count++; len(*list) < maxProblems {
		*list = append(*list, Unread{u.index, u.reason})
	}
}

// The results of a verification, as exit codes.
const (
	ExitOK        = 0
	ExitWrong     = 1 // the ledger is not what it says
	ExitMalformed = 3 // all is right but for events that no release ever accepted
	ExitNewer     = 4 // what can be told is right; some entries are newer than this program
)

// Exit returns the exit code of a report: what is wrong before what is newer before what is malformed.
func (r *Report) Exit() int {
	switch {
	case !r.OK:
		return ExitWrong
	case r.NewerCount > 0:
		return ExitNewer
	case r.MalformedCount > 0:
		return ExitMalformed
	}
	return ExitOK
}

func (r *Report) add(p Problem) {
	r.OK = false
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, p)
	}
}

// Run verifies. What is wrong with the ledger is in the Report; the error is for a Run that
// could not be started or was cancelled, and then the Report covers what was read.
func Run(ctx context.Context, sources Sources, opts Options) (Report, error) {
	if opts.Verifier == nil {
		return Report{}, errors.New("verify: no key to verify checkpoints with")
	}
	if sources.Journal == nil && sources.Store == nil {
		return Report{}, errors.New("verify: neither journal nor store to read")
	}
	opts.catalogue = domain.Catalogue()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The checkpoint file is read first: blocks read later can only be newer.
	f := newFolder(sources.Tiles, opts)
	workers := runtime.GOMAXPROCS(0)
	work, ordered := make(chan *job, 4*workers), make(chan *job, 4*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for j := range work {
				for _, c := range j.candidates {
					c.analyse(j.number, &opts)
				}
				close(j.ready)
			}
		})
	}
	wg.Go(func() {
		defer close(ordered)
		defer close(work)
		m := newMerger(ctx, sources, opts)
		m.run(func(j *job) bool {
			select {
			case ordered <- j:
			case <-ctx.Done():
				return false
			}
			work <- j // workers never wait for the folder
			return true
		})
		m.wait()
	})
	for j := range ordered {
		<-j.ready
		f.fold(j)
	}
	wg.Wait()
	err := context.Cause(ctx)
	if err == nil {
		f.finish()
	}
	return f.report(), err
}
