// Package inquiry is what the discipline commission notes of how teams work, and what it inquires into (R52, R53). Its streams are
// the commission's alone: for everybody else, the office included, they do not exist. A duty to inquire comes into one when the
// review of a team found a problem (R64); the inquiry itself is opened by people.
package inquiry

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind's.
const Name event.Kind = "inquiry"

// Observed is what an observer of the commission saw of a team's work and conduct (R52). The observer is the author.
type Observed struct {
	Team     string           `json:"team" is:"id" zh:"督查组" doc:"that was observed"`
	Entries  []uint64         `json:"entries" is:"position" many:"0…100" zh:"相关条目" doc:"positions of the entries that it is about"`
	Facts    event.Sealed     `json:"facts" zh:"跟踪督查情况" doc:"what was seen" opens:"discipline-commission"`
	Evidence []event.Evidence `json:"evidence" many:"0…50" zh:"证据" doc:"photos and scans"`
}

// Opened opens an inquiry: both elements, and what the ledger has of it (R53).
type Opened struct {
	Team        string       `json:"team,omitempty" is:"id" zh:"督查组" doc:"into whose work it inquires; a team or persons"`
	Persons     []string     `json:"persons" is:"id" many:"0…50 distinct" zh:"人员" doc:"into whose work it inquires"`
	Breach      string       `json:"breach,omitempty" is:"code(duty-breach)" zh:"履职不到位" doc:"which duty was not done; required"`
	Consequence string       `json:"consequence,omitempty" is:"code(bad-consequence)" zh:"不良后果" doc:"to which it led; required"`
	Entries     []uint64     `json:"entries" is:"position" many:"0…100" zh:"依据条目" doc:"positions of the entries that show it; at least one"`
	Facts       event.Sealed `json:"facts" zh:"立案情况" doc:"what is inquired into" opens:"discipline-commission"`
}

// Outcome ends an inquiry.
type Outcome struct {
	Result    string       `json:"result" is:"code(inquiry-result)" zh:"结论" doc:"what came of it"`
	DecidedBy string       `json:"decided_by" is:"text(200)" zh:"决定机关" doc:"who decided"`
	Decision  event.Sealed `json:"decision" zh:"处理决定" doc:"the decision and its reasons" opens:"discipline-commission"`
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: of a team that there is, and of entries that are recorded.
func (d *Observed) Judge(j *judgement) *event.Refusal {
	if r := knownTeam(j, law.R52, d.Team); r != nil {
		return r
	}
	return recorded(j, law.R52, d.Entries)
}

// Judge: into the work of somebody, who did not do a duty, which had a bad consequence, as entries show (R53). Once in a stream.
func (d *Opened) Judge(j *judgement) *event.Refusal {
	switch {
	case j.State != nil && j.State.opened != nil:
		return event.Refuse(law.R53, law.InquiryIsOpen, law.Str("stream", j.Event.Stream.String()))
	case d.Team == "" && len(d.Persons) == 0:
		return event.Refuse(law.R53, law.InquiryNeedsWhom)
	case len(d.Entries) == 0:
		return event.Refuse(law.R53, law.InquiryNeedsEntries)
	case d.Breach == "" || d.Consequence == "":
		return event.Refuse(law.R53, law.InquiryNeedsElements)
	}
	if d.Team != "" {
		if r := knownTeam(j, law.R53, d.Team); r != nil {
			return r
		}
	}
	for _, p := range d.Persons {
		if _, known := j.Scene.About(event.Stream{Kind: event.Person, ID: p}); !known {
			return event.Refuse(law.R53, law.UnknownPerson, law.Str("field", "persons"), law.List("persons", []string{p}))
		}
	}
	return recorded(j, law.R53, d.Entries)
}

// Judge: of an inquiry that is open.
func (d *Outcome) Judge(j *judgement) *event.Refusal {
	switch {
	case j.State.opened == nil:
		return event.Refuse(law.R53, law.NoInquiry, law.Str("stream", j.Event.Stream.String()))
	case j.State.ended != nil:
		return event.Refuse(law.R53, law.OutcomeRecordedAlready, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

func knownTeam(j *judgement, rule law.Rule, id string) *event.Refusal {
	if _, known := j.Scene.About(event.Stream{Kind: event.Team, ID: id}); !known {
		return event.Refuse(rule, law.UnknownTeam, law.Str("team", id))
	}
	return nil
}

// recorded refuses positions at which there is no entry yet.
func recorded(j *judgement, rule law.Rule, entries []uint64) *event.Refusal {
	for _, p := range entries {
		if p >= j.Event.Index {
			return event.Refuse(rule, law.EntryNotRecordedYet, law.Int("entry", p), law.Int("size", j.Event.Index))
		}
	}
	return nil
}

// State is one matter as the rules need it.
type State struct {
	duty    *obligation.Fact // a review found a problem, as the ledger says here
	opened  *obligation.Fact
	entered time.Time // when the inquiry was opened
	ended   *time.Time
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold keeps nothing: that the stream is there says it.
func (*Observed) Fold(*State, *event.Event) {}

// Fold opens the inquiry, which meets the duty.
func (*Opened) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	s.opened, s.entered = &f, f.Occurred
}

// Fold ends the inquiry.
func (*Outcome) Fold(s *State, e *event.Event) {
	at := e.Happened()
	s.ended = &at
}

// said folds what the ledger says of a review that found a problem: the commission's duty (R64), while that stands.
func said(s *State, e *event.Event) {
	if flags(e.Data) {
		f := obligation.FactOf(e)
		s.duty = &f
	}
	if d, ok := e.Data.(*oversight.StatementLapsed); ok && s.duty != nil && d.Statement == s.duty.Event.String() {
		s.duty = nil
	}
}

func flags(d event.Data) bool {
	f, ok := d.(*oversight.DeviationFlagged)
	return ok && f.Code == string(law.ReviewFoundProblem)
}

var (
	toOpen = obligation.Kind{Name: "inquiry", Owner: obligation.Commission, From: obligation.Known, Rule: law.R64, Escalates: true,
		Opens: "deviation-flagged", Meets: "disciplinary-inquiry-opened", Limit: "inquiry_days"}
	toEnd = obligation.Kind{Name: "inquiry-outcome", Owner: obligation.Commission, Rule: law.R53, Escalates: true,
		Opens: "disciplinary-inquiry-opened", Meets: "disciplinary-outcome-recorded", Limit: "outcome_days"}
)

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if s.duty != nil {
		var met *time.Time
		if s.opened != nil {
			met = &s.entered
		}
		into = append(into, t.Owe(&toOpen, s.duty, "", met))
	}
	if s.opened != nil {
		into = append(into, t.Owe(&toEnd, s.opened, "", s.ended))
	}
	return into
}

// Duty is what the ledger says in the commission's own stream when a review found a problem: the duty to inquire (R64).
func Duty(review event.Stream, team string, e *event.Event) event.Consequence {
	return event.Consequence{Name: "deviation-flagged", Stream: event.Stream{Kind: Name, ID: review.ID}, Data: &oversight.DeviationFlagged{
		Code: string(law.ReviewFoundProblem), Rule: law.R64.String(), Event: e.ID.String(),
		Values: law.Collect(law.Str("review", review.String()), law.Str("team", team))}}
}

var commission = []event.Role{event.RoleDisciplineCommission}

// Kind declares the commission's matters and their events. The ledger's word of a duty may begin a stream, too.
var Kind = func() stream.Kind {
	k, begins := declared, declared.Begins
	k.Begins = func(d event.Data) bool { return flags(d) || begins(d) }
	return k
}()

// about: a duty is of the campaign of the review.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*oversight.DeviationFlagged)
	if !ok {
		return event.About{}
	}
	review, _ := d.Values.Get("review").Any().(string)
	of, _ := event.ParseStream(review)
	a, _ := l.About(of)
	return event.About{Campaign: a.Campaign}
}

var declared = stream.Of(stream.Kind{
	Name: Name, Chinese: "执纪", Doc: "a matter of the discipline commission: what it observed and inquired into (R52, R53)",
	Access: stream.Restricted(event.RoleDisciplineCommission),
	Yes:    commission,
	About:  about,
}, stream.Rules[*State]{Said: said, Owes: owes, Obligations: []*obligation.Kind{&toOpen, &toEnd}},
	stream.Either((*Observed).Judge, event.Type{Name: "discipline-observation-recorded", Version: 1, Chinese: "跟踪督查记录",
		Doc:   "An observer of the commission noted how a team works. What was seen is a sealed text: see [docs/sealed.md](docs/sealed.md).",
		Rules: []law.Rule{law.R52, law.Pillar8}, Append: commission}),
	stream.Either((*Opened).Judge, event.Type{Name: "disciplinary-inquiry-opened", Version: 1, Chinese: "立案彻查",
		Doc: "The commission inquires into a duty that was not done and what came of it. In the stream `inquiry/` and the id of a review " +
			"of a team it meets the duty to inquire.",
		Rules: []law.Rule{law.R53, law.R64, law.Pillar8}, Append: commission}),
	stream.Then((*Outcome).Judge, event.Type{Name: "disciplinary-outcome-recorded", Version: 1, Chinese: "处理结论",
		Doc:   "The inquiry has its outcome. The decision is a sealed text.",
		Rules: []law.Rule{law.R53, law.Pillar8}, Append: commission}),
)
