package report_test

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/report"
)

// based is a ledger in which figures were set as base in these rows, one event for each list.
func based(sets ...[]campaign.Baseline) (events []*event.Event) {
	typ := domain.Catalogue().Newest("indicator-baseline-set")
	at := time.Date(2019, 12, 1, 9, 0, 0, 0, event.Beijing)
	for i, rows := range sets {
		events = append(events, &event.Event{Index: uint64(i), ID: event.OwnID("baseline", string(rune('a'+i)), ""), Type: typ,
			Stream: event.Stream{Kind: event.Campaign, ID: "c-" + string(rune('1'+i))}, Recorded: at, Occurred: at, Assurance: event.Token,
			Actor: event.Actor{Role: event.RoleSupervisionOffice}, Data: &campaign.BaselineSet{
				Period: campaign.Period{From: "2019-01-01", To: "2019-12-31"}, Base: campaign.Period{From: "2018-01-01", To: "2018-12-31"},
				Rows: rows, Source: "年报"}})
	}
	return events
}

// R14: the four indicators are compared with the figures that were set, if that is asked: with those set last for exactly the base period.
// What a county has beyond its sectors is of no sector, the city's own figure stands in where no county has one, and nobody is told a
// figure of more than he sees.
func TestR14IndicatorsAreComparedWithFiguresThatWereSet(t *testing.T) {
	row := func(county, sector string, accidents int64) campaign.Baseline {
		return campaign.Baseline{County: county, Sector: sector, Accidents: accidents, Deaths: 2 * accidents,
			Loss: event.Money{Currency: "CNY", Amount: 100 * accidents}}
	}
	counties := []campaign.Baseline{row("610900", "", 40), row("610902", "", 10), row("610902", "MINE", 4), row("610921", "", 3)}
	office := event.Actor{Role: event.RoleSupervisionOffice}
	county := event.Actor{Role: event.RoleCountyGovernment, County: "610921", Unit: "u"}
	set := map[string]string{"year": "2019", "baseline": "set"}
	for _, c := range []struct {
		name                          string
		events                        []*event.Event
		who                           event.Actor
		given                         map[string]string
		accidents, deaths, loss, rows int64
	}{
		{"counties and their sectors", based(counties), office, set, 13, 26, 1300, 3},
		{"another base period", based(counties), office, map[string]string{"from": "2019-01-01", "to": "2019-06-30",
			"baseline": "set"}, 0, 0, 0, 0},
		{"the same base period, by days", based(counties), office, map[string]string{"from": "2019-03-01", "to": "2019-03-31",
			"base_from": "2018-01-01", "base_to": "2018-12-31", "baseline": "set"}, 13, 26, 1300, 3},
		{"accidents of the ledger", based(counties), office, map[string]string{"year": "2019"}, 0, 0, 0, 0},
		{"the city alone", based(counties[:1]), office, set, 40, 80, 4000, 1},
		{"set anew by a later campaign", based(counties, counties[3:], []campaign.Baseline{row("610921", "", 5)}), office, set, 15, 30, 1500, 3},
		{"a county sees its own", based(counties), county, set, 3, 6, 300, 1},
		{"and not the city's", based(counties[:1]), county, set, 0, 0, 0, 0},
	} {
		rows, total := answered(t, database(t, c.events), "12", c.who, report.Question{Rows: "county,sector", Given: c.given})
		if total["accidents_base"] != c.accidents || total["deaths_base"] != c.deaths || total["loss_base"] != c.loss || total["set"] != c.rows ||
			total["accidents"] != int64(0) {
			t.Errorf("%s: %v", c.name, total)
		}
		for _, r := range rows {
			if r["by county"] == "610902" && r["accidents_base"] != int64(0) &&
				r["accidents_base"] != map[any]int64{"MINE": 4, nil: 6}[r["by sector"]] {
				t.Errorf("%s: %v", c.name, r)
			}
		}
	}
}
