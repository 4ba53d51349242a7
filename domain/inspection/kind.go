package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Kind declares the visits. They are judged in a frame of their own: each event has its place in the visit, and
// says whether it discloses it.
func Kind() stream.Kind {
	return stream.Kind{
		Name: event.Inspection, Chinese: "检查", Doc: "one visit to a subject; until it is disclosed, only office, commission and its team may " +
			"know of it (R39)",
		Access: stream.Matter(),
		Types:  Types(), Judges: Judges, Begins: begins, Lapses: Lapses, Problems: problems, Troubles: troubles,
		Obligations: obligationKinds(), Waits: true, // corrections, decisions not to punish and justifications do
		Extends: true, // the date of an order (R20)
	}
}

func begins(d event.Data) bool {
	switch d.(type) {
	case *Reserved, *Started:
		return true
	}
	return false
}
