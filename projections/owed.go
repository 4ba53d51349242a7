package projections

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Owed is one obligation of a visit that is open (pillar 12). What the checklist still wants is not
// among them: that depends on the subject, and the site record's gate tells it.
type Owed struct {
	Kind  string    `json:"kind"`           // record, copies, leader-review, closing, rectify, filing, disposition, approval …
	Owner string    `json:"owner"`          // inspectors, team-leader, inspected-party, enforcing-authority, approver
	Item  string    `json:"item,omitempty"` // recipient, finding or section
	Event string    `json:"event"`          // id of the event since which it is owed
	Due   time.Time `json:"due,omitzero"`   // the last instant that is in time; left out: nobody states a limit
}

// owing follows what is owed in one visit, by the rules' own state and the plans of its campaign.
type owing struct {
	visit     *inspection.State
	plans     *campaign.State
	calendars obligation.Calendars
}

func newOwing() owing { return owing{visit: inspection.NewState(), plans: campaign.NewState()} }

// all returns what was ever owed.
func (o *owing) all() []obligation.Obligation {
	return o.visit.Obligations(o.visit.Terms(o.plans, o.calendars), nil)
}

// open returns what is owed still.
func (o *owing) open() []Owed {
	out := []Owed{}
	for _, ob := range o.all() {
		if ob.State() == obligation.Open {
			out = append(out, Owed{ob.Kind.Name, string(ob.Kind.Owner), ob.Item, ob.Opener.String(), ob.Due})
		}
	}
	return out
}

// ApplyPlan applies an entry of the visit's campaign, whose plans say until when something is owed. Which
// of them judges the visit does not depend on whether they come before its entries or after.
func (f *InspectionFold) ApplyPlan(e *event.Event) { f.owing.plans.Apply(e) }

// ApplyTables says which calendars and checklists there are, as far as the answer reflects the ledger.
func (f *InspectionFold) ApplyTables(holidays, checklists *TableFold) {
	f.owing.calendars = holidays.Calendars()
	f.checklists = checklists.state
}

// Campaign is the id of the visit's campaign, "" when it belongs to none.
func (f *InspectionFold) Campaign() string { return f.campaign }

// Obligations returns all that was ever owed in the visit, as folded so far.
func (f *InspectionFold) Obligations() []obligation.Obligation { return f.owing.all() }
