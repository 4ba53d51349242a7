package domain

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
)

// tokens are the bearer tokens.
type tokens struct {
	common
	streams[*token.State]
	issues *table[uint64, string]   // position of an issue → stream of the token
	hashes *table[string, struct{}] // SHA-256 of every token that was issued
	scene  token.Scene
}

func newTokens(s *State, c common) kind {
	k := &tokens{common: c, streams: newStreams(s, token.NewState),
		issues: newTable[uint64, string](s), hashes: newTable[string, struct{}](s)}
	k.scene = token.Scene{
		PersonKnown: func(id string) bool { return s.persons.state(id) != nil },
		TeamKnown:   func(id string) bool { return s.teams.state(id) != nil },
		Certified: func(id string) bool {
			p := s.persons.state(id)
			return p != nil && p.Certificate != ""
		},
		SubjectKnown: func(id string) bool { return s.subjects.state(id) != nil },
		CountyKnown:  func(code string) bool { _, ok := codes.County(code); return ok },
		Used:         func(sha256 string) bool { _, ok := k.hashes.get(sha256); return ok }}
	s.tokens = k
	return k
}

func (k *tokens) knows(id string) bool {
	return k.revision(event.Stream{Kind: event.Tokens, ID: id}) < 0 ||
		k.s.scope().Sees(event.Stream{Kind: event.Tokens, ID: id}, &event.About{})
}

func (k *tokens) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, token.Decide(known(k.s, k.state(e.Stream.ID)), &k.scene, e)
}

func (k *tokens) fold(e *event.Event) {
	k.apply(e)
	if d, ok := e.Data.(*token.Issued); ok {
		k.issues.set(e.Index, e.Stream.ID)
		k.hashes.set(d.SHA256, struct{}{})
	}
}

// Counts refuses an author whose token was not issued to it, is revoked, or ends before an
// entry recorded now, as seen from the top.
func (s *State) Counts(author *event.Actor, recorded time.Time) error {
	var st *token.State
	if stream, ok := s.tokens.issues.get(author.Token); ok {
		st = s.tokens.state(stream)
	}
	return st.Counts(author, recorded)
}
