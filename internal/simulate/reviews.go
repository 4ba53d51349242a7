package simulate

import (
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

// orderReview sends people of the second team to look again at what the first one visited (R63). Which teams found nothing the
// ledger says itself; what the commission inquires into is no part of a sample.
func (g *Generator) orderReview(s step) *Request {
	b := g.stepBatch(s, g.office())
	b.add("team-review-ordered", teamreview.Name, g.id+"-r1", s.written(), &teamreview.Ordered{
		Team: g.teamID(0), By: g.teamID(1), Reviewers: []string{g.person(1, 1), g.person(1, 2)}, Reason: "隐患发现率偏低" + mark,
	})
	return b.request(s.due)
}
