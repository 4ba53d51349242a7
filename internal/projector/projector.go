// Package projector keeps the views of package projections up to date with a ledger and
// answers for any position of its past.
//
// # What is kept
//
// Figures of teams and cells (a county or zone and a set of sectors) are
// [projections.Timeline]s, one for each campaign and year that there are figures of: the tally as of any position is in memory. An
// entry counts in at most one team and in one cell; an answer adds the cells that its asker may see, so nothing
// can be counted twice, and nothing is counted that must not be known. Figures move when an
// entry is seen: those of a hidden visit are kept with it until it is disclosed.
//
// Documents (a subject, an inspection, a team's register) are not kept: they are folded
// when asked from the entries about them that the asker may see, which are read back from the
// ledger. Which entries these are is kept as chains: each position is linked to the one before
// it about the same subject, team or stream, at four bytes a link.
//
// # Concurrency
//
// One goroutine calls Apply. Everything else may be called from any goroutine. Apply
// takes the lock for at most [applyBatch] entries at a time, and readers hold it only to
// copy what they need; entries are read and folded without it. Every answer is that of
// one position, which it states.
package projector

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// The errors of queries; test with errors.Is.
var (
	// ErrNotFound: nothing in the ledger, as of the position asked, is about this id.
	ErrNotFound = errors.New("not found")
	// ErrAhead: the position asked is beyond what the projector has seen.
	ErrAhead = errors.New("position is ahead of the ledger")
	// ErrNoOccurred: the view has no form limited by the time of occurrence.
	ErrNoOccurred = errors.New("this view cannot be limited by the time of occurrence")
	// ErrNoCampaign: no campaign of the ledger has the id that was asked for.
	ErrNoCampaign = errors.New("no such campaign")
	// ErrCursor: the cursor was not made by this list.
	ErrCursor = errors.New("malformed cursor")
)

// applyBatch is how many entries Apply folds under one lock: about a tenth of a millisecond.
const applyBatch = 128

// Config is what a projector needs from its ledger. All functions are called from any
// goroutine and without a lock.
type Config struct {
	// Read calls fn for the entries at the indexes, which ascend, in that order. Events are
	// in the newest version of their type and are never changed after.
	Read func(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error
	// RootAt returns the base64 of the Merkle root of the first size entries.
	RootAt func(size uint64) (string, error)
	// RecordedAt returns the recorded time of entry size-1; it is not called for size 0.
	RecordedAt func(size uint64) (time.Time, error)
}

// Projector is the views of one ledger.
type Projector struct {
	cfg Config

	mu       sync.RWMutex // guards everything below up to Apply's own
	position uint64       // entries applied
	failed   error        // why it stopped for good
	moved    chan struct{}

	order     visibility.Fold
	counters  projections.Counters
	subjects  register[subjectState]
	teams     register[teamState]
	cells     []*cell // only grows
	cellIndex map[cellKey]*cell
	visits    map[string]*visitState
	notices   map[string]*visitState       // hash of the one-time code of a notice → the visit, the first that named it
	joined    kinds.Visits                 // which streams are of a visit
	alone     map[event.Stream]*visitState // orders and cases that are of no visit, which are never hidden
	merged    map[string][]string          // subject → those of which it was said that they became part of it; append-only
	campaigns map[string]link              // id → its last entry, in byStream
	tables    map[string]link              // likewise, of code tables
	units     map[event.Stream]link        // likewise, of duty files and assessments; see ofUnit
	accidents map[string]*accidentState
	flags     map[string]*visitState // stream of a flag that compares visits → the one that is flagged
	flagged   projections.Flags      // of other streams
	numbers   numbering              // of campaigns
	begun     []begun                // campaigns, in the order in which they were started
	evidence  files
	plans     map[string]uint64 // campaign → index of the plan in force

	bySubject, byTeam, byStream chain

	cache tableCache

	// Owned by Apply's goroutine.
	scratch  projections.Changes
	portions []portion
	spare    [][]pending // of visits that are disclosed, for the next
	sectors  []string
	spans    []projections.Span
	latest   latest
}

// latest is what the latest entry was about. Entries of one visit often follow each other;
// remembering it spares most look-ups in maps that are larger than the processor's caches.
type latest struct {
	subject *subjectState
	team    *teamState
	cell    *cell
	visit   *visitState
}

// New makes an empty projector; Apply brings it to the ledger's size.
func New(cfg Config) *Projector {
	return &Projector{
		cfg: cfg, moved: make(chan struct{}), cellIndex: map[cellKey]*cell{},
		subjects: newRegister[subjectState](), teams: newRegister[teamState](),
		visits: map[string]*visitState{}, notices: map[string]*visitState{}, alone: map[event.Stream]*visitState{},
		merged: map[string][]string{}, campaigns: map[string]link{}, tables: map[string]link{},
		units: map[event.Stream]link{}, cache: tableCache{fold: map[string]folded{}},
		accidents: map[string]*accidentState{}, flags: map[string]*visitState{},
		flagged: projections.Flags{}, numbers: newNumbering(),
		evidence: newFiles(), plans: map[string]uint64{},
	}
}

// subject is what is kept of a subject: what lists and coverage need.
type subjectState struct {
	projections.Registration
	id     string
	listed bool // an entry about it was seen
	parts  []subjectPart
	last   link   // in bySubject
	more   []link // entries that are about several subjects, beyond bySubject
}

// subjectPart is the figures of a subject in one cell, by one team, of one campaign and year.
type subjectPart struct {
	cell   *cell
	team   *teamState // nil: none
	span   projections.Span
	counts projections.Counts
	open   int64 // findings
	held   int64 // statements of the ledger that stand, and hold the subject from being assured
}

// teamState is what is kept of a team.
type teamState struct {
	id, name, kind, status string
	needle                 string // what a search looks into, lower case
	listed                 bool   // an entry about it was seen, at first
	first                  uint64
	last, stream           link // in byTeam, in byStream
	facts                  facts.Log
	series                 series
}

// cell is what figures are kept by: a county or zone, "" for none, and a set of sectors.
type cell struct {
	county, parent string
	sectors        []string
	first          uint64 // position of the first entry in it
	series         series
}

type cellKey struct{ county, sectors string }

// share is where the figures of an entry belong.
type share struct {
	cell     *cell
	team     *teamState    // nil: none
	subject  *subjectState // nil: none
	campaign uint32        // number; 0: none
}

type visitState struct {
	projections.Visit
	id      string
	order   visibility.Visit
	last    link   // in byStream
	more    []link // entries of the flags that compare it with another
	party   []link // entries of the inspected party's evaluation
	share   share
	namer   *namer    // nil while none of its entries names a file
	pending []pending // while it is hidden
	hidden  bool      // it is counted among its team's hidden visits
}

type accidentState struct {
	projections.AccidentCount
	subjects []*subjectState // that its reports have named
}

// Position returns how many entries have been applied.
func (p *Projector) Position() uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.position
}

// Err returns why the projector has stopped for good, or nil: it was given entries with a
// gap. Every query then fails with the same error.
func (p *Projector) Err() error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.failed
}

// Plan returns the index of the entry that published the plan that is in force in a campaign; ok is
// false before there is one.
func (p *Projector) Plan(campaign string) (index uint64, ok bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	index, ok = p.plans[campaign]
	return index, ok
}

// KnowsCampaign reports whether the ledger has a campaign.
func (p *Projector) KnowsCampaign(id string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	_, ok := p.campaigns[id]
	return ok
}

// WaitFor returns when the first position entries are reflected in every answer. Its error
// is that of ctx, or [Projector.Err].
func (p *Projector) WaitFor(ctx context.Context, position uint64) error {
	for {
		p.mu.RLock()
		done, failed, moved := p.position >= position, p.failed, p.moved
		p.mu.RUnlock()
		switch {
		case failed != nil:
			return failed
		case done:
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Apply folds entries that directly follow those applied before. One goroutine calls it,
// after the entries were committed. It keeps no reference to them.
func (p *Projector) Apply(events []*event.Event) {
	for len(events) > 0 {
		n := min(len(events), applyBatch)
		if !p.applyBatch(events[:n]) {
			return
		}
		events = events[n:]
	}
}

func (p *Projector) applyBatch(events []*event.Event) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range events {
		if p.failed != nil {
			break
		}
		if e.Index != p.position || e.Index >= math.MaxUint32 {
			p.failed = fmt.Errorf("projector: entry %d cannot follow %d entries", e.Index, p.position)
			break
		}
		p.apply(e)
		p.position++
	}
	close(p.moved)
	p.moved = make(chan struct{})
	return p.failed == nil
}

// apply folds one entry; p.mu is held. A figure moves when the entry is seen: what a hidden
// visit does to figures is kept with the visit until then.
func (p *Projector) apply(e *event.Event) {
	var v *visitState
	fate := visibility.Plain
	switch id, is := p.joined.Of(e); {
	case e.Stream.Kind == event.Inspection:
		v = p.visit(id)
		fate = p.order.Visit(&v.order, e)
	case is && p.visits[id] != nil:
		v = p.visits[id]
		fate = p.order.Joins(&v.order, e)
	default:
		if is {
			p.joined.Alone(e.Stream)
		}
		p.order.Apply(e)
	}
	if _, ok := e.Data.(*event.Unreadable); ok { // it changes no figure and stands in no view
		p.bySubject.add(e.Index, 0)
		p.byTeam.add(e.Index, 0)
		p.byStream.add(e.Index, 0)
		return
	}
	switch d := e.Data.(type) {
	case *campaign.PlanPublished:
		p.plans[strings.Clone(e.Stream.ID)] = e.Index
	case *campaign.Started:
		p.begun = append(p.begun, begun{e.Index, p.numbers.of(e.Stream.ID)})
	case *inspection.NoticePosted:
		p.posted(v, d.Evaluation)
	}
	var s share
	if v != nil && v.share.cell != nil {
		s = v.share // its first entry has said for good what it is about
	} else if s = p.shareOf(e); v != nil {
		v.share = s
	}
	p.link(e, v, s)
	p.file(e, v, s)
	switch {
	case v != nil:
		p.ofVisit(e, v, s, fate)
	case e.Stream.Kind == evaluation.Name:
		if of := p.notices[e.Stream.ID]; of != nil {
			of.party = append(of.party, linkTo(e.Index))
		}
	case !visibility.Restricted(e.Stream.Kind):
		p.ofRegister(e, s)
	}
}

// ofVisit counts an entry of a visit's stream, or of one that joins the visit.
func (p *Projector) ofVisit(e *event.Event, v *visitState, s share, fate visibility.Effect) {
	p.scratch.Reset()
	projections.Count(e, &v.Visit, nil, &p.scratch)
	if fate == visibility.Waits {
		p.keep(v, p.scratch.List)
		p.hide(e.Index, v, !v.hidden)
		return
	}
	if fate == visibility.Releases {
		p.disclose(e.Index, v)
		p.hide(e.Index, v, v.hidden)
	}
	p.count(e.Index, s, p.scratch.List)
}

// ofRegister counts an entry of any other stream, and files what it says.
func (p *Projector) ofRegister(e *event.Event, s share) {
	var of *projections.Visit
	switch {
	case e.Stream.Kind == event.Flag:
		if v := p.flag(e); v != nil {
			of, s.campaign = &v.Visit, v.share.campaign
		}
	case kinds.Aside(e):
		v := p.alone[e.Stream]
		if v == nil {
			v = &visitState{share: s}
			p.alone[event.Stream{Kind: e.Stream.Kind, ID: strings.Clone(e.Stream.ID)}] = v
		}
		of, s = &v.Visit, v.share
	}
	p.scratch.Reset()
	projections.Count(e, of, p.flagged, &p.scratch)
	p.count(e.Index, s, p.scratch.List)
	switch e.Stream.Kind {
	case event.Subject:
		if s.subject != nil {
			p.register(e, s.subject)
		}
	case event.Team:
		if s.team != nil && s.team.id == e.Stream.ID {
			s.team.describe(e)
		}
	case event.Accident:
		p.accident(e, s.subject)
	}
}

// flag links a flag that compares visits, and what explains it, to the one that is flagged, and returns that.
func (p *Projector) flag(e *event.Event) *visitState {
	v := p.flags[e.Stream.ID]
	if d, ok := e.Data.(*oversight.DeviationFlagged); ok && v == nil && len(d.Inspections) > 0 {
		v = p.visit(d.Inspections[0])
		p.flags[strings.Clone(e.Stream.ID)] = v
	}
	if v != nil {
		v.more = append(v.more, linkTo(e.Index))
	}
	return v
}

// link adds the entry to its chains. v is the visit it belongs to, nil when it is of none.
func (p *Projector) link(e *event.Event, v *visitState, s share) {
	var bySubject, byTeam, byStream link
	at := linkTo(e.Index)
	if s.subject != nil {
		bySubject, s.subject.last = s.subject.last, at
	}
	if s.team != nil {
		byTeam, s.team.last = s.team.last, at
	}
	switch {
	case v != nil:
		byStream, v.last = v.last, at
	case e.Stream.Kind == event.Campaign:
		byStream = p.campaigns[e.Stream.ID]
		p.campaigns[p.numbers.ids[p.numbers.of(e.Stream.ID)]] = at
	case e.Stream.Kind == event.Table:
		byStream = p.tables[e.Stream.ID]
		p.tables[strings.Clone(e.Stream.ID)] = at
	case e.Stream.Kind == event.Team && s.team != nil && s.team.id == e.Stream.ID:
		byStream, s.team.stream = s.team.stream, at
	}
	if chain, ok := ofUnit(e.Stream); ok {
		byStream = p.linkUnit(chain, at)
	}
	p.bySubject.add(e.Index, bySubject)
	p.byTeam.add(e.Index, byTeam)
	p.byStream.add(e.Index, byStream)
}

// register keeps the subject's register line and its part in the figures of its cells.
func (p *Projector) register(e *event.Event, subj *subjectState) {
	if d, ok := e.Data.(*subject.Ended); ok && d.Successor != "" && !slices.Contains(p.merged[d.Successor], subj.id) {
		into := strings.Clone(d.Successor)
		p.merged[into] = append(p.merged[into], subj.id)
	}
	p.changeSubject(e.Index, subj, func() { subj.Apply(e) })
}

// accident keeps an accident's part in its cell's figures, and links its entries to all its
// subjects.
func (p *Projector) accident(e *event.Event, about *subjectState) {
	m := p.accidents[e.Stream.ID]
	if m == nil {
		m = new(accidentState)
		p.accidents[strings.Clone(e.Stream.ID)] = m
	}
	if d, ok := e.Data.(*accident.Reported); ok {
		for _, id := range d.Subjects {
			if s := p.subject(id); !slices.Contains(m.subjects, s) {
				m.subjects = append(m.subjects, s)
			}
		}
	}
	for _, s := range m.subjects {
		if s != about {
			s.more = append(s.more, linkTo(e.Index))
		}
	}
	p.portions = p.portions[:0]
	before := m.AccidentCount
	if m.Apply(e) {
		p.harm(e.Index, &before, -1)
		p.harm(e.Index, &m.AccidentCount, 1)
		p.record(e.Index)
	}
}

// harm collects what an accident adds to the figures of its cell, in its year on each basis, sign times.
func (p *Projector) harm(at uint64, m *projections.AccidentCount, sign int64) {
	span := projections.Span{Campaign: p.numbers.of(m.Campaign)}
	for basis, kind := range accidentsOn {
		if span.Year = int16(m.Year(projections.Basis(basis))); span.Year != 0 {
			m.Contribution(sign, p.portion(at, m.County, m.Sectors, key{kind, span}))
		}
	}
}
