package tables

import (
	"cmp"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
)

// accidentRow is a row of accidents.
type accidentRow struct {
	ID             Name   `col:"id" zh:"编号" doc:"of the accident"`
	Kind           string `col:"kind" zh:"事故类别" doc:"code of the list accident-kind"`
	Happened       Moment `col:"happened" zh:"发生时间" doc:"when it happened"`
	Reported       Moment `col:"reported" zh:"报告时间" doc:"when it was reported to the ledger's author: the report's own time (R10)"`
	Deaths         Number `col:"deaths" zh:"死亡" doc:"as last stated; NULL: not known"`
	Serious        Number `col:"serious" zh:"重伤" doc:"likewise"`
	Injured        Number `col:"injured" zh:"受伤" doc:"likewise: all injured"`
	Loss           Number `col:"loss" zh:"直接经济损失" doc:"likewise, in minor units"`
	Grade          string `col:"grade" zh:"等级" doc:"code of the list accident-grade; NULL: not graded"`
	Statistical    Number `col:"statistical_year" zh:"统计年度" doc:"in which it counts"`
	ConclusionYear Number `col:"conclusion_year" zh:"结案年度" doc:"in which the investigation was concluded"`
	Opened         Moment `col:"opened" zh:"调查开始" doc:"of the investigation"`
	Inquiry        Moment `col:"inquiry" zh:"调查报告" doc:"when it was submitted"`
	Replied        Moment `col:"replied" zh:"批复" doc:"of the government"`
	Result         Moment `col:"result" zh:"结果" doc:"when the result was recorded (R68)"`
	Evaluated      Moment `col:"evaluated" zh:"整改评估" doc:"when what was put right was evaluated"`
}

var accidents = Declare(Register{
	Name: "accidents", Chinese: "事故", Doc: "an accident", Of: []event.Kind{event.Accident}, Indexes: []string{"id", "subject"},
}, func(t *Things[accidentRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *accident.Reported:
		row.Happened, row.Kind, row.Reported = At(d.Happened), d.Kind, Occurred(e)
		row.harm(&d.Harm)
	case *accident.CasualtiesUpdated:
		row.harm(&d.Harm)
	case *accident.Graded:
		row.Grade, row.Statistical = d.Grade, Known(int64(d.StatisticalYear))
		row.concluded(d.ConclusionYear)
	case *accident.InvestigationOpened:
		row.Opened = Occurred(e)
	case *accident.InvestigationReported:
		row.Inquiry = Occurred(e)
	case *accident.InvestigationReplied:
		row.Replied = Occurred(e)
		row.concluded(d.ConclusionYear)
		if d.StatisticalYear != 0 {
			row.Statistical = Known(int64(d.StatisticalYear))
		}
	case *accident.ResultRecorded:
		row.Result = Occurred(e)
	case *accident.RectificationEvaluated:
		row.Evaluated = Occurred(e)
	}
})

func (r *accidentRow) concluded(year int) {
	if year != 0 {
		r.ConclusionYear = Known(int64(year))
	}
}

func (r *accidentRow) harm(h *accident.Harm) {
	r.Deaths, r.Serious, r.Injured = Perhaps(h.Deaths), Perhaps(h.SeriousInjuries), Perhaps(h.Injured)
	if r.Loss = (Number{}); h.DirectLoss != nil {
		r.Loss = Known(cmp.Or(h.DirectLoss.Amount, 0))
	}
}
