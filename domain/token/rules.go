package token

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of a token is judged.
type Scene struct {
	PersonKnown, TeamKnown, SubjectKnown func(id string) bool
	CountyKnown                          func(code string) bool
	Certified                            func(person string) bool // has a certificate of enforcement
	Used                                 func(sha256 string) bool // a token with this hash was issued
	j                                    judgement                // of the event being judged
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a token's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) error {
	_, err := stream.Decide(&sc.j, st, sc, e)
	return err
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

// Judge: once per stream and token, to nobody and for nothing that the ledger does not know.
func (d *Issued) Judge(j *judgement) *event.Refusal {
	st, sc, e := j.State, j.Scene, j.Event
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
	case d.Role == event.RoleOfficer && !sc.Certified(d.Person):
		return event.Refuse(law.R42, OfficerWithoutCertificate, law.Str("person", d.Person))
	case d.Team != "" && !sc.TeamKnown(d.Team):
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", d.Team))
	case d.Subject != "" && !sc.SubjectKnown(d.Subject):
		return event.Refuse(law.R14, law.UnknownSubject, law.Str("subject", d.Subject))
	case d.County != "" && !sc.CountyKnown(d.County):
		return event.Refuse(law.R77, law.UnknownCounty, law.Str("county", d.County))
	}
	return nil
}

// Judge: a token that was issued in this stream, once.
func (d *Revoked) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
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
