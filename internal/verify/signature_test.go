package verify

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// phone is a device with a key.
type phone struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

func newPhone(t testing.TB) phone {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return phone{public, private}
}

// says replaces the event of an entry of a person's stream.
func says(e *entry.Entry, person, typ, data string) {
	e.Stream, e.Revision = event.Stream{Kind: event.Person, ID: person}, 0
	e.Event = fmt.Appendf(nil, `{"specversion":"1.0","id":"%s","type":"%s","data":%s}`, testID(e.Index), typ, data)
}

func (p phone) registered() string {
	return fmt.Sprintf(`{"algorithm":"ed25519","public_key":"%s"}`, base64.RawURLEncoding.EncodeToString(p.public))
}

func (p phone) sign(e *entry.Entry) {
	e.Assurance, e.Key, e.Signature = event.Signed, devicekey.ID(p.public), ed25519.Sign(p.private, e.Event)
}

// What a device signed was signed by a key that the ledger had registered before for the
// person who acted, and had not revoked (pillar 1): entries 20, 25 and 150 of two blocks are
// signed, entry 10 registers the key.
func TestADeviceSignatureIsHeldToTheKeyThatTheLedgerRegistered(t *testing.T) {
	mine, other := newPhone(t), newPhone(t)
	revoked := fmt.Sprintf(`{"key":"%s","reason":"lost"}`, devicekey.ID(mine.public))
	for name, c := range map[string]struct {
		change  func(*entry.Entry) // after the usual
		problem string             // empty: all is well
		index   int64
		held    uint64
	}{
		"as it should be": {nil, "", 0, 3},
		"another signature": {func(e *entry.Entry) {
			if e.Index == 25 {
				e.Signature = ed25519.Sign(mine.private, []byte("something else"))
			}
		}, "is not that of key", 25, 2},
		"a byte of the event": {func(e *entry.Entry) {
			if e.Index == 150 {
				e.Event = []byte(strings.Replace(string(e.Event), "quote", "quota", 1))
			}
		}, "is not that of key", 150, 2},
		"a key that nobody registered": {func(e *entry.Entry) {
			if e.Index == 20 {
				other.sign(e)
			}
		}, "no entry before it registers", 20, 2},
		"a key registered after it was used": {func(e *entry.Entry) {
			switch e.Index {
			case 20:
				other.sign(e)
			case 22:
				says(e, "p1b", "anjian.key-registered.v1", other.registered())
			}
		}, "no entry before it registers", 20, 2},
		"another person's key": {func(e *entry.Entry) {
			switch e.Index {
			case 12:
				says(e, "p2", "anjian.key-registered.v1", other.registered())
			case 20:
				other.sign(e)
			}
		}, `of p2, but "p1" acted`, 20, 2},
		"registered again by another": {func(e *entry.Entry) {
			if e.Index == 12 {
				says(e, "p2", "anjian.key-registered.v1", mine.registered())
			}
		}, "", 0, 3},
		"a revoked key": {func(e *entry.Entry) {
			if e.Index == 100 {
				says(e, "p1r", "anjian.key-revoked.v1", revoked)
			}
		}, "which an entry before it revokes", 150, 2},
		"a revoked key, spelled with escapes": {func(e *entry.Entry) {
			if e.Index == 100 {
				says(e, "p1r", `anjian.\u006bey-revoked.v1`, revoked)
			}
		}, "which an entry before it revokes", 150, 2},
		"a version of tomorrow": {func(e *entry.Entry) {
			if e.Index == 100 {
				says(e, "p1r", "anjian.key-revoked.v2", revoked)
			}
		}, "newer than this verifier", 100, 3},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.mutate = func(e *entry.Entry) {
				switch e.Index {
				case 10:
					says(e, "p1", "anjian.key-registered.v1", mine.registered())
					l.revisions[fmt.Sprintf("s%d", e.Index%7)]--
				case 20, 25, 150:
					mine.sign(e)
				}
				before := e.Stream
				if c.change != nil {
					c.change(e)
				}
				if before != e.Stream {
					l.revisions[before.ID]--
				}
			}
			l.add(100)
			l.add(100)
			var last uint64
			r, err := Run(context.Background(), l.sources(), Options{Verifier: l.key.Verifier(), Progress: func(entries, _ uint64) { last = entries }})
			if err != nil || r.Signed != c.held || last != 200 || r.Entries != 200 {
				t.Fatalf("%d signatures hold, progress to %d: %+v, %v", r.Signed, last, r, err)
			}
			if c.problem == "" {
				if !r.OK {
					t.Errorf("%+v", r.Problems)
				}
				return
			}
			if p := wantProblem(t, r, "journal and store", c.problem); p.Index != c.index || len(r.Problems) != 1 {
				t.Errorf("%+v", r.Problems)
			}
		})
	}
}

// A block that is missing may have registered the key: then it is not the signature that is
// to blame.
func TestAfterAGapAnUnknownKeyIsNoProblem(t *testing.T) {
	p := newPhone(t)
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		if e.Index == 150 {
			p.sign(e)
		}
	}
	l.add(100)
	l.add(100)
	blocks := [][]byte{nil, l.blocks[1]}
	r := l.run(Sources{Journal: blocksOf(blocks)})
	for _, p := range r.Problems {
		if strings.Contains(p.What, "key") {
			t.Errorf("%+v", p)
		}
	}
}

func BenchmarkSignedEntries(b *testing.B) {
	p := newPhone(b)
	l := newLedger(b)
	l.mutate = func(e *entry.Entry) {
		if e.Index == 0 {
			says(e, "p1", "anjian.key-registered.v1", p.registered())
			l.revisions["s0"]--
			return
		}
		p.sign(e)
	}
	for range 20 {
		l.add(250)
	}
	b.ResetTimer()
	for range b.N {
		if r := l.run(l.sources()); !r.OK || r.Signed != 4999 {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "entries/s")
}
