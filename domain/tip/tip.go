// Package tip is what people report: each tip is accepted, investigated and answered, and none vanishes (R73). Who
// reported, and what, is sealed: the ledger has the hash of an encrypted file, and the codes that rules and reports need.
//
// A tip may be handed over (package transfer); what becomes of that, package domain tells the tip. A tip names the visit
// that was made for it, and no visit its tip.
package tip

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is that of the kind.
const Name event.Kind = "tip"

// Received states that a tip came.
type Received struct {
	Channel   string        `json:"channel" is:"code(tip-channel)" zh:"举报渠道" doc:"how it came"`
	Violation string        `json:"violation" is:"code(violation)" zh:"举报类别" doc:"what it is about"`
	Subject   string        `json:"subject,omitempty" is:"id" zh:"被举报单位" doc:"a registered subject; left out when none is named"`
	Content   event.Sealed  `json:"content" zh:"举报内容" doc:"what is reported" opens:"supervision-office discipline-commission"`
	Reporter  *event.Sealed `json:"reporter,omitempty" zh:"举报人" doc:"who reports; left out when unnamed" opens:"discipline-commission"`
}

// Accepted states that the office has taken a tip on.
type Accepted struct {
	Note string `json:"note,omitempty" is:"lines(1000)" zh:"受理说明" doc:"anything else; nothing of who reported"`
}

// Investigated states what was found. There may be several; the newest counts.
type Investigated struct {
	Result     string `json:"result" is:"code(tip-result)" zh:"核查结论" doc:"whether it is so"`
	Inspection string `json:"inspection,omitempty" is:"id" zh:"检查" doc:"the visit that was made for it; left out when none was"`
	Subject    string `json:"subject,omitempty" is:"id" zh:"被举报单位" doc:"where the office has found out since; left out: as received"`
	Account    string `json:"account" is:"lines(4000)" zh:"核查情况" doc:"what was done and found; nothing of who reported"`
}

// Answered states that who reported was told the outcome, or that nobody can be told.
type Answered struct {
	Manner  string `json:"manner" is:"code(tip-answer)" zh:"答复方式" doc:"how it was told"`
	Summary string `json:"summary" is:"lines(2000)" zh:"答复内容" doc:"what was told; nothing of who reported"`
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: about a subject that is registered, or none. Who has no token names none: the answer would tell who is registered.
func (d *Received) Judge(j *judgement) *event.Refusal {
	if j.Event.Actor.Role == event.RolePublic && d.Subject != "" {
		return event.Refuse(law.R73, law.TipNamesSubject)
	}
	return known(j, d.Subject)
}

// known refuses a subject that is not registered.
func known(j *judgement, subject string) *event.Refusal {
	if subject == "" {
		return nil
	}
	if _, ok := j.Scene.About(event.Stream{Kind: event.Subject, ID: subject}); !ok {
		return event.Refuse(law.R73, law.UnknownSubject, law.Str("subject", subject))
	}
	return nil
}

// Judge: once.
func (d *Accepted) Judge(j *judgement) *event.Refusal {
	if j.State.accepted != nil {
		return event.Refuse(law.R73, law.TipAlreadyAccepted, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

// Judge: of a tip that was accepted and not answered, by a visit that is there.
func (d *Investigated) Judge(j *judgement) *event.Refusal {
	switch {
	case j.State.accepted == nil:
		return event.Refuse(law.R73, law.TipNotAccepted, law.Str("stream", j.Event.Stream.String()))
	case j.State.answered != nil:
		return event.Refuse(law.R73, law.TipAlreadyAnswered, law.Str("stream", j.Event.Stream.String()))
	}
	if d.Inspection != "" {
		if _, ok := j.Scene.About(event.Stream{Kind: event.Inspection, ID: d.Inspection}); !ok {
			return event.Refuse(law.R73, law.TipUnknownVisit, law.Str("inspection", d.Inspection))
		}
	}
	return known(j, d.Subject)
}

// Judge: once, and not before somebody has investigated (R73).
func (d *Answered) Judge(j *judgement) *event.Refusal {
	switch {
	case j.State.answered != nil:
		return event.Refuse(law.R73, law.TipAlreadyAnswered, law.Str("stream", j.Event.Stream.String()))
	case j.State.looked() == nil:
		return event.Held([]event.Unmet{{Code: law.TipNotInvestigated, Rules: []law.Rule{law.R73},
			Values: law.Collect(law.Str("stream", j.Event.Stream.String()))}})
	}
	return nil
}

// about: a tip is about the subject, in its cell.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Received)
	if !ok || d.Subject == "" {
		return event.About{}
	}
	of, _ := l.About(event.Stream{Kind: event.Subject, ID: d.Subject})
	return event.About{Subject: d.Subject, County: of.County, Sectors: of.Sectors}
}

var office = []event.Role{event.RoleSupervisionOffice}

// Kind declares tips and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "群众举报", Doc: "a tip: what somebody reported, and what came of it (R73)",
	Access: stream.Restricted(event.RoleSupervisionOffice, event.RoleDisciplineCommission),
	About:  about,
}, stream.Rules[*State]{Owes: (*State).owes, Obligations: []*obligation.Kind{&accept, &investigate, &answer},
	Problems: (*State).problems},
	stream.First((*Received).Judge, event.Type{Name: "tip-received", Version: 1, Chinese: "收到举报",
		Rules:  []law.Rule{law.R44, law.R73, law.Pillar8},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RolePublic},
		Doc: "Somebody reported something. Who and what are sealed texts: see [docs/sealed.md](docs/sealed.md). Who has no token " +
			"uses POST /v1/tips."}),
	stream.Then((*Accepted).Judge, event.Type{Name: "tip-accepted", Version: 1, Chinese: "受理举报",
		Rules: []law.Rule{law.R73}, Append: office,
		Doc: "The office took a tip on. It owes an investigation from then on."}),
	stream.Then((*Investigated).Judge, event.Type{Name: "tip-investigated", Version: 1, Chinese: "举报核查",
		Rules: []law.Rule{law.R44, law.R73}, Append: office,
		Doc: "What the investigation of a tip found; the newest of a tip counts until it is answered."}),
	stream.Then((*Answered).Judge, event.Type{Name: "tip-answered", Version: 1, Chinese: "答复举报人",
		Rules: []law.Rule{law.R73}, Append: office,
		Doc: "Who reported was told the outcome. It needs an investigation, or the answer of who investigated after a transfer."}),
)
