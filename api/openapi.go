package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
	"github.com/swaggest/swgui/v5emb"

	"github.com/anjian-ledger/anjian/docs"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/projections"
)

// The media types of this API.
const (
	mediaJSON    = "application/json"
	mediaEvent   = "application/cloudevents+json"
	mediaBatch   = "application/cloudevents-batch+json"
	mediaSigned  = "application/vnd.anjian.signed-events+ndjson"
	mediaNDJSON  = "application/x-ndjson"
	mediaSSE     = "text/event-stream"
	mediaText    = "text/plain; charset=utf-8"
	mediaBytes   = "application/octet-stream"
	mediaProblem = "application/problem+json"
	mediaHTML    = "text/html; charset=utf-8"
	mediaYAML    = "application/yaml"
)

// document is the OpenAPI 3.1 description while it is being built. Schemas come from the
// Go types that the handlers answer with.
type document struct {
	huma.OpenAPI
	schemas huma.Registry
}

func newDocument() *document {
	d := &document{schemas: newRegistry(componentsRoot)}
	d.schemas.RegisterTypeAlias(reflect.TypeFor[projections.Integer](), reflect.TypeFor[int64]()) // a JSON number
	d.OpenAPI = huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Anjian 安鉴", Version: "1",
			Description: "Event-sourced audit ledger for inspection records. 检查记录的事件溯源审计账本。\n\n" +
				"Every answer about the past states position, root and recorded time, so that it can be asked for again and proven.",
			License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Servers: []*huma.Server{{URL: "/", Description: "the server that this description comes from"}},
		Components: &huma.Components{
			Schemas:         d.schemas,
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "anjian token --role …"}},
		},
	}
	return d
}

// renamed are the types whose name another type has, too.
var renamed = map[reflect.Type]string{
	reflect.TypeFor[projections.Deviation]():   "StoredDeviation",
	reflect.TypeFor[projections.Explanation](): "DeviationExplanation",
}

// schemaName is the name of a type without its package. Two of one name are a panic, when the
// document is made.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name := renamed[t]; name != "" {
		return name
	}
	if t.Name() == "" {
		return hint
	}
	return punctuation.Replace(t.Name())
}

// punctuation stands in the names of generic types.
var punctuation = strings.NewReplacer("[", "", "]", "", "*", "", "/", "", ",", "", ".", "")

// schemaOf returns the schema of a Go type, by reference when it is a struct.
func (d *document) schemaOf(v any) *huma.Schema {
	return d.schemas.Schema(reflect.TypeOf(v), true, "")
}

// add describes rt. Faults that every route can have are added to its own.
func (d *document) add(rt *route) {
	op := &huma.Operation{
		Method: rt.method, Path: rt.path, OperationID: rt.id, Tags: []string{rt.tag},
		Summary: rt.summary + " " + rt.chinese, Description: rt.doc,
		Parameters: rt.params, Responses: map[string]*huma.Response{},
	}
	codes := slices.Concat([]law.Code{law.Internal, law.BadRequest, law.UnknownParameter}, rt.codes)
	if rt.need != "" {
		op.Security = []map[string][]string{{"token": {}}}
		var roles []string
		for _, r := range event.Roles {
			if identity.Can(r, rt.need) {
				roles = append(roles, string(r))
			}
		}
		op.Description += "\n\nRoles 角色: " + strings.Join(roles, ", ") + "."
		codes = append(codes, law.Unauthenticated, law.Forbidden, law.DetachedFromUnit, law.OverShare)
	} else {
		op.Security = []map[string][]string{{}}
	}
	if rt.costly {
		codes = append(codes, law.TooManyReads, law.OverShare)
	}
	if rt.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: content(rt.body)}
	}
	success := rt.status
	if success == 0 {
		success = http.StatusOK
	}
	op.Responses[strconv.Itoa(success)] = &huma.Response{Description: http.StatusText(success), Content: content(rt.answers),
		Headers: rt.headers}
	if success == http.StatusCreated {
		op.Responses["200"] = &huma.Response{Description: "OK: it was there already", Content: content(rt.answers), Headers: rt.headers}
	}
	d.addProblems(op, codes)
	if rt.down != nil {
		op.Responses["503"] = &huma.Response{Description: http.StatusText(http.StatusServiceUnavailable), Content: content(rt.down)}
	}
	rt.describeReading(op)
	d.AddOperation(op)
}

func (d *document) addProblems(op *huma.Operation, codes []law.Code) {
	slices.Sort(codes)
	byStatus := map[int][]string{}
	for _, code := range slices.Compact(codes) {
		status, text := rowOf(code).status, textOf(code)
		byStatus[status] = append(byStatus[status], string(code)+" ("+text.TitleZH+")")
	}
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status) + ": " + strings.Join(byStatus[status], ", "),
			Content:     content(map[string]*huma.Schema{mediaProblem: d.schemaOf(Problem{})}),
		}
		headers := maps.Clone(inLanguage)
		switch status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			headers["Retry-After"] = &huma.Param{Description: "seconds to wait", Schema: number(1 << 31)}
		case http.StatusUnauthorized:
			headers["WWW-Authenticate"] = headerOf("Bearer")
		}
		op.Responses[strconv.Itoa(status)].Headers = headers
	}
}

func content(byType map[string]*huma.Schema) map[string]*huma.MediaType {
	if byType == nil {
		return nil
	}
	m := map[string]*huma.MediaType{}
	for mediaType, s := range byType {
		mediaType, _, _ = strings.Cut(mediaType, ";") // a key with a parameter is found by no client
		m[mediaType] = &huma.MediaType{Schema: s}
	}
	return m
}

// headerOf describes a header of an answer.
func headerOf(doc string) *huma.Param { return &huma.Param{Description: doc, Schema: text()} }

// inLanguage are the headers of an answer with texts for people.
var inLanguage = map[string]*huma.Param{
	"Content-Language": headerOf("zh-CN or en: the language of the texts, by Accept-Language"),
	"Vary":             headerOf("Accept-Language"),
}

// withHeaders are inLanguage and others, pairs of name and description.
func withHeaders(pairs ...string) map[string]*huma.Param {
	all := maps.Clone(inLanguage)
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = headerOf(pairs[i+1])
	}
	return all
}

// newRegistry makes a registry that knows the types whose JSON form their methods give.
func newRegistry(prefix string) huma.Registry {
	r := huma.NewMapRegistry(prefix, schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[law.Values](), reflect.TypeFor[valuesSchema]())
	return r
}

// valuesSchema stands for [law.Values] in schemas.
type valuesSchema map[string]any

// Schema implements huma.SchemaProvider.
func (valuesSchema) Schema(huma.Registry) *huma.Schema {
	most, least := float64(event.Values.Max), float64(event.Values.Min)
	one := &huma.Schema{OneOf: []*huma.Schema{text(), {Type: huma.TypeInteger, Format: "int64", Minimum: &least, Maximum: &most},
		list(text())}}
	return &huma.Schema{Type: huma.TypeObject, Description: "what was compared, by name", AdditionalProperties: one}
}

// Builders of parameters and schemas.

func queryParam(name, doc string, s *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: s}
}

func headerParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: doc, Schema: text()}
}

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Description: doc, Required: true, Schema: text()}
}

func text() *huma.Schema { return &huma.Schema{Type: huma.TypeString} }

func binary() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

func number(limit uint64) *huma.Schema {
	least, most := 0.0, float64(limit)
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: &least, Maximum: &most}
}

// object is a schema of members that are not a Go struct, in the order of pairs.
func object(doc string, pairs ...any) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Description: doc, Properties: map[string]*huma.Schema{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Properties[pairs[i].(string)] = pairs[i+1].(*huma.Schema)
	}
	return s
}

func list(items *huma.Schema) *huma.Schema { return &huma.Schema{Type: huma.TypeArray, Items: items} }

// viewerCSP lets the embedded viewer run its own scripts and styles, and nothing from
// elsewhere.
const viewerCSP = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

// documentRoutes serve the description itself.
func (a *Handler) documentRoutes() []*route {
	show := (&pages{from: v5emb.New("Anjian 安鉴", "/openapi.json", "/docs/")}).show
	return []*route{
		{method: "GET", path: "/openapi.json", id: "openapi-json", tag: "about", summary: "This description", chinese: "接口描述",
			answers: map[string]*huma.Schema{mediaJSON: {Type: huma.TypeObject}},
			handle:  func(c *call) error { return c.made(mediaJSON, a.openAPIJSON) }},
		{method: "GET", path: "/openapi.yaml", id: "openapi-yaml", tag: "about", summary: "This description", chinese: "接口描述",
			answers: map[string]*huma.Schema{mediaYAML: text()},
			handle:  func(c *call) error { return c.made(mediaYAML, a.openAPIYAML) }},
		{method: "GET", path: "/docs", id: "docs", tag: "about", summary: "Viewer of this description", chinese: "接口文档",
			answers: map[string]*huma.Schema{mediaHTML: text()}, handle: show},
		{method: "GET", path: "/docs/verify", id: "docs-verify", tag: "about", summary: "Verify a receipt yourself", chinese: "自行核验",
			doc:     "One page (Markdown) that needs nothing else: what a receipt is, what is computed, and sixty lines of JavaScript that do it.",
			answers: map[string]*huma.Schema{mediaText: text()}, handle: func(c *call) error { c.body(mediaText, docs.Verify); return nil }},
		{method: "GET", path: "/docs/{file}", id: "docs-file", tag: "about", summary: "A file of the viewer", chinese: "文档资源",
			params:  []*huma.Param{pathParam("file", "name")},
			answers: map[string]*huma.Schema{"*/*": binary()}, handle: show},
	}
}

// neverNull says of the lists of answers that they are lists: an empty one is written [].
func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	neverNull(s.Items)
	for _, p := range s.Properties {
		neverNull(p)
	}
}

// encode writes the finished document.
func (d *document) encode() ([]byte, error) {
	// The member that generated clients show as the message of an error.
	d.schemas.Map()["Problem"].Properties["detail"].Extensions = map[string]any{"x-ms-primary-error-message": true}
	for _, s := range d.schemas.Map() {
		neverNull(s)
	}
	b, err := json.Marshal(&d.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return b, nil
}

// encodeYAML is the document as YAML.
func (a *Handler) encodeYAML() ([]byte, error) {
	raw, err := a.openAPIJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := yaml.Convert(&b, bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return b.Bytes(), nil
}

// made answers with what make returns.
func (c *call) made(mediaType string, make func() ([]byte, error)) error {
	b, err := make()
	if err != nil {
		return err
	}
	c.body(mediaType, b)
	return nil
}
