package verify

import (
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
)

// tokenTable holds every author to the issue of the token that the entry names, by the rule that
// the sequencer goes by. The folder owns it.
type tokenTable struct {
	issues  map[uint64]*token.State // by position
	streams map[string]*token.State
}

func newTokenTable() tokenTable {
	return tokenTable{issues: map[uint64]*token.State{}, streams: map[string]*token.State{}}
}

// check says what is wrong with the author of an entry, and of what decides who may sign and act,
// and when, with his role. resumed says that entries before it are
// missing: what they issued cannot be known.
func (t *tokenTable) check(e *event.Event, resumed bool) error {
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
	switch e.Data.(type) {
	case *token.Issued, *token.Revoked, *person.KeyRegistered, *person.KeyConfirmed, *person.KeyRevoked, *oversight.ClockCorrected:
		if !e.Type.MayAppend(e.Actor.Role) {
			return fmt.Errorf("role %s may not append %s", e.Actor.Role, e.Type)
		}
	}
	return nil
}

// tokenless holds an entry without token to what may be appended so: the ledger's own types, and
// none that is open as yet.
func tokenless(e *event.Event) error {
	_, unreadable := e.Data.(*event.Unreadable)
	switch {
	case unreadable:
		return nil
	case e.Assurance == event.Open:
		return fmt.Errorf("assurance open: %s needs a token", e.Type)
	case !e.Type.MayAppend(event.RoleLedger):
		return fmt.Errorf("assurance derived: %s is not one that the ledger itself appends", e.Type)
	}
	return nil
}

// apply folds an entry of a token's stream.
func (t *tokenTable) apply(e *event.Event) {
	switch e.Data.(type) {
	case *token.Issued:
		st := token.NewState()
		st.Apply(e)
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
