package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// componentsRoot begins a reference to a component.
const componentsRoot = "#/components/schemas/"

// pascal makes one name of a type's or a part's: subject-registered.v1 is SubjectRegisteredV1. Names
// of components have no dot: generators take the last part of a name that has.
func pascal(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '.' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// partName is the component of a part of bodies: MoneyData, of whichever package it is.
func partName(part string) string {
	if i := strings.LastIndexByte(part, '.'); i >= 0 {
		part = part[i+1:]
	}
	return pascal(part) + "Data"
}

// events describes one event of any type, with the data of its type, in the components of d.
func (d *document) events(types []*event.Type) *huma.Schema {
	components := d.schemas.Map()
	s := &schemas{root: componentsRoot, defs: map[string]*huma.Schema{}, name: partName}
	one := &huma.Schema{Description: "one event of any type",
		Discriminator: &huma.Discriminator{PropertyName: "type", Mapping: map[string]string{}}}
	all := map[string]*huma.Schema{"CloudEvent": cloudEvent(), "Event": one, "Entry": entrySchema()}
	for _, t := range types {
		body := pascal(strings.TrimPrefix(t.String(), "anjian."))
		all[body+"Data"] = s.body(t)
		typed := object("", "type", &huma.Schema{Type: huma.TypeString, Enum: []any{t.String()}}, "data",
			&huma.Schema{Ref: componentsRoot + body + "Data"})
		typed.Required = []string{"type", "data"}
		all[body] = &huma.Schema{Title: t.Chinese, AllOf: []*huma.Schema{{Ref: componentsRoot + "CloudEvent"}, typed}}
		one.OneOf = append(one.OneOf, &huma.Schema{Ref: componentsRoot + body})
		one.Discriminator.Mapping[t.String()] = componentsRoot + body
	}
	for _, list := range []map[string]*huma.Schema{s.defs, all} {
		for name, c := range list {
			if components[name] != nil {
				panic("openapi: two schemas have the name " + name)
			}
			components[name] = c
		}
	}
	return &huma.Schema{Ref: componentsRoot + "Event"}
}

// sized is a text of so many bytes at most; schemas count characters, which are no more than bytes.
func sized(most int, doc string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(most), Description: doc}
}

// formed is a string of a form that bodies have, too.
func formed(f pattern, doc string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: f.format, Pattern: "^(" + f.regexp + ")$", Description: doc}
}

// cloudEvent has the attributes that every event may have, without data, which each type says
// itself: generated clients would take both.
func cloudEvent() *huma.Schema {
	revision := &huma.Schema{Type: huma.TypeInteger, Format: "int32", Minimum: new(-1.0), Maximum: new(float64(1<<31 - 1)),
		Description: "revision that the stream must have before this event, -1 for a new stream; leave it out when nothing is expected"}
	o := object("A CloudEvents 1.0 event. Its type decides what data has. Other attributes, strings, booleans or integers with names of 1 "+
		"to 20 characters "+
		"a-z 0-9, are kept and not read; an attribute of null is an absent one.",
		"specversion", &huma.Schema{Type: huma.TypeString, Enum: []any{"1.0"}},
		"id", formed(uuidForm, "made by the author, once: the same id with the same bytes is a resend"),
		"source", sized(entry.MaxSource, "URI-reference, at most 512 bytes; of a signed event urn:anjian:key: and the key's id"),
		"type", sized(100, "one of GET /v1/types"),
		"subject", &huma.Schema{Type: huma.TypeString, Pattern: "^[a-z]+(-[a-z]+)*/" + idForm.regexp + "$",
			Description: "The stream, kind/id. A visit's is inspection/ and the id of its team, " +
				"of an imported one that of the token's unit, a dot, and a UUID in lower case: " + event.VisitPattern},
		"time", formed(timeForm(event.MaxYear), "RFC 3339, at most nine fraction digits"),
		"timeprecision", &huma.Schema{Type: huma.TypeString, Enum: []any{"day", "month", "year"}},
		"campaign", formed(idForm, "id of the campaign"), "causationid", formed(uuidForm, "id of the event that this one follows from"),
		"correlationid", sized(entry.MaxOriginID, "at most 512 bytes"), "deviceid", sized(entry.MaxOriginID, "at most 512 bytes"),
		"originid", sized(entry.MaxOriginID, "the source's own id, at most 512 bytes"),
		"datacontenttype", &huma.Schema{Type: huma.TypeString, Enum: []any{mediaJSON}},
		"dataschema", &huma.Schema{Type: huma.TypeString, Format: "uri"}, "expectedrevision", revision,
		"ledger", sized(entry.MaxSource, "origin of the ledger that the event is for, as GET /v1/log tells it; a signed event has it"),
		"keyseq", number(1<<31-1), "keyprev", formed(hashForm, "of a signed event: SHA-256 of what this key signed before; left out at keyseq 0"))
	o.AdditionalProperties = true
	o.Required = []string{"specversion", "id", "source", "type", "subject", "time"}
	return o
}

// entrySchema describes an entry as it stands in the ledger. What a later release wrote has other
// members, and types that this document does not know.
func entrySchema() *huma.Schema {
	recorded := object("the event, byte for byte as it was sent", "data", &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true})
	recorded.Required = []string{"data"}
	o := object("An entry, byte for byte as recorded. EVENTS.md describes its members.",
		"v", number(1<<31-1), "index", number(maxPosition), "recorded", &huma.Schema{Type: huma.TypeString, Format: "date-time"},
		"clock", &huma.Schema{Type: huma.TypeString, Enum: []any{"red"}, Description: "the ledger's clock was not relied on; else left out"},
		"stream", text(), "revision", number(maxPosition),
		"about", &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
			Description: "campaign, subject, team, county and sectors that the event is about"},
		"actor", &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
			Description: "person, role, team, county, unit and token of the author"},
		"assurance", &huma.Schema{Type: huma.TypeString, Enum: []any{"signed", "token", "open", "imported", "derived"}},
		"signature", text(),
		"event", &huma.Schema{AllOf: []*huma.Schema{{Ref: componentsRoot + "CloudEvent"}, recorded}})
	o.AdditionalProperties = true
	o.Required = []string{"v", "index", "recorded", "stream", "revision", "actor", "assurance", "event"}
	return o
}

// entryPage describes a page of entries.
func entryPage() *huma.Schema {
	page := object("A page of entries.",
		"entries", list(&huma.Schema{Ref: componentsRoot + "Entry"}),
		"position", number(maxPosition), "root", text(), "recorded", text(), "cursor", text(), "more", &huma.Schema{Type: huma.TypeBoolean})
	page.Required = []string{"entries", "position", "root"}
	return page
}
