package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/team"
)

// teamRow is a row of teams.
type teamRow struct {
	ID           Name   `col:"id" zh:"编号" doc:"of the team"`
	Name         string `col:"name" zh:"名称" doc:"of the team"`
	Kind         string `col:"kind" zh:"类别" doc:"code of the list team-kind"`
	Leader       Name   `col:"leader" zh:"组长" doc:"the person who leads it" of:"people"`
	Members      int64  `col:"members" zh:"组员数" doc:"who joined and did not leave"`
	ScopeAreas   Set    `col:"scope_areas" zh:"分工县区" doc:"codes; NULL: all"`
	ScopeSectors Set    `col:"scope_sectors" zh:"分工领域" doc:"codes; NULL: all"`
	Active       bool   `col:"active" zh:"是否启用" doc:"it may inspect"`
}

var teams = Declare(Register{
	Name: "teams", Chinese: "督查组", Doc: "a team", Of: []event.Kind{event.Team}, Indexes: []string{"id"},
}, func(t *Things[teamRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *team.Formed:
		row.Name, row.Kind = d.Name, d.Kind
	case *team.ScopeAssigned:
		row.ScopeAreas, row.ScopeSectors = SetOf(d.Counties), SetOf(d.Sectors)
	case *team.LeaderAppointed:
		row.Leader = t.Name(d.Person)
	case *team.LeaderChanged:
		row.Leader = t.Name(d.To)
	case *team.MemberJoined:
		row.Members++
	case *team.MemberLeft:
		row.Members--
	case *team.Activated:
		row.Active = true
	}
})
