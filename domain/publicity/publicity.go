// Package publicity is what the media published of the campaign: R70, 开设专栏，加强专项行动宣传; and R71, what was exposed, which is
// withdrawn when it turns out to be otherwise, and is open until the hazard is put right.
package publicity

import (
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "publicity"

// Published says that something was published.
type Published struct {
	Outlet      string `json:"outlet" is:"text(200)" zh:"媒体" doc:"newspaper, station, site"`
	Column      string `json:"column,omitempty" is:"text(200)" zh:"专栏" doc:"in which column (R70)"`
	Title       string `json:"title" is:"text(300)" zh:"标题" doc:"its title"`
	PublishedOn string `json:"published_on" is:"date" zh:"发布日期" doc:"when"`
	URL         string `json:"url,omitempty" is:"text(500)" zh:"网址" doc:"where it can be read"`
	SHA256      string `json:"sha256,omitempty" is:"sha256" zh:"内容哈希" doc:"of what was published"`
	Exposure    string `json:"exposure,omitempty" is:"id" zh:"曝光" doc:"id of the approved exposure; left out: it exposes nobody"`
	Case        string `json:"case,omitempty" is:"id" zh:"案件" doc:"the case whose decision is made public (安全生产法 Art. 78)"`
	Penalty     string `json:"penalty,omitempty" is:"id" zh:"处罚编号" doc:"the decision, by its id in the case"`
}

// Withdrawn says that a publication was taken back (行政处罚法 Art. 48).
type Withdrawn struct {
	Reason string `json:"reason" is:"lines(2000)" zh:"撤回理由" doc:"why, as it is made public"`
	Notice string `json:"notice,omitempty" is:"text(500)" zh:"撤回公告" doc:"where that was made public"`
}

// The codes of a publication.
const (
	ExposureNotApproved         law.Code = "exposure-not-approved"
	PublicationAlreadyWithdrawn law.Code = "publication-already-withdrawn"
)

var (
	_ = law.Declare(law.OfPublicity, law.Text{Code: ExposureNotApproved, Acts: law.Refuses, Rules: []law.Rule{law.R71},
		TitleZH: "曝光未获批准", Title: "The exposure is not approved",
		SaysZH: "曝光 {exposure} 未获批准", Says: "exposure {exposure} is not approved",
		RemedyZH: "先追加 exposure-proposed，由另一人批准", Remedy: "append exposure-proposed and have another person approve it first"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: PublicationAlreadyWithdrawn, Acts: law.Refuses, Rules: []law.Rule{law.R71},
		TitleZH: "已撤回", Title: "It is withdrawn already",
		SaysZH: "{stream} 已撤回", Says: "{stream} is withdrawn already",
		RemedyZH: "无须再做", Remedy: "nothing is left to do"})
)

// State is one publication.
type State struct {
	Exposure  string
	Penalty   string // of its case, whose decision is published
	Published obligation.Fact
	Withdrawn obligation.Fact // zero event: it is not
	doubted   obligation.Fact // the first ground-changed
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// said takes over that the ledger says that what it rests on has changed.
func said(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.DeviationFlagged); ok && d.Code == string(law.GroundChanged) && s.doubted.Event == uuid.Nil {
		s.doubted = obligation.FactOf(e)
	}
}

// Doubted reports whether the ledger said so, or there is nothing to say it of: it is withdrawn.
func (s *State) Doubted() bool { return s.doubted.Event != uuid.Nil || s.Withdrawn.Event != uuid.Nil }

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: a decision that is made public stands; who is exposed was to be exposed by the yes of a second person (R71).
func (d *Published) Judge(j *judgement) *event.Refusal {
	if d.Case != "" {
		of := stream.StateOf[casefile.State](j.Scene, event.Stream{Kind: casefile.Name, ID: d.Case})
		if of == nil || !of.HasPenalty(d.Penalty) {
			return event.Refuse(law.R71, casefile.UnknownCase, law.Str("case", d.Case))
		}
		if of.Annulled(d.Penalty) {
			return event.Refuse(law.R41, casefile.PenaltyIsAnnulled, law.Str("penalty", d.Penalty))
		}
	}
	if d.Exposure == "" {
		return nil
	}
	of := stream.StateOf[exposure.State](j.Scene, event.Stream{Kind: exposure.Name, ID: d.Exposure})
	if of == nil || !of.Approved {
		return event.Refuse(law.R71, ExposureNotApproved, law.Str("exposure", d.Exposure))
	}
	return nil
}

// Judge: once.
func (d *Withdrawn) Judge(j *judgement) *event.Refusal {
	if j.State.Withdrawn.Event != uuid.Nil {
		return event.Refuse(law.R71, PublicationAlreadyWithdrawn, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

func (d *Published) Fold(s *State, e *event.Event) {
	s.Exposure, s.Penalty, s.Published = d.Exposure, d.Penalty, obligation.FactOf(e)
}

func (d *Withdrawn) Fold(s *State, e *event.Event) { s.Withdrawn = obligation.FactOf(e) }

// What is owed since a publication (R71).
var (
	owedWithdrawal = obligation.Kind{Name: "withdrawal", Owner: obligation.Office, From: obligation.Known, Rule: law.R71, Escalates: true,
		Opens: "deviation-flagged", Meets: "publication-withdrawn", Limit: "law: withdrawal, else withdrawal_days"}
	// Solved is owed until the hazard that was exposed is put right, 促使问题得到解决; package domain sees that in the visit.
	Solved = obligation.Kind{Name: "exposure-end", Owner: obligation.Office, Rule: law.R71,
		Opens: "publicity-published", Meets: "publication-withdrawn rectification-verified", Limit: "the order's date"}
)

// owes: three days, by the law of the day, or where it sets none by the plan.
func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if s.doubted.Event == uuid.Nil {
		return into
	}
	limit := t.Law("withdrawal", obligation.Date(s.doubted.Recorded))
	if limit.N == 0 {
		limit = t.Limit("withdrawal")
	}
	return append(into, s.Owed(&owedWithdrawal, &s.doubted, t.Due(limit, s.doubted.Recorded, s.doubted)))
}

// Owed is an obligation that ends with the withdrawal.
func (s *State) Owed(k *obligation.Kind, opening *obligation.Fact, due time.Time) obligation.Obligation {
	return obligation.Obligation{Kind: k, Opener: opening.Event, Opened: opening.Index, Recorded: opening.Recorded, Due: due,
		Met: s.Withdrawn.Event != uuid.Nil, MetAt: s.Withdrawn.Occurred}
}

// Ends is what is owed because findings were exposed: until the date of the orders about them, and met when all were put right, or the
// publication was withdrawn.
func (s *State) Ends(visit *inspection.State, findings []string) obligation.Obligation {
	var due, solved time.Time
	all := true
	for _, id := range findings {
		if d := visit.OrderedUntil(id); d.After(due) {
			due = d
		}
		switch at := visit.Repaired(id); {
		case at == nil:
			all = false
		case at.After(solved):
			solved = *at
		}
	}
	o := s.Owed(&Solved, &s.Published, due)
	if !o.Met && all && !solved.IsZero() {
		o.Met, o.MetAt = true, solved
	}
	return o
}

var publishers = []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment}

// Kind declares publications.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "宣传发布", Doc: "what was published of the campaign",
	Access: stream.Open(stream.Everybody), Yes: publishers,
}, stream.Rules[*State]{Said: said, Owes: owes, Obligations: []*obligation.Kind{&owedWithdrawal, &Solved}},
	stream.First((*Published).Judge, event.Type{Name: "publicity-published", Version: 1, Chinese: "宣传、曝光发布",
		Doc:   "A medium published something of the campaign, or exposed somebody.",
		Rules: []law.Rule{law.R41, law.R70, law.R71}, Append: publishers}),
	stream.Then((*Withdrawn).Judge, event.Type{Name: "publication-withdrawn", Version: 1, Chinese: "撤回发布",
		Doc:   "A publication was taken back.",
		Rules: []law.Rule{law.R71}, Append: publishers}),
)
