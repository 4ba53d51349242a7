package inspection

import (
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Corrections: pillar 17, what was wrong is said, not undone; R41, and nothing becomes milder by one person's word.
//
// No rule of a visit has code for them. When a version of a fact begins to count, the state is made anew of the facts that count,
// and each of these is judged again in the state before it: what it breaks by itself is said or lapses, and
// what could not have happened any more refuses the correction.

// correct judges a correction or a withdrawal of a fact of this visit.
func (j *judgement) correct(c event.Correction) *event.Refusal {
	if !j.imported {
		if r := oversight.FirstPerson(j.e); r != nil {
			return r
		}
	}
	if r := j.st.facts.Judge(j.e, c); r != nil {
		return r
	}
	fact, _ := c.Corrects()
	if w := j.st.asked(fact.ID()); w >= 0 {
		return event.Refuse(law.Pillar17, law.AnswerFirst, law.Str("event", fact.Event))
	}
	then := j.st.facts
	then.Suppose(j.e, c)
	return j.possible(&then, fact.ID())
}

// possible refuses that a version of a fact counts when a fact that counts could not have happened then.
func (j *judgement) possible(then *facts.Log, turned uuid.UUID) *event.Refusal {
	agreed := then.Agreed()
	return facts.Possible(&j.st.facts, then, turned, func(l *facts.Log, fn func(*facts.Fact, *event.Refusal)) {
		j.sc.again(l, j.st.heard, j.sc.Plan, func(f *facts.Fact, _ []event.Deviation, r *event.Refusal) {
			if f.ID != turned && NeedsYes(f) && !agreed[f.ID] { // it does not count, so it rests on nothing
				r = nil
			}
			fn(f, r)
		})
	})
}

// NeedsYes reports whether a fact counts from a second person's yes on.
func NeedsYes(f *facts.Fact) bool {
	switch f.Original.(type) {
	case *casefile.NoPenaltyDecided, *DuplicateJustified, *oversight.TermExtended:
		return f.Assurance != event.Imported
	}
	return false
}

// again judges the facts that count once more, each in the state before it, and calls fn with what it breaks and with the refusal
// of what could not have happened; what a gate asks for is none. p is the plan of the visit, and beside what other streams say of it.
func (sc *Scene) again(log *facts.Log, beside *heard, p *campaign.Policy, fn func(*facts.Fact, []event.Deviation, *event.Refusal)) {
	sc.inTurn(log, log.Counting(), beside, p, fn)
}

// inTurn is [Scene.again] of some facts that count, in their order.
func (sc *Scene) inTurn(log *facts.Log, counting iter.Seq[facts.Fact], beside *heard, p *campaign.Policy,
	fn func(*facts.Fact, []event.Deviation, *event.Refusal)) {
	view := *sc
	view.Policy = p
	st := NewState()
	r := st.editRest()
	r.heard = beside
	r.ahead(log)
	for f := range counting {
		f.Looked()
		j := &judgement{st: st, sc: &view, e: f.Event, imported: f.Assurance == event.Imported, occurred: f.Occurred, latest: f.Latest()}
		ask := j.decide
		if ref, _, ok := oversight.Answer(f.Original); ok && joined(log, ref) {
			ask = j.join
		}
		r := ask()
		if r != nil && r.Open != nil {
			r = nil
		}
		if r != nil && f.Answers() { // what it answers does not count
			j.flags = nil
		}
		for i := range j.flags {
			j.flags[i].Fact = f.ID
		}
		fn(&f, j.flags, r)
		st.refold(&f)
		st.Forget(Terms{Policy: p}) // as it did
	}
}

// ofFacts are the codes of what one fact breaks in its visit, byOrder of what it breaks beside what happened before it in the visit;
// ofRegisters are those of what it breaks beside what teams, persons, subjects and campaigns were when it was recorded, which is asked
// again only of what is corrected; and those of toldLater when what these were is told later. Who wrote a fact, and whether he was of the
// visit then, no correction changes.
var (
	ofFacts = []law.Code{law.LateAfterClosing, law.ClockOrder, law.StartAfterRelease, law.StartDiffersFromReservation, law.TooFewInspectors,
		law.PlannedInThePast, law.BriefedAfterArrival, law.ItemsSkipped, law.AnsweredAgain,
		law.AdvanceNotice, law.BriefingHeard, law.Accompanied, law.Reception, law.ViolatedAfterFound, law.FindingAfterRecord,
		law.FixWithoutPhoto, law.DueBeforeIssued, law.DueFarOff, law.FineWithoutDecision, law.FinedAgain, law.PunishedAndExempted,
		law.KindBeyondAuthority, law.FineWithoutAmount, law.FineBeyondAuthority, law.UnknownRecipient, law.WrongDocument,
		order.ExtensionWithoutEffect, MeasureUnexplained, InvestmentNotStated, PurposeNotStated, SpecialPlanIncomplete, ItemWithoutBasis,
		StandardNotInForce, NoticeIncomplete, AssistantNotNamed}
	byOrder     = []law.Code{law.VisitTooShort, law.SectionsSkipped}
	ofRegisters = slices.Concat(toldLater, toldBefore)
	toldBefore  = []law.Code{OutsideOwnArea, OutsideAreaNotFiled, AuthorityNotListed, CoordinatingBodyInspects, CapReached}
	toldLater   = []law.Code{law.OutsideCampaign, law.TeamNotActive, law.CountyOutsideTeamScope,
		law.SectorOutsideTeamScope, law.SectorNotOfSubject, law.UntrainedInspector, law.InspectorNotInTeam, law.ConflictOfInterest,
		law.CertificateUnregistered, VisitAfterEnd, subject.HolidayWorkWithoutApproval, TooFewCertificates}
)

// The codes of what compares penalties with each other and with decisions not to punish, which one that is annulled turns; and copies with
// documents, which a decision turns.
var (
	comparesPenalties = []law.Code{law.FinedAgain, law.PunishedAndExempted, MeasureUnexplained}
	comparesCopies    = []law.Code{law.WrongDocument}
)

// recompare says again what compares facts with each other.
func (sc *Scene) recompare(r *event.Restated, after *State, t Terms, compares []law.Code) {
	for _, code := range compares {
		r.Asked = append(r.Asked, event.Asked{Code: code})
	}
	sc.again(&after.facts, after.heard, t.Policy, func(_ *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
		for i := range flags {
			if slices.Contains(compares, flags[i].Code) {
				r.True = append(r.True, flags[i])
			}
		}
	})
}

// retell says again what single facts break, after a version of one of them has begun to count.
func (sc *Scene) retell(r *event.Restated, before, after *State, t Terms) {
	turned, whole := after.facts.Newest(), before.facts.Withdrawn() != after.facts.Withdrawn()
	if whole {
		turned = uuid.Nil // all facts
	}
	for _, code := range ofFacts {
		r.Asked = append(r.Asked, event.Asked{Code: code})
	}
	for _, code := range byOrder {
		r.Asked = append(r.Asked, event.Asked{Code: code, Fact: turned})
	}
	was := sc.besideRegisters(before, t, turned)
	for _, code := range ofRegisters {
		broke := slices.ContainsFunc(was, func(s event.Statement) bool { return s.Code == code })
		if whole || broke || after.facts.Essential(&before.facts, turned) {
			r.Asked = append(r.Asked, event.Asked{Code: code, Fact: turned})
		}
	}
	r.Left = append(r.Left, was...)
	is := sc.besideRegisters(after, t, turned)
	r.Left = slices.DeleteFunc(r.Left, func(s event.Statement) bool { return !slices.Contains(is, s) })
	sc.again(&after.facts, after.heard, t.Policy, func(f *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
		for i := range flags {
			if s := &flags[i].Statement; r.Answers(s) && !slices.Contains(r.Left, *s) && !slices.Contains(byOrder, s.Code) {
				r.True = append(r.True, flags[i])
			}
		}
	})
	sc.lookBack(r, before, after, t, turned)
}

// ToldLate reports whether an event tells of a visit what may have happened before a fact that was compared with it (R37).
func ToldLate(st *State, e *event.Event) bool {
	return st != nil && st.is(departed) && tells(e.Data) && e.Assurance != event.Imported
}

// tells reports whether a departure is compared with a fact.
func tells(d event.Data) bool {
	switch d.(type) {
	case *Arrived, *SectionCompleted:
		return true
	}
	return false
}

// inHindsight is what facts break in a visit beside what happened before them, also where that was told later.
func (sc *Scene) inHindsight(st *State, t Terms) (all []event.Deviation) {
	take := func(flags []event.Deviation) {
		for i := range flags {
			if slices.Contains(byOrder, flags[i].Code) {
				all = append(all, flags[i])
			}
		}
	}
	sc.again(&st.facts, st.heard, t.Policy, func(_ *facts.Fact, flags []event.Deviation, _ *event.Refusal) { take(flags) })
	st.facts.Hindsight(tells, func(of *facts.Fact, known iter.Seq[facts.Fact]) {
		if _, compared := of.Data.(*Departed); !compared {
			return
		}
		all = slices.DeleteFunc(all, func(d event.Deviation) bool { return d.Fact == of.ID })
		sc.inTurn(&st.facts, known, st.heard, t.Policy, func(f *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
			if f.ID == of.ID {
				take(flags)
			}
		})
	})
	return all
}

// lookBack says again what facts break beside what happened before them: by difference, after a version of one of them (turned) has
// begun to count, or what happened before them was told.
func (sc *Scene) lookBack(r *event.Restated, before, after *State, t Terms, turned uuid.UUID) {
	was, is := sc.inHindsight(before, t), sc.inHindsight(after, t)
	if r.Asked == nil {
		r.Asked = []event.Asked{}
	}
	for i := range was {
		r.Asked = append(r.Asked, event.Asked{Code: was[i].Code, Fact: was[i].Fact})
	}
	for i := range is {
		s := &is[i].Statement
		same := slices.ContainsFunc(was, func(d event.Deviation) bool { return d.Statement == *s })
		if same && s.Fact != turned {
			r.Left = append(r.Left, *s) // as it was said, or not said
			continue
		}
		r.True = append(r.True, is[i])
	}
}

// besideRegisters is what a fact breaks beside the registers of today by what counts in a state; the zero id: each fact. A correction
// is asked what it changes of that, since the registers of when the fact was recorded are not kept: what others have changed since
// neither flags a fact nor clears it.
func (sc *Scene) besideRegisters(st *State, t Terms, fact uuid.UUID) (all []event.Statement) {
	for _, d := range besideAll(st, sc, t.Policy) {
		if fact == uuid.Nil || d.Fact == fact {
			all = append(all, d.Statement)
		}
	}
	return all
}

// besideAll is what the facts of a visit break beside what the scene shows of campaigns, teams, persons and subjects, under its plan.
func besideAll(st *State, sc *Scene, p *campaign.Policy) (all []event.Deviation) {
	sc.again(&st.facts, st.heard, p, func(_ *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
		for i := range flags {
			if slices.Contains(ofRegisters, flags[i].Code) {
				all = append(all, flags[i])
			}
		}
	})
	return all
}

// Beside is what is true of a visit under its plan beside what the scene shows of its campaign, its team, its people and its subject, of
// that which may be told later than the visit.
func Beside(st *State, sc *Scene, p *campaign.Policy) (r event.Restated) {
	for _, code := range toldLater {
		r.Asked = append(r.Asked, event.Asked{Code: code})
	}
	r.True = besideAll(st, sc, p)
	if st.is(departed) {
		r.Asked = append(r.Asked, event.Asked{Code: law.VisitTooShort}) // by the subject's kind
		r.True = append(r.True, sc.inHindsight(st, Terms{Policy: p})...)
	}
	r.True = slices.DeleteFunc(r.True, func(d event.Deviation) bool { return !r.Answers(&d.Statement) })
	return r
}

var _ = stands(standing{place: 140, rule: law.R41, code: law.MilderCorrection,
	reads: append([]string{oversight.NoApproval}, corrections...), says: milder})

// milder: a correction makes a finding milder, or unpunishable, than it was first stated, or takes it back (R41).
func milder(s *State, say *speech) {
	s.facts.EachVersion(func(f *facts.Fact, by uuid.UUID, _ uint64, reason string) {
		d, is := f.Original.(*FindingRecorded)
		if !is || f.Assurance == event.Imported {
			return
		}
		const weighty = major | punishable
		now, _ := f.Data.(*FindingRecorded)
		if was := content(d) & weighty; was != 0 && (now == nil || was&^content(now) != 0) {
			say.say(by, law.Str("finding", d.Finding), law.Str("reason", reason))
		}
	})
}

var _ = stands(standing{place: 150, rule: law.R20, code: law.CorrectedAfterClosing, since: closed,
	reads: append([]string{oversight.NoApproval}, corrections...), says: afterClosing})

// afterClosing: a correction says something else than what the closing rested on (R20).
func afterClosing(s *State, say *speech) {
	s.facts.EachVersion(func(f *facts.Fact, by uuid.UUID, since uint64, reason string) {
		if since < s.closedAtIndex || f.Index > s.closedAtIndex || f.Assurance == event.Imported {
			return
		}
		was, _ := s.facts.At(f.ID, s.closedAtIndex)
		if (was.Data == nil) != (f.Data == nil) || f.Data != nil && !facts.Same(&was, f) {
			say.say(by, law.Str("type", f.Type.Name), law.Str("reason", reason))
		}
	})
}

// Waits reports whether a correction waits for a second person's yes.
func (s *State) Waits(id uuid.UUID) bool { return s.facts.Waits(id) != nil }

// Log is the facts of the visit. The caller must not change it.
func (s *State) Log() *facts.Log { return &s.facts }
