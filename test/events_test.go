package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
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

// renderer writes the catalogue as Markdown. Bodies that events share are described once.
type renderer struct {
	strings.Builder
	parts map[reflect.Type]bool
	order []reflect.Type
}

func renderCatalogue(c *event.Catalogue) string {
	r := &renderer{parts: map[reflect.Type]bool{}}
	var kinds []event.Kind
	byKind := map[event.Kind][]*event.Type{}
	for _, t := range c.All() {
		if byKind[t.Kind] == nil {
			kinds = append(kinds, t.Kind)
		}
		byKind[t.Kind] = append(byKind[t.Kind], t)
	}
	for _, kind := range kinds {
		title := string(kind)
		if kind == "" {
			title = "any stream"
		}
		fmt.Fprintf(r, "\n## %s\n", title)
		if kind == event.Inspection {
			fmt.Fprintf(r, "\nStreams: `inspection/<team>.<uuid>`, of what is imported `inspection/<unit>.<uuid>`; as a regular expression `%s`.\n", event.VisitPattern)
		}
		for _, t := range byKind[kind] {
			r.event(t)
		}
	}
	r.WriteString("\n## Shared parts\n")
	for i := 0; i < len(r.order); i++ { // a part can name further parts
		fmt.Fprintf(r, "\n### %s\n\n", partName(r.order[i]))
		r.fields(r.order[i])
	}
	renderValues(r)
	r.WriteString("\n## Text and numbers\n")
	codePoints(r, "What no text has", "Besides these, the last two code points of every plane (noncharacters). "+
		"Line feed (U+000A) and tabulator (U+0009) may stand where text of several lines is announced, and in the terms of a source. "+
		"The list counts for attributes too, extensions included. Everything else is text. Nothing is normalised.", event.NoText)
	codePoints(r, "Blanks", "A required text has at least one character that is not among these.", event.Blanks)
	r.WriteString("\n### Kinds of accident\n\nGB 6441-1986 and traffic:")
	for _, k := range codes.AccidentKinds() {
		fmt.Fprintf(r, " `%s` %s", k.Code, k.Chinese)
	}
	r.WriteString(".\n")
	fmt.Fprintf(r, "\n### Currencies\n\nISO 4217, those in use: %s.\n", strings.Join(event.Currencies(), " "))
	return r.String()
}

// renderValues describes what a flag compared.
func renderValues(r *renderer) {
	fmt.Fprintf(r, "\n### values\n\nAn object of at most %d values by name. A value is a text of at most %d characters, an integer, or a list of at most "+
		"%d texts of at most %d characters; what is quoted of an event is cut to that, and ends with …. A name has at most %d characters of "+
		"a-z 0-9 _, and its end says what the value is: `_at` an instant (RFC 3339, UTC), `_on` a day, `_seconds`, `_minutes`, `_hours`, `_days` "+
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
	r.fields(reflect.TypeOf(t.New()).Elem())
}

func (r *renderer) fields(t reflect.Type) {
	if t.NumField() == 0 {
		r.WriteString("No fields: `{}`.\n")
		return
	}
	r.WriteString("| field | type | |\n|---|---|---|\n")
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		note := "written always"
		switch unknown := f.Tag.Get("unknown"); {
		case unknown == "optional":
			note = "may be left out, also named in `unknown`"
		case unknown != "":
			note = "left out only when named in `unknown`" + strings.TrimPrefix(unknown, "required")
		case strings.Contains(options, "omit"):
			note = "may be left out"
		}
		if f.Tag.Get("text") == "lines" {
			note += "; text of several lines"
		}
		if bounds := f.Tag.Get("range"); bounds != "" {
			note += "; " + boundsText(bounds)
		}
		fmt.Fprintf(r, "| `%s` | %s | %s |\n", name, r.typeName(f.Type), note)
	}
}

// boundsText says what a range tag names, or the tag itself where it is no name.
func boundsText(tag string) string {
	for _, b := range event.Ranges {
		if b.Name == tag {
			return fmt.Sprintf("%d…%d %s", b.Min, b.Max, b.Unit)
		}
	}
	return tag
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

// typeName is a field's type in the words of JSON.
func (r *renderer) typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time, RFC 3339"
	case t == reflect.TypeFor[law.Values]():
		return "[values](#values)"
	case t.Kind() == reflect.Pointer:
		return r.typeName(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + r.typeName(t.Elem())
	case t.Kind() == reflect.Map:
		return fmt.Sprintf("object of %s by %s", r.typeName(t.Elem()), r.typeName(t.Key()))
	case t.Kind() == reflect.Struct:
		if !r.parts[t] {
			r.parts[t] = true
			r.order = append(r.order, t)
		}
		return fmt.Sprintf("[%s](#%s)", partName(t), strings.ReplaceAll(partName(t), ".", ""))
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Float64:
		return "number"
	}
	return "integer"
}

// partName names a shared part: event.Money, but inspection.Signer.
func partName(t reflect.Type) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "event."))
}

// ruleNames returns rules as stored flags cite them.
func ruleNames(rules []law.Rule) []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.String())
	}
	return names
}

// goldenPath is the frozen example of one version of one type.
func goldenPath(t *event.Type) string {
	return filepath.Join("testdata", "golden", fmt.Sprintf("%s.v%d.json", t.Name, t.Version))
}

// TestGoldenEventsAreReadAsOnTheDayTheyWereWritten decodes one frozen event of each version
// of each type. What was recorded must stay readable for good: a golden file is written once
// and never changed; where this test fails, the code has to change, or the type
// needs a new version with an Upcast.
func TestGoldenEventsAreReadAsOnTheDayTheyWereWritten(t *testing.T) {
	cat := domain.Catalogue()
	frozen := map[string]bool{}
	for _, typ := range cat.All() {
		path := goldenPath(typ)
		frozen[filepath.Base(path)] = true
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s has no golden event; write one line of CloudEvents JSON with every field set, and never change it: %v", typ, err)
			continue
		}
		checkGolden(t, cat, typ, bytes.TrimSuffix(raw, []byte{'\n'}))
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
