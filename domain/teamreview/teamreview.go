// Package teamreview is the review of a team that found nothing (R63): the ledger flags it, the office sends others, and what these
// find is for the commission to inquire into (R64).
package teamreview

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Name is the kind's.
const Name event.Kind = "team-review"

// Flagged is appended by the ledger: in a window of days a team made so many visits and found nothing, and the time for records of
// the window to arrive is over. It lapses when a finding of the window arrives later.
type Flagged struct {
	Team        string `json:"team" is:"id" zh:"督查组" doc:"that found nothing"`
	From        string `json:"from" is:"date" zh:"起始日期" doc:"first day of the window"`
	To          string `json:"to" is:"date" zh:"截止日期" doc:"last day of the window"`
	Inspections int    `json:"inspections" is:"visits" zh:"检查次数" doc:"visits of the team that began in the window"`
	Least       int    `json:"least" is:"visits" zh:"起算次数" doc:"from how many on the plan in force counts (R63)"`
}

// Ordered sends people of another team to review a team.
type Ordered struct {
	Team        string   `json:"team,omitempty" is:"id" zh:"被复查督查组" doc:"that is reviewed; required without a flag of the ledger"`
	By          string   `json:"by" is:"id" zh:"复查组" doc:"the team that reviews"`
	Reviewers   []string `json:"reviewers" is:"id" many:"1…20 distinct" zh:"复查人员" doc:"of that team; none is or was of the reviewed one"`
	Inspections []string `json:"inspections" is:"id" many:"0…200 distinct" zh:"抽查检查" doc:"the visits that are looked at again"`
	Reason      string   `json:"reason,omitempty" is:"lines(2000)" zh:"事由" doc:"why, where the ledger did not flag the team"`
}

// Found is something that the review found.
type Found struct {
	Inspection string `json:"inspection" is:"id" zh:"复查检查" doc:"the visit of the review that recorded it"`
	Finding    string `json:"finding" is:"id" zh:"隐患编号" doc:"within that visit"`
	Existed    bool   `json:"existed" zh:"当时已存在" doc:"whether it existed at the first visit, by the evidence as of then; else it arose later"`
	First      string `json:"first,omitempty" is:"id" zh:"首次检查" doc:"the visit of the reviewed team that did not record it"`
}

// Completed says what the reviewers found.
type Completed struct {
	Inspections []string `json:"inspections" is:"id" many:"1…200 distinct" zh:"复查检查" doc:"the visits of the review"`
	Problem     bool     `json:"problem" zh:"是否发现问题" doc:"whether the review found a problem (R64)"`
	Findings    []Found  `json:"findings" many:"0…200" zh:"发现的问题" doc:"what it found; none without a problem"`
	Note        string   `json:"note,omitempty" is:"lines(4000)" zh:"复查情况" doc:"anything else"`
}

// Together says what Validate checks.
func (*Completed) Together() string {
	return "findings are there where there is a problem, and only there"
}

// Validate checks what members say together.
func (d *Completed) Validate() error {
	var k event.Checker
	k.That(d.Problem == (len(d.Findings) > 0), "findings", law.FaultFindsOfProblem)
	return k.Err()
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: the ledger alone flags a team.
func (d *Flagged) Judge(*judgement) *event.Refusal { return nil }

// Judge: once, of a team that there is, by people of another who never were of it (R63).
func (d *Ordered) Judge(j *judgement) *event.Refusal {
	reviewed := d.Team
	if st := j.State; st != nil {
		switch {
		case st.ordered != nil:
			return event.Refuse(law.R63, law.ReviewOrderedAlready, law.Str("stream", j.Event.Stream.String()))
		case reviewed != "" && reviewed != st.team:
			return event.Refuse(law.R63, law.ReviewOfAnotherTeam, law.Str("stream", j.Event.Stream.String()), law.Str("team", st.team),
				law.Str("named", reviewed))
		}
		reviewed = st.team
	}
	if reviewed == "" {
		return event.Refuse(law.R63, law.ReviewNamesNoTeam)
	}
	of, by := teamOf(j, reviewed), teamOf(j, d.By)
	switch {
	case of == nil:
		return event.Refuse(law.R63, law.UnknownTeam, law.Str("team", reviewed))
	case by == nil:
		return event.Refuse(law.R63, law.UnknownTeam, law.Str("team", d.By))
	}
	if own := which(d.Reviewers, func(p string) bool { return of.Knew(p) || reviewed == d.By }); own != nil {
		return event.Refuse(law.R63, law.ReviewerOfTheReviewed, law.List("persons", own), law.Str("team", reviewed))
	}
	if others := which(d.Reviewers, func(p string) bool { return !by.Has(p) }); others != nil {
		return event.Refuse(law.R63, law.ReviewerOfNoReviewTeam, law.List("persons", others), law.Str("team", d.By))
	}
	return nil
}

func teamOf(j *judgement, id string) *team.State {
	return stream.StateOf[team.State](j.Scene, event.Stream{Kind: event.Team, ID: id})
}

func which(all []string, is func(string) bool) (out []string) {
	for _, x := range all {
		if is(x) {
			out = append(out, x)
		}
	}
	return out
}

// Judge: once, by one of those who were sent, about visits of theirs (R63).
func (d *Completed) Judge(j *judgement) *event.Refusal {
	st := j.State
	switch {
	case !slices.Contains(st.reviewers, j.Event.Actor.Person):
		return event.Refuse(law.R63, law.NotAReviewer, law.Str("person", j.Event.Actor.Person), law.Str("stream", j.Event.Stream.String()))
	case st.completed != nil:
		return event.Refuse(law.R63, law.ReviewCompletedAlready, law.Str("stream", j.Event.Stream.String()))
	}
	other := which(d.Inspections, func(id string) bool {
		v := visit(j, id)
		return v == nil || v.Team() != st.by || v.VisitType() != string(Name) || !v.Seen()
	})
	for i := range d.Findings {
		if f := &d.Findings[i]; !slices.Contains(d.Inspections, f.Inspection) {
			other = append(other, f.Inspection)
		}
	}
	if other != nil {
		return event.Refuse(law.R63, law.NoVisitOfTheReview, law.List("inspections", other), law.Str("team", st.by))
	}
	for i := range d.Findings {
		if f := &d.Findings[i]; !visit(j, f.Inspection).HasFinding(f.Finding) {
			return event.Refuse(law.R63, law.UnknownFinding, law.List("findings", []string{f.Finding}))
		}
	}
	return nil
}

func visit(j *judgement, id string) *inspection.State {
	return stream.StateOf[inspection.State](j.Scene, event.Stream{Kind: event.Inspection, ID: id})
}

// State is one review of a team as the rules need it.
type State struct {
	team, by         string
	reviewers        []string
	flagged, ordered *obligation.Fact // flagged: while that stands
	sent, completed  *time.Time
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Order is the event that sent others; the zero id: nobody was sent.
func (s *State) Order() (sent uuid.UUID) {
	if s.ordered != nil {
		sent = s.ordered.Event
	}
	return sent
}

// Fold keeps that a review is to be ordered.
func (d *Flagged) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	s.team, s.flagged = d.Team, &f
}

// Fold keeps who was sent.
func (d *Ordered) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	if s.team == "" {
		s.team = d.Team
	}
	s.by, s.reviewers, s.ordered, s.sent = d.By, d.Reviewers, &f, &f.Occurred
}

// Fold keeps that, and when, the review was done.
func (*Completed) Fold(s *State, e *event.Event) {
	at := e.Happened()
	s.completed = &at
}

// said folds that the flag lapsed: a finding of the window arrived late.
func said(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.StatementLapsed); ok && s.flagged != nil && d.Statement == s.flagged.Event.String() {
		s.flagged = nil
	}
}

var (
	order = obligation.Kind{Name: "team-review-order", Owner: obligation.Office, From: obligation.Known, Rule: law.R63, Escalates: true,
		Opens: "zero-finding-team-flagged", Meets: "team-review-ordered", Limit: "review_order_days"}
	done = obligation.Kind{Name: "team-review", Owner: obligation.Reviewers, From: obligation.Known, Rule: law.R63, Field: true,
		Escalates: true,
		Opens:     "team-review-ordered", Meets: "review-inspection-completed", Limit: "review_days"}
)

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if s.flagged != nil {
		into = append(into, t.Owe(&order, s.flagged, "", s.sent))
	}
	if s.ordered != nil {
		into = append(into, t.Owe(&done, s.ordered, "", s.completed))
	}
	return into
}

// about: the flag is nobody's but the city's; from the order on the review is the reviewing team's, too.
func about(l stream.Ledger, e *event.Event) event.About {
	of := func(id string) (a event.About) {
		a, _ = l.About(event.Stream{Kind: event.Team, ID: id})
		return a
	}
	switch d := e.Data.(type) {
	case *Flagged:
		return event.About{Campaign: of(d.Team).Campaign}
	case *Ordered:
		reviewed := d.Team
		if st := stream.StateOf[State](l, e.Stream); st != nil {
			reviewed = st.team
		}
		return event.About{Campaign: of(reviewed).Campaign, Team: d.By}
	}
	return event.About{}
}

// entails: a problem opens the commission's duty, in a stream of its own (R64).
func entails(l stream.Ledger, e *event.Event) []event.Consequence {
	d, ok := e.Data.(*Completed)
	st := stream.StateOf[State](l, e.Stream)
	if !ok || !d.Problem || st == nil {
		return nil
	}
	return []event.Consequence{inquiry.Duty(e.Stream, st.team, e)}
}

var office = []event.Role{event.RoleSupervisionOffice}

// Kind declares reviews of teams and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "督查组复查", Doc: "the review of a team that found nothing (R63): the flag, who was sent, what they found",
	Access:  stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission).AndTeam(),
	About:   about,
	Moves:   func(d event.Data) bool { _, ok := d.(*Ordered); return ok },
	Entails: entails,
}, stream.Rules[*State]{Said: said, Owes: owes, Obligations: []*obligation.Kind{&order, &done}},
	stream.Either((*Flagged).Judge, event.Type{Name: "zero-finding-team-flagged", Version: 1, Chinese: "零发现督查组",
		Doc:   "A team found nothing in a window of days with enough visits, and nothing of it is still on the way: the office sends others.",
		Rules: []law.Rule{law.R63}, Append: []event.Role{event.RoleLedger}}),
	stream.Either((*Ordered).Judge, event.Type{Name: "team-review-ordered", Version: 1, Chinese: "派员复查",
		Doc:   "People of another team were sent to review a team. From here on their team knows of the review.",
		Rules: []law.Rule{law.R63}, Append: office}),
	stream.Then((*Completed).Judge, event.Type{Name: "review-inspection-completed", Version: 1, Chinese: "复查完成",
		Doc:    "The reviewers said what they found. A problem opens the commission's duty to inquire, in its own streams.",
		Rules:  []law.Rule{law.R63, law.R64},
		Append: []event.Role{event.RoleInspector, event.RoleTeamLeader}}),
)
