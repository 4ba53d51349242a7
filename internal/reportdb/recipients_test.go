package reportdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
)

// asRegister is what the register of recipients has; asJoined is the same, found in those that it follows from.
const (
	asRegister = `SELECT visit, ix, campaign, area, team, sector, record_no, issued, recipient, due, copy_ix, delivered, receipt, same
FROM recipients`
	asJoined = `SELECT d.visit, d.ix, d.campaign, d.area, d.team, v.sector, d.number, d.issued, o.item, o.due, max(c.ix), min(c.delivered),
       min(c.receipt), max(c.sha256 = d.sha256)
FROM documents d
JOIN obligations o ON o.matter = d.matter AND o.kind = 'copies' AND o.state IN ('open', 'met', 'late')
LEFT JOIN visits v ON v.id = d.visit
LEFT JOIN copies c ON c.visit = d.visit AND c.recipient = o.item
WHERE d.kind = 'record' GROUP BY d.ix, o.event, o.item`
)

// hands says of copies that they were delivered, of the record and of other papers, and acknowledged; and has records and copies be
// corrected, withdrawn and restored, while calendars move what is owed.
func hands(g *gossip, steps int) {
	var records, copies []*event.Event
	for _, e := range g.Events {
		switch e.Data.(type) {
		case *inspection.RecordSigned:
			records = append(records, e)
		case *inspection.CopyDelivered:
			copies = append(copies, e)
		}
	}
	version := map[*event.Event]event.Ref{} // of a fact, the newest that counts
	corrected := func(e *event.Event, name string, with func(fact, replaces event.Ref) event.Data) {
		fact := event.Ref{Event: e.ID.String()}
		replaces, known := version[e]
		if !known {
			replaces = fact
		}
		c := g.say(name, e.Stream, with(fact, replaces))
		g.say("approval-given", e.Stream, &oversight.ApprovalGiven{Event: c.ID.String()})
		version[e] = event.Ref{Event: c.ID.String()}
	}
	for range steps {
		e := pick(g, copies)
		d := *e.Data.(*inspection.CopyDelivered)
		switch g.rng.IntN(8) {
		case 0:
			copies = append(copies, g.say("copy-delivered", e.Stream, &d))
		case 1:
			d.DocumentHash = hash(fmt.Sprint("other", g.rng.IntN(4)))
			copies = append(copies, g.say("copy-delivered", e.Stream, &d))
		case 2:
			g.say("copy-acknowledged", e.Stream, &inspection.CopyAcknowledged{DocumentHash: d.DocumentHash, Recipient: d.Recipient, Receipt: "x"})
		case 3:
			corrected(e, "fact-withdrawn", func(fact, replaces event.Ref) event.Data {
				return &correction.FactWithdrawn{Fact: fact, Replaces: replaces, Reason: "x"}
			})
		case 4:
			d.DocumentHash = hash(fmt.Sprint("corrected", g.rng.IntN(4)))
			corrected(e, "fact-corrected", func(fact, replaces event.Ref) event.Data {
				return correction.Of(fact, replaces, "x", g.at, &d)
			})
		case 5:
			e = pick(g, records)
			corrected(e, "fact-withdrawn", func(fact, replaces event.Ref) event.Data {
				return &correction.FactWithdrawn{Fact: fact, Replaces: replaces, Reason: "x"}
			})
		case 6:
			e = pick(g, records)
			record := *e.Data.(*inspection.RecordSigned)
			record.RecordNo, record.DocumentHash = fmt.Sprint("R-", g.rng.IntN(100)), hash(fmt.Sprint("other", g.rng.IntN(4)))
			corrected(e, "fact-corrected", func(fact, replaces event.Ref) event.Data {
				return correction.Of(fact, replaces, "x", e.Occurred, &record)
			})
		case 7:
			g.step()
		}
	}
}

// R43: what the register of recipients says is what documents, copies and obligations say together: to every asker, and as of any
// position; also in a database that goes on in another process.
func TestR43RecipientsAreWhatDocumentsCopiesAndObligationsSayTogether(t *testing.T) {
	t.Parallel()
	g := newGossip(t, 1)
	began := len(g.Events)
	hands(g, 400)
	for name, rows := range map[string][]string{"told": agree(t, g.Events, began, asRegister, asJoined),
		"2019": agree(t, aftermath(t, "").Events, 0, asRegister, asJoined)} {
		seen := map[string]int{}
		for _, row := range rows {
			f := strings.Split(row, "|")
			seen["same "+f[13]]++
			seen[fmt.Sprint("delivered ", f[11] != "<nil>")]++
			seen[fmt.Sprint("receipt ", f[12] != "<nil>")]++
		}
		for _, what := range []string{"same 1", "same 0", "same <nil>", "delivered false", "receipt true"} {
			if seen[what] < 50 && (name == "told" || what != "same 0") {
				t.Errorf("%s: too few rows are compared: %v", name, seen)
			}
		}
	}
}

// What dispositions bear of orders and penalties is what these say.
func TestDispositionsBearWhatOrdersAndPenaltiesSay(t *testing.T) {
	t.Parallel()
	const own = "SELECT visit, finding, kind, matter, penalty, final, measure, lifted FROM dispositions"
	const joined = `SELECT d.visit, d.finding, d.kind, d.matter, d.penalty, coalesce(p.final AND NOT p.annulled, 0), o.kind, o.lifted
FROM dispositions d LEFT JOIN penalties p ON p.matter = d.matter AND p.penalty = d.penalty
LEFT JOIN orders o ON o.id = d.matter AND o.kind <> 'closure-proposed'`
	g := newGossip(t, 2)
	began := len(g.Events)
	g.says(200)
	for range 20 { // some are annulled, some decided anew, and some only proposed
		e := pick(g, g.decided)
		d := *e.Data.(*casefile.PenaltyDecided)
		g.say("decision-changed", e.Stream, &casefile.DecisionChanged{Penalty: d.Penalty, Change: "annulled", By: "court"})
		d.Final = g.rng.IntN(2) == 0
		g.told = append(g.told, g.say("penalty-decided", e.Stream, &d))
		d.Penalty, d.Final = fmt.Sprint("proposed-", len(g.Events)), false
		g.say("penalty-decided", e.Stream, &d)
		g.says(5)
	}
	seen := map[string]int{}
	for _, row := range slices.Concat(agree(t, g.Events, began, own, joined), agree(t, aftermath(t, "").Events, 0, own, joined),
		agree(t, aftermath(t, simulate.Today).Events, 0, own, joined)) {
		f := strings.Split(row, "|")
		seen[f[2]+" final "+f[5]]++
		seen[fmt.Sprint("lifted ", f[7] != "<nil>")]++
	}
	for _, what := range []string{"penalty final 1", "penalty final 0", "none final 1", "none final 0", "order final 0", "lifted true"} {
		if seen[what] == 0 {
			t.Errorf("nothing is compared of %s: %v", what, seen)
		}
	}
}

// agree compares two questions as of 24 positions, for who sees all and for a county, in a database that went on in another process from
// the middle of the entries behind a position; it returns what they answer.
func agree(t *testing.T, events []*event.Event, from int, one, other string) (all []string) {
	t.Helper()
	dir, half := t.TempDir(), (from+len(events))/2
	b, stop := running(t, sourceOf(events, half).Config(dir))
	built(t, b, half)
	stop()
	b, _ = running(t, sourceOf(events, len(events)).Config(dir))
	built(t, b, len(events))
	for k := range 24 {
		as := uint64(len(events) - 1 - k*(len(events)-from)/24)
		for _, who := range []event.Actor{{Role: event.RoleSupervisionOffice}, {Role: event.RoleCountyGovernment, County: "610902"}} {
			c, err := b.Ask(t.Context(), reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}), AsOf: &as,
				Names: one + other})
			mustDo(t, err)
			got, want := saidBy(t, c, one), saidBy(t, c, other)
			mustDo(t, c.Close())
			if !slices.Equal(got, want) {
				t.Fatalf("%s as of %d: one has\n%s\nthe other\n%s", who.Role, as, strings.Join(minus(got, want), "\n"),
					strings.Join(minus(want, got), "\n"))
			}
			all = append(all, got...)
		}
	}
	return all
}

// saidBy is what a query answers.
func saidBy(t *testing.T, c *reportdb.Conn, query string) []string {
	t.Helper()
	rows, err := c.Query(query, nil)
	return lines(t, "", must(t)(rows, err))
}

// minus are the lines of one list that another has not.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
