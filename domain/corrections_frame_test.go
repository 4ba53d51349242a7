package domain

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/interference"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/supervision"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// Facts of every kind are corrected by one mechanism (pillar 17): what is tried here is tried with each type that can be corrected,
// visits apart, which package domain tries with drawn visits.

// fixed are the types of authors that nobody corrects: a further fact is stated.
var fixed = []string{"campaign-plan-published", "coverage-target-set", "indicator-baseline-set", "code-table-published",
	"discipline-rules-published", "key-registered", "key-confirmed", "key-revoked", "token-issued", "token-revoked", "key-destroyed",
	"evidence-erased", "conduct-evaluated",
	"conflict-declared", "holiday-work-filed", "clock-corrected", "term-extended", "deviation-explained", "approval-given", "approval-refused",
	"fact-corrected",
	"fact-withdrawn"}

// TestEveryFactOfAnAuthorIsCorrectedOrListed: a new type is corrected without a line of code, or somebody has said that it is not.
func TestEveryFactOfAnAuthorIsCorrectedOrListed(t *testing.T) {
	left := slices.Clone(fixed)
	for _, typ := range Catalogue().All() {
		if slices.Equal(typ.Append, []event.Role{event.RoleLedger}) {
			continue
		}
		i := slices.Index(left, typ.Name)
		if (i < 0) != (correction.Member(typ.New()) != "") {
			t.Errorf("%s is a content of a correction: %v; it is listed as fixed: %v", typ.Name, correction.Member(typ.New()) != "", i >= 0)
		}
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
	}
	if len(left) > 0 {
		t.Errorf("no type of an author is %v", left)
	}
}

// portrayed is what the ledger says in all streams, but for what is said of people's acts whose ground moved, and what is owed and
// kept in one.
func (w *fixture) portrayed(of event.Stream) []string {
	stands := map[string]string{}
	for _, e := range w.log {
		if e.Assurance != event.Derived {
			continue
		}
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			if d.Code != string(law.GroundChanged) {
				stands[e.ID.String()] = strings.Join([]string{e.Stream.String(), d.Code, d.Event, d.Item}, " ")
			}
		case *oversight.StatementLapsed:
			delete(stands, d.Statement)
		case *review.Opened, *blacklist.Proposed, *campaign.TargetMissed:
			stands[e.ID.String()] = e.Stream.String() + " " + e.Type.Name
		}
	}
	lines := slices.Collect(maps.Values(stands))
	if k := w.owing(of); k != nil {
		for _, o := range k.owed(of.ID, vantage{}).list {
			lines = append(lines, fmt.Sprintf("owed %s %s %s until %s: %s", o.Kind.Name, o.Opener, o.Item, o.Due, o.State()))
		}
	}
	slices.Sort(lines)
	return append(lines, "kept "+dump(reflect.ValueOf(w.kind(of.Kind).kept(of.ID))))
}

// dump writes a value with all it points to; what is empty is left out.
func dump(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid:
		return "nothing"
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return dump(v.Elem())
	case reflect.Struct:
		if at, ok := timeOf(v); ok {
			return at
		}
		var parts []string
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() && !(f.Kind() == reflect.Slice && f.Len() == 0) {
				parts = append(parts, v.Type().Field(i).Name+":"+dump(f))
			}
		}
		return "{" + strings.Join(parts, " ") + "}"
	case reflect.Slice, reflect.Array:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, dump(v.Index(i)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Map:
		var parts []string
		for it := v.MapRange(); it.Next(); {
			parts = append(parts, dump(it.Key())+":"+dump(it.Value()))
		}
		slices.Sort(parts)
		return "map" + fmt.Sprint(parts)
	}
	return fmt.Sprint(v)
}

func timeOf(v reflect.Value) (string, bool) {
	if v.Type() != reflect.TypeFor[time.Time]() {
		return "", false
	}
	c := reflect.New(v.Type()).Elem()
	if !v.CanInterface() { // of a member that is not exported: by its parts, which say the instant
		return fmt.Sprintf("%v.%v", v.Field(0), v.Field(1)), true
	}
	c.Set(v)
	return c.Interface().(time.Time).UTC().String(), true
}

// asSecond is a person who wrote nowhere and may say yes to a correction of what a role stated.
func asSecond(is *stream.Kind, stated event.Role) (event.Actor, bool) {
	for _, r := range append([]event.Role{event.RoleSupervisionOffice}, event.Roles...) {
		if is.Approves(r, stated) {
			return event.Actor{Person: "the second", Role: r, County: map[event.Role]string{event.RoleCountyGovernment: "610902"}[r]}, true
		}
	}
	return event.Actor{}, false
}

// tries withdraws and restores each fact as it is recorded, and corrects it by nothing but the time; then all is as before.
type tries struct {
	*fixture
	types   map[string]bool
	refused map[string]law.Code
}

func (y *tries) after(fact *event.Event) {
	is := y.kind(fact.Stream.Kind).declaration()
	if fact.Assurance == event.Derived || fact.Stream.Kind == event.Inspection || correction.Member(fact.Data) == "" ||
		fact.Actor.Role == event.RolePublic {
		return
	}
	n, known := y.n, len(y.log)
	y.Begin()
	defer func() {
		y.Rollback()
		y.n, y.log = n, y.log[:known]
	}()
	before := y.portrayed(fact.Stream)
	gone, ok := y.counts(is, fact, withdrawn(fact, fact))
	if !ok {
		return
	}
	if without := y.portrayed(fact.Stream); slices.Equal(without, before) && !silent[fact.Type.Name] {
		y.Errorf("without %s all is as with it: %q", fact.Type.Name, without)
	}
	if _, ok := y.counts(is, fact, again(fact, gone, fact.Data, fact.Occurred)); !ok {
		y.Errorf("%s is not restored: %v", fact.Type.Name, y.refused[fact.Type.Name])
		return
	}
	if now := y.portrayed(fact.Stream); !slices.Equal(now, before) {
		y.Errorf("%s was withdrawn and restored:\nnow    %q\nbefore %q", fact.Type.Name, now, before)
	}
	y.types[fact.Type.Name] = true
}

// untried are types that no scene tries, with why.
var untried = map[string]string{
	"no-penalty-decided": "it waits for a yes of its own; drawn visits try it",
}

// silent are types of which neither a rule nor a duty knows whether they are there.
var silent = map[string]bool{"discipline-observation-recorded": true, "discipline-observer-assigned": true,
	"duty-file-reviewed": true}

// counts records what is said of a fact by its own side, and the yes to it.
func (y *tries) counts(is *stream.Kind, fact *event.Event, d event.Data) (*event.Event, bool) {
	before := y.portrayed(fact.Stream)
	e := y.event(fact.Stream.String(), d, by(fact.Actor), at(fact.Recorded.Add(time.Hour)), in(fact.Campaign))
	if _, err := y.record(e); err != nil {
		r, _ := err.(*event.Refusal)
		y.refused[fact.Type.Name] = r.Code
		return nil, false
	}
	asked := slices.DeleteFunc(y.portrayed(fact.Stream), func(s string) bool { return strings.HasPrefix(s, "owed approval "+e.ID.String()) })
	if !slices.Equal(asked, before) {
		y.Errorf("%s: what nobody said yes to changes something:\nnow    %q\nbefore %q", fact.Type.Name, asked, before)
	}
	who, ok := asSecond(is, fact.Actor.Role)
	if !ok {
		y.Fatalf("nobody says yes in streams of %s", is.Name)
	}
	for _, wrong := range []event.Actor{fact.Actor, {Role: who.Role, County: who.County}} { // oneself, nobody
		if _, err := y.record(y.event(fact.Stream.String(), yes(e), by(wrong), at(fact.Recorded.Add(2*time.Hour)))); err == nil {
			y.Errorf("%s: %+v says yes to a correction by %+v", fact.Type.Name, wrong, fact.Actor)
		}
	}
	if _, err := y.record(y.event(fact.Stream.String(), yes(e), by(who), at(fact.Recorded.Add(2*time.Hour)))); err != nil {
		y.Fatalf("the yes to %T of %s is refused: %v", d, fact.Type.Name, err)
	}
	return e, true
}

// tried plays scenes in which each type that is corrected comes, and tries each fact when it is recorded.
func TestAnyFactIsWithdrawnAndRestored(t *testing.T) {
	types, refused := map[string]bool{}, map[string]law.Code{}
	for name, scene := range correctedScenes {
		t.Run(name, func(t *testing.T) {
			scene(t, func(w *fixture) {
				y := &tries{w, types, refused}
				w.tried = y.after
			})
		})
	}
	inPlace := 0
	for _, typ := range Catalogue().All() {
		switch {
		case correction.Member(typ.New()) == "" || typ.Kind == event.Inspection:
		case typ.Kept == event.KeptInPlace:
			if inPlace++; refused[typ.Name] != law.NeverWithdrawn {
				t.Errorf("the withdrawal of %s is answered with %q", typ.Name, refused[typ.Name])
			}
		case !types[typ.Name] && untried[typ.Name] == "":
			t.Errorf("%s was not withdrawn and restored: %s", typ.Name, refused[typ.Name])
		}
	}
	if inPlace < 4 {
		t.Errorf("%d types are never withdrawn", inPlace)
	}
	t.Logf("%d types: %v", len(types), slices.Sorted(maps.Keys(types)))
}

// correctedScenes have every type that is corrected; a scene begins to try once its stage is set.
var correctedScenes = map[string]func(t testing.TB, tries func(*fixture)){
	"registers": func(t testing.TB, tries func(*fixture)) {
		w := newFixture(t)
		tries(w)
		w.campaign()
		w.given("campaign/c", basis("central", "国务院安委会通知"))
		w.given("person/ma", &person.Seconded{HomeUnit: "u", Team: "t1", From: begin, To: end})
		w.given("person/ma", &person.SecondmentEnded{Team: "t1"})
		w.given("person/head", newPerson("head"))
		w.given("person/head", &person.OfficialAppointed{Post: "局长", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2019-01-01"})
		w.given("person/head", &person.OfficialLeft{Post: "局长", Unit: "u", Last: "2019-12-03"})
		w.given("person/watcher", newPerson("watcher"))
		w.given("team/t1", &team.ObserverAssigned{Observer: "watcher", From: "2019-12-01"}, commission)
		w.given("team/t1", &team.ScopeAssigned{Sectors: []string{"INDTRADE"}, Counties: []string{"610902"}})
		w.given("team/t1", &team.LeaderChanged{From: "wang", To: "li", Handover: "x"})
		w.given("team/t1", &team.MemberLeft{Person: "ma"})
		w.given("subject/other", firm())
		w.given("subject/other", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 1)})
		w.given("subject/other", &subject.StatusRecorded{Production: "stopped"})
		w.given("subject/other", &subject.Excluded{Reason: "已拆除"})
		w.given("subject/other", yes(w.last("subject/other")), chief)
		w.given("subject/other", &subject.Readmitted{Reason: "x"})
		w.given("subject/other", &subject.Ended{How: "closed", On: "2019-12-04"})
		w.given("document/b", block(1, 9))
		w.given("document/b", &numbering.NumberVoided{Number: 2, Reason: "x"})
		w.given("campaign/c", &campaign.Ended{}, at(end))
		w.given("campaign/c", &campaign.TeamReportSubmitted{Team: "t1", Of: nothingYet, Narrative: "x"}, leader, at(end.Add(time.Hour)))
		w.given("campaign/c", &campaign.ReportPublished{Of: nothingYet, Narrative: "x"}, at(end.Add(time.Hour)))
	},
	"conflicts and holidays": func(t testing.TB, tries func(*fixture)) {
		w := conflicting(t)
		tries(w)
		w.given("person/ma", conflict(func(*person.ConflictDeclared) {}), clerk)
		w = holidayFixture(t)
		tries(w)
		w.given("subject/site", filing, clerk)
	},
	"cases": func(t testing.TB, tries func(*fixture)) {
		w := suspected(t)
		tries(w)
		w.given(caseStream, filed(), inspector)
		w.given(caseStream, noticed(false), inspector)
		w.given(caseStream, inCase("p", 1000_00), inspector)
		w.given(caseStream, stepOf("decision-served"), inspector)
		w.given(caseStream, payment("p", "paid", 400_00), clerk)
		w.given(caseStream, &casefile.EnforcementRequested{Penalty: "p", Court: "法院"}, inspector)
		w.given(caseStream, payment("p", "paid", 600_00), clerk)
		w.given(caseStream, &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "…",
			Fine: &event.Money{Currency: "CNY", Amount: 500_00}}, clerk)
		w.given(caseStream, &casefile.DecisionChanged{Penalty: "p", Change: "annulled", By: "court", Reason: "…"}, clerk)
		w.given(caseStream, payment("p", "refunded", 500_00), clerk)
		w.given(caseStream, payment("p", "refunded", 500_00), clerk)
		w.given(caseStream, &casefile.Closed{Ground: "annulled"}, inspector)
	},
	"duties": func(t testing.TB, tries func(*fixture)) {
		w, lists := assessed(t)
		tries(w)
		w.given("duty/industry.liu", &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "检查企业三家"}, industry)
		w.given("duty/industry.liu", &duty.Reviewed{Version: &lists, From: "2019-12-01", To: "2019-12-31", Missing: []string{"Z-1"}}, reviewer)
		w.given("accident/a", reported(3))
		w.given("accident/a", graded("larger"))
		w.given("assessment/industry.2019", points(10, "D-1", w.last("accident/a").Index))
	},
	"orders": func(t testing.TB, tries func(*fixture)) {
		w := visitFixture(t)
		w.given("inspection/i", evident("f"), inspector)
		w.given("inspection/i", evident("g"), inspector)
		tries(w)
		d := ordering(w, "stop")
		dated(d)
		w.given("order/o", d, inspector)
		w.given("order/o", &order.Defied{Order: "o", Seen: "仍在生产"}, inspector, ordersDay(1))
		w.given("order/o", putRight("f"), inspector, ordersDay(1))
		w.given("order/o", &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}, other, ordersDay(2))
		w.given("order/o", &order.ClosureProposed{Ground: "major-hazard", Findings: []string{"f"}, Scope: "full", Alternatives: "x",
			LegalBasis: statute}, inspector, ordersDay(2))
		w.given("order/o", &order.Verified{Findings: []string{"f"}}, other, ordersDay(3))
		w.given("order/o", &order.Lifted{Ground: "rectified", Reason: "隐患已消除"}, inspector, ordersDay(3))
	},
	"accident": func(t testing.TB, tries func(*fixture)) {
		w := campaignFixture(t)
		w.given("person/head", newPerson("head"))
		w.given("person/head", &person.OfficialAppointed{Post: "局长", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2019-01-01"})
		tries(w)
		w.given("accident/a", reported(2))
		w.given("accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "r"})
		w.given("accident/a", graded("larger"))
		w.given("accident/a", &accident.SocialImpactFound{Grave: true, Basis: "舆情", FoundBy: "市安委办"})
		w.given("accident/a", &accident.InvestigationOpened{Government: "市政府"}, mayor)
		w.given("accident/a", investigationReported())
		w.given("accident/a", investigationReplied(), mayor)
		w.given("accident/a", &accident.ResultRecorded{Result: "punished", Summary: "x", DecidedBy: "x"})
		w.given("accident/a", &accident.RectificationEvaluated{EvaluatedBy: "x", Outcome: "done", Summary: "x"}, mayor)
	},
	"tips": func(t testing.TB, tries func(*fixture)) {
		w := tipped(t)
		w.given("inspection/i", started(), in("c"), inspector, at(noon.Add(-time.Hour)))
		w.given("inspection/i", &inspection.Arrived{}, inspector, at(noon.Add(-time.Hour)))
		tries(w)
		w.given("tip/a", aTip())
		w.given("tip/a", &tip.Accepted{})
		w.given("tip/a", substantiated)
		w.given("tip/a", outcome)
		w.given("tip/b", aTip())
		w.given("transfer/office.fire.b", handOver("b"))
		w.given("transfer/office.fire.b", &transfer.Accepted{}, fireBureau)
		w.given("transfer/office.fire.b", handled, fireBureau)
	},
	"published": func(t testing.TB, tries func(*fixture)) {
		w := onRecord(t)
		w.given("inspection/i", signedBy("ma", "li"), inspector)
		tries(w)
		w.given("exposure/e", exposed())
		w.given("exposure/e", yes(w.last("exposure/e")), clerk2)
		w.given("publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Exposure: "e"})
		w.given("publicity/p", &publicity.Withdrawn{Reason: "x"})
	},
	"supervision": func(t testing.TB, tries func(*fixture)) {
		w := today(t, supervised())
		w.given("inspection/i", started(), in("c"), inspector, at(noon.Add(-time.Hour)))
		w.given("inspection/i", &inspection.Arrived{}, inspector, at(noon.Add(-time.Hour)))
		tries(w)
		w.given("supervision/emergency.1", anOpinion(), justice)
		w.given("supervision/emergency.1", &supervision.Answered{Outcome: "corrected", Answer: "已补正"}, emergency)
		w.given("clue/a", aClue(), justice)
		w.given("clue/a", &clue.Examined{Outcome: "misconduct"}, justice)
		w.given("clue/a", &clue.Transferred{To: "纪委监委"}, justice)
	},
	"blacklist": func(t testing.TB, tries func(*fixture)) {
		w, in := larger(t)
		tries(w)
		w.given(in, notified)
		w.given(in, objected)
		w.given(in, entered)
		w.given(in, &blacklist.Removed{Ground: "expired", DecidedBy: "应急局", Reason: "x"}, at(noon.AddDate(3, 0, 20)))
	},
	"reviews": func(t testing.TB, tries func(*fixture)) {
		w := visitFixture(t)
		w.sealing()
		w.given("inspection/i", &inspection.Arrived{}, inspector)
		report := reported(1)
		report.Happened = noon.Add(time.Hour)
		later := at(noon.Add(2 * time.Hour))
		w.given("accident/a", report, later)
		tries(w)
		opened := (&problem{in: w.stream("accident/a"), Problem: stream.Problem{What: "accident"}}).stream(event.Inspection, visit("t1", "i"))
		w.given(opened.String(), &review.Decided{DecidedBy: "x", Decision: sealedFor(forBoth, "5")}, commission, later)
		w.given("interference/x", &interference.Reported{Pressure: "official", Content: sealedFor(forOne, "6")}, commission)
	},
	"team review": func(t testing.TB, tries func(*fixture)) {
		w, flag := reviewedTeam(t, tries)
		now := w.last(flag).Recorded
		duty := "inquiry/" + strings.TrimPrefix(flag, "team-review/")
		w.given(duty, &inquiry.Observed{Team: "t1", Facts: sealedFor(forOne, "7")}, commission, at(now))
		w.given(duty, &inquiry.Opened{Team: "t1", Breach: "missed-hazard", Consequence: "hazard-left", Entries: []uint64{1},
			Facts: sealedFor(forOne, "5")}, commission, at(now))
		w.given(duty, &inquiry.Outcome{Result: "x", DecidedBy: "x", Decision: sealedFor(forOne, "8")}, commission, at(now))
	},
}

// reviewedTeam is a team that found nothing, and whose reviewers found a problem.
func reviewedTeam(t testing.TB, tries func(*fixture)) (w *fixture, flag string) {
	k := blindTeam(t, 10)
	w = k.fixture
	now := at(noon.Add(200 * time.Hour))
	w.sealing()
	flag = k.lookFor(noon.Add(200 * time.Hour))[0].Stream.String()
	tries(w)
	w.given(flag, &teamreview.Ordered{Team: "t1", By: "t2", Reviewers: []string{"he"}}, now)
	d := started()
	d.Team, d.VisitType, d.Subject, d.Inspectors = "t2", "team-review", "firm1", []string{"he", "she"}
	w.given("inspection/t2.r", d, in("c"), sentReviewer, now)
	w.given("inspection/t2.r", &inspection.Arrived{}, sentReviewer, now)
	w.given("inspection/t2.r", evident("f1"), sentReviewer, now)
	w.given(flag, &teamreview.Completed{Inspections: []string{visit("t2", "r")}, Problem: true,
		Findings: []teamreview.Found{{Inspection: visit("t2", "r"), Finding: "f1", Existed: true, First: visit("t1", "v1")}}}, sentReviewer, now)
	return w, flag
}

var sentReviewer = by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t2"})

// nothingYet is what a report may rest on before anything was recorded.
var nothingYet = campaign.Replayable{Root: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
