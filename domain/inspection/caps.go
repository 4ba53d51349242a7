package inspection

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// How often an authority comes: N05, its visits to a subject in a year have a cap, with exemptions that the plan names; N13, a visit
// that several authorities make together is one for the subject, and one under the cap of each.

// The codes of the caps on visits.
const (
	CapReached  law.Code = "cap-reached"
	CapExceeded law.Code = "cap-exceeded"
)

var (
	_ = law.Declare(law.OfPlanning, law.Text{Code: CapReached, Acts: law.Flags, Rules: []law.Rule{law.N05},
		TitleZH: "本年度检查已达上限", Title: "The cap of the year is reached",
		SaysZH:   "{authority} 本年度已检查该对象 {inspections} 次，上限 {most} 次",
		Says:     "{authority} has inspected the subject {inspections} times in the year, at most {most} are to be",
		RemedyZH: "释放预约；或改为联合检查、非现场检查，或写明不受上限的情形",
		Remedy:   "release the reservation; or join another authority's visit, check off-site, or state why the visit is exempt"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: CapExceeded, Acts: law.Flags, Rules: []law.Rule{law.N05},
		TitleZH: "检查次数超过年度上限", Title: "The visit is beyond the cap of the year",
		SaysZH:   "这是 {authority} 本年度第 {inspections} 次检查该对象，上限 {most} 次",
		Says:     "it is visit {inspections} of {authority} to the subject in the year, at most {most} are to be",
		RemedyZH: "说明原因（deviation-explained）；属于不受上限情形的，更正检查开始事件",
		Remedy:   "explain it (deviation-explained); where the visit is exempt, correct its start"})
)

// cover is in whose name a visit is made and why, as far as caps ask.
type cover struct {
	authorities []string // see [Started.Authorities]
	kind, cause string
	apart       bool // it is no inspection on the premises (N14, N15)
}

// Authorities are those in whose name a visit is made, the one that leads first; none where the start names none.
func (d *Started) Authorities() []string {
	if d.EnforcingAuthority == "" {
		return nil
	}
	all := []string{d.EnforcingAuthority}
	for _, id := range d.Jointly {
		if id != d.EnforcingAuthority {
			all = append(all, id)
		}
	}
	return all
}

// coverOf returns the cover that a start states; nil where it names no authority.
func coverOf(d *Started) *cover {
	all := d.Authorities()
	if all == nil {
		return nil
	}
	c := &cover{authorities: all}
	if p := d.Purpose; p != nil {
		c.kind, c.cause, c.apart = p.Kind, p.Cause, p.OffSite || p.Kind == "guidance"
	}
	return c
}

// uncapped reports whether the visit is under no cap: by its type, kind or cause, which a plan may leave out.
func (s *State) uncapped(list []string) bool {
	return s.cover == nil || s.cover.apart || slices.ContainsFunc(list, func(code string) bool {
		return code == s.visitType || code == s.cover.kind || code == s.cover.cause
	})
}

// Capped reports whether the visit counts under the cap of an authority in the calendar year of an instant; exempt is what the plan
// leaves out. What an import copied counts under none.
func (s *State) Capped(authority string, at time.Time, exempt []string) bool {
	return !s.uncapped(exempt) && !s.is(copied) && slices.Contains(s.cover.authorities, authority) &&
		event.YearOf(time.Unix(s.began, 0)) == event.YearOf(at)
}

// capReached warns who reserves a visit that would be beyond the cap (N05).
func (j *judgement) capReached(d *Reserved) {
	p := j.sc.Policy
	most, capped := p.Cap(d.EnforcingAuthority, j.sc.Subject().Risks)
	if !capped || d.EnforcingAuthority == "" || slices.Contains(p.CapExemptions, d.VisitType) {
		return
	}
	at := j.e.Occurred
	if day, err := time.ParseInLocation(time.DateOnly, d.PlannedOn, event.Beijing); err == nil {
		at = day
	}
	if n := j.sc.Capped(d.EnforcingAuthority, at, p.CapExemptions); n >= most {
		j.flag(law.N05, CapReached, law.Str("authority", d.EnforcingAuthority), law.Int("inspections", n), law.Int("most", most))
	}
}

// capExceeded flags a visit beyond the cap, for each authority apart (N05, N13), when the first inspector arrives: so it counts those
// visits only that are disclosed, as it is.
func (j *judgement) capExceeded() {
	p, c := j.sc.Policy, j.st.cover
	if len(p.VisitCaps) == 0 || j.st.is(arrived) || j.st.uncapped(p.CapExemptions) {
		return
	}
	for _, id := range c.authorities {
		most, capped := p.Cap(id, j.sc.Subject().Risks)
		if !capped {
			continue
		}
		if n := j.sc.Capped(id, time.Unix(j.st.began, 0), p.CapExemptions) + 1; n > most {
			j.flagItem(law.N05, CapExceeded, id, law.Str("authority", id), law.Int("inspections", n), law.Int("most", most))
		}
	}
}
