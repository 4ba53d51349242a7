package domain

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Which visit of a year is beyond the cap of an authority (N05, N13) is compared with the other visits to the subject: by when they
// began, not by which was known first. It is stated of the start when the visit becomes seen, so it counts those only that are
// disclosed, as it is; and of each visit that is seen it is stated or lapses when another turns out to be one, none, or one of another
// time or authority, when the subject turns out to be one with another or not, and when its class of risk changes. It names no other
// visit. The same count says which visit of the year a notice should have named (N07).

// capped is how many visits to the subject of the visit that is judged, other than that, count under the cap of an authority in the
// calendar year of an instant (N05): to what the subject was one with, and those that are seen.
func (k *inspections) capped(authority string, at time.Time, exempt []string) (n int) {
	for _, v := range k.s.visitsOf(k.s.subjects.kin(k.judged.About.Subject, at.Unix())) {
		if v.id != k.judged.Stream.ID && v.st.Capped(authority, at, exempt) {
			n++
		}
	}
	return n
}

// capsAgain compares with the caps the visit of e, and those of the subject that began after it, when e changes how it counts.
func (k *inspections) capsAgain(e *event.Event) (out []event.Consequence) {
	before, after := k.recounts(e)
	if after == nil {
		return nil
	}
	own := []visited{{e.Stream.ID, before}, {e.Stream.ID, after}}
	covered := !inspection.CoveredAlike(before, after)
	all := slices.DeleteFunc(k.s.visitsOf(k.s.subjects.parts(k.s.subjects.heir(after.Subject()))),
		func(v visited) bool { return v.id == e.Stream.ID })
	if all = append(all, own[1]); !after.Seen() || !covered {
		out = k.sayCaps(nil, own[1], all, nil)
	}
	for _, v := range all {
		if !covered {
			break // a notice says of its own visit alone which one of the year it is
		}
		first, _ := byBeginning(own[0], v)
		earlier, _ := byBeginning(own[1], v)
		if v.id == e.Stream.ID || first.id != v.id || earlier.id != v.id {
			out = k.sayCaps(out, v, all, nil)
		}
	}
	return out
}

// capsAgain compares with the caps the visits to a subject of which e changes what it is one with, or in which classes of risk it is.
func (k *subjects) capsAgain(out []event.Consequence, e *event.Event) []event.Consequence {
	if d, ok := e.Data.(*subject.Updated); ok && d.Class == nil {
		return out
	}
	whole := k.parts(k.heir(e.Stream.ID))
	if is := k.endOf(e.Stream.ID, e); is != nil && is.Successor != "" {
		whole = append(slices.Clone(whole), k.parts(k.heir(is.Successor))...)
	}
	all := k.s.visitsOf(whole)
	for _, v := range all {
		if len(out) >= MaxProposals {
			break
		}
		out = k.s.inspections.sayCaps(out, v, all, e)
	}
	return out
}

// recounts returns the states before and after e of a visit of which e changes how it counts under caps; else nil.
func (k *inspections) recounts(e *event.Event) (before, after *inspection.State) {
	before = k.state(e.Stream.ID)
	if before == nil {
		return nil, nil
	}
	switch e.Data.(type) {
	case *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed, *inspection.Started:
		if before.Seen() || !before.Covered() && before.Started() {
			return nil, nil
		}
	case *inspection.NoticePosted:
		if !before.Seen() {
			return nil, nil
		}
	case *inspection.Attempted, event.Correction, *oversight.ApprovalGiven:
	default:
		return nil, nil
	}
	if after = k.after(e); inspection.CoveredAlike(before, after) && inspection.CountedAlike(before, after) {
		return nil, nil
	}
	return before, after
}

// sayCaps adds what is to be said of a visit beside others, and takes back what is said of it and does not hold, after an event of a
// subject (nil: as it is).
func (k *inspections) sayCaps(out []event.Consequence, v visited, all []visited, e *event.Event) []event.Consequence {
	at := time.Unix(v.st.Began(), 0)
	first, happened := v.st.First()
	plan := k.s.planOf(v.st.Campaign(), first, happened)
	before := func(authority string) (n int) {
		for _, other := range all {
			earlier, _ := byBeginning(other, v)
			if other.id != v.id && earlier.id == other.id && other.st.Seen() &&
				other.st.Capped(authority, at, plan.Policy.CapExemptions) &&
				k.s.subjects.oneAt(other.st.Subject(), v.st.Subject(), v.st.Began(), e) {
				n++
			}
		}
		return n
	}
	r := event.Restated{Asked: []event.Asked{{Code: inspection.CapExceeded}, {Code: inspection.NoticeCountTooLow}},
		True: v.st.Miscounted(plan.Policy, before)}
	for _, b := range v.st.CapsBroken(plan.Policy, k.s.subjects.risks(v.st.Subject(), at, e), before) {
		r.True = append(r.True, b.Deviation(v.st))
	}
	in := event.Event{Stream: event.Stream{Kind: event.Inspection, ID: v.id}}
	said, _ := k.s.deviations.get(in.Stream)
	return differing(out, &in, &r, said, plan.Version)
}
