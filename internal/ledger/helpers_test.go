package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/entry"
)

func glob(t testing.TB, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// times lists when entries were recorded.
func times(all []entry.Entry) (s string) {
	for i := range all {
		s += all[i].Recorded.Format(" 01-02T15:04:05.000000")
	}
	return s
}
