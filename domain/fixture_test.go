package domain

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// The tests speak of a campaign that ran from 1 to 31 December 2019, Beijing time.
var (
	begin = time.Date(2019, 11, 30, 16, 0, 0, 0, time.UTC)
	end   = begin.AddDate(0, 1, 0)
	noon  = begin.AddDate(0, 0, 3).Add(4 * time.Hour) // 12:00 on the fourth day
)

// visit names a visit of a team.
var visit = eventtest.Visit

// fixture is a State with what a sequencer does around it.
type fixture struct {
	testing.TB
	*State
	types map[reflect.Type]*event.Type
	names *event.Catalogue
	n     uint64
	log   []*event.Event       // everything recorded
	tried func(e *event.Event) // what is tried after each event, and leaves the ledger as it was

	indebted []event.Stream // in which something was ever owed; see [fixture.observe]
	before   owedNow
}

func newFixture(t testing.TB) *fixture {
	w := &fixture{TB: t, State: New(), types: map[reflect.Type]*event.Type{}, names: Catalogue()}
	for _, typ := range w.names.All() {
		w.types[reflect.TypeOf(typ.New())] = typ
	}
	return w
}

type option func(*event.Event)

func at(t time.Time) option { return func(e *event.Event) { e.Occurred, e.Recorded = t, t } }
func late(d time.Duration) option {
	return func(e *event.Event) { e.Recorded = e.Occurred.Add(d) }
}
func in(id string) option { return func(e *event.Event) { e.Campaign = id } }
func by(a event.Actor) option {
	return func(e *event.Event) { e.Actor = a }
}
func imported(e *event.Event) {
	e.Assurance, e.Actor = event.Imported, event.Actor{Role: event.RoleImporter, Unit: "source"}
}

// stream parses "kind/id". Visits have short names: "inspection/t2.i" is visit i of team t2,
// "inspection/i" of team t1, as most visits of these tests are.
func (w *fixture) stream(name string) event.Stream {
	w.Helper()
	s, err := event.ParseStream(name)
	if err != nil {
		w.Fatal(err)
	}
	if _, full := event.ParseVisitID(s.ID); (s.Kind == event.Inspection || s.Kind == order.Name) && !full {
		if i := strings.LastIndexByte(s.ID, '.'); i >= 0 {
			s.ID = visit(s.ID[:i], s.ID[i+1:])
		} else {
			s.ID = visit("t1", s.ID)
		}
	}
	return s
}

// event makes the next event of a stream, see [fixture.stream].
func (w *fixture) event(stream string, d event.Data, opts ...option) *event.Event {
	w.Helper()
	id := uuid.UUID{}
	copy(id[:], fmt.Sprintf("%016d", w.n))
	e := &event.Event{ID: id, Type: w.types[reflect.TypeOf(d)], Stream: w.stream(stream), Data: d, Index: w.n, Occurred: noon, Recorded: noon,
		ExpectedRevision: event.AnyRevision, Actor: event.Actor{Person: "office", Role: event.RoleSupervisionOffice}, Assurance: event.Token}
	e.Bytes = []byte("event " + id.String()) // what a hash is made of; no test reads them
	for _, o := range opts {
		o(e)
	}
	return e
}

// record judges an event and applies it with its consequences, or returns the refusal.
func (w *fixture) record(e *event.Event) ([]*event.Event, error) {
	e.Stream, e.Data = eventtest.Aside(e.Stream, &e.Actor, e.ID, e.Data)
	if of := eventtest.Of(e, w.log); e.Stream.Kind == event.Inspection && (of.Kind == order.Name || of.Kind == casefile.Name) {
		e.Stream = of
	}
	if err := w.Admit(e); err != nil {
		return nil, err
	}
	eventtest.Look(e, w.log)
	follow, err := w.Judge(e)
	if err != nil {
		return nil, err
	}
	recorded := []*event.Event{e}
	for _, c := range follow {
		f := w.event(c.Stream.String(), c.Data, at(e.Recorded))
		f.Index = e.Index + uint64(len(recorded))
		f.ID[0] = byte(len(recorded)) // the rest tells events from each other
		f.Campaign = e.Campaign
		f.Actor, f.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
		f.Type = w.names.Newest(c.Name)
		if f.Type == nil || f.Type != w.types[reflect.TypeOf(c.Data)] {
			w.Fatalf("consequence %s has a body of type %T", c.Name, c.Data)
		}
		recorded = append(recorded, f)
	}
	for _, r := range recorded {
		if r != e {
			r.About = w.About(r)
		}
		r.Revision = uint64(w.Revision(r.Stream) + 1)
		w.Apply(r)
		w.n++
	}
	w.log = append(w.log, recorded...)
	for _, r := range recorded {
		if f, ok := r.Data.(*oversight.DeviationFlagged); ok && r != e {
			eventtest.CheckValues(w, law.Known(f.Code), f.Values, maybe...)
			if err := field.Check(f); err != nil {
				w.Errorf("flag %s: %v", f.Code, err)
			}
		}
	}
	if try := w.tried; try != nil {
		w.tried = nil
		try(e)
		w.tried = try
	}
	return recorded, nil
}

// given records an event that must be accepted; it returns the codes of its flags.
func (w *fixture) given(stream string, d event.Data, opts ...option) []string {
	w.Helper()
	e := w.event(stream, d, opts...)
	recorded, err := w.record(e)
	if err != nil {
		w.Fatalf("%s %T is refused: %v", stream, d, err)
	}
	reach(e, recorded, nil)
	if _, measures := w.TB.(*testing.B); !measures { // it looks through all that is owed, at each event
		w.observe(recorded)
	}
	return flagsOf(recorded)
}

func flagsOf(recorded []*event.Event) []string {
	var flags []string
	for _, r := range recorded {
		if f, ok := r.Data.(*oversight.DeviationFlagged); ok {
			flags = append(flags, f.Code)
		}
	}
	return flags
}

// maybe are the values that facts may leave unknown, though a sentence needs them.
var maybe = []string{"deaths", "serious_injuries", "loss_fen"}

// flags wants the event accepted with exactly these flags.
func (w *fixture) flags(codes []string, stream string, d event.Data, opts ...option) {
	w.Helper()
	if got := w.given(stream, d, opts...); !slices.Equal(got, codes) {
		w.Errorf("%s %T: flags %v, want %v", stream, d, got, codes)
	}
}

// accepts wants the event accepted without a flag.
func (w *fixture) accepts(stream string, d event.Data, opts ...option) {
	w.Helper()
	w.flags(nil, stream, d, opts...)
}

// refuses wants the event refused with this rule and code, and a message that contains all of says.
func (w *fixture) refuses(rule, code, stream string, d event.Data, opts ...option) *event.Refusal {
	w.Helper()
	e := w.event(stream, d, opts...)
	_, err := w.record(e)
	reach(e, nil, err)
	var r *event.Refusal
	switch {
	case !errors.As(err, &r):
		w.Fatalf("%s %T: got %v, want refusal %s", stream, d, err, code)
	case string(r.Code) != code || r.Rule.String() != rule:
		w.Fatalf("%s %T: refused as %s (%s), want %s (%s)", stream, d, r.Code, r.Rule, code, rule)
	}
	eventtest.CheckRefusal(w, r, maybe...)
	return r
}

func says(t testing.TB, r *event.Refusal, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(r.Error(), word) {
			t.Errorf("%q does not say %q", r.Error(), word)
		}
	}
}

func plan(version string) *campaign.PlanPublished {
	return &campaign.PlanPublished{Title: "督查检查工作方案", Version: version, Policy: campaign.DefaultPolicy()}
}

func newPerson(name string) *person.Registered {
	return &person.Registered{Name: name, Unit: "emergency-city", Certificate: "cert-" + name, Roles: []event.Role{event.RoleInspector}}
}

func firm() *subject.Registered {
	return &subject.Registered{Kind: "enterprise", Name: "合成企业", Region: "610902107", Sectors: []string{"INDTRADE"}, Discovery: "register"}
}

func started() *inspection.Started {
	return &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial", Inspectors: []string{"ma", "li"}}
}

func harm(deaths int64) accident.Harm {
	return accident.Harm{Deaths: &deaths, SeriousInjuries: new(int64), Injured: new(int64), DirectLoss: &event.Money{Currency: "CNY"}}
}

func reported(deaths int64) *accident.Reported {
	return &accident.Reported{Subjects: []string{"firm"}, Region: "610902", Happened: noon.Add(-time.Hour), Kind: "machinery", Summary: "…",
		Harm: harm(deaths)}
}

var inspector = by(event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t1"})

// campaignFixture has campaign c of December 2019, active team t1 (leader wang, members ma and
// li, all instructed and trained), and the enterprise firm in Hanbin.
func campaignFixture(t testing.TB) *fixture {
	w := newFixture(t)
	w.campaign()
	return w
}

// campaign records what [campaignFixture] has.
func (w *fixture) campaign() {
	w.accepts("campaign/c", plan("1"))
	w.accepts("campaign/c", &campaign.Started{Start: begin, End: end})
	w.accepts("team/t1", &team.Formed{Name: "第一督查组", Kind: "comprehensive"}, in("c"))
	for _, id := range []string{"wang", "ma", "li"} {
		w.accepts("person/"+id, newPerson(id))
		w.accepts("person/"+id, &person.Trained{Topic: "督查检查", Date: "2019-11-28"})
		w.accepts("person/"+id, &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
	}
	w.accepts("team/t1", &team.LeaderAppointed{Person: "wang"})
	w.accepts("team/t1", &team.MemberJoined{Person: "ma"})
	w.accepts("team/t1", &team.MemberJoined{Person: "li"})
	w.accepts("team/t1", &team.Activated{})
	w.accepts("subject/firm", firm())
}
