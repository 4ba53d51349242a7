package oversight

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// ClockCorrected says that the recorded time of entries is wrong, from entry From to the one
// before this: they are disputed (pillar 7). It is the only entry whose recorded time may lie
// before that of the one before it. Nothing is undone: what was escalated too early lapses
// behind it.
type ClockCorrected struct {
	From   *uint64 `json:"from" range:"position"` // required: index of the first entry that is disputed
	Reason string  `json:"reason"`
}

// Validate implements event.Data.
func (d *ClockCorrected) Validate() error {
	var k event.Checker
	k.Require("from", d.From != nil)
	if d.From != nil {
		k.Within("from", int64(*d.From), event.Positions)
	}
	k.Text("reason", d.Reason, true, 2000)
	return k.Err()
}

// ClockStream is the stream of corrections.
var ClockStream = event.Stream{Kind: event.Ledger, ID: "clock"}

// Correct judges a correction: a person's act, about entries that are there. The error is an
// *event.Refusal.
func Correct(d *ClockCorrected, e *event.Event) error {
	switch {
	case e.Stream != ClockStream:
		return event.Refuse(law.Pillar7, law.WrongStream,
			law.Str("type", e.Type.Name), law.Str("wanted", ClockStream.String()), law.Str("stream", e.Stream.String()))
	case e.Actor.Person == "":
		return event.Refuse(law.Pillar7, law.PersonRequired, law.Str("type", e.Type.Name))
	case *d.From >= e.Index:
		return event.Refuse(law.Pillar7, law.UnknownPosition, law.Int("position", *d.From))
	}
	return nil
}
