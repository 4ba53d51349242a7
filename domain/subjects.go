package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// subjects are those who are inspected.
type subjects struct {
	common
	streams[*subject.State]
	holders *table[string, string] // valid USCC → first subject that has it; "" when given up
	scene   subject.Scene
}

func newSubjects(s *State, c common) kind {
	k := &subjects{common: c, streams: newStreams(s, subject.NewState), holders: newTable[string, string](s)}
	k.scene = subject.Scene{
		UnknownUnit: s.unknownUnit,
		Competent:   func(county string, sectors []string) bool { return len(s.competentFor(county, sectors)) > 0 },
		HolderOf:    func(uscc string) string { holder, _ := k.holders.get(uscc); return holder }}
	s.subjects = k
	return k
}

func (k *subjects) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign, Subject: e.Stream.ID}
	a.County, a.Sectors = k.cell(e.Stream.ID)
	if d, ok := e.Data.(*subject.Registered); ok && a.Sectors == nil {
		a.County, a.Sectors = codes.CountyOf(d.Region), sectorsOf(d.Sectors)
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

// fold also keeps who first had each valid credit code.
func (k *subjects) fold(e *event.Event) {
	switch e.Data.(type) {
	case *subject.Registered, *subject.Identified:
	default:
		k.apply(e)
		return
	}
	before := ""
	if st := k.state(e.Stream.ID); st != nil {
		before = st.USCC
	}
	after := k.apply(e).USCC
	if before != "" && before != after {
		if holder, _ := k.holders.get(before); holder == e.Stream.ID {
			k.holders.set(before, "")
		}
	}
	if holder, _ := k.holders.get(after); holder == "" && codes.ValidUSCC(after) {
		k.holders.set(after, e.Stream.ID)
	}
}
