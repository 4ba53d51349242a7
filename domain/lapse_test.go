package domain

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/projections"
)

// What each rule of a visit as a whole says, and with which facts that ceases (pillar 13).

// changes wants an event accepted with exactly these flags, and exactly these that lapse.
func (w *fixture) changes(flags, lapsed []string, stream string, d event.Data, opts ...option) {
	w.Helper()
	n := len(w.log)
	w.flags(flags, stream, d, opts...)
	var got []string
	for _, e := range w.log[n:] {
		if d, ok := e.Data.(*oversight.StatementLapsed); ok {
			if got = append(got, d.Code); !slices.ContainsFunc(w.log[:n], func(o *event.Event) bool {
				f, is := o.Data.(*oversight.DeviationFlagged)
				return is && o.ID.String() == d.Statement && f.Code == d.Code && f.Rule == d.Rule && o.Stream == e.Stream
			}) {
				w.Errorf("%s lapses, and no entry of %s says it", d.Code, e.Stream)
			}
		}
	}
	if !slices.Equal(got, lapsed) {
		w.Errorf("%s %T: lapsed %v, want %v", stream, d, got, lapsed)
	}
}

// closed is a visit with one finding that is put right, signed and closed.
func closedVisit(t testing.TB, finding *inspection.FindingRecorded) (*fixture, *event.Event) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", finding, inspector)
	w.accepts("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector)
	w.complete("i")
	w.deliver("i")
	w.given("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	return w, f
}

func unpunishable(level string) *inspection.FindingRecorded {
	d := evident("f")
	d.Level, d.Punishable = level, false
	return d
}

func TestR57WhatWasNotEnforcedLapsesWithTheDecision(t *testing.T) {
	w, _ := closedVisit(t, unpunishable("general"))
	if got := w.told(w.stream("inspection/i")); len(got) != 1 {
		t.Fatalf("stands %v", got)
	}
	w.changes([]string{"enforce-no-penalty"}, []string{"inspect-only"}, "inspection/i",
		&order.Issued{Order: "o", Kind: "stop", Findings: []string{"f"}, LegalBasis: statute, Alternatives: "x"}, inspector)
	w.changes(nil, []string{"enforce-no-penalty"}, "inspection/i", fined("p", "f"), clerk)
	// A pardon that is asked for changes nothing before somebody says yes.
	w, _ = closedVisit(t, unpunishable("general"))
	w.changes([]string{"closed-open"}, nil, "inspection/i", exempted("f"), clerk)
	w.changes(nil, []string{"inspect-only", "closed-open"}, "inspection/i", yes(w.last("inspection/i")), chief)
}

// What an import states entails nothing, and may answer for what people did.
func TestR57ImportedFactsEntailNothing(t *testing.T) {
	v := importedVisit(t).given(finding1("E"), orderOf("O", "seal", "E"))
	source := v.actor
	v.actor, v.assurance = event.Actor{Person: "A", Role: event.RoleInspector, Team: "T"}, event.Token
	v.given(&inspection.Arrived{}, notice(), &inspection.ConductDeclared{}).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...)
	v.given(sections()...).given(finding1("F"), &inspection.FixedOnSite{Finding: "F", Photo: &picture},
		recordT()).later(time.Hour).given(&inspection.Departed{})
	v.delivered()
	v.changes([]string{"inspect-only"}, nil, v.stream, &inspection.Closed{}, by(v.actor), at(v.now))
	importer := func(e *event.Event) { e.Actor, e.Assurance = source, event.Imported }
	v.changes(nil, nil, v.stream, orderOf("P", "seal", "F"), importer, at(v.now))
	v.changes(nil, []string{"inspect-only"}, v.stream, exemptionOf("F"), importer, at(v.now))
}

func TestR47AHazardCorrectedToMajorWasLeft(t *testing.T) {
	w, f := closedVisit(t, unpunishable("general"))
	asked := []string{"corrected-after-closing", "closed-open"}
	w.changes(asked, nil, "inspection/i", corrected(f, f, stricter), inspector)
	major := w.last("inspection/i")
	w.changes([]string{"major-without-stop"}, []string{"closed-open"}, "inspection/i", yes(major), clerk)
	back := corrected(f, major, func(d *inspection.FindingRecorded) { d.Level = "general" })
	// What the closing rested on, and no milder than it was found.
	w.changes([]string{"closed-open"}, nil, "inspection/i", back, inspector)
	w.changes(nil, []string{"corrected-after-closing", "major-without-stop", "closed-open"}, "inspection/i", yes(w.last("inspection/i")),
		clerk)
	w.changes(asked, nil, "inspection/i", corrected(f, w.beforeLast("inspection/i"), stricter), inspector)
	w.changes(nil, asked, "inspection/i", no(w.last("inspection/i")), clerk)
}

// beforeLast is the event before the newest of a stream that is not the ledger's own.
func (w *fixture) beforeLast(stream string) *event.Event {
	last := w.last(stream)
	for _, e := range slices.Backward(w.log) {
		if e.Stream == last.Stream && e.Assurance != event.Derived && e != last {
			return e
		}
	}
	w.Fatalf("%s has one event", stream)
	return nil
}

func TestR47AMeasureEndsWhatWasSaid(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", unpunishable("major"), inspector)
	w.complete("i")
	w.changes([]string{"major-without-stop"}, nil, "inspection/i", signedBy("ma", "li"), inspector)
	order := func(id, kind string) *order.Issued {
		return &order.Issued{Order: id, Kind: kind, Findings: []string{"f"}, LegalBasis: statute, Alternatives: "x"}
	}
	w.changes(nil, nil, "inspection/i", order("o", "rectify-at-once"), inspector)
	w.changes(nil, []string{"major-without-stop"}, "inspection/i", order("p", "stop"), inspector)
	w.changes(nil, nil, "inspection/i", &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
}

func TestR37R38WhatWasNotSaidMayBeSaidLate(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		w.accepts("inspection/i", &inspection.CheckAnswered{Item: item, Answer: "yes"}, inspector)
	}
	for _, section := range inspection.Sections {
		w.accepts("inspection/i", &inspection.SectionCompleted{Section: section}, inspector)
	}
	w.accepts("inspection/i", &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture},
		inspector)
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	for _, r := range inspection.Recipients {
		w.accepts("inspection/i", &inspection.CopyDelivered{DocumentHash: document, Recipient: r, Receiver: "r", Method: "in-person"}, inspector)
	}
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader)
	w.changes([]string{"no-arrival", "no-conduct-declaration"}, nil, "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(time.Hour)))
	w.changes([]string{"late-after-closing", "no-departure"}, []string{"no-arrival"}, "inspection/i", &inspection.Arrived{}, inspector)
	w.changes([]string{"late-after-closing"}, []string{"no-departure"}, "inspection/i", &inspection.Departed{}, inspector)
	w.changes([]string{"late-after-closing"}, []string{"no-conduct-declaration"}, "inspection/i", &inspection.ConductDeclared{}, inspector)
}

// 带着问题查: a plan that wants a briefing has a visit without one flagged when it is closed, until one is told that was read before the
// arrival; and a visit that was tried in vain needs none.
func TestR16AVisitWithoutABriefingIsFlaggedWhereThePlanWantsOne(t *testing.T) {
	closedBy := func(w *fixture, id string, came event.Data) {
		w.accepts(id, started(), in("c"), inspector)
		w.accepts(id, came, inspector)
		w.complete(strings.TrimPrefix(id, "inspection/"))
	}
	for _, wants := range []bool{false, true} {
		w := campaignFixture(t)
		p := plan("2")
		p.Policy.RequireBriefing = wants
		w.accepts("campaign/c", p)
		closedBy(w, "inspection/i", &inspection.Arrived{})
		w.accepts("inspection/i", signedBy("ma", "li"), inspector)
		w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader)
		for _, r := range inspection.Recipients {
			w.accepts("inspection/i", &inspection.CopyDelivered{DocumentHash: document, Recipient: r, Receiver: "r", Method: "in-person"}, inspector)
		}
		var briefing []string
		if wants {
			briefing = []string{"no-briefing"}
		}
		w.changes(append(briefing, "no-departure"), nil, "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(time.Hour)))
		w.changes([]string{"late-after-closing"}, briefing, "inspection/i", &inspection.Briefed{}, inspector, at(noon.Add(-time.Hour)))
	}
}

func TestR08TextsAndPhotosAreThoseThatCount(t *testing.T) {
	w := visitFixture(t)
	scan := []event.Evidence{{SHA256: document, Size: 9, MediaType: "application/pdf"}}
	var facts []*event.Event
	for _, id := range []string{"f", "g", "h"} {
		d := evident(id)
		d.Description, d.Evidence, d.Punishable = "乱", scan, false
		facts = append(facts, w.recordOf("inspection/i", d, inspector))
	}
	w.complete("i")
	w.changes([]string{"identical-findings", "identical-findings", "no-photo"}, nil, "inspection/i", signedBy("ma", "li"), inspector)
	f, g := facts[0], facts[1]
	w.accepts("inspection/i", corrected(g, g, elsewhere), inspector)
	other := w.last("inspection/i")
	w.changes(nil, []string{"identical-findings"}, "inspection/i", yes(other), clerk)
	// The first is now as the second: of the third, another one is still earlier, and of the second as well.
	w.accepts("inspection/i", corrected(f, f, func(d *inspection.FindingRecorded) { d.Evidence = []event.Evidence{picture} }), inspector)
	w.changes(nil, []string{"no-photo"}, "inspection/i", yes(w.last("inspection/i")), clerk)
	w.accepts("inspection/i", corrected(g, other, func(d *inspection.FindingRecorded) { d.Description = "乱" }), inspector)
	w.changes([]string{"identical-findings"}, nil, "inspection/i", yes(w.last("inspection/i")), clerk)
}

// A visit may have more findings than a block has room for flags.
func TestAnEventEntailsNoMoreThanABlockTakes(t *testing.T) {
	w := visitFixture(t)
	n := 300
	for i := range n {
		d := evident("f" + strconv.Itoa(i))
		d.Level, d.Description, d.Punishable = "major", "乱", false
		w.accepts("inspection/i", d, inspector)
	}
	w.complete("i")
	flags := w.given("inspection/i", signedBy("ma", "li"), inspector)
	if len(flags) != 200 || flags[99] != "identical-findings" || flags[100] != "major-without-stop" {
		t.Fatalf("%d flags", len(flags))
	}
	// When the first of them is no more, the next is said.
	w.changes([]string{"major-without-stop"}, []string{"major-without-stop"}, "inspection/i",
		&order.Issued{Order: "o", Kind: "stop", Findings: []string{"f0"}, LegalBasis: statute, Alternatives: "x"}, inspector)
}

// Nobody can be asked how he came, and when, where there was nobody.
func TestR28AnAttemptThatIsToldLateAnswersForWhatIsMissing(t *testing.T) {
	v := newVisit(t).given(startedT(), notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	d := finding1("F")
	d.Evidence = []event.Evidence{{SHA256: docHash, Size: 9, MediaType: "application/pdf"}}
	v.given(d, fineOf("P", "F"))
	late := v.now
	v.changes([]string{"no-photo"}, nil, v.stream, refusalT(), by(v.actor), at(v.now), in("C"))
	v.later(time.Minute).delivered()
	v.changes([]string{"no-arrival", "no-conduct-declaration"}, nil, v.stream, &inspection.Closed{}, by(v.actor), at(v.now), in("C"))
	v.changes([]string{"late-after-closing"}, []string{"no-photo", "no-arrival", "no-conduct-declaration"}, v.stream,
		&inspection.Attempted{Reason: "关门", Evidence: []event.Evidence{picture}}, by(v.actor), at(late), in("C"))
}

func TestR10AGradeThatFitsAgainIsNotStale(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("accident/a", reported(1))
	w.accepts("accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019})
	w.changes([]string{"grade-stale"}, nil, "accident/a", &accident.CasualtiesUpdated{Harm: harm(4)})
	w.changes(nil, nil, "accident/a", &accident.CasualtiesUpdated{Harm: harm(5)}) // it stands
	w.changes(nil, []string{"grade-stale"}, "accident/a", &accident.Graded{Grade: "larger", StatisticalYear: 2019})
	w.changes([]string{"grade-stale"}, nil, "accident/a", &accident.CasualtiesUpdated{Harm: harm(1)})
	w.changes(nil, []string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(6)})
}

func TestPillar7ACorrectedTimeIsComparedAgain(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	moved := func(to *event.Event, hours int) *correction.FactCorrected {
		d := corrected(f, to, func(*inspection.FindingRecorded) {})
		d.Occurred = f.Occurred.Add(time.Duration(hours) * time.Hour)
		return d
	}
	w.accepts("inspection/i", moved(f, -1), inspector)
	early := w.last("inspection/i")
	w.changes([]string{"clock-order"}, nil, "inspection/i", yes(early), leader)
	w.accepts("inspection/i", moved(early, 24*60), inspector)
	after := w.last("inspection/i")
	w.changes([]string{"outside-campaign"}, []string{"clock-order"}, "inspection/i", yes(after), leader)
	w.accepts("inspection/i", moved(after, 0), inspector)
	w.changes(nil, []string{"outside-campaign"}, "inspection/i", yes(w.last("inspection/i")), leader)
}

// Both entries can be read; figures take the difference.
func TestFiguresCountWhatStands(t *testing.T) {
	w, _ := closedVisit(t, unpunishable("general"))
	w.changes(nil, []string{"inspect-only"}, "inspection/i", fined("p", "f"), clerk)
	fold, visit := projections.NewInspectionFold("i"), new(projections.Visit)
	var sum projections.Changes
	for _, e := range w.log {
		if e.Stream.Kind == event.Inspection {
			fold.Apply(e)
			projections.Count(e, visit, nil, &sum)
		}
	}
	for _, c := range sum.List {
		if c.Class == projections.Deviations && c.N != 0 {
			t.Errorf("%d flags %s are counted", c.N, c.Label)
		}
	}
	said := fold.View().Deviations
	if len(said) != 1 || said[0].Code != "inspect-only" || said[0].Lapsed == nil || said[0].Lapsed.Index != w.log[len(w.log)-1].Index {
		t.Errorf("shown are %+v", said)
	}
}

// R20: a closing stands when a correction opens again what it rested on. That is said of it, owed and escalated until it is met, or the
// closing itself is withdrawn.
func TestR20AClosingStandsBesideWhatACorrectionOpenedAgain(t *testing.T) {
	newest := func(w *fixture, is func(event.Data) bool) *event.Event {
		list := slices.DeleteFunc(slices.Clone(w.log), func(e *event.Event) bool { return !is(e.Data) })
		return list[len(list)-1]
	}
	open := func() (w *fixture, copied *event.Event) {
		w, _ = closedVisit(t, unpunishable("general"))
		copied = newest(w, func(d event.Data) bool { c, ok := d.(*inspection.CopyDelivered); return ok && c.Recipient == "subject" })
		w.changes([]string{"corrected-after-closing", "closed-open"}, nil, "inspection/i", withdrawn(copied, copied), inspector)
		gone := newest(w, func(d event.Data) bool { _, ok := d.(*correction.FactWithdrawn); return ok })
		w.changes(nil, nil, "inspection/i", yes(gone), clerk)
		if !w.inspections.state(visit("t1", "i")).Closed() {
			t.Error("the closing is undone")
		}
		return w, copied
	}
	w, copied := open()
	if all := w.Overdue(w.stream("inspection/i"), noon.AddDate(0, 0, 30), 9); len(all) != 1 {
		t.Errorf("%d are overdue", len(all))
	}
	w.changes(nil, []string{"closed-open"}, "inspection/i", copied.Data, inspector)
	if all := w.Overdue(w.stream("inspection/i"), noon.AddDate(0, 0, 30), 9); len(all) != 0 {
		t.Errorf("%d are overdue", len(all))
	}
	w, _ = open()
	closing := newest(w, func(d event.Data) bool { _, ok := d.(*inspection.Closed); return ok })
	again := w.recordOf("inspection/i", withdrawn(closing, closing), inspector)
	w.given("inspection/i", yes(again), clerk)
	if told := w.told(w.stream("inspection/i")); slices.ContainsFunc(told, func(s string) bool {
		return strings.HasPrefix(s, "closed-open")
	}) {
		t.Errorf("of a closing that does not count: %q", told)
	}
	w.refuses("R43", "closing-needs-copies", "inspection/i", &inspection.Closed{}, inspector)
}
