package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Whatever is wrong with the number of a document, the document was made, and is kept and flagged (R42): its number lies in no block of its
// team, is void, or is borne by an earlier document of the team. What is said of it lapses, or is said, by the difference that an event
// makes (pillar 13): the correction, withdrawal or restoring of a document, for it and for those that bear its number; and what is told of
// a block, for the documents of later times. So the beginning of numbering flags no document from before it.

// numbers keeps which documents bear a number, as it counts. A block may be told late, so those of no series are kept, too. Of a series
// and of a team there may be thousands: the lists of their streams are append-only, and nobody appends to an older one while a newer one is
// seen; a stream may stand in one more than once.
type numbers struct {
	ofStream *table[event.Stream, []bearer] // in order; values are replaced, never changed
	ofNumber *table[string, []bearer]       // kind of document, series and number → that bear it, in order; likewise
	ofSeries *table[string, []event.Stream] // kind of document and series
	ofTeam   *table[string, []event.Stream] // kind of document and team
}

// bearer is a document that bears a number.
type bearer struct {
	of               event.Stream
	fact             uuid.UUID // that made it
	index            uint64    // of that
	occurred         int64     // when it was made, in nanoseconds since 1970
	year             int       // in which, in Beijing
	document, number string
	team             string
}

func newNumbers(s *State) numbers {
	return numbers{newTable[event.Stream, []bearer](s), newTable[string, []bearer](s), newTable[string, []event.Stream](s),
		newTable[string, []event.Stream](s)}
}

// numberOf returns the number that an event bears, and of which kind of document; "" for none.
func numberOf(body event.Data) (kind, number string) {
	switch d := body.(type) {
	case *inspection.RecordSigned:
		return numbering.SiteRecord, d.RecordNo
	case *inspection.SignatureRefused:
		return numbering.SiteRecord, d.RecordNo
	case *order.Issued:
		return numbering.Order, d.DocumentNo
	case *casefile.PenaltyDecided:
		return numbering.Decision, d.DecisionNo
	}
	return "", ""
}

// bearing returns the document of a team that an event makes, nil where it bears no number. An import's is none: its numbers are those
// of its source.
func bearing(e *event.Event, team string) *bearer {
	kind, number := numberOf(e.Data)
	if number == "" || e.Assurance == event.Imported {
		return nil
	}
	return &bearer{of: e.Stream, fact: e.ID, index: e.Index, occurred: e.Occurred.UnixNano(), year: event.YearOf(e.Occurred), document: kind,
		number: strings.Clone(number), team: strings.Clone(team)}
}

// borneAs is the key of a number.
func borneAs(kind, series string, n int64) string { return fmt.Sprintf("%s\n%s\n%d", kind, series, n) }

// numberKey is the key under which a document bears its number; ok is false when that is none.
func numberKey(b *bearer) (key string, ok bool) {
	series, n, ok := numbering.Parse(b.number)
	return borneAs(b.document, series, n), ok
}

// bear keeps which documents of e's stream bear a number after e.
func (s *State) bear(e *event.Event) {
	if !speaksOfFacts(e) {
		if b := bearing(e, e.About.Team); b != nil {
			was, _ := s.numbers.ofStream.get(e.Stream)
			s.numbers.turn(e.Stream, was, append(slices.Clip(was), *b))
		}
		return
	}
	log := s.bearerLog(e.Stream)
	if log == nil || !log.Amended() {
		return
	}
	was, _ := s.numbers.ofStream.get(e.Stream)
	team, now := s.kind(e.Stream.Kind).about(&event.Event{Stream: e.Stream}).Team, []bearer(nil)
	for f := range log.Counting() {
		if f.Type.Kind != e.Stream.Kind {
			continue // it lies aside, in a stream of its own
		}
		f.Stream = e.Stream
		if b := bearing(f.Event, team); b != nil {
			now = append(now, *b)
		}
	}
	if !slices.Equal(was, now) {
		s.numbers.turn(e.Stream, was, now)
	}
}

// bearerLog is the facts of a stream whose documents bear numbers; nil of all others.
func (s *State) bearerLog(of event.Stream) *facts.Log {
	switch of.Kind {
	case event.Inspection:
		return s.inspections.log(of.ID)
	case casefile.Name:
		return s.cases.log(of.ID)
	case order.Name:
		if k, ok := s.kind(of.Kind).(*plain); ok {
			return k.log(of.ID)
		}
	}
	return nil
}

// turn puts documents of a stream in place of others.
func (n *numbers) turn(of event.Stream, was, now []bearer) {
	n.ofStream.set(of, now)
	for i := range was {
		if key, ok := numberKey(&was[i]); ok && !slices.Contains(now, was[i]) {
			list, _ := n.ofNumber.get(key)
			n.ofNumber.set(key, slices.DeleteFunc(slices.Clone(list), func(b bearer) bool { return b == was[i] }))
		}
	}
	for i := range now {
		b := &now[i]
		if slices.Contains(was, *b) {
			continue
		}
		if key, ok := numberKey(b); ok {
			list, _ := n.ofNumber.get(key)
			at, _ := slices.BinarySearchFunc(list, b.index, func(b bearer, index uint64) int { return cmp.Compare(b.index, index) })
			if at < len(list) {
				list = slices.Clone(list)
			}
			n.ofNumber.set(key, slices.Insert(list, at, *b))
		}
		series, _, _ := numbering.Parse(b.number)
		lists(n.ofSeries, b.document+"\n"+series, of)
		lists(n.ofTeam, b.document+"\n"+b.team, of)
	}
}

// lists appends a stream to a list.
func lists(t *table[string, []event.Stream], key string, of event.Stream) {
	list, _ := t.get(key)
	t.set(key, append(list, of))
}

// misnumbered is what is wrong with the number of a document. A team that was given no block has nothing to compare with.
func (s *State) misnumbered(b *bearer) (flags []event.Deviation) {
	flag := func(d event.Deviation) {
		d.Fact, d.Item = b.fact, b.number // of the number: a corrected one is another
		flags = append(flags, d)
	}
	k := s.documents
	series, n, ok := numbering.Parse(b.number)
	blocks, _ := k.ofSeries.get(b.document + "\n" + series)
	within := -1
	if ok {
		within = slices.IndexFunc(blocks, func(id string) bool {
			is := &k.state(id).Block
			return is.Has(n) && is.Document != "" && (is.Team == "" || is.Team == b.team) && is.Year == b.year
		})
	}
	if within < 0 {
		if b.team != "" && k.given(b.document, b.team) {
			flag(event.Flagged(law.R42, numbering.NumberOutsideBlock, law.Str("document", b.document), law.Str("number_text", b.number),
				law.Str("team", b.team)))
		}
		return flags
	}
	if slices.Contains(k.state(blocks[within]).Voided, n) {
		flag(event.Flagged(law.R42, numbering.NumberIsVoid, law.Str("document", b.document), law.Str("number_text", b.number)))
	}
	bearers, _ := s.numbers.ofNumber.get(borneAs(b.document, series, n))
	if slices.ContainsFunc(bearers, func(o bearer) bool { return o.index < b.index && o.team == b.team }) {
		flag(event.Flagged(law.R42, numbering.NumberTwice, law.Str("document", b.document), law.Str("number_text", b.number),
			law.Str("team", b.team)))
	}
	return flags
}

// renumbers adds what e makes otherwise of the numbers of documents that were made before it: of at most [MaxProposals], in the order
// in which they were recorded. What the author may not know of waits.
func (s *State) renumbers(follow []event.Consequence, e *event.Event) []event.Consequence {
	if e.Assurance == event.Imported || e.Assurance == event.Derived || e.Stream.Kind != numbering.Name && !s.turnsBearers(e) {
		return follow
	}
	var since time.Time
	if e.Stream.Kind == numbering.Name {
		since = s.since(e)
	}
	all, seen := s.reached(nil, nil, e, since)
	s.Begin()
	s.Apply(e)
	all, _ = s.reached(all, seen, e, since)
	slices.SortFunc(all, func(a, b bearer) int { return cmp.Compare(a.index, b.index) })
	after := s.wrong(all)
	s.Rollback()
	before, turned := s.wrong(all), 0
	for i := range all {
		if slices.EqualFunc(before[i], after[i], func(a, b event.Deviation) bool { return a.Statement == b.Statement }) {
			continue
		}
		if turned++; turned > MaxProposals {
			break
		}
		follow = s.restatesBearer(follow, &all[i], before[i], after[i])
	}
	return follow
}

// restatesBearer says what a document breaks now and did not, and takes back the rest.
func (s *State) restatesBearer(follow []event.Consequence, b *bearer, before, after []event.Deviation) []event.Consequence {
	k := s.kind(b.of.Kind)
	v := event.Event{Stream: b.of, Index: b.index, Occurred: time.Unix(0, b.occurred)}
	v.About = k.about(&v)
	plan := k.plan(&v)
	if plan.Policy == nil {
		return follow
	}
	said, _ := s.deviations.get(b.of)
	var r event.Restated
	r.Differ(said.Statements(), before, after, func(uuid.UUID) bool { return false })
	return differing(follow, &v, &r, said, plan.Version)
}

// turnsBearers reports whether an event has another version of a fact count, in a stream whose documents bear numbers.
func (s *State) turnsBearers(e *event.Event) bool {
	if !speaksOfFacts(e) {
		return false
	}
	log := s.bearerLog(e.Stream)
	if log == nil {
		return false
	}
	var content event.Data
	if ref, _, answers := oversight.Answer(e.Data); answers {
		w := log.Waits(ref.ID())
		if w == nil {
			return false
		}
		f, _ := log.Asks(w)
		content = f.Data
	} else {
		content, _ = e.Data.(event.Correction).Version()
	}
	own, _ := s.numbers.ofStream.get(e.Stream)
	_, number := numberOf(content)
	return own != nil || number != "" || log.Withdrawn()
}

// reached appends the documents, but for those seen, of which an event may change what is wrong with their numbers: those of its stream
// and all that bear their numbers; of a block those of its series and team that were made after it was given, or what is corrected of it.
func (s *State) reached(all []bearer, seen map[uuid.UUID]bool, e *event.Event, since time.Time) ([]bearer, map[uuid.UUID]bool) {
	if seen == nil {
		seen = map[uuid.UUID]bool{}
	}
	n := &s.numbers
	take := func(list []bearer) {
		for _, b := range list {
			if !seen[b.fact] && (b.of == e.Stream || s.kind(b.of.Kind).knows(b.of.ID)) {
				seen[b.fact] = true
				all = append(all, b)
			}
		}
	}
	if e.Stream.Kind != numbering.Name {
		own, _ := n.ofStream.get(e.Stream)
		take(own)
		for i := range own {
			if key, ok := numberKey(&own[i]); ok {
				list, _ := n.ofNumber.get(key)
				take(list)
			}
		}
		return all, seen
	}
	st := s.documents.state(e.Stream.ID)
	if st == nil || st.Block.Document == "" {
		return all, seen
	}
	b, corrects := &st.Block, speaksOfFacts(e)
	ofSeries, _ := n.ofSeries.get(b.Document + "\n" + b.Series)
	ofTeam, _ := n.ofTeam.get(b.Document + "\n" + b.Team)
	for _, streams := range [][]event.Stream{ofSeries, ofTeam} {
		for _, of := range streams {
			list, _ := n.ofStream.get(of)
			take(slices.DeleteFunc(slices.Clone(list), func(b bearer) bool {
				made := time.Unix(0, b.occurred)
				return made.Before(since) || made.Equal(since) && !corrects
			}))
		}
	}
	return all, seen
}

// wrong is what is wrong with the numbers of documents, as they count.
func (s *State) wrong(list []bearer) [][]event.Deviation {
	all := make([][]event.Deviation, len(list))
	for i := range list {
		now, _ := s.numbers.ofStream.get(list[i].of)
		if at := slices.IndexFunc(now, func(b bearer) bool { return b.fact == list[i].fact }); at >= 0 {
			all[i] = s.misnumbered(&now[at])
		}
	}
	return all
}
