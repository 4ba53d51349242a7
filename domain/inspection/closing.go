package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The end: R31, a second visit is explained; R51, 实行组长负责制: the leader reviews, never the own visit; the closing opens when every
// obligation is met (R19, R20, R41, R42, R43, R51, R56); R57, 只检查不执法、只执法不处罚 is flagged.

// DuplicateJustified explains a visit that was flagged as a duplicate (R31). It waits for the
// approval of a second person.
type DuplicateJustified struct {
	Reason string `json:"reason" is:"lines(2000)" zh:"理由" doc:"why a second visit was needed"`
}

var duplicateJustified = declare[DuplicateJustified](260, afterwards, hidden,
	event.Type{Name: "duplicate-justified", Version: 1, Chinese: "重复检查说明",
		Doc:   "Why a second visit was needed; a second person approves it.",
		Rules: []law.Rule{law.R31, law.Pillar17}, Append: append(leader, office...)})

// judge: a justification answers a flag, so there must be one (R31).
func (d *DuplicateJustified) judge(j *judgement) *event.Refusal {
	if j.st.second == 0 {
		return event.Refuse(law.R31, law.NotADuplicate)
	}
	return oversight.FirstPerson(j.e)
}

func (d *DuplicateJustified) fold(s *State, e *event.Event) {
	if e.Assurance != event.Imported {
		s.wait(waiting{event: e.ID, by: e.Actor.Person, since: obligation.FactOf(e)})
	}
}

// LeaderReviewed is the team leader's review, never of the leader's own visit (R51).
type LeaderReviewed struct {
	Opinion string `json:"opinion" is:"lines(4000)" zh:"审核意见" doc:"the leader's opinion"`
}

var leaderReviewed = declare[LeaderReviewed](270, ending, hidden, event.Type{Name: "leader-reviewed", Version: 1, Chinese: "组长审核",
	Doc:   "The team leader reviewed the visit.",
	Rules: []law.Rule{law.R51}, Append: leader})

// judge: a review is the leader's own act, never on the leader's own visit (R51).
func (d *LeaderReviewed) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	person, leader := j.e.Actor.Person, j.sc.Team.Leader
	if person == "" || person != leader {
		return event.Refuse(law.R51, law.NotTheLeader, law.Str("team", j.st.team), law.Str("leader", leader), law.Str("person", person))
	}
	if slices.Contains(j.st.open().inspectors, person) {
		return event.Refuse(law.R51, law.OwnInspection, law.Str("person", person))
	}
	if len(j.ask(owedRecord)) > 0 {
		return event.Refuse(law.R51, law.ReviewNeedsRecord)
	}
	return nil
}

func (d *LeaderReviewed) fold(*State, *event.Event) {}

// owedReview: the leader reviews what the inspectors bring, the site record, or an attempt that found
// nothing, within days of its being known (R51).
var owedReview = obliges(owed{place: 150, atClosing: law.ClosingNeedsReview, fades: true,
	Kind: obligation.Kind{Name: "leader-review", Owner: obligation.Leader, From: obligation.Known, Rule: law.R51, Escalates: true,
		Opens: "site-record-signed signature-refused inspection-attempted", Meets: "leader-reviewed", Limit: "leader_review_days"},
	rules: []law.Rule{law.R51}, reads: attempted | recorded | reviewed | happened(findingRecorded),
	void: func(s *State) bool { return !s.is(recorded) && len(s.findings) > 0 },
	of: func(q *asking) {
		if w := q.st.open(); w.account != nil {
			q.owe(&w.account.Fact, "", q.st.is(reviewed), w.firstAt(reviewed))
		}
	}})

var _ = stands(standing{place: 30, rule: law.R51, code: law.LateReview, since: reviewed, begin: []string{leaderReviewed.Name},
	reads: append([]string{findingRecorded.Name, inspectionAttempted.Name}, records...), says: lateReview})

// lateReview: the leader reviewed after the days there were (R51).
func lateReview(_ *State, say *speech) { say.lateDays(owedReview, say.Policy.LeaderReviewDays) }

var _ = stands(standing{place: 40, rule: law.R57, code: law.LateClosing, since: closed, begin: closes, says: lateClosing})

// lateClosing: so was it closed (R57).
func lateClosing(_ *State, say *speech) { say.lateDays(owedClosing, say.Policy.ClosingDays) }

// lateDays says that what has a number of days was late.
func (s *speech) lateDays(k *owed, days *int) {
	for _, o := range s.late(k) { // of a limit that the plan states
		s.item(o.Opener, o.Item, minutes("after_minutes", o.MetAt.Sub(o.Since)), law.Int("due_days", *days), law.At("due_at", o.Due))
	}
}

// lateHours says that what has a number of hours was late.
func (s *speech) lateHours(k *owed, hours *int) {
	for _, o := range s.late(k) { // of a limit that the plan states
		s.item(o.Opener, o.Item, minutes("after_minutes", o.MetAt.Sub(o.Since)), law.Int("due_hours", *hours), law.At("due_at", o.Due))
	}
}

// Closed ends the inspection; every obligation is met.
type Closed struct {
	NotApplied []NotApplied `json:"not_applied,omitempty" many:"0…20" zh:"未采取的措施" doc:"which of the four measures were not applied, and why"`
	Note       string       `json:"note,omitempty" is:"lines(2000)" correct:"freely" zh:"备注" doc:"anything else"`
}

var inspectionClosed = declare[Closed](280, ending, discloses, event.Type{Name: "inspection-closed", Version: 1, Chinese: "检查办结",
	Doc:   "Every obligation of the visit is met.",
	Rules: []law.Rule{law.R55}, Append: field})

// owedClosing: the leader closes within days of the record's being known, where the plan says so (R41, R57).
var owedClosing = obliges(owed{place: 160, fades: true,
	Kind: obligation.Kind{Name: "closing", Owner: obligation.Leader, From: obligation.Known, Rule: law.R57, Escalates: true,
		Also:  []law.Rule{law.R41},
		Opens: "site-record-signed signature-refused", Meets: "inspection-closed", Limit: "closing_days"},
	reads: attempted | recorded | closed,
	of: func(q *asking) {
		if w := q.st.open(); w.account != nil && q.st.is(recorded) && q.Policy.ClosingDays != nil {
			since := w.account.Fact
			if q.Judged != nil {
				since = q.known(since)
			}
			q.owe(&since, "", q.st.is(closed), w.firstAt(closed))
		}
	}})

// judge opens when every obligation of the visit is met.
func (d *Closed) judge(j *judgement) *event.Refusal {
	if j.imported {
		return nil
	}
	d.measures(j)
	return event.Held(j.open(declared().atClosing))
}

func (d *Closed) fold(s *State, e *event.Event) {
	s.examine()
	r := s.editRest()
	r.closedAt, r.closedAtIndex, r.closeEvent = e.Occurred, e.Index, e.ID
}
