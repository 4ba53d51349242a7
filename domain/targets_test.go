package domain

import (
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
)

func basis(level, document string) *campaign.Linked {
	return &campaign.Linked{Level: level, Document: document}
}

// R03, 中省百日集中整治行动: two levels of basis, several of each, also after the start; each once, and none the campaign itself.
func TestR03ACampaignRestsOnSeveralDocumentsOfTwoLevels(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("campaign/c", basis("central", "国务院安委会通知"))
	w.accepts("campaign/c", basis("provincial", "百日集中整治行动方案"))
	w.accepts("campaign/c", basis("provincial", "补充通知"))
	w.refuses("R03", "link-stands", "campaign/c", basis("provincial", "补充通知"))
	self := basis("city", "本行动")
	self.Campaign = "c"
	w.refuses("R03", "campaign-below-itself", "campaign/c", self)
	w.refuses("R01", "unknown-campaign", "campaign/x", basis("central", "通知"))
	if st := w.campaigns.state("c"); len(st.Links) != 3 {
		t.Errorf("%+v", st.Links)
	}
}

// R18: the denominator is frozen at a position and versioned; a further version says why.
func TestR18ACoverageTargetIsFrozenAndVersioned(t *testing.T) {
	w := campaignFixture(t)
	target := &campaign.CoverageTargetSet{Version: "1", Percent: 100}
	w.accepts("campaign/c", target)
	first := w.last("campaign/c").Index
	w.refuses("R18", "target-version-set", "campaign/c", target)
	again := &campaign.CoverageTargetSet{Version: "2", Percent: 90, Sectors: []string{"FIRE"}}
	w.refuses("R18", "target-needs-reason", "campaign/c", again)
	again.Reason = "只督查消防"
	w.accepts("campaign/c", again)
	if all := w.campaigns.state("c").Targets; len(all) != 2 || all[0] != (campaign.CoverageTarget{Version: "1", Index: first}) {
		t.Errorf("%+v", all)
	}
	w.accepts("table/sectors", sectors("FIRE"))
	more := &campaign.CoverageTargetSet{Version: "3", Percent: 90, Sectors: []string{"MINE"}, Reason: "r"}
	w.refuses("R29", "unknown-code", "campaign/c", more)
}

func baseline(noLarger int) *campaign.BaselineSet {
	return &campaign.BaselineSet{Period: campaign.Period{From: "2019-12-01", To: "2019-12-31"}, NoLarger: noLarger,
		Base: campaign.Period{From: "2018-12-01", To: "2018-12-31"}, Source: "统计年报",
		Rows: []campaign.Baseline{{County: "610902", Accidents: 3, Deaths: 2, Injured: 4, Loss: event.Money{Currency: "CNY"}}}}
}

// R14: each county and sector stands once in a baseline, in sectors that the city has, over periods that do not end before they begin.
func TestR14ABaselineStatesEachCountyAndSectorOnce(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/sectors", sectors("FIRE"))
	d := baseline(0)
	d.Rows = append(d.Rows, campaign.Baseline{County: "610902", Sector: "FIRE", Loss: event.Money{Currency: "CNY"}})
	w.accepts("campaign/c", d)
	if err := field.Check(d); err != nil {
		t.Error(err)
	}
	d.Rows[1].Sector = "MINE"
	w.refuses("R29", "unknown-code", "campaign/c", d)
	d.Rows[1].Sector = ""
	if field.Check(d) == nil {
		t.Error("a county stands twice")
	}
	d = baseline(0)
	d.Base.To = "2018-11-30"
	if field.Check(d) == nil {
		t.Error("a period ends before it begins")
	}
}

// missedIn is which accidents the ledger says missed the target of a campaign, and has not taken back.
func missedIn(w *fixture, id string) (accidents []string) {
	standing := map[string]string{}
	for _, e := range w.log {
		switch d := e.Data.(type) {
		case *campaign.TargetMissed:
			if e.Stream.ID == id {
				standing[e.ID.String()] = d.Accident
			}
		case *oversight.StatementLapsed:
			delete(standing, d.Statement)
		}
	}
	for _, a := range standing {
		accidents = append(accidents, a)
	}
	slices.Sort(accidents)
	return accidents
}

// R15, 不再发生一起较大安全事故: the ledger says which accident missed the target, whichever came first, once, and as long as it is so.
func TestR15ALargerAccidentInTheYearMissesTheTarget(t *testing.T) {
	w := campaignFixture(t)
	grade := func(id string, deaths int64, grade string, year int) {
		t.Helper()
		if w.accidents.state(id) == nil {
			w.given("accident/"+id, reported(deaths))
		} else {
			w.given("accident/"+id, &accident.CasualtiesUpdated{Harm: harm(deaths), Reason: "补报"})
		}
		w.given("accident/"+id, &accident.Graded{Grade: grade, StatisticalYear: year, CountingRule: "r", DecidedBy: "市政府"})
	}
	want := func(accidents ...string) {
		t.Helper()
		if got := missedIn(w, "c"); !slices.Equal(got, accidents) {
			t.Errorf("missed: %v, want %v", got, accidents)
		}
	}
	grade("a", 3, "larger", 2019)
	want()
	w.accepts("campaign/c", baseline(0))
	want()
	w.accepts("campaign/c", baseline(2019)) // the accident was first
	want("a")
	w.accepts("campaign/c", baseline(2019)) // says nothing twice
	want("a")
	grade("b", 2, "ordinary", 2019)
	want("a")
	grade("b", 10, "major", 2019) // the target was first
	want("a", "b")
	grade("d", 3, "larger", 2020)
	want("a", "b")
	grade("b", 10, "major", 2020) // counts in another year
	want("a")
	w.accepts("campaign/c", baseline(2020))
	want("b", "d")
	grade("b", 10, "major", 2020)
	want("b", "d")
	w.accepts("campaign/c", baseline(0))
	want()

	w.Begin()
	w.accepts("campaign/c", baseline(2019))
	w.Rollback()
	w.log = nil
	w.accepts("campaign/c", baseline(2019))
	want("a")
}

// R62: figures that nobody can replay are no report; a team reports for itself, to its own campaign.
func TestR62TheFiguresOfAReportCanBeReplayed(t *testing.T) {
	w := campaignFixture(t)
	root := [32]byte{7}
	at := campaign.Replayable{Position: 5, Root: base64.StdEncoding.EncodeToString(root[:])}
	report := &campaign.TeamReportSubmitted{Team: "t1", Of: at, Narrative: "检查 5 户"}
	w.accepts("campaign/new", plan("1"))
	w.refuses("R48", "campaign-not-started", "campaign/new", &campaign.ReportPublished{Of: at, Narrative: "n"})
	w.refuses("R62", "root-not-of-position", "campaign/c", report, leader) // nobody knows a root
	w.Root = func(position uint64) ([32]byte, bool) { return root, position == 5 }
	w.accepts("campaign/c", report, leader)
	other := *report
	other.Of.Position = 6
	w.refuses("R62", "root-not-of-position", "campaign/c", &other, leader)
	other.Of = campaign.Replayable{Position: 5, Root: base64.StdEncoding.EncodeToString(make([]byte, 32))}
	w.refuses("R62", "root-not-of-position", "campaign/c", &other, leader)
	w.refuses("R62", "root-not-of-position", "campaign/c", &campaign.ReportPublished{Of: other.Of, Narrative: "n"})
	w.accepts("campaign/c", &campaign.ReportPublished{Of: at, Narrative: "n"})

	other.Team, other.Of = "t2", at
	w.refuses("R17", "not-your-team", "campaign/c", &other, leader)
	ofOther := by(event.Actor{Person: "zhao", Role: event.RoleTeamLeader, Team: "t2"})
	w.refuses("R17", "unknown-team", "campaign/c", &other, ofOther)
	w.accepts("campaign/d", plan("1"))
	w.accepts("team/t2", &team.Formed{Name: "第二督查组", Kind: "comprehensive"}, in("d"))
	w.refuses("R62", "team-of-another-campaign", "campaign/c", &other, ofOther)
	w.refuses("R48", "campaign-not-started", "campaign/d", &other, ofOther)
	empty := campaign.Replayable{Root: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
	w.accepts("campaign/c", &campaign.ReportPublished{Of: empty, Narrative: "n"}) // before the first entry
}

// openIn is what is open in a stream: kinds with their items.
func openIn(w *fixture, stream string) (open []string) {
	if r := w.Owed(w.stream(stream)); r != nil {
		for _, d := range r.Open {
			open = append(open, d.Kind.Name+" "+d.Item)
		}
	}
	return open
}

// R48, R62: the end is owed by its date, and since the end each team and the office owe a report; who is late is escalated once.
func TestR62ReportsAreOwedSinceTheEnd(t *testing.T) {
	w := campaignFixture(t)
	k := keep(w)
	w.Root = func(uint64) ([32]byte, bool) { return [32]byte{}, true }
	of := campaign.Replayable{Position: 1, Root: base64.StdEncoding.EncodeToString(make([]byte, 32))}
	report := &campaign.TeamReportSubmitted{Team: "t1", Of: of, Narrative: "n"}
	want := func(open ...string) {
		t.Helper()
		if got := openIn(w, "campaign/c"); !slices.Equal(got, open) {
			t.Errorf("open: %v, want %v", got, open)
		}
	}
	want("campaign-end ")
	w.accepts("campaign/c", report, leader) // before the end it is an interim report
	want("campaign-end ")
	w.accepts("campaign/c", &campaign.Ended{}, at(end))
	w.accepts("team/t9", &team.Formed{Name: "善后组", Kind: "specialist"}, in("c"), at(end))
	want("team-report t1", "city-report ")
	if said := k.sweep(end.AddDate(0, 0, 7)); len(said) != 0 {
		t.Errorf("said within the days: %v", said)
	}
	said := k.sweep(end.AddDate(0, 0, 10))
	if len(said) != 1 || said[0].Data.(*oversight.DeadlinePassed).Obligation != "team-report" {
		t.Fatalf("said: %v", said)
	}
	w.accepts("campaign/c", &campaign.ReportPublished{Of: of, Narrative: "n"}, at(end.AddDate(0, 0, 10)))
	want("team-report t1")
	w.flags([]string{"late-sync"}, "campaign/c", report, leader, at(end.AddDate(0, 0, 5)), late(6*24*time.Hour)) // in time, told late
	want()
	if _, back := w.log[len(w.log)-1].Data.(*oversight.StatementLapsed); !back {
		t.Error("what was in time does not take the escalation back")
	}
	if said := k.sweep(end.AddDate(1, 0, 0)); len(said) != 0 {
		t.Errorf("said afterwards: %v", said)
	}
}
