package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// A visit whose subject or team was wrong is entered anew, since these never change, and then withdrawn (pillar 17). The new one names it
// and each finding that it takes over, so that who approves sees both, and that no finding is lost on the way.

// FindingNotCarried is the flag of a visit in whose place another was withdrawn of which it has not all findings.
const FindingNotCarried law.Code = "finding-not-carried"

var _ = law.Declare(law.OfCorrections, law.Text{Code: FindingNotCarried, Acts: law.Flags, Rules: []law.Rule{law.Pillar17},
	TitleZH: "隐患未转录", Title: "A finding was not carried over",
	SaysZH:   "所替代的检查 {inspection} 已撤销，其隐患 {finding} 未在本检查中记录",
	Says:     "visit {inspection}, in whose place this one stands, is withdrawn, and its finding {finding} is not recorded here",
	RemedyZH: "补记该隐患并在 instead 写明原编号，或说明原因", Remedy: "record it here, naming it as instead, or explain why not"})

// states reports whether a visit has a finding, whether the visit counts or not; nil has none.
func (s *State) states(finding string) bool {
	return s != nil && slices.Contains(s.stated(), finding)
}

// stated are the findings of a visit that nobody withdrew by themselves, by their ids; imports entail nothing.
func (s *State) stated() (ids []string) {
	for f := range s.facts.Stated() {
		if d, ok := f.Data.(*FindingRecorded); ok && f.Assurance != event.Imported {
			ids = append(ids, d.Finding)
		}
	}
	return ids
}

// Instead is the visit in whose place this one stands, and the event that says so; "" when it stands for itself.
func (s *State) Instead() (visit string, start uuid.UUID) {
	for f := range s.facts.Counting() {
		if d, ok := f.Data.(*Started); ok && d.Instead != "" && f.Assurance != event.Imported {
			return d.Instead, f.ID
		}
	}
	return "", start
}

// Uncarried says which findings of a visit that is withdrawn this one, in its place, has not taken over (model of pillar 13, rule 18).
func (s *State) Uncarried(of *State) (out []event.Deviation) {
	visit, start := s.Instead()
	if visit == "" || of == nil || !of.facts.Withdrawn() {
		return nil
	}
	var carried []string
	for f := range s.facts.Counting() {
		if d, ok := f.Data.(*FindingRecorded); ok && d.Instead != "" {
			carried = append(carried, d.Instead)
		}
	}
	for _, id := range of.stated() {
		if len(out) < most && !slices.Contains(carried, id) {
			d := event.Flagged(law.Pillar17, FindingNotCarried, law.Str("inspection", visit), law.Str("finding", id))
			d.Fact, d.Item = start, id
			out = append(out, d)
		}
	}
	return out
}
