package inspection

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/event/eventtest"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The stage of the tests: campaign C runs from 15 November to 15 December 2019; team T, led by L,
// with inspectors A and B, visits enterprise S of Hanbin on 20 November at 09:00 Beijing time.
var (
	morning   = time.Date(2019, 11, 20, 1, 0, 0, 0, time.UTC)
	docHash   = strings.Repeat("ab", 32)
	otherHash = strings.Repeat("cd", 32)
	photo     = event.Evidence{SHA256: docHash, Size: 9, MediaType: "image/jpeg"}
	clause    = event.Citation{Law: "安全生产法", Version: "2014-12-01", Article: "38"}
)

// visit is one stream with the scene around it.
type visit struct {
	t      testing.TB
	st     *State
	sc     *Scene
	people map[string]PersonFacts
	now    time.Time // of the next event

	camp      string
	actor     event.Actor
	assurance event.Assurance
	precision event.Precision
	made      uint64 // events, for their ids
	said      []event.Statement
}

func newVisit(t testing.TB) *visit {
	p := campaign.DefaultPolicy()
	v := &visit{
		t: t, now: morning, camp: "C", assurance: event.Token,
		actor: event.Actor{Person: "A", Role: event.RoleInspector, Team: "T"},
		people: map[string]PersonFacts{
			"A": {Known: true, Trained: "2019-11-14", HomeUnit: "水利局", Certificate: "cert-A"},
			"B": {Known: true, Trained: "2019-11-14", Certificate: "cert-B"},
			"L": {Known: true, Trained: "2019-11-14", Certificate: "cert-L"},
			"X": {Known: true, Trained: "2019-11-14", Certificate: "cert-X"},
		},
	}
	v.sc = &Scene{
		Policy:        &p,
		CampaignStart: time.Date(2019, 11, 15, 0, 0, 0, 0, time.UTC), CampaignEnd: time.Date(2019, 12, 15, 0, 0, 0, 0, time.UTC),
		Subject: SubjectFacts{Known: true, Kind: "enterprise", County: "610902", Sectors: []string{"FIRE"}, Departments: []string{"应急管理局"}},
		Team:    TeamFacts{Known: true, Active: true, Leader: "L", Members: map[string]bool{"A": true, "B": true, "L": true}, Sectors: []string{"FIRE"}, Counties: []string{"610902"}},
		Person:  func(id string) PersonFacts { return v.people[id] },
	}
	return v
}

var typeOf = func() map[string]*event.Type {
	m := map[string]*event.Type{}
	for _, t := range slices.Concat(Types, oversight.Types) {
		m[fmt.Sprintf("%T", t.New())] = t
	}
	return m
}()

// event makes the next event.
func (v *visit) event(d event.Data) *event.Event {
	v.made++
	id := uuid.UUID{}
	binary.BigEndian.PutUint64(id[8:], v.made)
	return &event.Event{
		ID: id, Bytes: id[:], Type: typeOf[fmt.Sprintf("%T", d)], Stream: event.Stream{Kind: event.Inspection, ID: "I"}, Occurred: v.now, Recorded: v.now, Precision: v.precision,
		Campaign: v.camp, ExpectedRevision: event.AnyRevision, Data: d, Actor: v.actor, Assurance: v.assurance, About: event.About{County: "610902"},
	}
}

// given appends events that the ledger accepted.
func (v *visit) given(list ...event.Data) *visit {
	v.t.Helper()
	for _, d := range list {
		v.append(d)
		if _, waits := d.(*NoPenaltyDecided); waits && v.assurance != event.Imported {
			v.approve()
		}
	}
	return v
}

// approve lets a second person say yes to what waits last.
func (v *visit) approve() *visit {
	v.t.Helper()
	actor, at := v.actor, v.now
	v.actor = event.Actor{Person: "O", Role: event.RoleSupervisionOffice}
	ref := v.st.waiting[len(v.st.waiting)-1].Ref()
	v.append(&oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256})
	v.actor, v.now = actor, at
	return v
}

// corrected is a correction of a finding's newest version.
func (v *visit) corrected(id string, change func(*FindingRecorded)) *FactCorrected {
	i := slices.IndexFunc(v.st.findings, func(f finding) bool { return f.id == id })
	if i < 0 {
		v.t.Fatalf("no finding %s", id)
	}
	now := v.st.version(i)
	if now.Finding == nil {
		now = Version{finding1(id), v.now}
	}
	d := *now.Finding
	change(&d)
	f := &v.st.findings[i]
	return &FactCorrected{Fact: f.fact.Ref(), Replaces: f.newest().Ref(), Reason: "x", Occurred: now.Occurred, Finding: &d}
}

func described(d *FindingRecorded) { d.Description = "另一处" }

// append judges and folds one event and its flags, and returns the flags.
func (v *visit) append(d event.Data) []event.Deviation {
	v.t.Helper()
	flags, refusal := v.judge(d)
	if refusal != nil {
		v.t.Fatalf("%T: %v", d, refusal)
	}
	if v.st == nil {
		v.st = NewState()
	}
	v.st.Apply(v.event(d))
	v.said = append(v.said, statementsOf(flags)...)
	for _, f := range flags {
		v.st.Apply(v.event(&oversight.DeviationFlagged{Code: string(f.Code), Rule: f.Rule.String(), Values: f.Values, Event: "id"}))
	}
	v.now = v.now.Add(time.Minute)
	return flags
}

func (v *visit) judge(d event.Data) ([]event.Deviation, *event.Refusal) {
	v.t.Helper()
	e := v.event(d)
	v.made-- // append makes the same again
	flags, err := Decide(v.st, v.sc, e)
	if err == nil {
		r := Restate(v.st, v.sc, e)
		for _, f := range r.True {
			if !slices.Contains(v.said, f.Statement) {
				flags = append(flags, f)
			}
		}
		return flags, nil
	}
	var r *event.Refusal
	if !errors.As(err, &r) {
		v.t.Fatalf("%T: error %v is no refusal", d, err)
	}
	eventtest.CheckRefusal(v.t, r, "leader", "person", "subject", "team")
	return flags, r
}

func statementsOf(flags []event.Deviation) (list []event.Statement) {
	for _, f := range flags {
		list = append(list, f.Statement)
	}
	return list
}

// accepts wants no refusal and exactly these "rule code" flags.
func (v *visit) accepts(d event.Data, want ...string) []event.Deviation {
	v.t.Helper()
	flags, r := v.judge(d)
	if r != nil {
		v.t.Fatalf("%T refused: %v", d, r)
	}
	var got []string
	for _, f := range flags {
		got = append(got, f.Rule.String()+" "+string(f.Code))
		eventtest.CheckValues(v.t, f.Code, f.Values, "leader")
	}
	if !slices.Equal(got, want) {
		v.t.Errorf("%T: flags %q, want %q", d, got, want)
	}
	return flags
}

// refuses wants a refusal with this "rule code" whose message names all of the facts.
func (v *visit) refuses(d event.Data, want string, facts ...string) {
	v.t.Helper()
	_, r := v.judge(d)
	if r == nil {
		v.t.Fatalf("%T accepted, want refusal %s", d, want)
	}
	if got := r.Rule.String() + " " + string(r.Code); got != want {
		v.t.Errorf("%T: refusal %q, want %q: %v", d, got, want, r)
	}
	for _, f := range facts {
		if !strings.Contains(r.Error(), f) {
			v.t.Errorf("%T: refusal %q does not name %q", d, r.Error(), f)
		}
	}
}

func (v *visit) as(person string, role event.Role) *visit {
	v.actor.Person, v.actor.Role = person, role
	return v
}

func (v *visit) later(d time.Duration) *visit {
	v.now = v.now.Add(d)
	return v
}

func (v *visit) imports() *visit {
	v.actor = event.Actor{Role: event.RoleImporter}
	v.assurance, v.camp, v.sc.Policy = event.Imported, "", nil
	return v
}

// The events of a proper visit.

func reservedT() *Reserved {
	return &Reserved{Subject: "S", Team: "T", Sector: "FIRE", VisitType: "initial"}
}

func startedT() *Started {
	return &Started{Subject: "S", Team: "T", Sector: "FIRE", VisitType: "initial", Inspectors: []string{"A", "B"}}
}

func notice() *NoticePosted {
	return &NoticePosted{Content: "检查消防", Purpose: "排查隐患", OfficePhone: "1", LeaderPhone: "2", Photo: photo}
}

func answers(items ...string) []event.Data {
	var list []event.Data
	for _, i := range items {
		list = append(list, &CheckAnswered{Item: i, Answer: "yes"})
	}
	return list
}

func sections() []event.Data {
	return []event.Data{&SectionCompleted{Section: "production"}, &SectionCompleted{Section: "management"}, &SectionCompleted{Section: "system"}}
}

func finding1(id string) *FindingRecorded {
	return &FindingRecorded{Finding: id, Description: "消防通道堵塞 " + id, Level: "general", Clauses: []event.Citation{clause}, Evidence: []event.Evidence{photo}}
}

func major1(id string) *FindingRecorded {
	f := finding1(id)
	f.Level = "major"
	return f
}

func punishable1(id string) *FindingRecorded {
	f := finding1(id)
	f.Punishable = true
	return f
}

func orderOf(id, kind string, findings ...string) *OrderIssued {
	d := &OrderIssued{Order: id, Kind: kind, Findings: findings, LegalBasis: []event.Citation{clause}}
	if kind == "rectify-by-date" {
		d.Due = "2019-12-01"
	}
	return d
}

func fineOf(id string, findings ...string) *PenaltyDecided {
	return &PenaltyDecided{Penalty: id, Findings: findings, Kind: "fine", Fine: &event.Money{Currency: "CNY", Amount: 100_00}, LegalBasis: []event.Citation{clause}, Final: true}
}

func pardonOf(findings ...string) *NoPenaltyDecided {
	return &NoPenaltyDecided{Findings: findings, Reason: "轻微并及时改正"}
}

func signatures() []Signer { return []Signer{{"A", "cert-A"}, {"B", "cert-B"}} }

func recordT() *RecordSigned {
	return &RecordSigned{RecordNo: "1", DocumentHash: docHash, Signers: signatures(), SiteManager: "王"}
}

func refusalT() *SignatureRefused {
	return &SignatureRefused{RecordNo: "1", DocumentHash: docHash, Signers: signatures(), Reason: "不愿签", Witness: "李"}
}

func copyTo(recipient string) *CopyDelivered {
	return &CopyDelivered{DocumentHash: docHash, Recipient: recipient, Receiver: "王", Method: "in-person"}
}

// began is a visit whose inspectors have arrived.
// imported is a visit that was begun by an import.
func imported(t testing.TB) *visit { return newVisit(t).imports().given(startedT()) }

func began(t testing.TB) *visit { return newVisit(t).given(startedT(), &Arrived{}) }

// prepared is a visit that lacks nothing for its record.
func prepared(t testing.TB, facts ...event.Data) *visit {
	return began(t).given(notice(), &ConductDeclared{}).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...).given(facts...)
}

// ready is a visit that lacks nothing for its closing, if its findings do not.
func ready(t testing.TB, facts ...event.Data) *visit {
	v := prepared(t, facts...).later(time.Hour).given(&Departed{}, recordT())
	for _, r := range Recipients {
		v.given(copyTo(r))
	}
	v.as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "同意"})
	return v.as("A", event.RoleInspector)
}
