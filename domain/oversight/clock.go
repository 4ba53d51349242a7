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
	From   *uint64 `json:"from" is:"position" zh:"起始条目" doc:"index of the first entry whose recorded time is disputed"`
	Reason string  `json:"reason" is:"text(2000)" zh:"原因" doc:"what was wrong with the clock"`
}

// ClockStream is the stream of corrections.
var ClockStream = event.Stream{Kind: event.Ledger, ID: "clock"}

// Judge: a correction is a person's act, about entries that are there.
func (d *ClockCorrected) Judge(j *judgement) *event.Refusal {
	e := j.Event
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
