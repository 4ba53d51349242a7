package visibilitytest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/modeltest"
)

// The executable model of pillar 14 says of small random ledgers what is refused, what each reader reads and in which order, what he
// counts, and what is owed as he may know it; testdata/seen.py asks it, and this is what it answered. All of it must be the same here.

var (
	traces    = flag.Int("traces", 0, "how many more traces the model of visibility writes, which are replayed")
	traceSeed = flag.Int("trace-seed", 1_000_000, "of the first of these")
	update    = flag.Bool("update", false, "write the traces that are kept")
)

var seenTraces = modeltest.Traces{Script: "testdata/seen.py", Golden: "testdata/seen.jsonl.gz", Count: 2000, Root: "../.."}

// told is a command of the model and its answer, or what it says when one looks. Times are hours.
type told struct {
	T, Occ, Fine                            int
	Who, Do, V, S, X, F, Case, Unit, Answer string
	To, New                                 []string
	Looks                                   map[string]look
}

// look is what one reader is shown.
type look struct {
	Reads      []string
	Figures    map[string]int64
	Owed, Late []string
}

func TestWhatIsSeenOwedAndCountedIsWhatTheModelSays(t *testing.T) {
	seen := map[string]int{}
	try := func(seed int, line []byte) bool {
		var v struct{ Steps []told }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		p := newReplay(t, seed, seen)
		for i := range v.Steps {
			p.step(&v.Steps[i])
		}
		return !t.Failed()
	}
	seenTraces.Kept(t, try)
	if *traces > 0 {
		seenTraces.Written(t, *traceSeed, *traces, try)
	}
	for _, what := range []string{"reserve", "start", "arrive", "attempt", "giveback", "finding", "fix", "penalty", "withdraw", "accident",
		"table",
		"status", "import", "refused", "flag", "review", "deadline"} {
		if seen[what] < 20 && !t.Failed() {
			t.Errorf("%s: only %d times", what, seen[what])
		}
	}
}

// TestTheModelOfVisibilityStillSaysSo asks the model again, where it and its language are there.
func TestTheModelOfVisibilityStillSaysSo(t *testing.T) { seenTraces.Still(t, 200, *update) }

// replay is a ledger of the model made here.
type replay struct {
	testing.TB
	*Ledger
	seed    int
	n       uint64 // commands
	seen    map[string]int
	names   map[uuid.UUID]string    // event → the model's id of it
	starts  map[string]*event.Event // visit → its start
	first   map[string]*event.Event // visit → its first entry
	work    *obligation.Worklist
	sectors map[string][]string // of the units
	why     string              // the last refusal
	arrived map[string]bool
}

func newReplay(t testing.TB, seed int, seen map[string]int) *replay {
	p := &replay{TB: t, Ledger: NewLedger(), seed: seed, seen: seen, names: map[uuid.UUID]string{}, starts: map[string]*event.Event{},
		first: map[string]*event.Event{}, work: obligation.NewWorklist(), arrived: map[string]bool{},
		sectors: map[string][]string{"dX": {x}, "dY": {y}, "dC": {x}}}
	stage := &Plan{rng: rand.New(rand.NewPCG(1, 1)), now: Begin}
	stage.setup()
	policy := &stage.Commands[0].Data.(*campaign.PlanPublished).Policy
	policy.DuplicateKey, policy.RecordDueHours, policy.LateSyncHours = "subject-sector", 5, 0
	for i := range stage.Commands {
		if answer, n := p.Do(&stage.Commands[i]); n == 0 {
			t.Fatal(answer)
		}
	}
	p.n = uint64(len(stage.Commands))
	return p
}

// hour is when a unit of the model's time is: the stage is set in the hours before.
func hour(n int) time.Time { return Begin.Add(time.Duration(n+3) * time.Hour) }

// visitOf names a visit of the model here.
func visitOf(v string) string {
	owner, name, _ := strings.Cut(v, "/")
	return eventtest.Visit(owner, name)
}

// codes are the model's sectors.
func codes(list []string) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, map[string]string{"X": x, "Y": y}[s])
	}
	return out
}

// types is the table of types: what a command of the model is here.
var types = map[string]func(p *replay, s *told) (stream, name string, d event.Data){
	"reserve": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "assignment-reserved", &inspection.Reserved{Team: s.Who, Subject: s.S, Sector: codes([]string{s.X})[0],
			VisitType: "initial"}
	},
	"import": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "inspection-started", &inspection.Started{Subject: s.S, Sector: codes([]string{s.X})[0], VisitType: "initial",
			Source: event.Source{"row": "1"}, Unknown: event.Unknown{"team", "inspectors"}}
	},
	"start": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "inspection-started", &inspection.Started{Team: s.Who, Subject: s.S, Sector: codes([]string{s.X})[0],
			VisitType: "initial", Inspectors: []string{"p" + s.Who[1:], "l" + s.Who[1:]}}
	},
	"arrive": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "inspector-arrived", &inspection.Arrived{}
	},
	"attempt": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "inspection-attempted", &inspection.Attempted{Reason: "大门上锁"}
	},
	"giveback": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "assignment-released", &inspection.Released{Reason: "改派"}
	},
	"finding": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "finding-recorded", &inspection.FindingRecorded{Finding: s.F, Description: "通道堵塞", Level: "general"}
	},
	"fix": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "finding-fixed-on-site", &inspection.FixedOnSite{Finding: s.F}
	},
	"penalty": func(_ *replay, s *told) (string, string, event.Data) {
		return visiting(s), "penalty-decided", &casefile.PenaltyDecided{Penalty: strings.ReplaceAll(s.Case, "/", "-"), Kind: "fine",
			Findings:   []string{s.F},
			LegalBasis: clauses, Fine: &event.Money{Currency: "CNY", Amount: int64(s.Fine)}, Final: true}
	},
	"withdraw": func(p *replay, s *told) (string, string, event.Data) {
		of := p.first[s.V].Ident().Ref()
		return visiting(s), "fact-withdrawn", &correction.FactWithdrawn{Fact: of, Replaces: of, Reason: "误录"}
	},
	"accident": func(_ *replay, s *told) (string, string, event.Data) {
		return "accident/" + Readers[s.Who].County + ".a" + fmt.Sprint(s.T), "accident-reported",
			&accident.Reported{Subjects: []string{s.S}, Region: regions[s.S],
				Happened: hour(s.Occ),
				Kind:     "other", Summary: "事故", Harm: (&Plan{rng: rand.New(rand.NewPCG(1, 1))}).harm()}
	},
	"table": func(p *replay, s *told) (string, string, event.Data) {
		d := &table.Published{Table: table.Units, Units: []table.Unit{{ID: "dX", Name: "局甲", County: CountyA},
			{ID: "dY", Name: "局乙", County: CountyA}, {ID: "dC", Name: "局丙"}}}
		p.sectors[s.Unit] = codes(s.To)
		for i := range d.Units {
			d.Units[i].Sectors = p.sectors[d.Units[i].ID]
		}
		return "table/units", "code-table-published", d
	},
	"status": func(_ *replay, s *told) (string, string, event.Data) {
		return "subject/" + s.S, "subject-status-recorded", &subject.StatusRecorded{Production: "normal"}
	},
}

func visiting(s *told) string { return "inspection/" + visitOf(s.V) }

// step does what the model did, and compares the answer.
func (p *replay) step(s *told) {
	switch s.Do {
	case "look":
		p.look(s)
		return
	case "sweep":
		p.sweep(s)
		return
	}
	if _, begun := p.first[s.V]; s.Do == "withdraw" && !begun {
		p.Fatalf("ledger %d: %+v", p.seed, s)
	}
	stream, name, d := types[s.Do](p, s)
	e := p.command(s, s.Who, stream, name, d)
	if s.Do == "withdraw" && e != nil {
		ref := e.Ident().Ref()
		e = p.command(s, "office", stream, "approval-given", &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256})
	}
	if (e != nil) != (s.Answer == "ok") {
		p.Fatalf("ledger %d, hour %d: %s %s %s is accepted: %t (%s), the model says %q", p.seed, s.T, s.Who, s.Do, s.V, e != nil, p.why,
			s.Answer)
	}
	if e == nil {
		p.seen["refused"]++
		return
	}
	p.seen[s.Do]++
	p.names[e.ID] = s.New[0]
	switch s.Do {
	case "reserve", "import":
		p.first[s.V] = e
	case "start":
		p.starts[s.V] = e
	case "arrive":
		p.arrived[s.V] = true
	}
}

// command appends one, and returns its entry; nil when it is refused.
func (p *replay) command(s *told, who, stream, name string, d event.Data) *event.Event {
	of, err := event.ParseStream(stream)
	if err != nil {
		p.Fatal(err)
	}
	p.n++
	c := Command{Who: who, Actor: Readers[who], Stream: of, Name: name, Data: d, Expected: event.AnyRevision, Occurred: hour(s.T),
		Recorded: hour(s.T),
		ID:       uuid.UUID{6: 0x40, 8: 0x81, 14: byte(p.n >> 8), 15: byte(p.n)}}
	if s.Do == "arrive" || s.Do == "attempt" {
		c.Occurred = hour(s.Occ)
	}
	switch who {
	case "import":
		c.Who, c.Actor = "importer", Readers["importer"]
	case "office":
		c.Actor.Person = "pq"
	case "T1", "T2":
		c.Actor.Person = "p" + who[1:]
	}
	if of.Kind == event.Inspection {
		c.Campaign = "c"
	}
	c.Stream, c.Data = eventtest.Aside(c.Stream, &c.Actor, c.ID, c.Data)
	n := len(p.Events)
	if answer, added := p.Do(&c); added == 0 {
		p.why = answer
		return nil
	}
	for _, e := range p.Events[n+1:] {
		p.names[e.ID] = p.derivedName(e)
	}
	return p.Events[n]
}

// derivedName is the model's id of what the ledger says of its own accord; "" of what the model does not say.
func (p *replay) derivedName(e *event.Event) string {
	model := func(id string) string {
		for _, v := range []string{"T1/a", "T1/b", "T2/a", "T2/b", "import/i"} {
			if visitOf(v) == id {
				return v
			}
		}
		return id
	}
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		if d.Code == string(law.DuplicateInspection) {
			p.seen["flag"]++
			return "flag/" + model(d.Inspections[0]) + "/" + model(d.Inspections[1]) + "/duplicate"
		}
	case *review.Opened:
		p.seen["review"]++
		_, of, _ := strings.Cut(d.Matter, ".a")
		return "review/" + model(d.Visit()) + "/accident/" + of
	case *oversight.DeadlinePassed:
		for v, start := range p.starts {
			if start.ID.String() == d.Event && d.Obligation == "record" {
				p.seen["deadline"]++
				return "late/record/" + p.names[p.starts[v].ID]
			}
		}
	}
	return ""
}

// sweep has said what is overdue: in the order of the model, which looks at disclosed visits first.
func (p *replay) sweep(s *told) {
	visits := slices.SortedFunc(maps.Keys(p.starts), func(a, b string) int {
		return cmp.Or(cmp.Compare(bit(p.arrived[b]), bit(p.arrived[a])), cmp.Compare(a, b))
	})
	for _, v := range visits {
		for _, c := range p.State.Overdue(event.Stream{Kind: event.Inspection, ID: visitOf(v)}, hour(s.T), 10) {
			if d, ok := c.Data.(*oversight.DeadlinePassed); ok && d.Obligation == "record" {
				p.say(s, c)
			}
		}
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// say appends what the ledger says of its own accord.
func (p *replay) say(s *told, c event.Consequence) {
	p.n++
	e := &event.Event{ID: uuid.UUID{6: 0x40, 8: 0x81, 14: byte(p.n >> 8), 15: byte(p.n)}, Type: p.Ledger.types.Newest(c.Name),
		Stream: c.Stream, Data: c.Data,
		Occurred: hour(s.T), Recorded: hour(s.T), ExpectedRevision: event.AnyRevision, Actor: event.Actor{Role: event.RoleLedger},
		Assurance: event.Derived, Index: uint64(len(p.Events))}
	e.About = p.State.About(e)
	e.Revision = uint64(p.State.Revision(e.Stream) + 1)
	p.names[e.ID] = p.derivedName(e)
	p.place(e)
}

// look compares what each reader is shown.
func (p *replay) look(s *told) {
	for _, r := range p.State.Settle(p.work) {
		p.work.Set(r)
	}
	for _, who := range slices.Sorted(maps.Keys(s.Looks)) {
		want, me := s.Looks[who], Readers[who]
		var reads []string
		for _, e := range p.Read(me) {
			if name := p.names[e.ID]; name != "" {
				reads = append(reads, name)
			}
		}
		p.same(s, who, "reads", inRuns(reads), inRuns(want.Reads))
		got := p.figures(who)
		for name, n := range want.Figures {
			if got[name] != n {
				p.Errorf("ledger %d, hour %d: %s counts %s %d, the model %d", p.seed, s.T, who, name, got[name], n)
			}
		}
		var owed, late []string
		scope := p.Views.ScopeAt(me)
		for v := range p.starts {
			r := p.work.Row(event.Stream{Kind: event.Inspection, ID: visitOf(v)})
			if r == nil || !scope.Scope.Sees(r.Stream, &r.About) || r.Hidden && who != "office" && r.About.Team != me.Team {
				continue
			}
			for _, o := range r.Open {
				if o.Kind.Name == "record" {
					owed = append(owed, v)
					if o.Escalated {
						late = append(late, v)
					}
				}
			}
		}
		slices.Sort(owed)
		slices.Sort(late)
		p.same(s, who, "has owed", owed, want.Owed)
		p.same(s, who, "has escalated", late, want.Late)
	}
}

// inRuns sorts what one entry entails: in which order the ledger says it there is no rule.
func inRuns(names []string) []string {
	entailed := func(s string) bool { return strings.HasPrefix(s, "review/") || strings.HasPrefix(s, "flag/") }
	for i := 0; i < len(names); i++ {
		k := i
		for k < len(names) && entailed(names[k]) {
			k++
		}
		slices.Sort(names[i:k])
		i = max(i, k)
	}
	return names
}

func (p *replay) same(s *told, who, what string, got, want []string) {
	if !slices.Equal(got, want) {
		p.Errorf("ledger %d, hour %d: %s %s\n\tmodel %q\n\there  %q", p.seed, s.T, who, what, want, got)
	}
}

// figures are what a reader counts, by the model's names.
func (p *replay) figures(who string) map[string]int64 {
	q := projector.Query{For: Readers[who]}
	var f projections.Figures
	var area projections.Area
	var err error
	switch who {
	case "office", "dC":
		var v projections.CityView
		v, err = p.Views.City(context.Background(), q)
		f, area = v.Figures, v.Area
	case "T1", "T2":
		var v projections.TeamView
		v, err = p.Views.Team(context.Background(), who, q)
		f = v.Figures
	default:
		var v projections.CountyView
		v, err = p.Views.County(context.Background(), cmp.Or(map[string]string{"cB": CountyB, "cz": ZoneZ}[who], CountyA), q)
		f, area = v.Figures, v.Area
	}
	if err != nil && !errors.Is(err, projector.ErrNotFound) { // to a unit without sectors there is no county
		p.Fatalf("%s: %v", who, err)
	}
	out := map[string]int64{"visits": f.Counts.Inspections + f.Attempted, "open": f.FindingsOpen, "flags": f.Duplicates,
		"accidents": area.Accidents, "registered": area.SubjectsRegistered, "inspected": area.SubjectsInspected}
	for _, sum := range f.Fines {
		out["fines"] += sum.Amount.Big().Int64()
	}
	return out
}
