package api

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
)

// Projector answers for the views; *projector.Projector does.
type Projector interface {
	Detached(who event.Actor, at time.Time) *event.Refusal
	WaitFor(ctx context.Context, position uint64) error
	Subject(ctx context.Context, id string, q projector.Query) (projections.SubjectView, error)
	Team(ctx context.Context, id string, q projector.Query) (projections.TeamView, error)
	Teams(ctx context.Context, q projector.Search) (projector.TeamPage, error)
	Inspection(ctx context.Context, id string, q projector.Query) (projections.InspectionView, error)
	County(ctx context.Context, code string, q projector.Query) (projections.CountyView, error)
	Counties(ctx context.Context, q projector.Query) (projector.CountyList, error)
	Assured(ctx context.Context, q projector.Query) (projector.AssuredList, error)
	City(ctx context.Context, q projector.Query) (projections.CityView, error)
	Duty(ctx context.Context, file string, q projector.Query) (projections.DutyView, error)
	Tables(ctx context.Context, q projector.Query) (projections.TableList, error)
	Table(ctx context.Context, name string, q projector.Query) (projections.TableView, error)

	// Who may see what, entry by entry; see package visibility.
	ScopeAt(who event.Actor) projector.ScopeAt
	HeadAt(size uint64, scope *visibility.Scope) (projections.Head, error)
	Since(s *visibility.Scope, stream event.Stream, about *event.About, index uint64) (uint64, bool)
	Hidden(stream event.Stream, index uint64) bool
	Held(at uint64) []uint32
	Plan(campaign string) (index uint64, ok bool)
	KnowsCampaign(id string) bool
	Naming(sum [32]byte, s *visibility.Scope) (stream event.Stream, index uint64, ok bool)
}

// viewWait is how long a view waits for the projector to reach the ledger's end.
const viewWait = 5 * time.Second

var (
	asOfParam = queryParam("as_of", "The view as it was: a position, or a recorded time as RFC 3339 or date (its end in UTC+08:00). 截至",
		inForm(formAsOf))
	untilPara = queryParam("occurred_until", "Leave out what occurred later, whenever it was recorded: RFC 3339, or a date, "+
		"which means the end of that day in Asia/Shanghai (UTC+08:00); facts of which only the day, month or year is known count by its first "+
		"day, as it is written. 发生时间截至", inForm(formTime))
	ofCampaign = queryParam("campaign", "The figures of one campaign; of all where it is left out. The register belongs to no campaign. "+
		"What is covered (coverage, subjects_inspected) is always of one campaign, and coverage_campaign says of which: of the one asked for, "+
		"else of the one that was started last; before the first campaign, of all visits. 专项行动：只统计该行动；缺省为全部。登记数不属于任何行动；"+
		"覆盖情况总是一次行动的，缺省为最近启动的行动", inForm(formID))
	ofYear = queryParam("year", "The figures of one calendar year, Beijing time; of all where it is left out. A visit counts in the year in "+
		"which it "+
		"began, a finding and what became of it in the year in which it was found, anything else in the year in which it occurred; an "+
		"accident "+
		"in its statistical year, and under by_occurrence and by_conclusion in those. The register is of no year. "+
		"年度：检查按开始年度，隐患及其处置按发现年度，其他按发生年度；事故按统计年度，另按发生年度和结案年度各列一组。登记数不分年度", years())
	searchParams = []*huma.Param{
		queryParam("q", "Part of the name, id or credit code, in whatever case. 名称、编号或统一社会信用代码", text()),
		ofCampaign, ofYear,
		queryParam("cursor", "next of the page before. 续页", inForm(formCursor)),
		queryParam("limit", "Most lines of a page. 条数", positive(projector.MaxLimit)),
	}
)

func (a *Handler) viewRoutes(d *document) []*route {
	codes := []law.Code{law.NotFound, law.InvalidParameter, law.BeyondHead, law.ViewsBehind, law.ScopeChanged}
	one := func(path, id, summary, chinese string, need identity.Permission, body any, handle func(*call) error,
		params ...*huma.Param) *route {
		return &route{
			method: "GET", path: path, id: id, tag: "views", need: need, summary: summary, chinese: chinese, params: params,
			answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(body)}, codes: codes, costly: true, waits: true, handle: handle,
		}
	}
	pathID := pathParam("id", "stream id")
	return []*route{
		one("/v1/subjects/{id}", "subject", "One subject", "检查对象档案", identity.ReadSubjects, projections.SubjectView{}, a.subject, pathID,
			asOfParam, untilPara, ofCampaign, ofYear),
		one("/v1/teams", "teams", "Search the teams", "督查组查询", identity.ReadTeams, projector.TeamPage{}, a.teams, searchParams...),
		one("/v1/teams/{id}", "team", "One team", "督查组", identity.ReadTeams, projections.TeamView{}, a.team, pathID, asOfParam, untilPara,
			ofCampaign, ofYear),
		one("/v1/inspections/{id}", "inspection", "One inspection", "单次检查", identity.ReadEvents, projections.InspectionView{}, a.inspection,
			pathParam("id", "stream id: that of the team, of an imported visit that of the importer's unit, a dot, and a UUID"), asOfParam,
			untilPara),
		one("/v1/counties", "counties", "Every county", "各县区", identity.ReadCounties, projector.CountyList{}, a.counties, asOfParam,
			ofCampaign, ofYear),
		one("/v1/counties/{code}", "county", "One county or functional zone", "县区", identity.ReadCounties, projections.CountyView{}, a.county,
			pathParam("code", "six-digit GB/T 2260 code, or the local code of a zone"), asOfParam, ofCampaign, ofYear),
		one("/v1/assured", "assured", "Assured sectors, by county", "放心行业", identity.ReadCounties, projector.AssuredList{}, a.assured,
			ofCampaign, ofYear),
		one("/v1/city", "city", "The whole city", "全市", identity.ReadCity, projections.CityView{}, a.city, asOfParam, ofCampaign,
			ofYear),
		one("/v1/duties/{file}", "duty", "One duty file", "履职档案", identity.ReadOwn, projections.DutyView{}, a.duty,
			pathParam("file", "UNIT, or UNIT.PERSON"), asOfParam, untilPara),
		one("/v1/tables", "tables", "The code tables of the city", "代码表", identity.ReadOwn, projections.TableList{}, a.tables, asOfParam),
		one("/v1/tables/{name}", "table", "One code table, with all texts", "代码表内容", identity.ReadOwn, projections.TableView{}, a.table,
			pathParam("name", "of GET /v1/tables: units, sectors, checklists, holidays …"), asOfParam),
	}
}

// ready waits until every view reflects all that the ledger has committed, so that whoever
// got a receipt finds the fact in the views.
func (a *Handler) ready(c *call) error {
	return a.waitForViews(c.r.Context(), a.cfg.Ledger.Head().Size)
}

// newest waits until the views reflect all that any node had committed when it was called: what
// is refused for good is refused at the store's head.
func (a *Handler) newest(c *call) error {
	ctx, cancel := context.WithTimeout(c.r.Context(), viewWait)
	defer cancel()
	if err := a.cfg.Ledger.Refresh(ctx); err != nil {
		return &fault{code: law.ViewsBehind, cause: err}
	}
	return a.ready(c)
}

// waitForViews waits until the views, and what they know of who may see what, reflect the first size
// entries.
func (a *Handler) waitForViews(ctx context.Context, size uint64) error {
	ctx, cancel := context.WithTimeout(ctx, viewWait)
	defer cancel()
	if err := a.cfg.Projector.WaitFor(ctx, size); err != nil {
		return &fault{code: law.ViewsBehind, cause: err}
	}
	return nil
}

// waitFor is the query parameter by which a client that appended through one node reads its
// own writes through another. Without it a node answers at once, with what it has: how old
// that may be, the position in the answer says.
const waitFor = "wait_for"

var waitParam = queryParam(waitFor, "Answer only when this node has the first so many entries: the position of a receipt or of another "+
	"node's answer. "+
	"After 5 s without them: 503 position-not-here. 等待本节点达到该位置", number(maxPosition))

// await waits until this node has folded the position that the client asks for, whichever
// node wrote it.
func (a *Handler) await(c *call) error {
	position, err := c.uint(waitFor, 0, maxPosition)
	if err != nil {
		return err
	}
	err = a.waitForViews(c.r.Context(), position)
	if errors.Is(err, context.DeadlineExceeded) {
		return &fault{code: law.PositionNotHere, cause: err,
			values: law.Collect(law.Int("position", position), law.Int("head", a.cfg.Ledger.Head().Size))}
	}
	return err
}

// selection reads of which campaign and year figures are asked for.
func selection(c *call) (of projections.Selection, err error) {
	of.Campaign = c.query.Get("campaign")
	year, err := c.uint("year", 0, event.MaxYear)
	of.Year = int(year)
	return of, err
}

// question reads as_of, occurred_until, campaign and year, once the projector is ready for them.
func (a *Handler) question(c *call) (q projector.Query, err error) {
	q.For = c.claims.Actor()
	if err := a.ready(c); err != nil {
		return q, err
	}
	if s := c.query.Get("as_of"); s != "" {
		n, err := a.position(c.r.Context(), s)
		if err != nil {
			return q, err
		}
		q.AsOf = &n
	}
	if s := c.query.Get("occurred_until"); s != "" {
		t, err := parseUntil(s)
		if err != nil {
			return q, err
		}
		q.OccurredUntil = &t
	}
	q.Of, err = selection(c)
	return q, err
}

// position reads as_of: a position up to the head, or a recorded time.
func (a *Handler) position(ctx context.Context, s string) (uint64, error) {
	head := a.cfg.Ledger.Head().Size
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n > head {
			return 0, fail(law.BeyondHead, law.Int("position", n), law.Int("head", head))
		}
		return n, nil
	}
	t, err := parseUntil(s)
	if err != nil {
		return 0, err
	}
	return a.cfg.Ledger.PositionAt(ctx, t)
}

// look answers with one view: what the caller may see of it. hidden lists the undisclosed
// visits in it, whose reading is logged (R39).
func look[V any](a *Handler, c *call, ask func(context.Context, projector.Query) (V, error), hidden func(*V) []string) error {
	q, err := a.question(c)
	if err != nil {
		return err
	}
	v, err := ask(c.r.Context(), q)
	if err != nil {
		return viewError(err)
	}
	log := &viewer{a: a, c: c}
	for _, id := range hidden(&v) {
		if err := log.log(id); err != nil {
			return err
		}
	}
	return c.json(v)
}

func nothing[V any](*V) []string { return nil }

var errNoView = fail(law.NotFound)

// viewError gives the projector's errors their codes.
func viewError(err error) error {
	switch {
	case errors.Is(err, projector.ErrNotFound):
		return errNoView
	case errors.Is(err, projector.ErrAhead):
		return fail(law.BeyondHead)
	case errors.Is(err, projector.ErrCursor):
		return invalid("cursor", formCursor)
	case errors.Is(err, projector.ErrNoCampaign):
		return invalid("campaign", "known-campaign")
	case errors.Is(err, projector.ErrScopeChanged):
		return fail(law.ScopeChanged)
	}
	return err
}

func (a *Handler) subject(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.SubjectView, error) {
		return a.cfg.Projector.Subject(ctx, c.path("id"), q)
	}, func(v *projections.SubjectView) (ids []string) {
		for i := range v.Inspections {
			if v.Inspections[i].Hidden {
				ids = append(ids, v.Inspections[i].Inspection)
			}
		}
		return ids
	})
}

func (a *Handler) team(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.TeamView, error) {
		return a.cfg.Projector.Team(ctx, c.path("id"), q)
	}, nothing)
}

func (a *Handler) inspection(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.InspectionView, error) {
		return a.cfg.Projector.Inspection(ctx, c.path("id"), q)
	}, func(v *projections.InspectionView) []string {
		explain(c, v)
		if v.Hidden {
			return []string{v.Inspection}
		}
		return nil
	})
}

func (a *Handler) county(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.CountyView, error) {
		return a.cfg.Projector.County(ctx, c.path("code"), q)
	}, nothing)
}

func (a *Handler) counties(c *call) error { return look(a, c, a.cfg.Projector.Counties, nothing) }

func (a *Handler) assured(c *call) error { return look(a, c, a.cfg.Projector.Assured, nothing) }

func (a *Handler) city(c *call) error { return look(a, c, a.cfg.Projector.City, nothing) }

func (a *Handler) tables(c *call) error { return look(a, c, a.cfg.Projector.Tables, nothing) }

func (a *Handler) duty(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.DutyView, error) {
		return a.cfg.Projector.Duty(ctx, c.path("file"), q)
	}, nothing)
}

func (a *Handler) table(c *call) error {
	return look(a, c, func(ctx context.Context, q projector.Query) (projections.TableView, error) {
		return a.cfg.Projector.Table(ctx, c.path("name"), q)
	}, nothing)
}

// find answers with one page of a search.
func find[P any](a *Handler, c *call, ask func(context.Context, projector.Search) (P, error)) error {
	limit, err := c.uint("limit", projector.DefaultLimit, projector.MaxLimit)
	if err != nil {
		return err
	}
	of, err := selection(c)
	if err != nil {
		return err
	}
	if err := a.ready(c); err != nil {
		return err
	}
	page, err := ask(c.r.Context(), projector.Search{For: c.claims.Actor(), Text: c.query.Get("q"), Of: of,
		Cursor: c.query.Get("cursor"), Limit: int(limit)})
	if err != nil {
		return viewError(err)
	}
	return c.json(page)
}

func (a *Handler) teams(c *call) error { return find(a, c, a.cfg.Projector.Teams) }
