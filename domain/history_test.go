package domain

import (
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
)

// Histories of visits that are drawn whole: with what was wrong in them and corrected, and what was told late.

// amendments draws corrections of what a visit found, and answers to them.
func (r dice) amendments(stream string) {
	var facts []*event.Event
	for _, e := range r.w.log {
		if _, ok := e.Data.(*inspection.FindingRecorded); ok && e.Stream == r.w.stream(stream) {
			facts = append(facts, e)
		}
	}
	if len(facts) == 0 {
		return
	}
	newest := map[*event.Event]*event.Event{}
	for range rapid.IntRange(0, 4).Draw(r.T, "corrections") {
		f := rapid.SampledFrom(facts).Draw(r.T, "fact")
		if newest[f] == nil {
			newest[f] = f
		}
		d := corrected(f, newest[f], func(d *inspection.FindingRecorded) {
			switch r.one("change", "level", "punishable", "text", "photo", "date", "back") {
			case "level":
				d.Level = r.one("level", "general", "major")
			case "punishable":
				d.Punishable = !d.Punishable
			case "text":
				d.Description = r.one("text", "x", "y")
			case "photo":
				d.Evidence = []event.Evidence{{SHA256: document, Size: 9, MediaType: r.one("media", "image/jpeg", "application/pdf")}}
			case "date":
				d.ViolatedOn = r.one("violated", "", "2019-11-01", "2029-01-01")
			case "back":
				*d = *f.Data.(*inspection.FindingRecorded)
			}
		})
		d.Occurred = d.Occurred.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, -10, 2000}).Draw(r.T, "earlier")) * time.Hour)
		r.draw(r.w.event(stream, d, inspector, at(end), in(f.Campaign)))
		asked := r.w.log[len(r.w.log)-1]
		switch r.one("answer", "yes", "yes", "yes", "no", "none") {
		case "yes":
			newest[f] = asked
			r.draw(r.w.event(stream, yes(asked), clerk, at(end)))
		case "no":
			r.draw(r.w.event(stream, no(asked), clerk, at(end)))
		}
	}
}

// afterthoughts draws facts of a visit that arrive after it.
func (r dice) afterthoughts(stream string) {
	var from time.Time
	for _, e := range r.w.log {
		if _, ok := e.Data.(*inspection.Started); ok && e.Stream == r.w.stream(stream) {
			from = e.Occurred
		}
	}
	for range rapid.IntRange(0, 3).Draw(r.T, "afterthoughts") {
		late := func(d event.Data) {
			r.draw(r.w.event(stream, d, inspector, at(from.Add(time.Minute)), late(80*time.Hour)))
		}
		switch r.one("late", "arrival", "conduct", "departure", "photo", "fix", "order", "penalty", "pardon", "attempt", "finding") {
		case "arrival":
			late(&inspection.Arrived{})
		case "conduct":
			late(&inspection.ConductDeclared{})
		case "departure":
			late(&inspection.Departed{})
		case "photo":
			late(&inspection.EvidenceAttached{Finding: r.finding(), Evidence: []event.Evidence{picture}})
		case "fix":
			late(&inspection.FixedOnSite{Finding: r.finding(), Photo: &picture})
		case "order":
			late(&order.Issued{Order: "late", Kind: r.one("order", order.Kinds...), Findings: []string{r.finding()},
				LegalBasis: r.w.basis()})
		case "penalty":
			late(&casefile.PenaltyDecided{Penalty: "late", Kind: "warning", Findings: []string{r.finding()}, Final: true, LegalBasis: r.w.basis()})
		case "pardon":
			late(&casefile.NoPenaltyDecided{Findings: []string{r.finding()}, Reason: "r"})
			r.draw(r.w.event(stream, yes(r.w.log[len(r.w.log)-1]), clerk, at(end)))
		case "attempt":
			late(&inspection.Attempted{Reason: "r"})
		case "finding":
			d := evident("f3")
			d.Description = r.one("text", "x", "y")
			late(d)
		}
	}
}

// settle draws what a closing may still want, and the closing.
func (r dice) settle(stream string) {
	when := at(end.Add(-time.Hour))
	for _, id := range []string{"f1", "f2"} {
		switch r.one("settled", "penalty", "order", "pardon") {
		case "penalty":
			r.draw(r.w.event(stream, &casefile.PenaltyDecided{Penalty: "last-" + id, Kind: "warning", Findings: []string{id}, Final: true,
				LegalBasis: r.w.basis()}, inspector, when))
		case "order":
			r.draw(r.w.event(stream, &order.Issued{Order: "last-" + id, Kind: "stop", Findings: []string{id}, LegalBasis: r.w.basis()},
				inspector, when))
		case "pardon":
			r.draw(r.w.event(stream, &casefile.NoPenaltyDecided{Findings: []string{id}, Reason: "r"}, inspector, when))
			r.draw(r.w.event(stream, yes(r.w.log[len(r.w.log)-1]), clerk, when))
		}
	}
	for _, to := range inspection.Recipients {
		r.draw(r.w.event(stream, &inspection.CopyDelivered{DocumentHash: document, Recipient: to, Receiver: "r", Method: "in-person"}, inspector,
			when))
	}
	r.draw(r.w.event(stream, &inspection.LeaderReviewed{Opinion: "o"}, leader, when))
	r.draw(r.w.event(stream, &inspection.Closed{}, inspector, when))
}

// history draws visits with what was wrong in them, and anything else between.
func (r dice) history() []*event.Event {
	for i, stream := range []string{"inspection/t1.i", "inspection/t1.j"} {
		r.course(stream)
		r.amendments(stream)
		r.settle(stream)
		r.afterthoughts(stream)
		for range rapid.IntRange(0, 20*i).Draw(r.T, "anything") {
			r.draw(r.next())
		}
		r.amendments("inspection/t1.i")
		r.afterthoughts("inspection/t1.i")
	}
	return r.w.log
}

// take judges what was drawn in a fixture of its own.
func take(w *fixture, e *event.Event) ([]*event.Event, error) {
	c := *e
	return w.record(&c)
}
