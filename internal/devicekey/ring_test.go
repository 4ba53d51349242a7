package devicekey

import (
	"reflect"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
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

// What a stolen key signed since it was stolen is in doubt by when it was recorded: whatever time it
// states, before and after the revocation, readable or not.
func TestACompromisedKeyPutsInDoubtWhatWasRecordedSince(t *testing.T) {
	s, err := NewSigner("anjian.example/ledger/0a1b2c3d", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	stolen := time.Date(2019, 12, 2, 9, 0, 0, 5e8, time.UTC)
	p1 := event.Stream{Kind: event.Person, ID: "p1"}
	var index uint64
	signed := func(d event.Data, recorded time.Time) *event.Event {
		e := &event.Event{Index: index, Stream: p1, Signed: true, Link: s.Next(), Data: d, Recorded: recorded, Occurred: stolen.Add(-time.Hour),
			Bytes: []byte{byte(index)}}
		if _, err := s.Seal(e.Bytes); err != nil {
			t.Fatal(err)
		}
		index++
		return e
	}
	registration := signed(s.Registration("phone"), stolen.Add(-time.Hour))
	before := signed(&person.Trained{}, stolen.Add(-time.Second))
	since := signed(&person.Trained{}, stolen)
	revoked := func(since time.Time) *event.Event {
		return &event.Event{Index: 9, Stream: p1, Data: &person.KeyRevoked{Key: s.Key.ID, Reason: "stolen", CompromisedSince: since}}
	}
	later := signed(&person.Trained{}, stolen.Add(time.Hour))
	malformed := &event.Event{Index: 11, Stream: p1, Signed: true, Recorded: stolen.Add(time.Hour), Link: event.Link{Key: s.Key.ID},
		Data: &event.Unreadable{}}
	var r, never Ring
	r.Apply([]*event.Event{registration, before, since, revoked(stolen), later, malformed})
	if l, _ := r.Links(s.Key.ID); l.OK() || !reflect.DeepEqual(l.InDoubt, []uint64{2, 3, 11}) || l.Count != 3 || !l.Since.Equal(stolen) {
		t.Errorf("%+v", l)
	}
	never.Apply([]*event.Event{registration, before, since, revoked(time.Time{}), later})
	if l, _ := never.Links(s.Key.ID); !l.OK() || l.Since != nil || l.InDoubt != nil {
		t.Errorf("%+v", l)
	}
}
