package entry

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

type inner struct {
	N *int   `json:"n,omitzero" is:"people" zh:"数" doc:"n"`
	M int    `json:"m" is:"people" zh:"数" doc:"m"`
	S string `json:"s" is:"text(1000)" zh:"文" doc:"s"`
}

type outer struct {
	A    bool              `json:"a" zh:"是否" doc:"a"`
	List []inner           `json:"list" many:"0…9" zh:"表" doc:"list"`
	One  *inner            `json:"one,omitempty" zh:"一" doc:"one"`
	Map  map[string]string `json:"map,omitempty" key:"text(9)" is:"text(90)" many:"0…9" zh:"图" doc:"map"`
	At   time.Time         `json:"at" is:"time" zh:"时" doc:"at"`
}

func TestEveryMemberThatIsWrittenAlwaysIsThere(t *testing.T) {
	typ := &event.Type{Name: "t", New: func() event.Data { return new(outer) }}
	for data, want := range map[string]string{
		`{"a":false,"list":[],"at":"x"}`:                                                 "",
		` : {"at":"x", "list" : [ {"s":"","m":0} ,{"m":0,"s":"{\"m\":1"}],"a":true}`:     "",
		`{"a":true,"list":[],"at":"x","map":{"list":"","x":"\\"},"one":{"m":1,"s":"}"}}`: "",
		`{"\u0061":true,"l\u0069st":[],"at":"x"}`:                                        "",
		`{}`:                            "a: required: absence is never a statement\nlist: required",
		`{"a":true,"at":"x"}`:           "list: required",
		`{"a":null,"list":[],"at":"x"}`: "a: null",
		`{"a":true,"list":[{"m":1,"s":""},{"m":1}],"at":"x"}`:             "list.1.s: required",
		`{"a":true,"list":[{"m":-0,"s":""}],"at":"x"}`:                    "list.0.m: -0",
		`{"a":true,"list":[null],"at":"x"}`:                               "list.0: null",
		`{"a":true,"list":[],"at":"x","one":{"n":1}}`:                     "one.m: required: absence is never a statement\none.s: required",
		`{"a":true,"list":[],"at":"x","map":{"k":null}}`:                  "map.k: null",
		`{"a":true,"list":[],"at":"x","one":{"m":1,"s":"null","n":null}}`: "one.n: null",
	} {
		switch err := checkMembers(formOf(typ).shape, []byte(data)); {
		case want == "" && err != nil || want != "" && err == nil:
			t.Errorf("%s: %v, want %q", data, err, want)
		case err != nil && !strings.HasPrefix(err.Error(), want):
			t.Errorf("%s: %v, want %q", data, err, want)
		}
	}
}

func TestCheckingMembersAllocatesNothing(t *testing.T) {
	typ := &event.Type{Name: "t", New: func() event.Data { return new(outer) }}
	data := []byte(`{"a":true,"list":[{"s":"","m":0}],"at":"2026-01-01T00:00:00Z","map":{"a key":"v"},"one":{"m":1,"s":"安全"}}`)
	if n := testing.AllocsPerRun(100, func() {
		if err := checkMembers(formOf(typ).shape, data); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCheckMembers(b *testing.B) {
	typ := &event.Type{Name: "t", New: func() event.Data { return new(outer) }}
	data := []byte(`{"a":true,"list":[{"s":"疏散通道堆放杂物，影响人员疏散","m":1234}],"at":"2026-01-01T00:00:00Z","map":{"sha":"` +
		strings.Repeat("0a", 32) + `"},"one":{"m":1,"s":"` + strings.Repeat("安全生产", 30) + `"}}`)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if checkMembers(formOf(typ).shape, data) != nil {
			b.Fatal()
		}
	}
}

// FuzzCheckMembers: whatever bytes it is given, it ends.
func FuzzCheckMembers(f *testing.F) {
	typ := &event.Type{Name: "t", New: func() event.Data { return new(outer) }}
	f.Add([]byte(`{"a":true,"list":[{"s":"","m":0}],"at":"x","map":{"k":"v"}}`))
	f.Add([]byte(`{"a":[`))
	f.Add([]byte(`{"a":true,"b":`))
	f.Fuzz(func(t *testing.T, b []byte) { _ = checkMembers(formOf(typ).shape, b) })
}
