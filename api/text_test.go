package api

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

func TestATextIsQuotedAsTheEncoderDoes(t *testing.T) {
	parts := rapid.OneOf(
		rapid.SampledFrom([]string{`"`, `\`, "\n", "\t", "\x00", "\x7f", "安鉴", "\u2028", "\xff", "\xe5\xae", "<&>", `{"v":1,`}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(parts).Draw(t, "parts"), "")
		want, _ := jsontext.AppendQuote([]byte("before"), s)
		if got := appendText([]byte("before"), []byte(s)); string(got) != string(want) {
			t.Fatalf("%q becomes %s, not %s", s, got, want)
		}
	})
}

func BenchmarkAppendText(b *testing.B) {
	line := `{"v":1,"index":123456,"recorded":"2026-12-02T01:30:00.123456Z",` +
		`"stream":"inspection/team-1.0198f3c2-7a10-7000-8000-000000000001","revision":17,` +
		`"about":{"subject":"s-1","team":"team-1","county":"610902","sectors":["MINE"]},"actor":{"person":"p-1","role":"inspector",` +
		`"team":"team-1","token":1234},` +
		`"assurance":"token","event":{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000002","source":"urn:anjian:bench",` +
		`"type":"anjian.check-answered.v1",` +
		`"subject":"inspection/team-1.0198f3c2-7a10-7000-8000-000000000001","time":"2026-12-02T09:30:00+08:00","data":{"item":"E-7",` +
		`"section":"production",` +
		`"answer":"yes","note":"` + strings.Repeat("疏散通道堆放杂物，影响人员疏散。", 9) + "\"}}}\n"
	text := []byte(line + "c2sp.org/tlog-proof@v1\nindex 123456\n" + strings.Repeat("TI7/kWtTfvsWYTxfBiUnW0Ko+l4d1OE4kOwZdgGWsDM=\n", 20))
	buf := make([]byte, 0, 2*len(text))
	for name, quote := range map[string]func(dst, s []byte) []byte{"appendText": appendText, "AppendQuote": appendString[[]byte]} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				buf = quote(buf[:0], text)
			}
		})
	}
}
