package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

var catalogue = domain.Catalogue()

// phone is a device of one person with what it wrote.
type phone struct {
	t      testing.TB
	owner  string
	signer *devicekey.Signer
	mine   *entry.Entry // the registration
}

func newPhone(t testing.TB, owner string) *phone {
	seed := sha256.Sum256([]byte(t.Name() + owner))
	s, err := devicekey.NewSigner(origin, seed[:])
	if err != nil {
		t.Fatal(err)
	}
	return &phone{t: t, owner: owner, signer: s}
}

// body replaces the event of an entry, keeping stream and id.
func (p *phone) event(e *entry.Entry, name string, data event.Data) *event.Event {
	return &event.Event{ID: testID(e.Index), Type: catalogue.Newest(name), Stream: e.Stream, Source: "urn:t",
		Occurred: e.Recorded, ExpectedRevision: event.AnyRevision, Data: data}
}

// unsigned puts an event into an entry.
func (p *phone) unsigned(e *entry.Entry, name string, data event.Data) {
	raw, err := entry.Author(p.event(e, name, data))
	if err != nil {
		p.t.Fatal(err)
	}
	e.Event = raw
}

// signed puts an event into an entry that the phone signs, at a level of assurance.
func (p *phone) signed(e *entry.Entry, level event.Assurance, name string, data event.Data) {
	raw, sig, err := p.signer.Sign(p.event(e, name, data))
	if err != nil {
		p.t.Fatal(err)
	}
	e.Event, e.Signature, e.Assurance = raw, sig, level
	e.Actor = p.actor()
}

func (p *phone) actor() event.Actor {
	if p.owner == "p1" {
		return event.Actor{Person: "p1", Role: event.RoleInspector, Team: "t1", Token: 7}
	}
	return event.Actor{Person: p.owner, Role: event.RoleInspector, Team: "t1", Token: 8}
}

// status makes the entry say something that anybody may say, signed by the phone.
func (p *phone) status(e *entry.Entry, level event.Assurance) {
	p.signed(e, level, "subject-status-recorded", &subject.StatusRecorded{Production: "normal"})
}

// onPerson moves an entry to the stream of a person, where it is the next.
func onPerson(l *ledger, e *entry.Entry, id string) {
	l.revisions[e.Stream.ID]--
	e.Stream = event.Stream{Kind: event.Person, ID: id}
	e.Revision = l.revisions["person/"+id]
	l.revisions["person/"+id]++
}

func (p *phone) register(l *ledger, e *entry.Entry) {
	onPerson(l, e, p.owner)
	p.signed(e, event.Token, "key-registered", p.signer.Registration("phone"))
	kept := *e
	p.mine = &kept
}

func (p *phone) confirm(l *ledger, e *entry.Entry) {
	onPerson(l, e, p.owner)
	sum := sha256.Sum256(p.mine.Event)
	p.unsigned(e, "key-confirmed", &person.KeyConfirmed{Event: testID(p.mine.Index).String(), SHA256: hex.EncodeToString(sum[:])})
	e.Actor = event.Actor{Person: "office", Role: event.RoleSupervisionOffice, Token: 9}
}

func (p *phone) revoke(l *ledger, e *entry.Entry) {
	onPerson(l, e, p.owner)
	p.unsigned(e, "key-revoked", &person.KeyRevoked{Key: p.signer.Key.ID, Reason: "lost"})
	e.Actor = p.actor()
}

// Entry 10 registers the key of p1, entry 12 confirms it; 20, 25 and 150, of two blocks, are
// signed. What an entry says of its assurance is held to that.
func TestAssuranceIsRecomputedFromTheEntriesBefore(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(l *ledger, mine, other *phone, e *entry.Entry) bool // true: the entry is done
		problem string                                                   // empty: all is well
		index   int64
		held    uint64
	}{
		"as it should be": {nil, "", 0, 4},
		"another signature": {func(_ *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 25 {
				mine.status(e, event.Signed)
				e.Signature = append([]byte(nil), e.Signature...)
				e.Signature[7] ^= 1
			}
			return e.Index == 25
		}, "is not that of key", 25, 3},
		"a byte of the event": {func(_ *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 150 {
				mine.status(e, event.Signed)
				e.Event = []byte(strings.Replace(string(e.Event), "normal", "partial", 1))
			}
			return e.Index == 150
		}, "is not that of key", 150, 3},
		"a signature that was stripped": {func(_ *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 20 {
				mine.status(e, event.Signed)
				e.Signature, e.Assurance = nil, event.Token
			}
			return e.Index == 20
		}, "and it has no signature", 20, 3},
		"a signature of an event that names no key": {func(_ *ledger, mine, other *phone, e *entry.Entry) bool {
			if e.Index == 20 {
				mine.status(e, event.Token)
				mine.unsigned(e, "subject-status-recorded", &subject.StatusRecorded{Production: "normal"})
			}
			return e.Index == 20
		}, "names no key", 20, 3},
		"a key that nobody registered": {func(_ *ledger, _, other *phone, e *entry.Entry) bool {
			if e.Index == 20 {
				other.status(e, event.Token)
			}
			return e.Index == 20
		}, "no entry before it registers", 20, 3},
		"another person's key": {func(l *ledger, mine, other *phone, e *entry.Entry) bool {
			switch e.Index {
			case 14:
				other.register(l, e)
			case 20:
				other.status(e, event.Token)
				e.Actor = mine.actor()
			}
			return e.Index == 14 || e.Index == 20
		}, `of p2, but "p1" acted`, 20, 4},
		"signed by a key that nobody confirmed, and says that it counts": {func(l *ledger, _, other *phone, e *entry.Entry) bool {
			switch e.Index {
			case 14:
				other.register(l, e)
			case 20:
				other.status(e, event.Signed)
			}
			return e.Index == 14 || e.Index == 20
		}, `its assurance is "signed", by the entries before it "token"`, 20, 5},
		"signed by a key that nobody confirmed": {func(l *ledger, _, other *phone, e *entry.Entry) bool {
			switch e.Index {
			case 14:
				other.register(l, e)
			case 20:
				other.status(e, event.Token)
			}
			return e.Index == 14 || e.Index == 20
		}, "", 0, 5},
		"signed by a key that counts, and says that it does not": {func(_ *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 20 {
				mine.status(e, event.Token)
			}
			return e.Index == 20
		}, `its assurance is "token", by the entries before it "signed"`, 20, 4},
		"a revoked key": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 100 {
				mine.revoke(l, e)
			}
			return e.Index == 100
		}, `its assurance is "signed", by the entries before it "token"`, 150, 4},
		"the queue of a revoked key": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			switch e.Index {
			case 100:
				mine.revoke(l, e)
			case 150:
				mine.status(e, event.Token)
			}
			return e.Index == 100 || e.Index == 150
		}, "", 0, 4},
		"a confirmation of other bytes": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 12 {
				kept := mine.mine.Event
				mine.mine.Event = []byte("something else")
				mine.confirm(l, e)
				mine.mine.Event = kept
			}
			return e.Index == 12
		}, `its assurance is "signed", by the entries before it "token"`, 20, 4},
		"a confirmation by the person": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 12 {
				mine.confirm(l, e)
				e.Actor = mine.actor()
			}
			return e.Index == 12
		}, "is not the second person", 12, 4},
		"a confirmation by another person of the same role": {func(l *ledger, mine, other *phone, e *entry.Entry) bool {
			if e.Index == 12 {
				mine.confirm(l, e)
				e.Actor = other.actor()
			}
			return e.Index == 12
		}, "is not the second person", 12, 4},
		"a confirmation by the ledger": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 12 {
				mine.confirm(l, e)
				e.Actor, e.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
			}
			return e.Index == 12
		}, "is not the second person", 12, 4},
		"a confirmation in another person's stream": {func(l *ledger, mine, other *phone, e *entry.Entry) bool {
			if e.Index == 12 {
				mine.owner = "p2"
				mine.confirm(l, e)
				mine.owner = "p1"
			}
			return e.Index == 12
		}, "that person/p2 does not have", 12, 4},
		"a revocation in another person's stream": {func(l *ledger, mine, other *phone, e *entry.Entry) bool {
			if e.Index == 160 {
				other.signer.Key.ID = mine.signer.Key.ID
				other.revoke(l, e)
			}
			return e.Index == 160
		}, "revokes a key that person/p2 does not have", 160, 4},
		"a registration signed by another key": {func(l *ledger, _, other *phone, e *entry.Entry) bool {
			if e.Index == 14 {
				onPerson(l, e, "p2")
				stranger := newPhone(l.t, "stranger")
				other.signed(e, event.Token, "key-registered", stranger.signer.Registration("phone"))
			}
			return e.Index == 14
		}, "and is signed by key", 14, 4},
		"a registration signed by the person's other key": {func(l *ledger, mine, _ *phone, e *entry.Entry) bool {
			if e.Index == 14 {
				onPerson(l, e, "p1")
				mine.signed(e, event.Signed, "key-registered", newPhone(l.t, "stranger").signer.Registration("phone"))
			}
			return e.Index == 14
		}, "and is signed by key", 14, 4},
		"a key that is registered twice": {func(l *ledger, mine, other *phone, e *entry.Entry) bool {
			switch e.Index {
			case 13:
				other.register(l, e)
			case 14:
				onPerson(l, e, "p2")
				e.Event, e.Signature, e.Actor = []byte(strings.Replace(string(other.mine.Event), testID(13).String(), testID(14).String(), 1)),
					other.mine.Signature, other.actor()
			}
			return e.Index == 13 || e.Index == 14
		}, "which an entry before it registers", 14, 5},
		"a registration that nobody signed": {func(l *ledger, _, other *phone, e *entry.Entry) bool {
			if e.Index == 14 {
				onPerson(l, e, "p2")
				other.unsigned(e, "key-registered", other.signer.Registration("phone"))
				e.Actor = other.actor()
			}
			return e.Index == 14
		}, "is not signed by it", 14, 4},
		"a registration that is not the first that the key signed": {func(l *ledger, _, other *phone, e *entry.Entry) bool {
			if e.Index == 14 {
				other.status(e, event.Token)
				other.register(l, e)
			}
			return e.Index == 14
		}, "with keyseq 1", 14, 4},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			mine, other := newPhone(t, "p1"), newPhone(t, "p2")
			l.mutate = func(e *entry.Entry) {
				if c.change != nil && c.change(l, mine, other, e) {
					return
				}
				switch e.Index {
				case 10:
					mine.register(l, e)
				case 12:
					mine.confirm(l, e)
				case 20, 25, 150:
					mine.status(e, event.Signed)
				}
			}
			l.add(100)
			l.add(100)
			var last uint64
			r, err := Run(context.Background(), l.sources(), Options{Verifier: l.key.Verifier(), Progress: func(entries, _ uint64) {
				last = entries
			}})
			if err != nil || r.Signed != c.held || last != 200 || r.Entries != 200 || r.MalformedCount+r.NewerCount > 0 {
				t.Fatalf("%d signatures hold, progress to %d: %+v, %v", r.Signed, last, r, err)
			}
			if c.problem == "" {
				if !r.OK || r.Exit() != ExitOK {
					t.Errorf("%+v", r.Problems)
				}
				return
			}
			if p := wantProblem(t, r, "journal and store", c.problem); p.Index != c.index || r.Exit() != ExitWrong {
				t.Errorf("%+v", r.Problems)
			}
		})
	}
}

// What was written for another ledger, in training say, does not verify in this one.
func TestAnEventForAnotherLedgerIsFound(t *testing.T) {
	const other = "anjian.example/training/0a1b2c3d"
	seed := sha256.Sum256([]byte(t.Name()))
	s, err := devicekey.NewSigner(other, seed[:])
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{t: t, owner: "p1", signer: s}
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		switch e.Index {
		case 15:
			p.register(l, e)
		case 19: // an unsigned one may name its ledger, too
			e.Event = []byte(strings.Replace(string(e.Event), `"data":`, `"ledger":"`+other+`","data":`, 1))
		}
	}
	l.add(30)
	r := l.run(l.sources())
	if len(r.Problems) != 2 || r.Problems[0].Index != 15 || r.Problems[1].Index != 19 ||
		!strings.Contains(r.Problems[1].What, "for ledger "+other) {
		t.Errorf("%+v", r.Problems)
	}
}

// A block that is missing may have registered the key: then it is not the signature that is
// to blame.
func TestAfterAGapAnUnknownKeyIsNoProblem(t *testing.T) {
	p := newPhone(t, "p1")
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		if e.Index == 150 {
			p.status(e, event.Signed)
		}
	}
	l.add(100)
	l.add(100)
	blocks := [][]byte{nil, l.blocks[1]}
	r := l.run(Sources{Journal: blocksOf(blocks)})
	for _, p := range r.Problems {
		if strings.Contains(p.What, "key") || strings.Contains(p.What, "assurance") {
			t.Errorf("%+v", p)
		}
	}
}

// An event that was taken out of a device's queue is named, and is no fault of the ledger.
func TestMissingLinksOfAKeyAreListed(t *testing.T) {
	p := newPhone(t, "p1")
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		switch e.Index {
		case 15:
			p.register(l, e)
		case 16:
			p.status(e, event.Token)
			p.status(e, event.Token) // the one before is left out
		}
	}
	l.add(30)
	r := l.run(l.sources())
	if !r.OK || len(r.Keys) != 1 || r.Keys[0].Person != "p1" || !reflect.DeepEqual(r.Keys[0].Missing, []devicekey.Span{{From: 1, To: 1}}) {
		t.Errorf("%+v", r)
	}
}

func TestWhatACompromisedKeySignedIsListedAsInDoubt(t *testing.T) {
	p, l := newPhone(t, "p1"), newLedger(t)
	var since time.Time
	l.mutate = func(e *entry.Entry) {
		switch e.Index {
		case 14:
			p.register(l, e)
		case 16:
			p.status(e, event.Token)
		case 17:
			l.now = l.now.Add(time.Hour)
			since = l.now
		case 18, 22:
			p.status(e, event.Token)
		case 20:
			onPerson(l, e, p.owner)
			p.unsigned(e, "key-revoked", &person.KeyRevoked{Key: p.signer.Key.ID, Reason: "stolen", CompromisedSince: since})
			e.Actor = p.actor()
		}
	}
	l.add(30)
	r := l.run(l.sources())
	if !r.OK || r.Signed != 4 || len(r.Keys) != 1 || !reflect.DeepEqual(r.Keys[0].InDoubt, []uint64{18, 22}) {
		t.Errorf("%+v", r)
	}
}

// Of what a later release wrote the envelope is known, so the chain of its key has no gap.
func TestAnEventOfALaterReleaseIsALinkOfItsKeysChain(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		ok   bool
	}{
		"whole":            {func(s string) string { return s }, true},
		"without its seq":  {func(s string) string { return strings.Replace(s, `"keyseq":1`, `"keysec":1`, 1) }, false},
		"an odd seq":       {func(s string) string { return strings.Replace(s, `"keyseq":1`, `"keyseq":1.0`, 1) }, false},
		"no hash before":   {func(s string) string { return strings.Replace(s, `"keyprev"`, `"keypref"`, 1) }, false},
		"blanks around it": {func(s string) string { return strings.Replace(s, `"keyseq":1`, `"keyseq" : 1 `, 1) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, l := newPhone(t, "p1"), newLedger(t)
			l.mutate = func(e *entry.Entry) {
				switch e.Index {
				case 14:
					p.register(l, e)
				case 15:
					raw, err := entry.Author(p.signer.Mark(p.event(e, "subject-status-recorded", &subject.StatusRecorded{Production: "normal"})))
					if err != nil {
						t.Fatal(err)
					}
					e.Event = []byte(c.edit(strings.Replace(string(raw), "recorded.v1", "recorded.v2", 1)))
					if e.Signature, err = p.signer.Seal(e.Event); err != nil {
						t.Fatal(err)
					}
				case 16:
					p.status(e, event.Token)
				}
			}
			l.add(30)
			r := l.run(l.sources())
			if r.NewerCount != 1 || r.Signed != 3 || !r.OK || (len(r.Keys) == 0) != c.ok {
				t.Errorf("%+v", r)
			}
		})
	}
}

func BenchmarkSignedEntries(b *testing.B) {
	p := newPhone(b, "p1")
	l := newLedger(b)
	l.mutate = func(e *entry.Entry) {
		switch e.Index {
		case 0, 1, 2, 3, 4, 5, 6, 7, 8:
		case 9:
			p.register(l, e)
		case 10:
			p.confirm(l, e)
		default:
			p.status(e, event.Signed)
		}
	}
	for range 20 {
		l.add(250)
	}
	b.ResetTimer()
	for range b.N {
		if r := l.run(l.sources()); !r.OK || r.Signed != 4990 {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "entries/s")
}
