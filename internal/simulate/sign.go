package simulate

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// handset is what every device of the campaign is called.
const handset = "手机" + mark

// newDevice makes the device of a person; the same configuration makes the same key.
func (g *Generator) newDevice(who string) *devicekey.Signer {
	seed := sha256.Sum256(fmt.Appendf(nil, "anjian simulated device\n%016x\n%s", g.key, who))
	d, err := devicekey.NewSigner(g.Origin, seed[:])
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // a key that is made from a seed is sound
	}
	return d
}

// sign writes an event in its final bytes, as the next one of a device, and signs them.
func sign(d *devicekey.Signer, e *event.Event) []byte {
	raw, signature, err := d.Sign(e)
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // the bodies are made here
	}
	e.Bytes = raw
	return signature
}

// registerOfficeKeys registers the devices of the people of the office. The keeper has nothing to write but this, and no device.
func (g *Generator) registerOfficeKeys(at time.Time, yield func(*Request) bool) bool {
	return g.registerKeys([]event.Actor{g.official(director), g.official(clerk)}, g.official(keeper), -1, at, yield)
}

// registerKeys has each owner register the key of a device, by an event that the key signs, and then the
// confirmer confirm what they registered. n numbers those who register together.
func (g *Generator) registerKeys(owners []event.Actor, confirmer event.Actor, n int, at time.Time, yield func(*Request) bool) bool {
	if g.Origin == "" {
		return true
	}
	c := g.chance(forKey, n)
	var registrations []event.Ref
	for _, who := range owners {
		d := g.newDevice(who.Person)
		g.devices[who.Person] = d
		b := g.batch(who, c)
		b.add("key-registered", event.Person, who.Person, at, d.Registration(handset))
		registrations = append(registrations, refTo(b.events[0]))
		if !yield(b.request(at)) {
			return false
		}
	}
	at = at.Add(time.Second)
	b := g.batch(confirmer, c)
	for i, who := range owners {
		b.add("key-confirmed", event.Person, who.Person, at, &person.KeyConfirmed{Event: registrations[i].Event, SHA256: registrations[i].SHA256})
	}
	return yield(b.request(at))
}
