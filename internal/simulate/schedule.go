package simulate

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// visit is what is settled about a visit before anybody goes.
type visit struct {
	n, day, team int
	begins       time.Time // the start; the reservation is earlier
	stay         time.Duration
	late         time.Duration // how much later than usual it arrives at the ledger; 0 mostly
	offline      bool          // sent in the evening with the team's other visits of the day
	attempted    bool          // nobody could be inspected (R28)
	duplicateOf  int           // visit to the same subject and sector (R31), -1 mostly
	resent       bool
	refused      bool // the subject would not sign
	copies       int  // how many of the four are delivered
}

// firstOf returns the first visit of a day.
func (g *Generator) firstOf(day int) int { return g.visits * day / visitDays }

// dayOf returns the day of a visit.
func (g *Generator) dayOf(n int) int {
	day := n * visitDays / g.visits
	for g.firstOf(day+1) <= n {
		day++
	}
	return day
}

// teamOf returns the team that makes a visit. Each day another team begins.
func (g *Generator) teamOf(n int) int {
	day := g.dayOf(n)
	return (n - g.firstOf(day) + day*5) % g.teams
}

// visit returns what is settled about visit n.
func (g *Generator) visit(n int) visit {
	v, c := g.single(n)
	if n == g.dup {
		v.duplicateOf, v.attempted = g.dupOf, false
		return v
	}
	if v.day == 0 || g.isGrave(n) || !c.once(0.007) || n == g.accidentVisit() {
		return v
	}
	before := g.firstOf(v.day - 1)
	for range duplicateTries {
		target := before + c.IntN(g.firstOf(v.day)-before)
		// A target that is late, or duplicates another, would not be there to be duplicated.
		of, _ := g.single(target)
		if of.late == 0 && !of.attempted && g.sameScope(target, v.team) && g.visit(target).duplicateOf < 0 {
			v.duplicateOf, v.attempted = target, false
			break
		}
	}
	return v
}

// duplicateTries is how many visits of the day before are tried as the one to duplicate.
const duplicateTries = 20

// sameScope reports whether a team may visit the subject of another visit without that being
// a deviation of its own.
func (g *Generator) sameScope(n, team int) bool {
	p, _ := g.place(n)
	if specialist(team) {
		return slices.ContainsFunc(sectorsOf(team), func(t *trade) bool { return t.sector == p.trade.sector })
	}
	return slices.ContainsFunc(g.countiesOf(team), func(a area) bool { return a.Code == p.area.Code })
}

// single returns the visit without asking whether it duplicates another.
func (g *Generator) single(n int) (visit, chance) {
	c := g.chance(forPlan, n)
	day := g.dayOf(n)
	v := visit{n: n, day: day, team: g.teamOf(n), duplicateOf: -1, copies: 4}
	slot := (n - g.firstOf(day)) / g.teams
	v.begins = g.at(day, 8, 20+slot*105).Add(c.minutes(0, 15))
	v.stay = c.minutes(45, 75)
	v.offline = g.chance(forTeamDay, day*10_000+v.team).once(0.06)
	if day < visitDays-6 && c.once(0.008) {
		v.late = time.Duration(c.between(76, 140)) * time.Hour
	}
	v.attempted = c.once(0.03)
	if c.once(0.015) {
		v.stay = c.minutes(4, 9)
	}
	v.resent = c.once(0.01)
	v.refused = c.once(0.02)
	if c.once(0.04) {
		v.copies = c.between(2, 3)
	}
	switch {
	case n == joinedVisit || g.isGrave(n):
		v.refused, v.copies, v.attempted = false, 4, false
	case n == refusedVisit:
		v.refused, v.attempted = true, false
	case n == lateVisit && v.late == 0:
		v.late = 90 * time.Hour
	}
	return v, c
}

// leaves is when the inspectors are done.
func (v *visit) leaves() time.Time { return v.begins.Add(v.stay + 10*time.Minute) }

// arrival is when the visit's request reaches the ledger.
func (g *Generator) arrival(v *visit) time.Time {
	end := v.leaves()
	switch {
	case v.late > 0:
		return end.Add(v.late)
	case v.offline:
		// The evening's burst: one visit every few seconds.
		return g.at(v.day, 20, 0).Add(time.Duration(v.team%50)*time.Minute + time.Duration(v.n%60)*time.Second)
	}
	return end.Add(time.Duration(v.n%7+1) * time.Minute)
}

// step is one request that is due, kept small: the request itself is made when it is written.
type step struct {
	due  time.Time
	n    int // visit, or team for a change of leader
	what int8
	of   *papers // of the visit
}

// approvalDelay is how long after a justification the office answers it.
const approvalDelay = 30 * time.Second

// What a step does.
const (
	fieldwork int8 = iota
	resend
	justification
	approval // of a justification
	review
	closing
	earlyClosing // refused: copies are missing
	secondClaim  // refused: the subject is reserved
	leaderChange
	accidentReport
	accidentUpdate
	accidentGrade
	instruction // of the city government
	acceptance
	answer
	listingNotice
	listingObjection
	listingEntry
	exposing
	exposureAnswer
	publishing
	investigationEnd
	campaignEnd
	writing    // the fieldwork becomes ready; it is sent later
	siteFiling // of work in a holiday
	siteGovernment
	siteDepartment
	subjectChanges
	ofUnit    // or of the party of a visit; see duties.go
	rectified // what a visit ordered
	rechecked
	confirmation // of the site record, by the second inspector
	receipts     // of the copies
	extension    // of the date of an order
	extended     // it is approved
	told         // an act of the story; see story.go
	reserving    // by the law of today, so that the visit can be approved before
	permission
	resultTelling
)

// Requests yields the campaign in the order of arrival.
func (g *Generator) Requests() iter.Seq[*Request] {
	return func(yield func(*Request) bool) {
		g.devices, g.told, g.fined = map[string]*devicekey.Signer{}, map[string]event.Ref{}, fined{}
		send := func(r *Request) bool { return r == nil || inParts(r, yield) } // nil: there was no reason for one
		if !g.setup(send) {
			return
		}
		pending := map[int][]step{}
		plan := func(s step) {
			day := int(s.due.Sub(g.Base).Hours() / 24)
			pending[day] = append(pending[day], s)
		}
		g.planOthers(plan)
		for day := 0; day < visitDays || len(pending) > 0; day++ {
			if day < visitDays {
				for n := g.firstOf(day); n < g.firstOf(day+1); n++ {
					g.planVisit(n, plan)
				}
			}
			today := pending[day]
			delete(pending, day)
			slices.SortFunc(today, func(a, b step) int {
				return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.n, b.n), cmp.Compare(a.what, b.what))
			})
			for _, s := range today {
				if s.what == writing {
					g.write(s)
				} else if !send(g.perform(s)) {
					return
				}
			}
		}
	}
}

// perRequest is the most events of one request: what the ledger takes at once.
const perRequest = 100

// inParts yields a request, as several when it is too large for one.
func inParts(r *Request, yield func(*Request) bool) bool {
	for len(r.Events) > perRequest {
		part := *r
		part.Events, r.Events = r.Events[:perRequest], r.Events[perRequest:]
		if r.Signatures != nil {
			part.Signatures, r.Signatures = r.Signatures[:perRequest], r.Signatures[perRequest:]
		}
		if !yield(&part) {
			return false
		}
	}
	return yield(r)
}

// planVisit plans the requests of one visit.
func (g *Generator) planVisit(n int, plan func(step)) {
	v := g.visit(n)
	c := g.chance(forAfterwards, n)
	arrival, p := g.arrival(&v), &papers{twice: v.resent}
	plan(step{v.leaves(), n, writing, p})
	plan(step{arrival, n, fieldwork, p})
	if v.resent {
		plan(step{arrival.Add(c.minutes(1, 30)), n, resend, p})
	}
	if g.Refusals && v.duplicateOf < 0 && !v.attempted && n%40 == 7 {
		plan(step{arrival.Add(10 * time.Second), n, secondClaim, p})
	}
	reviewed := arrival.Add(c.minutes(30, 180))
	plan(step{reviewed, n, review, p})
	if !v.attempted && (v.copies == 4 || n%3 != 0) { // some are never confirmed, and so never closed
		plan(step{reviewed.Add(30 * time.Second), n, confirmation, p})
	}
	if !v.attempted && v.copies == 4 && n%20 == 3 {
		plan(step{reviewed.Add(50 * time.Minute), n, receipts, p})
	}
	if v.duplicateOf >= 0 && c.once(0.6) {
		plan(step{reviewed.Add(time.Minute), n, justification, p})
		plan(step{reviewed.Add(time.Minute + approvalDelay), n, approval, p})
	}
	g.planOrders(&v, reviewed, p, plan)
	g.planToday(&v, arrival, reviewed, p, plan)
	switch {
	case v.copies == 4 || v.attempted:
		plan(step{reviewed.Add(c.minutes(2, 40)), n, closing, p})
	case g.Refusals:
		plan(step{reviewed.Add(c.minutes(2, 40)), n, earlyClosing, p})
	}
}

// planOthers plans what is no visit.
func (g *Generator) planOthers(plan func(step)) {
	for t := range g.teams {
		if changesLeader(t) {
			plan(step{g.at(leaderDay, 7, 30), t, leaderChange, nil})
		}
	}
	plan(step{g.at(19, 10, 5), 0, accidentReport, nil})
	plan(step{g.at(20, 9, 0), 0, accidentUpdate, nil})
	plan(step{g.at(22, 16, 0), 0, accidentGrade, nil})
	for n := range instructed {
		plan(step{g.at(22, 16, 30+n), n, instruction, nil})
	}
	plan(step{g.at(23, 9, 0), 0, acceptance, nil})
	plan(step{g.at(26, 15, 0), 0, answer, nil})
	for n := range unitSteps {
		plan(step{g.at(25, 9, 10*n), n, ofUnit, nil})
	}
	g.planMatters(plan)
	g.planSubjects(plan)
	g.story = g.tale()
	for n := range g.story {
		plan(step{g.story[n].at, n, told, nil})
	}
	plan(step{g.Base.Add(Length - time.Hour), 0, campaignEnd, nil})
}

// perform makes the request of a step.
func (g *Generator) perform(s step) *Request {
	switch s.what {
	case fieldwork, resend:
		return s.sent()
	case justification, approval, review, closing, earlyClosing, secondClaim, confirmation, receipts:
		return g.afterwards(s)
	case leaderChange:
		return g.changeLeader(s)
	case instruction, acceptance, answer:
		return g.handover(s)
	case accidentReport, accidentUpdate, accidentGrade:
		return g.accident(s)
	case listingNotice, listingObjection, listingEntry, exposing, exposureAnswer, publishing, investigationEnd:
		return g.matter(s)
	case siteFiling, siteGovernment, siteDepartment, subjectChanges:
		return g.ofSubjects(s)
	case ofUnit:
		return g.ofUnit(s)
	case rectified, rechecked:
		return g.ofOrders(s)
	case extension, extended:
		return g.moreTime(s)
	case reserving, permission, resultTelling:
		return g.ofToday(s)
	case told:
		return g.tell(s)
	case campaignEnd:
		return g.end(s)
	}
	panic(fmt.Sprintf("simulate: unknown step %d", s.what))
}
