package facts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// BenchmarkTake is a visit of 55 facts, of which five are findings.
func BenchmarkTake(b *testing.B) {
	at := time.Unix(1574730000, 123456789)
	events := make([]*event.Event, 55)
	for i := range events {
		var d event.Data = &inspection.CheckAnswered{Item: "E-" + string(rune('0'+i)), Section: "production", Answer: "yes",
			Note: strings.Repeat("备注", 80)}
		if i%10 == 5 {
			d = &inspection.FindingRecorded{Finding: "f-1", Description: strings.Repeat("隐患", 40), Level: "general",
				Clauses:   []event.Citation{{Law: "安全生产法", Version: "2021-06-10", Article: "41"}},
				Violation: "main-duty", FoundBy: []string{"bench-a"},
				Evidence: []event.Evidence{{SHA256: strings.Repeat("0a", 32), Size: 2483911, MediaType: "image/jpeg"}}}
		}
		events[i] = &event.Event{ID: uuid.New(), Type: &event.Type{Name: "x"}, Index: uint64(i), Recorded: at, Occurred: at, Data: d,
			Actor: event.Actor{Person: "bench-a", Role: event.RoleInspector, Team: "bench"}, Assurance: event.Token, Campaign: "c-2019"}
	}
	for i := range events {
		events[i].Type = events[i%10].Type
	}
	b.ReportAllocs()
	var l facts.Log
	for b.Loop() {
		l = facts.Log{}
		for _, e := range events {
			l.Take(e, true)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/fact")
}
