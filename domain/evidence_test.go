package domain

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// received has the ledger say that the bytes of a file came.
func (w *fixture) received(sha256 string, when time.Time) {
	w.Helper()
	w.accepts("evidence/"+sha256, &files.Received{SHA256: sha256, Size: 1}, at(when), func(e *event.Event) {
		e.Assurance, e.Actor = event.Derived, event.Actor{Role: event.RoleLedger}
	})
}

// evidenceFixture has visit i before its record, under a plan that asks for the bytes of evidence within 72 hours.
func evidenceFixture(t *testing.T) *fixture {
	w := campaignFixture(t)
	p := plan("2")
	p.Policy.EvidenceHours = new(72)
	w.accepts("campaign/c", p)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	return w
}

// photo is a picture under a hash of its own.
func photo(digit string) []event.Evidence {
	p := picture
	p.SHA256 = strings.Repeat(digit, 64)
	return []event.Evidence{p}
}

// owedFiles are the files whose bytes are owed in visit i, by their first digit.
func (w *fixture) owedFiles() (open []string) {
	for _, o := range w.inspections.owed(w.stream("inspection/i").ID, vantage{}).list {
		if o.Kind.Name == "evidence" && !o.Met {
			open = append(open, o.Item[:1])
		}
	}
	slices.Sort(open)
	return open
}

// R19, R72: the visit does not close while the ledger has not the bytes of what it names, whether they come before it is named or after.
func TestR19TheBytesOfNamedEvidenceAreOwedAndHoldUpTheClosing(t *testing.T) {
	w := evidenceFixture(t)
	w.received(picture.SHA256, noon) // before anybody names it
	w.complete("i")
	w.accepts("inspection/i", &inspection.EvidenceAttached{Evidence: slices.Concat(photo("1"), photo("2"), photo("1"))}, inspector)
	w.deliver("i")
	closing := at(noon.Add(2 * time.Hour))
	if got := w.owedFiles(); !slices.Equal(got, []string{"1", "2"}) {
		t.Fatalf("owed are the bytes of %q", got)
	}
	w.refuses("R19", "closing-needs-bytes", "inspection/i", &inspection.Closed{}, inspector, closing)
	w.received(photo("1")[0].SHA256, noon.Add(time.Hour))
	w.refuses("R19", "closing-needs-bytes", "inspection/i", &inspection.Closed{}, inspector, closing)
	w.received(photo("2")[0].SHA256, noon.Add(time.Hour))
	w.accepts("inspection/i", &inspection.Closed{}, inspector, closing)
	if got := w.owedFiles(); got != nil {
		t.Errorf("after the closing the bytes of %q are owed", got)
	}
}

// R19, R72: whatever a fact of the visit names as evidence is owed, whoever's side names it but the inspected party's.
func TestR19EachFactThatNamesFilesOwesThem(t *testing.T) {
	w := evidenceFixture(t)
	facts := []event.Data{&inspection.EntryRefused{Faults: []string{"no-papers"}, By: "b", Evidence: photo("1")},
		&inspection.FindingRecorded{Finding: "f", Description: "通道堵塞", Level: "general", Clauses: evident("f").Clauses, Evidence: photo("2")},
		&inspection.FixedOnSite{Finding: "f", Photo: &photo("3")[0]},
		&inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: photo("4")[0]},
		&inspection.EvidenceAttached{Evidence: photo("5")},
		&inspection.ResultTold{Result: "r", On: "2019-12-04", To: "t", Method: "in-person", Paper: &photo("6")[0]}}
	for _, d := range facts {
		w.accepts("inspection/i", d, inspector)
	}
	w.accepts("inspection/i", &inspection.EntryRefused{Faults: []string{"no-papers"}, By: "b", Evidence: photo("7")}, ofTheFirm)
	if got := w.owedFiles(); !slices.Equal(got, []string{"1", "2", "3", "4", "5", "6"}) {
		t.Errorf("owed are the bytes of %q", got)
	}
	w.accepts("inspection/j", func() *inspection.Started { d := started(); d.VisitType = "verify"; return d }(), in("c"), inspector)
	w.accepts("inspection/j", &inspection.Attempted{Reason: "关门", Evidence: photo("8")}, inspector)
	if !slices.ContainsFunc(w.inspections.owed(w.stream("inspection/j").ID, vantage{}).list, func(o obligation.Obligation) bool {
		return o.Kind.Name == "evidence" && o.Item == photo("8")[0].SHA256 && !o.Met
	}) {
		t.Error("the photo of an attempt is not owed")
	}
}

// R19: a plan without hours asks for no bytes.
func TestR19WithoutHoursInThePlanNobodyOwesTheBytes(t *testing.T) {
	w := visitFixture(t)
	w.complete("i")
	w.accepts("inspection/i", &inspection.EvidenceAttached{Evidence: photo("1")}, inspector)
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

// R72: whoever never sends the photo of the notice is late once the time for the field is over, and stays late when it comes; who corrects
// the fact that named the wrong file owes its bytes no longer.
func TestR72BytesThatDoNotComeAreEscalated(t *testing.T) {
	k := keep(evidenceFixture(t))
	attached := &inspection.EvidenceAttached{Evidence: photo("3")}
	wrong := k.recordOf("inspection/i", attached, inspector)
	right := &inspection.EvidenceAttached{Evidence: photo("4")}
	late := noon.Add(time.Duration(72+k.policy("c").LateSyncHours) * time.Hour)
	escalated := func(now time.Time) (items []string) {
		for _, n := range names(k.sweep(now)) {
			if item, ok := strings.CutPrefix(n, "evidence "); ok {
				items = append(items, item[:1])
			}
		}
		return items
	}
	if got := escalated(late); got != nil {
		t.Errorf("before the time of the field is over the bytes of %q are escalated", got)
	}
	if got := escalated(late.Add(time.Second)); !slices.Equal(got, []string{"3"}) {
		t.Fatalf("escalated are %q", got)
	}
	k.received(attached.Evidence[0].SHA256, late.Add(time.Minute))
	said, _ := k.deviations.get(k.stream("inspection/i"))
	if i := slices.IndexFunc(said.Passed(), func(p oversight.Passed) bool { return p.Ref.Kind == "evidence" && !p.Lapsed }); i < 0 {
		t.Error("what came late was late all the same")
	}
	k.given("inspection/i", correction.Of(wrong.Ident().Ref(), wrong.Ident().Ref(), "误引", wrong.Occurred, right), inspector)
	k.given("inspection/i", yes(k.last("inspection/i")), clerk)
	if got := k.owedFiles(); !slices.Equal(got, []string{"4"}) {
		t.Errorf("after the correction the bytes of %q are owed", got)
	}
	k.received(right.Evidence[0].SHA256, late.Add(2*time.Minute))
	if got := k.owedFiles(); got != nil {
		t.Errorf("the bytes of %q are owed", got)
	}
	k.settle()
	for _, r := range k.list.Rows() {
		if slices.ContainsFunc(r.Open, func(o obligation.Duty) bool { return o.Kind.Name == "evidence" }) {
			t.Error("the worklist has not heard that the bytes came")
		}
	}
}

// Every type of a visit whose body has evidence says so to the rules, and is among those that open the obligation.
func TestEveryFactOfAVisitThatNamesFilesOwesTheirBytes(t *testing.T) {
	var opens string
	for _, k := range inspection.Obligations() {
		if k.Name == "evidence" {
			opens = k.Opens
		}
	}
	for _, typ := range inspection.Types() {
		body := reflect.TypeOf(typ.New()).Elem()
		bears := false
		for i := range body.NumField() {
			switch f := body.Field(i).Type; f {
			case reflect.TypeFor[event.Evidence](), reflect.TypeFor[*event.Evidence](), reflect.TypeFor[[]event.Evidence]():
				bears = true
			}
		}
		if bears != inspection.BearsEvidence(typ.New()) || bears != slices.Contains(strings.Fields(opens), typ.Name) {
			t.Errorf("%s has evidence: %v; the rules read it: %v; it opens the obligation: %v", typ.Name, bears,
				inspection.BearsEvidence(typ.New()), slices.Contains(strings.Fields(opens), typ.Name))
		}
	}
}
