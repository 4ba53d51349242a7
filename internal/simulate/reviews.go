package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

// ofReview sends people of the second team to look again at what another one visited (R63). They visit one enterprise, and when they
// find something, the commission inquires into it (R64). Which teams found nothing the ledger says itself.
func (g *Generator) ofReview() []act {
	n := g.reviewedVisit()
	if n < 0 {
		return nil
	}
	reviewed, by := g.teamOf(n), 1
	stream, leaves := g.id+"-r1", g.at(22, 12, 0)
	acts := []act{
		{g.at(21, 15, 0), g.office(), func(b *batch, at time.Time) {
			b.add("team-review-ordered", teamreview.Name, stream, at, &teamreview.Ordered{Team: g.teamID(reviewed), By: g.teamID(by),
				Reviewers: []string{g.person(by, 1), g.person(by, 2)}, Inspections: []string{g.inspectionID(n)}, Reason: "隐患发现率偏低" + mark})
		}},
		{leaves, g.actor(by, 1), func(b *batch, _ time.Time) { g.lookAgain(b, n, by, leaves.Add(-2*time.Hour)) }},
		{g.at(22, 14, 0), g.leading(by, leaves), func(b *batch, at time.Time) { g.lookedAgain.papers.review(b, g.lookedAgain.id, at) }},
		{g.at(22, 14, 5), g.actor(by, 2), func(b *batch, at time.Time) {
			record := g.lookedAgain.papers.record
			b.add("record-confirmed", event.Inspection, g.lookedAgain.id, at,
				&inspection.RecordConfirmed{Event: record.Event, SHA256: record.SHA256})
		}},
		{g.at(22, 14, 10), g.actor(by, 1), func(b *batch, at time.Time) {
			b.add("inspection-closed", event.Inspection, g.lookedAgain.id, at, g.lookedAgain.papers.closing(false))
		}},
		{g.at(22, 17, 0), g.actor(by, 1), func(b *batch, at time.Time) {
			visit := g.lookedAgain
			d := &teamreview.Completed{Inspections: []string{visit.id}, Problem: len(visit.findings) > 0, Findings: []teamreview.Found{}}
			for _, f := range visit.findings {
				d.Findings = append(d.Findings, teamreview.Found{Inspection: visit.id, Finding: f.Finding, Existed: true, First: g.inspectionID(n)})
			}
			e := b.add("review-inspection-completed", teamreview.Name, stream, at, d)
			if d.Problem {
				b.keep("reviewed", e)
			}
		}},
	}
	return append(acts, g.inquired(stream, g.teamID(reviewed), "reviewed")...)
}

// reviewedVisit is a visit of the days before the review that the second team might have made; -1: there is none.
func (g *Generator) reviewedVisit() int {
	for n := g.firstOf(20) - 1; n > 0 && g.teams > 1; n-- {
		v := g.visit(n)
		if v.team != 1 && !v.attempted && v.late == 0 && v.duplicateOf < 0 && g.sameScope(n, 1) && !g.isGrave(n) {
			return n
		}
	}
	return -1
}

// lookAgain is the visit of the reviewers to the subject of an earlier one.
func (g *Generator) lookAgain(b *batch, n, by int, begins time.Time) {
	v := visit{n: g.visits, day: 22, team: by, begins: begins, stay: 80 * time.Minute, duplicateOf: n, copies: 4}
	f := &fieldVisit{batch: b, v: v, id: event.VisitID(g.teamID(by), b.c.id(begins)), members: []int{1, 2}, kind: string(teamreview.Name)}
	f.place, _ = g.place(n)
	f.begin()
	f.onSite()
	f.papers.note(&Request{Events: b.events})
	g.lookedAgain = f
}
