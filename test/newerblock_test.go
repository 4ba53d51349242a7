package test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
)

// TestABlockOfALaterFormIsNewerAndNothingCutsIt: who goes back to an older release has blocks
// whose closing lines it does not know. It serves what is before them, and neither a start nor
// repair takes them for damage.
func TestABlockOfALaterFormIsNewerAndNothingCutsIt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ledger")
	s := start(t, dir)
	office := s.as("supervision-office")
	fill(office, "a", 3)
	s.stop()
	b := under(t, dir)
	b.form = func(b *block.Block) {
		i := bytes.LastIndexByte(b.Bytes[:len(b.Bytes)-1], '\n') + 1
		closing := bytes.Replace(b.Bytes[i:], []byte(`{"v":1,`), []byte(`{"v":2,`), 1)
		closing = bytes.Replace(closing, []byte(`,"recorded"`), []byte(`,"tomorrow":1,"recorded"`), 1)
		b.Bytes = append(bytes.Clone(b.Bytes[:i]), closing...)
	}
	b.add(says(strangeFact))
	if _, errs, code := command(t, "repair", "--data", dir); code == 0 || !strings.Contains(errs, "run the release that wrote it") {
		t.Errorf("repair exits with %d: %s", code, errs)
	}
	s = launch(t, dir)
	if status, _ := s.client("").do("GET", "/readyz", nil); status != 503 {
		t.Errorf("a node that cannot read its newest block is ready: %d", status)
	}
	if status, body := s.client(office.token).do("GET", "/v1/entries/3", nil); status != 200 {
		t.Errorf("what is before it: %d %s", status, body)
	}
	s.stop()
	out, _, code := command(t, "verify", "--data", dir)
	if code != 4 || !strings.Contains(out, "block 4: the block is newer than this program") {
		t.Errorf("verify exits with %d: %s", code, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "journal", "*"))
	must(t, err)
	have, err := os.ReadFile(files[len(files)-1])
	must(t, err)
	if !bytes.HasSuffix(have, b.last.Bytes) {
		t.Error("the block is no more in the journal")
	}
}
