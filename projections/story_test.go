package projections_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/projections"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// story numbers bodies of one inspection and gives them what the ledger would say.
func story(bodies ...event.Data) []*event.Event {
	var out []*event.Event
	for i, d := range bodies {
		stream := event.Stream{Kind: event.Inspection, ID: "I1"}
		switch d.(type) {
		case *subject.Registered, *subject.Updated, *subject.Ended, *subject.StatusRecorded, *subject.Excluded, *subject.Readmitted:
			stream = event.Stream{Kind: event.Subject, ID: "S1"}
		case *team.Formed, *team.LeaderAppointed, *team.LeaderChanged, *team.MemberJoined, *team.MemberLeft, *team.ScopeAssigned, *team.Activated:
			stream = event.Stream{Kind: event.Team, ID: "T1"}
		case *oversight.ApprovalGiven:
			if _, exclusion := bodies[max(i-1, 0)].(*subject.Excluded); exclusion {
				stream = event.Stream{Kind: event.Subject, ID: "S1"}
			}
		case *accident.Reported, *accident.Graded:
			stream = event.Stream{Kind: event.Accident, ID: "A1"}
		}
		if c, ok := d.(*correction.FactCorrected); ok && c.Fact.Event == "" { // the newest of that finding
			for k, b := range bodies[:i] {
				if f, ok := b.(*inspection.FindingRecorded); ok && f.Finding == findingOf(c).Finding {
					c.Fact.Event = uuid.UUID{15: byte(k + 1)}.String()
				}
			}
		}
		at := start.Add(time.Duration(i) * time.Minute)
		out = append(out, &event.Event{
			ID: uuid.UUID{15: byte(i + 1)}, Type: &event.Type{Name: "t" + string(rune('a'+i))}, Stream: stream, Data: d, Index: uint64(i),
			Occurred: at, Recorded: at.Add(time.Second), Actor: event.Actor{Person: "P1"}, Assurance: event.Signed,
			About: event.About{Campaign: "C1", Subject: "S1", Team: "T1", County: "610902"},
		})
	}
	return out
}

func inspected(bodies ...event.Data) projections.InspectionView {
	f := projections.NewInspectionFold("I1")
	for _, e := range story(bodies...) {
		f.Apply(e)
	}
	return f.View()
}

func subjectAfter(bodies ...event.Data) projections.SubjectView {
	f := projections.NewSubjectFold("S1", projections.Selection{})
	for _, e := range story(bodies...) {
		f.Apply(e)
	}
	return f.View()
}

var (
	begin   = &inspection.Started{Subject: "S1", Team: "T1", Sector: "FIRE", VisitType: "initial", Inspectors: []string{"P1", "P2"}}
	general = &inspection.FindingRecorded{Finding: "F1", Description: "extinguisher out of date", Level: "general", Punishable: true}
	major   = &inspection.FindingRecorded{Finding: "F2", Description: "exit locked", Level: "major"}
)

// correction of a finding, whole.
func correctionOf(of *inspection.FindingRecorded, change func(*inspection.FindingRecorded)) *correction.FactCorrected {
	d := *of
	change(&d)
	return &correction.FactCorrected{Reason: "measured", Content: correction.Content(&d)}
}

func findingOf(d *correction.FactCorrected) *inspection.FindingRecorded {
	content, _ := d.Version()
	return content.(*inspection.FindingRecorded)
}

// answerYes and answerNo answer the event with a number in the story, from 0.
func answerYes(n int) *oversight.ApprovalGiven {
	return &oversight.ApprovalGiven{Event: uuid.UUID{15: byte(n + 1)}.String()}
}

func answerNo(n int) *oversight.ApprovalRefused {
	return &oversight.ApprovalRefused{Event: uuid.UUID{15: byte(n + 1)}.String(), Reason: "no"}
}

func fine(currency string, amount int64, findings ...string) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Penalty: "X1", Kind: "fine", Findings: findings, Fine: &event.Money{Currency: currency, Amount: amount},
		Final: true}
}

func TestACorrectionKeepsTheOriginal(t *testing.T) {
	asked := correctionOf(general, func(d *inspection.FindingRecorded) { d.Level, d.Punishable = "major", false })
	v := inspected(begin, general, asked)
	f := v.Findings[0]
	if f.Current.Level != "general" || len(v.Corrections) != 1 || v.Corrections[0].Standing.State != projections.StandingAsked ||
		v.Counts.MajorFindings != 0 {
		t.Errorf("counts before anybody said yes: %+v", f)
	}
	v = inspected(begin, general, asked, answerNo(2))
	if f = v.Findings[0]; f.Current.Level != "general" || v.Corrections[0].Standing.State != projections.StandingRefused ||
		v.Counts.MajorFindings != 0 {
		t.Errorf("counts although it was refused: %+v", f)
	}
	v = inspected(begin, general, asked, asked, answerYes(3))
	f = v.Findings[0]
	if s := v.Corrections[0].Standing; s.State != projections.StandingSuperseded || s.Answer != nil {
		t.Errorf("the first correction: %+v", s)
	}
	if s := v.Corrections[1].Standing; s.State != projections.StandingCounts || s.Answer == nil || s.Answer.Index != 4 {
		t.Errorf("the second correction: %+v", s)
	}
	if f.Original.Level != "general" || !f.Original.Punishable {
		t.Errorf("original: %+v", f.Original)
	}
	if f.Current.Level != "major" || f.Current.Punishable || f.Current.Description != general.Description {
		t.Errorf("current: %+v", f.Current)
	}
	if len(v.Corrections) != 2 || v.Corrections[1].Reason != "measured" || v.Corrections[1].Person != "P1" {
		t.Errorf("corrections: %+v", v.Corrections)
	}
	if v.Counts.MajorFindings != 1 || v.Counts.Findings != 1 {
		t.Errorf("counts: %+v", v.Counts)
	}
}

func TestLevelsCorrectedToAndFroCountOnce(t *testing.T) {
	// Each correction is followed by the yes to it.
	to := func(at int, level string) []event.Data {
		return []event.Data{correctionOf(major, func(d *inspection.FindingRecorded) { d.Level = level }), answerYes(at)}
	}
	for _, c := range []struct {
		steps []event.Data
		want  int64
	}{
		{[]event.Data{major}, 1},
		{append([]event.Data{major}, to(1, "major")...), 1},
		{append([]event.Data{major}, to(1, "general")...), 0},
		{append([]event.Data{major}, append(to(1, "general"), to(3, "general")...)...), 0},
		{append([]event.Data{major}, append(to(1, "general"), to(3, "major")...)...), 1},
		{to(0, "major"), 0},
	} {
		if got := inspected(c.steps...).Counts.MajorFindings; got != c.want {
			t.Errorf("%d steps: %d, want %d", len(c.steps), got, c.want)
		}
	}
}

func TestFinesAreSummedByCurrencyAndSorted(t *testing.T) {
	fines := []*casefile.PenaltyDecided{fine("USD", 7), fine("CNY", 100), fine("CNY", 50)}
	for i, d := range fines {
		d.Penalty = string(rune('p' + i))
	}
	v := inspected(begin, fines[0], fines[1], fines[2])
	want := []projections.Sum{{Currency: "CNY", Amount: projections.NewInteger(0, 150)},
		{Currency: "USD", Amount: projections.NewInteger(0, 7)}}
	if !slices.Equal(v.Fines, want) {
		t.Errorf("got %v, want %v", v.Fines, want)
	}
	if v.Counts.Penalties != 3 {
		t.Errorf("penalties: %d", v.Counts.Penalties)
	}
}

func TestAFineOfUnknownAmountIsNoneInNoView(t *testing.T) {
	unknown := &casefile.PenaltyDecided{Penalty: "p", Kind: "fine", Final: true}
	if v := inspected(unknown); v.FinesUnknown != 1 || len(v.Fines) != 0 {
		t.Errorf("inspection: %d unknown, %v", v.FinesUnknown, v.Fines)
	}
	if v := subjectAfter(unknown); v.FinesUnknown != 1 || v.Inspections[0].FinesUnknown != 1 {
		t.Errorf("subject: %d unknown, in the line %d", v.FinesUnknown, v.Inspections[0].FinesUnknown)
	}
}

func TestAnAttemptIsNoInspection(t *testing.T) {
	v := subjectAfter(&inspection.Attempted{Reason: "locked"})
	if v.Counts.Inspections != 0 || v.Attempted != 1 {
		t.Errorf("inspections %d, attempted %d", v.Counts.Inspections, v.Attempted)
	}
}

func TestOpenMeansNotPutRightAndUndisposedMeansNothingDecided(t *testing.T) {
	v := subjectAfter(begin, general, major,
		&order.Issued{Order: "O1", Kind: "rectify-by-date", Findings: []string{"F2"}, Due: "2026-12-01"})
	if v.FindingsOpen != 2 || v.FindingsUndisposed != 1 || v.FindingsFixed != 0 {
		t.Errorf("open %d, undisposed %d, fixed %d", v.FindingsOpen, v.FindingsUndisposed, v.FindingsFixed)
	}
	v = subjectAfter(begin, general, major, &inspection.FixedOnSite{Finding: "F1"}, &inspection.FixedOnSite{Finding: "F1"},
		&order.Issued{Order: "O1", Kind: "rectify-by-date", Findings: []string{"F2"}, Due: "2026-12-01"})
	if v.FindingsOpen != 1 || v.FindingsUndisposed != 0 || v.FindingsFixed != 1 {
		t.Errorf("open %d, undisposed %d, fixed %d", v.FindingsOpen, v.FindingsUndisposed, v.FindingsFixed)
	}
	if len(v.OpenFindings) != 1 || v.OpenFindings[0].Finding != "F2" || v.OpenFindings[0].Due != "2026-12-01" {
		t.Errorf("open findings: %+v", v.OpenFindings)
	}
}

func TestARecordIsUnsignedUntilSignedOrRefused(t *testing.T) {
	signed, refused := &inspection.RecordSigned{RecordNo: "1"}, &inspection.SignatureRefused{RecordNo: "1", Reason: "x", Witness: "w"}
	for name, c := range map[string]struct {
		steps             []event.Data
		unsigned, refused int64
		status            string
	}{
		"started":             {[]event.Data{begin}, 1, 0, "started"},
		"signed":              {[]event.Data{begin, signed}, 0, 0, "signed"},
		"refused":             {[]event.Data{begin, refused}, 0, 1, "signature-refused"},
		"signed out of order": {[]event.Data{signed, begin}, 0, 0, "signed"},
		"only attempted":      {[]event.Data{&inspection.Attempted{Reason: "locked"}}, 0, 0, "attempted"},
	} {
		v := subjectAfter(c.steps...)
		if v.UnsignedRecords != c.unsigned || v.SignaturesRefused != c.refused || v.Inspections[0].Status != c.status {
			t.Errorf("%s: unsigned %d, refused %d, status %s", name, v.UnsignedRecords, v.SignaturesRefused, v.Inspections[0].Status)
		}
	}
}

func TestAnImportedVisitHasNoRecordToSign(t *testing.T) {
	f := projections.NewSubjectFold("S1", projections.Selection{})
	for _, e := range story(begin) {
		e.Assurance = event.Imported
		f.Apply(e)
	}
	if v := f.View(); v.UnsignedRecords != 0 || v.Counts.Inspections != 1 {
		t.Errorf("unsigned %d, inspections %d", v.UnsignedRecords, v.Counts.Inspections)
	}
}

func TestDeviationsAreCountedByCodeAndShownWithTheirExplanations(t *testing.T) {
	flag := &oversight.DeviationFlagged{Code: "duplicate-inspection", Rule: "R31", Event: "e",
		Values: law.Collect(law.Str("first_inspection", "I0"))}
	explained := &oversight.DeviationExplained{Deviation: uuid.UUID{15: 2}.String(), Explanation: "tip"}
	accepted := &oversight.ApprovalGiven{Event: uuid.UUID{15: 3}.String()}
	if v := subjectAfter(begin, flag, explained); v.Duplicates != 1 || v.DeviationsExplained != 1 ||
		!slices.Equal(v.Deviations, []projections.Labelled{{Code: "duplicate-inspection", Count: 1}}) {
		t.Errorf("subject: %+v", v.Figures)
	}
	for answer, yes := range map[event.Data]bool{accepted: true, &oversight.ApprovalRefused{Event: accepted.Event}: false} {
		d := inspected(begin, flag, explained, answer).Deviations
		if len(d) != 1 || len(d[0].Explanations) != 1 || d[0].Explanations[0].Accepted != yes || d[0].Explanations[0].Answer == nil {
			t.Errorf("inspection: %+v", d)
		}
	}
}

// R45: the help that was given during a visit stands in it.
func TestR45HelpIsShownWithTheVisit(t *testing.T) {
	v := inspected(begin, &inspection.ServiceProvided{Topic: "用电安全", Advice: "更换老化线路"})
	if len(v.Services) != 1 || v.Services[0].Topic != "用电安全" || v.Services[0].Advice != "更换老化线路" {
		t.Errorf("%+v", v.Services)
	}
}

func TestTheTimelineTellsEveryEntry(t *testing.T) {
	v := inspected(begin, general, &inspection.Closed{})
	if len(v.Timeline) != 3 {
		t.Fatalf("%d entries", len(v.Timeline))
	}
	want := projections.TimelineEntry{Index: 1, Type: "tb", Occurred: start.Add(time.Minute), Recorded: start.Add(61 * time.Second),
		Person: "P1"}
	if v.Timeline[1] != want {
		t.Errorf("got %+v, want %+v", v.Timeline[1], want)
	}
}

func TestASubjectKeepsItsIdentityAndTheLatestStatus(t *testing.T) {
	v := subjectAfter(
		&subject.Registered{Kind: "enterprise", Name: "恒口化工厂", Region: "610902101", Sectors: []string{"HAZCHEM"},
			RiskClasses: []string{"key-firm"},
			OtherIDs:    map[string]string{"permit": "9"}},
		&subject.Updated{From: "2019-12-03", USCC: "91610900MA70000000"},
		&subject.StatusRecorded{Production: "partial", Since: "2026-10-01"},
		&subject.Excluded{Reason: "demolished"}, answerYes(3))
	if v.Name != "恒口化工厂" || v.USCC != "91610900MA70000000" || v.Production != "partial" || len(v.RiskClasses) != 1 || v.County != "610902" ||
		v.OtherIDs["permit"] != "9" {
		t.Errorf("%+v", v)
	}
	if v.Excluded == nil || v.Excluded.Reason != "demolished" || v.Excluded.Index != 3 ||
		v.Excluded.Standing.State != projections.StandingCounts {
		t.Errorf("excluded: %+v", v.Excluded)
	}
}

func TestTheListOfInspectionsIsBoundedAndLatestFirst(t *testing.T) {
	f := projections.NewSubjectFold("S1", projections.Selection{})
	for i := range projections.ListLimit + 5 {
		e := story(begin)[0]
		e.Index, e.Occurred, e.Stream.ID = uint64(i), start.Add(time.Duration(i)*time.Hour), "I"+strings.Repeat("x", i%60)+string(rune('a'+i/60))
		f.Apply(e)
	}
	v := f.View()
	if len(v.Inspections) != projections.ListLimit || v.InspectionsTotal != projections.ListLimit+5 {
		t.Fatalf("%d of %d", len(v.Inspections), v.InspectionsTotal)
	}
	if v.Inspections[0].Index != projections.ListLimit+4 || v.Inspections[1].Index != projections.ListLimit+3 {
		t.Errorf("first %d, then %d", v.Inspections[0].Index, v.Inspections[1].Index)
	}
}

func TestATeamHasItsLeaderMembersScopeAndStatus(t *testing.T) {
	f := projections.NewTeamFold("T1", projections.Selection{})
	for _, e := range story(&team.Formed{Name: "综合一组", Kind: "comprehensive"}, &team.LeaderAppointed{Person: "P1"},
		&team.MemberJoined{Person: "P2"}, &team.MemberJoined{Person: "P3"}, &team.MemberJoined{Person: "P2"}, &team.MemberLeft{Person: "P3"},
		&team.ScopeAssigned{Sectors: []string{"FIRE"}, Counties: []string{"610902"}}, &team.LeaderChanged{From: "P1", To: "P4", Handover: "all"},
		&team.Activated{}, begin) {
		f.Apply(e)
	}
	v := f.View()
	if v.Name != "综合一组" || v.Kind != "comprehensive" || v.Leader != "P4" || v.Status != "active" || !slices.Equal(v.Members, []string{"P2"}) ||
		!slices.Equal(v.Sectors, []string{"FIRE"}) || !slices.Equal(v.Counties, []string{"610902"}) || v.Counts.Inspections != 1 {
		t.Errorf("%+v", v)
	}
}

func TestWhatIdentifiesASubjectIsAlwaysKnown(t *testing.T) {
	for _, e := range story(&subject.Registered{}) {
		if !projections.KnownBy(e, start.Add(-time.Hour)) {
			t.Errorf("%T is not known before it occurred", e.Data)
		}
	}
	e := story(begin)[0]
	if projections.KnownBy(e, start.Add(-1)) || !projections.KnownBy(e, start) {
		t.Error("a visit is known from the moment it occurred")
	}
}

// The names that scripts rely on.
func TestTheNamesOfCountsAndFinesAreKept(t *testing.T) {
	const want = `"counts":{"inspections":1,"checks":0,"findings":1,"major_findings":0,"penalties":1},"fines":[{"currency":"CNY","amount":5}]`
	city := projections.Tally{}
	var names projections.Counters
	var ch projections.Changes
	visit := new(projections.Visit)
	for _, e := range story(begin, general, fine("CNY", 5, "F1")) {
		ch.Reset()
		projections.Count(e, visit, nil, &ch)
		for _, c := range ch.List {
			city.Add(names.ID(c.Counter), c.N)
		}
	}
	steps := []event.Data{begin, general, fine("CNY", 5, "F1")}
	f := projections.NewTeamFold("T1", projections.Selection{})
	for _, e := range story(steps...) {
		f.Apply(e)
	}
	for _, view := range []any{
		subjectAfter(steps...), inspected(steps...), f.View(), projections.City(&projections.Sums{Tally: city}, nil, names.Names(), everySector),
		projections.County("610902", "", nil, &projections.Sums{Tally: city}, names.Names(), everySector),
		projections.Line("610902", "", city, names.Names()),
	} {
		text, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks the contract in %s", reflect.TypeOf(view), text)
		}
	}
}

func TestEmptyViewsHaveNoNulls(t *testing.T) {
	for _, view := range []any{
		projections.NewSubjectFold("S1", projections.Selection{}).View(), projections.NewInspectionFold("I1").View(),
		projections.NewTeamFold("T1", projections.Selection{}).View(),
		projections.City(new(projections.Sums), nil, nil, everySector),
		projections.County("610902", "", nil, new(projections.Sums), nil, everySector),
		projections.Line("", "", nil, nil),
	} {
		text, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), ":null") || strings.Contains(string(text), "[null") {
			t.Errorf("%s", text)
		}
	}
}

func TestCoverageFollowsSectorStatusAndExclusion(t *testing.T) {
	var s projections.Registration
	area := func() projections.Area {
		var ch projections.Changes
		var names projections.Counters
		var tally projections.Tally
		s.CountRegistered(1, &ch)
		if in := s.InspectedIn(nil, projections.Span{Campaign: projections.AnyCampaign}); len(in) > 0 {
			s.CountInspected(in, 1, &ch)
		}
		for _, c := range ch.List {
			tally.Add(names.ID(c.Counter), c.N)
		}
		return (&projections.Sums{Tally: tally}).Area(names.Names(), everySector)
	}
	steps := story(&subject.Registered{Region: "610902", Sectors: []string{"MINE", "FIRE"}}, &subject.StatusRecorded{Production: "suspended"},
		begin, &subject.Excluded{}, answerYes(3), &subject.Readmitted{})
	want := []projections.Area{
		{SubjectsRegistered: 1, Coverage: []projections.Coverage{{"FIRE", "unknown", 1, 0}, {"MINE", "unknown", 1, 0}}},
		{SubjectsRegistered: 1, Coverage: []projections.Coverage{{"FIRE", "suspended", 1, 0}, {"MINE", "suspended", 1, 0}}},
		{SubjectsRegistered: 1, SubjectsInspected: 1, Coverage: []projections.Coverage{{"FIRE", "suspended", 1, 1}, {"MINE", "suspended", 1, 0}}},
		{SubjectsRegistered: 1, SubjectsInspected: 1, Coverage: []projections.Coverage{{"FIRE", "suspended", 1, 1}, {"MINE", "suspended", 1, 0}}},
		{SubjectsExcluded: 1, Coverage: []projections.Coverage{}},
		{SubjectsRegistered: 1, SubjectsInspected: 1, Coverage: []projections.Coverage{{"FIRE", "suspended", 1, 1}, {"MINE", "suspended", 1, 0}}},
	}
	for i, e := range steps {
		if s.Apply(e); e.Data == begin {
			s.Inspected([]string{"FIRE"}, projections.Span{Campaign: 1, Year: 2026}, 1)
		}
		got := area()
		got.Indicators, got.ByOccurrence, got.ByConclusion = projections.Indicators{}, projections.Indicators{}, projections.Indicators{}
		if !reflect.DeepEqual(got, want[i]) {
			t.Errorf("after %T: got %+v, want %+v", e.Data, got, want[i])
		}
	}
}

func TestAnAccidentCountsUnderItsLatestGradeAndHarm(t *testing.T) {
	var m projections.AccidentCount
	for _, e := range story(
		&accident.Reported{Region: "610902", Harm: accident.Harm{
			Deaths: new(int64(2)), DirectLoss: &event.Money{Currency: "CNY", Amount: 100}}},
		&accident.CasualtiesUpdated{Harm: accident.Harm{Deaths: new(int64(6)), Injured: new(int64(9)),
			DirectLoss: &event.Money{Currency: "CNY", Amount: 900}}},
		&accident.Graded{Grade: "larger"}) {
		m.Apply(e)
	}
	var ch projections.Changes
	m.Contribution(1, &ch)
	want := []projections.Change{
		{Counter: projections.Counter{Class: projections.Accidents}, N: 1},
		{Counter: projections.Counter{Class: projections.AccidentGrades, Label: "larger"}, N: 1},
		{Counter: projections.Counter{Class: projections.Deaths}, N: 6},
		{Counter: projections.Counter{Class: projections.SeriousInjuriesUnknown}, N: 1},
		{Counter: projections.Counter{Class: projections.Injured}, N: 9},
		{Counter: projections.Counter{Class: projections.DirectLoss, Label: "CNY"}, N: 900},
	}
	if !slices.Equal(ch.List, want) {
		t.Errorf("got %+v, want %+v", ch.List, want)
	}
}

func everySector(string) bool { return true }
