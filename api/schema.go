package api

import (
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
)

// schemas writes JSON Schemas of bodies from their declarations. What a schema allows the parser
// takes, and what it forbids the parser refuses, but for what is listed in beyondSchemas; a test
// posts both, member by member.
type schemas struct {
	root string // of references: "#/$defs/"
	defs map[string]*huma.Schema
	name func(part string) string // what a part is called; nil: as it is declared, event.Money
}

// refer refers to a part, which is described by make when it is not yet.
func (s *schemas) refer(part string, make func() *huma.Schema) *huma.Schema {
	if s.name != nil {
		part = s.name(part)
	}
	if s.defs[part] == nil {
		s.defs[part] = make()
	}
	return &huma.Schema{Ref: s.root + part}
}

// beyondSchemas is what the parser checks and no schema can say. It stands in the description of
// each.
const beyondSchemas = "Beyond this schema the server checks: dates are days of the calendar, and years are those of UTC; " +
	"integers are written without fraction and exponent, and no number as -0; no text has a noncharacter or tag character " +
	"beyond U+FFFF, and a required one more than variation selectors; " +
	"an origin has at most 200 bytes; names stand once in an object; what members say together."

// body returns the schema of the body of a type.
func (s *schemas) body(t *event.Type) *huma.Schema {
	o := s.members(field.ShapeOf(t.New()))
	o.Title, o.Description = t.Chinese, strings.Join([]string{t.Doc, o.Description, beyondSchemas}, " ")
	return o
}

func (s *schemas) members(shape *field.Shape) *huma.Schema {
	o := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	var together []string
	for _, f := range shape.Fields {
		m := s.value(f.Shape)
		m.Title, m.Description = f.Chinese, f.Doc
		if f.Shape.Unit != "" {
			m.Description += " (" + f.Shape.Unit + ")"
		}
		if rule := unknownRule(f); rule != "" {
			m.Description += "; " + rule
			together = append(together, f.Name+": "+rule)
		}
		o.Properties[f.Name] = m
		if f.Required {
			o.Required = append(o.Required, f.Name)
		}
	}
	if shape.Together != "" {
		together = append(together, shape.Together)
	}
	if len(together) > 0 {
		o.Description = "Together: " + strings.Join(together, "; ") + "."
	}
	return o
}

// unknownRule says when a member may be left out and named in unknown.
func unknownRule(f field.Field) string {
	rule, condition, conditional := strings.Cut(f.Unknown, " for ")
	switch {
	case f.Unknown == "" || f.Required:
		return ""
	case rule == "optional":
		return "may be left out, also named in unknown"
	case conditional:
		member, code, _ := strings.Cut(condition, " ")
		return fmt.Sprintf("required for %s %s, or named in unknown", member, code)
	}
	return "stated, or left out and named in unknown"
}

// part returns a reference to the schema of an object.
func (s *schemas) part(shape *field.Shape) *huma.Schema {
	return s.refer(shape.Type, func() *huma.Schema { return s.members(shape) })
}

func (s *schemas) value(shape *field.Shape) *huma.Schema {
	switch shape.Form {
	case field.Object:
		return s.part(shape)
	case field.List:
		return &huma.Schema{Type: huma.TypeArray, Items: s.value(shape.Item), UniqueItems: shape.Distinct,
			MinItems: atLeast(shape), MaxItems: new(int(shape.Most))}
	case field.Map:
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: s.value(shape.Item),
			MinProperties: atLeast(shape), MaxProperties: new(int(shape.Most)),
			Extensions: map[string]any{"propertyNames": s.value(shape.Key)}}
	case field.Values:
		return comparedValues(shape)
	case field.Boolean:
		return &huma.Schema{Type: huma.TypeBoolean}
	case field.Integer:
		return integerOf(shape)
	case field.Number:
		return &huma.Schema{Type: huma.TypeNumber, Minimum: &shape.Low, Maximum: &shape.High}
	case field.Text, field.Lines:
		return s.text(shape)
	case field.CodeOf:
		return codesOf(shape)
	}
	form := forms[shape.Form](shape)
	if shape.Empty && shape.Form != field.Instant { // no empty text is a time
		return &huma.Schema{Type: huma.TypeString, Pattern: "^(" + form.Pattern + ")?$"}
	}
	form.Type, form.Pattern = huma.TypeString, "^("+form.Pattern+")$"
	return form
}

// comparedValues is what a flag compared.
func comparedValues(shape *field.Shape) *huma.Schema {
	text := func(most int) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(most)}
	}
	return &huma.Schema{Type: huma.TypeObject, MaxProperties: new(int(shape.Most)),
		Extensions: map[string]any{"propertyNames": &huma.Schema{Type: huma.TypeString, Pattern: fmt.Sprintf("^[a-z0-9_]{1,%d}$", law.MaxName)}},
		AdditionalProperties: &huma.Schema{AnyOf: []*huma.Schema{
			text(law.MaxText),
			{Type: huma.TypeInteger, Format: "int64", Minimum: new(float64(event.Values.Min)), Maximum: new(float64(event.Values.Max))},
			{Type: huma.TypeArray, Items: text(law.MaxItem), MinItems: new(1), MaxItems: new(law.MaxList)},
		}}}
}

func atLeast(shape *field.Shape) *int {
	if shape.Empty || shape.Least == 0 {
		return nil
	}
	return new(int(shape.Least))
}

// integerOf says of one that may be left out and cannot be 0 that 0 stands for that.
func integerOf(shape *field.Shape) *huma.Schema {
	within := huma.Schema{Minimum: new(float64(shape.Least)), Maximum: new(float64(shape.Most))}
	if !shape.Empty || shape.Least <= 0 {
		within.Type, within.Format = huma.TypeInteger, "int64"
		return &within
	}
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", AnyOf: []*huma.Schema{{Enum: []any{0}}, &within}}
}

func codesOf(shape *field.Shape) *huma.Schema {
	c := &huma.Schema{Type: huma.TypeString}
	if shape.Table.Open {
		c.Pattern, c.Description = "^"+codes.OpenForm+"$", "a code of the list that the city published, see GET /v1/tables"
		if shape.Empty {
			c.Pattern = "^(" + codes.OpenForm + ")?$"
		}
		return c
	}
	if shape.Empty {
		c.Enum = append(c.Enum, "")
	}
	names := map[string]string{}
	for _, code := range shape.Table.Codes {
		c.Enum = append(c.Enum, code.Code)
		if code.Chinese != "" {
			names[code.Code] = code.Chinese
		}
	}
	if len(names) > 0 {
		c.Extensions = map[string]any{"x-names": names} // what people read; validators pass over it
	}
	return c
}

// text refers to one of four schemas: of one line or several, left out or with something visible.
func (s *schemas) text(shape *field.Shape) *huma.Schema {
	lines := shape.Form == field.Lines
	name, no := "text", characters(event.NoText, lines)
	if lines {
		name = "lines"
	}
	pattern := "^[^" + no + "]*$"
	if !shape.Empty {
		name += "-visible"
		pattern = "^[^" + no + "]*[^" + no + characters(event.Blanks, false) + "][^" + no + "]*$"
	}
	ref := s.refer(name, func() *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Pattern: pattern, Description: "What no text has, and what is blank, stands in EVENTS.md."}
	})
	ref.MaxLength = new(int(shape.Most))
	return ref
}

// characters writes a list up to U+FFFF for a class of a pattern. They stand there themselves:
// the notations \u and \x{} have no dialect in common.
func characters(list []event.CodePoints, lines bool) string {
	var class strings.Builder
	add := func(first, last rune) {
		if class.WriteRune(first); last > first {
			class.WriteRune('-')
			class.WriteRune(last)
		}
	}
	for _, p := range list {
		switch {
		case p.First > 0xFFFF:
		case lines && p.First == 0: // without tabulator and line feed
			add(0, '\t'-1)
			add('\n'+1, p.Last)
		default:
			add(p.First, p.Last)
		}
	}
	return class.String()
}

// The parts of the form of a time.
const (
	months = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
	hours  = `([01][0-9]|2[0-3]):[0-5][0-9]`
	offset = `[Zz]|\+` + hours + `|-(0[1-9]|1[0-9]|2[0-3]):[0-5][0-9]|-00:(0[1-9]|[1-5][0-9])`
)

// forms are the strings with a form of their own; patterns are without anchors.
var forms = map[field.Form]func(*field.Shape) *huma.Schema{
	field.ID:      idForm.always,
	field.EventID: uuidForm.always,
	field.SHA256:  pattern{"", `[0-9a-f]{64}`}.always,
	field.Hash:    hashForm.always,
	field.Origin:  pattern{"", `[\s\S]{1,191}/[0-9a-f]{8}`}.always,
	field.Region:  pattern{"", `(` + strings.Join(codes.List("area"), "|") + `)([0-9]{3}|[0-9]{6})?`}.always,
	field.Date:    pattern{"date", `(19[0-9]{2}|2[01][0-9]{2}|2200)-` + months}.always,
	field.Instant: func(shape *field.Shape) *huma.Schema { return timeForm(shape.LastYear).always(shape) },
}

// timeForm is a date-time of RFC 3339 up to a year.
func timeForm(lastYear int) pattern {
	years := `1899|19[0-9]{2}|2[01][0-9]{2}|220[01]` // the year as it is written differs from that of UTC by one at most
	if lastYear == event.MaxYear {
		years = `1899|19[0-9]{2}|[2-9][0-9]{3}`
	}
	return pattern{"date-time", `(` + years + `)-` + months + `[Tt]` + hours + `:[0-5][0-9](\.[0-9]{1,9})?(` + offset + `)`}
}

// pattern is the form of a string: format of JSON Schema, and regular expression without anchors.
type pattern struct{ format, regexp string }

func (p pattern) always(*field.Shape) *huma.Schema {
	return &huma.Schema{Format: p.format, Pattern: p.regexp}
}

// Forms that attributes of events have, too.
var (
	idForm   = pattern{"", `[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}`}
	uuidForm = pattern{"uuid", `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`}
	hashForm = pattern{"", `[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]`}
)
