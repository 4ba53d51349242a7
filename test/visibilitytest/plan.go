// Package visibilitytest makes small random ledgers in which much is hidden, for the tests of
// who sees what: the executable model of pillar 14, ported. A plan is a list of commands, none
// of which depends on an answer, so that a ledger can be made again without some of them.
package visibilitytest

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// Command is one append.
type Command struct {
	ID       uuid.UUID
	Who      string // name of a reader
	Actor    event.Actor
	Stream   event.Stream
	Name     string // bare name of the type
	Data     event.Data
	Campaign string
	Expected int64
	Occurred time.Time
	Recorded time.Time
}

// Begin is when the first command of a plan is recorded.
var Begin = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// The areas: a county, a zone on its land, and another county.
const (
	CountyA = "610902"
	ZoneZ   = "610972"
	CountyB = "610921"
)

// Readers are who asks. The units of dX, dY and dC are those of the table that Setup publishes.
var Readers = map[string]event.Actor{
	"office":   {Role: event.RoleSupervisionOffice, Person: "po"},
	"cA":       {Role: event.RoleCountyGovernment, County: CountyA},
	"cB":       {Role: event.RoleCountyGovernment, County: CountyB},
	"cz":       {Role: event.RoleCountyGovernment, County: ZoneZ},
	"dX":       {Role: event.RoleDepartment, Unit: "dX"},
	"dY":       {Role: event.RoleDepartment, Unit: "dY"},
	"dC":       {Role: event.RoleDepartment, Unit: "dC"},
	"T1":       {Role: event.RoleTeamLeader, Team: "T1", Person: "l1"},
	"T2":       {Role: event.RoleTeamLeader, Team: "T2", Person: "l2"},
	"oX":       {Role: event.RoleOfficer, Unit: "dX", Person: "ox"},
	"aY":       {Role: event.RoleApprover, Unit: "dY", Person: "ay"},
	"firm":     {Role: event.RoleInspectedParty, Unit: "s1"},
	"js":       {Role: event.RoleEnforcementSupervisor},
	"jsB":      {Role: event.RoleEnforcementSupervisor, County: CountyB},
	"importer": {Role: event.RoleImporter, Unit: "import"},
}

// Bound are the readers who do not see everything.
var Bound = []string{"cA", "cB", "cz", "dX", "dY", "dC", "T1", "T2", "oX", "aY", "firm", "js", "jsB", "importer"}

// Groups are the readers whose commands a ledger without hidden visits must keep, together.
var Groups = [][]string{{"cA", "cB", "cz", "dX", "dY", "dC", "oX", "aY", "firm", "js", "jsB", "importer"},
	{"T1"}, {"T2"}, {"dX"}, {"cA", "dY"}}

// The ids in a plan.
var (
	Subjects = []string{"s1", "s2", "s3"}
	Teams    = []string{"T1", "T2"}
	Visits   = []string{eventtest.Visit("T1", "a"), eventtest.Visit("T1", "b"), eventtest.Visit("T2", "a"), eventtest.Visit("T2", "b"),
		imported}
	imported = eventtest.Visit("import", "i")
	Areas    = []string{CountyA, ZoneZ, CountyB}
	regions  = map[string]string{"s1": CountyA, "s2": ZoneZ, "s3": CountyB}
	sectors  = map[string][]string{"s1": {"MINE", "FIRE"}, "s2": {"MINE"}, "s3": {"FIRE"}}
)

const x, y = "MINE", "FIRE"

// Plan is commands in the making.
type Plan struct {
	rng      *rand.Rand
	Commands []Command
	// PerSubject says that a subject is visited once, whatever the sector (R31).
	PerSubject bool
	now        time.Time
}

func (p *Plan) add(who, stream, name string, d event.Data, change ...func(*Command)) {
	kind, err := event.ParseStream(stream)
	if err != nil {
		panic(err)
	}
	c := Command{
		Who: who, Actor: Readers[who], Stream: kind, Name: name, Data: d, Expected: event.AnyRevision,
		Occurred: p.now.Add(-time.Minute), Recorded: p.now,
	}
	binary.BigEndian.PutUint64(c.ID[8:], uint64(len(p.Commands))+1)
	c.ID[6], c.ID[8] = 0x40, 0x80
	for _, f := range change {
		f(&c)
	}
	c.Stream, c.Data = eventtest.Aside(c.Stream, &c.Actor, c.ID, c.Data)
	p.Commands = append(p.Commands, c)
	p.now = p.now.Add(time.Duration(1+p.rng.IntN(3)) * time.Minute)
}

func (p *Plan) pick(from ...string) string { return from[p.rng.IntN(len(from))] }

// SetUp is how many commands of a plan come before the random ones: teams, units and subjects are there then.
const SetUp = 24

// New makes a plan: a campaign with two teams and three units, then size random commands.
func New(rng *rand.Rand, size int) *Plan {
	p := &Plan{rng: rng, now: Begin}
	if p.setup(); len(p.Commands) != SetUp {
		panic(fmt.Sprint("visibilitytest: SetUp is ", len(p.Commands)))
	}
	one, same := p.draw(), rng.Float64() < .5 // half of the ledgers are about one subject and sector
	target := map[string][2]string{}
	for _, v := range Visits {
		target[v] = p.draw()
		if same {
			target[v] = one
		}
	}
	road := map[string]int{}
	for range size {
		p.step(target, road)
	}
	return p
}

func (p *Plan) draw() [2]string {
	s := p.pick("s1", "s1", "s2", "s3")
	return [2]string{s, sectors[s][p.rng.IntN(len(sectors[s]))]}
}

func inCampaign(c *Command) { c.Campaign = "c" }

func (p *Plan) setup() {
	policy := campaign.DefaultPolicy()
	if p.PerSubject = p.rng.IntN(3) == 0; p.PerSubject {
		policy.DuplicateKey = "subject"
	}
	p.add("office", "campaign/c", "campaign-plan-published", &campaign.PlanPublished{Title: "方案", Version: "1", Policy: policy})
	p.add("office", "campaign/c", "campaign-started", &campaign.Started{Start: Begin.AddDate(0, 0, -3), End: Begin.AddDate(0, 1, 0)})
	p.units([]string{x}, []string{y}, []string{x})
	p.lists()
	for _, id := range []string{"po", "l1", "p1", "l2", "p2", "ox", "ay"} {
		p.add("office", "person/"+id, "person-registered",
			&person.Registered{Name: "人员" + id, Unit: "bureau", Certificate: "陕A-" + id, Roles: []event.Role{event.RoleInspector}})
	}
	for i, t := range Teams {
		n := fmt.Sprint(i + 1)
		p.add("office", "team/"+t, "team-formed", &team.Formed{Name: "第" + n + "组", Kind: "comprehensive"}, inCampaign)
		p.add("office", "team/"+t, "leader-appointed", &team.LeaderAppointed{Person: "l" + n})
		p.add("office", "team/"+t, "member-joined", &team.MemberJoined{Person: "p" + n})
	}
	p.add("office", "team/T1", "team-scope-assigned", &team.ScopeAssigned{Sectors: []string{}, Counties: []string{CountyA}})
	for _, s := range Subjects {
		p.add("office", "subject/"+s, "subject-registered", &subject.Registered{Kind: "enterprise", Name: "企业" + s, Region: regions[s],
			Sectors: slices.Clone(sectors[s]), Discovery: "register"})
	}
}

func (p *Plan) units(dX, dY, dC []string) {
	p.add("office", "table/units", "code-table-published", &table.Published{Table: table.Units, Units: []table.Unit{
		{ID: "dX", Name: "局甲", County: CountyA, Sectors: dX}, {ID: "dY", Name: "局乙", County: CountyA, Sectors: dY},
		{ID: "dC", Name: "局丙", Sectors: dC}}})
}

// step adds one random command.
func (p *Plan) step(target map[string][2]string, road map[string]int) {
	if listed() && p.rng.IntN(4) == 0 {
		p.secret()
		return
	}
	v := p.pick(Visits...)
	if p.rng.Float64() < .6 { // along the road of a visit
		steps := []string{"reserve", "start", "finding", "arrive", "finding", "fix", "penalty"}
		if v == imported {
			steps = []string{"start", "finding", "penalty"}
		}
		p.visit(v, target[v], steps[min(road[v], len(steps)-1)])
		road[v]++
		return
	}
	switch kind := p.pick("arrive", "attempt", "release", "finding", "fix", "reserve", "start", "order", "refusal", "penalty", "check",
		"reserve", "start", "unit", "unit", "unit", "supervise", "supervise",
		"evil", "accident", "accident", "more", "status", "table", "scope", "left", "found", "explain", "revision",
		"correct", "correct", "spare", "justify", "exclude", "answer", "answer", "answer"); kind {
	case "evil":
		other := p.pick("T1", "T2")
		p.visitBy(other, v, target[v], p.pick("arrive", "finding", "start", "release"))
	case "accident":
		p.accident()
	case "more":
		who := p.pick("cA", "cB", "dX", "dC", "office")
		p.add(who, "accident/"+p.pick(accidents...), "accident-casualties-updated", &accident.CasualtiesUpdated{Harm: p.harm(), Reason: "续报"})
	case "status":
		who := p.pick("office", "T1", "T2")
		p.add(who, "subject/"+p.pick(Subjects...), "subject-status-recorded", &subject.StatusRecorded{Production: p.pick("normal", "suspended")})
	case "table":
		set := func() []string { return [][]string{{x}, {y}, {x, y}, {}}[p.rng.IntN(4)] }
		p.units(set(), set(), set())
	case "scope":
		p.add("office", "team/T1", "team-scope-assigned", &team.ScopeAssigned{Sectors: [][]string{{}, {x}, {y}}[p.rng.IntN(3)],
			Counties: [][]string{{}, {CountyA}, {CountyB}}[p.rng.IntN(3)]})
	case "left":
		p.add("office", "team/T2", p.pick("member-left", "member-joined"), nil, func(c *Command) {
			if c.Name == "member-left" {
				c.Data = &team.MemberLeft{Person: "p2"}
			} else {
				c.Data = &team.MemberJoined{Person: "p2"}
			}
		})
	case "found":
		s := fmt.Sprint("f", p.rng.IntN(2))
		who := p.pick("T1", "T2", "office", "importer")
		p.add(who, "subject/"+p.pick(who, "T1", "T2")+"."+s, "subject-registered",
			&subject.Registered{Kind: "enterprise", Name: "新发现" + s,
				Region: p.pick(Areas...), Sectors: []string{p.pick(x, y)}, Discovery: "field"})
	case "explain":
		p.add(p.pick("T1", "T2"), "inspection/"+v, "deviation-explained",
			&oversight.DeviationExplained{Deviation: uuid.UUID{15: byte(p.rng.IntN(40))}.String(), Explanation: "说明"})
	case "revision":
		p.add(p.pick("T1", "T2"), "inspection/"+v, "check-answered", p.body("check", target[v]), func(c *Command) {
			c.Expected = int64(p.rng.IntN(4))
		})
	case "correct":
		p.correct()
	case "spare":
		p.add(p.pick(v[:2], "office"), "inspection/"+v, "no-penalty-decided",
			&casefile.NoPenaltyDecided{Findings: []string{p.pick("f1", "f2")}, Reason: "轻微"}, theirs)
	case "justify":
		p.add(p.pick("T1", "T2", "office"), "inspection/"+v, "duplicate-justified", &inspection.DuplicateJustified{Reason: "离线"})
	case "exclude":
		p.add("office", "subject/"+p.pick(Subjects...), "subject-excluded", &subject.Excluded{Reason: "关闭"})
	case "answer":
		p.answer()
	case "unit":
		p.unit()
	case "supervise":
		p.supervise(v)
	default:
		p.visit(v, target[v], kind)
	}
}

// theirs makes the author of an event of an import, which has no team, the importer.
func theirs(c *Command) {
	if _, known := Readers[c.Who]; !known {
		c.Who, c.Actor = "importer", Readers["importer"]
	}
}

// earlier draws a command of one of some types, nil when there is none.
func (p *Plan) earlier(names ...string) *Command {
	var all []*Command
	for i := range p.Commands {
		if slices.Contains(names, p.Commands[i].Name) {
			all = append(all, &p.Commands[i])
		}
	}
	if all == nil {
		return nil
	}
	return all[p.rng.IntN(len(all))]
}

// ref names a command as it stands in a [Ledger], whose events have no bytes; to the API it is one
// of other bytes.
func (c *Command) ref() event.Ref { return event.Ident{ID: c.ID, SHA256: sha256.Sum256(nil)}.Ref() }

// correct corrects a finding: mostly by its own team, sometimes by the other one.
func (p *Plan) correct() {
	fact := p.earlier("finding-recorded")
	if fact == nil {
		return
	}
	d := *fact.Data.(*inspection.FindingRecorded)
	d.Level, d.Description = p.pick("general", "major"), p.pick("通道堵塞", "另一处")
	if d.Level == "major" {
		d.Clauses = clauses
	}
	replaced := fact
	if before := p.earlier("fact-corrected"); before != nil && before.Stream == fact.Stream && p.rng.IntN(2) == 0 {
		replaced = before
	}
	who := fact.Who
	if p.rng.IntN(5) == 0 {
		who = p.pick("T1", "T2", "importer")
	}
	p.add(who, fact.Stream.String(), "fact-corrected", &correction.FactCorrected{Fact: fact.ref(), Replaces: replaced.ref(), Reason: "登记有误",
		Occurred: fact.Occurred, Content: correction.Content(&d)})
}

// answer says yes or no to what may wait, mostly in its stream.
func (p *Plan) answer() {
	asked := p.earlier("fact-corrected", "fact-corrected", "no-penalty-decided", "duplicate-justified", "subject-excluded")
	if asked == nil {
		return
	}
	stream := asked.Stream.String()
	if p.rng.IntN(6) == 0 {
		stream = p.pick("inspection/"+p.pick(Visits...), "subject/s1", "accident/"+accidents[0], "person/p1", "team/T2", "review/a1", "flag/x")
	}
	ref := asked.ref()
	var d event.Data = &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256}
	name := "approval-given"
	if p.rng.IntN(4) == 0 {
		d, name = &oversight.ApprovalRefused{Event: ref.Event, SHA256: ref.SHA256, Reason: "不同意"}, "approval-refused"
	}
	p.add(p.pick("office", "office", "office", "T1", "T2"), stream, name, d, func(c *Command) {
		if c.Who == "office" && p.rng.IntN(3) > 0 {
			c.Actor.Person = "pq" // who wrote nothing; to the API it is the office's token
		}
		if p.rng.IntN(3) == 0 {
			c.Expected = int64(p.rng.IntN(4))
		}
	})
}

func (p *Plan) harm() accident.Harm {
	deaths := int64(p.rng.IntN(4))
	return accident.Harm{Deaths: &deaths, SeriousInjuries: &deaths, Injured: &deaths, DirectLoss: &event.Money{Currency: "CNY", Amount: 100}}
}

// accidents are named after who reports them; the office may use any name.
var accidents = []string{CountyA + ".a", CountyB + ".a", "dX.a", "dC.a"}

func (p *Plan) accident() {
	who, s, of := p.pick("cA", "cB", "cz", "dX", "dY", "dC", "office", "office"), p.pick(Subjects...), p.pick(accidents...)
	if a := Readers[who]; p.rng.IntN(4) > 0 && who != "office" {
		of = cmp.Or(a.Unit, a.County) + ".a"
	}
	p.add(who, "accident/"+of, "accident-reported", &accident.Reported{Subjects: []string{s}, Region: regions[s],
		Happened: p.now.Add(-time.Duration(2+p.rng.IntN(20)) * time.Minute), Kind: "other", Summary: "事故", Harm: p.harm()})
}

// visit adds an event of a visit by its own team, or by the importer.
func (p *Plan) visit(v string, to [2]string, kind string) {
	who := v[:2]
	if v == imported {
		who = "importer"
	}
	if kind == "reserve" && who != "importer" && p.rng.IntN(5) == 0 {
		who = "office"
	}
	p.visitBy(who, v, to, kind)
}

// names of the types of a visit, by the word of a plan.
var names = map[string]string{
	"reserve": "assignment-reserved", "release": "assignment-released", "start": "inspection-started", "arrive": "inspector-arrived",
	"attempt": "inspection-attempted", "finding": "finding-recorded", "fix": "finding-fixed-on-site", "order": "order-issued",
	"penalty": "penalty-decided", "check": "check-answered", "refusal": "signature-refused",
}

func (p *Plan) visitBy(who, v string, to [2]string, kind string) {
	teamID := v[:2]
	switch {
	case v == imported:
		teamID = ""
	case strings.HasPrefix(who, "T") && p.rng.IntN(2) == 0:
		teamID = who // under a name that may be another's
	}
	p.add(who, "inspection/"+v, names[kind], p.body(kind, to), func(c *Command) {
		if c.Campaign = "c"; who != "office" && who != "importer" && kind != "penalty" {
			c.Actor = event.Actor{Role: event.RoleInspector, Team: who, Person: "p" + who[1:]}
		}
		c.Occurred = p.now.Add(-time.Duration(1+p.rng.IntN(8)) * time.Minute)
		switch d := c.Data.(type) {
		case *inspection.Reserved:
			d.Team = teamID
		case *inspection.Started:
			if d.Team = teamID; teamID == "" {
				d.Source, d.VisitType, d.Unknown = event.Source{"row": "1"}, p.pick("", "initial"), event.Unknown{"team", "inspectors"}
				if d.VisitType == "" {
					d.Unknown = append(d.Unknown, "visit_type")
				}
			} else {
				d.Inspectors = []string{"p" + teamID[1:], "l" + teamID[1:]}
			}
		}
	})
}

func (p *Plan) body(kind string, to [2]string) event.Data {
	finding := p.pick("f1", "f1", "f2")
	switch kind {
	case "reserve":
		return &inspection.Reserved{Subject: to[0], Sector: to[1], VisitType: "initial"}
	case "start":
		return &inspection.Started{Subject: to[0], Sector: to[1], VisitType: "initial"}
	case "release":
		return &inspection.Released{Reason: "改派"}
	case "arrive":
		return &inspection.Arrived{}
	case "attempt":
		return &inspection.Attempted{Reason: "大门上锁"}
	case "finding":
		return &inspection.FindingRecorded{Finding: finding, Description: p.pick("通道堵塞", "灭火器过期"), Level: "general", Punishable: true,
			Evidence: []event.Evidence{{SHA256: hash(p.rng.IntN(6)), Size: 3, MediaType: "image/jpeg"}}}
	case "fix":
		return &inspection.FixedOnSite{Finding: finding}
	case "order":
		return &order.Issued{Order: p.pick("o1", "o2"), Kind: "rectify-by-date", Findings: []string{finding}, Due: "2026-12-01",
			LegalBasis: clauses}
	case "penalty":
		return &casefile.PenaltyDecided{Penalty: p.pick("x1", "x2"), Kind: "fine", Findings: []string{finding}, LegalBasis: clauses,
			Fine: &event.Money{Currency: "CNY", Amount: int64(1 + p.rng.IntN(9))}, Final: true}
	case "refusal":
		return &inspection.SignatureRefused{RecordNo: "1", DocumentHash: hash(7), Signers: []inspection.Signer{{Person: "p1", Certificate: "c"}},
			Reason: "拒签", Witness: "证人"}
	}
	return &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}
}

func hash(n int) string { return fmt.Sprintf("%064x", n+1) }

var clauses = []event.Citation{{Law: "安全生产法"}}
