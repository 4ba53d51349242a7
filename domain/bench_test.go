package domain

import (
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// busy is a campaign with 5,000 visits under way, all durable.
func busy(b *testing.B) (*fixture, []string) {
	w := campaignFixture(b)
	ids := make([]string, 5000)
	for i := range ids {
		firmID := fmt.Sprintf("0198f3c2-0000-7000-8000-%012d", i)
		ids[i] = fmt.Sprintf("t1.0198f3c2-0000-7000-9000-%012d", i)
		w.given("subject/"+firmID, firm())
		d := started()
		d.Subject = firmID
		w.given("inspection/"+ids[i], d, in("c"), inspector)
		w.given("inspection/"+ids[i], &inspection.Arrived{}, inspector)
		for f := range 3 {
			w.given("inspection/"+ids[i], &inspection.FindingRecorded{Finding: fmt.Sprint("f", f), Description: fmt.Sprint("隐患", f),
				Level: "general"}, inspector)
		}
	}
	return w, ids
}

// cycle is what a sequencer does per request, with a block sealed every 100 requests.
func cycle(b *testing.B, w *fixture, next func(i int) *event.Event) {
	b.ReportAllocs()
	k := keep(w)
	w.Begin()
	i := 0
	for b.Loop() {
		e := next(i)
		e.Index, w.n = w.n, w.n+1
		w.Begin()
		if err := w.Admit(e); err != nil {
			b.Fatal(err)
		}
		follow, err := w.Judge(e)
		if err != nil || len(follow) > 0 {
			b.Fatal(err, follow)
		}
		e.Revision = uint64(w.Revision(e.Stream) + 1)
		w.Apply(e)
		w.Merge()
		if i++; i%100 == 0 {
			w.Begin()
			w.CommitOldest()
			k.settle()
		}
	}
}

func BenchmarkJudgeAndApplyCheck(b *testing.B) {
	w, ids := busy(b)
	d := &inspection.CheckAnswered{Section: "production", Answer: "yes"}
	e := w.event("inspection/"+ids[0], d, inspector)
	items := make([]string, 1000)
	for i := range items {
		items[i] = fmt.Sprintf("E-%d", i)
	}
	cycle(b, w, func(i int) *event.Event {
		e.Stream.ID, d.Item = ids[i*7919%len(ids)], items[i/len(ids)%len(items)]
		return e
	})
}

func BenchmarkJudgeAndApplyStart(b *testing.B) {
	w, _ := busy(b)
	d := started()
	d.VisitType = "verify"
	e := w.event("inspection/x", d, in("c"), inspector)
	cycle(b, w, func(i int) *event.Event {
		e.Stream.ID = fmt.Sprintf("t1.0198f3c2-0000-7000-a000-%012d", i)
		return e
	})
}

func BenchmarkReplay(b *testing.B) {
	w, _ := busy(b)
	b.ReportAllocs()
	for b.Loop() {
		s := New()
		for _, e := range w.log {
			s.Apply(e)
		}
	}
	b.ReportMetric(float64(len(w.log))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkJudgeAndApplyVisit is a visit from its start to its review, so that what
// signing asks for is among what is measured.
func BenchmarkJudgeAndApplyVisit(b *testing.B) {
	w, _ := busy(b)
	begun := started()
	begun.VisitType = "verify"
	steps := []event.Data{begun, &inspection.Arrived{},
		&inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture}, &inspection.ConductDeclared{}}
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		steps = append(steps, &inspection.CheckAnswered{Item: item, Answer: "yes"})
	}
	for _, section := range inspection.Sections {
		steps = append(steps, &inspection.SectionCompleted{Section: section})
	}
	one, two := evident("f1"), evident("f2")
	two.Description += "二"
	steps = append(steps, one, two,
		&inspection.FixedOnSite{Finding: "f1", Photo: &picture}, &inspection.FixedOnSite{Finding: "f2", Photo: &picture},
		signedBy("ma", "li"), &inspection.Departed{}) // no closing: it waits for the penalty, which is of a case
	for _, r := range inspection.Recipients {
		steps = append(steps, &inspection.CopyDelivered{DocumentHash: document, Recipient: r, Receiver: "r", Method: "in-person"})
	}
	steps = append(steps, &inspection.LeaderReviewed{Opinion: "同意"})
	events := make([]*event.Event, len(steps))
	for i, d := range steps {
		events[i] = w.event("inspection/x", d, in("c"), inspector)
		switch d.(type) {
		case *inspection.LeaderReviewed:
			leader(events[i])
		case *inspection.Departed:
			at(noon.Add(time.Hour))(events[i])
		}
	}
	id := ""
	cycle(b, w, func(i int) *event.Event {
		if i%len(events) == 0 {
			id = fmt.Sprintf("t1.0198f3c2-0000-7000-b000-%012d", i)
			begun.Subject = fmt.Sprintf("0198f3c2-0000-7000-8000-%012d", i/len(events)%5000)
			for _, d := range []*inspection.FindingRecorded{one, two} { // a clause that is violated again proposes the subject (R58)
				d.Clauses = []event.Citation{{Law: d.Clauses[0].Law, Article: fmt.Sprint(i)}}
			}
		}
		e := events[i%len(events)]
		e.Stream.ID = id
		return e
	})
}
