// Package oversight declares what the ledger itself says: deviations from policy that it
// saw, their explanation by people, and what happened to its own copies.
package oversight

import (
	"math"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// DeviationFlagged is appended by the ledger beside the event that broke a policy rule.
// It is a hint for review, never a finding of guilt (R08). It holds what was compared; whoever
// shows it makes a sentence of that (package law).
type DeviationFlagged struct {
	Code   string     `json:"code"`
	Rule   string     `json:"rule"`
	Event  string     `json:"event"`          // id of the event that deviated, or that made it known
	Plan   string     `json:"plan,omitempty"` // version of the campaign's plan that was compared with; empty outside campaigns
	Values law.Values `json:"values"`
	// Inspections are the visits that the flag compares, the one that is flagged first.
	Inspections []string `json:"inspections,omitempty"`
}

// Validate implements event.Data.
func (d *DeviationFlagged) Validate() error {
	var k event.Checker
	k.Text("code", d.Code, true, 100)
	k.Text("rule", d.Rule, true, 20)
	k.Text("event", d.Event, true, 64)
	k.Text("plan", d.Plan, false, 100)
	checkValues(&k, d.Values)
	k.That(len(d.Inspections) <= 2, "inspections: at most 2")
	for _, id := range d.Inspections {
		k.ID("inspections", id, true)
	}
	return k.Err()
}

// checkValues bounds the number, the names and the sizes of values.
func checkValues(k *event.Checker, values law.Values) {
	k.That(len(values) <= law.MaxValues, "values: at most %d", law.MaxValues)
	for _, v := range values {
		field := "values." + v.Name
		k.That(len(v.Name) <= law.MaxName && strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && v.Name != "",
			"values: %.50q is no name of a value: at most %d of a-z 0-9 _", v.Name, law.MaxName)
		switch x := v.Any().(type) {
		case string:
			k.Lines(field, x, true, law.MaxText)
		case int64:
			k.Within(field, x, event.Values)
		case []string:
			k.That(len(x) <= law.MaxList, "%s: at most %d", field, law.MaxList)
			for _, s := range x {
				k.Lines(field, s, true, law.MaxItem)
			}
		}
	}
}

// DeviationExplained answers a flag; the flag stays.
type DeviationExplained struct {
	Deviation   string `json:"deviation"` // event id of the deviation-flagged
	Explanation string `json:"explanation" text:"lines"`
	Accepted    bool   `json:"accepted"`
}

// Validate implements event.Data.
func (d *DeviationExplained) Validate() error {
	var k event.Checker
	k.Text("deviation", d.Deviation, true, 64)
	k.Lines("explanation", d.Explanation, true, 4000)
	return k.Err()
}

// LedgerCreated is entry 0 of every ledger. What a device signs names the origin, so that it
// counts nowhere else (pillar 1).
type LedgerCreated struct {
	Origin        string `json:"origin"`              // a chosen name, "/" and eight random hexadecimal digits
	CheckpointKey string `json:"checkpoint_key"`      // under which the first checkpoints verify: a verifier key of package note
	Rules         int    `json:"rules" range:"rules"` // number of the set of rules that it is judged by, until rules-adopted
}

// Validate implements event.Data.
func (d *LedgerCreated) Validate() error {
	var k event.Checker
	k.That(ValidOrigin(d.Origin), "origin: %q is not a name, a slash and eight hexadecimal digits", d.Origin)
	k.Text("checkpoint_key", d.CheckpointKey, true, 500)
	k.Within("rules", int64(d.Rules), event.RuleSets)
	return k.Err()
}

// RulesAdopted says that from here on events are judged by a set of rules: the first node that
// judges with a new one appends it, and a program that knows a lower number only does not judge.
// What was stated under an earlier set stays.
type RulesAdopted struct {
	Rules int `json:"rules" range:"rules"` // number of the set; it never steps back
}

// Validate implements event.Data.
func (d *RulesAdopted) Validate() error {
	var k event.Checker
	k.Within("rules", int64(d.Rules), event.RuleSets)
	return k.Err()
}

// Rules is the number of the set of rules that an event of the ledger's own states; 0 of others.
func Rules(d event.Data) int {
	switch d := d.(type) {
	case *LedgerCreated:
		return d.Rules
	case *RulesAdopted:
		return d.Rules
	}
	return 0
}

// ValidOrigin reports whether s has the form of an origin.
func ValidOrigin(s string) bool {
	name, digits := s[:max(0, len(s)-9)], s[max(0, len(s)-9):]
	if name == "" || len(s) > maxOrigin || len(digits) != 9 || digits[0] != '/' {
		return false
	}
	for _, c := range digits[1:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

const maxOrigin = 200

// ApprovalGiven is a second person's yes to an event of the same stream that waits for one: a
// correction, a decision not to punish, a justification, an exclusion (pillar 17). A name typed
// into somebody else's event approves nothing.
type ApprovalGiven struct {
	Event  string `json:"event"` // id of the event approved
	SHA256 string `json:"sha256"`
	Reason string `json:"reason,omitempty" text:"lines"`
}

// Ref names what is approved.
func (d *ApprovalGiven) Ref() event.Ref { return event.Ref{Event: d.Event, SHA256: d.SHA256} }

// Validate implements event.Data.
func (d *ApprovalGiven) Validate() error {
	var k event.Checker
	k.EventID("event", d.Event)
	k.SHA256("sha256", d.SHA256, true)
	k.Lines("reason", d.Reason, false, 2000)
	return k.Err()
}

// ApprovalRefused is a second person's no. What it answers never counts.
type ApprovalRefused struct {
	Event  string `json:"event"` // id of the event refused
	SHA256 string `json:"sha256"`
	Reason string `json:"reason" text:"lines"`
}

// Ref names what is refused.
func (d *ApprovalRefused) Ref() event.Ref { return event.Ref{Event: d.Event, SHA256: d.SHA256} }

// Validate implements event.Data.
func (d *ApprovalRefused) Validate() error {
	var k event.Checker
	k.EventID("event", d.Event)
	k.SHA256("sha256", d.SHA256, true)
	k.Lines("reason", d.Reason, true, 2000)
	return k.Err()
}

// CopyRestored records that one of the ledger's copies was rebuilt from the other.
type CopyRestored struct {
	Copy   string `json:"copy"` // store, journal or tiles
	From   string `json:"from"`
	First  uint64 `json:"first_block" range:"position"`
	Last   uint64 `json:"last_block" range:"position"`
	Reason string `json:"reason" text:"lines"`
}

// Validate implements event.Data.
func (d *CopyRestored) Validate() error {
	var k event.Checker
	k.OneOf("copy", d.Copy, true, "store", "journal", "tiles")
	k.OneOf("from", d.From, true, "store", "journal")
	k.Within("first_block", int64(min(d.First, math.MaxInt64)), event.Positions)
	k.Within("last_block", int64(min(d.Last, math.MaxInt64)), event.Positions)
	k.Lines("reason", d.Reason, true, 2000)
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

// approvers answer until there is a role of that name.
var approvers = []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice}

// Types declares the events of this package.
var Types = []*event.Type{
	{Name: "deviation-flagged", Version: 1, Chinese: "政策偏差标记",
		Doc:   "The ledger saw a policy rule broken by the event it names; the fact itself stands.",
		Rules: []law.Rule{law.R08, law.R57}, Append: []event.Role{event.RoleLedger},
		New: func() event.Data { return new(DeviationFlagged) }},
	{Name: "deviation-explained", Version: 1, Chinese: "偏差说明", Doc: "Somebody entitled explained a flagged deviation.",
		Rules: []law.Rule{law.R08}, Append: []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleDisciplineCommission},
		New: func() event.Data { return new(DeviationExplained) }},
	{Name: "ledger-created", Version: 1, Kind: event.Ledger, Chinese: "账本建立",
		Doc:   "The first entry of a ledger: its name for good, its first key, and the set of rules.",
		Rules: []law.Rule{law.Pillar1}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(LedgerCreated) }},
	{Name: "rules-adopted", Version: 1, Kind: event.Ledger, Chinese: "规则启用",
		Doc:   "From here on events are judged by this set of rules; the first node that has it says so.",
		Rules: []law.Rule{law.Pillar11}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(RulesAdopted) }},
	{Name: "approval-given", Version: 1, Chinese: "批准",
		Doc:   "A second person, who wrote nothing in the stream, approved an event of it that waits for that.",
		Rules: []law.Rule{law.R18, law.R31, law.R41, law.Pillar17}, Append: approvers,
		New: func() event.Data { return new(ApprovalGiven) }},
	{Name: "approval-refused", Version: 1, Chinese: "不予批准",
		Doc:   "A second person, who wrote nothing in the stream, refused an event of it that waits for approval.",
		Rules: []law.Rule{law.R18, law.R31, law.R41, law.Pillar17}, Append: approvers,
		New: func() event.Data { return new(ApprovalRefused) }},
	{Name: "copy-restored", Version: 1, Kind: event.Ledger, Chinese: "副本恢复",
		Doc:   "One copy of the ledger was found short or damaged and rebuilt from the other.",
		Rules: []law.Rule{law.Pillar6}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(CopyRestored) }},
	{Name: "ledger-moved", Version: 1, Kind: event.Ledger, Chinese: "账本迁移",
		Doc:   "The ledger is copied to another engine; appended to the source before the copy, so that both have it.",
		Rules: []law.Rule{law.Pillar3}, Append: []event.Role{event.RoleLedger}, New: func() event.Data { return new(LedgerMoved) }},
	{Name: "clock-corrected", Version: 1, Kind: event.Ledger, Chinese: "账本时间更正",
		Doc:   "A person states that the recorded time of the entries from the one it names to the one before it is wrong; they are disputed, and recorded time may step back here. Needs a token that names a person.",
		Rules: []law.Rule{law.Pillar7}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleAdmin},
		New: func() event.Data { return new(ClockCorrected) }},
}
