package domain

import (
	"math"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// What is owed at a subject: work in a holiday (R26), for which two bodies decide and the department comes, and that it came a visit
// says; and answers to an exclusion (R18) and to corrections (pillar 17).

// holiday returns the holiday in which an instant lies, "" when none.
func (s *State) holiday(at time.Time) string { return s.holidayBefore(at, math.MaxUint64) }

// holidayBefore is [State.holiday] by the calendars that were known before the entry at an index.
func (s *State) holidayBefore(at time.Time, index uint64) string {
	name, _ := s.codeTables.state(codetable.Holidays).HolidayAt(at, index)
	return name
}

// owes reports that something is.
func (*subjects) owes() bool { return true }

// watch has fn called with each subject where something is owed, or was, and whose durable state has changed: also what it is about.
func (k *subjects) watch(fn func(id string)) {
	k.settled = func(id string) {
		v, _ := k.durable(id)
		if v.state == nil {
			return
		}
		if v.state.Owing() || v.past != nil && v.past.Amended() || k.s.flags(event.Stream{Kind: event.Subject, ID: id}) {
			fn(id)
		}
	}
}

// owed returns what is owed because a site works in holidays, each filing under the plan of its campaign, and the answers that are.
func (k *subjects) owed(id string, from vantage) (out owed) {
	st := k.seen(id, from)
	if st == nil {
		return out
	}
	out.about = event.About{Subject: id, County: st.County, Sectors: st.Sectors}
	list := k.s.duties.list[:0]
	for i := range st.Filings() {
		policy := k.s.planOf(st.Terms(i)).Policy
		out.lateSync = max(out.lateSync, time.Duration(policy.LateSyncHours)*time.Hour)
		list = st.Owes(i, policy.HolidayWorkVisits(), list)
	}
	if asked, campaign, waits := st.Excluding(); waits {
		terms := k.s.terms(k.s.planOf(campaign, asked.Index, asked.Occurred.Unix()).Policy, asked.Index, from)
		list = append(list, terms.Owe(&stream.Approval, asked, "", nil))
	}
	k.s.duties.list, out.list = list, list
	return k.answering(k.s, id, from, out)
}

// came tells the site of a visit when somebody came, or that nobody did after all.
func (k *inspections) came(id string, st *inspection.State) {
	site := k.s.subjects.state(st.Subject())
	if site == nil || !site.Watches() {
		return
	}
	k.s.subjects.visited(st.Subject(), id, st.Came())
}

// visited notes at a site that somebody came on a visit.
func (k *subjects) visited(id, visit string, at *time.Time) {
	k.edit(id, func(st *subject.State) { st.Visited(visit, at) })
}

// filed tells a site that files work in a holiday which visits there were before.
func (k *subjects) filed(id string) {
	visits, _ := k.s.inspections.ofSubject.get(id)
	for _, v := range visits {
		k.visited(id, v, k.s.inspections.state(v).Came())
	}
}
