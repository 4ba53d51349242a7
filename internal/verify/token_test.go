package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// rewrite makes e an entry of the ledger's own about d.
func rewrite(t *testing.T, e *entry.Entry, stream event.Stream, name string, d event.Data) {
	t.Helper()
	if err := field.Check(d); err != nil { // it would be malformed, and not looked at
		t.Fatal(err)
	}
	raw, err := entry.Author(&event.Event{ID: uuid.New(), Type: typeOf(name), Stream: stream, Source: "urn:anjian:ledger",
		Occurred: e.Recorded, ExpectedRevision: event.AnyRevision, Data: d})
	if err != nil {
		t.Fatal(err)
	}
	e.Stream, e.Revision, e.About, e.Event = stream, 1, event.About{}, raw
	e.Actor, e.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
}

// Every author is held to the issue that the entry names: in all of these the tree and its
// signature are right.
func TestAnEntryOfAnAuthorWhoseTokenDoesNotCountIsFound(t *testing.T) {
	issue := event.Stream{Kind: event.Tokens, ID: testID(7).String()}
	for name, c := range map[string]struct {
		index  int64 // of the first problem; -1: none
		what   string
		mutate func(*testing.T, *entry.Entry)
	}{
		"nothing":       {-1, "", func(*testing.T, *entry.Entry) {}},
		"no such issue": {10, "the token issued at 10 is not", change(10, func(e *entry.Entry) { e.Actor.Token = 10 })},
		"to come":       {10, "the token issued at 20 is not", change(10, func(e *entry.Entry) { e.Actor.Token = 20 })},
		"person":        {10, "the token issued at 7 is not this author's", change(10, func(e *entry.Entry) { e.Actor.Person = "p2" })},
		"role":          {10, "not this author's", change(10, func(e *entry.Entry) { e.Actor.Role = event.RoleAdmin })},
		"team":          {10, "not this author's", change(10, func(e *entry.Entry) { e.Actor.Team = "" })},
		"county":        {10, "not this author's", change(10, func(e *entry.Entry) { e.Actor.County = "610902" })},
		"unit":          {10, "not this author's", change(10, func(e *entry.Entry) { e.Actor.Unit = "u" })},
		"imported": {10, "assurance imported of an entry by role inspector",
			change(10, func(e *entry.Entry) { e.Assurance = event.Imported })},
		"issued by an inspector": {10, "inspector may not append anjian.token-issued.v1", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				author := e.Actor
				rewrite(t, e, event.Stream{Kind: event.Tokens, ID: "mine"}, "token-issued",
					&token.Issued{SHA256: strings.Repeat("B", 42) + "A", Role: event.RoleAdmin, Expires: e.Recorded.AddDate(1, 0, 0)})
				e.Revision, e.Actor, e.Assurance = 0, author, event.Token
			}
		}},
		"a type that the role may not append": {10, "inspector may not append anjian.person-registered.v1", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				author := e.Actor
				rewrite(t, e, event.Stream{Kind: event.Person, ID: "p3"}, "person-registered",
					&person.Registered{Name: "n", Unit: "u", Roles: []event.Role{event.RoleAdmin}})
				e.Revision, e.Actor, e.Assurance = 0, author, event.Token
			}
		}},
		"an id of the ledger's own": {10, "are the ledger's own", change(10, func(e *entry.Entry) {
			id := testID(10)
			id[6] = event.OwnVersion << 4
			e.Event = []byte(strings.Replace(string(e.Event), testID(10).String(), id.String(), 1))
		})},
		"an id that can be guessed": {10, "is of version 1", change(10, func(e *entry.Entry) {
			id := testID(10)
			id[6] = 1 << 4
			e.Event = []byte(strings.Replace(string(e.Event), testID(10).String(), id.String(), 1))
		})},
		"a hash that was issued": {10, "The token was issued before", issued(&token.Issued{SHA256: strings.Repeat("A", 41) + "HA"})},
		"for an unknown person":  {10, "not registered: p9", issued(&token.Issued{Person: "p9"})},
		"for an unknown team":    {10, "team t9 is not formed", issued(&token.Issued{Team: "t9"})},
		"for an officer without certificate": {10, "no certificate of enforcement is registered for p1",
			issued(&token.Issued{Person: "p1", Role: event.RoleOfficer, Unit: "u"})},
		// Nothing is wrong but the gap that the rewritten entry leaves in its old stream.
		"for an officer": {17, "revision 1 of stream subject/s3, want 0",
			issued(&token.Issued{Person: "p2", Role: event.RoleOfficer, Unit: "u"})},
		"in a stream of other name": {10, "begins the stream of its own id", issued(&token.Issued{Basis: &token.Basis{}})},
		"revoked by another number": {10, "has no token issued at 8", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				rewrite(t, e, issue, "token-revoked", &token.Revoked{Token: 8, Reason: "lost", AskedBy: &token.Process{PID: 1}})
			}
		}},
		"none, as if open": {10, "subject-status-recorded.v1 needs a token",
			change(10, func(e *entry.Entry) { e.Actor, e.Assurance = event.Actor{Role: event.RolePublic}, event.Open })},
		"the ledger itself, for somebody else": {10, "is not one that the ledger itself appends", change(10, func(e *entry.Entry) {
			e.Actor, e.Assurance = event.Actor{Role: event.RoleLedger}, event.Derived
		})},
		"another ledger": {0, "the checkpoints are of " + origin, func(t *testing.T, e *entry.Entry) {
			if e.Index == 0 {
				rewrite(t, e, e.Stream, "ledger-created", &oversight.LedgerCreated{Origin: "anjian.example/other/00000000", CheckpointKey: "k"})
				e.Revision = 0
			}
		}},
		"made twice": {10, "a second time", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				rewrite(t, e, event.Stream{Kind: event.Ledger, ID: "ledger"}, "ledger-created",
					&oversight.LedgerCreated{Origin: origin, CheckpointKey: "k"})
			}
		}},
		"no set of rules": {1, "entry 1 is not rules-adopted", func(t *testing.T, e *entry.Entry) {
			if e.Index == 1 {
				rewrite(t, e, e.Stream, "ledger-moved", &oversight.LedgerMoved{From: "a", To: "b", Reason: "r"})
			}
		}},
		"rules that stay": {10, "steps back or stays: 1 after 1", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				rewrite(t, e, event.Stream{Kind: event.Ledger, ID: "ledger"}, "rules-adopted",
					&oversight.RulesAdopted{Program: "anjian", Set: domain.RulesVersion})
			}
		}},
		"rules that are adopted by somebody": {10, "rules-adopted", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				author := e.Actor
				rewrite(t, e, event.Stream{Kind: event.Ledger, ID: "ledger"}, "rules-adopted",
					&oversight.RulesAdopted{Program: "anjian", Set: domain.RulesVersion + 1})
				e.Actor, e.Assurance = author, event.Token
			}
		}},
		"revoked": {11, "the token issued at 7 is revoked", func(t *testing.T, e *entry.Entry) {
			if e.Index == 10 {
				rewrite(t, e, issue, "token-revoked", &token.Revoked{Token: 7, Reason: "lost", AskedBy: &token.Process{PID: 1}})
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.mutate = func(e *entry.Entry) { c.mutate(t, e) }
			l.add(1)
			l.add(24)
			r := l.run(l.sources())
			switch {
			case c.index < 0 && !r.OK:
				t.Errorf("%+v", r.Problems)
			case c.index >= 0:
				for _, p := range r.Problems { // a rewritten entry leaves a gap in its old stream
					if p.Index < c.index {
						t.Errorf("%+v", p)
					}
				}
				if p := wantProblem(t, r, "journal and store", c.what); p.Index != c.index {
					t.Errorf("%+v", p)
				}
			}
			if want := map[bool]int{true: ExitWrong}[c.index >= 0]; r.Exit() != want {
				t.Errorf("exit %d, want %d", r.Exit(), want)
			}
			if r.Entries != 25 {
				t.Errorf("stopped at %d entries", r.Entries)
			}
		})
	}
}

// issued makes entry 10 an issue of a token by the ledger; with a basis, in another stream than its own.
func issued(d *token.Issued) func(*testing.T, *entry.Entry) {
	return func(t *testing.T, e *entry.Entry) {
		if e.Index != 10 {
			return
		}
		id := uuid.New()
		if d.SHA256 == "" {
			d.SHA256 = strings.Repeat("B", 42) + "A"
		}
		stream := event.Stream{Kind: event.Tokens, ID: id.String()}
		if d.Basis != nil {
			d.Basis, stream.ID = nil, uuid.NewString()
		}
		if d.Role == "" {
			d.Role = event.RoleSupervisionOffice
		}
		d.Expires, d.AskedBy = e.Recorded.AddDate(1, 0, 0), &token.Process{PID: 1}
		rewrite(t, e, stream, "token-issued", d)
		e.Event = []byte(strings.Replace(string(e.Event), rewritten(t, e), id.String(), 1))
		e.Revision = 0
	}
}

// rewritten is the id of the event of an entry.
func rewritten(t *testing.T, e *entry.Entry) string {
	t.Helper()
	h, err := entry.Peek(e.Event)
	if err != nil {
		t.Fatal(err)
	}
	return h.ID.String()
}

func change(index uint64, edit func(*entry.Entry)) func(*testing.T, *entry.Entry) {
	return func(_ *testing.T, e *entry.Entry) {
		if e.Index == index {
			edit(e)
		}
	}
}

func TestATokenThatHasEndedIsFound(t *testing.T) {
	l := newLedger(t)
	l.add(begun)
	l.now = l.now.AddDate(100, 0, 1)
	l.add(1)
	if p := wantProblem(t, l.run(l.sources()), "journal and store", "the token issued at 7 ended"); p.Index != begun {
		t.Errorf("%+v", p)
	}
}

func TestALedgerThatDoesNotSayWhichItIsIsFound(t *testing.T) {
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		if e.Index == 0 {
			rewrite(t, e, event.Stream{Kind: event.Ledger, ID: "copies"}, "copy-restored",
				&oversight.CopyRestored{Copy: "tiles", From: "journal", Reason: "r"})
			e.Revision = 0
		}
	}
	l.add(3)
	if p := wantProblem(t, l.run(l.sources()), "journal and store", "entry 0 is not ledger-created"); p.Index != 0 {
		t.Errorf("%+v", p)
	}
}

// What an entry that is missing issued cannot be known.
func TestAfterAGapAnUnknownTokenIsNoProblem(t *testing.T) {
	l := newLedger(t)
	l.add(begun)
	l.add(5)
	l.now = l.now.Add(time.Second)
	l.add(5)
	blocks := [][]byte{nil, l.blocks[1], l.blocks[2]}
	for _, p := range l.run(Sources{Journal: blocksOf(blocks)}).Problems {
		if p.Block != 1 && p.Index > 1 {
			t.Errorf("%+v", p)
		}
	}
}

// A set of rules that this program does not have is the later release's to verify.
func TestRulesOfALaterReleaseAreNewer(t *testing.T) {
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) {
		for i, rules := range map[uint64]int{10: domain.RulesVersion + 1, 14: domain.RulesVersion + 2, 18: domain.RulesVersion + 1} {
			if e.Index == i {
				rewrite(t, e, event.Stream{Kind: event.Ledger, ID: "ledger"}, "rules-adopted", &oversight.RulesAdopted{Program: "anjian", Set: rules})
			}
		}
	}
	l.add(1)
	l.add(24)
	r := l.run(l.sources())
	if r.NewerCount != 2 || r.Newer[0].Index != 10 || !strings.Contains(r.Newer[0].Reason, "the rules of number 2, this program has 1") {
		t.Errorf("%+v", r.Newer)
	}
	if p := wantProblem(t, r, "journal and store", "steps back or stays: 2 after 3"); p.Index != 18 {
		t.Errorf("%+v", p)
	}
}
