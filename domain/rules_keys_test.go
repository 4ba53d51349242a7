package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
)

func key(b byte) *person.KeyRegistered {
	raw := make([]byte, 32)
	raw[0] = b
	return &person.KeyRegistered{Suite: person.Ed25519, PublicKey: person.SPKI(person.Ed25519, raw)}
}

func keyID(b byte) string {
	id, _, err := person.ParseKey(person.Ed25519, key(b).PublicKey)
	if err != nil {
		panic(err)
	}
	return id
}

// signs: the event is signed by a device key, whose signature holds.
func signs(b byte, seq uint32) option {
	return func(e *event.Event) { e.Signed, e.Link = true, event.Link{Key: keyID(b), Ledger: "l", Seq: seq} }
}

func as(person string, role event.Role) option {
	return by(event.Actor{Person: person, Role: role, Team: "t1"})
}

// register registers a key with its person's own token, and returns the registration.
func (w *fixture) register(person string, b byte) *event.Event {
	w.Helper()
	e := w.event("person/"+person, key(b), as(person, event.RoleInspector), signs(b, 0))
	e.Bytes = fmt.Appendf(nil, "registration of key %d", b)
	if _, err := w.record(e); err != nil {
		w.Fatal(err)
	}
	return e
}

func TestPillar1PeopleOfCountiesAndDepartmentsHaveKeysToo(t *testing.T) {
	w := campaignFixture(t)
	for b, a := range map[byte]event.Actor{
		1: {Person: "ma", Role: event.RoleCountyGovernment, County: "610902"},
		2: {Person: "li", Role: event.RoleDepartment, Unit: "fire"},
	} {
		w.refuses("R02", "not-yourself", "person/wang", key(b), by(a), signs(b, 0))
		w.accepts("person/"+a.Person, key(b), by(a), signs(b, 0))
		w.accepts("person/"+a.Person, &person.KeyRevoked{Key: keyID(b), Reason: "lost"}, by(a))
	}
}

func confirmation(of *event.Event) *person.KeyConfirmed {
	sum := sha256.Sum256(of.Bytes)
	return &person.KeyConfirmed{Event: of.ID.String(), SHA256: hex.EncodeToString(sum[:])}
}

func TestPillar1AKeyBelongsToOnePersonForGood(t *testing.T) {
	w := campaignFixture(t)
	lost := &person.KeyRevoked{Key: keyID(1), Reason: "lost"}
	ma, li := as("ma", event.RoleInspector), as("li", event.RoleInspector)
	w.refuses("pillar 1", "unknown-key", "person/ma", lost, ma)
	w.refuses("pillar 1", "not-yourself", "person/ma", key(1), signs(1, 0)) // the office, for him
	w.refuses("pillar 1", "key-not-possessed", "person/ma", key(1), ma)
	w.refuses("pillar 1", "key-not-possessed", "person/ma", key(1), ma, signs(1, 1))
	w.register("ma", 1)
	w.refuses("pillar 1", "key-already-registered", "person/ma", key(1), ma, signs(1, 0))
	w.refuses("pillar 1", "key-bound-to-another", "person/li", key(1), li, signs(1, 0))
	w.refuses("pillar 1", "unknown-key", "person/li", lost, li)
	w.accepts("person/ma", lost, ma) // everybody may revoke an own key
	w.refuses("pillar 1", "key-was-revoked", "person/ma", lost)
	w.refuses("pillar 1", "key-was-revoked", "person/ma", key(1), ma, signs(1, 0))
	short := key(2)
	short.PublicKey = short.PublicKey[:40]
	w.refuses("pillar 1", "malformed-key", "person/ma", short, ma)
	w.register("li", 2)
	w.accepts("person/li", &person.KeyRevoked{Key: keyID(2), Reason: "left"}) // the office
}

func TestPillar1AKeyIsConfirmedByASecondPersonOfAnotherRole(t *testing.T) {
	w := campaignFixture(t)
	mine := w.register("ma", 1)
	yes := confirmation(mine)
	w.refuses("pillar 1", "not-a-second-person", "person/ma", yes, as("ma", event.RoleTeamLeader))
	w.refuses("Roles", "role-may-not-append", "person/ma", yes, as("li", event.RoleInspector))
	w.accepts("person/wang", key(2), as("wang", event.RoleTeamLeader), signs(2, 0))
	w.refuses("pillar 1", "not-a-second-person", "person/wang", confirmation(w.last("person/wang")), as("li", event.RoleTeamLeader))
	w.refuses("pillar 1", "not-a-second-person", "person/ma", yes, as("", event.RoleSupervisionOffice))
	w.refuses("pillar 1", "unknown-registration", "person/li", yes)
	other := *yes
	other.SHA256 = strings.Repeat("0", 64)
	w.refuses("pillar 1", "other-content", "person/ma", &other)
	w.accepts("person/ma", yes)
	w.refuses("pillar 1", "key-already-confirmed", "person/ma", yes)
}

// A signature that holds is never thrown away; what it is worth follows from where it stands.
func TestPillar1AKeyCountsByPosition(t *testing.T) {
	w := campaignFixture(t)
	ma := as("ma", event.RoleInspector)
	answer := func(opts ...option) (event.Assurance, []string) {
		t.Helper()
		e := w.event("person/ma", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}, append(opts, ma)...)
		recorded, err := w.record(e)
		if err != nil {
			t.Fatal(err)
		}
		return e.Assurance, flagsOf(recorded)
	}
	expect := func(when string, level event.Assurance, flags []string, want event.Assurance, codes ...string) {
		t.Helper()
		if level != want || !slices.Equal(flags, codes) {
			t.Errorf("%s: %s %v, want %s %v", when, level, flags, want, codes)
		}
	}
	d := &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}
	w.refuses("pillar 1", "key-unknown", "person/ma", d, ma, signs(1, 1))
	w.refuses("pillar 1", "signature-missing", "person/ma", d, ma, signs(1, 1), func(e *event.Event) { e.Signed = false })
	level, flags := answer()
	expect("without a key", level, flags, event.Token)
	mine := w.register("ma", 1)
	w.refuses("pillar 1", "signature-missing", "person/ma", d, ma, signs(1, 1), func(e *event.Event) { e.Signed = false })
	level, flags = answer(signs(1, 1))
	expect("registered only", level, flags, event.Token, "key-not-confirmed")
	w.accepts("person/ma", confirmation(mine))
	level, flags = answer(signs(1, 2))
	expect("confirmed", level, flags, event.Signed)
	level, flags = answer()
	expect("unsigned beside a confirmed key", level, flags, event.Token, "unsigned")
	w.refuses("pillar 1", "key-not-yours", "person/li", d, as("li", event.RoleInspector), signs(1, 3))
	w.accepts("person/ma", &person.KeyRevoked{Key: keyID(1), Reason: "replaced"})
	level, flags = answer(signs(1, 3))
	expect("the queue of a phone that was replaced meanwhile", level, flags, event.Token, "key-revoked")
	level, flags = answer()
	expect("no key that counts", level, flags, event.Token)
}
