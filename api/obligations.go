package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/worklist"
	"github.com/anjian-ledger/anjian/projections"
)

// Worklist is a page of what is open, and which state of the ledger it reflects.
type Worklist struct {
	projections.Head
	Now time.Time `json:"now" doc:"by which overdue is told"`
	worklist.Page
}

// enum is a schema of words.
func enum[T ~string](words []T) *huma.Schema {
	s := text()
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}

func (a *Handler) obligationRoutes(d *document) []*route {
	const changes = "ObligationsPageChanges"
	d.schemas.Map()[changes] = listChangesSchema(d, "obligations", d.schemaOf(worklist.OpenObligation{}))
	filters := owedParams()
	return []*route{{
		method: "GET", path: "/v1/obligations", id: "obligations", tag: "views", need: identity.ReadEvents,
		summary: "What is owed and open, by due time", chinese: "待办事项",
		doc: "What somebody owes and has not done, as far as the caller may know of it; what has no date comes last. With stream, all that " +
			"is open in it, also what has never a date and only holds up signing or closing. With as_of, what was open then, to the minute " +
			"and as the report database has it. A deadline that has passed is said in the stream by the ledger (deadline-passed); of people in " +
			"the field only when " +
			"they have had time to synchronise.",
		params:  append(filters[:len(filters):len(filters)], asOfParam),
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Worklist{})},
		codes: []law.Code{law.InvalidParameter, law.ViewsBehind, law.ScopeChanged, law.BeyondHead, law.ReportsBehind, law.NoReports,
			law.ReportTooLarge},
		costly: true, waits: true, handle: a.obligations,
	}, {
		method: "GET", path: "/v1/obligations/changes", id: "obligationsChanges", tag: "views", need: identity.ReadRegisters,
		summary: "What is owed and open: what changed between two positions", chinese: "待办事项在两个位置之间的变化",
		doc: changesDoc + "Filters are those of the list as of a position; what was met went. Unless now is given, overdue is told by each " +
			"side's own time. columns are those of the register obligations. " + changesOrder,
		params:  append(filters[:len(filters):len(filters)], changesFrom, changesTo),
		answers: map[string]*huma.Schema{mediaJSON: {Ref: componentsRoot + changes}},
		codes:   changesCodes, costly: true, counts: true, waits: true, handle: a.owedChanges,
	}}
}

// owedParams are those of the worklist, of whatever moment.
func owedParams() []*huma.Param {
	return []*huma.Param{
		queryParam("owner", "Who owes it. 责任方", enum(obligation.Owners)),
		queryParam("team", "Of a team's visits. 督查组", inForm(formID)),
		queryParam("campaign", "Of a campaign. 专项行动", inForm(formID)),
		queryParam("county", "Of a county, with its zones, or of one zone. 县区", countyCodes()),
		queryParam("kind", "Kind of obligation. 义务种类", enum(domain.ObligationKinds())),
		queryParam("stream", "One stream, kind/id, with all that holds up signing and closing, or all of a kind. 事件流", inForm(formStream)),
		queryParam("due_before", "Due before this instant: RFC 3339, or a date, which means its end in UTC+08:00. 到期早于", inForm(formTime)),
		queryParam("now", "By which overdue is told: RFC 3339, or a date, which means its end in UTC+08:00; left out: the minute that the "+
			"ledger's clock shows. "+
			"判断逾期的时间", inForm(formTime)),
		queryParam("cursor", "next of the page before. 续页", inForm(formCursor)),
		queryParam("limit", "Most lines of a page. 条数", positive(projector.MaxLimit)),
	}
}

// obligations answers from what the ledger keeps of what is open, and from what the projector knows of who may see what.
func (a *Handler) obligations(c *call) error {
	q, err := a.asksOwed(c)
	if err != nil {
		return err
	}
	if c.query.Has("as_of") {
		return a.owedThen(c, q)
	}
	if err := a.ready(c); err != nil {
		return err
	}
	rows, size, err := a.owed(c)
	if err != nil {
		return err
	}
	if q.Campaign != "" && !a.cfg.Projector.KnowsCampaign(q.Campaign) {
		return invalid("campaign", "known-campaign")
	}
	log := a.viewer(c)
	q.Scope = log.scope.Scope
	out := Worklist{Now: q.Now}
	switch out.Page, err = worklist.List(rows, q); {
	case errors.Is(err, worklist.ErrScopeChanged):
		return fail(law.ScopeChanged)
	case err != nil:
		return invalid("cursor", formCursor)
	}
	for _, id := range out.Hidden() {
		if err := log.log(id); err != nil {
			return err
		}
	}
	if out.Head, err = a.cfg.Projector.HeadAt(size, &q.Scope); err != nil {
		return err
	}
	return c.json(out)
}

// asksOwed reads the question.
func (a *Handler) asksOwed(c *call) (*worklist.Query, error) {
	limit, err := c.uint("limit", projector.DefaultLimit, projector.MaxLimit)
	if err != nil {
		return nil, err
	}
	get := c.query.Get
	q := &worklist.Query{Owner: obligation.Owner(get("owner")), Kind: get("kind"), Team: get("team"), County: get("county"),
		Campaign: get("campaign"),
		Cursor:   get("cursor"), Limit: int(limit),
		Now: a.cfg.Ledger.Now().Truncate(time.Minute)} // so that who asks again within it has the same answer
	for name, to := range map[string]*time.Time{"now": &q.Now, "due_before": &q.DueBefore} {
		if s := get(name); s != "" {
			if *to, err = parseUntil(s); err != nil {
				return nil, err
			}
		}
	}
	return q, nil
}

// owed returns what is open in the stream that is asked for, or in all.
func (a *Handler) owed(c *call) (rows []*obligation.Row, size uint64, err error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), viewWait)
	defer cancel()
	if rows, size, err = a.cfg.Ledger.Owed(ctx); err != nil {
		return nil, 0, &fault{code: law.ViewsBehind, cause: err}
	}
	name := c.query.Get("stream")
	if name == "" {
		return rows, size, nil
	}
	stream, err := event.ParseStream(name)
	if err != nil { // it is a kind
		other := func(r *obligation.Row) bool { return r.Stream.Kind != event.Kind(name) }
		return slices.DeleteFunc(rows, other), size, nil
	}
	row, err := a.cfg.Ledger.OwedIn(ctx, stream)
	if err != nil {
		return nil, 0, &fault{code: law.ViewsBehind, cause: err}
	}
	return worklist.Stream(row), size, nil
}
