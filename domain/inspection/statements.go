package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
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
	place int // among them: what they say of one event is recorded in this order
	rule  law.Rule
	code  law.Code
	since visitMark // it says nothing before one of these; 0: it may always
	begin []string  // types of the events that set them
	reads []string  // types of the events that change what it says afterwards
	says  func(*State, *speech)
	dated bool // it speaks of what was met after its date
	// under reports whether a plan asks for the rule; nil: every plan does. Only such a rule is asked of the event that begins a visit.
	under func(*campaign.Policy) bool
}

var (
	records     = []string{siteRecordSigned.Name, signatureRefused.Name}
	corrections = []string{"fact-corrected", "fact-withdrawn", oversight.Approval}
	closes      = []string{inspectionClosed.Name}
	decisions   = []string{order.IssuedType, casefile.PenaltyType, casefile.NoPenaltyType, casefile.ChangedType, oversight.Approval}
)

// most is how many findings a rule speaks of at most, so that what one event entails fits into a block: the earliest.
const most = 100

// Lapses reports whether a statement with this code may lapse.
func Lapses(code law.Code) bool {
	return slices.Contains([]law.Code{CapExceeded, NoticeCountTooLow, FindingNotCarried}, code) || numbering.OfDocuments(code) ||
		slices.Contains(ofFacts, code) || slices.Contains(byOrder, code) || slices.Contains(ofRegisters, code) ||
		slices.ContainsFunc(declared().standings, func(r standing) bool { return r.code == code })
}

// Dated reports whether a statement with this code says that something of a visit was met after its date.
func Dated(code law.Code) bool {
	return slices.ContainsFunc(declared().standings, func(r standing) bool { return r.dated && r.code == code })
}

// ReadBy returns the codes of the rules of a visit as a whole that read an event type: what they say is the
// same before and after every other event.
func ReadBy(name string) (codes []law.Code) {
	of := declared().readers[name]
	for i := range declared().standings {
		if (of.begin|of.reads)&(1<<i) != 0 {
			codes = append(codes, declared().standings[i].code)
		}
	}
	return codes
}

// reader are the rules that begin with an event type, and those that read it, as sets of their places in order.
type reader struct{ begin, reads uint64 }

// readersOf has for each event type who reads it.
func readersOf(standings []standing) map[string]reader {
	if len(standings) > 64 {
		panic("inspection: more than 64 rules of a visit as a whole")
	}
	m := map[string]reader{}
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
}

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
// before it, p the plan of the visit.
func Asked(st *State, p *campaign.Policy, e *event.Event) (mask uint64) {
	all := uint64(1)<<len(declared().standings) - 1
	if _, corrects := e.Data.(event.Correction); corrects && st != nil {
		return all
	}
	if ref, _, answers := oversight.Answer(e.Data); answers && st != nil && st.facts.Waits(ref.ID()) != nil {
		return all
	}
	if _, annuls := casefile.AnnulledBy(e.Data); annuls && st != nil { // what single facts break is said again, too
		return all
	}
	of := declared().readers[e.Type.Name]
	if of.begin|of.reads == 0 {
		return 0
	}
	for i := range declared().standings {
		r, bit := &declared().standings[i], uint64(1)<<i
		switch {
		case r.under != nil && !r.under(p), r.under == nil && st == nil:
		case of.begin&bit != 0, of.reads&bit != 0 && st != nil && (r.since == 0 || st.is(r.since)):
			mask |= bit
		}
	}
	return mask
}

// Restate asks the rules that [Asked] returned for an event that [Decide] has accepted in the same scene, with
// the states before and after it, under the plan of the visit. It changes nothing. The answer holds until the next
// question in the scene.
func Restate(mask uint64, st, after *State, sc *Scene, p *campaign.Policy, e *event.Event) event.Restated {
	if sc.say == nil {
		sc.say = new(speech)
	}
	t := Terms{Policy: p, Calendars: sc.Calendars, Judged: sc.Judged}
	r := after.standing(sc.say, mask, t)
	switch {
	case st == nil: // it begins
	case after.facts.Turns() != st.facts.Turns():
		sc.retell(&r, st, after, t)
	case len(after.annulled) != len(st.annulled):
		sc.recompare(&r, after, t, comparesPenalties)
	case len(after.decisions) != len(st.decisions) && after.delivered():
		sc.recompare(&r, after, t, comparesCopies)
	case ToldLate(st, e):
		sc.lookBack(&r, st, after, t, uuid.Nil)
	}
	return r
}

// standing asks the rules of a mask.
func (s *State) standing(say *speech, mask uint64, t Terms) (out event.Restated) {
	out.Asked = say.asked[:0]
	*say = speech{asking: asking{Terms: t, st: s, late: true, found: say.found[:0]}}
	for i := range declared().standings {
		if mask&(1<<i) == 0 {
			continue
		}
		say.rule = &declared().standings[i]
		out.Asked = append(out.Asked, event.Asked{Code: say.rule.code})
		if say.rule.since == 0 || s.is(say.rule.since) {
			say.rule.says(s, say)
		}
	}
	out.True, say.true, say.asked = say.true, nil, out.Asked
	return out
}

// Standing asks all rules of the visit as a whole, under its plan and the calendars.
func (s *State) Standing(t Terms) []event.Deviation {
	return s.standing(new(speech), 1<<len(declared().standings)-1, t).True
}

var _ = stands(standing{place: 60, rule: law.R08, code: law.IdenticalFindings, since: recorded, begin: records,
	reads: append([]string{findingRecorded.Name}, corrections...), says: identical})

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

var _ = stands(standing{place: 70, rule: law.R08, code: law.NoPhoto, since: recorded, begin: records,
	reads: append([]string{findingRecorded.Name, evidenceAttached.Name, findingFixedOnSite.Name, inspectionAttempted.Name}, corrections...),
	says:  unseen})

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

var _ = stands(standing{place: 130, rule: law.R47, code: law.MajorWithoutStop, since: departed | recorded | closed,
	begin: slices.Concat(records, closes, []string{inspectorDeparted.Name}),
	reads: append([]string{order.IssuedType}, corrections...), says: majorWithoutStop})

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

// 只检查不执法、只执法不处罚 (R57).
var (
	_ = stands(standing{place: 110, rule: law.R57, code: law.InspectOnly, since: closed, begin: closes,
		reads: append([]string{findingRecorded.Name}, decisions...),
		says: func(s *State, say *speech) {
			own := s.own()
			say.ofClosing(own > 0 && s.measures == 0 && s.unpunished(), law.Int("finding_count", own))
		}})
	_ = stands(standing{place: 120, rule: law.R57, code: law.EnforceNoPenalty, since: closed, begin: closes, reads: decisions,
		says: func(s *State, say *speech) {
			say.ofClosing(s.measures > 0 && s.unpunished(), law.Int("order_count", int(s.measures)))
		}})
)

// unpunished: nobody was punished, and nobody decided that (R57).
func (s *State) unpunished() bool {
	return !s.is(excused) && s.which(func(m findingMark) bool { return m&punished != 0 }) == nil
}
