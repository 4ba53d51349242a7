package visibilitytest

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Secret is a kind that no ledger but those of these tests has: a test that wants it lists it. It is restricted to the
// commission, so that no reader, the office included, may know that there are such streams; and each is about
// a subject, of which readers see everything else.
var Secret = stream.Of(stream.Kind{
	Name: "secret", Chinese: "密件", Doc: "what only the commission knows of a subject",
	Access: stream.Restricted(event.RoleDisciplineCommission),
	Lapses: func(law.Code) bool { return true },
	About: func(l stream.Ledger, e *event.Event) event.About {
		about, _ := l.About(event.Stream{Kind: event.Subject, ID: e.Data.(*SecretNoted).Subject})
		return about
	},
	Entails: func(l stream.Ledger, e *event.Event) []event.Consequence {
		if _, closes := e.Data.(*SecretClosed); !closes {
			return nil
		}
		return []event.Consequence{{Name: "deviation-flagged", Stream: event.Stream{Kind: "secret", ID: e.Stream.ID + "-closed"},
			Data: &oversight.DeviationFlagged{Code: string(law.HappenedLongAgo), Rule: law.R10.String(), Event: e.ID.String(),
				Values: law.Collect(law.At("happened_at", e.Occurred), law.At("reported_at", e.Occurred))}}}
	},
}, stream.Rules[*secretState]{},
	stream.First((*SecretNoted).Judge, event.Type{Name: "secret-noted", Version: 1, Chinese: "密件登记", Doc: "Something was noted.",
		Rules: []law.Rule{law.R10}, Append: commission}),
	stream.Then((*SecretClosed).Judge, event.Type{Name: "secret-closed", Version: 1, Chinese: "密件办结", Doc: "It was closed.",
		Rules: []law.Rule{law.R10}, Append: commission}),
)

var commission = []event.Role{event.RoleDisciplineCommission}

type judgement = stream.Judgement[*secretState, stream.Ledger]

type secretState struct{ closed bool }

func (s *secretState) Clone() *secretState { c := *s; return &c }

// SecretNoted begins a stream.
type SecretNoted struct {
	Subject string `json:"subject" is:"id" zh:"对象" doc:"of whom something is known"`
}

// SecretClosed ends it.
type SecretClosed struct{}

// Judge: of a subject that is known. The ledger says something of each.
func (d *SecretNoted) Judge(j *judgement) *event.Refusal {
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.Subject}); !known {
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", d.Subject))
	}
	j.Flag(event.Flagged(law.R10, law.HappenedLongAgo, law.At("happened_at", j.Event.Occurred), law.At("reported_at", j.Event.Occurred)))
	return nil
}

// Fold implements [stream.Folder].
func (d *SecretNoted) Fold(*secretState, *event.Event) {}

// Judge: once.
func (d *SecretClosed) Judge(j *judgement) *event.Refusal {
	if j.State.closed {
		return event.Refuse(law.Pillar14, law.IDTaken, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

// Fold implements [stream.Folder].
func (d *SecretClosed) Fold(s *secretState, _ *event.Event) { s.closed = true }

// secret adds a command of the commission, or one by which somebody else looks whether such a stream exists.
func (p *Plan) secret() {
	stream := fmt.Sprint("secret/x", p.rng.IntN(3))
	own := func(c *Command) {
		c.Who, c.Actor = "commission", event.Actor{Role: event.RoleDisciplineCommission, Person: "pc"}
	}
	explain := &oversight.DeviationExplained{Deviation: uuid.UUID{15: byte(p.rng.IntN(40))}.String(), Explanation: "说明"}
	switch p.rng.IntN(6) {
	case 0, 1:
		p.add("office", stream, "secret-noted", &SecretNoted{Subject: p.pick(Subjects...)}, own)
	case 2:
		p.add("office", stream, "secret-closed", &SecretClosed{}, own)
	case 3:
		p.add("office", stream, "deviation-explained", explain, own)
	case 4:
		p.add(p.pick("office", "T1", "T2"), stream, "deviation-explained", explain, func(c *Command) {
			if p.rng.IntN(2) == 0 {
				c.Expected = int64(p.rng.IntN(3)) - 1
			}
			if of := p.earlier("secret-noted"); of != nil { // its flag is the first thing that follows from it
				explain.Deviation = following(of.ID, 0).String()
			}
		})
	case 5:
		if of := p.earlier("secret-noted"); of != nil {
			ref := of.ref()
			p.add(p.pick("office", "T1", "T2"), of.Stream.String(), oversight.Approval,
				&oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256})
		}
	}
}

// listed reports whether the ledgers of a test have secrets.
func listed() bool { return kinds.Of(Secret.Name) != nil }
