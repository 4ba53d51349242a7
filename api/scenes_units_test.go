package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// unitScene has units with their duties, who answers for what, and rules of deduction; lists is the version of the duties.
func unitScene(t *testing.T) (s *scene, lists uint64) {
	s = newScene(t)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE", "INDTRADE"}},
		table.Unit{ID: "u", Name: "汉滨区政府", County: "610902"}))
	s.given("table/duty-lists", &table.Published{Table: table.Duties, Duties: []table.Duty{
		{ID: "Z-1", List: "duty", Unit: "mines", Text: "检查"}, {ID: "Z-2", List: "duty", Unit: "u", Text: "检查"}}})
	lists = s.size() - 1
	d := &table.Published{Table: table.Responsibilities}
	for _, sector := range codes.List("sector") {
		d.Responsibilities = append(d.Responsibilities, table.Responsibility{Sector: sector, Department: "mines"})
	}
	s.given("table/responsibility-map", d)
	s.given("table/deduction-rules", &table.Published{Table: table.Deductions, Deductions: []table.Deduction{
		{ID: "D-2", Text: "一般事故", Points: 2.5, Grades: []string{"ordinary"}}}})
	return s, lists
}

// R65: each code of a duty file, and the road on which none is said.
func TestDutyFilesAreAnswered(t *testing.T) {
	s, lists := unitScene(t)
	done := &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "检查企业三家"}
	s.given("duty/mines.zheng", done, as("mines"))
	s.says("not-your-unit", "duty/u", done, as("mines"))
	s.says("not-your-unit", "duty/u", done, as("hanyin"))
	s.says("unknown-list-version", "duty/mines", &duty.Performed{Item: "Z-1", Version: new(lists + 1), On: "2019-12-03", Account: "x"},
		as("mines"))
	s.says("duty-of-another-unit", "duty/u", done, as("hanbin"))
	s.says("unknown-code", "duty/nobody", done)
	seen := &duty.Reviewed{Version: &lists, From: "2019-12-01", To: "2019-12-31", Missing: []string{}}
	s.says("role-may-not-append", "duty/mines.zheng", seen, as("mines"))
	s.says("no-second-person", "duty/mines.zheng", seen, as("zheng"))
	s.given("duty/mines.zheng", seen, as("zhou"))
}

// R67, R69: each code of an assessment; what an accident calls for is owed, and done.
func TestAssessmentsAreAnswered(t *testing.T) {
	s, lists := unitScene(t)
	const at = "assessment/mines.2019"
	points := func(p float64, source uint64) *assessment.Recorded {
		return &assessment.Recorded{Points: &p, Rule: "D-2", Source: &source}
	}
	s.says("assessment-says-nothing", at, &assessment.Recorded{})
	s.says("deduction-needs-source", at, &assessment.Recorded{Points: new(1.0)})
	s.says("assessment-stream", "assessment/mines", points(2.5, lists))
	s.says("entry-not-recorded-yet", at, points(2.5, 9999))
	s.says("points-differ", at, points(1, lists))
	s.says("deducted-already", at, points(2.5, lists))

	one, none := int64(1), int64(0)
	harm := accident.Harm{Deaths: &one, SeriousInjuries: &none, Injured: &none, DirectLoss: &event.Money{Currency: "CNY"}}
	s.later(2 * time.Hour)
	s.given("accident/a", &accident.Reported{Subjects: []string{"firm"}, Region: "610902", Happened: noon.Add(time.Hour), Kind: "machinery",
		Summary: "…", Harm: harm}, hour(2))
	report := s.size() - 1
	s.says("deduction-due", "accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019, DecidedBy: "市政府"}, hour(2))
	open := func(who string) int {
		return decode[struct{ Open int }](s.fixture, s.want(s.get(who, "/v1/obligations?kind=deduction&wait_for=1"), 200, "")).Open
	}
	if open(office) != 1 || open("mines") != 1 || open("hanbin") != 0 || open("wang") != 0 {
		t.Errorf("office sees %d open, mines %d, another unit %d, a leader %d", open(office), open("mines"), open("hanbin"), open("wang"))
	}
	s.given(at, points(2.5, report), hour(2))
	s.given(at, &assessment.Recorded{Applied: "ranking"}, hour(2))
	if open(office) != 0 {
		t.Error("it is still owed")
	}
	s.without("deduction-due", "accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019, DecidedBy: "市政府"}, hour(2))
	s.without("points-differ", "assessment/u.2019", points(2.5, lists))
}

// R65, R67, pillar 14: over HTTP, the city and the own unit read what is of a unit; others are answered as if there were nothing.
func TestR65TheOwnUnitReadsItsFileAndNobodyElseDoes(t *testing.T) {
	s, lists := unitScene(t)
	nothing := s.want(s.get("hanbin", "/v1/events?stream=duty/mines.zheng"), 200, "")
	s.given("duty/mines.zheng", &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "检查企业三家",
		Evidence: []event.Evidence{picture}}, as("mines"))
	s.given("assessment/mines.2019", &assessment.Recorded{Applied: "ranking"})
	for who, sees := range map[string]bool{office: true, commission: true, "mines": true, "hanbin": false, "hanyin": false,
		"wang": false, "ma": false, "source": false} {
		for _, kind := range []string{"duty", "assessment"} {
			a := s.get(who, "/v1/events?stream="+kind)
			if got := a.StatusCode == 200 && len(decode[struct{ Entries []any }](s.fixture, a).Entries) == 1; got != sees {
				t.Errorf("%s reads a stream of %s: %t: %s", who, kind, got, a.body)
			}
		}
	}
	if after := s.want(s.get("hanbin", "/v1/events?stream=duty/mines.zheng"), 200, ""); entriesOf(s, after) != entriesOf(s, nothing) {
		t.Errorf("a stranger can tell: %s, before %s", after.body, nothing.body)
	}
	other := &duty.Performed{Item: "Z-2", Version: &lists, On: "2019-12-03", Account: "x"}
	there := s.says("not-your-unit", "duty/mines.zheng", other, as("hanbin"))
	none := s.says("not-your-unit", "duty/mines.zhang", other, as("hanbin"))
	if a, b := there.body, bytes.ReplaceAll(none.body, []byte("zhang"), []byte("zheng")); withoutPlaces(a) != withoutPlaces(b) {
		t.Errorf("a stranger can tell:\n%s\n%s", a, b)
	}
}

// R65, R67, R69: a duty file says what there was to do, what was done, by which lists, and what the unit lost; as of each position.
func TestR65ADutyFileIsReadAsOfAnyPosition(t *testing.T) {
	s, lists := unitScene(t)
	s.given("duty/mines.zheng", &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-02", Account: "a",
		Evidence: []event.Evidence{picture}},
		as("mines"))
	one := s.size()
	s.given("duty/mines.zheng", &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "b"}, as("mines"))
	s.given("duty/mines.zheng", &duty.Reviewed{Version: &lists, From: "2019-12-01", To: "2019-12-03", Missing: []string{"Z-1"}}, as("zhou"))
	three, zero := int64(1), int64(0)
	s.given("accident/a", &accident.Reported{Subjects: []string{"firm"}, Region: "610902", Happened: noon.Add(-time.Hour), Kind: "machinery",
		Summary: "…", Harm: accident.Harm{Deaths: &three, SeriousInjuries: &zero, Injured: &zero, DirectLoss: &event.Money{Currency: "CNY"}}})
	report := s.size() - 1
	s.given("accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019, DecidedBy: "市政府"})
	due := s.size()
	s.given("assessment/mines.2019", &assessment.Recorded{Points: new(2.5), Rule: "D-2", Source: &report, Applied: "talk"})
	read := func(who, file string, at uint64) (v projections.DutyView) {
		t.Helper()
		return decode[projections.DutyView](s.fixture, s.want(s.get(who, fmt.Sprintf("/v1/duties/%s?as_of=%d", file, at)), 200, ""))
	}
	if v := read("mines", "mines.zheng", one); len(v.Performed) != 1 || v.Performed[0].Evidence != 1 || len(v.Reviews)+
		len(v.Deductions) != 0 ||
		len(v.Items) != 1 || v.Items[0].Times != 1 || v.Items[0].Last != "2019-12-02" || v.Unit != "mines" || v.Person != "zheng" {
		t.Errorf("%+v", v)
	}
	if v := read("mayor", "mines.zheng", due); len(v.Performed) != 2 || len(v.Reviews) != 1 || len(v.Deductions) != 1 ||
		v.Deductions[0].Points != nil || v.Deductions[0].Source != report || v.Points != 0 || v.Items[0].Times != 2 {
		t.Errorf("%+v", v)
	}
	if v := read(office, "mines", s.size()); len(v.Performed) != 0 || len(v.Deductions) != 1 || v.Points != 2.5 || len(v.Uses) != 1 ||
		v.Uses[0].Applied != "talk" {
		t.Errorf("%+v", v)
	}
	for _, who := range []string{"hanbin", "wang", "source"} {
		there, none := s.get(who, "/v1/duties/mines.zheng"), s.get(who, "/v1/duties/nobody")
		if s.want(there, 404, law.NotFound); withoutPlaces(there.body) != withoutPlaces(none.body) {
			t.Errorf("%s can tell: %s, %s", who, there.body, none.body)
		}
	}
}

func entriesOf(s *scene, a answer) int {
	return len(decode[struct{ Entries []any }](s.fixture, a).Entries)
}

// withoutPlaces leaves out of a problem what names the request.
func withoutPlaces(body []byte) string {
	var m map[string]any
	if json.Unmarshal(body, &m) != nil {
		return string(body)
	}
	delete(m, "instance")
	delete(m, "event")
	out, _ := json.Marshal(m)
	return string(out)
}

const oneCode = "0123456789ABCDEFGHJKMNPQRS"

// evaluates posts an evaluation without a token.
func (s *scene) evaluates(in PublicEvaluation) answer {
	s.Helper()
	body, err := json.Marshal(in)
	s.must(err)
	return s.do("", "POST", "/v1/evaluations", string(body), "Content-Type", mediaJSON)
}

func evaluationOf(id, code string, reception bool) PublicEvaluation {
	return PublicEvaluation{ID: id, Code: code, AdvanceNotice: new(bool), BriefingHeard: new(bool), Accompanied: new(bool),
		Reception: &reception}
}

func noticeWith(code string) *inspection.NoticePosted {
	return &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture,
		Evaluation: evaluation.Hash(code)}
}

// R38: by the code of the notice the party says once how they came. Office and commission read it, the team does not; of the code
// and the text nothing is in the clear before.
func TestR38ThePartyEvaluatesByTheCodeOfTheNotice(t *testing.T) {
	s := newScene(t)
	s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	s.onSpot()
	s.given(atVisit, noticeWith(oneCode))
	in := evaluationOf(tipID, "01234-56789-abcde-fghjk-mnpqrs", true)
	in.Content = "收了两条烟 CLEAR-A"
	got := decode[EvaluationReceived](s.fixture, s.want(s.evaluates(in), 201, ""))
	if got.Evaluation != tipID || got.Notice == "" {
		t.Errorf("%+v", got)
	}
	s.want(s.evaluates(in), 201, "") // sent again, it is the same one
	for who, sees := range map[string]int{office: 2, commission: 2, "mayor": 0, "wang": 0, "ma": 0, "hanbin": 0} {
		a := s.get(who, "/v1/events?stream=evaluation")
		if n := entriesOf(s, a); a.StatusCode == 200 && n != sees || a.StatusCode != 200 && sees > 0 || bytes.Contains(a.body, []byte("CLEAR")) {
			t.Errorf("%s reads %d: %s", who, n, a.body)
		}
	}
	if a := s.get(commission, "/v1/events?stream=evaluation"); !bytes.Contains(a.body, []byte("party-says-otherwise")) {
		t.Errorf("nothing is flagged: %s", a.body)
	}
	for who, reads := range map[string]bool{office: true, commission: true, "wang": false, "ma": false, "hanbin": false} {
		a := s.want(s.get(who, "/v1/inspections/"+eventtest.Visit("t1", "i")), 200, "")
		v := decode[projections.InspectionView](s.fixture, a)
		switch e := v.Evaluation; {
		case !reads && (e != nil || bytes.Contains(a.body, []byte("party-says"))):
			t.Errorf("%s is told: %s", who, a.body)
		case reads && (e == nil || !e.Reception || e.Accompanied || e.Content == nil || bytes.Contains(a.body, []byte(oneCode)) ||
			len(e.Deviations) != 1 || e.Deviations[0].Code != "party-says-otherwise" || e.Deviations[0].Title == ""):
			t.Errorf("%s reads %+v", who, e)
		}
	}
}

// R38, R39: a wrong code, a used one, and one whose visit nobody may know of yet, are answered alike, byte for byte.
func TestR38AWrongCodeIsAnsweredLikeAUsedOne(t *testing.T) {
	s := newScene(t)
	s.given("inspection/h", &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify",
		Inspectors: []string{"ma", "li"}}, in("c"))
	s.given("inspection/h", noticeWith("ZZZZZZZZZZZZZZZZZZZZZZZZZZ"))
	s.onSpot()
	s.given(atVisit, noticeWith(oneCode))
	s.want(s.evaluates(evaluationOf(tipID, oneCode, false)), 201, "")
	fresh := func() string { return uuid.Must(uuid.NewV7()).String() }
	var first string
	for _, code := range []string{oneCode, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "1111111111111111111111111A", "short"} {
		a := s.evaluates(evaluationOf(fresh(), code, true))
		s.wants(a, "evaluation-code-not-valid")
		if said := withoutPlaces(a.body); first == "" {
			first = said
		} else if said != first {
			t.Errorf("%q is answered %s, and another %s", code, said, first)
		}
	}
}

// R38: what comes without a token is small, of its own kind, and shares the quota of the public; a device may seal itself.
func TestR38TheRoadOfEvaluationsIsBounded(t *testing.T) {
	s := newScene(t)
	key := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	s.onSpot()
	s.given(atVisit, noticeWith(oneCode))
	s.wants(s.evaluates(PublicEvaluation{ID: tipID, Code: oneCode}), "invalid-evaluation")
	s.wants(s.evaluates(evaluationOf("1", oneCode, false)), "invalid-evaluation")
	s.wants(s.do("", "POST", "/v1/evaluations", `{"id":"`+tipID+`","person":"x"}`, "Content-Type", mediaJSON), "invalid-evaluation")
	s.want(s.do("", "POST", "/v1/evaluations", strings.Repeat(" ", maxTip+1), "Content-Type", mediaJSON), 413, law.BodyTooLarge)

	file := []byte(strings.Repeat("a file that a device has sealed, long enough to be one, ", 3))
	sum := sha256.Sum256(file)
	device := func(stream string, d event.Data, files ...string) PublicEvaluation {
		raw, _ := s.event(stream, d, func(a *act) { a.ID = uuid.Must(uuid.NewV7()) })
		return PublicEvaluation{Event: jsontext.Value(raw), Files: files}
	}
	sealed := &evaluation.Evaluated{Code: oneCode, Content: &event.Sealed{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(file)),
		To: key.ID, Commit: hash64}}
	at := "evaluation/" + evaluation.Hash(oneCode)
	s.wants(s.evaluates(device("subject/x", enterprise())), "invalid-evaluation")
	s.wants(s.evaluates(device("evaluation/x", sealed, base64.StdEncoding.EncodeToString(file))), "invalid-evaluation")
	s.wants(s.evaluates(device(at, sealed)), "invalid-evaluation")
	s.wants(s.evaluates(device(at, sealed, "?")), "invalid-evaluation")
	s.want(s.evaluates(device(at, sealed, base64.StdEncoding.EncodeToString(file))), 201, "")

	raw, _ := s.event(at, sealed)
	s.want(s.do(office, "POST", "/v1/events", raw, "Content-Type", mediaEvent), 403, law.RoleMayNotAppend)
	for range DefaultQuotas().Public.Events.Burst / tipCost {
		if a := s.evaluates(PublicEvaluation{}); a.StatusCode == 429 {
			return
		}
	}
	t.Error("it has no bound")
}
