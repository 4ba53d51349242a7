package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// documents are the blocks of numbers of documents. What bears a number lies in other streams; see [numbers].
type documents struct {
	common
	streams[*numbering.State]
	ofSeries *table[string, []string] // kind of document and series → blocks, in order; values are replaced, never changed
	ofTeam   *table[string, []string] // kind of document and team → blocks, likewise
	scene    numbering.Scene
}

func newDocuments(s *State, c common) kind {
	k := &documents{common: c, streams: newStreams(s, func() *numbering.State { return &numbering.State{} }),
		ofSeries: newTable[string, []string](s), ofTeam: newTable[string, []string](s)}
	k.scene = numbering.Scene{
		TeamKnown: func(id string) bool { return s.teams.state(id) != nil },
		Taken:     k.taken,
		Borne: func(kind, series string, n int64) bool {
			list, _ := s.numbers.ofNumber.get(borneAs(kind, series, n))
			return len(list) > 0
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

// given reports whether a team was given a block of numbers of a kind of document, that is not withdrawn.
func (k *documents) given(document, team string) bool {
	blocks, _ := k.ofTeam.get(document + "\n" + team)
	return slices.ContainsFunc(blocks, func(id string) bool { return k.state(id).Block.Document != "" })
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
