package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What the ledger says of a visit as a whole: pillar 13, it is a function of the facts that count.
//
// A judge of an event says what that event breaks by itself, once. What several facts say together is a
// rule of this file: a pure function of the visit's state after an event, asked when it reads that event.
// Package domain adds what became true and lets lapse what ceased to be. What one finding breaks by itself
// is asked again of its new version when a correction begins to count.

// standing is a rule of a visit as a whole, and the event types it reads: it says the same before and
// after every other event.
type standing struct {
	rule  law.Rule
	code  law.Code
	since visitMark // it says nothing before one of these; 0: it may always
	begin []string  // types of the events that set them
	reads []string  // types of the events that change what it says afterwards
	says  func(*State, *speech)
}

var (
	records     = []string{siteRecordSigned.Name, signatureRefused.Name}
	corrections = []string{"fact-corrected", "fact-withdrawn", oversight.Approval}
	closes      = []string{inspectionClosed.Name}
)

// standings are the rules of a visit as a whole.
var standings = []standing{
	{law.R42, law.LateRecord, recorded, records, []string{findingRecorded.Name, inspectionAttempted.Name}, lateRecord},
	{law.R43, law.LateCopy, recorded, nil, []string{copyDelivered.Name}, lateCopies},
	{law.R51, law.LateReview, reviewed, []string{leaderReviewed.Name},
		append([]string{findingRecorded.Name, inspectionAttempted.Name}, records...), lateReview},
	{law.R57, law.LateClosing, closed, closes, nil, lateClosing},
	{law.R20, law.LateRectification, 0, nil, []string{findingFixedOnSite.Name, orderIssued.Name}, lateRectification},
	{law.R08, law.IdenticalFindings, recorded, records, append([]string{findingRecorded.Name}, corrections...), identical},
	{law.R08, law.NoPhoto, recorded, records, append([]string{findingRecorded.Name, evidenceAttached.Name, findingFixedOnSite.Name,
		inspectionAttempted.Name}, corrections...), unseen},
	{law.R37, law.NoArrival, closed, closes, []string{inspectorArrived.Name, inspectionAttempted.Name},
		func(s *State, say *speech) { say.ofClosing(!s.is(attempted | arrived)) }},
	{law.R37, law.NoDeparture, closed, closes, []string{inspectorArrived.Name, inspectorDeparted.Name},
		func(s *State, say *speech) { say.ofClosing(s.is(arrived) && !s.is(departed)) }},
	{law.R38, law.NoConductDeclaration, closed, closes, []string{conductDeclared.Name, inspectionAttempted.Name},
		func(s *State, say *speech) { say.ofClosing(!s.is(attempted | declared)) }},
	{law.R57, law.InspectOnly, closed, closes, []string{findingRecorded.Name, orderIssued.Name, penaltyDecided.Name, noPenaltyDecided.Name,
		oversight.Approval},
		func(s *State, say *speech) {
			own := s.own()
			say.ofClosing(own > 0 && s.measures == 0 && s.unpunished(), law.Int("finding_count", own))
		}},
	{law.R57, law.EnforceNoPenalty, closed, closes, []string{orderIssued.Name, penaltyDecided.Name, noPenaltyDecided.Name,
		oversight.Approval},
		func(s *State, say *speech) {
			say.ofClosing(s.measures > 0 && s.unpunished(), law.Int("order_count", int(s.measures)))
		}},
	{law.R47, law.MajorWithoutStop, departed | recorded | closed, slices.Concat(records, closes, []string{inspectorDeparted.Name}),
		append([]string{orderIssued.Name}, corrections...), majorWithoutStop},
	{law.R41, law.MilderCorrection, 0, nil, append([]string{oversight.NoApproval}, corrections...), milder},
	{law.R20, law.CorrectedAfterClosing, closed, nil, append([]string{oversight.NoApproval}, corrections...), afterClosing},
}

// most is how many findings a rule speaks of at most, so that what one event entails fits into a block: the earliest.
const most = 100

// Lapses reports whether a statement with this code may lapse.
func Lapses(code law.Code) bool {
	return slices.Contains(ofFacts, code) || slices.Contains(ofRegisters, code) || slices.ContainsFunc(standings, func(r standing) bool { return r.code == code })
}

// ReadBy returns the codes of the rules of a visit as a whole that read an event type: what they say is the
// same before and after every other event.
func ReadBy(name string) (codes []law.Code) {
	of := readers[name]
	for i := range standings {
		if (of.begin|of.reads)&(1<<i) != 0 {
			codes = append(codes, standings[i].code)
		}
	}
	return codes
}

// readers has for each event type the rules that begin with it, and those that read it.
var readers = func() map[string]struct{ begin, reads uint16 } {
	m := map[string]struct{ begin, reads uint16 }{}
	for i, r := range standings {
		for _, name := range r.begin {
			b := m[name]
			b.begin |= 1 << i
			m[name] = b
		}
		for _, name := range r.reads {
			b := m[name]
			b.reads |= 1 << i
			m[name] = b
		}
	}
	return m
}()

// speech collects what rules say of a visit.
type speech struct {
	rule   *standing
	true   []event.Deviation
	asked  []event.Asked // kept for its memory
	asking               // what is owed
}

// say says something of a fact.
func (s *speech) say(fact uuid.UUID, values ...law.Value) { s.item(fact, "", values...) }

// item says of a fact what may hold for several items.
func (s *speech) item(fact uuid.UUID, item string, values ...law.Value) {
	d := event.Flagged(s.rule.rule, s.rule.code, values...)
	d.Fact, d.Item = fact, item
	s.true = append(s.true, d)
}

// late returns what of a kind was met late (pillar 12). The answer holds until the next question.
func (s *speech) late(k *owed) []obligation.Obligation {
	s.found = s.found[:0]
	s.ask(k)
	return s.found
}

// ofClosing says of the closing what holds.
func (s *speech) ofClosing(holds bool, values ...law.Value) {
	if holds {
		s.say(s.st.closeEvent, values...)
	}
}

// Asked returns the rules of the visit as a whole that an event asks, as a set of their places; st is the state
// before it.
func Asked(st *State, e *event.Event) (mask uint16) {
	if _, corrects := e.Data.(event.Correction); corrects && st != nil {
		return 1<<len(standings) - 1
	}
	if ref, _, answers := oversight.Answer(e.Data); answers && st != nil && st.facts.Waits(ref.ID()) != nil {
		return 1<<len(standings) - 1
	}
	of := readers[e.Type.Name]
	if of.begin|of.reads == 0 || st == nil {
		return 0
	}
	for i := range standings {
		if r, bit := &standings[i], uint16(1)<<i; of.begin&bit != 0 || of.reads&bit != 0 && (r.since == 0 || st.is(r.since)) {
			mask |= bit
		}
	}
	return mask
}

// Restate asks the rules that [Asked] returned for an event that [Decide] has accepted in the same scene, with
// the states before and after it, under the plan of the visit. It changes nothing. The answer holds until the next
// question in the scene.
func Restate(mask uint16, st, after *State, sc *Scene, p *campaign.Policy, e *event.Event) event.Restated {
	if sc.say == nil {
		sc.say = new(speech)
	}
	r := after.standing(sc.say, mask, p)
	if after.facts.Turns() != st.facts.Turns() {
		sc.retell(&r, st, after, p)
	}
	return r
}

// standing asks the rules of a mask.
func (s *State) standing(say *speech, mask uint16, p *campaign.Policy) (out event.Restated) {
	out.Asked = say.asked[:0]
	*say = speech{asking: asking{Terms: Terms{Policy: p}, st: s, late: true, found: say.found[:0]}}
	for i := range standings {
		if mask&(1<<i) == 0 {
			continue
		}
		say.rule = &standings[i]
		out.Asked = append(out.Asked, event.Asked{Code: say.rule.code})
		if say.rule.since == 0 || s.is(say.rule.since) {
			say.rule.says(s, say)
		}
	}
	out.True, say.true, say.asked = say.true, nil, out.Asked
	return out
}

// Standing asks all rules of the visit as a whole, under its plan.
func (s *State) Standing(p *campaign.Policy) []event.Deviation {
	return s.standing(new(speech), 1<<len(standings)-1, p).True
}

// identical: findings with the very text of an earlier one look like going through the motions (R08).
func identical(s *State, say *speech) {
	texts, n := make([]uint64, len(s.findings)), 0
	for i := range s.findings {
		if texts[i] = s.findings[i].text; n < most && texts[i] != 0 && slices.Contains(texts[:i], texts[i]) {
			say.say(s.findings[i].fact, law.Str("finding", s.findings[i].id))
			n++
		}
	}
}

// unseen: findings without any photo do too (R08).
func unseen(s *State, say *speech) {
	if own := s.own(); own > 0 && !s.is(photographed) && s.which(func(m findingMark) bool { return m&pictured != 0 }) == nil {
		say.say(s.recordEvent, law.Int("finding_count", own))
	}
}

// own is how many findings there are, those that an import states apart: imported facts entail nothing (pillar 17).
func (s *State) own() (n int) {
	for i := range s.findings {
		if s.findings[i].marks&importedFact == 0 {
			n++
		}
	}
	return n
}

// majorWithoutStop: a major hazard was left, and no measure ends the danger (R47). What an import states entails nothing.
func majorWithoutStop(s *State, say *speech) {
	n := 0
	for i := range s.findings {
		if f := &s.findings[i]; n < most && f.marks&(major|examined|halted|importedFact) == major|examined {
			say.say(f.fact, law.List("measures", stopOrders), law.Str("finding", f.id))
			n++
		}
	}
}

// unpunished: nobody was punished, and nobody decided that (R57).
func (s *State) unpunished() bool {
	return !s.is(excused) && s.which(func(m findingMark) bool { return m&punished != 0 }) == nil
}
