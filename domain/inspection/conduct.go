package inspection

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// How the inspectors come: R42, they show their certificates; R72, 张贴告示: what is inspected and whom to call hangs at the
// subject; R38, 不发通知、不打招呼、不听汇报、不用陪同和接待.

// CertificatesShown says which certificates were shown (安全生产法 Art. 67).
type CertificatesShown struct {
	Certificates []string `json:"certificates"`
}

// Validate implements event.Data.
func (d *CertificatesShown) Validate() error {
	var k event.Checker
	k.Require("certificates", len(d.Certificates) > 0)
	k.Texts("certificates", d.Certificates, 50, 60)
	return k.Err()
}

var certificatesShown = declare[CertificatesShown](onSite, event.Type{Name: "certificates-shown", Version: 1, Chinese: "出示证件",
	Doc:   "Enforcement certificates were shown.",
	Rules: []law.Rule{law.R42}, Append: field})

// judge: to show a certificate breaks no rule.
func (d *CertificatesShown) judge(*judgement) *event.Refusal { return nil }

func (d *CertificatesShown) fold(*State, *event.Event) {}

// NoticePosted says that the public notice hangs at the subject (R72).
type NoticePosted struct {
	Content     string         `json:"content" text:"lines"`
	Purpose     string         `json:"purpose" text:"lines"`
	OfficePhone string         `json:"office_phone"`
	LeaderPhone string         `json:"leader_phone"`
	Photo       event.Evidence `json:"photo"`
}

// Validate implements event.Data.
func (d *NoticePosted) Validate() error {
	var k event.Checker
	k.Lines("content", d.Content, true, 2000)
	k.Lines("purpose", d.Purpose, true, 1000)
	k.Text("office_phone", d.OfficePhone, true, 40)
	k.Text("leader_phone", d.LeaderPhone, true, 40)
	k.Sub("photo", d.Photo.Validate())
	return k.Err()
}

var noticePosted = declare[NoticePosted](onSite, event.Type{Name: "notice-posted", Version: 1, Chinese: "张贴告示",
	Doc:   "The public notice hangs at the subject.",
	Rules: []law.Rule{law.R72}, Append: field})

// judge: the site record waits for the notice.
func (d *NoticePosted) judge(*judgement) *event.Refusal { return nil }

func (d *NoticePosted) fold(s *State, _ *event.Event) { s.marks |= noticed }

// ConductDeclared answers the four 不 of R38.
type ConductDeclared struct {
	AdvanceNotice bool     `json:"advance_notice"`
	BriefingHeard bool     `json:"briefing_heard"`
	Accompanied   []string `json:"accompanied_by"`
	Reception     bool     `json:"reception"`
	Note          string   `json:"note,omitempty" text:"lines"`
}

// Validate implements event.Data.
func (d *ConductDeclared) Validate() error {
	var k event.Checker
	k.Texts("accompanied_by", d.Accompanied, 50, 200)
	k.Lines("note", d.Note, false, 2000)
	return k.Err()
}

var conductDeclared = declare[ConductDeclared](onSite, event.Type{Name: "conduct-declared", Version: 1, Chinese: "作风承诺",
	Doc:   "No advance notice, no briefing, no company, no reception: or which of them happened.",
	Rules: []law.Rule{law.R38, law.R49}, Append: field})

// judge flags each of the four 不 that was broken (R38).
func (d *ConductDeclared) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	if d.AdvanceNotice {
		j.flag(law.R38, law.AdvanceNotice, "the subject knew of the visit in advance")
	}
	if d.BriefingHeard {
		j.flag(law.R38, law.BriefingHeard, "the inspectors heard a briefing by the subject or officials")
	}
	if len(d.Accompanied) > 0 {
		j.flag(law.R38, law.Accompanied, "accompanied by %d: %s", len(d.Accompanied), shorten(strings.Join(d.Accompanied, ", ")))
	}
	if d.Reception {
		j.flag(law.R38, law.Reception, "a reception was held")
	}
	return nil
}

func (d *ConductDeclared) fold(s *State, _ *event.Event) { s.marks |= declared }
