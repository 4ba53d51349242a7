package subject

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Readmitted takes an exclusion back: the subject counts for coverage again (R18, 不留盲区、不留死角). That needs no second
// person: it makes nothing smaller that is to be inspected.
type Readmitted struct {
	Reason string `json:"reason" is:"lines(1000)" zh:"恢复原因" doc:"why it counts for coverage again"`
}

// SubjectNotExcluded is the refusal of a readmission.
const SubjectNotExcluded law.Code = "subject-not-excluded"

var _ = law.Declare(law.OfSubjects, law.Text{Code: SubjectNotExcluded, Acts: law.Refuses, Rules: []law.Rule{law.R18},
	TitleZH: "检查对象未被剔除", Title: "The subject is not excluded",
	SaysZH: "检查对象 {subject} 未从覆盖范围剔除", Says: "subject {subject} is not excluded from coverage",
	RemedyZH: "无须再做；待批准的剔除由另一人答复", Remedy: "nothing is left to do; an exclusion that waits is answered by another person"})

var readmitted = stream.Then((*Readmitted).Judge, event.Type{Name: "subject-readmitted", Version: 1, Chinese: "恢复纳入检查范围",
	Doc:   "A subject that was excluded counts for coverage again.",
	Rules: []law.Rule{law.R18, law.R28}, Append: office})

// Judge: what counts as excluded (R18).
func (d *Readmitted) Judge(j *judgement) *event.Refusal {
	if !j.State.Excluded {
		return event.Refuse(law.R18, SubjectNotExcluded, law.Str("subject", j.Event.Stream.ID))
	}
	return nil
}

func (d *Readmitted) Fold(s *State, _ *event.Event) { s.Excluded = false }
