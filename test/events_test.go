package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// eventsMarker ends the part of EVENTS.md that is written by hand.
const eventsMarker = "<!-- Below this line: go test ./test -run EventsDocument -update -->\n"

// TestEventsDocumentIsTheCatalogue renders the catalogue and compares it with EVENTS.md.
func TestEventsDocumentIsTheCatalogue(t *testing.T) {
	path := filepath.Join("..", "EVENTS.md")
	b, err := os.ReadFile(path)
	must(t, err)
	intro, have, ok := strings.Cut(string(b), eventsMarker)
	if !ok {
		t.Fatalf("EVENTS.md has no line %q", eventsMarker)
	}
	want := renderCatalogue(domain.Catalogue())
	if *update {
		must(t, os.WriteFile(path, []byte(intro+eventsMarker+want), 0o644))
		return
	}
	if have != want {
		t.Errorf("EVENTS.md is not the catalogue; run: go test ./test -run EventsDocument -update\n%s", firstDifference(have, want))
	}
}

func firstDifference(have, want string) string {
	h, w := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(h), len(w)) {
		if h[i] != w[i] {
			return fmt.Sprintf("have: %s\nwant: %s", h[i], w[i])
		}
	}
	return fmt.Sprintf("have %d lines, want %d", len(h), len(w))
}

// renderer writes the catalogue as Markdown. Parts of bodies and code tables are described once.
type renderer struct {
	strings.Builder
	parts  []*field.Shape
	tables []*codes.Table
}

func renderCatalogue(c *event.Catalogue) string {
	r := new(renderer)
	var order []event.Kind
	byKind := map[event.Kind][]*event.Type{}
	for _, t := range c.All() {
		if byKind[t.Kind] == nil {
			order = append(order, t.Kind)
		}
		byKind[t.Kind] = append(byKind[t.Kind], t)
	}
	for _, kind := range order {
		title := string(kind)
		if kind == "" {
			title = "any stream"
		}
		fmt.Fprintf(r, "\n## %s\n", title)
		if k := kinds.Of(kind); k != nil {
			fmt.Fprintf(r, "\n%s: %s. Seen by: %s.\n", k.Chinese, k.Doc, audience(k.Access))
		}
		if kind == event.Inspection {
			fmt.Fprintf(r, "\nStreams: `inspection/<team>.<uuid>`, of what is imported `inspection/<unit>.<uuid>`; as a regular expression `%s`.\n",
				event.VisitPattern)
		}
		for _, t := range byKind[kind] {
			r.event(t)
		}
	}
	r.WriteString("\n## Shared parts\n")
	for i := 0; i < len(r.parts); i++ { // a part can name further parts
		fmt.Fprintf(r, "\n### %s\n\n", r.parts[i].PartName())
		r.fields(r.parts[i])
	}
	r.codeTables()
	renderValues(r)
	r.WriteString("\n## Text and numbers\n")
	codePoints(r, "What no text has", "Besides these, the last two code points of every plane (noncharacters). "+
		"Line feed (U+000A) and tabulator (U+0009) may stand where text of several lines is announced, and in the terms of a source. "+
		"The list counts for attributes too, extensions included. Everything else is text. Nothing is normalised.", event.NoText)
	codePoints(r, "Blanks", "A required text has at least one character that is not among these.", event.Blanks)
	return r.String()
}

// audience says who sees the entries of a kind.
func audience(a stream.Access) string {
	switch a.To {
	case stream.Everybody:
		return "every token"
	case stream.Register:
		return "office and commission; the county (or zone) and sectors that it is about, its team; importers"
	case stream.Cell:
		return "office and commission; the county (or zone) and sectors that it is about, its team"
	case stream.OwnTeam:
		return "office, commission and city government; its team"
	case stream.OwnUnit:
		return "office, commission and city government; the unit with whose id the name begins"
	case stream.Ends:
		return "office and commission; both ends, which the name has; the giver's team"
	case stream.Named:
		var roles []string
		for _, role := range a.Roles {
			roles = append(roles, string(role))
		}
		return strings.Join(roles, ", ") + "; nobody else"
	}
	return "nobody"
}

// renderValues describes what a flag compared.
func renderValues(r *renderer) {
	fmt.Fprintf(r, "\n### values\n\nAn object of at most %d values by name. A value is a text of at most %d characters, an integer, or a "+
		"list of at most "+
		"%d texts of at most %d characters; what is quoted of an event is cut to that, and ends with …. A name has at most %d characters of "+
		"a-z 0-9 _, and its end says what the value is: "+
		"`_at` an instant (RFC 3339, UTC), `_on` a day, `_seconds`, `_minutes`, `_hours`, `_days` "+
		"a length of time, `_fen` an amount of yuan, `_minor` an amount in minor units of the value `currency`. What is not known is left out. "+
		"Which values a code has, its templates in GET /v1/rules name; sentences are made of them when somebody reads.\n",
		law.MaxValues, law.MaxText, law.MaxList, law.MaxItem, law.MaxName)
}

func (r *renderer) event(t *event.Type) {
	fmt.Fprintf(r, "\n### %s %s\n\n`%s`. %s", t.Name, t.Chinese, t, t.Doc)
	if t.Upcast != nil {
		r.WriteString(" Superseded: new events use the next version.")
	}
	var who []string
	for _, role := range append(slices.Clone(event.Roles), event.RoleLedger) {
		if t.MayAppend(role) {
			who = append(who, string(role))
		}
	}
	fmt.Fprintf(r, "\n\nAppended by: %s.", strings.Join(who, ", "))
	if len(t.Rules) > 0 {
		fmt.Fprintf(r, " Rules: %s.", strings.Join(ruleNames(t.Rules), ", "))
	}
	r.WriteString("\n\n")
	r.fields(field.ShapeOf(t.New()))
}

func (r *renderer) fields(s *field.Shape) {
	if len(s.Fields) == 0 {
		r.WriteString("No fields: `{}`.\n")
		return
	}
	r.WriteString("| field | 中文 | value | required | meaning |\n|---|---|---|---|---|\n")
	for _, f := range s.Fields {
		fmt.Fprintf(r, "| `%s` | %s | %s | %s | %s |\n", f.Name, f.Chinese, r.value(f.Shape), required(f), f.Doc)
	}
	if s.Together != "" {
		fmt.Fprintf(r, "\nTogether: %s.\n", s.Together)
	}
}

// required says when a member is written.
func required(f field.Field) string {
	switch rule, condition, _ := strings.Cut(f.Unknown, " for "); {
	case f.Required:
		return "always"
	case f.Unknown == "":
		return "no"
	case rule == "optional":
		return "no; may be named in `unknown`"
	default:
		when := "or named in `unknown`"
		if rule == "imported" {
			when += ", in imports only"
		}
		if member, code, ok := strings.Cut(condition, " "); ok {
			return fmt.Sprintf("for `%s` `%s`; %s", member, code, when)
		}
		return when
	}
}

// value says in words which values a member may have: kind, bounds and unit.
func (r *renderer) value(s *field.Shape) string {
	count := fmt.Sprintf("%d…%d", s.Least, s.Most)
	switch s.Form {
	case field.Object:
		if !slices.Contains(r.parts, s) {
			r.parts = append(r.parts, s)
		}
		return fmt.Sprintf("[%s](#%s)", s.PartName(), strings.ReplaceAll(s.PartName(), ".", ""))
	case field.List:
		twice := map[bool]string{true: ", none twice"}[s.Distinct]
		return fmt.Sprintf("list of %s%s: %s", count, twice, r.value(s.Item))
	case field.Map:
		return fmt.Sprintf("object of %s members: %s → %s", count,
			r.value(s.Key)+map[bool]string{true: " or empty"}[s.Key.Empty], r.value(s.Item))
	case field.Values:
		return "[values](#values)"
	case field.Boolean:
		return "boolean"
	case field.Integer:
		return fmt.Sprintf("integer %s %s", count, s.Unit)
	case field.Number:
		return fmt.Sprintf("number %v…%v %s", s.Low, s.High, s.Unit)
	case field.Text:
		return fmt.Sprintf("text, at most %d characters", s.Most)
	case field.Lines:
		return fmt.Sprintf("text of several lines, at most %d characters", s.Most)
	case field.CodeOf:
		return r.table(s.Table)
	case field.Instant:
		return fmt.Sprintf("time (RFC 3339), years %d…%d", event.MinYear, s.LastYear)
	}
	return map[field.Form]string{
		field.ID: "id", field.EventID: "id of an event (UUID)",
		field.SHA256: "SHA-256, 64 hexadecimal digits", field.Hash: "SHA-256, base64url",
		field.Region: "region code, 6, 9 or 12 digits", field.Date: "date YYYY-MM-DD", field.Origin: "origin of a ledger",
	}[s.Form]
}

// table names a code table, and its codes when they are few. The members that unknown may name
// are no table.
func (r *renderer) table(t *codes.Table) string {
	few := "`" + strings.Join(t.List(), "`, `") + "`"
	if t.Name == "" {
		return few
	}
	if !slices.Contains(r.tables, t) {
		r.tables = append(r.tables, t)
	}
	link := fmt.Sprintf("code of [%s](#%s)", t.Name, anchor(t))
	if t.Open {
		return link + ", or of the list that the city publishes"
	}
	if len(t.Codes) > 6 {
		return link
	}
	return link + ": " + few
}

func anchor(t *codes.Table) string { return "codes-" + t.Name }

func (r *renderer) codeTables() {
	r.WriteString("\n## Code tables\n")
	for _, t := range r.tables {
		fmt.Fprintf(r, "\n### codes %s\n\n%s:", t.Name, t.Chinese)
		for i, c := range t.Codes {
			fmt.Fprintf(r, "%s `%s`", map[bool]string{true: ","}[i > 0], c.Code)
			if c.Chinese != "" {
				r.WriteString(" " + c.Chinese)
			}
			if c.English != "" && c.English != strings.ReplaceAll(c.Code, "-", " ") { // names that are more than the code
				r.WriteString(" (" + c.English + ")")
			}
		}
		r.WriteString(".\n")
	}
}

func codePoints(r *renderer, title, intro string, list []event.CodePoints) {
	fmt.Fprintf(r, "\n### %s\n\n%s\n\n| code points | |\n|---|---|\n", title, intro)
	for _, p := range list {
		what := fmt.Sprintf("U+%04X", p.First)
		if p.Last != p.First {
			what += fmt.Sprintf("–%04X", p.Last)
		}
		fmt.Fprintf(r, "| %s | %s |\n", what, p.What)
	}
}

// ruleNames returns rules as stored flags cite them.
func ruleNames(rules []law.Rule) []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.String())
	}
	return names
}

// goldenPath is the frozen example of one version of one type, with the scenes of its rules (package eventtest).
func goldenPath(t *event.Type) string {
	return filepath.Join("testdata", "golden", fmt.Sprintf("%s.v%d.json", t.Name, t.Version))
}

// TestGoldenEventsAreReadAsOnTheDayTheyWereWritten decodes one frozen event of each version
// of each type. What was recorded must stay readable for good: a golden event is written once
// and never changed; where this test fails, the code has to change, or the type
// needs a new version with an Upcast.
func TestGoldenEventsAreReadAsOnTheDayTheyWereWritten(t *testing.T) {
	cat := domain.Catalogue()
	frozen := map[string]bool{}
	for _, typ := range cat.All() {
		path := goldenPath(typ)
		frozen[filepath.Base(path)] = true
		g, err := eventtest.ReadGolden(path)
		if err != nil {
			t.Errorf("%s has no golden event; write one CloudEvent in JSON with every field set, and never change it: %v", typ, err)
			continue
		}
		checkGolden(t, cat, typ, g.Event)
	}
	all, err := os.ReadDir(filepath.Join("testdata", "golden"))
	must(t, err)
	for _, f := range all {
		if !frozen[f.Name()] {
			t.Errorf("%s is of no declared type: types that were ever recorded stay declared", f.Name())
		}
	}
}

func checkGolden(t *testing.T, cat *event.Catalogue, typ *event.Type, raw []byte) {
	t.Helper()
	e, err := entry.ParseEvent(raw, cat)
	if err != nil {
		t.Errorf("%s: %v", goldenPath(typ), err)
		return
	}
	if newest := cat.Newest(typ.Name); e.Type != newest {
		t.Errorf("%s is read as %s, the newest is %s", goldenPath(typ), e.Type, newest)
	}
	if _, visit := event.ParseVisitID(e.Stream.ID); e.Stream.Kind == event.Inspection && !visit {
		t.Errorf("%s: no visit can be named %s", goldenPath(typ), e.Stream)
	}
	var members struct {
		Type string         `json:"type"`
		Data jsontext.Value `json:"data"`
		Rest jsontext.Value `json:",unknown"`
	}
	must(t, json.Unmarshal(raw, &members))
	if members.Type != typ.String() {
		t.Errorf("%s holds an event of type %s", goldenPath(typ), members.Type)
	}
	// The same body, written again, is the same JSON: no field was lost or renamed. Only
	// the newest version can be written again.
	if typ.Upcast != nil {
		return
	}
	again, err := json.Marshal(e.Data, json.Deterministic(true))
	must(t, err)
	have, want := jsontext.Value(again), members.Data.Clone()
	must(t, have.Canonicalize())
	must(t, want.Canonicalize())
	if !bytes.Equal(have, want) {
		t.Errorf("%s is written again as\n%s, was\n%s", goldenPath(typ), have, want)
	}
}
