package order

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// R46, 不能简单的把企业关停: who stops an enterprise says why, and what milder he has considered.

// Kinds are measures, which are not penalties (安全生产法 Arts 65, 70; 行政处罚法 2021 Art. 56): correct on the spot, by a date, at once,
// withdraw people, stop, stop using, seal, seize, cut the supply, register evidence in advance.
var Kinds = codes.List("order-kind")

// Grave are the measures that need a ground, findings, and what milder was considered (R46).
var Grave = []string{"withdraw-people", "stop", "stop-using", "seal", "seize", "cut-supply"}

// Stops are the measures that end with a lifting: a stop of any scope.
var Stops = []string{"stop", "stop-using", "withdraw-people", "cut-supply"}

// Seals are those that the law ends by itself unless a decision or a lifting does (行政强制法 Art. 25).
var Seals = []string{"seal", "seize"}

// Issued is a measure, not a penalty (安全生产法 Arts 65, 70).
type Issued struct {
	Inspection   string           `json:"inspection" is:"id" correct:"never" zh:"检查" doc:"the inspection whose findings it is about"`
	Order        string           `json:"order" is:"id" correct:"never" zh:"措施编号" doc:"id within the inspection"`
	DocumentNo   string           `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Kind         string           `json:"kind" is:"code(order-kind)" zh:"措施种类" doc:"what was ordered"`
	Findings     []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"the findings it is about"`
	Due          string           `json:"due,omitempty" is:"date" unknown:"imported for kind rectify-by-date" zh:"整改期限" doc:"of the hazard"`
	Scope        string           `json:"scope,omitempty" is:"code(order-scope)" zh:"范围" doc:"of a stop: all of the enterprise, or part of it"`
	Until        string           `json:"until,omitempty" is:"date" zh:"措施截止" doc:"until when a stop, seal or seizure lasts"`
	Alternatives string           `json:"alternatives,omitempty" is:"lines(2000)" zh:"替代措施" doc:"what milder was considered"`
	NotifiedAt   time.Time        `json:"notified_at,omitzero" is:"time" zh:"停供通知时间" doc:"of a cut of supply: when the enterprise was told"`
	Registered   []event.Evidence `json:"registered,omitempty" many:"0…100" zh:"先行登记证据" doc:"what is registered as evidence in advance"`
	LegalBasis   []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source       event.Source     `json:"source,omitempty"`
	Unknown      event.Unknown    `json:"unknown,omitempty"`
}

// Judge refuses to stop an enterprise without a ground (R46), and what says not until when. Whether the visit has the findings
// is for the visit's own rules.
func (d *Issued) Judge(j *judgement) *event.Refusal {
	imported := j.Event.Assurance == event.Imported
	if slices.Contains(Grave, d.Kind) && !imported && (len(d.LegalBasis) == 0 || len(d.Findings) == 0) {
		return event.Refuse(law.R46, law.StopWithoutGround, law.Str("order", d.Order), law.Str("kind", d.Kind),
			law.Int("grounds", len(d.LegalBasis)), law.Int("finding_count", len(d.Findings)))
	}
	if d.Kind == "rectify-by-date" && d.Due == "" && !imported {
		return event.Refuse(law.R20, law.DueRequired, law.Str("order", d.Order))
	}
	if slices.Contains(Grave, d.Kind) && d.Alternatives == "" && !imported {
		j.Flag(event.Flagged(law.R46, AlternativesNotConsidered, law.Str("order", d.Order), law.Str("kind", d.Kind)))
	}
	if slices.Contains(Seals, d.Kind) && d.Until != "" && !imported {
		beyond(j, d.Order, obligation.DayOn(d.Until), j.Scene.Law("seal", j.Event.Day()).Due(j.Event.Happened()))
	}
	return nil
}

// Fold keeps what was ordered.
func (d *Issued) Fold(s *State, e *event.Event) {
	s.begins(d, e)
	s.id, s.kind, s.issued = d.Order, d.Kind, fact(e)
	s.due, s.until = obligation.DayOn(d.Due), obligation.DayOn(d.Until)
}
