package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// beyond names what the server refuses although a schema allows it: no schema can say it. The
// description of each schema says so. Every name must be met, so that the list stays true.
var beyond = map[string]string{
	"calendar":     "a date that its month does not have",
	"year in UTC":  "a time whose year as written is one beside that of UTC",
	"spelling":     "a number with fraction, exponent or minus zero: to JSON Schema 1.0 and 1e0 are integers",
	"astral":       "characters beyond U+FFFF that are no text: engines of patterns disagree about them",
	"astral blank": "a required text of variation selectors beyond U+FFFF alone",
	"bytes":        "an origin is bounded in bytes",
	"names":        "a name that stands twice in an object",
}

// together names what members say together, by the fault that the server tells.
var together = map[string]*regexp.Regexp{
	"stated or unknown":     regexp.MustCompile(`: .* is stated; a member is stated or named in unknown$`),
	"required or unknown":   regexp.MustCompile(`: required; if it is not known, leave it out and name it in unknown$`),
	"region of an import":   regexp.MustCompile(`^unknown: only the region of an imported subject may be unknown$`),
	"fine":                  regexp.MustCompile(`^fine: belongs to kind fine only$`),
	"reason why not":        regexp.MustCompile(`^reason: required for answer not-applicable$`),
	"who a token must name": regexp.MustCompile(`^(person|team|county|unit): required for role [a-z-]+$`),
	"injured":               regexp.MustCompile(`injured: \d+, and \d+ of them seriously; injured counts all$`),
	"order of times":        regexp.MustCompile(`^(end: must be after start|to: must be after from)$`),
	"signers":               regexp.MustCompile(`^signers: ".*" stands twice$`),
	"rows of a table":       regexp.MustCompile(`^[a-z]+\.\d+: ".*" is listed twice$`),
	"table and its rows":    regexp.MustCompile(`^[a-z]+: (belongs to|required for) the table [a-z-]+$`),
	"parts of a table":      regexp.MustCompile(`^part(\.number)?: (part \d+ of \d+: at most|a year comes whole)`),
	"calendar of a year": regexp.MustCompile(`^calendar\.(holidays|worked)\.\d+(\.to)?: ` +
		`(overlaps|does not lie|more than|is a day off|is worked|must not be)`),
	"findings of a visit":    regexp.MustCompile(`^findings: required with a visit, and only there$`),
	"matter handed over":     regexp.MustCompile(`^(tip|inspection|finding|case|due): required for the matter [a-z]+$`),
	"supervision by listing": regexp.MustCompile(`^(document_no|until): required for the manner listed$`),
	"order of numbers":       regexp.MustCompile(`^last: must not be below first$`),
	"one content":            regexp.MustCompile(`^fact: \d+ members have a content;`),
	"what is updated":        regexp.MustCompile(`^(nothing is stated that changes|uscc: required)$`),
	"successor":              regexp.MustCompile(`^successor: (required|what is dissolved has no successor)$`),
	"one currency":           regexp.MustCompile(`investment\.actual\.currency: must be the currency of required$`),
	"end of a listing":       regexp.MustCompile(`^until: must be after from$`),
	"order of dates":         regexp.MustCompile(`^([a-z]+(\.\d+)?\.)?to: must not be before from$`),
	"what is said of a yes":  regexp.MustCompile(`^(grounds|findings): must be named where there is (fault|a problem), and only there$`),
}

// TestSchemaAndServerAgree takes every member of every type, at every depth, to the ends of what
// it may be and one step beyond. Parser and schema must agree with the declaration and with each
// other; the schemas are those that are served, judged by a validator that is not ours. One sample
// of each kind of case goes over HTTP.
func TestSchemaAndServerAgree(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	a := &agreement{T: t, client: s.as("supervision-office"), met: map[string]bool{}, sampled: map[string]bool{}, seen: map[string]bool{},
		bodies: map[*field.Shape]bool{}}
	for _, typ := range domain.Catalogue().All() {
		a.bodies[field.ShapeOf(typ.New())] = true
	}
	served := servedSchemas(t, a.client, false)
	strict := servedSchemas(t, a.client, true)
	for _, g := range goldens(t) {
		shape := field.ShapeOf(g.typ.New())
		g.data = withUnknown(g.data, shape)
		a.golden, a.schema, a.strict = g, served[g.typ.String()], strict[g.typ.String()]
		a.see(shape, g.data)
		if g.typ.Name == "check-answered" { // its golden event says yes
			unfounded := altered(altered(g.data, []any{"answer"}, "not-applicable"), []any{"reason"}, "")
			a.try(spot{shape: shape}, instance{"no reason why not", unfounded, true, ""})
		}
		for _, n := range append([]spot{{shape: shape}}, g.spots()...) {
			for _, c := range cases(n, at(g.data, n.path)) {
				a.try(n, c)
			}
			if n.field != nil {
				a.try(n, instance{"left out", nothing, !n.field.Required, ""})
			}
		}
	}
	for _, typ := range domain.Catalogue().All() {
		a.unseen(field.ShapeOf(typ.New()))
	}
	for name := range beyond {
		if !a.met[name] {
			t.Errorf("%q is not met: does a schema say it now?", name)
		}
	}
	for name := range together {
		if !a.met[name] {
			t.Errorf("%q is not met", name)
		}
	}
	t.Logf("%d instances, %d over HTTP; %d allowed", a.n, len(a.sampled), a.allowed)
	if a.n < 20_000 || a.allowed < a.n/10 || len(a.sampled) < 100 {
		t.Error("that is too few")
	}
}

type agreement struct {
	*testing.T
	golden
	client         *client
	schema, strict *jsonschema.Schema
	met, sampled   map[string]bool
	seen           map[string]bool // members that a golden body has
	bodies         map[*field.Shape]bool
	n, allowed     int
}

// instance is a value for a spot, and whether it is allowed.
type instance struct {
	what   string
	value  any
	allow  bool
	beyond string // the name of what no schema can say: refused, and allowed by the schema
}

// try puts an instance into its place and asks parser and schema.
func (a *agreement) try(n spot, c instance) {
	a.n++
	data := altered(a.golden.data, n.path, c.value)
	raw, err := json.Marshal(data)
	must(a.T, err)
	if c.beyond == "names" { // maps have each name once
		raw = c.value.(json.RawMessage)
		if len(n.path) > 0 {
			return
		}
	}
	event := slices.Clone(raw)
	a.golden.all["data"] = json.RawMessage(event)
	whole, err := json.Marshal(a.golden.all)
	must(a.T, err)
	_, err = entry.ParseEvent(whole, a.golden.cat)
	server := a.accepts(err)
	value, err2 := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	must(a.T, err2)
	valid := a.schema.Validate(value)
	switch {
	case c.beyond != "":
		a.met[c.beyond] = true
		if server || valid != nil {
			a.Errorf("%s %s: %s %.80v is beyond schemas (%s): %v; schema: %v", a.typ, n, c.what, c.value, c.beyond, err, valid)
		}
	case server != c.allow || (valid == nil) != c.allow:
		a.Errorf("%s %s: %s %.80v, allowed %v\nserver: %v\nschema: %v", a.typ, n, c.what, c.value, c.allow, err, valid)
	case c.allow && a.strict.Validate(value) != nil:
		a.Errorf("%s %s: %s %.80v: a format forbids it", a.typ, n, c.what, c.value)
	}
	if c.allow {
		a.allowed++
	}
	a.sample(n, c, whole)
}

// accepts reports whether all that the parser has against an event is what members say together.
func (a *agreement) accepts(err error) bool {
	if err == nil {
		return true
	}
	for line := range strings.Lines(strings.TrimPrefix(err.Error(), "data of "+a.typ.String()+": ")) {
		line = strings.TrimSuffix(line, "\n")
		name := ""
		for k, pattern := range together {
			if pattern.MatchString(line) {
				name = k
			}
		}
		if name == "" {
			return false
		}
		a.met[name] = true
	}
	return true
}

// sample posts the first instance of each kind of case.
func (a *agreement) sample(n spot, c instance, whole []byte) {
	kind := fmt.Sprint(n.shape.Form, c.what, c.allow)
	if a.sampled[kind] {
		return
	}
	a.sampled[kind] = true
	status, answer := a.client.with("Content-Type", oneEvent).do("POST", "/v1/events", whole)
	code := problemOf(answer).Code
	refused := status == 422 && code == "invalid-data" || status == 400 && code == "malformed-json"
	if refused == c.allow && !(c.allow && a.accepts(errorOf(answer))) || status >= 500 {
		a.Errorf("%s %s: %s %.80v, allowed %v: %d %s", a.typ, n, c.what, c.value, c.allow, status, answer)
	}
}

// errorOf is what the server has against a body, as the parser says it.
func errorOf(answer []byte) error {
	var lines []string
	for _, f := range problemOf(answer).Fields {
		lines = append(lines, strings.TrimPrefix(f.Field, "data.")+": "+f.Detail)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// servedSchemas compiles what GET /v1/types answers. By JSON Schema 2020-12 formats forbid
// nothing; strict lets them.
func servedSchemas(t *testing.T, c *client, strict bool) map[string]*jsonschema.Schema {
	var catalogue struct {
		Types []struct {
			Type   string
			Schema map[string]any
		}
		Defs map[string]any `json:"$defs"`
	}
	c.get("/v1/types", &catalogue)
	for _, typ := range catalogue.Types {
		if text := fmt.Sprint(typ.Schema["description"]); !strings.Contains(text, "Beyond this schema") || typ.Schema["title"] == "" {
			t.Errorf("%s: the description does not say what the schema leaves to the server: %s", typ.Type, text)
		}
		if catalogue.Defs[typ.Type] != nil {
			t.Errorf("the name of %s is that of a schema that others refer to", typ.Type)
		}
		catalogue.Defs[typ.Type] = typ.Schema
	}
	defined := compiler(t, map[string]any{"$defs": catalogue.Defs}, strict)
	all := map[string]*jsonschema.Schema{}
	for _, typ := range catalogue.Types {
		all[typ.Type] = defined("#/$defs/" + typ.Type)
	}
	return all
}

// compiler returns what compiles the schema at a pointer into a document.
func compiler(t *testing.T, document any, strict bool) func(pointer string) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	if strict {
		c.AssertFormat()
	}
	must(t, c.AddResource("test:schema", document))
	return func(pointer string) *jsonschema.Schema {
		s, err := c.Compile("test:schema" + pointer)
		must(t, err)
		return s
	}
}

// TestOpenAPITypesTheDataOfEveryEvent: the description of the request is a schema of events, too.
func TestOpenAPITypesTheDataOfEveryEvent(t *testing.T) {
	t.Parallel()
	c := start(t, t.TempDir()).client("")
	_, raw := c.do("GET", "/openapi.json", nil)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	must(t, err)
	schema := compiler(t, document, true)("#/components/schemas/Event")
	for _, g := range goldens(t) {
		for what, data := range map[string]any{"": g.data, "another member": altered(g.data, []any{"no_such_member"}, 1)} {
			g.all["data"] = data
			b, err := json.Marshal(g.all)
			must(t, err)
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			must(t, err)
			if err := schema.Validate(value); (err == nil) != (what == "") {
				t.Errorf("%s %s: %v", g.typ, what, err)
			}
		}
	}
}

// see notes which declared members the golden bodies have.
func (a *agreement) see(shape *field.Shape, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, f := range shape.Fields {
			if x, ok := v[f.Name]; ok {
				a.seen[shape.Type+" "+f.Name] = true
				a.see(f.Shape, x)
			}
		}
	case []any:
		for _, x := range v {
			a.see(shape.Item, x)
		}
	}
}

// unseen fails for members that no golden body has: they were not tested.
func (a *agreement) unseen(shape *field.Shape) {
	for _, f := range shape.Fields {
		if a.bodies[f.Shape] { // a correction has the content of another event, which is tried there
			continue
		}
		if !a.seen[shape.Type+" "+f.Name] {
			a.Errorf("no golden event has %s of %s", f.Name, shape.Type)
		}
		a.unseen(f.Shape)
		if f.Shape.Item != nil {
			a.unseen(f.Shape.Item)
		}
	}
}

// withUnknown adds an empty list unknown wherever it may stand: golden events have all else.
func withUnknown(v any, shape *field.Shape) any {
	m, ok := v.(map[string]any)
	if !ok || shape.Form != field.Object {
		return v
	}
	m = maps.Clone(m)
	for _, f := range shape.Fields {
		if x, ok := m[f.Name]; ok {
			m[f.Name] = withUnknown(x, f.Shape)
		} else if f.Name == "unknown" {
			m[f.Name] = []any{}
		}
	}
	return m
}

func at(v any, path []any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(map[string]any)[p]
		case int:
			v = v.([]any)[p]
		}
	}
	return v
}
