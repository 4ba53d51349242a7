package event

import (
	"strings"
	"testing"
)

// TestEachByteOfEightIsLookedAt: at every place of a word and of a longer text.
func TestEachByteOfEightIsLookedAt(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			b := []byte("aAzZ ~09")
			b[at] = byte(c)
			if got, want := printable8(string(b)), c >= 0x20 && c < 0x7F; got != want {
				t.Fatalf("byte %#x at %d: %v", c, at, got)
			}
			text := strings.Repeat("x", at+1) + string([]byte{byte(c)}) + "yyyyyyyyyyyyyyyy"
			if n, err := checkText(text, true); c < 0x80 && (err == nil) != textual(rune(c), true) || err == nil && n != len(text) {
				t.Fatalf("byte %#x behind %d: %d, %v", c, at+1, n, err)
			}
		}
	}
}
