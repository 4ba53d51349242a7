package inspection

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// What cannot be is said in words: an arrival a day before the start, a departure before the
// arrival, a closing before the record.
func TestImpossibleOrdersOfClocksAreFlagged(t *testing.T) {
	v := newVisit(t).given(startedT())
	start := v.st.work.startedAt
	at := func(when time.Time) *visit { v.now = when; return v }
	at(start.AddDate(0, 0, -1)).accepts(&Arrived{}, "pillar 7 clock-order")
	at(start.Add(-4 * time.Minute)).accepts(&Arrived{}) // clocks differ by as much
	at(start.Add(10 * time.Minute)).given(&Arrived{})
	arrived := v.st.work.arrivedAt
	at(arrived.Add(-time.Hour)).accepts(finding1("F"), "pillar 7 clock-order")
	at(arrived.Add(time.Minute)).accepts(finding1("F"))

	v = began(t).given(sections()...)
	at(v.st.work.arrivedAt.Add(-40 * time.Minute))
	flags, refusal := v.judge(&Departed{})
	if refusal != nil || len(flags) != 1 || flags[0].Code != "clock-order" || strings.Contains(flags[0].Code.Sentence(law.InEnglish, flags[0].Values), "-40") ||
		!strings.Contains(flags[0].Code.Sentence(law.InEnglish, flags[0].Values), "before the arrival") {
		t.Errorf("%+v, %v", flags, refusal)
	}
	at(v.st.work.arrivedAt.Add(90 * time.Second))
	if flags, _ := v.judge(&Departed{}); len(flags) != 1 || !strings.HasPrefix(flags[0].Code.Sentence(law.InEnglish, flags[0].Values), "the visit took 1 minute; for this kind of subject (enterprise) it takes at least 20 minutes") {
		t.Errorf("%+v", flags)
	}
	v = ready(t)
	at(v.st.work.recordedAt.Add(-time.Hour)).accepts(&Closed{}, "pillar 7 clock-order")
	imported(t).accepts(finding1("F"))
}
