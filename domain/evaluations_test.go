package domain

import (
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

const (
	oneCode   = "0123456789ABCDEFGHJKMNPQRS"
	otherCode = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"
)

func posted(code string) *inspection.NoticePosted {
	return &inspection.NoticePosted{Content: "c", Purpose: "p", OfficePhone: "1", LeaderPhone: "2", Evaluation: evaluation.Hash(code),
		Photo: event.Evidence{SHA256: strings.Repeat("a", 64), Size: 1, MediaType: "image/png"}}
}

func evaluated(code string) (stream string, d *evaluation.Evaluated) {
	return "evaluation/" + evaluation.Hash(code), &evaluation.Evaluated{Code: code}
}

// R38: a code is what people write of it, and nothing else; its hash is what anybody computes.
func TestR38TheOneTimeCodeIsReadAsPeopleWriteIt(t *testing.T) {
	for written, want := range map[string]string{
		oneCode: oneCode, "01234 56789-abcde-fghjk-mnpqrs": oneCode, "oi23456789abcdefghjkmnpqrs": oneCode, "OL23456789ABCDEFGHJKMNPQRS": oneCode,
		oneCode[1:]: "", oneCode + "0": "", strings.Repeat("U", 26): "", strings.Repeat("é", 13): "", "": "", strings.Repeat(" ", 200): "",
	} {
		if got, ok := evaluation.Normal(written); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %t", written, got, ok)
		}
	}
	if got := evaluation.Hash(oneCode); len(got) != 43 || got == evaluation.Hash(otherCode) || evaluation.Hash("oi"+oneCode[2:]) != "" {
		t.Errorf("the hash is %q", got)
	}
}

// R38, R39: the party says once how they came, when the visit is disclosed; whatever is wrong with a code is answered alike.
func TestR38ACodeCountsOnce(t *testing.T) {
	w := campaignFixture(t)
	at, said := evaluated(oneCode)
	refused := func(stream string, d *evaluation.Evaluated) string {
		t.Helper()
		return w.refuses("R38", "evaluation-code-not-valid", stream, d, anybody).Error()
	}
	unknown := refused(at, said)
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", posted(oneCode), inspector)
	answers := []string{refused(at, said)} // of a visit that is hidden
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	other, wrong := evaluated(otherCode)
	answers = append(answers, refused(at, wrong), refused(other, wrong), refused(other, said),
		refused(at, &evaluation.Evaluated{Code: strings.ToLower(oneCode)}))
	w.accepts(at, said, anybody)
	if e := w.last(at); e.Assurance != event.Open || e.About.Subject != "firm" || e.About.Team != "" || e.About.Campaign != "c" {
		t.Errorf("%+v", e)
	}
	answers = append(answers, refused(at, said))
	for _, got := range answers {
		if got != unknown {
			t.Errorf("%q is told apart from %q", got, unknown)
		}
	}
	w.refuses("Roles", "role-may-not-append", at, said)
	w.refuses("Roles", "role-may-not-append", at, said, inspector)
}

// R38: another visit that states the hash of a notice gets nothing of it; an import has no codes of its own kind.
func TestR38ACodeIsOfTheVisitThatNamedItFirst(t *testing.T) {
	w := campaignFixture(t)
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.given("inspection/i", posted(oneCode), inspector)
	w.given("inspection/k", started(), in("c"), inspector)
	w.given("inspection/k", &inspection.Arrived{}, inspector)
	w.given("inspection/k", posted(oneCode), inspector)
	at, said := evaluated(oneCode)
	said.Reception = true
	w.flags([]string{"party-says-otherwise"}, at, said, anybody)
	flag := w.log[len(w.log)-1]
	if got := flagValue(flag, "inspection"); got != visit("t1", "i") {
		t.Errorf("the flag is of %v", got)
	}
}

// R38, R39: what the party says is flagged beside it, each of the four by its code, where the team does not read it.
func TestR38WhatThePartySaysIsFlaggedWhereTheTeamDoesNotReadIt(t *testing.T) {
	w := campaignFixture(t)
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.given("inspection/i", posted(oneCode), inspector)
	at, said := evaluated(oneCode)
	said.AdvanceNotice, said.BriefingHeard, said.Accompanied, said.Reception = true, true, true, true
	w.flags([]string{"party-says-otherwise"}, at, said, anybody)
	flag := w.log[len(w.log)-1]
	if got, _ := flagValue(flag, "conduct").([]string); !slices.Equal(got, []string{"advance-notice", "briefing", "company", "reception"}) {
		t.Errorf("the flag says %v", got)
	}
	for who, sees := range map[string]bool{"supervision-office": true, "discipline-commission": true, "team-leader": false, "inspector": false,
		"city-government": false, "county-government": false, "department": false, "admin": false} {
		scope := visibility.ScopeOf(event.Actor{Role: event.Role(who), Team: "t1", Person: "wang", County: "610902", Unit: "u"}, roll{w.State})
		for _, e := range []*event.Event{flag, w.last(at)} {
			if got := scope.Sees(e.Stream, &e.About); got != sees {
				t.Errorf("%s sees %s: %t", who, e.Type.Name, got)
			}
		}
	}
}

func flagValue(e *event.Event, name string) any {
	return e.Data.(*oversight.DeviationFlagged).Values.Get(name).Any()
}
