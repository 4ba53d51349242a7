package projections

import (
	"cmp"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Selection says of which campaign and of which year figures are; the zero value selects all.
//
// A figure is of the campaign that its entry is about, and of one year, in Beijing:
//
//   - an inspection and an unsigned record of the year in which the visit began;
//   - what is said of a finding (its level, open, fixed, undisposed) of the year in which it was found;
//   - what became of a penalty (its amount, unpaid, revised, annulled) of the year in which it was decided; a payment and a refund of
//     the year in which it was made;
//   - a deviation of a visit of the year of the visit's first entry, another of the year in which it was flagged, and what
//     explains it likewise;
//   - an accident of its statistical year, and in a figure of its own of the years of occurrence and of conclusion (R12);
//   - everything else of the year in which it occurred.
//
// So what takes a figure back takes it from where it was counted. The register is of no campaign and of no year.
type Selection struct {
	Campaign string `json:"campaign,omitempty" doc:"of which the figures are; left out: of all, and of what is of none"`
	Year     int    `json:"year,omitempty" doc:"of which the figures are; left out: of all"`
}

// Selects reports whether a figure of a campaign and year is among those asked for.
func (s Selection) Selects(campaign string, year int) bool {
	return (s.Campaign == "" || s.Campaign == campaign) && (s.Year == 0 || s.Year == year)
}

// Span is a campaign, by a number that the caller gives, and a year.
type Span struct {
	Campaign uint32
	Year     int16
}

// AnyCampaign and AnyYear stand in a [Span] for all of them.
const (
	AnyCampaign uint32 = 1<<32 - 1
	AnyYear     int16  = 0
)

// spans are those in which what is of s is counted when things are counted once.
func (s Span) spans() [4]Span {
	return [...]Span{s, {s.Campaign, AnyYear}, {AnyCampaign, s.Year}, {AnyCampaign, AnyYear}}
}

// within reports whether what is of s is of o, too.
func (s Span) within(o Span) bool {
	return (o.Campaign == AnyCampaign || o.Campaign == s.Campaign) && (o.Year == AnyYear || o.Year == s.Year)
}

// Flags are the years in which deviations were flagged outside visits, by the flag's event.
type Flags map[uuid.UUID]int16

// yearOf is the year of what is said of a flag in a visit, or outside one.
func (f Flags) yearOf(e *event.Event, v *Visit) int16 {
	if v != nil && v.year != 0 {
		return v.year
	}
	own, flag := int16(event.YearOf(e.Occurred)), ""
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		if f != nil {
			f[e.ID] = own
		}
	case *oversight.StatementLapsed:
		flag = d.Statement
	case *oversight.DeviationExplained:
		flag = d.Deviation
	}
	id, _ := uuid.Parse(flag)
	return cmp.Or(f[id], own)
}
