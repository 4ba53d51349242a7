package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
)

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// routesOf lists the declared routes.
func routesOf(w *fixture) []*route { return w.Handler.routes(newDocument()) }

func TestEveryRoleGetsEveryRouteExactlyAsThePermissionTableSays(t *testing.T) {
	w := newFixtureWith(t, withReports(t))
	w.visit()
	w.party("s-own")
	for _, rt := range routesOf(w) {
		target := parameter.ReplaceAllString(rt.path, "000")
		for _, token := range append([]string{"", "forged"}, roleNames()...) {
			accept := mediaJSON
			a := w.do(token, rt.method, target, "", "Accept", accept)
			status := a.StatusCode
			allowed := rt.need == "" || identity.Can(event.Role(token), rt.need)
			switch {
			case rt.path == "/metrics": // its own rule: see TestMetricsAreForThisMachine
			case rt.need != "" && (token == "" || token == "forged"):
				if status != http.StatusUnauthorized {
					t.Errorf("%s %s without a valid token: %d", rt.method, target, status)
				}
			case allowed && (status == http.StatusUnauthorized || status == http.StatusForbidden):
				t.Errorf("%s %s as %q: %d, but the table grants %s", rt.method, target, token, status, rt.need)
			case !allowed && status != http.StatusForbidden:
				t.Errorf("%s %s as %q: %d, but the table does not grant %s", rt.method, target, token, status, rt.need)
			}
			if status >= 500 {
				t.Errorf("%s %s as %q: %d %s", rt.method, target, token, status, a.body)
			}
		}
	}
}

func roleNames() []string {
	var names []string
	for _, r := range event.Roles {
		names = append(names, string(r))
	}
	return names
}

// openAPI is what the tests look at in the document.
type openAPI struct {
	OpenAPI string `json:"openapi"`
	Info    struct{ Title, Version string }
	Paths   map[string]map[string]struct {
		OperationID string                `json:"operationId"`
		Summary     string                `json:"summary"`
		Security    []map[string][]string `json:"security"`
		Parameters  []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		Responses map[string]struct {
			Description string
			Content     map[string]struct{ Schema map[string]any }
		}
	}
	Components struct{ Schemas map[string]any }
}

func TestTheDocumentListsEveryRouteOfTheRouterAndNoOther(t *testing.T) {
	w := newFixture(t)
	doc := decode[openAPI](w, w.want(w.get("", "/openapi.json"), 200, ""))
	served := map[string]bool{}
	w.must(chi.Walk(w.mux, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		served[method+" "+strings.TrimSuffix(path, "*")] = true
		return nil
	}))
	documented := map[string]bool{}
	for path, operations := range doc.Paths {
		for method := range operations {
			if strings.HasPrefix(path, "/tile/") {
				path = strings.TrimSuffix(path, "{n}")
			}
			documented[strings.ToUpper(method)+" "+path] = true
		}
	}
	for r := range served {
		if !documented[r] {
			t.Errorf("%s is served but not documented", r)
		}
	}
	for r := range documented {
		if !served[r] {
			t.Errorf("%s is documented but not served", r)
		}
	}
	if len(served) < 25 {
		t.Errorf("only %d routes", len(served))
	}
}

func TestTheDocumentIsSoundOpenAPI31(t *testing.T) {
	w := newFixture(t)
	raw := w.get("", "/openapi.json").body
	doc := decode[openAPI](w, answer{body: raw})
	if doc.OpenAPI != "3.1.0" || doc.Info.Title == "" || doc.Info.Version == "" {
		t.Errorf("head %+v", doc.Info)
	}
	ids := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			at := method + " " + path
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || op.Security == nil {
				t.Errorf("%s: operationId %q, summary %q, security %v", at, op.OperationID, op.Summary, op.Security)
			}
			ids[op.OperationID] = true
			var inPath []string
			for _, p := range op.Parameters {
				if p.Schema == nil || p.Name == "" {
					t.Errorf("%s: parameter %+v", at, p)
				}
				if p.In == "path" {
					inPath = append(inPath, "{"+p.Name+"}")
				}
			}
			want := parameter.FindAllString(path, -1)
			slices.Sort(want)
			slices.Sort(inPath)
			if !slices.Equal(want, inPath) {
				t.Errorf("%s: path parameters %v are declared", at, inPath)
			}
			for status, r := range op.Responses {
				media := mediaProblem
				if status < "400" || path == "/readyz" { // whose 503 is the readiness
					media = ""
				}
				if r.Description == "" || len(r.Content) == 0 && status != "304" || media != "" && r.Content[media].Schema == nil {
					t.Errorf("%s: response %s %+v", at, status, r)
				}
			}
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
		name, ok := strings.CutPrefix(ref[1], "#/components/schemas/")
		if !ok || doc.Components.Schemas[name] == nil {
			t.Errorf("reference %s leads nowhere", ref[1])
		}
	}
}

func TestAViewsAnswerHasTheMembersItsSchemaSays(t *testing.T) {
	w := newFixture(t)
	w.visit()
	doc := decode[openAPI](w, w.get("", "/openapi.json"))
	for path, target := range map[string]string{
		"/v1/subjects/{id}": "/v1/subjects/s-1", "/v1/subjects": "/v1/subjects", "/v1/teams/{id}": "/v1/teams/t-1", "/v1/teams": "/v1/teams",
		"/v1/city": "/v1/city", "/v1/counties": "/v1/counties", "/v1/assured": "/v1/assured", "/v1/counties/{code}": "/v1/counties/610902",
		"/v1/inspections/{id}": "/v1/inspections/" + visit1,
		"/v1/log":              "/v1/log", "/v1/receipts/{index}": "/v1/receipts/0", "/v1/proofs/consistency": "/v1/proofs/consistency?old=1",
		"/readyz": "/readyz", "/v1/limits": "/v1/limits",
	} {
		got := decode[map[string]any](w, w.want(w.get(office, target), 200, ""))
		ref, _ := doc.Paths[path]["get"].Responses["200"].Content[mediaJSON].Schema["$ref"].(string)
		schema, _ := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
		properties, _ := schema["properties"].(map[string]any)
		for name := range got {
			if properties[name] == nil {
				t.Errorf("%s answers with %q, which its schema %q lacks", target, name, ref)
			}
		}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, ok := got[name.(string)]; !ok && name != "recorded" {
				t.Errorf("%s lacks %q, which its schema requires", target, name)
			}
		}
	}
}

func TestEveryProblemHasTheFormItsSchemaSays(t *testing.T) {
	for _, r := range append(statuses, rowOf(law.ClosingNeedsCopies)) {
		said := r.problem(law.Collect(law.Str("x", "y"), law.List("z", []string{"a", "b"})))
		said.refusal.Open = []event.Unmet{{Code: r.code, Rules: []law.Rule{law.R43}, Values: law.Collect(law.Int("n", 1))}}
		said.say(law.InChinese)
		raw := said.append(nil)
		var p Problem
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		if again := p.append(nil); string(again) != string(raw) || p.Status < 400 || p.Title == "" || p.Detail == "" || p.Remedy == "" ||
			len(p.Open) != 1 {
			t.Errorf("%s", raw)
		}
	}
}

func TestTheCatalogueIsServedWithRolesAndSchemas(t *testing.T) {
	w := newFixture(t)
	got := decode[struct {
		Types []struct {
			Type, Kind, Chinese, Doc string
			Roles                    []string
			Schema                   map[string]any
		}
		Defs map[string]any `json:"$defs"`
	}](w, w.want(w.get("", "/v1/types"), 200, ""))
	if len(got.Types) != len(w.cat.All()) {
		t.Fatalf("%d types, the catalogue has %d", len(got.Types), len(w.cat.All()))
	}
	for i, typ := range got.Types {
		if typ.Type != w.cat.All()[i].String() || typ.Chinese == "" || typ.Roles == nil || typ.Schema["properties"] == nil &&
			len(typ.Schema) == 0 {
			t.Errorf("%+v", typ)
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/\$defs/([^"]+)"`).FindAllStringSubmatch(string(w.get("", "/v1/types").body), -1) {
		if got.Defs[ref[1]] == nil {
			t.Errorf("reference %s leads nowhere", ref[1])
		}
	}
}

func TestTheViewerAndThePagesNeedNothingFromElsewhere(t *testing.T) {
	w := newFixture(t)
	elsewhere := regexp.MustCompile(`(?:src|href)="https?://`)
	for _, target := range []string{"/", "/docs", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		a := w.want(w.get("", target), 200, "")
		if !strings.HasSuffix(target, ".js") && elsewhere.Match(a.body) {
			t.Errorf("%s refers to another site", target)
		}
		if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "http") || csp == "" {
			t.Errorf("%s: policy %q", target, csp)
		}
	}
	if page := string(w.get("", "/").body); !strings.Contains(page, "追加事件") || !strings.Contains(page, "/v1/events") {
		t.Errorf("the index lists nothing: %.300s", page)
	}
}

func TestAQueryMustBeUnderstoodWhole(t *testing.T) {
	w := newFixture(t)
	w.want(w.get(office, "/v1/events?cuonty=610902"), 400, law.UnknownParameter)
	w.want(w.get(office, "/v1/events?county=610902&county=610921"), 400, law.InvalidParameter)
	w.want(w.get(office, "/v1/events?limit=1e3"), 400, law.InvalidParameter)
	w.want(w.get(office, "/v1/city?occurred_until=2019-12-02"), 400, law.UnknownParameter)
	w.want(w.get(office, "/v1/nothing"), 404, law.NotFound)
	w.want(w.do(office, "DELETE", "/v1/events", ""), 405, law.MethodNotAllowed)
}

func TestMetricsAreForThisMachineAndWhoMayReadThem(t *testing.T) {
	w := newFixture(t)
	w.want(w.get("", "/metrics"), 401, law.Unauthenticated)
	w.want(w.get("inspector", "/metrics"), 403, law.Forbidden)
	a := w.want(w.get("admin", "/metrics"), 200, "")
	if !strings.Contains(string(a.body), "anjian_http_requests_total") || !strings.Contains(string(a.body), "anjian_ledger_entries") {
		t.Errorf("%s", a.body)
	}
}

// Every sample of the metrics stands under the type and the meaning of its family, and the family
// in one place, as Prometheus wants it.
func TestMetricsSayWhatTheyAre(t *testing.T) {
	w := newFixture(t)
	w.want(w.post(office, w.subject("s-1")), 201, "")
	w.want(w.get("", "/v1/nothing"), 404, law.NotFound)
	text := string(w.want(w.get("admin", "/metrics"), 200, "").body)
	seen, family := map[string]bool{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch f := strings.SplitN(line, " ", 4); {
		case strings.HasPrefix(line, "# HELP "):
			if family = f[2]; seen[family] || len(f) < 4 || f[3] == "" {
				t.Errorf("%q", line)
			}
			seen[family] = true
		case strings.HasPrefix(line, "# TYPE "):
			if f[2] != family || !slices.Contains([]string{"counter", "gauge", "histogram"}, f[3]) {
				t.Errorf("%q under %s", line, family)
			}
		case !regexp.MustCompile(`^` + family + `(_bucket|_sum|_count)?(\{[^}]*\})? \S+$`).MatchString(line):
			t.Errorf("%q under %s", line, family)
		}
	}
	for _, want := range []string{"anjian_commit_seconds_count ", `anjian_http_problems_total{code="not-found"} 1`,
		`anjian_http_duration_seconds_bucket{kind="append",le="`} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("no %s", want)
		}
	}
	if m := regexp.MustCompile(`\nanjian_commit_seconds_sum (\S+)\nanjian_commit_seconds_count (\d+)\n`).FindStringSubmatch(text); m == nil ||
		m[1] == "0" || m[2] == "0" {
		t.Errorf("commits: %v", m)
	}
}
