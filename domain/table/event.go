// Package table is a published code table of the city: open to everybody, replaced as a whole,
// and in force from the entry that publishes it.
//
// The first one is the table of units: which departments and committees there are, the county
// that bounds each, and the sectors it answers for (R75). Who sees what follows from it, so a
// unit is an id everywhere, never a name.
package table

import (
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Units is the name of the table of units, and the id of its stream.
const Units = "units"

// Unit is one department or committee.
type Unit struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	County  string   `json:"county,omitempty"` // six digits; empty: the whole city
	Sectors []string `json:"sectors"`          // codes; empty: none
}

// Validate checks the id and the codes.
func (u Unit) Validate() error {
	var k event.Checker
	k.ID("id", u.ID, true)
	k.Text("name", u.Name, true, 200)
	if u.County != "" {
		_, known := codes.County(u.County)
		k.That(known, "county: %q is no county or zone of this city", u.County)
	}
	k.That(len(u.Sectors) <= 50, "sectors: at most 50")
	for _, s := range u.Sectors {
		k.That(codes.IsSector(s), "sectors: %q is no sector code", s)
	}
	return k.Err()
}

// Published states a table anew, whole.
type Published struct {
	Table string `json:"table"` // units
	Units []Unit `json:"units,omitempty"`
}

// maxUnits keeps a table within the size of one event.
const maxUnits = 400

// Validate implements event.Data.
func (d *Published) Validate() error {
	var k event.Checker
	k.OneOf("table", d.Table, true, Units)
	event.Each(&k, "units", d.Units, maxUnits)
	seen := make(map[string]bool, len(d.Units))
	for _, u := range d.Units {
		k.That(!seen[u.ID], "units: %q is listed twice", u.ID)
		seen[u.ID] = true
	}
	return k.Err()
}

// Decide judges one event of a table's stream. The error is an *event.Refusal.
func Decide(e *event.Event) error {
	if d, ok := e.Data.(*Published); ok && d.Table != e.Stream.ID {
		return event.Refuse(law.R75, law.WrongTable, law.Str("table", d.Table), law.Str("stream", e.Stream.String()))
	}
	return nil
}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "code-table-published", Version: 1, Kind: event.Table, Chinese: "代码表发布",
		Doc:   "A code table of the city was published; it replaces the one before.",
		Rules: []law.Rule{law.R75, law.R76}, Append: []event.Role{event.RoleSupervisionOffice},
		New: func() event.Data { return new(Published) }},
}
