package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// confirms is a person's word for what was recorded.
func confirms(a *act) *inspection.RecordConfirmed {
	r := a.ref()
	return &inspection.RecordConfirmed{Event: r.Event, SHA256: r.SHA256}
}

// TestTheSecondInspectorIsAnswered: the record waits for another inspector's own token, and its copies for their receipts (R42, R43).
func TestTheSecondInspectorIsAnswered(t *testing.T) {
	s := newScene(t)
	p := plan("2")
	p.Policy.ConfirmHours, p.Policy.ReceiptDays, p.Policy.ServeCorrections = new(24), new(7), true
	s.given("campaign/c", p)
	s.issue("firm", token.Issued{Role: event.RoleInspectedParty, Subject: "firm"})
	s.onSpot()
	helped := s.given(atVisit, &inspection.ServiceProvided{Topic: "用电安全", Advice: "更换线路"})
	s.complete()
	receipt := func(recipient string) *inspection.CopyAcknowledged {
		return &inspection.CopyAcknowledged{DocumentHash: picture.SHA256, Recipient: recipient, Receipt: "1"}
	}
	record := s.given(atVisit, signedBy("ma", "li"))
	s.says("not-a-second-inspector", atVisit, confirms(record))
	s.says("not-a-second-inspector", atVisit, confirms(record), as("wang"))
	wrong := confirms(record)
	wrong.SHA256 = hash64
	s.says("other-bytes", atVisit, wrong, as("li"))
	wrong = confirms(record)
	wrong.Event = "0198f3c2-7a10-7000-8000-00000000ffff"
	s.says("not-the-record", atVisit, wrong, as("li"))
	s.says("no-copy-to-acknowledge", atVisit, receipt("subject"), as("firm"))
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"})
	}
	s.given(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	s.given(atVisit, confirms(record), as("firm"))
	s.says("closing-needs-confirmation", atVisit, &inspection.Closed{})
	s.says("not-your-copy", atVisit, receipt("safety-office"), as("firm"))
	s.given(atVisit, receipt("subject"), as("firm"))
	s.given(atVisit, receipt("local-government"), as("hanbin"))
	s.given(atVisit, confirms(record), as("li"))

	// A correction of what the record states is served to all four, too, once it is approved; the closing waits for that.
	wrongCopy := &inspection.CopyDelivered{DocumentHash: hash64, Recipient: "subject", Receiver: "r", Method: "in-person",
		Correction: record.ID.String()}
	s.says("nothing-corrected", atVisit, wrongCopy)
	asked := s.given(atVisit, correction.Of(helped.ref(), helped.ref(), "漏记", helped.Occurred,
		&inspection.ServiceProvided{Topic: "用电安全", Advice: "更换线路和开关"}))
	s.given(atVisit, yes(asked), as("zhou"))
	s.says("closing-needs-copies", atVisit, &inspection.Closed{})
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: hash64, Recipient: r, Receiver: "r", Method: "in-person",
			Correction: asked.ID.String()})
	}
	s.given(atVisit, &inspection.Closed{})
}

// parties makes two subjects, and the authorities of two sectors, of which one supervises the first, with tokens for them.
func (s *scene) parties() {
	s.given("table/units", units(table.Unit{ID: "industry", Name: "工信局", County: "610902", Sectors: []string{"INDTRADE"}},
		table.Unit{ID: "mining", Name: "矿山局", County: "610902", Sectors: []string{"MINE"}}))
	s.given("subject/other", enterprise())
	for word, d := range map[string]token.Issued{
		"firm": {Role: event.RoleInspectedParty, Subject: "firm"}, "other": {Role: event.RoleInspectedParty, Subject: "other"},
		"officer":   {Role: event.RoleOfficer, Person: "zhou", Unit: "industry"},
		"approver":  {Role: event.RoleApprover, Person: "zheng", Unit: "industry"},
		"miner":     {Role: event.RoleOfficer, Person: "zhou", Unit: "mining"},
		"mines yes": {Role: event.RoleApprover, Person: "zheng", Unit: "mining"},
	} {
		s.issue(word, d)
	}
}

// TestAPartyAndItsAuthorityReadTheMatterOnceItIsDisclosed (Roles, R39): before arrival nothing of the visit is there for the subject, the
// officer and the approver of its authority; afterwards the visit is, and nothing of a visit to somebody else.
func TestAPartyAndItsAuthorityReadTheMatterOnceItIsDisclosed(t *testing.T) {
	s := newScene(t)
	s.parties()
	begins := s.given(atVisit, begun(), in("c"))
	view := "/v1/inspections/" + begins.Stream.ID
	for _, word := range []string{"firm", "officer", "approver"} {
		s.want(s.get(word, view), 404, "not-found")
		if a := s.get(word, "/v1/events?limit=1000"); strings.Contains(string(a.body), begins.Stream.ID) {
			t.Errorf("%s reads of the visit before the arrival", word)
		}
	}
	s.given(atVisit, &inspection.Arrived{})
	for _, word := range []string{"firm", "officer", "approver"} {
		s.want(s.get(word, view), 200, "")
		if a := s.get(word, "/v1/events?limit=1000"); !strings.Contains(string(a.body), begins.Stream.ID) {
			t.Errorf("%s does not read of the visit after the arrival", word)
		}
	}
	for _, word := range []string{"other", "miner"} {
		s.want(s.get(word, view), 404, "not-found")
		if a := s.get(word, "/v1/events?limit=1000"); strings.Contains(string(a.body), begins.Stream.ID) {
			t.Errorf("%s reads of another's visit", word)
		}
	}
	for _, target := range []string{"/v1/subjects", "/v1/counties", "/v1/city", "/v1/teams"} {
		for _, word := range []string{"firm", "officer", "approver"} {
			s.want(s.get(word, target), 403, "forbidden")
		}
	}
	s.given(atVisit, discovered("f"))
	at := "case/" + eventtest.Visit("industry", "exempt")
	asked := s.given(at, &casefile.NoPenaltyDecided{Inspection: eventtest.Visit("t1", "i"), Findings: []string{"f"}, Reason: "轻微并及时改正",
		LegalBasis: statute}, as("officer"))
	s.says("role-may-not-append", at, yes(asked), as("officer"))
	s.given(at, yes(asked), as("approver"))
}

// TestAnApproverKnowsTheVisitsOfHisUnitBeforeTheyAreMade (N03, R39): who is to approve a visit reads of it, approves it, and goes on
// reading the same; the officers of his unit, other approvers and the county do not.
func TestAnApproverKnowsTheVisitsOfHisUnitBeforeTheyAreMade(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) { p.VisitApprovalHours = new(48) })
	s.parties()
	s.given("person/head", newPerson("head"))
	reserved := func(authority string) *inspection.Reserved {
		return &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify", EnforcingAuthority: authority}
	}
	begins := s.given(atVisit, reserved("industry"), in("c"))
	other := s.given("inspection/j", reserved("mining"), in("c"))
	view := "/v1/inspections/" + begins.Stream.ID
	reads := func(word string) string { return string(s.get(word, "/v1/events?limit=1000").body) }
	for _, word := range []string{"firm", "officer", "mines yes", "hanbin"} {
		s.want(s.get(word, view), 404, "not-found")
		if strings.Contains(reads(word), begins.Stream.ID) {
			t.Errorf("%s reads of the visit before the arrival", word)
		}
	}
	s.says("not-started", atVisit, &inspection.Approved{ApprovedBy: "head"}, as("mines yes"))
	s.want(s.get("approver", view), 200, "")
	if got := reads("approver"); !strings.Contains(got, begins.Stream.ID) || strings.Contains(got, other.Stream.ID) {
		t.Error("the approver reads of the visits of his unit before they are made, and of no other")
	}
	s.given(atVisit, &inspection.Approved{ApprovedBy: "head"}, as("approver"))
	s.given(atVisit, begun(func(d *inspection.Started) { d.VisitType, d.EnforcingAuthority = "verify", "industry" }), in("c"))
	before := strings.Count(reads("approver"), begins.Stream.ID)
	s.given(atVisit, &inspection.Arrived{})
	after, officer := strings.Count(reads("approver"), begins.Stream.ID), strings.Count(reads("officer"), begins.Stream.ID)
	if after <= before || officer != after {
		t.Errorf("the approver read of the visit %d times before the arrival and %d after, the officer %d", before, after, officer)
	}
}

// TestALeaderExplainsAndAnotherAccepts (R08): of the own team he says how it was; the office accepts it or not, of conduct the commission.
// Both are on the list of what is owed until they are done.
func TestALeaderExplainsAndAnotherAccepts(t *testing.T) {
	s := newScene(t)
	p := plan("2")
	p.Policy.ExplainDays, p.Policy.ConfirmDays = new(7), new(7)
	s.given("campaign/c", p)
	s.given("person/sun", newPerson("sun"))
	s.issue("sun", token.Issued{Role: event.RoleDisciplineCommission, Person: "sun"})
	s.onSpot()
	owed := func(kind string, want int) {
		t.Helper()
		a := s.want(s.get("zhou", "/v1/obligations?wait_for=1&kind="+kind), 200, "")
		if got := decode[Worklist](s.fixture, a).Open; got != want {
			t.Errorf("%s: %d open, want %d", kind, got, want)
		}
	}
	owed("explanation", 0)
	conduct := s.given(atVisit, &inspection.ConductDeclared{Reception: true})
	view := decode[struct {
		Deviations []struct{ ID, Code string }
	}](s.fixture, s.want(s.get("wang", "/v1/inspections/"+conduct.Stream.ID), 200, ""))
	if len(view.Deviations) == 0 {
		t.Fatal("nothing was flagged")
	}
	owed("explanation", 1)
	s.says("unknown-deviation", atVisit, &oversight.DeviationExplained{Deviation: uuid.NewString(), Explanation: "在食堂自费用餐"}, as("wang"))
	told := s.given(atVisit, &oversight.DeviationExplained{Deviation: view.Deviations[0].ID, Explanation: "在食堂自费用餐"}, as("wang"))
	owed("explanation", 0)
	owed("confirmation", 1)
	s.says("not-yours-to-accept", atVisit, yes(told), as("wang"))
	s.says("not-yours-to-accept", atVisit, yes(told), as("zhou"))
	s.given(atVisit, yes(told), as("sun"))
	s.says("nothing-waits", atVisit, yes(told), as("sun"))
	owed("confirmation", 0)
}

// TestTheBytesOfEvidenceAreAnswered: the visit names a photo by its hash; the list has its bytes as owed, and the closing waits until
// they are sent (R19, R72).
func TestTheBytesOfEvidenceAreAnswered(t *testing.T) {
	s := newScene(t)
	p := plan("2")
	p.Policy.EvidenceHours = new(72)
	s.given("campaign/c", p)
	s.onSpot()
	photo := []byte("a photo of the notice")
	sum := sha256.Sum256(photo)
	file := "/v1/evidence/" + hex.EncodeToString(sum[:])
	of := picture
	of.SHA256 = hex.EncodeToString(sum[:])
	s.given(atVisit, &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: of})
	s.given(atVisit, &inspection.ConductDeclared{})
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		s.given(atVisit, &inspection.CheckAnswered{Section: "production", Item: item, Answer: "yes"})
	}
	for _, section := range inspection.Sections {
		s.given(atVisit, &inspection.SectionCompleted{Section: section})
	}
	s.given(atVisit, signedBy("ma", "li"))
	s.given(atVisit, &inspection.Departed{}, hour(1))
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"})
	}
	s.given(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	if n := s.owed("wang", "evidence"); n != 1 {
		t.Errorf("%d files are owed", n)
	}
	s.says("closing-needs-bytes", atVisit, &inspection.Closed{})
	s.want(s.do("ma", "PUT", file, string(photo)), 201, "")
	if n := s.owed("wang", "evidence"); n != 0 {
		t.Errorf("%d files are owed after they came", n)
	}
	s.given(atVisit, &inspection.Closed{})
}
