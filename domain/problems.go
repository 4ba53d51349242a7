package domain

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// What went wrong at an inspected subject has the ledger open reviews, and people decide (R44, R66): one of each visit that had
// been there before, and of what officials answer for, one of each who held office then. Each kind of streams says what went
// wrong by the state of one stream ([stream.Kind.Problems]); who is reviewed for it follows here, by difference: when a problem
// becomes known, when a visit or an office of before does, and when one of them turns out not to have been.

// MaxReviews is how many visits one problem has reviewed at most when it becomes known: of each
// subject those that began last, equally many.
const MaxReviews = 200

// problem is one that is known, with where.
type problem struct {
	in event.Stream
	stream.Problem
}

// problems are those that are known; lists are replaced, never changed.
type problems struct {
	ofSubject *table[string, []problem]   // subject → what went wrong there
	officials *table[struct{}, []problem] // those for which officials answer
	appointed *table[struct{}, []string]  // who ever held an office
}

func newProblems(s *State) problems {
	return problems{newTable[string, []problem](s), newTable[struct{}, []problem](s), newTable[struct{}, []string](s)}
}

// troubled is a kind whose events may make something known that went wrong.
type troubled interface {
	// ahead is what is kept of the stream of an event that is being judged, after it.
	ahead(e *event.Event) any
}

// troubles reports whether an event may change what went wrong by what its stream says.
func troubles(k *stream.Kind, d event.Data) bool {
	return k.Problems != nil && (k.Troubles == nil || k.Troubles(d))
}

// opening is a review that is to be there.
type opening struct {
	in   event.Stream
	data *review.Opened
}

// reviewed adds the reviews that follow from an event that was accepted: of what went wrong by it, and not before, and takes
// back those of what did not go wrong after all.
func (s *State) reviewed(follow []event.Consequence, k kind, e *event.Event) []event.Consequence {
	is := k.declaration()
	then, ok := k.(troubled)
	if !ok || !troubles(is, e.Data) {
		return follow
	}
	was, now := is.Problems(k.kept(e.Stream.ID)), is.Problems(then.ahead(e))
	if slices.EqualFunc(was, now, sameProblem) {
		return follow
	}
	var before, after []opening
	for i := range was {
		before = s.openings(before, &problem{e.Stream, was[i]}, e, math.MaxInt)
	}
	for i := range now {
		after = s.openings(after, &problem{e.Stream, now[i]}, e, MaxReviews)
	}
	for _, o := range after {
		follow = s.open(follow, o)
	}
	for _, o := range before {
		if !slices.ContainsFunc(after, func(a opening) bool { return a.in == o.in }) {
			follow = s.close(follow, o.in, e)
		}
	}
	return follow
}

func sameProblem(a, b stream.Problem) bool {
	return a.What == b.What && a.Item == b.Item && a.At.Equal(b.At) && a.Officials == b.Officials && a.County == b.County &&
		slices.Equal(a.Subjects, b.Subjects) && slices.Equal(a.Sectors, b.Sectors)
}

// openings adds the reviews that a problem asks for, as known before the event e that is being judged, of up to so many visits.
func (s *State) openings(out []opening, p *problem, e *event.Event, most int) []opening {
	for i, subject := range p.Subjects {
		if slices.Contains(p.Subjects[:i], subject) {
			continue
		}
		var visits []string
		for _, v := range s.visitsOf(s.subjects.kin(subject, p.At.Unix())) {
			visits = append(visits, v.id)
		}
		for _, id := range s.lastBefore(visits, p, max(1, most/len(p.Subjects))) {
			o := p.ofVisit(subject, id, e)
			if !slices.ContainsFunc(out, func(a opening) bool { return a.in == o.in }) { // of what merged both may be named
				out = append(out, o)
			}
		}
	}
	if !p.Officials {
		return out
	}
	appointed, _ := s.problems.appointed.get(struct{}{})
	for _, id := range appointed {
		if s.answers(s.persons.state(id), p) {
			out = append(out, p.ofOfficial(id, e))
		}
	}
	return out
}

// lastBefore returns up to n of the visits that began before a problem arose, the last ones, oldest
// first. Not the visit that made it known.
func (s *State) lastBefore(visits []string, p *problem, n int) []string {
	var out []string
	for _, id := range visits {
		if s.precedes(id, s.inspections.state(id), p) {
			out = append(out, id)
		}
	}
	began := func(id string) int64 { return s.inspections.state(id).Began() }
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(began(a), began(b)), strings.Compare(a, b)) })
	return out[max(0, len(out)-n):]
}

func (s *State) precedes(id string, st *inspection.State, p *problem) bool {
	return st.Began() < p.At.Unix() && p.in != event.Stream{Kind: event.Inspection, ID: id}
}

// answers reports whether a person held an office, when a problem arose, that answers for its county, and for a sector of it: by
// what the appointment names, or as one of a unit that the responsibility map or the table of units has for both. Where no sector
// is known, every office of that county does.
func (s *State) answers(st *person.State, p *problem) bool {
	if st == nil {
		return false
	}
	for _, o := range st.OfficesAt(p.At) {
		switch shares := func(code string) bool { return slices.Contains(o.Sectors, code) }; {
		case o.County != "" && !codes.Covers(o.County, p.County):
		case len(p.Sectors) == 0 && o.County != "",
			slices.ContainsFunc(p.Sectors, shares),
			slices.Contains(s.responsible(p.County, p.Sectors), o.Unit):
			return true
		}
	}
	return false
}

func (p *problem) opened(e *event.Event) *review.Opened {
	return &review.Opened{Problem: p.What, Matter: p.in.String(), Item: p.Item, Position: e.Index}
}

func (p *problem) ofVisit(subject, id string, e *event.Event) opening {
	d := p.opened(e)
	d.Subject, d.Reviewed = subject, event.Stream{Kind: event.Inspection, ID: id}.String()
	return opening{p.stream(event.Inspection, id), d}
}

func (p *problem) ofOfficial(id string, e *event.Event) opening {
	d := p.opened(e)
	d.Reviewed = event.Stream{Kind: event.Person, ID: id}.String()
	return opening{p.stream(event.Person, id), d}
}

// stream is that of the review of a visit or an official for the problem.
func (p *problem) stream(kind event.Kind, id string) event.Stream {
	return ReviewStream(p.What, p.in, p.Item, event.Stream{Kind: kind, ID: id})
}

// ReviewStream names the stream in which a visit or a person is reviewed for a problem, by what went wrong, the stream that says so,
// and which of several there: the same on any node.
func ReviewStream(what string, in event.Stream, item string, reviewed event.Stream) event.Stream {
	return event.Stream{Kind: event.Review, ID: streamID("review", what, in.String(), item, string(reviewed.Kind), reviewed.ID)}
}

// open opens a review that does not stand.
func (s *State) open(follow []event.Consequence, o opening) []event.Consequence {
	if s.stands(o.in) {
		return follow
	}
	return append(follow, o.consequence())
}

func (o opening) consequence() event.Consequence {
	return event.Consequence{Name: "accountability-review-opened", Stream: o.in, Data: o.data}
}

// close lets lapse what stands in a stream that the ledger made, because of an event; what people decided there stays, and is flagged.
func (s *State) close(follow []event.Consequence, in event.Stream, e *event.Event) []event.Consequence {
	said, _ := s.deviations.get(in)
	own := said.Own()
	for _, o := range own {
		follow = append(follow, lapsed(in, o))
	}
	if st, _ := s.kind(in.Kind).kept(in.ID).(*review.State); st != nil && len(own) > 0 {
		follow = s.relied(follow, in, st.Rule(), st.Decision(), uuid.Nil, e)
	}
	return follow
}

// reviewsOfVisit returns the reviews of a visit that is seen: one for each problem that is known at its subject and arose after
// it began (R44), whether it was opened before or not.
func (s *State) reviewsOfVisit(e *event.Event, after *inspection.State) (out []event.Consequence) {
	for _, at := range s.subjects.parts(s.subjects.heir(after.Subject())) {
		known, _ := s.problems.ofSubject.get(at)
		for i := range known {
			p := &known[i]
			if s.precedes(e.Stream.ID, after, p) && s.subjects.oneAt(at, after.Subject(), p.At.Unix(), nil) &&
				!lies(out, p.stream(event.Inspection, e.Stream.ID)) {
				out = append(out, p.ofVisit(at, e.Stream.ID, e).consequence())
			}
		}
	}
	return out
}

// lies reports whether something that follows lies in a stream.
func lies(out []event.Consequence, in event.Stream) bool {
	return slices.ContainsFunc(out, func(c event.Consequence) bool { return c.Stream == in })
}

// reviewsOfOfficial opens and takes back the reviews of an official whose offices turn out otherwise (R66).
func (s *State) reviewsOfOfficial(e *event.Event, after *person.State) (out []event.Consequence) {
	known, _ := s.problems.officials.get(struct{}{})
	before := s.persons.state(e.Stream.ID)
	for i := range known {
		p := &known[i]
		switch was, is := s.answers(before, p), s.answers(after, p); {
		case is:
			out = s.open(out, p.ofOfficial(e.Stream.ID, e))
		case was:
			out = s.close(out, p.stream(event.Person, e.Stream.ID), e)
		}
	}
	return out
}

// appoint keeps who ever held an office.
func (p *problems) appoint(id string) {
	all, _ := p.appointed.get(struct{}{})
	if !slices.Contains(all, id) {
		p.appointed.set(struct{}{}, append(slices.Clip(all), strings.Clone(id)))
	}
}

// settle keeps what went wrong by what a stream says after an event, instead of what did before.
func (p *problems) settle(in event.Stream, was, now []stream.Problem) {
	if slices.EqualFunc(was, now, sameProblem) {
		return
	}
	in.ID = strings.Clone(in.ID)
	subjects, officials := map[string]bool{}, false
	for _, list := range [][]stream.Problem{was, now} {
		for i := range list {
			officials = officials || list[i].Officials
			for _, id := range list[i].Subjects {
				subjects[id] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(subjects)) {
		renew(p.ofSubject, strings.Clone(id), in, now, func(x *stream.Problem) bool { return slices.Contains(x.Subjects, id) })
	}
	if officials {
		renew(p.officials, struct{}{}, in, now, func(x *stream.Problem) bool { return x.Officials })
	}
}

// renew replaces those of one stream in a list of problems.
func renew[K comparable](t *table[K, []problem], key K, in event.Stream, now []stream.Problem, wanted func(*stream.Problem) bool) {
	old, _ := t.get(key)
	list := slices.DeleteFunc(slices.Clone(old), func(x problem) bool { return x.in == in })
	for i := range now {
		if wanted(&now[i]) {
			list = append(list, problem{in, now[i]})
		}
	}
	t.set(key, list)
}
