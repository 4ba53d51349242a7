package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// State is what the rules remember of one visit: about 0.8 KB once it is closed, 0.1 KB for each finding and 60 bytes for
// each fact. It is owned by one goroutine; [State.Clone] gives an independent copy.
//
// A state is cloned for each event that is judged, and most events are answers to a checklist. So what they leave as it is lies behind
// pointers, which clones share: nothing that they point to is ever changed, and who changes a part gets a copy of it first.
type State struct {
	facts facts.Log

	marks  visitMark // what has happened, and what follows from it
	forgot bool      // what only an unfinished visit needs
	shown  bool      // it was disclosed once, whatever was withdrawn since

	*origin           // see editOrigin
	*rest             // see editRest
	work     *work    // nil before the first need of it, and when it is forgotten; see edit
	people   []string // who wrote in the stream or inspected: they approve nothing here; append-only
	answered []uint64 // items of the checklist, see [facts.Digest], of an unfinished visit; not those of imports, whose ids are foreign

	findings []finding
	cited    []Cited
	born     []birth // of punishable findings; append-only
}

// origin is what a visit is about, and how it began.
type origin struct {
	visitType                               string
	subject, team, campaign, sector, county string
	sectors                                 []string // those its first event names; what the visit is about for good
	source                                  string   // the unit whose records an import copied
	cover                                   *cover   // in whose name it is made; nil where the start does not say, never changed
	began                                   int64    // when the start occurred, seconds since 1970
	first                                   uint64   // index of the first entry
	firstAt                                 int64    // when that happened, seconds since 1970
}

// rest is what few events of a visit change.
type rest struct {
	second   uint16 // standing flags of it as a second visit (R31)
	measures uint16 // orders, those that an import states apart

	orders    []ordering
	failures  []failure
	penalties []casefile.Decided
	annulled  []string // penalties, that count for nothing; nearly always none
	decisions []string // hashes of the documents of decisions, in hex
	heard     *heard   // what other streams say of findings; nearly always nothing
	grave     []uuid.UUID
	document  [32]byte // SHA-256 of the site record
	came      int64    // when the first inspector arrived, seconds since 1970; 0: nobody
	closedAt  time.Time

	closedAtIndex uint64 // of the entry that closed it

	recordEvent, closeEvent uuid.UUID // of the site record and of the closing
	recordKnown             int64     // when the site record was recorded, microseconds since 1970

	waiting    []waiting
	anew       []amended               // approved corrections of the signed record
	receipts   []receipt               // copies without receipt; nearly always none once the visit is over
	named      []named                 // files that facts name as evidence; append-only
	refusals   []refusal               // of the firm to be inspected; nearly always none; append-only
	resultTold obligation.Day          // when the firm was told the result; 0: it was not
	late       []obligation.Obligation // of what is forgotten, what was met late or stayed open; nearly always none
}

// The parts of a state without events; they are only read.
var (
	noOrigin origin
	noRest   rest
	idle     work // likewise of a visit that has none
)

// editOrigin returns the origin for writing.
func (s *State) editOrigin() *origin {
	o := *s.origin
	s.origin = &o
	return &o
}

// editRest returns the rest for writing. Its lists have no room to append in place: a clone may share their memory.
func (s *State) editRest() *rest {
	r := *s.rest
	r.orders, r.failures, r.penalties = slices.Clip(r.orders), slices.Clip(r.failures), slices.Clip(r.penalties)
	r.grave, r.waiting, r.anew = slices.Clip(r.grave), slices.Clip(r.waiting), slices.Clip(r.anew)
	r.decisions = slices.Clip(r.decisions)
	r.receipts, r.refusals, r.named = slices.Clip(r.receipts), slices.Clip(r.refusals), slices.Clip(r.named)
	s.rest = &r
	return &r
}

// work is what only an unfinished visit needs.
type work struct {
	inspectors []string
	assistants []string // that the reservation names (N01)
	completed  []string // sections
	copies     []delivery

	recorder    string     // who entered the site record
	confirmedAt *time.Time // when a second inspector first confirmed it; never changed

	// What opens obligations, and when some were first met; facts of imports do neither. What these point to
	// never changes, so clones share it.
	begun     *moment // the start
	account   *moment // the site record, or before it an attempt
	arrivedAt *time.Time
	firsts    []first // of the types of [remembered]
}

// moment is a fact of a visit, and when it occurred by the device.
type moment struct {
	obligation.Fact // its event is zero when it opens nothing
	device          time.Time
}

func momentOf(e *event.Event) *moment { return &moment{obligation.FactOf(e), e.Occurred} }

// start returns the start as what opens obligations; nil when there is none that does.
func (w *work) start() *obligation.Fact {
	if w.begun == nil || w.begun.Event == uuid.Nil {
		return nil
	}
	return &w.begun.Fact
}

// startedAt is when the visit began by the device; zero when that is not known.
func (w *work) startedAt() time.Time {
	if w.begun == nil {
		return time.Time{}
	}
	return w.begun.device
}

// answers notes an answered item. Clones share the memory of the list, and that behind its end: it is used by who comes first, and
// whoever finds it used takes a copy. So a list that grows event by event, clone by clone, is not copied each time.
func (s *State) answers(item string) {
	d, n := facts.Digest(item), len(s.answered)
	switch {
	case s.forgot || slices.Contains(s.answered, d):
	case n < cap(s.answered) && s.answered[:n+1][n] == 0: // no digest is 0
		s.answered = s.answered[:n+1]
		s.answered[n] = d
	default:
		s.answered = append(slices.Clip(s.answered), d)
	}
}

// hasAnswered reports whether an item was answered.
func (s *State) hasAnswered(item string) bool { return slices.Contains(s.answered, facts.Digest(item)) }

// visitMark is a set of what is known of a visit: that an event of a type has happened, see [happened], and what else
// a topic notes, see [mark].
type visitMark uint64

// marks are those that there are.
var marks visitMark

// mark makes a mark for what a topic notes of a visit, besides that its events have happened.
func mark() visitMark {
	m := marks + 1
	if marks |= m; m == 0 {
		panic("inspection: a visit has no mark left")
	}
	return m
}

// happened is that an event of one of some types has happened. The state notes that by itself.
func happened(types ...*event.Type) (m visitMark) {
	for _, t := range types {
		m |= visitMark(t.Mark)
	}
	return m
}

var (
	photographed = mark() // there is a photo other than the notice's, and not of a finding's content (R08)
	excused      = mark() // there is a decision not to punish (R57)
	copied       = mark() // the visit was begun by an import
	elsewhere    = mark() // of what an obligation reads: nothing of the visit's own stream

	reserved  = happened(assignmentReserved)
	released  = happened(assignmentReleased)
	started   = happened(inspectionStarted)
	attempted = happened(inspectionAttempted)
	arrived   = remember(inspectorArrived)
	departed  = happened(inspectorDeparted)
	recorded  = happened(siteRecordSigned, signatureRefused) // a refused signature is a site record too (R42)
	reviewed  = remember(leaderReviewed)
	closed    = remember(inspectionClosed)
)

// remembered are the types of which an unfinished visit knows the first fact.
var remembered visitMark

// remember is [happened] of a type, and has the state know by itself its first fact, see [work.first].
func remember(t *event.Type) visitMark {
	remembered |= happened(t)
	return happened(t)
}

// first is the fact of a type that happened first. Those of imports do not count.
type first struct {
	of visitMark
	obligation.Fact
}

// first returns the first fact of a type that is remembered; nil when there is none, and when that is forgotten.
func (w *work) first(of visitMark) *obligation.Fact {
	for i := range w.firsts {
		if w.firsts[i].of == of {
			return &w.firsts[i].Fact
		}
	}
	return nil
}

// firstAt is when the first fact happened.
func (w *work) firstAt(of visitMark) *time.Time {
	if f := w.first(of); f != nil {
		return &f.Occurred
	}
	return nil
}

// happens notes that an event of a type has happened.
func (s *State) happens(e *event.Event) {
	m := visitMark(e.Type.Mark)
	s.marks |= m
	if m&remembered == 0 || e.Assurance == event.Imported {
		return
	}
	w, fact := s.edit(), obligation.FactOf(e)
	if w == nil {
		return
	}
	known := w.first(m)
	switch {
	case known == nil:
		w.firsts = append(w.firsts, first{m, fact})
	case fact.Occurred.Before(known.Occurred):
		w.firsts = slices.Clone(w.firsts) // a clone may share the elements
		*w.first(m) = fact
	}
}

// finding is what the rules remember of one finding.
type finding struct {
	id         string
	marks      findingMark
	fact       uuid.UUID  // the event that recorded it
	text       uint64     // tells its description from others; of imports 0
	repairedAt *time.Time // when it was first put right, not by what an import says; never changed
	settledAt  *time.Time // when it was first punished or lawfully not, or a case was filed for it; likewise
	index      uint64     // of that event
}

// waiting is a fact that counts from a second person's yes on, and holds up the closing; so do the corrections that wait.
type waiting struct {
	event    uuid.UUID
	since    obligation.Fact // the fact itself
	by       string          // person
	exempted []string        // findings of a decision not to punish; or
	extends  *extension      // neither: a justification
}

// findingMark is a set of what is known of a finding.
type findingMark uint32

const (
	major findingMark = 1 << iota
	punishable
	evidenced    // by its own content
	attached     // evidence was added
	cited        // names a clause
	importedFact // recorded by an import
	fixed
	ordered
	halted // by a measure that ends the danger (R47)
	punished
	exempted // lawfully not punished (R41)
	fined
	examined  // the inspectors left, made their record or closed since it was found
	pictured  // its evidence shows something (R08)
	disposed  // put right, ordered, punished or lawfully not: by no import
	settled   // punished or lawfully not: by no import
	accounted // the site record has it
	filed     // a case was filed for it
	violating // states a kind of violation (R54)
	wanting   // investment is wanting (R47)
	dated     // an order about it names a date
	shut      // a closing was proposed, or a stop of production or a closing decided
)

// NewState returns the state of a stream without events.
func NewState() *State { return &State{origin: &noOrigin, rest: &noRest} }

// Clone returns a copy that shares no memory which either of the two changes.
func (s *State) Clone() *State {
	c := *s
	c.findings, c.people = slices.Clip(s.findings), slices.Clip(s.people)
	c.cited, c.born = slices.Clip(s.cited), slices.Clip(s.born)
	return &c
}

// open returns the work for reading.
func (s *State) open() *work {
	if s.work == nil {
		return &idle
	}
	return s.work
}

// edit returns the work for writing, or nil when it is forgotten. Its lists have no room to append in place: a clone may share
// their memory.
func (s *State) edit() *work {
	if s.forgot {
		return nil
	}
	w := *s.open()
	w.inspectors, w.firsts = slices.Clip(w.inspectors), slices.Clip(w.firsts)
	w.completed, w.copies = slices.Clip(w.completed), slices.Clip(w.copies)
	s.work = &w
	return &w
}

// Has reports whether a finding was recorded.
func (s *State) Has(finding string) bool { return s.find(finding) != nil }

// find returns the finding for reading, or nil.
func (s *State) find(id string) *finding {
	for i := range s.findings {
		if s.findings[i].id == id {
			return &s.findings[i]
		}
	}
	return nil
}

// mark marks the findings that are known; others are an older rule's leniency.
func (s *State) mark(ids []string, m findingMark) {
	s.findings = slices.Clone(s.findings) // a clone may share the elements
	for _, id := range ids {
		if f := s.find(id); f != nil {
			f.marks |= m
		}
	}
}

// Apply folds one recorded event. It accepts whatever was ever recorded.
func (s *State) Apply(e *event.Event) {
	if e.Assurance == event.Derived { // the ledger's own word
		return
	}
	if s.facts.Len() == 0 {
		o := s.editOrigin()
		o.county, o.first, o.firstAt = e.About.County, e.Index, e.Happened().Unix()
	}
	s.wrote(e)
	if _, answers := e.Data.(*oversight.DeviationExplained); answers {
		return
	}
	if !reads(e.Data) {
		return
	}
	switch known, turned := s.facts.Len(), s.facts.Take(e, !s.is(recorded|closed)); {
	case turned:
		happened := s.firstAt
		s.corrects(e)
		s.again()
		s.rejudged(e, happened)
		s.bear(e, 0)
	case s.facts.Len() > known && !s.facts.Withdrawn():
		n, documents := len(s.findings), len(s.decisions)
		s.fold(e)
		if _, annuls := casefile.AnnulledBy(e.Data); annuls || len(s.decisions) > documents && s.delivered() {
			s.again()
		}
		s.bear(e, n)
	}
	s.shown = s.shown || s.Disclosed()
}

// reads reports whether rules of a visit read an event: what else lies in a stream that joins it is none of its facts.
func reads(d event.Data) bool {
	switch d.(type) {
	case event.Correction, *oversight.TermExtended, *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		return true
	}
	return factOf(d) != nil
}

// fold folds a fact.
func (s *State) fold(e *event.Event) {
	if d := factOf(e.Data); d != nil {
		s.happens(e)
		s.names(e)
		d.fold(s, e)
		return
	}
	switch d := e.Data.(type) {
	case *oversight.TermExtended:
		s.asksToExtend(e, d)
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		s.answer(e)
	}
}

// refold folds a fact as it counts.
func (s *State) refold(f *facts.Fact) {
	s.fold(f.Event)
}

// again makes the state anew of the facts that count. What the visit is about, who wrote in it, which source it was copied from,
// what other streams say of it and that it was disclosed stay as they were. When its first entry happened says which plan judges it,
// as corrected, too.
func (s *State) again() {
	n := NewState()
	r := n.editRest()
	r.anew = s.unserved()
	r.ahead(&s.facts)
	for f := range s.facts.Counting() {
		n.refold(&f)
	}
	n.facts, n.shown, n.people, n.born = s.facts, s.shown, s.people, s.born
	n.marks |= s.marks & copied
	r = n.editRest()
	r.second, r.heard = s.second, s.heard
	o := n.editOrigin()
	o.subject, o.team, o.county, o.sectors, o.source = s.subject, s.team, s.county, s.sectors, s.source
	o.first, o.firstAt = s.first, s.firstAt
	if f, _ := s.facts.First(); f.Data != nil {
		o.firstAt = f.Happened().Unix()
	}
	if o.campaign == "" {
		o.campaign = s.campaign
	}
	*s = *n
}
