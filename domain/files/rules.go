package files

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

type judgement = stream.Judgement[*State, stream.Ledger]

// in refuses an event that lies in the stream of another file.
func in(e *event.Event, sha256 string) *event.Refusal {
	if e.Stream.ID != sha256 {
		return event.Refuse(law.Pillar8, law.EvidenceStream, law.Str("stream", e.Stream.String()))
	}
	return nil
}

// Judge: never what was erased. That it says so once, its id sees to.
func (d *Received) Judge(j *judgement) *event.Refusal {
	if j.State != nil && j.State.Erased {
		return event.Refuse(law.Pillar8, law.EvidenceAlreadyErased)
	}
	return in(j.Event, d.SHA256)
}

// Judge: once, whether the file has come or not. That the file is a sealed text, and the role may open it, package
// domain asks before: see [NotSealed].
func (d *Erased) Judge(j *judgement) *event.Refusal {
	if j.State != nil && j.State.Erased {
		return event.Refuse(law.Pillar8, law.EvidenceAlreadyErased)
	}
	return in(j.Event, d.SHA256)
}

// NotSealed refuses to erase what is no sealed text that the author may open.
func NotSealed(sha256 string, by event.Role) *event.Refusal {
	return event.Refuse(law.Pillar8, law.NotSealed, law.Str("sha256", sha256), law.Str("role", by))
}

// State is one file as the rules need it.
type State struct{ Erased bool }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold keeps nothing: that the stream is there says it.
func (d *Received) Fold(*State, *event.Event) {}

// Fold keeps that the file was erased.
func (d *Erased) Fold(s *State, _ *event.Event) { s.Erased = true }
