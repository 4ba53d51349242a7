package token

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the rest of the ledger says when an event of a token is judged.
type Scene struct {
	PersonKnown, TeamKnown, SubjectKnown func(id string) bool
	CountyKnown                          func(code string) bool
	Used                                 func(sha256 string) bool // a token with this hash was issued
	j                                    judgement                // of the event being judged
}

// fact is an event of a token: it judges and folds itself.
type fact interface {
	event.Data
	judge(*judgement) *event.Refusal
	fold(*State, *event.Event)
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.Tokens, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement struct {
	st *State // nil: the stream is new
	sc *Scene
	e  *event.Event
}

// Decide judges one event of a token's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) error {
	d, ok := e.Data.(fact)
	if !ok {
		return event.Elsewhere(e)
	}
	j := &sc.j
	*j = judgement{st: st, sc: sc, e: e}
	if r := d.judge(j); r != nil {
		return r
	}
	return nil
}

// asked: the ledger says for whom it acts; nobody else can know.
func asked(e *event.Event, by *Process) *event.Refusal {
	switch own := e.Actor.Role == event.RoleLedger; {
	case own && by == nil:
		return event.Refuse(law.Pillar1, law.AskedByRequired)
	case !own && by != nil:
		return event.Refuse(law.Pillar1, law.AskedByNotYours)
	}
	return nil
}

// judge: once per stream and token, to nobody and for nothing that the ledger does not know.
func (d *Issued) judge(j *judgement) *event.Refusal {
	st, sc, e := j.st, j.sc, j.e
	if r := asked(e, d.AskedBy); r != nil {
		return r
	}
	switch {
	case st != nil:
		return event.Refuse(law.Pillar1, law.TokenAlreadyIssued, law.Str("stream", e.Stream.String()))
	case e.Stream.ID != e.ID.String():
		return event.Refuse(law.Pillar1, law.TokenStream, law.Str("stream", e.Stream.String()), law.Str("event", e.ID.String()))
	case d.Role == event.RoleImporter && len(d.Unit) > event.MaxVisitOwner:
		return event.Refuse(law.Pillar14, law.UnitIDTooLong, law.Str("unit", d.Unit), law.Int("most", event.MaxVisitOwner))
	case sc.Used(d.SHA256):
		return event.Refuse(law.Pillar1, law.TokenHashUsed)
	case !e.Recorded.Before(d.Expires):
		return event.Refuse(law.Pillar1, law.TokenExpired, law.At("expires_at", d.Expires))
	case d.Person != "" && !sc.PersonKnown(d.Person):
		return event.Refuse(law.R59, law.UnknownPerson, law.Str("field", "person"), law.List("persons", []string{d.Person}))
	case d.Team != "" && !sc.TeamKnown(d.Team):
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", d.Team))
	case d.Subject != "" && !sc.SubjectKnown(d.Subject):
		return event.Refuse(law.R14, law.UnknownSubject, law.Str("subject", d.Subject))
	case d.County != "" && !sc.CountyKnown(d.County):
		return event.Refuse(law.R77, law.UnknownCounty, law.Str("county", d.County))
	}
	return nil
}

// judge: a token that was issued in this stream, once.
func (d *Revoked) judge(j *judgement) *event.Refusal {
	st, e := j.st, j.e
	if r := asked(e, d.AskedBy); r != nil {
		return r
	}
	switch {
	case st == nil || st.Actor.Token != d.Token:
		return event.Refuse(law.Pillar1, law.UnknownToken, law.Str("stream", e.Stream.String()), law.Int("token", d.Token))
	case st.Revoked:
		return event.Refuse(law.Pillar1, law.TokenAlreadyRevoked, law.Int("token", d.Token))
	}
	return nil
}
