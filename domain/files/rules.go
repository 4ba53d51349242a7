package files

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the ledger says of the file in whose stream an event is judged.
type Scene struct {
	Erased bool
	// May reports whether an event names the file as a sealed text that a role may open.
	May func(sha256 string, r event.Role) bool
}

// fact is an event of a file: it judges itself.
type fact interface {
	event.Data
	judge(*Scene, *event.Event) *event.Refusal
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.File, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// Decide judges one event of a file's stream. The error is an *event.Refusal.
func Decide(sc *Scene, e *event.Event) error {
	d, ok := e.Data.(fact)
	if !ok {
		return event.Elsewhere(e)
	}
	if r := d.judge(sc, e); r != nil {
		return r
	}
	return nil
}

// in refuses an event that lies in the stream of another file.
func in(e *event.Event, sha256 string) *event.Refusal {
	if e.Stream.ID != sha256 {
		return event.Refuse(law.Pillar8, law.EvidenceStream, law.Str("stream", e.Stream.String()))
	}
	return nil
}

// judge: never what was erased. That it says so once, its id sees to.
func (d *Received) judge(sc *Scene, e *event.Event) *event.Refusal {
	switch r := in(e, d.SHA256); {
	case r != nil:
		return r
	case sc.Erased:
		return event.Refuse(law.Pillar8, law.EvidenceErased)
	}
	return nil
}

// judge: a sealed text alone, by a role that may open it, whether the file has come or not.
func (d *Erased) judge(sc *Scene, e *event.Event) *event.Refusal {
	switch r := in(e, d.SHA256); {
	case r != nil:
		return r
	case !sc.May(d.SHA256, e.Actor.Role):
		return event.Refuse(law.Pillar8, law.NotSealed, law.Str("sha256", d.SHA256), law.Str("role", e.Actor.Role))
	case sc.Erased:
		return event.Refuse(law.Pillar8, law.EvidenceErased)
	}
	return nil
}
