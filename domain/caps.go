package domain

import "time"

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
