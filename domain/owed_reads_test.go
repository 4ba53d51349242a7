package domain

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// owedByKind is what is owed in a visit, of each kind of obligations that is on a worklist.
func (w *fixture) owedByKind(id string) map[string]string {
	of := map[string]string{}
	for _, o := range w.inspections.owed(id, vantage{}).list {
		of[o.Kind.Name] += fmt.Sprintln(o.Opener, o.Item, o.Opened, o.Since, o.Recorded, o.Due, o.Met, o.MetAt, o.Asked)
	}
	return of
}

// TestAnObligationChangesByWhatItReads: an event of a visit's own stream that a kind of obligations does not declare to read changes
// nothing of what is owed of that kind, so that [State.Settle] need not ask for it; and what a row says besides changes by events that
// move it.
func TestAnObligationChangesByWhatItReads(t *testing.T) {
	kinds := inspection.Obligations()
	changed := map[string]int{}
	never := func() (names []string) {
		for i := range kinds {
			if k := &kinds[i]; k.Listed() && k.Name != "after-failure" && changed[k.Name] == 0 { // whose facts lie in streams of orders
				names = append(names, k.Name)
			}
		}
		return names
	}
	play := func(rt *rapid.T) {
		w := drawing(campaignFixture(t))
		p := plan("2")
		p.Policy.ConfirmHours, p.Policy.ReceiptDays, p.Policy.ResultDays, p.Policy.EvidenceHours = new(24), new(7), new(7), new(72)
		p.Policy.VisitApprovalHours, p.Policy.ArrivalCodeHours, p.Policy.RefusalDays = new(48), new(24), new(5)
		w.accepts("campaign/c", p)
		r, now := dice{rt, w}, noon
		ids := []string{visit("t1", "i"), visit("t1", "j")}
		before, rows, forgot := map[string]map[string]string{}, map[string]string{}, map[string]bool{}
		for range rapid.IntRange(20, 80).Draw(rt, "steps") {
			var by []*event.Event
			switch r.one("step", "event", "visit", "visit", "visit", "visit", "copies", "word", "time") {
			case "event":
				by = r.something()
			case "visit":
				by = r.step(now)
			case "copies":
				by = r.confirms("inspection/"+r.one("id", "i", "j"), now)
			case "word":
				by = r.saysSo("inspection/"+r.one("id", "i", "j"), now)
			case "time":
				now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(rt, "hours")) * time.Hour)
			}
			for _, id := range ids {
				after := w.owedByKind(id)
				st := w.inspections.state(id)
				forgets := st != nil && st.Forgot() && !forgot[id] // what is met, so that nothing open changes by it
				forgot[id] = st != nil && st.Forgot()
				for i := range kinds {
					k := &kinds[i]
					if after[k.Name] == before[id][k.Name] || forgets {
						continue
					}
					reads := func(e *event.Event) bool { return readBy(kinds, k.Name, e) }
					if !slices.ContainsFunc(by, reads) {
						rt.Fatalf("%v changes what is owed of %s, which does not say that it reads it:\n%s\n%s", typesOf(by), k.Name,
							before[id][k.Name], after[k.Name])
					}
					changed[k.Name]++
				}
				before[id] = after
				row := ""
				if all := w.inspections.owed(id, vantage{}); len(all.list) > 0 {
					row = fmt.Sprint(all.about, all.hidden)
				}
				if row != rows[id] && !slices.ContainsFunc(by, inspection.Moves) {
					rt.Fatalf("%v changes the row and does not move it:\n%s\n%s", typesOf(by), rows[id], row)
				}
				rows[id] = row
			}
		}
	}
	for rounds := 0; rounds < 20 && (rounds == 0 || len(never()) > 0) && !t.Failed(); rounds++ { // some kinds are drawn seldom
		rapid.Check(t, play)
	}
	for _, name := range never() {
		t.Errorf("nothing ever changed what is owed of %s: %v", name, changed)
	}
}

// readBy reports whether an author's event may change what is owed of a kind, by what is declared.
func readBy(kinds []inspection.Obliges, name string, e *event.Event) bool {
	return e.Assurance != event.Derived &&
		slices.ContainsFunc(kinds, func(k inspection.Obliges) bool { return k.Name == name && k.Reads(e.Type) })
}

func typesOf(list []*event.Event) (names []string) {
	for _, e := range list {
		names = append(names, e.Type.Name)
	}
	return names
}

// confirms takes the copies of a record to somebody's acknowledgement, and the record to a second inspector's.
func (r dice) confirms(stream string, now time.Time) []*event.Event {
	var record *event.Event
	for _, e := range r.w.log {
		if _, ok := e.Data.(*inspection.RecordSigned); ok && e.Stream == r.w.stream(stream) {
			record = e
		}
	}
	if record == nil {
		return nil
	}
	ref, to := record.Ident().Ref(), r.one("to", inspection.Recipients...)
	return r.some(
		r.w.event(stream, copyFor(to), inspector, at(now)),
		r.w.event(stream, &inspection.CopyAcknowledged{Recipient: to, DocumentHash: document}, inspector, at(now)),
		r.w.event(stream, &inspection.RecordConfirmed{Event: ref.Event, SHA256: ref.SHA256}, as("li", event.RoleInspector), at(now)),
		r.w.event(stream, &inspection.DuplicateJustified{Reason: "r"}, leader, at(now)))
}

// saysSo has what the law since 2025 asks for.
func (r dice) saysSo(stream string, now time.Time) []*event.Event {
	refused := ""
	for _, e := range r.w.log {
		if _, ok := e.Data.(*inspection.EntryRefused); ok && e.Stream == r.w.stream(stream) {
			refused = e.ID.String()
		}
	}
	return r.some(
		r.w.event(stream, &inspection.Approved{ApprovedBy: "li"}, at(now)),
		r.w.event(stream, &inspection.Arrived{}, inspector, at(now)),
		r.w.event(stream, &inspection.CodeRecorded{Manner: "scanned", Code: "1"}, inspector, at(now)),
		r.w.event(stream, &inspection.EntryRefused{Faults: []string{"no-papers"}, By: "b"}, inspector, at(now)),
		r.w.event(stream, &inspection.RefusalExamined{Refusal: refused, Opinion: "o"},
			by(event.Actor{Role: event.RoleEnforcementSupervisor, Unit: "u", Person: "p"}), at(now)),
		r.w.event(stream, &inspection.ResultTold{Result: "r", On: "2019-12-04", To: "t", Method: "in-person"}, inspector, at(now)))
}

// some records some of some events, if the rules let them pass.
func (r dice) some(events ...*event.Event) (all []*event.Event) {
	for _, e := range events {
		if r.yes("this one") {
			if recorded, err := r.w.record(e); err == nil {
				all = append(all, recorded...)
			}
		}
	}
	return all
}

// Every kind of obligations of a visit that is on a worklist says which events it reads: one that does not has every answer to a
// checklist ask all of them.
func TestObligationsOfAVisitSayWhatTheyRead(t *testing.T) {
	kinds := inspection.Obligations()
	for i := range kinds {
		if k := &kinds[i]; k.Listed() && !k.SaysWhatItReads() {
			t.Errorf("%s does not declare what it reads", k.Name)
		}
	}
}
