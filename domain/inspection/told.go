package inspection

import (
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

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

// The codes of what the notice says.
const (
	NoticeIncomplete  law.Code = "notice-incomplete"
	NoticeCountTooLow law.Code = "notice-count-too-low"
)

var _ = law.Declare(law.OfCourse, law.Text{Code: NoticeCountTooLow, Acts: law.Flags, Rules: []law.Rule{law.N07},
	TitleZH: "告示所写检查次数偏少", Title: "The notice names too low a number of visits in the year",
	SaysZH:   "告示写明是本年度第 {stated} 次检查，按台账这是 {authority} 本年度第 {inspections} 次检查该对象",
	Says:     "the notice says that it is visit {stated} of the year; by the ledger it is visit {inspections} of {authority} to the subject",
	RemedyZH: "告示写错的，说明原因（deviation-explained）；写对而记错的，更正张贴告示事件",
	Remedy:   "where the notice is wrong, explain it (deviation-explained); where it was recorded wrong, correct notice-posted"})

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

// numbered marks a visit of which a notice names the number.
var numbered = mark()

// numbersTold yields the notices that count and name which visit of the year it is, with the events that recorded them.
func (s *State) numbersTold() iter.Seq2[uuid.UUID, int] {
	return func(yield func(uuid.UUID, int) bool) {
		if !s.is(numbered) {
			return
		}
		for f := range s.facts.Counting() {
			if d, is := f.Data.(*NoticePosted); is && d.Told != nil && d.Told.VisitOfYear != nil {
				if !yield(f.ID, *d.Told.VisitOfYear) {
					return
				}
			}
		}
	}
}

// Miscounted says of the notices of a visit that they name too low a number, where the plan wants the number on them (N07). before is
// that of [State.CapsBroken]. A number that is higher may be right: what others inspected before may be unknown here. A visit that is
// under no cap is not counted, so no number is wrong of it.
func (s *State) Miscounted(p *campaign.Policy, before func(authority string) int) (out []event.Deviation) {
	if !p.FullNotice || !s.Seen() || !s.is(numbered) || s.is(copied) || s.uncapped(p.CapExemptions) {
		return nil
	}
	leads := s.cover.authorities[0]
	n := before(leads) + 1
	for fact, stated := range s.numbersTold() {
		if stated < n {
			d := event.Flagged(law.N07, NoticeCountTooLow, law.Str("authority", leads), law.Int("inspections", n), law.Int("stated", stated))
			d.Fact = fact
			out = append(out, d)
		}
	}
	return out
}

// CountedAlike reports whether the notices of two states of a visit name the same numbers.
func CountedAlike(a, b *State) bool {
	type told struct {
		fact uuid.UUID
		n    int
	}
	list := func(s *State) (out []told) {
		for fact, n := range s.numbersTold() {
			out = append(out, told{fact, n})
		}
		return out
	}
	return slices.Equal(list(a), list(b))
}
