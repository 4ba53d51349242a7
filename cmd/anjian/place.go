package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/evidence/objects"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/internal/transfer"
)

// place is where a ledger's blocks are: one of
//
//	embedded:DIR            store (and journal) of a data directory
//	journal:DIR             journal of a data directory
//	nats://HOST[,HOST…]     block stream on NATS servers, tls:// too
//	kurrentdb://…, esdb://… block stream in KurrentDB
type place struct {
	uri, scheme string
	dir         node.Dir // of embedded and journal
}

func parsePlace(uri string) (place, error) {
	scheme, rest, _ := strings.Cut(uri, ":")
	p := place{uri: uri, scheme: strings.ToLower(scheme)}
	switch p.scheme {
	case "embedded", "journal":
		if p.dir = node.Dir(rest); rest == "" {
			return p, fmt.Errorf("%s: names no data directory", uri)
		}
	case "nats", "tls":
		p.scheme = "nats"
	case "esdb", "kurrentdb", "esdb+discover", "kurrentdb+discover", "esdb+unix", "kurrentdb+unix":
		p.scheme = "kurrentdb"
	default: // the text may hold a password: it is not repeated
		return p, fmt.Errorf("scheme %q: want embedded:DIR, journal:DIR, nats://…, kurrentdb://… or esdb://…", p.scheme)
	}
	return p, nil
}

func (p place) local() bool { return p.dir != "" }

// public is the URI without credentials, as it is recorded and shown. When in doubt where
// they end, more is left out.
func (p place) public() string {
	if p.local() {
		return p.uri
	}
	head, query, found := strings.Cut(p.uri, "?")
	if strings.Contains(query, "@") { // of a password, perhaps
		head, found = p.uri, false
	}
	parts := []string{head}
	if p.scheme == "nats" {
		parts = strings.Split(head, ",")
	}
	for i, part := range parts {
		before, _, ok := strings.Cut(part, "://")
		if at := strings.LastIndexByte(part, '@'); at >= 0 {
			if parts[i] = part[at+1:]; ok {
				parts[i] = before + "://" + parts[i]
			}
		}
	}
	if head = strings.Join(parts, ","); found {
		head += "?" + query
	}
	return head
}

// openPlace is an open place with what must be released after it.
type openPlace struct {
	place
	source  transfer.Source
	target  transfer.Target    // nil when only read
	cluster *jetstream.Cluster // of NATS
	closers []func() error
}

// Close releases in reverse.
func (o *openPlace) Close() error {
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	return errors.Join(errs...)
}

// opening is how to open a place.
type opening struct {
	engine *engine
	origin string // of the ledger
	target bool   // blocks will be appended: an empty place is made
	log    *slog.Logger
}

// open opens p. A data directory is locked, except for reading its journal, which may go on
// beside a server.
func (p place) open(ctx context.Context, o opening) (_ *openPlace, err error) {
	out := &openPlace{place: p}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", p.public(), err), out.Close())
		}
	}()
	if p.local() && (o.target || p.scheme == "embedded") {
		unlock, err := p.dir.Lock()
		if err != nil {
			return out, err
		}
		out.closers = append(out.closers, unlock)
	}
	if p.scheme == "journal" {
		return out, out.openJournal(p.dir.Journal(), o.target)
	}
	s, err := p.openStore(ctx, o)
	if err != nil {
		return out, err
	}
	out.closers = append(out.closers, s.Close)
	out.cluster, _ = s.(*jetstream.Cluster)
	if out.source = s; o.target {
		out.target = s
	}
	return out, nil
}

func (p place) openStore(ctx context.Context, o opening) (store.Store, error) {
	switch p.scheme {
	case "embedded":
		return jetstream.OpenEmbedded(ctx, jetstream.Config{Dir: p.dir.Store(), MustExist: !o.target, MayCut: p.dir.MayCut, Logger: o.log})
	case "nats":
		cfg, err := o.engine.cluster(strings.Split(p.uri, ","), o.origin, o.target, o.log)
		if err != nil {
			return nil, err
		}
		return jetstream.OpenCluster(ctx, cfg)
	}
	return kurrentdb.Open(ctx, o.engine.kurrent(p.uri, !o.target, o.log))
}

// openJournal opens a journal: for appends, or for reading as it stands.
func (o *openPlace) openJournal(dir string, target bool) error {
	if !target {
		r, err := journal.OpenReader(dir)
		if r != nil {
			o.closers = append(o.closers, r.Close)
		}
		if err == nil && r.Head() == 0 {
			err = errors.New("there is no journal")
		}
		o.source = transfer.FromJournal(r)
		return err
	}
	j, err := journal.Open(dir, journal.Options{})
	if j == nil {
		return err
	}
	o.closers = append(o.closers, j.Close)
	o.target = transfer.ToJournal(j)
	o.source = o.target
	return err
}

// evidence opens the evidence that is kept beside the blocks; nil where none is: an archive
// of the journal, and KurrentDB, whose nodes share a directory.
func (o *openPlace) evidence(ctx context.Context, origin string) (evidence.Store, error) {
	switch {
	case o.cluster != nil:
		nc, err := o.cluster.ConnectAs("anjian copy")
		if err != nil {
			return nil, err
		}
		o.closers = append(o.closers, func() error { nc.Close(); return nil })
		s, err := objects.Open(ctx, objects.Config{Conn: nc, Ledger: origin, Create: o.target != nil, Replicas: o.cluster.Replicas()})
		if errors.Is(err, objects.ErrMissing) {
			return nil, nil // no node has run there yet
		}
		return s, err
	case o.scheme == "embedded":
		return evidence.OpenFiles(o.dir.Evidence(), evidence.Options{})
	}
	return nil, nil
}
