// Package campaigntest gives tests the entries of a simulated campaign, judged as the sequencer judges them, without a store.
package campaigntest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// Begin is when a campaign starts whose configuration names no time: midnight in Beijing.
var Begin = time.Date(2019, 11, 30, 16, 0, 0, 0, time.UTC)

// Ledger is a ledger in memory that judges what is appended.
type Ledger struct {
	State  *domain.State
	Events []*event.Event // in order

	types *event.Catalogue
	bytes map[uuid.UUID][]byte
	place map[uuid.UUID]uint64
}

// Entries returns the entries of a campaign: Base and Size may be left out.
func Entries(tb testing.TB, c simulate.Config) []*event.Event {
	tb.Helper()
	return Run(tb, c).Events
}

// Run judges a campaign; before is called before each request.
func Run(tb testing.TB, c simulate.Config, before ...func(l *Ledger, recorded time.Time)) *Ledger {
	tb.Helper()
	l := &Ledger{State: domain.New(), types: domain.Catalogue(), bytes: map[uuid.UUID][]byte{}, place: map[uuid.UUID]uint64{}}
	l.State.Root = func(position uint64) ([32]byte, bool) { return rootOf(position), position <= uint64(len(l.Events)) }
	if c.Base.IsZero() {
		c.Base = Begin
	}
	if c.Size == "" {
		c.Size = simulate.Small
	}
	c.Keys, c.Ledger = l.keys(tb, c.Base.AddDate(0, 0, -2)), l
	g, err := simulate.Campaign(c)
	if err != nil {
		tb.Fatal(err)
	}
	for r := range g.Requests() {
		for _, fn := range before {
			fn(l, r.Recorded)
		}
		if !r.Resend {
			l.append(tb, r)
		}
	}
	return l
}

func rootOf(position uint64) [32]byte { return sha256.Sum256(fmt.Append(nil, position)) }

// Behind implements [simulate.Ledger].
func (l *Ledger) Behind(id uuid.UUID) (position uint64, root [32]byte, err error) {
	at, ok := l.place[id]
	if !ok {
		return 0, root, fmt.Errorf("event %s is not there", id)
	}
	return at + 1, rootOf(at + 1), nil
}

// keys publishes the sealing keys of the office and of the commission.
func (l *Ledger) keys(tb testing.TB, at time.Time) (k simulate.Keys) {
	tb.Helper()
	for _, one := range []struct {
		to    *string
		roles []event.Role
	}{
		{&k.Office, []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission}},
		{&k.Commission, []event.Role{event.RoleDisciplineCommission}},
	} {
		id, d := eventtest.SealingKey(tb, one.roles...)
		*one.to = d.PublicKey
		l.apply(l.own(event.Consequence{Name: "sealing-key-published", Stream: event.Stream{Kind: event.SealingKey, ID: id},
			Data: d}, at, id))
	}
	return k
}

// append judges a request, which is refused only where it is made for that.
func (l *Ledger) append(tb testing.TB, r *simulate.Request) {
	tb.Helper()
	l.State.Begin()
	for _, e := range r.Events {
		bytes, err := entry.Author(e)
		if err != nil {
			tb.Fatal(err)
		}
		e.Bytes, e.Actor, e.Recorded, e.Assurance, e.Index = bytes, r.Actor, r.Recorded, event.Token, uint64(len(l.Events))
		if r.Actor.Role == event.RolePublic {
			e.Assurance = event.Open
		}
		if err = l.State.Admit(e); err == nil {
			err = e.Look(func(id uuid.UUID) ([]byte, error) { return l.bytes[id], nil })
		}
		var follow []event.Consequence
		if err == nil {
			l.bytes[e.ID] = bytes
			follow, err = l.State.Judge(e)
		}
		if err != nil {
			var refusal *event.Refusal
			if !errors.As(err, &refusal) || string(refusal.Code) != r.Refusal {
				tb.Fatalf("%s: %v", e.Type.Name, err)
			}
			l.State.Rollback()
			return
		}
		l.apply(e)
		for n, f := range follow {
			l.apply(l.own(f, r.Recorded, e.ID.String(), strconv.Itoa(n)))
		}
	}
	l.State.CommitOldest()
}

// Say appends an event of the office without asking the rules.
func (l *Ledger) Say(name string, of event.Stream, d event.Data, recorded time.Time) {
	l.SayAs(event.RoleSupervisionOffice, "", name, of, d, recorded)
}

// SayAs is [Ledger.Say] of another role, in a campaign.
func (l *Ledger) SayAs(by event.Role, campaign, name string, of event.Stream, d event.Data, recorded time.Time) {
	e := l.own(event.Consequence{Name: name, Stream: of, Data: d}, recorded, name, strconv.Itoa(len(l.Events)))
	e.Campaign = campaign
	e.About = l.State.About(e)
	e.Actor.Role, e.Assurance = by, event.Token
	l.State.Begin()
	l.apply(e)
	l.State.CommitOldest()
}

// Sweep says what is overdue at an instant, as a sweep does.
func (l *Ledger) Sweep(at time.Time) {
	for _, of := range l.streams() {
		l.State.Begin()
		for n, f := range l.State.Overdue(of, at, 100) {
			l.apply(l.own(f, at, of.String(), at.String(), strconv.Itoa(n)))
		}
		l.State.CommitOldest()
	}
}

func (l *Ledger) streams() (all []event.Stream) {
	seen := map[event.Stream]bool{}
	for _, e := range l.Events {
		if !seen[e.Stream] {
			seen[e.Stream], all = true, append(all, e.Stream)
		}
	}
	return all
}

// own is an entry of the ledger's own.
func (l *Ledger) own(c event.Consequence, recorded time.Time, parts ...string) *event.Event {
	e := &event.Event{Type: l.types.Newest(c.Name), Stream: c.Stream, Data: c.Data, Occurred: recorded, Recorded: recorded,
		ExpectedRevision: event.AnyRevision, Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived,
		ID: event.OwnID("", "consequence", parts...)}
	e.About = l.State.About(e)
	return e
}

func (l *Ledger) apply(e *event.Event) {
	e.Index, e.Revision = uint64(len(l.Events)), uint64(l.State.Revision(e.Stream)+1) //nolint:gosec // from -1 on
	l.place[e.ID] = e.Index
	l.Events = append(l.Events, e)
	l.State.Apply(e)
}
