// Package token has the events about tokens: to whom a token was issued, for which role and until
// when, and its revocation (pillar 1). The token itself, "anj1." and 43 characters, never
// enters the ledger; its SHA-256 does. Every entry but the ledger's own and those that need no
// token names the entry that issued the author's token by its position, as actor.token.
package token

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Issued gives a bearer a role until a time. The ledger knows of the bearer what this says, and
// nothing else.
type Issued struct {
	SHA256  string     `json:"sha256" is:"hash" zh:"令牌哈希" doc:"of the token's text"`
	Role    event.Role `json:"role" is:"code(role)" zh:"角色" doc:"what the bearer acts as"`
	Person  string     `json:"person,omitempty" is:"id" zh:"人员" doc:"a registered person; who acts for a team or an authority has one"`
	Team    string     `json:"team,omitempty" is:"id" zh:"督查组" doc:"a formed team; inspectors and team leaders have one"`
	County  string     `json:"county,omitempty" is:"id" zh:"县区" doc:"county or zone; a county government has one"`
	Unit    string     `json:"unit,omitempty" is:"id" zh:"单位" doc:"id of the department, authority or committee, or of a source"`
	Subject string     `json:"subject,omitempty" is:"id" zh:"检查对象" doc:"the subject that the bearer speaks for; an inspected party has one"`
	Expires time.Time  `json:"expires" is:"time(9999)" zh:"失效时间" doc:"until when the token counts"`
	Basis   *Basis     `json:"basis,omitempty" zh:"登录依据" doc:"the login that it was exchanged for"`
	AskedBy *Process   `json:"asked_by,omitempty" zh:"申请人" doc:"who had the ledger issue it, at the machine itself"`
}

// Basis is a login at an identity provider (OpenID Connect, iss and sub).
type Basis struct {
	Issuer  string `json:"issuer" is:"text(500)" zh:"身份提供方" doc:"OpenID Connect iss"`
	Subject string `json:"subject" is:"text(500)" zh:"身份标识" doc:"OpenID Connect sub"`
}

// Process is who asked at the machine itself, as its operating system knows them.
type Process struct {
	UID  uint32 `json:"uid" is:"uid" zh:"系统用户号" doc:"as the operating system knows it"`
	User string `json:"user,omitempty" is:"text(200)" zh:"系统用户名" doc:"as the operating system knows it"`
	PID  int32  `json:"pid" is:"pid" zh:"进程号" doc:"of the program that asked"`
}

// Revoked takes a token back. It is in the stream of the token's issue.
type Revoked struct {
	Token   uint64   `json:"token" is:"issue" zh:"令牌" doc:"position of the token-issued entry"`
	Reason  string   `json:"reason" is:"text(500)" zh:"原因" doc:"why it was taken back"`
	AskedBy *Process `json:"asked_by,omitempty" zh:"申请人" doc:"who had the ledger revoke it, at the machine itself"`
}

// Together says what Validate checks.
func (*Issued) Together() string {
	return "role inspector and team-leader need person and team, officer and approver person and unit, county-government needs county, " +
		"importer and committee need unit, inspected-party needs subject"
}

// Validate checks what members say together.
func (d *Issued) Validate() error {
	var k event.Checker
	switch d.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		k.That(d.Person != "", "person", law.FaultForRole, law.Str("role", d.Role))
		k.That(d.Team != "", "team", law.FaultForRole, law.Str("role", d.Role))
	case event.RoleOfficer, event.RoleApprover:
		k.That(d.Person != "", "person", law.FaultForRole, law.Str("role", d.Role))
		k.That(d.Unit != "", "unit", law.FaultForRole, law.Str("role", d.Role))
	case event.RoleInspectedParty:
		k.That(d.Subject != "", "subject", law.FaultForRole, law.Str("role", d.Role))
	case event.RoleCountyGovernment:
		k.That(d.County != "", "county", law.FaultForRole, law.Str("role", d.Role))
	case event.RoleImporter, event.RoleCommittee:
		k.That(d.Unit != "", "unit", law.FaultForRole, law.Str("role", d.Role))
	}
	return k.Err()
}

// Actor is what an entry says of the bearer; position is that of the issue. The organisation for which an
// inspected party speaks is its subject.
func (d *Issued) Actor(position uint64) event.Actor {
	if d.Role == event.RoleInspectedParty {
		return event.Actor{Person: d.Person, Role: d.Role, Unit: d.Subject, Token: position}
	}
	return event.Actor{Person: d.Person, Role: d.Role, Team: d.Team, County: d.County, Unit: d.Unit, Token: position}
}

// issuers may issue and revoke; the ledger itself does so for who sits at its machine.
var issuers = []event.Role{event.RoleAdmin, event.RoleLedger}

// Kind declares tokens and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Tokens, Chinese: "访问令牌", Doc: "a bearer token: its issue and its revocation",
	Access:  stream.Restricted(event.RoleAdmin, event.RoleAuditor, event.RoleDisciplineCommission),
	Fixed:   true, // a token is revoked
	Untimed: true, // what administrators do is no fact of the field
},
	stream.Then((*Issued).Judge, event.Type{Name: "token-issued", Version: 1, Chinese: "访问令牌签发",
		Rules: []law.Rule{law.R14, law.R17, law.R42, law.R59, law.R77, law.Pillar1, law.Pillar14}, Append: issuers,
		Doc: "A bearer got a token. The stream is `token/` and the id of this event. The token is `anj1.` and 256 random bits in base64url; " +
			"only its hash is sent."}),
	stream.Then((*Revoked).Judge, event.Type{Name: "token-revoked", Version: 1, Chinese: "访问令牌撤销", Rules: []law.Rule{law.Pillar1},
		Append: issuers,
		Doc:    "A token no longer counts, from this entry on. What its bearer appended before stays."}),
)
