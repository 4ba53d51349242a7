package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// What each body can be answered and no other test of this package reaches: see TestMain.

// hour is so many hours after the visits of these tests begin.
func hour(n float64) option { return at(noon.Add(time.Duration(n * float64(time.Hour)))) }

func TestABeginningIsAnswered(t *testing.T) {
	w := campaignFixture(t)
	reserved := inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify"}
	nowhere := reserved
	nowhere.Subject = "nowhere"
	w.refuses("R18", "unknown-subject", "inspection/i", &nowhere, inspector)
	lost := started()
	lost.Subject = "nowhere"
	w.refuses("R18", "unknown-subject", "inspection/i", lost, in("c"), inspector)
	w.accepts("inspection/i", &reserved, in("c"), inspector)
	alone := started()
	alone.Inspectors = []string{"ma"}
	w.flags([]string{"start-differs-from-reservation", "too-few-inspectors"}, "inspection/i", alone, in("c"), inspector)
	w.refuses("R42", "already-an-inspector", "inspection/i", &inspection.Joined{Person: "ma", Reason: "支援"}, inspector)
	w.accepts("person/he", newPerson("he"))
	w.flags([]string{"untrained-inspector", "inspector-not-in-team"}, "inspection/i", &inspection.Joined{Person: "he", Reason: "支援"},
		inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.refuses("R28", "already-arrived", "inspection/i", &inspection.Attempted{Reason: "停产"}, inspector)
	w.flags([]string{"briefed-after-arrival"}, "inspection/i", &inspection.Briefed{}, inspector, hour(1))

	again := started()
	again.VisitType = "verify"
	w.accepts("inspection/j", again, in("c"), inspector)
	w.accepts("inspection/j", &inspection.Attempted{Reason: "停产"}, inspector)
	w.refuses("R28", "already-attempted", "inspection/j", &inspection.Arrived{}, inspector)
}

func TestAVisitIsAnswered(t *testing.T) {
	w := visitFixture(t)
	const i = "inspection/i"
	w.flags([]string{"reception"}, i, &inspection.ConductDeclared{Reception: true}, inspector)
	w.flags([]string{"items-skipped"}, i, &inspection.SectionCompleted{Section: "production",
		Skipped: []inspection.Skipped{{Item: "E-1", Reason: "r"}}}, inspector)
	stranger := found("f")
	stranger.FoundBy = []string{"nobody"}
	w.refuses("R17", "unknown-person", i, stranger, inspector)
	w.refuses("R19", "unknown-finding", i, &inspection.EvidenceAttached{Finding: "f", Evidence: []event.Evidence{picture}}, inspector)
	w.refuses("R19", "unknown-finding", i, &inspection.FixedOnSite{Finding: "f"}, inspector)
	stop := order.Issued{Order: "o", Kind: "stop", Findings: []string{"f"}, LegalBasis: statute}
	w.refuses("R19", "unknown-finding", i, &stop, inspector)
	w.refuses("R19", "unknown-finding", i, fined("p", "f"), inspector)
	w.refuses("R19", "unknown-finding", i, exempted("f"), inspector)
	major := found("f")
	major.Level, major.Punishable = "major", false
	w.accepts(i, major, inspector)
	w.flags([]string{"fix-without-photo"}, i, &inspection.FixedOnSite{Finding: "f"}, inspector)
	stop.LegalBasis = nil
	w.refuses("R46", "stop-without-ground", i, &stop, inspector)
	w.flags([]string{"clock-order", "sections-skipped", "major-without-stop"}, i, &inspection.Departed{}, inspector, hour(-1))

	w = visitFixture(t)
	w.flags([]string{"visit-too-short", "sections-skipped"}, i, &inspection.Departed{}, inspector, hour(0.1))
}

// recordFixture has a visit of a government unit or of a high-risk enterprise under way.
func recordFixture(t *testing.T, kind string, highRisk bool) *fixture {
	w := campaignFixture(t)
	d := firm()
	d.Kind, d.RiskClasses = kind, risks(highRisk)
	w.accepts("subject/other", d)
	visit := started()
	visit.Subject = "other"
	w.accepts("inspection/i", visit, in("c"), inspector)
	return w
}

// risks are the classes of a subject of which more is asked.
func risks(high bool) []string {
	if high {
		return []string{"key-firm"}
	}
	return nil
}

func TestASiteRecordIsAnswered(t *testing.T) {
	signed := func(persons ...string) event.Data { return signedBy(persons...) }
	refused := func(persons ...string) event.Data {
		return &inspection.SignatureRefused{RecordNo: "1", DocumentHash: document, Signers: signedBy(persons...).Signers, Reason: "r",
			Witness: "w"}
	}
	for _, form := range []func(...string) event.Data{signed, refused} {
		w := visitFixture(t)
		const i = "inspection/i"
		w.refuses("R17", "unknown-person", i, form("nobody"), inspector)
		w.accepts(i, &inspection.FindingRecorded{Finding: "f", Description: "x", Level: "general"}, inspector)
		says(t, w.refuses("R19", "site-record-needs-evidence", i, form("ma", "wang"), inspector),
			"R19", "(R27, R33)", "(R35)", "(R42)", "(R72)", "no inspector of this visit: wang")

		w = visitFixture(t)
		major := found("f")
		major.Level = "major"
		w.accepts(i, major, inspector)
		w.accepts(i, &inspection.EvidenceAttached{Finding: "f", Evidence: []event.Evidence{{SHA256: document, Size: 9, MediaType: "audio/ogg"}}},
			inspector)
		w.complete("i")
		w.flags([]string{"late-record", "no-photo", "major-without-stop"}, i, form("ma", "li"), inspector, hour(25))
		w.flags([]string{"finding-after-record"}, i, evident("late"), inspector, hour(26))

		says(t, recordFixture(t, "government-unit", false).refuses("R32", "site-record-needs-items", i, form("ma", "li"), inspector), "(R32)")
		says(t, recordFixture(t, "enterprise", true).refuses("R27", "site-record-needs-items", i, form("ma", "li"), inspector), "(R34)")
	}
}

func TestAnEndIsAnswered(t *testing.T) {
	w := visitFixture(t)
	const i = "inspection/i"
	copied := &inspection.CopyDelivered{DocumentHash: document, Recipient: "subject", Receiver: "r", Method: "in-person"}
	w.refuses("R43", "record-not-signed", i, copied, inspector)
	w.refuses("R51", "not-the-leader", i, &inspection.LeaderReviewed{Opinion: "同意"},
		by(event.Actor{Person: "ma", Role: event.RoleTeamLeader, Team: "t1"}))
	w.accepts(i, found("f"), inspector)
	says(t, w.refuses("R19", "closing-needs-evidence", i, &inspection.Closed{}, inspector), "(R19)", "(R20)", "(R41)", "(R42)")

	w = campaignFixture(t)
	w.accepts(i, started(), in("c"), inspector)
	w.accepts(i, &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture}, inspector)
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		w.accepts(i, &inspection.CheckAnswered{Item: item, Answer: "yes"}, inspector)
	}
	for _, section := range inspection.Sections {
		w.accepts(i, &inspection.SectionCompleted{Section: section}, inspector)
	}
	w.accepts(i, signedBy("ma", "li"), inspector)
	says(t, w.refuses("R43", "closing-needs-copies", i, &inspection.Closed{}, inspector), "(R43)", "(R51)")
	for _, r := range inspection.Recipients {
		of := *copied
		of.Recipient = r
		w.accepts(i, &of, inspector)
	}
	major := evident("f")
	major.Level = "major"
	w.flags([]string{"finding-after-record"}, i, major, inspector)
	w.accepts(i, fined("p", "f"), inspector)
	w.accepts(i, &inspection.LeaderReviewed{Opinion: "同意"}, leader)
	w.flags([]string{"no-arrival", "no-conduct-declaration", "major-without-stop"}, i, &inspection.Closed{}, inspector)
}

func TestWhatTheOfficeStatesIsAnswered(t *testing.T) {
	w := campaignFixture(t)
	short := plan("2")
	short.Policy.RequiredItems["high-risk"] = nil
	w.flags([]string{"plan-drops-items"}, "campaign/c", short)
	w.refuses("R75", "wrong-table", "table/other", &codetable.Published{Table: codetable.Units})

	w.accepts("person/he", newPerson("he"))
	w.accepts("team/t2", &team.Formed{Name: "n", Kind: "specialist"}, in("c"))
	w.accepts("person/he", &person.Seconded{HomeUnit: "u", Team: "t2", From: begin, To: end})
	w.flags([]string{"seconded-to-another-team", "rules-not-acknowledged"}, "team/t1",
		&team.LeaderChanged{From: "wang", To: "he", Handover: "h"})
	w.flags([]string{"member-of-two-teams"}, "team/t2", &team.LeaderAppointed{Person: "ma"})
}

func TestATokenIsAnswered(t *testing.T) {
	w := campaignFixture(t)
	own := func(e *event.Event) {
		e.Stream.ID, e.Actor = e.ID.String(), event.Actor{Role: event.RoleAdmin}
	}
	issued := func(change func(*token.Issued)) *token.Issued {
		d := &token.Issued{SHA256: strings.Repeat("A", 43), Role: event.RoleInspector, Person: "ma", Team: "t1", Expires: end}
		change(d)
		return d
	}
	w.given("person/bare", &person.Registered{Name: "无证", Unit: "industry", Roles: []event.Role{event.RoleInspector}})
	for code, c := range map[string]struct {
		rule   string
		change func(*token.Issued)
	}{
		"unknown-person":  {"R59", func(d *token.Issued) { d.Person = "nobody" }},
		"unknown-team":    {"R17", func(d *token.Issued) { d.Team = "nowhere" }},
		"unknown-subject": {"R14", func(d *token.Issued) { d.Subject = "nowhere" }},
		"unknown-county":  {"R77", func(d *token.Issued) { d.County = "999999" }},
		"officer-without-certificate": {"R42", func(d *token.Issued) {
			d.Role, d.Person, d.Team, d.Unit = event.RoleOfficer, "bare", "", "industry"
		}},
		"token-expired": {"pillar 1", func(d *token.Issued) { d.Expires = noon }},
		"unit-id-too-long": {"pillar 14", func(d *token.Issued) {
			d.Role, d.Unit = event.RoleImporter, strings.Repeat("u", event.MaxVisitOwner+1)
		}},
		"asked-by-not-yours": {"pillar 1", func(d *token.Issued) { d.AskedBy = &token.Process{} }},
	} {
		w.refuses(c.rule, code, "token/x", issued(c.change), own)
	}
	w.refuses("pillar 1", "unknown-token", "token/x", &token.Revoked{Token: 7, Reason: "r"}, own)
}
