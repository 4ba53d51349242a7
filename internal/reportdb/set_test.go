package reportdb_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// R34: subjects are found by each class of risk that they are of, and by nothing that is only a part of a code.
func TestR34SubjectsAreFoundByEachOfTheirClassesOfRisk(t *testing.T) {
	var events []*event.Event
	for i, classes := range [][]string{{"high-risk-industry"}, {"high-risk-industry", "important-place"}, {"key-firm"}, nil} {
		events = append(events, &event.Event{Index: uint64(i), ID: event.OwnID("subject", fmt.Sprint(i), ""),
			Type:   domain.Catalogue().Newest("subject-registered"),
			Stream: event.Stream{Kind: event.Subject, ID: fmt.Sprint("s-", i)}, Recorded: campaigntest.Begin, Occurred: campaigntest.Begin,
			Assurance: event.Token, About: event.About{County: "610902", Subject: fmt.Sprint("s-", i)},
			Data: &subject.Registered{Kind: "enterprise", Name: fmt.Sprint("企业", i), RiskClasses: classes}})
	}
	b, _ := running(t, sourceOf(events, len(events)).Config(t.TempDir()))
	built(t, b, len(events))
	office := event.Actor{Role: event.RoleSupervisionOffice}
	for class, want := range map[string][]string{"high-risk-industry": {"s-0", "s-1"}, "important-place": {"s-1"}, "key-firm": {"s-2"},
		"industry": nil, "risk": nil, "": nil} {
		a := reportdb.Asked{List: tables.ListOf("subjects"), Filters: map[string]string{"risk": class}, Limit: 10, Upward: true, Count: 10}
		q := reportdb.Question{Actor: office, Scope: visibility.ScopeOf(office, &visibility.Fold{})}
		mustDo(t, a.Question(&q))
		c, err := b.Ask(t.Context(), q)
		mustDo(t, err)
		page, err := c.List(a)
		mustDo(t, err)
		mustDo(t, c.Close())
		at := slices.IndexFunc(page.Columns, func(c tables.Column) bool { return c.Name == "id" })
		var got []string
		for _, row := range page.Rows {
			got = append(got, fmt.Sprint(row.Values[at]))
		}
		if !slices.Equal(got, want) || page.Total != len(want) {
			t.Errorf("of class %q are %v, %d", class, got, page.Total)
		}
	}
}
