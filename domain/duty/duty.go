// Package duty is the file of the duties that a unit performs for a subject (R75).
package duty

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Kind declares duties and their events.
var Kind = stream.Of(stream.Kind{Name: "duty", Chinese: "履职", Doc: "a duty that a unit performs for a subject",
	Access: stream.Open(stream.Cell), About: about}, stream.Rules[*State]{},
	stream.First((*Performed).Judge, event.Type{Name: "duty-performed", Version: 1, Chinese: "履职记录",
		Doc: "A unit performed a duty of its own.", Rules: []law.Rule{law.R18, law.R75},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleDepartment}}),
	stream.Then((*Reviewed).Judge, event.Type{Name: "duty-reviewed", Version: 1, Chinese: "履职核查",
		Doc: "The office reviewed it.", Rules: []law.Rule{law.R75}, Append: []event.Role{event.RoleSupervisionOffice}}),
)

type judgement = stream.Judgement[*State, stream.Ledger]

// State is one duty.
type State struct{ Reviewed bool }

// Clone returns a copy that may be folded further.
func (s *State) Clone() *State { c := *s; return &c }

// Performed begins the file.
type Performed struct {
	Subject string `json:"subject" is:"id" zh:"对象" doc:"for whom"`
	Unit    string `json:"unit" is:"id" zh:"单位" doc:"who performed it"`
}

func about(l stream.Ledger, e *event.Event) event.About {
	a, _ := l.About(event.Stream{Kind: event.Subject, ID: e.Data.(*Performed).Subject})
	return a
}

// Judge: for a subject that is known, by a unit that the table has (R75).
func (d *Performed) Judge(j *judgement) *event.Refusal {
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.Subject}); !known {
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	if j.Scene.UnknownUnit(d.Unit) {
		j.Flag(event.Flagged(law.R75, law.UnknownDepartment, law.List("units", []string{d.Unit})))
	}
	return nil
}

// Fold implements [stream.Folder].
func (*Performed) Fold(*State, *event.Event) {}

// Reviewed closes it.
type Reviewed struct {
	Opinion string `json:"opinion" is:"lines(2000)" zh:"意见" doc:"what the office says of it"`
}

// Judge: any number of times.
func (*Reviewed) Judge(*judgement) *event.Refusal { return nil }

// Fold implements [stream.Folder].
func (*Reviewed) Fold(s *State, _ *event.Event) { s.Reviewed = true }
