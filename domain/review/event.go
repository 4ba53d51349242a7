// Package review is an accountability review: the ledger opens one for each problem at an
// inspected subject and each visit that had been there before; people decide fault (R44).
package review

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
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

// fact is an event of a review: it judges itself, and no rule needs a state of it.
type fact interface {
	event.Data
	judge(*event.Event) *event.Refusal
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.Review, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// Decide judges one event of a review's stream. The error is an *event.Refusal.
func Decide(e *event.Event) error {
	d, ok := e.Data.(fact)
	if !ok {
		return event.Elsewhere(e)
	}
	if r := d.judge(e); r != nil {
		return r
	}
	return nil
}

// judge: the ledger alone opens a review, and knows why.
func (d *Opened) judge(*event.Event) *event.Refusal { return nil }

// Types declares the events of this package.
var Types = []*event.Type{
	declare[Opened](event.Type{Name: "accountability-review-opened", Version: 1, Chinese: "倒查启动",
		Doc:   "The ledger opened a review of one earlier visit to the subject of an accident; people decide fault.",
		Rules: []law.Rule{law.R44}, Append: []event.Role{event.RoleLedger}}),
}
