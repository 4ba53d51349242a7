// Package order is a measure and its life: what was ordered, whether it was obeyed, whether the hazard was put right and checked
// again, whether a closing was proposed, and when the enterprise went on working: R20, 现场督办、现场解决、一个不拉; R46,
// 不能简单的把企业关停; R47, 必须坚决予以关停. Its events are facts of the visit that the first one names, too ([stream.Kind.Joins]).
// What becomes of a hazard for which nothing was ordered lies in such a stream, too, that begins with its report or check.
package order

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "order"

// State is one order as the rules need it. What its pointers and lists hold is replaced or added to, never changed.
type State struct {
	id, kind string // of the order; "": nothing was ordered
	visit    string
	subject  string
	findings []string

	issued   *obligation.Fact // nil: by an import, or nothing was ordered
	due      obligation.Day   // until when the hazard is to be put right
	until    obligation.Day   // until when a stop lasts
	lifted   *obligation.Fact
	decided  time.Time // when a penalty was first decided for a finding of a seal, after it; zero: none was
	reports  []report
	checks   []check
	closures []closure
	longer   []extension
	people   []string // who wrote in the stream: they approve nothing here
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.reports, c.checks, c.closures = slices.Clip(s.reports), slices.Clip(s.checks), slices.Clip(s.closures)
	c.longer, c.people = slices.Clip(s.longer), slices.Clip(s.people)
	return &c
}

// Sealed returns what is sealed or seized by the order, by its findings, and since when; ok is false for every other one, and for those
// of imports.
func (s *State) Sealed() (findings []string, since time.Time, ok bool) {
	if s == nil || s.issued == nil || !slices.Contains(Seals, s.kind) {
		return nil, time.Time{}, false
	}
	return s.findings, s.issued.Occurred, true
}

// Decided is when a penalty was decided that ends the seal; zero: none was.
func (s *State) Decided() time.Time { return s.decided }

// Decide notes that.
func (s *State) Decide(at time.Time) { s.decided = at }

// Carry keeps what the visit says of the order when its own facts were corrected.
func (s *State) Carry(old *State) { s.decided = old.decided }

type judgement = stream.Judgement[*State, stream.Ledger]

// named is a body that may begin a stream.
type named interface {
	about() (visit string, findings []string)
}

func (d *Issued) about() (string, []string)   { return d.Inspection, d.Findings }
func (d *Reported) about() (string, []string) { return d.Inspection, d.Findings }
func (d *Verified) about() (string, []string) { return d.Inspection, d.Findings }
func (d *Failed) about() (string, []string)   { return d.Inspection, d.Findings }

// joins is the visit that an event that begins a stream names.
func joins(d event.Data) string {
	if n, ok := d.(named); ok {
		visit, _ := n.about()
		return visit
	}
	return ""
}

// begins keeps what the stream is about, by the event that begins it.
func (s *State) begins(d named, e *event.Event) {
	if s.visit == "" {
		s.visit, s.findings = d.about()
		s.subject = e.About.Subject
	}
	s.wrote(e)
}

func (s *State) wrote(e *event.Event) {
	if e.Assurance != event.Imported {
		s.people = oversight.Took(s.people, e.Actor.Person)
	}
}

// about: an order is about what its visit is about.
func about(l stream.Ledger, e *event.Event) event.About {
	a, _ := l.About(event.Stream{Kind: event.Inspection, ID: joins(e.Data)})
	return a
}

// allow refuses a name that has not the form of one, and an order that is not named after the team or unit that issues it: like visits,
// so that two authors cannot ask for the same one. Others write in an order's stream, too, and may be the first who synchronise.
func allow(e *event.Event) *event.Refusal {
	owner, ok := event.ParseVisitID(e.Stream.ID)
	whose := cmp.Or(e.Actor.Team, e.Actor.Unit)
	if _, first := e.Data.(*Issued); ok && (!first || whose == "" || owner == whose) {
		return nil
	}
	return event.Refuse(law.Pillar14, OrderName, law.Str("stream", e.Stream.String()), law.Str("owner", cmp.Or(whose, "<team>")))
}

// ours refuses people of a team who write of an order of another one, and what speaks of other findings than the order.
func ours(j *judgement, findings []string) *event.Refusal {
	if r := stream.OtherTeam(j.Event, j.Event.About.Team); r != nil {
		return r
	}
	if j.State == nil {
		return nil
	}
	other := slices.DeleteFunc(slices.Clone(findings), func(id string) bool { return slices.Contains(j.State.findings, id) })
	if len(other) > 0 {
		return event.Refuse(law.R20, FindingsNotOfOrder, law.List("findings", other), law.List("ordered", j.State.findings))
	}
	return nil
}

// inForce refuses what becomes of an order that there is none of, or that was lifted.
func inForce(j *judgement) *event.Refusal {
	if st := j.State; st.kind == "" || st.lifted != nil {
		return event.Refuse(law.R20, OrderNotInForce, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

// fact is what obligations know of an event; nil of an import, which opens and meets nothing.
func fact(e *event.Event) *obligation.Fact {
	if e.Assurance == event.Imported {
		return nil
	}
	f := obligation.FactOf(e)
	return &f
}

// happened is when a fact happened; nil while it has not.
func happened(f *obligation.Fact) *time.Time {
	if f == nil || f.Event == uuid.Nil {
		return nil
	}
	return &f.Occurred
}
