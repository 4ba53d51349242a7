package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// registered is a key that the ledger has registered, as of the entry that is looked at.
type registered struct {
	devicekey.Key
	person    string
	by        event.Role // under which it was registered
	hash      [32]byte   // of the registration's bytes
	confirmed bool
	revoked   bool
	chain     devicekey.Chain
}

// keys recomputes how each entry is assured (pillar 1): which key signed it, whether that key
// counted there, whether the signature holds. The folder owns it; only the arithmetic is spread
// over all cores, block by block.
type keys struct {
	byID          map[string]*registered
	registrations map[string]string // id of a key-registered → key id
	pending       []check
}

// check is a signature whose arithmetic is still to be done.
type check struct {
	*fact
	index int64
	key   *registered
	holds bool
}

func newKeys() keys {
	return keys{byID: map[string]*registered{}, registrations: map[string]string{}}
}

// take holds the entry's assurance and signature to the keys before it, and then applies what
// the entry says of keys. What entries before a gap registered cannot be known: resumed says so.
func (d *keys) take(index int64, f *fact, resumed bool) error {
	e := f.event
	k, err := d.signer(f)
	if err != nil {
		if resumed {
			return nil
		}
		return err
	}
	want := unsigned(e)
	if k != nil {
		d.pending = append(d.pending, check{fact: f, index: index, key: k})
		if want == event.Token && k.confirmed && !k.revoked {
			want = event.Signed
		}
	}
	if e.Assurance != want && !resumed {
		err = fmt.Errorf("its assurance is %q, by the entries before it %q", e.Assurance, want)
	}
	if wrong := d.apply(e); err == nil && !resumed {
		err = wrong
	}
	return err
}

// unsigned is the assurance of an entry by who acted, without a signature.
func unsigned(e *event.Event) event.Assurance {
	switch {
	case e.Actor.Role == event.RoleLedger:
		return event.Derived
	case e.Actor.Role == event.RoleImporter:
		return event.Imported
	case e.Assurance == event.Open:
		return event.Open
	}
	return event.Token
}

// signer returns the key by which an entry says that it is signed; nil for one that does not.
func (d *keys) signer(f *fact) (*registered, error) {
	e := f.event
	reg, registers := e.Data.(*person.KeyRegistered)
	switch {
	case registers && e.Link.Key == "":
		return nil, fmt.Errorf("registers a key and is not signed by it")
	case e.Link.Key == "" && f.signature == nil:
		return nil, nil
	case e.Link.Key == "":
		return nil, fmt.Errorf("it has a signature, and its event names no key")
	case f.signature == nil:
		return nil, fmt.Errorf("its event says that key %s signed it, and it has no signature", e.Link.Key)
	}
	if registers {
		if err := d.register(e, reg); err != nil {
			return nil, err
		}
	}
	switch k := d.byID[e.Link.Key]; {
	case k == nil:
		return nil, fmt.Errorf("signed with key %s, which no entry before it registers", e.Link.Key)
	case k.person != e.Actor.Person:
		return nil, fmt.Errorf("signed with key %s of %s, but %q acted", e.Link.Key, k.person, e.Actor.Person)
	default:
		return k, nil
	}
}

// register takes up a key by the event that registers it and that it signed.
func (d *keys) register(e *event.Event, reg *person.KeyRegistered) error {
	k, err := devicekey.New(reg.Suite, reg.PublicKey)
	switch {
	case err != nil:
		return fmt.Errorf("registers a key that is not sound: %w", err)
	case k.ID != e.Link.Key:
		return fmt.Errorf("registers key %s and is signed by key %s", k.ID, e.Link.Key)
	case e.Link.Seq != 0:
		return fmt.Errorf("registers key %s with keyseq %d", k.ID, e.Link.Seq)
	case d.byID[k.ID] != nil:
		return fmt.Errorf("registers key %s, which an entry before it registers", k.ID)
	}
	d.byID[k.ID] = &registered{Key: k, person: e.Stream.ID, by: e.Actor.Role, hash: sha256.Sum256(e.Bytes)}
	d.registrations[e.ID.String()] = k.ID
	return nil
}

// apply takes in what an entry says of keys, and says what of it the rules of persons refuse.
func (d *keys) apply(e *event.Event) error {
	switch b := e.Data.(type) {
	case *person.KeyConfirmed:
		k := d.byID[d.registrations[b.Event]]
		switch {
		case k == nil || k.person != e.Stream.ID:
			return fmt.Errorf("confirms a registration that %s does not have", e.Stream)
		case b.SHA256 != hex.EncodeToString(k.hash[:]):
			return fmt.Errorf("confirms other bytes than those that registered key %s", k.ID)
		case e.Actor.Person == "" || e.Actor.Person == k.person || e.Actor.Role == k.by:
			return fmt.Errorf("%q as %s is not the second person who can confirm what %q registered as %s", e.Actor.Person, e.Actor.Role, k.person,
				k.by)
		}
		k.confirmed = true
	case *person.KeyRevoked:
		k := d.byID[b.Key]
		if k == nil || k.person != e.Stream.ID {
			return fmt.Errorf("revokes a key that %s does not have", e.Stream)
		}
		if !k.revoked {
			k.chain.Compromised(b.CompromisedSince)
		}
		k.revoked = true
	}
	return nil
}

// settle checks the signatures that were taken, adds to held how many hold, and returns the others.
func (d *keys) settle(held *uint64) (bad []check) {
	n := min(runtime.GOMAXPROCS(0), len(d.pending))
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(d.pending); i += n {
				c := &d.pending[i]
				c.holds = c.key.Verify(c.event.Bytes, c.signature)
			}
		})
	}
	wg.Wait()
	for _, c := range d.pending {
		if !c.holds {
			bad = append(bad, c)
			continue
		}
		*held++
		c.key.chain.Take(c.event)
	}
	clear(d.pending)
	d.pending = d.pending[:0]
	return bad
}

// KeyLinks is what is missing, double, broken or in doubt among the events of one key. It is no fault of
// the ledger: it says which event of a device's queue never arrived, or came twice, or may be another's.
type KeyLinks struct {
	Key    string `json:"key"`
	Person string `json:"person"`
	devicekey.Links
}

// links lists the keys whose chain is not whole, or in doubt.
func (d *keys) links() []KeyLinks {
	all := []KeyLinks{}
	for _, id := range slices.SortedFunc(maps.Keys(d.byID), cmp.Compare[string]) {
		if l := d.byID[id].chain.Links(); !l.OK() && len(all) < maxProblems {
			all = append(all, KeyLinks{id, d.byID[id].person, l})
		}
	}
	return all
}
