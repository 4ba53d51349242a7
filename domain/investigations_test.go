package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The accident to its end: R10, R11, R12, R66, R68.

var (
	mayor  = by(event.Actor{Person: "mayor", Role: event.RoleCityGovernment})
	clerk2 = by(event.Actor{Person: "clerk2", Role: event.RoleSupervisionOffice})
)

// beijing is an instant, as "2019-12-10 09:00".
func beijing(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, event.Beijing)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// hengkou is an accident of 11 October 2019 (its investigation was extended into the next year), reported the same day.
func hengkou(t testing.TB) *fixture {
	w := campaignFixture(t)
	d := reported(6)
	d.Happened = beijing(t, "2019-10-11 08:00")
	w.accepts("accident/a", d, at(beijing(t, "2019-10-11 09:00")))
	return w
}

// owes wants an obligation of a stream in a state, due on a day; "" is void, or without a date.
func (w *fixture) owes(stream, kind string, want obligation.State, due string) *obligation.Obligation {
	w.Helper()
	s := w.stream(stream)
	all := w.owing(s).owed(s.ID, vantage{})
	for i := range all.list {
		o := all.list[i]
		if o.Kind.Name != kind {
			continue
		}
		if on := obligation.Date(o.Due); o.State() != want || on != due {
			w.Errorf("%s of %s is %s, due on %q; want %s, %q", kind, stream, o.State(), on, want, due)
		}
		return &o
	}
	if want != obligation.Void {
		w.Errorf("%s is not owed in %s", kind, stream)
	}
	return nil
}

func investigationReported() *accident.InvestigationReported {
	return &accident.InvestigationReported{DocumentNo: "1", Responsibility: true, Causes: "违规操作"}
}

func investigationReplied() *accident.InvestigationReplied {
	return &accident.InvestigationReplied{Government: "市政府", DocumentNo: "2", ConclusionYear: 2020}
}

func TestR11TheInvestigationHasSixtyDaysAndSixtyMoreByTheGovernmentsYes(t *testing.T) {
	w := hengkou(t)
	k := keep(w)
	report := w.last("accident/a")
	w.owes("accident/a", "investigation", obligation.Open, "2019-12-10")
	w.owes("accident/a", "casualties", obligation.Open, "2019-11-11") // the 30th day is a Sunday
	w.owes("accident/a", "result", obligation.Open, "2019-12-31")
	longer := func(until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: "investigation", Event: report.ID.String(), Until: until, Ground: "情况复杂"}
	}
	in := at(beijing(t, "2019-12-09 10:00"))
	w.refuses("R11", "extension-out-of-bounds", "accident/a", longer("2020-02-11"), in, clerk2)
	w.refuses("R11", "extension-out-of-bounds", "accident/a", longer("2019-12-10"), in, clerk2)
	w.refuses("R11", "extension-too-late", "accident/a", longer("2020-02-08"), at(beijing(t, "2019-12-11 00:01")), clerk2)
	w.refuses("pillar 12", "nothing-to-extend", "accident/a", &oversight.TermExtended{Obligation: "result", Event: report.ID.String(),
		Until: "2020-02-08", Ground: "x"}, in, clerk2)
	w.refuses("pillar 12", "nothing-to-extend", "subject/firm", longer("2020-02-08"), in)
	w.accepts("accident/a", longer("2020-02-08"), in, clerk2)
	ask := w.last("accident/a")
	w.owes("accident/a", "investigation", obligation.Open, "2019-12-10")
	w.owes("accident/a", "approval", obligation.Open, "2019-12-12")
	w.refuses("R11", "government-answers", "accident/a", yes(ask), in)
	w.refuses("pillar 17", "no-second-person", "accident/a", yes(ask), in,
		by(event.Actor{Person: "clerk2", Role: event.RoleCityGovernment}))
	w.refuses("Roles", "role-may-not-append", "accident/a", yes(ask), in, leader)
	for _, e := range k.sweep(beijing(t, "2019-12-12 10:00")) {
		t.Errorf("%+v is said while an answer is owed", e.Data)
	}
	if said := k.sweep(beijing(t, "2019-12-20 10:00")); len(said) == 0 { // nobody answers
		t.Error("the investigation is not escalated")
	}
	recorded, err := w.record(w.event("accident/a", yes(ask), at(beijing(t, "2019-12-21 10:00")), mayor))
	if err != nil || len(recorded) != 2 || recorded[1].Type.Name != "statement-lapsed" {
		t.Errorf("a yes that comes late to what was asked in time: %v, %v", recorded, err)
	}
	w.owes("accident/a", "investigation", obligation.Open, "2020-02-08")
	w.owes("accident/a", "result", obligation.Open, "2020-02-24") // the end of investigation and reply
	w.refuses("pillar 17", "nothing-waits", "accident/a", yes(ask), in, mayor)
	w.accepts("accident/a", investigationReported(), at(beijing(t, "2020-02-07 10:00")))
	w.owes("accident/a", "investigation", obligation.Met, "2020-02-08")
	w.owes("accident/a", "reply", obligation.Open, "2020-02-24") // the 15th day is a Saturday
}

func TestR11ARefusedExtensionMovesNothing(t *testing.T) {
	w := hengkou(t)
	in := at(beijing(t, "2019-12-09 10:00"))
	w.accepts("accident/a", &oversight.TermExtended{Obligation: "investigation", Event: w.last("accident/a").ID.String(), Until: "2020-02-08",
		Ground: "x"}, in, clerk2)
	w.accepts("accident/a", no(w.last("accident/a")), in, mayor)
	w.owes("accident/a", "investigation", obligation.Open, "2019-12-10")
	w.owes("accident/a", "approval", obligation.Met, "2019-12-12")
}

func TestR11AnEspeciallyMajorAccidentIsAnsweredWithinThirtyDaysAndThirtyMore(t *testing.T) {
	w := hengkou(t)
	w.accepts("accident/a", &accident.CasualtiesUpdated{Harm: harm(30), Reason: "r"}, at(beijing(t, "2019-10-12 09:00")))
	w.accepts("accident/a", &accident.Graded{Grade: "especially-major", StatisticalYear: 2019, DecidedBy: "x"})
	w.accepts("accident/a", investigationReported(), at(beijing(t, "2019-12-02 10:00")))
	report := w.last("accident/a").ID.String()
	w.owes("accident/a", "reply", obligation.Open, "2020-01-01")
	more := func(until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: "reply", Event: report, Until: until, Ground: "x"}
	}
	in := at(beijing(t, "2019-12-30 10:00"))
	w.refuses("R11", "extension-out-of-bounds", "accident/a", more("2020-02-01"), in, clerk2)
	w.accepts("accident/a", more("2020-01-31"), in, clerk2)
	w.accepts("accident/a", yes(w.last("accident/a")), in, mayor)
	w.owes("accident/a", "reply", obligation.Open, "2020-01-31")
}

func TestR11StepsComeOnceAndAfterWhatTheyRestOn(t *testing.T) {
	w := hengkou(t)
	evaluation := &accident.RectificationEvaluated{EvaluatedBy: "x", Outcome: "done", Summary: "x"}
	w.refuses("R11", "accident-step-missing", "accident/a", investigationReplied())
	w.refuses("R11", "accident-step-missing", "accident/a", evaluation)
	opened := &accident.InvestigationOpened{Government: "市政府"}
	ended := &accident.ResultRecorded{Result: "transferred", Summary: "x", DecidedBy: "x"}
	for _, c := range []struct {
		rule string
		d    event.Data
	}{{"R11", opened}, {"R11", investigationReported()}, {"R11", investigationReplied()}, {"R68", ended}, {"R11", evaluation}} {
		w.accepts("accident/a", c.d)
		w.refuses(c.rule, "accident-step-repeated", "accident/a", c.d)
	}
	w.accepts("accident/a", &accident.SocialImpactFound{Grave: true, Basis: "x", FoundBy: "x"})
	if !w.accidents.state("a").Grave {
		t.Error("the impact is not grave")
	}
	w.accepts("accident/a", &accident.SocialImpactFound{Basis: "x", FoundBy: "x"})
	if w.accidents.state("a").Grave {
		t.Error("the newest finding does not count")
	}
}

// 2019 no law asked for an evaluation; since 1 September 2021 it is due within a year.
func TestR11AnEvaluationIsOwedByTheLawOfTheDay(t *testing.T) {
	w := hengkou(t)
	w.accepts("accident/a", investigationReported())
	w.accepts("accident/a", investigationReplied())
	w.owes("accident/a", "evaluation", obligation.Void, "")
	w = hengkou(t)
	w.accepts("accident/a", investigationReported(), at(beijing(t, "2022-02-28 10:00")))
	w.accepts("accident/a", investigationReplied(), at(beijing(t, "2022-03-01 10:00")))
	w.owes("accident/a", "evaluation", obligation.Open, "2023-03-01")
}

func TestR68EveryAccidentHasItsResultAtTheEndOfTheYear(t *testing.T) {
	w := hengkou(t)
	k := keep(w)
	k.sweep(beijing(t, "2020-01-02 10:00"))
	w.owes("accident/a", "result", obligation.Open, "2019-12-31")
	passed := map[string]bool{}
	for _, e := range w.log {
		if d, ok := e.Data.(*oversight.DeadlinePassed); ok {
			passed[d.Obligation] = true
		}
	}
	if !passed["result"] || !passed["investigation"] || passed["casualties"] {
		t.Errorf("escalated: %v", passed)
	}
	w.given("accident/a", &accident.ResultRecorded{Result: "no-responsibility", Summary: "x", DecidedBy: "x"},
		at(beijing(t, "2020-01-03 10:00")))
	w.owes("accident/a", "result", obligation.Late, "2019-12-31")
}

func TestR10EachLevelThatPassesAnAccidentOnLateIsFlagged(t *testing.T) {
	w := campaignFixture(t)
	d := reported(1)
	after := func(minutes int) time.Time { return d.Happened.Add(time.Duration(minutes) * time.Minute) }
	d.Reports = []accident.Report{{Level: "unit", Learned: after(0), Reported: after(61)}, {Level: "county", Learned: after(61),
		Reported: after(181)}, {Level: "city", Learned: after(181), Reported: after(302)}}
	w.flags([]string{"accident-reported-late", "accident-reported-late"}, "accident/a", d)
	items := ""
	for _, e := range w.log {
		if f, ok := e.Data.(*oversight.DeviationFlagged); ok {
			items += f.Item + " "
		}
	}
	if items != "unit city " {
		t.Errorf("late: %s", items)
	}
	d.Reports = []accident.Report{{Level: "unit", Learned: after(0), Reported: after(60)}}
	w.accepts("accident/b", d)
	d.Reports[0].Learned = after(-1)
	w.refuses("R10", "reported-before-it-happened", "accident/c", d)
	d.Reports[0] = accident.Report{Level: "unit", Learned: after(1), Reported: after(0)}
	w.refuses("R10", "reported-before-it-happened", "accident/c", d)
}

// R10: changed casualties count for 30 days, of road accidents and fires for 7 (Order 493 Art. 13); that is a window, and nobody is late.
func TestR10TheWindowOfChangedCasualtiesIsOnTheWorklist(t *testing.T) {
	for kind, due := range map[string]string{"machinery": "2020-01-03", "road-traffic": "2019-12-11", "fire": "2019-12-11"} {
		w := campaignFixture(t)
		d := reported(1)
		d.Kind = kind
		w.accepts("accident/a", d)
		w.owes("accident/a", "casualties", obligation.Open, due)
		k := keep(w)
		if said := names(k.sweep(noon.AddDate(0, 2, 0))); slices.Contains(said, "casualties ") {
			t.Errorf("%s: who has nothing to add is called late: %v", kind, said)
		}
		w.accepts("accident/a", &accident.CasualtiesUpdated{Harm: harm(1), Reason: "无变化"})
		w.owes("accident/a", "casualties", obligation.Met, due)
	}
}

// R12: what is said of the year lapses with a correction that states the rule by which it counts.
func TestR12AStatedRuleTakesBackWhatWasSaidOfTheYear(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("accident/a", reported(1))
	other := &accident.Graded{Grade: "ordinary", StatisticalYear: 2020}
	w.flags([]string{"counted-in-another-year"}, "accident/a", other)
	fact := w.last("accident/a")
	ruled := *other
	ruled.CountingRule = "按结案年度统计"
	w.accepts("accident/a", again(fact, fact, &ruled, fact.Occurred), by(fact.Actor), clerk)
	asked := w.last("accident/a")
	w.changes(nil, []string{"counted-in-another-year"}, "accident/a", yes(asked), chief)
	w.accepts("accident/a", again(fact, asked, other, fact.Occurred), clerk)
	w.changes([]string{"counted-in-another-year"}, nil, "accident/a", yes(w.last("accident/a")), chief)
}

func TestR12AReplyThatCountsInAnotherYearSaysByWhichRule(t *testing.T) {
	w := hengkou(t)
	w.accepts("accident/a", investigationReported())
	d := investigationReplied()
	d.StatisticalYear = 2020
	w.flags([]string{"counted-in-another-year"}, "accident/a", d)
	w = hengkou(t)
	w.accepts("accident/a", investigationReported())
	d.CountingRule = "按结案年度"
	w.accepts("accident/a", d)
}
