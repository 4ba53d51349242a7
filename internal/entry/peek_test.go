package entry_test

import (
	"bytes"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/entry"
)

func TestPeekIsStrictAboutTheID(t *testing.T) {
	const id = "0198f3c2-0000-7000-8000-00000000000a"
	for _, good := range []string{
		`{"id":"` + id + `"}`, `{ "a" : [1,{"id":"x"},"}\"]"] , "id" : "` + id + `" , "b\\":"\\"}`,
		`{"\u0069d":"` + id + `"}`, `{"id":"\u0030198f3c2-0000-7000-8000-00000000000a"}`,
	} {
		if got, err := entry.Peek([]byte(good)); err != nil || got.ID.String() != id {
			t.Errorf("%s: %v %v", good, got, err)
		}
	}
	for _, bad := range []string{
		``, `{}`, `[]`, `{"id":1}`, `{"id":"` + strings.ToUpper(id) + `"}`, `{"id":"{` + id + `}"}`, `{"id":"` + id + `"`,
		`{"id":"` + id + `","id":"` + id + `"}`, `{"id":"` + id + `","\u0069d":"` + id + `"}`, `{"id":"` + id + `"}}`,
		`{"id":"` + id + `",}`, `{"x":,"id":"` + id + `"}`, `{"id":"` + id + `" "x":1}`, `{"x":"` + id + `\"}`,
	} {
		if got, err := entry.Peek([]byte(bad)); err == nil {
			t.Errorf("%s: accepted as %v", bad, got)
		}
	}
}

// Against the strict JSON parser that admitted the events in the first place.
func FuzzPeek(f *testing.F) {
	const id = "0198f3c2-0000-7000-8000-00000000000a"
	f.Add([]byte(`{"id":"` + id + `","data":{"a":[1,"\\\"}",{}]}}`))
	f.Add([]byte(`{"a":"\\","\u0069d":"` + id + `"}`))
	f.Fuzz(func(t *testing.T, ev []byte) {
		var members map[string]jsontext.Value
		if bytes.ContainsRune(ev, '\n') || jsonv2.Unmarshal(ev, &members) != nil || members == nil || ev[0] != '{' || ev[len(ev)-1] != '}' {
			_, _ = entry.Peek(ev) // must not panic
			return
		}
		var want string
		valid := jsonv2.Unmarshal(members["id"], &want) == nil
		if u, err := uuid.Parse(want); err != nil || u.String() != want {
			valid = false
		}
		got, err := entry.Peek(ev)
		if (err == nil) != valid || (valid && got.ID.String() != want) {
			t.Errorf("%s: got %v, %v; want %q, %v", ev, got, err, want, valid)
		}
	})
}
