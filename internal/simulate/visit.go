package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// fieldVisit is a visit while its events are made.
type fieldVisit struct {
	*batch
	v        visit
	place    place
	id       string // of the inspection
	members  []int  // numbers of the inspectors within the team
	clock    time.Time
	pace     time.Duration // between two events on site
	findings []*inspection.FindingRecorded
	orders   int
	kind     string // of the visit; "" is an initial one
	papers   papers // of the visit of a review
}

func (g *Generator) inspectionID(n int) string {
	return event.VisitID(g.teamID(g.teamOf(n)), g.chance(forName, n).id(g.visit(n).begins))
}

// drawInspectors draws the inspectors of a visit; it must be the first draw from the visit's chance.
func drawInspectors(c chance) []int {
	first := c.between(1, members)
	list := []int{first, first%members + 1}
	if c.once(0.3) {
		list = append(list, (first+1)%members+1)
	}
	return list
}

// say adds an event of the inspection at the clock, which moves on.
func (f *fieldVisit) say(name string, data event.Data) {
	f.add(name, event.Inspection, f.id, f.clock, data)
	f.clock = f.clock.Add(f.pace)
}

func (f *fieldVisit) inspectors() []string {
	ids := make([]string, len(f.members))
	for i, n := range f.members {
		ids[i] = f.g.person(f.v.team, n)
	}
	return ids
}

// fieldwork makes the request that the inspectors have ready when they leave.
func (g *Generator) fieldwork(n int) *Request {
	c := g.chance(forVisit, n)
	f := &fieldVisit{v: g.visit(n), id: g.inspectionID(n), members: drawInspectors(c)}
	f.batch = g.batch(g.actor(f.v.team, f.members[0]), c)
	subject := n
	if f.v.duplicateOf >= 0 {
		subject = f.v.duplicateOf
	}
	var entering chance
	f.place, entering = g.place(subject)
	if f.place.inField && subject == n {
		g.enter(f.batch, n, f.place, entering, "field", f.v.begins.Add(-time.Minute))
	}
	f.begin()
	if f.v.attempted {
		f.say("inspection-attempted", &inspection.Attempted{Reason: pick(c, locked), Evidence: []event.Evidence{f.photo("现场门头")}})
	} else {
		f.onSite()
	}
	return f.request(time.Time{})
}

// begin: reserve, read up, start. A duplicate visit has no reservation: the other team's was
// not known offline.
func (f *fieldVisit) begin() {
	v, sector := &f.v, f.place.trade.sector
	if v.duplicateOf < 0 {
		f.clock = v.begins.Add(-f.c.minutes(45, 120))
		if f.kind != "" || !f.g.reservesAhead(v, &f.place) {
			f.say("assignment-reserved", f.g.reservation(v, &f.place))
		}
	}
	f.clock = v.begins.Add(-f.c.minutes(15, 40))
	if v.duplicateOf < 0 {
		f.say("pre-inspection-briefed", &inspection.Briefed{Checklist: sector + "-1"})
	}
	f.clock = v.begins
	f.say("inspection-started", &inspection.Started{Subject: f.place.id, Team: f.g.teamID(v.team), Sector: sector,
		VisitType: cmp.Or(f.kind, "initial"), Inspectors: f.inspectors(), EnforcingAuthority: f.place.authority(),
		Purpose: f.g.purpose(f.v.n)})
	f.clock = v.begins.Add(10 * time.Minute)
	if v.n == joinedVisit {
		f.joined()
	}
}

func (g *Generator) reservation(v *visit, p *place) *inspection.Reserved {
	return &inspection.Reserved{Subject: p.id, Team: g.teamID(v.team), Sector: p.trade.sector, VisitType: "initial",
		PlannedOn: g.date(v.begins)}
}

// joined: one more inspector comes.
func (f *fieldVisit) joined() {
	for n := 1; n <= members; n++ {
		if !slices.Contains(f.members, n) {
			f.say("inspector-joined", &inspection.Joined{Person: f.g.person(f.v.team, n), Reason: "现场点位多，增派人员"})
			f.members = append(f.members, n)
			return
		}
	}
}

// onSite is the visit proper, from the arrival to the departure.
func (f *fieldVisit) onSite() {
	c := f.c
	f.pace = f.v.stay / 90
	leaves := f.clock.Add(f.v.stay)
	here := &event.Place{Lat: f.place.lat, Lon: f.place.lon, Accuracy: float64(c.between(5, 40)), Datum: datum}
	f.say("inspector-arrived", &inspection.Arrived{Place: here})
	f.scan()
	certificates := make([]string, len(f.members))
	for i, n := range f.members {
		certificates[i] = f.g.certificate(f.v.team, n)
	}
	f.say("certificates-shown", &inspection.CertificatesShown{Certificates: certificates})
	f.say("notice-posted", &inspection.NoticePosted{
		Content: "安全生产专项督查：检查主体责任、隐患排查治理、现场作业" + mark, Purpose: "排查治理各类安全隐患",
		OfficePhone: "0915-0000000", LeaderPhone: fmt.Sprintf("000-0000-%04d", f.v.team), Photo: f.photo("告示张贴"),
		Evaluation: evaluation.Hash(f.g.code(f.v.n)), Told: f.g.toldBy(),
	})
	f.conduct()
	f.findings = f.find()
	f.checks()
	f.recordFindings()
	f.dispose()
	f.punish()
	if c.once(0.3) {
		f.say("service-provided", &inspection.ServiceProvided{Topic: "安全生产帮扶", Advice: pick(c, advice)})
	}
	f.sign()
	f.clock = leaves
	f.say("inspector-departed", &inspection.Departed{Place: here})
}

// conduct declares the four 不; now and then one of them was broken (R38).
func (f *fieldVisit) conduct() {
	d := &inspection.ConductDeclared{Accompanied: []string{}}
	if f.c.once(0.015) {
		switch f.c.IntN(4) {
		case 0:
			d.AdvanceNotice = true
		case 1:
			d.BriefingHeard = true
		case 2:
			d.Accompanied = []string{"属地镇办干部" + mark}
		default:
			d.Reception = true
		}
	}
	if f.g.isGravest(f.v.n) {
		d.Reception = true // which the office has explained
	}
	d.Documents, d.StaffHours = new(f.clock.Minute()%6), new(1+f.clock.Minute()%3)
	f.say("conduct-declared", d)
}

// profile returns the items that the policy demands of the subject, then the sector's own.
func (f *fieldVisit) profile() []string {
	var items []string
	add := func(prefix string, n int) {
		for i := 1; i <= n; i++ {
			items = append(items, fmt.Sprintf("%s-%d", prefix, i))
		}
	}
	switch f.place.trade.kind {
	case "government-unit":
		add("M", 6)
	case "road-section":
		add("T", 4)
	default:
		add("E", 6)
	}
	if f.place.highRisk {
		add("H", 4)
	}
	add(f.place.trade.sector, f.c.between(21, ownItems))
	return items
}

// checks answers the items, as many with "no" as there are findings, section by section.
func (f *fieldVisit) checks() {
	items := f.profile()
	wrong := map[int]bool{}
	for range f.findings {
		wrong[f.c.IntN(len(items))] = true
	}
	at := 0
	for s, section := range inspection.Sections {
		for end := len(items) * (s + 1) / len(inspection.Sections); at < end; at++ {
			d := &inspection.CheckAnswered{Item: items[at], Section: section, Answer: "yes", Note: pick(f.c, notes)}
			switch {
			case wrong[at]:
				d.Answer = "no"
			case f.c.once(0.04):
				d.Answer, d.Reason = "not-applicable", "无此项设施"
			}
			f.say("check-answered", d)
		}
		d := &inspection.SectionCompleted{Section: section}
		if f.c.once(0.004) {
			d.Skipped = []inspection.Skipped{{Item: items[at-1], Reason: "设备检修，无法查看"}}
		}
		f.say("section-completed", d)
	}
}

// sign ends the visit on paper: signed or refused, then the copies (R42, R43).
func (f *fieldVisit) sign() {
	c := f.c
	signers := make([]inspection.Signer, len(f.members))
	for i, n := range f.members {
		signers[i] = inspection.Signer{Person: f.g.person(f.v.team, n), Certificate: f.g.certificate(f.v.team, n)}
	}
	manager := pick(c, surnames) + pick(c, given) + mark
	document, no := c.hash(), f.document("检记")
	if f.v.refused {
		f.say("signature-refused", &inspection.SignatureRefused{RecordNo: no, DocumentHash: document, Signers: signers,
			Reason: "现场负责人对隐患认定有异议，拒绝签字", Witness: "村（居）委会" + manager})
	} else {
		f.say("site-record-signed", &inspection.RecordSigned{RecordNo: no, DocumentHash: document, Signers: signers, SiteManager: manager})
	}
	receivers := []string{manager, f.place.area.Chinese + "人民政府" + mark, "市级主管部门" + mark, "市安委办" + mark}
	for i, recipient := range inspection.Recipients[:f.v.copies] {
		method := "in-person"
		if i >= 2 {
			method = "electronic"
		}
		f.say("copy-delivered", &inspection.CopyDelivered{DocumentHash: document, Recipient: recipient, Receiver: receivers[i], Method: method})
	}
}

// document is the number of a document of the visit : authority, character, year and number.
func (f *fieldVisit) document(kind string) string {
	return fmt.Sprintf("（安）应急%s〔%s〕%d号%s", kind, f.g.date(f.v.begins)[:4], f.v.n+1, mark)
}

// photo references a photo; no bytes stand behind the hash.
func (f *fieldVisit) photo(caption string) event.Evidence {
	return event.Evidence{SHA256: f.c.hash(), Size: int64(f.c.between(180_000, 3_200_000)), MediaType: "image/jpeg",
		CapturedAt: f.clock.Truncate(time.Second), Caption: caption}
}

func (g *Generator) date(t time.Time) string { return t.In(event.Beijing).Format(time.DateOnly) }
