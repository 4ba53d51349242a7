package files

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// none tells the bodies of this package from those of other kinds. What is kept of a file is one bit, by package domain,
// because there are many files.
type none struct{}

type judgement = stream.Judgement[none, stream.Ledger]

// in refuses an event that lies in the stream of another file.
func in(e *event.Event, sha256 string) *event.Refusal {
	if e.Stream.ID != sha256 {
		return event.Refuse(law.Pillar8, law.EvidenceStream, law.Str("stream", e.Stream.String()))
	}
	return nil
}

// Judge: the ledger says so once, because the id follows from the hash.
func (d *Received) Judge(j *judgement) *event.Refusal { return in(j.Event, d.SHA256) }

// Judge: whether the file has come or not. That it is a sealed text that the author may open, and is not erased, package
// domain asks before: see [NotSealed] and [Already].
func (d *Erased) Judge(j *judgement) *event.Refusal { return in(j.Event, d.SHA256) }

// NotSealed refuses to erase what is no sealed text that the author may open.
func NotSealed(sha256 string, by event.Role) *event.Refusal {
	return event.Refuse(law.Pillar8, law.NotSealed, law.Str("sha256", sha256), law.Str("role", by))
}

// Already refuses what is said of a file that was erased.
func Already() *event.Refusal { return event.Refuse(law.Pillar8, law.EvidenceAlreadyErased) }
