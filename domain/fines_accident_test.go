package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

const million = 1_000_000_00 // in fen

// forAccident is a fine of the firm for the accident "a".
func forAccident(id string, fen int64) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Subject: "firm", Penalty: id, Kind: "fine", Accident: "a", Final: true,
		Fine: &event.Money{Currency: "CNY", Amount: fen}, LegalBasis: []event.Citation{{Law: "安全生产法", Article: "109"}}}
}

// finedFor is a ledger with an accident of 2019 that killed so many.
func finedFor(t testing.TB, deaths int64) *fixture {
	w := campaignFixture(t)
	w.recordOf("accident/a", reported(deaths), by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice}))
	return w
}

// saysOfCase are the codes of what stands of a case.
func (w *fixture) saysOfCase(stream string) (list []string) {
	said, _ := w.deviations.get(w.stream(stream))
	for _, o := range said.Standing() {
		list = append(list, string(o.Code))
	}
	return list
}

// wantSaid wants that so many statements of a code stand in a case.
func (w *fixture) wantSaid(when, stream string, code string, want int) {
	w.Helper()
	n := 0
	for _, c := range w.saysOfCase(stream) {
		if c == code {
			n++
		}
	}
	if n != want {
		w.Errorf("%s: %s stands %d times in %s, want %d", when, code, n, stream, want)
	}
}

// R41: the fine of the unit has the range of the accident's grade in the text of the day on which it happened, both ends included; that
// of a person, a proposal, and what nobody knows are not compared.
func TestR41AFineForAnAccidentIsWithinTheRangeOfItsGrade(t *testing.T) {
	dollars := forAccident("p", 300_000_00)
	dollars.Fine.Currency = "USD"
	person, unknown, warning, draft := forAccident("p", 1_00), forAccident("p", 1_00), forAccident("p", 1_00), forAccident("p", 1_00)
	person.OfPerson = true
	unknown.Fine, unknown.Unknown = nil, event.Unknown{"fine"}
	warning.Kind, warning.Fine = "warning", nil
	draft.Final = false
	grave := func(fen int64) *casefile.PenaltyDecided {
		d := forAccident("p", fen)
		d.Aggravated = []string{codes.EspeciallyGrave}
		return d
	}
	for _, c := range []struct {
		what   string
		deaths int64
		d      *casefile.PenaltyDecided
		want   int
	}{
		{"less than the least", 1, forAccident("p", 200_000_00-1), 1}, {"the least", 1, forAccident("p", 200_000_00), 0},
		{"the most", 1, forAccident("p", 500_000_00), 0}, {"more than the most", 1, forAccident("p", 500_000_00+1), 1},
		{"larger", 3, forAccident("p", million), 0}, {"larger, as if ordinary", 3, forAccident("p", 200_000_00), 1},
		{"major", 10, forAccident("p", 5*million), 0}, {"especially major", 30, forAccident("p", 5*million-1), 1},
		{"another currency", 1, dollars, 1}, {"a person", 1, person, 0}, {"an amount that nobody knows", 1, unknown, 0},
		{"a warning", 1, warning, 0}, {"a proposal", 1, draft, 0},
		{"especially grave", 30, grave(20 * million), 0}, {"especially grave, too little", 30, grave(9 * million), 1},
		{"of this grade the text of 2014 has no more", 10, grave(6 * million), 1},
	} {
		w := finedFor(t, c.deaths)
		w.recordOf("case/"+visit("t1", "a"), c.d, clerk)
		w.wantSaid(c.what, "case/"+visit("t1", "a"), "fine-outside-range", c.want)
	}
	w := campaignFixture(t)
	w.refuses("R41", "unknown-accident", "case/"+visit("t1", "a"), forAccident("p", million), clerk)
}

// R41, R10: when the harm, the grade or the day of the accident becomes another one, the flag comes, goes, or is that of another range;
// one of an accident that was none rests on nothing.
func TestR41TheRangeFollowsTheAccident(t *testing.T) {
	w := finedFor(t, 1)
	in := "case/" + visit("t1", "a")
	first := w.last("accident/a")
	w.accepts(in, forAccident("p", 300_000_00), clerk)
	decided := w.last(in)
	w.given("accident/a", &accident.CasualtiesUpdated{Harm: harm(4), Reason: "抢救无效"})
	w.wantSaid("larger", in, "fine-outside-range", 1)
	worse := w.last("accident/a")
	w.given("accident/a", &accident.CasualtiesUpdated{Harm: harm(12), Reason: "抢救无效"})
	w.wantSaid("major", in, "fine-outside-range", 1)
	if f, _ := w.newest("deviation-flagged").Data.(*oversight.DeviationFlagged); f.Item != "major" {
		t.Errorf("it speaks of the range of %q", f.Item)
	}
	w.takesBack(w.last("accident/a"), w.last("accident/a"))
	w.takesBack(worse, worse)
	w.wantSaid("ordinary again", in, "fine-outside-range", 0)
	later := *reported(1)
	later.Happened = later.Happened.AddDate(-6, 0, 0) // before the text of 2014 was in force
	asked := w.recordOf("accident/a", again(first, first, &later, first.Occurred), clerk)
	w.given("accident/a", yes(asked), chief)
	w.accepts(in, &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "authority", Reason: "x",
		Fine: &event.Money{Currency: "CNY", Amount: 1_00}}, clerk)
	w.wantSaid("the ledger has no range of that day", in, "fine-outside-range", 0)
	back := w.recordOf("accident/a", again(first, asked, first.Data, first.Occurred), clerk)
	w.given("accident/a", yes(back), chief)
	w.wantSaid("too small", in, "fine-outside-range", 1)
	gone := w.recordOf("accident/a", withdrawn(first, back), clerk)
	w.given("accident/a", yes(gone), chief)
	w.wantSaid("there was no accident", in, "fine-outside-range", 0)
	w.wantDoubted(in, "R41 "+decided.ID.String())
}

// R41: when the decision is revised, annulled, corrected or withdrawn, the flag comes and goes; and it is the same whether the accident
// or the decision is told last.
func TestR41TheRangeFollowsTheDecision(t *testing.T) {
	w := finedFor(t, 1)
	in := "case/" + visit("t1", "a")
	revise := func(fen int64) *casefile.DecisionChanged {
		return &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "x",
			Fine: &event.Money{Currency: "CNY", Amount: fen}}
	}
	w.accepts(in, forAccident("p", 300_000_00), clerk)
	w.flags([]string{"fine-outside-range"}, in, revise(million), clerk)
	w.accepts(in, revise(400_000_00), clerk)
	w.wantSaid("within", in, "fine-outside-range", 0)
	w.flags([]string{"fine-outside-range"}, in, revise(1_00), clerk)
	w.accepts(in, annulling("p"), clerk)
	w.wantSaid("annulled", in, "fine-outside-range", 0)

	w = finedFor(t, 1)
	other := forAccident("p", 300_000_00)
	other.Accident = ""
	decided := w.recordOf(in, other, clerk)
	named := again(decided, decided, forAccident("p", 100_00), decided.Occurred)
	asked := w.recordOf(in, named, clerk)
	w.wantSaid("before a second person said yes", in, "fine-outside-range", 0)
	w.given(in, yes(asked), chief)
	w.wantSaid("it names the accident", in, "fine-outside-range", 1)
	w.given("accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "x"})
	w.wantSaid("of another grade", in, "fine-outside-range", 1)
	gone := w.recordOf(in, withdrawn(decided, asked), clerk)
	w.given(in, yes(gone), chief)
	w.wantSaid("withdrawn", in, "fine-outside-range", 0)
}

// R41: a table that was published before the accident was reported may narrow the range; a later one moves nothing.
func TestR41TheRangeIsThatOfTheTableOfItsTime(t *testing.T) {
	publish := func(w *fixture, least int64) {
		w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{{
			Matter: "accident-fine-ordinary-least", Law: "安全生产法", Version: "2014-08-31", Article: "109", Number: least, Unit: "fen",
			From: "2014-12-01"}}})
	}
	w := campaignFixture(t)
	publish(w, 250_000_00)
	w.recordOf("accident/a", reported(1), by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice}))
	publish(w, 400_000_00)
	w.accepts("case/"+visit("t1", "a"), forAccident("p", 300_000_00), clerk)
	w.flags([]string{"fine-outside-range"}, "case/"+visit("t1", "b"), forAccident("p", 240_000_00), clerk)
}
