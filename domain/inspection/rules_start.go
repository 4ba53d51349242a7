package inspection

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// judge: a reservation claims a subject (R31): this is a plan, not yet a fact of the field, so a second
// claim is refused, to who may see the first: else both stand (R39 is stronger than R31).
func (d *Reserved) judge(j *judgement) *event.Refusal {
	if j.st.is(reserved | started) {
		return event.Refuse(order, law.AlreadyBegun, "this inspection was reserved or started before; a reservation begins one")
	}
	if r := j.parties(d.Team); r != nil {
		return r
	}
	if j.sc.HeldBy != "" && d.VisitType == "initial" {
		return event.Refuse(law.R31, law.AlreadyReserved,
			"inspection %s already holds the initial visit of subject %s, sector %s", j.sc.HeldBy, d.Subject, d.Sector)
	}
	if d.PlannedOn != "" && d.PlannedOn < j.e.Day() {
		j.flag(law.R31, law.PlannedInThePast, "reserved on %s for %s", j.e.Day(), d.PlannedOn)
	}
	return nil
}

// parties refuses a visit whose subject or team the ledger does not know, or that is of
// another team than the token's.
func (j *judgement) parties(team string) *event.Refusal {
	if !j.sc.Subject.Known {
		return event.Refuse(law.R18, law.UnknownSubject, "the subject is not in the ledger")
	}
	if team == "" && !j.imported {
		return event.Refuse(law.R17, law.TeamRequired, "only imports may leave the team unknown")
	}
	if team != "" && !j.sc.Team.Known {
		return event.Refuse(law.R17, law.UnknownTeam, "team %q is not in the ledger", team)
	}
	return j.ownTeam(team)
}

// judge: a release gives a reservation back, as long as nobody has gone.
func (d *Released) judge(j *judgement) *event.Refusal {
	switch {
	case j.st.is(started | attempted):
		return event.Refuse(order, law.AlreadyStarted, "the visit began; a reservation is released before that")
	case j.st.is(released):
		return event.Refuse(order, law.AlreadyReleased, "the reservation was released before")
	}
	return nil
}

// judge flags a briefing that came too late to guide the visit (R16).
func (d *Briefed) judge(j *judgement) *event.Refusal {
	if at := j.st.open().arrivedAt; !at.IsZero() && j.e.Occurred.After(at) && !j.imported {
		j.flag(law.R16, law.BriefedAfterArrival, "briefed at %s, arrived at %s", stamp(j.e.Occurred), stamp(at))
	}
	return nil
}

// judge: the beginning of a visit. Except for identity and order all is flagged: the
// inspectors are there.
func (d *Started) judge(j *judgement) *event.Refusal {
	switch {
	case j.st.is(started):
		return event.Refuse(order, law.AlreadyStarted, "the visit began before")
	case j.st.is(attempted):
		return event.Refuse(order, law.AlreadyAttempted, "this visit ended as an attempt")
	}
	if r := j.parties(d.Team); r != nil {
		return r
	}
	if j.imported {
		return nil
	}
	if st := j.st; st.is(reserved) && (d.Subject != st.subject || d.Team != st.team) {
		return event.Refuse(law.R31, law.AnotherVisit,
			"reserved was subject %q for team %q, the start names subject %q and team %q; what a visit is about never changes",
			st.subject, st.team, d.Subject, d.Team)
	}
	if len(d.Inspectors) == 0 {
		return event.Refuse(law.R42, law.InspectorsRequired, "only imports may leave the inspectors unknown")
	}
	if d.VisitType == "" {
		return event.Refuse(law.R31, law.VisitTypeRequired, "only imports may leave the visit type unknown")
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
	switch {
	case campaign == "":
	case j.sc.CampaignEnd.IsZero():
		j.flag(law.R13, law.OutsideCampaign, "campaign %q has not been started", campaign)
	case j.outside(0):
		j.flag(law.R13, law.OutsideCampaign, "the visit started at %s; campaign %q runs from %s to %s",
			stamp(j.e.Occurred), campaign, stamp(j.sc.CampaignStart), stamp(j.sc.CampaignEnd))
	}
}

// reservation flags a start that is not what was reserved, or no longer reserved.
func (j *judgement) reservation(d *Started) {
	st := j.st
	if !st.is(reserved) {
		return
	}
	if st.is(released) {
		j.flag(law.R31, law.StartAfterRelease, "the reservation had been released")
	}
	var differs []string
	compare := func(field, was, is string) {
		if was != is {
			differs = append(differs, fmt.Sprintf("%s reserved %q, started %q", field, was, is))
		}
	}
	compare("sector", st.sector, d.Sector)
	compare("visit_type", st.visitType, d.VisitType)
	if j.e.Campaign != "" {
		compare("campaign", st.campaign, j.e.Campaign)
	}
	if differs != nil {
		j.flag(law.R31, law.StartDiffersFromReservation, "%s", strings.Join(differs, "; "))
	}
}

// scope flags a visit outside what the team was formed for (R17).
func (j *judgement) scope(d *Started) {
	t, s := &j.sc.Team, &j.sc.Subject
	if !t.Active {
		j.flag(law.R17, law.TeamNotActive, "team %s has not been activated", d.Team)
	}
	within := func(county string) bool { return codes.Covers(county, s.County) }
	if len(t.Counties) > 0 && s.County != "" && !slices.ContainsFunc(t.Counties, within) {
		j.flag(law.R17, law.CountyOutsideTeamScope, "county %s of the subject is not among %v of team %s", s.County, t.Counties, d.Team)
	}
	if len(t.Sectors) > 0 && !slices.Contains(t.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorOutsideTeamScope, "sector %s is not among %v of team %s", d.Sector, t.Sectors, d.Team)
	}
	if !slices.Contains(s.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorNotOfSubject, "sector %s is not among %v of subject %s", d.Sector, s.Sectors, d.Subject)
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
		j.flag(law.R42, law.TooFewInspectors, "%d inspectors; at least %d", distinct, least)
	}
}

// inspector flags one person who should not have gone.
func (j *judgement) inspector(id, team string) {
	p := j.sc.Person(id)
	if p.Trained == "" || p.Trained > j.e.Day() {
		j.flag(law.R01, law.UntrainedInspector, "inspector %s has no recorded training up to %s", id, j.e.Day())
	}
	if !j.sc.Team.Members[id] {
		j.flag(law.R17, law.InspectorNotInTeam, "inspector %s is no member of team %s", id, team)
	}
	if p.HomeUnit != "" && slices.Contains(j.sc.Subject.Departments, p.HomeUnit) {
		j.flag(law.R61, law.ConflictOfInterest, "inspector %s is of unit %s, which supervises the subject", id, p.HomeUnit)
	}
}

// judge: a joining names one more inspector of the visit (R42). Who joins may sign.
func (d *Joined) judge(j *judgement) *event.Refusal {
	if slices.Contains(j.st.open().inspectors, d.Person) {
		return event.Refuse(law.R42, law.AlreadyAnInspector, "%s is an inspector of this visit already", d.Person)
	}
	if r := j.known("person", d.Person); r != nil {
		return r
	}
	j.inspector(d.Person, j.st.team)
	return nil
}

// judge: an attempt is what happens instead of an arrival (R28).
func (d *Attempted) judge(j *judgement) *event.Refusal {
	if j.st.is(arrived) {
		return event.Refuse(law.R28, law.AlreadyArrived, "an inspector arrived; an attempt is a visit without arrival")
	}
	return nil
}

// judge: a justification answers a flag, so there must be one (R31).
func (d *DuplicateJustified) judge(j *judgement) *event.Refusal {
	if !j.st.is(duplicate) {
		return event.Refuse(law.R31, law.NotADuplicate, "this visit was not flagged as a duplicate")
	}
	return oversight.FirstPerson(j.e)
}
