package inspection

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Corrections: pillar 17, what was wrong is said, not undone; R41, and nothing becomes milder by one person's word.

// FactCorrected says that a fact was entered wrongly, and gives its whole new content and time
// (pillar 17). Facts that can be corrected today are the findings.
//
// A fact has one line of versions: a correction names the fact and the event that gave the
// version it replaces, and is never corrected itself; restoring is one more version. It counts
// from the yes of a second person on, stricter or milder; until then it is shown as asked for,
// and the closing waits. At once counts what [AtOnce] says.
type FactCorrected struct {
	Fact     event.Ref        `json:"fact" zh:"被更正事实" doc:"the event that stated it first"`
	Replaces event.Ref        `json:"replaces" zh:"被替换版本" doc:"the fact itself, or its newest correction that counts"`
	Reason   string           `json:"reason" is:"lines(2000)" zh:"更正原因" doc:"what was wrong"`
	Occurred time.Time        `json:"time" is:"time" zh:"发生时间" doc:"when the fact occurred, as corrected"`
	Finding  *FindingRecorded `json:"finding_recorded" zh:"更正后隐患" doc:"the whole new content of a finding-recorded"`
}

var factCorrected = declare[FactCorrected](afterwards, event.Type{Name: "fact-corrected", Version: 1, Chinese: "事实更正",
	Doc:   "A fact was entered wrongly; its whole new content. The original stays. It counts once a second person approved it.",
	Rules: []law.Rule{law.R08, law.R17, law.R19, law.R20, law.R41, law.R47, law.Pillar17}, Append: field, Import: true})

// judge: a correction is judged by pillar 17: it names a finding of this visit by id and bytes, and the
// version that it replaces; it comes from the author's side, whose tokens always name a person, and from
// an import for its own records only. The original stays, so it may come at any time.
func (d *FactCorrected) judge(j *judgement) *event.Refusal {
	i := j.st.factIndex(d.Fact.ID())
	if i < 0 {
		return event.Refuse(law.R19, law.UnknownFact, law.Str("event", d.Fact.Event))
	}
	f := &j.st.findings[i]
	if _, same := d.Fact.Is(f.fact); !same {
		return oversight.OtherBytes(d.Fact)
	}
	if f.marks&importedFact != 0 != j.imported || j.imported && j.e.Actor.Unit != j.st.source {
		return event.Refuse(law.Pillar17, law.NotYours, law.Str("finding", f.id))
	}
	switch id, same := d.Replaces.Is(f.newest()); {
	case !id:
		return event.Refuse(law.Pillar17, law.StaleVersion,
			law.Str("finding", f.id), law.Str("newest", f.newest().Ref().Event), law.Str("replaces", d.Replaces.Event))
	case !same:
		return oversight.OtherBytes(d.Replaces)
	}
	if d.Finding.Finding != f.id {
		return event.Refuse(law.Pillar17, law.AnotherFinding, law.Str("finding", f.id), law.Str("named", d.Finding.Finding))
	}
	if d.Finding.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, law.Str("finding", f.id))
	}
	if d.Finding.Level == "major" && len(d.Finding.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, law.Str("finding", f.id))
	}
	if r := j.known("found_by", d.Finding.FoundBy...); r != nil {
		return r
	}
	if w := j.st.correctionOf(f); w >= 0 && j.st.waiting[w].by != j.e.Actor.Person {
		return event.Refuse(law.Pillar17, law.AnotherCorrectionWaits,
			law.Str("correction", j.st.waiting[w].ID.String()), law.Str("finding", f.id), law.Str("person", j.st.waiting[w].by))
	}
	return nil
}

// fold takes a correction: at once, or to wait. A newer one of the same finding takes the
// place of one that waits.
func (d *FactCorrected) fold(s *State, e *event.Event) {
	i := s.factIndex(d.Fact.ID())
	if i < 0 || d.Finding == nil {
		return
	}
	if w := s.correctionOf(&s.findings[i]); w >= 0 {
		s.drop(w)
	}
	if AtOnce(s.version(i), d, s.is(recorded), e.Assurance == event.Imported) {
		s.turn(i, d, e.Ident())
		return
	}
	s.wait(waiting{Ident: e.Ident(), by: e.Actor.Person, correction: d})
}

// Version is one version of a finding: its content and when it occurred.
type Version struct {
	Finding  *FindingRecorded
	Occurred time.Time
}

// AtOnce reports whether a correction of old counts without anybody's yes: one of a source of its
// own records (imported); and one that touches nothing but description and location, before the
// site record is made.
func AtOnce(old Version, d *FactCorrected, recorded, imported bool) bool {
	if imported {
		return true
	}
	if recorded || old.Finding == nil || d.Finding == nil {
		return false
	}
	return old.Occurred.Equal(d.Occurred) && essence(old.Finding) == essence(d.Finding)
}

// essence is what of a finding may not change without a second person: all but what describes
// it. It is made of the JSON form, so that a member that is added later belongs to it.
func essence(d *FindingRecorded) string {
	c := *d
	c.Description, c.Location = "", ""
	b, err := json.Marshal(&c)
	if err != nil {
		return err.Error() // strings and times always have a form
	}
	return string(b)
}

// turn gives a finding the version that a correction states.
func (s *State) turn(i int, d *FactCorrected, by event.Ident) {
	s.findings = slices.Clone(s.findings) // a clone may share the elements
	f := &s.findings[i]
	const fromContent = major | punishable | evidenced | cited | pictured
	f.marks = f.marks&^fromContent | content(d.Finding)
	f.version = &by
	v := Version{d.Finding, d.Occurred}
	if f.closed != 0 {
		f.marks &^= strayed
		if v.sum() != f.closed {
			f.marks |= strayed
		}
		f.text = sum(d.Finding.Description)
	}
	if w := s.work; w != nil && i < len(w.versions) && w.versions[i].Finding != nil {
		w.versions = slices.Clone(w.versions) // a clone may share the elements
		w.versions[i] = v
	}
}

// sealFindings keeps of each finding what is compared with later corrections, when the versions go.
func (s *State) sealFindings() {
	for i, v := range s.open().versions {
		if v.Finding != nil {
			s.findings[i].seal(v)
		}
	}
}

// seal keeps what a finding says at the closing.
func (f *finding) seal(v Version) { f.closed, f.text = v.sum(), sum(v.Finding.Description) }

// sum is a number of a version's content and time; it is never 0. Every member of a finding counts: a test
// changes each.
func (v Version) sum() uint64 {
	d, h := v.Finding, begin
	h = h.time(v.Occurred).text(d.Finding).text(d.Description).text(d.Location).text(d.Level)
	for i := range d.Clauses {
		c := &d.Clauses[i]
		h = h.number(1).text(c.Law).text(c.Version).text(c.Article).text(c.Paragraph).text(c.Item)
	}
	h = h.text(d.Category).text(d.Violation)
	if d.Punishable {
		h = h.number(1)
	}
	h = h.list(d.FoundBy)
	for i := range d.Evidence {
		c := &d.Evidence[i]
		h = h.number(1).text(c.SHA256).number(c.Size).text(c.MediaType).time(c.CapturedAt).text(c.Caption)
	}
	h = h.text(d.ViolatedOn)
	for _, key := range slices.Sorted(maps.Keys(d.Source)) {
		h = h.text(key).text(d.Source[key])
	}
	return h.list(d.Unknown).end()
}

// sum tells descriptions of one visit from each other; it is never 0.
func sum(s string) uint64 { return begin.text(s).end() }

// hash tells contents from each other: FNV-1a, 64 bits.
type hash uint64

const begin hash = 14695981039346656037

func (h hash) octet(b byte) hash { return (h ^ hash(b)) * 1099511628211 }

func (h hash) text(s string) hash {
	for i := range len(s) {
		h = h.octet(s[i])
	}
	return h.octet(0xFF) // which no text has
}

func (h hash) number(n int64) hash {
	for range 8 {
		h = h.octet(byte(n))
		n >>= 8
	}
	return h
}

func (h hash) time(t time.Time) hash { return h.number(t.Unix()).number(int64(t.Nanosecond())) }

func (h hash) list(texts []string) hash {
	for _, s := range texts {
		h = h.text(s)
	}
	return h.number(int64(len(texts)))
}

func (h hash) end() uint64 { return max(uint64(h), 1) }

// factIndex returns the index of the finding that an event recorded, or -1.
func (s *State) factIndex(id uuid.UUID) int {
	return slices.IndexFunc(s.findings, func(f finding) bool { return f.fact.ID == id })
}

// version returns the version of a finding that counts; empty when its content is not needed any more.
func (s *State) version(i int) Version {
	if w := s.open(); i < len(w.versions) {
		return w.versions[i]
	}
	return Version{}
}

// correctionOf returns the index of the correction of a finding that waits, or -1.
func (s *State) correctionOf(f *finding) int {
	return slices.IndexFunc(s.waiting, func(w waiting) bool {
		return w.correction != nil && w.correction.Finding != nil && w.correction.Finding.Finding == f.id
	})
}
