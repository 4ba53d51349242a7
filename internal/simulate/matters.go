package simulate

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// What follows the accident: it is investigated and has its result (R11, R68), its enterprise is put on the blacklist, which the ledger
// proposes with the grade (R58), and what an inspection had found there is exposed (R71).

// listedYears is how long the enterprise stands on the list.
const listedYears = 3

func (g *Generator) accidentID() string { return g.id + "-a1" }

// planMatters plans them by their days.
func (g *Generator) planMatters(plan func(step)) {
	plan(step{g.at(23, 10, 0), 0, listingNotice, nil})
	plan(step{g.at(24, 9, 0), 0, exposing, nil})
	plan(step{g.at(24, 11, 0), 0, exposureAnswer, nil})
	plan(step{g.at(24, 15, 0), 0, publishing, nil})
	plan(step{g.at(25, 16, 0), 0, listingObjection, nil})
	plan(step{g.at(27, 10, 0), 0, listingEntry, nil})
	plan(step{g.at(27, 14, 0), 0, investigationEnd, nil})
}

// matter makes the request of such a step.
func (g *Generator) matter(s step) *Request {
	if g.foundThere == nil && (s.what == exposing || s.what == exposureAnswer) {
		return nil
	}
	author := g.office()
	if s.what == exposureAnswer || s.what == listingEntry {
		author = g.official(director)
	}
	b := g.stepBatch(s, author)
	p, _ := g.place(g.accidentVisit())
	listed := domain.ProposalStream(p.id, "accident-larger", g.accidentID()).ID
	paper := event.Evidence{SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte("paper "+p.id))), Size: 4096, MediaType: "application/pdf"}
	authority := "安康市应急管理局" + mark
	day := s.due.In(event.Beijing)
	switch s.what {
	case listingNotice:
		b.add("blacklist-notified", blacklist.Name, listed, s.written(), &blacklist.Notified{Authority: authority, DocumentNo: "（安康）应急告〔2019〕1号",
			Reasons: "发生较大生产安全事故，拟列入“黑名单”管理"})
	case listingObjection:
		b.add("blacklist-objected", blacklist.Name, listed, s.written(), &blacklist.Objected{Statement: "已停产整顿，请求从轻", OnBehalf: "法定代表人" + mark,
			Evidence: []event.Evidence{paper}})
	case listingEntry:
		b.add("blacklist-entered", blacklist.Name, listed, s.written(), &blacklist.Entered{List: "policy", DecisionNo: "（安康）应急黑〔2019〕1号",
			DecidedBy: authority, From: day.Format(time.DateOnly), Until: day.AddDate(listedYears, 0, 0).Format(time.DateOnly), Answer: "事故后果严重，不予采纳"})
	case exposing:
		d := &exposure.Proposed{Ground: "violation", Inspection: g.inspectionID(g.accidentVisit()), Findings: g.foundThere,
			Outlet: "安康日报" + mark, Content: "某企业存在安全隐患，后发生较大事故", Redacted: true,
			LegalReview: exposure.LegalReview{By: "法制科" + mark, On: day.Format(time.DateOnly), Opinion: "同意"}}
		b.add("exposure-proposed", exposure.Name, g.id+"-e1", s.written(), d)
		g.exposed = refTo(b.events[0])
	case exposureAnswer:
		b.add("approval-given", exposure.Name, g.id+"-e1", s.written(), approves(g.exposed))
	case publishing:
		b.add("publicity-published", publicity.Name, g.id+"-p1", s.written(), &publicity.Published{Outlet: "安康日报" + mark, Column: "安全生产专栏",
			Title: "专项督查检查行动启动以来成效", PublishedOn: day.Format(time.DateOnly)})
		if g.foundThere != nil {
			b.add("publicity-published", publicity.Name, g.id+"-p2", s.written(), &publicity.Published{Outlet: "安康日报" + mark,
				Title: "一企业隐患整改不力被曝光", PublishedOn: day.Format(time.DateOnly), Exposure: g.id + "-e1"})
		}
	default:
		g.investigated(b, s)
	}
	return b.request(s.due)
}

// investigated makes the end of the investigation, which is quick.
func (g *Generator) investigated(b *batch, s step) {
	city := "安康市人民政府" + mark
	say := func(name string, d event.Data) { b.add(name, event.Accident, g.accidentID(), s.written(), d) }
	say("investigation-reported", &accident.InvestigationReported{DocumentNo: "安事调〔2019〕1号", Responsibility: true,
		Causes: "未办理受限空间作业审批，盲目施救", Measures: "停产整顿，全员培训"})
	say("investigation-replied", &accident.InvestigationReplied{Government: city, DocumentNo: "安政函〔2019〕99号",
		ConclusionYear: s.due.In(event.Beijing).Year()})
	say("accident-result-recorded", &accident.ResultRecorded{Result: "responsible-punished", Summary: "追究三人责任", DecidedBy: city})
	say("social-impact-found", &accident.SocialImpactFound{Basis: "舆情平稳", FoundBy: city})
}

// noteFindings keeps what was found at the subject that has an accident later.
func (g *Generator) noteFindings(n int, r *Request) {
	if n != g.accidentVisit() {
		return
	}
	g.foundThere = nil
	for _, e := range r.Events {
		if d, ok := e.Data.(*inspection.FindingRecorded); ok {
			g.foundThere = append(g.foundThere, d.Finding)
		}
	}
}
