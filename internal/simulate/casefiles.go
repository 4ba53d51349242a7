package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// The case of the first grave visit: filed the same day, with a hearing, a decision that the authority itself revises, its service,
// its payment and its end (R41). Who investigates does not chair the hearing, and who decides does not collect.

const casePenalty = "C1"

// ofCase are the acts of the case.
func (g *Generator) ofCase() []act {
	v, p, ok := g.gravest(0)
	if !ok {
		return nil
	}
	stream := event.VisitID(p.authority(), g.chance(forName, -2).id(v.begins))
	say := func(name string, d func(at time.Time) event.Data) func(*batch, time.Time) {
		return func(b *batch, at time.Time) { b.add(name, casefile.Name, stream, at, d(at)) }
	}
	took := func(step, outcome, hearing string, people ...casefile.Participant) func(*batch, time.Time) {
		return say("case-step-recorded", func(time.Time) event.Data {
			return &casefile.StepRecorded{Step: step, Outcome: outcome, HearingOn: hearing, People: people}
		})
	}
	as := func(n int, part string) casefile.Participant {
		return casefile.Participant{Person: g.other(n).Person, Part: part}
	}
	party := casefile.Participant{Part: "party"}
	day := func(after, hour int) time.Time { return g.at(v.day+after, hour, 0) }
	fine := func(yuan int64) *event.Money { return &event.Money{Currency: "CNY", Amount: yuan * 100} }
	basis := []event.Citation{g.law.safetyAct("99")}
	one, two, head := g.other(firstOfTwo), g.other(secondOfTwo), g.other(chair)
	return []act{
		{g.arrival(&v).Add(20 * time.Minute), one, say("case-filed", func(time.Time) event.Data { return g.filing(&v, &p) })},
		{day(1, 9), one, took("inquiry", "", "", as(firstOfTwo, "investigator"), as(secondOfTwo, "investigator"), party)},
		{day(1, 15), one, say("prior-notice-served", func(time.Time) event.Data {
			return &casefile.Notified{Kind: "fine", Fine: fine(50_000), Facts: "存在重大事故隐患，未采取措施消除" + mark, LegalBasis: basis, Hearing: true,
				Receiver: "法定代表人" + mark}
		})},
		{day(2, 15), one, took("hearing-requested", "", "", party)},
		{day(2, 17), one, took("hearing-notified", "", g.date(day(14, 9)))},
		{day(14, 10), head, took("hearing-held", "partly", "", as(chair, "chair"), as(firstOfTwo, "investigator"), party)},
		{day(15, 9), g.other(reviewer), took("legal-review", "accepted", "", as(reviewer, "reviewer"))},
		{day(15, 11), head, took("collective-discussion", "accepted", "", as(chair, "member"), as(reviewer, "member"))},
		{day(15, 15), head, say("penalty-decided", func(time.Time) event.Data {
			return &casefile.PenaltyDecided{Inspection: g.inspectionID(v.n), Subject: p.id, Penalty: casePenalty, Findings: []string{"F1"},
				Kind: "fine", Fine: fine(50_000), DecidedBy: p.area.Chinese + p.trade.dept + mark, LegalBasis: basis, Final: true}
		})},
		{day(16, 9), one, took("decision-served", "", "", party)},
		{day(17, 10), head, say("decision-changed", func(time.Time) event.Data {
			return &casefile.DecisionChanged{Penalty: casePenalty, Change: "revised", By: "own-correction", Fine: fine(45_000),
				Reason: "当事人主动消除危害后果，从轻处罚"}
		})},
		{day(17, 15), g.office(), func(b *batch, at time.Time) {
			b.add("publicity-published", publicity.Name, g.id+"-p4", at, &publicity.Published{Outlet: "信用安康" + mark, Title: "行政处罚决定公示",
				PublishedOn: g.date(at), Case: stream, Penalty: casePenalty})
		}},
		{day(18, 10), two, say("payment-recorded", func(time.Time) event.Data {
			return &casefile.PaymentRecorded{Penalty: casePenalty, Direction: "paid", Amount: *fine(45_000), Receipt: "模拟票据-0001"}
		})},
		{day(19, 10), one, say("case-closed", func(time.Time) event.Data {
			return &casefile.Closed{Ground: "executed", Note: "罚款已缴清" + mark}
		})},
	}
}

// filing is that of what a visit found first.
func (g *Generator) filing(v *visit, p *place) *casefile.Filed {
	d := &casefile.Filed{Inspection: g.inspectionID(v.n), Subject: p.id, Findings: []string{"F1"}, Matter: "未采取措施消除重大事故隐患" + mark,
		Authority: p.authority(), ViolatedOn: g.date(v.begins)}
	for _, n := range []int{firstOfTwo, secondOfTwo} {
		d.Officers = append(d.Officers, casefile.Officer{Person: g.other(n).Person, Certificate: g.otherCertificate(n)})
	}
	return d
}
