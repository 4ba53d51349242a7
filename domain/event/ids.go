package event

import "github.com/google/uuid"

// OwnVersion is the UUID version of ids that the ledger makes (FORMATS 8).
const OwnVersion = 8

// AllowID refuses an event id that its author may not choose (FORMATS 8): leaf hashes are public, so
// an id that can be guessed lets others find out what is recorded. Clients make version 4 or 7, importers
// also 5 by a published rule; version 8 is the ledger's own.
func AllowID(id uuid.UUID, by Role) error {
	switch v := id.Version(); {
	case by == RoleLedger, v == 4, v == 7, v == 5 && by == RoleImporter:
		return nil
	case v == OwnVersion:
		return Refuse("pillar 1", "id-reserved", "make a UUID of version 4 or 7", "UUIDs of version 8 are the ledger's own")
	}
	return Refuse("pillar 1", "id-version", "make a UUID of version 4 or 7 (RFC 9562); importers may use 5", "id %s is of version %d", id, id.Version())
}
