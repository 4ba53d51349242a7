package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// exposureRow is a row of exposures: one for each finding that is to be made public.
type exposureRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"of the exposure"`
	Visit    Name   `col:"visit" zh:"检查" doc:"whose signed record has the finding" of:"visits"`
	Finding  string `col:"finding" zh:"隐患编号" doc:"id within the visit"`
	Ground   string `col:"ground" zh:"曝光情形" doc:"code of the list exposure-ground"`
	Outlet   string `col:"outlet" zh:"拟曝光媒体" doc:"where it is to be published"`
	Proposed Moment `col:"proposed" zh:"提请时间" doc:"when it was proposed"`
	Approved Moment `col:"approved" zh:"批准时间" doc:"when another person approved it"`
	Refused  Moment `col:"refused" zh:"不同意时间" doc:"when another person refused it"`
}

var exposures = Declare(Register{
	Name: "exposures", Chinese: "提请曝光", Doc: "a finding that is proposed to be made public (R71)", Of: []event.Kind{exposure.Name},
	Indexes: []string{"id", "visit, finding"},
}, func(t *Things[exposureRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *exposure.Proposed:
		for _, id := range d.Findings {
			*t.Thing(id) = exposureRow{ID: t.Name(e.Stream.ID), Visit: t.Name(d.Inspection), Finding: id, Ground: d.Ground, Outlet: d.Outlet,
				Proposed: Occurred(e)}
		}
	case *oversight.ApprovalGiven:
		t.Each(func(_ string, row *exposureRow) { row.Approved = Occurred(e) })
	case *oversight.ApprovalRefused:
		t.Each(func(_ string, row *exposureRow) { row.Refused = Occurred(e) })
	}
})
