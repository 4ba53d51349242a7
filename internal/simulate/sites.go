package simulate

import (
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// What becomes of subjects besides visits: two sites file work in the New Year, one of which both bodies approve (R26), and of three
// subjects that nobody visits one is named a key firm (R34), and one merges into another (R18).

// sitesThatWork is how many sites file work.
const sitesThatWork = 2

// planSubjects plans them by their days.
func (g *Generator) planSubjects(plan func(step)) {
	for i := range g.sites() {
		plan(step{g.at(20, 10, i), i, siteFiling, nil})
		plan(step{g.at(21, 10, i), i, siteGovernment, nil})
	}
	if len(g.sites()) > 0 {
		plan(step{g.at(22, 10, 0), 0, siteDepartment, nil}) // the other one's is still owed
	}
	if len(g.bystanders(len(ofBystanders))) == len(ofBystanders) {
		plan(step{g.at(18, 9, 0), 0, subjectChanges, nil})
	}
}

// sites are the first that are in the register.
func (g *Generator) sites() (all []place) {
	for n := 0; n < g.subjects() && len(all) < sitesThatWork; n++ {
		if p, _ := g.place(n); p.trade.kind == "site" && g.registers(n, p) {
			all = append(all, p)
		}
	}
	return all
}

// ofBystanders is what becomes of subjects that nobody visits.
var ofBystanders = [...]string{"it is named a key firm", "it merges", "it is what the other merges into"}

// bystanders are some subjects that are in the register, and that nobody visits.
func (g *Generator) bystanders(most int) (all []place) {
	for n := g.subjects() - 1; n >= g.visits && len(all) < most; n-- {
		if p, _ := g.place(n); g.registers(n, p) {
			all = append(all, p)
		}
	}
	return all
}

// registers reports whether subject n is entered in the register before the visits.
func (g *Generator) registers(n int, p place) bool {
	return n >= g.visits || !p.inField && g.visit(n).duplicateOf < 0
}

// bodies are the people of the two bodies that answer for a site.
func (g *Generator) bodyOf(n int, of place) event.Actor {
	a := event.Actor{Person: fmt.Sprintf("%s-b%d", g.id, n), Role: event.RoleCountyGovernment, County: of.area.Code,
		Unit: "government-" + of.area.Code}
	if n == 1 {
		a.Role, a.County, a.Unit = event.RoleDepartment, "", unitID(of.trade.dept, of.area.Code)
	}
	return a
}

// registerBodies registers these people.
func (g *Generator) registerBodies(b *batch, at time.Time) {
	sites := g.sites()
	if len(sites) == 0 {
		return
	}
	for n := range 2 {
		a := g.bodyOf(n, sites[0])
		b.add("person-registered", event.Person, a.Person, at, &person.Registered{Name: pick(b.c, surnames) + pick(b.c, given) + mark,
			Unit: a.Unit, Roles: []event.Role{a.Role}})
	}
}

// ofSubjects makes the request of such a step.
func (g *Generator) ofSubjects(s step) *Request {
	if s.what == subjectChanges {
		return g.changes(s)
	}
	site := g.sites()[s.n]
	author := g.office()
	switch s.what {
	case siteGovernment:
		author = g.bodyOf(0, site)
	case siteDepartment:
		author = g.bodyOf(1, site)
	}
	b := g.stepBatch(s, author)
	if s.what != siteFiling {
		b.add("approval-given", event.Subject, site.id, s.written(), approves(g.filings[s.n]))
		return b.request(s.due)
	}
	day := fmt.Sprintf("%d-01-01", s.due.In(event.Beijing).Year()+1)
	b.add("holiday-work-filed", event.Subject, site.id, s.written(), &subject.HolidayWorkFiled{Holiday: "元旦", From: day, To: day,
		Plan: "项目经理带班，主管部门当日检查" + mark, Paper: event.Evidence{SHA256: b.c.hash(), Size: 4096, MediaType: "application/pdf"}})
	g.filings[s.n] = refTo(b.events[0])
	return b.request(s.due)
}

// changes names a key firm, and has a subject merge into another.
func (g *Generator) changes(s step) *Request {
	b := g.stepBatch(s, g.office())
	of := g.bystanders(len(ofBystanders))
	from := g.date(s.due)
	b.add("subject-updated", event.Subject, of[0].id, s.written(), &subject.Updated{From: from,
		Class: &subject.Class{Classes: []string{"key-firm"}, Basis: "重点企业名单" + mark}})
	b.add("subject-ended", event.Subject, of[1].id, s.written(), &subject.Ended{How: subject.Merged, On: from, Successor: of[2].id,
		Document: "合并登记" + mark})
	return b.request(s.due)
}
