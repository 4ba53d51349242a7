package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

func as(a event.Actor, items ...ledger.Item) ledger.Request {
	return ledger.Request{Actor: a, Items: items}
}

// notValid reports whether an append was refused because of its author's token.
func notValid(err error) bool {
	var r *event.Refusal
	return errors.As(err, &r) && r.Code == law.TokenNotValid
}

func TestANewLedgerBeginsWithItsNameForGood(t *testing.T) {
	w := opened(t)
	w.restart()
	first := w.entries()[0]
	e := first.Decode(catalogue)
	d, ok := e.Data.(*oversight.LedgerCreated)
	if !ok || d.Origin != origin || d.CheckpointKey != w.VerifierKey() || first.Assurance != event.Derived ||
		first.Stream.Kind != event.Ledger {
		t.Fatalf("%+v %+v", first, e.Data)
	}
	if w.Head().Size != opening {
		t.Errorf("%d entries after a restart", w.Head().Size)
	}
}

// Pillar 1: what the ledger itself appends has an id of version 8, whatever it is.
func TestWhatTheLedgerMakesHasAnIDOfItsOwn(t *testing.T) {
	w := opened(t)
	for range 2 {
		if _, err := w.RecordMove(t.Context(), &oversight.LedgerMoved{From: "a", To: "b", Reason: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	moves := 0
	for _, en := range w.entries() {
		e := en.Decode(catalogue)
		if en.Assurance == event.Derived && e.ID.Version() != 8 {
			t.Errorf("%s has an id of version %d", e.Type, e.ID.Version())
		}
		if _, ok := e.Data.(*oversight.LedgerMoved); ok {
			moves++
		}
	}
	if moves != 2 {
		t.Errorf("%d moves", moves)
	}
}

// The sequencer asks the state at its place, whatever the request's goroutine had seen.
func TestAnAuthorIsWhoTheTokenWasIssuedTo(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p"), registered(t, "q"))
	p := w.bearer(&token.Issued{Role: office.Role, Person: "p"})
	if _, err := w.Append(t.Context(), as(p, trained(t, "p", nil))); err != nil {
		t.Fatal(err)
	}
	size := w.Head().Size
	for what, edit := range map[string]func(*event.Actor){
		"no token":              func(a *event.Actor) { a.Token = 0 },
		"the ledger's creation": func(a *event.Actor) { *a = event.Actor{Role: office.Role, Token: 0} },
		"another's token":       func(a *event.Actor) { a.Token = office.Token },
		"a token to come":       func(a *event.Actor) { a.Token = size },
		"another person":        func(a *event.Actor) { a.Person = "q" },
		"a county":              func(a *event.Actor) { a.County = "610902" },
		"another role":          func(a *event.Actor) { a.Role = event.RoleAdmin },
	} {
		a := p
		edit(&a)
		if _, err := w.Append(t.Context(), as(a, registered(t, "new"))); !notValid(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if w.Head().Size != size {
		t.Errorf("%d entries were added", w.Head().Size-size)
	}
	if _, err := w.Issue(t.Context(), &token.Issued{SHA256: "B", Role: office.Role}); err == nil {
		t.Error("a malformed issue was taken")
	}
	w.audit()
}

func TestARevokedTokenAppendsNothingNotEvenBehindItsRevocation(t *testing.T) {
	w := opened(t)
	admin := w.bearer(&token.Issued{Role: event.RoleAdmin})
	p := w.bearer(&token.Issued{Role: office.Role})
	stream := w.entries()[p.Token].Stream
	revoked := func(of event.Actor) ledger.Item {
		return item(t, w.entries()[of.Token].Stream.String(), &token.Revoked{Token: of.Token, Reason: "lost"}, "token-revoked", nil)
	}
	if _, err := w.Append(t.Context(), as(p, registered(t, "a"))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), as(admin, revoked(p))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), as(p, registered(t, "b"))); !notValid(err) {
		t.Errorf("after its revocation: %v", err)
	}
	if _, err := w.Append(t.Context(), as(p, again(t, w.entries()[w.Head().Size-2].Event))); !notValid(err) {
		t.Errorf("it is told of what it had appended before: %v", err)
	}
	// Who revokes himself does nothing behind it, in the same request either.
	if _, err := w.Append(t.Context(), as(admin, revoked(admin), registered(t, "c"))); !notValid(err) {
		t.Errorf("behind its own revocation: %v", err)
	}
	if err := w.Revoke(t.Context(), stream, &token.Revoked{Token: p.Token, Reason: "again", AskedBy: &token.Process{PID: 1}}); err == nil {
		t.Error("revoked twice")
	}
	w.restart()
	if _, err := w.Append(t.Context(), as(p, registered(t, "b"))); !notValid(err) {
		t.Errorf("after a restart: %v", err)
	}
	if _, err := w.Append(t.Context(), as(admin, registered(t, "c"))); err != nil {
		t.Errorf("the refused request has changed something: %v", err)
	}
	w.audit()
}

// The ledger's own ids can be foreseen; nobody can take one in advance.
func TestTheLedgersOwnIDsAreReserved(t *testing.T) {
	w := opened(t)
	p := w.bearer(&token.Issued{Role: office.Role})
	own := w.entries()[p.Token]
	id := own.Decode(catalogue).ID
	if id.Version() != 8 || own.Stream.ID != id.String() {
		t.Errorf("%s in %s", id, own.Stream)
	}
	id[15] ^= 1
	var refusal *event.Refusal
	if _, err := w.append(trained(t, "p", func(e *event.Event) { e.ID = id })); !errors.As(err, &refusal) || refusal.Code != "id-reserved" {
		t.Errorf("%v", err)
	}
}

// A token revoked through one node appends nothing through another that has not heard of it.
func TestARevocationHoldsOnEveryNode(t *testing.T) {
	a, b := nodes(t, unwatched)
	p := a.bearer(&token.Issued{Role: office.Role})
	if _, err := b.Append(t.Context(), as(p, registered(t, "p"))); err != nil {
		t.Errorf("a token that another node issued: %v", err)
	}
	if err := a.Revoke(t.Context(), a.entries()[p.Token].Stream,
		&token.Revoked{Token: p.Token, Reason: "lost", AskedBy: &token.Process{PID: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Append(t.Context(), as(p, registered(t, "q"))); !notValid(err) {
		t.Errorf("%v", err)
	}
}

func TestATokenEndsByTheRecordedTime(t *testing.T) {
	w := opened(t)
	d := &token.Issued{SHA256: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Role: office.Role, Expires: start.Add(time.Hour),
		AskedBy: &token.Process{PID: 1}}
	p, err := w.Issue(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), as(p, registered(t, "a"))); err != nil {
		t.Error(err)
	}
	w.clock.Pass(time.Hour)
	if _, err := w.Append(t.Context(), as(p, registered(t, "b"))); !notValid(err) {
		t.Errorf("after its end: %v", err)
	}
	w.audit()
}

// An importer's entries are imported, whatever the request says.
func TestAnImportersEntriesAreImported(t *testing.T) {
	w := opened(t)
	importer := w.bearer(&token.Issued{Role: event.RoleImporter, Unit: "msha"})
	it := item(t, "subject/s", firm(), "subject-registered", nil)
	res, err := w.Append(t.Context(), as(importer, it))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := w.Entry(t.Context(), res.Receipts[0].Index)
	if err != nil {
		t.Fatal(err)
	}
	if en, err := entry.Parse(raw); err != nil || en.Assurance != event.Imported || en.Actor != importer {
		t.Errorf("%+v %v", en, err)
	}
}

func firm() *subject.Registered {
	return &subject.Registered{Kind: "enterprise", Name: "s", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"}
}
