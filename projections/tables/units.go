package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
)

// unitRow is a row of units.
type unitRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"by which events name the unit, or the committee"`
	Name     string `col:"name" zh:"名称" doc:"official name"`
	Kind     string `col:"kind" zh:"类别" doc:"unit, or committee (R76)"`
	County   string `col:"county" zh:"所属县区" doc:"that bounds the unit; NULL: the whole city"`
	Of       Set    `col:"in_charge" zh:"分管领域" doc:"sectors for which it answers (R75)"`
	Enforces string `col:"enforces" zh:"执法主体类别" doc:"code of the list enforcement; NULL: it inspects nobody"`
	Lead     Name   `col:"lead" zh:"牵头单位" doc:"of a committee" of:"units"`
}

// A table may come in parts: the edition is there with the last of them, as the rules' own state says.
var units = DeclareBy(Register{
	Name: "units", Chinese: "单位与委员会", Doc: "an authority, a government or a committee, of the tables in force", Of: []event.Kind{event.Table},
	Indexes: []string{"id"},
}, table.NewState, func(t *Things[unitRow], s *table.State, e *event.Event) {
	if e.Stream.ID != table.Units && e.Stream.ID != table.Committees {
		return
	}
	s.Apply(e)
	ed := s.Newest()
	if ed == nil || ed.Version != e.Index {
		return
	}
	is := map[string]bool{}
	for i := range ed.Units {
		u := &ed.Units[i]
		is[u.ID] = true
		*t.Thing(u.ID) = unitRow{ID: t.Name(u.ID), Name: u.Name, Kind: "unit", County: u.County, Of: SetOf(u.Sectors), Enforces: u.Enforces}
	}
	for i := range ed.Committees {
		c := &ed.Committees[i]
		is[c.ID] = true
		*t.Thing(c.ID) = unitRow{ID: t.Name(c.ID), Name: c.Name, Kind: "committee", Of: SetOf(c.Sectors), Lead: t.Name(c.Lead)}
	}
	t.Each(func(key string, _ *unitRow) {
		if !is[key] {
			t.End(key)
		}
	})
})
