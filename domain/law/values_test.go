package law

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSentencesAreWrittenAsAReaderExpects(t *testing.T) {
	at := time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)
	v := Collect(Int("stay_minutes", 4), Int("long_minutes", 90), Int("week_minutes", 10080), Int("due_days", 3), Int("one_days", 1),
		Int("late_hours", 72),
		Int("ahead_seconds", 301), Int("no_seconds", 0), Int("fine_fen", 2_000_000), Int("odd_fen", 123450), Int("loss_minor", 100_00),
		Str("currency", "USD"), At("begun_at", at),
		At("exact_at", at.Add(7*time.Second)), Str("due_on", "2019-12-02"), Str("role", "inspector"), List("items", []string{"E-1", "E-2"}),
		List("recipients", []string{"subject", "safety-office", "of-the-plan"}), Str("why", "revoked"), Int("count", 1234), Str("none", ""),
		Maybe("deaths", nil))
	for _, c := range []struct{ template, english, chinese string }{
		{"{stay_minutes}", "4 minutes", "4 分钟"},
		{"{long_minutes}", "1 hour 30 minutes", "1 小时 30 分钟"},
		{"{week_minutes}", "7 days", "7 天"},
		{"{due_days}", "3 days", "3 天"},
		{"{one_days}", "1 day", "1 天"},
		{"{late_hours}", "72 hours", "72 小时"},
		{"{ahead_seconds}", "5 minutes 1 second", "5 分钟 1 秒"},
		{"{no_seconds}", "0 seconds", "0 秒"},
		{"{fine_fen}", "20,000 yuan", "2 万元"},
		{"{odd_fen}", "1,234.50 yuan", "1,234.50 元"},
		{"{loss_minor}", "10,000 minor units of USD", "USD 10,000 最小单位"},
		{"{begun_at}", "2019-12-02 09:30 Beijing time", "北京时间 2019-12-02 09:30"},
		{"{exact_at}", "2019-12-02 09:30:07 Beijing time", "北京时间 2019-12-02 09:30:07"},
		{"{due_on}", "2019-12-02", "2019-12-02"},
		{"{role:role}", "inspector", "检查人员"},
		{"{role}", "inspector", "inspector"},
		{"{items}", "E-1, E-2", "E-1、E-2"},
		{"{recipients:recipient}", "the subject, the supervision office, of-the-plan", "检查对象、市安委办、of-the-plan"},
		{"{why:term}", "is revoked", "已撤销"},
		{"{count}", "1234", "1234"},
		{"{none}, {deaths}", "unknown, unknown", "未知, 未知"},
		{"a[, b {none}][, c {items} ]", "a, c E-1, E-2", "a, c E-1、E-2"},
		{"[x {deaths}]", "", ""},
		{"plain", "plain", "plain"},
	} {
		if got := InEnglish.render(c.template, v); got != c.english {
			t.Errorf("%s: %q, want %q", c.template, got, c.english)
		}
		if got := InChinese.render(c.template, v); got != c.chinese {
			t.Errorf("%s: %q, want %q", c.template, got, c.chinese)
		}
	}
}

func TestTermsAreChineseAndEnglish(t *testing.T) {
	for code, s := range terms {
		checkTexts(t, code, s.chinese, s.english)
	}
}

// TestTheSameValuesAreTheSameBytes, whoever gave them in whichever order, and read back they are
// the same values.
func TestTheSameValuesAreTheSameBytes(t *testing.T) {
	all := []Value{Int("n", int64(-3)), Str("s", "a\"<>&\n安"), List("l", []string{"x", "y"}), Str("gone", ""), At("t_at", time.Unix(0, 0)),
		At("never_at", time.Time{})}
	want := `{"l":["x","y"],"n":-3,"s":"a\"<>&\n安","t_at":"1970-01-01T00:00:00Z"}`
	first, err := Collect(all...).MarshalJSON()
	if err != nil || string(first) != want {
		t.Fatalf("%s, %v", first, err)
	}
	slices.Reverse(all)
	second, _ := Collect(all...).MarshalJSON()
	var read Values
	if err := json.Unmarshal([]byte(`{"t_at":"1970-01-01T00:00:00Z", "s":"a\"<>&\n安","n":-3,"l":["x","y"]}`), &read); err != nil {
		t.Fatal(err)
	}
	third, _ := read.MarshalJSON()
	if !bytes.Equal(first, second) || !bytes.Equal(first, third) {
		t.Errorf("%s\n%s\n%s", first, second, third)
	}
	var none Values
	if b, _ := none.MarshalJSON(); string(b) != "{}" {
		t.Errorf("no values are %s", b)
	}
}

func TestOnlyValuesAreRead(t *testing.T) {
	for _, s := range []string{`null`, `[]`, `"x"`, `{"a":null}`, `{"a":true}`, `{"a":1.5}`, `{"a":1e3}`, `{"a":9223372036854775808}`,
		`{"a":{}}`, `{"a":[1]}`, `{"a":[["x"]]}`, `{"a":[null]}`} {
		var v Values
		if err := json.Unmarshal([]byte(s), &v); err == nil && s != "null" { // of null no method is asked
			t.Errorf("%s is read as %v", s, v)
		}
	}
}

// What encoding/json reads and writes of a value is what this package does, and nothing panics.
func FuzzValues(f *testing.F) {
	for _, s := range []string{`{"a":"x","b":1,"c":["y","\u5b89\n"]}`, `{}`, `{"a":-5}`, `{"a":[]}`, `{"a":"\"\\"}`, `{"a`, `{"a":[`,
		`{"a":"\`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v Values
		if !json.Valid(b) || !utf8.Valid(b) {
			_ = v.UnmarshalJSON(b)
			return
		}
		if v.UnmarshalJSON(b) != nil {
			return
		}
		out, err := v.MarshalJSON()
		var again Values
		var want, have map[string]any
		if err != nil || json.Unmarshal(out, &have) != nil || json.Unmarshal(b, &want) != nil {
			t.Fatalf("%q is written %q: %v", b, out, err)
		}
		if len(v) == len(want) && !reflect.DeepEqual(have, want) { // a name given twice is the decoder's to refuse
			t.Fatalf("%q is written %q", b, out)
		}
		if err := json.Unmarshal(out, &again); err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("%v is read again as %v: %v", v, again, err)
		}
	})
}

func BenchmarkValues(b *testing.B) {
	v := Collect(Str("kind", "enterprise"), Int("stay_minutes", 4), Int("least_minutes", 20), List("findings", []string{"F-1", "F-2"}))
	raw, _ := v.MarshalJSON()
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = v.MarshalJSON()
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var got Values
			_ = got.UnmarshalJSON(raw)
		}
	})
}

func TestWhatIsQuotedIsCut(t *testing.T) {
	long := strings.Repeat("安", 2000)
	many := make([]string, 100)
	for i := range many {
		many[i] = long
	}
	v := Collect(Str("s", long), List("l", many), Str("e", strings.Repeat("安", MaxText)), List("f", make([]string, MaxList)))
	runes := func(s any) int { return len([]rune(s.(string))) }
	l := v.Get("l").Any().([]string)
	if s := v.Get("s").Any(); runes(s) != MaxText || !strings.HasSuffix(s.(string), "安…") || len(l) != MaxList || l[MaxList-1] != "…" ||
		runes(l[0]) != MaxItem {
		t.Errorf("%d %d %d", runes(s), len(l), runes(l[0]))
	}
	if e := v.Get("e").Any(); runes(e) != MaxText || strings.HasSuffix(e.(string), "…") || len(v.Get("f").Any().([]string)) != MaxList {
		t.Error("what fits is cut")
	}
}
