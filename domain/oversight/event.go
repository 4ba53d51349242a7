// Package oversight declares the ledger's own events: deviations from policy, with the
// explanations that people give for them, and what happened to the ledger's copies.
package oversight

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// DeviationFlagged is appended by the ledger beside the event that broke a policy rule.
// It is a hint for review, never a finding of guilt (R08). It holds what was compared; whoever
// shows it makes a sentence of that (package law).
type DeviationFlagged struct {
	Code        string     `json:"code" is:"text(100)" zh:"偏差代码" doc:"stable code of the deviation"`
	Rule        string     `json:"rule" is:"text(20)" zh:"规则" doc:"number of the rule"`
	Event       string     `json:"event" is:"text(64)" zh:"事件" doc:"id of the event that deviated, or that made it known"`
	Item        string     `json:"item,omitempty" is:"text(100)" zh:"分项" doc:"which of several things that the rule says of that event"`
	Plan        string     `json:"plan,omitempty" is:"text(100)" zh:"方案版本" doc:"of the plan that was compared with; none outside campaigns"`
	Values      law.Values `json:"values" zh:"比对值" doc:"what was compared, by name"`
	Inspections []string   `json:"inspections,omitempty" is:"id" many:"0…2" zh:"检查" doc:"that the flag compares, the flagged one first"`
}

// StatementLapsed says that what the ledger stated is no longer entailed by the facts that count: a
// correction took effect, or what was missing came (pillar 13). Both entries stay; figures take the difference.
type StatementLapsed struct {
	Statement string `json:"statement" is:"event-id" zh:"失效的陈述" doc:"id of the ledger's entry that stated it, in the same stream"`
	Rule      string `json:"rule" is:"text(20)" zh:"规则" doc:"number of the rule"`
	Code      string `json:"code,omitempty" is:"text(100)" zh:"偏差代码" doc:"of the deviation; none of what is no deviation"`
}

// DeadlinePassed says that an obligation was open when its date was over (pillar 12): it is appended when a sweep
// has found that, in the stream of the obligation, and its time is the date. It stands until it lapses: the obligation was met in
// time and that was told later, or is void, or may not be called late after all.
type DeadlinePassed struct {
	Obligation string    `json:"obligation" is:"text(100)" zh:"义务种类" doc:"kind of the obligation"`
	Event      string    `json:"event" is:"event-id" zh:"起因事件" doc:"id of the event since which it is owed"`
	Item       string    `json:"item,omitempty" is:"text(100)" zh:"分项" doc:"which of several: recipient, finding"`
	Owner      string    `json:"owner" is:"text(100)" zh:"责任方" doc:"who owes it"`
	Rule       string    `json:"rule" is:"text(20)" zh:"规则" doc:"number of the rule that makes it owed"`
	Due        time.Time `json:"due" is:"time" zh:"期限" doc:"the last instant that was in time"`
	Before     int       `json:"before,omitempty" is:"times" zh:"此前升级次数" doc:"how often the same was said before, and lapsed"`
}

// ID is the id of the event: it is over the obligation and how often it was escalated before, so nobody says it twice.
func (d *DeadlinePassed) ID(origin string, stream event.Stream) uuid.UUID {
	return event.OwnID(origin, "deadline-passed", stream.String(), d.Obligation, d.Event, d.Item, strconv.Itoa(d.Before))
}

// Ref returns which obligation of the stream is meant.
func (d *DeadlinePassed) Ref() obligation.Ref {
	opener, _ := event.ParseUUID(d.Event)
	return obligation.Ref{Kind: d.Obligation, Opener: opener, Item: d.Item}
}

// TermExtended moves the date of an obligation of the same stream. It counts from a second person's yes on (pillar 17), if it was made
// before the date that it moves; the obligation stays the same (pillar 12).
type TermExtended struct {
	Obligation string `json:"obligation" is:"text(100)" zh:"义务种类" doc:"kind of the obligation: rectify"`
	Event      string `json:"event" is:"event-id" zh:"起因事件" doc:"id of the event since which it is owed"`
	Until      string `json:"until" is:"date" zh:"延至" doc:"the last day that is in time"`
	Ground     string `json:"ground" is:"lines(2000)" zh:"延期理由" doc:"why"`
}

// Ref returns which obligation of the stream is meant.
func (d *TermExtended) Ref() obligation.Ref {
	opener, _ := event.ParseUUID(d.Event)
	return obligation.Ref{Kind: d.Obligation, Opener: opener}
}

// Day returns the last day that is in time.
func (d *TermExtended) Day() obligation.Day {
	return obligation.DayOn(d.Until)
}

// DeviationExplained says why what was flagged was so; the flag stays. A second person says whether that is accepted.
type DeviationExplained struct {
	Deviation   string `json:"deviation" is:"text(64)" zh:"偏差标记" doc:"id of the deviation-flagged"`
	Explanation string `json:"explanation" is:"lines(4000)" zh:"说明" doc:"why it was so"`
}

// LedgerCreated is entry 0 of every ledger. What a device signs names the origin, so that it
// counts nowhere else (pillar 1).
type LedgerCreated struct {
	Origin        string `json:"origin" is:"origin" zh:"账本标识" doc:"a chosen name, a slash and eight random hexadecimal digits"`
	CheckpointKey string `json:"checkpoint_key" is:"text(500)" zh:"检查点公钥" doc:"verifier key under which the first checkpoints verify"`
}

// RulesAdopted says that from here on events are judged by a set of rules: entry 1 of a new
// ledger, and the first node that judges with a new one appends it. A program that knows a lower
// number only does not judge. What was stated under an earlier set stays.
type RulesAdopted struct {
	Program string `json:"program" is:"text(100)" zh:"程序" doc:"name and version of the program that adopts it"`
	Set     int    `json:"set" is:"rules" zh:"规则集编号" doc:"number of the set of rules; it never steps back"`
}

// ApprovalGiven is a second person's yes to an event of the same stream that waits for one: a
// correction, a decision not to punish, a justification, an exclusion (pillar 17). A name typed
// into somebody else's event approves nothing.
type ApprovalGiven struct {
	Event  string `json:"event" is:"event-id" zh:"被批准事件" doc:"id of the event approved"`
	SHA256 string `json:"sha256" is:"sha256" zh:"被批准事件哈希" doc:"of that event's exact bytes"`
	Reason string `json:"reason,omitempty" is:"lines(2000)" zh:"理由" doc:"why"`
}

// Answers tells what a yes answers.
func (d *ApprovalGiven) Answers() (event.Ref, bool) { return d.Ref(), true }

// Answers tells what a no answers.
func (d *ApprovalRefused) Answers() (event.Ref, bool) { return d.Ref(), false }

// Ref names what is approved.
func (d *ApprovalGiven) Ref() event.Ref { return event.Ref{Event: d.Event, SHA256: d.SHA256} }

// Refs names what is approved.
func (d *ApprovalGiven) Refs() []event.Ref { return []event.Ref{d.Ref()} }

// ApprovalRefused is a second person's no. What it answers never counts.
type ApprovalRefused struct {
	Event  string `json:"event" is:"event-id" zh:"未批准事件" doc:"id of the event refused"`
	SHA256 string `json:"sha256" is:"sha256" zh:"未批准事件哈希" doc:"of that event's exact bytes"`
	Reason string `json:"reason" is:"lines(2000)" zh:"理由" doc:"why not"`
}

// Ref names what is refused.
func (d *ApprovalRefused) Ref() event.Ref { return event.Ref{Event: d.Event, SHA256: d.SHA256} }

// Refs names what is refused.
func (d *ApprovalRefused) Refs() []event.Ref { return []event.Ref{d.Ref()} }

// CopyRestored records that one of the ledger's copies was rebuilt from the other.
type CopyRestored struct {
	Copy   string `json:"copy" is:"code(copy)" zh:"被恢复副本" doc:"what was rebuilt"`
	From   string `json:"from" is:"code(copy-source)" zh:"恢复来源" doc:"from what"`
	First  uint64 `json:"first_block" is:"position" zh:"起始块" doc:"first block that was rebuilt"`
	Last   uint64 `json:"last_block" is:"position" zh:"结束块" doc:"last block that was rebuilt"`
	Reason string `json:"reason" is:"lines(2000)" zh:"原因" doc:"what was wrong with the copy"`
}

// LedgerMoved records that the ledger was copied to another engine to go on there, or to
// be mirrored. The ledger that is copied appends it first and is copied afterwards, so that
// both sides hold the same bytes with the move in them: an entry appended to the copy alone
// would fork it from its source.
type LedgerMoved struct {
	From   string `json:"from" is:"text(1000)" zh:"原引擎" doc:"URI without credentials"`
	To     string `json:"to" is:"text(1000)" zh:"新引擎" doc:"URI without credentials"`
	Reason string `json:"reason" is:"text(2000)" zh:"原因" doc:"why it moves"`
}

// approvers answer what waits for a second person: each of its kinds says which of them.
var approvers = []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleApprover, event.RoleCityGovernment,
	event.RoleCountyGovernment, event.RoleDepartment, event.RoleDisciplineCommission, event.RoleEnforcementSupervisor}

// explainers say why something was so. The office enters what others say on paper.
var explainers = []event.Role{event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleOfficer,
	event.RoleApprover, event.RoleDepartment, event.RoleCountyGovernment}

// Approvers answer what waits in streams of a kind that names no others.
var Approvers = approvers[:3:3]

// Kind declares the streams of the ledger's own acts, and with their events those that may lie in any stream.
var Kind = stream.Bare(stream.Kind{
	Name: event.Ledger, Chinese: "账本", Doc: "the ledger's own acts: restorations, moves, corrections of its clock",
	Access: stream.Access{To: stream.Named, Open: true, // an auditor audits what the ledger did to itself
		Roles: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleAuditor}},
	Untimed: true, // the ledger has one clock, and no device
	Fixed:   true,
	Allow:   allow,
},
	anywhere[DeviationFlagged](event.Type{Name: "deviation-flagged", Version: 1, Chinese: "政策偏差标记",
		Doc:   "The ledger saw a policy rule broken by the event it names; the fact itself stands.",
		Rules: []law.Rule{law.R08, law.R57}, Append: []event.Role{event.RoleLedger}}),
	anywhere[StatementLapsed](event.Type{Name: "statement-lapsed", Version: 1, Chinese: "陈述失效",
		Doc:   "What the ledger stated is no longer entailed by the facts that count; both entries stay.",
		Rules: []law.Rule{law.Pillar13}, Append: []event.Role{event.RoleLedger}}),
	anywhere[DeadlinePassed](event.Type{Name: "deadline-passed", Version: 1, Chinese: "逾期",
		Doc: "What somebody owed was open when its date was over. Its time is that date. Of people in the field it is said only after the " +
			"time for late synchronisation.",
		Rules: []law.Rule{law.R20, law.R42, law.R43, law.R51, law.R57, law.Pillar12}, Append: []event.Role{event.RoleLedger}}),
	anywhere[TermExtended](event.Type{Name: Extension, Version: 1, Chinese: "延期",
		Doc:    "The date until which something is owed was moved; it counts once a second person approved it.",
		Rules:  []law.Rule{law.R11, law.R20, law.R46, law.Pillar12, law.Pillar17},
		Append: append(slices.Clone(approvers), event.RoleInspector)}),
	anywhere[DeviationExplained](event.Type{Name: "deviation-explained", Version: 1, Chinese: "偏差说明",
		Doc: "Somebody entitled explained a flagged deviation: the team's leader, or where no team is concerned who is flagged. The office, or " +
			"of conduct the commission, answers with a yes or no whether it is accepted.",
		Rules: []law.Rule{law.R08, law.Pillar17}, Append: explainers}),
	stream.Alone((*LedgerCreated).Judge, event.Type{Name: "ledger-created", Version: 1, Chinese: "账本建立",
		Doc:   "The first entry of a ledger: its name for good, and its first key.",
		Rules: []law.Rule{law.Pillar1}, Append: []event.Role{event.RoleLedger}}),
	stream.Alone((*RulesAdopted).Judge, event.Type{Name: "rules-adopted", Version: 1, Chinese: "规则启用",
		Doc:   "From here on events are judged by this set of rules; the first node that has it says so.",
		Rules: []law.Rule{law.Pillar11}, Append: []event.Role{event.RoleLedger}}),
	anywhere[ApprovalGiven](event.Type{Name: Approval, Version: 1, Chinese: "批准",
		Doc: "A second person, who wrote nothing in the stream, approved an event of it that waits for that.",
		Rules: []law.Rule{law.R08, law.R11, law.R12, law.R18, law.R19, law.R20, law.R26, law.R31, law.R37, law.R41, law.R43, law.R46, law.R47,
			law.R57, law.R61, law.N05, law.N07, law.Pillar17}, Append: approvers}),
	anywhere[ApprovalRefused](event.Type{Name: NoApproval, Version: 1, Chinese: "不予批准",
		Doc:   "A second person, who wrote nothing in the stream, refused an event of it that waits for approval.",
		Rules: []law.Rule{law.R08, law.R11, law.R18, law.R20, law.R26, law.R31, law.R41, law.R61, law.Pillar17}, Append: approvers}),
	stream.Alone((*CopyRestored).Judge, event.Type{Name: "copy-restored", Version: 1, Chinese: "副本恢复",
		Doc:   "One copy of the ledger was found short or damaged and rebuilt from the other.",
		Rules: []law.Rule{law.Pillar6}, Append: []event.Role{event.RoleLedger}}),
	stream.Alone((*LedgerMoved).Judge, event.Type{Name: "ledger-moved", Version: 1, Chinese: "账本迁移",
		Doc:   "The ledger is copied to another engine; appended to the source before the copy, so that both have it.",
		Rules: []law.Rule{law.Pillar3}, Append: []event.Role{event.RoleLedger}}),
	stream.Alone((*ClockCorrected).Judge, event.Type{Name: "clock-corrected", Version: 1, Chinese: "账本时间更正",
		Doc: "A person states that the recorded time of the entries from the one it names to the one before it is wrong; they are disputed, " +
			"and recorded time may step back here. Needs a token that names a person.",
		Rules: []law.Rule{law.Pillar7}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleAdmin}}),
)

// Flags declares the streams of what the ledger says of several visits at once, one for each pair.
var Flags = stream.Kind{Name: event.Flag, Chinese: "标记", Doc: "what the ledger says of two visits", Access: stream.Open(stream.Cell),
	Fixed: true, Lapses: func(law.Code) bool { return true }} // when one of the visits turns out to be none
