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
}

// Decide judges one event of a token's stream; st is nil when the stream is new. The error is
// an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) error {
	switch d := e.Data.(type) {
	case *Issued:
		if err := asked(e, d.AskedBy); err != nil {
			return err
		}
		return issue(st, sc, e, d)
	case *Revoked:
		if err := asked(e, d.AskedBy); err != nil {
			return err
		}
		return revoke(st, e, d)
	}
	return nil
}

// asked: the ledger says for whom it acts; nobody else can know.
func asked(e *event.Event, by *Process) error {
	switch own := e.Actor.Role == event.RoleLedger; {
	case own && by == nil:
		return event.Refuse(law.Pillar1, law.AskedByRequired)
	case !own && by != nil:
		return event.Refuse(law.Pillar1, law.AskedByNotYours)
	}
	return nil
}

// issue: once per stream and token, to nobody and for nothing that the ledger does not know.
func issue(st *State, sc *Scene, e *event.Event, d *Issued) error {
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

// revoke: a token that was issued in this stream, once.
func revoke(st *State, e *event.Event, d *Revoked) error {
	switch {
	case st == nil || st.Actor.Token != d.Token:
		return event.Refuse(law.Pillar1, law.UnknownToken, law.Str("stream", e.Stream.String()), law.Int("token", d.Token))
	case st.Revoked:
		return event.Refuse(law.Pillar1, law.TokenAlreadyRevoked, law.Int("token", d.Token))
	}
	return nil
}
