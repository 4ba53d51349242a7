package inspection

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The second inspector: R42, no inspector acts alone (行政处罚法 Art. 42). The record is entered by one of those who inspected; another
// of them confirms it by an own token, and the inspected party signs it by its own.

// RecordConfirmed is a person's own word for the site record as it stands: that of a second inspector, or of the inspected party.
type RecordConfirmed struct {
	Event  string `json:"event" is:"event-id" zh:"核查记录事件" doc:"id of the signed or refused site record"`
	SHA256 string `json:"sha256" is:"sha256" zh:"核查记录事件哈希" doc:"of that event's exact bytes"`
}

// Ref names the record.
func (d *RecordConfirmed) Ref() event.Ref { return event.Ref{Event: d.Event, SHA256: d.SHA256} }

// Refs names the record.
func (d *RecordConfirmed) Refs() []event.Ref { return []event.Ref{d.Ref()} }

// The codes of the confirmation.
const (
	NotTheRecord             law.Code = "not-the-record"
	NotASecondInspector      law.Code = "not-a-second-inspector"
	ClosingNeedsConfirmation law.Code = "closing-needs-confirmation"
)

var _ = law.Declare(law.OfRecord, law.Text{Code: NotTheRecord, Acts: law.Refuses, Rules: []law.Rule{law.R42},
	TitleZH: "不是本次检查的核查记录", Title: "Not the visit's site record",
	SaysZH: "事件 {event} 不是本次检查已签字或拒签的核查记录", Says: "{event} is not the signed or refused site record of this visit",
	RemedyZH: "先记录现场核查记录签字或拒签，再确认该事件", Remedy: "record the signed or refused site record first, then confirm that event"})

var _ = law.Declare(law.OfRecord, law.Text{Code: NotASecondInspector, Acts: law.Refuses, Rules: []law.Rule{law.R42},
	TitleZH: "不是第二名检查人员", Title: "Not a second inspector",
	SaysZH:   "{person} 是记录人，或不是本次检查的检查人员 {inspectors}",
	Says:     "{person} entered the record, or is none of its inspectors {inspectors}",
	RemedyZH: "由本次检查的另一名检查人员用本人令牌确认", Remedy: "let another inspector of the visit confirm it, by the own token"})

var _ = law.Declare(law.OfRecord, law.Text{Code: ClosingNeedsConfirmation, Acts: law.Gates, Rules: []law.Rule{law.R42},
	TitleZH: "第二名检查人员未确认核查记录", Title: "No second inspector confirmed the record",
	SaysZH: "现场核查记录尚无第二名检查人员确认", Says: "no second inspector has confirmed the site record",
	RemedyZH: "由另一名检查人员用本人令牌确认现场核查记录", Remedy: "let another inspector of the visit confirm the site record, by the own token"})

var recordConfirmed = declare[RecordConfirmed](215, afterwards, hidden, event.Type{Name: "record-confirmed", Version: 1, Chinese: "核查记录确认",
	Doc:    "A second inspector confirmed the site record, or the inspected party signed it, by the own token.",
	Rules:  []law.Rule{law.R42},
	Append: append(slices.Clone(field), event.RoleInspectedParty)})

// judge: of the record as it is, by one who inspected and did not enter it; the inspected party speaks for itself.
func (d *RecordConfirmed) judge(j *judgement) *event.Refusal {
	st, w := j.st, j.st.open()
	if !st.is(recorded) || d.Ref().ID() != st.recordEvent {
		return event.Refuse(law.R42, NotTheRecord, law.Str("event", d.Event))
	}
	if !j.e.Names(d.Ref()) {
		return oversight.OtherBytes(d.Ref())
	}
	person := j.e.Actor.Person
	if j.e.Actor.Role == event.RoleInspectedParty || st.forgot {
		return nil
	}
	if person == w.recorder || !slices.Contains(w.inspectors, person) {
		return event.Refuse(law.R42, NotASecondInspector, law.Str("person", person), law.List("inspectors", w.inspectors))
	}
	return nil
}

func (d *RecordConfirmed) fold(s *State, e *event.Event) {
	w := s.edit()
	if w == nil || e.Actor.Role == event.RoleInspectedParty || d.Ref().ID() != s.recordEvent {
		return
	}
	w.confirmedAt = earliest(w.confirmedAt, e.Happened())
}

// A second inspector confirms the record, within hours of it, where the plan asks for two (R42).
var _ = obliges(owed{place: 195, atClosing: ClosingNeedsConfirmation, fades: true,
	Kind: obligation.Kind{Name: "second-inspector", Owner: obligation.Inspectors, Rule: law.R42, Field: true, Escalates: true,
		Unmodelled: "a second token for one record: the model has one",
		Opens:      "site-record-signed signature-refused", Meets: "record-confirmed", Limit: "confirm_hours"},
	rules: []law.Rule{law.R42},
	of: func(q *asking) {
		w := q.st.open()
		if w.account == nil || !q.st.is(recorded) || q.Policy.ConfirmHours == nil || q.Policy.MinInspectors < 2 {
			return
		}
		q.owe(&w.account.Fact, "", w.confirmedAt != nil, w.confirmedAt)
	}})
