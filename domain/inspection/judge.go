package inspection

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The rules answer an event in one of three ways (pillar 2):
//
//   - refuse what cannot be: an unknown identity, an impossible order;
//   - gate the site record, the leader's review and the closing until every obligation is
//     met; a gate's refusal lists all that is missing, its code and rule are the first's;
//   - flag everything else: it happened, and is evidence.
//
// Imported events pass every gate and policy flag (R74); a contradiction within the record
// itself is flagged for them too.

// inTurn is the rule that an impossible order is refused under.
const inTurn = law.Pillar2

// stage says when in a visit an event has its place.
type stage int

const (
	opening    stage = 1 + iota // may begin the stream
	approach                    // needs a reservation or a start
	beside                      // needs a reservation or a start; may come after the closing
	onSite                      // needs a start; a fact of the visit itself
	afterwards                  // needs a start; may come after the closing
	record                      // needs a start; ends with the closing
	ending                      // needs a start or an attempt; ends with the closing
)

// fact is an event of a visit: it judges and folds itself.
type fact interface {
	event.Data
	judge(*judgement) *event.Refusal
	fold(*State, *event.Event)
}

// factOf returns the body of an event of a visit, in its own stream or in one that joins it; nil: it is none.
func factOf(d event.Data) fact {
	switch d := d.(type) {
	case fact:
		return d
	case *order.Issued:
		return issued{d}
	case *casefile.Filed:
		return filing{d}
	case *casefile.PenaltyDecided:
		return penal{d}
	case *casefile.NoPenaltyDecided:
		return impunity{d}
	case *casefile.DecisionChanged:
		return changed{d}
	case *order.Reported:
		return reported{d}
	case *order.Verified:
		return verified{d}
	case *order.Failed:
		return failed{d}
	case *order.Defied:
		return defied{d}
	case *order.ClosureProposed:
		return closure{d}
	}
	return nil
}

// stageOf is when in a visit an event of a type has its place. What lies in a stream of its own may come at any time.
func stageOf(t *event.Type) stage {
	if t.Kind != event.Inspection {
		return afterwards
	}
	return stage(t.Stage)
}

// disclosure is whether an event ends that its visit is hidden (R39).
type disclosure bool

const (
	hidden    disclosure = false // who is bound reads it once the visit is disclosed
	discloses disclosure = true
)

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement struct {
	st       *State
	sc       *Scene
	e        *event.Event
	imported bool
	flags    []event.Deviation
	// The times that are judged: those of e, or of the version of a fact that e makes count.
	occurred, latest time.Time
	asking           *asking // the last question to what is owed, kept for its memory; most events ask none
}

// Decide judges an event of a visit against its state (nil for a new stream) and the rest of
// the ledger. It changes nothing. The error is an *event.Refusal. Scene.Policy must be set unless
// the event is imported; for a visit that is under way the policy, period and team of the scene
// are those of the visit.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if st == nil {
		st = NewState()
	}
	j := &sc.j
	*j = judgement{st: st, sc: sc, e: e, imported: e.Assurance == event.Imported, occurred: e.Occurred, latest: e.Latest(),
		asking: j.asking}
	if r := j.decide(); r != nil {
		return nil, r
	}
	return j.flags, nil
}

// Join judges an event of a stream that names the visit, see [Decide]: beside what the rules of its own kind say.
func Join(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if st == nil {
		st = NewState()
	}
	j := &sc.j
	*j = judgement{st: st, sc: sc, e: e, imported: e.Assurance == event.Imported, occurred: e.Occurred, latest: e.Latest(),
		asking: j.asking}
	if r := j.join(); r != nil {
		return nil, r
	}
	return j.flags, nil
}

// join asks the rules about what they know of another stream. Who says yes there, its own kind judges.
func (j *judgement) join() *event.Refusal {
	if c, ok := j.e.Data.(event.Correction); ok {
		fact, _ := c.Corrects()
		if _, of := j.st.facts.Find(fact.ID()); !of {
			return nil
		}
		return j.decide()
	}
	if ref, yes, ok := oversight.Answer(j.e.Data); ok {
		if k := j.st.asked(ref.ID()); k >= 0 && yes {
			j.contradicted(j.st.waiting[k].exempted, punished)
		}
		w := j.st.facts.Waits(ref.ID())
		if w == nil || !yes {
			return nil
		}
		then := j.st.facts
		then.Grant(w, j.e.Index)
		return j.possible(&then, w.Fact)
	}
	if factOf(j.e.Data) == nil {
		return nil
	}
	return j.decide()
}

// decide asks the rules of all events, and then those of the event's body. Of other packages'
// events a visit's stream has deviations and explanations, which package domain judges, answers and corrections.
func (j *judgement) decide() *event.Refusal {
	if d := factOf(j.e.Data); d != nil {
		if j.st.facts.Withdrawn() {
			if j.e.Aside.Kind != "" && j.st.facts.Holds(j.e) {
				return nil // its orders and cases take their course without it
			}
			return event.Refuse(law.Pillar17, law.StreamWithdrawn, law.Str("stream", j.e.Stream.String()), law.Str("type", j.e.Type.Name))
		}
		if r := j.inPlace(stageOf(j.e.Type)); r != nil {
			return r
		}
		return d.judge(j)
	}
	switch d := j.e.Data.(type) {
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		if r := j.inPlace(afterwards); r != nil {
			return r
		}
		return j.answer(d)
	case event.Correction:
		if r := j.inPlace(afterwards); r != nil {
			return r
		}
		return j.correct(d)
	case *oversight.TermExtended:
		if r := j.inPlace(afterwards); r != nil {
			return r
		}
		return j.extend(d)
	case *oversight.DeviationFlagged, *oversight.DeviationExplained:
		return nil
	}
	return event.Elsewhere(j.e)
}

// inPlace asks the rules of all events, by when in a visit they have their place.
func (j *judgement) inPlace(at stage) *event.Refusal {
	if r := j.hourKnown(at); r != nil {
		return r
	}
	if r := j.inOrder(at); r != nil {
		return r
	}
	if r := j.inContext(at); r != nil {
		return r
	}
	j.clocks(at)
	j.ofTheVisit(at)
	return nil
}

// inOrder refuses what cannot come at this point of the visit.
func (j *judgement) inOrder(at stage) *event.Refusal {
	st, name := j.st, j.e.Type.Name
	if at == opening {
		return nil
	}
	if factOf(j.e.Data) == nil && st.facts.Len() > 0 { // what is said of facts
		return nil
	}
	need := started
	switch at {
	case approach, beside:
		need |= reserved
	case ending:
		need |= attempted
	}
	if !st.is(need) {
		return event.Refuse(inTurn, law.NotStarted, law.Str("type", name))
	}
	if !st.is(closed) || at == afterwards || at == beside || j.imported {
		return nil
	}
	// What was synchronised after the closing but happened before it is a late fact.
	if (at == onSite || at == approach) && !j.e.Occurred.After(st.closedAt) {
		j.flag(law.R20, law.LateAfterClosing, law.Str("type", name), law.At("occurred_at", j.e.Occurred), law.At("closed_at", st.closedAt))
		return nil
	}
	return event.Refuse(inTurn, law.InspectionClosed, law.Str("type", name), law.At("closed_at", st.closedAt))
}

// inContext refuses an event of another campaign or team than the visit's, and flags facts
// outside the campaign's period.
func (j *judgement) inContext(at stage) *event.Refusal {
	st, e := j.st, j.e
	if at == opening {
		return nil
	}
	if e.Campaign != "" && e.Campaign != st.campaign {
		return event.Refuse(law.R13, law.WrongCampaign, law.Str("visit_campaign", st.campaign), law.Str("campaign", e.Campaign))
	}
	if r := stream.OtherTeam(j.e, st.team); r != nil {
		return r
	}
	if _, attempt := e.Data.(*Attempted); !j.imported && (at == onSite || at == record || attempt) {
		j.ofTheCampaign()
	}
	return nil
}

// ofTheCampaign flags a fact outside the campaign's period, to which late ones are allowed some hours (R13).
func (j *judgement) ofTheCampaign() {
	if j.outside(time.Duration(j.sc.Policy.LateSyncHours) * time.Hour) {
		j.flag(law.R13, law.OutsideCampaign, law.Str("campaign", j.st.campaign), law.At("occurred_at", j.occurred),
			law.At("start_at", j.sc.CampaignStart), law.At("end_at", j.sc.CampaignEnd), law.Int("grace_hours", j.sc.Policy.LateSyncHours))
	}
}

// outside reports whether the fact cannot lie in the campaign's period, extended by grace.
// Of a fact whose time of day is unknown the whole day must lie outside.
func (j *judgement) outside(grace time.Duration) bool {
	if j.sc.CampaignEnd.IsZero() {
		return false
	}
	return j.latest.Before(j.sc.CampaignStart) || j.occurred.After(j.sc.CampaignEnd.Add(grace))
}

// flag notes a deviation. The fact stands.
func (j *judgement) flag(rule law.Rule, code law.Code, values ...law.Value) {
	j.flags = append(j.flags, event.Flagged(rule, code, values...))
}

// flagItem notes a deviation that a rule may find several times in one fact, for each item once.
func (j *judgement) flagItem(rule law.Rule, code law.Code, item string, values ...law.Value) {
	j.flag(rule, code, values...)
	j.flags[len(j.flags)-1].Item = item
}

// known refuses persons the ledger does not know, except in imports.
func (j *judgement) known(field string, persons ...string) *event.Refusal {
	if j.imported {
		return nil
	}
	var unknown []string
	for _, p := range persons {
		if !j.sc.Person(p, j.e.Occurred).Known && !slices.Contains(unknown, p) {
			unknown = append(unknown, p)
		}
	}
	if unknown == nil {
		return nil
	}
	return event.Refuse(law.R17, law.UnknownPerson, law.Str("field", field), law.List("persons", unknown))
}
