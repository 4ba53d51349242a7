package kurrentdb

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// drawEntry draws an entry with anything that may be in it, as short or long as allowed.
func drawEntry(t *rapid.T, index uint64) []byte {
	id := func(label string, optional bool) string {
		if optional && rapid.Bool().Draw(t, label+" empty") {
			return ""
		}
		return rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, label)
	}
	kind := rapid.SampledFrom([]event.Kind{event.Inspection, event.Team, event.Campaign}).Draw(t, "kind")
	stream := event.Stream{Kind: kind, ID: id("stream", false)}
	causation := ""
	if rapid.Bool().Draw(t, "caused") {
		causation = fmt.Sprintf(`"causationid":"%s",`, rapid.StringMatching(`([a-z-]|\\"|\\n|安){0,80}`).Draw(t, "causation"))
	}
	members := []string{
		`"specversion":"1.0"`, fmt.Sprintf(`"id":"%s"`, uuid.NewSHA1(uuid.Nil, fmt.Append(nil, index))), `"source":"s"`,
		fmt.Sprintf(`"type":"%s"`, rapid.StringMatching(`[a-z][a-z.-]{0,63}`).Draw(t, "type")),
		fmt.Sprintf(`"subject":"%s"`, stream), `"time":"2019-12-02T01:30:00Z"`, causation + `"data":{}`,
	}
	members = rapid.Permutation(members).Draw(t, "order")
	e := entry.Entry{
		Index: index, Recorded: time.Unix(1575250200, 0).UTC(), Stream: stream, Revision: rapid.Uint64().Draw(t, "revision"),
		About: event.About{Campaign: id("campaign", true), Subject: id("subject", true), Team: id("team", true), County: id("county", true)},
		Actor: event.Actor{Person: id("person", true), Role: event.Role(id("role", false)),
			Token: rapid.Uint64Range(1, 1<<40).Draw(t, "token")},
		Assurance: event.Token, Event: []byte("{" + strings.Join(members, ",") + "}"),
	}
	return entry.Append(nil, &e)
}

// Whatever engine a ledger was born in, a KurrentDB with default settings takes it.
func TestTheLargestBlockOfALedgerFitsAServerAsItComes(t *testing.T) {
	if most := maxBlock(DefaultMaxAppend); ledger.MaxBlockBytes > most {
		t.Errorf("a ledger makes blocks of %d bytes, a server with default settings takes %d", ledger.MaxBlockBytes, most)
	}
}

// MaxBlock promises that whatever entries a block has, its append fits.
func TestABlockWithinItsLimitAlwaysFitsTheAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		var ends []int
		first := rapid.Uint64Range(0, 1<<40).Draw(t, "first")
		for i := range rapid.Uint64Range(1, 4).Draw(t, "entries") {
			text = append(append(text, drawEntry(t, first+i)...), '\n')
			ends = append(ends, len(text))
		}
		b := block.Seal(block.Header{Number: 7, First: first, Recorded: time.Unix(1575250200, 0)}, text, ends, []byte("a\n"))
		if maxBlock(2*len(b.Bytes)+cost("", closingType, "")) != len(b.Bytes) {
			t.Fatal("the append is not the least for which the block is within its limit")
		}
		events, err := encode(b, 2*len(b.Bytes)+cost("", closingType, ""))
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range events[:len(events)-1] {
			var meta struct {
				Correlation string `json:"$correlationId"`
				Causation   string `json:"$causationId"`
				Index       uint64 `json:"index"`
			}
			f, err := parseFact(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(e.Metadata, &meta); err != nil || meta.Index != first+uint64(i) ||
				meta.Correlation != strings.Replace(f.entry.Stream.String(), "/", "-", 1) || meta.Causation != f.causation {
				t.Errorf("metadata %s of %s: %v", e.Metadata, e.Data, err)
			}
		}
	})
}

// A copy keeps what no release ever accepted, too: under a type of ours and an id of its bytes.
func TestEventsThatKurrentDBCouldNotTellApartGetATypeOfOurs(t *testing.T) {
	for name, text := range map[string]string{
		"no type":        `{"id":"0198f3c2-0000-7000-8000-000000000001"}`,
		"no id":          `{"type":"a"}`,
		"bad id":         `{"id":"1","type":"a"}`,
		"system type":    `{"id":"0198f3c2-0000-7000-8000-000000000001","type":"$metadata"}`,
		"closing type":   `{"id":"0198f3c2-0000-7000-8000-000000000001","type":"anjian-block"}`,
		"long type":      `{"id":"0198f3c2-0000-7000-8000-000000000001","type":"` + strings.Repeat("a", 65) + `"}`,
		"type no string": `{"id":"0198f3c2-0000-7000-8000-000000000001","type":1}`,
		"more":           `{"id":"0198f3c2-0000-7000-8000-000000000001","type":"a"}{}`,
		"no JSON":        `{"id"}`,
	} {
		e := entry.Entry{
			Recorded: time.Unix(1575250200, 0).UTC(), Stream: event.Stream{Kind: event.Team, ID: "1"},
			Actor: event.Actor{Role: event.RoleInspector, Token: 1}, Assurance: event.Token, Event: []byte(text),
		}
		line := entry.Append(nil, &e)
		f, err := parseFact(line)
		again, _ := parseFact(line)
		if err != nil || f.eventType != malformedType || f.id == uuid.Nil || f.id != again.id {
			t.Errorf("%s: read as %+v, %v", name, f, err)
		}
	}
}

func TestTheIndexNeverNamesAPointBeyondTheBlockAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		for range rapid.IntRange(0, 50).Draw(t, "points") {
			n := rapid.Uint64Range(1, 20_000).Draw(t, "number")
			if p := (point{n, 2 * n}); rapid.Bool().Draw(t, "read") {
				x.next = p
			} else {
				x.add(p)
			}
		}
		number := rapid.Uint64Range(1, 20_000).Draw(t, "asked")
		lo, hi := x.around(number, point{20_001, 40_002})
		if lo.number > number || hi.number <= number || lo.number > 1 && lo.revision != 2*lo.number || hi.revision != 2*hi.number {
			t.Errorf("block %d is looked for between %v and %v", number, lo, hi)
		}
		for i := 1; i < len(x.points); i++ {
			if x.points[i].number-x.points[i-1].number < indexStride {
				t.Errorf("points %v and %v are nearer than %d", x.points[i-1], x.points[i], indexStride)
			}
		}
	})
}
