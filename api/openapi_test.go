package api

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described is the document as a client reads it.
type described struct {
	Servers    []struct{ URL string }
	Components struct{ Schemas map[string]map[string]any }
	Paths      map[string]map[string]struct {
		Parameters []struct{ Name, In string }
		Responses  map[string]struct {
			Content map[string]any
			Headers map[string]any
		}
	}
}

// TestTheDescriptionIsWhatGeneratorsNeed: names that they keep apart, media types that they find,
// every answer that there is.
func TestTheDescriptionIsWhatGeneratorsNeed(t *testing.T) {
	w := newFixture(t)
	doc := decode[described](w, w.want(w.get("", "/openapi.json"), 200, ""))
	if len(doc.Servers) != 1 || doc.Servers[0].URL != "/" {
		t.Errorf("servers %v", doc.Servers)
	}
	seen := map[string]string{}
	for name := range doc.Components.Schemas {
		if other, twice := seen[strings.ToLower(name)]; twice || !regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`).MatchString(name) {
			t.Errorf("the schemas %s and %q", name, other)
		}
		seen[strings.ToLower(name)] = name
	}
	if strings.Contains(string(w.get("", "/openapi.json").body), `"array","null"`) {
		t.Error("a list may be null")
	}
	detail := doc.Components.Schemas["Problem"]["properties"].(map[string]any)["detail"].(map[string]any)
	if detail["x-ms-primary-error-message"] != true {
		t.Error("detail is not marked as the message")
	}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			for status, r := range op.Responses {
				for media := range r.Content {
					if strings.Contains(media, ";") {
						t.Errorf("%s %s %s: %s", method, path, status, media)
					}
				}
				if _, problem := r.Content[mediaProblem]; problem && (r.Headers["Content-Language"] == nil || r.Headers["Vary"] == nil ||
					(status == "429" || status == "503") != (r.Headers["Retry-After"] != nil)) {
					t.Errorf("%s %s %s has the headers %v", method, path, status, r.Headers)
				}
			}
			if _, created := op.Responses["201"]; created && op.Responses["200"].Content[mediaJSON] == nil {
				t.Errorf("%s %s: no 200 of a resend", method, path)
			}
		}
	}
	appended := doc.Paths["/v1/events"]["post"]
	for _, h := range []string{"ETag", "Location", "Content-Language", "Vary"} {
		if appended.Responses["201"].Headers[h] == nil || appended.Responses["200"].Headers[h] == nil {
			t.Errorf("an append answers without %s", h)
		}
	}
	if !strings.Contains(fmt.Sprint(appended.Parameters), "If-None-Match") || !strings.Contains(fmt.Sprint(appended.Parameters), "If-Match") {
		t.Errorf("%v", appended.Parameters)
	}
	// No list of an answer that is made once is null.
	for _, path := range []string{"/v1/rules", "/v1/types", "/v1/limits"} {
		if body := w.want(w.get("", path), 200, "").body; strings.Contains(string(body), ":null") {
			t.Errorf("%s has null", path)
		}
	}
}

// TestSchemaAndServerAgreeAboutAttributes: each at its ends and one step beyond.
func TestSchemaAndServerAgreeAboutAttributes(t *testing.T) {
	w := newFixture(t)
	var doc any
	w.must(json.Unmarshal(w.get("", "/openapi.json").body, &doc))
	c := jsonschema.NewCompiler()
	w.must(c.AddResource("file:///openapi.json", doc))
	schema, err := c.Compile("file:///openapi.json#/components/schemas/CloudEvent")
	w.must(err)
	entries, err := c.Compile("file:///openapi.json#/components/schemas/Entry")
	w.must(err)
	many := func(n int) string { return strings.Repeat("x", n) }
	n := 0
	try := func(name string, value any, allowed bool) {
		t.Helper()
		n++
		var e map[string]any
		w.must(json.Unmarshal([]byte(w.subject(fmt.Sprintf("a-%d", n))), &e))
		if e[name] = value; value == "absent" {
			delete(e, name)
		}
		raw, err := json.Marshal(e)
		w.must(err)
		a := w.post(desk, string(raw))
		if valid := schema.Validate(e); (a.StatusCode == 201) != allowed || (valid == nil) != allowed {
			t.Errorf("%s %.60v, allowed %v\nserver: %s\nschema: %v", name, value, allowed, a.body, valid)
		}
		if a.StatusCode == 201 {
			var entry any
			raw, err := w.ledger.Entry(t.Context(), decode[Receipts](w, a).Receipts[0].Index)
			w.must(err)
			w.must(json.Unmarshal(raw, &entry))
			w.must(entries.Validate(entry))
		}
	}
	for _, name := range []string{"specversion", "id", "source", "type", "subject", "time"} {
		try(name, "absent", false)
		try(name, "", false)
		try(name, 7.0, false)
	}
	try("source", many(512), true)
	try("source", many(513), false)
	for _, name := range []string{"correlationid", "deviceid", "originid"} {
		try(name, many(512), true)
		try(name, many(513), false)
		try(name, "", false)
	}
	try("expectedrevision", -1.0, true)
	try("expectedrevision", -2.0, false)
	try("expectedrevision", "absent", true)
	try("expectedrevision", float64(1<<31), false)
	try("timeprecision", "week", false)
	try("campaign", ".c", false)
	try("campaign", many(65), false)
	try("causationid", uuid.NewString(), true)
	try("causationid", strings.ToUpper(uuid.NewString()), false)
	try("ledger", "anjian.test/api/0a1b2c3d", true)
	try("ledger", many(513), false)
	try("keyprev", "x", false)
	try("keyseq", -1.0, false)
	try("dataschema", "https://example.cn/s", true)
	try("datacontenttype", mediaJSON, true)
	try("datacontenttype", "text/xml", false)
	try("subject", "subject/.x", false)
	try("subject", "subject/"+many(65), false)
	try("note", "x", true)
	try("note", true, true)
	try("note", 7.0, true)
}
