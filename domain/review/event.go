// Package review is an accountability review: the ledger opens one for each problem at an
// inspected subject and each visit that had been there before; people decide fault (R44).
package review

import (
	"math"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Opened is appended by the ledger: an accident happened at a subject after a visit to it, so
// that visit is reviewed as it was known at Position. A visit that is disclosed after the
// accident was reported joins when it is disclosed.
type Opened struct {
	Accident   string `json:"accident"`
	Subject    string `json:"subject"`
	Inspection string `json:"inspection"`
	Position   uint64 `json:"position" range:"position"` // ledger size when the review opened
}

// Validate implements event.Data.
func (d *Opened) Validate() error {
	var k event.Checker
	k.ID("accident", d.Accident, true)
	k.ID("subject", d.Subject, true)
	k.ID("inspection", d.Inspection, true)
	k.Within("position", int64(min(d.Position, math.MaxInt64)), event.Positions)
	return k.Err()
}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "accountability-review-opened", Version: 1, Kind: event.Review, Chinese: "倒查启动",
		Doc:   "The ledger opened a review of one earlier visit to the subject of an accident; people decide fault.",
		Rules: []law.Rule{law.R44}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(Opened) }},
}
