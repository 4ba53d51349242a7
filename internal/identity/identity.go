// Package identity knows who speaks to the ledger and what they may do.
//
//   - Bearer tokens (token.go, verify.go, revoke.go): JWT signed with EdDSA by the ledger's
//     own key, carrying one role. They authenticate every request.
//   - Roles (roles.go): one table of what each role may do, and the rows it may see.
//   - The access log (accesslog.go): who read restricted material, kept outside the ledger.
//
// A token is never logged, formatted or kept: the cache knows its SHA-256, errors say what
// is wrong without quoting it.
package identity

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// Claims is what a token says. Times have whole seconds, UTC.
type Claims struct {
	ID       string // jti: names the token in the revocation list and the access log
	Person   string // id of the person's stream; empty when the token speaks for an organisation
	Role     event.Role
	Team     string
	County   string // GB/T 2260 code, or the local code of a functional zone
	Unit     string
	IssuedAt time.Time
	Expires  time.Time
}

// Actor returns what the ledger records of the bearer.
func (c Claims) Actor() event.Actor {
	return event.Actor{Person: c.Person, Role: c.Role, Team: c.Team, County: c.County, Unit: c.Unit}
}

// Validate checks that the role can be held by a token and has what bounds it.
func (c Claims) Validate() error {
	var k event.Checker
	k.That(slices.Contains(event.Roles, c.Role), "role: %q is not one of %v", c.Role, event.Roles)
	switch c.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		k.Require("person", c.Person != "")
		k.Require("team", c.Team != "")
	case event.RoleCountyGovernment:
		k.Require("county", c.County != "")
	}
	k.ID("person", c.Person, false)
	k.ID("team", c.Team, false)
	k.ID("county", c.County, false)
	k.That(c.Unit == "" || event.ValidUnit(c.Unit), "unit: %q is no name of a unit: printable text of at most %d bytes", c.Unit, event.MaxUnit)
	return k.Err()
}

// ErrLaxMode means that others than the owner may read a secret file.
var ErrLaxMode = errors.New("identity: the file must be readable by its owner only (mode 0600)")

// checkMode refuses secrets that other users can read. Windows keeps them apart by ACL.
func checkMode(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%w: %s has %04o", ErrLaxMode, path, info.Mode().Perm())
	}
	return nil
}

// createSecret writes a file that must not exist yet, whole or not at all: of two processes
// that start at once, one gets fs.ErrExist.
func createSecret(path string, b []byte) error {
	if err := durable.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.Create(path, b, 0o600)
}
