// Package review is an accountability review: the ledger opens one for each problem at an
// inspected subject and each visit that had been there before; people decide fault (R44).
package review

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Opened is appended by the ledger: an accident happened at a subject after a visit to it, so
// that visit is reviewed as it was known at Position. A visit that is disclosed after the
// accident was reported joins when it is disclosed.
type Opened struct {
	Accident   string `json:"accident" is:"id" zh:"事故" doc:"id of the accident"`
	Subject    string `json:"subject" is:"id" zh:"检查对象" doc:"where it happened"`
	Inspection string `json:"inspection" is:"id" zh:"检查" doc:"the earlier visit that is reviewed"`
	Position   uint64 `json:"position" is:"position" zh:"账本位置" doc:"size of the ledger when the review opened"`
}

// none tells the bodies of this package from those of other kinds; no rule needs a state.
type none struct{}

type judgement = stream.Judgement[none, stream.Ledger]

// Judge: the ledger alone opens a review, and knows why.
func (d *Opened) Judge(*judgement) *event.Refusal { return nil }

// about: a review is about the subject, in the cell of the accident.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Opened)
	if !ok {
		return event.About{}
	}
	of, _ := l.About(event.Stream{Kind: event.Accident, ID: d.Accident})
	return event.About{Subject: d.Subject, County: of.County, Sectors: of.Sectors}
}

// Kind declares reviews and their events.
var Kind = stream.Bare(stream.Kind{
	Name: event.Review, Chinese: "倒查", Doc: "an accountability review, one for each problem and visit (R44)",
	Access: stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission),
	About:  about,
},
	stream.Alone((*Opened).Judge, event.Type{Name: "accountability-review-opened", Version: 1, Chinese: "倒查启动",
		Doc:   "The ledger opened a review of one earlier visit to the subject of an accident; people decide fault.",
		Rules: []law.Rule{law.R44}, Append: []event.Role{event.RoleLedger}}),
)
