package event_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// strict is what ParseTime takes beyond package time's reading of RFC 3339.
var strict = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func TestTimeIsAsPackageTimeHasIt(t *testing.T) {
	digits := func(n, low, high int, t *rapid.T) string { // mostly within
		if rapid.IntRange(0, 9).Draw(t, "beyond") == 0 {
			low, high = 0, 999_999_999
		}
		s := fmt.Sprintf("%09d", rapid.IntRange(low, high).Draw(t, "number"))
		return s[len(s)-n:]
	}
	rapid.Check(t, func(t *rapid.T) {
		s := digits(4, 1890, 2100, t) + "-" + digits(2, 1, 12, t) + "-" + digits(2, 1, 31, t) +
			rapid.SampledFrom([]string{"T", "t"}).Draw(t, "T") +
			digits(2, 0, 23, t) + ":" + digits(2, 0, 59, t) + ":" + digits(2, 0, 59, t)
		if n := rapid.IntRange(-3, 10).Draw(t, "fraction"); n >= 0 {
			s += "." + strings.Repeat(digits(1, 0, 9, t), n)
		}
		s += rapid.SampledFrom([]string{"Z", "z", "", "+08:00", "-08:00", "+00:00", "-00:00", "+23:59", "-23:59", "+24:00", "+05:60",
			"+8:00"}).Draw(t, "offset")
		if rapid.IntRange(0, 9).Draw(t, "flip") == 0 {
			b := []byte(s)
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0:9-+TtZz. /")).Draw(t, "byte")
			s = string(b)
		}
		want, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
		year := want.UTC().Year()
		right := err == nil && strict.MatchString(s) && !strings.HasSuffix(s, "-00:00") && year >= event.MinYear && year <= event.MaxYear
		got, err := event.ParseTime(s)
		if (err == nil) != right {
			t.Fatalf("%q: %v, package time %v", s, err, want)
		}
		_, east := got.Zone()
		if _, wantEast := want.Zone(); right && (!got.Equal(want) || east != wantEast) {
			t.Fatalf("%q is %v, package time says %v", s, got, want)
		}
		if again, err := event.ParseTime([]byte(s)); (err == nil) != right || !again.Equal(got) {
			t.Fatalf("%q as bytes is %v, %v; as a string %v", s, again, err, got)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	for name, s := range map[string]string{"zulu": "2026-11-26T04:59:33.123456789Z", "beijing": "2026-11-26T12:59:33+08:00"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := event.ParseTime(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
