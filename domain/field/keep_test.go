package field_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// rules is a body of more members than a byte has bits, whose texts are kept in each way.
type rules struct {
	Text  string          `json:"text" is:"text(300)" zh:"文" doc:"text"`
	Said  string          `json:"said,omitempty" is:"text(300)" correct:"freely" zh:"述" doc:"said"`
	Lines string          `json:"lines,omitempty" is:"lines(300)" zh:"行" doc:"lines"`
	Many  []string        `json:"many,omitempty" is:"lines(300)" many:"0…9" zh:"多" doc:"many"`
	SHA   string          `json:"sha" is:"sha256" zh:"散列" doc:"sha"`
	At    time.Time       `json:"at,omitzero" is:"time" zh:"时" doc:"at"`
	No    *bool           `json:"no,omitzero" zh:"否" doc:"no"`
	N     int             `json:"n" is:"people" zh:"数" doc:"n"`
	Part  part            `json:"part" zh:"份" doc:"part"`
	May   *part           `json:"may,omitzero" zh:"或" doc:"may"`
	Map   map[string]part `json:"map,omitempty" key:"id" many:"0…9" zh:"表" doc:"map"`
	Yes   bool            `json:"yes" zh:"是" doc:"yes"`
	Code  string          `json:"code" is:"code(section)" zh:"码" doc:"code"`
	From  event.Source    `json:"source,omitempty"`
}

// TestWhatIsKeptSaysTheSame: a body, and the one that is read from what is kept of it, are kept alike; every member that the rules may
// read tells two bodies apart, one that describes only as a whole, and the terms of a source never.
func TestWhatIsKeptSaysTheSame(t *testing.T) {
	no, n := false, int64(0)
	changes := []func(*rules){
		func(d *rules) { d.Text = "a" },
		func(d *rules) { d.Said = strings.Repeat("b", 300) },
		func(d *rules) { d.Lines = strings.Repeat("c", 300) },
		func(d *rules) { d.Many = []string{"d", "", "e"} },
		func(d *rules) { d.SHA = strings.Repeat("0f", 32) },
		func(d *rules) { d.SHA = "none" },
		func(d *rules) { d.At = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC) },
		func(d *rules) { d.No = &no },
		func(d *rules) { d.N = 7 },
		func(d *rules) { d.Part.N = &n },
		func(d *rules) { d.May = new(part) },
		func(d *rules) { d.Map = map[string]part{"x": {}, "y": {&n}} },
		func(d *rules) { d.Yes = true },
		func(d *rules) { d.Code = "production" },
		func(d *rules) { d.Code = "none" },
	}
	read := func(d *rules) []byte {
		kept := field.Keep(nil, d, field.Whole)
		var again rules
		field.Kept(kept, &again)
		if k := field.Keep(nil, &again, field.Whole); !bytes.Equal(k, kept) || !field.Same(d, &again, field.Essence) {
			t.Errorf("%+v is read as %+v", d, again)
		}
		return kept
	}
	whole := new(rules)
	all := [][]byte{read(whole)}
	for i, change := range changes {
		var d rules
		change(&d)
		kept := read(&d)
		if slices.ContainsFunc(all, func(k []byte) bool { return bytes.Equal(k, kept) }) {
			t.Errorf("change %d is not kept", i)
		}
		if same := field.Same(&d, new(rules), field.Essence); same != (d.Said != "") {
			t.Errorf("change %d leaves the essence: %v", i, same)
		}
		all = append(all, kept)
		change(whole)
	}
	read(whole)
	kept := field.Keep(nil, whole, field.Whole)
	for n := range kept {
		field.Kept(kept[:n], new(rules)) // what is cut short reads as zeros
	}
	whole.From = event.Source{"a": "b"}
	if !bytes.Equal(read(whole), kept) {
		t.Error("the terms of a source are kept")
	}
	whole.From, whole.Map = nil, nil
	if n := testing.AllocsPerRun(100, func() { kept = field.Keep(kept[:0], whole, field.Whole) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
