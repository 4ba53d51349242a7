package devicekey

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Of an entry that cannot be read the key is known and the sequence number is not: it is no
// second event with the number 0.
func TestAnEntryThatCannotBeReadIsNoSecondRegistration(t *testing.T) {
	s, err := NewSigner("anjian.example/ledger/0a1b2c3d", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p1 := event.Stream{Kind: event.Person, ID: "p1"}
	var r Ring
	r.Apply([]*event.Event{
		{Index: 5, Stream: p1, Signed: true, Link: s.Next(), Data: s.Registration("phone"), Bytes: []byte("{}")},
		{Index: 6, Stream: p1, Signed: true, Link: event.Link{Key: s.Key.ID}, Data: &event.Unreadable{Reason: "malformed"}, Bytes: []byte("{ }")},
	})
	if l, ok := r.Links(s.Key.ID); !ok || !l.OK() || l.Events != 1 {
		t.Errorf("%+v", l)
	}
}
