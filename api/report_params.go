package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
)

// commonParams are those that every report may have.
func commonParams() []*huma.Param {
	return []*huma.Param{
		asOfParam,
		queryParam("now", "By which overdue is told: a date, which counts as its beginning; left out: the recorded time of the last entry. "+
			"判断逾期的日期",
			inForm(formDate)),
		queryParam("rows", "A grouping of the report, as GET /v1/reports lists it; left out: its first. 行的分组", inForm(formRows)),
		ofCampaignOnly,
		queryParam("county", "A county with its zones, or one zone. 县区", countyCodes()),
		queryParam("sector", "Code of a sector. 行业领域", inForm(formID)),
		queryParam("team", "One team. 督查组", inForm(formID)),
		queryParam("year", "Of one calendar year, by the date that the report names. 年度", years()),
		queryParam("from", "From this day on, by that date. 起始日期", inForm(formDate)),
		queryParam("to", "To this day, which is in it. 截止日期（含）", inForm(formDate)),
	}
}

var (
	ofCampaignOnly = queryParam("campaign", "Of one campaign; of all where it is left out. 专项行动", inForm(formID))
	formatParam    = queryParam("format", "Instead of Accept. 格式", enum([]string{"json", "csv", "xlsx"}))
)

// paramsOf are the parameters of a report with those of its route: common are those that every report may have there, and named is what the
// report calls one of them, "" where it is none of its own. What others have and this one has not is refused by a code of its own.
func (a *Handler) paramsOf(common func() []*huma.Param, named func(string) string,
	further ...*huma.Param,
) func(*call) ([]*huma.Param, error) {
	return func(c *call) ([]*huma.Param, error) {
		r, err := a.reportOf(c)
		if err != nil {
			return nil, err
		}
		all := slices.Concat(further, common(), []*huma.Param{waitParam})
		has := map[string]bool{}
		for _, p := range r.Asked() {
			if has[p.Name] = true; report.Common[p.Name] == "" {
				all = append(all, queryParam(p.Name, p.EN, text()))
			}
		}
		lacks := func(name string) bool { return report.Common[named(name)] != "" && !has[named(name)] }
		for name := range c.r.URL.Query() {
			if lacks(name) {
				return nil, notOfReport(r, name)
			}
		}
		return slices.DeleteFunc(all, func(p *huma.Param) bool { return lacks(p.Name) }), nil
	}
}

// asNamed is what a report calls a parameter where routes have its own words.
func asNamed(name string) string { return name }

func notOfReport(r *report.Report, name string) error {
	var has []string
	for _, p := range r.Asked() {
		has = append(has, p.Name)
	}
	return fail(law.ParameterNotOfReport, law.Str("report", r.ID), law.Str("parameter", name), law.List("allowed", has))
}

// questionTo is what the caller asks of a report, and to which team he is bound; named is as in [Handler.paramsOf].
func questionTo(c *call, r *report.Report, rows string, named func(string) string) (team string, q report.Question) {
	q = report.Question{Rows: rows, Given: map[string]string{}, Figures: c.claims.Role == event.RoleCityGovernment}
	for name := range c.query {
		if own := named(name); r.Takes(own) {
			q.Given[own] = c.query.Get(name)
		}
	}
	if c.claims.Role == event.RoleTeamLeader || c.claims.Role == event.RoleInspector {
		team = c.claims.Team
	}
	return team, q
}
