package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/interference"
	"github.com/anjian-ledger/anjian/domain/person"
	reviews "github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/tip"
)

// What is sealed before it is signed (pillar 8): tips, of which one is answered, one is not even accepted in time, and one comes from
// nobody known (R73); who was pressed (R49); what the discipline commission sees, inquires into and decides (R44, R52, R53); and why
// somebody inspects what the own unit supervises (R61).
func (g *Generator) ofSecrets() []act {
	if !g.Keys.known() {
		return nil
	}
	commission, pressed := g.other(observer), g.actor(g.teams-1, 2)
	acts := []act{
		{g.at(8, 9, 0), g.office(), func(b *batch, at time.Time) { b.tipped("overdue", "letter", "", at) }},
		{g.at(9, 9, 0), event.Actor{Role: event.RolePublic}, func(b *batch, at time.Time) { b.tipped("unnamed", "online", "", at) }},
		{g.at(10, 9, 0), g.office(), func(b *batch, at time.Time) { b.ofTip("unnamed", "tip-accepted", at, &tip.Accepted{}) }},
		{g.at(9, 20, 0), pressed, func(b *batch, at time.Time) {
			b.addSealed(true, "interference-reported", interference.Kind.Name, pressed.Person+".i1", at, "content", "有人来电，要求对某企业从轻处理（模拟）",
				func(s event.Sealed) event.Data { return &interference.Reported{Pressure: "intermediary", Content: s} })
		}},
		{g.at(10, 17, 0), commission, func(b *batch, at time.Time) {
			b.addSealed(true, "discipline-observation-recorded", inquiry.Name, g.id+"-o1", at, "facts", "督查组按规定出示证件，未接受宴请（模拟）",
				func(s event.Sealed) event.Data {
					return &inquiry.Observed{Team: g.teamID(0), Entries: []uint64{}, Facts: s, Evidence: []event.Evidence{}}
				})
		}},
		{g.at(26, 17, 0), commission, g.accountability},
	}
	return append(acts, append(g.answeredTip(commission), g.conflict()...)...)
}

func (g *Generator) tipID(name string) string { return g.id + "-" + name }

// tipped receives a tip.
func (b *batch) tipped(name, channel, subject string, at time.Time) {
	b.addSealed(false, "tip-received", tip.Name, b.g.tipID(name), at, "content", "反映企业夜间违规作业（模拟）", func(s event.Sealed) event.Data {
		return &tip.Received{Channel: channel, Violation: "risky-operation", Subject: subject, Content: s}
	})
}

func (b *batch) ofTip(name, what string, at time.Time, d event.Data) {
	b.add(what, tip.Name, b.g.tipID(name), at, d)
}

// answeredTip is a tip about the subject of an earlier visit: substantiated in part, answered, and then who reported is erased.
func (g *Generator) answeredTip(commission event.Actor) []act {
	var reporter event.Sealed
	n := g.firstOf(1)
	for p, _ := g.place(n); !g.registers(n, p) || g.visit(n).attempted; p, _ = g.place(n) {
		n++
	}
	about, _ := g.place(n)
	return []act{
		{g.at(5, 10, 0), g.office(), func(b *batch, at time.Time) {
			id := b.c.id(at.Truncate(time.Second))
			reporter = b.seal(true, id, "reporter", "群众（模拟），电话 000-0000-0000")
			b.put(id, "tip-received", tip.Name, g.tipID("tip"), at, &tip.Received{Channel: "hotline", Violation: "main-duty", Subject: about.id,
				Content: b.seal(false, id, "content", "反映企业消防设施损坏、无人值班（模拟）"), Reporter: &reporter})
		}},
		{g.at(6, 9, 30), g.office(), func(b *batch, at time.Time) {
			b.ofTip("tip", "tip-accepted", at, &tip.Accepted{Note: "已受理，组织核查"})
		}},
		{g.at(9, 16, 0), g.office(), func(b *batch, at time.Time) {
			b.ofTip("tip", "tip-investigated", at, &tip.Investigated{Result: "partly", Account: "消防设施损坏属实，值班人员在岗" + mark})
		}},
		{g.at(11, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.ofTip("tip", "tip-answered", at, &tip.Answered{Manner: "telephone", Summary: "已告知核查情况和整改要求"})
		}},
		{g.at(20, 17, 0), commission, func(b *batch, at time.Time) {
			b.add("evidence-erased", event.File, reporter.SHA256, at, &files.Erased{SHA256: reporter.SHA256, Ground: "purpose-achieved"})
		}},
	}
}

// accountability: of the accident the earlier visit is reviewed, and its team was not at fault.
func (g *Generator) accountability(b *batch, at time.Time) {
	in := domain.ReviewStream("accident", event.Stream{Kind: event.Accident, ID: g.accidentID()}, "",
		event.Stream{Kind: event.Inspection, ID: g.inspectionID(g.accidentVisit())})
	b.addSealed(false, "accountability-decided", in.Kind, in.ID, at, "decision", "督查组已按方案检查，隐患系事后产生（模拟）", func(s event.Sealed) event.Data {
		return &reviews.Decided{Grounds: []string{}, Basis: []event.Citation{}, DecidedBy: "安康市纪委监委" + mark, Decision: s}
	})
}

// conflict: somebody asks to inspect what the own unit supervises, where there is nobody else.
func (g *Generator) conflict() []act {
	who := g.actor(0, 1)
	return []act{
		{g.at(0, 7, 20), who, func(b *batch, at time.Time) {
			b.keep("conflict", b.addSealed(false, "conflict-declared", event.Person, who.Person, at, "reason", "本行业专业人员仅此一名（模拟）",
				func(s event.Sealed) event.Data {
					return &person.ConflictDeclared{Unit: "emergency-" + g.areas[0].Code, County: g.areas[0].Code, Sectors: []string{"MINE"},
						From: g.date(at), To: g.date(g.Base.Add(Length - time.Second)), Reason: s}
				}))
		}},
		{g.at(0, 7, 40), g.official(director), agree("conflict", event.Person, who.Person)},
	}
}

// inquired: the commission opens an inquiry into what the review of a team has found, and ends it.
func (g *Generator) inquired(stream, team, named string) []act {
	if !g.Keys.known() || g.Ledger == nil {
		return nil
	}
	return []act{
		{g.at(23, 16, 0), g.other(observer), func(b *batch, at time.Time) {
			ref, ok := g.told[named]
			if !ok {
				return
			}
			position, _ := g.behind(ref)
			b.addSealed(true, "disciplinary-inquiry-opened", inquiry.Name, stream, at, "facts", "督查组漏查隐患（模拟）",
				func(s event.Sealed) event.Data {
					return &inquiry.Opened{Team: team, Persons: []string{}, Breach: "missed-hazard", Consequence: "hazard-left",
						Entries: []uint64{position - 1}, Facts: s}
				})
			b.g.told["inquiry"] = ref
		}},
		{g.at(27, 17, 0), g.other(observer), func(b *batch, at time.Time) {
			if _, opened := g.told["inquiry"]; opened {
				b.addSealed(true, "disciplinary-outcome-recorded", inquiry.Name, stream, at, "decision", "对组长谈话提醒（模拟）",
					func(s event.Sealed) event.Data {
						return &inquiry.Outcome{Result: "talk", DecidedBy: "安康市纪委监委" + mark, Decision: s}
					})
			}
		}},
	}
}
