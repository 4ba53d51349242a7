package inspection

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// reserve claims a subject (R31): this is a plan, not yet a fact of the field, so a second
// claim is refused, to who may see the first: else both stand (R39 is stronger than R31).
func (j *judgement) reserve(d *Reserved) *event.Refusal {
	if j.st.is(reserved | started) {
		return event.Refuse(order, law.AlreadyBegun)
	}
	if r := j.parties(d.Team); r != nil {
		return r
	}
	if j.sc.HeldBy != "" && d.VisitType == "initial" {
		return event.Refuse(law.R31, law.AlreadyReserved,
			law.Str("inspection", j.sc.HeldBy), law.Str("subject", d.Subject), law.Str("sector", d.Sector))
	}
	if d.PlannedOn != "" && d.PlannedOn < j.e.Day() {
		j.flag(law.R31, law.PlannedInThePast, law.Str("reserved_on", j.e.Day()), law.Str("planned_on", d.PlannedOn))
	}
	return nil
}

// parties refuses a visit whose subject or team the ledger does not know, or that is of
// another team than the token's.
func (j *judgement) parties(team string) *event.Refusal {
	if !j.sc.Subject.Known {
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", j.e.About.Subject))
	}
	if team == "" && !j.imported {
		return event.Refuse(law.R17, law.TeamRequired)
	}
	if team != "" && !j.sc.Team.Known {
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", team))
	}
	return j.ownTeam(team)
}

// release gives a reservation back, as long as nobody has gone.
func (j *judgement) release() *event.Refusal {
	switch {
	case j.st.is(started | attempted):
		return event.Refuse(order, law.AlreadyStarted)
	case j.st.is(released):
		return event.Refuse(order, law.AlreadyReleased)
	}
	return nil
}

// brief flags a briefing that came too late to guide the visit (R16).
func (j *judgement) brief() *event.Refusal {
	if at := j.st.open().arrivedAt; !at.IsZero() && j.e.Occurred.After(at) && !j.imported {
		j.flag(law.R16, law.BriefedAfterArrival, law.At("briefed_at", j.e.Occurred), law.At("arrived_at", at))
	}
	return nil
}

// start judges the beginning of a visit. Except for identity and order all is flagged: the
// inspectors are there.
func (j *judgement) start(d *Started) *event.Refusal {
	switch {
	case j.st.is(started):
		return event.Refuse(order, law.AlreadyStarted)
	case j.st.is(attempted):
		return event.Refuse(order, law.AlreadyAttempted)
	}
	if r := j.parties(d.Team); r != nil {
		return r
	}
	if j.imported {
		return nil
	}
	if st := j.st; st.is(reserved) && (d.Subject != st.subject || d.Team != st.team) {
		return event.Refuse(law.R31, law.AnotherVisit, law.Str("reserved_subject", st.subject), law.Str("reserved_team", st.team),
			law.Str("subject", d.Subject), law.Str("team", d.Team))
	}
	if len(d.Inspectors) == 0 {
		return event.Refuse(law.R42, law.InspectorsRequired)
	}
	if d.VisitType == "" {
		return event.Refuse(law.R31, law.VisitTypeRequired)
	}
	if r := j.known("inspectors", d.Inspectors...); r != nil {
		return r
	}
	j.inPeriod()
	j.reservation(d)
	j.scope(d)
	j.inspectors(d)
	return nil
}

// inPeriod flags a start outside the period of its campaign (R13): the one it names, or else the
// one it was reserved for. The visit happened, and is not refused.
func (j *judgement) inPeriod() {
	campaign := cmp.Or(j.e.Campaign, j.st.campaign)
	if campaign != "" && (j.sc.CampaignEnd.IsZero() || j.outside(0)) {
		j.flag(law.R13, law.OutsideCampaign, law.Str("campaign", campaign), law.At("occurred_at", j.e.Occurred),
			law.At("start_at", j.sc.CampaignStart), law.At("end_at", j.sc.CampaignEnd))
	}
}

// reservation flags a start that is not what was reserved, or no longer reserved.
func (j *judgement) reservation(d *Started) {
	st := j.st
	if !st.is(reserved) {
		return
	}
	if st.is(released) {
		j.flag(law.R31, law.StartAfterRelease)
	}
	was, is := []string{st.sector, st.visitType, st.campaign}, []string{d.Sector, d.VisitType, cmp.Or(j.e.Campaign, st.campaign)}
	if slices.Equal(was, is) {
		return
	}
	for i := range was {
		if was[i] == is[i] { // not told
			was[i], is[i] = "", ""
		}
	}
	j.flag(law.R31, law.StartDiffersFromReservation, law.Str("reserved_sector", was[0]), law.Str("sector", is[0]),
		law.Str("reserved_visit_type", was[1]), law.Str("visit_type", is[1]), law.Str("reserved_campaign", was[2]), law.Str("campaign", is[2]))
}

// scope flags a visit outside what the team was formed for (R17).
func (j *judgement) scope(d *Started) {
	t, s := &j.sc.Team, &j.sc.Subject
	if !t.Active {
		j.flag(law.R17, law.TeamNotActive, law.Str("team", d.Team))
	}
	within := func(county string) bool { return codes.Covers(county, s.County) }
	if len(t.Counties) > 0 && s.County != "" && !slices.ContainsFunc(t.Counties, within) {
		j.flag(law.R17, law.CountyOutsideTeamScope, law.Str("county", s.County), law.List("counties", t.Counties), law.Str("team", d.Team))
	}
	if len(t.Sectors) > 0 && !slices.Contains(t.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorOutsideTeamScope, law.Str("sector", d.Sector), law.List("sectors", t.Sectors), law.Str("team", d.Team))
	}
	if !slices.Contains(s.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorNotOfSubject, law.Str("sector", d.Sector), law.List("sectors", s.Sectors), law.Str("subject", d.Subject))
	}
}

// inspectors flags who should not have gone: each person apart, so that each can be answered.
func (j *judgement) inspectors(d *Started) {
	distinct := 0
	for i, id := range d.Inspectors {
		if slices.Contains(d.Inspectors[:i], id) {
			continue
		}
		distinct++
		j.inspector(id, d.Team)
	}
	if least := j.sc.Policy.MinInspectors; distinct < least {
		j.flag(law.R42, law.TooFewInspectors, law.Int("inspectors", distinct), law.Int("least", least))
	}
}

// inspector flags one person who should not have gone.
func (j *judgement) inspector(id, team string) {
	p := j.sc.Person(id)
	if p.Trained == "" || p.Trained > j.e.Day() {
		j.flag(law.R01, law.UntrainedInspector, law.Str("person", id), law.Str("until_on", j.e.Day()))
	}
	if !j.sc.Team.Members[id] {
		j.flag(law.R17, law.InspectorNotInTeam, law.Str("person", id), law.Str("team", team))
	}
	if p.HomeUnit != "" && slices.Contains(j.sc.Subject.Departments, p.HomeUnit) {
		j.flag(law.R61, law.ConflictOfInterest, law.Str("person", id), law.Str("unit", p.HomeUnit))
	}
}

// join names one more inspector of the visit (R42). Who joins may sign.
func (j *judgement) join(d *Joined) *event.Refusal {
	if slices.Contains(j.st.open().inspectors, d.Person) {
		return event.Refuse(law.R42, law.AlreadyAnInspector, law.Str("person", d.Person))
	}
	if r := j.known("person", d.Person); r != nil {
		return r
	}
	j.inspector(d.Person, j.st.team)
	return nil
}

// attempt is what happens instead of an arrival (R28).
func (j *judgement) attempt() *event.Refusal {
	if j.st.is(arrived) {
		return event.Refuse(law.R28, law.AlreadyArrived)
	}
	return nil
}

// justify answers a flag, so there must be one (R31).
func (j *judgement) justify() *event.Refusal {
	if !j.st.is(duplicate) {
		return event.Refuse(law.R31, law.NotADuplicate)
	}
	return oversight.FirstPerson(j.e)
}
