package projector_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	campaigns "github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
)

// on is a moment of a day in Beijing.
func on(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, event.Beijing)
	if err != nil {
		panic(err)
	}
	return t.Add(30 * time.Minute)
}

// in makes an entry of a visit of a campaign.
func (l *ledger) in(campaignID, id string, at time.Time, d event.Data) *event.Event {
	l.append(at, event.Stream{Kind: event.Inspection, ID: id},
		event.About{Campaign: campaignID, Subject: "S0", County: "610902", Team: "T0"}, event.Signed, d)
	return l.events[len(l.events)-1]
}

func (l *ledger) starts(campaignID string) {
	l.append(epoch, event.Stream{Kind: event.Campaign, ID: campaignID}, event.About{Campaign: campaignID}, event.Token, &campaigns.Started{})
}

func (l *ledger) city(t *testing.T, of projections.Selection) projections.CityView {
	t.Helper()
	v, err := l.all().City(ctx, projector.Query{For: office, Of: of})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// R18: nothing of a second campaign begins with what the first one has covered.
func TestR18ASecondCampaignBeginsWithNothingCovered(t *testing.T) {
	l := &ledger{}
	l.register("S0", "甲", "")
	l.arrived("I9", "S0", "610902") // before any campaign, as an import is
	if v := l.city(t, projections.Selection{}); v.SubjectsInspected != 1 || v.CoverageCampaign != "" {
		t.Errorf("without a campaign %d are inspected, of %q", v.SubjectsInspected, v.CoverageCampaign)
	}
	first := len(l.events)
	for i, id := range []string{"C1", "C2"} {
		l.starts(id)
		if v := l.city(t, projections.Selection{}); v.SubjectsInspected != 0 || v.Coverage[0].Inspected != 0 || v.CoverageCampaign != id {
			t.Errorf("%s begins with %d inspected, %+v, of %q", id, v.SubjectsInspected, v.Coverage, v.CoverageCampaign)
		}
		if v := l.city(t, projections.Selection{Campaign: id}); v.Counts != (projections.Counts{}) || v.SubjectsRegistered != 1 {
			t.Errorf("%s begins with %+v", id, v.Counts)
		}
		visit := fmt.Sprintf("I%d", i)
		l.in(id, visit, epoch, started)
		l.in(id, visit, epoch, &inspection.Arrived{})
		if v := l.city(t, projections.Selection{}); v.SubjectsInspected != 1 || v.Coverage[0].Inspected != 1 {
			t.Errorf("%s covers %d, %+v", id, v.SubjectsInspected, v.Coverage)
		}
	}
	if v := l.city(t, projections.Selection{}); v.Counts.Inspections != 3 {
		t.Errorf("%d inspections of all, want 3", v.Counts.Inspections)
	}
	if v := l.city(t, projections.Selection{Campaign: "C1"}); v.Counts.Inspections != 1 || v.SubjectsInspected != 1 || v.Campaign != "C1" {
		t.Errorf("the first campaign: %+v", v)
	}
	at := uint64(first)
	if v, err := l.all().City(ctx, projector.Query{For: office, AsOf: &at}); err != nil || v.SubjectsInspected != 1 ||
		v.CoverageCampaign != "" {
		t.Errorf("before the first campaign %d are inspected, of %q, %v", v.SubjectsInspected, v.CoverageCampaign, err)
	}
	_, err := l.all().City(ctx, projector.Query{For: office, Of: projections.Selection{Campaign: "C3"}})
	if !errors.Is(err, projector.ErrNoCampaign) {
		t.Errorf("an unknown campaign: %v", err)
	}
}

// R12: what is said of a visit or of a finding counts in one year, also when it is said in the next.
func TestR12EachFigureIsOfOneYear(t *testing.T) {
	l := &ledger{}
	l.register("S0", "甲", "")
	old, next := on("2019-12-31"), on("2020-01-01")
	l.in("", "I0", old, started)
	l.in("", "I0", old, &inspection.Arrived{})
	l.in("", "I0", old, &inspection.FindingRecorded{Finding: "F1", Level: "major"})
	found := l.in("", "I0", old, &inspection.FindingRecorded{Finding: "F2", Level: "general"})
	l.in("", "I0", next, &inspection.FixedOnSite{Finding: "F1"})
	l.append(next, event.Stream{Kind: casefile.Name, ID: "X0"}, event.About{Subject: "S0", County: "610902", Team: "T0"}, event.Signed,
		fineOf("I0", 7, "F2"))
	l.in("", "I0", next, &inspection.RecordSigned{RecordNo: "1"})
	flag := l.in("", "I0", next, &oversight.DeviationFlagged{Code: "short-visit", Rule: "R08"})
	figures := func(year int) projections.Figures { return l.city(t, projections.Selection{Year: year}).Figures }
	of19, of20 := figures(2019), figures(2020)
	if of19.Counts != (projections.Counts{Inspections: 1, Findings: 2, MajorFindings: 1}) || of19.FindingsOpen != 1 ||
		of19.FindingsFixed != 1 ||
		of19.FindingsUndisposed != 0 || of19.UnsignedRecords != 0 || len(of19.Deviations) != 1 {
		t.Errorf("2019: %+v", of19)
	}
	if of20.Counts != (projections.Counts{Penalties: 1}) || of20.FindingsOpen != 0 || of20.UnsignedRecords != 0 || len(of20.Fines) != 1 {
		t.Errorf("2020: %+v", of20)
	}
	l.in("", "I0", next, &oversight.StatementLapsed{Statement: flag.ID.String(), Rule: "R08", Code: "short-visit"})
	if f := figures(2019); len(f.Deviations) != 0 {
		t.Errorf("lapsed where it was not flagged: %+v", f.Deviations)
	}
	l.in("", "I0", next, &correction.FactCorrected{Fact: event.Ref{Event: found.ID.String()}, Occurred: next, Reason: "x",
		Content: correction.Content(found.Data)})
	ask := l.events[len(l.events)-1].ID.String()
	l.in("", "I0", next, &oversight.ApprovalGiven{Event: ask})
	of19, of20 = figures(2019), figures(2020)
	if of19.Counts.Findings != 1 || of19.FindingsOpen != 0 || of20.Counts.Findings != 1 || of20.FindingsOpen != 1 {
		t.Errorf("a finding corrected to be of the next year: %+v, %+v", of19, of20)
	}
}

func fineOf(visit string, amount int64, findings ...string) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Inspection: visit, Penalty: "X1", Kind: "fine", Findings: findings, Final: true,
		Fine: &event.Money{Currency: "CNY", Amount: amount}}
}

// R12: an accident stands in its statistical year, and beside it in those of occurrence and conclusion.
func TestR12AnAccidentStandsInItsYearOnEachBasis(t *testing.T) {
	l := &ledger{}
	tell := func(d event.Data) {
		l.append(epoch, event.Stream{Kind: event.Accident, ID: "A0"}, event.About{County: "610902"}, event.Token, d)
	}
	six := int64(6)
	tell(&accident.Reported{Region: "610902", Happened: on("2019-10-11"), Harm: accident.Harm{Deaths: &six}})
	check := func(what string, of int, statistical, occurrence, conclusion int64) {
		t.Helper()
		v := l.city(t, projections.Selection{Year: of})
		if v.Deaths != statistical || v.ByOccurrence.Deaths != occurrence || v.ByConclusion.Deaths != conclusion {
			t.Errorf("%s, year %d: %d, %d, %d; want %d, %d, %d", what, of, v.Deaths, v.ByOccurrence.Deaths, v.ByConclusion.Deaths, statistical,
				occurrence, conclusion)
		}
	}
	check("reported", 2019, 6, 6, 0)
	tell(&accident.Graded{Grade: "larger", StatisticalYear: 2020})
	check("graded", 2019, 0, 6, 0)
	check("graded", 2020, 6, 0, 0)
	check("graded", 0, 6, 6, 0)
	tell(&accident.InvestigationReplied{ConclusionYear: 2021})
	check("concluded", 2021, 0, 0, 6)
	check("concluded", 2020, 6, 0, 0)
	tell(&accident.InvestigationReplied{ConclusionYear: 2021, StatisticalYear: 2021})
	check("counted anew", 2020, 0, 0, 0)
	check("counted anew", 2021, 6, 0, 6)
	check("counted anew", 0, 6, 6, 6)
}

// drawCampaigns draws a ledger whose visits are of campaigns and of years.
func drawCampaigns(t *rapid.T) *ledger {
	drawn, out := drawLedger(t), &ledger{}
	out.starts("C1")
	out.starts("C2")
	ids := map[string]uuid.UUID{}
	of := map[string]string{}
	var joined kinds.Visits
	for _, e := range drawn.events {
		about := e.About
		if id, is := joined.Of(e); is {
			if _, ok := of[id]; !ok {
				of[id] = rapid.SampledFrom([]string{"", "C1", "C2"}).Draw(t, "campaign")
			}
			about.Campaign = of[id]
		}
		year := rapid.IntRange(0, 2).Draw(t, "year")
		out.append(e.Occurred.AddDate(-year, 0, 0), e.Stream, about, e.Assurance, e.Data)
		ids[e.ID.String()] = out.events[len(out.events)-1].ID
		if c, ok := e.Data.(*correction.FactCorrected); ok {
			if id, ok := ids[c.Fact.Event]; ok {
				c.Fact.Event = id.String()
			}
		}
	}
	return out
}

func TestFiguresOfACampaignAreThoseOfALedgerWithNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawCampaigns(t)
		of := projections.Selection{Campaign: rapid.SampledFrom([]string{"C1", "C2"}).Draw(t, "of")}
		alone := l.filtered(func(e *event.Event) bool {
			switch e.Data.(type) {
			case *oversight.DeviationFlagged, *oversight.StatementLapsed, *oversight.DeviationExplained:
				return e.About.Campaign == of.Campaign
			}
			return e.About.Campaign == of.Campaign || e.Stream.Kind == event.Subject || e.Stream.Kind == event.Team
		})
		all := answersOf(t, l, of)
		for what, want := range answersOf(t, alone, projections.Selection{}) {
			if got := all[what]; got != want {
				t.Fatalf("%s:\n%s\nwant, of a ledger with nothing else\n%s", what, got, want)
			}
		}
	})
}

// answersOf are the figures of every view, as text.
func answersOf(t *rapid.T, l *ledger, of projections.Selection) map[string]string {
	p, out := l.project(len(l.events), 9), map[string]string{}
	q := projector.Query{For: office, Of: of}
	city, err := p.City(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(city.Counties, func(l projections.CountyLine) bool { return l.Counts == projections.Counts{} })
	figures := func(f projections.Figures) string {
		f.Selection = projections.Selection{}
		return answer(f, nil)
	}
	out["city"], out["area"], out["lines"] = figures(city.Figures), answer(city.Area, nil), answer(lines, nil)
	for _, id := range teamIDs {
		if v, err := p.Team(ctx, id, q); err == nil {
			out["team "+id] = figures(v.Figures)
		}
	}
	for _, id := range subjectIDs {
		if v, err := p.Subject(ctx, id, q); err == nil && v.Counts != (projections.Counts{}) {
			out["subject "+id] = figures(v.Figures)
		}
	}
	return out
}

func TestFiguresOfTheYearsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawCampaigns(t)
		p := l.project(len(l.events), 9)
		of := projections.Selection{Campaign: rapid.SampledFrom([]string{"", "C1", "C2"}).Draw(t, "of")}
		whole, _ := p.City(ctx, projector.Query{For: office, Of: of})
		var sum projections.Counts
		var open, undisposed, unsigned, deviations, accidents int64
		for year := 2020; year < 2030; year++ {
			of.Year = year
			v, err := p.City(ctx, projector.Query{For: office, Of: of})
			if err != nil {
				t.Fatal(err)
			}
			for what, n := range map[string]int64{"inspections": v.Counts.Inspections, "major": v.Counts.MajorFindings, "open": v.FindingsOpen,
				"undisposed": v.FindingsUndisposed, "unsigned": v.UnsignedRecords} {
				if n < 0 {
					t.Fatalf("%s of %d: %d", what, year, n)
				}
			}
			sum, open, undisposed = sum.Plus(v.Counts), open+v.FindingsOpen, undisposed+v.FindingsUndisposed
			unsigned, accidents = unsigned+v.UnsignedRecords, accidents+v.Accidents
			for _, d := range v.Deviations {
				deviations += d.Count
			}
		}
		for _, d := range whole.Deviations {
			deviations -= d.Count
		}
		if sum != whole.Counts || open != whole.FindingsOpen || undisposed != whole.FindingsUndisposed || unsigned != whole.UnsignedRecords ||
			accidents != whole.Accidents || deviations != 0 {
			t.Fatalf("the years have %+v, %d open, %d undisposed, %d unsigned, %d accidents, %d deviations too many; the whole %+v", sum, open,
				undisposed, unsigned, accidents, deviations, whole)
		}
	})
}
