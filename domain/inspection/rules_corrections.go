package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// judge: a correction is judged by pillar 17: it names a finding of this visit by id and bytes, and the
// version that it replaces; it comes from the author's side, whose tokens always name a person, and from
// an import for its own records only. The original stays, so it may come at any time.
func (d *FactCorrected) judge(j *judgement) *event.Refusal {
	i := j.st.factIndex(d.Fact.ID())
	if i < 0 {
		return event.Refuse(law.R19, law.UnknownFact,
			"event %s recorded no finding of this inspection; other facts cannot be corrected yet", d.Fact.Event)
	}
	f := &j.st.findings[i]
	if _, same := d.Fact.Is(f.fact); !same {
		return oversight.OtherBytes(d.Fact)
	}
	if f.marks&foreignFact != 0 != j.imported || j.imported && j.e.Actor.Unit != j.st.source {
		return event.Refuse(law.Pillar17, law.NotYours,
			"finding %s is of another source; an imported fact is amended by its own source alone", f.id)
	}
	switch id, same := d.Replaces.Is(f.newest()); {
	case !id:
		return event.Refuse(law.Pillar17, law.StaleVersion,
			"finding %s has the version of event %s, not of %s", f.id, f.newest().Ref().Event, d.Replaces.Event)
	case !same:
		return oversight.OtherBytes(d.Replaces)
	}
	if d.Finding.Finding != f.id {
		return event.Refuse(law.Pillar17, law.AnotherFinding,
			"the event recorded finding %q, the correction names %q", f.id, d.Finding.Finding)
	}
	if d.Finding.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, "only imports may leave the level of finding %q unknown", f.id)
	}
	if d.Finding.Level == "major" && len(d.Finding.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, "finding %q becomes major, and only imports may leave the clause unknown", f.id)
	}
	if r := j.known("found_by", d.Finding.FoundBy...); r != nil {
		return r
	}
	if w := j.st.correctionOf(f); w >= 0 && j.st.waiting[w].by != j.e.Actor.Person {
		return event.Refuse(law.Pillar17, law.AnotherCorrectionWaits,
			"correction %s of finding %s, by %s, waits for approval", j.st.waiting[w].ID, f.id, j.st.waiting[w].by)
	}
	if !j.imported {
		j.correctionFlags(f, d)
	}
	return nil
}

// correctionFlags flags a correction to milder or unpunishable (R41), to a violation after its finding (R19),
// and one after the closing, which may undo what the closing asserted (R20).
func (j *judgement) correctionFlags(f *finding, d *FactCorrected) {
	now := content(d.Finding)
	if f.marks&^now&(major|punishable) != 0 {
		j.flag(law.R41, law.MilderCorrection, "finding %s becomes milder or unpunishable: %s", f.id, shorten(d.Reason))
	}
	j.violated(d.Finding, d.Occurred)
	if j.st.is(closed) {
		j.flag(law.R20, law.CorrectedAfterClosing, "finding %s was corrected after the closing: %s", f.id, shorten(d.Reason))
	}
}

// answer is a second person's: of the office, or the leader of the visiting team, who wrote
// nothing in this stream and inspected nothing (pillar 17).
func (j *judgement) answer(d event.Data) *event.Refusal {
	ref, yes, _ := oversight.Answer(d)
	k := j.st.asked(ref.ID())
	if k < 0 {
		return oversight.NothingWaits(j.e, ref)
	}
	if _, same := ref.Is(j.st.waiting[k].Ident); !same {
		return oversight.OtherBytes(ref)
	}
	if r := oversight.SecondPerson(j.e, j.st.people); r != nil {
		return r
	}
	if a := &j.e.Actor; a.Role == event.RoleTeamLeader && a.Person != j.sc.Team.Leader {
		return event.Refuse(law.Pillar17, law.NotTheLeader,
			"team %s is led by %q, the answer is by %q", j.st.team, j.sc.Team.Leader, a.Person)
	}
	if yes {
		j.contradicted(j.st.waiting[k].spared, punished)
	}
	return nil
}

// answers wants an answer to all that waits (pillar 17).
func (j *judgement) answers(g *gate) {
	for _, w := range j.st.waiting {
		rules, what := under(law.R31, law.Pillar17), "the justification"
		switch {
		case w.correction != nil:
			rules, what = under(law.R41, law.Pillar17), "the correction of finding "+w.correction.Finding.Finding
		case w.spared != nil:
			rules, what = under(law.R41, law.Pillar17), "the decision not to punish"
		}
		g.need(rules, law.ClosingNeedsApproval, "%s, event %s, waits for approval", what, w.ID)
	}
}
