package reportdb_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	plan "github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// gossip says in a ledger, without asking the rules, what streams say of others: copies that serve decisions, hand-overs of tips, cases and
// findings with their answers, publications of decisions and of what was exposed, decisions that end seals, bytes of evidence; and takes
// some of it back.
type gossip struct {
	*campaigntest.Ledger
	t    *testing.T
	rng  *rand.Rand
	at   time.Time
	n    int
	told []*event.Event // what may be taken back

	stands   bool // nothing is taken back
	accepted map[string]bool

	decided []*event.Event // penalties
	cases   []event.Stream
	tips    []event.Stream
	orders  []*event.Event
	found   []*event.Event // findings
	visits  []event.Stream // that name files of which nobody has the bytes
}

func newGossip(t *testing.T, seed uint64) *gossip {
	t.Helper()
	g := &gossip{t: t, rng: rand.New(rand.NewPCG(seed, 5)), accepted: map[string]bool{},
		Ledger: campaigntest.Run(t, simulate.Config{Seed: seed, Profile: simulate.Today})}
	g.at = g.Events[len(g.Events)-1].Recorded
	policy := plan.DefaultPolicy()
	policy.EvidenceHours, policy.HolidayVisits = new(48), new(2)
	g.say("campaign-plan-published", event.Stream{Kind: event.Campaign, ID: "bytes"}, &plan.PlanPublished{Title: "x",
		Version: "1", Policy: policy})
	for _, e := range g.Events {
		switch d := e.Data.(type) {
		case *casefile.PenaltyDecided:
			g.decided = append(g.decided, e)
		case *tip.Received:
			g.tips = append(g.tips, e.Stream)
		case *tip.Accepted:
			g.accepted[e.Stream.ID] = true
		case *order.Issued:
			g.orders = append(g.orders, e)
		case *inspection.FindingRecorded:
			if e.Stream.Kind == event.Inspection && d.Finding != "" {
				g.found = append(g.found, e)
			}
		}
		if e.Stream.Kind == casefile.Name && !slices.Contains(g.cases, e.Stream) {
			g.cases = append(g.cases, e.Stream)
		}
	}
	return g
}

// say says something a little later; what is said of a visit with files belongs to the campaign that asks for their bytes.
func (g *gossip) say(name string, of event.Stream, d event.Data) *event.Event {
	in := ""
	if slices.Contains(g.visits, of) || of.Kind == event.Subject {
		in = "bytes"
	}
	return g.sayAs(event.RoleSupervisionOffice, in, name, of, d)
}

func (g *gossip) sayAs(by event.Role, in, name string, of event.Stream, d event.Data) *event.Event {
	g.at = g.at.Add(time.Duration(g.rng.IntN(600)) * time.Minute)
	g.SayAs(by, in, name, of, d, g.at)
	return g.Events[len(g.Events)-1]
}

func (g *gossip) fresh(kind event.Kind, format string) event.Stream {
	g.n++
	return event.Stream{Kind: kind, ID: fmt.Sprintf(format, g.n)}
}

func pick[T any](g *gossip, list []T) T { return list[g.rng.IntN(len(list))] }

// says says so many things.
func (g *gossip) says(n int) *gossip {
	for range n {
		g.step()
	}
	return g
}

// step says one thing.
func (g *gossip) step() {
	switch g.rng.IntN(12) {
	case 11:
		g.comes()
	case 0:
		g.copy()
	case 1:
		g.handOver(&transfer.Transferred{Matter: transfer.OfCase, Case: pick(g, g.cases).ID,
			Ground: pick(g, []string{"crime", "competence"}), Task: "x"})
	case 2:
		g.handOver(&transfer.Transferred{Matter: transfer.OfTip, Tip: pick(g, g.tips).ID, Ground: "investigate", Task: "x"})
	case 3:
		f := pick(g, g.found)
		g.handOver(&transfer.Transferred{Matter: transfer.OfFinding, Inspection: f.Stream.ID,
			Finding: f.Data.(*inspection.FindingRecorded).Finding, Ground: pick(g, []string{"crime", "competence"}), Task: "x"})
	case 4:
		g.exposes()
	case 5:
		p := pick(g, g.decided)
		g.told = append(g.told, g.say("publicity-published", g.fresh(publicity.Name, "p-%d"), &publicity.Published{Outlet: "x", Title: "x",
			PublishedOn: g.at.Format(time.DateOnly), Case: p.Stream.ID, Penalty: p.Data.(*casefile.PenaltyDecided).Penalty}))
	case 6:
		g.seals()
	case 7, 8:
		g.bytes()
	case 9:
		g.takesBack()
	case 10:
		if g.rng.IntN(4) > 0 {
			return // each has all that is open be looked at again
		}
		from := g.at.AddDate(0, 0, 2)
		g.say("code-table-published", event.Stream{Kind: event.Table, ID: table.Holidays}, &table.Published{Table: table.Holidays, Document: "x",
			Calendar: &table.Year{Year: from.Year(), Holidays: []table.Holiday{{Name: "节日", From: from.Format(time.DateOnly),
				To: from.AddDate(0, 0, 5).Format(time.DateOnly)}}}})
	}
}

// copy has a decision be made of which a copy is handed over, now or before.
func (g *gossip) copy() {
	was := pick(g, g.decided)
	d := *was.Data.(*casefile.PenaltyDecided)
	if d.Inspection == "" {
		return
	}
	g.n++
	d.Penalty, d.DocumentHash, d.Final = fmt.Sprintf("told-%d", g.n), hash(fmt.Sprint("decision", g.rng.IntN(3*g.n))), true
	decide := func() { g.told = append(g.told, g.say("penalty-decided", was.Stream, &d)) }
	deliver := func() {
		g.told = append(g.told, g.say("copy-delivered", event.Stream{Kind: event.Inspection, ID: d.Inspection}, &inspection.CopyDelivered{
			DocumentHash: d.DocumentHash, Recipient: inspection.Party, Receiver: "x", Method: "direct"}))
	}
	list := []func(){decide, deliver}
	for _, k := range g.rng.Perm(2) {
		list[k]()
	}
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// handOver hands a matter over, and has it be answered or returned.
func (g *gossip) handOver(d *transfer.Transferred) {
	of := g.fresh(transfer.Name, "office.u-1.told-%d")
	g.told = append(g.told, g.say("matter-transferred", of, d))
	if g.rng.IntN(3) > 0 {
		g.say("transfer-accepted", of, &transfer.Accepted{})
		g.told = append(g.told, g.say("transfer-answered", of, &transfer.Answered{
			Outcome: pick(g, []string{transfer.Returned, "substantiated"})}))
	}
	if d.Tip != "" && !g.accepted[d.Tip] && g.rng.IntN(2) == 0 {
		g.accepted[d.Tip] = true
		g.say("tip-accepted", event.Stream{Kind: tip.Name, ID: d.Tip}, &tip.Accepted{})
	}
}

// exposes has findings of a visit be made public, and some be put right.
func (g *gossip) exposes() {
	o := pick(g, g.orders).Data.(*order.Issued)
	of := g.fresh(exposure.Name, "x-%d")
	asked := g.say("exposure-proposed", of, &exposure.Proposed{Ground: "violation", Inspection: o.Inspection, Findings: o.Findings})
	g.say("approval-given", of, &oversight.ApprovalGiven{Event: asked.ID.String()})
	p := g.fresh(publicity.Name, "p-%d")
	g.told = append(g.told, g.say("publicity-published", p, &publicity.Published{Outlet: "x", Title: "x",
		PublishedOn: g.at.Format(time.DateOnly), Exposure: of.ID}))
	switch g.rng.IntN(3) {
	case 0:
		g.told = append(g.told, g.say("rectification-verified", g.fresh(order.Name, "told-order-%d"), &order.Verified{Inspection: o.Inspection,
			Findings: o.Findings}))
	case 1:
		g.say("publication-withdrawn", p, &publicity.Withdrawn{Reason: "x"})
	}
}

// seals has something be sealed, and the decision come that ends that.
func (g *gossip) seals() {
	was := pick(g, g.decided)
	d := *was.Data.(*casefile.PenaltyDecided)
	if d.Inspection == "" {
		return
	}
	g.told = append(g.told, g.say("order-issued", g.fresh(order.Name, "told-order-%d"), &order.Issued{
		Inspection: d.Inspection, Findings: d.Findings, Kind: order.Seals[0], Until: g.at.AddDate(0, 1, 0).Format(time.DateOnly)}))
	g.n++
	d.Penalty, d.Final = fmt.Sprintf("told-%d", g.n), true
	g.told = append(g.told, g.say("penalty-decided", was.Stream, &d))
}

// bytes has a visit name a file, or the bytes of one come.
func (g *gossip) bytes() {
	file := hash(fmt.Sprint("file", g.rng.IntN(60)))
	of := event.Stream{Kind: event.File, ID: file}
	if g.rng.IntN(2) == 0 {
		if g.State.Revision(of) < 0 {
			g.say("evidence-received", of, &files.Received{SHA256: file, Size: 1})
		}
		return
	}
	if len(g.visits) < 5 {
		v := g.fresh(event.Inspection, "t1."+uuid.NewSHA1(uuid.Nil, []byte(file)).String())
		v.ID = fmt.Sprintf("t1.told-%d", g.n)
		g.visits = append(g.visits, v)
		s := pick(g, g.found).About
		g.say("inspection-started", v, &inspection.Started{Subject: s.Subject, Team: s.Team, Sector: "MINE", VisitType: "initial"})
		if len(g.visits)%2 == 0 {
			g.say("inspector-arrived", v, &inspection.Arrived{})
		}
	}
	g.n++
	g.told = append(g.told, g.say("finding-recorded", pick(g, g.visits), &inspection.FindingRecorded{Finding: fmt.Sprintf("f-%d", g.n),
		Evidence: []event.Evidence{{SHA256: file, Size: 1, MediaType: "image/jpeg"}}}))
}

// A site learns of the visits to it before it first filed work in a holiday, and what was done in them counts: as by the rules, also in
// another process.
func TestASiteThatFilesKnowsTheVisitsBefore(t *testing.T) {
	t.Parallel()
	g := newGossip(t, 1)
	before := len(g.Events)
	from := g.found[0].About
	site := event.Stream{Kind: event.Subject, ID: from.Subject}
	day := g.at.In(event.Beijing)
	for i, came := range []bool{true, false} {
		v := event.Stream{Kind: event.Inspection, ID: fmt.Sprintf("t1.before-%d", i)}
		g.SayAs(event.RoleInspector, "bytes", "inspection-started", v, &inspection.Started{Subject: site.ID, Team: "t1", Sector: "MINE",
			VisitType: "initial"}, g.at)
		if came {
			g.SayAs(event.RoleInspector, "bytes", "inspector-arrived", v, &inspection.Arrived{}, g.at)
		}
	}
	asked := g.say("holiday-work-filed", site, &subject.HolidayWorkFiled{Holiday: "x", From: day.Format(time.DateOnly),
		To: day.AddDate(0, 0, 9).Format(time.DateOnly)})
	for _, role := range []event.Role{event.RoleCountyGovernment, event.RoleDepartment} {
		g.sayAs(role, "bytes", "approval-given", site, &oversight.ApprovalGiven{Event: asked.ID.String()})
	}
	g.say("inspector-arrived", event.Stream{Kind: event.Inspection, ID: "t1.before-1"}, &inspection.Arrived{})
	got, want, _ := open(t, g.Ledger)
	if d := differ(got, want); d != "" {
		t.Errorf("in the register (+) and by the rules (-):\n%s", d)
	}
	met := 0
	for _, r := range present(t, g.Events, "obligations") {
		if r["kind"] == "holiday-visit" && r["matter"] == site.ID && r["state"] == "met" {
			met++
		}
	}
	if met != 2 {
		t.Errorf("%d visits were made", met)
	}
	for end := before + 1; end < len(g.Events); end++ {
		sameInParts(t, g.Events, 1, end)
	}
}

// A visit that waits for its disclosure while the database goes on in another process hears again what transfers told it before: that a
// finding was handed over counts for everybody from its disclosure on, and is taken back with the transfer (pillar 14).
func TestAHiddenVisitKnowsItsTransfersInAnotherProcess(t *testing.T) {
	t.Parallel()
	g := newGossip(t, 2)
	v := event.Stream{Kind: event.Inspection, ID: "t1.hidden"}
	find := func(id string) {
		g.say("finding-recorded", v, &inspection.FindingRecorded{Finding: id, Punishable: true, Level: "general"})
	}
	g.say("inspection-started", v, &inspection.Started{Subject: g.found[0].About.Subject, Team: "t1", Sector: "MINE", VisitType: "initial"})
	find("f1")
	of := event.Stream{Kind: transfer.Name, ID: "office.u-1.hidden"}
	ref := event.Ref{Event: g.say("matter-transferred", of, &transfer.Transferred{Matter: transfer.OfFinding, Inspection: v.ID, Finding: "f1",
		Ground: "competence", Task: "x"}).ID.String()}
	end := len(g.Events)
	find("f2")
	g.say("inspector-arrived", v, &inspection.Arrived{})
	w := g.say("fact-withdrawn", of, &correction.FactWithdrawn{Fact: ref, Replaces: ref, Reason: "x"})
	g.say("approval-given", of, &oversight.ApprovalGiven{Event: w.ID.String()})
	got, want, _ := open(t, g.Ledger)
	if d := differ(got, want); d != "" {
		t.Errorf("in the register (+) and by the rules (-):\n%s", d)
	}
	if !slices.ContainsFunc(got, func(o string) bool { return strings.HasPrefix(o, v.String()+" filing ") }) {
		t.Errorf("nothing of the visit waits for its case: %q", got)
	}
	for ; end < len(g.Events); end++ {
		sameInParts(t, g.Events, 1, end)
	}
}

// comes has a site work through a holiday, and somebody come, or not after all.
func (g *gossip) comes() {
	v := g.fresh(event.Inspection, "t1.told-%d")
	day := g.at.In(event.Beijing)
	site := event.Stream{Kind: event.Subject, ID: pick(g, g.found).About.Subject}
	asked := g.say("holiday-work-filed", site, &subject.HolidayWorkFiled{Holiday: "x", From: day.Format(time.DateOnly),
		To: day.AddDate(0, 0, 9).Format(time.DateOnly)})
	for _, role := range []event.Role{event.RoleCountyGovernment, event.RoleDepartment} {
		g.sayAs(role, "bytes", "approval-given", site, &oversight.ApprovalGiven{Event: asked.ID.String()})
	}
	g.say("inspection-started", v, &inspection.Started{Subject: site.ID, Team: "t1", Sector: "MINE", VisitType: "initial"})
	g.told = append(g.told, g.say("inspector-arrived", v, &inspection.Arrived{}))
}

// takesBack withdraws something that was said, with the yes of a second person or without it yet.
func (g *gossip) takesBack() {
	if len(g.told) == 0 || g.stands {
		return
	}
	e := pick(g, g.told)
	ref := event.Ref{Event: e.ID.String()}
	w := g.say("fact-withdrawn", e.Stream, &correction.FactWithdrawn{Fact: ref, Replaces: ref, Reason: "x"})
	if g.rng.IntN(3) > 0 {
		g.say("approval-given", e.Stream, &oversight.ApprovalGiven{Event: w.ID.String()})
	}
}

// What streams say of others changes what is owed in those as the rules have it, as of each position; also where they were put away, or the
// database goes on in another process.
func TestWhatStreamsSayOfOthersChangesWhatIsOwed(t *testing.T) {
	t.Parallel()
	did := map[string]int{}
	for seed := range uint64(2) {
		g := newGossip(t, seed+1)
		want := map[int][]string{}
		for range 40 {
			g.says(6)
			want[len(g.Events)] = openBy(g.Ledger)
		}
		then := asOf(t, g.Events, "obligations")
		for _, size := range slices.Sorted(maps.Keys(want)) {
			if d := differ(openIn(then(size)), want[size]); d != "" {
				t.Fatalf("seed %d, as of %d of %d, in the register (+) and by the rules (-):\n%s", seed, size, len(g.Events), d)
			}
		}
		for _, r := range then(len(g.Events)) {
			did[fmt.Sprint(r["kind"], " ", r["state"])]++
		}
		sameInParts(t, g.Events, 500)
	}
	t.Log(did)
	for _, what := range []string{"evidence met", "evidence open", "evidence late", "exposure-end met", "exposure-end open",
		"exposure-end late", "seal met", "service met", "service open", "remedy void", "payment open",
		"tip-accept met", "tip-investigate met", "tip-answer open", "holiday-visit met", "holiday-visit open"} {
		if did[what] == 0 {
			t.Errorf("nothing is %s", what)
		}
	}
}
