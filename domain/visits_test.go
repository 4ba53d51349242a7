package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// The rules of a visit through the real judge: what the other streams say is what they say, not
// what a hand-made scene says.

var (
	leader   = by(event.Actor{Person: "wang", Role: event.RoleTeamLeader, Team: "t1"})
	clerk    = by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice})
	chief    = by(event.Actor{Person: "zheng", Role: event.RoleSupervisionOffice})
	document = strings.Repeat("ab", 32)
	picture  = event.Evidence{SHA256: document, Size: 9, MediaType: "image/jpeg"}
)

// last returns the newest event of a stream that is not the ledger's own.
func (w *fixture) last(stream string) *event.Event {
	w.Helper()
	list := w.of(stream)
	if len(list) == 0 {
		w.Fatalf("%s has no event", stream)
	}
	return list[len(list)-1]
}

// of returns what people recorded in a stream, and of a visit in those that join it.
func (w *fixture) of(stream string) (list []*event.Event) {
	w.Helper()
	var visits kinds.Visits
	s := w.stream(stream)
	for _, e := range w.log {
		id, is := visits.Of(e)
		if e.Assurance != event.Derived && (e.Stream == s || s.Kind == event.Inspection && is && id == s.ID) {
			list = append(list, e)
		}
	}
	return list
}

// yes and no answer an event that waits.
func yes(e *event.Event) *oversight.ApprovalGiven {
	ref := e.Ident().Ref()
	return &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256}
}

func no(e *event.Event) *oversight.ApprovalRefused {
	ref := e.Ident().Ref()
	return &oversight.ApprovalRefused{Event: ref.Event, SHA256: ref.SHA256, Reason: "不同意"}
}

// evident is a finding with all that the record asks for.
func evident(id string) *inspection.FindingRecorded {
	d := found(id)
	d.Evidence = []event.Evidence{picture}
	return d
}

// complete takes a visit that has begun to the point before its record.
func (w *fixture) complete(id string) {
	w.Helper()
	stream := "inspection/" + id
	w.accepts(stream, &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture}, inspector)
	w.accepts(stream, &inspection.ConductDeclared{}, inspector)
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		w.accepts(stream, &inspection.CheckAnswered{Item: item, Answer: "yes"}, inspector)
	}
	for _, section := range inspection.Sections {
		w.accepts(stream, &inspection.SectionCompleted{Section: section}, inspector)
	}
}

func signedBy(persons ...string) *inspection.RecordSigned {
	d := &inspection.RecordSigned{RecordNo: "1", DocumentHash: document, SiteManager: "m"}
	for _, p := range persons {
		d.Signers = append(d.Signers, inspection.Signer{Person: p, Certificate: "cert-" + p})
	}
	return d
}

// deliver has the record signed, departs, hands over the copies and lets the leader review.
func (w *fixture) deliver(id string) {
	w.Helper()
	stream := "inspection/" + id
	w.accepts(stream, signedBy("ma", "li"), inspector)
	w.accepts(stream, &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
	for _, r := range inspection.Recipients {
		w.accepts(stream, &inspection.CopyDelivered{DocumentHash: document, Recipient: r, Receiver: "r", Method: "in-person"}, inspector)
	}
	w.accepts(stream, &inspection.LeaderReviewed{Opinion: "同意"}, leader)
}

// R16: nobody was briefed on more than the ledger has; that it may have grown since does not matter.
func TestR16NobodyIsBriefedBeyondTheHead(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	briefed := func(position uint64) *inspection.Briefed { return &inspection.Briefed{Position: position} }
	w.refuses("R16", "entry-not-recorded-yet", "inspection/i", briefed(w.n+1), inspector)
	w.accepts("inspection/i", briefed(w.n), inspector)
	first := w.last("inspection/i")
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	w.accepts("inspection/i", corrected(f, f, elsewhere), inspector) // which judges what counts anew
	w.refuses("R16", "entry-not-recorded-yet", "inspection/i", again(first, first, briefed(w.n+1), first.Occurred), inspector)
	w.accepts("inspection/i", again(first, first, briefed(1), first.Occurred), inspector)
}

func TestR13AStartOutsideTheCampaignIsFlagged(t *testing.T) {
	w := campaignFixture(t)
	for id, when := range map[string]time.Time{"before": begin.Add(-time.Hour), "after": end.Add(time.Hour)} {
		w.flags([]string{"outside-campaign"}, "inspection/"+id, &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE",
			VisitType:  "verify",
			Inspectors: []string{"ma", "li"}}, in("c"), inspector, at(when))
	}
	w.accepts("inspection/inside", started(), in("c"), inspector)
	w.accepts("campaign/later", plan("1"))
	other := started()
	other.VisitType = "verify"
	w.flags([]string{"outside-campaign"}, "inspection/unstarted", other, in("later"), inspector)
}

func TestR01ATrainingAfterTheVisitDoesNotCount(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/he", newPerson("he"))
	w.accepts("person/he", &person.Trained{Topic: "督查检查", Date: "2019-12-05"}) // noon is on the fourth
	w.flags([]string{"rules-not-acknowledged"}, "team/t1", &team.MemberJoined{Person: "he"})
	d := started()
	d.Inspectors = []string{"ma", "he"}
	w.flags([]string{"untrained-inspector"}, "inspection/i", d, in("c"), inspector)
	w.accepts("person/he", &person.Trained{Topic: "督查检查", Date: "2019-12-04"})
	d.VisitType = "verify"
	w.accepts("inspection/j", d, in("c"), inspector)
}

// D3: a visit without campaign and an event that names a known one.
func TestR13AnEventThatNamesAnotherCampaignIsToldSo(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), inspector)
	r := w.refuses("R13", "wrong-campaign", "inspection/i", &inspection.Arrived{}, in("c"), inspector)
	if strings.Contains(r.Error(), "has no plan") {
		t.Error(r)
	}
	w.refuses("R13", "unknown-campaign", "inspection/i", &inspection.Arrived{}, in("x"), inspector)
}

func TestR33TheSixthItemIsAsked(t *testing.T) {
	w := visitFixture(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	w = visitFixture(t)
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5"} {
		w.accepts("inspection/i", &inspection.CheckAnswered{Item: item, Answer: "yes"}, inspector)
	}
	says(t, w.refuses("R27", "site-record-needs-items", "inspection/i", signedBy("ma", "li"), inspector), "items not answered: E-6 (R27, R33)")
}

func TestR42APlanBelowTheLawIsRefused(t *testing.T) {
	w := campaignFixture(t)
	d := plan("2")
	d.Policy.MinInspectors = 1
	w.refuses("R42", "plan-below-the-law", "campaign/c", d)
	d.Policy.MinInspectors = 3
	w.accepts("campaign/c", d)
}

func TestR43R35R34R33R32APlanThatDropsAnythingIsFlagged(t *testing.T) {
	w := campaignFixture(t)
	d := plan("2")
	d.Policy.Copies = d.Policy.Copies[1:]
	d.Policy.RequiredSections = nil
	d.Policy.RequiredItems = map[string][]string{"enterprise": {"E-1", "E-2", "E-3", "E-4", "E-5"},
		"high-risk": {"H-1", "H-2", "H-3", "H-5"}}
	w.flags([]string{"plan-drops-copies", "plan-drops-sections", "plan-drops-items", "plan-drops-items", "plan-drops-items"}, "campaign/c", d)
	d = plan("3")
	d.Policy.RequiredItems["high-risk"] = append(slices.Clip(d.Policy.RequiredItems["high-risk"]), "H-5")
	w.accepts("campaign/c", d)
}

func TestR41APenaltyThatIsNotFinalOpensNoGate(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	draft := fined("p", "f")
	draft.Final = false
	w.flags([]string{"fine-without-decision"}, "inspection/i", draft, inspector)
	w.complete("i")
	w.deliver("i")
	r := w.refuses("R20", "closing-needs-disposition", "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	says(t, r, "findings without disposition: f", "punishable findings without a decision: f (R41)")
	w.accepts("inspection/i", fined("q", "f"), inspector)
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

func TestR41WhatAnInspectorCannotDecideIsFlagged(t *testing.T) {
	w := visitFixture(t)
	penalty := func(id, kind string, yuan int64) *casefile.PenaltyDecided {
		w.accepts("inspection/i", found(id), inspector)
		d := fined(id, id)
		if d.Kind, d.Fine = kind, nil; kind == "fine" {
			d.Fine = &event.Money{Currency: "CNY", Amount: yuan * 100}
		}
		return d
	}
	dollars := penalty("d", "fine", 1)
	dollars.Fine.Currency = "USD"
	unstated := penalty("u", "fine", 1)
	unstated.Fine, unstated.Unknown = nil, event.Unknown{"fine"}
	// At the end of 2019 the text of 2017 is in force: 1,000 yuan (R41, law versions).
	w.accepts("inspection/i", penalty("a", "fine", 1000), inspector)
	w.accepts("inspection/i", penalty("b", "warning", 0), inspector)
	oneFen := penalty("n", "fine", 1000)
	oneFen.Fine.Amount++
	w.flags([]string{"fine-beyond-authority"}, "inspection/i", oneFen, inspector)
	w.flags([]string{"fine-beyond-authority"}, "inspection/i", penalty("c", "fine", 1001), inspector)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency-city", Name: "市应急管理局", Sectors: []string{"INDTRADE"}}}})
	for _, role := range []event.Role{event.RoleTeamLeader, event.RoleOfficer} {
		onSite := by(event.Actor{Person: "wang", Role: role, Team: "t1", Unit: "emergency-city"})
		if role == event.RoleOfficer {
			onSite = by(event.Actor{Person: "wang", Role: role, Unit: "emergency-city"})
		}
		w.flags([]string{"fine-beyond-authority"}, "inspection/i", penalty("x"+string(role), "fine", 1001), onSite)
		w.flags([]string{"kind-beyond-authority"}, "inspection/i", penalty("y"+string(role), "stop-production", 0), onSite)
	}
	w.flags([]string{"fine-beyond-authority"}, "inspection/i", dollars, inspector)
	w.flags([]string{"fine-without-amount"}, "inspection/i", unstated, inspector)
	w.flags([]string{"kind-beyond-authority"}, "inspection/i", penalty("e", "revoke-permit", 0), leader)
	w.flags([]string{"kind-beyond-authority"}, "inspection/i", penalty("f", "detention", 0), clerk)
	w.flags([]string{"kind-beyond-authority"}, "inspection/i", penalty("g", "close", 0), clerk)
	w.accepts("inspection/i", penalty("h", "fine", 500_000), clerk)
	w.accepts("inspection/i", penalty("i", "stop-production", 0), clerk)
	// The text of 2021 allows 3,000 yuan.
	w.accepts("inspection/i", penalty("k", "fine", 3000), inspector, at(time.Date(2021, 7, 15, 1, 0, 0, 0, time.UTC)))
}
