package inspection

import (
	"encoding/hex"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// State is what the rules remember of one visit: about 0.5 KB once it is closed. It is owned
// by one goroutine; [State.Clone] gives an independent copy.
type State struct {
	marks                                   visitMark
	visitType                               string
	subject, team, campaign, sector, county string
	sectors                                 []string // those its first event names; what the visit is about for good

	findings  []finding
	orders    []string // ids
	penalties []string // ids
	document  [32]byte // SHA-256 of the site record
	began     int64    // when the start occurred, seconds since 1970
	closedAt  time.Time

	people  []string // who wrote in the stream or inspected: they approve nothing here; append-only
	waiting []waiting
	source  string // the unit whose records an import copied

	work *work // nil before the first need of it and again after the closing
}

// work is what only an unfinished visit needs. Its slices are append-only, so that a clone
// may share their elements.
type work struct {
	inspectors []string
	answered   []string  // items of the checklist; not those of imports, whose ids are foreign
	completed  []string  // sections
	copies     []string  // recipients that have the right document
	versions   []Version // of each finding, as it counts; empty for imports

	startedAt, arrivedAt, recordedAt time.Time // by the device
}

// visitMark is a set of what has happened to a visit.
type visitMark uint16

const (
	reserved visitMark = 1 << iota
	released
	started
	attempted
	arrived
	departed
	noticed      // the notice hangs (R72)
	photographed // there is a photo other than the notice's (R08)
	signed
	unsigned
	reviewed
	closed
	duplicate // the ledger flagged it as a second visit (R31)
	excused   // there is a decision not to punish (R57)
	copied    // the visit was begun by an import
	declared  // the inspectors said how they came (R38)
)

// recorded is a site record in either form: a refused signature is one too (R42).
const recorded = signed | unsigned

// finding is what the rules remember of one finding.
type finding struct {
	id      string
	marks   findingMark
	fact    event.Ident  // the event that recorded it
	version *event.Ident // the correction that counts; nil while there is none
}

// newest is the event that gave the version that counts.
func (f *finding) newest() event.Ident {
	if f.version != nil {
		return *f.version
	}
	return f.fact
}

// waiting is an event that counts from a second person's yes on, and holds up the closing.
type waiting struct {
	event.Ident
	by         string         // person
	correction *FactCorrected // or
	spared     []string       // findings of a decision not to punish; neither: a justification
}

// findingMark is a set of what is known of a finding.
type findingMark uint16

const (
	major findingMark = 1 << iota
	punishable
	evidenced   // by its own content
	attached    // evidence was added
	cited       // names a clause
	foreignFact // recorded by an import
	fixed
	ordered
	halted // by a measure that ends the danger (R47)
	punished
	pardoned // lawfully not punished (R41)
	fined
	examined // its lack of such a measure was judged, and flagged, before
)

// NewState returns the state of a stream without events.
func NewState() *State { return new(State) }

// Clone returns a copy that shares no memory which either of the two changes.
func (s *State) Clone() *State {
	c := *s
	c.findings = slices.Clone(s.findings)
	c.orders = slices.Clip(s.orders)
	c.penalties = slices.Clip(s.penalties)
	c.people = slices.Clip(s.people)
	c.waiting = slices.Clip(s.waiting)
	if s.work != nil {
		w := *s.work
		w.inspectors = slices.Clip(w.inspectors)
		w.answered = slices.Clip(w.answered)
		w.completed = slices.Clip(w.completed)
		w.copies = slices.Clip(w.copies)
		w.versions = slices.Clip(w.versions)
		c.work = &w
	}
	return &c
}

// idle stands for the work of a visit that has none; it is only read.
var idle work

// open returns the work for reading.
func (s *State) open() *work {
	if s.work == nil {
		return &idle
	}
	return s.work
}

// edit returns the work for writing, or nil when the visit needs none any more.
func (s *State) edit() *work {
	if s.work == nil && !s.is(closed) {
		s.work = new(work)
	}
	return s.work
}

// find returns the finding, or nil.
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
	for _, id := range ids {
		if f := s.find(id); f != nil {
			f.marks |= m
		}
	}
}

// Apply folds one recorded event. It accepts whatever was ever recorded.
func (s *State) Apply(e *event.Event) {
	if s.county == "" {
		s.county = e.About.County
	}
	s.wrote(e)
	switch d := e.Data.(type) {
	case fact:
		d.fold(s, e)
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		s.answer(e)
	}
}

func (d *Reserved) fold(s *State, e *event.Event) {
	s.marks |= reserved
	s.identify(e, d.Subject, d.Team, d.Sector, d.VisitType)
}

func (d *Released) fold(s *State, _ *event.Event) { s.marks |= released }

func (d *Briefed) fold(*State, *event.Event) {}

func (d *Arrived) fold(s *State, e *event.Event) {
	s.marks |= arrived
	if w := s.edit(); w != nil && (w.arrivedAt.IsZero() || e.Occurred.Before(w.arrivedAt)) {
		w.arrivedAt = e.Occurred
	}
}

func (d *Joined) fold(s *State, _ *event.Event) {
	s.took(d.Person)
	if w := s.edit(); w != nil {
		w.inspectors = append(slices.Clip(w.inspectors), d.Person) // the start's event has the others
	}
}

func (d *Departed) fold(s *State, _ *event.Event) {
	s.marks |= departed
	s.examine()
}

func (d *ConductDeclared) fold(s *State, _ *event.Event) { s.marks |= declared }

func (d *CertificatesShown) fold(*State, *event.Event) {}

func (d *NoticePosted) fold(s *State, _ *event.Event) { s.marks |= noticed }

func (d *CheckAnswered) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		return
	}
	if w := s.edit(); w != nil && !slices.Contains(w.answered, d.Item) {
		w.answered = append(w.answered, d.Item)
	}
}

func (d *SectionCompleted) fold(s *State, _ *event.Event) {
	if w := s.edit(); w != nil && !slices.Contains(w.completed, d.Section) {
		w.completed = append(w.completed, d.Section)
	}
}

func (d *ServiceProvided) fold(*State, *event.Event) {}

func (d *ResultRecorded) fold(*State, *event.Event) {}

func (d *RecordSigned) fold(s *State, e *event.Event) { s.record(e, signed, d.DocumentHash) }

func (d *SignatureRefused) fold(s *State, e *event.Event) {
	s.record(e, unsigned, d.DocumentHash)
}

func (d *CopyDelivered) fold(s *State, _ *event.Event) {
	if w := s.edit(); w != nil && s.isDocument(d.DocumentHash) {
		w.copies = append(w.copies, d.Recipient)
	}
}

func (d *LeaderReviewed) fold(s *State, _ *event.Event) { s.marks |= reviewed }

func (d *DuplicateJustified) fold(s *State, e *event.Event) {
	if e.Assurance != event.Imported {
		s.wait(waiting{Ident: e.Ident(), by: e.Actor.Person})
	}
}

func (d *EvidenceAttached) fold(s *State, _ *event.Event) {
	s.photograph(d.Evidence)
	if f := s.find(d.Finding); f != nil {
		f.marks |= attached
	}
}

func (d *FixedOnSite) fold(s *State, _ *event.Event) {
	if d.Photo != nil {
		s.photograph([]event.Evidence{*d.Photo})
	}
	if f := s.find(d.Finding); f != nil {
		f.marks |= fixed
	}
}

func (d *OrderIssued) fold(s *State, _ *event.Event) {
	s.orders = append(s.orders, d.Order)
	m := ordered
	if slices.Contains(haltingKinds, d.Kind) {
		m |= halted
	}
	s.mark(d.Findings, m)
}

func (d *PenaltyDecided) fold(s *State, _ *event.Event) {
	s.penalties = append(s.penalties, d.Penalty)
	var m findingMark // a penalty that is not final decides nothing yet
	if d.Final {
		m = punished
	}
	if d.Final && d.Kind == "fine" {
		m |= fined
	}
	s.mark(d.Findings, m)
}

func (d *NoPenaltyDecided) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		s.spare(d.Findings)
		return
	}
	s.wait(waiting{Ident: e.Ident(), by: e.Actor.Person, spared: d.Findings})
}

// spare applies a decision not to punish.
func (s *State) spare(findings []string) {
	s.marks |= excused
	s.mark(findings, pardoned)
}

func (s *State) identify(e *event.Event, subject, team, sector, visitType string) {
	s.sector, s.visitType = sector, visitType
	if s.sectors == nil {
		s.subject, s.team, s.sectors = subject, team, codes.SectorSet(sector)
	}
	if e.Campaign != "" {
		s.campaign = e.Campaign
	}
}

// fold takes what the field says over what was reserved.
func (d *Started) fold(s *State, e *event.Event) {
	s.marks |= started
	s.began = e.Occurred.Unix()
	if e.Assurance == event.Imported {
		s.marks |= copied
		s.source = e.Actor.Unit
	} else {
		for _, p := range d.Inspectors {
			s.took(p)
		}
	}
	s.identify(e, d.Subject, d.Team, d.Sector, d.VisitType)
	if e.Assurance == event.Imported && len(d.Inspectors) == 0 {
		return // saves the work of the many visits that only ever hold imported facts
	}
	if w := s.edit(); w != nil {
		w.inspectors = d.Inspectors
		w.startedAt = e.Occurred
	}
}

// fold remembers who stood there when no start names the inspectors, for R51.
func (d *Attempted) fold(s *State, e *event.Event) {
	s.marks |= attempted
	s.photograph(d.Evidence)
	if s.is(started) || e.Actor.Person == "" {
		return
	}
	if w := s.edit(); w != nil {
		w.inspectors = append(w.inspectors, e.Actor.Person)
	}
}

func (d *FindingRecorded) fold(s *State, e *event.Event) {
	m := content(d)
	if e.Assurance == event.Imported {
		m |= foreignFact
	}
	s.photograph(d.Evidence)
	s.findings = append(s.findings, finding{id: d.Finding, marks: m, fact: e.Ident()})
	if e.Assurance == event.Imported && s.work == nil {
		return
	}
	if w := s.edit(); w != nil {
		for len(w.versions) < len(s.findings)-1 {
			w.versions = append(w.versions, Version{})
		}
		v := Version{d, e.Occurred}
		if e.Assurance == event.Imported {
			v = Version{}
		}
		w.versions = append(w.versions, v)
	}
}

// content is what the content of a finding says by itself.
func content(d *FindingRecorded) findingMark {
	var m findingMark
	if d.Level == "major" {
		m |= major
	}
	if d.Punishable {
		m |= punishable
	}
	if len(d.Evidence) > 0 {
		m |= evidenced
	}
	if len(d.Clauses) > 0 {
		m |= cited
	}
	return m
}

func (s *State) record(e *event.Event, form visitMark, document string) {
	s.marks |= form
	if b, err := hex.DecodeString(document); err == nil && len(b) == len(s.document) {
		copy(s.document[:], b)
	}
	if w := s.edit(); w != nil {
		w.recordedAt = e.Occurred
	}
	s.examine()
}

// isDocument reports whether hash is that of the site record.
func (s *State) isDocument(hash string) bool {
	return s.is(recorded) && hash == hex.EncodeToString(s.document[:])
}

// examine remembers that R47 was judged for the major findings there are.
func (s *State) examine() {
	for i := range s.findings {
		if s.findings[i].marks&major != 0 {
			s.findings[i].marks |= examined
		}
	}
}

func (s *State) photograph(list []event.Evidence) {
	for i := range list {
		if isPhoto(list[i].MediaType) {
			s.marks |= photographed
			return
		}
	}
}

// fold shrinks the state: what a closed visit can still meet are corrections, late
// decisions, copies delivered once more, and facts that were synchronised late. Those need
// the findings, the ids taken and the document.
func (d *Closed) fold(s *State, e *event.Event) {
	s.marks |= closed
	s.closedAt = e.Occurred
	s.work = nil
	s.people = slices.Clone(s.people)
	s.findings = slices.Clone(s.findings)
	s.orders = slices.Clone(s.orders)
	s.penalties = slices.Clone(s.penalties)
}
