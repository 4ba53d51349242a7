// Package interference is pressure on those who inspect, reported by them to the discipline commission alone (R49: 不留情面、决不手软).
package interference

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Reported says that somebody was pressed. Whoever reports has it in his own entries; no other way back is open to him.
type Reported struct {
	Inspection string       `json:"inspection,omitempty" is:"id" zh:"检查" doc:"at which visit; left out: at none"`
	Pressure   string       `json:"pressure" is:"code(pressure)" zh:"压力来源" doc:"from where the pressure came"`
	Content    event.Sealed `json:"content" zh:"情况" doc:"who did what" opens:"discipline-commission"`
}

// none tells the bodies of this package from those of other kinds.
type none struct{ told bool }

// Clone returns a copy.
func (s *none) Clone() *none { c := *s; return &c }

type judgement = stream.Judgement[*none, stream.Ledger]

// Judge: at a visit of which the author may know, or at none.
func (d *Reported) Judge(j *judgement) *event.Refusal {
	if d.Inspection == "" {
		return nil
	}
	if _, known := j.Scene.About(event.Stream{Kind: event.Inspection, ID: d.Inspection}); !known {
		return event.Refuse(law.R49, law.UnknownVisit, law.Str("inspection", d.Inspection))
	}
	return nil
}

// Fold notes that it was told.
func (*Reported) Fold(s *none, _ *event.Event) { s.told = true }

// Kind declares reports of interference.
var Kind = stream.Of(stream.Kind{
	Name: "interference", Chinese: "说情干预", Doc: "a report of pressure on those who inspect, for the discipline commission alone (R49)",
	Access: stream.Restricted(event.RoleDisciplineCommission),
	Yes:    []event.Role{event.RoleDisciplineCommission},
}, stream.Rules[*none]{},
	stream.First((*Reported).Judge, event.Type{Name: "interference-reported", Version: 1, Chinese: "说情干预报告",
		Doc: "Somebody of a team was pressed. What happened is a sealed text that the commission alone opens: see " +
			"[docs/sealed.md](docs/sealed.md).",
		Rules:  []law.Rule{law.R49, law.Pillar8},
		Append: []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice, event.RoleDisciplineCommission}}),
)
