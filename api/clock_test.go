package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/projections"
)

// A server whose clock jumps goes on, and says so; a person sets it right and corrects the time.
func TestAClockThatJumpsIsNamedAndCorrected(t *testing.T) {
	w := newFixture(t)
	const office = "supervision-office"
	w.want(w.post(office, w.subject("s-1")), 201, "")
	before := w.ledger.Head().Size
	w.clockOff.Store(int64(400 * 24 * time.Hour))

	a := w.want(w.post(office, w.subject("s-2")), 201, "")
	if r := decode[Receipts](w, a); len(r.Receipts[0].Deviations) > 0 || !strings.HasPrefix(r.Recorded, time.Now().UTC().Format("2006-01-")) {
		t.Errorf("recorded %s, %v", r.Recorded, r.Receipts[0].Deviations)
	}
	if r := decode[Readiness](w, w.want(w.get("auditor", "/readyz"), 200, "")); !slices.Equal(r.Parts, []string{"clock"}) ||
		r.Reasons["clock"] == "" {
		t.Errorf("%+v", r)
	}

	// Somebody confirms the wrong clock, and it is set right only after an entry.
	w.ledger.ConfirmClock("test")
	w.want(w.post(office, w.subject("s-3")), 201, "")
	w.clockOff.Store(0)
	at := before + 1 // s-3
	nobody := w.author("ledger/clock", "clock-corrected", &oversight.ClockCorrected{From: &at, Reason: "set by mistake"})
	w.want(w.post(office, nobody), 503, "clock-unconfirmed")
	w.ledger.ConfirmClock("test")
	w.want(w.post("inspector", nobody), 403, law.RoleMayNotAppend)
	r := decode[Receipts](w, w.want(w.post(office, nobody), 201, ""))
	if d := r.Receipts[0].Disputed; d == nil || d.From != at || d.To != r.Receipts[0].Index || d.Deadlines == nil {
		t.Errorf("disputed: %+v", d)
	}
	w.want(w.get("auditor", "/readyz"), 200, "")
	if p := decode[Readiness](w, w.get("auditor", "/readyz")); len(p.Parts) > 0 {
		t.Errorf("%+v", p)
	}

	// A range of recorded time is a filter: the disputed entry is not of today, though it stands
	// before the correction, which is.
	today := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
	for query, want := range map[string]bool{"recorded_to=" + today: false, "recorded_from=" + today: true, "": true} {
		body := string(w.want(w.get(office, "/v1/events?"+query), 200, "").body)
		if got := strings.Contains(body, "subject/s-3"); got != want {
			t.Errorf("%s: s-3 is there: %v", query, got)
		}
		if got := strings.Contains(body, "clock-corrected"); got == strings.HasPrefix(query, "recorded_from") {
			t.Errorf("%s: the correction is there: %v", query, got)
		}
	}
	if v := decode[Readiness](w, w.get("", "/readyz")); v.Position != r.Position {
		t.Errorf("%+v", v)
	}
}

// Bounds of time are RFC 3339, strictly, or a date.
func TestABoundOfTimeIsStrict(t *testing.T) {
	w := newFixture(t)
	for _, bad := range []string{"2019-12-02T9:30:00Z", "2019-12-02T09:30:00,5Z", "2019-12-02T09:30:00+24:00", "2019-12-02T23:59:60Z",
		"2019-12-02 09:30:00Z", "2019-02-30"} {
		w.want(w.get("supervision-office", "/v1/city?as_of="+strings.NewReplacer("+", "%2B", " ", "%20").Replace(bad)), 400, law.InvalidParameter)
	}
	w.want(w.get("supervision-office", "/v1/city?as_of=2019-12-02"), 200, "")
}

// The date as it is written counts, whatever the offset; of a month or year its beginning.
func TestADateCountsAsWritten(t *testing.T) {
	for _, c := range []struct{ time, precision, before, on string }{
		{"2026-11-24T00:00:00+08:00", "day", "2026-11-23", "2026-11-24"},
		{"2026-11-24T23:30:00Z", "day", "2026-11-23", "2026-11-24"},
		{"2026-11-24T12:00:00-11:00", "day", "2026-11-23", "2026-11-24"},
		{"2026-10-31T23:30:00Z", "month", "2026-09-30", "2026-10-01"},
		{"2020-12-31T23:30:00Z", "year", "2019-12-31", "2020-01-01"},
	} {
		w := newFixture(t)
		w.want(w.post("importer", w.subject("s-1")), 201, "")
		visit := w.author("inspection/"+visit7, "inspection-started", &inspection.Started{Subject: "s-1", Sector: "MINE", VisitType: "initial",
			Unknown: event.Unknown{"team", "inspectors"}})
		written := regexp.MustCompile(`"time":"[^"]*"`).ReplaceAllString(visit, fmt.Sprintf(`"time":%q,"timeprecision":%q`, c.time, c.precision))
		w.want(w.post("importer", written), 201, "")
		for until, want := range map[string]int64{c.before: 0, c.on: 1} {
			v := decode[projections.SubjectView](w, w.want(w.get("supervision-office", "/v1/subjects/s-1?occurred_until="+until), 200, ""))
			if v.Counts.Inspections != want {
				t.Errorf("%+v until %s: %d visits, want %d", c, until, v.Counts.Inspections, want)
			}
		}
	}
}
