package entry

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// The reading and writing of recorded times against package time.
func TestRecordedIsAsPackageTimeHasIt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at := time.Unix(r.Int64N(253_402_300_800+62_167_219_200)-62_167_219_200, r.Int64N(1e9)).UTC()
		want := at.Format(RecordedLayout)
		if got := string(AppendRecorded(nil, at)); got != want {
			t.Fatalf("%v is written %s, want %s", at, got, want)
		}
		if got, ok := parseRecorded([]byte(want + `","`)); !ok || !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
			t.Fatalf("%s is read as %v, %v", want, got, ok)
		}
		// One byte changed: read exactly when package time reads it and writes the same again.
		b := []byte(want)
		b[r.IntN(len(b))] = "0123456789-:.TZ, "[r.IntN(17)]
		p, err := time.Parse(RecordedLayout, string(b))
		readable := err == nil && p.Format(RecordedLayout) == string(b)
		if got, ok := parseRecorded(b); ok != readable || ok && !got.Equal(p) {
			t.Fatalf("%s: read %v, want %v", b, ok, readable)
		}
	}
	for _, s := range []string{"", "2019-12-02", "2019-02-29T00:00:00.000000Z", "2019-04-31T00:00:00.000000Z", "2019-12-02T24:00:00.000000Z",
		"2019-12-02T01:30:60.000000Z", "2019-00-02T01:30:00.000000Z", "2019-12-00T01:30:00.000000Z", "2019-12-02T01:30:00,000000Z"} {
		if _, ok := parseRecorded([]byte(s)); ok {
			t.Errorf("%q is read", s)
		}
	}
}

// Reading one entry after another into the same memory gives what reading each alone gives.
func TestReadKeepsNothingOfTheEntryBefore(t *testing.T) {
	at := time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)
	stream := event.Stream{Kind: event.Inspection, ID: "t1.a"}
	entries := []Entry{
		{Recorded: at, Stream: stream, Actor: event.Actor{Role: event.RoleInspector, Person: "p", Team: "t1", Token: 3}, Assurance: event.Token,
			Event: []byte(`{"a":1}`),
			About: event.About{Campaign: "c", Subject: "s", Team: "t1", County: "610902", Sectors: []string{"CHEM", "MINE"}}},
		{Index: 1, Recorded: at, Stream: stream, Actor: event.Actor{Role: event.RoleInspector, Token: 3}, Assurance: event.Signed,
			Signature: make([]byte, 64), Event: []byte(`{"a":2}`),
			About: event.About{Sectors: []string{"CHEM"}}},
		{Index: 2, Recorded: at, Stream: stream, Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived, Event: []byte(`{}`)},
		{Index: 3, Recorded: at, Stream: stream, Actor: event.Actor{Role: event.RoleCountyGovernment, County: "610902", Unit: "u", Token: 4},
			Assurance: event.Token, Event: []byte(`{}`),
			About: event.About{Subject: "s", Sectors: []string{"CHEM", "MINE", "POWER"}}},
		{Index: 4, Recorded: at, Stream: stream, Actor: event.Actor{Role: event.RoleCountyGovernment, County: "610902", Unit: "u", Token: 4},
			Assurance: event.Token, Event: []byte(`{}`),
			About: event.About{Team: "t", Sectors: []string{"CHEM", "MINE", "WORK"}}},
	}
	for _, first := range entries {
		for _, second := range entries {
			var e Entry
			if err := e.Read(Append(nil, &first)); err != nil {
				t.Fatal(err)
			}
			kept, sectors := e, slices.Clone(e.About.Sectors)
			line := Append(nil, &second)
			for _, wrong := range []string{`"inspection/t1.a"`, `"CHEM"`, `"t1"`, `"s"`} { // refused, and forgotten
				other := e
				spoilt := bytes.Replace(line, []byte(wrong), []byte(strings.Replace(wrong, wrong[:2], wrong[:2]+" ", 1)), 1)
				if bytes.Equal(spoilt, line) {
					continue
				}
				for range 2 {
					if err := other.Read(spoilt); !errors.Is(err, ErrNotCanonical) {
						t.Errorf("%s is read: %v", spoilt, err)
					}
				}
			}
			want, err := Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Read(line); err != nil || !reflect.DeepEqual(e, want) || !reflect.DeepEqual(e, second) {
				t.Errorf("%d after %d: %v, %+v, want %+v", second.Index, first.Index, err, e, want)
			}
			if !slices.Equal(kept.About.Sectors, sectors) {
				t.Errorf("%d after %d: the sectors of the first became %v", second.Index, first.Index, kept.About.Sectors)
			}
		}
	}
}
