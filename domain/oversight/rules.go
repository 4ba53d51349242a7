package oversight

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// AcceptsForOwnTeam is the refusal of a leader who accepts what is explained of the own team: who explains is not who accepts.
const AcceptsForOwnTeam law.Code = "accepts-for-own-team"

var _ = law.Declare(law.OfFindings, law.Text{Code: AcceptsForOwnTeam, Acts: law.Refuses, Rules: []law.Rule{law.R08},
	TitleZH: "不得采纳本组的说明", Title: "An explanation of the own team",
	SaysZH: "{person} 是被标记督查组的组长，可以说明，不能采纳", Says: "{person} leads the team that was flagged, and explains without accepting",
	RemedyZH: "不填 accepted，由市安委办采纳", Remedy: "leave accepted out, and let the office accept it"})

// Took returns people with who took part in a stream, once, since none of them answers there what waits for a second person; ""
// is nobody. The list is append-only: clones share it.
func Took(people []string, person string) []string {
	if person == "" || slices.Contains(people, person) {
		return people
	}
	return append(people, person)
}

// Explain judges an explanation against the deviations of its stream (R08). The error is an
// *event.Refusal.
func (s State) Explain(d *DeviationExplained, e *event.Event) error {
	id, ok := event.ParseUUID(d.Deviation)
	if !ok || !s.Flagged(id) {
		return event.Refuse(law.R08, law.UnknownDeviation, law.Str("stream", e.Stream.String()), law.Str("deviation", d.Deviation))
	}
	if d.Accepted && e.Actor.Role == event.RoleTeamLeader {
		return event.Refuse(law.R08, AcceptsForOwnTeam, law.Str("person", e.Actor.Person))
	}
	return nil
}

// none tells the bodies of this package from those of other kinds; no rule needs a state.
type none struct{}

type judgement = stream.Judgement[none, stream.Ledger]

// anywhere declares an event that may lie in any stream, which package domain judges.
func anywhere[T any](t event.Type) stream.Event[none, stream.Ledger] {
	t.New = func() event.Data { return new(T) }
	return stream.Anywhere[none, stream.Ledger](t)
}

// allow: nobody but the ledger writes to its streams, but for who corrects its clock.
func allow(e *event.Event) *event.Refusal {
	if _, correction := e.Data.(*ClockCorrected); e.Actor.Role == event.RoleLedger || correction {
		return nil
	}
	return event.Refuse(law.Pillar6, law.LedgerStream, law.Str("stream", e.Stream.String()))
}

// What the ledger says of itself and its copies nobody else may append.

func (d *LedgerCreated) Judge(*judgement) *event.Refusal { return nil }

func (d *RulesAdopted) Judge(*judgement) *event.Refusal { return nil }

func (d *CopyRestored) Judge(*judgement) *event.Refusal { return nil }

func (d *LedgerMoved) Judge(*judgement) *event.Refusal { return nil }
