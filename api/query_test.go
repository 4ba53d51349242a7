package api

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/law"
)

// refused wants 400 for a query, and the parameter named.
func (w *fixture) refused(target string, code law.Code, parameter string) Problem {
	w.Helper()
	token := office
	if strings.HasPrefix(target, "/tile/entries/") {
		token = "discipline-commission"
	}
	p := decode[Problem](w, w.want(w.get(token, target), 400, code))
	if got, _ := p.Values.Get("parameter").Any().(string); got != parameter {
		w.Errorf("%s: the parameter is %q, want %q", target, got, parameter)
	}
	return p
}

// Whatever is asked for that is not there, is refused on every route and for every parameter of
// the table of routes, by name and with what there is: never an empty page, never everything.
func TestEveryParameterOfEveryRouteIsHeldAgainstItsDeclaration(t *testing.T) {
	w := newFixtureWith(t, withReports(t))
	w.visit()
	free := []string{"q"} // any text is a name
	for _, rt := range routesOf(w) {
		if rt.anyQuery || rt.method != "GET" {
			continue
		}
		base := strings.NewReplacer("000", "0").Replace(parameter.ReplaceAllString(rt.path, "000"))
		names := namesOf(rt.params)
		if rt.waits {
			names = append(names, waitFor)
		}
		own := rt.paramsOf != nil // what the path names has parameters of its own: report 3 has all common ones, and bands
		if own {
			base = strings.Replace(base, "/v1/reports/0", "/v1/reports/3", 1)
		}
		unknown := w.refused(base+"?cuonty=610902", law.UnknownParameter, "cuonty")
		allowed, _ := unknown.Values.Get("allowed").Any().([]string)
		if own {
			allowed = slices.DeleteFunc(allowed, func(name string) bool { return name == "age_bands" })
			slices.Sort(allowed)
			slices.Sort(names)
		}
		if !slices.Equal(allowed, names) {
			t.Errorf("%s: there are %v, and it says %v", base, names, allowed)
		}
		for _, name := range names {
			for _, sent := range []string{ // empty, in GBK, cut short, twice
				name + "=", name, name + "=%B0%B2", name + "=%", name + "=1&" + name + "=1"} {
				w.refused(base+"?"+sent, law.InvalidParameter, name)
			}
			if slices.Contains(free, name) {
				continue
			}
			if p := w.refused(base+"?"+name+"=a+b", law.InvalidParameter, name); !strings.Contains(p.Remedy, "%2B") {
				t.Errorf("%s: a plus sign: %q", name, p.Remedy)
			}
			if p := w.refused(base+"?"+name+"=/a%20word/", law.InvalidParameter, name); p.Values.Get("wanted").Any() == nil ||
				strings.Contains(p.Remedy, "%2B") {
				t.Errorf("%s: a wrong word: %+v", name, p)
			}
		}
	}
}

func TestAWrongWordIsToldWhatThereIs(t *testing.T) {
	w := newFixture(t)
	w.visit()
	for query, said := range map[string]string{
		"events?stream=visits": "campaign, team", "events?stream=enterprise/1": "inspection", "events?county=hanbin": "610902",
		"events?type=finding": "/v1/types", "events?limit=0": "from 1 to", "events?from=2&to=1": "not above",
		"events?recorded_from=2026-11-02&recorded_to=2026-11-01": "not above",
		"events?limit=1001": "from 0 to 1000", "city?as_of=yesterday": "a position", "city?as_of=2026-02-30": "a position",
		"subjects?limit=9999999":  "from 1 to",
		"events?person=%E7%8E%8B": "an id", "events?cursor=page%202": "cursor",
	} {
		name, _, _ := strings.Cut(query[strings.Index(query, "?")+1:], "=")
		if p := w.refused("/v1/"+query, law.InvalidParameter, name); !strings.Contains(p.Detail, said) {
			t.Errorf("%s: %q does not say %q", query, p.Detail, said)
		}
	}
	zh := w.get(office, "/v1/city?as_of=2026-11-23T09:30:00+08:00", "Accept-Language", "zh-CN")
	if p := decode[Problem](w, w.want(zh, 400, law.InvalidParameter)); !strings.Contains(p.Remedy, "%2B") ||
		!strings.Contains(p.Detail, "%2B08:00") {
		t.Errorf("%+v", p)
	}
	w.want(w.get(office, "/v1/city?as_of=2999-11-23T09:30:00%2B08:00"), 200, "")
	w.want(w.get(office, "/v1/subjects?q="+url.QueryEscape("示例 矿业")), 200, "")
	w.want(w.get(office, "/v1/subjects?q=a+b"), 200, "") // as forms write a space
}

// The declaration of a parameter is one that the reader knows.
func TestEveryParameterHasAFormThatIsHeldAgainst(t *testing.T) {
	w := newFixture(t)
	known := []string{formID, formStream, formType, formTime, formAsOf, formCursor, formDate, formRow, formRows}
	for _, rt := range routesOf(w) {
		for _, p := range rt.params {
			s := p.Schema
			switch {
			case p.In != "query" || p.Name == "q" || len(s.Enum) > 0:
			case s.Type == huma.TypeInteger && s.Minimum != nil && s.Maximum != nil:
			case s.Type != huma.TypeString || !slices.Contains(known, s.Format):
				t.Errorf("%s %s: %s has no form", rt.method, rt.path, p.Name)
			}
		}
	}
}
