package domain

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/projections"
)

// play has a visit of the model judged and folded here.
type play struct {
	*fixture
	seed   int
	events map[string]*event.Event // by the model's ids
	names  map[uuid.UUID]string    // the model's ids
	newest map[string]*event.Event // fact → the event that gave the version that counts
	about  map[string]string       // correction or withdrawal → the fact
	ready  bool                    // what the record waits for was done
	seen   map[string]int
	late   map[owedItem]bool   // by the model
	said   map[string]owedItem // by the entries that say so and were not taken back

	deadlines map[string]owedItem // by the deadline-passed
}

var (
	people = map[string]option{"I1": inspector, "I2": by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1"}),
		"L": leader, "V": clerk, "O": chief}
	recipients = map[string]string{"party": "subject", "county": "local-government", "department": "city-department",
		"office": "safety-office"}
	lateKinds = map[law.Code]string{law.LateRecord: "record", law.LateCopy: "copies", law.LateReview: "leader-review",
		law.LateClosing: "closing", law.LateRectification: "rectify",
		inspection.LateFiling: "filing"}
)

const visitStream = "inspection/i"

// bodies is the table of types: what a step of the model says here.
var bodies = map[string]func(p *play, s *step) event.Data{
	"plan":            func(_ *play, s *step) event.Data { return s.plan() },
	"start":           func(*play, *step) event.Data { return started() },
	"finding":         func(_ *play, s *step) event.Data { return s.found(evident(s.ID)) },
	"record":          func(*play, *step) event.Data { return signedBy("ma", "li") },
	"copy":            func(_ *play, s *step) event.Data { return copyFor(recipients[s.Item]) },
	"leader-reviewed": func(*play, *step) event.Data { return &inspection.LeaderReviewed{Opinion: "同意"} },
	"close":           func(*play, *step) event.Data { return &inspection.Closed{} },
	"order":           func(_ *play, s *step) event.Data { return ordered(s.ID, s.date(), s.Finding) },
	"verified":        func(_ *play, s *step) event.Data { return &inspection.FixedOnSite{Finding: s.Finding, Photo: &picture} },
	"case":            func(_ *play, s *step) event.Data { return fined(s.ID, s.Finding) },
	"no-penalty":      func(_ *play, s *step) event.Data { return exempted(s.Finding) },
	"correct": func(p *play, s *step) event.Data {
		fact := p.events[s.Of]
		content := fact.Data
		if d, ok := content.(*inspection.FindingRecorded); ok {
			c := *d
			c.Description = s.Text
			content = s.found(&c)
		}
		return again(fact, p.newest[s.Of], content, hours(s.Occ))
	},
	"withdraw": func(p *play, s *step) event.Data { return withdrawn(p.events[s.Of], p.newest[s.Of]) },
	"extend": func(p *play, s *step) event.Data {
		return &oversight.TermExtended{Obligation: "rectify", Event: p.events[s.Of].ID.String(), Until: s.date(), Ground: "设备未到"}
	},
	"approve": func(p *play, s *step) event.Data { return yes(p.events[s.Of]) },
	"refuse":  func(p *play, s *step) event.Data { return no(p.events[s.Of]) },
}

// refusals are the model's, in the code of the program.
var refusals = map[string]law.Code{
	"another correction waits": law.AnotherCorrectionWaits,
	"later facts rest on it":   law.LaterFactsRest,
	"stream withdrawn":         law.StreamWithdrawn,
}

func (s *step) date() string { return hours(s.Date * 24).Format(time.DateOnly) }

func (s *step) found(d *inspection.FindingRecorded) *inspection.FindingRecorded {
	d.Punishable = s.Punishable
	return d
}

func (s *step) plan() *campaign.PlanPublished {
	d := plan(s.ID)
	p := &d.Policy
	p.RecordDueHours, p.CopiesDueDays = s.Limits["record"], s.Limits["copies"]
	for name, days := range map[string]**int{"filing": &p.FileDays, "leader-review": &p.LeaderReviewDays, "approval": &p.ApprovalDays,
		"closing": &p.ClosingDays} {
		*days = nil
		if n, stated := s.Limits[name]; stated {
			*days = &n
		}
	}
	return d
}

// do judges one step, and compares.
func (p *play) do(s *step) {
	stream, clocks := visitStream, func(e *event.Event) { e.Occurred, e.Recorded = hours(s.Occ).UTC(), hours(s.Rec).UTC() }
	switch s.Do {
	case "sweep":
		p.sweep(s)
		return
	case "plan":
		stream = "campaign/c"
	case "correct": // its own time is that of the corrected fact
		clocks = at(hours(s.Rec).UTC())
	case "record":
		p.prepare(clocks)
	}
	e := p.event(stream, bodies[s.Do](p, s), people[s.By], clocks, in("c"))
	recorded, err := p.record(e)
	if s.Do == "close" {
		p.gate(s, err)
	}
	switch {
	case s.Refused != "":
		p.refused(s, err)
	case len(s.Held) == 0:
		if err != nil {
			p.Fatalf("visit %d, %s: %v", p.seed, s.ID, err)
		}
		p.accepted(s, e)
		p.stands(s, recorded)
	}
	if s.Owed != nil {
		p.look(s)
	}
}

// refused compares why.
func (p *play) refused(s *step, err error) {
	p.seen["refused "+s.Refused]++
	if r, ok := err.(*event.Refusal); !ok || r.Code != refusals[s.Refused] {
		p.Errorf("visit %d, %s: %v, the model refuses it: %s", p.seed, s.ID, err, s.Refused)
	}
}

func (p *play) accepted(s *step, e *event.Event) {
	p.events[s.ID], p.newest[s.ID], p.names[e.ID] = e, e, s.ID
	counts := ""
	switch s.Do {
	case "correct", "withdraw":
		p.about[s.ID] = s.Of
		if s.AtOnce {
			counts = s.ID
		}
	case "approve":
		counts = s.Of
	case "close":
		p.seen["closed"]++
	}
	if fact := p.about[counts]; fact != "" {
		how := "corrected "
		switch _, restores := p.newest[fact].Data.(*correction.FactWithdrawn); {
		case withdraws(p.events[counts]):
			how = "withdrawn "
		case restores:
			how = "restored "
		}
		p.newest[fact] = p.events[counts]
		what, _, _ := strings.Cut(fact, "-")
		p.seen[how+what]++
	}
}

func withdraws(e *event.Event) bool {
	_, is := e.Data.(*correction.FactWithdrawn)
	return is
}

// prepare does what the record waits for, of which the model does not speak.
func (p *play) prepare(clocks option) {
	if p.ready {
		return
	}
	p.ready = true
	list := []event.Data{&inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture}}
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		list = append(list, &inspection.CheckAnswered{Item: item, Answer: "yes"})
	}
	for _, section := range inspection.Sections {
		list = append(list, &inspection.SectionCompleted{Section: section})
	}
	for _, d := range list {
		if _, err := p.record(p.event(visitStream, d, inspector, clocks, in("c"))); err != nil {
			p.Fatal(err)
		}
	}
}

// gate compares what holds up the closing.
func (p *play) gate(s *step, err error) {
	var got []owedItem
	var r *event.Refusal
	if errors.As(err, &r) {
		p.seen["held"]++
		for _, u := range r.Open {
			got = append(got, p.unmet(&u)...)
		}
	}
	var want []owedItem
	for _, h := range s.Held {
		switch h[0] { // what a gate's answer says of each
		case "record", "leader-review":
			h[1] = ""
		case "copies":
			h[1], h[2] = "", recipients[h[2]]
		}
		want = append(want, owedItem{h[0], h[1], h[2]})
	}
	p.same(s, "held up", want, got)
}

func (p *play) unmet(u *event.Unmet) (out []owedItem) {
	list := func(kind, name string) {
		if ids, ok := u.Values.Get(name).Any().([]string); ok {
			for _, id := range ids {
				out = append(out, owedItem{kind, id, ""})
			}
		}
	}
	switch u.Code {
	case law.ClosingNeedsRecord:
		return []owedItem{{"record", "", ""}}
	case law.ClosingNeedsReview:
		return []owedItem{{"leader-review", "", ""}}
	case law.ClosingNeedsApproval:
		return []owedItem{{"approval", p.names[uuid.MustParse(u.Values.Get("event").Any().(string))], ""}}
	case law.ClosingNeedsCopies:
		list("copies", "recipients")
		for i := range out {
			out[i][1], out[i][2] = "", out[i][1]
		}
	case law.ClosingNeedsPenalty:
		list("filing", "findings")
		list("filing", "ordered_only")
	case law.ClosingNeedsDisposition:
		list("disposition", "findings")
	default:
		for _, k := range inspection.Obligations() {
			if k.AtClosing == u.Code && k.Unmodelled != "" {
				return nil
			}
		}
		return []owedItem{{string(u.Code)}}
	}
	return out
}

// stands compares what is late with what the ledger calls late, said and not taken back.
func (p *play) stands(s *step, recorded []*event.Event) {
	for _, k := range s.Late {
		p.late[nameOf(k)] = true
		p.seen["late "+k[0]]++
	}
	for _, k := range s.Met {
		delete(p.late, nameOf(k))
		p.seen["met "+k[0]]++
		if p.inspections.state(p.stream(visitStream).ID).Closed() {
			p.seen["met "+k[0]+" after the closing"]++
		}
	}
	p.escalated(s, recorded)
	standing, _ := p.deviations.get(p.stream(visitStream))
	open := slices.ContainsFunc(standing.Statements(), func(s event.Statement) bool { return s.Code == law.ClosedOpen })
	if s.Reopened {
		p.seen["reopened"]++
	}
	if open != s.Reopened && s.Do != "plan" { // which is in another stream
		p.Errorf("visit %d, %s: it is closed, and something is open: %t, the model says %t", p.seed, s.ID, open, s.Reopened)
	}
	for _, e := range recorded {
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			if kind := lateKinds[law.Known(d.Code)]; kind != "" {
				p.said[e.ID.String()] = owedItem{kind, p.names[uuid.MustParse(d.Event)], d.Item}
			}
		case *oversight.StatementLapsed:
			delete(p.said, d.Statement)
		}
	}
	p.same(s, "late", slices.Collect(maps.Keys(p.late)), slices.Collect(maps.Values(p.said)))
}

// sweep has what is overdue said, and compares.
func (p *play) sweep(s *step) {
	now := hours(s.Rec).UTC()
	var all []*event.Event
	for _, c := range p.Overdue(p.stream(visitStream), now, 1000) {
		recorded, err := p.record(p.own(c, now))
		if err != nil {
			p.Fatalf("visit %d, %s: %s is proposed and refused: %v", p.seed, s.ID, c.Name, err)
		}
		all = append(all, recorded...)
	}
	p.escalated(s, all)
	if again := p.Overdue(p.stream(visitStream), now, 1000); len(again) > 0 {
		p.Errorf("visit %d, %s: it says again %+v", p.seed, s.ID, again)
	}
	if s.Owed != nil {
		p.look(s)
	}
}

// escalated compares what is said of deadlines, and taken back.
func (p *play) escalated(s *step, recorded []*event.Event) {
	var passed, lapsed, wantPassed, wantLapsed []owedItem
	for _, e := range recorded {
		switch d := e.Data.(type) {
		case *oversight.DeadlinePassed:
			o := owedItem{d.Obligation, p.names[d.Ref().Opener], d.Item}
			if d.Obligation == "filing" { // its opener is its finding
				o[2] = ""
			}
			p.deadlines[e.ID.String()], passed = o, append(passed, o)
		case *oversight.StatementLapsed:
			if o, is := p.deadlines[d.Statement]; is {
				lapsed = append(lapsed, o)
			}
		}
	}
	for _, k := range s.Passed {
		wantPassed = append(wantPassed, nameOf(k))
		p.seen["passed "+k[0]]++
	}
	for _, k := range s.Lapsed {
		wantLapsed = append(wantLapsed, nameOf(k))
		p.seen["lapsed "+k[0]]++
	}
	p.same(s, "escalated", wantPassed, passed)
	p.same(s, "lapsed", wantLapsed, lapsed)
}

// nameOf is kind, opener and item of an obligation, as the program names them.
func nameOf(k [3]string) owedItem {
	if k[0] == "copies" {
		k[2] = recipients[k[2]]
	}
	return owedItem{k[0], k[1], k[2]}
}

// look compares all that is owed: with the judge's state while the visit is open, and with the projection.
func (p *play) look(s *step) {
	want := slices.Clone(s.Owed)
	for i := range want {
		if want[i][0] == "copies" {
			want[i][2] = recipients[want[i][2].(string)]
		}
		p.seen[fmt.Sprint(want[i][0], " ", want[i][4])]++
	}
	fold, figures := projections.NewInspectionFold(p.stream(visitStream).ID), projections.NewSubjectFold("firm", projections.Selection{})
	var visits kinds.Visits
	for _, e := range p.log {
		switch id, is := visits.Of(e); {
		case is && id == p.stream(visitStream).ID:
			fold.Apply(e)
			figures.Apply(e)
		case e.Stream.Kind == event.Campaign:
			fold.ApplyPlan(e)
		}
	}
	p.same(s, "owed, as readers see it", want, p.items(fold.Obligations()))
	if st := p.inspections.state(p.stream(visitStream).ID); !st.Closed() {
		terms := p.inspections.terms(st, vantage{})
		terms.Subject = &inspection.SubjectFacts{}
		p.same(s, "owed, as the judge sees it", want, p.items(st.Obligations(terms, nil)))
	}
	var open []owedItem
	for _, o := range want {
		if o[4] == string(obligation.Open) {
			open = append(open, o)
		}
	}
	unsigned := figures.View().UnsignedRecords
	if is := slices.ContainsFunc(open, func(o owedItem) bool { return o[0] == "record" }); is != (unsigned == 1) {
		p.Errorf("visit %d, %s: unsigned records %d", p.seed, s.ID, unsigned)
	}
	var shown []owedItem
	for _, o := range fold.View().Owed {
		shown = append(shown, p.item(o.Kind, uuid.MustParse(o.Event), o.Item, o.Due, obligation.Open)...)
	}
	p.same(s, "open items of the view", open, shown)
}

func (p *play) items(list []obligation.Obligation) (out []owedItem) {
	for _, o := range list {
		out = append(out, p.item(o.Kind.Name, o.Opener, o.Item, o.Due, o.State())...)
	}
	return out
}

// item names an obligation as the model does; none of the kinds that the model does not have.
func (p *play) item(kind string, opener uuid.UUID, item string, due time.Time, state obligation.State) []owedItem {
	o := owedItem{kind, p.names[opener], item, nil, string(state)}
	if unmodelled[kind] {
		return nil
	}
	if kind == "filing" { // its opener is its finding
		o[2] = ""
	}
	if !due.IsZero() {
		o[3] = inHours(due)
	}
	return []owedItem{o}
}

func (p *play) same(s *step, what string, want, got []owedItem) {
	p.Helper()
	order := func(a, b owedItem) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if !slices.Equal(want, got) {
		p.Errorf("visit %d, %s: %s\n\tmodel %v\n\there  %v", p.seed, s.ID, what, want, got)
	}
}

// due compares the end of a limit under calendars.
func (p *play) due(raw []json.RawMessage) {
	var start, n, want int
	var unit string
	var days [][][2]any
	for i, to := range []any{&start, &n, &unit, &days, &want} {
		if err := json.Unmarshal(raw[i], to); err != nil {
			p.Fatal(err)
		}
	}
	var calendars []obligation.Calendar
	for _, list := range days {
		c := obligation.Calendar{}
		for _, d := range list {
			c[obligation.DayOf(hourZero)+obligation.Day(d[0].(float64))] = d[1].(bool)
		}
		calendars = append(calendars, c)
	}
	units := map[string]obligation.Unit{"h": obligation.Hours, "cd": obligation.Days, "wd": obligation.WorkingDays}
	limit := obligation.Limit{N: n, Unit: units[unit]}
	if got := inHours(limit.Due(hours(start), calendars...)); got != float64(want) {
		p.Errorf("visit %d: %s from hour %d ends in hour %v, the model says %d", p.seed, raw, start, got, want)
	}
	p.published(start, limit, calendars, want)
}

// published compares it again under calendars as a city publishes them: the first was known when the duty was opened, the
// others came since, and one before them, under which nobody would ever be late, was replaced.
func (p *play) published(start int, limit obligation.Limit, calendars []obligation.Calendar, want int) {
	forever := obligation.Calendar{}
	for d := range obligation.Day(2000) {
		forever[obligation.DayOf(hours(start))+d] = true
	}
	const opened = 10
	all := obligation.Calendars{}.With(1, forever).With(2, nil)
	for i, c := range calendars {
		at := uint64(opened + i)
		if i == 0 {
			at = opened - 1
		}
		all = all.With(at, c)
	}
	if got := inHours(limit.Due(hours(start), all.Since(opened)...)); got != float64(want) {
		p.Errorf("visit %d: %v from hour %d ends in hour %v by what is published, the model says %d", p.seed, limit, start, got, want)
	}
}
