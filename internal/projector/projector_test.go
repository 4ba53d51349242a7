package projector_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/projector"
)

var ctx = context.Background()

func (l *ledger) visit(id, subj, county string, d event.Data) {
	l.append(epoch, event.Stream{Kind: event.Inspection, ID: id}, event.About{Subject: subj, County: county, Team: "T0"}, event.Signed, d)
}

func (l *ledger) register(id, name, uscc string) {
	l.append(epoch, event.Stream{Kind: event.Subject, ID: id}, event.About{Subject: id, County: "610902"}, event.Token,
		&subject.Registered{Kind: "enterprise", Name: name, USCC: uscc, Region: "610902", Sectors: []string{"FIRE"}})
}

func (l *ledger) all() *projector.Projector { return l.project(len(l.events), 10) }

// arrived makes a visit that began and is disclosed.
func (l *ledger) arrived(id, subj, county string) {
	l.visit(id, subj, county, started)
	l.visit(id, subj, county, &inspection.Arrived{})
}

var started = &inspection.Started{Sector: "FIRE", VisitType: "initial"}

// R30.
func TestAZoneCountsInItsOwnViewAndItsParentsAndOnceInTheCity(t *testing.T) {
	l := &ledger{}
	l.arrived("I0", "S0", "610902")
	l.arrived("I1", "S1", "610971")
	l.arrived("I2", "S2", "610971")
	p := l.all()
	for code, want := range map[string]int64{"610902": 3, "610971": 2} {
		v, err := p.County(ctx, code, projector.Query{For: office})
		if err != nil || v.Counts.Inspections != want {
			t.Errorf("%s: %d inspections, %v; want %d", code, v.Counts.Inspections, err, want)
		}
	}
	zone, _ := p.County(ctx, "610971", projector.Query{For: office})
	parent, _ := p.County(ctx, "610902", projector.Query{For: office})
	if zone.Parent != "610902" || !slices.Equal(parent.Zones, []string{"610971"}) {
		t.Errorf("parent %q, zones %v", zone.Parent, parent.Zones)
	}
	city, err := p.City(ctx, projector.Query{For: office})
	if err != nil || city.Counts.Inspections != 3 || len(city.Counties) != 2 {
		t.Errorf("city: %d inspections, %d lines, %v", city.Counts.Inspections, len(city.Counties), err)
	}
}

func TestTheParentOfAZoneIsKnownThroughTheZone(t *testing.T) {
	l := &ledger{}
	l.arrived("I1", "S1", "610971")
	if v, err := l.all().County(ctx, "610902", projector.Query{For: office}); err != nil || v.Counts.Inspections != 1 {
		t.Errorf("%d inspections, %v", v.Counts.Inspections, err)
	}
}

func TestEveryAnswerStatesWhatItReflects(t *testing.T) {
	l := &ledger{}
	l.visit("I0", "S0", "610902", started)
	l.visit("I0", "S0", "610902", &inspection.Closed{})
	p := l.all()
	v, err := p.Inspection(ctx, "I0", asOf(1))
	if err != nil || v.Position != 1 || v.Root != "root-1" || !v.Recorded.Equal(l.events[0].Recorded) || v.Status != "started" {
		t.Errorf("as of 1: %+v, status %s, %v", v.Head, v.Status, err)
	}
	if v, err = p.Inspection(ctx, "I0", projector.Query{For: office}); err != nil || v.Position != 2 || v.Status != "closed" {
		t.Errorf("now: %+v, status %s, %v", v.Head, v.Status, err)
	}
}

func TestWhatIsUnknownAsOfThePositionIsNotFound(t *testing.T) {
	l := &ledger{}
	l.visit("I0", "S0", "610902", started)
	p := l.all()
	before := epoch.Add(-time.Hour)
	for what, q := range map[string]projector.Query{"as of 0": asOf(0), "before it occurred": {For: office, OccurredUntil: &before}} {
		_, e1 := p.Subject(ctx, "S0", q)
		_, e2 := p.Team(ctx, "T0", q)
		_, e3 := p.Inspection(ctx, "I0", q)
		for _, err := range []error{e1, e2, e3} {
			if !errors.Is(err, projector.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if _, err := p.County(ctx, "610902", asOf(0)); !errors.Is(err, projector.ErrNotFound) {
		t.Errorf("county: %v", err)
	}
	if _, err := p.Subject(ctx, "S9", projector.Query{For: office}); !errors.Is(err, projector.ErrNotFound) {
		t.Errorf("unknown subject: %v", err)
	}
	if city, err := p.City(ctx, asOf(0)); err != nil || city.Counts.Inspections != 0 {
		t.Errorf("the city exists from the beginning: %v", err)
	}
}

func TestAPositionInTheFutureIsRefused(t *testing.T) {
	p := (&ledger{}).all()
	if _, err := p.City(ctx, asOf(1)); !errors.Is(err, projector.ErrAhead) {
		t.Errorf("got %v", err)
	}
}

func TestAreasHaveNoLimitOnOccurrence(t *testing.T) {
	p := (&ledger{}).all()
	if _, err := p.City(ctx, projector.Query{For: office, OccurredUntil: &epoch}); !errors.Is(err, projector.ErrNoOccurred) {
		t.Errorf("city: %v", err)
	}
	if _, err := p.County(ctx, "610902", projector.Query{For: office, OccurredUntil: &epoch}); !errors.Is(err, projector.ErrNoOccurred) {
		t.Errorf("county: %v", err)
	}
}

func TestAGapStopsTheProjector(t *testing.T) {
	l := &ledger{}
	for range 3 {
		l.visit("I0", "S0", "610902", &inspection.CheckAnswered{Item: "E-1", Answer: "yes"})
	}
	p := projector.New(l.config())
	p.Apply(l.events[:1])
	p.Apply(l.events[2:])
	if p.Err() == nil || p.Position() != 1 {
		t.Fatalf("position %d, %v", p.Position(), p.Err())
	}
	if _, err := p.City(ctx, projector.Query{For: office}); err == nil {
		t.Error("a stopped projector still answers")
	}
	if err := p.WaitFor(ctx, 3); err == nil {
		t.Error("a stopped projector still lets wait")
	}
}

func TestWaitForReturnsWhenThePositionIsReached(t *testing.T) {
	l := &ledger{}
	for range 2 {
		l.visit("I0", "S0", "610902", started)
	}
	p := projector.New(l.config())
	p.Apply(l.events[:1])
	if err := p.WaitFor(ctx, 1); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if err := p.WaitFor(short, 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- p.WaitFor(ctx, 2) }()
	p.Apply(l.events[1:])
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAFailedReadIsReported(t *testing.T) {
	l := &ledger{}
	l.visit("I0", "S0", "610902", started)
	cfg := l.config()
	broken := errors.New("disk")
	cfg.Read = func(context.Context, []uint64, func(*event.Event) error) error { return broken }
	p := projector.New(cfg)
	p.Apply(l.events)
	if _, err := p.Subject(ctx, "S0", projector.Query{For: office}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAnAccidentShowsAtEverySubjectItsReportNames(t *testing.T) {
	l := &ledger{}
	stream := event.Stream{Kind: event.Accident, ID: "A1"}
	l.append(epoch, stream, event.About{Subject: "S0", County: "610902"}, event.Token,
		&accident.Reported{Subjects: []string{"S0", "S1"}, Region: "610902"})
	l.append(epoch, stream, event.About{Subject: "S0", County: "610902"}, event.Token, &accident.Graded{Grade: "larger"})
	p := l.all()
	for _, id := range []string{"S0", "S1"} {
		if v, err := p.Subject(ctx, id, projector.Query{For: office}); err != nil || len(v.Accidents) != 1 || v.Accidents[0].Grade != "larger" {
			t.Errorf("%s: %+v, %v", id, v.Accidents, err)
		}
	}
	if v, err := p.County(ctx, "610902", projector.Query{For: office}); err != nil || v.Accidents != 1 || len(v.AccidentsByGrade) != 1 ||
		v.AccidentsByGrade[0].Code != "larger" {
		t.Errorf("county: %+v, %v", v.AccidentsByGrade, err)
	}
}

func TestTeamsAreListedWithTheirCounts(t *testing.T) {
	l := &ledger{}
	stream := event.Stream{Kind: event.Team, ID: "T0"}
	l.append(epoch, stream, event.About{Team: "T0"}, event.Token, &team.Formed{Name: "综合一组", Kind: "comprehensive"})
	l.append(epoch, stream, event.About{Team: "T0"}, event.Token, &team.Activated{})
	l.arrived("I0", "S0", "610902")
	page, err := l.all().Teams(ctx, projector.Search{For: office, Text: "综合"})
	if err != nil || len(page.Teams) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	if got := page.Teams[0]; got.Status != "active" || got.Counts.Inspections != 1 || got.Kind != "comprehensive" {
		t.Errorf("%+v", got)
	}
}

// Run with -race: queries and Apply at the same time, and each answer that of one position.
func TestAnswersAreConsistentWhileEntriesArrive(t *testing.T) {
	l := &ledger{}
	for i := range 2000 {
		l.append(epoch, event.Stream{Kind: event.Inspection, ID: fmt.Sprintf("I%d", i%10)},
			event.About{Subject: fmt.Sprintf("S%d", i%5), County: []string{"610902", "610971"}[i%2], Team: "T0"},
			event.Imported, &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}) // counts at once
	}
	p := projector.New(l.config())
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				city, err := p.City(ctx, projector.Query{For: office})
				if err != nil || city.Counts.Checks != int64(city.Position) {
					t.Errorf("%d checks at position %d, %v", city.Counts.Checks, city.Position, err)
					return
				}
				if v, err := p.Team(ctx, "T0", projector.Query{For: office}); err == nil && v.Counts.Checks != int64(v.Position) {
					t.Errorf("team: %d checks at position %d", v.Counts.Checks, v.Position)
					return
				}
				if v, err := p.Subject(ctx, "S0", projector.Query{For: office}); err == nil && v.Counts.Checks != int64(v.Position+4)/5 {
					t.Errorf("subject: %d checks at position %d", v.Counts.Checks, v.Position)
					return
				}
			}
		})
	}
	for block := range slices.Chunk(l.events, 3) {
		p.Apply(block)
	}
	close(stop)
	readers.Wait()
	if err := p.WaitFor(ctx, 2000); err != nil {
		t.Fatal(err)
	}
}

func TestASubjectRegisteredAgainLeavesNothingBehind(t *testing.T) {
	l := &ledger{}
	for _, r := range []struct{ county, sector string }{{"610902", "FIRE"}, {"610902", "MINE"}, {"610981", "EDU"}} {
		l.append(epoch, event.Stream{Kind: event.Subject, ID: "S0"}, event.About{Subject: "S0", County: r.county}, event.Token,
			&subject.Registered{Region: r.county, Sectors: []string{r.sector}})
	}
	p := l.all()
	for n, want := range map[int]map[string]string{
		1: {"610902": "[{FIRE unknown 1 0}]"},
		2: {"610902": "[{MINE unknown 1 0}]"},
		3: {"610902": "[]", "610981": "[{EDU unknown 1 0}]"},
	} {
		for code, coverage := range want {
			if v, err := p.County(ctx, code, asOf(n)); err != nil || fmt.Sprint(v.Coverage) != coverage {
				t.Errorf("%s as of %d: %v, %v; want %s", code, n, v.Coverage, err, coverage)
			}
		}
	}
	if v, err := p.County(ctx, "610902", asOf(3)); err != nil || v.SubjectsRegistered != 0 {
		t.Errorf("%d still registered, %v", v.SubjectsRegistered, err)
	}
}
