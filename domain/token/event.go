// Package token is a bearer's right to act: who was given it, for which role and until when,
// and that it was taken back (pillar 1). The token itself, "anj1." and 43 characters, never
// enters the ledger; its SHA-256 does. Every entry but the ledger's own and those that need no
// token names the entry that issued the author's token by its position, as actor.token.
package token

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Issued gives a bearer a role until a time. The ledger knows of the bearer what this says, and
// nothing else.
type Issued struct {
	SHA256  string     `json:"sha256"` // of the token's text, base64url without padding
	Role    event.Role `json:"role"`
	Person  string     `json:"person,omitempty"`  // id of a registered person
	Team    string     `json:"team,omitempty"`    // id of a formed team
	County  string     `json:"county,omitempty"`  // GB/T 2260 code, or the local code of a functional zone
	Unit    string     `json:"unit,omitempty"`    // id of the department; of an importer: of the source
	Subject string     `json:"subject,omitempty"` // id of the subject that the bearer speaks for
	Expires time.Time  `json:"expires"`
	Basis   *Basis     `json:"basis,omitempty"`    // the login that it was exchanged for
	AskedBy *Process   `json:"asked_by,omitempty"` // who had the ledger issue it
}

// Basis is a login at an identity provider (OpenID Connect, iss and sub).
type Basis struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Process is who asked at the machine itself, as its operating system knows them.
type Process struct {
	UID  uint32 `json:"uid"`
	User string `json:"user,omitempty"`
	PID  int32  `json:"pid"`
}

// Revoked takes a token back. It is in the stream of the token's issue.
type Revoked struct {
	Token   uint64   `json:"token" range:"position"` // position of the token-issued entry
	Reason  string   `json:"reason"`
	AskedBy *Process `json:"asked_by,omitempty"`
}

// Validate implements event.Data.
func (d *Issued) Validate() error {
	var k event.Checker
	k.That(validHash(d.SHA256), "sha256: want the SHA-256 of the token in base64url without padding, 43 characters")
	k.That(slices.Contains(event.Roles, d.Role), "role: %q is not one of %v", d.Role, event.Roles)
	switch d.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		k.Require("person", d.Person != "")
		k.Require("team", d.Team != "")
	case event.RoleCountyGovernment:
		k.Require("county", d.County != "")
	case event.RoleImporter:
		k.Require("unit", d.Unit != "")
	}
	k.ID("person", d.Person, false)
	k.ID("team", d.Team, false)
	k.ID("county", d.County, false)
	k.ID("unit", d.Unit, false)
	k.ID("subject", d.Subject, false)
	k.Require("expires", !d.Expires.IsZero())
	if d.Basis != nil {
		k.Text("basis.issuer", d.Basis.Issuer, true, 500)
		k.Text("basis.subject", d.Basis.Subject, true, 500)
	}
	k.Sub("asked_by", d.AskedBy.validate())
	return k.Err()
}

// Validate implements event.Data.
func (d *Revoked) Validate() error {
	var k event.Checker
	k.That(d.Token > 0, "token: want the position of the token-issued entry")
	k.Within("token", int64(d.Token), event.Positions)
	k.Text("reason", d.Reason, true, 500)
	k.Sub("asked_by", d.AskedBy.validate())
	return k.Err()
}

func (p *Process) validate() error {
	if p == nil {
		return nil
	}
	var k event.Checker
	k.Text("user", p.User, false, 200)
	k.That(p.PID >= 0, "pid: must not be negative")
	return k.Err()
}

// validHash reports whether s is a SHA-256 in its one spelling. The decoder passes over line
// feeds, by which a hash that was used would be another text.
func validHash(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == sha256.Size && len(s) == base64.RawURLEncoding.EncodedLen(len(b))
}

// Actor is what an entry says of the bearer; position is that of the issue.
func (d *Issued) Actor(position uint64) event.Actor {
	return event.Actor{Person: d.Person, Role: d.Role, Team: d.Team, County: d.County, Unit: d.Unit, Token: position}
}

// issuers may issue and revoke; the ledger itself does so for who sits at its machine.
var issuers = []event.Role{event.RoleAdmin, event.RoleLedger}

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Issued](event.Type{Name: "token-issued", Version: 1, Chinese: "访问令牌签发", Rules: []law.Rule{law.Pillar1}, Append: issuers,
		Doc: "A bearer got a token. The stream is `token/` and the id of this event. The token is `anj1.` and 256 random bits in base64url; only its hash is sent."}),
	declare[Revoked](event.Type{Name: "token-revoked", Version: 1, Chinese: "访问令牌撤销", Rules: []law.Rule{law.Pillar1}, Append: issuers,
		Doc: "A token no longer counts, from this entry on. What its bearer appended before stays."}),
}
