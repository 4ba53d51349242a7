package test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// TestTheVisitOfTheDocumentIsAcceptedWithoutAFlag posts the events of EVENTS.md "A whole visit" in
// their order, each by its author, moved to this morning.
func TestTheVisitOfTheDocumentIsAcceptedWithoutAFlag(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "EVENTS.md"))
	must(t, err)
	_, section, _ := strings.Cut(string(b), "\n## A whole visit\n")
	section, _, _ = strings.Cut(section, "\n## ")
	c := newCampaign(t)
	authors := map[string]*client{"ma": c.ma, "wang": c.wang}
	began := time.Date(2026, 12, 2, 8, 0, 0, 0, event.Beijing)
	shift := time.Since(began) - 4*time.Hour
	var last struct{ Type, Subject string }
	steps := regexp.MustCompile("(?s)\n`([a-z]+)`[^\n]*\n\n```json\n(.*?)\n```\n").FindAllStringSubmatch(section, -1)
	for _, step := range steps {
		body := entry.OneLine(moved(t, []byte(step[2]), shift))
		must(t, json.Unmarshal(body, &last))
		r := authors[step[1]].post(201, oneEvent, body)
		if len(r.Receipts[0].Deviations) > 0 {
			t.Errorf("%s is flagged: %+v", last.Type, r.Receipts[0].Deviations)
		}
	}
	if len(steps) != strings.Count(section, "```json") || len(steps) < 20 || last.Type != "anjian.inspection-closed.v1" {
		t.Errorf("%d steps, the last is %s", len(steps), last.Type)
	}
	_, raw := c.office.do("GET", "/v1/inspections/"+strings.TrimPrefix(last.Subject, "inspection/"), nil)
	if !bytes.Contains(raw, []byte(`"closed"`)) {
		t.Errorf("the visit is not closed: %s", raw)
	}
}

var moments = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]+"|"2026-\d\d-\d\d"`)

// moved returns an event whose times are later by shift, and the dates of the visit with them.
func moved(t *testing.T, body []byte, shift time.Duration) []byte {
	return moments.ReplaceAllFunc(body, func(quoted []byte) []byte {
		form, at := time.RFC3339, string(quoted)
		if len(at) == len(`"2026-12-02"`) {
			form, at = time.DateOnly, strings.TrimSuffix(at, `"`)+`T08:00:00+08:00"`
		}
		was, err := time.Parse(`"`+time.RFC3339+`"`, at)
		must(t, err)
		return []byte(was.Add(shift).In(event.Beijing).Format(`"` + form + `"`))
	})
}
