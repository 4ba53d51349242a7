package entry

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Check reports whether e can be encoded: whether [Entry.Read] reads what [Append] writes of it. Its length is not looked at.
func (e *Entry) Check() error {
	if err := e.CheckIDs(); err != nil {
		return err
	}
	if y := e.Recorded.Year(); y < 0 || y > 9999 {
		return fmt.Errorf("recorded: year %d", y)
	}
	return e.checkForm()
}

// Quickly and Slowly are the two readers of events, each by itself: nil where it takes nothing.
func Quickly(b []byte, cat *event.Catalogue, likely event.Stream) *event.Event {
	e, _ := quickly(b, cat, likely)
	return e
}

func Slowly(b []byte, cat *event.Catalogue) *event.Event {
	e, _, _ := slowly(b, cat)
	return e
}
