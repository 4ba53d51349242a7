package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/profile"
	"github.com/anjian-ledger/anjian/internal/setup"
	"github.com/anjian-ledger/anjian/projections"
)

// R29: a table that is larger than one event is published in parts, at once, is in force as one, also for who starts
// again from the bytes, and is left alone by a second run. One row more, and it is published anew.
func TestR29ALargeTableIsPublishedInPartsOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	c := dial(t, s, s.as("supervision-office").token)
	files := t.TempDir()
	write := func(n int) *profile.Profile {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = fmt.Sprintf(`{"id":"u-%d","name":"%s","sectors":["MINE"]}`, i, strings.Repeat("局", 50))
		}
		must(t, os.WriteFile(filepath.Join(files, "units.json"), []byte(`{"table":"units","units":[`+strings.Join(rows, ",")+`]}`), 0o600))
		p, err := profile.Read(os.DirFS(files), "city")
		must(t, err)
		return p
	}
	run := func(p *profile.Profile) (sum setup.Summary, version uint64) {
		sum, err := setup.Run(t.Context(), setup.Config{Client: c, Profile: p, Tell: func(r setup.Result) { version = r.Version }})
		must(t, err)
		return sum, version
	}
	inForce := func(rows int, version uint64) {
		var v projections.TableView
		must(t, c.Read(t.Context(), "/v1/tables/units", &v))
		if v.Rows != rows || v.Version != version || len(v.Editions) != 1 || v.Editions[0].Content.Part != nil {
			t.Errorf("%d rows in %d editions, version %d, want %d rows, version %d", v.Rows, len(v.Editions), v.Version, rows, version)
		}
	}
	before := s.logInfo().Position
	sum, version := run(write(700))
	if size := s.logInfo().Position; sum.Published != 1 || size-before < 3 || version != size-1 {
		t.Errorf("%+v as entries %d to %d, version %d", sum, before, size, version)
	}
	inForce(700, version)
	head := s.logInfo().Position
	if sum, again := run(write(700)); sum.Unchanged != 1 || again != version || s.logInfo().Position != head {
		t.Errorf("%+v, version %d", sum, again)
	}
	_, newer := run(write(701))
	inForce(701, newer)
	s.stop()
	s = start(t, dir)
	c = dial(t, s, s.as("supervision-office").token)
	inForce(701, newer)
	s.stop()
	if v := verifyDir(t, dir); !v.OK {
		t.Errorf("%+v", v)
	}
}
