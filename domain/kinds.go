package domain

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// parts are the kinds of which others ask, or whose rules compare streams: package domain keeps what they need of
// several streams. Every other kind is its package and nothing here ([plain]).
var parts = map[event.Kind]func(*State, common) kind{
	event.Campaign:   newCampaigns,
	event.Team:       newTeams,
	event.Person:     newPersons,
	event.Subject:    newSubjects,
	event.Inspection: newInspections,
	event.Accident:   newAccidents,
	event.Review:     newReviews,
	event.Table:      newCodeTables,
	tip.Name:         newTips,
	evaluation.Name:  newEvaluations,
	transfer.Name:    newTransfers,
	numbering.Name:   newDocuments,
	teamreview.Name:  newTeamReviews,
	event.Tokens:     newTokens,
	event.SealingKey: newSealingKeys,
	event.File:       newEvidenceFiles,
	event.Ledger:     newLedgers,
	event.Flag:       newFlags,
	blacklist.Name:   newBlacklists,
	casefile.Name:    newCases,
	publicity.Name:   newPublicities,
	exposure.Name:    newExposures,
}

// kind is what the judge asks of the streams of one kind. A [plain] one has all of it from its declaration; a part
// embeds [common], and [streams] or [revisions], and what is in neither it states itself, so that one that
// nobody judges does not compile.
type kind interface {
	// declaration is what the kind's package says of it.
	declaration() *stream.Kind
	// revision is that of a stream's last event as seen from the top, -1 when it has none.
	revision(stream event.Stream) int64
	// kept is what the rules keep of a stream, nil when nothing.
	kept(id string) any
	// about says what an event is about, from its body and its stream.
	about(e *event.Event) event.About
	// allow refuses an event whose author may not write to its stream, whatever is in it.
	allow(e *event.Event) error
	// knows reports whether the author may know that a stream exists. One that does not exist is
	// no secret.
	knows(id string) bool
	// within refuses an event outside the team, county or sectors that bind its author.
	within(e *event.Event) error
	// plan returns the plan that judges an event.
	plan(e *event.Event) *campaign.Plan
	// decide asks the rules; p is nil for an import: no flags and no gates. It changes nothing.
	decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error)
	// restates asks the rules of the event's stream as a whole that read it, after decide has accepted it, by the policy
	// that judges the stream, of an import as well. It changes nothing.
	restates(e *event.Event, p *campaign.Policy) event.Restated
	// entails returns what an event that was accepted entails for other streams.
	entails(e *event.Event) []event.Consequence
	// fold folds a recorded event.
	fold(e *event.Event)
}

// common is what most kinds answer alike.
type common struct {
	s  *State
	is *stream.Kind
}

func (c common) declaration() *stream.Kind                            { return c.is }
func (common) about(e *event.Event) event.About                       { return event.About{Campaign: e.Campaign} }
func (common) allow(*event.Event) error                               { return nil }
func (c common) within(e *event.Event) error                          { return c.s.ownArea(e) }
func (common) restates(*event.Event, *campaign.Policy) event.Restated { return event.Restated{} }
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
func complete(list []stream.Kind) error {
	for i := range list {
		k := &list[i]
		if parts[k.Name] == nil && k.Judge == nil || k.Judges == nil && len(k.Types) > 0 {
			return fmt.Errorf("domain: stream kind %s has no judge", k.Name)
		}
		for _, t := range k.Types {
			switch {
			case t.Upcast != nil: // read as the next version
			case t.Kind == "" && anywhere(t.New()):
			case t.Kind == k.Name && k.Judges(t.New()):
			default:
				return fmt.Errorf("domain: nobody judges event type %s, which stream kind %s declares", t, k.Name)
			}
		}
	}
	return nil
}

// anywhere reports whether an event may lie in a stream of any kind: the judge itself answers it.
func anywhere(d event.Data) bool {
	switch d.(type) {
	case *oversight.DeviationFlagged, *oversight.DeadlinePassed, *oversight.StatementLapsed, *oversight.DeviationExplained,
		*oversight.TermExtended, *oversight.ApprovalGiven, *oversight.ApprovalRefused, event.Correction:
		return true
	}
	return false
}

// Catalogue returns every event type of the ledger. It panics when the declarations contradict
// each other, which the tests of this package would have shown.
func Catalogue() *event.Catalogue {
	var all []*event.Type
	for i := range kinds.All {
		all = append(all, kinds.All[i].Types...)
	}
	c, err := event.NewCatalogue(kinds.Names(), all...)
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

// anyKind is what is known of a kind of which nothing is known.
var anyKind stream.Kind

func (*newer) knows(string) bool { return false }

func (*newer) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, event.Elsewhere(e)
}
