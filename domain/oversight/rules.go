package oversight

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Explain judges an explanation against the deviations of its stream (R08). The error is an
// *event.Refusal.
func (s State) Explain(d *DeviationExplained, e *event.Event) error {
	id, ok := event.ParseUUID(d.Deviation)
	if !ok || !s.Flagged(id) {
		return event.Refuse(law.R08, law.UnknownDeviation, law.Str("stream", e.Stream.String()), law.Str("deviation", d.Deviation))
	}
	return nil
}

// fact is an event of the ledger's own streams: it judges itself, and no rule needs a state of it.
type fact interface {
	event.Data
	judge(*event.Event) *event.Refusal
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.Ledger, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// Decide judges one event of the ledger's own streams. The error is an *event.Refusal.
func Decide(e *event.Event) error {
	d, ok := e.Data.(fact)
	if !ok {
		return event.Elsewhere(e)
	}
	if r := d.judge(e); r != nil {
		return r
	}
	return nil
}

// What the ledger says of itself and its copies nobody else may append.

func (d *LedgerCreated) judge(*event.Event) *event.Refusal { return nil }

func (d *RulesAdopted) judge(*event.Event) *event.Refusal { return nil }

func (d *CopyRestored) judge(*event.Event) *event.Refusal { return nil }

func (d *LedgerMoved) judge(*event.Event) *event.Refusal { return nil }
