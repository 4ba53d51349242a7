// Package stream is the frame that the kinds of streams share: one value, a [Kind], says all that the
// ledger knows of a kind. Its package makes it, with [Of] where its rules need a state of each stream
// and with [Bare] where they need none, and package kinds lists it. Judge, visibility, catalogue, documents
// and views read it there.
package stream

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Kind is one kind of streams.
type Kind struct {
	Name    event.Kind
	Chinese string // 中文名
	Doc     string // what a stream of it is, a noun phrase
	Access  Access
	Types   []*event.Type // of each version; may be empty when only the ledger's own word lies there

	// Judges reports whether the rules of the kind know an event by its body. It must be there when
	// there are types, and know the body of each.
	Judges func(event.Data) bool
	// Begins reports whether an event may begin a stream.
	Begins func(event.Data) bool
	// Waits says that there are events that wait for a second person's yes.
	Waits bool
	// Answers are the roles that may answer what waits; nil: a team's leader, and the office.
	Answers []event.Role
	// Extends says that what is owed in its streams may be given more time.
	Extends bool
	// Restates says that there are rules of the stream as a whole.
	Restates bool
	// Fixed says that no fact of its streams is corrected or withdrawn: a further one is made. In streams of every other kind the
	// side that stated a fact may correct it, once a second person said yes (pillar 17); no rule has code for that.
	Fixed bool
	// Yes are the roles whose yes a correction waits for; nil: the office, or an approver. Of what the commission stated it is the
	// commission's, whatever the kind.
	Yes []event.Role
	// Heeds says that its rules read what the ledger itself says in its streams.
	Heeds bool
	// Joins names the visit whose facts the events of a stream are, too, by the event that begins it; "": none. nil: streams
	// of the kind join no visit. The visit's rules judge those that they know, its statements and obligations read them wherever they
	// lie, and the stream waits while the visit is hidden.
	Joins func(event.Data) (visit string)
	// Untimed says that its events are no facts of the field, whose time and signature are compared with
	// the policy.
	Untimed bool
	// Lapses reports whether what is flagged under a code may lapse; nil: what its rules flag, unless it is fixed.
	Lapses func(law.Code) bool
	// Late is what compares a fact with those before it in its stream: it is said again when one that happened before it is told after
	// it. nil: nothing.
	Late *Late
	// Allow refuses an event whose author may not write to its stream, whatever is in it; nil: none.
	Allow func(*event.Event) *event.Refusal
	// About says what a stream is about, by the event that begins it: who sees the stream follows from
	// it. nil: its campaign alone.
	About func(Ledger, *event.Event) event.About
	// Moves reports whether an event changes what its stream is about, from itself on; nil: none does.
	Moves func(event.Data) bool
	// Entails returns what an event that was accepted entails for other streams; nil: nothing.
	Entails func(Ledger, *event.Event) []event.Consequence

	// Problems returns what went wrong at subjects, by what is kept of a stream (nil: nothing is), for which the ledger opens
	// reviews (R44, R66); nil: nothing does. It is asked before and after each event of which Troubles, where it is there, says
	// that it may change the answer.
	Problems func(st any) []Problem
	Troubles func(event.Data) bool

	// Owes returns what was ever owed in a stream, met or not, appended to into (pillar 12); nil: nothing is owed. A kind does
	// nothing more for it: that it is on the worklist, is escalated and ceases to be, follows from the kinds of obligations.
	Owes func(st State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation
	// Obligations are the kinds that Owes speaks of.
	Obligations []*obligation.Kind

	// Judge makes what judges the streams of one ledger; nil where package domain asks the rules, in a
	// scene of the kind's own.
	Judge func() Judge
}

// Late are the codes of what compares a fact with others before it, and the bodies of these.
type Late struct {
	Codes []law.Code
	Tells func(event.Data) bool
}

// Problem is something that went wrong at subjects: who had been there before, and where Officials is set who answers for
// the county and sectors, is reviewed.
type Problem struct {
	What      string // code of the list review-problem
	Item      string // which of several of one stream; "": there is one
	Subjects  []string
	At        time.Time // when it arose
	Officials bool      // those are reviewed, too, who held office at that time
	County    string    // with Officials
	Sectors   []string  // likewise; empty: not known
}

// MayBegin reports whether an event may begin a stream of the kind.
func (k *Kind) MayBegin(d event.Data) bool { return k.Begins != nil && k.Begins(d) }

// MayLapse reports whether what is flagged in a stream of the kind under a code may lapse.
func (k *Kind) MayLapse(code law.Code) bool {
	if k.Lapses == nil {
		return !k.Fixed && !slices.Contains(never, code)
	}
	return k.Lapses(code)
}

// Approval is owed while a correction waits for a second person's yes (pillar 17).
var Approval = obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.Pillar17, Escalates: true,
	Also:  []law.Rule{law.R18},
	Opens: "fact-corrected fact-withdrawn subject-excluded", Meets: "approval-given approval-refused", Limit: "approval_days"}

// never are the codes of what no rule of a kind says: how a fact came into the ledger, and that what it rests on is another.
var never = []law.Code{law.ClockSkew, law.LateSync, law.Unsigned, law.KeyRevoked, law.KeyNotConfirmed, law.GroundChanged}

// Approves reports whether somebody of a role says yes to a correction of what another stated (pillar 17).
func (k *Kind) Approves(r, stated event.Role) bool {
	switch {
	case stated == event.RoleDisciplineCommission:
		return r == stated
	case k.Yes == nil:
		return r == event.RoleSupervisionOffice || r == event.RoleApprover
	}
	return slices.Contains(k.Yes, r)
}

// Judge judges the streams of a kind in one ledger; [Of] and [Bare] make it. It changes nothing.
type Judge interface {
	// Fresh returns the state of a stream without events; nil where no rule needs one.
	Fresh() State
	// Decide asks the rules; st is nil when the stream is new, or there are no states. The error is an *[event.Refusal].
	Decide(st State, l Ledger, e *event.Event) ([]event.Deviation, error)
	// Restate says what is true of the stream as a whole after an event, whose state is that after it (pillar 13). It is
	// asked where [Kind.Restates].
	Restate(st State, l Ledger, e *event.Event) event.Restated
}

// State is what the ledger keeps of one stream for the rules.
type State interface {
	// Clone returns a copy that may be folded further without changing the state.
	Clone() State
	// Apply folds one recorded event.
	Apply(*event.Event)
	// Of returns what the kind's own package keeps, a pointer.
	Of() any
}

// Ledger is what the rest of the ledger says to a rule. It shows what the author of the event being judged may know:
// what he may not know is answered like what does not exist (pillar 14).
type Ledger interface {
	// About returns what a stream is about; ok is false when there is no such stream.
	About(event.Stream) (about event.About, ok bool)
	// State returns what the kind of a stream keeps of it: a *subject.State of a subject's; nil when there is
	// nothing. Nobody changes it.
	State(event.Stream) any
	// UnknownUnit reports whether there is a table of units and it does not have an id (R75).
	UnknownUnit(id string) bool
	// Law returns a limit of the law in force on a day YYYY-MM-DD; the zero value where it sets none.
	Law(matter, day string) obligation.Limit
	// LawNumber returns the number of a limit that is no length of time, of the law in force on a day; 0 where it sets none.
	LawNumber(matter, day string) int64
}

// StateOf returns the state of a stream of another kind, as its type; nil when there is none.
func StateOf[S any](l Ledger, s event.Stream) *S {
	st, _ := l.State(s).(*S)
	return st
}

// Access says who may see the entries of a kind, leaving aside since when. The zero value closes it to
// everybody.
type Access struct {
	To    Audience
	Roles []event.Role // with [Named], and with [OwnUnit] who else
	Team  bool         // with [Named]: and the team that an entry is about
	// Open says that its entries move figures, and are part of documents, that others are shown.
	Open bool
	// Matter says, with [Cell], that a stream is of one matter between an authority and a subject: the subject reads its own,
	// and officers and approvers those of their authority's cells, and nothing else of a cell.
	Matter bool
}

// Audience is whom the entries of a kind are shown.
type Audience uint8

// The audiences. The office and the commission see all of them but Named.
const (
	Nobody    Audience = iota
	Everybody          // whoever has a token
	Register           // of the cell that it is about, the own team, and importers, who map to it
	Cell               // of the cell that it is about (county or zone, and sectors), and the own team
	OwnTeam            // the city, and the own team
	Ends               // both ends, which the name of the stream has, and the own team
	OwnUnit            // the city, and the unit with whose id the name of the stream begins
	Named              // the roles that are named, and nobody else
)

// Open shows a kind to an audience.
func Open(to Audience) Access { return Access{To: to, Open: true} }

// ByName reports whether the name of a stream says who sees it, wherever it is: no county or sector bounds that.
func (a Access) ByName() bool { return a.To == Ends || a.To == OwnUnit }

// UnitOf returns the unit with whose id the name of a stream begins, UNIT or UNIT.NAME, as that of a visit names its team: who may
// see it needs no look into its entries.
func UnitOf(id string) string {
	unit, _, _ := strings.Cut(id, ".")
	return unit
}

// Matter is the audience of a cell, and of the parties to the matter; see [Access].
func Matter() Access { return Access{To: Cell, Open: true, Matter: true} }

// Restricted closes a kind to all but these roles: for others it does not exist, neither in lists, counts and
// views nor in answers to what they append.
func Restricted(to ...event.Role) Access { return Access{To: Named, Roles: to} }

// AndTeam opens a restricted kind to the team that an entry is about, from the entry on that says so.
func (a Access) AndTeam() Access {
	a.Team = true
	return a
}
