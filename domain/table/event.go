// Package table is a published code table of the city: open to everybody, replaced as a whole,
// and in force from the entry that publishes it.
//
// The first one is the table of units: which departments and committees there are, the county
// that bounds each, and the sectors it answers for (R75). Who sees what follows from it, so a
// unit is an id everywhere, never a name.
package table

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Units is the name of the table of units, and the id of its stream.
const Units = "units"

// Unit is one department or committee.
type Unit struct {
	ID      string   `json:"id" is:"id" zh:"单位编号" doc:"by which events name the unit"`
	Name    string   `json:"name" is:"text(200)" zh:"单位名称" doc:"official name"`
	County  string   `json:"county,omitempty" is:"code(county)" zh:"所属县区" doc:"that bounds the unit; left out: the whole city"`
	Sectors []string `json:"sectors" is:"code(sector)" many:"0…50" zh:"分管行业领域" doc:"the sectors it answers for (R75); empty: none"`
}

// Published states a table anew, whole.
type Published struct {
	Table string `json:"table" is:"code(code-table)" zh:"代码表" doc:"which table is stated anew, whole; the id of its stream"`
	Units []Unit `json:"units,omitempty" many:"0…400" zh:"单位" doc:"all units, each id once"`
}

// Together says what Validate checks.
func (*Published) Together() string {
	return "the id of each unit stands once"
}

// Validate checks what members say together.
func (d *Published) Validate() error {
	var k event.Checker
	seen := make(map[string]bool, len(d.Units))
	for _, u := range d.Units {
		k.That(!seen[u.ID], "units", law.FaultListedTwice, law.Quote("value", u.ID))
		seen[u.ID] = true
	}
	return k.Err()
}

// none tells the bodies of this package from those of other kinds; no rule needs a state.
type none struct{}

type judgement = stream.Judgement[none, stream.Ledger]

func (d *Published) Judge(j *judgement) *event.Refusal {
	e := j.Event
	if d.Table != e.Stream.ID {
		return event.Refuse(law.R75, law.WrongTable, law.Str("table", d.Table), law.Str("stream", e.Stream.String()))
	}
	return nil
}

// Kind declares tables and their events.
var Kind = stream.Bare(stream.Kind{
	Name: event.Table, Chinese: "代码表", Doc: "a code table that the city publishes",
	Access: stream.Open(stream.Everybody),
},
	stream.Alone((*Published).Judge, event.Type{Name: "code-table-published", Version: 1, Chinese: "代码表发布",
		Doc:   "A code table of the city was published; it replaces the one before.",
		Rules: []law.Rule{law.R75, law.R76}, Append: []event.Role{event.RoleSupervisionOffice}}),
)
