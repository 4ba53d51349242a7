package domain

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Which flags of visits rest on what registers say, and what of it may be told later than the visit (pillar 13).

// Why a flag of a visit is not said when something of a register is told later.
const (
	editionOfThen = "a table's edition counts that was known when the visit began, and later ones move nothing (pillar 12); " +
		"the county of a subject is never corrected"
	besidePenalties = "fines.go says it, with scenes of its own (R41, R47)"
	planned         = "it warns who reserves, by what is known then; whether a visit that was made is beyond the cap, cap-exceeded says"
)

// besideRegister is what is known of a flag that rests on registers.
type besideRegister struct {
	of    []event.Kind // registers
	scene func(w *fixture)
	why   string // it has no scene
}

// besideRegisters are the flags of visits that rest on registers. In a scene a visit is made of which the flag is not said; then something
// of a register is told, or corrected, that makes it true, and what the fixture holds must say it.
var besideRegisters = map[law.Code]besideRegister{
	law.OutsideCampaign: {of: []event.Kind{event.Campaign}, scene: func(w *fixture) {
		w.comes()
		w.changes(nil, nil, "campaign/c", &campaign.Ended{}, toldOn(8, 7))
		ended := w.last("campaign/c")
		w.amends(codesOf("outside-campaign"), nil, again(ended, ended, &campaign.Ended{}, noon.AddDate(0, 0, -1)), ended)
		w.amends(nil, codesOf("outside-campaign"), withdrawn(ended, w.of("campaign/c")[3]), ended)
	}},
	law.TeamNotActive: {of: []event.Kind{event.Team}, scene: func(w *fixture) {
		w.comes()
		w.turns("team/t1", codesOf("team-not-active"), nil)
	}},
	law.CountyOutsideTeamScope: {of: []event.Kind{event.Team}, scene: func(w *fixture) {
		w.comes()
		w.changes(codesOf("county-outside-team-scope"), nil, "team/t1", &team.ScopeAssigned{Counties: []string{"610921"}}, toldOn(7, 5))
		w.turns("team/t1", nil, codesOf("county-outside-team-scope"))
	}},
	law.SectorOutsideTeamScope: {of: []event.Kind{event.Team}, scene: func(w *fixture) {
		w.comes()
		w.changes(nil, nil, "team/t1", &team.ScopeAssigned{Sectors: []string{"MINE"}}, december(7)) // it is another's from then on
		w.changes(codesOf("sector-outside-team-scope"), nil, "team/t1", &team.ScopeAssigned{Sectors: []string{"FIRE"}}, toldOn(7, 5))
		w.turns("team/t1", nil, codesOf("sector-outside-team-scope"))
	}},
	law.SectorNotOfSubject: {of: []event.Kind{event.Subject}, scene: func(w *fixture) {
		w.comes()
		w.changes(nil, nil, "subject/firm", &subject.Updated{From: "2019-12-07", Sectors: []string{"MINE"}}, december(7))
		w.changes(codesOf("sector-not-of-subject"), nil, "subject/firm", &subject.Updated{From: "2019-12-01", Sectors: []string{"FIRE"}},
			december(7))
		w.turns("subject/firm", nil, codesOf("sector-not-of-subject"))
	}},
	law.UntrainedInspector: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		w.comes()
		training := w.of("person/li")[1]
		later := again(training, training, &person.Trained{Topic: "督查检查", Date: "2019-12-07"}, training.Occurred)
		w.amends(codesOf("untrained-inspector"), nil, later, training)
		w.changes(nil, codesOf("untrained-inspector"), "person/li", &person.Trained{Topic: "督查检查", Date: "2019-12-06"}, december(22))
	}},
	law.InspectorNotInTeam: {of: []event.Kind{event.Team}, scene: func(w *fixture) {
		w.comes()
		w.changes(codesOf("inspector-not-in-team"), nil, "team/t1", &team.MemberLeft{Person: "li"}, toldOn(7, 5))
		w.turns("team/t1", nil, codesOf("inspector-not-in-team"))
	}},
	law.ConflictOfInterest: {of: []event.Kind{event.Person, event.Subject}, scene: func(w *fixture) {
		w.comes()
		registered := w.of("subject/firm")[0]
		theirs := *firm()
		theirs.Departments = []string{"emergency-610902"}
		w.amends(nil, nil, again(registered, registered, &theirs, registered.Occurred), registered)
		lent := &person.Seconded{HomeUnit: "emergency-610902", Team: "t1", From: begin, To: end}
		w.changes(codesOf("conflict-of-interest"), nil, "person/li", lent, december(22))
		w.turns("person/li", nil, codesOf("conflict-of-interest"))
		asked := w.of("subject/firm")[1]
		theirs.Departments = []string{"emergency-city"} // of both; for li, who is lent, that counts as little as his own unit
		w.amends(codesOf("conflict-of-interest"), codesOf("conflict-of-interest"),
			again(registered, asked, &theirs, registered.Occurred), registered)
	}},
	law.CertificateUnregistered: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		w.accepts("inspection/i", started(), in("c"), inspector)
		w.given("inspection/i", &inspection.Arrived{}, inspector)
		w.complete("i")
		w.accepts("inspection/i", signedBy("ma", "li"), inspector)
		registered := w.of("person/li")[0]
		none := *newPerson("li")
		none.Certificate = ""
		asked := again(registered, registered, &none, registered.Occurred)
		w.amends(codesOf("certificate-unregistered"), nil, asked, registered)
		w.amends(nil, codesOf("certificate-unregistered"), again(registered, w.of("person/li")[3], newPerson("li"), registered.Occurred),
			registered)
	}},
	inspection.TooFewCertificates: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		p := plan("2")
		p.Policy.ListedAuthority = true
		w.accepts("campaign/c", p)
		w.given("inspection/i", started(), in("c"), inspector, december(4))
		registered := w.of("person/li")[0]
		until := *newPerson("li")
		until.Until = "2019-12-03"
		w.amends(codesOf("too-few-certificates"), nil, again(registered, registered, &until, registered.Occurred), registered)
		until.Until = "2019-12-04"
		w.amends(nil, codesOf("too-few-certificates"), again(registered, w.of("person/li")[3], &until, registered.Occurred), registered)
	}},
	inspection.VisitAfterEnd: {of: []event.Kind{event.Subject}, scene: func(w *fixture) {
		w.comes()
		w.changes(codesOf("visit-after-end"), nil, "subject/firm", &subject.Ended{How: "dissolved", On: "2019-12-03"}, december(7))
		w.turns("subject/firm", nil, codesOf("visit-after-end"))
	}},
	subject.HolidayWorkWithoutApproval: {of: []event.Kind{event.Subject}, scene: func(w *fixture) {
		place := firm()
		w.accepts("subject/site", place)
		w.accepts("table/holidays", holidays(2019, []string{}, "2019-12-04", "2019-12-04"))
		d := started()
		d.Subject = "site"
		w.accepts("inspection/i", d, in("c"), inspector)
		w.accepts("inspection/i", &inspection.CheckAnswered{Item: "C-4", Answer: "no"}, inspector)
		w.given("inspection/i", &inspection.Arrived{}, inspector, december(4))
		registered := w.of("subject/site")[0]
		site := *place
		site.Kind = "site"
		w.amends(codesOf("holiday-work-without-approval"), nil, again(registered, registered, &site, registered.Occurred), registered)
		w.amends(nil, codesOf("holiday-work-without-approval"), again(registered, w.of("subject/site")[1], place, registered.Occurred),
			registered)
	}},
	law.VisitTooShort: {of: []event.Kind{event.Subject}, scene: func(w *fixture) {
		road := firm()
		road.Kind = "road-section"
		w.accepts("subject/road", road)
		d := started()
		d.Subject = "road"
		w.accepts("inspection/i", d, in("c"), inspector)
		w.given("inspection/i", &inspection.Arrived{}, inspector)
		w.given("inspection/i", &inspection.Departed{}, inspector, at(noon.Add(15*time.Minute)))
		registered := w.of("subject/road")[0]
		w.amends(codesOf("visit-too-short"), nil, again(registered, registered, firm(), registered.Occurred), registered)
		w.amends(nil, codesOf("visit-too-short"), again(registered, w.of("subject/road")[1], road, registered.Occurred), registered)
	}},
	inspection.CapExceeded: {of: []event.Kind{event.Subject}, why: "caps.go says it, with scenes of its own (N05)"},

	inspection.OutsideOwnArea: {why: editionOfThen}, inspection.OutsideAreaNotFiled: {why: editionOfThen},
	inspection.AuthorityNotListed: {why: editionOfThen}, inspection.CoordinatingBodyInspects: {why: editionOfThen},
	inspection.ItemWithoutBasis: {why: editionOfThen}, inspection.StandardNotInForce: {why: editionOfThen},
	inspection.CapReached: {of: []event.Kind{event.Subject}, why: planned},
}

// besideCases are the flags of cases that rest on other streams, likewise.
var besideCases = map[law.Code]besideRegister{
	law.CertificateUnregistered: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		w.accepts(caseOfMa, filedBy("ma", "li", "ca"), clerk, in("c"), december(6)) // of ca nothing is known yet
		w.changes(codesOf("certificate-unregistered"), nil, "person/ca", otherwiseCertified(), clerk, toldOn(7, 5))
		registered := w.last("person/ca")
		w.amends(nil, codesOf("certificate-unregistered"), again(registered, registered, newPerson("ca"), registered.Occurred), registered)
		li := w.of("person/li")[0]
		none := *newPerson("li")
		none.Certificate = ""
		w.amends(codesOf("certificate-unregistered"), nil, again(li, li, &none, li.Occurred), li)
	}},
	casefile.FineOutsideRange:  {of: []event.Kind{event.Accident}, why: besidePenalties},
	casefile.RepetitionUnknown: {of: []event.Kind{event.Subject}, why: besidePenalties},
}

// besideTeams are the flags of teams that rest on other streams, likewise.
var besideTeams = map[law.Code]besideRegister{
	law.SecondedToAnotherTeam: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		lent := func(from, to time.Time) *person.Seconded {
			return &person.Seconded{HomeUnit: "u", Team: "t2", From: from, To: to}
		}
		w.accepts("team/t2", &team.Formed{Name: "n", Kind: "specialist"})
		w.changes(nil, nil, "person/li", lent(noon.AddDate(0, 0, 1), end), december(5)) // li entered t1 on the fourth
		asked := w.last("person/li")
		w.amends(codesOf("seconded-to-another-team"), nil, again(asked, asked, lent(begin, end), asked.Occurred), asked)
		w.amends(nil, codesOf("seconded-to-another-team"), withdrawn(asked, w.of("person/li")[4]), asked)
	}},
	law.MemberOfTwoTeams: {of: []event.Kind{event.Team, event.Campaign}, scene: func(w *fixture) {
		w.accepts("person/zo", newPerson("zo"))
		w.accepts("person/zo", &person.RulesAcknowledged{DocumentHash: document})
		w.accepts("campaign/d", plan("1"))
		w.accepts("campaign/d", &campaign.Started{Start: noon.AddDate(0, 0, 1), End: end})
		w.accepts("team/d1", &team.Formed{Name: "n", Kind: "specialist"}, in("d"))
		w.changes(nil, nil, "team/d1", &team.MemberJoined{Person: "zo"}, december(6))
		// zo turns out to have been of a team of the first campaign, which turns out to have ended before the other one began
		w.changes(codesOf("member-of-two-teams", "member-of-two-teams"), nil, "team/t1", &team.MemberJoined{Person: "zo"}, toldOn(7, 5))
		w.changes(nil, codesOf("member-of-two-teams"), "team/t1", &team.MemberLeft{Person: "zo"}, toldOn(7, 5))
		w.turns("team/t1", codesOf("member-of-two-teams"), nil)
		w.changes(nil, nil, "campaign/c", &campaign.Ended{}, toldOn(24, 23))
		ended := w.last("campaign/c")
		w.amends(nil, codesOf("member-of-two-teams"), again(ended, ended, &campaign.Ended{}, noon), ended)
		w.amends(codesOf("member-of-two-teams"), nil, withdrawn(ended, w.of("campaign/c")[3]), ended)
	}},
	law.RulesNotAcknowledged: {of: []event.Kind{event.Person}, scene: func(w *fixture) {
		w.accepts("person/zo", newPerson("zo"))
		w.accepts("person/zo", &person.RulesAcknowledged{DocumentHash: document}, december(5))
		w.changes(nil, nil, "team/t1", &team.MemberJoined{Person: "zo"}, december(6))
		w.turns("person/zo", codesOf("rules-not-acknowledged"), nil)
	}},
}

const caseOfMa = "case/t1.0198f3c2-0000-7000-9000-000000000001"

// filedBy is a case of the firm that no visit found.
func filedBy(officers ...string) *casefile.Filed {
	d := filed()
	d.Inspection, d.Findings, d.Officers = "", nil, nil
	for _, id := range officers {
		d.Officers = append(d.Officers, casefile.Officer{Person: id, Certificate: "cert-" + id})
	}
	return d
}

// otherwiseCertified is ca under another certificate than cases name.
func otherwiseCertified() *person.Registered {
	d := newPerson("ca")
	d.Certificate = "other"
	return d
}

// besideNone are the flags of visits that rest on no register: on what is recorded of the visit itself, of its cases, orders and documents,
// of other visits, and on its plan and the calendars.
var besideNone = []law.Code{law.PlannedInThePast, law.BriefedAfterArrival, law.StartAfterRelease, law.StartDiffersFromReservation,
	law.TooFewInspectors, inspection.AssistantNotNamed, "inspection-not-approved", "late-inspection-approval", inspection.PurposeNotStated,
	inspection.SpecialPlanIncomplete, law.LateAfterClosing, law.ClockOrder, law.SectionsSkipped, law.ItemsSkipped, law.AnsweredAgain,
	law.AdvanceNotice, law.BriefingHeard, law.Accompanied, law.Reception, law.NoArrival, law.NoBriefing, law.NoDeparture,
	"no-conduct-declaration", "major-without-stop", "late-arrival-code", inspection.MeasureUnexplained, inspection.NoticeCountTooLow,
	inspection.NoticeIncomplete,
	law.ViolatedAfterFound, law.FindingAfterRecord, law.FixWithoutPhoto, "late-rectification", law.DueBeforeIssued, law.DueFarOff,
	law.FineWithoutDecision, law.FinedAgain, law.KindBeyondAuthority, law.FineWithoutAmount, law.FineBeyondAuthority,
	law.PunishedAndExempted, "aggravation-not-stated", "extension-without-effect", inspection.InvestmentNotStated,
	"investment-without-order", "late-filing", law.MilderCorrection, law.CorrectedAfterClosing, "closed-open", "finding-not-carried",
	law.LateRecord, "identical-findings", "no-photo", law.UnknownRecipient, law.WrongDocument, "late-copy", "late-review", "late-closing",
	"inspect-only", "enforce-no-penalty", "number-is-void", "number-outside-block", "number-twice"}

// comes has ma and li make a visit to the firm on the sixth of December, of which nothing is said.
func (w *fixture) comes() {
	w.Helper()
	w.accepts("inspection/i", started(), in("c"), inspector, december(6))
	w.given("inspection/i", &inspection.Arrived{}, inspector, december(6))
}

// amends has a correction of a fact count, and wants what it makes true of visits, and untrue, to be said.
func (w *fixture) amends(flags, lapses []string, d event.Data, of *event.Event) {
	w.Helper()
	w.changes(nil, nil, of.Stream.String(), d, clerk, december(20))
	w.changes(flags, lapses, of.Stream.String(), yes(w.last(of.Stream.String())), chief, december(20))
}

// TestEveryFlagBesideARegisterIsSaidLateOrCannotBe: each flag that the ledger says of visits rests on no register, or stands in the table
// with the registers on which it does: with a scene in which what it rests on is told later than the visit, or with why that cannot be.
func TestEveryFlagBesideARegisterIsSaidLateOrCannotBe(t *testing.T) {
	visits, cases := New().kind(event.Inspection).declaration(), New().kind(casefile.Name).declaration()
	flagsBeside(t, visits, besideRegisters, besideNone)
	flagsBeside(t, New().kind(event.Team).declaration(), besideTeams, nil)
	flagsBeside(t, cases, besideCases, []law.Code{casefile.PaidDiffers, casefile.DecidedWithoutNotice, casefile.DecidedWithoutHearing,
		casefile.HearingTooEarly, numbering.NumberIsVoid, numbering.NumberOutsideBlock, numbering.NumberTwice})
}

func flagsBeside(t *testing.T, of *stream.Kind, registers map[law.Code]besideRegister, resting []law.Code) {
	for _, g := range law.Groups() {
		for _, text := range g.Texts {
			code := text.Code
			if text.Acts&law.Flags == 0 || !of.MayLapse(code) {
				continue
			}
			row, rests := registers[code]
			switch none := slices.Contains(resting, code); {
			case rests == none:
				t.Errorf("%s rests on registers: %v; it rests on none: %v. One of both is so", code, rests, none)
			case rests && (row.scene == nil) == (row.why == ""):
				t.Errorf("%s has a scene, or a reason", code)
			case row.scene != nil:
				t.Run(string(of.Name)+" "+string(code), func(t *testing.T) {
					w := campaignFixture(t)
					row.scene(w)
					w.saidBeside(of.Name, code, row.of)
				})
			}
		}
	}
}

// saidBeside wants a flag to have been said in streams of a kind by events of all of some registers.
func (w *fixture) saidBeside(of event.Kind, code law.Code, registers []event.Kind) {
	w.Helper()
	var by []event.Kind
	var cause *event.Event
	for _, e := range w.log {
		d, flags := e.Data.(*oversight.DeviationFlagged)
		switch {
		case e.Assurance != event.Derived:
			cause = e
		case flags && d.Code == string(code) && e.Stream.Kind == of && !slices.Contains(by, cause.Stream.Kind):
			by = append(by, cause.Stream.Kind)
		}
	}
	for _, kind := range registers {
		if !slices.Contains(by, kind) {
			w.Errorf("%s is said with events of %v, not of %s", code, by, kind)
		}
	}
}

// late has sweeps say what there is to say, at most so many visits each, and returns what; each entry names what brought it.
func (w *fixture) late(t time.Time) (said []*event.Event) {
	w.Helper()
	for more := true; more; {
		var list []event.Consequence
		if list, more = w.Late(mostLooked); len(list) > mostLooked {
			w.Fatalf("it says %d at once", len(list))
		}
		for _, c := range list {
			if c.Because == uuid.Nil {
				w.Errorf("%s says nothing of what brought it", c.Name)
			}
			recorded, err := w.record(w.own(c, t))
			if err != nil || len(recorded) != 1 {
				w.Fatalf("%s entails %d: %v", c.Name, len(recorded)-1, err)
			}
			said = append(said, recorded...)
		}
	}
	return said
}

// saidAll wants sweeps to have nothing more to say, and another node, or this one after a start, which looks at all of it once more.
func (w *fixture) saidAll() {
	w.Helper()
	if got := w.late(noon); len(got) != 0 {
		w.Errorf("it says again %q", names(got))
	}
	again := replayed(w.log)
	for more := true; more; {
		var list []event.Consequence
		if list, more = again.Late(mostLooked); len(list) > 0 {
			w.Fatalf("after a start it says %+v", list)
		}
	}
}

// many has a team make so many visits, of each of which nothing is said.
func (w *fixture) many(n int) {
	w.Helper()
	for i := range n {
		d := started()
		d.VisitType = "verify"
		w.accepts(fmt.Sprintf("inspection/v%d", i), d, in("c"), inspector, december(6))
	}
}

// R17: what bears on more visits than an append may look at is said by sweeps, of each once, and taken back by them.
func TestR17WhatBearsOnManyVisitsIsSaidBySweeps(t *testing.T) {
	w := campaignFixture(t)
	const n = 100
	w.many(n)
	if got := w.late(noon); len(got) != 0 {
		t.Fatalf("nothing was told, and it says %q", names(got))
	}
	w.changes(nil, nil, "team/t1", &team.MemberLeft{Person: "li"}, toldOn(7, 5))
	left := w.last("team/t1")
	if got := names(w.late(noon)); len(got) != n || len(slices.Compact(got)) != 1 || got[0] != "flagged inspector-not-in-team" {
		t.Fatalf("it says %d: %q", len(got), slices.Compact(got))
	}
	w.saidAll()
	w.changes(nil, nil, "team/t1", withdrawn(left, left), clerk, december(20))
	w.changes(nil, nil, "team/t1", yes(w.last("team/t1")), chief, december(20))
	if got := names(w.late(noon)); len(got) != n || got[0] != "lapsed inspector-not-in-team" {
		t.Errorf("it takes back %d", len(got))
	}
}

// Pillar 13: what was said in a block that is lost is said again.
func TestR17WhatWasSaidInALostBlockIsSaidAgain(t *testing.T) {
	w := campaignFixture(t)
	w.many(40)
	w.changes(nil, nil, "team/t1", &team.MemberLeft{Person: "li"}, toldOn(7, 5))
	log, n := len(w.log), w.n
	w.Begin()
	if got := w.late(noon); len(got) != 40 {
		t.Fatalf("it says %d", len(got))
	}
	w.DropAll()
	w.log, w.n = w.log[:log], n
	if got := w.late(noon); len(got) != 40 {
		t.Errorf("after the block is lost it says %d", len(got))
	}
}

// Pillar 14: what the author may not know of waits for the next sweep, in the visit's own stream.
func TestR26WhatTheAuthorMayNotKnowOfASweepSays(t *testing.T) {
	w := holidayFixture(t)
	on := at(newYear)
	w.seesWork(on)
	w.accepts("subject/site", filing, clerk)
	asked := w.last("subject/site")
	w.accepts("subject/site", yes(asked), county)
	w.changes(nil, nil, "subject/site", yes(asked), bureau)
	if got := names(w.late(noon)); !slices.Equal(got, codesOf("lapsed holiday-work-without-approval")) {
		t.Errorf("it says %q", got)
	}
}

// An approval that both bodies give after the holiday answers nothing of what was seen in it (R26).
func TestR26ApprovalsThatWereGivenAfterTheVisitTakeBackNothing(t *testing.T) {
	w := holidayFixture(t)
	on := at(newYear)
	w.seesWork(on)
	w.given("subject/site", filing, clerk)
	asked := w.last("subject/site")
	after := at(newYear.AddDate(0, 0, 1))
	w.accepts("subject/site", yes(asked), county, after)
	w.accepts("subject/site", yes(asked), bureau, after)
	if got := w.late(noon); len(got) != 0 {
		t.Errorf("it says %q", names(got))
	}
}
