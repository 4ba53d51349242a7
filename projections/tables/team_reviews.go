package tables

import (
	"cmp"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

// teamReviewRow is a row of team_reviews.
type teamReviewRow struct {
	ID        Name   `col:"id" zh:"编号" doc:"of the review"`
	Reviewed  Name   `col:"reviewed" zh:"被复查督查组" doc:"that found nothing" of:"teams"`
	Start     Moment `col:"start" zh:"起始日期" doc:"first day of the window; NULL: the ledger did not flag the team"`
	Finish    Moment `col:"finish" zh:"截止日期" doc:"last day of the window"`
	Visits    Number `col:"visits" zh:"检查次数" doc:"of the team in the window"`
	Flagged   Moment `col:"flagged" zh:"标记时间" doc:"when the ledger flagged the team"`
	Lapsed    bool   `col:"lapsed" zh:"已失效" doc:"a finding of the window came later: the flag counts nowhere"`
	Ordered   Moment `col:"ordered" zh:"派员时间" doc:"when others were sent"`
	By        Name   `col:"by_team" zh:"复查组" doc:"the team that reviews" of:"teams"`
	Completed Moment `col:"completed" zh:"完成时间" doc:"when the reviewers said what they found"`
	Problem   Number `col:"problem" zh:"是否发现问题" doc:"NULL: not completed (R64)"`
	Findings  int64  `col:"findings" zh:"发现的问题" doc:"how many"`
	Existed   int64  `col:"existed" zh:"当时已存在" doc:"of them that the reviewed team had overlooked"`
	Said      Name   `col:"said" zh:"标记事件" doc:"event with which the ledger flagged the team" of:"event"`
}

var teamReviews = DeclareBoth(Register{
	Name: "team_reviews", Chinese: "督查组复查", Doc: "the review of a team that found nothing (R63)", Of: []event.Kind{teamreview.Name},
	Indexes: []string{"id", "reviewed"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *teamreview.Flagged, *oversight.StatementLapsed:
		return true
	}
	return false
}, func(t *Things[teamReviewRow], e *event.Event) {
	row := t.Known("")
	switch e.Data.(type) {
	case *teamreview.Flagged, *teamreview.Ordered:
		row = t.Thing("")
		row.ID = t.Name(e.Stream.ID)
	}
	if row == nil {
		return
	}
	switch d := e.Data.(type) {
	case *teamreview.Flagged:
		row.Reviewed, row.Start, row.Finish, row.Visits = t.Name(d.Team), Day(d.From), Day(d.To), Known(int64(d.Inspections))
		row.Flagged, row.Lapsed, row.Said = At(e.Recorded), false, t.Name(e.ID.String())
	case *oversight.StatementLapsed:
		row.Lapsed = row.Lapsed || row.Said == t.Name(d.Statement)
	case *teamreview.Ordered:
		row.Reviewed, row.By, row.Ordered = cmp.Or(row.Reviewed, t.Name(d.Team)), t.Name(d.By), Occurred(e)
	case *teamreview.Completed:
		row.Completed, row.Problem, row.Findings = Occurred(e), flag(d.Problem), int64(len(d.Findings))
		row.Existed = 0
		for i := range d.Findings {
			if d.Findings[i].Existed {
				row.Existed++
			}
		}
	}
})
