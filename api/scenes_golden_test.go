package api

import (
	"cmp"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestTheScenesOfTheGoldenFilesAreAnswered: what the author of an event type tells beside its golden event, HTTP answers.
func TestTheScenesOfTheGoldenFilesAreAnswered(t *testing.T) {
	for _, g := range eventtest.Goldens(t, "../test/testdata/golden") {
		t.Run(g.Name, func(t *testing.T) {
			var s *scene
			begin := func(t *testing.T) func(eventtest.Step, event.Data) eventtest.Answer {
				s = newScene(t)
				return func(step eventtest.Step, d event.Data) eventtest.Answer {
					at := time.Duration(step.Hour * float64(time.Hour))
					s.later(max(0, at-time.Duration(s.clock.Load())))
					got := s.says("", cmp.Or(step.Stream, atVisit), d, as(cmp.Or(step.By, "ma")), in("c"), when(noon.Add(at)))
					return eventtest.Answer{Codes: saidBy(s, got), Refused: got.StatusCode >= 400}
				}
			}
			g.Play(t, domain.Catalogue(), begin)
		})
	}
}
