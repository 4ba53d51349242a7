package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// ofTheVisit flags an inspector or leader who writes of a visit that is not theirs (R17, R42): who
// is no member of the visiting team when it is recorded, and who states a fact of the spot without
// being one of those who went there. The fact stands: it may be true, and somebody has to ask.
//
// A token that names no person is that of an office, whose acts are no field facts.
func (j *judgement) ofTheVisit(at stage) {
	a := &j.e.Actor
	if j.imported || a.Person == "" || a.Role != event.RoleInspector && a.Role != event.RoleTeamLeader {
		return
	}
	switch t := &j.sc.Team; {
	case !t.Known || j.names(a.Person): // which other rules answer
	case t.Leader != a.Person && !t.Members[a.Person]:
		j.flag(law.R17, law.NotAParticipant, law.Str("person", a.Person), law.Str("type", j.e.Type.Name), law.Str("team", a.Team))
	case at == onSite && j.st.is(started) && !j.st.is(closed) && !slices.Contains(j.st.open().inspectors, a.Person):
		j.flag(law.R42, law.NotAParticipant, law.Str("person", a.Person), law.Str("type", j.e.Type.Name),
			law.List("inspectors", j.st.open().inspectors))
	}
}

// names reports whether the event itself makes a person an inspector of the visit.
func (j *judgement) names(person string) bool {
	switch d := j.e.Data.(type) {
	case *Started:
		return slices.Contains(d.Inspectors, person)
	case *Joined:
		return d.Person == person
	}
	return false
}
