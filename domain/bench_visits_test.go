package domain

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// The visits of these benchmarks are those of test/bench: 55 events, of which five are findings and all others but the start are checks.
const (
	visitEvents = 55
	visitsMade  = 200
)

// manyVisits are events of visits that are made side by side, not recorded yet.
func manyVisits(w *fixture) []*event.Event {
	events := make([]*event.Event, 0, visitEvents*visitsMade)
	for n := range visitEvents {
		for i := range visitsMade {
			var d event.Data
			switch {
			case n == 0:
				d = started()
				d.(*inspection.Started).Subject = fmt.Sprintf("0198f3c2-0000-7000-8000-%012d", i)
				d.(*inspection.Started).VisitType = "verify"
			case n%10 == 5:
				d = &inspection.FindingRecorded{Finding: fmt.Sprint("f-", n), Description: strings.Repeat("隐患", 40), Level: "general",
					Clauses:   []event.Citation{{Law: "安全生产法", Version: "2021-06-10", Article: "41"}},
					Violation: "main-duty", FoundBy: []string{"ma"},
					Evidence: []event.Evidence{{SHA256: strings.Repeat("0a", 32), Size: 2483911, MediaType: "image/jpeg"}}}
			default:
				d = &inspection.CheckAnswered{Item: fmt.Sprint("E-", n), Section: "production", Answer: "yes", Note: strings.Repeat("备注", 70)}
			}
			at := noon.Add(time.Duration(len(events)) * 123457 * time.Nanosecond)
			e := w.event(fmt.Sprintf("inspection/t1.0198f3c2-0000-7000-a000-%012d", i), d, in("c"), inspector)
			e.ID, e.Occurred, e.Recorded = uuid.New(), at, at.Add(1234567*time.Nanosecond).Truncate(time.Microsecond)
			events = append(events, e)
		}
	}
	return events
}

func visitsFixture(b *testing.B) *fixture {
	w := campaignFixture(b)
	for i := range visitsMade {
		w.given("subject/"+fmt.Sprintf("0198f3c2-0000-7000-8000-%012d", i), firm())
	}
	return w
}

// BenchmarkReplayVisits folds recorded visits, and says what is kept of them.
func BenchmarkReplayVisits(b *testing.B) {
	w := visitsFixture(b)
	for _, e := range manyVisits(w) {
		if _, err := w.record(e); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	b.ReportAllocs()
	var s *State
	for b.Loop() {
		s = New()
		for _, e := range w.log {
			s.Apply(e)
		}
	}
	rate := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(len(w.log))
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(s)
	s = nil
	runtime.GC()
	runtime.ReadMemStats(&before)
	runtime.KeepAlive(w)
	b.ReportMetric(rate, "ns/event")
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(len(w.log)), "kept-B/event")
}

// BenchmarkAppendVisits judges and folds visits as a sequencer does, 100 events a block.
func BenchmarkAppendVisits(b *testing.B) {
	w := visitsFixture(b)
	events := manyVisits(w)
	round := -1
	cycle(b, w, func(i int) *event.Event {
		e := events[i%len(events)]
		if i/len(events) != round {
			round = i / len(events)
			for k := range events {
				id := events[k].Stream.ID
				events[k].Stream.ID = id[:len(id)-12] + fmt.Sprintf("%06d", round) + id[len(id)-6:]
			}
		}
		e.Index++
		return e
	})
}
