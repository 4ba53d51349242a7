package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ofSubjects is a report of one's own that counts the register.
const ofSubjects = `/*
report = "n"
title = {zh = "名录", en = "Register"}
roles = ["supervision-office"]
rows = ["county"]
dimensions = [{name = "county", zh = "县区", en = "county"}]
columns = [{name = "n", zh = "数量", en = "number", kind = "count"}]
*/
SELECT ix, area AS county FROM subjects`

// A data directory without a server is brought up to the ledger's end before it answers: without a report database, with an older one, with
// a damaged one. Beside a server the database is read as the server has it, and a server that builds none is no reason for old figures.
func TestAReportOfADirectoryIsOfTheLedgersEnd(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	must(t, os.WriteFile(filepath.Join(own, "n.sql"), []byte(ofSubjects), 0o600))
	if list := mustRun(t, "report", "--reports", own, "--data", filepath.Join(own, "nowhere")); !strings.Contains(list, "名录 / Register") {
		t.Errorf("no ledger is needed to check a report: %s", list)
	}
	dir := filepath.Join(t.TempDir(), "data")
	ask := func() (stdout, stderr string, code int) {
		return command(t, "report", "n", "--data", dir, "--reports", own, "--format", "json")
	}
	want := func(n int64, position uint64) {
		t.Helper()
		stdout, stderr, code := ask()
		var answer struct {
			Position uint64
			Total    struct{ N int64 }
		}
		if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != 0 || answer.Total.N != n || answer.Position != position {
			t.Errorf("%d subjects as of %d, want %d as of %d: %v %s", answer.Total.N, answer.Position, n, position, err, stderr)
		}
	}
	// served has a server append subjects, and ends it.
	served := func(meanwhile func(position uint64), flags []string, ids ...string) (position uint64) {
		s := start(t, dir, flags...)
		desk := s.as("supervision-office")
		for _, id := range ids {
			desk.append(enterprise(id))
		}
		position = s.logInfo().Position
		if len(flags) > 0 {
			s.report(desk, "3", "") // waits until the report database has all
		}
		meanwhile(position)
		s.stop()
		return position
	}
	none := func(uint64) {
		if stdout, stderr, code := ask(); code == 0 || !strings.Contains(stderr, "--no-report-database") {
			t.Errorf("beside a server without a report database: exit %d %s%s", code, stdout, stderr)
		}
	}
	want(2, served(none, nil, "a", "b"))
	want(3, served(func(position uint64) { want(3, position) }, []string{"--no-report-database=false"}, "c"))
	position := served(none, nil, "d", "e")
	want(5, position)
	must(t, os.WriteFile(filepath.Join(dir, "reports", "reports.db"), []byte(strings.Repeat("no database ", 1000)), 0o600))
	want(5, position)
	if found := verifyDir(t, dir); !found.OK || found.Entries != position {
		t.Errorf("asking has changed the ledger: %+v", found)
	}
}

// The period of a report has one word on the command line, of a server and of a directory, and --help names it.
func TestThePeriodOfAReportIsOneWord(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := start(t, dir, "--no-report-database=false")
	desk := s.as("supervision-office")
	desk.append(enterprise("a"))
	s.report(desk, "3", "") // waits until the report database has all
	places := [][]string{{"--data", dir}, {"--server", s.url, "--token", desk.token}}
	for _, where := range places {
		for _, positions := range [][]string{nil, {"--from", "0"}} {
			ask := append(append([]string{"report", "3", "--language", "en"}, where...), positions...)
			mustRun(t, append(ask, "--given", "from=2026-01-01", "--given", "to=2026-12-31")...)
			if _, stderr, code := command(t, append(ask, "--given", "since=2026-01-01")...); code == 0 || !strings.Contains(stderr, "write from") {
				t.Errorf("%v: since is taken: %d %s", ask, code, stderr)
			}
			if _, _, code := command(t, append(ask, "--given", "from=soon")...); code == 0 {
				t.Errorf("%v: from is not read", ask)
			}
		}
	}
	if help := mustRun(t, "report", "--help"); !strings.Contains(help, "--given from=DAY and --given to=DAY") {
		t.Error(help)
	}
}
