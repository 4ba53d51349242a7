package campaign

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// What is owed in a campaign: its end is recorded (R48), and afterwards each team and the office report (R62).

var (
	owedEnd = obligation.Kind{Name: "campaign-end", Owner: obligation.Office, Rule: law.R48,
		Opens: "campaign-started", Meets: "campaign-ended", Limit: "the campaign's end"}
	owedTeamReport = obligation.Kind{Name: "team-report", Owner: obligation.Leader, Rule: law.R62, Escalates: true,
		Opens: "campaign-ended", Meets: "team-report-submitted", Limit: "team_report_days"}
	owedCityReport = obligation.Kind{Name: "city-report", Owner: obligation.Office, Rule: law.R62, Escalates: true,
		Opens: "campaign-ended", Meets: "campaign-report-published", Limit: "city_report_days"}
)

// Owes returns what was ever owed, met or not, appended to into. The limits are of the plan in force, as nobody plans after
// the end.
func (s *State) Owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if !s.Started() {
		return into
	}
	into = append(into, obligation.Obligation{Kind: &owedEnd, Opener: s.started.Event, Opened: s.started.Index, Since: s.started.Occurred,
		Recorded: s.started.Recorded, Due: s.End, Met: !s.EndedAt.IsZero(), MetAt: s.ended.Occurred})
	if s.EndedAt.IsZero() {
		return into
	}
	for _, team := range s.Teams {
		into = append(into, s.report(&owedTeamReport, team, t))
	}
	return append(into, s.report(&owedCityReport, "", t))
}

// report is what a team, or "" the office, owes since the end.
func (s *State) report(kind *obligation.Kind, team string, t obligation.Terms) obligation.Obligation {
	since := kind.Since(s.ended)
	o := obligation.Obligation{Kind: kind, Opener: s.ended.Event, Item: team, Opened: s.ended.Index, Since: since, Recorded: s.ended.Recorded,
		Due: t.Limit(kind.Name).Due(since, t.Calendars.Since(s.ended.Index)...)}
	for _, r := range s.Reports {
		if r.Team == team && (!o.Met || r.At.Before(o.MetAt)) {
			o.Met, o.MetAt = true, r.At
		}
	}
	return o
}

// Forms adds a team that was formed for the campaign: after the end it owes no report.
func (s *State) Forms(team string) {
	if s.EndedAt.IsZero() && !slices.Contains(s.Teams, team) {
		s.Teams = append(s.Teams, team)
	}
}
