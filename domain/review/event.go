// Package review is an accountability review: the ledger opens one for each problem at an inspected subject and each visit that
// had been there before (R44), and one for each official who answers for what had grave consequences (R66). People decide fault.
package review

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Opened is appended by the ledger: something went wrong after a visit to a subject, or in what an official answers for, so that
// the visit or the official is reviewed as known at Position. What is recorded later and was before joins when it is recorded.
type Opened struct {
	Problem  string `json:"problem" is:"code(review-problem)" zh:"问题" doc:"what went wrong"`
	Matter   string `json:"matter" is:"text(150)" zh:"所在流" doc:"the stream that says so, such as accident/a1"`
	Item     string `json:"item,omitempty" is:"text(100)" zh:"分项" doc:"which of several in that stream, such as a finding"`
	Subject  string `json:"subject,omitempty" is:"id" zh:"检查对象" doc:"where it went wrong; of a visit"`
	Reviewed string `json:"reviewed" is:"text(150)" zh:"倒查对象" doc:"stream of the earlier visit (R44), or of who held office (R66)"`
	Position uint64 `json:"position" is:"position" zh:"账本位置" doc:"size of the ledger when the review opened: the evidence is that of then"`
}

// Visit returns the id of the visit that is reviewed, "" when it is an official.
func (d *Opened) Visit() string { return d.of(event.Inspection) }

// Official returns the id of the person who is reviewed, "" when it is a visit.
func (d *Opened) Official() string { return d.of(event.Person) }

func (d *Opened) of(kind event.Kind) string {
	if s, err := event.ParseStream(d.Reviewed); err == nil && s.Kind == kind {
		return s.ID
	}
	return ""
}

// Decided says what people decided. The ledger judges no fault.
type Decided struct {
	Fault     bool             `json:"fault" zh:"是否失职" doc:"whether the duty was neglected"`
	Grounds   []string         `json:"grounds" is:"code(review-ground)" many:"0…3 distinct" zh:"责任事由" doc:"why; none without fault"`
	Basis     []event.Citation `json:"basis" many:"0…20" zh:"法律依据" doc:"by which it is decided"`
	DecidedBy string           `json:"decided_by" is:"text(200)" zh:"决定机关" doc:"who decided"`
	Decision  event.Sealed     `json:"decision" zh:"决定内容" doc:"the decision and its reasons" opens:"supervision-office discipline-commission"`
}

// Together says what Validate checks.
func (*Decided) Together() string { return "grounds are named where there is fault, and only there" }

// Validate checks what members say together.
func (d *Decided) Validate() error {
	var k event.Checker
	k.That(d.Fault == (len(d.Grounds) > 0), "grounds", law.FaultGroundsOfFault)
	return k.Err()
}

// The grounds on which an official is at fault; the others are those of a visit (R44).
const dutyNeglected = "duty-neglected"

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: the ledger alone opens a review, and knows why.
func (d *Opened) Judge(*judgement) *event.Refusal { return nil }

// Judge: once, on grounds of what is reviewed. What is decided though the review had lapsed is kept, and flagged.
func (d *Decided) Judge(j *judgement) *event.Refusal {
	st, rule := j.State, j.State.Rule()
	if st.Decision() != uuid.Nil {
		return event.Refuse(rule, law.ReviewAlreadyDecided, law.Str("stream", j.Event.Stream.String()))
	}
	if slices.ContainsFunc(d.Grounds, func(g string) bool { return (g == dutyNeglected) != st.official }) {
		return event.Refuse(rule, law.GroundOfAnotherReview, law.List("grounds", d.Grounds))
	}
	if !st.stands {
		j.Flag(event.Flagged(rule, law.DecidedAfterLapse, law.Str("stream", j.Event.Stream.String())))
	}
	return nil
}

// State is one review as the rules need it.
type State struct {
	opened   obligation.Fact
	decided  obligation.Fact // zero event: it is not
	stands   bool            // it has not lapsed
	official bool
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold opens the review, or opens it again.
func (d *Opened) Fold(s *State, e *event.Event) {
	s.opened, s.stands, s.official = obligation.FactOf(e), true, d.Official() != ""
}

// Fold keeps that, and when, it was decided.
func (*Decided) Fold(s *State, e *event.Event) {
	s.decided = obligation.FactOf(e)
}

// Rule is that by which somebody is reviewed.
func (s *State) Rule() law.Rule {
	if s.official {
		return law.R66
	}
	return law.R44
}

// Decision is the event with which people decided; the zero id: none did.
func (s *State) Decision() uuid.UUID { return s.decided.Event }

// said folds that the opening lapsed: what went wrong did not, or the visit was none.
func said(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.StatementLapsed); ok && d.Statement == s.opened.Event.String() {
		s.stands = false
	}
}

var accountability = obligation.Kind{Name: "accountability", Owner: obligation.Office, From: obligation.Known, Rule: law.R44,
	Escalates: true, Also: []law.Rule{law.R66},
	Opens: "accountability-review-opened", Meets: "accountability-decided", Limit: "accountability_days"}

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	var met *time.Time
	if s.decided.Event != uuid.Nil {
		met = &s.decided.Occurred
	} else if !s.stands {
		return into
	}
	return append(into, t.Owe(&accountability, &s.opened, "", met))
}

// about: a review is in the cell of what went wrong; that of a visit is of its campaign, and about the subject.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Opened)
	if !ok {
		return event.About{}
	}
	of, _ := event.ParseStream(d.Matter)
	a, _ := l.About(of)
	a.Subject, a.Team = d.Subject, ""
	if id := d.Visit(); id != "" {
		visit, _ := l.About(event.Stream{Kind: event.Inspection, ID: id})
		a.Campaign = visit.Campaign
	}
	return a
}

// Kind declares reviews and their events.
var Kind = stream.Of(stream.Kind{
	Name: event.Review, Chinese: "倒查", Doc: "an accountability review, one for each problem and visit (R44) or official (R66)",
	Access: stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission),
	About:  about,
}, stream.Rules[*State]{Said: said, Owes: owes, Obligations: []*obligation.Kind{&accountability}},
	stream.Either((*Opened).Judge, event.Type{Name: "accountability-review-opened", Version: 1, Chinese: "倒查启动",
		Doc: "The ledger opened a review: of one earlier visit to a subject where something went wrong, or of an official who answers for " +
			"what had grave consequences. People decide fault.",
		Rules: []law.Rule{law.R44, law.R66}, Append: []event.Role{event.RoleLedger}}),
	stream.Then((*Decided).Judge, event.Type{Name: "accountability-decided", Version: 1, Chinese: "责任追究决定",
		Doc: "People decided whether who is reviewed neglected a duty, and on which grounds. The decision is a sealed text: see " +
			"[docs/sealed.md](docs/sealed.md).",
		Rules: []law.Rule{law.R44, law.R66, law.Pillar8}, Append: []event.Role{event.RoleDisciplineCommission}}),
)
