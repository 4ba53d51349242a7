// Package judgetest judges a ledger again.
package judgetest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// Again judges the events of a ledger in order, by a state of its own, and returns it. Every entry must be taken, what the ledger said
// because of one must be what is said now, byte for byte and in its order, and what a sweep said must be overdue by its recorded time.
func Again(events []*event.Event) (*domain.State, error) {
	s := domain.New()
	var want []string // what the last event entails, and has not come yet
	for _, e := range events {
		switch e.Data.(type) {
		case *oversight.LedgerCreated, *oversight.RulesAdopted, *token.Issued, *oversight.CopyRestored: // the ledger alone decides
			s.Apply(e)
			continue
		}
		got := text(e.Stream, e.Type.Name, e.Data)
		if len(want) > 0 {
			if got != want[0] {
				return s, fmt.Errorf("entry %d says\n\t%s\njudged again\n\t%s", e.Index, got, want[0])
			}
			want = want[1:]
			s.Apply(e)
			continue
		}
		if !swept(s, e, got) {
			return s, fmt.Errorf("entry %d says what is not overdue: %s", e.Index, got)
		}
		c := *e
		c.About, c.ExpectedRevision = event.About{}, event.AnyRevision
		if c.Assurance == event.Signed {
			c.Assurance = event.Token
		}
		if err := s.Admit(&c); err != nil {
			return s, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		eventtest.Look(&c, events)
		follow, err := s.Judge(&c)
		if err != nil {
			return s, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		for _, f := range follow {
			want = append(want, text(f.Stream, f.Name, f.Data))
		}
		s.Apply(e)
	}
	if len(want) > 0 {
		return s, fmt.Errorf("not said: %s", want)
	}
	return s, nil
}

// swept reports whether a sweep may say e, if it is what sweeps say.
func swept(s *domain.State, e *event.Event, got string) bool {
	const all = 1000
	var list []event.Consequence
	switch e.Data.(type) {
	case *oversight.DeadlinePassed, *oversight.StatementLapsed:
		list = slices.Concat(s.Overdue(e.Stream, e.Recorded, all), s.Beside(e.Stream), s.Blind(e.Recorded, all))
	case *teamreview.Flagged, *oversight.DeviationFlagged:
		list = append(s.Beside(e.Stream), s.Blind(e.Recorded, all)...)
	default:
		return true
	}
	return slices.ContainsFunc(list, func(c event.Consequence) bool { return got == text(c.Stream, c.Name, c.Data) })
}

func text(stream event.Stream, name string, d event.Data) string {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // a body that was read
	}
	return stream.String() + " " + name + " " + string(b)
}

// Said is what a ledger said of what is overdue.
type Said struct {
	Twice    []string // what was said although the same stood
	Standing int      // how many stand: said and not lapsed
	Lapsed   int
}

// Deadlines reads what a ledger says of deadlines that passed.
func Deadlines(events []*event.Event) (out Said) {
	type key struct {
		stream      event.Stream
		kind, event string
		item        string
	}
	standing, of := map[key]bool{}, map[string]key{}
	for _, e := range events {
		switch d := e.Data.(type) {
		case *oversight.DeadlinePassed:
			k := key{e.Stream, d.Obligation, d.Event, d.Item}
			if standing[k] {
				out.Twice = append(out.Twice, fmt.Sprint(k))
			}
			standing[k], of[e.ID.String()] = true, k
		case *oversight.StatementLapsed:
			if k, deadline := of[d.Statement]; deadline {
				delete(standing, k)
				out.Lapsed++
			}
		}
	}
	out.Standing = len(standing)
	return out
}
