package domain

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// A subject that has merged into another is part of it from that day on: what asks by subject (R31, R44, R58) asks both. What was
// before stays what it was: two visits are compared as those of one subject when it was one on the day of the later.

// longestLine is how many times what a subject became is followed.
const longestLine = 16

// endOf returns what became of a subject, after an event that is being judged (nil: as it is).
func (k *subjects) endOf(id string, e *event.Event) *subject.End {
	st := k.state(id)
	if st == nil {
		return nil
	}
	if e != nil && e.Stream.ID == id && e.Stream.Kind == event.Subject {
		st = k.after(e)
	}
	return st.End()
}

// risks returns the classes of risk of a subject at an instant, after an event (nil: as it is).
func (k *subjects) risks(id string, at time.Time, e *event.Event) []string {
	st := k.state(id)
	if st == nil {
		return nil
	}
	if e != nil && e.Stream.ID == id && e.Stream.Kind == event.Subject {
		st = k.after(e)
	}
	return st.Risks(at)
}

// line returns a subject and what it became, in order.
func (k *subjects) line(id string) []string {
	out := []string{id}
	for len(out) < longestLine {
		end := k.endOf(id, nil)
		if end == nil || end.Successor == "" {
			break
		}
		id = end.Successor
		out = append(out, id)
	}
	return out
}

// heir returns what a subject is now.
func (k *subjects) heir(id string) string {
	line := k.line(id)
	return line[len(line)-1]
}

// oneAt reports whether two subjects were one at an instant, seconds since 1970, after an event (nil: as it is).
func (k *subjects) oneAt(a, b string, at int64, e *event.Event) bool {
	return a == b || k.was(a, at, e) == k.was(b, at, e)
}

// was returns what a subject was at an instant.
func (k *subjects) was(id string, at int64, e *event.Event) string {
	for range longestLine {
		end := k.endOf(id, e)
		if end == nil || end.Successor == "" || at < end.At {
			break
		}
		id = end.Successor
	}
	return id
}

// parts returns a subject and all that ever became part of it. The caller must not change it.
func (k *subjects) parts(id string) []string {
	out := []string{id}
	for i := 0; i < len(out) && len(out) < 1000; i++ {
		into, _ := k.merged.get(out[i])
		for _, other := range into {
			if !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// kin returns what a subject was one with at an instant, seconds since 1970, itself first.
func (k *subjects) kin(id string, at int64) []string {
	out := []string{id}
	for _, other := range k.parts(k.heir(id)) {
		if other != id && k.oneAt(id, other, at, nil) {
			out = append(out, other)
		}
	}
	return out
}

// merges keeps which subjects became part of which.
func (k *subjects) merges(id string, was, is *subject.End) {
	before, after := "", ""
	if was != nil {
		before = was.Successor
	}
	if is != nil {
		after = is.Successor
	}
	if before == after {
		return
	}
	if before != "" {
		k.merged.set(before, without(k.merged, before, id))
	}
	if after != "" {
		k.merged.set(after, with(k.merged, after, strings.Clone(id)))
	}
}

// rivals returns the visits that claim a key, also those of what is one subject with its own now.
func (s *State) rivals(key inspection.Key) []string {
	holders, _ := s.inspections.initial.get(key)
	kin := s.subjects.parts(s.subjects.heir(key.Subject))
	if len(kin) == 1 {
		return holders
	}
	own := key.Subject
	out := slices.Clone(holders)
	for _, id := range kin {
		if id != own {
			key.Subject = id
			more, _ := s.inspections.initial.get(key)
			out = append(out, more...)
		}
	}
	return out
}

// visited is a visit as another is compared with it.
type visited struct {
	id string
	st *inspection.State
}

// byBeginning returns the earlier and the later of two visits, by when they began.
func byBeginning(a, b visited) (first, later visited) {
	if c := cmp.Or(cmp.Compare(b.st.Began(), a.st.Began()), strings.Compare(b.id, a.id)); c < 0 {
		return b, a
	}
	return a, b
}

// united states what follows for visits when it turns out that a subject merged into another, or did not: the initial ones of both
// are compared (R31).
func (k *subjects) united(out []event.Consequence, e *event.Event) []event.Consequence {
	id := e.Stream.ID
	was, is := k.endOf(id, nil), k.endOf(id, e)
	if was == is || was != nil && is != nil && *was == *is {
		return out
	}
	own := k.parts(id)
	var others []string
	for _, end := range []*subject.End{was, is} {
		if end != nil && end.Successor != "" {
			others = append(others, k.parts(k.heir(end.Successor))...)
		}
	}
	others = slices.DeleteFunc(others, func(x string) bool { return slices.Contains(own, x) })
	mine, theirs := k.s.visitsOf(own), k.s.visitsOf(others)
	out = k.reviewed(k.reviewed(out, own, theirs, e), others, mine, e)
	for _, a := range mine {
		for _, b := range theirs {
			first, later := byBeginning(a, b)
			stream := duplicateStream(later.id, first.id)
			holds := k.s.alike(a.st, b.st) && !later.st.Copied() &&
				k.oneAt(a.st.Subject(), b.st.Subject(), later.st.Began(), e)
			switch stands := k.s.stands(stream); {
			case holds && !stands && len(out) < MaxProposals:
				out = append(out, k.s.duplicate(e, first, later))
			case stands && !holds:
				out = k.s.close(out, stream, e)
			}
		}
	}
	return out
}

// reviewed opens and takes back the reviews of visits for what went wrong at subjects that turn out to be one with theirs, or not
// (R44).
func (k *subjects) reviewed(out []event.Consequence, at []string, visits []visited, e *event.Event) []event.Consequence {
	for _, id := range at {
		known, _ := k.s.problems.ofSubject.get(id)
		for i := range known {
			p := &known[i]
			for _, v := range visits {
				in := p.stream(event.Inspection, v.id)
				one := func(of string) bool { return k.oneAt(of, v.st.Subject(), p.At.Unix(), e) }
				holds := k.s.precedes(v.id, v.st, p) && slices.ContainsFunc(p.Subjects, one)
				switch stands := k.s.stands(in); {
				case lies(out, in):
				case holds && !stands && len(out) < MaxProposals:
					out = append(out, p.ofVisit(id, v.id, e).consequence())
				case stands && !holds:
					out = k.s.close(out, in, e)
				}
			}
		}
	}
	return out
}

// visitsOf returns the visits to some subjects that are seen, each once.
func (s *State) visitsOf(subjects []string) (out []visited) {
	for i, id := range subjects {
		if slices.Contains(subjects[:i], id) {
			continue
		}
		visits, _ := s.inspections.ofSubject.get(id)
		for _, v := range visits {
			out = append(out, visited{v, s.inspections.state(v)})
		}
	}
	return out
}

// alike reports whether two visits claim one key, but for the subject.
func (s *State) alike(a, b *inspection.State) bool {
	x, claimed := a.Claims(s.policy(a.Campaign()))
	y, claims := b.Claims(s.policy(b.Campaign()))
	x.Subject = y.Subject
	return claimed && claims && x == y
}
