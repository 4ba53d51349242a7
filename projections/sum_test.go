package projections_test

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/projections"
)

func TestIntegersAreTheNumbersTheyAreMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Parts as counters hold them: each a sum of its own, of either sign and any size.
		high, low := rapid.Int64Range(-1<<62, 1<<62).Draw(t, "high"), rapid.Int64().Draw(t, "low")
		want := new(big.Int).Lsh(big.NewInt(high), 31)
		want.Add(want, big.NewInt(low))
		n := projections.NewInteger(high, low)
		if n.Big().Cmp(want) != 0 || n.String() != want.String() {
			t.Fatalf("%d·2^31 + %d is %s, want %s", high, low, n, want)
		}
		b, err := json.Marshal(n)
		if err != nil || string(b) != want.String() {
			t.Fatalf("%s, %v, want %s", b, err, want)
		}
		var again projections.Integer
		if err := json.Unmarshal(b, &again); err != nil || again != n {
			t.Fatalf("%s is read as %s, %v", b, again, err)
		}
	})
}

// TestSumsNeverWrap adds the largest fines and losses until 64 bits would not hold them.
func TestSumsNeverWrap(t *testing.T) {
	const n = 10_000
	f := projections.NewInspectionFold("I1")
	var tally projections.Tally
	var names projections.Counters
	for _, e := range story(begin) {
		f.Apply(e)
	}
	loss := event.Money{Currency: "CNY", Amount: event.Amounts.Max}
	people := event.People.Max
	m := projections.AccidentCount{}
	worst := accident.Harm{Deaths: &people, SeriousInjuries: &people, Injured: &people, DirectLoss: &loss}
	for _, e := range story(&accident.Reported{Region: "610902", Harm: worst}) {
		m.Apply(e)
	}
	for i := range n {
		d := fine("CNY", event.Amounts.Max)
		d.Penalty = strconv.Itoa(i)
		f.Apply(story(d)[0])
		var ch projections.Changes
		m.Contribution(1, &ch)
		for _, c := range ch.List {
			tally.Add(names.ID(c.Counter), c.N)
		}
	}
	want := new(big.Int).Mul(big.NewInt(n), big.NewInt(event.Amounts.Max))
	if want.IsInt64() {
		t.Fatal("the test does not reach beyond 64 bits")
	}
	if got := f.View().Fines; len(got) != 1 || got[0].Amount.Big().Cmp(want) != 0 {
		t.Errorf("fines %v, want %s", got, want)
	}
	area := (&projections.Sums{Tally: tally}).Area(names.Names(), func(string) bool { return true })
	if len(area.DirectLoss) != 1 || area.DirectLoss[0].Amount.Big().Cmp(want) != 0 {
		t.Errorf("losses %v, want %s", area.DirectLoss, want)
	}
	if area.Deaths != n*people || area.Injured != n*people || area.SeriousInjuries != n*people {
		t.Errorf("%+v", area)
	}
	if b, err := json.Marshal(area); err != nil || !strings.Contains(string(b), `"amount":10000000000000000000}`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestWhatIsNotKnownIsCountedAndAddsNothing(t *testing.T) {
	unstated := &casefile.PenaltyDecided{Penalty: "X2", Kind: "fine", Unknown: event.Unknown{"fine"}, Final: true}
	other := *unstated
	other.Penalty = "X3"
	v := subjectAfter(begin, general, fine("CNY", 5), unstated, &other)
	if v.FinesUnknown != 2 || len(v.Fines) != 1 || v.Fines[0].Amount != projections.NewInteger(0, 5) || v.Counts.Penalties != 3 {
		t.Errorf("%+v", v.Figures)
	}
	var m projections.AccidentCount
	for _, e := range story(&accident.Reported{Region: "610902", Harm: accident.Harm{Deaths: new(int64)}}) {
		m.Apply(e)
	}
	var ch projections.Changes
	m.Contribution(1, &ch)
	var tally projections.Tally
	var names projections.Counters
	for _, c := range ch.List {
		tally.Add(names.ID(c.Counter), c.N)
	}
	a := (&projections.Sums{Tally: tally}).Area(names.Names(), func(string) bool { return true })
	if a.DeathsUnknown != 0 || a.InjuredUnknown != 1 ||
		a.SeriousInjuriesUnknown != 1 || a.DirectLossUnknown != 1 || len(a.DirectLoss) != 0 {
		t.Errorf("%+v", a)
	}
}
