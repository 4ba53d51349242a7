package domain

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// guesser is somebody of a role, who has to do with nothing of the other names of this file.
func guesser(r event.Role) event.Actor {
	a := event.Actor{Person: "x", Role: r}
	switch r {
	case event.RoleInspector, event.RoleTeamLeader:
		a.Team = "t9"
	case event.RoleCountyGovernment:
		a.Unit, a.County = "government-610921", "610921"
	case event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleCityGovernment, event.RoleAdmin, event.RoleAuditor:
	default:
		a.Unit = "u9"
	}
	return a
}

// Pillar 14, for all kinds: who may not know of a stream hears the same whether the name that he asks for is taken or not. Importers
// are left out, whose names are their source's, and the public, whose names follow from the event itself: a hash of the code on a
// notice, and the event's own id.
func TestNobodyHearsOfAStreamByAskingForItsName(t *testing.T) {
	cat, tried, heard := Catalogue(), map[event.Kind]int{}, 0
	for i := range kinds.All {
		is := &kinds.All[i]
		for _, typ := range is.Types {
			if typ.Kind != is.Name || !is.MayBegin(typ.New()) || slices.Equal(typ.Append, []event.Role{event.RoleLedger}) {
				continue
			}
			g, err := eventtest.ReadGolden(filepath.Join("../test/testdata/golden", fmt.Sprintf("%s.v%d.json", typ.Name, typ.Version)))
			if err != nil {
				t.Fatal(err)
			}
			var whole struct{ Data json.RawMessage }
			d := typ.New()
			if err := errors.Join(json.Unmarshal(g.Event, &whole), json.Unmarshal(whole.Data, d)); err != nil {
				t.Fatal(err)
			}
			for _, role := range typ.Append {
				if role == event.RolePublic {
					continue
				}
				taken := event.Stream{Kind: is.Name, ID: "t8.0198f3c2-7a10-7000-8000-000000000001"}
				free := taken
				free.ID = strings.TrimSuffix(free.ID, "1") + "2"
				ask := func(of event.Stream) (string, *State) {
					w := newFixture(t)
					w.Apply(&event.Event{ID: uuid.UUID{15: 1}, Type: cat.Newest(typ.Name), Stream: taken, Data: d, Occurred: noon, Recorded: noon,
						Actor: event.Actor{Person: "somebody", Role: event.RoleSupervisionOffice}, Assurance: event.Token,
						About: event.About{County: "610981", Sectors: []string{"MINE"}, Team: "t8", Subject: "theirs"}})
					e := w.event("campaign/c", d, by(guesser(role)))
					e.Stream, e.Type, e.Index = of, typ, 1
					err := w.Admit(e)
					if err == nil && w.KnownRevision(of) >= 0 {
						return fmt.Sprintf("is at revision %d", w.KnownRevision(of)), w.State
					}
					if err == nil {
						_, err = w.Judge(e)
					}
					return strings.ReplaceAll(fmt.Sprint(err), of.String(), "NAME"), w.State
				}
				a, st := ask(taken)
				b, _ := ask(free)
				if !st.author.boundBy(is) {
					continue
				}
				if sees := visibility.AuthorScope(guesser(role), roll{st}); sees.Sees(taken, &event.About{County: "610981", Sectors: []string{"MINE"},
					Team: "t8", Subject: "theirs"}) {
					continue // he may know of it
				}
				tried[is.Name]++
				if strings.Contains(a, "name-not-yours") {
					heard++
				}
				if a != b {
					t.Errorf("%s by the %s: of a name that is taken %q, of another one %q", typ.Name, role, a, b)
				}
			}
		}
	}
	for _, kind := range []event.Kind{event.Subject, event.Inspection, event.Accident, "order", "case", "transfer", "duty", "clue",
		"interference"} {
		if tried[kind] == 0 {
			t.Errorf("no name of the kind %s was asked for", kind)
		}
	}
	if heard < 10 {
		t.Errorf("only %d were told that the name is not theirs", heard)
	}
}

// Pillar 14: who write under one name see the same. People of one unit inspect in several teams, so an inspector's name is his team's.
func TestTheNameIsOfThoseWhoSeeTheSame(t *testing.T) {
	subjects, secrets := kinds.Of(event.Subject), kinds.Of("interference")
	for _, c := range []struct {
		actor event.Actor
		kind  *stream.Kind
		want  string
	}{
		{event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t1", Unit: "u1"}, subjects, "t1"},
		{event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t1", Unit: "u1"}, secrets, "ma"},
		{event.Actor{Role: event.RoleDepartment, Unit: "u1"}, subjects, "u1"},
		{event.Actor{Role: event.RoleDepartment}, subjects, "department"},
		{event.Actor{Role: event.RoleCountyGovernment, Unit: "u1", County: "610921"}, subjects, "u1 610921"},
		{event.Actor{Person: "boss", Role: event.RoleInspectedParty, Unit: "firm"}, secrets, "firm"},
		{event.Actor{Role: event.RoleSupervisionOffice}, secrets, "supervision-office"},
	} {
		names := namesakes(&c.actor, c.kind)
		if got := strings.TrimSpace(strings.Join(names[:], " ")); got != c.want {
			t.Errorf("%+v in %s: named after %q, want %q", c.actor, c.kind.Name, got, c.want)
		}
	}
}
