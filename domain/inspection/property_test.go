package inspection

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// dump writes every value that a state holds, through all of its pointers.
func dump(s *State) string {
	if s == nil {
		return "new"
	}
	flat := *s
	flat.work = nil
	return fmt.Sprintf("%+v %+v", flat, s.work)
}

// anything draws an event of any type from few ids, so that events meet.
func anything(t *rapid.T, v *visit) event.Data {
	id := func(label string) string { return rapid.SampledFrom([]string{"F1", "F2", "F3"}).Draw(t, label) }
	evidence := rapid.SampledFrom([][]event.Evidence{nil, {photo}}).Draw(t, "evidence")
	clauses := rapid.SampledFrom([][]event.Citation{nil, {clause}}).Draw(t, "clauses")
	start := startedT()
	start.VisitType = rapid.SampledFrom(VisitTypes).Draw(t, "type")
	start.Inspectors = rapid.SampledFrom([][]string{nil, {"A"}, {"A", "B"}, {"A", "Nobody"}}).Draw(t, "inspectors")
	deliver := copyTo(rapid.SampledFrom(append(Recipients, "press")).Draw(t, "recipient"))
	deliver.DocumentHash = rapid.SampledFrom([]string{docHash, otherHash, ""}).Draw(t, "document")
	return rapid.SampledFrom([]event.Data{
		reservedT(), start, start, &Released{}, &Briefed{}, &Attempted{Evidence: evidence}, &Arrived{}, &Departed{}, &CertificatesShown{}, notice(),
		&ConductDeclared{Reception: true}, &CheckAnswered{Item: "E-" + strconv.Itoa(rapid.IntRange(1, 5).Draw(t, "item")), Answer: "yes"},
		&SectionCompleted{Section: rapid.SampledFrom(Sections).Draw(t, "section")},
		&FindingRecorded{Finding: id("finding"), Description: "x", Level: rapid.SampledFrom(Levels).Draw(t, "level"), Clauses: clauses, Evidence: evidence, Punishable: rapid.Bool().Draw(t, "punishable")},
		correction(t, v, id("corrected"), &FindingRecorded{Description: "y", Level: "major", Clauses: clauses, Punishable: true}),
		approval(t, v),
		&EvidenceAttached{Finding: id("of"), Evidence: evidence}, &FixedOnSite{Finding: id("fixed"), Photo: &photo}, orderOf(id("order"), rapid.SampledFrom(OrderKinds).Draw(t, "kind"), id("ordered")),
		fineOf(id("penalty"), id("punished")), pardonOf(id("pardoned")), recordT(), refusalT(), deliver, &ServiceProvided{}, &ResultRecorded{},
		&DuplicateJustified{}, &LeaderReviewed{}, &Closed{},
	}).Draw(t, "data")
}

// correction of a finding if there is one of that id.
func correction(t *rapid.T, v *visit, id string, d *FindingRecorded) *FactCorrected {
	d.Finding = id
	c := &FactCorrected{Finding: d}
	if v.st == nil {
		return c
	}
	if f := v.st.find(id); f != nil {
		c.Fact, c.Replaces = f.fact.Ref(), f.newest().Ref()
	}
	return c
}

// approval of something that waits, if there is any.
func approval(t *rapid.T, v *visit) *oversight.ApprovalGiven {
	if v.st == nil || len(v.st.waiting) == 0 {
		return &oversight.ApprovalGiven{}
	}
	ref := rapid.SampledFrom(v.st.waiting).Draw(t, "waits").Ref()
	return &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256}
}

// drawEvent draws an event with any author and time.
func drawEvent(t *rapid.T, v *visit) (*Scene, *event.Event) {
	e := v.event(anything(t, v))
	e.Occurred = morning.Add(time.Duration(rapid.IntRange(-100, 2000).Draw(t, "hours")) * time.Hour)
	e.Precision = rapid.SampledFrom([]event.Precision{event.Exact, event.Day}).Draw(t, "precision")
	e.Actor = rapid.SampledFrom([]event.Actor{{Person: "A", Role: event.RoleInspector, Team: "T"}, {Person: "L", Role: event.RoleTeamLeader, Team: "T"}, {Person: "O", Role: event.RoleSupervisionOffice}}).Draw(t, "actor")
	sc := *v.sc
	sc.HeldBy = rapid.SampledFrom([]string{"", "I-7"}).Draw(t, "held by")
	if rapid.IntRange(0, 3).Draw(t, "imported") == 0 {
		e.Assurance, sc.Policy = event.Imported, nil
	}
	return &sc, e
}

func TestDecideChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := newVisit(t)
		var st *State
		for range rapid.IntRange(1, 40).Draw(rt, "events") {
			v.st = st
			sc, e := drawEvent(rt, v)
			state, body := dump(st), asJSON(t, e)
			flags, err := Decide(st, sc, e)
			if dump(st) != state || asJSON(t, e) != body {
				t.Fatalf("Decide(%T) changed the state or the event:\n%s\n%s", e.Data, state, dump(st))
			}
			again, errAgain := Decide(st, sc, e)
			if !reflect.DeepEqual(flags, again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
				t.Fatalf("Decide(%T) answers differently when asked again", e.Data)
			}
			if st == nil {
				st = NewState()
			}
			st.Apply(e) // also what was refused: older rules may have been laxer
		}
	})
}

func asJSON(t *testing.T, e *event.Event) string {
	b, err := json.Marshal([]any{e.Data, e.Campaign, e.Occurred, e.About, e.Actor})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCloneIsIndependent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := newVisit(t)
		family := []*State{NewState()}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(family)-1).Draw(rt, "who")
			if len(family) < 6 && rapid.IntRange(0, 3).Draw(rt, "clone") == 0 {
				family = append(family, family[i].Clone())
				if dump(family[i]) != dump(family[len(family)-1]) {
					t.Fatal("a clone differs from its original")
				}
			}
			before := make([]string, len(family))
			for k, s := range family {
				before[k] = dump(s)
			}
			v.st = family[i]
			_, e := drawEvent(rt, v)
			family[i].Apply(e)
			for k, s := range family {
				if k != i && dump(s) != before[k] {
					t.Fatalf("%T changed a relative:\n%s\n%s", e.Data, before[k], dump(s))
				}
			}
		}
	})
}

// obey appends a whole visit that keeps every rule and fails on any flag or refusal.
func obey(t *testing.T, rt *rapid.T) {
	v := newVisit(t)
	v.sc.Subject.Kind = rapid.SampledFrom([]string{"enterprise", "venue", "road-section", "government-unit"}).Draw(rt, "kind")
	v.sc.Subject.HighRisk = rapid.Bool().Draw(rt, "high risk")
	ok := func(d event.Data) {
		if flags := v.append(d); len(flags) > 0 {
			t.Fatalf("%T of an obedient visit is flagged: %v", d, flags)
		}
		if len(v.st.waiting) > 0 {
			v.approve()
		}
	}
	if rapid.Bool().Draw(rt, "reserved") {
		ok(reservedT())
		ok(&Briefed{})
	}
	ok(startedT())
	ok(&Arrived{})
	ok(&ConductDeclared{})

	work := append([]event.Data{notice(), &CertificatesShown{}}, sections()...)
	for _, profile := range []string{"enterprise", "government-unit", "high-risk"} {
		work = append(work, answers(v.sc.Policy.RequiredItems[profile]...)...)
	}
	for n := range rapid.IntRange(0, 5).Draw(rt, "findings") {
		work = append(work, finding1("F"+strconv.Itoa(n)))
	}
	for _, d := range rapid.Permutation(work).Draw(rt, "order of work") {
		ok(d)
		if f, is := d.(*FindingRecorded); is {
			dispose(rt, v, f.Finding, ok)
		}
	}
	v.later(time.Hour)
	ending := []event.Data{&Departed{}, rapid.SampledFrom([]event.Data{recordT(), refusalT()}).Draw(rt, "record")}
	for _, d := range rapid.Permutation(ending).Draw(rt, "order of ending") {
		ok(d)
	}
	for _, r := range rapid.Permutation(Recipients).Draw(rt, "order of copies") {
		ok(copyTo(r))
	}
	v.as("L", event.RoleTeamLeader)
	ok(&LeaderReviewed{Opinion: "x"})
	ok(&Closed{})
}

// dispose grades, punishes or excuses a finding, with or without a measure and a repair.
func dispose(rt *rapid.T, v *visit, id string, ok func(event.Data)) {
	if rapid.Bool().Draw(rt, "major") {
		ok(v.corrected(id, func(d *FindingRecorded) { d.Level, d.Punishable = "major", true }))
		ok(orderOf("O-"+id, rapid.SampledFrom(haltingKinds).Draw(rt, "measure"), id))
	}
	if rapid.Bool().Draw(rt, "fixed") {
		ok(&FixedOnSite{Finding: id, Photo: &photo})
	}
	if rapid.Bool().Draw(rt, "punished") {
		ok(fineOf("P-"+id, id))
	} else {
		ok(pardonOf(id))
	}
}

func TestObedientVisitIsNeverRefusedNorFlagged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { obey(t, rt) })
}

func TestClosingIsNeverAcceptedWithAnOpenObligation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := ready(t)
		for range rapid.IntRange(0, 30).Draw(rt, "events") {
			sc, e := drawEvent(rt, v)
			if _, err := Decide(v.st, sc, e); err != nil || v.st.Closed() {
				continue
			}
			v.st.Apply(e)
			if _, r := v.judge(&Closed{}); r == nil {
				checkClosable(t, v.st)
			}
		}
	})
}

// checkClosable states in plain words what a closing promises (R19, R20, R41, R42, R51).
func checkClosable(t *testing.T, s *State) {
	for _, f := range s.findings {
		if f.marks&(evidenced|attached) == 0 || f.marks&cited == 0 {
			t.Errorf("closed with finding %s unsubstantiated", f.id)
		}
		if f.marks&(fixed|ordered|punished|pardoned) == 0 {
			t.Errorf("closed with finding %s undisposed", f.id)
		}
		if f.marks&punishable != 0 && f.marks&(punished|pardoned) == 0 {
			t.Errorf("closed with finding %s unpunished", f.id)
		}
	}
	if len(s.waiting) > 0 {
		t.Errorf("closed while %d events wait for approval", len(s.waiting))
	}
	if !s.Recorded() && (!s.Attempted() || len(s.findings) > 0) || !s.Reviewed() {
		t.Error("closed without record or review")
	}
}

func benchmark(b *testing.B, next func(i int) event.Data) {
	base := began(b)
	const visitEvents = 16
	events := make([]*event.Event, visitEvents)
	for i := range events {
		events[i] = base.event(next(i))
	}
	b.ReportAllocs()
	var st *State
	for i := 0; b.Loop(); i++ {
		if i%visitEvents == 0 {
			st = base.st.Clone()
		}
		e := events[i%visitEvents]
		if flags, err := Decide(st, base.sc, e); err != nil || flags != nil {
			b.Fatal(flags, err)
		}
		st.Apply(e)
	}
}

func BenchmarkCheckAnswered(b *testing.B) {
	benchmark(b, func(i int) event.Data { return &CheckAnswered{Item: "E-" + strconv.Itoa(i), Answer: "yes"} })
}

func BenchmarkFindingRecorded(b *testing.B) {
	benchmark(b, func(i int) event.Data { return finding1("F-" + strconv.Itoa(i)) })
}

func BenchmarkClone(b *testing.B) {
	st := prepared(b, finding1("F"), finding1("G"), finding1("H")).st
	b.ReportAllocs()
	for b.Loop() {
		st.Clone()
	}
}
