package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// A major hazard that a visit finds has the visits before it reviewed (R44). What an import states opens nothing.

// problems are the major hazards of a visit that is seen.
func problems(st any) (out []stream.Problem) {
	s, ok := st.(*State)
	if !ok || s == nil || !s.Seen() {
		return nil
	}
	for i := range s.findings {
		if f := &s.findings[i]; f.marks&(major|importedFact) == major {
			out = append(out, stream.Problem{What: "major-hazard", Item: f.id, Subjects: []string{s.subject}, At: time.Unix(s.began, 0)})
		}
	}
	return out
}

// troubles reports whether an event may make a visit seen, or none, or change which major hazards it found.
func troubles(d event.Data) bool {
	switch d.(type) {
	case *FindingRecorded, event.Correction, *oversight.ApprovalGiven, *Started, *Arrived, *Attempted, *RecordSigned, *SignatureRefused,
		*Closed:
		return true
	}
	return false
}

// Found returns how many findings of a visit count for its team: those of imports do not.
func (s *State) Found() (n int) {
	for i := range s.findings {
		if s.findings[i].marks&importedFact == 0 {
			n++
		}
	}
	return n
}

// HasFinding reports whether a visit has a finding of an id.
func (s *State) HasFinding(id string) bool { return s.find(id) != nil }
