package api

import (
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
)

// TypeInfo describes one event type in one version.
type TypeInfo struct {
	Type    string       `json:"type" doc:"CloudEvents type attribute"`
	Name    string       `json:"name"`
	Version int          `json:"version"`
	Current bool         `json:"current" doc:"the newest version, which new events should use"`
	Kind    event.Kind   `json:"kind,omitempty" doc:"stream kind; empty: any stream"`
	Subject string       `json:"subject,omitempty" doc:"regular expression of the subject, where more is asked of it than kind/id"`
	Chinese string       `json:"chinese"`
	Doc     string       `json:"doc"`
	Rules   []string     `json:"rules"`
	Roles   []event.Role `json:"roles" doc:"who may append it"`
	Schema  *huma.Schema `json:"schema" doc:"JSON Schema 2020-12 of data"`
}

// TypeList is the catalogue, in the order of the domain's declarations.
type TypeList struct {
	Types []TypeInfo              `json:"types"`
	Defs  map[string]*huma.Schema `json:"$defs" doc:"schemas that others refer to"`
}

// encodeTypes makes the answer of GET /v1/types, once: the catalogue never changes while the
// program runs. Its schemas come from the declarations by which data is checked.
func (a *Handler) encodeTypes() ([]byte, error) {
	s := &schemas{root: "#/$defs/", defs: map[string]*huma.Schema{}}
	all := TypeList{Types: []TypeInfo{}}
	for _, t := range a.cfg.Catalogue.All() {
		info := TypeInfo{
			Type: t.String(), Name: t.Name, Version: t.Version, Current: t.Upcast == nil, Kind: t.Kind, Chinese: t.Chinese, Doc: t.Doc,
			Rules: names(t.Rules), Roles: []event.Role{},
			Schema: s.body(t),
		}
		if t.Kind == event.Inspection {
			info.Subject = event.VisitPattern
		}
		for _, r := range event.Roles {
			if t.MayAppend(r) {
				info.Roles = append(info.Roles, r)
			}
		}
		all.Types = append(all.Types, info)
	}
	all.Defs = s.defs
	b, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return b, nil
}

func (a *Handler) typeRoutes() []*route {
	return []*route{{
		method: "GET", path: "/v1/types", id: "types", tag: "events", summary: "The catalogue of event types", chinese: "事件类型目录",
		answers: map[string]*huma.Schema{mediaJSON: {Type: huma.TypeObject, Properties: map[string]*huma.Schema{
			"types": list(object("a type", "type", text(), "name", text(), "version", number(1000), "current", &huma.Schema{Type: huma.TypeBoolean},
				"kind", text(), "subject", text(), "chinese", text(), "doc", text(), "rules", list(text()), "roles", list(text()),
				"schema", &huma.Schema{Type: huma.TypeObject, Description: "JSON Schema 2020-12 of data"})),
			"$defs": {Type: huma.TypeObject},
		}}},
		handle: func(c *call) error { return c.made(mediaJSON, a.types) },
	}}
}
