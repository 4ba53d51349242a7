package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// documents are the blocks of numbers of documents. What bears a number lies in other streams, and is compared here:
// whatever is wrong with its number, the document was made, and is kept and flagged (R42).
type documents struct {
	common
	streams[*numbering.State]
	ofSeries *table[string, []string] // kind of document and series → blocks, in order; values are replaced, never changed
	ofTeam   *table[string, []string] // kind of document and team → blocks, likewise
	bearers  *table[string, bearer]   // kind of document, series and number → who first bore it
	scene    numbering.Scene
}

// bearer is a document that bears a number.
type bearer struct {
	event uuid.UUID
	team  string
}

func newDocuments(s *State, c common) kind {
	k := &documents{common: c, streams: newStreams(s, func() *numbering.State { return &numbering.State{} }),
		ofSeries: newTable[string, []string](s), ofTeam: newTable[string, []string](s), bearers: newTable[string, bearer](s)}
	k.scene = numbering.Scene{
		TeamKnown: func(id string) bool { return s.teams.state(id) != nil },
		Taken:     k.taken,
		Borne: func(kind, series string, n int64) bool {
			_, borne := k.bearers.get(borneAs(kind, series, n))
			return borne
		}}
	k.corrects = true
	s.documents = k
	return k
}

func (k *documents) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign}
	if d, ok := e.Data.(*numbering.BlockIssued); ok {
		a.Team = d.Team
	}
	if st := k.state(e.Stream.ID); st != nil {
		a.Team = st.Block.Team
	}
	return a
}

func (k *documents) knows(id string) bool {
	st := k.state(id)
	return st == nil || k.s.scope().Team(st.Block.Team)
}

func (k *documents) within(e *event.Event) error {
	if err := k.s.ownTeam(e); err != nil {
		return err
	}
	return k.s.ownArea(e)
}

func (k *documents) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return k.again(known(k.s, k.state(e.Stream.ID)), e)
}

// again judges a fact, once more or for the first time.
func (k *documents) again(st *numbering.State, e *event.Event) ([]event.Deviation, error) {
	k.scene.Own = e.Stream.ID
	return numbering.Decide(st, &k.scene, e)
}

func (k *documents) correct(e *event.Event, _ *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again)
}

func (k *documents) retold(e *event.Event, _ *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again, r)
}

// taken returns another block that has a number of d.
func (k *documents) taken(d *numbering.BlockIssued) string {
	blocks, _ := k.ofSeries.get(d.Document + "\n" + d.Series)
	for _, id := range blocks {
		if b := &k.state(id).Block; id != k.scene.Own && b.First <= d.Last && d.First <= b.Last {
			return id
		}
	}
	return ""
}

// fold also keeps the blocks of each series and team.
func (k *documents) fold(e *event.Event) {
	k.apply(e)
	if d, ok := e.Data.(*numbering.BlockIssued); ok {
		series, team := d.Document+"\n"+d.Series, d.Document+"\n"+d.Team
		k.ofSeries.set(series, with(k.ofSeries, series, e.Stream.ID))
		k.ofTeam.set(team, with(k.ofTeam, team, e.Stream.ID))
	}
}

// numberOf returns the number that an event bears, and of which kind of document; "" for none.
func numberOf(body event.Data) (kind, number string) {
	switch d := body.(type) {
	case *inspection.RecordSigned:
		return numbering.SiteRecord, d.RecordNo
	case *inspection.SignatureRefused:
		return numbering.SiteRecord, d.RecordNo
	case *order.Issued:
		return numbering.Order, d.DocumentNo
	case *casefile.PenaltyDecided:
		return numbering.Decision, d.DecisionNo
	}
	return "", ""
}

// borneAs is the key of a number.
func borneAs(kind, series string, n int64) string { return fmt.Sprintf("%s\n%s\n%d", kind, series, n) }

// numbered flags a number that lies in no block of the team, is void, or is borne by another document of the team (R42). A
// team that was given no block has nothing to compare with.
func (s *State) numbered(e *event.Event) (flags []event.Deviation) {
	kind, number := numberOf(e.Data)
	if number == "" {
		return nil
	}
	k, team := s.documents, e.About.Team
	flag := func(code law.Code, values ...law.Value) {
		flags = append(flags, event.Flagged(law.R42, code, values...))
	}
	series, n, ok := numbering.Parse(number)
	blocks, _ := k.ofSeries.get(kind + "\n" + series)
	within := -1
	if ok {
		within = slices.IndexFunc(blocks, func(id string) bool {
			b := &k.state(id).Block
			return b.Has(n) && (b.Team == "" || b.Team == team) && strings.HasPrefix(e.Day(), fmt.Sprint(b.Year))
		})
	}
	if within < 0 {
		if own, _ := k.ofTeam.get(kind + "\n" + team); team != "" && own != nil {
			flag(numbering.NumberOutsideBlock, law.Str("document", kind), law.Str("number_text", number), law.Str("team", team))
		}
		return flags
	}
	if slices.Contains(k.state(blocks[within]).Voided, n) {
		flag(numbering.NumberIsVoid, law.Str("document", kind), law.Str("number_text", number))
	}
	if first, borne := k.bearers.get(borneAs(kind, series, n)); borne && first.event != e.ID && first.team == team {
		flag(numbering.NumberTwice, law.Str("document", kind), law.Str("number_text", number), law.Str("team", team))
	}
	return flags
}

// bear keeps which document first bore a number of a series that was given.
func (s *State) bear(e *event.Event) {
	kind, number := numberOf(e.Data)
	if number == "" || e.Assurance == event.Imported {
		return
	}
	series, n, ok := numbering.Parse(number)
	k := s.documents
	if blocks, _ := k.ofSeries.get(kind + "\n" + series); !ok || blocks == nil {
		return
	}
	key := borneAs(kind, series, n)
	if _, borne := k.bearers.get(key); !borne {
		k.bearers.set(key, bearer{e.ID, strings.Clone(e.About.Team)})
	}
}

// owes reports that answers are: to corrections that wait (pillar 17).
func (*documents) owes() bool { return true }

func (k *documents) watch(fn func(id string)) { k.amended(fn) }

func (k *documents) owed(id string, from vantage) owed {
	about := event.About{}
	if st := k.seen(id, from); st != nil {
		about.Team = st.Block.Team
	}
	return k.answering(k.s, id, from, owed{about: about, list: k.s.duties.list[:0]})
}
