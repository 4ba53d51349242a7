package tables

import (
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// dutyItemRow is a row of duty_items.
type dutyItemRow struct {
	Unit      Name   `col:"unit" zh:"单位" doc:"whose file it is, or whose official's" of:"units"`
	Person    Name   `col:"person" zh:"人员" doc:"the official; NULL: the file is the unit's" of:"people"`
	Version   Number `col:"list_version" zh:"清单版本" doc:"position of the edition of the lists; NULL: that in force"`
	Item      string `col:"item" zh:"权责事项" doc:"id in the lists of powers and duties"`
	Performed Moment `col:"performed" zh:"履职日期" doc:"day on which it was done"`
	Evidence  int64  `col:"evidence" zh:"佐证材料" doc:"files that show it"`
}

var dutyItems = Declare(Register{
	Name: "duty_items", Chinese: "履职事项", Doc: "something of the lists of powers and duties that was done (R65)", Of: []event.Kind{duty.Name},
	Indexes: []string{"person", "unit"},
}, func(t *Things[dutyItemRow], e *event.Event) {
	if d, ok := e.Data.(*duty.Performed); ok {
		*t.Thing(e.ID.String()) = dutyItemRow{Unit: t.Name(stream.UnitOf(e.Stream.ID)), Person: t.Name(duty.Person(e.Stream.ID)),
			Version: Perhaps(d.Version), Item: d.Item, Performed: Day(d.On), Evidence: int64(len(d.Evidence))}
	}
})

// dutyReviewRow is a row of duty_reviews.
type dutyReviewRow struct {
	Unit     Name   `col:"unit" zh:"单位" doc:"whose file it is, or whose official's" of:"units"`
	Person   Name   `col:"person" zh:"人员" doc:"the official; NULL: the file is the unit's" of:"people"`
	Version  Number `col:"list_version" zh:"清单版本" doc:"position of the edition of the lists; NULL: that in force"`
	Reviewed Moment `col:"reviewed" zh:"审阅时间" doc:"when"`
	Start    Moment `col:"start" zh:"起始日期" doc:"first day that was reviewed"`
	Finish   Moment `col:"finish" zh:"截止日期" doc:"last day that was reviewed"`
	Missing  Set    `col:"missing" zh:"未履职事项" doc:"items that were not done, or not well; NULL: none"`
}

var dutyReviews = Declare(Register{
	Name: "duty_reviews", Chinese: "履职档案审阅", Doc: "how others found a duty file for some time (R65)", Of: []event.Kind{duty.Name},
	Indexes: []string{"person", "unit"},
}, func(t *Things[dutyReviewRow], e *event.Event) {
	if d, ok := e.Data.(*duty.Reviewed); ok {
		*t.Thing(e.ID.String()) = dutyReviewRow{Unit: t.Name(stream.UnitOf(e.Stream.ID)), Person: t.Name(duty.Person(e.Stream.ID)),
			Version: Perhaps(d.Version), Reviewed: Occurred(e), Start: Day(d.From), Finish: Day(d.To), Missing: SetOf(d.Missing)}
	}
})
