package test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestCampaign plays the speech: the month from the plan to the city's report, over HTTP, each role with its own token,
// with the clock in the test's hand. Every part goes on from the one before; flags, gates, obligations and
// figures are compared at three positions.
func TestCampaign(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := &story{town: w}
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"R01 R14 R60 the plan, its basis, its targets, its teams", p.preparation},
		{"R31 R72 a visit made offline is sent twice", p.offline},
		{"R41 R56 an inspector who only inspects", p.onlyInspects},
		{"R46 R47 a stop", p.stop},
		{"pillar 17 a correction that tries to lose a penalty", p.losesAPenalty},
		{"the first position", p.first},
		{"R73 a tip goes overdue", p.tip},
		{"R71 an exposure is withdrawn", p.exposure},
		{"R44 an accident, and a visit that arrives after it", p.accident},
		{"R63 R64 a blind team is reviewed", p.blindTeam},
		{"R46 R47 a closing is approved", p.closure},
		{"R58 a blacklist entry", p.blacklist},
		{"R41 R55 a case is filed", p.files},
		{"the second position", p.second},
		{"R44 a review is decided", p.accountability},
		{"R41 R57 a hearing, a decision, a payment", p.hearing},
		{"R48 R62 the end, and its reports", p.reports},
		{"the third position", p.third},
	} {
		if !t.Run(part.name, func(t *testing.T) {
			w.T = t
			part.run()
		}) {
			t.Fatalf("%s: what follows rests on it", part.name)
		}
	}
}

// sealedByNobody has the form of a sealed text.
var sealedByNobody = form{"sha256": recordHash, "size": 200, "to": "TI7_kWtTfvsWYTxfBiUnW0Ko-l4d1OE4kOwZdgGWsDM", "commit": recordHash}

const disciplineRules = "不得接受吃请。"

// story is what one part leaves to a later one.
type story struct {
	*town
	photo   form
	penalty *stated
	halt    *stated // the order to stop
	file    string  // the case of the finding that was only inspected
	ofTip   string  // the review that the tip opened
	at      []moment
}

// moment is what the city saw of itself at a position, and who owed what.
type moment struct {
	Position          uint64
	Root              string
	Counts            struct{ Inspections, Checks, Findings, Penalties int64 }
	Fines             []money
	FindingsOpen      int64 `json:"findings_open"`
	ClosedInspections int64 `json:"closed_inspections"`
	Accidents         int64
	Deviations        []struct {
		Code  string
		Count int64
	} `json:"deviations"`
	owed []string
}

// city is what the city government is shown now.
func (p *story) city() (m moment) {
	p.sees("mayor", fmt.Sprintf("/v1/city?wait_for=%d", p.position()), &m)
	m.owed = p.owes("office", "")
	return m
}

// marks compares what the city sees with what it should, and keeps it.
func (p *story) marks(figures, flags, owed string) {
	m := p.city()
	p.at = append(p.at, m)
	p.wants("figures", fmt.Sprintf("%+v, fines %v, open %d, closed %d, accidents %d", m.Counts, m.Fines, m.FindingsOpen, m.ClosedInspections,
		m.Accidents), figures)
	p.wants("flags", m.Deviations, flags)
	p.wants("owed", m.owed, owed)
}

func (p *story) preparation() {
	w := p.town
	w.arrives("office", token.Issued{Role: event.RoleSupervisionOffice})
	w.arrives("commission", token.Issued{Role: event.RoleDisciplineCommission})
	w.arrives("mayor", token.Issued{Role: event.RoleCityGovernment})
	w.arrives("hanbin", token.Issued{Role: event.RoleCountyGovernment, County: "610902", Unit: "government-610902"})
	w.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	w.key(event.RoleDisciplineCommission)

	plan := form{"title": "安康市安全生产督查检查工作方案", "version": "1", "policy": policy(w)}
	w.does("office", "campaign/c", "campaign-plan-published", plan)
	low := policy(w).with(form{"min_inspectors": 1})
	w.mayNot("office", "plan-below-the-law", "campaign/c", "campaign-plan-published", form{"title": "…", "version": "2", "policy": low})
	w.does("office", "campaign/c", "campaign-linked", form{"level": "provincial", "document": "全省安全生产集中整治方案"})
	w.does("office", "campaign/c", "campaign-linked", form{"level": "central", "document": "国务院安委会集中整治工作方案"})
	w.does("office", "campaign/c", "campaign-started", form{"start": december(1, 0), "end": december(31, 24)})

	w.does("office", "table/units", "code-table-published", form{"table": "units", "units": []form{
		{"id": "audit-city", "name": "安康市审计局", "sectors": []string{"FIRE"}},
		{"id": "emergency-610902", "name": "汉滨区应急管理局", "county": "610902", "sectors": []string{"INDTRADE"}},
		{"id": "government-610902", "name": "汉滨区人民政府", "county": "610902", "sectors": []string{"INDTRADE"}}}})
	w.does("office", "table/discipline-rules", "discipline-rules-published", form{"version": "2019-1", "document": disciplineRules,
		"in_force_from": "2019-11-01"})
	for _, members := range [][]string{{"t1", "wang", "ma", "li"}, {"t2", "he", "she", "qin"}, {"t3", "liu", "sun", "zhao"}} {
		team, members := members[0], members[1:]
		w.does("office", "team/"+team, "team-formed", form{"name": "督查组" + team, "kind": "comprehensive"})
		w.does("office", "team/"+team, "team-scope-assigned", form{"sectors": []string{"INDTRADE"}, "counties": []string{"610902"}})
		for i, id := range members {
			p.instructed(id)
			role := token.Issued{Role: event.RoleInspector, Person: id, Team: team}
			if i == 0 {
				role.Role = event.RoleTeamLeader
				w.mayNot("office", "team-needs-leader", "team/"+team, "team-activated", nil)
				w.does("office", "team/"+team, "leader-appointed", form{"person": id})
			} else {
				w.does("office", "team/"+team, "member-joined", form{"person": id})
			}
			w.arrives(id, role)
		}
		w.does("office", "team/"+team, "team-activated", nil)
	}
	p.instructed("song")
	w.arrives("song", token.Issued{Role: event.RoleCountyGovernment, Person: "song", County: "610902", Unit: "government-610902"})
	for _, id := range []string{"zhou", "zheng"} {
		p.instructed(id)
		w.arrives(id, token.Issued{Role: event.RoleSupervisionOffice, Person: id})
	}
	for _, id := range []string{"firm-a", "firm-b", "firm-c", "firm-d", "firm-e", "firm-f", "firm-g"} {
		w.does("office", "subject/"+id, "subject-registered", form{"kind": "enterprise", "name": "安康" + id, "region": "610902107",
			"sectors": []string{"INDTRADE"}, "discovery": "register"})
	}
	w.does("office", "campaign/c", "coverage-target-set", form{"version": "1", "percent": 100})
	w.does("office", "campaign/c", "indicator-baseline-set", form{"period": form{"from": "2019-12-01", "to": "2019-12-31"},
		"base": form{"from": "2018-12-01", "to": "2018-12-31"}, "source": "安全生产统计年报", "no_larger_in": 2020,
		"rows": []form{{"county": "610902", "accidents": 3, "deaths": 2, "injured": 4, "direct_loss": money{"CNY", 12_000_000}}}})
	p.until(2, 8)
	p.photo = w.photo("ma", "照片")
}

// instructed registers a person who was trained and knows the rules of discipline.
func (p *story) instructed(id string) {
	p.does("office", "person/"+id, "person-registered", form{"name": id, "unit": "audit-city", "certificate_no": "cert-" + id,
		"roles": []string{"inspector"}})
	p.does("office", "person/"+id, "inspector-trained", form{"topic": "督查检查", "date": "2019-11-24"})
	p.does("office", "person/"+id, "discipline-rules-acknowledged",
		form{"version": "2019-1", "document_sha256": sha256Hex([]byte(disciplineRules))})
}

// offline: the visit of the 2nd is made without a network, sent in the evening, and once more because the answer was lost. A
// second visit to the same enterprise for the same sector is a duplicate, and justified by a second person.
func (p *story) offline() {
	v := p.begin(december(2, 9), visitOf("t1", "a"), "firm-a", "t1", "initial", "ma", "li")
	v.checks(p.photo)
	v.finds("f1", "general", p.photo)
	p.penalty = v.add("penalty-decided", form{"penalty": "p1", "findings": []string{"f1"}, "kind": "fine", "fine": money{"CNY", 5_000},
		"legal_basis": clause, "decision_no": "1", "final": true})
	v.signs("1", "ma", "li")
	v.delivers()
	p.until(2, 19)
	if got := p.typesOf("hanbin", "inspection"); got != nil {
		p.Fatalf("the county knows of a visit that nobody has sent: %q", got)
	}
	sent := v.events
	v.send("ma")
	p.again("ma", sent)
	p.until(3, 9)
	p.does("wang", v.stream, "leader-reviewed", form{"opinion": "同意"})
	p.does("wang", v.stream, "inspection-closed", nil)

	twice := p.begin(december(3, 9), visitOf("t2", "a"), "firm-a", "t2", "initial", "she", "qin")
	twice.send("she", "duplicate-inspection")
	asked := p.does("he", twice.stream, "duplicate-justified", form{"reason": "企业要求再次指导"})
	p.mayNot("he", "no-second-person", twice.stream, "approval-given", asked.ref())
	p.agrees("zhou", asked)
}

// onlyInspects: what is punishable needs a decision, and a repair instead of it is none.
func (p *story) onlyInspects() {
	p.until(4, 8)
	v := p.begin(december(4, 8), visitOf("t1", "d"), "firm-d", "t1", "initial", "ma", "li")
	v.checks(p.photo)
	v.finds("f1", "general", p.photo)
	v.add("order-issued", form{"order": "o1", "kind": "rectify-by-date", "findings": []string{"f1"}, "due": "2019-12-14",
		"legal_basis": clause})
	v.signs("2", "ma", "li")
	v.delivers()
	p.until(4, 12)
	v.send("ma")
	p.does("wang", v.stream, "leader-reviewed", form{"opinion": "同意"})
	p.mayNot("wang", "closing-needs-penalty", v.stream, "inspection-closed", nil)
	p.wants("what holds up closing", p.owes("wang", "&stream="+v.stream), "[closing filing rectify]")
}

// stop: a major hazard is stopped at once, with a ground; without one an enterprise is not stopped.
func (p *story) stop() {
	v := p.begin(december(4, 13), visitOf("t1", "b"), "firm-b", "t1", "initial", "ma", "li")
	v.checks(p.photo)
	v.finds("f1", "major", p.photo)
	p.until(4, 14)
	v.send("ma")
	p.mayNot("ma", "stop-without-ground", v.stream, "order-issued", form{"order": "o1", "kind": "stop", "findings": []string{"f1"}})
	p.halt = p.does("ma", v.stream, "order-issued", form{"order": "o1", "kind": "stop", "findings": []string{"f1"}, "legal_basis": clause,
		"alternatives": "限期整改不足以消除危险"})
	p.does("ma", v.stream, "penalty-decided", form{"penalty": "p1", "findings": []string{"f1"}, "kind": "fine", "fine": money{"CNY", 5_000},
		"legal_basis": clause, "decision_no": "2", "final": true})
	v.at = december(4, 14)
	v.signs("3", "ma", "li")
	v.delivers()
	v.send("ma")
}

// losesAPenalty: a penalty is withdrawn with a second person's yes only, and what it met is owed again.
func (p *story) losesAPenalty() {
	p.until(5, 9)
	var before, after view
	p.sees("mayor", "/v1/city", &before)
	lost := form{"fact": p.penalty.ref(), "replaces": p.penalty.ref(), "reason": "企业已整改"}
	p.mayNot("she", "not-your-team", p.penalty.Subject, "fact-withdrawn", lost)
	asked := p.does("ma", p.penalty.Subject, "fact-withdrawn", lost, "closed-open", "corrected-after-closing")
	p.mayNot("ma", "role-may-not-append", p.penalty.Subject, "approval-given", asked.ref())
	p.refuses("zhou", asked, "处罚依据充分")
	p.sees("mayor", "/v1/city", &after)
	if before.Counts != after.Counts || before.Fines[0] != after.Fines[0] {
		p.Errorf("a withdrawal that nobody approved changed %+v %v to %+v %v", before.Counts, before.Fines, after.Counts, after.Fines)
	}
}

func (p *story) first() {
	p.marks("{Inspections:4 Checks:18 Findings:3 Penalties:2}, fines [{CNY 10000}], open 3, closed 1, accidents 0",
		"[{duplicate-inspection 1}]",
		"[campaign-end closing filing leader-review record! rectify service]")
}

// tip: nobody accepts it in time, which the ledger says once; what is done late is flagged, and none is answered before
// it was investigated.
func (p *story) tip() {
	p.does("zhou", "tip/x", "tip-received", form{"channel": "letter", "violation": "other", "subject": "firm-d",
		"content": secret("仓库无消防验收")})
	p.mayNot("zhou", "tip-not-accepted", "tip/x", "tip-investigated", form{"result": "unsubstantiated", "account": "…"})
	p.wants("the tip", p.owes("zhou", "&stream=tip/x"), "[tip-accept]")
	p.blindVisits()
	p.until(9, 23)
	p.wants("the tip, on the working day after three days", p.owes("zhou", "&stream=tip/x"), "[tip-accept]")
	p.until(10, 8)
	p.wants("the tip, overdue", p.owes("zhou", "&stream=tip/x"), "[tip-accept!]")
	p.wants("the tip", p.typesOf("commission", "tip/x"), "[tip-received deadline-passed]")
	p.wants("of the tip a team is shown", p.typesOf("wang", "tip"), "[]")
	p.does("zhou", "tip/x", "tip-accepted", nil)
	p.does("zhou", "tip/x", "tip-investigated", form{"result": "substantiated", "account": "属实"})
	p.does("zhou", "tip/x", "tip-answered", form{"manner": "telephone", "summary": "已告知"})
	p.ofTip = p.streamOf("commission", "review") // what was reported had been there when the team was
	p.wants("the tip, answered", p.owes("zhou", "&stream=tip/x"), "[]")
}

// blindVisits: team t3 finds nothing in three visits of one week.
func (p *story) blindVisits() {
	for i, firm := range []string{"firm-e", "firm-f", "firm-g"} {
		p.until(6+i, 18)
		v := p.begin(december(6+i, 9), visitOf("t3", firm), firm, "t3", "initial", "sun", "zhao")
		v.checks(p.photo)
		v.signs("t3-"+firm, "sun", "zhao")
		v.delivers()
		v.send("sun")
	}
}

// exposure: the office publishes a hazard of a signed record after a second person's yes, and withdraws it.
func (p *story) exposure() {
	p.until(10, 9)
	data := form{"ground": "major-hazard", "inspection": strings.TrimPrefix(visitOf("t1", "b"), "inspection/"), "findings": []string{"f1"},
		"outlet": "安康日报", "content": "某企业存在重大事故隐患", "redacted": true,
		"legal_review": form{"by": "法制科", "on": "2019-12-10", "opinion": "同意"}}
	paper := form{"outlet": "安康日报", "title": "重大隐患曝光", "published_on": "2019-12-11", "exposure": "e"}
	p.mayNot("zhou", "exposure-needs-hazard", "exposure/e", "exposure-proposed",
		data.with(form{"inspection": strings.TrimPrefix(visitOf("t1", "d"), "inspection/")}))
	asked := p.does("zhou", "exposure/e", "exposure-proposed", data)
	p.mayNot("zhou", "exposure-not-approved", "publicity/p", "publicity-published", paper)
	p.agrees("zheng", asked)
	p.until(11, 9)
	p.does("zhou", "publicity/p", "publicity-published", paper)
	p.does("zhou", "publicity/p", "publication-withdrawn", form{"reason": "企业名称有误"})
	p.mayNot("zhou", "publication-already-withdrawn", "publicity/p", "publication-withdrawn", form{"reason": "…"})
}

// accident: at firm-c three people die; the ledger opens a review of a visit that had happened before and arrives afterwards.
func (p *story) accident() {
	v := p.begin(december(10, 9), visitOf("t1", "c"), "firm-c", "t1", "initial", "ma", "li")
	v.checks(p.photo)
	v.signs("4", "ma", "li")
	v.delivers()
	p.until(12, 9)
	harm := form{"deaths": 3, "serious_injuries": 0, "injured": 0, "direct_loss": money{"CNY", 0}}
	p.does("office", "accident/x", "accident-reported", form{"subjects": []string{"firm-c"}, "region": "610902107",
		"happened": december(12, 7), "kind": "machinery", "summary": "…", "harm": harm})
	p.wants("reviews, before there is a visit", p.typesOf("commission", "review"), "[accountability-review-opened]")
	p.until(12, 12)
	v.send("ma")
	p.wants("reviews", p.typesOf("commission", "review"), "[accountability-review-opened accountability-review-opened]")
	p.wants("of which the team is shown", p.typesOf("wang", "review"), "[]")
}

// closure: who stopped a firm proposes to close it, and a government decides.
func (p *story) closure() {
	p.until(13, 14)
	closing := form{"ground": "major-hazard", "findings": []string{"f1"}, "scope": "full", "alternatives": "停产未能消除危险",
		"legal_basis": clause}
	p.mayNot("ma", "closure-without-ground", p.halt.Subject, "closure-proposed", closing.with(form{"legal_basis": []form{}}))
	asked := p.does("ma", p.halt.Subject, "closure-proposed", closing)
	p.mayNot("zhou", "government-closes", p.halt.Subject, "approval-given", asked.ref())
	p.wants("of the closing", p.owes("zhou", "&stream="+p.halt.Subject), "[closure]")
	p.agrees("song", asked)
	p.wants("of the closing", p.owes("zhou", "&stream="+p.halt.Subject), "[]")
}

// files: officers of the county's bureau file the case of the finding that was only inspected, late.
func (p *story) files() {
	p.until(20, 10)
	for name, role := range map[string]event.Role{"guo": event.RoleOfficer, "jin": event.RoleOfficer, "tan": event.RoleApprover} {
		p.instructed(name)
		p.arrives(name, token.Issued{Role: role, Person: name, Unit: "emergency-610902"})
	}
	p.file = "case/" + eventtest.Visit("emergency-610902", "d")
	visit := strings.TrimPrefix(visitOf("t1", "d"), "inspection/")
	officers := []form{{"person": "guo", "certificate": "cert-guo"}, {"person": "jin", "certificate": "cert-jin"}}
	filed := form{"inspection": visit, "subject": "firm-d", "findings": []string{"f1"}, "matter": "消防通道堵塞", "authority": "emergency-610902",
		"officers": officers, "violated_on": "2019-12-04", "harm": false}
	p.mayNot("guo", "too-few-officers", p.file, "case-filed", filed.with(form{"officers": officers[:1]}))
	p.does("guo", p.file, "case-filed", filed, "late-filing")
	notice := form{"kind": "fine", "fine": money{"CNY", 2_000_000}, "facts": "消防通道堵塞", "legal_basis": clause, "hearing": true}
	p.does("guo", p.file, "prior-notice-served", notice)
	p.does("guo", p.file, "case-step-recorded", form{"step": "hearing-requested", "people": []form{{"part": "party"}}})
	p.does("guo", p.file, "case-step-recorded", form{"step": "hearing-notified", "people": []form{}, "hearing_on": "2019-12-31"})
}

// hearing: who investigates neither chairs nor reviews, who decides does not collect, and the case ends when the fine is paid.
func (p *story) hearing() {
	p.until(31, 10)
	step := func(name, outcome string, people ...form) form {
		f := form{"step": name, "people": people}
		if outcome != "" {
			f["outcome"] = outcome
		}
		return f
	}
	held := func(chair string) form {
		return step("hearing-held", "rejected", form{"person": chair, "part": "chair"}, form{"person": "guo", "part": "investigator"},
			form{"part": "party"})
	}
	p.mayNot("guo", "investigator-chairs-hearing", p.file, "case-step-recorded", held("guo"))
	p.does("tan", p.file, "case-step-recorded", held("tan"))
	fine := form{"inspection": strings.TrimPrefix(visitOf("t1", "d"), "inspection/"), "penalty": "case-d", "findings": []string{"f1"},
		"kind": "fine", "fine": money{"CNY", 2_000_000}, "legal_basis": clause, "decision_no": "3", "final": true}
	p.mayNot("guo", "legal-review-required", p.file, "penalty-decided", fine)
	p.does("tan", p.file, "case-step-recorded", step("legal-review", "accepted", form{"person": "tan", "part": "reviewer"}))
	p.does("tan", p.file, "penalty-decided", fine)
	p.does("guo", p.file, "case-step-recorded", step("decision-served", "", form{"part": "party"}))
	p.wants("of the fine", p.owes("zhou", "&stream="+p.file+"&kind=payment"), "[payment]")
	paid := form{"penalty": "case-d", "direction": "paid", "amount": money{"CNY", 2_000_000}}
	p.mayNot("tan", "decider-records-payment", p.file, "payment-recorded", paid)
	p.mayNot("guo", "fine-not-paid", p.file, "case-closed", form{"ground": "executed"})
	p.does("jin", p.file, "payment-recorded", paid)
	p.does("guo", p.file, "case-closed", form{"ground": "executed"})
	p.wants("of the visit", p.owes("wang", "&stream="+visitOf("t1", "d")), "[closing! rectify!]")
	p.does("wang", visitOf("t1", "d"), "inspection-closed", nil, "late-closing")
}

// blacklist: a larger accident proposes an entry; a person enters it after notice and the time for objections.
func (p *story) blacklist() {
	p.until(13, 15)
	p.does("office", "accident/x", "accident-graded", form{"grade": "larger", "statistical_year": 2019, "decided_by": "安康市人民政府"})
	list := p.streamOf("zhou", "blacklist")
	entered := form{"list": "policy", "decision_no": "1", "decided_by": "安康市应急管理局", "from": "2019-12-20", "until": "2022-12-19"}
	p.mayNot("zhou", "blacklist-out-of-order", list, "blacklist-entered", entered)
	p.does("zhou", list, "blacklist-notified", form{"authority": "安康市应急管理局", "document_no": "1", "reasons": "发生较大事故"})
	p.until(20, 9)
	p.does("zhou", list, "blacklist-entered", entered)
}

// blindTeam: the ledger names the team without findings; other people review it, and what they find is the commission's.
func (p *story) blindTeam() {
	p.until(13, 8)
	stream := p.streamOf("office", "team-review")
	p.wants("the review", p.typesOf("office", stream), "[zero-finding-team-flagged]")
	ordered := form{"team": "t3", "by": "t2", "reviewers": []string{"she", "qin"}, "inspections": []string{}}
	p.mayNot("office", "reviewer-of-the-reviewed", stream, "team-review-ordered", ordered.with(form{"by": "t3", "reviewers": []string{"sun"}}))
	p.does("office", stream, "team-review-ordered", ordered)
	v := p.begin(december(13, 9), visitOf("t2", "review"), "firm-e", "t2", "team-review", "she", "qin")
	v.checks(p.photo)
	v.finds("f1", "general", p.photo)
	p.until(13, 13)
	v.send("she")
	p.does("she", stream, "review-inspection-completed", form{"inspections": []string{strings.TrimPrefix(v.stream, "inspection/")},
		"problem": true, "findings": []form{{"inspection": strings.TrimPrefix(v.stream, "inspection/"), "finding": "f1", "existed": true}}})
	p.wants("the commission's duty", p.owes("commission", "&stream=inquiry"), "[inquiry]")
	p.wants("of which the office is shown", p.owes("office", "&stream=inquiry"), "[]")
	inquiry := p.streamOf("commission", "inquiry")
	p.does("commission", inquiry, "disciplinary-inquiry-opened", form{"team": "t3", "persons": []string{}, "breach": "missed-hazard",
		"consequence": "accident",
		"entries":     []int{3}, "facts": secret("督查组未发现隐患")})
	p.wants("the commission's duty", p.owes("commission", "&stream=inquiry"), "[inquiry-outcome]")
}

func (p *story) second() {
	p.marks("{Inspections:9 Checks:48 Findings:4 Penalties:2}, fines [{CNY 10000}], open 4, closed 1, accidents 1",
		"[{duplicate-inspection 1} {late-filing 1}]",
		"[accountability blacklist-expiry campaign-end casualties closing closing! decision filing "+
			"investigation leader-review! record! rectify! result service]")
}

// accountability: people decide, not the ledger; who decides gives grounds.
func (p *story) accountability() {
	p.until(23, 9)
	stream := p.streamOf("commission", "review", p.ofTip)
	decision := form{"fault": true, "grounds": []string{"coarse-carelessness"}, "decided_by": "安康市纪委监委",
		"basis": clause, "decision": secret("给予警告")}
	p.mayNot("ma", "role-may-not-append", stream, "accountability-decided", decision.with(form{"decision": sealedByNobody}))
	decided := p.does("commission", stream, "accountability-decided", decision)
	p.mayNot("commission", "review-already-decided", stream, "accountability-decided", decided.Data.(form))
}

// reports: the campaign ends, each leader reports, the city does: figures with the position and root that prove them.
func (p *story) reports() {
	p.until(32, 9)
	p.does("office", "campaign/c", "campaign-ended", nil)
	p.wants("owed at the end", p.owes("office", "&stream=campaign/c"), "[city-report team-report]")
	of := p.city()
	report := func(team string) form {
		return form{"team": team, "of": form{"position": of.Position, "root": of.Root}, "figures": form{"inspections": 3}, "narrative": "检查三户"}
	}
	p.mayNot("wang", "not-your-team", "campaign/c", "team-report-submitted", report("t2"))
	p.does("wang", "campaign/c", "team-report-submitted", report("t1"))
	p.does("he", "campaign/c", "team-report-submitted", report("t2"))
	city := form{"of": form{"position": of.Position, "root": of.Root}, "figures": form{"inspections": 7}, "narrative": "全市检查七户"}
	p.does("zhou", "campaign/c", "campaign-report-published", city)
	p.until(40, 9)
	p.until(40, 10)
	p.wants("owed after eight days", p.owes("office", "&stream=campaign/c"), "[team-report!]")
}

func (p *story) third() {
	p.marks("{Inspections:9 Checks:48 Findings:4 Penalties:3}, fines [{CNY 2010000}], open 4, closed 2, accidents 1",
		"[{duplicate-inspection 1} {late-closing 1} {late-filing 1}]",
		"[accountability blacklist-expiry casualties closing! filing "+
			"investigation leader-review! record! rectify! result service team-report!]")
	for _, m := range p.at {
		var then moment
		p.sees("mayor", fmt.Sprintf("/v1/city?as_of=%d", m.Position), &then)
		if m.owed = nil; !reflect.DeepEqual(then, m) {
			p.Errorf("at position %d the city is shown %+v, then it was %+v", m.Position, then, m)
		}
	}
}
