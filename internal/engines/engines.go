// Package engines has the one table of engines that can keep a ledger's blocks. Commands and node
// use it; no other package names an engine.
//
// A new engine is its package below internal/store, which package test/storetest holds to the
// contract, and one row here: a type that is a [driver], and its line in [table].
//
//	engines.go   the table; what an engine is to its users
//	embedded.go  in the data directory, the default
//	nats.go      JetStream on servers of somebody else
//	kurrentdb.go KurrentDB
//	place.go     the URIs of `copy`
//	memory.go    which engine a data directory remembers
//	copies.go    both copies of a data directory, for appends or as a start would read them
//	verify.go    both copies, verified from their bytes
//	journal.go   a journal as a place
package engines

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
)

// driver is a row of the table. Its value holds the settings of its engine.
type driver interface {
	// schemes of the URIs that name a place in this engine.
	schemes() []string
	// form shows such a URI to people.
	form() string
	// settings are its flags, bound to the driver.
	settings() []Setting
	// check finds contradictions between the settings that need no connection.
	check() error
	// chosen is the engine as the settings say that a node shall keep its blocks in it; nil when
	// they do not.
	chosen(log *slog.Logger) (Engine, error)
	// at is the engine at a URI with one of its schemes, with the other settings.
	at(uri string, log *slog.Logger) (Engine, error)
	// public is such a URI without credentials. When in doubt where they end, more is left out.
	public(uri string) string
	// fault says what an error of its engine means; [None] when it cannot tell.
	fault(error) Fault
}

// table is the engines that there are.
func table() []driver { return []driver{&embeddedDriver{}, newNATS(), newKurrentDB()} }

// Engine is where blocks are kept, configured and not yet open. All but the embedded one are
// servers of somebody else, outside of the data directory, on which several nodes may keep one
// ledger: each has a data directory of its own with the same keys/checkpoint.key, which the
// administrator copies from the first node.
type Engine interface {
	// Open opens it. The caller closes what it gets.
	Open(ctx context.Context, o Opening) (*Opened, error)
	// Feeds reports whether it carries messages too, as the feed needs.
	Feeds() bool
	// streamFlag is the flag that names the stream of its blocks; empty where there is none.
	streamFlag() string
	// memo is what a data directory remembers of it.
	memo() memo
	// Where is its URI without credentials, as `copy` takes it.
	Where() string
}

// Opening is for what an engine is opened.
type Opening struct {
	Origin    string        // of the ledger; empty: none yet
	Create    bool          // the ledger is new there: what keeps its blocks may be made
	Look      bool          // make nothing, although Create is set: what would be made is [Missing]
	MustExist bool          // there were blocks: an empty engine is a fault
	Timeout   time.Duration // longest wait for an answer; 0: the engine's own
}

// Opened is an open engine with what it has beside the blocks. Fields may be nil but for Source.
type Opened struct {
	Source store.Source
	Target store.Target // nil when it is open for reading only
	Store  store.Store  // nil for a journal
	Origin string       // of the ledger; an interrupted first start may have chosen another one than was asked for

	// Evidence opens the evidence beside the blocks; nil where none is kept: then each node keeps it
	// in its data directory. It gives nil when there is none yet and create is false.
	Evidence func(ctx context.Context, part string, create bool) (evidence.Store, error)
	// Connect makes a connection for messages, for one part of the node.
	Connect  func(part string) (*cluster.Conn, error)
	Replicas int      // of what is made there beside the blocks
	Prefix   string   // of the subjects of its messages; empty: the usual one
	Warnings []string // what an administrator should change

	closers []func() error
}

// later has f called by Close, before what was opened earlier is closed.
func (o *Opened) later(f func() error) { o.closers = append(o.closers, f) }

// Probe returns an error that wraps [store.ErrRefused] when the engine would refuse blocks for good.
func (o *Opened) Probe(ctx context.Context) error {
	if p, ok := o.Store.(store.Prober); ok {
		return p.Probe(ctx)
	}
	return nil
}

// Close releases the engine and all connections.
func (o *Opened) Close() error {
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	o.closers = nil
	return errors.Join(errs...)
}

// Fault is what the error of an engine means.
type Fault int

// The faults of an engine.
const (
	None    Fault = iota // nothing that could be told: the engine did not answer, as a rule
	Missing              // it answers, and what must keep the blocks is not there
	Unfit                // what keeps the blocks has settings that lose some, or is another ledger's
	Refuses              // it would refuse blocks until its administrator has changed something
	Damaged              // it has lost or spoilt a block
)

// FaultOf says what an error of any engine means.
func FaultOf(err error) Fault {
	var damage *store.DamageError
	switch {
	case errors.As(err, &damage):
		return Damaged
	case errors.Is(err, store.ErrRefused):
		return Refuses
	}
	for _, d := range table() {
		if f := d.fault(err); f != None {
			return f
		}
	}
	return None
}

// Setting is one flag of an engine.
type Setting struct {
	Name, Usage string
	Value       any  // *string, *int or *[]string: where it is kept, with its default
	Chooses     bool // it says that the node's blocks are there: only for commands that work on a node
	Secret      bool // it names a file that nobody else may read
}

// Settings are the flags of all engines with their values.
type Settings struct{ drivers []driver }

// NewSettings returns the settings with their defaults.
func NewSettings() *Settings { return &Settings{table()} }

// List returns all settings, to be bound to flags.
func (s *Settings) List() (all []Setting) {
	for _, d := range s.drivers {
		all = append(all, d.settings()...)
	}
	return all
}

// Choices are the flags of which one may be given, as in --nats or --kurrentdb.
func Choices() string {
	var all []string
	for _, s := range NewSettings().List() {
		if s.Chooses {
			all = append(all, "--"+s.Name)
		}
	}
	return strings.Join(all, " or ")
}

// Check finds contradictions that need no connection.
func (s *Settings) Check() error {
	var given []string
	for _, set := range s.List() {
		if set.Chooses && set.given() {
			given = append(given, "--"+set.Name)
		}
	}
	if len(given) > 1 {
		return errors.New(strings.Join(given, " and ") + " exclude each other")
	}
	for _, d := range s.drivers {
		if err := d.check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Setting) given() bool {
	switch v := s.Value.(type) {
	case *[]string:
		return len(*v) > 0
	case *string:
		return *v != ""
	}
	return false
}

// External reports whether an engine outside of the data directory is chosen.
func (s *Settings) External() bool {
	return s.chosen() != nil
}

// Engine is the engine that is chosen; nil: the blocks are kept in the data directory.
func (s *Settings) Engine(log *slog.Logger) (Engine, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	for _, d := range s.drivers {
		if e, err := d.chosen(log); e != nil || err != nil {
			return e, err
		}
	}
	return nil, nil
}

// CopyFrom is the command that brings the blocks of the journal in d to e.
func CopyFrom(d datadir.Dir, e Engine) string {
	return "anjian copy --from journal:" + string(d) + " --to '" + e.Where() + "'"
}

// StreamFlag is the flag that names the stream of e's blocks.
func StreamFlag(e Engine) string { return e.streamFlag() }

// CopyElsewhere is the command that brings them to a new stream there, NAME, which a node is then told to use.
func CopyElsewhere(d datadir.Dir, e Engine) string {
	return CopyFrom(d, e) + " " + e.streamFlag() + " NAME"
}

// Diagnosis is what an engine says of itself.
type Diagnosis struct {
	Head     uint64   // number of its last block
	Warnings []string // what an administrator should change
	Fault    Fault    // of the error
}

// Diagnose asks an engine for its head, makes nothing there, and waits for no answer longer than
// timeout.
func Diagnose(ctx context.Context, e Engine, origin string, timeout time.Duration) (d Diagnosis, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*timeout)
	defer cancel()
	o, err := e.Open(ctx, Opening{Origin: origin, MustExist: true, Timeout: timeout})
	if err != nil {
		d.Fault = FaultOf(err)
		return d, err
	}
	if d.Head, err = o.Source.Head(ctx); err == nil {
		err = o.Probe(ctx)
	}
	d.Warnings, d.Fault = o.Warnings, FaultOf(err)
	return d, errors.Join(err, o.Close())
}
