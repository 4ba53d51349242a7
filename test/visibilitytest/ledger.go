package visibilitytest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// Ledger judges commands as the sequencer does, and projects what it recorded. It keeps
// everything in memory and encodes nothing, so that thousands can be made.
type Ledger struct {
	State  *domain.State
	Events []*event.Event
	Views  *projector.Projector
	types  *event.Catalogue
}

// NewLedger returns an empty one.
func NewLedger() *Ledger {
	l := &Ledger{State: domain.New(), types: domain.Catalogue()}
	l.Views = l.projector()
	return l
}

func (l *Ledger) projector() *projector.Projector {
	return projector.New(projector.Config{
		Read: func(_ context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				if err := fn(l.Events[i]); err != nil {
					return err
				}
			}
			return nil
		},
		RootAt:     func(uint64) (string, error) { return "", nil },
		RecordedAt: func(size uint64) (time.Time, error) { return l.Events[size-1].Recorded, nil },
	})
}

// Projected returns the views of entries that were not made by Do.
func (l *Ledger) Projected() *projector.Projector {
	p := l.projector()
	p.Apply(l.Events)
	return p
}

// Do appends one command. It returns what its author is told, and how many entries it added.
func (l *Ledger) Do(c *Command) (answer string, added int) {
	typ := l.types.Newest(c.Name)
	if !typ.MayAppend(c.Actor.Role) {
		return "403 " + c.Name, 0
	}
	e := &event.Event{ID: c.ID, Type: typ, Stream: c.Stream, Data: c.Data, Campaign: c.Campaign, Occurred: c.Occurred, Recorded: c.Recorded,
		ExpectedRevision: c.Expected, Index: uint64(len(l.Events)), Actor: c.Actor, Assurance: event.Token}
	if c.Actor.Role == event.RoleImporter {
		e.Assurance = event.Imported
	}
	if err := l.State.Admit(e); err != nil {
		return err.Error(), 0
	}
	revision := l.State.KnownRevision(e.Stream)
	if e.ExpectedRevision != event.AnyRevision && e.ExpectedRevision != revision {
		return fmt.Sprintf("409 revision %d", revision), 0
	}
	eventtest.Look(e, l.Events)
	follow, err := l.State.Judge(e)
	if err != nil {
		return err.Error(), 0
	}
	e.Revision = uint64(revision + 1)
	l.place(e)
	answer = fmt.Sprintf("ok %d", e.Revision)
	for n, said := range follow {
		d := l.derived(e, n, said)
		l.place(d)
		if l.State.Sees(d) {
			answer += " " + d.Type.Name + " " + d.ID.String()
		}
	}
	return answer, 1 + len(follow)
}

// following is the id of the n-th consequence of an event.
func following(cause uuid.UUID, n int) uuid.UUID {
	return uuid.NewSHA1(cause, binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// derived is the n-th consequence of an event.
func (l *Ledger) derived(cause *event.Event, n int, c event.Consequence) *event.Event {
	d := &event.Event{ID: following(cause.ID, n), Type: l.types.Newest(c.Name),
		Stream: c.Stream,
		Data:   c.Data, Campaign: cause.Campaign, Causation: cause.ID.String(), Occurred: cause.Recorded, Recorded: cause.Recorded,
		ExpectedRevision: event.AnyRevision, Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived, Index: uint64(len(l.Events))}
	d.About = l.State.About(d)
	d.Revision = uint64(l.State.Revision(d.Stream) + 1)
	return d
}

func (l *Ledger) place(e *event.Event) {
	l.State.Apply(e)
	l.Events = append(l.Events, e)
	l.Views.Apply(l.Events[len(l.Events)-1:])
}

// Read returns what a reader sees, in his order: what the API's pages, lines and streams give.
func (l *Ledger) Read(who event.Actor) []*event.Event {
	var out []*event.Event
	scope := l.Views.ScopeAt(who)
	look := func(at, index uint64) {
		e := l.Events[index]
		if since, ok := l.Views.Since(&scope.Scope, e.Stream, &e.About, index); ok && since == at {
			out = append(out, e)
		}
	}
	for at := range scope.Position {
		for _, index := range l.Views.Held(at) {
			look(at, uint64(index))
		}
		look(at, at)
	}
	return out
}

// Order is the same by its definition, from the entries alone: (since when the reader sees an
// entry, index).
func (l *Ledger) Order(who event.Actor, scope *visibility.Scope, n int) (entries []*event.Event, since []int) {
	disclosed, waits := map[event.Stream]int{}, map[event.Stream]event.Stream{}
	for i, e := range l.Events {
		switch _, ok := disclosed[e.Stream]; {
		case ok:
		case e.Stream.Kind == order.Name || e.Stream.Kind == casefile.Name: // it waits with the visit that its first entry names
			if k := kinds.Of(e.Stream.Kind); k.MayBegin(e.Data) {
				waits[e.Stream] = event.Stream{Kind: event.Inspection, ID: k.Joins(e.Data)}
			}
		case e.Stream.Kind != event.Inspection || visibility.Discloses(e):
			disclosed[e.Stream] = i
		}
	}
	for stream, visit := range waits {
		if i, ok := disclosed[visit]; ok {
			disclosed[stream] = i
		}
	}
	byPosition := make([][]int, n)
	for i, e := range l.Events[:n] {
		if !scope.Sees(e.Stream, &e.About) {
			continue
		}
		at := i
		if who.Role != event.RoleSupervisionOffice && (who.Team == "" || e.About.Team != who.Team) {
			d, ok := disclosed[e.Stream]
			if !ok || max(d, i) >= n {
				continue
			}
			at = max(d, i)
		}
		byPosition[at] = append(byPosition[at], i)
	}
	for at, list := range byPosition {
		for _, i := range list {
			entries, since = append(entries, l.Events[i]), append(since, at)
		}
	}
	return entries, since
}

// Said is what a reader gets of an entry, but for its position.
func Said(e *event.Event) string {
	body, err := json.Marshal(e.Data)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s %s %s/%d about %+v by %+v at %s: %s", e.ID, e.Type, e.Stream, e.Revision, e.About, e.Actor, e.Recorded,
		Stripped(body))
}

// Stripped is JSON without the members that tell a place in the ledger.
func Stripped(text []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return text
	}
	strip(v)
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return out
}

func strip(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"index", "position", "root", "recorded", "proof", "checkpoint", "next", "cursor", "token", "leaf_hash",
			"instance", "ix"} {
			delete(v, name)
		}
		maps.DeleteFunc(v, func(name string, _ any) bool { return strings.HasSuffix(name, "_ix") })
		for _, name := range []string{"entry", "source"} { // of a deduction: the position of what it is for
			if _, place := v[name].(json.Number); place {
				delete(v, name)
			}
		}
		if text, ok := v["receipt"].(string); ok { // the entry's line, then its proof
			line, _, _ := strings.Cut(text, "\n")
			v["receipt"] = string(Stripped([]byte(line)))
		}
		for _, x := range v {
			strip(x)
		}
	case []any:
		for _, x := range v {
			strip(x)
		}
	}
}
