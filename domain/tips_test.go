package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

var (
	forBoth    = strings.Repeat("A", 43)
	fireBureau = by(event.Actor{Role: event.RoleDepartment, Unit: "fire", Person: "f"})
	mineBureau = by(event.Actor{Role: event.RoleDepartment, Unit: "mines", Person: "m"})
	fireBoard  = by(event.Actor{Role: event.RoleCommittee, Unit: "fire-committee", Person: "c"})
	cityHall   = by(event.Actor{Role: event.RoleCityGovernment, Person: "mayor"})
	anybody    = func(e *event.Event) { e.Actor, e.Assurance = event.Actor{Role: event.RolePublic}, event.Open }
)

// tipped is a campaign with units, a committee, a firm, and a key for tips.
func tipped(t testing.TB) *fixture {
	w := campaignFixture(t)
	w.given("table/units", &codetable.Published{Table: codetable.Units,
		Units: []codetable.Unit{{ID: "fire", Name: "消防", Sectors: []string{"FIRE"}},
			{ID: "mines", Name: "矿山", Sectors: []string{"MINE"}}, {ID: "police", Name: "公安局"}}})
	w.given("table/committees", &codetable.Published{Table: codetable.Committees, Committees: []codetable.Committee{
		{ID: "fire-committee", Name: "消防专委会", Sectors: []string{"FIRE"}, Lead: "fire"}}})
	w.given("sealing-key/"+forBoth, &sealingkey.Published{PublicKey: "k",
		Roles: []event.Role{event.RoleSupervisionOffice, event.RoleDisciplineCommission}, Wrapped: strings.Repeat("e", 64)}, itself)
	return w
}

func aTip() *tip.Received {
	return &tip.Received{Channel: "hotline", Violation: "other", Subject: "firm", Content: sealedFor(forBoth, "1")}
}

func handOver(id string) *transfer.Transferred {
	return &transfer.Transferred{Matter: "tip", Tip: id, Ground: "investigate", Task: "核查"}
}

var (
	substantiated = &tip.Investigated{Result: "substantiated", Account: "属实"}
	outcome       = &tip.Answered{Manner: "telephone", Summary: "已告知"}
	handled       = &transfer.Answered{Outcome: "handled", Result: "partly", Answer: "已查处"}
	returned      = &transfer.Answered{Outcome: "returned", Answer: "不属职责"}
	paper         = &event.Evidence{SHA256: strings.Repeat("5", 64), Size: 10, MediaType: "image/png"}
)

// R73: accepted, investigated, answered, in this order; no answer without investigation.
func TestR73ATipIsInvestigatedBeforeItIsAnswered(t *testing.T) {
	w := tipped(t)
	w.refuses("pillar 2", "not-begun", "tip/a", &tip.Accepted{})
	w.accepts("tip/a", aTip(), in("c"))
	w.refuses("pillar 14", "id-taken", "tip/a", aTip())
	w.refuses("R73", "tip-not-investigated", "tip/a", outcome)
	w.refuses("R73", "tip-not-accepted", "tip/a", substantiated)
	w.accepts("tip/a", &tip.Accepted{})
	w.refuses("R73", "tip-already-accepted", "tip/a", &tip.Accepted{})
	w.refuses("R73", "tip-not-investigated", "tip/a", outcome)
	w.refuses("R73", "tip-unknown-visit", "tip/a", &tip.Investigated{Result: "partly", Account: "x", Inspection: visit("t1", "none")})
	w.refuses("R73", "unknown-subject", "tip/a", &tip.Investigated{Result: "partly", Account: "x", Subject: "nobody"})
	w.accepts("tip/a", &tip.Investigated{Result: "not-to-verify", Account: "x"})
	w.accepts("tip/a", substantiated)
	w.accepts("tip/a", outcome)
	w.refuses("R73", "tip-already-answered", "tip/a", outcome)
	w.refuses("R73", "tip-already-answered", "tip/a", substantiated)
	w.refuses("R73", "tip-already-answered", "transfer/office.fire.a", handOver("a"))
}

// R73: who has no token names no subject, so that the answer does not tell who is registered.
func TestR73WhoHasNoTokenLearnsNothingFromTheAnswer(t *testing.T) {
	w := tipped(t)
	named, other := aTip(), aTip()
	other.Subject = "nobody"
	a, b := w.refuses("R73", "tip-names-subject", "tip/p", named, anybody), w.refuses("R73", "tip-names-subject", "tip/p", other, anybody)
	if a.Error() != b.Error() {
		t.Errorf("%v, %v", a, b)
	}
	free := aTip()
	free.Subject = ""
	w.accepts("tip/p", free, anybody)
	if e := w.last("tip/p"); e.Assurance != event.Open || e.About.Subject != "" {
		t.Errorf("%+v", e)
	}
	w.refuses("Roles", "role-may-not-append", "tip/p", &tip.Accepted{}, anybody)
}

// R73: none vanishes: at each stage somebody owes the next step, in the plan's time, with or without a campaign.
func TestR73NoTipVanishes(t *testing.T) {
	k := keep(tipped(t))
	day := func(n int) time.Time { return obligation.DayOf(noon).End().AddDate(0, 0, n) }
	k.given("tip/a", aTip(), in("c"))
	k.given("tip/b", aTip())
	k.sweeps(day(4)) // three days end on a weekend
	k.sweeps(day(6), "tip-accept ", "tip-accept ")
	d := k.lastPassed()
	if d.Owner != "supervision-office" || d.Rule != "R73" {
		t.Errorf("%+v", d)
	}
	k.given("tip/a", &tip.Accepted{}, at(day(6)))
	k.sweeps(day(23), "tip-investigate ")
	k.given("tip/a", substantiated, at(day(23)))
	k.sweeps(day(31), "tip-answer ")
	k.given("tip/a", outcome, at(day(31)))
	k.sweeps(day(365))

	// A transfer is taking it on; what comes back is to be accepted anew.
	k.given("tip/c", aTip(), at(day(40)))
	k.given("transfer/office.fire.c", handOver("c"), at(day(41)))
	k.sweeps(day(50))
	k.given("transfer/office.fire.c", returned, at(day(50)), fireBureau)
	k.sweeps(day(57), "tip-accept ")
	k.given("transfer/office.mines.c", handOver("c"), at(day(58)))
	k.sweeps(day(78), "transfer ")
	if d := k.lastPassed(); d.Owner != "receiver" || d.Rule != "R77" {
		t.Errorf("%+v", d)
	}
	k.given("transfer/office.mines.c", handled, at(day(79)), mineBureau)
	k.sweeps(day(86), "tip-answer ")
	k.given("tip/c", outcome, at(day(86)))
	k.sweeps(day(365))
}

// R73, R77: a transfer ends with the receiver's answer, and with nobody else's.
func TestR77AMatterIsAnsweredByItsReceiver(t *testing.T) {
	w := tipped(t)
	w.given("tip/a", aTip(), in("c"))
	const of = "transfer/office.fire.1"
	w.refuses("R73", "unknown-tip", of, handOver("none"))
	w.refuses("R77", "unknown-receiver", "transfer/office.nobody.1", handOver("a"))
	w.refuses("R77", "unknown-receiver", "transfer/office.office.1", handOver("a"))
	w.refuses("R77", "transfer-stream", "transfer/mines.fire.1", handOver("a"))
	w.refuses("R77", "transfer-stream", "transfer/x", handOver("a"))
	w.refuses("R77", "unknown-subject", of, &transfer.Transferred{Matter: "tip", Tip: "a", Subject: "nobody", Ground: "investigate",
		Task: "x"})
	w.refuses("R77", "matter-not-yours", "transfer/mines.fire.1", handOver("a"), mineBureau)
	late := handOver("a")
	late.Due = "2019-12-01"
	w.refuses("R77", "transfer-due-before", of, late)
	w.accepts(of, handOver("a"))
	w.refuses("R73", "tip-not-investigated", "tip/a", outcome)
	w.refuses("R77", "not-the-receiver", of, &transfer.Accepted{}, by(event.Actor{Role: event.RoleDisciplineCommission, Person: "d"}))
	w.refuses("pillar 2", "not-begun", of, &transfer.Accepted{}, mineBureau) // for others it does not exist
	w.accepts(of, &transfer.Accepted{}, fireBureau)
	w.refuses("R77", "transfer-already-accepted", of, &transfer.Accepted{}, fireBureau)
	w.refuses("R77", "paper-required", of, handled)
	bare := *handled
	bare.Result = ""
	w.refuses("R73", "transfer-result", of, &bare, fireBureau)
	w.accepts(of, handled, fireBureau)
	w.refuses("R77", "transfer-already-answered", of, handled, fireBureau)
	w.refuses("R77", "transfer-already-answered", of, &transfer.Accepted{Paper: paper})
	w.accepts("tip/a", outcome)
}

// R55: to the police, whose paper the office enters; R76: to a committee; R77: with the date that the city sets.
func TestR55WhatIsHandedOverToThePoliceIsAnsweredOnPaper(t *testing.T) {
	k := keep(tipped(t))
	v := w2visit(k.fixture)
	finding := &transfer.Transferred{Matter: "finding", Inspection: v, Finding: "F", Ground: "crime", Task: "移送"}
	unknown := *finding
	unknown.Finding = "G"
	k.refuses("R77", "unknown-finding", "transfer/t1.police.1", &unknown, inspector)
	k.refuses("R77", "matter-not-yours", "transfer/city.police.1", finding, cityHall)
	k.accepts("transfer/t1.police.1", finding, inspector)
	if a := k.last("transfer/t1.police.1").About; a.Team != "t1" || a.Subject != "firm" {
		t.Errorf("%+v", a)
	}
	k.accepts("transfer/t1.police.1", &transfer.Answered{Outcome: "handled", Answer: "已立案", Paper: paper})

	order := &transfer.Transferred{Matter: "instruction", Ground: "instruction", Task: "限期整治", Due: "2019-12-20"}
	k.refuses("R77", "matter-not-yours", "transfer/office.fire.9", order)
	k.accepts("transfer/city.fire-committee.1", order, cityHall)
	if got := k.Owed(event.Stream{Kind: transfer.Name, ID: "city.fire-committee.1"}).Open; len(got) != 1 ||
		got[0].Due.In(event.Beijing).Format(time.DateOnly) != "2019-12-20" {
		t.Errorf("%+v", got)
	}
	k.sweeps(end, "record ", "transfer ")
	k.accepts("transfer/city.fire-committee.1", &transfer.Answered{Outcome: "handled", Answer: "已整治"}, fireBoard, at(end))
}

// R44: a tip that is substantiated has the visits reviewed that were there before it came, whoever investigated; and
// not any more when a further investigation says otherwise.
func TestR44ASubstantiatedTipOpensReviews(t *testing.T) {
	w := tipped(t)
	w2visit(w)
	reviews := func(stream string, d event.Data, opts ...option) (out []string) {
		t.Helper()
		recorded, err := w.record(w.event(stream, d, opts...))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range recorded[1:] {
			out = append(out, e.Type.Name)
		}
		return out
	}
	want := func(got []string, names ...string) {
		t.Helper()
		if !slices.Equal(got, names) {
			t.Errorf("%v, want %v", got, names)
		}
	}
	after := at(noon.Add(time.Hour))
	w.given("tip/a", aTip(), in("c"), after)
	w.given("tip/a", &tip.Accepted{}, after)
	want(reviews("tip/a", &tip.Investigated{Result: "unsubstantiated", Account: "x"}, after))
	want(reviews("tip/a", substantiated, after), "accountability-review-opened")
	want(reviews("tip/a", &tip.Investigated{Result: "unsubstantiated", Account: "x"}, after), "statement-lapsed")

	w.given("tip/b", aTip(), in("c"), after)
	w.given("transfer/office.fire.b", handOver("b"), after)
	want(reviews("transfer/office.fire.b", handled, fireBureau, after), "accountability-review-opened")

	w.given("tip/c", aTip(), in("c"), at(noon.Add(-time.Hour))) // of before the visit
	w.given("tip/c", &tip.Accepted{}, after)
	want(reviews("tip/c", substantiated, after))
}

// w2visit is a visit of team t1 with a finding F.
func w2visit(w *fixture) string {
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, in("c"), inspector)
	w.given("inspection/i", finding1("F"), in("c"), inspector)
	return visit("t1", "i")
}

// R73, pillar 14: a tip is seen by office and commission alone, a transfer by both ends.
func TestR73OnlyWhoseItIsSeesATipOrATransfer(t *testing.T) {
	w := tipped(t)
	about := &event.About{Subject: "firm", County: "610902", Sectors: []string{"FIRE"}}
	ours := &event.About{Team: "t1"}
	for _, c := range []struct {
		name  string
		who   event.Actor
		tip   bool
		sees  string // of these transfers
		given string // of those that team t1 gives
	}{
		{"office", event.Actor{Role: event.RoleSupervisionOffice}, true, "office.fire.1 fire.610902.1 city.fire-committee.1 t1.fire.1",
			"t1.fire.1"},
		{"commission", event.Actor{Role: event.RoleDisciplineCommission}, true, "office.fire.1 fire.610902.1 city.fire-committee.1 t1.fire.1",
			"t1.fire.1"},
		{"receiver", event.Actor{Role: event.RoleDepartment, Unit: "fire"}, false, "office.fire.1 fire.610902.1 t1.fire.1", "t1.fire.1"},
		{"county", event.Actor{Role: event.RoleCountyGovernment, County: "610902"}, false, "fire.610902.1", ""},
		{"another", event.Actor{Role: event.RoleDepartment, Unit: "mines"}, false, "", ""},
		{"a unit with the name of the office", event.Actor{Role: event.RoleDepartment, Unit: "office"}, false, "", ""},
		{"a unit with the code of a county", event.Actor{Role: event.RoleDepartment, Unit: "610902"}, false, "", ""},
		{"a unit with the name of the team", event.Actor{Role: event.RoleDepartment, Unit: "t1"}, false, "t1.fire.1", ""},
		{"committee", event.Actor{Role: event.RoleCommittee, Unit: "fire-committee"}, false, "city.fire-committee.1", ""},
		{"city", event.Actor{Role: event.RoleCityGovernment}, false, "city.fire-committee.1", ""},
		{"the team", event.Actor{Role: event.RoleTeamLeader, Team: "t1", Person: "wang"}, false, "", "t1.fire.1"},
		{"another team", event.Actor{Role: event.RoleTeamLeader, Team: "fire", Person: "wang"}, false, "", ""},
		{"importer", event.Actor{Role: event.RoleImporter, Unit: "fire"}, false, "", ""},
		{"auditor", event.Actor{Role: event.RoleAuditor}, false, "", ""},
	} {
		scope := visibility.AuthorScope(c.who, roll{w.State})
		if scope.Sees(event.Stream{Kind: tip.Name, ID: "a"}, about) != c.tip {
			t.Errorf("%s: tips", c.name)
		}
		for _, id := range []string{"office.fire.1", "fire.610902.1", "city.fire-committee.1", "t1.fire.1"} {
			if got := scope.Sees(event.Stream{Kind: transfer.Name, ID: id}, about); got != slices.Contains(strings.Fields(c.sees), id) {
				t.Errorf("%s sees %s: %v", c.name, id, got)
			}
		}
		if got := scope.Sees(event.Stream{Kind: transfer.Name, ID: "t1.fire.1"}, ours); got != (c.given != "") {
			t.Errorf("%s sees what the team gives: %v", c.name, got)
		}
	}
}

// R76: a committee sees the cells of its sectors, in every county, and no others.
func TestR76ACommitteeReadsItsOwnSectors(t *testing.T) {
	w := tipped(t)
	scope := visibility.ScopeOf(event.Actor{Role: event.RoleCommittee, Unit: "fire-committee"}, roll{w.State})
	for sector, want := range map[string]bool{"FIRE": true, "MINE": false} {
		about := &event.About{County: "610921", Sectors: []string{sector}}
		if scope.Sees(event.Stream{Kind: event.Inspection, ID: "i"}, about) != want {
			t.Errorf("%s: %v", sector, !want)
		}
		if _, since := scope.Since(event.Stream{Kind: event.Inspection, ID: "i"}, about, 3, 0, false); since {
			t.Error("it sees a hidden visit")
		}
	}
	if none := visibility.ScopeOf(event.Actor{Role: event.RoleCommittee, Unit: "fire"}, roll{w.State}); none.Cell("610921", []string{"FIRE"}) {
		t.Error("a unit is no committee")
	}
}

// R76: committees that are published in parts are all of one table; a new table takes the place of the old one.
func TestR76CommitteesArePublishedInPartsAndAnew(t *testing.T) {
	w := tipped(t)
	publish := func(number, of int, id, sector string) {
		w.given("table/committees", &codetable.Published{Table: codetable.Committees, Part: &codetable.Part{Number: number, Of: of},
			Committees: []codetable.Committee{{ID: id, Name: "专委会", Sectors: []string{sector}, Lead: "fire"}}})
	}
	sees := func(id, sector string) bool {
		scope := visibility.ScopeOf(event.Actor{Role: event.RoleCommittee, Unit: id}, foldOf(w))
		return scope.Sees(event.Stream{Kind: event.Inspection, ID: "i"}, &event.About{County: "610921", Sectors: []string{sector}})
	}
	publish(1, 2, "mine-committee", "MINE")
	publish(2, 2, "site-committee", "CONSTR")
	if !sees("mine-committee", "MINE") || !sees("site-committee", "CONSTR") || sees("site-committee", "MINE") {
		t.Error("the committees of both parts do not read their own sectors")
	}
	if sees("fire-committee", "FIRE") {
		t.Error("a committee that is listed no more reads on")
	}
}

// foldOf is what bounds readers after the entries of a ledger.
func foldOf(w *fixture) *visibility.Fold {
	var f visibility.Fold
	for _, e := range w.log {
		f.Apply(e)
	}
	return &f
}

// R73: whatever comes in whatever order, nothing panics, a refused append changes nothing, a tip that is not answered
// is owed by somebody, and one that is answered was investigated.
func TestR73RandomTipsEndOrAreOwed(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := keep(tipped(t))
		streams := []string{"tip/a", "transfer/office.fire.1", "transfer/office.mines.2"}
		for n := range rapid.IntRange(0, 25).Draw(r, "steps") {
			now := at(noon.Add(time.Duration(n) * time.Hour))
			stream := rapid.SampledFrom(streams).Draw(r, "stream")
			d := rapid.SampledFrom([]event.Data{aTip(), &tip.Accepted{}, substantiated, outcome, handOver("a"), &transfer.Accepted{}, handled,
				returned}).Draw(r, "what")
			who := rapid.SampledFrom([]option{at(noon), fireBureau, mineBureau}).Draw(r, "who")
			before := k.open("tip/a")
			if _, err := k.record(k.event(stream, d, who, now)); err != nil {
				if after := k.open("tip/a"); !slices.Equal(before, after) {
					r.Fatalf("refused, and %v became %v", before, after)
				}
			}
		}
		st, _ := k.State.tips.kept("a").(*tip.State)
		open := append(k.open("tip/a"), append(k.open("transfer/office.fire.1"), k.open("transfer/office.mines.2")...)...)
		if st != nil && !st.Answered() && len(open) == 0 {
			r.Fatal("a tip vanished")
		}
		if st != nil && st.Answered() && !st.Looked() {
			r.Fatal("it was answered and not investigated")
		}
	})
}

// open are the names of what is open in a stream.
func (w *fixture) open(name string) (out []string) {
	row := w.Owed(w.stream(name))
	for i := range row.Open {
		out = append(out, row.Open[i].Kind.Name+" "+row.Open[i].Opener.String())
	}
	return out
}
