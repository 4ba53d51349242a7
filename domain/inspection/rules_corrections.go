package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// correction is judged by pillar 17: it names a finding of this visit by id and bytes, and the
// version that it replaces; it comes from the author's side, whose tokens always name a person, and from
// an import for its own records only. The original stays, so it may come at any time.
func (j *judgement) correction(d *FactCorrected) *event.Refusal {
	i := j.st.factIndex(d.Fact.ID())
	if i < 0 {
		return event.Refuse(law.R19, law.UnknownFact, law.Str("event", d.Fact.Event))
	}
	f := &j.st.findings[i]
	if _, same := d.Fact.Is(f.fact); !same {
		return oversight.OtherBytes(d.Fact)
	}
	if f.marks&foreignFact != 0 != j.imported || j.imported && j.e.Actor.Unit != j.st.source {
		return event.Refuse(law.Pillar17, law.NotYours, law.Str("finding", f.id))
	}
	switch id, same := d.Replaces.Is(f.newest()); {
	case !id:
		return event.Refuse(law.Pillar17, law.StaleVersion,
			law.Str("finding", f.id), law.Str("newest", f.newest().Ref().Event), law.Str("replaces", d.Replaces.Event))
	case !same:
		return oversight.OtherBytes(d.Replaces)
	}
	if d.Finding.Finding != f.id {
		return event.Refuse(law.Pillar17, law.AnotherFinding, law.Str("finding", f.id), law.Str("named", d.Finding.Finding))
	}
	if d.Finding.Level == "" && !j.imported {
		return event.Refuse(law.R19, law.LevelRequired, law.Str("finding", f.id))
	}
	if d.Finding.Level == "major" && len(d.Finding.Clauses) == 0 && !j.imported {
		return event.Refuse(law.R19, law.ClauseRequired, law.Str("finding", f.id))
	}
	if r := j.known("found_by", d.Finding.FoundBy...); r != nil {
		return r
	}
	if w := j.st.correctionOf(f); w >= 0 && j.st.waiting[w].by != j.e.Actor.Person {
		return event.Refuse(law.Pillar17, law.AnotherCorrectionWaits,
			law.Str("correction", j.st.waiting[w].ID.String()), law.Str("finding", f.id), law.Str("person", j.st.waiting[w].by))
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
		j.flag(law.R41, law.MilderCorrection, law.Str("finding", f.id), law.Str("reason", d.Reason))
	}
	j.violated(d.Finding, d.Occurred)
	if j.st.is(closed) {
		j.flag(law.R20, law.CorrectedAfterClosing, law.Str("finding", f.id), law.Str("reason", d.Reason))
	}
}

// answer is a second person's: of the office, or the leader of the visiting team, who wrote
// nothing in this stream and inspected nothing (pillar 17).
func (j *judgement) answer(ref event.Ref, yes bool) *event.Refusal {
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
			law.Str("team", j.st.team), law.Str("leader", j.sc.Team.Leader), law.Str("person", a.Person))
	}
	if yes {
		j.contradicted(j.st.waiting[k].spared, punished)
	}
	return nil
}

// answers wants an answer to all that waits (pillar 17).
func (j *judgement) answers(g *gate) {
	for _, w := range j.st.waiting {
		rules, what, finding := under(law.R31, law.Pillar17), "justification", ""
		switch {
		case w.correction != nil:
			rules, what, finding = under(law.R41, law.Pillar17), "correction", w.correction.Finding.Finding
		case w.spared != nil:
			rules, what = under(law.R41, law.Pillar17), "pardon"
		}
		g.need(rules, law.ClosingNeedsApproval, law.Str("what", what), law.Str("finding", finding), law.Str("event", w.ID.String()))
	}
}
