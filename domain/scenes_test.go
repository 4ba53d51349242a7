package domain

import (
	"errors"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestTheScenesOfTheGoldenFiles: what the author of an event type tells beside its golden event, the rules answer.
func TestTheScenesOfTheGoldenFiles(t *testing.T) {
	actors := map[string]option{"": inspector, "ma": inspector, "li": by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1"}),
		"wang": leader, "zhou": by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice})}
	for _, g := range eventtest.Goldens(t, "../test/testdata/golden") {
		g.Play(t, Catalogue(), func(t *testing.T) func(eventtest.Step, event.Data) eventtest.Answer {
			w := campaignFixture(t)
			return func(s eventtest.Step, d event.Data) (a eventtest.Answer) {
				stream := s.Stream
				if stream == "" {
					stream = visitStream
				}
				if actors[s.By] == nil {
					t.Fatalf("nobody is called %q", s.By)
				}
				e := w.event(stream, d, actors[s.By], in("c"), at(noon.Add(time.Duration(s.Hour*float64(time.Hour)))))
				recorded, err := w.record(e)
				reach(e, recorded, err)
				for _, code := range flagsOf(recorded) {
					a.Codes = append(a.Codes, law.Known(code))
				}
				var r *event.Refusal
				if a.Refused = errors.As(err, &r); a.Refused {
					eventtest.CheckRefusal(t, r)
					a.Codes = append(a.Codes, r.Code)
					for _, u := range r.Open {
						a.Codes = append(a.Codes, u.Code)
					}
				}
				return a
			}
		})
	}
}
