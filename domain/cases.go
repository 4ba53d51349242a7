package domain

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Cases are known to who knows their visit (pillar 14). They are told what else says of them: that they were handed over, and that
// a decision was made public (R55, R71); and a decision that changes casts doubt on its publications.

type cases struct {
	*plain
	compared comparedFines
}

func newCases(s *State, c common) kind {
	s.cases = &cases{plainOf(s, c), newComparedFines(s)}
	return s.cases
}

func (k *cases) of(id string) *casefile.State {
	st, _ := k.kept(id).(*casefile.State)
	return st
}

// knows: who may know of the visit, and of the case's cell. An importer knows what imports began.
func (k *cases) knows(id string) bool {
	st := k.of(id)
	if st == nil || !k.s.author.bound {
		return true
	}
	if k.s.author.actor.Role == event.RoleImporter {
		return st.Copied
	}
	if visit := k.s.inspections.state(st.Visit); st.Visit != "" && visit != nil {
		return k.s.inspections.knowsVisit(visit)
	}
	return k.plain.knows(id)
}

// within: people of a team write in cases of their own team.
func (k *cases) within(e *event.Event) error {
	if k.revision(e.Stream) >= 0 || e.About.Team != "" {
		if err := k.s.ownTeam(e); err != nil {
			return err
		}
	}
	return k.s.ownArea(e)
}

func (k *cases) edit(id string, fn func(*casefile.State)) {
	k.with.edit(id, func(st stream.State) { fn(st.Of().(*casefile.State)) })
}

// entails: a decision that changes casts doubt on what was published of it (R71).
func (k *cases) entails(e *event.Event) (out []event.Consequence) {
	d, changes := e.Data.(*casefile.DecisionChanged)
	if !changes {
		return nil
	}
	list, _ := k.s.publicities.ofCase.get(e.Stream.ID)
	for _, id := range list {
		st, _ := k.s.publicities.kept(id).(*publicity.State)
		if st != nil && !st.Doubted() && st.Penalty == d.Penalty {
			out = append(out, k.s.groundChanged(event.Stream{Kind: publicity.Name, ID: id}, law.R71, st.Published.Event, e.ID, e))
		}
	}
	return out
}

// published keeps which publications are of a case, and tells it.
func (k *cases) published(d *publicity.Published, e *event.Event) {
	if d.Case == "" {
		return
	}
	of := k.s.publicities.ofCase
	of.set(d.Case, with(of, d.Case, strings.Clone(e.Stream.ID)))
	k.edit(d.Case, func(c *casefile.State) { c.Published(d.Penalty, e.Happened()) })
}

// isBeside keeps beside which officers a case is judged, after a fact of it.
func (k *cases) isBeside(e *event.Event, d event.Data) {
	switch d := d.(type) {
	case *casefile.Filed:
		for i := range d.Officers {
			k.s.besides.add(event.Person, d.Officers[i].Person, casefile.Name, strings.Clone(e.Stream.ID))
		}
	case event.Correction:
		if content, _ := d.Version(); content != nil {
			k.isBeside(e, content)
		}
	}
}

// bears implements [besideKind]: that an officer is registered, or was wrongly.
func (*cases) bears(e *event.Event) (from int64, ok bool) {
	_, registers := e.Data.(*person.Registered)
	return 0, e.Stream.Kind == event.Person && (registers || amendsRegister(e))
}

// since implements [besideKind]. An officer has few cases, and nothing but his registration bears on them.
func (k *cases) since(id string, _ int64) bool { return k.of(id) != nil }

// saysBeside implements [besideKind].
func (k *cases) saysBeside(id string) []event.Consequence {
	of := event.Stream{Kind: casefile.Name, ID: id}
	r := event.Restated{Asked: []event.Asked{{Code: law.CertificateUnregistered}}}
	v, _ := k.with.get(id)
	for f := range v.facts() {
		d, files := f.Data.(*casefile.Filed)
		if !files || f.Assurance == event.Imported || v.gone() {
			continue
		}
		for _, flag := range d.Unregistered(k.s.whole, f.Event) {
			flag.Fact = f.ID
			r.True = append(r.True, flag)
		}
	}
	said, _ := k.s.deviations.get(of)
	o, _ := k.plain.of.get(id)
	return differing(nil, &event.Event{Stream: of}, &r, said, k.s.newest(o.Campaign).Version)
}
