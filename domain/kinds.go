package domain

import (
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// kinds lists the kinds of streams, in the order of the documents: a new one is a package with
// its events, a file here with its [kind], and one line; package event has its name, and package
// visibility who may see it.
var kinds = []declared{
	{event.Campaign, campaign.Types, campaign.Judges, newCampaigns},
	{event.Team, team.Types, team.Judges, newTeams},
	{event.Person, person.Types, person.Judges, newPersons},
	{event.Subject, subject.Types, subject.Judges, newSubjects},
	{event.Inspection, inspection.Types, inspection.Judges, newInspections},
	{event.Accident, accident.Types, accident.Judges, newAccidents},
	{event.Review, review.Types, review.Judges, newReviews},
	{event.Table, codetable.Types, codetable.Judges, newCodeTables},
	{event.Tokens, token.Types, token.Judges, newTokens},
	{event.Ledger, slices.Concat(oversight.Types, correction.Types), oversight.Judges, newLedgers},
	{event.Flag, nil, nil, newFlags},
}

// declared is one line of the list: a kind's name, the event types that its package declares,
// whether that package judges a body, and what begins the kind in a new [State].
type declared struct {
	name   event.Kind
	types  []*event.Type
	judges func(event.Data) bool
	begin  func(*State) kind
}

// kind is all that the judge knows of one kind of streams, and what is kept across them. It
// embeds [streams], or [revisions] when no rule needs a state of its streams, and [common]; what is in
// neither each kind states itself, so that one that nobody judges does not compile.
type kind interface {
	// revision is that of a stream's last event as seen from the top, -1 when it has none.
	revision(stream event.Stream) int64
	// about says what an event is about, from its body and its stream.
	about(e *event.Event) event.About
	// allow refuses an event whose author may not write to its stream, whatever is in it.
	allow(e *event.Event) error
	// knows reports whether the author may know that a stream exists. One that does not exist is
	// no secret.
	knows(id string) bool
	// begins reports whether an event may begin a stream that is seen by who is bound.
	begins(d event.Data) bool
	// within refuses an event outside the team, county or sectors that bind its author.
	within(e *event.Event) error
	// waits reports whether there are events that wait for a second person's yes.
	waits() bool
	// corrects reports whether its facts can be corrected.
	corrects() bool
	// timed reports whether its events are facts whose time and signature are compared with the policy.
	timed() bool
	// plan returns the plan that judges an event.
	plan(e *event.Event) *campaign.Plan
	// decide asks the rules; p is nil for an import: no flags and no gates. It changes nothing.
	decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error)
	// restates asks the rules of the event's stream as a whole that read it, after decide has accepted it, by the policy
	// that judges the stream, of an import as well. It changes nothing.
	restates(e *event.Event, p *campaign.Policy) event.Restated
	// lapses reports whether what is flagged in its streams under a code may lapse.
	lapses(code law.Code) bool
	// entails returns what an event that was accepted entails for other streams.
	entails(e *event.Event) []event.Consequence
	// fold folds a recorded event.
	fold(e *event.Event)
}

// common is what most kinds answer alike.
type common struct{ s *State }

func (common) about(e *event.Event) event.About                       { return event.About{Campaign: e.Campaign} }
func (common) allow(*event.Event) error                               { return nil }
func (common) begins(event.Data) bool                                 { return false }
func (c common) within(e *event.Event) error                          { return c.s.ownArea(e) }
func (common) waits() bool                                            { return false }
func (common) corrects() bool                                         { return false }
func (common) timed() bool                                            { return true }
func (common) restates(*event.Event, *campaign.Policy) event.Restated { return event.Restated{} }
func (common) lapses(law.Code) bool                                   { return false }
func (c common) plan(e *event.Event) *campaign.Plan                   { return c.s.newest(e.About.Campaign) }
func (common) entails(*event.Event) []event.Consequence               { return nil }

// placed is a kind of one State under its name.
type placed struct {
	name event.Kind
	kind
}

// kind returns the kind of a name.
func (s *State) kind(name event.Kind) kind {
	if s.recent.name == name {
		return s.recent.kind
	}
	for _, k := range s.kinds {
		if k.name == name {
			s.recent = k
			return k.kind
		}
	}
	return &s.newer
}

// complete reports the first event type of a list that nobody judges, and a kind that has no judge.
func complete(list []declared) error {
	for _, k := range list {
		if k.begin == nil {
			return fmt.Errorf("domain: stream kind %s has no judge", k.name)
		}
		for _, t := range k.types {
			switch {
			case t.Upcast != nil: // read as the next version
			case t.Kind == "" && anywhere(t.New()):
			case t.Kind == k.name && k.judges(t.New()):
			default:
				return fmt.Errorf("domain: nobody judges event type %s, which stream kind %s declares", t, k.name)
			}
		}
	}
	return nil
}

// anywhere reports whether an event may lie in a stream of any kind: the judge itself answers it.
func anywhere(d event.Data) bool {
	switch d.(type) {
	case *oversight.DeviationFlagged, *oversight.StatementLapsed, *oversight.DeviationExplained,
		*oversight.ApprovalGiven, *oversight.ApprovalRefused, event.Correction:
		return true
	}
	return false
}

// Catalogue returns every event type of the ledger. It panics when the declarations contradict
// each other, which the tests of this package would have shown.
func Catalogue() *event.Catalogue {
	var all []*event.Type
	for _, k := range kinds {
		all = append(all, k.types...)
	}
	c, err := event.NewCatalogue(all...)
	if err != nil {
		panic(err)
	}
	for _, t := range c.All() {
		field.ShapeOf(t.New()) // panics when a member is not declared
	}
	return c
}

// newer are the streams of kinds that a later release wrote: they have revisions and no meaning,
// and nothing is appended to them.
type newer struct {
	common
	revisions
}

func (*newer) knows(string) bool { return false }

func (*newer) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, event.Elsewhere(e)
}
