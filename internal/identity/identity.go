// Package identity finds out who sends a request and what that person may do.
//
//   - Bearer tokens (token.go): opaque, 256 random bits, made once and shown once.
//   - The registry (registry.go): a fold over token-issued and token-revoked entries. It knows
//     about a bearer only what the issue says (pillar 1).
//   - Roles (roles.go): one table of what each role may do, and the rows it may see.
//   - The access log (accesslog.go): who read restricted material, kept outside the ledger.
//
// A token is never logged, formatted or stored: only its SHA-256 is stored, and errors do not
// quote the token.
package identity

import (
	"os"
	"os/user"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Claims is what the ledger knows of a bearer: the token-issued entry.
type Claims struct {
	Token   uint64    // position of the issue: names the token in entries and in the access log
	Event   uuid.UUID // id of the issue; the token's stream is token/ and this id
	Person  string    // id of the person's stream; empty when the token speaks for an office or a system
	Role    event.Role
	Team    string
	County  string // GB/T 2260 code, or the local code of a functional zone
	Unit    string // id of the department, or of an importer's source
	Subject string // id of the subject that the bearer speaks for
	Issued  time.Time
	Expires time.Time
	Revoked bool
}

// Actor returns what the ledger records of the bearer.
func (c *Claims) Actor() event.Actor {
	d := token.Issued{Person: c.Person, Role: c.Role, Team: c.Team, County: c.County, Unit: c.Unit, Subject: c.Subject}
	return d.Actor(c.Token)
}

// Self is this process, as who asks for a token.
func Self() *token.Process {
	p := &token.Process{UID: uint32(max(os.Getuid(), 0)), PID: int32(os.Getpid())} //nolint:gosec // both fit
	if u, err := user.Current(); err == nil {
		p.User = u.Username
	}
	return p
}
