package event

import "math"

// MaxInteger is the largest integer of an event: every JSON reader keeps it exactly (RFC 8259
// §6, I-JSON).
const MaxInteger = 1<<53 - 1

// Range bounds an integer, both ends included. The declaration of a body's member names it:
// is:"people", see package field.
type Range struct {
	Name     string
	Min, Max int64
	Unit     string
}

// The ranges of all integers in events.
var (
	// Amounts reaches to ten million million yuan or dollars. Sums of them do not fit 64 bits;
	// package projections adds them wider.
	Amounts   = Range{"amount", 0, 1_000_000_000_000_000, "minor units of a currency (fen, cents)"}
	People    = Range{"people", 0, 1_000_000, "persons"}
	Accidents = Range{"accidents", 0, 1_000_000, "accidents"}
	Numbers   = Range{"document-number", 1, 9_999_999, "numbers"}
	Officers  = Range{"officers", 1, 20, "persons"}
	Visits    = Range{"visits", 1, 1_000_000, "visits"}
	Few       = Range{"few", 0, 50, "visits"}
	Documents = Range{"documents", 0, 100_000, "documents"}
	Staff     = Range{"staff-hours", 0, 100_000, "hours"}
	Total     = Range{"total", 0, 1 << 32, "visits"}
	Bytes     = Range{"bytes", 1, 1 << 40, "bytes"}
	Sealeds   = Range{"sealed", minSealed, MaxSealed, "bytes"}
	Fileds    = Range{"filed", 0, 1 << 40, "bytes"} // a file may be empty
	Positions = Range{"position", 0, MaxInteger, "entries"}
	Issues    = Range{"issue", 1, MaxInteger, "entries"} // entry 0 issues no token
	Years     = Range{"year", 1949, 9999, "calendar years"}
	Days      = Range{"days", 1, 36_500, "days"}
	Months    = Range{"months", 1, 1_200, "months"}
	Hours     = Range{"hours", 1, 1_000_000, "hours"}
	Minutes   = Range{"minutes", 0, 100_000, "minutes"}
	Seconds   = Range{"seconds", 1, 31_536_000, "seconds"}
	Times     = Range{"times", 0, 1_000_000, "times"}
	Parts     = Range{"part", 1, 100, "parts"}
	RuleSets  = Range{"rules", 1, 1_000_000, "sets of rules"}
	Values    = Range{"value", -MaxInteger, MaxInteger, "of the unit that the value's name ends with"}
	UserIDs   = Range{"uid", 0, math.MaxUint32, "numbers of users"}
	Processes = Range{"pid", 0, math.MaxInt32, "numbers of processes"}
)

// Ranges lists them for documents.
var Ranges = []Range{
	Amounts, People, Accidents, Numbers, Officers, Visits, Total, Bytes, Positions, Issues, Years, Days, Months, Hours, Minutes, Seconds,
	Times, Parts, RuleSets,
	Values, UserIDs,
	Processes, Sealeds, Fileds, Few, Documents, Staff,
}
