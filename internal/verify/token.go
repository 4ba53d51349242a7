package verify

import (
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
)

// tokenTable holds every author to the issue of the token that the entry names, and every issue and
// revocation to the entries before it, by the rules that the judge goes by. The folder owns it.
type tokenTable struct {
	issues  map[uint64]*token.State // by position
	streams map[string]*token.State
	hashes  map[string]struct{} // of all tokens
	// certified are the persons of whom a certificate was stated. What a correction takes from them is for the
	// judge: which versions count follows from approvals, which are not folded here.
	certified map[string]struct{}
	scene     token.Scene
}

// newTokenTable: known says whether an entry before has begun a stream.
func newTokenTable(known func(event.Stream) bool) tokenTable {
	of := func(kind event.Kind) func(string) bool {
		return func(id string) bool { return known(event.Stream{Kind: kind, ID: id}) }
	}
	t := tokenTable{issues: map[uint64]*token.State{}, streams: map[string]*token.State{}, hashes: map[string]struct{}{},
		certified: map[string]struct{}{}}
	t.scene = token.Scene{
		Certified:   func(id string) bool { _, ok := t.certified[id]; return ok },
		PersonKnown: of(event.Person), TeamKnown: of(event.Team), SubjectKnown: of(event.Subject),
		CountyKnown: func(code string) bool { _, ok := codes.County(code); return ok },
		Used:        func(sha256 string) bool { _, ok := t.hashes[sha256]; return ok },
	}
	return t
}

// check says what is wrong with the author of an entry: his token, whether his role may append its
// type, how its id was made; and with an issue or a revocation. resumed says that entries before it are
// missing: what they issued, and whom they registered, cannot be known.
func (t *tokenTable) check(e *event.Event, resumed bool) error {
	if err := t.author(e, resumed); err != nil || resumed || !token.Kind.Judges(e.Data) {
		return err
	}
	return token.Decide(t.streams[e.Stream.ID], &t.scene, e)
}

func (t *tokenTable) author(e *event.Event, resumed bool) error {
	if e.Assurance == event.Derived || e.Assurance == event.Open { // which name no token
		return tokenless(e)
	}
	st, known := t.issues[e.Actor.Token]
	if !known && resumed {
		return nil
	}
	if err := st.Counts(&e.Actor, e.Recorded); err != nil {
		return fmt.Errorf("the author: %w", err)
	}
	if imports := e.Actor.Role == event.RoleImporter; imports != (e.Assurance == event.Imported) {
		return fmt.Errorf("assurance %s of an entry by role %s", e.Assurance, e.Actor.Role)
	}
	if _, unreadable := e.Data.(*event.Unreadable); unreadable { // of which only bytes and place are verified
		return nil
	}
	if err := e.Type.Allow(e.Actor.Role); err != nil {
		return err
	}
	return event.AllowID(e, e.Actor.Role)
}

// tokenless holds an entry without token to what may be appended so: the ledger's own types, and those that are open to
// the public.
func tokenless(e *event.Event) error {
	_, unreadable := e.Data.(*event.Unreadable)
	switch {
	case unreadable:
		return nil
	case e.Assurance == event.Open && e.Type.MayAppend(event.RolePublic):
		return event.AllowID(e, event.RolePublic)
	case e.Assurance == event.Open:
		return fmt.Errorf("assurance open: %s needs a token", e.Type)
	case !e.Type.MayAppend(event.RoleLedger):
		return fmt.Errorf("assurance derived: %s is not one that the ledger itself appends", e.Type)
	}
	return nil
}

// apply folds an entry of a token's stream, and what is said of a person's certificate.
func (t *tokenTable) apply(e *event.Event) {
	data := e.Data
	if c, corrects := data.(event.Correction); corrects {
		data, _ = c.Version()
	}
	switch d := data.(type) {
	case *person.Registered:
		if d.Certificate != "" {
			t.certified[e.Stream.ID] = struct{}{}
		}
	case *token.Issued:
		st := token.NewState()
		st.Apply(e)
		t.hashes[d.SHA256] = struct{}{}
		t.issues[e.Index], t.streams[e.Stream.ID] = st, st
	case *token.Revoked:
		if st := t.streams[e.Stream.ID]; st != nil {
			st.Apply(e)
		}
	}
}

// created checks that entry 0, and no other, is the creation of the ledger of this origin.
func created(e *event.Event, origin string) error {
	d, creates := e.Data.(*oversight.LedgerCreated)
	switch {
	case e.Index == 0 && !creates:
		return errors.New("entry 0 is not ledger-created")
	case e.Index > 0 && creates:
		return errors.New("the ledger is created a second time")
	case creates && d.Origin != origin:
		return fmt.Errorf("the ledger was created as %s, the checkpoints are of %s", d.Origin, origin)
	case creates && e.Assurance != event.Derived:
		return fmt.Errorf("ledger-created has assurance %s", e.Assurance)
	}
	return nil
}
