package event

import (
	"crypto/sha256"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/law"
)

// lenUUID is the length of a UUID in canonical form.
const lenUUID = 36

// ParseUUID parses the canonical form of a UUID (RFC 9562 section 4), in lower case and nothing
// else: the same UUID in two spellings would be two ids. It does not allocate.
func ParseUUID[T ~string | ~[]byte](s T) (id uuid.UUID, ok bool) {
	if len(s) != lenUUID || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return uuid.Nil, false
	}
	all := byte(0)
	for i, at := range [...]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		high, low := digits[s[at]], digits[s[at+1]]
		id[i] = high<<4 | low
		all |= high | low
	}
	if all > 0xF {
		return uuid.Nil, false
	}
	return id, true
}

// digits are the values of lower-case hexadecimal digits; of every other byte, 0xFF.
var digits = func() (value [256]byte) {
	for i := range value {
		value[i] = 0xFF
	}
	for i, c := range []byte("0123456789abcdef") {
		value[c] = byte(i)
	}
	return value
}()

// MaxVisitOwner is the longest id of a team, or of an importer's unit, that can name visits, in bytes.
const MaxVisitOwner = MaxStreamID - len(".") - lenUUID

// VisitPattern is the form of the subject of every event of a visit, as a regular expression.
const VisitPattern = `^inspection/[A-Za-z0-9_-][A-Za-z0-9._-]{0,26}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`

// VisitID returns the id of the stream of a visit: that of the team, or for an import of the unit
// whose records it copies, a dot, and a UUID (pillar 1). So two authors cannot ask for the same
// name, and a name that is taken tells nobody of a hidden visit.
func VisitID(owner string, id uuid.UUID) string { return owner + "." + id.String() }

// ParseVisitID returns the team or the unit that the id of a visit begins with. The id of a team may have dots; the last one is
// before the UUID. It does not allocate.
func ParseVisitID(s string) (owner string, ok bool) {
	dot := len(s) - lenUUID - 1
	if dot < 1 || s[dot] != '.' {
		return "", false
	}
	if id, ok := ParseUUID(s[dot+1:]); !ok || id == uuid.Nil {
		return "", false
	}
	return s[:dot], true
}

// OwnVersion is the UUID version of ids that the ledger makes (pillar 1).
const OwnVersion = 8

// OwnID is the id of an event of a ledger's own: a UUID version 8 over what it is, so that every node makes the same
// one (pillar 1).
func OwnID(origin, kind string, parts ...string) uuid.UUID {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{"anjian/id/v1", origin, kind}, parts...), "\n")))
	id := uuid.UUID(sum[:16])
	id[6], id[8] = id[6]&0x0f|OwnVersion<<4, id[8]&0x3f|0x80
	return id
}

// AllowID refuses an event whose id its author may not choose (pillar 1): leaf hashes are public, so
// an id that can be guessed lets others find out what is recorded. Clients make version 4 or 7, importers
// also 5 over what the public source calls the record; version 8 is the ledger's own.
func AllowID(e *Event, by Role) error {
	id := e.ID
	switch v := id.Version(); {
	case by == RoleLedger, v == 4, v == 7, v == 5 && by == RoleImporter && e.OriginID != "":
		return nil
	case v == 5 && by == RoleImporter:
		return Refuse(law.Pillar1, law.OriginIDRequired, law.Str("event", id.String()))
	case v == OwnVersion:
		return Refuse(law.Pillar1, law.IDReserved)
	}
	return Refuse(law.Pillar1, law.IDVersion, law.Str("event", id.String()), law.Int("version", int(id.Version())))
}
