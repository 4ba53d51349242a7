// Package simulate makes a synthetic inspection campaign (督查检查专项行动) in the counties and
// zones of Ankang, for samples, tests and load: plan, teams, people, the register of subjects,
// and visits with everything that belongs to one, in Chinese, with policy breaks at plausible
// rates.
//
// # What it promises
//
// Everything follows from [Config]: the same configuration gives the same requests, byte for
// byte; another seed gives another campaign with other ids. There is no clock and no other
// source of chance. Requests are made as they are asked for, so that memory does not grow with
// the number of events: kept are about 100 bytes for each visit of a day, and the visits whose
// inspectors have left and could not send yet.
//
// Nothing in it is real, and everything says so: names end in （模拟）, the plan's title in
// （模拟数据）, and every event has the source urn:anjian:simulator or is signed by a key whose
// device does. Counties and towns are real places, and units and tables those of the profile of
// Ankang; what happens in them here is not. The
// province size has the load of a province in the counties of Ankang, because the list of
// regions is Ankang's.
//
// # The order of a campaign
//
// Requests come in the order of their arrival at the ledger ([Request.Recorded]): first the
// plan, the people, the teams and the register, then day by day the visits. A visit is one
// request of about 55 events (two when it has more than the ledger takes at once), sent when the
// inspectors leave; the leader's review and the closing follow. Some teams are offline for a day
// and send all its visits in the evening; some visits arrive days later; some requests are sent
// twice; some visits duplicate an earlier one. An accident happens at an enterprise that had
// been inspected.
//
// What happens once in a campaign, whatever its size, is its story ([act]): a case with its hearing,
// decision, payment and end, an enterprise that is closed, a team that is reviewed, tips of which one
// is overdue, reports. A test names the few event types that no campaign plays.
//
// # Signatures
//
// With [Config.Origin] the people of the office and of the teams have a device each (Ed25519).
// They register its key themselves, another person of another role confirms it, and from then on
// the device signs all that they write. A visit is signed when the inspectors leave, whenever it
// arrives: so what was late stands behind what was signed after it, and the chain of the key is
// whole again when it has come. Systems and offices that no person acts for do not sign. The
// private keys follow from the configuration and are no secret.
//
// # Sealed texts
//
// With [Config.Keys] what must be able to disappear is sealed before it is signed, as a device does it,
// and [Request.Files] are the encrypted files. Salts and the keys of the senders follow from the
// configuration: the texts are secret from nobody who knows it, and made up.
//
// # Rules
//
// Every request is accepted by the rules of package domain, except those that
// Config.Refusals asks for, which state the refusal they are made to meet. What is expected
// to be flagged is flagged by the ledger, not here.
package simulate

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Length is the period of a campaign, from Config.Base on (R48: one month).
const Length = 31 * 24 * time.Hour

// visitDays is the number of days, from the first on, on which visits begin.
const visitDays = 28

// Source is the CloudEvents source of every simulated event.
const Source = "urn:anjian:simulator"

// Prefix begins every id of the campaign's streams.
const Prefix = "sim-"

// Size is how large a campaign is.
type Size string

// The sizes, with the events they have, within 5 %.
const (
	Small    Size = "small"    // about 4 thousand
	City     Size = "city"     // about 440 thousand: a campaign of Ankang
	Province Size = "province" // about 8 million: the load of a province
)

// Sizes lists the sizes, smallest first.
var Sizes = []Size{Small, City, Province}

// dimensions of a campaign. Visits were chosen to give the events stated for the size.
type dimensions struct{ events, visits, teams, unvisited int }

func (s Size) dimensions() (dimensions, error) {
	switch s {
	case Small:
		return dimensions{4_200, 68, 6, 20}, nil
	case City:
		return dimensions{440_000, 7_690, 55, 2_000}, nil
	case Province:
		return dimensions{8_000_000, 139_800, 1_000, 36_000}, nil
	}
	return dimensions{}, fmt.Errorf("simulate: unknown size %q, want one of %v", s, Sizes)
}

// Events returns about how many events a campaign of this size has, 0 for an unknown size.
func (s Size) Events() int {
	d, _ := s.dimensions()
	return d.events
}

// Config determines a campaign.
type Config struct {
	Seed uint64
	Size Size
	// Base is when the campaign starts: midnight of the first day. A sample that should look
	// alive begins Length before now.
	Base time.Time
	// Live says that the ledger records the requests as they are sent and not at
	// Request.Recorded. The plan's policy then lets facts be synchronised at any time;
	// otherwise every one of them would be flagged as late.
	Live bool
	// Profile is that of the city: "ankang", or "" for it, whose plan is of 2019, or [Today], whose plan asks for what the law since
	// 2025 asks for.
	Profile string
	// Aftermath adds what comes in the three years after: the sealing key of the commission ends with it.
	Aftermath bool
	// Refusals adds requests that the rules must refuse. What was signed and refused is missing
	// from the chain of its key.
	Refusals bool
	// Origin is that of the ledger that the events are signed for; "" signs nothing. Ids and
	// bodies do not depend on it.
	Origin string
	// Keys are the sealing keys of that ledger. What needs a sealed text is left out without them.
	Keys Keys
	// Ledger tells what its people read in the ledger before they report. What needs that is left out without it.
	Ledger Ledger
}

// Ledger is where a campaign is appended to.
type Ledger interface {
	// Behind returns the size of the ledger up to an event that it has, and its root of then. The event is one of a
	// request that is [Request.Noted].
	Behind(id uuid.UUID) (position uint64, root [32]byte, err error)
}

// Request is one append, whole or not at all.
type Request struct {
	Actor      event.Actor // without a token; see [Generator.Token]
	Events     []*event.Event
	Signatures [][]byte // of the events, by the actor's device; nil when they are not signed
	Files      [][]byte // sealed texts that the events name by their hashes, to be stored as evidence
	// Recorded is when the request reaches the ledger in the story; it never goes back. The
	// latest is up to Length plus a week after Config.Base; of the aftermath, three years after it.
	Recorded time.Time
	// Noted says that [Ledger.Behind] may be asked for its events.
	Noted bool
	// Resend says that an identical request was made before.
	Resend bool
	// Refusal is the code of the refusal that the request must meet; "" for all others.
	Refusal string
}

// Bytes returns the events as they are sent.
func (r *Request) Bytes() ([][]byte, error) {
	out := make([][]byte, len(r.Events))
	for i, e := range r.Events {
		if r.Signatures != nil {
			out[i] = e.Bytes
			continue
		}
		b, err := entry.Author(e)
		if err != nil {
			return nil, fmt.Errorf("simulate: %w", err)
		}
		out[i] = b
	}
	return out, nil
}

// copy returns the same request with events of its own: the ledger takes over what it is given.
func (r *Request) copy() *Request {
	c := *r
	c.Events = make([]*event.Event, len(r.Events))
	for i, e := range r.Events {
		one := *e
		c.Events[i] = &one
	}
	return &c
}

// Generator makes the requests of one campaign. Its methods must not run beside each other, nor
// two walks over its requests.
type Generator struct {
	Config
	dimensions
	world
	story   []act
	sealTo  struct{ office, commission recipient }
	types   map[string]*event.Type
	devices map[string]*devicekey.Signer // by person; of the walk that goes on

	foundThere  []string                 // at the visit of [Generator.accidentVisit], in the walk that goes on
	exposed     event.Ref                // the exposure of that; likewise
	told        map[string]event.Ref     // what acts of the story leave to later ones; likewise
	lookedAgain *fieldVisit              // at the review of a team; likewise
	fined       fined                    // in the walk that goes on
	defied      issued                   // the stop that is defied; likewise
	filings     [sitesThatWork]event.Ref // of work in a holiday
}

// Campaign prepares a campaign.
func Campaign(c Config) (*Generator, error) {
	d, err := c.Size.dimensions()
	if err != nil {
		return nil, err
	}
	if y := c.Base.Year(); y < 1901 || y > 9000 {
		return nil, fmt.Errorf("simulate: base %v is out of range", c.Base)
	}
	if c.Profile = cmp.Or(c.Profile, profiles[0]); !slices.Contains(profiles, c.Profile) {
		return nil, fmt.Errorf("simulate: unknown profile %q, want one of %v", c.Profile, profiles)
	}
	c.Base = c.Base.UTC()
	g := &Generator{Config: c, dimensions: d, types: map[string]*event.Type{}}
	if c.Keys.known() {
		var err1, err2 error
		g.sealTo.office, err1 = parseRecipient(c.Keys.Office)
		g.sealTo.commission, err2 = parseRecipient(c.Keys.Commission)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	}
	catalogue := domain.Catalogue()
	for _, t := range catalogue.All() {
		g.types[t.Name] = catalogue.Newest(t.Name)
	}
	g.world = newWorld(g)
	g.acc = g.chooseAccident()
	g.grave = g.chooseGrave()
	g.dup, g.dupOf = g.chooseDuplicate()
	return g, nil
}

// Token is the issue under which an actor of the campaign appends. It is the same in every run,
// so that a second one finds it. Nobody has the token: its hash is that of no token. Who issues
// it says until when and for whom.
func (g *Generator) Token(a event.Actor) *token.Issued {
	sum := sha256.Sum256(fmt.Appendf(nil, "simulated\n%s\n%s\n%s\n%s\n%s\n%s", g.id, a.Role, a.Person, a.Team, a.County, a.Unit))
	if a.Role == event.RoleInspectedParty {
		return &token.Issued{SHA256: base64.RawURLEncoding.EncodeToString(sum[:]), Role: a.Role, Subject: a.Unit}
	}
	return &token.Issued{SHA256: base64.RawURLEncoding.EncodeToString(sum[:]), Role: a.Role, Person: a.Person, Team: a.Team, County: a.County,
		Unit: a.Unit}
}
