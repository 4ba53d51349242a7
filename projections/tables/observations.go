package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/interference"
)

// observationRow is a row of observations. What was seen is sealed, and in no table.
type observationRow struct {
	Kind        string `col:"kind" zh:"种类" doc:"observation, inquiry, interference"`
	Date        Moment `col:"date" zh:"日期" doc:"when it was stated"`
	Matter      Name   `col:"matter" zh:"事项" doc:"id of its stream" of:"stream"`
	Observed    Name   `col:"observed" zh:"督查组" doc:"the team that was observed, or into whose work it inquires" of:"teams"`
	Visit       Name   `col:"visit" zh:"检查" doc:"at which there was pressure" of:"visits"`
	Pressure    string `col:"pressure" zh:"压力来源" doc:"code of the list pressure"`
	Breach      string `col:"breach" zh:"履职不到位" doc:"code of the list duty-breach"`
	Consequence string `col:"consequence" zh:"不良后果" doc:"code of the list bad-consequence"`
	Ended       Moment `col:"ended" zh:"结论时间" doc:"of an inquiry"`
	Result      string `col:"result" zh:"结论" doc:"code of the list inquiry-result"`
}

var observations = Declare(Register{
	Name: "observations", Chinese: "纪检监督", Doc: "an observation or inquiry of the discipline commission, or a report of pressure (R39, R49, " +
		"R53)",
	Of: []event.Kind{inquiry.Name, interference.Kind.Name},
}, func(t *Things[observationRow], e *event.Event) {
	row := func(key, kind string) *observationRow {
		r := t.Thing(key)
		r.Kind, r.Date, r.Matter = kind, Occurred(e), t.Name(e.Stream.ID)
		return r
	}
	const opened = "inquiry"
	switch d := e.Data.(type) {
	case *inquiry.Observed:
		row(e.ID.String(), "observation").Observed = t.Name(d.Team)
	case *inquiry.Opened:
		r := row(opened, opened)
		r.Observed, r.Breach, r.Consequence = t.Name(d.Team), d.Breach, d.Consequence
	case *inquiry.Outcome:
		if r := t.Known(opened); r != nil {
			r.Ended, r.Result = Occurred(e), d.Result
		}
	case *interference.Reported:
		r := row("", "interference")
		r.Visit, r.Pressure = t.Name(d.Inspection), d.Pressure
	}
})
