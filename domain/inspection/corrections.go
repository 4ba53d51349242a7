package inspection

import (
	"crypto/sha256"
	"encoding/binary"
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

var factCorrected = declare[FactCorrected](140, afterwards, hidden, event.Type{Name: "fact-corrected", Version: 1, Chinese: "事实更正",
	Doc:   "A fact was entered wrongly; its whole new content. The original stays. It counts once a second person approved it.",
	Rules: []law.Rule{law.R17, law.R19, law.Pillar17}, Append: field, Import: true})

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
	if e.Assurance == event.Imported || !s.is(recorded) && d.describes(s.essence(i)) {
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
	return imported || !recorded && d.describes(old.essence())
}

// describes reports whether the correction leaves the essence of a version as it is.
func (d *FactCorrected) describes(old essence) bool {
	return old != essence{} && old == Version{d.Finding, d.Occurred}.essence()
}

// turn gives a finding the version that a correction states.
func (s *State) turn(i int, d *FactCorrected, by event.Ident) {
	s.findings = slices.Clone(s.findings) // a clone may share the elements
	f := &s.findings[i]
	const fromContent = major | punishable | evidenced | cited | pictured
	f.marks = f.marks&^fromContent | content(d.Finding)
	f.version = &by
	if f.marks&importedFact != 0 {
		return
	}
	v := Version{d.Finding, d.Occurred}
	s.cite(d.Finding, f.fact.ID, d.Occurred)
	f.text = sum(d.Finding.Description)
	switch now := v.sum(); {
	case f.marks&sealed == 0:
		f.sum = now
	case now != f.sum:
		f.marks |= strayed
	default:
		f.marks &^= strayed
	}
	if w := s.work; w != nil && i < len(w.essences) {
		w.essences = slices.Clone(w.essences) // a clone may share the elements
		w.essences[i] = v.essence()
	}
}

// seal has later corrections compared with what the findings say at the closing.
func (s *State) seal() {
	for i := range s.findings { // which examine has copied
		if f := &s.findings[i]; f.marks&importedFact == 0 {
			f.marks |= sealed
		}
	}
}

// essence is the hash of what of a version may not change without a second person: all but what describes it. It is
// zero for no version.
type essence [sha256.Size]byte

func (v Version) essence() essence {
	if v.Finding == nil {
		return essence{}
	}
	var room [1024]byte
	return sha256.Sum256(form(room[:0]).version(v, true))
}

// sum is a number of a version's content and time; it is never 0.
func (v Version) sum() uint64 {
	var room [1024]byte
	h := sha256.Sum256(form(room[:0]).version(v, false))
	return max(binary.BigEndian.Uint64(h[:]), 1)
}

// form is versions written so that no two are alike. It is passed on as a value, so that it stays on the stack.
type form []byte

// version writes all of a version, or its essence. Every member of a finding counts: a test changes each.
func (f form) version(v Version, essential bool) form {
	d := v.Finding
	f = f.time(v.Occurred).text(d.Finding)
	if !essential {
		f = f.text(d.Description).text(d.Location)
	}
	f = f.text(d.Level).number(int64(len(d.Clauses)))
	for i := range d.Clauses {
		c := &d.Clauses[i]
		f = f.text(c.Law).text(c.Version).text(c.Article).text(c.Paragraph).text(c.Item)
	}
	f = f.text(d.Category).text(d.Violation)
	punishable := int64(0)
	if d.Punishable {
		punishable = 1
	}
	f = f.number(punishable).list(d.FoundBy).number(int64(len(d.Evidence)))
	for i := range d.Evidence {
		c := &d.Evidence[i]
		f = f.text(c.SHA256).number(c.Size).text(c.MediaType).time(c.CapturedAt).text(c.Caption)
		if _, offset := c.CapturedAt.Zone(); essential && !c.CapturedAt.IsZero() { // as it was stated
			f = f.number(int64(offset))
		}
	}
	f = f.text(d.ViolatedOn).number(int64(len(d.Source)))
	if len(d.Source) > 0 { // of imports
		for _, key := range slices.Sorted(maps.Keys(d.Source)) {
			f = f.text(key).text(d.Source[key])
		}
	}
	return f.list(d.Unknown)
}

func (f form) text(s string) form { return append(binary.AppendUvarint(f, uint64(len(s))), s...) }

func (f form) number(n int64) form { return binary.AppendVarint(f, n) }

func (f form) time(t time.Time) form { return f.number(t.Unix()).number(int64(t.Nanosecond())) }

func (f form) list(texts []string) form {
	f = f.number(int64(len(texts)))
	for _, s := range texts {
		f = f.text(s)
	}
	return f
}

// sum tells descriptions of one visit from each other; it is never 0: FNV-1a, 64 bits.
func sum(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return max(h, 1)
}

// factIndex returns the index of the finding that an event recorded, or -1.
func (s *State) factIndex(id uuid.UUID) int {
	return slices.IndexFunc(s.findings, func(f finding) bool { return f.fact.ID == id })
}

// essence returns that of a finding's version that counts; zero when it is not needed any more.
func (s *State) essence(i int) essence {
	if w := s.open(); i < len(w.essences) {
		return w.essences[i]
	}
	return essence{}
}

// correctionOf returns the index of the correction of a finding that waits, or -1.
func (s *State) correctionOf(f *finding) int {
	return slices.IndexFunc(s.waiting, func(w waiting) bool {
		return w.correction != nil && w.correction.Finding != nil && w.correction.Finding.Finding == f.id
	})
}
