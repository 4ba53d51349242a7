package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Supervision: R20, 现场督办、现场解决、一个不拉: somebody sees on the spot that a hazard is put right, or a body lists it (挂牌督办).

// FindingSupervised says who supervises that a finding is put right. It disposes of nothing by itself.
type FindingSupervised struct {
	Finding    string `json:"finding" is:"id" correct:"never" zh:"隐患编号" doc:"what is supervised"`
	Manner     string `json:"manner" is:"code(supervision)" zh:"督办方式" doc:"on the spot, or by listing it"`
	Supervisor string `json:"supervisor" is:"id" zh:"督办人或督办单位" doc:"id of the person on the spot, or of the unit that lists it"`
	DocumentNo string `json:"document_no,omitempty" is:"text(100)" zh:"督办文书号" doc:"of the listing"`
	Until      string `json:"until,omitempty" is:"date" zh:"督办期限" doc:"until when it is to be put right"`
}

// Together says what Validate checks.
func (*FindingSupervised) Together() string { return "what is listed has document_no and until" }

// Validate checks what members say together.
func (d *FindingSupervised) Validate() error {
	var k event.Checker
	if d.Manner == listedSupervision {
		k.That(d.DocumentNo != "", "document_no", law.FaultForManner, law.Str("manner", d.Manner))
		k.That(d.Until != "", "until", law.FaultForManner, law.Str("manner", d.Manner))
	}
	return k.Err()
}

// listedSupervision is the manner of supervision by listing (挂牌督办).
const listedSupervision = "listed"

var _ = declare[FindingSupervised](165, afterwards, hidden, event.Type{Name: "finding-supervised", Version: 1, Chinese: "隐患督办",
	Doc:    "Somebody supervises that a finding is put right: a person on the spot, or a body that lists it.",
	Rules:  []law.Rule{law.R17, law.R19, law.R20},
	Append: plan})

// judge: of a finding that there is, by somebody who is known (R20).
func (d *FindingSupervised) judge(j *judgement) *event.Refusal {
	if r := j.findings(d.Finding); r != nil {
		return r
	}
	if d.Manner == listedSupervision {
		return nil
	}
	return j.known("supervisor", d.Supervisor)
}

func (d *FindingSupervised) fold(*State, *event.Event) {}
