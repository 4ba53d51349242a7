// Package projections computes the views from entries: of a subject, a team, a county, the
// city and one inspection.
//
// It is pure: no clock, no randomness, no I/O, no goroutines. A view is a fold over
// entries in ledger order, so the same entries give the same view, on any machine, at any
// time. A fold accepts entries in any order and never panics. Package internal/projector reads
// the entries and keeps the folds.
//
// # How an entry is routed
//
// Every entry says what it is about ([event.About], resolved when it was recorded).
// Counts go to the team and to the cell (county or zone × set of sectors) that the entry is
// about; the entries of one inspection keep one team and one cell, so a correction reaches the
// figure that it corrects. An accident and a subject in the register count in the cell they
// were entered in, an inspected subject in that of its sectors in which it was inspected. An
// answer adds the cells that its asker may see (package domain/visibility).
//
// # When an entry counts
//
// An entry counts, for everybody, from the position at which it is seen: a hidden visit changes
// no figure until it is disclosed (R39).
//
// # What is counted
//
//   - inspections: visits that began (inspection-started) and are disclosed; a visit that
//     found nobody is attempted, and is no inspection (R28).
//   - checks, findings, penalties: the entries check-answered, finding-recorded and
//     penalty-decided.
//   - major_findings: findings whose level, after corrections, is major.
//   - fines: the fines of penalties, summed by currency, in integer minor units. A penalty
//     that is not final counts until the final one of its id does, and is shown in penalties_not_final too. A fine whose amount
//     is not known is counted in fines_unknown and adds nothing; so are unknown deaths,
//     injured and losses of accidents. A penalty that was revised counts as it stands now, and is shown in penalties_revised, too; one
//     that was annulled counts in penalties_annulled alone, and what it disposed of is undisposed again.
//   - fines_paid, fines_refunded: payments and refunds, also of what is annulled. fines_unpaid, penalties_unpaid: what of final fines
//     is outstanding. Of a fine that an import states it is not known whether it is paid until the source states a payment: it is
//     in neither before.
//   - findings_open: recorded and not put right on the spot. findings_undisposed: neither
//     put right, nor ordered, finally punished or lawfully left unpunished (R20, R41).
//   - unsigned_records: visits that began and have neither a signed site record nor a
//     witnessed refusal (R42). Imported visits have no site record and are left out.
//   - deviations: what was flagged and has not lapsed, by code; duplicates: those with the code
//     duplicate-inspection (R31). deviations_explained: explanations, of what lapsed as well.
//
// What is owed in a visit still ([Owed]) is not counted here: its view asks the rules' own list of
// obligations (package domain/obligation). A test holds unsigned_records to it.
//
// An entry that names a finding of its inspection means the latest record of that finding;
// an entry that names an unknown finding changes no figure.
//
// # As of
//
// A view as of position N is the fold of the first N entries. A view with a time limit on
// occurrence ([KnownBy]) is the fold of those entries whose fact had occurred by then;
// what identifies a subject applies always, because it says what the subject is.
package projections

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Head says which state of the ledger an answer reflects, so that a printed figure can be
// computed again.
type Head struct {
	Position uint64    `json:"position"`          // ledger size: the first Position entries are reflected
	Root     string    `json:"root"`              // base64 of the Merkle root at that size
	Recorded time.Time `json:"recorded,omitzero"` // recorded time of the last of these entries
	Scope    string    `json:"scope"`             // tells scopes apart: the same question has the same answer under the same one
}

// SubjectOf returns the id of the subject whose view an entry belongs to, or "".
func SubjectOf(e *event.Event) string {
	if e.About.Subject == "" && e.Stream.Kind == event.Subject {
		return e.Stream.ID
	}
	return e.About.Subject
}

// TeamOf returns the id of the team whose view an entry belongs to, or "".
func TeamOf(e *event.Event) string {
	if e.About.Team == "" && e.Stream.Kind == event.Team {
		return e.Stream.ID
	}
	return e.About.Team
}

// KnownBy reports whether an entry belongs to a view that is limited to facts which had
// occurred by t: of one of which only the day, month or year is known, that may have (its first
// day, as it is written, has begun). Facts that identify a subject always do.
func KnownBy(e *event.Event, t time.Time) bool {
	switch e.Data.(type) {
	case *subject.Registered:
		return true
	}
	return !e.Occurred.After(t)
}

// list returns s, or an empty list in place of nil: the JSON form of a view has no null
// where a list belongs.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
