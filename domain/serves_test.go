package domain

import (
	"errors"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// A type says which rules it serves ([event.Type.Rules], EVENTS.md, GET /v1/types): all that answer it by what
// it is. Not those that every event of a kind is asked by, whatever its type.
var asksAll = map[event.Kind][]law.Rule{
	// who wrote it, when, in what order, of which campaign, team, county and unit
	"": {law.Pillar1, law.Pillar2, law.Pillar7, law.Pillar14, law.Pillar17, law.R13, law.R17, law.R77, law.Roles},
	// a person speaks for himself, a visit that is closed, whose inspector it is, an import's; of any kind, what is not there
	event.Person:     {law.R02, law.R59},
	event.Campaign:   {law.R01},
	event.Team:       {law.R17},
	event.Subject:    {law.R18},
	event.Accident:   {law.R10},
	event.Inspection: {law.R20, law.R42, law.R74},
	event.Ledger:     {law.Pillar6},
}

func TestATypeNamesTheRulesThatItsJudgeAnswers(t *testing.T) {
	for _, k := range kinds.All {
		for _, typ := range k.Types {
			body := reflect.TypeOf(typ.New()).Elem()
			answers := answersOf(filepath.Base(body.PkgPath()), body.Name())
			for _, code := range inspection.ReadBy(typ.Name) {
				text, _ := code.Text()
				for _, r := range text.Rules {
					answers = append(answers, r.String())
				}
			}
			for _, r := range answers {
				if !slices.ContainsFunc(typ.Rules, func(o law.Rule) bool { return o.String() == r }) {
					t.Errorf("%s is answered under %s and does not name it", typ.Name, r)
				}
			}
		}
	}
}

// What the code says above, events say here: each refusal and each flag that any history draws out.
func TestATypeNamesTheRulesThatAnswerItInAnyHistory(t *testing.T) {
	met := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		events := dice{rt, drawing(newFixture(t))}.history()
		w := drawing(campaignFixture(t))
		for _, e := range events {
			recorded, err := take(w, e)
			var rules []law.Rule
			if r := (*event.Refusal)(nil); errors.As(err, &r) {
				for _, o := range r.Open {
					rules = append(rules, o.Rules...)
				}
				rules = append(rules, r.Rule)
			}
			for _, c := range recorded {
				if d, ok := c.Data.(*oversight.DeviationFlagged); ok && c != recorded[0] && c.Stream == e.Stream {
					rules = append(rules, law.RuleNamed(d.Rule))
				}
			}
			for _, r := range rules {
				met[e.Type.Name+" "+r.String()] = true
				if !slices.Contains(e.Type.Rules, r) && !slices.Contains(asksAll[""], r) && !slices.Contains(asksAll[e.Stream.Kind], r) {
					rt.Fatalf("%s in %s is answered under %s and does not name it: %v", e.Type.Name, e.Stream, r, err)
				}
			}
		}
	})
	if len(met) < 100 {
		t.Errorf("only %d answers were met", len(met))
	}
}

// unnamed are the answers of all tests together that a type does not name.
func unnamed() (left []string) {
	for _, k := range kinds.All {
		for _, t := range k.Types {
			body := reflect.TypeOf(t.New()).Elem().String()
			for a := range reached.by {
				of := slices.Concat(t.Rules, asksAll[""], asksAll[t.Kind])
				if t.Kind == "" {
					of = slices.Concat(slices.Collect(maps.Values(asksAll))...)
					of = append(of, t.Rules...)
				}
				if a.body == body && !slices.ContainsFunc(of, func(r law.Rule) bool { return r.String() == a.rule }) {
					left = append(left, t.Name+" "+a.rule)
				}
			}
		}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

// TestATypeWithASealedTextNamesThePillarOfSealing: a text that is sealed for another key is refused under pillar 8, in whatever type.
func TestATypeWithASealedTextNamesThePillarOfSealing(t *testing.T) {
	for _, typ := range Catalogue().All() {
		sealed := false
		field.EachSealed(typ.New(), func(string, []event.Role, *event.Sealed) { sealed = true })
		for _, f := range field.ShapeOf(typ.New()).Fields {
			_, opens := field.ShapeOf(typ.New()).SealedMember(f.Name)
			sealed = sealed || opens
		}
		if _, corrects := typ.New().(*correction.FactCorrected); !corrects && sealed && !slices.Contains(typ.Rules, law.Pillar8) {
			t.Errorf("%s has a sealed text, and does not name pillar 8", typ.Name)
		}
	}
}
