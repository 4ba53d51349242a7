package entry_test

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Who needs a token names its issue, and nobody else does: in writing and in reading.
func TestATokenStandsInEveryEntryThatNeedsOneAndInNoOther(t *testing.T) {
	signature := make([]byte, entry.MinSignature)
	for _, c := range []struct {
		assurance event.Assurance
		role      event.Role
		token     uint64
		signature []byte
		ok        bool
	}{
		{event.Token, event.RoleAdmin, 1, nil, true}, {event.Token, event.RoleAdmin, 0, nil, false},
		{event.Token, event.RoleAdmin, 1, signature, true}, {event.Token, event.RoleLedger, 1, nil, false},
		{event.Signed, event.RoleInspector, 7, signature, true}, {event.Signed, event.RoleInspector, 0, signature, false},
		{event.Signed, event.RoleInspector, 7, nil, false},
		{event.Imported, event.RoleImporter, 7, nil, true}, {event.Imported, event.RoleImporter, 0, nil, false},
		{event.Derived, event.RoleLedger, 0, nil, true}, {event.Derived, event.RoleLedger, 1, nil, false},
		{event.Derived, event.RoleAdmin, 0, nil, false},
		{event.Open, event.RolePublic, 0, nil, true}, {event.Open, event.RolePublic, 1, nil, false}, {event.Open, event.RoleAdmin, 0, nil, false},
		{event.Token, event.RolePublic, 1, nil, false}, {event.Open, event.RolePublic, 0, signature, false},
	} {
		en := entry.Entry{Recorded: time.Unix(0, 0).UTC(), Stream: event.Stream{Kind: event.Subject, ID: "s"}, Event: []byte(minimal),
			Actor: event.Actor{Role: c.role, Token: c.token}, Assurance: c.assurance, Signature: c.signature}
		_, err := entry.Parse(entry.Append(nil, &en))
		if written := en.Check(); (written == nil) != c.ok || (err == nil) != c.ok {
			t.Errorf("%s by %s with token %d, signed %v: written %v, read %v", c.assurance, c.role, c.token, c.signature != nil, written, err)
		}
	}
}
