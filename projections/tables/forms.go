package tables

import (
	"slices"
	"strings"
)

// Form is what a column holds, in the words of JSON and for who reads it outside the database.
type Form string

// The forms.
const (
	FormText    Form = "text"
	FormID      Form = "id"      // of the ledger, as text
	FormInteger Form = "integer" // int64
	FormNumber  Form = "number"
	FormBoolean Form = "boolean"
	FormTime    Form = "time"  // RFC 3339 to the minute in Beijing time, or a date
	FormCodes   Form = "codes" // a list of codes or ids
)

// Forms are all of them.
var Forms = []Form{FormText, FormID, FormInteger, FormNumber, FormBoolean, FormTime, FormCodes}

// Elsewhere are what an id may be of that is in no register: an event, the stream of an entry, a file.
var Elsewhere = []string{"event", "stream", "file"}

// Kind says for people what the column holds, and of an id of what it is one: "id of visits".
func (c *Column) Kind() string {
	switch {
	case len(c.Of) > 0:
		return "id of " + strings.Join(c.Of, ", ")
	case c.Refers:
		return "id"
	case c.Is == Several:
		return "set"
	}
	return c.Type
}

// Form says what the column holds.
func (c *Column) Form() Form {
	switch {
	case c.Name == "sectors", c.Is == Several:
		return FormCodes
	case c.Refers:
		return FormID
	case c.Is == Yes:
		return FormBoolean
	case c.Is == Instant:
		return FormTime
	case c.Type == "INTEGER":
		return FormInteger
	case c.Type == "REAL":
		return FormNumber
	}
	return FormText
}

// Shown are the columns that a question sees: neither since when a version holds, nor its row of scopes.
func (r *Register) Shown() []Column {
	columns := r.All()
	if r == &Entries {
		columns = append([]Column{{Name: "ix", Type: "INTEGER", Chinese: "条目", Doc: "its index"}}, entryColumns()...)
	}
	columns = slices.DeleteFunc(columns, func(c Column) bool {
		return c.Name == "from_ix" || c.Name == "to_ix" || c.Name == "seen_ix" || c.Name == "scope"
	})
	for i := range columns {
		if columns[i].Name == "sectors" {
			columns[i].Doc = "likewise: codes of its sectors" // as they are shown
		}
	}
	return columns
}

// Key is the column that numbers the rows.
func (r *Register) Key() string {
	if r == &Entries {
		return "ix"
	}
	return "version"
}

// Closed reports whether the register is for some only of those who see the streams that its things are in.
func (r *Register) Closed() bool { return r.only != nil }

// RFC3339 is a moment of the database in that form, to the minute; a day stays one.
func RFC3339(moment string) string {
	if day, minute, exact := strings.Cut(moment, " "); exact {
		return day + "T" + minute + ":00+08:00"
	}
	return moment
}

// SectorCodes are the codes of a set of sectors.
func SectorCodes(all []Sector, bits int64) []string {
	list := []string{}
	for _, s := range all {
		if bits&s.Bit != 0 {
			list = append(list, s.Code)
		}
	}
	return list
}
