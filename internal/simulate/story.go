package simulate

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/person"
)

// What happens once in a campaign, whatever its size, is a list of acts: so that a sample of four thousand events has all that may
// happen. Some are about visits that were chosen for it.

// act is one request of the story.
type act struct {
	at   time.Time // when it reaches the ledger
	who  event.Actor
	play func(*batch, time.Time) // adds its events, written at a time; none: there is no request
}

// tale are the acts of a campaign.
func (g *Generator) tale() []act {
	return slices.Concat(g.beginnings(), g.ofPeople(), g.ofPapers(), g.ofCase(), g.ofClosure(), g.ofReview(), g.ofSecrets(), g.ofSupervision(),
		g.ofReports(),
		g.aftermath())
}

// tell makes the request of an act.
func (g *Generator) tell(s step) *Request {
	a := &g.story[s.n]
	b := g.stepBatch(s, a.who)
	if a.play(b, s.written()); len(b.events) == 0 {
		return nil
	}
	return b.request(s.due)
}

// behind is the state of the ledger up to an event that it has.
func (g *Generator) behind(ref event.Ref) (position uint64, root string) {
	position, hash, err := g.Ledger.Behind(ref.ID())
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // it was accepted before
	}
	return position, base64.StdEncoding.EncodeToString(hash[:])
}

// keep leaves an event to a later act, by a name.
func (b *batch) keep(name string, e *event.Event) { b.g.told[name], b.noted = refTo(e), true }

// agree is a second person's yes to an event that was kept.
func agree(name string, kind event.Kind, id string) func(*batch, time.Time) {
	return func(b *batch, at time.Time) {
		if ref, ok := b.g.told[name]; ok {
			b.add("approval-given", kind, id, at, approves(ref))
		}
	}
}

// Visits to which something happens in every campaign.
const (
	refusedVisit = 9  // its record is not signed
	joinedVisit  = 11 // a third inspector comes later
	lateVisit    = 13 // it arrives days later
)

var chosen = []int{refusedVisit, joinedVisit, lateVisit}

// graveVisits is how many visits find a major hazard for sure: of the first a case is filed and its stop is lifted again, the stop
// of the second is defied, and a government closes the enterprise.
const graveVisits = 2

// graveDays are the days on which they may begin: the case takes twenty.
const graveDays = 8

func (g *Generator) chooseGrave() (all []int) {
	for n := g.firstOf(1); n < g.firstOf(graveDays) && len(all) < graveVisits; n++ {
		v, _ := g.single(n)
		if v.late > 0 || v.attempted || v.offline || v.team == blindTeam || n == g.acc || slices.Contains(chosen, n) {
			continue
		}
		if p, _ := g.place(n); p.trade.kind == "enterprise" && !p.inField {
			all = append(all, n)
		}
	}
	return all
}

// gravest is the n-th of them.
func (g *Generator) gravest(n int) (v visit, p place, ok bool) {
	if n >= len(g.grave) {
		return v, p, false
	}
	v = g.visit(g.grave[n])
	p, _ = g.place(v.n)
	return v, p, true
}

func (g *Generator) isGrave(n int) bool { return slices.Contains(g.grave, n) }

// isGravest reports whether a visit is the first of them.
func (g *Generator) isGravest(n int) bool { return len(g.grave) > 0 && n == g.grave[0] }

// chooseDuplicate chooses a visit that repeats one of the day before, which repeats none, and that; -1 where none can.
func (g *Generator) chooseDuplicate() (n, of int) {
	g.dup = -1 // what is drawn of visits does not ask for it
	for n := g.firstOf(1); n < g.visits; n++ {
		if v, _ := g.single(n); n == g.acc || g.isGrave(n) || slices.Contains(chosen, n) || v.late > 0 {
			continue
		}
		day, team := g.dayOf(n), g.teamOf(n)
		for of := g.firstOf(day - 1); of < g.firstOf(day); of++ {
			v := g.visit(of)
			if v.late == 0 && !v.offline && !v.attempted && v.duplicateOf < 0 && g.sameScope(of, team) {
				return n, of
			}
		}
	}
	return -1, -1
}

// noteGrave keeps what later acts are about.
func (g *Generator) noteGrave(n int, r *Request) {
	if !g.isGrave(n) {
		return
	}
	for _, e := range r.Events {
		d, stops := e.Data.(*order.Issued)
		switch {
		case g.isGravest(n) && e.Type.Name == "conduct-declared":
			g.told["conduct"] = refTo(e)
		case !g.isGravest(n) && stops && d.Kind == "stop":
			g.defied = issued{e.Stream.ID, e.ID.String(), d.Kind, d.Order, "", d.Findings}
		}
	}
}

// The people of other bodies.
const (
	observer    = iota // of the discipline commission
	firstOfTwo         // officers of the authority of the first grave visit
	secondOfTwo        //
	chair              // of hearings there, who decides
	reviewer           // of cases there
	mayor              // of the county of the second grave visit
	inCharge           // officials who answer for a sector
	retired
	supervisor // of enforcement, by the law of today
	others
)

// other is somebody of another body, "" where the campaign has none.
func (g *Generator) other(n int) event.Actor {
	a := event.Actor{Person: fmt.Sprintf("%s-x%d", g.id, n)}
	switch _, p, _ := g.gravest(0); n {
	case observer:
		a.Role, a.Unit = event.RoleDisciplineCommission, officeUnit
	case firstOfTwo, secondOfTwo:
		a.Role, a.Unit = event.RoleOfficer, p.authority()
	case chair, reviewer:
		a.Role, a.Unit = event.RoleApprover, p.authority()
	case mayor:
		_, p, _ := g.gravest(1)
		a.Role, a.County, a.Unit = event.RoleCountyGovernment, p.area.Code, "government-"+p.area.Code
	case supervisor:
		if a.Role = event.RoleEnforcementSupervisor; g.today() {
			a.Unit = "justice-" + cityWide
		}
	default:
		a.Role, a.Unit = event.RoleDepartment, "emergency-"+hengkou
	}
	return a
}

// authority is the department that may lawfully inspect and punish here.
func (p *place) authority() string {
	if p.trade == nil {
		return ""
	}
	if p.trade.dept == "人民政府" { // which inspects nobody itself
		return unitID("应急管理局", p.area.Code)
	}
	return unitID(p.trade.dept, p.area.Code)
}

// registerOthers registers these people.
func (g *Generator) registerOthers(b *batch, at time.Time) {
	for n := range others {
		if a := g.other(n); a.Unit != "" && a.Unit != "government-" {
			d := &person.Registered{Name: pick(b.c, surnames) + pick(b.c, given) + mark, Unit: a.Unit, Roles: []event.Role{a.Role}}
			if a.Role == event.RoleOfficer || a.Role == event.RoleApprover {
				d.Certificate = g.otherCertificate(n)
			}
			b.add("person-registered", event.Person, a.Person, at, d)
		}
	}
}

func (g *Generator) otherCertificate(n int) string { return fmt.Sprintf("模拟执法-%02d", n) }
