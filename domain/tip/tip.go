// Package tip is what people report: each tip is a case that must be investigated (R73). Who reported, and
// what, is sealed: the ledger has the hash of an encrypted file, and the codes that rules and reports need.
package tip

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Received states that a tip came.
type Received struct {
	Channel   string        `json:"channel" is:"code(tip-channel)" zh:"举报渠道" doc:"how it came"`
	Violation string        `json:"violation" is:"code(violation)" zh:"举报类别" doc:"what it is about"`
	Subject   string        `json:"subject,omitempty" is:"id" zh:"被举报单位" doc:"a registered subject; left out when none is named"`
	Content   event.Sealed  `json:"content" zh:"举报内容" doc:"what is reported" opens:"supervision-office discipline-commission"`
	Reporter  *event.Sealed `json:"reporter,omitempty" zh:"举报人" doc:"who reports; left out when unnamed" opens:"discipline-commission"`
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: about a subject that is registered, or none.
func (d *Received) Judge(j *judgement) *event.Refusal {
	if d.Subject == "" {
		return nil
	}
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.Subject}); !known {
		return event.Refuse(law.R73, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	return nil
}

// State is one tip as the rules need it.
type State struct{}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold keeps nothing as yet: that the stream is there says it.
func (d *Received) Fold(*State, *event.Event) {}

// about: a tip is about the subject, in its cell.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Received)
	if !ok || d.Subject == "" {
		return event.About{}
	}
	of, _ := l.About(event.Stream{Kind: event.Subject, ID: d.Subject})
	return event.About{Subject: d.Subject, County: of.County, Sectors: of.Sectors}
}

// Kind declares tips and their events.
var Kind = stream.Of(stream.Kind{
	Name: "tip", Chinese: "群众举报", Doc: "a tip: what somebody reported, and what came of it (R73)",
	Access: stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission),
	About:  about,
}, stream.Rules[*State]{},
	stream.First((*Received).Judge, event.Type{Name: "tip-received", Version: 1, Chinese: "收到举报",
		Rules: []law.Rule{law.R73, law.Pillar8}, Append: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission},
		Doc: "Somebody reported something. Who and what are sealed texts: see [docs/sealed.md](docs/sealed.md)."}),
)
