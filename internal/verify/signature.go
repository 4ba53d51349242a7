package verify

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// signed is what an entry says of a device's signature. event aliases the block's bytes.
type signed struct {
	key, person      string
	event, signature []byte
}

// keyChange registers or revokes a device key.
type keyChange struct {
	registered devicekey.Key
	revoked    string // id of a key; empty when one is registered
}

// keyChangeOf returns what an event of a person's stream says of device keys; nil when it
// is about something else.
func keyChangeOf(e *entry.Entry) (*keyChange, error) {
	var w struct {
		Type string         `json:"type"`
		Data jsontext.Value `json:"data"`
	}
	if err := json.Unmarshal(e.Event, &w); err != nil {
		return nil, fmt.Errorf("the event: %w", err)
	}
	switch name, version, _ := strings.Cut(strings.TrimPrefix(w.Type, "anjian."), "."); {
	case name != "key-registered" && name != "key-revoked":
		return nil, nil
	case version != "v1":
		return nil, fmt.Errorf("the event: %s is newer than this verifier", w.Type)
	}
	var data struct {
		Algorithm devicekey.Alg `json:"algorithm"`
		PublicKey string        `json:"public_key"`
		Key       string        `json:"key"`
	}
	if err := json.Unmarshal(w.Data, &data); err != nil {
		return nil, fmt.Errorf("data of %s: %w", w.Type, err)
	}
	if data.Key != "" {
		return &keyChange{revoked: data.Key}, nil
	}
	k, err := devicekey.Parse(e.Stream.ID, data.Algorithm, data.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("data of %s: %w", w.Type, err)
	}
	return &keyChange{registered: k}, nil
}

// registered is a key that the ledger has registered.
type registered struct {
	devicekey.Key
	revoked bool
}

// devices checks signatures against the keys that were registered before them. The folder
// owns it; only the arithmetic is spread over all cores, block by block.
type devices struct {
	keys    map[string]*registered
	pending []check
}

type check struct {
	*signed
	index int64
	key   *registered
	holds bool
}

func (d *devices) apply(c *keyChange) {
	if c.revoked == "" {
		if d.keys[c.registered.ID] == nil { // a key belongs to its first person
			d.keys[c.registered.ID] = &registered{Key: c.registered}
		}
	} else if k := d.keys[c.revoked]; k != nil {
		k.revoked = true
	}
}

// take notes a signature to be checked by settle, unless its key did not count.
func (d *devices) take(index int64, s *signed) error {
	k := d.keys[s.key]
	switch {
	case k == nil:
		return fmt.Errorf("signed with key %s, which no entry before it registers", s.key)
	case k.revoked:
		return fmt.Errorf("signed with key %s, which an entry before it revokes", s.key)
	case k.Person != s.person:
		return fmt.Errorf("signed with key %s of %s, but %q acted", s.key, k.Person, s.person)
	}
	d.pending = append(d.pending, check{signed: s, index: index, key: k})
	return nil
}

// settle checks what was taken, adds to held how many signatures hold, and returns the others.
func (d *devices) settle(held *uint64) (bad []check) {
	n := min(runtime.GOMAXPROCS(0), len(d.pending))
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() {
			for i := w; i < len(d.pending); i += n {
				c := &d.pending[i]
				c.holds = c.key.Verify(c.event, c.signature)
			}
		})
	}
	wg.Wait()
	for _, c := range d.pending {
		if c.holds {
			*held++
		} else {
			bad = append(bad, c)
		}
	}
	clear(d.pending)
	d.pending = d.pending[:0]
	return bad
}
