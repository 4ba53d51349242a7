package entry

import "github.com/anjian-ledger/anjian/domain/event"

// Quickly and Slowly are the two readers of events, each by itself: nil where it takes nothing.
func Quickly(b []byte, cat *event.Catalogue, likely event.Stream) *event.Event {
	e, _ := quickly(b, cat, likely)
	return e
}

func Slowly(b []byte, cat *event.Catalogue) *event.Event {
	e, _, _ := slowly(b, cat)
	return e
}
