package projections

import "slices"

// Class is what a counter counts. The classes before [labelled] have one counter each;
// the others have one per label.
type Class uint8

// The classes without a label.
const (
	Inspections Class = iota
	Checks
	Findings
	MajorFindings
	Penalties
	Attempted
	Closed
	Unsigned
	SignaturesRefused
	FindingsOpen
	FindingsFixed
	FindingsUndisposed
	NoPenalties
	PenaltiesNotFinal
	DeviationsExplained
	SubjectsRegistered // in the register and not excluded: the coverage denominator
	SubjectsInspected  // of these, with at least one inspection
	SubjectsExcluded
	Accidents
	Deaths
	SeriousInjuries
	Injured
	// What is not known is counted beside what is.
	FinesUnknown // penalties of kind fine without an amount
	DeathsUnknown
	SeriousInjuriesUnknown
	InjuredUnknown
	DirectLossUnknown
	PenaltiesUnpaid   // final fines of which something is outstanding
	PenaltiesRevised  // that stand, and were changed since
	PenaltiesAnnulled // that were, and do not stand any more
	OffSite           // begun visits that are no entry on the premises
	Guidance          // begun visits that are guidance
	FlagsOpen         // that stand, without an explanation that was accepted
	Overdue           // obligations that were escalated and stand, of visits that are not closed
	AtPost            // checks and findings that name a post (R36)
	AtFacility        // those that name a facility or equipment
	EntriesRefused    // visits that the firm refused because papers were missing
	HiddenVisits      // of a team, not disclosed yet: shown to office and own team, beside the figures

	labelled
)

// The classes with labels.
const (
	Fines              Class = labelled + iota // by currency, minor units, in two parts: see AddAmount
	Orders                                     // by kind
	PenaltyKinds                               // by kind
	Deviations                                 // by code
	CoverageRegistered                         // by sector and production status
	CoverageInspected                          // by sector and production status
	AccidentGrades                             // by grade, or "ungraded"
	DirectLoss                                 // as Fines
	FinesPaid                                  // likewise: all payments,
	FinesRefunded                              // all refunds,
	FinesUnpaid                                // and what is outstanding
)

// Counter names one figure.
type Counter struct {
	Class      Class
	Label, Sub string
}

// Change is what an entry does to one figure.
type Change struct {
	Counter
	Year int16 // of which the figure is; 0: of none
	N    int64
}

// Changes collects what an entry does to figures: at most one change per counter and year. The
// zero value is empty and ready; it is meant to be reused after Reset.
type Changes struct {
	List []Change
	year int16 // of what is added without saying of which
}

// Reset empties c and keeps its memory.
func (c *Changes) Reset() { c.List, c.year = c.List[:0], 0 }

// Add adds n to what is collected for a counter without a label.
func (c *Changes) Add(class Class, n int64) { c.AddLabel(class, "", "", n) }

// AddLabel adds n to what is collected for a counter, in the year of the entry that is counted.
func (c *Changes) AddLabel(class Class, label, sub string, n int64) {
	c.add(Change{Counter{class, label, sub}, c.year, n})
}

// AddIn is Add in another year.
func (c *Changes) AddIn(year int16, class Class, n int64) {
	c.add(Change{Counter{Class: class}, year, n})
}

func (c *Changes) add(ch Change) {
	for i := range c.List {
		if k := &c.List[i]; k.Class == ch.Class && k.Year == ch.Year && k.Counter == ch.Counter {
			k.N += ch.N
			return
		}
	}
	c.List = append(c.List, ch)
}

// A sum never wraps. An entry changes a counter by less than 2^32: a count of things named in one
// event is at most 500, people are at most [event.People].Max < 2^20, and an amount is divided in
// two parts, each less than 2^32, that are counted apart and added when they are read, in 128
// bits. So 2^31 entries, ten thousand a day for five hundred years, leave each counter within ±2^63.

// lowBits is the size of the lower part of an amount. Nearly every fine fits in it (2^31 fen are
// 21 million yuan) and so is one change.
const lowBits = 31

// upper is the Sub of the counter for the upper part of an amount.
const upper = "upper"

// AddAmount adds sign (1 or -1) times an amount of money, which is not negative.
func (c *Changes) AddAmount(class Class, currency string, amount, sign int64) {
	c.AddLabel(class, currency, "", sign*(amount&(1<<lowBits-1)))
	if high := amount >> lowBits; high != 0 {
		c.AddLabel(class, currency, upper, sign*high)
	}
}

// Counters numbers counters in the order in which they are first used. Numbers never
// change. The zero value is ready; one goroutine at a time may use it.
type Counters struct {
	ids   map[Counter]uint32
	names []Counter // of the labelled counters, in order of their numbers
}

// ID returns the number of a counter.
func (c *Counters) ID(k Counter) uint32 {
	if k.Class < labelled {
		return uint32(k.Class)
	}
	id, ok := c.ids[k]
	if !ok {
		if c.ids == nil {
			c.ids = map[Counter]uint32{}
		}
		id = uint32(labelled) + uint32(len(c.names))
		c.names = append(c.names, k)
		c.ids[k] = id
	}
	return id
}

// ClassOf returns the class of a counter without a label by its number, and some class with
// labels for every other number.
func ClassOf(id uint32) Class { return Class(min(id, uint32(labelled))) }

// Names returns the labelled counters numbered so far. The list stays valid, and is not
// changed, while further counters are numbered.
func (c *Counters) Names() []Counter { return slices.Clip(c.names) }

// Tally holds the value of every counter by its number; a counter beyond its end is zero.
type Tally []int64

// Add adds n to one counter.
func (t *Tally) Add(id uint32, n int64) {
	if int(id) >= len(*t) {
		*t = append(*t, make(Tally, int(id)+1-len(*t))...)
	}
	(*t)[id] += n
}

// Merge adds every counter of o.
func (t *Tally) Merge(o Tally) {
	for id, n := range o {
		if n != 0 {
			t.Add(uint32(id), n)
		}
	}
}

// Value returns a counter without a label.
func (t Tally) Value(c Class) int64 {
	if int(c) >= len(t) {
		return 0
	}
	return t[c]
}

// each calls fn for every labelled counter that is not zero.
func (t Tally) each(names []Counter, fn func(Counter, int64)) {
	for i, k := range names {
		if id := int(labelled) + i; id < len(t) && t[id] != 0 {
			fn(k, t[id])
		}
	}
}
