package api

import (
	"context"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// waiting are the routes that take wait_for, with something to find behind one entry more.
var waiting = []string{"/v1/events", "/v1/entries/0", "/v1/subjects", "/v1/subjects/s-1", "/v1/counties", "/v1/counties/610902",
	"/v1/assured", "/v1/city", "/v1/teams"}

// What another node acknowledged is read here as soon as it arrives.
func TestAReadWaitsForThePositionOfAReceipt(t *testing.T) {
	w := newFixture(t)
	office := string(event.RoleSupervisionOffice)
	one := strconv.FormatUint(w.size()+1, 10)
	answers := make(chan answer, len(waiting))
	for _, path := range waiting {
		go func() { answers <- w.get(office, path+"?wait_for="+one) }()
	}
	select {
	case a := <-answers:
		t.Fatalf("answered before the position was there: %s", a.body)
	case <-time.After(20 * time.Millisecond):
	}
	w.want(w.post(office, w.subject("s-1")), 201, "")
	for range waiting {
		w.want(<-answers, 200, "")
	}
}

func TestAPositionThatDoesNotComeIs503(t *testing.T) {
	w := newFixture(t)
	office := string(event.RoleSupervisionOffice)
	w.want(w.post(office, w.subject("s-1")), 201, "")
	one := strconv.FormatUint(w.size(), 10)
	for _, path := range waiting {
		w.want(w.get(office, path+"?wait_for="+one), 200, "")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		r := httptest.NewRequestWithContext(ctx, "GET", path+"?wait_for="+strconv.FormatUint(w.size()+1, 10), nil)
		r.Header.Set("Authorization", "Bearer "+office)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		cancel()
		a := w.want(w.answers(rec.Result(), rec.Body.Bytes(), office, "GET", path, ""), 503, law.PositionNotHere)
		if a.Header.Get("Retry-After") != "1" || !strings.Contains(string(a.body), "this node is at "+one) {
			t.Errorf("%s: %s", path, a.body)
		}
		w.want(w.get(office, path+"?wait_for=soon"), 400, law.InvalidParameter)
	}
	w.want(w.get("", "/v1/log?wait_for=1"), 400, law.UnknownParameter)
}

func TestTheDescriptionTellsWhichReadsWait(t *testing.T) {
	w := newFixture(t)
	n := strings.Count(string(w.get("", "/openapi.json").body), `"name":"wait_for"`)
	if n != 21+2*len(tables.Lists) {
		t.Errorf("%d operations take wait_for, want the nine views, the lists and their changes, the two of tables, the replay, "+
			"the entry, its receipt, the plan, the four of reports and the two of registers", n)
	}
}

// A read that is given up before it has its answer tells its client to try again.
func TestAReadThatIsGivenUpIs503(t *testing.T) {
	w := newFixture(t)
	w.want(w.get(office, "/v1/events"), 200, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for language, chinese := range map[string]bool{"en": false, "zh": true} {
		r := httptest.NewRequestWithContext(ctx, "GET", "/v1/events", nil)
		r.Header.Set("Authorization", "Bearer "+string(event.RoleSupervisionOffice))
		r.Header.Set("Accept-Language", language)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		a := w.want(w.answers(rec.Result(), rec.Body.Bytes(), office, "GET", "/v1/events", ""), 503, law.Cancelled)
		p := decode[Problem](w, a)
		spoken(t, a, chinese, p.Title, p.Remedy)
		if a.Header.Get("Retry-After") != "1" {
			t.Errorf("%v", a.Header)
		}
	}
}
