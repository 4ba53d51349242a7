package token

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one token as the rules need it.
type State struct {
	Actor   event.Actor // of the entries that its bearer appends
	Expires time.Time
	Revoked bool
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	stream.Fold(s, e)
}

func (d *Issued) Fold(s *State, e *event.Event) { s.Actor, s.Expires = d.Actor(e.Index), d.Expires }

func (d *Revoked) Fold(s *State, _ *event.Event) { s.Revoked = true }

// Counts refuses an author whose token does not count for an entry recorded at a time; s is nil
// when no entry issued the token. The error is an *event.Refusal with code [law.TokenNotValid].
func (s *State) Counts(author *event.Actor, recorded time.Time) error {
	switch {
	case s == nil || s.Actor != *author:
		return event.Refuse(law.Pillar1, law.TokenNotValid, law.Int("token", author.Token), law.Str("why", "of-another"))
	case s.Revoked:
		return event.Refuse(law.Pillar1, law.TokenNotValid, law.Int("token", author.Token), law.Str("why", "revoked"))
	case !recorded.Before(s.Expires):
		return event.Refuse(law.Pillar1, law.TokenNotValid, law.Int("token", author.Token), law.Str("why", "ended"),
			law.At("ended_at", s.Expires))
	}
	return nil
}
