package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// Me is what the ledger knows of the caller: the entry that issued the token.
type Me struct {
	Token   uint64     `json:"token" doc:"position of the entry that issued the token; every entry of the caller names it"`
	Role    event.Role `json:"role"`
	Person  string     `json:"person,omitempty"`
	Team    string     `json:"team,omitempty"`
	County  string     `json:"county,omitempty"`
	Unit    string     `json:"unit,omitempty"`
	Subject string     `json:"subject,omitempty"`
	Issued  time.Time  `json:"issued"`
	Expires time.Time  `json:"expires"`
}

func (a *Handler) meRoutes(d *document) []*route {
	return []*route{{
		method: "GET", path: "/v1/me", id: "me", tag: "about", need: identity.ReadOwn,
		summary: "What the ledger knows of the caller", chinese: "当前令牌",
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Me{})}, handle: a.me,
	}}
}

func (a *Handler) me(c *call) error {
	t := &c.claims
	return c.json(Me{Token: t.Token, Role: t.Role, Person: t.Person, Team: t.Team, County: t.County, Unit: t.Unit,
		Subject: t.Subject, Issued: t.Issued.UTC(), Expires: t.Expires.UTC()})
}
