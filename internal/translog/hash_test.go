package translog

import (
	"encoding/base64"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestHashesAreInBase64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := tlog.Hash(rapid.SliceOfN(rapid.Byte(), tlog.HashSize, tlog.HashSize).Draw(t, "hash"))
		if got, want := string(appendHash([]byte("before"), &h)), "before"+base64.StdEncoding.EncodeToString(h[:]); got != want {
			t.Fatalf("%x becomes %s, not %s", h, got, want)
		}
	})
}
