package entry_test

import (
	"bytes"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// frozen returns the frozen events of all types, each on one line, by type.
func frozen(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../test/testdata/golden/*.json")
	if err != nil || len(paths) < 100 {
		t.Fatalf("%d golden files: %v", len(paths), err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		g, err := eventtest.ReadGolden(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(g.Name, ".json")] = g.Event
	}
	return all
}

// agree fails unless what the quick reader takes is what the slow one reads.
func agree(t *testing.T, raw []byte) (taken bool) {
	t.Helper()
	e := entry.Quickly(raw, catalogue, event.Stream{})
	if e == nil {
		return false
	}
	want := entry.Slowly(raw, catalogue)
	for _, likely := range []event.Stream{{}, e.Stream, {Kind: e.Stream.Kind, ID: "other"}, {Kind: "none", ID: e.Stream.ID}} {
		if e := entry.Quickly(raw, catalogue, likely); !reflect.DeepEqual(e, want) {
			t.Fatalf("%q, likely of %s\nis quickly %+v\n    slowly %+v", raw, likely, e, want)
		}
	}
	return true
}

// TestTheQuickReaderReadsWhatTheSlowOneReads takes the frozen events of all types, and each with every byte changed or left out in
// turn.
func TestTheQuickReaderReadsWhatTheSlowOneReads(t *testing.T) {
	all, left := frozen(t), []string(nil)
	for name, raw := range all {
		if !agree(t, raw) {
			left = append(left, name)
			continue
		}
		step := 1
		if testing.Short() {
			step = 7
		}
		others := []byte("\"\\\x01\xff0-.,:{}[]e nt9\x7f\xe5")
		for i := 0; i < len(raw); i += step {
			for n := range 3 {
				changed := bytes.Clone(raw)
				changed[i] = others[(i*3+n)%len(others)]
				agree(t, changed)
			}
			agree(t, slices.Delete(bytes.Clone(raw), i, i+1))
			agree(t, slices.Insert(bytes.Clone(raw), i, others[i%len(others)]))
		}
	}
	if len(left) > len(all)/20 {
		t.Errorf("the quick reader leaves most to the slow one: %s", left)
	}
}

// TestAStreamIsOneOfAListedKind: that an entry says the same does not make it one.
func TestAStreamIsOneOfAListedKind(t *testing.T) {
	tried := 0
	for name, raw := range frozen(t) {
		e := entry.Quickly(raw, catalogue, event.Stream{})
		if e == nil || e.Type.Kind != "" { // which says of which kind its streams are
			continue
		}
		tried++
		raw = bytes.Replace(raw, []byte(`"subject":"`+e.Stream.String()), []byte(`"subject":"nonsense/s`), 1)
		if e := entry.Quickly(raw, catalogue, event.Stream{Kind: "nonsense", ID: "s"}); e != nil {
			t.Errorf("%s is read as of %s", name, e.Stream)
		}
	}
	if tried == 0 {
		t.Error("no type is of streams of several kinds")
	}
}

func TestTheQuickReaderTakesWhatIsPlain(t *testing.T) {
	for _, raw := range []string{
		minimal,
		strings.ReplaceAll(strings.ReplaceAll(minimal, ":{", " : { "), `","`, "\" ,\t\""),
		with(`"normal"`, `"normal","note":"安全生产，𠮷"`),
		with(`"data"`, `"campaign":"c","expectedrevision":-1,"timeprecision":"day","originid":"行 1","data"`),
		with(`"urn:t"`, `"`+entry.KeySource(strings.Repeat("A", 43))+`","ledger":"x/00000000","keyseq":0`),
	} {
		if !agree(t, []byte(raw)) {
			t.Errorf("not taken: %s", raw)
		}
	}
	for _, raw := range []string{
		with(`"normal"`, `"n\u006frmal"`),
		with(`"normal"`, `null`),
		with(`"normal"`, `"normal","production":"normal"`),
		with(`"normal"`, "\"normal\",\"note\":\"\xff\""),
		with(`"normal"`, "\"normal\",\"note\":\"\xed\xa0\x80\""),
		with(`"normal"`, "\"normal\",\"note\":\"12345678\x1f\""),
		with(`"subject":`, `"subject":"subject/s","subject":`),
		with(`{"production":"normal"}`, `{}`),
		minimal + " ",
	} {
		if agree(t, []byte(raw)) {
			t.Errorf("taken: %q", raw)
		}
	}
}

func FuzzTheQuickReader(f *testing.F) {
	f.Add([]byte(minimal))
	for _, raw := range frozen(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { agree(t, raw) })
}

// BenchmarkQuickly and BenchmarkSlowly read one usual event, without the check of its values.
func BenchmarkQuickly(b *testing.B) {
	raw := frozen(b)["check-answered.v1"]
	b.ReportAllocs()
	for b.Loop() {
		if entry.Quickly(raw, catalogue, event.Stream{}) == nil {
			b.Fatal()
		}
	}
}

func BenchmarkSlowly(b *testing.B) {
	raw := frozen(b)["check-answered.v1"]
	b.ReportAllocs()
	for b.Loop() {
		if entry.Slowly(raw, catalogue) == nil {
			b.Fatal()
		}
	}
}
