package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
)

// Scene is what the rest of the ledger says about a visit at the moment one of its events
// is judged. Package domain fills it from the other streams' states; nothing in it is read
// from a clock or a database.
type Scene struct {
	// Policy is that of the campaign, or the default policy outside campaigns. It is nil for
	// imported events: what others recorded is kept as it is, without flags or gates (R74).
	Policy *campaign.Policy
	// Plan is the policy of the visit's plan, for a correction, of an import as well: what is corrected is judged again.
	Plan *campaign.Policy
	// CampaignStart and CampaignEnd are the period of the visit's campaign; zero without one.
	CampaignStart, CampaignEnd time.Time

	Team TeamFacts
	// TeamAs is the team as something is judged by it that is recorded at an index and happened at an instant (R17), whenever what the
	// team was then is told.
	TeamAs func(index uint64, at time.Time) TeamFacts
	// Person is what is known of a person, for what happened at an instant.
	Person func(id string, at time.Time) PersonFacts
	// Registered returns what the register says of the subject of the visit: see [Scene.Subject].
	Registered func() SubjectFacts
	// WorksIn is the flag of work at a subject that is seen at an instant in a holiday without the approval of both bodies, by what is
	// recorded at an index (R26).
	WorksIn func(subject string, at time.Time, index uint64) (flag event.Deviation, ok bool)

	// Unit and Item are what the tables of units and checklists say that were in force when the visit began (N02, N16).
	Unit func(id string) (table.Unit, bool)
	Item func(id string) (table.Item, bool)

	// Capped is how many other visits to the subject, in the calendar year of an instant, count under the cap of an authority (N05).
	Capped func(authority string, at time.Time, exempt []string) int

	// Visit is another visit that is disclosed and of which the author may know, else nil; Replaced the one in whose place the visit
	// that is judged stands.
	Visit    func(id string) *State
	Replaced func() *State

	Received Received // which bytes of evidence are there

	// HeldBy is the id of another inspection that reserved or began an initial visit under the
	// same duplicate key (R31), and that the author may see; "" when none.
	HeldBy string

	Calendars obligation.Calendars // all there are
	Judged    []Judged             // see [Terms]
	Law       codes.LawLimits      // known when the visit began

	subject *SubjectFacts // of [Scene.Subject]; nil until somebody asks

	j   judgement // of the event being judged
	say *speech   // of the last rules of a visit as a whole that were asked, kept for its memory
}

// Clear empties a scene for the next event, but for whom it asks.
func (sc *Scene) Clear() {
	*sc = Scene{TeamAs: sc.TeamAs, Person: sc.Person, WorksIn: sc.WorksIn, Registered: sc.Registered, Unit: sc.Unit, Item: sc.Item,
		Capped: sc.Capped, Visit: sc.Visit, Replaced: sc.Replaced, Received: sc.Received, j: judgement{asking: sc.j.asking}, say: sc.say}
}

// Subject is what the register says of the inspected subject. Most events of a visit, answers to a checklist, do not ask.
func (sc *Scene) Subject() *SubjectFacts {
	if sc.subject == nil {
		f := sc.Registered()
		sc.subject = &f
	}
	return sc.subject
}

// SubjectFacts is what the register says of the inspected subject.
type SubjectFacts struct {
	Known       bool
	Kind        string
	County      string
	Sectors     []string
	Risks       []string     // classes of risk on the day on which the visit begins; none: it is not high-risk
	End         *subject.End // what became of it; nil: it is
	Departments []string     // ids of the units that supervise it (R75)
}

// TeamFacts is what is known of the visiting team.
type TeamFacts struct {
	Known    bool
	Active   bool
	Leader   string
	Members  map[string]bool
	Sectors  []string // empty: all
	Counties []string // empty: all
}

// PersonFacts is what is known of an inspector.
type PersonFacts struct {
	Known       bool
	Trained     string // date of the first training; "" before one is recorded
	HomeUnit    string // id of the own unit, also while seconded
	Excepted    bool   // an exception to R61 was approved for this subject
	Certificate string
	Until       string // last day of the certificate; "" where that is not known
}
