package reportdb_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// counter counts what entries say, by a plain walk over them: no versions, no registers, no SQL.
type counter struct {
	n                                    map[string]int64 // by report and column
	punishable, major, punished, stopped map[string]bool  // findings, by visit and id
	final                                map[string]bool  // penalties that are decided finally, by case and id
	fines                                map[string]int64
	arrived                              map[string]time.Time
	trained, acknowledged                map[string]bool
	reasoned                             map[string]bool         // findings of which the closing says why a measure was not applied
	solved                               map[string]bool         // findings that were put right, as far as was seen last
	visits                               map[event.Stream]string // that orders are of
	purposes                             map[string]*inspection.Purpose
	ofPerson                             map[string]bool // penalties, by case and id
	forAccident                          map[string]*casefile.PenaltyDecided
}

func newCounter() *counter {
	return &counter{
		n: map[string]int64{}, punishable: map[string]bool{}, major: map[string]bool{}, punished: map[string]bool{},
		stopped: map[string]bool{}, final: map[string]bool{}, arrived: map[string]time.Time{},
		fines: map[string]int64{}, trained: map[string]bool{}, acknowledged: map[string]bool{},
		solved: map[string]bool{}, visits: map[event.Stream]string{}, purposes: map[string]*inspection.Purpose{}, ofPerson: map[string]bool{},
		reasoned: map[string]bool{}, forAccident: map[string]*casefile.PenaltyDecided{},
	}
}

func (c *counter) visit(e *event.Event) {
	id := e.Stream.ID
	switch d := e.Data.(type) {
	case *inspection.Started:
		c.purposes[id] = d.Purpose
	case *inspection.Arrived:
		if _, known := c.arrived[id]; !known {
			c.n["08 visits"]++
			c.arrived[id] = e.Occurred
			switch why := c.purposes[id]; {
			case why == nil:
				c.n["22 random_unknown"]++
			case why.Random:
				c.n["22 random"]++
			}
		}
	case *inspection.Departed:
		if e.Occurred.Truncate(time.Minute).Sub(c.arrived[id].Truncate(time.Minute)) < 40*time.Minute {
			c.n["11 short"]++
		}
	case *inspection.FindingRecorded:
		c.n["04 findings"]++
		c.punishable[id+d.Finding], c.major[id+d.Finding] = d.Punishable, d.Level == "major"
		if d.Violation != "" {
			c.n["22 violations"]++
		}
	case *inspection.Closed:
		for _, n := range d.NotApplied {
			for _, f := range n.Findings { // the simulation always names them
				c.reasoned[id+f] = true
			}
		}
	case *inspection.FixedOnSite:
		c.solved[id+d.Finding] = true
	case *inspection.CheckAnswered:
		c.n["L03 answers"]++
		if d.Answer == "no" {
			c.n["L03 bad"]++
		}
	case *inspection.ConductDeclared:
		if d.Reception {
			c.n["11 reception"]++
		}
	case *inspection.SignatureRefused:
		c.n["08 refused"]++
		c.n["22 records"]++
	case *inspection.RecordSigned:
		c.n["22 records"]++
	case *inspection.ServiceProvided:
		c.n["L06 services"]++
	}
}

func (c *counter) rest(e *event.Event) {
	switch d := e.Data.(type) {
	case *order.Verified:
		c.checked(cmp.Or(d.Inspection, c.visits[e.Stream]), d.Findings, true)
	case *order.Failed:
		c.checked(cmp.Or(d.Inspection, c.visits[e.Stream]), d.Findings, false)
	case *order.Issued:
		c.visits[e.Stream] = d.Inspection
		for _, f := range d.Findings {
			c.stopped[d.Inspection+f] = c.stopped[d.Inspection+f] || d.Kind == "stop"
		}
		switch d.Kind {
		case "rectify-by-date":
			c.n["22 orders"]++
		case "stop":
			c.n["22 stops"]++
		}
	case *order.ClosureProposed:
		c.n["22 closures_proposed"]++
		c.n["L05 closures"]++
	case *casefile.Filed:
		c.n["22 filings"]++
		c.n["04 cases"] += int64(len(d.Findings))
	case *casefile.PenaltyDecided:
		for _, f := range d.Findings {
			c.punished[d.Inspection+f] = c.punished[d.Inspection+f] || d.Final
		}
		if d.Final {
			c.n["22 decisions"]++
			if d.OfPerson {
				c.n["22 persons_penalised"]++
			}
			c.ofPerson[e.Stream.ID+d.Penalty] = d.OfPerson
			c.fine(e.Stream.ID+d.Penalty, d.Fine)
		}
		if d.Final && d.Accident != "" {
			c.forAccident[e.Stream.ID+d.Penalty] = d
		}
		c.final[e.Stream.ID+d.Penalty] = d.Final
	case *casefile.DecisionChanged:
		c.fine(e.Stream.ID+d.Penalty, d.Fine)
	case *casefile.PaymentRecorded:
		if c.final[e.Stream.ID+d.Penalty] && d.Direction == "paid" {
			c.n["22 collected"] += d.Amount.Amount
		}
	case *accident.Reported:
		c.n["12 accidents"]++
	case *transfer.Transferred:
		c.n["L08 sent"]++
	case *transfer.Answered:
		c.n["L08 answered"]++
	case *person.Registered:
		c.n["L01 people"]++
	case *person.Trained:
		c.trained[e.Stream.ID] = true
	case *person.RulesAcknowledged:
		c.acknowledged[e.Stream.ID] = true
	}
}

// checked notes what a re-check saw of findings.
func (c *counter) checked(visit string, findings []string, right bool) {
	for _, f := range findings {
		c.solved[visit+f] = right
	}
}

// fine has a penalty have another fine.
func (c *counter) fine(penalty string, is *event.Money) {
	if is != nil {
		c.n["22 fines"] += is.Amount - c.fines[penalty]
		if c.ofPerson[penalty] {
			c.n["22 fines_persons"] += is.Amount - c.fines[penalty]
		}
		c.fines[penalty] = is.Amount
	}
}

// counts are the figures of reports that the walk gives.
func (c *counter) counts() map[string]int64 {
	for id, is := range c.punishable {
		if is {
			c.n["04 punishable"]++
			c.n["L11 punishable"]++
			if c.punished[id] {
				c.n["04 punishable_penalised"]++
				c.n["L11 penalised"]++
			}
		}
	}
	for id, is := range c.major {
		if is {
			c.n["05 hazards"]++
			c.n["L10 risks_found"]++
			if c.solved[id] {
				c.n["L10 risks_solved"]++
			} else {
				c.n["L10 risks"]++
			}
			if c.stopped[id] {
				c.n["05 stopped"]++
			}
		}
	}
	for id, d := range c.forAccident {
		amount, known := c.fines[id]
		c.n["13 penalties"]++
		c.n["13 fines"] += amount
		if d.Kind == "fine" && !known {
			c.n["13 fines_unknown"]++
		}
	}
	c.n["L05 reasoned"] = int64(len(c.reasoned))
	c.n["L01 untrained"] = c.n["L01 people"] - int64(len(c.trained))
	c.n["L01 unacknowledged"] = c.n["L01 people"] - int64(len(c.acknowledged))
	return c.n
}

// What reports say of a simulated campaign is what a plain walk over its entries counts. Nothing is corrected or annulled in it before
// the aftermath; that corrections are followed, other tests say.
func TestReportsSayWhatAWalkOverTheEntriesCounts(t *testing.T) {
	for profile, counted := range map[string][]string{"": {"22 persons_penalised", "22 fines_persons", "L05 reasoned", "L10 risks_solved",
		"L10 risks"},
		simulate.Today: {"22 random", "22 random_unknown"}} {
		c := reportsSayWhatAWalkCounts(t, campaigntest.Entries(t, simulate.Config{Seed: 3, Profile: profile}))
		for _, key := range counted {
			if c[key] == 0 {
				t.Errorf("profile %q: nothing is counted in %s", profile, key)
			}
		}
	}
}

// R41, R68: the report of accidents has the penalties of each, and their fines as they count now; an amount that nobody knows is told
// apart, and a proposal is no penalty. Penalties for nothing of the kind are in none of its numbers.
func TestR68AnAccidentHasItsPenaltiesAndFines(t *testing.T) {
	l := campaigntest.Run(t, simulate.Config{Seed: 3})
	last := l.Events[len(l.Events)-1].Recorded
	n := 0
	for _, e := range slices.Clone(l.Events) {
		d, is := e.Data.(*accident.Reported)
		if !is {
			continue
		}
		decide := func(kind string, final bool, fine int64) event.Stream {
			n++
			p := &casefile.PenaltyDecided{Subject: d.Subjects[0], Penalty: fmt.Sprint("p", n), Kind: kind, Accident: e.Stream.ID, Final: final}
			if fine > 0 {
				p.Fine = &event.Money{Currency: "CNY", Amount: fine}
			}
			of := event.Stream{Kind: casefile.Name, ID: fmt.Sprint("t1.accident-", n)}
			l.Say("penalty-decided", of, p, last)
			return of
		}
		decide("fine", true, 0)
		decide("fine", false, 7000_00)
		decide("warning", true, 0)
		turned := decide("fine", true, 3000_00)
		l.Say("decision-changed", turned, &casefile.DecisionChanged{Penalty: fmt.Sprint("p", n), Change: "varied", By: "court",
			Fine: &event.Money{Currency: "CNY", Amount: 1000_00 + int64(n)}}, last)
	}
	for key, got := range reportsSayWhatAWalkCounts(t, l.Events) {
		if strings.HasPrefix(key, "13 ") && got == 0 {
			t.Errorf("nothing is counted in %s", key)
		}
	}
	if n == 0 {
		t.Error("there was no accident")
	}
}

func reportsSayWhatAWalkCounts(t *testing.T, events []*event.Event) map[string]int64 {
	t.Helper()
	b, _ := running(t, sourceOf(events, len(events)).Config(t.TempDir()))
	built(t, b, len(events))
	c := newCounter()
	for _, e := range events {
		if e.Stream.Kind == event.Inspection {
			c.visit(e)
		} else {
			c.rest(e)
		}
	}
	all, office := reports(t), event.Actor{Role: event.RoleSupervisionOffice}
	for key, want := range c.counts() {
		name, column, _ := strings.Cut(key, " ")
		q := reportdb.Question{Actor: office, Scope: visibility.ScopeOf(office, &visibility.Fold{}), Names: all[name].query}
		conn, err := b.Ask(t.Context(), q)
		mustDo(t, err)
		_, _, err = conn.Things(all[name].query, asked(conn.Now()))
		mustDo(t, err)
		rows, err := conn.Query(all[name].columns[column], asked(conn.Now()))
		mustDo(t, err)
		var got int64
		for rows.Next() {
			mustDo(t, rows.Scan(&got))
		}
		mustDo(t, rows.Close())
		mustDo(t, conn.Close())
		if got != want {
			t.Errorf("report %s says %d, the entries %d", key, got, want)
		}
	}
	return c.n
}
