package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
)

// personRow is a row of people.
type personRow struct {
	ID           Name   `col:"id" zh:"编号" doc:"of the person"`
	Name         string `col:"name" zh:"姓名" doc:"of the person"`
	Unit         Name   `col:"unit" zh:"单位" doc:"to which the person belongs" of:"units"`
	Certificate  string `col:"certificate" zh:"执法证号" doc:"of the person"`
	Until        Moment `col:"certificate_until" zh:"证件有效期" doc:"its last day"`
	Trained      Moment `col:"trained" zh:"首次培训" doc:"date of the first training (R01)"`
	Acknowledged Moment `col:"acknowledged" zh:"签收纪律" doc:"when rules of discipline were acknowledged first (R02)"`
	Post         string `col:"post" zh:"职务" doc:"of an official, the last one"`
	Seconded     Name   `col:"seconded" zh:"借调至" doc:"team of the last secondment" of:"teams"`
	SecondedTo   Moment `col:"seconded_to" zh:"借调至何时" doc:"its end"`
}

var people = Declare(Register{
	Name: "people", Chinese: "人员", Doc: "a person", Of: []event.Kind{event.Person}, Indexes: []string{"id"},
	Search: []string{"name", "certificate", "id"},
}, func(t *Things[personRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *person.Registered:
		row.Name, row.Unit, row.Certificate, row.Until = d.Name, t.Name(d.Unit), d.Certificate, Day(d.Until)
	case *person.Trained:
		row.Trained = Day(d.Date).First(row.Trained)
	case *person.RulesAcknowledged:
		row.Acknowledged = Occurred(e).First(row.Acknowledged)
	case *person.OfficialAppointed:
		row.Post = d.Post
	case *person.OfficialLeft:
		if row.Post == d.Post {
			row.Post = ""
		}
	case *person.Seconded:
		row.Seconded, row.SecondedTo = t.Name(d.Team), At(d.To)
	case *person.SecondmentEnded:
		row.SecondedTo = Occurred(e)
	}
})
