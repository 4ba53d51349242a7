package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What cannot be is said in words: an arrival a day before the start, a departure before the
// arrival, a closing before the record.
func TestImpossibleOrdersOfClocksAreFlagged(t *testing.T) {
	v := newVisit(t).given(startedT())
	start := v.startedAt
	at := func(when time.Time) *stage { v.now = when; return v }
	at(start.AddDate(0, 0, -1)).accepts(&inspection.Arrived{}, "pillar 7 clock-order")
	at(start.Add(-4 * time.Minute)).accepts(&inspection.Arrived{}) // clocks differ by as much
	at(start.Add(10 * time.Minute)).given(&inspection.Arrived{})
	arrived := v.arrivedAt
	at(arrived.Add(-time.Hour)).accepts(finding1("F"), "pillar 7 clock-order")
	at(arrived.Add(time.Minute)).accepts(finding1("F"))

	v = began(t).given(sections()...)
	at(v.arrivedAt.Add(-40 * time.Minute))
	in := func(f event.Deviation) string { return f.Code.Sentence(law.InEnglish, f.Values) }
	if s := in(v.accepts(&inspection.Departed{}, "pillar 7 clock-order")[0]); strings.Contains(s, "-40") ||
		!strings.Contains(s, "before the arrival") {
		t.Error(s)
	}
	at(v.arrivedAt.Add(90 * time.Second))
	if s := in(v.accepts(&inspection.Departed{}, "R37 visit-too-short")[0]); !strings.HasPrefix(s,
		"the visit took 1 minute; for this kind of subject (enterprise) it takes at least 20 minutes") {
		t.Error(s)
	}
	v = ready(t)
	at(v.recordedAt.Add(-time.Hour)).accepts(&inspection.Closed{}, "pillar 7 clock-order")
	importedVisit(t).accepts(finding1("F"))
}
