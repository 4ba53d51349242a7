// Package order is a measure and its life: what was ordered, whether it was obeyed, whether the hazard was put right and checked
// again, whether a closing was proposed, and when the enterprise went on working: R20, 现场督办、现场解决、一个不拉; R46,
// 不能简单的把企业关停; R47, 必须坚决予以关停. Its events are facts of the visit that the first one names, too ([stream.Kind.Joins]).
package order

import (
	"cmp"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "order"

// State is one order as the rules need it.
type State struct {
	Visit    string
	Findings []string
	Kind     string
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

type judgement = stream.Judgement[*State, stream.Ledger]

// named is a body that names the visit whose findings its stream is about.
type named interface{ Visit() string }

// Visit is the visit whose findings the order is about.
func (d *Issued) Visit() string { return d.Inspection }

// joins is the visit that an event that begins a stream names.
func joins(d event.Data) string {
	if n, ok := d.(named); ok {
		return n.Visit()
	}
	return ""
}

// about: an order is about what its visit is about.
func about(l stream.Ledger, e *event.Event) event.About {
	a, _ := l.About(event.Stream{Kind: event.Inspection, ID: joins(e.Data)})
	return a
}

// The codes of orders.
const (
	OrderName law.Code = "order-name"
)

var _ = law.Declare(law.OfOrder, law.Text{Code: OrderName, Acts: law.Refuses, Rules: []law.Rule{law.Pillar14},
	TitleZH: "措施流名称不符", Title: "The order is not named after its team or unit",
	SaysZH: "{stream} 应为 order/{owner}.<UUID>", Says: "{stream} should be order/{owner}.<UUID>",
	RemedyZH: "以督查组编号（部门或导入的以单位编号）和新的 UUID 命名", Remedy: "name it after the team (of a department or an import the unit) and a new UUID"})

// allow refuses a name that has not the form of one, and who begins a stream that is not named after his team or unit: like visits, so
// that two authors cannot ask for the same one.
func allow(e *event.Event) *event.Refusal {
	owner, ok := event.ParseVisitID(e.Stream.ID)
	whose := cmp.Or(e.Actor.Team, e.Actor.Unit)
	if ok && (joins(e.Data) == "" || whose == "" || owner == whose) {
		return nil
	}
	return event.Refuse(law.Pillar14, OrderName, law.Str("stream", e.Stream.String()), law.Str("owner", cmp.Or(whose, "<team>")))
}

var field = []event.Role{event.RoleInspector, event.RoleTeamLeader}

// Type of an order that was issued.
const IssuedType = "order-issued"

// Kind declares orders and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "责令措施", Doc: "a measure, named by its visit and findings, and what became of it",
	Access: stream.Open(stream.Cell), About: about, Joins: joins, Allow: allow,
}, stream.Rules[*State]{},
	stream.First((*Issued).Judge, event.Type{Name: IssuedType, Version: 1, Chinese: "责令措施",
		Doc:    "A measure was ordered; it is not a penalty.",
		Rules:  []law.Rule{law.R19, law.R20, law.R46, law.R47, law.R56, law.R57},
		Append: field, Import: true}),
)
