package domain

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
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

// The stage of the tests of visits: campaign C runs from 15 November to 15 December 2019; team T, led by L,
// with inspectors A and B, visits enterprise S of Hanbin on 20 November at 09:00 Beijing time. All of it is
// recorded in a real [State] first; a test states what is otherwise.
var (
	morning     = time.Date(2019, 11, 20, 1, 0, 0, 0, time.UTC)
	campaignAt  = time.Date(2019, 11, 15, 0, 0, 0, 0, time.UTC)
	campaignEnd = time.Date(2019, 12, 15, 0, 0, 0, 0, time.UTC)
	docHash     = strings.Repeat("ab", 32)
	otherHash   = strings.Repeat("cd", 32)
	clause      = event.Citation{Law: "安全生产法", Version: "2014-12-01", Article: "38"}
)

// setting is the ledger around a visit, before it.
type setting struct {
	subject  subject.Registered
	scope    team.ScopeAssigned
	members  []string // besides the leader
	untaught map[string]bool
	units    map[string]string // by person
	bare     map[string]bool   // persons without certificate
	inactive bool
	noPeriod bool // the campaign is known and has not been started
	policy   func(*campaign.Policy)
}

// stage is one visit with the ledger around it.
type stage struct {
	*fixture
	stream    string
	now       time.Time // of the next event
	camp      string
	actor     event.Actor
	assurance event.Assurance
	precision event.Precision

	startedAt, arrivedAt, recordedAt time.Time
}

func newVisit(t testing.TB, otherwise ...func(*setting)) *stage {
	s := setting{
		subject: subject.Registered{Kind: "enterprise", Name: "合成企业", Region: "610902107", Sectors: []string{"FIRE"},
			Departments: []string{"safety"},
			Discovery:   "register"},
		scope:   team.ScopeAssigned{Sectors: []string{"FIRE"}, Counties: []string{"610902"}},
		members: []string{"A", "B"},
		units:   map[string]string{"A": "water"},
	}
	for _, f := range otherwise {
		f(&s)
	}
	v := &stage{fixture: newFixture(t), stream: "inspection/T.I", now: morning, camp: "C", assurance: event.Token,
		actor: event.Actor{Person: "A", Role: event.RoleInspector, Team: "T"}}
	before := at(campaignAt.AddDate(0, 0, -1))
	tell := func(stream string, d event.Data) { v.fixture.given(stream, d, before) }
	p := plan("1")
	if s.policy != nil {
		s.policy(&p.Policy)
	}
	tell("campaign/C", p)
	if !s.noPeriod {
		tell("campaign/C", &campaign.Started{Start: campaignAt, End: campaignEnd})
	}
	v.fixture.given("team/T", &team.Formed{Name: "第一督查组", Kind: "comprehensive"}, before, in("C"))
	tell("team/T", &s.scope)
	for _, id := range []string{"A", "B", "L", "M", "X"} {
		r := newPerson(id)
		if r.Unit = s.units[id]; r.Unit == "" {
			r.Unit = "city"
		}
		if s.bare[id] {
			r.Certificate = ""
		}
		tell("person/"+id, r)
		tell("person/"+id, &person.RulesAcknowledged{DocumentHash: docHash})
		if !s.untaught[id] {
			tell("person/"+id, &person.Trained{Topic: "督查检查", Date: "2019-11-14"})
		}
	}
	tell("team/T", &team.LeaderAppointed{Person: "L"})
	for _, id := range s.members {
		tell("team/T", &team.MemberJoined{Person: id})
	}
	if !s.inactive {
		tell("team/T", &team.Activated{})
	}
	tell("subject/S", &s.subject)
	return v
}

// made is the next event.
func (v *stage) made(d event.Data) *event.Event {
	e := v.event(v.stream, d, at(v.now), in(v.camp))
	e.Actor, e.Assurance, e.Precision = v.actor, v.assurance, v.precision
	if v.precision != event.Exact { // as its parser reads it
		e.Occurred = v.precision.Floor(v.now)
	}
	return e
}

// given appends events that the ledger accepts. A decision not to punish is approved with it.
func (v *stage) given(list ...event.Data) *stage {
	v.Helper()
	for _, d := range list {
		v.append(d)
		if _, waits := d.(*casefile.NoPenaltyDecided); waits && v.assurance != event.Imported {
			v.approve()
		}
	}
	return v
}

// append records one event and returns the codes of its flags.
func (v *stage) append(d event.Data) []string {
	v.Helper()
	e := v.made(d)
	recorded, err := v.record(e)
	if err != nil {
		v.Fatalf("%T: %v", d, err)
	}
	reach(e, recorded, nil)
	switch d.(type) {
	case *inspection.Started:
		v.startedAt = v.now
	case *inspection.Arrived:
		v.arrivedAt = v.now
	case *inspection.RecordSigned, *inspection.SignatureRefused:
		v.recordedAt = v.now
	}
	v.now = v.now.Add(time.Minute)
	return flagsOf(recorded)
}

// approve lets a second person say yes to what was appended last.
func (v *stage) approve() *stage {
	v.Helper()
	actor, now, camp := v.actor, v.now, v.camp
	v.actor = event.Actor{Person: "O", Role: event.RoleSupervisionOffice}
	v.append(yes(v.last(v.stream)))
	v.actor, v.now, v.camp = actor, now, camp
	return v
}

// corrected is a correction of a finding's newest version.
func (v *stage) corrected(id string, change func(*inspection.FindingRecorded)) *correction.FactCorrected {
	v.Helper()
	var fact, newest *event.Event
	for _, e := range v.log {
		switch d := e.Data.(type) {
		case *inspection.FindingRecorded:
			if e.Stream == v.fixture.stream(v.stream) && d.Finding == id {
				fact, newest = e, e
			}
		case *correction.FactCorrected:
			if fact != nil && d.Fact.ID() == fact.ID { // tests have each approved
				newest = e
			}
		}
	}
	if fact == nil {
		v.Fatalf("no finding %s", id)
	}
	return corrected(fact, newest, change)
}

func described(d *inspection.FindingRecorded) { d.Description = "另一处" }

// state is the visit's.
func (v *stage) state() *inspection.State { return v.inspections.state(v.fixture.stream(v.stream).ID) }

// try judges an event and forgets it.
func (v *stage) try(d event.Data) (recorded []*event.Event, r *event.Refusal) {
	v.Helper()
	n, logged, e := v.n, len(v.log), v.made(d)
	v.Begin()
	recorded, err := v.record(e)
	v.Rollback()
	v.n, v.log = n, v.log[:logged]
	reach(e, recorded, err)
	if err != nil && !errors.As(err, &r) {
		v.Fatalf("%T: error %v is no refusal", d, err)
	}
	if r != nil {
		eventtest.CheckRefusal(v, r, maybe...)
	}
	return recorded, r
}

// accepts wants no refusal and exactly these "rule code" flags.
func (v *stage) accepts(d event.Data, want ...string) (flags []event.Deviation) {
	v.Helper()
	recorded, r := v.try(d)
	if r != nil {
		v.Fatalf("%T refused: %v", d, r)
	}
	var got []string
	for _, e := range recorded {
		if d, ok := e.Data.(*oversight.DeviationFlagged); ok {
			got = append(got, d.Rule+" "+d.Code)
			flags = append(flags, event.Deviation{Statement: event.Statement{Code: law.Known(d.Code), Rule: law.RuleNamed(d.Rule)},
				Values: d.Values})
		}
	}
	if !slices.Equal(got, want) {
		v.Errorf("%T: flags %q, want %q", d, got, want)
	}
	return flags
}

// refuses wants a refusal with this "rule code" whose message names all of the facts.
func (v *stage) refuses(d event.Data, want string, facts ...string) {
	v.Helper()
	_, r := v.try(d)
	if r == nil {
		v.Fatalf("%T accepted, want refusal %s", d, want)
	}
	if got := r.Rule.String() + " " + string(r.Code); got != want {
		v.Errorf("%T: refusal %q, want %q: %v", d, got, want, r)
	}
	for _, f := range facts {
		if !strings.Contains(r.Error(), f) {
			v.Errorf("%T: refusal %q does not name %q", d, r.Error(), f)
		}
	}
}

func (v *stage) as(person string, role event.Role) *stage {
	v.actor.Person, v.actor.Role = person, role
	return v
}

// forIt speaks as A, or as the leader where an inspector may not append d.
func (v *stage) forIt(d event.Data) *stage {
	v.as("A", event.RoleInspector)
	if !v.made(d).Type.MayAppend(event.RoleInspector) {
		v.as("L", event.RoleTeamLeader)
	}
	return v
}

func (v *stage) later(d time.Duration) *stage {
	v.now = v.now.Add(d)
	return v
}

// imports speaks from now on for an import of its own visit.
func (v *stage) imports() *stage {
	v.stream, v.actor = "inspection/source.I", event.Actor{Role: event.RoleImporter, Unit: "source"}
	v.assurance, v.camp = event.Imported, ""
	return v
}

// The events of a proper visit.

func reservedT() *inspection.Reserved {
	return &inspection.Reserved{Subject: "S", Team: "T", Sector: "FIRE", VisitType: "initial"}
}

func startedT() *inspection.Started {
	return &inspection.Started{Subject: "S", Team: "T", Sector: "FIRE", VisitType: "initial", Inspectors: []string{"A", "B"}}
}

func notice() *inspection.NoticePosted {
	return &inspection.NoticePosted{Content: "检查消防", Purpose: "排查隐患", OfficePhone: "1", LeaderPhone: "2", Photo: picture}
}

func answers(items ...string) []event.Data {
	var list []event.Data
	for _, i := range items {
		list = append(list, &inspection.CheckAnswered{Item: i, Answer: "yes"})
	}
	return list
}

func sections() []event.Data {
	return []event.Data{&inspection.SectionCompleted{Section: "production"}, &inspection.SectionCompleted{Section: "management"},
		&inspection.SectionCompleted{Section: "system"}}
}

func finding1(id string) *inspection.FindingRecorded {
	return &inspection.FindingRecorded{Finding: id, Description: "消防通道堵塞 " + id, Level: "general", Clauses: []event.Citation{clause},
		Evidence: []event.Evidence{picture}}
}

func major1(id string) *inspection.FindingRecorded {
	f := finding1(id)
	f.Level = "major"
	return f
}

func punishable1(id string) *inspection.FindingRecorded {
	f := finding1(id)
	f.Punishable = true
	return f
}

func orderOf(id, kind string, findings ...string) *order.Issued {
	d := &order.Issued{Order: id, Kind: kind, Findings: findings, LegalBasis: []event.Citation{clause}}
	if kind == "rectify-by-date" {
		d.Due = "2019-12-01"
	}
	return d
}

func fineOf(id string, findings ...string) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Penalty: id, Findings: findings, Kind: "fine", Fine: &event.Money{Currency: "CNY", Amount: 100_00},
		LegalBasis: []event.Citation{clause}, Final: true}
}

func exemptionOf(findings ...string) *casefile.NoPenaltyDecided {
	return &casefile.NoPenaltyDecided{Findings: findings, Reason: "轻微并及时改正"}
}

func recordT() *inspection.RecordSigned { return signedBy("A", "B") }

func refusalT() *inspection.SignatureRefused {
	return &inspection.SignatureRefused{RecordNo: "1", DocumentHash: docHash, Signers: signedBy("A", "B").Signers, Reason: "不愿签", Witness: "李"}
}

func copyTo(recipient string) *inspection.CopyDelivered {
	return &inspection.CopyDelivered{DocumentHash: docHash, Recipient: recipient, Receiver: "王", Method: "in-person"}
}

// importedVisit is a visit that was begun by an import.
func importedVisit(t testing.TB) *stage { return newVisit(t).imports().given(startedT()) }

// began is a visit whose inspectors have arrived.
func began(t testing.TB, otherwise ...func(*setting)) *stage {
	return newVisit(t, otherwise...).given(startedT(), &inspection.Arrived{})
}

// prepared is a visit that lacks nothing for its record.
func prepared(t testing.TB, facts ...event.Data) *stage { return preparedIn(t, nil, facts...) }

func preparedIn(t testing.TB, otherwise func(*setting), facts ...event.Data) *stage {
	if otherwise == nil {
		otherwise = func(*setting) {}
	}
	return began(t, otherwise).given(notice(), &inspection.ConductDeclared{}).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).
		given(sections()...).given(facts...)
}

// delivered hands over the copies and lets the leader review.
func (v *stage) delivered() *stage {
	for _, r := range inspection.Recipients {
		v.given(copyTo(r))
	}
	return v.as("L", event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "同意"}).as("A", event.RoleInspector)
}

// ready is a visit that lacks nothing for its closing, if its findings do not.
func ready(t testing.TB, facts ...event.Data) *stage {
	return prepared(t, facts...).later(time.Hour).given(&inspection.Departed{}, recordT()).delivered()
}
