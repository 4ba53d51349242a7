package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

const atVisit = "inspection/i"

func reserve(subject, visitType string) *inspection.Reserved {
	return &inspection.Reserved{Subject: subject, Team: "t1", Sector: "INDTRADE", VisitType: visitType}
}

func TestReservationsAndStartsAreAnswered(t *testing.T) {
	s := newScene(t)
	past := reserve("firm", "initial")
	past.PlannedOn = "2019-11-01"
	s.says("not-started", atVisit, &inspection.Arrived{})
	s.says("planned-in-the-past", atVisit, past, in("c"))
	s.says("already-begun", atVisit, reserve("firm", "initial"), in("c"))
	s.says("already-reserved", "inspection/two", reserve("firm", "initial"), in("c"))
	s.given("subject/second", enterprise())
	s.says("another-visit", atVisit, begun(func(d *inspection.Started) { d.Subject = "second" }), in("c"))
	s.says("start-differs-from-reservation", atVisit, begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	s.says("already-started", atVisit, begun(), in("c"))
	s.given("inspection/r", reserve("second", "verify"), in("c"))
	s.given("inspection/r", &inspection.Released{Reason: "改派"})
	s.says("already-released", "inspection/r", &inspection.Released{Reason: "改派"})
	s.says("start-after-release", "inspection/r", begun(func(d *inspection.Started) { d.Subject, d.VisitType = "second", "verify" }), in("c"))
	s.says("inspectors-required", "inspection/n", begun(func(d *inspection.Started) {
		d.Inspectors, d.Unknown = nil, event.Unknown{"inspectors"}
	}), in("c"))
	s.says("visit-type-required", "inspection/n", begun(func(d *inspection.Started) {
		d.VisitType, d.Unknown = "", event.Unknown{"visit_type"}
	}), in("c"))
	s.says("team-required", "inspection/n", begun(func(d *inspection.Started) { d.Team, d.Unknown = "", event.Unknown{"team"} }), in("c"))
	s.says("visit-name", "inspection/t2.n", begun(), in("c"))
	s.says("not-your-team", "inspection/n", begun(), in("c"), as("li t2"))
	s.says("outside-campaign", "inspection/early", begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"),
		when(begin.Add(-time.Hour)))
	s.says("too-few-inspectors", "inspection/few", begun(func(d *inspection.Started) { d.VisitType, d.Inspectors = "verify", []string{"ma"} }),
		in("c"))
	s.says("time-of-day-required", "inspection/day", begun(), in("c"), onDay)
	s.says("sector-not-of-subject", "inspection/sec", begun(func(d *inspection.Started) { d.VisitType, d.Sector = "verify", "MINE" }), in("c"))
	s.given("person/he", newPerson("he"))
	s.says("untrained-inspector inspector-not-in-team", "inspection/he", begun(func(d *inspection.Started) {
		d.VisitType, d.Inspectors = "verify", []string{"ma", "he"}
	}), in("c"))
	s.given("team/t1", &team.ScopeAssigned{Counties: []string{"610921"}, Sectors: []string{"MINE"}})
	s.says("county-outside-team-scope sector-outside-team-scope", "inspection/scope",
		begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	s.says("not-your-scope", "subject/t1.elsewhere", func() *subject.Registered {
		d := enterprise()
		d.Kind, d.Discovery = "unlicensed-place", "field"
		return d
	}(), as("ma"))
	s.given("inspection/none", begun(func(d *inspection.Started) { d.VisitType = "verify" }))
	s.says("wrong-campaign", "inspection/none", &inspection.Arrived{}, in("c"))
	s.without("wrong-campaign", "inspection/none", &inspection.Arrived{})
	ahead := reserve("firm", "verify")
	ahead.PlannedOn = "2019-12-10"
	s.without("planned-in-the-past", "inspection/ahead", ahead, in("c"))
}

func TestTheCourseOfAVisitIsAnswered(t *testing.T) {
	s := newScene(t)
	s.given(atVisit, begun(), in("c"))
	s.says("not-arrived", atVisit, &inspection.Departed{})
	s.says("already-an-inspector", atVisit, &inspection.Joined{Person: "ma", Reason: "支援"})
	s.given(atVisit, &inspection.Arrived{})
	s.says("already-arrived", atVisit, &inspection.Attempted{Reason: "停产"})
	s.says("entry-not-recorded-yet", atVisit, &inspection.Briefed{Position: s.size() + 1})
	s.says("briefed-after-arrival", atVisit, &inspection.Briefed{Position: s.size()}, hour(0.05))
	s.silent([]law.Code{law.BriefedAfterArrival}, atVisit, &inspection.Briefed{Position: s.size()}, hour(-0.05))
	s.says("advance-notice briefing-heard accompanied reception", atVisit,
		&inspection.ConductDeclared{AdvanceNotice: true, BriefingHeard: true, Accompanied: []string{"张某"}, Reception: true})
	s.says("items-skipped", atVisit, &inspection.SectionCompleted{Section: "production",
		Skipped: []inspection.Skipped{{Item: "E-1", Reason: "r"}}})
	s.given(atVisit, &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "yes"})
	s.says("answered-again", atVisit, &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "no"})
	s.says("not-a-participant", atVisit, &inspection.ServiceProvided{Topic: "t", Advice: "a"}, as("wang"))
	s.says("visit-too-short sections-skipped", atVisit, &inspection.Departed{}, hour(0.05))
	s.says("clock-order", atVisit, &inspection.Departed{}, hour(-1))
	s.given("inspection/j", begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	s.given("inspection/j", &inspection.Attempted{Reason: "停产"})
	s.says("already-attempted", "inspection/j", &inspection.Arrived{})
	s.given("inspection/k", begun(), in("c"))
	s.says("duplicate-inspection", "inspection/k", &inspection.Arrived{})
	s.given("person/gu", &person.Registered{Name: "顾某", Unit: "mines", Certificate: "c", Roles: []event.Role{event.RoleInspector}})
	own := enterprise()
	own.Departments = []string{"mines"}
	s.given("subject/own", own)
	s.says("conflict-of-interest", "inspection/own", begun(func(d *inspection.Started) {
		d.Subject, d.Inspectors = "own", []string{"ma", "gu"}
	}), in("c"))
	s.says("not-a-duplicate", atVisit, &inspection.DuplicateJustified{Reason: "离线"}, as("wang"))
	s.without("not-a-duplicate", "inspection/k", &inspection.DuplicateJustified{Reason: "离线"}, as("wang"))
	s.without("not-a-participant", atVisit, &inspection.ServiceProvided{Topic: "t", Advice: "a"})
	s.without("already-an-inspector", atVisit, &inspection.Joined{Person: "wang", Reason: "支援"})
	s.without("items-skipped", atVisit, &inspection.SectionCompleted{Section: "production"})
	for _, c := range []struct {
		code string
		d    inspection.ConductDeclared
	}{
		{"advance-notice", inspection.ConductDeclared{BriefingHeard: true, Accompanied: []string{"张某"}, Reception: true}},
		{"briefing-heard", inspection.ConductDeclared{AdvanceNotice: true, Accompanied: []string{"张某"}, Reception: true}},
		{"accompanied", inspection.ConductDeclared{AdvanceNotice: true, BriefingHeard: true, Reception: true}},
		{"reception", inspection.ConductDeclared{AdvanceNotice: true, BriefingHeard: true, Accompanied: []string{"张某"}}},
	} {
		s.without(c.code, atVisit, &c.d)
	}
}

// originally gives an imported event an id over the source's own.
func originally(a *act) {
	a.OriginID = a.ID.String()
	a.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte(a.OriginID))
}

var statute = []event.Citation{{Law: "安全生产法", Version: "2014-12-01", Article: "99"}}

var picture = event.Evidence{SHA256: strings.Repeat("ab", 32), Size: 9, MediaType: "image/jpeg"}

func discovered(id string, change ...func(*inspection.FindingRecorded)) *inspection.FindingRecorded {
	d := &inspection.FindingRecorded{Finding: id, Description: "安全出口上锁 " + id, Level: "general", Punishable: true, Clauses: statute,
		Evidence: []event.Evidence{picture}}
	for _, c := range change {
		c(d)
	}
	return d
}

func fined(id, finding string, change ...func(*casefile.PenaltyDecided)) *casefile.PenaltyDecided {
	d := &casefile.PenaltyDecided{Penalty: id, Findings: []string{finding}, Kind: "fine",
		Fine: &event.Money{Currency: "CNY", Amount: 50_000}, LegalBasis: statute, Final: true}
	for _, c := range change {
		c(d)
	}
	return d
}

func ordered(id, kind, due string) *order.Issued {
	return &order.Issued{Order: id, Kind: kind, Findings: []string{"f"}, Due: due, LegalBasis: statute}
}

func TestFindingsOrdersAndPenaltiesAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.says("level-required", atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Level, d.Unknown = "", event.Unknown{"level"} }))
	s.says("clause-required", atVisit, discovered("f", func(d *inspection.FindingRecorded) {
		d.Level, d.Clauses, d.Unknown = "major", nil, event.Unknown{"clauses"}
	}))
	s.says("unknown-person", atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.FoundBy = []string{"nobody"} }))
	s.says("violated-after-found", atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.ViolatedOn = "2020-01-01" }))
	s.says("finding-exists", atVisit, discovered("f"))
	s.says("unknown-finding", atVisit, fined("p", "nothing"))
	s.says("fix-without-photo", atVisit, &inspection.FixedOnSite{Finding: "f"})
	s.says("due-required", atVisit, func() *order.Issued {
		o := ordered("o", "rectify-by-date", "")
		o.Unknown = event.Unknown{"due"}
		return o
	}())
	s.says("due-before-issued", atVisit, ordered("o1", "rectify-by-date", "2019-11-01"))
	s.says("due-far-off", atVisit, ordered("o2", "rectify-by-date", "2025-11-01"))
	s.says("order-exists", atVisit, ordered("o2", "rectify-by-date", "2019-12-30"))
	dated := s.given(atVisit, ordered("o4", "rectify-by-date", "2019-12-20"))
	longer := func(kind, event, until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: kind, Event: event, Until: until, Ground: "设备未到"}
	}
	s.says("nothing-to-extend", atVisit, longer("record", dated.ID.String(), "2019-12-30"))
	s.says("extension-without-effect", atVisit, longer("rectify", dated.ID.String(), "2019-12-20"))
	s.says("", atVisit, longer("rectify", dated.ID.String(), "2019-12-30"))
	bare := ordered("o3", "stop", "")
	bare.LegalBasis = nil
	s.says("stop-without-ground", atVisit, bare)
	s.says("legal-basis-required", atVisit, fined("p", "f", func(d *casefile.PenaltyDecided) {
		d.LegalBasis, d.Unknown = nil, event.Unknown{"legal_basis"}
	}))
	s.says("fine-without-decision", atVisit, fined("p0", "f", func(d *casefile.PenaltyDecided) { d.Final = false }))
	s.given(atVisit, fined("p", "f"))
	s.says("penalty-exists", atVisit, fined("p", "f"))
	s.says("fined-again", atVisit, fined("p2", "f"))
	s.says("fine-beyond-authority", atVisit, fined("p3", "f", func(d *casefile.PenaltyDecided) { d.Fine.Amount = 10_000_000 }))
	s.says("fine-without-amount", atVisit, fined("p4", "f", func(d *casefile.PenaltyDecided) {
		d.Fine, d.Unknown = nil, event.Unknown{"fine"}
	}))
	s.says("kind-beyond-authority", atVisit, fined("p5", "f", func(d *casefile.PenaltyDecided) { d.Kind, d.Fine = "revoke-permit", nil }))
	spared := s.given(atVisit, &casefile.NoPenaltyDecided{Findings: []string{"f"}, Reason: "轻微", LegalBasis: statute}, as("zhou"))
	s.says("punished-and-exempted", spared.Stream.String(), yes(spared), as("zheng"))
	s.without("clause-required violated-after-found", atVisit, discovered("g", func(d *inspection.FindingRecorded) {
		d.Level, d.ViolatedOn, d.Description = "major", "2019-12-01", discovered("f").Description
	}))
	unpunished := s.given(atVisit, &casefile.NoPenaltyDecided{Findings: []string{"g"}, Reason: "轻微", LegalBasis: statute}, as("zhou"))
	s.without("punished-and-exempted", unpunished.Stream.String(), yes(unpunished), as("zheng"))
	s.without("stop-without-ground", atVisit, ordered("o5", "stop", ""))
}

// complete takes visit i to the point before its record.
func (s *scene) complete() {
	s.Helper()
	s.given(atVisit, &inspection.ConductDeclared{})
	s.checked()
}

// checked posts the notice of visit i, and has all that is to be asked.
func (s *scene) checked() {
	s.Helper()
	s.given(atVisit, &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture})
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		s.given(atVisit, &inspection.CheckAnswered{Section: "production", Item: item, Answer: "yes"})
	}
	for _, section := range inspection.Sections {
		s.given(atVisit, &inspection.SectionCompleted{Section: section})
	}
}

func signedBy(persons ...string) *inspection.RecordSigned {
	d := &inspection.RecordSigned{RecordNo: "1", DocumentHash: picture.SHA256, SiteManager: "m"}
	for _, p := range persons {
		d.Signers = append(d.Signers, inspection.Signer{Person: p, Certificate: "cert-" + p})
	}
	return d
}

func TestTheRecordAndTheClosingAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	copied := &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: "subject", Receiver: "r", Method: "in-person"}
	s.says("record-not-signed", atVisit, copied)
	s.says("review-needs-record", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	bare := func(d *inspection.FindingRecorded) { d.Evidence, d.Clauses = nil, nil }
	s.given(atVisit, discovered("f", bare))
	s.given(atVisit, &inspection.EvidenceAttached{Finding: "f", Evidence: []event.Evidence{{SHA256: hash64, Size: 9, MediaType: "audio/ogg"}}})
	s.given(atVisit, discovered("g", bare))
	s.says("site-record-needs-evidence site-record-needs-clause site-record-needs-items site-record-needs-sections site-record-needs-notice "+
		"site-record-needs-inspectors",
		atVisit, signedBy("ma", "wang"))
	s.says("closing-needs-evidence closing-needs-clause closing-needs-disposition closing-needs-record closing-needs-penalty",
		atVisit, &inspection.Closed{})

	s = newScene(t)
	s.onSpot()
	silent := func(d *inspection.FindingRecorded) { d.Evidence, d.Description = nil, "通道堵塞" }
	s.given(atVisit, discovered("f", silent))
	s.given(atVisit, discovered("g", silent))
	for _, f := range []string{"f", "g"} {
		s.given(atVisit, &inspection.EvidenceAttached{Finding: f, Evidence: []event.Evidence{{SHA256: hash64, Size: 9, MediaType: "audio/ogg"}}})
	}
	s.complete()
	s.given("person/he", &person.Registered{Name: "何某", Unit: "u", Roles: []event.Role{event.RoleInspector}})
	s.given(atVisit, &inspection.Joined{Person: "he", Reason: "支援"})
	s.later(30 * time.Hour)
	signed := signedBy("ma", "li", "he")
	s.says("certificate-unregistered late-record identical-findings no-photo", atVisit, signed, hour(29))
	s.says("already-recorded", atVisit, signedBy("ma", "li"), hour(29))
	s.says("closing-needs-copies closing-needs-review", atVisit, &inspection.Closed{}, hour(29))
	s.says("finding-after-record", atVisit, discovered("late"), hour(29))
	s.says("not-the-leader", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("ma leads"))
	s.without("own-inspection", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"), hour(29))
	s.later(20 * 24 * time.Hour)
	wrong := *copied
	wrong.DocumentHash = hash64
	s.says("wrong-document", atVisit, &wrong, hour(20*24))
	s.says("late-copy", atVisit, copied, hour(20*24))

	s = newScene(t)
	s.onSpot()
	s.given(atVisit, discovered("f"))
	s.given(atVisit, discovered("g"))
	s.complete()
	s.given("person/he", newPerson("he"))
	s.given(atVisit, &inspection.Joined{Person: "he", Reason: "支援"})
	s.later(30 * time.Hour)
	s.without("identical-findings no-photo", atVisit, signed, hour(29))

	s = newScene(t)
	fewer := plan("2")
	fewer.Policy.Copies = fewer.Policy.Copies[1:]
	dropped := *copied
	dropped.Recipient = plan("1").Policy.Copies[0]
	s.given("campaign/c", fewer)
	s.given(atVisit, begun(func(d *inspection.Started) { d.Inspectors = []string{"ma", "wang"} }), in("c"))
	s.given(atVisit, &inspection.Arrived{})
	s.complete()
	s.given(atVisit, signedBy("ma", "wang"))
	s.says("unknown-recipient", atVisit, &dropped)
	s.says("own-inspection", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
}

func TestWhatFollowsTheClosingIsAnswered(t *testing.T) {
	s := newScene(t)
	briefed := plan("2")
	briefed.Policy.RequireBriefing = true
	s.given("campaign/c", briefed)
	s.onSpot()
	fact := s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = false }))
	first := s.given(atVisit, correctionOf(fact, fact, func(d *inspection.FindingRecorded) { d.Location = "北门" }))
	s.given(atVisit, ordered("o", "correct-on-spot", ""))
	s.complete()
	s.given(atVisit, signedBy("ma", "li"))
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"})
	}
	s.given(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	s.without("inspection-closed", atVisit, &inspection.ServiceProvided{Topic: "t", Advice: "a"})
	s.says("no-briefing no-departure enforce-no-penalty", atVisit, &inspection.Closed{}, hour(0.5))
	s.says("late-after-closing closed-open", atVisit, discovered("g", func(d *inspection.FindingRecorded) { d.Punishable = false }), hour(0.1))
	s.says("inspection-closed", atVisit, &inspection.ServiceProvided{Topic: "t", Advice: "a"}, hour(0.6))
	s.says("corrected-after-closing", atVisit, correctionOf(fact, first, func(d *inspection.FindingRecorded) { d.Location = "南门" }))
}

func TestWhatComesLateIsAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = false }))
	s.given(atVisit, ordered("o", "rectify-by-date", "2019-12-10"))
	s.complete()
	s.given(atVisit, signedBy("ma", "li"))
	s.later(20 * 24 * time.Hour)
	late := hour(20 * 24)
	s.says("late-rectification", atVisit, &inspection.FixedOnSite{Finding: "f", Photo: &picture}, late)
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"}, late)
	}
	s.says("late-review", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"), late)
	s.says("late-closing", atVisit, &inspection.Closed{}, late)
}

// R41: of a punishable finding a case is filed in the days of the plan from the record, or that is flagged.
func TestWhatIsFiledLateIsAnswered(t *testing.T) {
	for days, codes := range map[int]string{3: "", 20: "late-filing"} {
		s := newScene(t)
		s.onSpot()
		s.given(atVisit, discovered("f"))
		s.complete()
		s.given(atVisit, signedBy("ma", "li"))
		s.later(time.Duration(days) * 24 * time.Hour)
		got := s.says(codes, caseOf, filed(asIs), as("ma"), hour(float64(days)*24))
		if said := saidBy(s, got); len(said) != len(strings.Fields(codes)) {
			t.Errorf("filed after %d days: %v", days, said)
		}
	}
}

// correction corrects the finding that fact recorded, in place of the version that another gave.
func correctionOf(fact, replaces *act, change func(*inspection.FindingRecorded)) *correction.FactCorrected {
	d := *fact.Data.(*inspection.FindingRecorded)
	change(&d)
	return &correction.FactCorrected{Fact: fact.ref(), Replaces: replaces.ref(), Reason: "登记有误", Occurred: fact.Occurred,
		Content: correction.Content(&d)}
}

func TestCorrectionsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	f := s.given(atVisit, discovered("f"))
	answer := s.given(atVisit, &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "yes"})
	milder := func(d *inspection.FindingRecorded) { d.Punishable = false }
	stricter := func(d *inspection.FindingRecorded) { d.Level = "major" }
	asked := s.given(atVisit, correctionOf(f, f, stricter)) // to no code's displeasure
	s.given(atVisit, &oversight.ApprovalRefused{Event: asked.ref().Event, SHA256: asked.ref().SHA256, Reason: "不属实"}, as("zhou"))
	s.says("content-of-another-type", atVisit, func() *correction.FactCorrected {
		d := correctionOf(f, f, stricter)
		d.Fact, d.Replaces = answer.ref(), answer.ref()
		return d
	}())
	s.says("stale-version", atVisit, func() *correction.FactCorrected {
		d := correctionOf(f, f, stricter)
		d.Replaces = answer.ref()
		return d
	}())
	s.says("name-is-kept", atVisit, correctionOf(f, f, func(d *inspection.FindingRecorded) { d.Finding = "g" }))
	s.says("milder-correction", atVisit, correctionOf(f, f, milder))
	s.says("another-correction-waits", atVisit, correctionOf(f, f, milder), as("li"))
	s.says("closing-needs-approval", atVisit, &inspection.Closed{})
	toronto := "inspection/source.x"
	began := begun(func(d *inspection.Started) {
		d.Team, d.Inspectors, d.Source, d.Unknown = "", nil, event.Source{"id": "1"}, event.Unknown{"team", "inspectors"}
	})
	s.given(toronto, began, as("source"), originally)
	theirs := s.given(toronto, discovered("f"), as("source"), originally)
	s.says("not-yours", toronto, correctionOf(theirs, theirs, milder), as("other source"), originally)
	s.without("not-yours", toronto, correctionOf(theirs, theirs, milder), as("source"), originally)
	s.says("unknown-deviation", atVisit, &oversight.DeviationExplained{Deviation: uuid.NewString(), Explanation: "x"}, as("wang"))
}

// withdrawn takes back the fact of an event, in place of the version that another gave.
func withdrawn(fact, replaces *act) *correction.FactWithdrawn {
	return &correction.FactWithdrawn{Fact: fact.ref(), Replaces: replaces.ref(), Reason: "误录"}
}

func TestWithdrawalsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	f := s.given(atVisit, discovered("f"))
	s.given(atVisit, &order.Issued{Order: "o", Kind: "correct-on-spot", Findings: []string{"f"}})
	s.says("later-facts-rest", atVisit, withdrawn(f, f))
	pardon := s.given(atVisit, &casefile.NoPenaltyDecided{Findings: []string{"f"}, Reason: "轻微"})
	s.says("answer-first", atVisit, withdrawn(pardon, pardon))
	check := s.given(atVisit, &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: "yes"})
	gone := s.given(atVisit, withdrawn(check, check))
	s.given(atVisit, yes(gone), as("zhou"))
	s.says("unknown-fact", atVisit, withdrawn(gone, gone)) // what takes back is no fact
	s.says("withdrawn-already", atVisit, withdrawn(check, gone))
	first := s.given("inspection/j", begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	gone = s.given("inspection/j", withdrawn(first, first))
	s.given("inspection/j", yes(gone), as("zhou"))
	s.says("stream-withdrawn", "inspection/j", &inspection.Arrived{})
	entered := s.given("subject/other", enterprise(), as("zhou"))
	s.says("never-withdrawn", "subject/other", withdrawn(entered, entered), as("zhou"))
	status := s.given("subject/other", &subject.StatusRecorded{Production: "normal"}, as("zhou"))
	s.without("never-withdrawn", "subject/other", withdrawn(status, status), as("zhou"))
}

// TestAVisitThatIsEnteredAnewIsAnswered: a visit that is withdrawn had a finding, and the one in its place has it, or not.
func TestAVisitThatIsEnteredAnewIsAnswered(t *testing.T) {
	s := newScene(t)
	again := func(d *inspection.Started) { d.VisitType = "verify" }
	first := s.given("inspection/j", begun(again), in("c"))
	s.given("inspection/j", &inspection.Arrived{})
	s.given("inspection/j", discovered("f"))
	instead := func(id string) *inspection.Started {
		return begun(again, func(d *inspection.Started) { d.Instead = id })
	}
	s.says("unknown-visit", "inspection/k", instead("nobody"), in("c"))
	s.quiet("inspection/k", instead(eventtest.Visit("t1", "j")), in("c"))
	s.quiet("inspection/k", discovered("g", func(d *inspection.FindingRecorded) { d.Instead = "f" }))
	gone := s.given("inspection/j", withdrawn(first, first))
	s.quiet("inspection/j", yes(gone), as("zhou"))
	s.says("finding-not-carried", "inspection/l", instead(eventtest.Visit("t1", "j")), in("c"))
}

// TestAVisitWithoutItsFormsIsAnswered: nobody arrived or declared conduct, and the finding is major.
func TestAVisitWithoutItsFormsIsAnswered(t *testing.T) {
	s := newScene(t)
	s.given(atVisit, begun(), in("c"))
	s.checked()
	s.given(atVisit, signedBy("ma", "li"))
	for _, r := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"})
	}
	s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Level, d.Punishable = "major", false }))
	s.given(atVisit, &inspection.FixedOnSite{Finding: "f", Photo: &picture})
	s.given(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	s.says("no-arrival no-conduct-declaration major-without-stop inspect-only", atVisit, &inspection.Closed{})
}
