package api

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// TestAReceiptTellsWhatLapses: of the event with which it lapses, in the reader's language, foretold by a dry
// run, and not told again.
func TestAReceiptTellsWhatLapses(t *testing.T) {
	w := newFixture(t)
	office := string(event.RoleSupervisionOffice)
	w.want(w.post(office, w.subject("firm")), 201, "")
	post := func(name string, d event.Data, headers ...string) answer {
		return w.want(w.post(office, w.author("accident/a", name, d), headers...), 201, "")
	}
	happened := reported().Happened
	post("accident-reported", reported())
	graded := &accident.Graded{Grade: "ordinary", StatisticalYear: happened.Year(), DecidedBy: "市政府"}
	post("accident-graded", graded)
	stale := post("accident-casualties-updated", &accident.CasualtiesUpdated{Harm: harmed(3), Reason: "一人不治"})
	said := ""
	for at := decode[Receipts](w, stale).Receipts[0].Index + 1; said == ""; at++ { // beside it lies that nobody signed it
		raw, err := w.ledger.Entry(t.Context(), at)
		w.must(err)
		if en, err := entry.Parse(raw); err == nil && strings.Contains(string(en.Event), string(law.GradeStale)) {
			said = decode[struct{ ID string }](w, answer{body: en.Event}).ID
		}
	}
	again := w.author("accident/a", "accident-graded", &accident.Graded{Grade: "larger", StatisticalYear: happened.Year(), DecidedBy: "市政府"})
	chinese := []string{"Accept-Language", "zh"}
	dry := w.do(office, "POST", "/v1/events/dry-run", again, append(chinese, "Content-Type", mediaEvent)...)
	told := decode[Foretold](w, w.want(dry, 200, ""))
	got := decode[Receipts](w, w.want(w.post(office, again, chinese...), 201, "")).Receipts[0].Lapsed
	want := Lapsed{Statement: said, Rule: law.R10.String(), Code: string(law.GradeStale), Title: law.GradeStale.Title(law.InChinese)}
	if len(got) != 1 || got[0] != want || len(told.Events[0].Lapsed) != 1 || told.Events[0].Lapsed[0] != want {
		t.Errorf("lapsed %+v, foretold %+v, want %+v", got, told.Events[0].Lapsed, want)
	}
	if r := decode[Receipts](w, w.want(w.post(office, again), 200, "")).Receipts[0]; r.Lapsed != nil {
		t.Errorf("told again: %+v", r.Lapsed)
	}
}
