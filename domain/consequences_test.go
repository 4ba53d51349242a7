package domain

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The golden file says what the set of rules of its number makes of a fixed set of events.
const consequences = "testdata/consequences.txt"

var update = flag.Bool("update", false, "write "+consequences)

// drawn are the events of one seed: half of them at random, half of them visits from start to
// closing, in which each step may be left out and the next may come late. They do not depend on
// what the rules make of them: references name what was drawn, recorded or not.
func drawn(t *testing.T, seed int) []*event.Event {
	return rapid.Custom(func(rt *rapid.T) []*event.Event {
		r := dice{rt, newFixture(t)}
		r.course("inspection/t1.i")
		for range 20 {
			r.draw(r.next())
		}
		r.course("inspection/t1.j")
		for range 60 {
			r.draw(r.next())
		}
		return r.w.log
	}).Example(seed)
}

// draw keeps an event for the draws after it.
func (r dice) draw(e *event.Event) {
	r.w.log = append(r.w.log, e)
	r.w.n++
}

// course draws a visit: all steps in their order, each left out now and then.
func (r dice) course(stream string) {
	now, campaign, hasty := r.time(), r.one("campaign", "", "c"), rapid.IntRange(5, 60).Draw(r.T, "haste")
	often := rapid.SampledFrom([]int{10, 100, 1000, 1000}).Draw(r.T, "care")
	step := func(d event.Data) {
		now = now.Add(time.Duration(rapid.IntRange(0, hasty).Draw(r.T, "minutes")) * time.Minute)
		if _, begins := d.(*inspection.Started); !begins && rapid.IntRange(0, often).Draw(r.T, "left out") == often/2 {
			return
		}
		hours := []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 80}[rapid.IntRange(0, 11).Draw(r.T, "delay")]
		r.draw(r.w.event(stream, d, inspector, at(now), late(time.Duration(hours)*time.Hour), in(campaign)))
	}
	if r.yes("reserved") {
		step(&inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: r.visit(),
			PlannedOn: r.one("planned", "", "2019-11-01")})
	}
	step(&inspection.Started{Subject: "firm", Team: "t1", Sector: r.one("in", "INDTRADE", "INDTRADE", "INDTRADE", "FIRE"),
		VisitType:  r.visit(),
		Inspectors: []string{"ma", r.one("second", "li", "li", "li", "wang", "ma")}})
	step(&inspection.Arrived{})
	step(&inspection.NoticePosted{Content: "n", Purpose: "p", OfficePhone: "1", LeaderPhone: "2", Photo: picture})
	step(&inspection.ConductDeclared{AdvanceNotice: r.yes("notice"), Reception: r.yes("reception"),
		Accompanied: []string{"x"}[:rapid.IntRange(0, 1).Draw(r.T, "company")]})
	if r.one("leaves", "late", "late", "early") == "early" {
		step(&inspection.Departed{})
	}
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		step(&inspection.CheckAnswered{Item: item, Answer: "yes"})
	}
	for _, id := range []string{"f1", "f2"} {
		f := evident(id)
		f.Level, f.Punishable = r.one("level", "general", "major"), r.yes("punishable")
		f.Description = r.one("text", "x", id, id)
		f.Evidence = []event.Evidence{{SHA256: document, Size: 9, MediaType: r.one("media", "image/jpeg", "image/jpeg", "application/pdf")}}
		step(f)
		step(&order.Issued{Order: "o" + id, Kind: r.one("order", order.Kinds...), Findings: []string{id},
			Due: r.one("due", "", "2019-12-01", "2020-01-01", "2029-01-01")})
		step(&casefile.PenaltyDecided{Penalty: "p" + id, Kind: r.one("penalty", "fine", "warning", "close"), Findings: []string{id},
			Final: r.yes("final"),
			Fine:  r.w.fine(r.one("fine", "", "small", "large")), LegalBasis: r.w.basis()})
	}
	for _, s := range inspection.Sections {
		step(&inspection.SectionCompleted{Section: s, Skipped: []inspection.Skipped{{Item: "E-9", Reason: "r"}}[:rapid.IntRange(0, 1).Draw(r.T,
			"skipped")]})
	}
	pause := func(hours ...int) {
		now = now.Add(time.Duration(rapid.SampledFrom(hours).Draw(r.T, "pause")) * time.Hour)
	}
	pause(0, 0, 0, 30)
	step(signedBy("ma", r.one("signer", "li", "li", "li", "wang")))
	step(&inspection.Departed{})
	pause(0, 0, 100)
	for _, to := range inspection.Recipients {
		step(&inspection.CopyDelivered{DocumentHash: document, Recipient: to, Receiver: "r", Method: "in-person"})
	}
	step(&inspection.LeaderReviewed{Opinion: "o"})
	if e := r.w.log[len(r.w.log)-1]; e.Type.Name == "leader-reviewed" {
		leader(e)
	}
	step(&inspection.Closed{})
}

func (w *fixture) fine(size string) *event.Money {
	return map[string]*event.Money{"small": {Currency: "CNY", Amount: 50_00}, "large": {Currency: "CNY", Amount: 2_000_000}}[size]
}

func (w *fixture) basis() []event.Citation {
	return []event.Citation{{Law: "安全生产法", Article: "97"}}
}

// statement is what the rules say of one event, in a line: a refusal with its values, or what
// follows from it.
func statement(recorded []*event.Event, err error) (line string, codes []string) {
	var r *event.Refusal
	if errors.As(err, &r) {
		b, _ := r.Values.MarshalJSON()
		line = fmt.Sprintf("refused %s %s %s", r.Code, r.Rule, b)
		for _, o := range r.Open {
			b, _ := o.Values.MarshalJSON()
			line += fmt.Sprintf("\n  %s %v %s", o.Code, o.Rules, b)
		}
		return line, []string{"refused " + string(r.Code)}
	}
	line = "recorded " + string(recorded[0].Assurance)
	for _, e := range recorded[1:] {
		b, _ := json.Marshal(e.Data)
		line += "\n  " + e.Type.Name + " " + e.Stream.String() + " " + string(b)
		if f, ok := e.Data.(*oversight.DeviationFlagged); ok {
			codes = append(codes, "flagged "+f.Code)
		} else {
			codes = append(codes, e.Type.Name)
		}
	}
	return line, codes
}

// judged judges all drawn events, and returns the hash of what was drawn, that of all
// statements, and how often each was made.
func judged(t *testing.T) (inputs, statements string, counts map[string]int) {
	in, out := sha256.New(), sha256.New()
	counts = map[string]int{}
	for seed := range 80 {
		events := drawn(t, seed)
		w := campaignFixture(t)
		w.TB = quiet{t}
		for _, e := range events {
			b, _ := json.Marshal(e.Data)
			fmt.Fprintln(in, e.Type, e.Stream, e.Occurred, e.Recorded, e.Actor, e.Assurance, e.Campaign, string(b))
			e.Index = w.n
			line, codes := statement(w.record(e))
			fmt.Fprintln(out, line)
			for _, c := range codes {
				counts[c]++
			}
		}
	}
	return fmt.Sprintf("%x", in.Sum(nil)), fmt.Sprintf("%x", out.Sum(nil)), counts
}

// quiet is a test whose random bodies lack values that sentences name.
type quiet struct{ testing.TB }

func (quiet) Errorf(string, ...any) {}

// TestConsequencesChangeWithTheNumberOfTheRulesOnly: what the rules make of the same events is the same,
// or [RulesVersion] was raised. -update writes the file for a new number, or for events that are drawn otherwise.
func TestConsequencesChangeWithTheNumberOfTheRulesOnly(t *testing.T) {
	inputs, statements, counts := judged(t)
	if again, same, _ := judged(t); again != inputs || same != statements {
		t.Fatal("judging again says something else")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rules %d\nevents %s\nstatements %s\n", RulesVersion, inputs, statements)
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%d %s\n", counts[what], what)
	}
	if len(counts) < 90 {
		t.Errorf("only %d kinds of statements are made", len(counts))
	}
	golden, err := os.ReadFile(consequences)
	if string(golden) == b.String() {
		return
	}
	var rules int
	var drawnThen, saidThen string
	_, _ = fmt.Sscanf(string(golden), "rules %d\nevents %s\nstatements %s\n", &rules, &drawnThen, &saidThen)
	switch {
	case err == nil && drawnThen == inputs && rules == RulesVersion:
		t.Errorf("the rules say something else of the same events: raise domain.RulesVersion (%d), then go test ./domain -run Consequences "+
			"-update\n%s",
			RulesVersion, difference(string(golden), b.String()))
	case err == nil && rules > RulesVersion:
		t.Errorf("the number of the rules steps back from %d to %d", rules, RulesVersion)
	case *update:
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(consequences, []byte(b.String()), 0o644)); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is of other events or another number: go test ./domain -run Consequences -update; "+
			"if a rule, a gate or a flag changed as well, raise domain.RulesVersion (%d) first", consequences, RulesVersion)
	}
}

// difference lists the lines that one text has and the other has not.
func difference(was, is string) string {
	w, i := strings.Split(was, "\n"), strings.Split(is, "\n")
	var out []string
	for _, line := range w {
		if !slices.Contains(i, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range i {
		if !slices.Contains(w, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}
