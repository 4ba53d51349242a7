package domain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/law"
)

// tabled are the ids of all that the requirements say is owed by a time.
const tabled = `record second-inspector evidence copies acknowledgement leader-review closing explanation confirmation approval rectify
	recheck resume after-failure stop-end seal registered-evidence closure filing decision hearing-request hearing-notice service publish
	payment enforcement remedy limitation holiday-approval holiday-visit tip-accept tip-investigate tip-answer transfer casualties
	investigation reply evaluation result accountability deduction team-review-order team-review inquiry inquiry-outcome blacklist-notice
	blacklist-objection blacklist-decision blacklist-expiry withdrawal exposure-end campaign-end team-report city-report
	refusal-examination result-notice supervision-answer clue clue-transfer`

// TestPillar12EachObligationOfTheRequirementsIsDeclared: whatever the requirements say is owed by a time is declared.
func TestPillar12EachObligationOfTheRequirementsIsDeclared(t *testing.T) {
	declared := map[string]bool{}
	for _, k := range Obligations() {
		declared[k.Name] = true
	}
	for id := range strings.FieldsSeq(tabled) {
		if !declared[id] {
			t.Errorf("no kind declares the obligation %s", id)
		}
	}
}

// TestPillar12EachRowThatOwesHasItsObligation: a sentence that says that somebody owes something until a date is served by an obligation
// with a date, and what an obligation with a date says that it serves says so of itself.
func TestPillar12EachRowThatOwesHasItsObligation(t *testing.T) {
	for _, s := range law.Sentences() {
		serves := slices.ContainsFunc(Obligations(), func(k Declared) bool { return k.Listed() && slices.Contains(k.Rules(), s.Rule) })
		if owes := s.Acts&law.Owes != 0; owes != serves {
			t.Errorf("%s owes something until a date: %v; an obligation with a date serves it: %v", s.Rule, owes, serves)
		}
	}
}

// TestPillar12AnObligationSaysWhatItRestsOn: the types that open and meet it are there, and so is its limit.
func TestPillar12AnObligationSaysWhatItRestsOn(t *testing.T) {
	types := map[string]bool{}
	for _, typ := range Catalogue().All() {
		types[typ.Name] = true
	}
	for _, k := range Obligations() {
		for name := range strings.FieldsSeq(k.Opens + " " + k.Meets) {
			if !types[name] {
				t.Errorf("%s names %s, and there is no such event type", k.Name, name)
			}
		}
		matter, lawful := strings.CutPrefix(k.Limit, "law: ")
		matter, _, _ = strings.Cut(matter, ",")
		param := json.RawMessage(fmt.Sprintf(`{%q:9}`, k.Limit))
		switch p := new(campaign.Policy); {
		case k.Opens == "", k.Meets == "" && !k.Window, k.Listed() == (k.Limit == ""):
			t.Errorf("%s: opened by %q, met by %q, limit %q", k.Name, k.Opens, k.Meets, k.Limit)
		case lawful && !slices.Contains(codes.List("law-matter"), matter):
			t.Errorf("%s: the law limits no %s", k.Name, matter)
		case lawful, strings.Contains(k.Limit, " "), !k.Listed():
		case json.Unmarshal(param, p) != nil || p.Limit(k.Name).N != 9:
			t.Errorf("%s is not limited by %s of the plan", k.Name, k.Limit)
		}
	}
}
