package block_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/internal/block"
)

const checkpoint = "anjian.example/ledger\n3\nAAAA\n\n— anjian.example/ledger c2ln\n"

var at = time.Date(2019, 12, 2, 1, 30, 0, 123456000, time.UTC)

// seal closes a block of the given lines.
func seal(h block.Header, checkpoint string, lines ...string) *block.Block {
	var text []byte
	var ends []int
	for _, line := range lines {
		text = append(append(text, line...), '\n')
		ends = append(ends, len(text))
	}
	return block.Seal(h, text, ends, []byte(checkpoint))
}

func usual() *block.Block {
	return seal(block.Header{Number: 7, First: 41, Recorded: at}, checkpoint, `{"index":41}`, `{"index":42}`)
}

// The form is permanent: blocks of today must be readable for good.
func TestABlockIsItsLinesAndOneClosingLine(t *testing.T) {
	without := `{"v":1,"block":7,"first":41,"size":43,"recorded":"2019-12-02T01:30:00.123456Z",` +
		`"checkpoint":"anjian.example/ledger\n3\nAAAA\n\n— anjian.example/ledger c2ln\n"}`
	sum := sha256.Sum256([]byte(without))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	id := fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	want := "{\"index\":41}\n{\"index\":42}\n" + strings.Replace(without, `,"first"`, `,"id":"`+id+`","first"`, 1) + "\n"
	b := usual()
	if string(b.Bytes) != want {
		t.Errorf("got  %s\nwant %s", b.Bytes, want)
	}
	if got := string(b.Closing()) + "\n"; !strings.HasSuffix(want, got) || !block.IsClosing(b.Closing()) || block.IsClosing(b.Entries[0]) {
		t.Errorf("closing line: %s", got)
	}
	if b.ID.String() != id || b.ID.Version() != 8 {
		t.Errorf("id %s of version %d, want %s", b.ID, b.ID.Version(), id)
	}
}

func TestParseReturnsWhatWasSealed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`\{"index":[0-9]{1,5}[a-z"\\ é安]{0,30}\}`)
		lines := rapid.SliceOfN(line, 1, 20).Draw(t, "lines")
		h := block.Header{
			Number: rapid.Uint64Range(1, 1<<40).Draw(t, "number"), First: rapid.Uint64Range(0, 1<<40).Draw(t, "first"),
			Recorded: at.Add(time.Duration(rapid.Int64Range(0, 1<<40).Draw(t, "µs")) * time.Microsecond),
		}
		sealed := seal(h, rapid.StringMatching(`[a-z/+.=— \n]{0,60}`).Draw(t, "checkpoint"), lines...)
		got, err := block.Parse(bytes.Clone(sealed.Bytes))
		if err != nil {
			t.Fatal(err)
		}
		if got.Number != h.Number || got.First != h.First || got.Size != h.First+uint64(len(lines)) || got.ID != sealed.ID ||
			!got.Recorded.Equal(h.Recorded) || !bytes.Equal(got.Checkpoint, sealed.Checkpoint) || !bytes.Equal(got.Bytes, sealed.Bytes) {
			t.Errorf("got %+v, want %+v", got, sealed)
		}
		for i, line := range lines {
			if string(got.Entries[i]) != line || string(sealed.Entries[i]) != line {
				t.Errorf("entry %d: %s, sealed %s, want %s", i, got.Entries[i], sealed.Entries[i], line)
			}
		}
	})
}

func TestTheIDFollowsFromEveryOtherMember(t *testing.T) {
	base := block.Header{Number: 7, First: 41, Recorded: at}
	same := seal(base, checkpoint, `{"index":41}`)
	ids := []string{same.ID.String()}
	for _, other := range []*block.Block{
		seal(block.Header{Number: 8, First: 41, Recorded: at}, checkpoint, `{"index":41}`),
		seal(block.Header{Number: 7, First: 40, Recorded: at}, checkpoint, `{"index":41}`),
		seal(block.Header{Number: 7, First: 41, Recorded: at.Add(time.Microsecond)}, checkpoint, `{"index":41}`),
		seal(base, checkpoint, `{"index":41}`, `{"index":42}`),
		seal(base, checkpoint+"—", `{"index":41}`),
	} {
		if slices.Contains(ids, other.ID.String()) {
			t.Errorf("%s has the id of another block", other.Closing())
		}
		ids = append(ids, other.ID.String())
	}
	if again := seal(base, checkpoint, `{"index":41}`); again.ID != same.ID {
		t.Error("the same block twice has two ids")
	}
}

// With the root and the signature of the checkpoint, which are not this package's, no byte
// of a block can change unseen.
func TestEveryFlippedBitOfAClosingLineIsRefused(t *testing.T) {
	good := usual().Bytes
	start := bytes.Index(good, []byte(`{"v":1,"block"`))
	for i := start; i < len(good); i++ {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if _, err := block.Parse(bad); !errors.Is(err, block.ErrMalformed) {
				t.Errorf("byte %d (%q → %q): %v", i-start, good[i], bad[i], err)
			}
		}
	}
}

func TestParseRefusesWhatSealWouldNotHaveWritten(t *testing.T) {
	good := string(usual().Bytes)
	empty := string(block.Seal(block.Header{Number: 7, First: 41, Recorded: at}, nil, nil, []byte(checkpoint)).Bytes)
	zero := string(seal(block.Header{Number: 0, First: 41, Recorded: at}, checkpoint, `{"index":41}`).Bytes)
	lines, closing, _ := strings.Cut(good, `{"v":1,"block"`)
	closing = `{"v":1,"block"` + closing
	for name, bad := range map[string]string{
		"nothing":            "",
		"a line feed":        "\n",
		"no entries":         empty,
		"number 0":           zero,
		"no line feed":       good[:len(good)-1],
		"one entry missing":  good[strings.Index(good, "\n")+1:],
		"one entry too many": "{}\n" + good,
		"an empty line":      "\n" + good,
		"two blocks":         good + good,
		"only entries":       lines,
		"another id":         strings.Replace(good, `"id":"`, `"id":"00000000-0000-8000-8000-000000000000"}`, 1),
		"white space":        lines + strings.Replace(closing, `,"size"`, `, "size"`, 1),
		"another order":      lines + strings.Replace(strings.Replace(closing, `"first":41,`, ``, 1), `,"recorded"`, `,"first":41,"recorded"`, 1),
		"unknown member":     lines + strings.Replace(closing, `,"size"`, `,"x":1,"size"`, 1),
		"member twice":       lines + strings.Replace(closing, `,"size"`, `,"first":41,"size"`, 1),
		"escaped letter":     lines + strings.Replace(closing, `anjian.example`, `\u0061njian.example`, 1),
		"local time":         lines + strings.Replace(closing, `123456Z`, `123456+08:00`, 1),
		"id in upper case":   lines + strings.ToUpper(closing[:60]) + closing[60:],
	} {
		if b, err := block.Parse([]byte(bad)); !errors.Is(err, block.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(usual().Bytes)
	f.Add(seal(block.Header{Number: 1, Recorded: at}, "a\n", "{}").Bytes)
	f.Add([]byte("{}\n{\"v\":1,\"block\":1}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := block.Parse(raw)
		if err != nil {
			if !errors.Is(err, block.ErrMalformed) && !errors.Is(err, block.ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		var lines []string
		for _, e := range b.Entries {
			lines = append(lines, string(e))
		}
		again := seal(block.Header{Number: b.Number, First: b.First, Recorded: b.Recorded}, string(b.Checkpoint), lines...)
		if !bytes.Equal(again.Bytes, raw) {
			t.Fatalf("%q is sealed as %q", raw, again.Bytes)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1, 100} {
		lines := slices.Repeat([]string{`{"index":1,"event":"` + strings.Repeat("x", 1000) + `"}`}, n)
		raw := seal(block.Header{Number: 7, First: 41, Recorded: at}, checkpoint, lines...).Bytes
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := block.Parse(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
