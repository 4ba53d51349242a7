package inspection

import (
	"hash/fnv"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// What of a visit other streams ask about: R58, 反复出现问题、违法违规严重, and R71, 存在重大隐患没有认真治理.

// Cited is one clause that a finding violates. Findings of imports are not among them.
type Cited struct {
	Fact   uuid.UUID // that recorded the finding
	At     int64     // when that happened, seconds since 1970
	Clause uint64    // tells clauses from each other
}

// Clause returns what tells a clause from others; the version of the text is no part of it.
func Clause(c *event.Citation) uint64 {
	h := fnv.New64a()
	for _, s := range [...]string{c.Law, c.Article, c.Paragraph, c.Item} {
		_, _ = io.WriteString(h, s)
		_, _ = h.Write([]byte{'\n'})
	}
	return h.Sum64()
}

// Cited returns the clauses that the findings of the visit violate. The caller must not change them.
func (s *State) Cited() []Cited { return s.cited }

// cite notes what a finding cites, in place of what it cited before.
func (s *State) cite(d *FindingRecorded, fact uuid.UUID, at time.Time) {
	if slices.ContainsFunc(s.cited, func(c Cited) bool { return c.Fact == fact }) {
		s.cited = slices.DeleteFunc(slices.Clone(s.cited), func(c Cited) bool { return c.Fact == fact })
	}
	for i := range d.Clauses {
		s.cited = append(s.cited, Cited{fact, at.Unix(), Clause(&d.Clauses[i])})
	}
}

// graveKinds are the penalties that show a grave violation (R58): a stop, a revocation or a closing was decided. A stop that is
// a measure ends a danger, and is no penalty (安全生产法 Arts 65, 70).
var graveKinds = []string{"stop-production", "revoke-permit", "close"}

// Grave returns the decisions of penalties that show a grave violation. The caller must not change them.
func (s *State) Grave() []uuid.UUID { return s.grave }

// HasMajor reports whether a finding of the visit is a major hazard, "" for any.
func (s *State) HasMajor(id string) bool {
	return slices.ContainsFunc(s.findings, func(f finding) bool { return f.marks&(major|importedFact) == major && (id == "" || f.id == id) })
}

// Repaired returns when a finding was first put right; nil while it was not.
func (s *State) Repaired(id string) *time.Time {
	if f := s.find(id); f != nil {
		return f.repairedAt
	}
	return nil
}

// OrderedUntil returns until when a finding is to be put right, by the order that leaves the most time; zero: none names a day.
func (s *State) OrderedUntil(id string) (due time.Time) {
	for i := range s.orders {
		if o := &s.orders[i]; o.event != uuid.Nil && slices.Contains(o.findings, id) && o.due.End().After(due) {
			due = o.due.End()
		}
	}
	return due
}

// OnRecord reports whether the site record has a finding: only such facts are exposed (R71).
func (s *State) OnRecord(id string) bool {
	f := s.find(id)
	return f != nil && f.marks&accounted != 0
}

// account notes that the record has all findings that there are. Nobody else has them.
func (s *State) account() {
	for i := range s.findings {
		s.findings[i].marks |= accounted
	}
}

// StatedBy is the event that recorded a finding; the zero id: there is no such finding.
func (s *State) StatedBy(id string) uuid.UUID {
	if f := s.find(id); f != nil {
		return f.fact
	}
	return uuid.Nil
}

// Substance tells the content of a finding from others, as far as the rules remember it; 0: there is no such finding.
func (s *State) Substance(id string) uint64 {
	f := s.find(id)
	if f == nil {
		return 0
	}
	sum := f.text ^ uint64(f.marks&(major|punishable))<<32 | 1
	for _, c := range s.cited {
		if c.Fact == f.fact {
			sum = sum*31 + c.Clause
		}
	}
	return sum
}
