package simulate

import (
	"fmt"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// What the desks write: on what the campaign rests and what it is to reach (R03, R14, R29), who answers for what (R65), which numbers
// documents bear (R42), and what turned out otherwise.

// beginnings are the acts of the morning of the first day.
func (g *Generator) beginnings() []act {
	return []act{
		{g.at(0, 7, 0), g.office(), func(b *batch, at time.Time) {
			say := func(name string, d event.Data) { b.add(name, event.Campaign, g.id, at, d) }
			say("campaign-linked", &campaign.Linked{Level: "central", Document: "安全生产集中整治工作方案" + mark})
			say("campaign-linked", &campaign.Linked{Level: "provincial", Document: "全省安全生产百日集中整治行动方案" + mark})
			say("coverage-target-set", &campaign.CoverageTargetSet{Version: "1", Percent: 90})
			say("indicator-baseline-set", g.baseline())
		}},
		{g.at(0, 7, 5), g.office(), func(b *batch, at time.Time) {
			last := int64(numberOf(g.visits, 0))
			b.add("number-block-issued", numbering.Name, g.id+"-n1", at, &numbering.BlockIssued{Team: g.teamID(0), Authority: officeUnit,
				Document: numbering.Order, Year: g.Base.In(event.Beijing).Year(), Series: g.series(), First: 1, Last: last})
			b.add("number-voided", numbering.Name, g.id+"-n1", at, &numbering.NumberVoided{Number: last, Reason: "打印损坏" + mark})
		}},
		{g.at(0, 7, 10), g.office(), func(b *batch, at time.Time) {
			for _, n := range []int{inCharge, retired} {
				b.add("official-appointed", event.Person, g.other(n).Person, at, &person.OfficialAppointed{Post: []string{"局长", "副局长"}[n-inCharge],
					Unit: "emergency-" + hengkou, County: hengkou, Sectors: []string{accidentTrade().sector},
					From: g.date(g.Base.AddDate(-2, 0, n))})
			}
		}},
		{g.at(10, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.add("official-left", event.Person, g.other(retired).Person, at, &person.OfficialLeft{Post: "副局长", Unit: "emergency-" + hengkou,
				Last: g.date(at)})
		}},
		{g.at(0, 7, 15), g.other(observer), func(b *batch, at time.Time) {
			b.add("discipline-observer-assigned", event.Team, g.teamID(0), at, &team.ObserverAssigned{
				Observer: g.other(observer).Person, From: g.date(at)})
		}},
	}
}

// series is what stands before the numbers of the orders of the first team, which it is given in advance.
func (g *Generator) series() string {
	return fmt.Sprintf("（安）应急督（模拟%s）〔%s〕", strings.TrimPrefix(g.id, Prefix), g.date(g.Base)[:4])
}

// numberOf is the number of an order of a visit, from 1.
func numberOf(visit, order int) int { return visit*16 + order }

// baseline has the figures of the year before; there is to be no larger accident in the year of the one that happens.
func (g *Generator) baseline() *campaign.BaselineSet {
	before := func(t time.Time) string { return g.date(t.AddDate(-1, 0, 0)) }
	first, last := g.Base, g.Base.Add(Length-time.Second)
	d := &campaign.BaselineSet{Period: campaign.Period{From: g.date(first), To: g.date(last)},
		Base: campaign.Period{From: before(first), To: before(last)}, Source: "安全生产统计年报" + mark,
		NoLarger: g.at(19, 9, 0).In(event.Beijing).Year()}
	c := g.chance(forTables, 1)
	for _, a := range g.areas {
		d.Rows = append(d.Rows, campaign.Baseline{County: a.Code, Accidents: int64(c.between(1, 4)), Deaths: int64(c.between(0, 3)),
			Injured: int64(c.between(0, 6)), Loss: event.Money{Currency: "CNY", Amount: int64(c.between(5, 300)) * 10_000_00}})
	}
	return d
}

// ofPeople: somebody was entered as trained twice, and the deputy of a team goes home.
func (g *Generator) ofPeople() []act {
	twice, gone := g.person(0, 1), g.person(0, deputy)
	return []act{
		{g.at(5, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.keep("trained", b.add("inspector-trained", event.Person, twice, at, &person.Trained{Topic: "专项督查业务培训", Date: g.date(at)}))
		}},
		{g.at(5, 15, 0), g.office(), func(b *batch, at time.Time) {
			fact := g.told["trained"]
			b.keep("untrained", b.add("fact-withdrawn", event.Person, twice, at,
				&correction.FactWithdrawn{Fact: fact, Replaces: fact, Reason: "重复登记"}))
		}},
		{g.at(6, 9, 0), g.official(director), agree("untrained", event.Person, twice)},
		{g.at(15, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.add("member-left", event.Team, g.teamID(0), at, &team.MemberLeft{Person: gone, Reason: "工作需要，返回原单位"})
			b.add("secondment-ended", event.Person, gone, at, &person.SecondmentEnded{Team: g.teamID(0)})
			if d := g.devices[gone]; d != nil {
				b.add("key-revoked", event.Person, gone, at, &person.KeyRevoked{Key: d.Key.ID, Reason: "left"})
			}
		}},
	}
}

// ofPapers: a reservation that is given back, subjects that are excluded, or are not, a deviation that is explained, and a publication
// that is taken back.
func (g *Generator) ofPapers() (acts []act) {
	if n, t, ok := g.spare(); ok {
		p, _ := g.place(n)
		who := g.actor(t, 1)
		visit := event.VisitID(g.teamID(t), g.chance(forName, -3).id(g.at(3, 9, 0)))
		acts = append(acts, act{g.at(3, 9, 0), who, func(b *batch, at time.Time) {
			b.add("assignment-reserved", event.Inspection, visit, at, &inspection.Reserved{Subject: p.id, Team: g.teamID(t), Sector: p.trade.sector,
				VisitType: "initial", PlannedOn: g.date(at.AddDate(0, 0, 1))})
		}}, act{g.at(4, 9, 0), who, func(b *batch, at time.Time) {
			b.add("assignment-released", event.Inspection, visit, at, &inspection.Released{Reason: "企业停产检修，改期"})
		}})
	}
	if of := g.bystanders(2 + len(ofBystanders)); len(of) == 2+len(ofBystanders) {
		acts = append(acts, g.excluded(of[3].id, of[4].id)...)
	}
	if v, _, ok := g.gravest(0); ok {
		visit := g.inspectionID(v.n)
		acts = append(acts, act{g.at(12, 9, 0), g.official(director), func(b *batch, at time.Time) {
			if ref, ok := g.told["conduct"]; ok && g.Origin != "" { // the first thing that the ledger said of it
				flag := event.OwnID(g.Origin, "consequence", ref.Event, "0").String()
				b.keep("explanation", b.add("deviation-explained", event.Inspection, visit, at,
					&oversight.DeviationExplained{Deviation: flag, Explanation: "仅提供饮用水，未接受宴请"}))
			}
		}}, act{g.at(13, 9, 0), g.other(observer), agree("explanation", event.Inspection, visit)}) // which the commission accepts
	}
	return append(acts,
		act{g.at(20, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.add("publicity-published", publicity.Name, g.id+"-p3", at, &publicity.Published{Outlet: "安康日报" + mark, Title: "督查检查阶段成效",
				PublishedOn: g.date(at)})
		}},
		act{g.at(21, 9, 0), g.office(), func(b *batch, at time.Time) {
			b.add("publication-withdrawn", publicity.Name, g.id+"-p3", at, &publicity.Withdrawn{Reason: "数据有误，更正后重新发布"})
		}},
		act{g.at(27, 16, 0), g.office(), func(b *batch, at time.Time) {
			b.add("rectification-evaluated", event.Accident, g.accidentID(), at, &accident.RectificationEvaluated{EvaluatedBy: "安康市安委办" + mark,
				Outcome: "partly", Summary: "两项防范措施尚未完成" + mark})
		}})
}

// excluded: of two subjects one is excluded, and readmitted, and the other is not.
func (g *Generator) excluded(one, other string) []act {
	asks := func(name, id string) func(*batch, time.Time) {
		return func(b *batch, at time.Time) {
			b.keep(name, b.add("subject-excluded", event.Subject, id, at, &subject.Excluded{Reason: "长期停产，现场无人"}))
		}
	}
	return []act{
		{g.at(6, 10, 0), g.office(), asks("exclusion", one)},
		{g.at(6, 10, 5), g.office(), asks("no exclusion", other)},
		{g.at(7, 10, 0), g.official(director), agree("exclusion", event.Subject, one)},
		{g.at(7, 10, 5), g.official(director), func(b *batch, at time.Time) {
			ref := g.told["no exclusion"]
			b.add("approval-refused", event.Subject, other, at, &oversight.ApprovalRefused{Event: ref.Event, SHA256: ref.SHA256,
				Reason: "仍在生产，不予剔除"})
		}},
		{g.at(16, 10, 0), g.office(), func(b *batch, at time.Time) {
			b.add("subject-readmitted", event.Subject, one, at, &subject.Readmitted{Reason: "已恢复生产"})
		}},
	}
}

// spare is a subject that nobody visits, with a team that might.
func (g *Generator) spare() (n, t int, ok bool) {
	for n := g.visits; n < g.subjects(); n++ {
		for t := range g.teams {
			if g.sameScope(n, t) && n < g.subjects()-2-len(ofBystanders) {
				return n, t, true
			}
		}
	}
	return 0, 0, false
}

// ofReports: when the campaign is over, half of the teams report what the ledger shows, and so does the office (R62).
func (g *Generator) ofReports() (acts []act) {
	of := func() (at campaign.Replayable, ok bool) {
		end, ended := g.told["end"]
		if g.Ledger == nil || !ended {
			return at, false
		}
		at.Position, at.Root = g.behind(end)
		return at, true
	}
	for t := range (g.teams + 1) / 2 {
		at := g.Base.Add(Length + 33*time.Hour + time.Duration(t)*time.Minute)
		acts = append(acts, act{at, g.leading(t, at), func(b *batch, at time.Time) {
			if state, ok := of(); ok {
				b.add("team-report-submitted", event.Campaign, g.id, at, &campaign.TeamReportSubmitted{Team: g.teamID(t), Of: state,
					Narrative: "按方案完成督查任务" + mark})
			}
		}})
	}
	return append(acts, act{g.Base.Add(Length + 81*time.Hour), g.office(), func(b *batch, at time.Time) {
		if state, ok := of(); ok {
			b.add("campaign-report-published", event.Campaign, g.id, at, &campaign.ReportPublished{Of: state, Narrative: "专项督查检查行动总结" + mark})
		}
	}})
}
