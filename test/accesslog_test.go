package test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/eventtest"
)

// R39: who read of a visit before it was disclosed is found in the access log and the ledger, without a route: the office that looked, the
// inspector himself, and with the visit named also the commission, which read everything. What was read afterwards is not listed.
func TestR39WhoReadOfAVisitBeforeArrivalIsListed(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	commission := c.as("discipline-commission")
	id, other := eventtest.Visit("t1", "i1"), eventtest.Visit("t1", "i2")
	add := func(typ, id string, data map[string]any) {
		c.ma.append(fact{Type: typ, Subject: "inspection/" + id, Campaign: campaignID, Time: time.Now(), Data: data})
	}
	started := map[string]any{"subject": "firm", "team": "t1", "sector": "MINE", "visit_type": "initial", "inspectors": []string{"ma", "li"}}
	read := func(by *client) {
		var v any
		by.get("/v1/inspections/"+id, &v)
	}
	began := time.Now()
	add("inspection-started", id, started)
	read(c.office)
	read(c.office)
	read(c.ma)
	var page any
	commission.get("/v1/events?stream=team", &page)
	add("inspector-arrived", id, map[string]any{})
	read(c.office) // it is disclosed
	add("inspection-started", other, map[string]any{"subject": "firm", "team": "t1", "sector": "FIRE", "visit_type": "initial",
		"inspectors": []string{"ma", "li"}})
	c.stop()

	all := c.accessLog(t, 0)
	if len(all.readers) != 2 || len(all.logs) != 1 || all.logs[0].Lines < 4 || all.logs[0].Malformed != 0 {
		t.Fatalf("%+v", all)
	}
	office, own := all.readers[0], all.readers[1]
	if office.Inspection != id || office.Person != "office" || office.Times != 2 || office.Own || office.Role != "supervision-office" ||
		office.Subject != "firm" || office.Team != "t1" || office.First.Before(began) || office.Last.Before(office.First) ||
		office.Lead == nil || *office.Lead < 0 || *office.Lead > 1 {
		t.Errorf("the office: %+v", office)
	}
	if own.Person != "ma" || own.Times != 1 || !own.Own || own.Of != "t1" {
		t.Errorf("the inspector: %+v", own)
	}
	one := c.accessLog(t, 0, "--visit", id)
	if len(one.readers) != 3 || one.readers[2].Role != "discipline-commission" || one.readers[2].Token == 0 ||
		!strings.Contains(strings.Join(one.readers[2].What, " "), "GET /v1/events") {
		t.Errorf("of the visit: %+v", one.readers)
	}
	if out, _, code := command(t, "access-log", "--data", c.dir); code != 0 ||
		!strings.Contains(out, "readers: 2; visits that were hidden for a time, or are: 2") {
		t.Errorf("%d\n%s", code, out)
	}
	if _, stderr, code := command(t, "access-log", "--data", c.dir, "--visit", "none"); code != 1 || !strings.Contains(stderr, `"none"`) {
		t.Errorf("a visit that is not there: %d %s", code, stderr)
	}
	if _, stderr, code := command(t, "access-log", "--data", c.dir, t.TempDir()); code != 1 ||
		!strings.Contains(stderr, "holds no access log") {
		t.Errorf("a directory without a log: %d %s", code, stderr)
	}
	c.damageLog(t)
	if again := c.accessLog(t, 1); len(again.readers) != 2 || again.logs[0].Malformed != 2 {
		t.Errorf("of a damaged log: %+v", again)
	}
}

// damageLog adds to the newest file a line that is no JSON, one that is too long, and one that has no end.
func (c *campaignOn) damageLog(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(c.dir, "access", "*.ndjson"))
	must(t, err)
	f, err := os.OpenFile(files[len(files)-1], os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("no JSON\n{\"object\":\"" + strings.Repeat("x", 1<<20) + "\"}\n{\"time\":")
	must(t, err)
	must(t, f.Close())
}

type reader struct {
	Inspection, Subject, Team, Person, Role, Of string
	Own                                         bool
	First, Last                                 time.Time
	Token                                       uint64
	Times                                       int
	Lead                                        *float64 `json:"hours_before"`
	What                                        []string
}

type readers struct {
	readers []reader
	logs    []accessLog
}

type accessLog struct {
	Log              string
	Lines, Malformed int
}

// accessLog asks the command for its lines of JSON.
func (c *campaignOn) accessLog(t *testing.T, want int, args ...string) (out readers) {
	t.Helper()
	stdout, stderr, code := command(t, append([]string{"access-log", "--json", "--data", c.dir}, args...)...)
	if code != want {
		t.Fatalf("exit code %d, want %d: %s", code, want, stderr)
	}
	for line := range bytes.Lines([]byte(stdout)) {
		if bytes.Contains(line, []byte(`"log":`)) {
			var l accessLog
			must(t, json.Unmarshal(line, &l))
			out.logs = append(out.logs, l)
			continue
		}
		var r reader
		must(t, json.Unmarshal(line, &r))
		out.readers = append(out.readers, r)
	}
	return out
}
