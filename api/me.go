package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/devicekey"
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
	Keys    []KeyInfo  `json:"keys" doc:"the device keys of the caller's person; a device goes on behind last_seq"`
}

// KeyInfo is a device key as the ledger knows it, with what is missing, double or broken among
// the events that it signed. Positions are indexes of entries.
type KeyInfo struct {
	ID         string             `json:"id" doc:"SHA-256 of the SubjectPublicKeyInfo, base64url"`
	Suite      string             `json:"suite"`
	Device     string             `json:"device,omitempty"`
	Registered uint64             `json:"registered"`
	Confirmed  *uint64            `json:"confirmed,omitempty" doc:"absent: nobody has confirmed it, and what it signs is assured as by token"`
	Revoked    *uint64            `json:"revoked,omitempty"`
	Events     uint64             `json:"events" doc:"entries that the key signed"`
	LastSeq    *uint32            `json:"last_seq,omitempty" doc:"highest keyseq seen"`
	Missing    []devicekey.Span   `json:"missing" doc:"keyseq numbers that are not in the ledger"`
	Double     []devicekey.Double `json:"double" doc:"keyseq numbers used twice"`
	Broken     []uint32           `json:"broken" doc:"keyseq of events whose keyprev is not the hash of the one before"`
	devicekey.Doubt
}

// keysOf lists the device keys of a person.
func (a *Handler) keysOf(person string) []KeyInfo {
	all := []KeyInfo{}
	if person == "" {
		return all
	}
	for _, k := range a.cfg.Keyring.OfPerson(person) {
		l, _ := a.cfg.Keyring.Links(k.ID)
		all = append(all, KeyInfo{ID: k.ID, Suite: k.Suite, Device: k.Device, Registered: k.Registered, Confirmed: k.Confirmed,
			Revoked: k.Revoked,
			Events:  l.Events, LastSeq: l.LastSeq, Missing: l.Missing, Double: l.Double, Broken: l.Broken, Doubt: l.Doubt})
	}
	return all
}

// PersonKeys is what is known of a person's device keys.
type PersonKeys struct {
	Person string    `json:"person"`
	Keys   []KeyInfo `json:"keys"`
}

// personKeys answers for the person itself, and for roles that see everything.
func (a *Handler) personKeys(c *call) error {
	id := c.path("id")
	if !a.viewer(c).scope.Everything() && id != c.claims.Person {
		return fail(law.NotFound, law.Str("name", id))
	}
	if err := a.ready(c); err != nil {
		return err
	}
	return c.json(PersonKeys{id, a.keysOf(id)})
}

func (a *Handler) meRoutes(d *document) []*route {
	return []*route{{
		method: "GET", path: "/v1/me", id: "me", tag: "about", need: identity.ReadOwn,
		summary: "What the ledger knows of the caller", chinese: "当前令牌",
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Me{})}, handle: a.me,
	}, {
		method: "GET", path: "/v1/me/entries", id: "my-entries", tag: "about", need: identity.ReadOwn,
		summary: "The caller's own entries", chinese: "本人的记录",
		doc: "What the caller appended, the stream of his person (certificate, training, secondments, keys), and the issue of his token, in " +
			"the order of the ledger, " +
			"for every role. A page may be short or empty before the end: while more is true, go on with cursor; later the same cursor goes on.",
		params: []*huma.Param{typeParam, queryParam("cursor", "cursor of the page before, with the same type. 续页", number(maxPosition)),
			queryParam("limit", "Most entries, 1…1000, default 100. 条数", number(maxPage))},
		answers: map[string]*huma.Schema{mediaJSON: entryPage()}, codes: []law.Code{law.InvalidParameter, law.ViewsBehind}, costly: true,
		handle: a.myEntries,
	}, {
		method: "GET", path: "/v1/campaigns/{id}/plan", id: "plan", tag: "about", need: identity.ReadOwn,
		summary: "The plan in force in a campaign: limits, required sections and items", chinese: "现行工作方案",
		doc:     "The entry that published it, for every role: who must obey it may read it. 404 before there is one.",
		params:  []*huma.Param{pathParam("id", "stream id of the campaign")},
		answers: map[string]*huma.Schema{mediaJSON: {Ref: componentsRoot + "Entry"}}, codes: []law.Code{law.NotFound, law.ViewsBehind},
		waits: true, handle: a.plan,
	}, {
		method: "GET", path: "/v1/people/{id}/keys", id: "person-keys", tag: "about", need: identity.ReadOwn,
		summary: "A person's device keys, links that are missing, and entries in doubt", chinese: "人员签名密钥",
		doc: "For the person itself and for roles that see everything. A missing number is an event that the device signed and the ledger does " +
			"not have. " +
			"What a key signed since the compromised_since of its revocation, by recorded time, is in doubt; it stays signed.",
		params:  []*huma.Param{pathParam("id", "stream id of the person")},
		answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(PersonKeys{})}, codes: []law.Code{law.NotFound}, handle: a.personKeys,
	}}
}

func (a *Handler) me(c *call) error {
	if err := a.ready(c); err != nil {
		return err
	}
	t := &c.claims
	return c.json(Me{Token: t.Token, Role: t.Role, Person: t.Person, Team: t.Team, County: t.County, Unit: t.Unit,
		Subject: t.Subject, Issued: t.Issued.UTC(), Expires: t.Expires.UTC(), Keys: a.keysOf(t.Person)})
}
