package simulate

import (
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/supervision"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// What the law since 2025 adds to a campaign whose profile has its plan (N01-N16): a visit has its kind and cause, is approved before,
// registered by a code, tells the firm its rights and then its result; a firm refuses one whose papers are missing; and the supervision
// body of enforcement examines that, hears complaints, and sends an authority its opinion. A plan of 2019 has none of it.

// Today is the profile whose plan asks for it.
const Today = "ankang-2026"

// today reports whether the law since 2025 is played.
func (g *Generator) today() bool { return g.Profile == Today }

// policy is that of the plan.
func (g *Generator) policy() campaign.Policy {
	if g.today() {
		for _, f := range g.city().Files {
			if f.Plan != nil {
				p := f.Plan.Policy
				p.EvidenceHours = nil // the photos here are hashes, of which nobody has the bytes
				return p
			}
		}
	}
	p := campaign.DefaultPolicy()
	p.ConfirmHours, p.ReceiptDays = new(24), new(7)
	p.ExplainDays, p.ConfirmDays = new(7), new(7)
	return p
}

// published gives the items of a checklist what the law wants published of them (N02).
func published(items []codetable.Item) {
	for i := range items {
		items[i].Inspects = "安全生产监督检查" + mark
		items[i].Standard = &codetable.Standard{Name: "GB/T 33000-2016 企业安全生产标准化基本规范", From: "2017-04-01"}
	}
}

// purpose is why a visit is made (N04); some are triggered, some special, a quarter of the rest is drawn at
// random, and of one in a hundred nobody says it.
func (g *Generator) purpose(n int) *inspection.Purpose {
	if !g.today() {
		return nil
	}
	c := g.chance(forToday, n)
	switch roll := c.Float64(); {
	case roll < 0.01:
		return nil
	case roll < 0.06:
		return &inspection.Purpose{Kind: "case", Cause: "triggered", Reason: "群众反映现场存在隐患" + mark}
	case roll < 0.2:
		return &inspection.Purpose{Kind: "special", Cause: "planned", PlanNo: "（安康）安办发〔模拟〕3号", PlanApprovedBy: "安康市人民政府" + mark,
			PlanFiledWith: "安康市司法局" + mark, PlanPublishedOn: g.date(g.Base.AddDate(0, 0, -10))}
	}
	return &inspection.Purpose{Kind: "daily", Cause: "planned", Random: c.Float64() < 0.25}
}

// told is what the notice tells (N07).
func (g *Generator) toldBy() *inspection.Told {
	if !g.today() {
		return nil
	}
	return &inspection.Told{Basis: "《中华人民共和国安全生产法》第六十五条", Cause: "年度安全生产监督检查计划" + mark, VisitOfYear: new(1),
		Prohibitions: "不得接受宴请、礼品，不得干扰正常生产经营", Recusal: true, Refusal: true, Complaint: "0915-0000000" + mark}
}

// scan registers the arrival by a code, or says that it will be made up (N06).
func (f *fieldVisit) scan() {
	if !f.g.today() {
		return
	}
	d := &inspection.CodeRecorded{Manner: "scanned", Code: "QY-" + f.place.id}
	if f.g.chance(forToday, -1-f.v.n).once(0.03) {
		d = &inspection.CodeRecorded{Manner: "made-up", Reason: "现场无信号，离开后补录"}
	}
	f.say("arrival-code-recorded", d)
}

// reservesAhead reports whether a visit is reserved online, in the morning, so that it can be approved before it begins.
func (g *Generator) reservesAhead(v *visit, p *place) bool {
	return g.today() && !v.offline && v.duplicateOf < 0 && !p.inField
}

// planToday plans what the law adds to a visit: that somebody approves it before (N03), or the office enters that when it hears of a
// visit of a team that was offline, and that the firm is told the result (N09). Of a few visits nobody does either.
func (g *Generator) planToday(v *visit, arrival, reviewed time.Time, p *papers, plan func(step)) {
	if !g.today() {
		return
	}
	approves := arrival.Add(20 * time.Second)
	if at, _ := g.place(v.n); g.reservesAhead(v, &at) {
		approves = v.begins.Add(-100 * time.Minute)
		plan(step{approves.Add(-20 * time.Minute), v.n, reserving, p})
	}
	if v.duplicateOf < 0 && v.n%97 != 5 {
		plan(step{approves, v.n, permission, p})
	}
	if !v.attempted && v.n%61 != 7 {
		plan(step{reviewed.Add(65 * time.Minute), v.n, resultTelling, p})
	}
}

// ofToday makes the request of such a step.
func (g *Generator) ofToday(s step) *Request {
	visit := g.inspectionID(s.n)
	if s.what == permission {
		v, b := g.visit(s.n), g.stepBatch(s, g.office())
		b.add("inspection-approved", event.Inspection, visit, v.begins.Add(-101*time.Minute),
			&inspection.Approved{ApprovedBy: g.officer(director),
				DocumentNo: fmt.Sprintf("（安康）检审〔模拟〕%d号", s.n+1)})
		return b.request(s.due)
	}
	b := g.stepBatch(s, g.actor(g.teamOf(s.n), drawInspectors(g.chance(forVisit, s.n))[0]))
	if s.what == reserving {
		v := g.visit(s.n)
		p, _ := g.place(s.n)
		b.add("assignment-reserved", event.Inspection, visit, s.written(), g.reservation(&v, &p))
		return b.request(s.due)
	}
	b.add("result-told", event.Inspection, visit, s.written(), &inspection.ResultTold{Result: "检查结果及整改要求见现场检查记录" + mark,
		On: g.date(s.written()), To: "安全负责人" + mark, Method: "in-person"})
	return b.request(s.due)
}

// ofSupervision are the acts of the supervision body of enforcement, and what they are about (N08, N10, N12).
func (g *Generator) ofSupervision() (acts []act) {
	if !g.today() {
		return nil
	}
	body := g.other(supervisor)
	acts = g.refusedEntry(body)
	v, p, ok := g.gravest(1)
	if !ok {
		return acts
	}
	visit, paper := g.inspectionID(v.n), p.authority()+"."+g.id+"-s1"
	complaint, seen := p.id+".c1", g.id+"-c2"
	faults := []string{"no-code"}
	say := func(name string, kind event.Kind, id string, d event.Data) func(*batch, time.Time) {
		return func(b *batch, at time.Time) { b.add(name, kind, id, at, d) }
	}
	return append(acts,
		act{g.at(12, 9, 0), event.Actor{Role: event.RoleInspectedParty, Unit: p.id},
			say("clue-received", clue.Name, complaint, &clue.Received{Inspection: visit, Faults: faults})},
		act{g.at(14, 9, 0), body, say("supervision-issued", supervision.Name, paper, &supervision.Issued{Form: "opinion", Inspection: visit,
			Faults: faults, Demand: "入企检查一律亮码，补办扫码登记" + mark, Document: "安司督〔模拟〕1号"})},
		act{g.at(14, 10, 0), body,
			say("clue-examined", clue.Name, complaint, &clue.Examined{Outcome: clue.Founded, Supervision: paper, Note: "反映情况属实" + mark})},
		act{g.at(15, 9, 0), body, say("clue-received", clue.Name, seen, &clue.Received{Inspection: visit, Faults: []string{"conduct"}})},
		act{g.at(16, 9, 0), body,
			say("clue-examined", clue.Name, seen, &clue.Examined{Outcome: clue.Misconduct, Note: "涉嫌接受吃请" + mark})},
		act{g.at(17, 9, 0), body,
			say("clue-transferred", clue.Name, seen, &clue.Transferred{To: "安康市纪委监委" + mark, Document: "安司移〔模拟〕1号"})},
		act{g.at(20, 9, 30), event.Actor{Role: event.RoleDepartment, Unit: p.authority()},
			say("supervision-answered", supervision.Name, paper, &supervision.Answered{Outcome: "corrected", Answer: "已补办扫码登记，对检查人员进行教育" + mark})},
	)
}

// refusedEntry: a firm does not let the inspectors in, because they show no approval, and was right.
func (g *Generator) refusedEntry(body event.Actor) []act {
	n, t, ok := g.spare()
	if !ok {
		return nil
	}
	p, _ := g.place(n)
	visit := event.VisitID(g.teamID(t), g.chance(forName, -4).id(g.at(9, 9, 0)))
	return []act{
		{g.at(9, 10, 0), g.actor(t, 1), func(b *batch, at time.Time) {
			say := func(before time.Duration, name string, d event.Data) *event.Event {
				return b.add(name, event.Inspection, visit, at.Add(-before), d)
			}
			say(50*time.Minute, "inspection-started", &inspection.Started{Subject: p.id, Team: g.teamID(t), Sector: p.trade.sector,
				VisitType:  "initial",
				Inspectors: []string{g.person(t, 1), g.person(t, 2)}, EnforcingAuthority: p.authority(),
				Purpose: &inspection.Purpose{Kind: "daily", Cause: "planned"}})
			b.keep("entry refused", say(40*time.Minute, "entry-refused", &inspection.EntryRefused{Faults: []string{"not-approved"},
				By: "法定代表人" + mark, Reason: "未出示检查审批手续"}))
			say(30*time.Minute, "inspection-attempted", &inspection.Attempted{Reason: "企业依法拒绝检查"})
		}},
		{g.at(11, 9, 0), body, func(b *batch, at time.Time) {
			b.add("refusal-examined", event.Inspection, visit, at, &inspection.RefusalExamined{Refusal: g.told["entry refused"].Event, Lawful: true,
				Opinion: "检查前未经批准，企业有权拒绝" + mark})
		}},
	}
}
