package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is said of a visit beside a team, a person or its subject lapses when a fact of that stream is corrected or withdrawn, or is told
// late, and is said again when that is taken back (pillar 13). The registers of when the visit was recorded are not kept. So its facts
// are judged twice beside those of today, before the event and behind it: what differs is what the event makes otherwise, and what
// others changed meanwhile neither flags nor clears anything.

// flaggedBeside is what was said of visits beside other streams. Beside a team there may be thousands of visits, so what was said of
// each is found by itself. The lists are append-only, and nobody appends to an older one while a newer one is seen: so they share memory.
type flaggedBeside struct {
	visits *table[event.Stream, []string] // team, person or subject → visits of which something was said
	flags  *table[besideOf, []event.Statement]
}

// besideOf is a visit beside another stream.
type besideOf struct {
	in    event.Stream
	visit string
}

func newFlaggedBeside(s *State) flaggedBeside {
	return flaggedBeside{newTable[event.Stream, []string](s), newTable[besideOf, []event.Statement](s)}
}

// note keeps a flag of a visit.
func (b *flaggedBeside) note(of besideOf, f event.Statement) {
	known, again := b.flags.get(of)
	if slices.Contains(known, f) {
		return
	}
	b.flags.set(of, append(known, f))
	if !again {
		visits, _ := b.visits.get(of.in)
		b.visits.set(of.in, append(visits, of.visit))
	}
}

// noteBeside keeps beside which streams a flag of a visit was said.
func (k *inspections) noteBeside(visit string, d *oversight.DeviationFlagged) {
	t, _ := law.Known(d.Code).Text()
	of, _ := inspection.Beside(t.Code)
	st := k.state(visit)
	if len(of) == 0 || st == nil {
		return
	}
	visit = strings.Clone(visit)
	f := event.Statement{Code: t.Code, Item: strings.Clone(d.Item)}
	f.Fact, _ = event.ParseUUID(d.Event)
	for _, kind := range of {
		in := event.Stream{Kind: kind, ID: f.Item}
		switch kind {
		case event.Team:
			in.ID = st.Team()
		case event.Subject:
			in.ID = st.Subject()
		}
		k.flagged.note(besideOf{in, visit}, f)
	}
}

// turnsBeside says of visits what an event of a team, a person or a subject makes otherwise.
func (s *State) turnsBeside(e *event.Event) (out []event.Consequence) {
	if e.Stream.Kind == event.Inspection || e.Assurance == event.Derived { // most events
		return nil
	}
	k := s.inspections
	flagged, _ := k.flagged.visits.get(e.Stream)
	var visits []string
	for _, id := range flagged {
		if k.knowsVisit(k.state(id)) { // what the author may not know waits
			visits = append(visits, id)
		}
	}
	if len(visits) == 0 {
		return nil
	}
	judged := k.judged
	defer func() { k.judged = judged }()
	before := make([][]event.Deviation, len(visits))
	for i, id := range visits {
		before[i] = k.brokenBeside(id)
	}
	since := s.since(e)
	s.Begin()
	s.Apply(e)
	after := make([][]event.Deviation, len(visits))
	for i, id := range visits {
		after[i] = k.brokenBeside(id)
	}
	s.Rollback()
	for i, id := range visits {
		st := k.state(id)
		flags, _ := k.flagged.flags.get(besideOf{e.Stream, id})
		none := func(d event.Deviation) bool { // nothing of it is turned by e
			_, timeless := inspection.Beside(d.Code)
			f := event.Statement{Code: d.Code, Item: d.Item, Fact: d.Fact}
			return !slices.Contains(flags, f) || timeless && time.Unix(st.Began(), 0).Before(since.Truncate(time.Second))
		}
		v := event.Event{Stream: event.Stream{Kind: event.Inspection, ID: id}}
		said, _ := s.deviations.get(v.Stream)
		var r event.Restated
		r.Differ(said.Statements(), slices.DeleteFunc(before[i], none), slices.DeleteFunc(after[i], none), func(uuid.UUID) bool { return false })
		first, happened := st.First()
		out = differing(out, &v, &r, said, s.planOf(st.Campaign(), first, happened).Version)
	}
	return out
}

// brokenBeside is what a visit breaks beside the registers as they are seen from the top.
func (k *inspections) brokenBeside(id string) (all []event.Deviation) {
	st := k.state(id)
	first, happened := st.First()
	at := time.Unix(st.Began(), 0)
	v := event.Event{Stream: event.Stream{Kind: event.Inspection, ID: id}, Occurred: at, Recorded: at, Index: first,
		About: event.About{Campaign: st.Campaign(), Subject: st.Subject(), Team: st.Team(), County: st.County(), Sectors: st.Sectors()},
		Data:  &oversight.ApprovalGiven{}} // its facts are looked at again, as when one is corrected
	p := k.s.planOf(st.Campaign(), first, happened).Policy
	ask := func(_ *inspection.State, sc *inspection.Scene, _ *event.Event) ([]event.Deviation, error) {
		return inspection.BesideRegisters(st, sc, p), nil
	}
	all, _ = k.judges(&v, p, ask)
	return all
}

// since is when what an event makes otherwise in its stream happened: of a correction the fact, by the earlier of its two versions.
func (s *State) since(e *event.Event) time.Time {
	k, ok := s.kind(e.Stream.Kind).(interface {
		turned(e *event.Event) (time.Time, bool)
	})
	if ok && speaksOfFacts(e) {
		if at, turns := k.turned(e); turns {
			return at
		}
	}
	return e.Occurred
}

// turned is when the fact of which an event turns the version that counts occurred, by the earlier version.
func (s *streams[S]) turned(e *event.Event) (at time.Time, ok bool) {
	now, _ := s.get(e.Stream.ID)
	then := s.slotAfter(e)
	if now.past == nil || then.past == nil || now.past.Turns() == then.past.Turns() {
		return at, false
	}
	for _, p := range []*past{now.past, then.past} {
		if f, counts := p.Find(then.past.Newest()); counts && (at.IsZero() || f.Occurred.Before(at)) {
			at = f.Occurred
		}
	}
	return at, !at.IsZero()
}
