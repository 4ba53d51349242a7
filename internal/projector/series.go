package projector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/projections"
)

// figureKind says what the figures of a timeline are of, and so by what a selection narrows them.
type figureKind uint8

const (
	visits       figureKind = iota // and what is flagged: by campaign and year
	inRegister                     // which subjects there are: by neither
	coverage                       // which of them were inspected: of each span once, by campaign and year
	statistical                    // accidents in their statistical year: by campaign and year
	byOccurrence                   // the same ones in the year of occurrence
	byConclusion                   // and in that of conclusion
	hidden                         // visits not disclosed: by campaign
)

// accidentsOn are the kinds of figures of an accident, by basis.
var accidentsOn = [...]figureKind{
	projections.Statistical: statistical, projections.Occurrence: byOccurrence, projections.Conclusion: byConclusion,
}

// key is what the figures of one timeline have in common.
type key struct {
	kind figureKind
	projections.Span
}

// series are the figures of a team or a cell. There are few: one for each campaign and year, and kind.
type series struct {
	lines []line
	last  int // the one that was changed last
}

type line struct {
	key
	timeline projections.Timeline
}

func (s *series) add(of key, at uint64, id uint32, n int64) {
	if s.last >= len(s.lines) || s.lines[s.last].key != of {
		s.last = slices.IndexFunc(s.lines, func(l line) bool { return l.key == of })
		if s.last < 0 {
			s.last = len(s.lines)
			s.lines = append(s.lines, line{key: of})
		}
	}
	s.lines[s.last].timeline.Add(at, id, n)
}

// numbering numbers campaigns in the order in which entries about them were applied; 0 is none.
type numbering struct {
	numbers map[string]uint32
	ids     []string // by number
	last    uint32   // the one that was asked for last
}

func newNumbering() numbering { return numbering{numbers: map[string]uint32{"": 0}, ids: []string{""}} }

func (c *numbering) of(id string) uint32 {
	if c.ids[c.last] == id {
		return c.last
	}
	n, ok := c.numbers[id]
	if !ok {
		n, id = uint32(len(c.ids)), strings.Clone(id)
		c.numbers[id], c.ids = n, append(c.ids, id)
	}
	c.last = n
	return n
}

// begun is the start of a campaign: its entry, and the campaign's number.
type begun struct {
	at       uint64
	campaign uint32
}

// selection is which figures are asked for.
type selection struct {
	projections.Selection
	campaign uint32 // projections.AnyCampaign: all
	year     int16  // projections.AnyYear: all
	covered  uint32 // the campaign that coverage is of
	covering string // its id
}

// selected reads a selection as of a position; p.mu is held for reading. Coverage is that of the campaign asked for, or else of
// the one that was started last, so that a campaign does not begin with what an earlier one has covered.
func (p *Projector) selected(s projections.Selection, at uint64) (selection, error) {
	out := selection{Selection: s, campaign: projections.AnyCampaign, year: int16(s.Year), covered: projections.AnyCampaign}
	if s.Campaign != "" {
		if _, ok := p.campaigns[s.Campaign]; !ok {
			return out, fmt.Errorf("campaign %q: %w", s.Campaign, ErrNoCampaign)
		}
		n := p.numbers.numbers[s.Campaign] // the link of its first entry has given it one
		out.campaign, out.covered, out.covering = n, n, s.Campaign
		return out, nil
	}
	for _, b := range slices.Backward(p.begun) {
		if b.at < at {
			out.covered, out.covering = b.campaign, p.numbers.ids[b.campaign]
			break
		}
	}
	return out, nil
}

// selects reports whether figures of a key are asked for.
func (s *selection) selects(k key) bool {
	switch k.kind {
	case inRegister:
		return true
	case coverage:
		return k.Campaign == s.covered && k.Year == s.year
	case hidden:
		return s.campaign == projections.AnyCampaign || s.campaign == k.Campaign
	}
	return (s.campaign == projections.AnyCampaign || s.campaign == k.Campaign) && (s.year == projections.AnyYear || s.year == k.Year)
}

// sums begins an answer.
func (s *selection) sums() projections.Sums {
	return projections.Sums{Of: s.Selection, Coverage: s.covering}
}

// at adds up the figures that are asked for, as of the first n entries.
func (s *series) at(n uint64, of *selection) projections.Sums {
	sums := of.sums()
	s.addTo(&sums, n, of)
	return sums
}

// addTo adds the figures that are asked for to sums, as of the first n entries.
func (s *series) addTo(sums *projections.Sums, n uint64, of *selection) {
	for i := range s.lines {
		l := &s.lines[i]
		if !of.selects(l.key) {
			continue
		}
		to := &sums.Tally
		switch l.kind {
		case byOccurrence:
			to = &sums.Occurrence
		case byConclusion:
			to = &sums.Conclusion
		}
		to.Merge(l.timeline.At(n))
	}
}

// counts adds up the five figures of visits that are asked for, of all entries.
func (s *series) counts(of *selection) (c projections.Counts) {
	for i := range s.lines {
		if l := &s.lines[i]; l.kind == visits && of.selects(l.key) {
			c = c.Plus(l.timeline.Now().Counts())
		}
	}
	return c
}
