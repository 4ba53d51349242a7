package domain

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// subjects are those who are inspected.
type subjects struct {
	common
	streams[*subject.State]
	holders *table[string, string]   // valid USCC → first subject that has it; "" when given up
	sharers *table[string, []string] // valid USCC → who else has it, in order
	merged  *table[string, []string] // subject → those that became part of it; values are replaced, never changed
	scene   subject.Scene
}

func newSubjects(s *State, c common) kind {
	k := &subjects{common: c, streams: newStreams(s, subject.NewState), holders: newTable[string, string](s),
		sharers: newTable[string, []string](s), merged: newTable[string, []string](s)}
	k.corrects = true
	k.scene = subject.Scene{
		UnknownUnit: s.unknownUnit,
		Competent:   s.answered,
		Known:       func(id string) bool { return k.state(id) != nil && k.knows(id) },
		Heir:        k.heir,
		Holiday:     s.holiday,
		Supervises: func(id, unit string) bool {
			st := k.state(id)
			return st != nil && unit != "" && slices.Contains(s.competent(st), unit)
		},
		HolderOf: func(uscc string) string { holder, _ := k.holders.get(uscc); return holder }}
	s.subjects = k
	return k
}

func (k *subjects) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign, Subject: e.Stream.ID}
	a.County, a.Sectors = k.cell(e.Stream.ID)
	switch d := e.Data.(type) {
	case *subject.Registered:
		if a.Sectors == nil {
			a.County, a.Sectors = codes.CountyOf(d.Region), sectorsOf(d.Sectors)
		}
	case *subject.Updated:
		if len(d.Sectors) > 0 {
			a.Sectors = sectorsOf(d.Sectors)
		}
	}
	return a
}

// cell returns the county and the sectors of a registered subject, "" and nil when unknown.
func (k *subjects) cell(id string) (county string, sectors []string) {
	if st := k.state(id); st != nil {
		return st.County, st.Sectors
	}
	return "", nil
}

// sectorsOfAll returns the sectors of registered subjects, sorted and unique.
func (k *subjects) sectorsOfAll(ids []string) []string {
	var all []string
	for i, id := range ids {
		_, sectors := k.cell(id)
		if i == 0 {
			all = sectors
			continue
		}
		all = sectorsOf(slices.Concat(all, sectors))
	}
	return all
}

// sectorsOf returns codes as a set: sorted and unique.
func sectorsOf(list []string) []string {
	set := slices.Clone(list)
	slices.Sort(set)
	return slices.Compact(set)
}

func (k *subjects) knows(id string) bool {
	st := k.state(id)
	return st == nil || k.s.scope().Cell(st.County, st.Sectors)
}

func (k *subjects) within(e *event.Event) error {
	a, about := &e.Actor, &e.About
	if a.Role == event.RoleTeamLeader || a.Role == event.RoleInspector {
		if k.is.MayBegin(e.Data) && !k.s.scope().Cell(about.County, about.Sectors) {
			return event.Refuse(law.R17, law.NotYourScope,
				law.Str("county", about.County), law.List("sectors", about.Sectors), law.Str("team", a.Team))
		}
	}
	return k.s.ownArea(e)
}

func (k *subjects) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	k.scene.Policy = p
	return subject.Decide(known(k.s, k.state(e.Stream.ID)), &k.scene, e)
}

// again judges a fact once more.
func (k *subjects) again(p *campaign.Policy) judgeOf[*subject.State] {
	return func(st *subject.State, e *event.Event) ([]event.Deviation, error) {
		if k.scene.Policy = p; e.Assurance == event.Imported {
			k.scene.Policy = nil
		}
		return subject.Decide(st, &k.scene, e)
	}
}

func (k *subjects) correct(e *event.Event, p *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again(p))
}

func (k *subjects) retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again(p), r)
}

// fold also keeps who first had each valid credit code, and what became part of what.
func (k *subjects) fold(e *event.Event) {
	before, was := "", k.endOf(e.Stream.ID, nil)
	if st := k.state(e.Stream.ID); st != nil {
		before = st.USCC
	}
	st := k.apply(e)
	if st == nil {
		return
	}
	k.merges(e.Stream.ID, was, st.End())
	if _, files := e.Data.(*subject.HolidayWorkFiled); files {
		k.filed(e.Stream.ID)
	}
	if st.USCC == before {
		return
	}
	after := st.USCC
	if codes.ValidUSCC(before) {
		k.giveUp(before, e.Stream.ID)
	}
	if codes.ValidUSCC(after) {
		k.take(after, e.Stream.ID)
	}
}

func (k *subjects) take(uscc, id string) {
	if holder, _ := k.holders.get(uscc); holder == "" {
		k.holders.set(uscc, strings.Clone(id))
		return
	}
	k.sharers.set(uscc, with(k.sharers, uscc, strings.Clone(id)))
}

// giveUp takes a subject from those that have a code; the next one holds it then.
func (k *subjects) giveUp(uscc, id string) {
	if holder, _ := k.holders.get(uscc); holder != id {
		k.sharers.set(uscc, without(k.sharers, uscc, id))
		return
	}
	next := ""
	if all, _ := k.sharers.get(uscc); len(all) > 0 {
		next = all[0]
		k.sharers.set(uscc, all[1:])
	}
	k.holders.set(uscc, next)
}

// entails: what was said of an earlier code of the subject is no more, and who comes after a holder that gives up a
// code shares it with nobody before him.
func (k *subjects) entails(e *event.Event) (out []event.Consequence) {
	st := k.state(e.Stream.ID)
	if st == nil {
		return nil
	}
	var alone []string
	code := ""
	switch d := e.Data.(type) {
	case *subject.Ended:
		return k.capsAgain(k.united(nil, e), e)
	case *subject.Updated:
		if out = k.capsAgain(nil, e); d.USCC == "" {
			return out
		}
		alone, code = []string{e.Stream.ID}, d.USCC
	case event.Correction, *oversight.ApprovalGiven: // what is said of the fact itself is asked again
		code, out = k.after(e).USCC, k.capsAgain(k.united(nil, e), e)
	default:
		return nil
	}
	if holder, _ := k.holders.get(st.USCC); holder == e.Stream.ID && st.USCC != code {
		all, _ := k.sharers.get(st.USCC)
		alone = append(alone, all[:min(1, len(all))]...)
	}
	for _, id := range alone {
		stream := event.Stream{Kind: event.Subject, ID: id}
		said, _ := k.s.deviations.get(stream)
		for _, o := range said.Standing() {
			if o.Code == law.USCCShared {
				out = append(out, lapsed(stream, o))
			}
		}
	}
	return out
}
