package domain

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// accidents are the work-safety accidents.
type accidents struct {
	common
	streams[*accident.State]
	severe *table[struct{}, []string] // accidents that were ever graded larger or worse (R15), in order; append-only
	scene  accident.Scene
}

func newAccidents(s *State, c common) kind {
	k := &accidents{common: c, streams: newStreams(s, accident.NewState), severe: newTable[struct{}, []string](s)}
	k.corrects = true
	k.scene.SubjectKnown = func(id string) bool {
		st := s.subjects.state(id)
		return st != nil && (!s.author.bound || s.scope().Cell(st.County, st.Sectors))
	}
	k.scene.Terms = func(st *accident.State) obligation.Terms {
		terms, _ := k.terms(st, vantage{})
		return terms
	}
	s.accidents = k
	return k
}

// terms are those of an accident, and how late people in the field may synchronise.
func (k *accidents) terms(st *accident.State, from vantage) (obligation.Terms, time.Duration) {
	first, happened := st.Opened()
	policy := k.s.planOf(st.Campaign, first, happened).Policy
	return k.s.terms(policy, first, from), time.Duration(policy.LateSyncHours) * time.Hour
}

// owed returns what is owed since an accident.
func (k *accidents) owed(id string, from vantage) (out owed) {
	st := k.seen(id, from)
	if st == nil {
		return out
	}
	terms, late := k.terms(st, from)
	out = owed{about: event.About{Campaign: st.Campaign, County: st.County, Sectors: st.Sectors}, lateSync: late}
	if len(st.Subjects) > 0 {
		out.about.Subject = st.Subjects[0]
	}
	out.list = st.Owes(terms, k.s.duties.list[:0])
	k.s.duties.list = out.list
	return k.answering(k.s, id, from, out)
}

func (*accidents) owes() bool { return true }

func (k *accidents) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign}
	if st := k.state(e.Stream.ID); st != nil {
		a.County, a.Sectors = st.County, st.Sectors
		a.Subject = st.First
	}
	if d, ok := e.Data.(*accident.Reported); ok {
		a.County = codes.CountyOf(d.Region)
		if len(d.Subjects) > 0 {
			a.Subject = d.Subjects[0]
		}
		a.Sectors = k.s.subjects.sectorsOfAll(d.Subjects)
	}
	return a
}

func (k *accidents) knows(id string) bool {
	st := k.state(id)
	return st == nil || k.s.scope().Cell(st.County, st.Sectors)
}

func (k *accidents) within(e *event.Event) error {
	if err := k.s.ownArea(e); err != nil {
		return err
	}
	a, about := &e.Actor, &e.About
	if a.Role == event.RoleCountyGovernment || a.Role == event.RoleDepartment {
		// Subjects that the author may not see are unknown to him, whatever their sectors.
		if d, ok := e.Data.(*accident.Reported); ok && len(d.Subjects) == 0 && !k.s.scope().Cell(about.County, nil) {
			return event.Refuse(law.R77, law.NotYourSector, law.Str("unit", a.Unit))
		}
	}
	return nil
}

func (k *accidents) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	k.scene.Policy, k.scene.Law = p, k.s.law(e.Index)
	return accident.Decide(known(k.s, k.state(e.Stream.ID)), &k.scene, e)
}

// again judges a fact once more.
func (k *accidents) again(p *campaign.Policy) judgeOf[*accident.State] {
	return func(st *accident.State, e *event.Event) ([]event.Deviation, error) {
		k.scene.Policy, k.scene.Law = p, k.s.law(e.Index)
		if e.Assurance == event.Imported {
			k.scene.Policy = nil
		}
		return accident.Decide(st, &k.scene, e)
	}
}

func (k *accidents) correct(e *event.Event, p *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again(p))
}

func (k *accidents) retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again(p), r)
}

func (k *accidents) restates(e *event.Event, _ *campaign.Policy) event.Restated {
	st := known(k.s, k.state(e.Stream.ID))
	if st == nil {
		return event.Restated{}
	}
	return accident.Restate(st, k.after(e), e)
}

func (k *accidents) entails(e *event.Event) []event.Consequence {
	out := append(k.missed(e), k.s.listsAccident(e)...)
	if st := k.state(e.Stream.ID); st != nil {
		out = k.s.deducted(out, e.Stream.ID, st, k.after(e))
		out = k.s.reliedOnAccident(out, st, e)
	}
	return out
}

// counts returns an accident; nil where there is none, or it was withdrawn.
func (k *accidents) counts(id string) *accident.State {
	v, _ := k.get(id)
	if v.gone() {
		return nil
	}
	return v.state
}

func (k *accidents) missed(e *event.Event) []event.Consequence {
	if aiming, _ := k.s.campaigns.aiming.get(struct{}{}); aiming != nil && k.state(e.Stream.ID) != nil {
		return k.s.missedBy(nil, e.Stream.ID, k.after(e))
	}
	return nil
}

// fold also keeps the accidents that a campaign was to prevent (R15).
func (k *accidents) fold(e *event.Event) {
	st := k.apply(e)
	if st == nil || !codes.LargerOrWorse(st.Grade) {
		return
	}
	if known, _ := k.severe.get(struct{}{}); !slices.Contains(known, e.Stream.ID) {
		k.severe.set(struct{}{}, with(k.severe, struct{}{}, e.Stream.ID))
	}
}
