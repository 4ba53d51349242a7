package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// A kind that does not say who sees it is closed to everybody. The commission sees them all.
func TestSomebodySeesEveryKind(t *testing.T) {
	commission := visibility.ScopeOf(event.Actor{Role: event.RoleDisciplineCommission}, roll{New()})
	for _, k := range kinds.All {
		if k.Chinese == "" || k.Doc == "" {
			t.Errorf("%s has no Chinese name or does not say what it is", k.Name)
		}
		if !commission.Sees(event.Stream{Kind: k.Name, ID: "x"}, &event.About{County: "610902", Sectors: []string{"FIRE"}, Team: "t"}) {
			t.Errorf("nobody has said who sees the streams %s/…", k.Name)
		}
	}
}

// guessed is an event that has no rule.
type guessed struct{}

func (*guessed) Validate() error { return nil }

func TestAStateWithoutAJudgeForEverythingDoesNotBegin(t *testing.T) {
	type change = func(accidents *stream.Kind)
	add := func(typ event.Type) change {
		return func(k *stream.Kind) { k.Types = append(slices.Clip(k.Types), &typ) }
	}
	unknown := func() event.Data { return new(guessed) }
	for says, edit := range map[string]change{
		"":                              func(*stream.Kind) {},
		"stream kind accident ":         func(k *stream.Kind) { k.Judges = nil },
		"event type anjian.guessed.v1":  add(event.Type{Name: "guessed", Version: 1, Kind: event.Accident, New: unknown}),
		"event type anjian.anywhere.v1": add(event.Type{Name: "anywhere", Version: 1, New: unknown}),
		"event type anjian.misplaced.v1": add(event.Type{Name: "misplaced", Version: 1, Kind: event.Team, New: func() event.Data {
			return new(accident.Graded)
		}}),
		"event type anjian.accident-repo":  func(k *stream.Kind) { k.Name = event.Review },
		"stream kind unheard has no judge": func(k *stream.Kind) { k.Name = "unheard" },
	} {
		list := slices.Clone(kinds.All)
		i := slices.IndexFunc(list, func(k stream.Kind) bool { return k.Name == event.Accident })
		edit(&list[i])
		panicked := ""
		func() {
			defer func() {
				if r := recover(); r != nil {
					panicked = fmt.Sprint(r)
				}
			}()
			newState(list)
		}()
		if !strings.Contains(panicked, says) || (panicked == "") != (says == "") {
			t.Errorf("panicked with %q, want %q", panicked, says)
		}
	}
}

// An event that no rule of its kind knows never passes, whoever calls the judge.
func TestAnEventThatNoRuleKnowsIsRefused(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("accident/a", reported(1))
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units})
	typ := &event.Type{Name: "guessed", Version: 1, Append: []event.Role{event.RoleSupervisionOffice}}
	for _, stream := range []string{"campaign/c", "team/t1", "person/ma", "subject/firm", "inspection/i", "accident/a", "table/units",
		"flag/f", "review/r", "token/t"} {
		e := w.event("ledger/x", &guessed{})
		e.Stream, e.Type = w.stream(stream), typ
		if _, err := w.record(e); err == nil || !strings.Contains(err.Error(), "wrong-stream") {
			t.Errorf("%s: %v", stream, err)
		}
	}
}
