package simulate

import (
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// What a stream of chance is for. Everything about one thing comes from its own stream, so
// that it can be made again at any time without what came before.
const (
	forCampaign uint64 = iota + 1
	forTeam
	forPerson
	forSubject
	forPlan // what kind of visit it becomes
	forVisit
	forAfterwards
	forTeamDay
	forStep
	forKey
	forName // of a visit
	forTables
	forToday
)

// chance is a deterministic source of random choices.
type chance struct{ *rand.Rand }

// chance returns the stream for one thing.
func (g *Generator) chance(purpose uint64, n int) chance {
	return chance{rand.New(rand.NewPCG(g.key^purpose*0x9E3779B97F4A7C15, uint64(n)))} //nolint:gosec // reproducible on purpose
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 27
	x *= 0x94D049BB133111EB
	return x ^ x>>31
}

// once reports true with probability p.
func (c chance) once(p float64) bool { return c.Float64() < p }

// between returns lo … hi, both included.
func (c chance) between(lo, hi int) int { return lo + c.IntN(hi-lo+1) }

func (c chance) minutes(lo, hi int) time.Duration {
	return time.Duration(c.between(lo*60, hi*60)) * time.Second
}

func pick[T any](c chance, list []T) T { return list[c.IntN(len(list))] }

// hash is a synthetic SHA-256: no document stands behind it.
func (c chance) hash() string {
	var b [32]byte
	for i := range b {
		if i%8 == 0 {
			v := c.Uint64()
			for j := range 8 {
				b[i+j] = byte(v >> (8 * j))
			}
		}
	}
	return hex.EncodeToString(b[:])
}

// id makes a version 7 UUID of the time of the event and of chance.
func (c chance) id(t time.Time) uuid.UUID {
	var u uuid.UUID
	ms, a, b := uint64(t.UnixMilli()), c.Uint64(), c.Uint64() //nolint:gosec // years 1901…9000 as two's complement
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	for i := range 2 {
		u[6+i] = byte(a >> (8 * i))
	}
	for i := range 8 {
		u[8+i] = byte(b >> (8 * i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u
}

// batch collects the events of one request.
type batch struct {
	g          *Generator
	author     event.Actor
	c          chance
	device     *devicekey.Signer // of the author; nil: the events are not signed
	events     []*event.Event
	signatures [][]byte
	noted      bool     // their place in the ledger may be asked for
	files      [][]byte // sealed texts that the events name
}

func (g *Generator) batch(author event.Actor, c chance) *batch {
	return &batch{g: g, author: author, c: c, device: g.devices[author.Person]}
}

// add appends an event of the campaign; the author's device signs it now.
func (b *batch) add(name string, kind event.Kind, id string, at time.Time, data event.Data) *event.Event {
	return b.put(b.c.id(at.Truncate(time.Second)), name, kind, id, at, data)
}

// put appends an event whose id was drawn before.
func (b *batch) put(eventID uuid.UUID, name string, kind event.Kind, id string, at time.Time, data event.Data) *event.Event {
	e := &event.Event{
		ID: eventID, Type: b.g.types[name], Stream: event.Stream{Kind: kind, ID: id}, Source: Source,
		Occurred: at.Truncate(time.Second), Campaign: b.g.id, ExpectedRevision: event.AnyRevision, Data: data,
	}
	b.events = append(b.events, e)
	if b.device != nil {
		b.signatures = append(b.signatures, sign(b.device, e))
	}
	return e
}

func (b *batch) request(recorded time.Time) *Request {
	return &Request{Actor: b.author, Events: b.events, Signatures: b.signatures, Files: b.files, Noted: b.noted, Recorded: recorded}
}
