// Package obligation is the noun behind gates, late flags and open items (pillar 12): what is owed,
// by whom, since which fact, until when. Which facts open and meet an obligation the packages of the
// stream kinds say, one list each; what state it is in and when it is due is said here and nowhere else.
//
// An obligation is computed from the facts that count, each time it is asked for. So a correction
// makes it late, met or void without a transition that could be forgotten.
package obligation

import (
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Owner is who owes an obligation.
type Owner string

// The owners.
const (
	Inspectors Owner = "inspectors"          // of the visit
	Leader     Owner = "team-leader"         // of the visiting team
	Party      Owner = "inspected-party"     // the subject
	Authority  Owner = "enforcing-authority" // in whose name they inspect
	Approver   Owner = "approver"            // a second person (pillar 17)
	Office     Owner = "supervision-office"
	Government Owner = "government" // that investigates, or answers a report of inquiry
	Nobody     Owner = "nobody"     // of a window that is open to many
	Commission Owner = "discipline-commission"
	Reviewers  Owner = "reviewers"     // who are sent to review a team
	Receiver   Owner = "receiver"      // of what was handed over
	Decider    Owner = "deciding-body" // which of several the item says
	Department Owner = "department"    // that is competent for the subject
	OwnUnit    Owner = "unit"          // of who wrote what was flagged
	Supervisor Owner = "enforcement-supervisor"
)

// From says what a limit runs from.
type From uint8

// A limit runs from the occurrence of the opening fact where the owner's own side did it, or the law
// says so; else from when the ledger knew of it, so that nobody's time is over before he could know.
const (
	Occurrence From = iota
	Known
)

// Kind is one kind of obligation. A kind that is declared with its rule is on the worklist, and escalates
// if it says so; nothing else is to be done for it.
type Kind struct {
	Name      string // "copies", unique among the kinds of all streams
	Owner     Owner
	From      From
	Rule      law.Rule // that makes it owed; none: it has never a date, holds up an event of its stream and is on no worklist
	Field     bool     // owed by people in the field, who may synchronise late
	Escalates bool     // one deadline-passed is said of it
	Window    bool     // a right that ends with its date: nobody is late who does not use it
	HoldsUp   []string // what in its stream waits until it is met: see [Signing] and [Closing]
	// What a reader is told of it, and tests hold against what happens.
	Also  []law.Rule // what it serves besides its rule
	Opens string     // the event types of which a fact opens it, separated by blanks
	Meets string     // those of which one meets or ends it; "": its date alone does
	// Limit is the parameter of the plan by which its date is reckoned ("copies_due_days"), "law: " and the matter of a limit of the
	// law, or in words what states the date; "": it has none, and holds up an event of its stream.
	Limit string
	// Unmodelled says why the executable model of pillar 12, which a test asks of random visits, does not know it; "": it does.
	Unmodelled string
}

// What waits for an obligation of a visit.
const (
	Signing = "signing" // of the site record
	Closing = "closing"
)

// Owners lists who may owe something.
var Owners = []Owner{Inspectors, Leader, Party, Authority, Approver, Office, Government, Commission, Reviewers, Receiver,
	Decider, Department, OwnUnit, Supervisor, Nobody}

// Terms is what the rest of the ledger says about what is owed in a stream: the plan is the one that was in force when
// the stream began.
type Terms struct {
	Limit     func(kind string) Limit        // of the plan; the zero value: it states none
	Law       func(matter, day string) Limit // of the law in force on a day YYYY-MM-DD, as it was known then; likewise
	Calendars Calendars
}

// Due returns the last instant of a limit that runs from an instant, by the calendars that count for an opening.
func (t *Terms) Due(l Limit, since time.Time, opening Fact) time.Time {
	return l.Due(since, t.Calendars.Since(opening.Index)...)
}

// unruled is the rule of a kind that was declared with none.
var unruled law.Rule

// Rules are what it serves, its own first.
func (k *Kind) Rules() []law.Rule {
	if !k.Listed() {
		return k.Also
	}
	return append([]law.Rule{k.Rule}, k.Also...)
}

// Listed reports whether the kind is on the worklist.
func (k *Kind) Listed() bool { return k.Rule != unruled }

// Fact is what obligations know of a fact that counts.
type Fact struct {
	Event    uuid.UUID
	Occurred time.Time // never after Recorded: a device's clock that runs ahead gives nobody time
	Recorded time.Time
	Index    uint64 // its position: which calendars were known then
}

// FactOf returns what obligations know of an event.
func FactOf(e *event.Event) Fact { return Fact{e.ID, e.Happened(), e.Recorded, e.Index} }

// Since returns the instant from which a limit runs.
func (k *Kind) Since(opening Fact) time.Time {
	if k.From == Known {
		return opening.Recorded
	}
	return opening.Occurred
}

// Obligation is what somebody owes. It is known by its stream, kind, opener and item.
type Obligation struct {
	Kind     *Kind
	Opener   uuid.UUID // the event that opened it; never a correction of that
	Item     string    // recipient or finding; "" when the kind has none
	Opened   uint64    // position of the opener, where Since is asked for
	Since    time.Time // from which its limit runs; zero: it was not asked for
	Recorded time.Time // when its opening was recorded: nobody is called late before; zero: it was not asked for
	Due      time.Time // the last instant that is in time; zero: nobody states a limit
	Met      bool
	MetAt    time.Time // of what met it, the earliest time of occurrence; zero: it was not asked for
	Asked    time.Time // until when somebody owes an answer to what would meet or extend it in time; zero: to nothing
}

// Owed is what is owed since a fact, under the limit of the kind's name, and met by another; nil: it is open.
func (k *Kind) Owed(t Terms, since, met *Fact) Obligation {
	o := Obligation{Kind: k, Opener: since.Event, Opened: since.Index, Since: k.Since(*since), Recorded: since.Recorded}
	o.Due = t.Limit(k.Name).Due(o.Since, t.Calendars.Since(o.Opened)...)
	if met != nil {
		o.Met, o.MetAt = true, met.Occurred
	}
	return o
}

// Ref is what one obligation of a stream is known by.
type Ref struct {
	Kind   string
	Opener uuid.UUID
	Item   string
}

// Ref returns what the obligation is known by.
func (o *Obligation) Ref() Ref { return Ref{o.Kind.Name, o.Opener, o.Item} }

// Escalates returns the instant after which the obligation may be escalated: its date, not before its opening was
// recorded, for people in the field some time later, and not while an answer is owed that may save it. The zero time
// is never. It is the same whatever state the obligation is in.
func (o *Obligation) Escalates(lateSync time.Duration) time.Time {
	if !o.Kind.Escalates || o.Due.IsZero() {
		return time.Time{}
	}
	at := o.Due
	if o.Recorded.After(at) {
		at = o.Recorded
	}
	if o.Kind.Field {
		at = at.Add(lateSync)
	}
	if o.Asked.After(at) {
		at = o.Asked
	}
	return at
}

// State is what is to be said of an obligation.
type State string

// The states.
const (
	Void State = "void" // nothing opens it, or what did does not count
	Open State = "open"
	Met  State = "met"
	Late State = "late" // met after its date: who was in time and told of it later is not late
)

// State returns the state; an obligation that is not there is void.
func (o *Obligation) State() State {
	switch {
	case o == nil:
		return Void
	case !o.Met:
		return Open
	case o.InTime(o.MetAt):
		return Met
	}
	return Late
}

// InTime reports whether what occurs at an instant meets the obligation in time.
func (o *Obligation) InTime(at time.Time) bool { return o.Due.IsZero() || !at.After(o.Due) }

// Owe returns an obligation of a kind that a fact opens, met at an instant, or not yet (nil).
func (t *Terms) Owe(k *Kind, opening *Fact, item string, met *time.Time) Obligation {
	o := Obligation{Kind: k, Opener: opening.Event, Item: item, Opened: opening.Index, Since: k.Since(*opening), Recorded: opening.Recorded}
	o.Due = t.Limit(k.Name).Due(o.Since, t.Calendars.Since(opening.Index)...)
	if met != nil {
		o.Met, o.MetAt = true, *met
	}
	return o
}
