package blacklist

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The codes of the blacklist.
const (
	BlacklistOutOfOrder   law.Code = "blacklist-out-of-order"
	BlacklistNotOfTheLaw  law.Code = "blacklist-not-of-the-law"
	BlacklistEnteredEarly law.Code = "blacklist-entered-early"
	BlacklistRemovedEarly law.Code = "blacklist-removed-early"
)

var (
	_ = law.Declare(law.OfPublicity, law.Text{Code: BlacklistOutOfOrder, Acts: law.Refuses, Rules: []law.Rule{law.R58},
		TitleZH: "名单状态不允许", Title: "The state of the entry does not allow it",
		SaysZH:   "当前为{state:blacklist-state}；{type} 须在以下状态之后：{wanted:blacklist-state}",
		Says:     "it is {state:blacklist-state}; {type} follows on: {wanted:blacklist-state}",
		RemedyZH: "先提出、告知，再列入；不再成立的等待新的情形",
		Remedy:   "a proposal and a notice come first; where the ground has lapsed, wait for a new one"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: BlacklistNotOfTheLaw, Acts: law.Refuses, Rules: []law.Rule{law.R58},
		TitleZH: "不符合法定名单的条件", Title: "It is not an entry of the law's list",
		SaysZH:   "法定名单须以处罚决定为依据，且自 2023-10-01 起施行；列入日期为{from_on}",
		Says:     "the law's list needs a decision to punish, and there is one since 2023-10-01; the entry is from {from_on}",
		RemedyZH: "写明 penalty，或 list 写 policy", Remedy: "name the penalty, or state the list as policy"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: BlacklistEnteredEarly, Acts: law.Flags, Rules: []law.Rule{law.R58},
		TitleZH: "陈述申辩期未满即列入", Title: "Entered before the time to object was over",
		SaysZH:   "陈述申辩期至{due_at}；列入于{entered_at}，期内没有陈述申辩",
		Says:     "the subject may object until {due_at}; it was entered at {entered_at}, and had not objected",
		RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: BlacklistRemovedEarly, Acts: law.Flags, Rules: []law.Rule{law.R58},
		TitleZH: "提前移出", Title: "Removed too early",
		SaysZH: "最早应于{earliest_on}移出；移出于{removed_on}", Says: "it is removed on {earliest_on} at the earliest; it was removed on {removed_on}",
		RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})
)

// State is one proposal.
type State struct {
	Subject, Trigger string
	Proposal         uuid.UUID // the newest
	Lapsed           bool      // its ground does not count any more
	refused          bool

	proposed, notified, objected, entered, removed obligation.Fact // zero event: not
	from, until                                    string
	people                                         []string // who wrote in the stream; append-only
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.people = slices.Clip(c.people)
	return &c
}

// Ended returns when it was refused, which counts as of the proposal, or removed; the zero time: neither.
func (s *State) Ended() time.Time {
	if s.refused {
		return s.proposed.Recorded
	}
	return s.removed.Occurred
}

// Acted returns what a person did last because of the proposal and what still holds; the zero id when nothing.
func (s *State) Acted() uuid.UUID {
	switch {
	case !s.Ended().IsZero():
		return uuid.Nil
	case s.entered.Event != uuid.Nil:
		return s.entered.Event
	}
	return s.notified.Event
}

// stage is the code of what it has come to.
func (s *State) stage() string {
	switch {
	case s.removed.Event != uuid.Nil:
		return "removed"
	case s.entered.Event != uuid.Nil:
		return "entered"
	case s.refused:
		return "refused"
	case s.Lapsed:
		return "lapsed"
	case s.notified.Event != uuid.Nil:
		return "notified"
	}
	return "proposed"
}

type judgement = stream.Judgement[*State, stream.Ledger]

// after refuses what does not follow on the stage.
func after(j *judgement, wanted ...string) *event.Refusal {
	if at := j.State.stage(); !slices.Contains(wanted, at) {
		return event.Refuse(law.R58, BlacklistOutOfOrder, law.Str("state", at), law.Str("type", j.Event.Type.Name), law.List("wanted", wanted))
	}
	return nil
}

// Judge: the ledger alone proposes, and knows why.
func (d *Proposed) Judge(*judgement) *event.Refusal { return nil }

// Judge: once, while the ground counts.
func (d *Notified) Judge(j *judgement) *event.Refusal { return after(j, "proposed") }

// Judge: of who was told.
func (d *Objected) Judge(j *judgement) *event.Refusal { return after(j, "notified", "entered") }

// Judge: a person enters, after notice (R58). That the time to object was not over package domain sees, which knows the plan.
func (d *Entered) Judge(j *judgement) *event.Refusal {
	if r := after(j, "notified"); r != nil {
		return r
	}
	if r := oversight.FirstPerson(j.Event); r != nil {
		return r
	}
	if d.List == "legal" && (d.Penalty == "" || j.Scene.Law("blacklist", d.From).N == 0) { // [law.GraveDishonesty]
		return event.Refuse(law.R58, BlacklistNotOfTheLaw, law.Str("from_on", d.From))
	}
	return nil
}

// Judge: what was entered, in its time: at the end, or on request after twelve months.
func (d *Removed) Judge(j *judgement) *event.Refusal {
	if r := after(j, "entered"); r != nil {
		return r
	}
	earliest := j.State.until
	switch d.Ground {
	case "mistaken":
		return nil
	case "on-request":
		since := obligation.DayOn(j.State.from)
		earliest = obligation.Date(j.Scene.Law("blacklist-early", j.State.from).Due(since.End()))
	}
	if on := j.Event.Day(); on < earliest {
		j.Flag(event.Flagged(law.R58, BlacklistRemovedEarly, law.Str("earliest_on", earliest), law.Str("removed_on", on)))
	}
	return nil
}

// answer: a person refuses a proposal; its yes is the entry.
func answer(j *judgement, ref event.Ref, yes bool) *event.Refusal {
	st := j.State
	if at := st.stage(); yes || ref.ID() != st.Proposal || at != "proposed" && at != "notified" {
		return oversight.NothingWaits(j.Event, ref)
	}
	if !j.Event.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	return oversight.SecondPerson(j.Event, nil)
}

func answered(s *State, ref event.Ref, yes bool) {
	if ref.ID() == s.Proposal && !yes {
		s.refused = true
	}
}

// said takes over that the ledger took its proposal back.
func said(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.StatementLapsed); ok && d.Statement == s.Proposal.String() {
		s.Lapsed = true
	}
}

func (d *Proposed) Fold(s *State, e *event.Event) {
	s.Subject, s.Trigger, s.Proposal, s.Lapsed = d.Subject, d.Trigger, e.ID, false
	if s.proposed.Event == uuid.Nil {
		s.proposed = obligation.FactOf(e)
	}
}

func (d *Notified) Fold(s *State, e *event.Event) { s.notified = obligation.FactOf(e) }

func (d *Objected) Fold(s *State, e *event.Event) {
	if s.objected.Event == uuid.Nil {
		s.objected = obligation.FactOf(e)
	}
}

func (d *Entered) Fold(s *State, e *event.Event) {
	s.entered, s.from, s.until = obligation.FactOf(e), d.From, d.Until
}

func (d *Removed) Fold(s *State, e *event.Event) { s.removed = obligation.FactOf(e) }
