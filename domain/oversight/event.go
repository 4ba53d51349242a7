// Package oversight declares what the ledger itself says: deviations from policy that it
// saw, their explanation by people, and what happened to its own copies.
package oversight

import "github.com/anjian-ledger/anjian/domain/event"

// DeviationFlagged is appended by the ledger beside the event that broke a policy rule.
// It is a hint for review, never a finding of guilt (R08).
type DeviationFlagged struct {
	Code   string `json:"code"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
	Event  string `json:"event"` // id of the event that deviated, or that made it known
	// Inspections are the visits that the flag compares, the one that is flagged first.
	Inspections []string `json:"inspections,omitempty"`
}

// Validate implements event.Data.
func (d *DeviationFlagged) Validate() error {
	var k event.Checker
	k.Text("code", d.Code, true, 100)
	k.Text("rule", d.Rule, true, 20)
	k.Text("detail", d.Detail, true, 2000)
	k.Text("event", d.Event, true, 64)
	k.That(len(d.Inspections) <= 2, "inspections: at most 2")
	for _, id := range d.Inspections {
		k.ID("inspections", id, true)
	}
	return k.Err()
}

// DeviationExplained answers a flag; the flag stays.
type DeviationExplained struct {
	Deviation   string `json:"deviation"` // event id of the deviation-flagged
	Explanation string `json:"explanation"`
	Accepted    bool   `json:"accepted"`
}

// Validate implements event.Data.
func (d *DeviationExplained) Validate() error {
	var k event.Checker
	k.Text("deviation", d.Deviation, true, 64)
	k.Text("explanation", d.Explanation, true, 4000)
	return k.Err()
}

// CopyRestored records that one of the ledger's copies was rebuilt from the other.
type CopyRestored struct {
	Copy   string `json:"copy"` // store, journal or tiles
	From   string `json:"from"`
	First  uint64 `json:"first_block"`
	Last   uint64 `json:"last_block"`
	Reason string `json:"reason"`
}

// Validate implements event.Data.
func (d *CopyRestored) Validate() error {
	var k event.Checker
	k.OneOf("copy", d.Copy, true, "store", "journal", "tiles")
	k.OneOf("from", d.From, true, "store", "journal")
	k.Text("reason", d.Reason, true, 2000)
	return k.Err()
}

// LedgerMoved records that the ledger was copied to another engine to go on there, or to
// be mirrored. The ledger that is copied appends it first and is copied afterwards, so that
// both sides hold the same bytes with the move in them: an entry appended to the copy alone
// would fork it from its source.
type LedgerMoved struct {
	From   string `json:"from"` // URIs without credentials
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Validate implements event.Data.
func (d *LedgerMoved) Validate() error {
	var k event.Checker
	k.Text("from", d.From, true, 1000)
	k.Text("to", d.To, true, 1000)
	k.Text("reason", d.Reason, true, 2000)
	return k.Err()
}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "deviation-flagged", Version: 1, Chinese: "政策偏差标记", Doc: "The ledger saw a policy rule broken by the event it names; the fact itself stands.",
		Rules: []string{"R08", "R57"}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(DeviationFlagged) }},
	{Name: "deviation-explained", Version: 1, Chinese: "偏差说明", Doc: "Somebody entitled explained a flagged deviation.",
		Rules: []string{"R08"}, Append: []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleDisciplineCommission}, New: func() event.Data { return new(DeviationExplained) }},
	{Name: "copy-restored", Version: 1, Kind: event.Ledger, Chinese: "副本恢复", Doc: "One copy of the ledger was found short or damaged and rebuilt from the other.",
		Rules: []string{"pillar 6"}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(CopyRestored) }},
	{Name: "ledger-moved", Version: 1, Kind: event.Ledger, Chinese: "账本迁移", Doc: "The ledger is copied to another engine; appended to the source before the copy, so that both have it.",
		Rules: []string{"pillar 3"}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(LedgerMoved) }},
}
