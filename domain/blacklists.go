package domain

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The blacklist compares what is known of a subject: its accidents, and its visits that are seen (R58). A proposal is a statement: it
// is made when a ground is there, once, and lapses with the ground; what people did because of it stays, and is flagged.

type blacklists struct{ *plain }

// MaxProposals is for how many clauses one event is compared with other visits at most: all consequences fit a block.
const MaxProposals = 50

func newBlacklists(s *State, c common) kind {
	k := &blacklists{plainOf(s, c)}
	k.again = k.enters
	s.blacklists = k
	return k
}

func (k *blacklists) state(id string) *blacklist.State {
	st, _ := k.kept(id).(*blacklist.State)
	return st
}

// enters also flags an entry before the time to object is over.
func (k *blacklists) enters(st stream.State, l *ledger, e *event.Event) ([]event.Deviation, error) {
	flags, err := k.judge.Decide(st, l, e)
	if _, enters := e.Data.(*blacklist.Entered); !enters || err != nil {
		return flags, err
	}
	for _, o := range k.owedOf(st, e.Stream.ID, vantage{}).list {
		if at := e.Happened(); o.Kind == &blacklist.Objection && !o.Met && !at.After(o.Due) {
			flags = append(flags, event.Flagged(law.R58, blacklist.BlacklistEnteredEarly, law.At("due_at", o.Due), law.At("entered_at", at)))
		}
	}
	return flags, nil
}

// fold also keeps that the ledger proposed.
func (k *blacklists) fold(e *event.Event) {
	k.plain.fold(e)
	if _, ok := e.Data.(*blacklist.Proposed); ok {
		said, _ := k.s.deviations.get(e.Stream)
		k.s.deviations.set(e.Stream, said.Stand(e.ID, event.Statement{Rule: law.R58}))
	}
}

// ground is why a subject is proposed.
type ground struct {
	stream           event.Stream
	subject, trigger string
	evidence         []uuid.UUID
}

// groundOf makes a ground, known by what gives it.
func groundOf(subject, trigger string, cause []string, evidence ...uuid.UUID) ground {
	return ground{ProposalStream(subject, trigger, cause...), subject, trigger, evidence}
}

// ProposalStream names the stream in which a subject is proposed, by what gives the ground: of an accident its id.
func ProposalStream(subject, trigger string, cause ...string) event.Stream {
	return event.Stream{Kind: blacklist.Name, ID: streamID(append([]string{"blacklist", subject, trigger}, cause...)...)}
}

// propose adds a proposal that does not stand, and has not come to an end.
func (s *State) propose(out []event.Consequence, g *ground, campaignID string) []event.Consequence {
	if st := s.blacklists.state(g.stream.ID); s.stands(g.stream) || st != nil && !st.Ended().IsZero() {
		return out
	}
	d := &blacklist.Proposed{Subject: g.subject, Trigger: g.trigger, Campaign: campaignID}
	for _, id := range g.evidence {
		d.Evidence = append(d.Evidence, id.String())
	}
	return append(out, event.Consequence{Name: "blacklist-proposed", Stream: g.stream, Data: d})
}

// groundless takes a proposal back, and flags what a person did because of it.
func (s *State) groundless(out []event.Consequence, stream event.Stream, e *event.Event) []event.Consequence {
	st := s.blacklists.state(stream.ID)
	if st == nil || !s.stands(stream) {
		return out
	}
	said, _ := s.deviations.get(stream)
	for _, o := range said.Own() {
		out = append(out, lapsed(stream, o))
	}
	if act := st.Acted(); act != uuid.Nil {
		out = append(out, s.groundChanged(stream, law.R58, act, e.ID, e))
	}
	return out
}

// listsAccident proposes the subjects of an accident that is graded larger or worse, and takes that back when it is not.
func (s *State) listsAccident(e *event.Event) (out []event.Consequence) {
	before := s.accidents.state(e.Stream.ID)
	if before == nil {
		return nil
	}
	after := s.accidents.after(e)
	was, is := codes.LargerOrWorse(before.Grade), codes.LargerOrWorse(after.Grade)
	for _, subject := range sectorsOf(slices.Concat(before.Subjects, after.Subjects)) { // sorted, unique
		g := groundOf(subject, "accident-larger", []string{e.Stream.ID}, after.GradedBy())
		switch {
		case is && slices.Contains(after.Subjects, subject):
			out = s.propose(out, &g, e.About.Campaign)
		case was:
			out = s.groundless(out, g.stream, e)
		}
	}
	return out
}

// listsVisit states what a visit's event gives as grounds, or takes away: while the visit is seen.
func (s *State) listsVisit(e *event.Event) (out []event.Consequence) {
	before := s.inspections.state(e.Stream.ID)
	if before == nil {
		return nil
	}
	switch e.Data.(type) {
	case *inspection.FindingRecorded, event.Correction, *inspection.FixedOnSite, *order.Issued, *order.Reported, *order.Verified,
		*order.Failed, *order.Defied,
		*casefile.PenaltyDecided, *casefile.DecisionChanged, *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused,
		*inspection.Closed,
		*inspection.Attempted, *inspection.Started, *oversight.ApprovalGiven, *oversight.DeadlinePassed:
	default:
		return nil
	}
	after := s.inspections.after(e)
	if !before.Seen() && !after.Seen() {
		return nil
	}
	was, is := s.graveGrounds(e, before, vantage{}), s.graveGrounds(e, after, vantage{after: e})
	for i := range is {
		out = s.propose(out, &is[i], e.About.Campaign)
	}
	for i := range was {
		if !slices.ContainsFunc(is, func(g ground) bool { return g.stream == was[i].stream }) {
			out = s.groundless(out, was[i].stream, e)
		}
	}
	return s.listsRepeated(out, e, before, after)
}

// graveGrounds: a stop, a revocation or a closing was decided, or a major hazard was left past its date: it was put right late, or
// that was escalated and stands.
func (s *State) graveGrounds(e *event.Event, st *inspection.State, from vantage) (all []ground) {
	if !st.Seen() {
		return nil
	}
	for _, id := range st.Grave() {
		all = append(all, groundOf(st.Subject(), "serious", []string{id.String()}, id))
	}
	for _, id := range st.Defied() {
		all = append(all, groundOf(st.Subject(), "serious", []string{id.String()}, id))
	}
	st.FailedTwice(func(finding string, first, second uuid.UUID) {
		all = append(all, groundOf(st.Subject(), "failed-rectification", []string{e.Stream.ID, finding}, first, second))
	})
	if !st.HasMajor("") {
		return all
	}
	said, _ := s.deviations.get(e.Stream)
	for _, o := range s.inspections.owed(e.Stream.ID, from).list {
		if o.Kind.Name != "rectify" || !st.HasMajor(o.Item) {
			continue
		}
		_, stands := said.Escalated(o.Ref())
		if d, ok := e.Data.(*oversight.DeadlinePassed); ok && from.after != nil && d.Ref() == o.Ref() {
			stands = true
		}
		if o.State() == obligation.Late || o.State() == obligation.Open && stands {
			all = append(all, groundOf(st.Subject(), "serious", []string{o.Opener.String(), o.Item}, o.Opener))
		}
	}
	return all
}

// listsRepeated: the same clause in two visits within some months (Decisions: 反复出现问题).
func (s *State) listsRepeated(out []event.Consequence, e *event.Event, before, after *inspection.State) []event.Consequence {
	months := s.inspections.plan(e).Policy.BlacklistRepeatMonths
	if months == nil {
		return out
	}
	var clauses []uint64
	for _, c := range slices.Concat(before.Cited(), after.Cited()) {
		if !slices.Contains(clauses, c.Clause) {
			clauses = append(clauses, c.Clause)
		}
	}
	if before.Seen() == after.Seen() { // only what has changed
		clauses = slices.DeleteFunc(clauses, func(c uint64) bool { return slices.Equal(citing(before, c), citing(after, c)) })
	}
	line := s.subjects.line(after.Subject()) // once it has merged its visits count for the successor
	for _, c := range clauses[:min(len(clauses), MaxProposals)] {
		for i, subject := range line {
			stream, ended := s.repeatStream(subject, c)
			first, second, ok := s.repeated(e, after, subject, c, *months)
			switch {
			case !ok:
				out = s.groundless(out, stream, e)
			case i == len(line)-1 && second.At > ended:
				g := groundOf(subject, "repeat", nil, first.Fact, second.Fact)
				g.stream = stream
				out = s.propose(out, &g, e.About.Campaign)
			}
		}
	}
	return out
}

// citing returns what of a visit cites a clause.
func citing(st *inspection.State, clause uint64) (list []inspection.Cited) {
	for _, c := range st.Cited() {
		if c.Clause == clause {
			list = append(list, c)
		}
	}
	return list
}

// repeatStream returns where a repetition of a clause is proposed: after a proposal has come to an end a further one
// begins a further stream; ended is when the last one did, seconds since 1970.
func (s *State) repeatStream(subject string, clause uint64) (stream event.Stream, ended int64) {
	for n := 0; ; n++ {
		stream = groundOf(subject, "repeat", []string{strconv.FormatUint(clause, 16), strconv.Itoa(n)}).stream
		st := s.blacklists.state(stream.ID)
		if st == nil || st.Ended().IsZero() {
			return stream, ended
		}
		ended = st.Ended().Unix()
	}
}

// repeated returns the last two findings of a clause at a subject, and what had become part of it by the later, in different visits
// that are seen and lie within some months.
func (s *State) repeated(e *event.Event, after *inspection.State, subject string, clause uint64,
	months int) (first, second inspection.Cited, ok bool) {
	type cited struct {
		inspection.Cited
		visit, subject string
	}
	var all []cited
	take := func(id string, st *inspection.State) {
		for _, c := range citing(st, clause) {
			all = append(all, cited{c, id, st.Subject()})
		}
	}
	for _, v := range s.visitsOf(s.subjects.parts(subject)) {
		if v.id != e.Stream.ID {
			take(v.id, v.st)
		}
	}
	if after.Seen() {
		take(e.Stream.ID, after)
	}
	slices.SortFunc(all, func(a, b cited) int { return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.Fact[:], b.Fact[:])) })
	for i := len(all) - 1; i > 0; i-- {
		for k := i - 1; k >= 0; k-- {
			within := time.Unix(all[k].At, 0).In(event.Beijing).AddDate(0, months, 0).Unix() >= all[i].At
			if within && all[k].visit != all[i].visit && s.subjects.oneAt(all[k].subject, all[i].subject, all[i].At, nil) {
				return all[k].Cited, all[i].Cited, true
			}
		}
	}
	return first, second, false
}
