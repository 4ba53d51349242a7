package inspection

import "github.com/anjian-ledger/anjian/domain/law"

// What the law since 2025 wants the notice to say: N07, why the authority comes, how often it has, what it may not do, and what the
// subject may do about it.

// Told is what the notice tells the subject (国办发〔2024〕54号).
type Told struct {
	Basis        string `json:"basis,omitempty" is:"lines(1000)" zh:"检查依据" doc:"the law by which they inspect"`
	Cause        string `json:"cause,omitempty" is:"lines(1000)" zh:"检查事由" doc:"why they come"`
	VisitOfYear  *int   `json:"inspection_of_year,omitempty" is:"visits" zh:"本年度第几次检查" doc:"the how-manieth of the authority in the year"`
	Prohibitions string `json:"prohibitions,omitempty" is:"lines(2000)" zh:"禁止事项" doc:"what the inspectors may not do"`
	Recusal      bool   `json:"recusal,omitzero" zh:"告知申请回避权" doc:"that the subject may ask for other inspectors"`
	Refusal      bool   `json:"refusal,omitzero" zh:"告知拒绝检查权" doc:"that it may refuse a visit whose papers are missing"`
	Complaint    string `json:"complaint,omitempty" is:"text(300)" zh:"投诉举报途径" doc:"where the subject may complain"`
}

// NoticeIncomplete is the code of a notice that leaves out what it is to say.
const NoticeIncomplete law.Code = "notice-incomplete"

var _ = law.Declare(law.OfCourse, law.Text{Code: NoticeIncomplete, Acts: law.Flags, Rules: []law.Rule{law.N07},
	TitleZH: "告示内容不全", Title: "The notice leaves out what it is to say",
	SaysZH: "告示未写明 {members}", Says: "the notice does not state {members}",
	RemedyZH: "重新张贴写全的告示；写了而未记的，更正张贴告示事件",
	Remedy:   "post a notice that says it; where it does and was not recorded so, correct notice-posted"})

// told flags a notice that leaves out what the law wants it to say, where the plan asks for that (N07).
func (j *judgement) told(t *Told) {
	if !j.sc.Policy.FullNotice {
		return
	}
	if t == nil {
		t = new(Told)
	}
	said := func(is bool) string {
		if is {
			return "-"
		}
		return ""
	}
	if missing := unstated("basis", t.Basis, "cause", t.Cause, "inspection_of_year", said(t.VisitOfYear != nil),
		"prohibitions", t.Prohibitions, "recusal", said(t.Recusal), "refusal", said(t.Refusal), "complaint", t.Complaint); missing != nil {
		j.flag(law.N07, NoticeIncomplete, law.List("members", missing))
	}
}
