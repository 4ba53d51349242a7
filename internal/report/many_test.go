package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/report"
)

// Of more than a million things only those are kept that add to what is more than a count, though the column says so by its values alone:
// a daily bulletin counts a province's findings and asks its one campaign for the day. More distinct values than are told apart while the
// things are counted are told of those that are kept.
func TestWhatHasNoValueIsNotKeptAmongMillions(t *testing.T) {
	b := database(t, ofMeasures())
	dir := t.TempDir()
	digit := "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15))"
	text := `/*
report = "many"
title = {zh = "多", en = "many"}
roles = ["supervision-office"]
rows = ["finding"]
several = true
dimensions = [{name = "finding", zh = "隐患", en = "finding"}]
columns = [
  {name = "things", zh = "数", en = "things", kind = "count"},
  {name = "day", zh = "天", en = "day", kind = "max", of = "day"},
  {name = "ids", zh = "编号", en = "ids", kind = "distinct", of = "id", where = "id < 600000"},
  {name = "fines", zh = "罚款", en = "fines", kind = "sum", of = "fine", where = "day > 0"}]
*/
SELECT f.ix, f.finding, CASE WHEN a.column1 = 0 AND b.column1 = 0 AND c.column1 = 0 THEN d.column1 END AS day, 5 AS fine,
       (((a.column1 * 16 + b.column1) * 16 + c.column1) * 16 + d.column1) * 16 + e.column1 AS id
FROM findings f, DIGIT a, DIGIT b, DIGIT c, DIGIT d, DIGIT e WHERE f.finding = 'f'`
	must(t, os.WriteFile(filepath.Join(dir, "many.sql"), []byte(strings.ReplaceAll(text, "DIGIT", digit)), 0o600))
	all, err := report.Load(t.Context(), dir)
	must(t, err)
	r := report.Find(all, "many")
	who := event.Actor{Role: event.RoleSupervisionOffice}
	for _, keep := range []bool{false, true} { // where its numbers are to open at once, what can be is kept
		_, total := answeredBy(t, b, r, who, report.Question{Keep: keep}, time.Minute)
		wants(t, "all", total, map[string]any{"things": int64(1 << 20), "day": int64(15), "fines": int64(15 * 16 * 5), "ids": int64(600_000)})
	}
}
