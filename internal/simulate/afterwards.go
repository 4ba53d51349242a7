package simulate

import (
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// stepBatch starts the request of a step other than fieldwork.
func (g *Generator) stepBatch(s step, author event.Actor) *batch {
	return g.batch(author, g.chance(forStep, s.n*64+int(s.what)))
}

// written is when the author wrote what reaches the ledger at the due time of a step.
func (s step) written() time.Time { return s.due.Add(-30 * time.Second) }

// papers is what the requests of one visit leave for those that follow.
type papers struct {
	ready      *Request       // what the inspectors have written and not sent yet
	twice      bool           // it is sent again
	again      *Request       // the same, until then
	exemptions []*event.Event // no-penalty-decided of it
	violations []string       // findings that state a kind of violation
	asked      event.Ref      // the justification of a duplicate
	orders     []issued       // of the visit
	longer     event.Ref      // the extension of one
	record     event.Ref      // the site record
	document   string         // hash of it as a document
	subject    string         // that was visited
}

// write makes what the inspectors send later. Their device signs it now, when they leave, so that
// its chain has the order of the visits and not that of their arrival.
func (g *Generator) write(s step) {
	r := g.fieldwork(s.n)
	s.of.note(r)
	g.noteFindings(s.n, r)
	g.noteGrave(s.n, r)
	g.noteFine(r)
	if s.of.ready = r; s.of.twice {
		s.of.again = r.copy()
	}
}

// note keeps of a visit what is written about it later.
func (p *papers) note(r *Request) {
	for _, e := range r.Events {
		switch d := e.Data.(type) {
		case *inspection.Started:
			p.subject = d.Subject
		case *inspection.FindingRecorded:
			if d.Violation != "" {
				p.violations = append(p.violations, d.Finding)
			}
		case *casefile.NoPenaltyDecided:
			p.exemptions = append(p.exemptions, e)
		case *inspection.RecordSigned:
			p.record, p.document = refTo(e), d.DocumentHash
		case *inspection.SignatureRefused:
			p.record, p.document = refTo(e), d.DocumentHash
		case *order.Issued:
			p.orders = append(p.orders, issued{e.Stream.ID, e.ID.String(), d.Kind, d.Order, d.Due, d.Findings})
		}
	}
}

// sent hands out what was written.
func (s step) sent() (r *Request) {
	if s.what == resend {
		r, s.of.again = s.of.again, nil
	} else {
		r, s.of.ready = s.of.ready, nil
	}
	r.Recorded, r.Resend = s.due, s.what == resend
	return r
}

// writer is who makes the request of a step that follows the fieldwork.
func (g *Generator) writer(s step) event.Actor {
	team := g.teamOf(s.n)
	switch s.what {
	case approval:
		return g.official(director)
	case justification, review:
		return g.leading(team, s.due)
	}
	inspectors := drawInspectors(g.chance(forVisit, s.n))
	switch s.what {
	case confirmation:
		return g.actor(team, inspectors[1])
	case receipts:
		return event.Actor{Role: event.RoleInspectedParty, Unit: s.of.subject}
	}
	return g.actor(team, inspectors[0])
}

// afterwards makes the requests that follow the fieldwork of a visit.
func (g *Generator) afterwards(s step) *Request {
	b := g.stepBatch(s, g.writer(s))
	id := g.inspectionID(s.n)
	say := func(name string, data event.Data) { b.add(name, event.Inspection, id, s.written(), data) }
	switch s.what {
	case justification:
		say("duplicate-justified", &inspection.DuplicateJustified{Reason: "离线期间未收到预约信息，两组先后到场"})
		s.of.asked = refTo(b.events[0])
		return b.request(s.due)
	case approval: // half a minute after the justification
		say("approval-given", approves(s.of.asked))
		return b.request(s.due)
	case review:
		s.of.review(b, id, s.written())
		return b.request(s.due)
	case confirmation:
		say("record-confirmed", &inspection.RecordConfirmed{Event: s.of.record.Event, SHA256: s.of.record.SHA256})
		return b.request(s.due)
	case receipts:
		say("copy-acknowledged", &inspection.CopyAcknowledged{DocumentHash: s.of.document, Recipient: "subject", Receipt: "回执已签收" + mark})
		return b.request(s.due)
	case secondClaim:
		p, _ := g.place(s.n)
		b.add("assignment-reserved", event.Inspection, event.VisitID(b.author.Team, b.c.id(s.written())), s.written(), &inspection.Reserved{
			Subject: p.id, Team: b.author.Team, Sector: p.trade.sector, VisitType: "initial"})
		r := b.request(s.due)
		r.Refusal = "already-reserved"
		return r
	}
	say("inspection-closed", s.of.closing(s.n%9 == 0))
	r := b.request(s.due)
	if s.what == earlyClosing {
		r.Refusal = "closing-needs-copies"
	}
	return r
}

// closing says of violations why the measures beside the penalty are not applied, unless somebody forgets that (R55).
func (p *papers) closing(forgets bool) *inspection.Closed {
	d := new(inspection.Closed)
	if forgets || len(p.violations) == 0 {
		return d
	}
	for _, m := range []string{"shut", "expose", "punish", "prosecute"} {
		d.NotApplied = append(d.NotApplied, inspection.NotApplied{Measure: m, Findings: p.violations,
			Reason: "除已采取的措施外，情节未达到适用条件" + mark})
	}
	return d
}

// review is that of the leader, who also answers what is lawfully not punished.
func (p *papers) review(b *batch, visit string, at time.Time) {
	for _, exemption := range p.exemptions {
		b.add("approval-given", casefile.Name, exemption.Stream.ID, at, approves(refTo(exemption)))
	}
	b.add("leader-reviewed", event.Inspection, visit, at, &inspection.LeaderReviewed{
		Opinion: pick(b.c, []string{"情况属实，同意", "隐患认定准确，处置到位", "同意，跟踪整改"})})
}

// refTo names an event by the bytes in which it is sent.
func refTo(e *event.Event) event.Ref {
	if e.Bytes != nil {
		return e.Ident().Ref()
	}
	b, err := entry.Author(e)
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // the bodies are made here
	}
	c := *e
	c.Bytes = b
	return c.Ident().Ref()
}

func approves(ref event.Ref) *oversight.ApprovalGiven {
	return &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256, Reason: "情况属实，同意"}
}

// changeLeader hands a team to its deputy (R51).
func (g *Generator) changeLeader(s step) *Request {
	b := g.stepBatch(s, g.office())
	b.add("leader-changed", event.Team, g.teamID(s.n), s.written(), &team.LeaderChanged{
		From: g.person(s.n, 0), To: g.person(s.n, deputy), Handover: "移交在办检查事项和隐患台账",
	})
	return b.request(s.due)
}

// accidentVisit returns the number of the visit whose subject has an accident later: made in
// time by a team of the zone, in the first half of the campaign.
func (g *Generator) accidentVisit() int { return g.acc }

func (g *Generator) chooseAccident() int {
	for n := g.firstOf(2); n < g.firstOf(15); n++ {
		v, _ := g.single(n)
		if specialist(v.team) || v.late > 0 || v.attempted {
			continue
		}
		for _, a := range g.countiesOf(v.team) {
			if a.Code == hengkou {
				return n
			}
		}
	}
	return g.firstOf(2)
}

// accidentTrade is the sector of the enterprise of the accident.
func accidentTrade() *trade {
	for i := range trades {
		if trades[i].sector == "HAZCHEM" {
			return &trades[i]
		}
	}
	return &trades[0]
}

// accident makes its report, its casualties a day later, and its grade: a larger one (较大,
// R10), at an enterprise that had been inspected, so that the ledger opens a review (R44).
func (g *Generator) accident(s step) *Request {
	author := g.office()
	if s.what == accidentGrade {
		author = event.Actor{Role: event.RoleCityGovernment, Unit: "government-" + cityWide}
	}
	b := g.stepBatch(s, author)
	id := g.accidentID()
	happened := g.at(19, 9, 10)
	harm := func(deaths, serious, injured, yuan int64) accident.Harm {
		return accident.Harm{Deaths: &deaths, SeriousInjuries: &serious, Injured: &injured,
			DirectLoss: &event.Money{Currency: "CNY", Amount: yuan * 100}}
	}
	switch s.what {
	case accidentReport:
		p, _ := g.place(g.accidentVisit())
		b.add("accident-reported", event.Accident, id, s.written(), &accident.Reported{
			Subjects: []string{p.id}, Region: p.area.Code, Happened: happened, Kind: "poisoning-asphyxiation",
			Summary: "清理反应釜时发生中毒，救援人员盲目施救致伤亡扩大（模拟数据，非真实事故）",
			Harm:    harm(2, 3, 5, 1_800_000),
		})
	case accidentUpdate:
		b.add("accident-casualties-updated", event.Accident, id, s.written(), &accident.CasualtiesUpdated{
			Harm: harm(4, 1, 3, 5_200_000), Reason: "两名重伤人员经抢救无效死亡",
		})
	default:
		b.add("accident-graded", event.Accident, id, s.written(), &accident.Graded{
			Grade: "larger", StatisticalYear: happened.In(event.Beijing).Year(), DecidedBy: "安康市人民政府" + mark,
		})
		b.add("investigation-opened", event.Accident, id, s.written(), &accident.InvestigationOpened{Government: "安康市人民政府" + mark})
	}
	return b.request(s.due)
}

func (g *Generator) end(s step) *Request {
	b := g.stepBatch(s, g.office())
	end := b.add("campaign-ended", event.Campaign, g.id, s.written(), &campaign.Ended{Note: "专项督查检查行动结束" + mark})
	b.keep("end", end)
	return b.request(s.due)
}
