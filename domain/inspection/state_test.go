package inspection

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What the state of a visit holds, whatever was recorded. The rules are tested through package domain, with
// the rest of the ledger as it is.

var (
	photo    = event.Evidence{MediaType: "image/jpeg"}
	standard = campaign.DefaultPolicy()
)

// dump writes every value that a state holds, through all of its pointers.
func dump(s *State) string {
	flat := *s
	flat.origin, flat.rest, flat.work = nil, nil, nil
	return fmt.Sprintf("%+v %+v %+v %+v", flat, *s.origin, *s.rest, s.work)
}

// corrected is a correction as the visits see it.
type corrected struct {
	of       event.Ref
	now      event.Data
	occurred time.Time
}

func (c *corrected) Corrects() (fact, replaces event.Ref) { return c.of, c.of }
func (c *corrected) Version() (event.Data, time.Time)     { return c.now, c.occurred }
func (*corrected) Why() string                            { return "r" }

// past makes recorded events.
type past struct{ made uint64 }

func (p *past) event(d event.Data) *event.Event {
	p.made++
	id := uuid.UUID{}
	binary.BigEndian.PutUint64(id[8:], p.made)
	typ := new(event.Type)
	for _, t := range slices.Concat(Types(), order.Kind.Types, casefile.Kind.Types, oversight.Kind.Types) {
		if reflect.TypeOf(t.New()) == reflect.TypeOf(d) {
			typ = t
		}
	}
	at := time.Date(2019, 11, 20, 1, int(p.made), 0, 0, time.UTC)
	return &event.Event{ID: id, Bytes: id[:], Type: typ, Stream: event.Stream{Kind: event.Inspection, ID: "I"}, Occurred: at, Recorded: at,
		Data:  d,
		Actor: event.Actor{Person: "A", Role: event.RoleInspector, Team: "T"}, Assurance: event.Token, About: event.About{County: "610902"}}
}

// anything draws an event of any type from few ids, so that events meet; st is what they meet in.
func (p *past) anything(t *rapid.T, st *State) *event.Event {
	id := func(label string) string { return rapid.SampledFrom([]string{"F1", "F2", "F3"}).Draw(t, label) }
	if st.facts.Len() > 0 && rapid.IntRange(0, 3).Draw(t, "correct") == 0 {
		all := slices.Collect(st.facts.Counting())
		if len(all) > 0 {
			f := rapid.SampledFrom(all).Draw(t, "fact")
			c := &corrected{of: event.Ref{Event: f.ID.String()}}
			if rapid.Bool().Draw(t, "withdraws") {
				return p.event(c)
			}
			if c.now, c.occurred = f.Data, f.Occurred.Add(time.Minute); rapid.Bool().Draw(t, "at once") {
				c.occurred = f.Occurred
			}
			return p.event(c)
		}
	}
	typ := rapid.SampledFrom(slices.Concat(Types(), order.Kind.Types, casefile.Kind.Types)).Draw(t, "type")
	d := typ.New()
	switch d := d.(type) {
	case *Started:
		d.Inspectors = rapid.SampledFrom([][]string{nil, {"A"}, {"A", "B"}}).Draw(t, "inspectors")
	case *Joined:
		d.Person = id("joins")
	case *CheckAnswered:
		d.Item = id("item")
	case *SectionCompleted:
		d.Section = rapid.SampledFrom(Sections).Draw(t, "section")
	case *FindingRecorded:
		*d = FindingRecorded{Finding: id("finding"), Description: "x", Level: "general", Punishable: rapid.Bool().Draw(t, "punishable")}
	case *EvidenceAttached:
		*d = EvidenceAttached{Finding: id("of"), Evidence: []event.Evidence{photo}}
	case *FixedOnSite:
		*d = FixedOnSite{Finding: id("fixed"), Photo: &photo}
	case *order.Issued:
		*d = order.Issued{Order: id("order"), Kind: rapid.SampledFrom(order.Kinds).Draw(t, "kind"), Findings: []string{id("ordered")}}
	case *casefile.PenaltyDecided:
		*d = casefile.PenaltyDecided{Penalty: id("penalty"), Kind: "warning", Findings: []string{id("punished")}, Final: true}
	case *casefile.NoPenaltyDecided:
		d.Findings = []string{id("exempted")}
	case *CopyDelivered:
		d.Recipient = id("recipient")
	}
	if w := st.facts.Asked(); len(w) > 0 && rapid.Bool().Draw(t, "yes") {
		return p.event(&oversight.ApprovalGiven{Event: rapid.SampledFrom(w).Draw(t, "asked").ID.String()})
	}
	if len(st.waiting) > 0 && rapid.IntRange(0, 3).Draw(t, "answer") == 0 {
		return p.event(&oversight.ApprovalGiven{Event: rapid.SampledFrom(st.waiting).Draw(t, "waits").event.String()})
	}
	e := p.event(d)
	if rapid.IntRange(0, 3).Draw(t, "imported") == 0 {
		e.Assurance = event.Imported
	}
	return e
}

func TestCloneIsIndependent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := new(past)
		family, empty := []*State{NewState()}, dump(NewState())
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(family)-1).Draw(rt, "who")
			if len(family) < 6 && rapid.IntRange(0, 3).Draw(rt, "clone") == 0 {
				family = append(family, family[i].Clone())
				if dump(family[i]) != dump(family[len(family)-1]) {
					rt.Fatal("a clone differs from its original")
				}
			}
			before := make([]string, len(family))
			for k, s := range family {
				before[k] = dump(s)
			}
			e := p.anything(rt, family[i])
			family[i].Apply(e)
			if rapid.Bool().Draw(rt, "forgets") {
				family[i].Forget(Terms{Policy: &standard})
			}
			for k, s := range family {
				if k != i && dump(s) != before[k] {
					rt.Fatalf("%T changed a relative:\n%s\n%s", e.Data, before[k], dump(s))
				}
			}
			if dump(NewState()) != empty {
				rt.Fatalf("%T changed what all states begin with", e.Data)
			}
		}
	})
}

// folded is the state after events.
func folded(change func(*event.Event), list ...event.Data) *State {
	p, s := new(past), NewState()
	for _, d := range list {
		e := p.event(d)
		change(e)
		s.Apply(e)
	}
	return s
}

func TestClosedVisitKeepsOnlyWhatLaterRulesNeed(t *testing.T) {
	document := strings.Repeat("ab", 32)
	list := []event.Data{&Started{Inspectors: []string{"A", "B"}}, &Arrived{}, &FindingRecorded{Finding: "F", Punishable: true},
		&casefile.PenaltyDecided{Penalty: "P", Findings: []string{"F"}, Final: true}, &RecordSigned{DocumentHash: document}, &LeaderReviewed{}}
	st := folded(func(*event.Event) {}, append(slices.Clip(list), &Closed{})...)
	if st.Forget(Terms{Policy: &standard}); st.Forgot() {
		t.Error("copies are owed, and it forgets which")
	}
	for _, r := range standard.Copies {
		list = append(list, &CopyDelivered{DocumentHash: document, Recipient: r})
	}
	st = folded(func(*event.Event) {}, append(list, &Closed{})...)
	st.Forget(Terms{Policy: &standard})
	if st.work != nil || cap(st.findings) != 1 || cap(st.penalties) != 1 {
		t.Errorf("not shrunk: work %v, room for %d findings and %d penalties", st.work, cap(st.findings), cap(st.penalties))
	}
}

func TestImportedVisitKeepsOnlyWhatLaterRulesNeed(t *testing.T) {
	st := folded(func(e *event.Event) { e.Assurance = event.Imported }, &Started{}, &FindingRecorded{Finding: "F"},
		&CheckAnswered{Item: "Q-1"},
		&casefile.PenaltyDecided{Penalty: "P", Findings: []string{"F"}, Final: true})
	if st.work != nil || len(st.findings) != 1 {
		t.Errorf("keeps %+v and %d findings", st.work, len(st.findings))
	}
}

func BenchmarkClone(b *testing.B) {
	st := folded(func(*event.Event) {}, &Started{Inspectors: []string{"A", "B"}}, &Arrived{}, &FindingRecorded{Finding: "F"},
		&FindingRecorded{Finding: "G"}, &FindingRecorded{Finding: "H"})
	b.ReportAllocs()
	for b.Loop() {
		st.Clone()
	}
}
