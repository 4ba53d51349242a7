package tables

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
)

// baselineRow is a row of baselines.
type baselineRow struct {
	County    string `col:"county" zh:"指标县区" doc:"code of the county or zone, or of the whole city"`
	Sector    string `col:"sector" zh:"行业领域" doc:"NULL: all"`
	Start     Moment `col:"start" zh:"考核期起" doc:"first day of the period whose figures are to fall"`
	Finish    Moment `col:"finish" zh:"考核期止" doc:"its last day"`
	BaseStart Moment `col:"base_start" zh:"基期起" doc:"first day of the period that the figures are of"`
	BaseEnd   Moment `col:"base_finish" zh:"基期止" doc:"its last day"`
	Accidents int64  `col:"accidents" zh:"事故起数" doc:"in the base period"`
	Deaths    int64  `col:"deaths" zh:"死亡人数" doc:"likewise"`
	Injured   int64  `col:"injured" zh:"受伤人数" doc:"likewise"`
	Loss      int64  `col:"loss" zh:"直接经济损失" doc:"likewise, in minor units"`
}

var baselines = Declare(Register{
	Name: "baselines", Chinese: "指标基数", Doc: "what happened before in a county and sector, with which a campaign's figures are compared (R15)",
	Of: []event.Kind{event.Campaign},
}, func(t *Things[baselineRow], e *event.Event) {
	d, ok := e.Data.(*campaign.BaselineSet)
	if !ok {
		return
	}
	start, finish := Day(d.Period.From), Day(d.Period.To)
	t.Each(func(key string, row *baselineRow) { // it is stated anew, whole
		if row.Start == start && row.Finish == finish {
			t.End(key)
		}
	})
	for i := range d.Rows {
		r := &d.Rows[i]
		*t.Thing(d.Period.From + " " + d.Period.To + " " + r.County + " " + r.Sector) = baselineRow{County: r.County, Sector: r.Sector,
			Start: start, Finish: finish, BaseStart: Day(d.Base.From), BaseEnd: Day(d.Base.To),
			Accidents: r.Accidents, Deaths: r.Deaths, Injured: r.Injured, Loss: r.Loss.Amount}
	}
})
