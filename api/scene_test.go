package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// Scenes are short stories that make the ledger answer each code of the rulebook over HTTP. What a
// rule decides exactly, the tests of its package say; here it is told, in both languages, with all
// the values that its sentences name, and by a dry run as by an append.

// The scenes are in a campaign of December 2019; it is noon of the fourth in Beijing.
var (
	begin = time.Date(2019, 11, 30, 16, 0, 0, 0, time.UTC)
	end   = begin.AddDate(0, 1, 0)
	noon  = begin.AddDate(0, 0, 3).Add(4 * time.Hour)
)

type scene struct {
	*fixture
	types map[reflect.Type]string
	clock *atomic.Int64 // since noon
	last  string        // the event that was appended last
}

// act is one event of a scene and who appends it.
type act struct {
	*event.Event
	by      string
	device  *devicekey.Signer // that signs it
	headers []string
}

type option func(*act)

func as(word string) option   { return func(a *act) { a.by = word } }
func in(id string) option     { return func(a *act) { a.Campaign = id } }
func when(t time.Time) option { return func(a *act) { a.Occurred = t } }
func hour(n float64) option   { return when(noon.Add(time.Duration(n * float64(time.Hour)))) }
func onDay(a *act)            { a.Precision, a.Occurred = event.Day, event.Day.Floor(a.Occurred) }
func by(d *devicekey.Signer) option {
	return func(a *act) { a.device = d }
}
func expecting(rev int64) option { return func(a *act) { a.ExpectedRevision = rev } }

// newScene has campaign c, the active team t1 (leader wang, members ma and li, all instructed and
// trained), the enterprise firm in Hanbin, and tokens: of ma, li and wang, of the office (nobody named),
// its clerks zhou and zheng, of the importer of source, of administrator and county.
func newScene(t *testing.T) *scene {
	clock := new(atomic.Int64)
	s := &scene{clock: clock, types: map[reflect.Type]string{}}
	s.fixture = newFixtureAt(t, func() time.Time { return noon.Add(time.Duration(clock.Load())) })
	for _, typ := range s.cat.All() {
		s.types[reflect.TypeOf(typ.New())] = typ.Name
	}
	s.given("campaign/c", plan("1"))
	s.given("campaign/c", &campaign.Started{Start: begin, End: end})
	for _, id := range []string{"t1", "t2"} {
		s.given("team/"+id, &team.Formed{Name: "督查组" + id, Kind: "comprehensive"}, in("c"))
	}
	for _, id := range []string{"wang", "ma", "li", "zhou", "zheng"} {
		s.given("person/"+id, newPerson(id))
		s.given("person/"+id, &person.Trained{Topic: "督查检查", Date: "2019-11-28"})
		s.given("person/"+id, &person.RulesAcknowledged{DocumentHash: hash64})
	}
	s.given("team/t1", &team.LeaderAppointed{Person: "wang"})
	s.given("team/t1", &team.MemberJoined{Person: "ma"})
	s.given("team/t1", &team.MemberJoined{Person: "li"})
	s.given("team/t1", &team.Activated{})
	s.given("subject/firm", enterprise())
	for word, d := range map[string]token.Issued{
		"ma": {Role: event.RoleInspector, Person: "ma", Team: "t1"}, "li": {Role: event.RoleInspector, Person: "li", Team: "t1"},
		"wang": {Role: event.RoleTeamLeader, Person: "wang", Team: "t1"}, "ma leads": {Role: event.RoleTeamLeader, Person: "ma", Team: "t1"},
		"li t2": {Role: event.RoleInspector, Person: "li", Team: "t2"}, "zhou": {Role: event.RoleSupervisionOffice, Person: "zhou"},
		"zheng": {Role: event.RoleSupervisionOffice, Person: "zheng"}, "source": {Role: event.RoleImporter, Unit: "source"},
		"other source": {Role: event.RoleImporter, Unit: "other"}, "hanbin": {Role: event.RoleCountyGovernment, County: "610902", Unit: "u"},
		"hanyin": {Role: event.RoleCountyGovernment, County: "610921", Unit: "v"}, "chief admin": {Role: event.RoleAdmin, Person: "zheng"},
		"nameless admin": {Role: event.RoleAdmin},
		"mayor":          {Role: event.RoleCityGovernment, Person: "wang"},
		"mines":          {Role: event.RoleDepartment, Unit: "mines", Person: "zheng"},
	} {
		s.issue(word, d)
	}
	return s
}

// onSpot begins visit i of the firm, with its inspectors on the spot.
func (s *scene) onSpot() {
	s.Helper()
	s.given("inspection/i", begun(), in("c"))
	s.given("inspection/i", &inspection.Arrived{})
}

// event writes an event; "inspection/i" is visit i of team t1, "inspection/t2.i" that of another.
func (s *scene) event(stream string, d event.Data, opts ...option) (string, *act) {
	s.Helper()
	kind, id, _ := strings.Cut(stream, "/")
	if _, full := event.ParseVisitID(id); (kind == "inspection" || kind == "order") && !full {
		owner, short, found := strings.Cut(id, ".")
		if !found {
			owner, short = "t1", id
		}
		id = eventtest.Visit(owner, short)
	}
	a := &act{by: desk, Event: &event.Event{ID: uuid.Must(uuid.NewV7()), Type: s.cat.Newest(s.types[reflect.TypeOf(d)]),
		Stream: event.Stream{Kind: event.Kind(kind), ID: id},
		Source: "urn:test", Occurred: noon, ExpectedRevision: event.AnyRevision, Data: d}}
	if kind == "inspection" || kind == "order" {
		a.by = "ma"
	}
	for _, o := range opts {
		o(a)
	}
	who := event.Actor{}
	if a.by == "source" || a.by == "other source" {
		who.Unit = strings.TrimSuffix(a.by, " source")
	}
	a.Stream, a.Data = eventtest.Aside(a.Stream, &who, a.ID, a.Data)
	if a.device != nil {
		raw, signature, err := a.device.Sign(a.Event)
		s.must(err)
		a.headers = []string{headerSignature, base64.RawURLEncoding.EncodeToString(signature)}
		return string(raw), a
	}
	raw, err := entry.Author(a.Event)
	s.must(err)
	return string(raw), a
}

// given appends what must be taken, with whatever flags.
func (s *scene) given(stream string, d event.Data, opts ...option) *act {
	s.Helper()
	raw, a := s.event(stream, d, opts...)
	s.want(s.post(a.by, raw, a.headers...), 201, "")
	s.last = raw
	return a
}

// says posts an event and wants these codes among what is answered: of the problem, of what a gate
// waits for, or of flags. A dry run says the same before.
func (s *scene) says(codes string, stream string, d event.Data, opts ...option) answer {
	s.Helper()
	raw, a := s.event(stream, d, opts...)
	dry := s.do(a.by, "POST", "/v1/events/dry-run", raw, append([]string{"Content-Type", mediaEvent, "Accept-Language", "zh"},
		a.headers...)...)
	got := s.post(a.by, raw, a.headers...)
	said, foretold := saidBy(s, got), saidBy(s, dry)
	for code := range strings.FieldsSeq(codes) {
		if !slices.Contains(said, law.Code(code)) {
			s.Errorf("%s %T: want %s among %v: %s", stream, d, code, said, got.body)
		}
	}
	if !slices.Equal(said, foretold) {
		s.Errorf("%s %T: %v, the dry run said %v", stream, d, said, foretold)
	}
	if heard(got); got.StatusCode < 300 {
		s.last = raw
	}
	if got.StatusCode >= 400 {
		p := decode[Problem](s.fixture, got)
		s.want(got, p.Status, p.Code)
		zh := decode[Problem](s.fixture, dry)
		spoken(s.T(), dry, true, zh.Title, zh.Remedy)
		if goWords.MatchString(p.Detail + p.Remedy + zh.Detail + zh.Remedy) {
			s.Errorf("%s: %s", p.Code, got.body)
		}
	}
	return got
}

// T is the test itself.
func (s *scene) T() *testing.T { return s.TB.(*testing.T) }

// saidBy are the codes that an answer has, in its order.
func saidBy(s *scene, a answer) (codes []law.Code) {
	var said struct {
		Code     law.Code
		Open     []struct{ Code law.Code }
		Receipts []struct{ Deviations []struct{ Code law.Code } }
		Events   []struct{ Deviations []struct{ Code law.Code } }
	}
	s.must(json.Unmarshal(a.body, &said))
	if said.Code != "" {
		codes = append(codes, said.Code)
	}
	for _, o := range said.Open {
		codes = append(codes, o.Code)
	}
	for _, r := range append(said.Receipts, said.Events...) {
		for _, d := range r.Deviations {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

// later lets time pass.
func (s *scene) later(d time.Duration) { s.clock.Add(int64(d)) }

// ref names an event that was appended.
func (a *act) ref() event.Ref {
	raw, _ := entry.Author(a.Event)
	return event.Ref{Event: a.ID.String(), SHA256: hexOf(raw)}
}

func yes(a *act) *oversight.ApprovalGiven {
	r := a.ref()
	return &oversight.ApprovalGiven{Event: r.Event, SHA256: r.SHA256}
}

func plan(version string) *campaign.PlanPublished {
	return &campaign.PlanPublished{Title: "督查检查工作方案", Version: version, Policy: campaign.DefaultPolicy()}
}

func newPerson(name string) *person.Registered {
	return &person.Registered{Name: name, Unit: "emergency-city", Certificate: "cert-" + name, Roles: []event.Role{event.RoleInspector}}
}

func enterprise() *subject.Registered {
	return &subject.Registered{Kind: "enterprise", Name: "合成企业", Region: "610902107", Sectors: []string{"INDTRADE"}, Discovery: "register"}
}

func begun(change ...func(*inspection.Started)) *inspection.Started {
	d := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial", Inspectors: []string{"ma", "li"}}
	for _, c := range change {
		c(d)
	}
	return d
}

func units(list ...table.Unit) *table.Published {
	return &table.Published{Table: table.Units, Units: list}
}

func hexOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
