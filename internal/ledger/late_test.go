package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	corrections "github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// beside are the visits of which it is said that li was not in their team, and how many entries say it or take it back; each names what
// brought it.
func (w *fixture) beside(brought ...*event.Event) (stands []string, entries int) {
	w.Helper()
	by := map[string]string{}
	for _, en := range w.entries() {
		e := en.Decode(catalogue)
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			if d.Code != "inspector-not-in-team" || d.Item != "li" {
				continue
			}
			by[e.ID.String()] = e.Stream.ID
		case *oversight.StatementLapsed:
			if by[d.Statement] == "" {
				continue
			}
			delete(by, d.Statement)
		default:
			continue
		}
		entries++
		if !slices.ContainsFunc(brought, func(b *event.Event) bool { return e.Causation == b.ID.String() }) {
			w.Errorf("entry %d of %s names %s as what brought it", e.Index, e.Type.Name, e.Causation)
		}
	}
	for _, s := range by {
		stands = append(stands, s)
	}
	slices.Sort(stands)
	return stands, entries
}

// R17, pillar 13: what is told late of a team is said of all visits on which it bears, in small blocks, once, whenever sweeps come and
// after any restart; and it is taken back when it turns out not to have been.
func TestR17WhatIsToldLateOfATeamIsSaidOfItsVisitsBySweeps(t *testing.T) {
	const visits = 70
	var want []string
	for _, schedule := range []string{"at each step", "at the end"} {
		w := opened(t)
		li := w.crew()
		w.must(registered(w, "zhou"), registered(w, "zheng"))
		office := w.bearer(&token.Issued{Role: event.RoleSupervisionOffice, Person: "zhou"})
		chief := w.bearer(&token.Issued{Role: event.RoleSupervisionOffice, Person: "zheng"})
		sweep := func() (said int) {
			w.Helper()
			said, err := w.Sweep(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			return said
		}
		at := func(by event.Actor, d event.Data, occurred time.Time) *event.Event {
			w.Helper()
			it := typed(t, "team/t1", d, func(e *event.Event) { e.Occurred = occurred })
			if _, err := w.Ledger.Append(context.Background(), ledger.Request{Actor: by, Items: []ledger.Item{it}}); err != nil {
				t.Fatal(err)
			}
			if schedule == "at each step" {
				sweep()
			}
			return it.Event
		}
		w.clock.Pass(time.Hour)
		left := w.clock.Now()
		w.clock.Pass(time.Hour)
		for n := range visits {
			w.begins(li, fmt.Sprint("v", n))
		}
		w.clock.Pass(time.Hour)
		gone := at(office, &team.MemberLeft{Person: "li"}, left)
		before := w.Head().Block
		sweep()
		if schedule == "at the end" && w.Head().Block-before < visits/32 {
			t.Errorf("%d entries are said in %d blocks", visits, w.Head().Block-before)
		}
		stands, entries := w.beside(gone)
		if len(stands) != visits || entries != visits {
			t.Errorf("%s: %d stand, said with %d entries", schedule, len(stands), entries)
		}
		w.restart()
		if again := sweep(); again != 0 {
			t.Errorf("%s: after a restart it says %d", schedule, again)
		}
		ref := gone.Ident().Ref()
		asked := at(office, &corrections.FactWithdrawn{Fact: ref, Replaces: ref, Reason: "误录"}, w.clock.Now())
		answer := asked.Ident().Ref()
		counts := at(chief, &oversight.ApprovalGiven{Event: answer.Event, SHA256: answer.SHA256}, w.clock.Now())
		restored := corrections.Of(ref, answer, "确已离组", left.Add(2*time.Minute), &team.MemberLeft{Person: "li"})
		asked = at(office, restored, w.clock.Now())
		answer = asked.Ident().Ref()
		counted := at(chief, &oversight.ApprovalGiven{Event: answer.Event, SHA256: answer.SHA256}, w.clock.Now())
		sweep()
		stands, entries = w.beside(gone, counts, counted)
		if want == nil {
			want = stands
		}
		if !slices.Equal(stands, want) || len(stands) != visits {
			t.Errorf("%s: %d stand, %d with sweeps at each step", schedule, len(stands), len(want))
		}
		if most := 3 * visits; schedule == "at each step" && entries != most || schedule == "at the end" && entries != visits {
			t.Errorf("%s: %d entries", schedule, entries)
		}
		w.judgeAgain()
		w.audit()
	}
}
