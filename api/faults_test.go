package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

const desk = string(event.RoleSupervisionOffice)

// batch posts events as one.
func (w *fixture) batch(token string, events []string, headers ...string) answer {
	w.Helper()
	return w.do(token, "POST", "/v1/events", "["+strings.Join(events, ",")+"]", append([]string{"Content-Type", mediaBatch}, headers...)...)
}

// told is what an answer says of each event that it names.
func told(p *Problem) (all []string) {
	for _, f := range p.Faults {
		all = append(all, fmt.Sprint(f.Item, " ", f.Code, " ", f.Status))
	}
	return all
}

// TestABatchIsToldAllThatIsWrong, by form, by signature and by rule, and nothing that only follows
// from another fault.
func TestABatchIsToldAllThatIsWrong(t *testing.T) {
	w := newFixture(t)
	w.visit()
	visit2, visit3 := eventtest.Visit("t-1", "i-2"), eventtest.Visit("t-1", "i-3")
	reserved := func(visit, subject string) string {
		return w.author("inspection/"+visit, "assignment-reserved", &inspection.Reserved{Subject: subject, Team: "t-1", Sector: "MINE", VisitType: "initial"})
	}
	status := func(id string) string {
		return w.author("subject/"+id, "subject-status-recorded", &subject.StatusRecorded{Production: "normal"})
	}
	used := w.subject("s-8")
	w.want(w.post(desk, used), 201, "")
	size := w.size()
	events := []string{
		w.subject("s-5"), // good
		strings.Replace(w.subject("s-2"), "610902", "1", 1), // 1: no region
		reserved(visit2, "s-2"),                             // builds on 1
		w.author("inspection/"+visit2, "inspection-started", &inspection.Started{
			Subject: "s-2", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}}), // builds on the one before
		status("s-unknown"),                  // 4: no such subject
		status("s-unknown"),                  // in the same stream
		reserved(visit3, "s-5"),              // good, on top of a good one
		strings.Replace(used, "矿业", "煤业", 1), // 7: the id is taken
		w.author("team/t-1", "member-joined", &team.MemberJoined{Person: "p-unknown"}),      // good: a stranger may join
		strings.Replace(w.subject("s-6"), "anjian.subject-registered", "anjian.nothing", 1), // 9
		strings.Replace(w.subject("s-7"), `"urn:test"`, `"urn:anjian:key:x"`, 1),            // 10: no key id
	}
	a := w.want(w.batch(desk, events), 422, law.InvalidData)
	p := decode[Problem](w, a)
	got := strings.Join(told(&p), "\n")
	want := "1 invalid-data 422\n4 unknown-subject 422\n7 id-reused 409\n8 unknown-person 422\n9 unknown-type 422\n10 invalid-attribute 422"
	if got != want || p.Unjudged != 3 || *p.Item != 1 {
		t.Errorf("%s\nwant\n%s\n%s", got, want, a.body)
	}
	for _, f := range p.Faults {
		if f.Event != decode[struct{ ID string }](w, answer{body: []byte(events[f.Item])}).ID || f.Detail == "" && f.Title == "" || f.Remedy == "" {
			t.Errorf("%+v", f)
		}
	}
	a = w.batch(desk, events, "Accept-Language", "zh")
	p = decode[Problem](w, a)
	for _, f := range p.Faults {
		spoken(t, a, true, f.Title, f.Remedy)
	}
	if w.size() != size {
		t.Errorf("%d entries, had %d: a batch is all or none", w.size(), size)
	}
	// Without the faulty ones and what builds on them, the rest is as it was said to be: good.
	w.want(w.batch(desk, []string{events[0], events[6]}), 201, "")
}

// TestWhatCannotBeToldApartIsNotJudged: of an event without a readable stream everything behind it
// may be a consequence.
func TestWhatCannotBeToldApartIsNotJudged(t *testing.T) {
	w := newFixture(t)
	events := []string{
		w.author("subject/u-1", "subject-status-recorded", &subject.StatusRecorded{Production: "normal"}),
		strings.Replace(w.subject("s-1"), `"subject/s-1"`, `7`, 1),
		w.author("subject/s-1", "subject-status-recorded", &subject.StatusRecorded{Production: "normal"}),
		strings.Replace(w.subject("s-2"), "610902", "1", 1), // its form is wrong whatever stands before
	}
	p := decode[Problem](w, w.want(w.batch(desk, events), 422, law.UnknownSubject))
	if got := strings.Join(told(&p), "\n"); got != "0 unknown-subject 422\n1 invalid-attribute 422\n3 invalid-data 422" || p.Unjudged != 1 {
		t.Errorf("%s, %d", got, p.Unjudged)
	}
	// An id that stands twice in a batch is a fault of its own, about no entry.
	twice := w.subject("s-3")
	a := w.want(w.batch(desk, []string{twice, strings.Replace(twice, "矿业", "煤业", 1)}), 409, law.IDReused)
	if p := decode[Problem](w, a); len(p.Faults) != 1 || p.Faults[0].Item != 1 || p.Faults[0].Values.Get("entry").Any() != nil {
		t.Errorf("%s", a.body)
	}
}
