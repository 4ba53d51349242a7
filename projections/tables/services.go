package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// serviceRow is a row of services.
type serviceRow struct {
	Visit Name   `col:"visit" zh:"检查" doc:"in which it was given" of:"visits"`
	Date  Moment `col:"date" zh:"时间" doc:"when it was given"`
	Topic string `col:"topic" zh:"主题" doc:"what the help was about"`
}

var services = Declare(Register{
	Name: "services", Chinese: "帮扶服务", Doc: "advice or help that a subject was given (R45)", Of: []event.Kind{event.Inspection},
	Indexes: []string{"visit"},
}, func(t *Things[serviceRow], e *event.Event) {
	if d, ok := e.Data.(*inspection.ServiceProvided); ok {
		*t.Thing(e.ID.String()) = serviceRow{Visit: t.Name(e.Stream.ID), Date: Occurred(e), Topic: d.Topic}
	}
})
