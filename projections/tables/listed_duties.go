package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
)

// listedDutyRow is a row of listed_duties.
type listedDutyRow struct {
	Item string `col:"item" zh:"权责事项" doc:"id by which duty files name it"`
	List string `col:"list" zh:"清单" doc:"code of the list duty-list: powers, or duties"`
	Unit Name   `col:"unit" zh:"单位" doc:"whose duty it is" of:"units"`
	Post string `col:"post" zh:"岗位" doc:"whose duty it is within the unit; NULL: the unit's"`
	Text string `col:"text" zh:"事项内容" doc:"what is to be done"`
}

// An edition that comes in parts is there with the last of them, as with units.
var listedDuties = DeclareBy(Register{
	Name: "listed_duties", Chinese: "权责清单事项", Doc: "an item of the lists of powers and duties in force (R65)", Of: []event.Kind{event.Table},
	Indexes: []string{"unit"},
}, table.NewState, func(t *Things[listedDutyRow], s *table.State, e *event.Event) {
	if e.Stream.ID != table.Duties {
		return
	}
	s.Apply(e)
	ed := s.Newest()
	if ed == nil || ed.Version != e.Index {
		return
	}
	is := map[string]bool{}
	for i := range ed.Duties {
		d := &ed.Duties[i]
		is[d.ID] = true
		*t.Thing(d.ID) = listedDutyRow{Item: d.ID, List: d.List, Unit: t.Name(d.Unit), Post: d.Post, Text: d.Text}
	}
	t.Each(func(key string, _ *listedDutyRow) {
		if !is[key] {
			t.End(key)
		}
	})
})
