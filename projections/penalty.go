package projections

import (
	"cmp"
	"slices"
	"time"
	"unique"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
)

// Penalties in figures and views (R41): as they stand now, by the one rule of package casefile, and what of them was paid.

// countedPenalty is a penalty as it is counted.
type countedPenalty struct {
	casefile.Penalty
	year     int16 // in which it was decided
	imported bool  // its source says nothing of payments until it states one
}

// punished is what has to be remembered of penalties: all of them once something was paid or changed, which is rare, and before that
// those that are not final.
type punished struct {
	list     []countedPenalty
	annulled []string
	all      bool
}

// punishedBy prepares to count facts of which some may pay or change penalties; nil: none does.
func punishedBy(l *facts.Log) (p *punished) {
	for f := range l.Lasting() {
		switch f.Data.(type) {
		case *casefile.PaymentRecorded, *casefile.DecisionChanged:
			if p == nil {
				p = &punished{all: true}
			}
			if id, annuls := casefile.AnnulledBy(f.Data); annuls {
				p.annulled = append(p.annulled, id)
			}
		}
	}
	return p
}

// recounts reports whether a visit is counted anew with an event: the first that pays or changes a penalty needs what was forgotten
// of it, and what a penalty disposed of is open again once it is annulled.
func (v *counted) recounts(e *event.Event) bool {
	switch e.Data.(type) {
	case *casefile.PaymentRecorded, *casefile.DecisionChanged:
		_, annuls := casefile.AnnulledBy(e.Data)
		return annuls || v.punished == nil || !v.punished.all
	}
	return false
}

// lasting is a text that keeps nothing of an entry in memory.
func lasting(s string) string { return unique.Make(s).Value() }

func (v *counted) punish(e *event.Event, d *casefile.PenaltyDecided, out *Changes) {
	p := countedPenalty{casefile.PenaltyOf(d), out.year, e.Assurance == event.Imported}
	if v.punished == nil {
		if d.Final {
			p.count(1, out)
			v.dispose(d.Findings, out)
			return
		}
		v.punished = new(punished)
	}
	of := v.punished
	p.ID, p.Kind, p.Currency = lasting(p.ID), lasting(p.Kind), lasting(p.Currency)
	p.Annulled = slices.Contains(of.annulled, d.Penalty)
	i := casefile.Find(of.list, d.Penalty)
	if i >= 0 {
		old := &of.list[i]
		old.count(-1, out)
		p.In(&old.Penalty)
	}
	p.count(1, out)
	switch {
	case of.all || !d.Final:
		of.list = casefile.Put(of.list, p)
	case i >= 0:
		of.list = slices.Delete(of.list, i, i+1)
	}
	if d.Final && !p.Annulled {
		v.dispose(d.Findings, out)
	}
}

func (v *counted) pay(d *casefile.PaymentRecorded, out *Changes) {
	v.turn(d.Penalty, out, func(p *countedPenalty) {
		class, refunded := FinesPaid, p.Refunded
		p.Pay(d)
		if p.Currency = lasting(p.Currency); p.Refunded != refunded {
			class = FinesRefunded
		}
		out.AddAmount(class, d.Amount.Currency, d.Amount.Amount, 1)
	})
}

func (v *counted) change(d *casefile.DecisionChanged, out *Changes) {
	v.turn(d.Penalty, out, func(p *countedPenalty) {
		p.Change(d)
		p.Currency = lasting(p.Currency)
	})
}

// turn takes the difference that something makes to the figures of a penalty.
func (v *counted) turn(id string, out *Changes, by func(*countedPenalty)) {
	if v.punished == nil {
		return
	}
	i := casefile.Find(v.punished.list, id)
	if i < 0 {
		return
	}
	p := &v.punished.list[i]
	p.count(-1, out)
	by(p)
	p.count(1, out)
}

// count adds sign times a penalty as it stands, in the year in which it was decided.
func (p *countedPenalty) count(sign int64, out *Changes) {
	entry := out.year
	out.year = p.year
	defer func() { out.year = entry }()
	if p.Annulled {
		out.Add(PenaltiesAnnulled, sign)
		return
	}
	out.Add(Penalties, sign)
	out.AddLabel(PenaltyKinds, p.Kind, "", sign)
	switch {
	case p.Known:
		out.AddAmount(Fines, p.Currency, p.Fine, sign)
	case p.Kind == "fine":
		out.Add(FinesUnknown, sign)
	}
	if !p.Final {
		out.Add(PenaltiesNotFinal, sign)
	}
	if p.Revised {
		out.Add(PenaltiesRevised, sign)
	}
	if minor, open := p.Outstanding(); open && (!p.imported || p.Paid > 0) {
		out.Add(PenaltiesUnpaid, sign)
		if p.Known {
			out.AddAmount(FinesUnpaid, p.Currency, minor, sign)
		}
	}
}

// PenaltyState is how a penalty stands now. Amounts are left out where they are zero or not known.
type PenaltyState struct {
	State    string       `json:"state" doc:"provisional, final, revised or annulled"`
	FineNow  *event.Money `json:"fine_now,omitempty" doc:"the fine as it counts now"`
	Paid     *event.Money `json:"paid,omitempty" doc:"all payments, before refunds"`
	Refunded *event.Money `json:"refunded,omitempty"`
	Unpaid   *event.Money `json:"unpaid,omitempty" doc:"of a final fine, what is outstanding"`
}

func stateOf(p *casefile.Penalty) PenaltyState {
	money := func(minor int64) *event.Money {
		if minor == 0 {
			return nil
		}
		return &event.Money{Currency: p.Currency, Amount: minor}
	}
	minor, _ := p.Outstanding()
	return PenaltyState{State: p.State(), FineNow: money(p.Due()), Paid: money(p.Paid), Refunded: money(p.Refunded), Unpaid: money(minor)}
}

// PenaltyLine is one penalty in a list.
type PenaltyLine struct {
	Case       string    `json:"case"`                 // id of its stream
	Inspection string    `json:"inspection,omitempty"` // left out: no visit found it
	Penalty    string    `json:"penalty"`
	Index      uint64    `json:"index"`
	Occurred   time.Time `json:"occurred"` // when it was decided
	Kind       string    `json:"kind"`
	PenaltyState
}

// penaltyLines are the penalties of one visit, or of a case of none, by the facts that count.
type penaltyLines struct {
	lines []PenaltyLine
	stand []casefile.Penalty // as these stand
}

func (l *penaltyLines) fact(e *event.Event) {
	var at int
	switch d := e.Data.(type) {
	case *casefile.PenaltyDecided:
		now, line := casefile.PenaltyOf(d), PenaltyLine{Case: e.Stream.ID, Inspection: d.Inspection, Penalty: d.Penalty, Index: e.Index,
			Occurred: e.Occurred, Kind: d.Kind}
		if at = casefile.Find(l.stand, d.Penalty); at >= 0 {
			now.In(&l.stand[at])
			l.stand[at], l.lines[at] = now, line
		} else {
			at = len(l.stand)
			l.stand, l.lines = append(l.stand, now), append(l.lines, line)
		}
	case *casefile.PaymentRecorded:
		if at = casefile.Find(l.stand, d.Penalty); at >= 0 {
			l.stand[at].Pay(d)
		}
	case *casefile.DecisionChanged:
		if at = casefile.Find(l.stand, d.Penalty); at >= 0 {
			l.stand[at].Change(d)
		}
	default:
		return
	}
	if at >= 0 {
		l.lines[at].PenaltyState = stateOf(&l.stand[at])
	}
}

// caseLine is a case of no visit.
type caseLine struct {
	story    story
	campaign string
	penaltyLines
}

func (l *caseLine) apply(e *event.Event) {
	l.campaign = cmp.Or(e.About.Campaign, l.campaign)
	known := l.story.facts.Len()
	switch {
	case l.story.apply(e):
		l.penaltyLines = penaltyLines{}
		for _, fact := range l.story.counting() {
			l.fact(fact)
		}
	case l.story.facts.Len() > known:
		l.fact(e)
	}
}

// penalties are those of the subject that are of a selection and not hidden, newest first.
func (f *SubjectFold) penalties() []PenaltyLine {
	all, of := []PenaltyLine{}, f.counting.of
	take := func(campaign string, lines []PenaltyLine) {
		for i := range lines {
			if of.Selects(campaign, event.YearOf(lines[i].Occurred)) {
				all = append(all, lines[i])
			}
		}
	}
	for _, l := range f.visits {
		if !l.Hidden {
			take(l.Campaign, l.penalties.lines)
		}
	}
	for _, l := range f.cases {
		take(l.campaign, l.lines)
	}
	slices.SortFunc(all, func(a, b PenaltyLine) int {
		return cmp.Or(b.Occurred.Compare(a.Occurred), cmp.Compare(b.Index, a.Index))
	})
	return all
}
