package inspection

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
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

// CapBreak is that a visit is beyond the cap of an authority.
type CapBreak struct {
	Authority         string
	Inspections, Most int // which one of the year it is, and how many are to be
}

// CapsBroken returns the caps of a policy beyond which the visit is, each authority's apart (N05, N13). before is how many visits count
// under that of an authority which began earlier in the year.
func (s *State) CapsBroken(p *campaign.Policy, risks []string, before func(authority string) int) (out []CapBreak) {
	if len(p.VisitCaps) == 0 || !s.Seen() || s.is(copied) || s.uncapped(p.CapExemptions) {
		return nil
	}
	for _, id := range s.cover.authorities {
		most, capped := p.Cap(id, risks)
		if !capped {
			continue
		}
		if n := before(id) + 1; n > most {
			out = append(out, CapBreak{id, n, most})
		}
	}
	return out
}

// Deviation says of the visit that it is beyond the cap.
func (b CapBreak) Deviation(s *State) event.Deviation {
	d := event.Flagged(law.N05, CapExceeded, law.Str("authority", b.Authority), law.Int("inspections", b.Inspections), law.Int("most", b.Most))
	d.Item = b.Authority
	for f := range s.facts.Counting() {
		if _, is := f.Data.(*Started); is {
			d.Fact = f.ID
			break
		}
	}
	return d
}

// CoveredAlike reports whether two states of a visit count alike under caps: from the same time, for the same authorities, and for
// the same reason.
func CoveredAlike(a, b *State) bool {
	switch {
	case a.Seen() != b.Seen():
		return false
	case a.cover == nil || b.cover == nil:
		return a.cover == b.cover
	}
	x, y := a.cover, b.cover
	return a.began == b.began && a.visitType == b.visitType && slices.Equal(x.authorities, y.authorities) &&
		x.kind == y.kind && x.cause == y.cause && x.apart == y.apart
}

// Covered reports whether the start names an authority in whose name the visit is made.
func (s *State) Covered() bool { return s.cover != nil }
