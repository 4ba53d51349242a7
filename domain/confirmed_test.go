package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// confirms is a person's word for an event.
func confirms(e *event.Event) *inspection.RecordConfirmed {
	ref := e.Ident().Ref()
	return &inspection.RecordConfirmed{Event: ref.Event, SHA256: ref.SHA256}
}

// ofTheFirm is the firm's own token.
var ofTheFirm = by(event.Actor{Role: event.RoleInspectedParty, Unit: "firm"})

// siteRecord is the signed or refused record of a visit.
func (w *fixture) siteRecord(stream string) (record *event.Event) {
	w.Helper()
	for _, e := range w.ofStream(w.stream(stream)) {
		switch e.Data.(type) {
		case *inspection.RecordSigned, *inspection.SignatureRefused:
			record = e
		}
	}
	return record
}

// confirmedFixture has visit i before its record, under a plan that asks for a second inspector and for receipts.
func confirmedFixture(t *testing.T) *fixture {
	w := campaignFixture(t)
	p := plan("2")
	p.Policy.ConfirmHours, p.Policy.ReceiptDays = new(24), new(7)
	w.accepts("campaign/c", p)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	return w
}

var second = by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1"})

func TestR42ASecondInspectorConfirmsTheRecordByAnOwnToken(t *testing.T) {
	w := confirmedFixture(t)
	other := w.last("inspection/i")
	w.refuses("R42", "not-the-record", "inspection/i", confirms(other), second)
	w.complete("i")
	w.deliver("i")
	record := w.siteRecord("inspection/i")
	closing := at(noon.Add(2 * time.Hour))
	w.refuses("R42", "closing-needs-confirmation", "inspection/i", &inspection.Closed{}, inspector, closing)
	w.refuses("R42", "not-a-second-inspector", "inspection/i", confirms(record), inspector)
	w.refuses("R42", "not-a-second-inspector", "inspection/i", confirms(record), leader)
	w.refuses("R42", "not-the-record", "inspection/i", confirms(other), second)
	wrong := confirms(record)
	wrong.SHA256 = confirms(other).SHA256
	if wrong.SHA256 != confirms(record).SHA256 {
		w.refuses("pillar 17", "other-bytes", "inspection/i", wrong, second)
	}
	// The inspected party's own word is none of an inspector's.
	w.accepts("inspection/i", confirms(record), ofTheFirm)
	w.refuses("R42", "closing-needs-confirmation", "inspection/i", &inspection.Closed{}, inspector, closing)
	w.accepts("inspection/i", confirms(record), second)
	w.accepts("inspection/i", &inspection.Closed{}, inspector, closing)
}

// R42: who does not confirm the record in the hours of the plan is named by the ledger, once the time for late records is over.
func TestR42AConfirmationThatIsMissingIsEscalated(t *testing.T) {
	w := confirmedFixture(t)
	w.complete("i")
	w.deliver("i")
	k := keep(w)
	over := noon.Add(24*time.Hour + 72*time.Hour)
	if got := names(k.sweep(over)); slices.Contains(got, "second-inspector ") {
		t.Errorf("too early it says %v", got)
	}
	if got := names(k.sweep(over.Add(time.Second))); !slices.Contains(got, "second-inspector ") {
		t.Errorf("when its time is over it says %v", got)
	}
}

// R43: who is in the field has time to synchronise before a copy is called late, and each recipient whose copy is missing is named.
func TestR43MissingCopiesAreEscalatedAfterTheTimeToSynchronise(t *testing.T) {
	w := visitFixture(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("inspection/i", copyFor("subject"), inspector)
	k := keep(w)
	copies := func(at time.Time) (list []string) {
		for _, said := range names(k.sweep(at)) {
			if item, is := strings.CutPrefix(said, "copies "); is {
				list = append(list, item)
			}
		}
		return list
	}
	over := time.Date(2019, 12, 10, 0, 0, 0, 0, event.Beijing).Add(72 * time.Hour) // the third day is a Saturday
	if got := copies(over.Add(-time.Second)); got != nil {
		t.Errorf("too early it says %v", got)
	}
	if got := copies(over); !slices.Equal(got, []string{"city-department", "local-government", "safety-office"}) {
		t.Errorf("when their time is over it says %v", got)
	}
}

// A plan that does not ask for it opens no gate (R42).
func TestR42WithoutHoursInThePlanNobodyOwesAConfirmation(t *testing.T) {
	w := visitFixture(t)
	if campaign.DefaultPolicy().ConfirmHours != nil {
		t.Fatal("the default plan asks for it: this needs one that does not")
	}
	w.complete("i")
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

func TestR43EachRecipientAcknowledgesItsCopyOnce(t *testing.T) {
	w := confirmedFixture(t)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency-city", Name: "市应急管理局", Sectors: []string{"INDTRADE"}}}})
	bureau := by(event.Actor{Person: "b", Role: event.RoleDepartment, Unit: "emergency-city"})
	w.complete("i")
	receipt := func(recipient string) *inspection.CopyAcknowledged {
		return &inspection.CopyAcknowledged{DocumentHash: document, Recipient: recipient, Receipt: "1"}
	}
	w.refuses("R43", "no-copy-to-acknowledge", "inspection/i", receipt("subject"), ofTheFirm)
	w.deliver("i")
	owed := func() (items []string) {
		st := w.inspections.state(w.stream("inspection/i").ID)
		policy := plan("2").Policy
		policy.ReceiptDays = new(7)
		for _, o := range st.Obligations(inspection.Terms{Policy: &policy}, nil) {
			if o.Kind.Name == "acknowledgement" {
				items = append(items, o.Item)
			}
		}
		return items
	}
	if got := owed(); len(got) != 4 {
		t.Errorf("owed are the receipts of %v", got)
	}
	w.refuses("R43", "not-your-copy", "inspection/i", receipt("safety-office"), ofTheFirm)
	w.accepts("inspection/i", receipt("subject"), ofTheFirm)
	w.refuses("R43", "no-copy-to-acknowledge", "inspection/i", receipt("subject"), ofTheFirm)
	county := by(event.Actor{Person: "c", Role: event.RoleCountyGovernment, County: "610902", Unit: "emergency-610902"})
	w.refuses("R43", "not-your-copy", "inspection/i", receipt("city-department"), county)
	w.refuses("R43", "not-your-copy", "inspection/i", receipt("local-government"), bureau)
	w.accepts("inspection/i", receipt("safety-office"), inspector)
	if got := owed(); len(got) != 2 || got[0] != "local-government" || got[1] != "city-department" {
		t.Errorf("owed are the receipts of %v", got)
	}
}

// Roles: the inspected party writes of its own visits after arrival; of others and before it, nothing is there.
func TestAnInspectedPartyWritesOfItsOwnVisitsAfterArrival(t *testing.T) {
	w := confirmedFixture(t)
	w.complete("i")
	w.deliver("i")
	record := w.siteRecord("inspection/i")
	w.refuses("pillar 2", "not-started", "inspection/i", confirms(record), by(event.Actor{Role: event.RoleInspectedParty, Unit: "other"}))
	w.accepts("inspection/j", func() *inspection.Started {
		d := started()
		d.VisitType = "verify"
		return d
	}(), in("c"), inspector)
	w.refuses("pillar 2", "not-started", "inspection/j", confirms(record), ofTheFirm)
	w.refuses("Roles", "role-may-not-append", "inspection/i", &inspection.Closed{}, ofTheFirm)
}
