package simulate

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
)

// blindTeam finds nothing (R63), unless there are too few teams.
const blindTeam = 3

// everywhere are hazards that any subject may have.
var everywhere = []hazard{
	{"配电箱内接线不规范，无警示标识", "GB 50054-2011", "4.2.5", "main-duty"},
	{"隐患排查治理台账未闭环", "", "38", "main-duty"},
	{"新员工岗前安全培训学时不足", "", "25", "main-duty"},
	{"灭火器被遮挡", "GB 50140-2005", "5.1.1", "main-duty"},
	{"未落实节假日值班值守制度", "", "18", "main-duty"},
}

// find settles what is found: 0 to 7 findings with different hazards.
func (f *fieldVisit) find() []*inspection.FindingRecorded {
	if f.v.team == blindTeam {
		return nil
	}
	c := f.c
	n := pick(c, []int{0, 1, 1, 2, 2, 3, 3, 4, 5, 7})
	if (f.v.n == f.g.accidentVisit() || f.g.isGrave(f.v.n)) && n == 0 {
		n = 2
	}
	own := f.place.trade.hazards
	n = min(n, len(own)+len(everywhere))
	turn := c.IntN(len(own) + len(everywhere))
	var list []*inspection.FindingRecorded
	for i := range n {
		k := (turn + i) % (len(own) + len(everywhere))
		var h *hazard
		if k < len(own) {
			h = &own[k]
		} else {
			h = &everywhere[k-len(own)]
		}
		spot := pick(c, spots)
		d := &inspection.FindingRecorded{
			Finding: fmt.Sprintf("F%d", i+1), Description: spot + "：" + h.text, Location: spot, Level: "general",
			Clauses: []event.Citation{f.g.law.cite(h)}, Violation: h.violation, FoundBy: []string{f.g.person(f.v.team, pick(c, f.members))},
		}
		// One punishable finding in most visits, and some of the others.
		d.Punishable = i == 0 && c.once(0.94) || c.once(0.15)
		if c.once(0.005) || i == 0 && f.g.isGrave(f.v.n) {
			d.Level, d.Punishable = "major", true
			d.Clauses = append(d.Clauses, majorStandard(f.place.trade.sector))
		}
		if h.article == "20" && h.law == "" {
			d.Category = "investment"
			required := int64(20+10*(n%5)) * 10_000_00
			d.Investment = &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: required},
				Actual: event.Money{Currency: "CNY", Amount: required / 4}, Ground: "企业安全生产费用提取和使用管理办法"}
		}
		list = append(list, d)
	}
	if n > 1 && c.once(0.005) {
		list[1].Description, list[1].Location = list[0].Description, list[0].Location // R08
	}
	return list
}

// majorStandard cites what makes a hazard of a sector a major one (判定标准 of the sector).
func majorStandard(sector string) event.Citation {
	switch sector {
	case "MINE":
		return event.Citation{Law: "金属非金属矿山重大生产安全事故隐患判定标准（试行）", Version: "2017-09-01", Article: "1"}
	case "HAZCHEM":
		return event.Citation{Law: "化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（试行）", Version: "2017-11-13", Article: "4"}
	case "INDTRADE":
		return event.Citation{Law: "工贸行业重大生产安全事故隐患判定标准（2017版）", Version: "2017-11-30", Article: "2"}
	}
	return event.Citation{Law: "GB 35181-2017 重大火灾隐患判定方法", Article: "7"}
}

// recordFindings records each finding with its photo, and corrects some before the record is
// signed (R19).
func (f *fieldVisit) recordFindings() {
	for _, d := range f.findings {
		attached := f.c.once(0.3)
		if !attached {
			d.Evidence = []event.Evidence{f.photo(d.Location)}
		}
		f.say("finding-recorded", d)
		recorded := f.events[len(f.events)-1]
		if attached {
			f.say("evidence-attached", &inspection.EvidenceAttached{Finding: d.Finding, Evidence: []event.Evidence{f.photo(d.Location)}})
		}
		if f.c.once(0.02) {
			f.describe(recorded, d)
		}
	}
}

// describe corrects where a finding is and how it is described: it counts at once.
func (f *fieldVisit) describe(recorded *event.Event, d *inspection.FindingRecorded) {
	c := *d
	c.Description, c.Location = d.Description+"（经复核确认）", pick(f.c, spots)
	fact := refTo(recorded)
	f.say("fact-corrected", &correction.FactCorrected{Fact: fact, Replaces: fact, Reason: "复核后更正位置描述",
		Occurred: recorded.Occurred, Content: correction.Content(&c)})
}

// dispose fixes findings on site or orders their rectification (R20). A major hazard is
// stopped, with few exceptions (R47).
func (f *fieldVisit) dispose() {
	var later []string
	for _, d := range f.findings {
		if d.Level == "major" && f.v.n%2 == 0 {
			f.say("finding-supervised", &inspection.FindingSupervised{Finding: d.Finding, Manner: "on-site", Supervisor: f.author.Person})
		}
		switch {
		case d.Level == "major" && (f.g.isGrave(f.v.n) || f.c.once(0.9)):
			f.order("stop", "现决", d.Finding)
		case f.c.once(0.4):
			fixed := &inspection.FixedOnSite{Finding: d.Finding, Note: "当场整改完毕"}
			if f.c.once(0.98) {
				photo := f.photo("整改后")
				fixed.Photo = &photo
			}
			f.say("finding-fixed-on-site", fixed)
		case f.c.once(0.1):
			f.order("rectify-at-once", "现决", d.Finding)
		default:
			later = append(later, d.Finding)
		}
	}
	if len(later) > 0 {
		f.order("rectify-by-date", "责改", later...)
	}
}

func (f *fieldVisit) order(kind, document string, findings ...string) {
	f.orders++
	d := &order.Issued{Inspection: f.id, Order: fmt.Sprintf("O%d", f.orders), DocumentNo: f.document(document), Kind: kind,
		Findings: findings, LegalBasis: []event.Citation{{Law: "安全生产法", Version: f.g.law.safety, Article: f.g.law.enforcement}}}
	if f.v.team == 0 {
		d.DocumentNo = fmt.Sprintf("%s%d号", f.g.series(), numberOf(f.v.n, f.orders))
	}
	if kind == "stop" {
		d.Scope, d.Alternatives = "part", "限期整改不足以消除危险"
	}
	if kind == "rectify-by-date" {
		d.Due = f.g.date(f.v.begins.AddDate(0, 0, f.c.between(7, 15)))
	}
	f.add("order-issued", order.Name, event.VisitID(f.author.Team, f.c.id(f.clock)), f.clock, d)
	f.clock = f.clock.Add(f.pace)
}

// punish decides each punishable finding: a fine, a warning, or lawfully nothing (R41).
func (f *fieldVisit) punish() {
	for i, d := range f.findings {
		if filed := i == 0 && f.g.isGravest(f.v.n); !d.Punishable || filed {
			continue
		}
		if d.Level == "general" && f.c.once(0.25) {
			f.decide("no-penalty-decided", &casefile.NoPenaltyDecided{Inspection: f.id, Findings: []string{d.Finding},
				Reason:     "违法行为轻微并及时改正，没有造成危害后果",
				LegalBasis: []event.Citation{{Law: "行政处罚法", Version: f.g.law.penalty, Article: f.g.law.exemption}}})
			continue
		}
		p := &casefile.PenaltyDecided{Inspection: f.id, Penalty: fmt.Sprintf("P%d", i+1), Findings: []string{d.Finding}, Kind: "warning",
			DecisionNo: f.document("罚"), DecidedBy: f.place.area.Chinese + f.place.trade.dept + mark, Final: true,
			LegalBasis: []event.Citation{f.g.law.safetyAct(pick(f.c, []string{"94", "96", "99"}))}}
		if d.Level == "major" || f.c.once(0.7) {
			p.Kind, p.Fine = "fine", f.fine(d.Level)
		}
		if d.Level == "general" && d.Violation == "risky-operation" { // the worker who did it, by as much as the law allows on the spot
			if p.OfPerson = true; p.Fine != nil {
				p.Fine = &event.Money{Currency: "CNY", Amount: 50_00}
			}
		}
		f.decide("penalty-decided", p)
	}
}

// decide adds a decision on the spot, which is a case of one event.
func (f *fieldVisit) decide(name string, d event.Data) {
	f.add(name, casefile.Name, event.VisitID(f.author.Team, f.c.id(f.clock)), f.clock, d)
	f.clock = f.clock.Add(f.pace)
}

// fine is a round amount of yuan, in fen: what inspectors may decide on the spot, and for a major
// hazard, now and then, more than they may (R41).
func (f *fieldVisit) fine(level string) *event.Money {
	yuan := f.c.between(1, int(codes.Statute.OnTheSpotFine(f.g.date(f.v.begins), false)/100_00)) * 100
	if level == "major" {
		yuan = f.c.between(50, 200) * 1000
	}
	return &event.Money{Currency: "CNY", Amount: int64(yuan) * 100}
}
