package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	book "github.com/anjian-ledger/anjian/internal/ledger"
)

// origin is that of the ledger that the tests sign for.
const origin = "anjian.example/simulated/0a1b2c3d"

// verify holds a signature against the key that the ledger has registered, or is registering.
func (l *ledger) verify(t testing.TB, e *event.Event, signature []byte) {
	t.Helper()
	k, known := l.keys.Lookup(e.Link.Key)
	if d, ok := e.Data.(*person.KeyRegistered); ok && !known {
		var err error
		if k.Key, err = devicekey.New(d.Suite, d.PublicKey); err != nil {
			t.Fatal(err)
		}
		known = k.ID == e.Link.Key
	}
	if !known || e.Link.Ledger != origin || !k.Verify(e.Bytes, signature) {
		t.Fatalf("%s: the signature does not hold:\n%s", e.Type, e.Bytes)
	}
}

func TestPeopleSignWhatTheyWriteAndTheChainsAreWhole(t *testing.T) {
	for seed := range uint64(3) {
		l := run(t, Config{Seed: seed, Live: seed == 1, Origin: origin})
		if l.signed < 3000 || l.counts["key-registered"] != 6*teamSize+2 {
			t.Errorf("seed %d: %d entries are assured as signed, %d keys", seed, l.signed, l.counts["key-registered"])
		}
		for _, never := range []string{"unsigned", "key-not-confirmed", "key-revoked"} {
			if l.flags[never] > 0 {
				t.Errorf("seed %d: %d flags %s", seed, l.flags[never], never)
			}
		}
		g := generator(t, Config{Seed: seed, Origin: origin, Live: seed == 1})
		for _, who := range everybody(g) {
			keys := l.keys.OfPerson(who)
			if len(keys) != 1 || keys[0].Confirmed == nil {
				t.Fatalf("%s has the keys %+v", who, keys)
			}
			if links, _ := l.keys.Links(keys[0].ID); !links.OK() || links.Events == 0 {
				t.Errorf("%s: %+v", who, links)
			}
		}
	}
}

// everybody lists who has a device.
func everybody(g *Generator) []string {
	all := []string{g.officer(director), g.officer(clerk)}
	for t := range g.teams {
		for n := range teamSize {
			all = append(all, g.person(t, n))
		}
	}
	return all
}

// TestWhatArrivesLateWasSignedInItsTurn: that is what the chain is for.
func TestWhatArrivesLateWasSignedInItsTurn(t *testing.T) {
	next := map[string]uint32{}
	early := 0
	for r := range generator(t, Config{Seed: 1, Origin: origin}).Requests() {
		if r.Resend || r.Signatures == nil {
			continue
		}
		size := 0
		for i, e := range r.Events {
			if i > 0 && (e.Link.Seq != r.Events[i-1].Link.Seq+1 || e.Link.Prev != hashOf(r.Events[i-1])) {
				t.Fatalf("%s does not follow on what its device signed before", e.Type)
			}
			size += len(e.Bytes)
		}
		if first := r.Events[0].Link; first.Seq > next[first.Key] {
			early++ // something that was signed before is still on its way
		}
		last := r.Events[len(r.Events)-1].Link
		next[last.Key] = max(next[last.Key], last.Seq+1)
		if size > book.MaxBatchBytes {
			t.Errorf("a request has %d bytes", size)
		}
	}
	if early == 0 {
		t.Error("everything arrived in the order in which it was signed")
	}
}

func hashOf(e *event.Event) string {
	sum := sha256.Sum256(e.Bytes)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestIdsDoNotDependOnTheLedger(t *testing.T) {
	ids := func(origin string) (all []uuid.UUID) {
		explained := map[string]bool{}
		for r := range generator(t, Config{Seed: 5, Origin: origin}).Requests() {
			for _, e := range r.Events {
				switch d := e.Data.(type) {
				case *oversight.DeviationExplained: // of what that ledger has said, and so has its answer
					explained[e.ID.String()] = true
				case *person.KeyRegistered, *person.KeyConfirmed, *person.KeyRevoked: // of what that ledger has
				case *oversight.ApprovalGiven:
					if !explained[d.Event] {
						all = append(all, e.ID)
					}
				default:
					all = append(all, e.ID)
				}
			}
		}
		return all
	}
	if unsigned := ids(""); !slices.Equal(unsigned, ids(origin)) || !slices.Equal(unsigned, ids("another.example/simulated/ffffffff")) {
		t.Error("the ids of the events depend on the ledger")
	}
}

// TestARefusedEventIsMissingFromItsChain: nothing else is.
func TestARefusedEventIsMissingFromItsChain(t *testing.T) {
	c := Config{Seed: 4, Origin: origin, Refusals: true}
	l := run(t, c)
	refused, missing := l.counts["refused already-reserved"]+l.counts["refused closing-needs-copies"], 0
	for _, who := range everybody(generator(t, c)) {
		links, _ := l.keys.Links(l.keys.OfPerson(who)[0].ID)
		for _, s := range links.Missing {
			missing += int(s.To-s.From) + 1
		}
		if len(links.Double)+len(links.Broken) > 0 {
			t.Errorf("%s: %+v", who, links)
		}
	}
	if refused == 0 || missing != refused {
		t.Errorf("%d events were refused, %d are missing", refused, missing)
	}
}

func TestResentRequestsHaveTheSameSignatures(t *testing.T) {
	first := map[uuid.UUID][]byte{}
	again := 0
	for r := range generator(t, Config{Seed: 1, Origin: origin, Live: true}).Requests() {
		for i, e := range r.Events {
			if r.Signatures == nil {
				continue
			}
			if r.Resend {
				again++
				if !bytes.Equal(first[e.ID], r.Signatures[i]) {
					t.Fatalf("%s was sent again with another signature", e.ID)
				}
			}
			first[e.ID] = r.Signatures[i]
		}
	}
	if again == 0 {
		t.Error("nothing was sent twice")
	}
}
