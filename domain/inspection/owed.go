package inspection

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is owed in a visit (pillar 12). Each topic declares its kinds of obligations: which facts open
// them and which meet them. Gates, late flags and readers ask the same declarations, and nothing else
// says what is still owed. Facts of imports open and meet nothing.

// owed is one kind of obligation of a visit, as its topic declares it.
type owed struct {
	obligation.Kind
	place int // among the obligations, by which lists and gates show them
	// The codes under which the site record, or its refusal, and the closing are held up by it; "": they do not wait for it.
	atSigning, atClosing law.Code

	reads  visitMark         // the types of events of the visit's own stream that change it; of other streams, and of corrections, all may
	stays  bool              // the closing neither waits for it nor ends it: what is open then is kept
	fades  bool              // what it is computed from is forgotten with the closing
	of     func(*asking)     // what of it is owed, and what of that is met, by [asking.owe]
	rules  []law.Rule        // that a gate names, the most specific first; with apart, all it may name
	under  string            // the value that lists the items in a gate's answer; "": there are none
	values []law.Value       // what a gate's answer says besides
	void   func(*State) bool // nothing of it is owed, whatever opened it; nil: never
	// apart tells one obligation of a kind that a gate's answer lists one by one.
	apart func(*State, *obligation.Obligation) ([]law.Rule, []law.Value)
}

// Terms is what the rest of the ledger says about what is owed in a visit.
type Terms struct {
	Policy    *campaign.Policy     // of the plan that judges the visit
	Subject   *SubjectFacts        // nil when it is not known: then no item of the checklist is owed
	Calendars obligation.Calendars // all there are; of them those count that were known since an obligation was opened
	Judged    []Judged             // by which plans, one after another, the last of them Policy's; nil where it was always that
}

// Judged says from when on, by recorded time, a plan judged a visit.
type Judged struct {
	Policy *campaign.Policy
	Since  time.Time
}

// rejudged notes that a correction has the first entry happen at another time, by which the plan of the visit is chosen.
func (s *State) rejudged(e *event.Event, happened int64) {
	if s.firstAt == happened {
		return
	}
	if s.bornAt(uuid.Nil) == 0 {
		s.born = append(s.born, birth{known: math.MinInt64, happened: happened})
	}
	s.born = append(s.born, birth{known: e.Recorded.UnixMicro(), happened: s.firstAt})
}

// Terms are those of the visit: its plan is the one of the campaign that was in force when it began, as that is said now.
func (s *State) Terms(c *campaign.State, calendars obligation.Calendars) Terms {
	return Terms{Policy: c.PlanOf(s.First()).Policy, Calendars: calendars, Judged: s.JudgedBy(c)}
}

// JudgedBy returns by which plans of its campaign the visit was judged, one after another; nil where it was always one.
func (s *State) JudgedBy(c *campaign.State) (all []Judged) {
	for _, b := range s.born {
		if b.fact == uuid.Nil {
			all = append(all, Judged{c.PlanOf(s.first, b.happened).Policy, time.UnixMicro(b.known).UTC()})
		}
	}
	return all
}

// known returns an opening of what is owed only where the plan states a limit: it was first owed when a plan came to judge the visit
// that states one, if that is later.
func (q *asking) known(opening obligation.Fact) obligation.Fact {
	for _, j := range q.Judged {
		if j.Policy.Limit(q.kind.Name).N > 0 {
			if j.Since.After(opening.Recorded) {
				opening.Recorded = j.Since
			}
			break
		}
	}
	return opening
}

// Obligations returns all that was ever owed in a visit, met or not; of what the closing wanted, after
// [State.Forget] only what was late, and what stays open. The answer is appended to into.
func (s *State) Obligations(t Terms, into []obligation.Obligation) []obligation.Obligation {
	q := asking{Terms: t, st: s, found: into}
	for _, k := range declared().obligations {
		q.ask(k)
	}
	return q.found
}

// Duties returns of what was ever owed in a visit what may have a date, or is owed by somebody on a worklist: all but what
// holds up an event of the visit and nothing else. The answer is appended to into.
func (s *State) Duties(t Terms, into []obligation.Obligation) []obligation.Obligation {
	q := asking{Terms: t, st: s, found: into}
	for _, k := range declared().obligations {
		if k.Listed() {
			q.ask(k)
		}
	}
	return q.found
}

// Moves reports whether an event of a visit's own stream may change what a worklist says of it: what of [State.Duties] is open, what the
// visit is about, and whether it is disclosed. Most events are answers to a checklist, and do not.
func Moves(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *oversight.DeadlinePassed, *oversight.StatementLapsed:
		return true
	case *oversight.DeviationFlagged, *oversight.DeviationExplained:
		return false
	default:
		m := visitMark(e.Type.Mark)
		return m == 0 && reads(d) || m&declared().moves != 0
	}
}

// movers are the types of events of visits that an obligation on a worklist reads, and those that disclose a visit.
func (all *declarations) movers() (m visitMark) {
	for _, k := range all.obligations {
		if k.Listed() {
			m |= all.readBy(k)
		}
	}
	for _, t := range all.types {
		if t.Discloses {
			m |= visitMark(t.Mark)
		}
	}
	return m
}

// readBy are the types that an obligation reads: by itself, because it is forgotten with the closing, and because another plan may judge
// the visit when somebody says what it is about. Of one that does not say what it reads they are all.
func (all *declarations) readBy(k *owed) visitMark {
	m := k.reads
	if m == 0 {
		return ^m
	}
	if k.fades {
		m |= closed
	}
	for _, t := range all.types {
		if stage(t.Stage) == opening {
			m |= visitMark(t.Mark)
		}
	}
	return m
}

// asking is a question to the obligations of one visit, and its answer.
type asking struct {
	Terms
	st    *State
	kind  *owed // that is asked at present
	open  bool  // asks only for what is not met, as a gate does, without a date
	late  bool  // asks only for what was met late
	found []obligation.Obligation
}

func (q *asking) ask(k *owed) {
	if k.void != nil && k.void(q.st) {
		return
	}
	q.kind = k
	k.of(q)
	for _, o := range q.st.late {
		if o.Kind != &k.Kind || !q.asks(o.Met) {
			continue
		}
		if q.date(&o); o.State() != obligation.Met { // it may have been told since, or a calendar have moved it
			q.found = append(q.found, o)
		}
	}
}

// date says until when an obligation of the kind that is asked is to be met.
func (q *asking) date(o *obligation.Obligation) {
	o.Due = q.Policy.Limit(q.kind.Name).Due(o.Since, q.Calendars.Since(o.Opened)...)
}

// owe notes an obligation, opened by a fact that counts, that is met or not, and if so when first where
// that is known.
func (q *asking) owe(since *obligation.Fact, item string, met bool, at *time.Time) {
	o := obligation.Obligation{Opener: since.Event, Item: item, Met: met, Recorded: since.Recorded}
	if q.asks(met) && !q.open { // which costs more than the rest
		o.Since, o.Opened = q.kind.Since(*since), since.Index
		q.date(&o)
	}
	q.until(o, at)
}

func (q *asking) asks(met bool) bool { return !(q.open && met || q.late && !met) }

// until notes an obligation by its date.
func (q *asking) until(o obligation.Obligation, at *time.Time) {
	if !q.asks(o.Met) {
		return
	}
	if o.Kind = &q.kind.Kind; o.Met && at != nil {
		o.MetAt = *at
	}
	if !q.late || o.State() == obligation.Late {
		q.found = append(q.found, o)
	}
}

// Forget shrinks the state of a visit that is closed: what can still come are corrections, late decisions,
// copies delivered once more, and facts that were synchronised late. Those need the findings, the ids taken,
// the document, and what was late. Who is to be shown what was owed does not forget. Nor does a visit in which a correction
// has opened again what its closing waited for, until that is met.
func (s *State) Forget(t Terms) {
	if !s.is(closed) || s.forgot || s.reopened(t) {
		return
	}
	q := asking{Terms: t, st: s, late: true}
	for _, k := range declared().obligations {
		if q.kind, q.late = k, !k.stays; k.fades {
			k.of(&q)
		}
	}
	q.found = slices.DeleteFunc(q.found, func(o obligation.Obligation) bool { return o.State() == obligation.Met })
	r := s.editRest()
	r.late, s.work, s.answered, s.forgot = slices.Clip(q.found), nil, nil, true
	s.people = slices.Clone(s.people)
	s.facts.Compact()
	s.findings = slices.Clone(s.findings)
	s.born, s.cited = slices.Clone(s.born), slices.Clone(s.cited)
	r.orders = slices.Clone(r.orders)
	r.penalties = slices.Clone(r.penalties)
}

// reopened reports whether something is owed that would be forgotten.
func (s *State) reopened(t Terms) bool {
	q := asking{Terms: t, st: s, open: true}
	for _, k := range declared().obligations {
		if k.fades && !k.stays {
			q.ask(k)
		}
	}
	return len(q.found) > 0
}

// Forgot reports whether the state has forgotten what only an unfinished visit needs.
func (s *State) Forgot() bool { return s.forgot }

// inTime notes of what was late that it is told to have been done earlier.
func (s *State) inTime(k *owed, item string, at time.Time) {
	for i := range s.late {
		if o := &s.late[i]; o.Kind == &k.Kind && o.Item == item && at.Before(o.MetAt) {
			r := s.editRest()
			r.late = slices.Clone(r.late) // a clone of the state may share it
			r.late[i].MetAt = at
		}
	}
}

// meets notes of what stayed open behind the closing that it was met.
func (s *State) meets(kind string, at time.Time) {
	for i := range s.late {
		if o := &s.late[i]; o.Kind.Name == kind && (!o.Met || at.Before(o.MetAt)) {
			r := s.editRest()
			r.late = slices.Clone(r.late) // a clone of the state may share it
			r.late[i].Met, r.late[i].MetAt = true, at
		}
	}
}

// gate is what must not be owed any more when an event comes, in the order in which a refusal lists it.
type gate []demand

// demand is one kind of obligation, and the code under which the gate answers that it is open.
type demand struct {
	*owed
	code law.Code
}

// open lists what of a gate is open, one entry for each kind.
func (j *judgement) open(g gate) []event.Unmet {
	var open []event.Unmet
	for _, d := range g {
		found := j.ask(d.owed)
		switch {
		case len(found) == 0:
		case d.apart != nil:
			for i := range found {
				rules, values := d.apart(j.st, &found[i])
				open = append(open, event.Unmet{Code: d.code, Rules: rules, Values: law.Collect(values...)})
			}
		default:
			values := slices.Clip(d.values)
			if d.under != "" {
				values = append(values, law.List(d.under, items(found)))
			}
			open = append(open, event.Unmet{Code: d.code, Rules: d.rules, Values: law.Collect(values...)})
		}
	}
	return open
}

// items are those of a list of obligations.
func items(list []obligation.Obligation) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Item
	}
	return out
}

// ask returns what is open of a kind. The answer holds until the next question.
func (j *judgement) ask(k *owed) []obligation.Obligation {
	if j.asking == nil {
		j.asking = new(asking)
	}
	q := j.asking
	*q = asking{Terms: Terms{Policy: j.sc.Policy, Subject: j.sc.Subject()}, st: j.st, open: true, found: q.found[:0]}
	q.ask(k)
	return q.found
}
