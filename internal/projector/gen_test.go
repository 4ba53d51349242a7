package projector_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// declared has the types of bodies.
var declared = func() map[reflect.Type]event.Type {
	m := map[reflect.Type]event.Type{}
	for _, t := range domain.Catalogue().All() {
		m[reflect.TypeOf(t.New())] = *t
	}
	return m
}()

var (
	office = event.Actor{Role: event.RoleSupervisionOffice}
	epoch  = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	// The counties of the generated subjects: 610971 and 610972 are zones of 610902.
	places     = []string{"610902", "610971", "610972", "610981", ""}
	subjectIDs = []string{"S0", "S1", "S2", "S3", "S4"}
	teamIDs    = []string{"T0", "T1", "T2"}
	visitIDs   = []string{"I0", "I1", "I2", "I3", "I4", "I5", "I6"}
)

// ledger is the entries in memory, and what a projector asks of its ledger.
type ledger struct {
	mu        sync.RWMutex
	events    []*event.Event
	revisions map[event.Stream]uint64
}

func (l *ledger) append(occurred time.Time, stream event.Stream, about event.About, assurance event.Assurance, d event.Data) {
	if about.Subject != "" && about.Sectors == nil {
		about.Sectors = []string{"FIRE"}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i := uint64(len(l.events))
	if l.revisions == nil {
		l.revisions = map[event.Stream]uint64{}
	}
	revision := l.revisions[stream]
	l.revisions[stream]++
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], i+1)
	typ := declared[reflect.TypeOf(d)]
	typ.Name, typ.Kind = fmt.Sprintf("%T", d), stream.Kind
	l.events = append(l.events, &event.Event{
		ID: id, Type: &typ, Stream: stream, Occurred: occurred,
		Data: d, Index: i, Revision: revision, Recorded: epoch.Add(time.Duration(i) * time.Minute), Actor: event.Actor{Person: "P1"},
		Assurance: assurance, About: about,
	})
}

func (l *ledger) config() projector.Config {
	return projector.Config{
		Read: func(_ context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				l.mu.RLock()
				e := l.events[i]
				l.mu.RUnlock()
				if err := fn(e); err != nil {
					return err
				}
			}
			return nil
		},
		RootAt: func(size uint64) (string, error) { return fmt.Sprintf("root-%d", size), nil },
		RecordedAt: func(size uint64) (time.Time, error) {
			l.mu.RLock()
			defer l.mu.RUnlock()
			return l.events[size-1].Recorded, nil
		},
	}
}

// project folds the first n entries in chunks.
func (l *ledger) project(n, chunk int) *projector.Projector {
	p := projector.New(l.config())
	for i := 0; i < n; i += chunk {
		p.Apply(l.events[i:min(i+chunk, n)])
	}
	return p
}

// filtered is the ledger that holds only some entries, numbered anew.
func (l *ledger) filtered(keep func(*event.Event) bool) *ledger {
	out := &ledger{revisions: map[event.Stream]uint64{}}
	for _, e := range l.events {
		if keep(e) {
			c := *e
			c.Index, c.Revision = uint64(len(out.events)), out.revisions[e.Stream]
			out.revisions[e.Stream]++
			out.events = append(out.events, &c)
		}
	}
	return out
}

// answer is the JSON form of a view, or the error in its place.
func answer[V any](v V, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(b)
}

// answers asks every view for everything.
func answers(p *projector.Projector, q projector.Query) map[string]string {
	ctx, out := context.Background(), map[string]string{}
	for _, id := range subjectIDs {
		out["subject "+id] = answer(p.Subject(ctx, id, q))
	}
	for _, id := range teamIDs {
		out["team "+id] = answer(p.Team(ctx, id, q))
	}
	for _, id := range visitIDs {
		out["inspection "+id] = answer(p.Inspection(ctx, id, q))
	}
	if q.OccurredUntil != nil {
		return out
	}
	for _, code := range places {
		out["county "+code] = answer(p.County(ctx, code, q))
	}
	out["city"] = answer(p.City(ctx, q))
	out["counties"] = answer(p.Counties(ctx, q))
	return out
}

// drawData draws any event body, with ids that often but not always exist.
func drawData(t *rapid.T, kind event.Kind) event.Data {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	finding := func() string { return pick("finding", "F1", "F2", "F3") }
	findings := func() []string {
		return rapid.SliceOfN(rapid.SampledFrom([]string{"F1", "F2", "F3"}), 0, 2).Draw(t, "findings")
	}
	flag := func() event.Data {
		switch pick("said", "flagged", "explained", "lapsed") {
		case "explained":
			return &oversight.DeviationExplained{Deviation: uuid.UUID{15: 3}.String(), Explanation: "x"}
		case "lapsed":
			return &oversight.StatementLapsed{Statement: uuid.UUID{15: 3}.String(), Rule: "R31",
				Code: pick("code", "duplicate-inspection", "short-visit")}
		}
		return &oversight.DeviationFlagged{Code: pick("code", "duplicate-inspection", "short-visit"), Rule: "R31", Event: "e"}
	}
	n := rapid.IntRange(0, 20).Draw(t, "what")
	switch kind {
	case event.Subject:
		switch n % 6 {
		case 4:
			return drawAnswer(t)
		case 0:
			return &subject.Registered{Kind: "enterprise", Name: pick("name", "甲厂", "Mill B"), USCC: pick("uscc", "", "91610900MA"),
				Region:  pick("region", "610902001", "610981", "bad"),
				Sectors: rapid.SliceOfN(rapid.SampledFrom([]string{"FIRE", "MINE", "EDU"}), 0, 3).Draw(t, "sectors"), Discovery: "register"}
		case 1:
			return &subject.Updated{From: "2019-12-02", USCC: "91610900MB", Sectors: rapid.SliceOfN(rapid.SampledFrom([]string{"FIRE", "MINE"}), 0,
				2).Draw(t, "sectors")}
		case 2:
			return &subject.StatusRecorded{Production: pick("production", "normal", "partial", "suspended")}
		case 3:
			return &subject.Excluded{Reason: "gone"}
		}
		return flag()
	case event.Team:
		switch n % 7 {
		case 0:
			return &team.Formed{Name: pick("team name", "一组", "二组"), Kind: "comprehensive"}
		case 1:
			return &team.ScopeAssigned{Sectors: []string{"FIRE"}}
		case 2:
			return &team.LeaderAppointed{Person: "P1"}
		case 3:
			return &team.LeaderChanged{From: "P1", To: "P2", Handover: "x"}
		case 4:
			return &team.MemberJoined{Person: pick("member", "P1", "P2")}
		case 5:
			return &team.MemberLeft{Person: pick("member", "P1", "P2")}
		}
		return &team.Activated{}
	case event.Accident:
		harm := drawHarm(t)
		switch n % 4 {
		case 0:
			return &accident.Reported{Subjects: rapid.SliceOfN(rapid.SampledFrom(subjectIDs), 0, 3).Draw(t, "subjects"), Region: "610902",
				Happened: epoch, Kind: "poisoning-asphyxiation", Harm: harm}
		case 1:
			return &accident.CasualtiesUpdated{Harm: harm}
		case 2:
			return &accident.Graded{Grade: pick("grade", accident.Grades...)}
		}
		return flag()
	case event.Inspection:
		return drawVisit(t, n, pick, finding, findings, flag)
	}
	return &person.Trained{Topic: "x", Date: "2026-11-01"}
}

// drawMoney draws small amounts, the largest ones, and nil for one that is not known.
func drawMoney(t *rapid.T) *event.Money {
	m := event.Money{Currency: rapid.SampledFrom([]string{"CNY", "USD"}).Draw(t, "currency")}
	switch rapid.IntRange(0, 3).Draw(t, "money") {
	case 0:
		return nil
	case 1:
		m.Amount = event.Amounts.Max - rapid.Int64Range(0, 3).Draw(t, "below")
	default:
		m.Amount = rapid.Int64Range(0, 1<<40).Draw(t, "amount")
	}
	return &m
}

func drawHarm(t *rapid.T) accident.Harm {
	people := func(what string) *int64 {
		if rapid.IntRange(0, 3).Draw(t, what+" unknown") == 0 {
			return nil
		}
		n := rapid.SampledFrom([]int64{0, 1, 7, event.People.Max}).Draw(t, what)
		return &n
	}
	return accident.Harm{Deaths: people("deaths"), SeriousInjuries: people("serious"), Injured: people("injured"), DirectLoss: drawMoney(t)}
}

func drawVisit(t *rapid.T, n int, pick func(string, ...string) string, finding func() string, findings func() []string,
	flag func() event.Data) event.Data {
	switch n {
	case 0:
		return &inspection.Reserved{Subject: "S0", Team: "T0", Sector: "FIRE", VisitType: "initial"}
	case 1, 2:
		return &inspection.Started{Subject: "S0", Sector: "FIRE", VisitType: "initial"}
	case 3:
		return &inspection.Attempted{Reason: "locked"}
	case 4, 5:
		return &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}
	case 6, 7, 8:
		return &inspection.FindingRecorded{Finding: finding(), Description: pick("description", "a", "b"),
			Level: pick("level", inspection.Levels...)}
	case 9:
		return &correction.FactCorrected{Reason: "x", Occurred: epoch, Content: correction.Content(&inspection.FindingRecorded{
			Finding: finding(), Description: pick("to", "a", "c"), Level: pick("to level", "general", "major")})}
	case 10:
		return &inspection.FixedOnSite{Finding: finding()}
	case 11:
		return &order.Issued{Order: "O1", Kind: pick("order", "stop", "rectify-by-date"), Findings: findings(),
			Due: pick("due", "", "2026-12-01")}
	case 12:
		return &casefile.PenaltyDecided{Penalty: "X1", Kind: "fine", Findings: findings(),
			Final: rapid.Bool().Draw(t, "final"), Fine: drawMoney(t)}
	case 13:
		return &casefile.NoPenaltyDecided{Findings: findings(), Reason: "minor"}
	case 14:
		return &inspection.RecordSigned{RecordNo: "1"}
	case 15:
		return &inspection.SignatureRefused{RecordNo: "1", Reason: "x", Witness: "y"}
	case 16:
		return &inspection.Closed{}
	case 17, 18, 19:
		return drawAnswer(t)
	}
	return flag()
}

// drawAnswer draws a yes or no to an entry of a low number.
func drawAnswer(t *rapid.T) event.Data {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], rapid.Uint64Range(1, 60).Draw(t, "answered"))
	if rapid.IntRange(0, 3).Draw(t, "no") == 0 {
		return &oversight.ApprovalRefused{Event: id.String(), Reason: "x"}
	}
	return &oversight.ApprovalGiven{Event: id.String()}
}

// drawLedger draws entries whose inspections keep their subject, team and county.
func drawLedger(t *rapid.T) *ledger { return drawLedgerOf(t, event.Signed, event.Imported) }

// drawLedgerOf draws one whose visits have one of these assurances.
func drawLedgerOf(t *rapid.T, levels ...event.Assurance) *ledger {
	l := &ledger{}
	type fixed struct {
		about     event.About
		assurance event.Assurance
	}
	type joined struct {
		stream    event.Stream
		about     event.About
		assurance event.Assurance
		occurred  time.Time
	}
	visits, orders := map[string]fixed{}, []joined(nil)
	for range rapid.IntRange(0, 60).Draw(t, "entries") {
		occurred := epoch.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hour")) * time.Hour)
		kind := rapid.SampledFrom([]event.Kind{event.Inspection, event.Inspection, event.Inspection, event.Inspection, event.Subject, event.Team,
			event.Accident, event.Person}).Draw(t, "kind")
		s := rapid.IntRange(0, len(subjectIDs)-1).Draw(t, "subject")
		about, assurance := event.About{Subject: subjectIDs[s], County: places[s]}, event.Token
		var id string
		switch kind {
		case event.Inspection:
			id = rapid.SampledFrom(visitIDs).Draw(t, "visit")
			if _, ok := visits[id]; !ok {
				about.Team = rapid.SampledFrom(append([]string{""}, teamIDs...)).Draw(t, "team")
				visits[id] = fixed{about, rapid.SampledFrom(levels).Draw(t, "assurance")}
			}
			about, assurance = visits[id].about, visits[id].assurance
		case event.Subject:
			id = about.Subject
		case event.Team:
			id, about = rapid.SampledFrom(teamIDs).Draw(t, "team"), event.About{}
			about.Team = id
		case event.Accident:
			id = rapid.SampledFrom([]string{"A0", "A1"}).Draw(t, "accident")
		default:
			id, about = "P1", event.About{}
		}
		stream, data := event.Stream{Kind: kind, ID: id}, drawData(t, kind)
		if c, ok := data.(*correction.FactCorrected); ok { // of the newest finding of that id
			for _, e := range l.events {
				if f, ok := e.Data.(*inspection.FindingRecorded); ok && e.Stream == stream && f.Finding == findingOf(c).Finding {
					c.Fact.Event = e.ID.String()
				}
			}
		}
		aside := event.Kind("") // of what lies in a stream of its own
		alone := false
		switch o := data.(type) {
		case *order.Issued:
			o.Inspection, aside = id, order.Name
		case *casefile.PenaltyDecided:
			if alone = rapid.IntRange(0, 3).Draw(t, "of no visit") == 0; alone {
				o.Subject, o.Findings, assurance = about.Subject, nil, event.Imported
			} else {
				o.Inspection = id
			}
			aside, o.Penalty = casefile.Name, l.penaltyOf(t, o)
		case *casefile.NoPenaltyDecided:
			o.Inspection, aside = id, casefile.Name
		}
		if aside != "" && !alone {
			// Nothing joins a visit that there is not, and no visit begins with what is said of a fact.
			first := slices.IndexFunc(l.events, func(e *event.Event) bool { return e.Stream == stream && isFact(e.Data) })
			if first < 0 {
				continue
			}
			// Nor is there a ledger in which it comes first, which is what would be left of this one at an hour between the two.
			occurred = latest(occurred, l.events[first].Occurred)
		}
		if aside != "" {
			stream = event.Stream{Kind: aside, ID: fmt.Sprintf("O%d", len(l.events))}
			orders = append(orders, joined{stream, about, assurance, occurred})
		} else if kind == event.Inspection && len(orders) > 0 && rapid.IntRange(0, 4).Draw(t, "of an order") == 0 {
			o := rapid.SampledFrom(orders).Draw(t, "order")
			stream, about, assurance, data = o.stream, o.about, o.assurance, l.saysOf(t, o.stream)
			occurred = latest(occurred, o.occurred)
		}
		l.append(occurred, stream, about, assurance, data)
	}
	return l
}

// isFact reports whether a body is of a fact, and not said of one.
func isFact(d event.Data) bool {
	switch d.(type) {
	case event.Correction, *oversight.DeviationFlagged, *oversight.DeviationExplained, *oversight.StatementLapsed:
		return false
	}
	return true
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// penaltyOf names a penalty: a final one may take the place of a provisional one of the same visit.
func (l *ledger) penaltyOf(t *rapid.T, d *casefile.PenaltyDecided) string {
	for _, e := range l.events {
		p, ok := e.Data.(*casefile.PenaltyDecided)
		if ok && d.Inspection != "" && p.Inspection == d.Inspection && d.Final && !p.Final && rapid.Bool().Draw(t, "takes its place") {
			return p.Penalty
		}
	}
	return fmt.Sprintf("X%d", len(l.events))
}

// saysOf draws what is said of the first event of an order or a case: an answer, a withdrawal, or of a penalty another content.
func (l *ledger) saysOf(t *rapid.T, of event.Stream) event.Data {
	first := l.events[slices.IndexFunc(l.events, func(e *event.Event) bool { return e.Stream == of })]
	ref := event.Ref{Event: first.ID.String()}
	switch d, is := first.Data.(*casefile.PenaltyDecided); rapid.IntRange(0, 2).Draw(t, "says of it") {
	case 0:
		return &correction.FactWithdrawn{Fact: ref, Replaces: ref, Reason: "x"}
	case 1:
		if is {
			now := *d
			now.Fine = drawMoney(t)
			return &correction.FactCorrected{Fact: ref, Replaces: ref, Reason: "x", Occurred: first.Occurred, Content: correction.Content(&now)}
		}
	}
	return drawAnswer(t)
}

// drawChaos draws entries of any type on any stream about anything.
func drawChaos(t *rapid.T) *ledger {
	l := &ledger{}
	kinds := []event.Kind{event.Inspection, order.Name, casefile.Name, event.Subject, event.Team, event.Accident, event.Person, event.Ledger,
		event.Campaign}
	or := func(label string, ids []string) string {
		return rapid.SampledFrom(append([]string{"", "odd"}, ids...)).Draw(t, label)
	}
	for range rapid.IntRange(0, 60).Draw(t, "entries") {
		about := event.About{Subject: or("subject", subjectIDs), Team: or("team", teamIDs), County: or("county", places)}
		all := append(append(append([]string{""}, visitIDs...), subjectIDs...), teamIDs...)
		stream := event.Stream{Kind: rapid.SampledFrom(kinds).Draw(t, "stream"), ID: rapid.SampledFrom(all).Draw(t, "id")}
		l.append(epoch, stream, about, event.Token, drawData(t, rapid.SampledFrom(kinds).Draw(t, "data")))
	}
	return l
}

func findingOf(d *correction.FactCorrected) *inspection.FindingRecorded {
	content, _ := d.Version()
	return content.(*inspection.FindingRecorded)
}
