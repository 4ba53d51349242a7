package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// listing is a page of a list as a client reads it.
type listing struct {
	projections.Head
	Total, Hidden *int
	More          bool `json:"more_than_total"`
	Items         []map[string]any
	Next          string
}

// listed asks for a list.
func (w *fixture) listed(token, target string) listing {
	w.Helper()
	return decode[listing](w, w.want(w.get(token, target), 200, ""))
}

// A list shows what who asks may see, as soon as the receipt is there: hidden visits to the own team, marked, beside
// the total, and each time in the access log (R39); everybody else sees them from their disclosure on, and in the past as it was.
func TestListsShowWhatTheAskerMaySee(t *testing.T) {
	w := newFixture(t)
	w.visit()
	department := string(event.RoleDepartment)
	before := len(w.access.objects())
	got := w.listed("inspector", "/v1/inspections")
	if len(got.Items) != 1 || *got.Total != 0 || *got.Hidden != 1 || got.Items[0]["hidden"] != true || got.Items[0]["id"] != visit1 ||
		got.Items[0]["subject"] != "s-1" || got.Items[0]["county"] != "610902" || fmt.Sprint(got.Items[0]["sectors"]) != "[MINE]" {
		t.Errorf("the own team: %+v", got)
	}
	if logged := w.access.objects()[before:]; len(logged) != 1 || !strings.HasSuffix(logged[0], "inspection/"+visit1) {
		t.Errorf("reading is logged as %q", logged)
	}
	root, err := w.rootAt(w.size())
	w.must(err)
	if got.Position != w.size() || got.Root != root || got.Recorded.IsZero() || got.Scope == "" {
		t.Errorf("%+v", got.Head)
	}
	if got := w.listed(department, "/v1/inspections"); len(got.Items) != 0 || *got.Total+*got.Hidden != 0 {
		t.Errorf("a department sees what is hidden: %+v", got)
	}
	hidden := w.size()
	w.arrive()
	if got := w.listed(department, "/v1/inspections?state=started&county=610902&subject=s-1&sector=MINE"); len(got.Items) != 1 ||
		*got.Total != 1 ||
		got.Items[0]["hidden"] != nil || !strings.HasSuffix(fmt.Sprint(got.Items[0]["started"]), ":00+08:00") {
		t.Errorf("after disclosure: %+v", got)
	}
	for target, n := range map[string]int{
		"state=closed": 0, "county=610921": 0, "subject=s-9": 0, "sector=FIRE": 0, "team=t-1": 1, "campaign=c": 0, "since=2000-01-01": 1,
		"until=2000-01-01": 0, "sort=started&since=2000-01-01&until=2100-01-01": 1, fmt.Sprint("as_of=", hidden): 0, "as_of=0": 0,
		"as_of=2100-01-01": 1, "sort=-entry": 1,
	} {
		if got := w.listed(department, "/v1/inspections?"+target); len(got.Items) != n || *got.Total != n {
			t.Errorf("%s: %+v", target, got)
		}
	}
}

// Search finds a name by any part of it, however it is written, and by codes and other ids.
func TestSearchFolds(t *testing.T) {
	w := newFixture(t)
	firm := enterprise()
	firm.Name, firm.USCC, firm.OtherIDs = "安康市臺北（汉滨）加油站Ａ１", "", map[string]string{"permit": "陕-AQ 0042"}
	w.want(w.post(office, w.author("subject/firm-1", "subject-registered", firm)), 201, "")
	w.want(w.post(office, w.author("subject/firm-1", "subject-updated", &subject.Updated{From: "2019-12-02", Name: "安康市臺北（汉滨）加油站Ａ１"})),
		201, "")
	w.want(w.post(office, w.author("subject/firm-2", "subject-registered",
		&subject.Registered{Kind: "enterprise", Name: "紫阳煤矿", Region: "610902",
			Sectors: []string{"MINE"}, Discovery: "register"})), 201, "")
	for q, n := range map[string]int{
		"台北": 1, "臺北": 1, "站": 1, "站a": 1, "ａ1": 1, "(汉滨)": 1, "汉滨加油": 1, "【汉滨】 安": 1, "加油站 台": 1, "AQ0042": 1, "陕aq": 1, "FIRM": 2,
		"firm-2": 1, "煤": 1, "油加": 0, "北台": 0, "站陕": 0, "（）": 0, `"`: 0, "*": 0, "安康 NOT 汉": 0,
	} {
		if got := w.listed(office, "/v1/subjects?q="+url.QueryEscape(q)); len(got.Items) != n || *got.Total != n {
			t.Errorf("%s: %d found, want %d", q, len(got.Items), n)
		}
	}
	if got := w.listed(office, "/v1/people?q="+url.QueryEscape("陕Ａ-p-admin")); len(got.Items) != 1 {
		t.Errorf("by certificate: %+v", got)
	}
}

// Pages follow each other as of one position, whatever is appended meanwhile; and a cursor is good for its own question.
func TestListsArePaged(t *testing.T) {
	w := newFixture(t)
	add := func(n int) {
		w.want(w.post(office, w.author(fmt.Sprintf("subject/s-%d", n), "subject-registered", &subject.Registered{Kind: "enterprise",
			Name: fmt.Sprint("企业", n), Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"})), 201, "")
	}
	for n := range 5 {
		add(n)
	}
	for _, c := range []struct{ query, want string }{
		{"?limit=2", "s-4 s-3 s-2 s-1 s-0"}, {"?limit=2&sort=entry", "s-0 s-1 s-2 s-3 s-4"}, {"?limit=2&q=企", "s-4 s-3 s-2 s-1 s-0"},
		{"?limit=5", "s-4 s-3 s-2 s-1 s-0"},
	} {
		var ids []string
		first := w.listed(office, "/v1/subjects"+c.query)
		for page, n := first, 0; ; n++ {
			for _, item := range page.Items {
				ids = append(ids, fmt.Sprint(item["id"]))
			}
			if page.Next == "" {
				break
			}
			add(100 + int(w.size()))
			if page = w.listed(office, "/v1/subjects"+c.query+"&cursor="+page.Next); page.Total != nil || page.Position != first.Position {
				t.Errorf("a later page is of %d with total %v", page.Position, page.Total)
			}
		}
		if got := strings.Join(ids[:min(5, len(ids))], " "); c.query != "?limit=2" && !strings.Contains(got, "-1") || len(ids) < 5 {
			t.Errorf("%s: %s", c.query, strings.Join(ids, " "))
		}
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] {
				t.Errorf("%s: %s comes twice", c.query, id)
			}
			seen[id] = true
		}
		if len(ids) != *first.Total {
			t.Errorf("%s: %d of %d", c.query, len(ids), *first.Total)
		}
	}
	next := w.listed(office, "/v1/subjects?limit=2").Next
	for _, target := range []string{"/v1/subjects?kind=venue&cursor=" + next, "/v1/people?cursor=" + next, "/v1/subjects?sort=entry&cursor=" +
		next,
		"/v1/subjects?as_of=3&cursor=" + next, "/v1/subjects?cursor=AAAA", "/v1/subjects?cursor=AAAAAAAAAAAAAAAAAAAA"} {
		w.want(w.get(office, target), 400, law.InvalidParameter)
	}
	w.want(w.get("inspector", "/v1/subjects?limit=2&cursor="+next), 409, law.ScopeChanged)
}

// What is asked wrongly is refused with what there is, and by a role that may not see the register.
func TestListsRefuseWhatTheyAreNotAskedRightly(t *testing.T) {
	w := newFixture(t)
	w.visit()
	for target, code := range map[string]law.Code{
		"/v1/findings?state=done": law.InvalidParameter, "/v1/findings?sort=level": law.InvalidParameter,
		"/v1/findings?q=a":     law.UnknownParameter,
		"/v1/findings?limit=0": law.InvalidParameter, "/v1/findings?limit=501": law.InvalidParameter,
		"/v1/findings?county=1":                          law.InvalidParameter,
		"/v1/findings?since=2020-01-02&until=2020-01-01": law.InvalidParameter,
		"/v1/inspections?sort=entry&since=2020-01-02":    law.InvalidParameter,
		"/v1/subjects?q=a&sort=entry":                    law.InvalidParameter, "/v1/findings?as_of=99999": law.BeyondHead,
		"/v1/findings?shade=red": law.UnknownParameter,
		"/v1/findings?total=all": law.InvalidParameter, "/v1/findings?subject=%20": law.InvalidParameter,
	} {
		w.want(w.get(office, target), 400, code)
	}
	for _, target := range []string{"/v1/findings", "/v1/tips", "/v1/subjects", "/v1/people"} {
		w.want(w.get("city-government", target), 403, law.Forbidden)
	}
	w.want(w.get("inspector", "/v1/tips"), 403, law.Forbidden)
	// who has the permission may see the register, and nobody else
	for _, l := range slices.DeleteFunc(slices.Clone(tables.Lists), func(l *tables.List) bool { return l.Own }) {
		for _, r := range event.Roles {
			sees := l.Of.MaySee(r)
			if r == event.RoleInspectedParty {
				sees = l.Of.ByParty()
			}
			single := identity.Can(r, identity.ReadEvents) || l.Name == "subjects" && identity.Can(r, identity.ReadSubjects)
			if may := identity.Can(r, cmp.Or(readsList[l.Name], identity.ReadEvents)); may && !sees || sees && single && !may &&
				l.Name != "subjects" {
				t.Errorf("%s as %s: permission %t, register %t", l.Name, r, may, sees)
			}
		}
		w.want(w.get(office, "/v1/"+l.Name+"?total=exact&limit=1"), 200, "")
	}
}

// badReports is a report database that lags, or takes too long.
type badReports struct {
	Reports
	position uint64
	err      error
}

func (b badReports) Status() reportdb.Status               { return reportdb.Status{Position: b.position} }
func (b badReports) WaitFor(context.Context, uint64) error { return b.err }
func (b badReports) Ask(context.Context, reportdb.Question) (*reportdb.Conn, error) {
	return nil, b.err
}

// A list without a database, or with one that is not built, lags or takes too long, says so, and when to come again.
func TestListsSayWhyTheyDoNotAnswer(t *testing.T) {
	for _, c := range []struct {
		reports Reports
		status  int
		code    law.Code
	}{
		{nil, 503, law.NoReports}, {badReports{err: context.DeadlineExceeded}, 503, law.ReportsBehind},
		{badReports{err: reportdb.ErrTooLong, position: 1 << 20}, 503, law.ReportsBehind},
	} {
		w := newFixture(t, func(cfg *Config) { cfg.Reports = c.reports })
		a := w.want(w.get(office, "/v1/findings"), c.status, c.code)
		if c.status == 503 && a.Header.Get("Retry-After") == "" {
			t.Errorf("%s has no Retry-After", c.code)
		}
	}
	if err := reportError(errors.Join(errors.New("a list"), reportdb.ErrTooLong)); problemOf(err).Code != law.ReportTooLarge {
		t.Errorf("%v", err)
	}
	w := newFixture(t, func(cfg *Config) { cfg.Reports = slowReports{cfg.Reports} })
	w.want(w.get(office, "/v1/findings"), 422, law.ReportTooLarge)
}

// slowReports takes too long for any question.
type slowReports struct{ Reports }

func (slowReports) Ask(context.Context, reportdb.Question) (*reportdb.Conn, error) {
	return nil, reportdb.ErrTooLong
}
