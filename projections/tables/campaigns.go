package tables

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
)

// campaignRow is a row of campaigns.
type campaignRow struct {
	ID     Name   `col:"id" zh:"编号" doc:"of the campaign"`
	Title  string `col:"title" zh:"标题" doc:"of the plan that was published last"`
	Plan   string `col:"plan" zh:"方案版本" doc:"of that plan"`
	Parent Name   `col:"parent" zh:"上级行动" doc:"campaign that it belongs to" of:"campaigns"`
	Start  Moment `col:"start" zh:"开始" doc:"of the period"`
	Finish Moment `col:"finish" zh:"结束" doc:"of the period, as planned"`
	Ended  Moment `col:"ended" zh:"宣布结束" doc:"when it was declared ended"`
	Report Moment `col:"report" zh:"总结报告" doc:"when its report was published"`
}

var campaigns = Declare(Register{
	Name: "campaigns", Chinese: "专项行动", Doc: "a campaign", Of: []event.Kind{event.Campaign}, Indexes: []string{"id"},
}, func(t *Things[campaignRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *campaign.PlanPublished:
		row.Title, row.Plan = d.Title, d.Version
	case *campaign.Started:
		row.Start, row.Finish, row.Parent = At(d.Start), At(d.End), t.Name(d.Parent)
	case *campaign.Ended:
		row.Ended = Occurred(e)
	case *campaign.ReportPublished:
		row.Report = Occurred(e)
	}
})
