package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// A stream's name is read by package event, which knows no judge.
func TestTheStreamsThatHaveNamesAreThoseThatAreJudged(t *testing.T) {
	var judged []event.Kind
	for _, k := range kinds {
		judged = append(judged, k.name)
		if s, err := event.ParseStream(string(k.name) + "/x"); err != nil || s.Kind != k.name {
			t.Errorf("%s: %v", k.name, err)
		}
	}
	slices.Sort(judged)
	if named := slices.Sorted(slices.Values(event.Kinds)); !slices.Equal(named, judged) {
		t.Errorf("named are %v, judged %v", named, judged)
	}
}

// What package visibility does not know is closed to everybody.
func TestSomebodySeesEveryKind(t *testing.T) {
	commission := visibility.ScopeOf(event.Actor{Role: event.RoleDisciplineCommission}, roll{New()})
	for _, k := range kinds {
		if !commission.Sees(k.name, &event.About{County: "610902", Sectors: []string{"FIRE"}, Team: "t"}) {
			t.Errorf("nobody has said who sees the streams %s/…", k.name)
		}
	}
}

// guessed is an event that has no rule.
type guessed struct{}

func (*guessed) Validate() error { return nil }

func TestAStateWithoutAJudgeForEverythingDoesNotBegin(t *testing.T) {
	type change = func(accidents *declared)
	add := func(typ event.Type) change {
		return func(k *declared) { k.types = append(slices.Clip(k.types), &typ) }
	}
	unknown := func() event.Data { return new(guessed) }
	for says, edit := range map[string]change{
		"":                              func(*declared) {},
		"stream kind accident ":         func(k *declared) { k.begin = nil },
		"event type anjian.guessed.v1":  add(event.Type{Name: "guessed", Version: 1, Kind: event.Accident, New: unknown}),
		"event type anjian.anywhere.v1": add(event.Type{Name: "anywhere", Version: 1, New: unknown}),
		"event type anjian.misplaced.v1": add(event.Type{Name: "misplaced", Version: 1, Kind: event.Team, New: func() event.Data {
			return new(accident.Graded)
		}}),
		"event type anjian.accident-repo": func(k *declared) { k.name = event.Review },
	} {
		list := slices.Clone(kinds)
		i := slices.IndexFunc(list, func(k declared) bool { return k.name == event.Accident })
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
