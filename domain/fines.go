package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// What the law says of a fine beside other streams. The fine of the unit responsible for an accident has a range by the grade of the
// accident, in the text of the day on which it happened (R41, 处罚到位); and a penalty that is aggravated because the same violation was
// punished within a year before has such a one before it (R47, 从严从重). Both are said in the case, and taken back, with whatever makes them
// otherwise: the decision, the accident, or another penalty (pillar 13). Of imports nothing is said; what they tell is compared with.

// comparedFines keeps where penalties are that are compared with other streams; lists are replaced, never changed.
type comparedFines struct {
	accidents *table[string, []string] // accident → cases that punish it
	repeats   *table[string, []string] // subject → its cases that state a repetition
	unvisited *table[string, []string] // subject → its cases with a penalty and without a visit
}

func newComparedFines(s *State) comparedFines {
	return comparedFines{newTable[string, []string](s), newTable[string, []string](s), newTable[string, []string](s)}
}

// fold also keeps which penalties are compared.
func (k *cases) fold(e *event.Event) {
	k.plain.fold(e)
	if e.Assurance != event.Imported { // of which nothing is said
		k.isBeside(e, e.Data)
	}
	switch d := e.Data.(type) {
	case *casefile.PenaltyDecided:
		k.compares(e.Stream.ID, d)
	case event.Correction, *oversight.ApprovalGiven:
		for f := range k.log(e.Stream.ID).Counting() {
			if d, decides := f.Data.(*casefile.PenaltyDecided); decides {
				k.compares(e.Stream.ID, d)
			}
		}
	}
}

func (k *cases) compares(id string, d *casefile.PenaltyDecided) {
	note := func(t *table[string, []string], key string) {
		if list, _ := t.get(key); !slices.Contains(list, id) {
			t.set(strings.Clone(key), append(slices.Clip(list), strings.Clone(id)))
		}
	}
	if d.Accident != "" {
		note(k.compared.accidents, d.Accident)
	}
	if d.Repeats() {
		note(k.compared.repeats, k.party(k.of(id)))
	}
	if d.Inspection == "" {
		note(k.compared.unvisited, d.Subject)
	}
}

// party is the subject of a case; "" of one that is withdrawn.
func (k *cases) party(st *casefile.State) string {
	if st == nil {
		return ""
	}
	if visit := k.s.inspections.state(st.Visit); visit != nil {
		return visit.Subject()
	}
	return st.Subject
}

// restates also says what penalties of the case break beside other streams.
func (k *cases) restates(e *event.Event, p *campaign.Policy) event.Restated {
	r := k.plain.restates(e, p)
	switch e.Data.(type) {
	case *casefile.PenaltyDecided, *casefile.DecisionChanged, event.Correction, *oversight.ApprovalGiven:
		k.ask(&r, e.Stream.ID, k.with.slotAfter(e))
	}
	return r
}

// ask asks what penalties of a case break beside other streams, as the case stands in a slot.
func (k *cases) ask(r *event.Restated, id string, v slot[stream.State]) {
	r.Asked = append(r.Asked, event.Asked{Code: casefile.FineOutsideRange}, event.Asked{Code: casefile.RepetitionUnknown})
	if v.state == nil || v.gone() {
		return
	}
	st, _ := v.state.Of().(*casefile.State)
	for f := range v.facts() {
		d, decides := f.Data.(*casefile.PenaltyDecided)
		if !decides || f.Assurance == event.Imported {
			continue
		}
		p, stands := st.Stands(d)
		if !stands {
			continue
		}
		for _, flag := range [...]*event.Deviation{k.outside(d, &p), k.unrepeated(id, st, d, &f)} {
			if flag != nil {
				flag.Fact = f.ID
				r.True = append(r.True, *flag)
			}
		}
	}
}

// outside flags a fine of the unit for an accident that is not within the range of the law. Whether the grade is stated or follows from
// the harm, it is the last one; while nobody knows it, nothing is said.
func (k *cases) outside(d *casefile.PenaltyDecided, p *casefile.Penalty) *event.Deviation {
	if !d.FinesUnit() || !p.Known {
		return nil
	}
	st := k.s.accidents.counts(d.Accident)
	if st == nil {
		return nil
	}
	first, _ := st.Opened()
	grade, day := st.LastGrade(), st.Happened.In(event.Beijing).Format(time.DateOnly)
	least, most, set := k.s.law(first).AccidentFine(grade, day, d.Grave())
	if !set || p.Currency == "CNY" && least.Number <= p.Fine && p.Fine <= most.Number {
		return nil
	}
	f := event.Flagged(law.R41, casefile.FineOutsideRange, law.Str("penalty", d.Penalty), law.Str("accident", d.Accident),
		law.Str("grade", grade), law.Int("fine_minor", p.Fine), law.Str("currency", p.Currency), law.Int("least_fen", least.Number),
		law.Int("most_fen", most.Number), law.Str("version", most.Version), law.Str("article", most.Article))
	f.Item = grade // of another grade the range is another one
	return &f
}

// unrepeated flags a penalty that is aggravated by a repetition, where no penalty of the same party under the same clause, as violated
// or as applied, lies within the twelve months up to it. Of two of one instant nobody knows which was first: either will do. Penalties
// of one visit repeat nothing.
func (k *cases) unrepeated(id string, st *casefile.State, d *casefile.PenaltyDecided, fact *facts.Fact) *event.Deviation {
	if !d.Repeats() {
		return nil
	}
	at := fact.Happened()
	since := at.In(event.Beijing).AddDate(-1, 0, 0)
	clauses := k.clauses(st.Visit, d)
	same := func(clause uint64) bool { return slices.Contains(clauses, clause) }
	for _, other := range k.ofParty(k.s.subjects.kin(k.party(st), at.Unix())) {
		of := k.of(other)
		if other == id || of == nil || of.Visit != "" && of.Visit == st.Visit {
			continue
		}
		for f := range k.log(other).Counting() {
			earlier, decides := f.Data.(*casefile.PenaltyDecided)
			if !decides || earlier.OfPerson != d.OfPerson || f.Happened().After(at) || f.Happened().Before(since) {
				continue
			}
			if _, stands := of.Stands(earlier); stands && slices.ContainsFunc(k.clauses(of.Visit, earlier), same) {
				return nil
			}
		}
	}
	f := event.Flagged(law.R47, casefile.RepetitionUnknown, law.Str("penalty", d.Penalty),
		law.Str("since_on", since.Format(time.DateOnly)))
	return &f
}

// clauses are those under which a penalty is decided: that its findings violate, and on which it rests.
func (k *cases) clauses(visit string, d *casefile.PenaltyDecided) (list []uint64) {
	for i := range d.LegalBasis {
		if c := &d.LegalBasis[i]; c.Article != "" {
			list = append(list, inspection.Clause(c))
		}
	}
	if v := k.s.inspections.state(visit); v != nil {
		for _, finding := range d.Findings {
			fact := v.StatedBy(finding)
			for _, c := range v.Cited() {
				if c.Fact == fact {
					list = append(list, c.Clause)
				}
			}
		}
	}
	return list
}

// ofParty are the cases of some subjects with a penalty: of visits that are seen, and of none.
func (k *cases) ofParty(subjects []string) (all []string) {
	for _, v := range k.s.visitsOf(subjects) {
		joined, _ := k.s.joined.streams.get(v.id)
		for _, of := range joined {
			if of.Kind == casefile.Name {
				all = append(all, of.ID)
			}
		}
	}
	for _, id := range subjects {
		list, _ := k.compared.unvisited.get(id)
		all = append(all, list...)
	}
	return all
}

// turned are the cases, but its own, of which an event may make otherwise what is said of their penalties.
func (k *cases) turned(e *event.Event) (list []string) {
	subject := e.About.Subject
	switch e.Stream.Kind {
	case event.Accident:
		list, _ = k.compared.accidents.get(e.Stream.ID)
		return list
	case event.Subject:
		subject = e.Stream.ID
	}
	for _, id := range k.s.subjects.parts(k.s.subjects.heir(subject)) {
		more, _ := k.compared.repeats.get(id)
		list = append(list, more...)
	}
	if e.Stream.Kind == casefile.Name {
		list = slices.DeleteFunc(list, func(id string) bool { return id == e.Stream.ID })
	}
	return list
}

// turnsFines reports whether an event may make otherwise what is said of penalties in other streams: what an accident is, which visits
// and penalties there are, under which clauses, and whose they are.
func turnsFines(e *event.Event) bool {
	switch e.Stream.Kind {
	case event.Accident, event.Inspection, event.Subject, casefile.Name:
	default:
		return false
	}
	switch e.Data.(type) {
	case event.Correction, *oversight.ApprovalGiven, *accident.CasualtiesUpdated, *accident.Graded, *casefile.PenaltyDecided,
		*casefile.DecisionChanged, *inspection.Started, *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused,
		*inspection.Closed, *subject.Ended:
		return e.Assurance != event.Derived
	}
	return false
}

// comparesFines says of penalties in other streams, and takes back, what an event makes otherwise.
func (s *State) comparesFines(out []event.Consequence, e *event.Event) []event.Consequence {
	if !turnsFines(e) {
		return out
	}
	k := s.cases
	list := k.turned(e)
	if len(list) == 0 && e.Stream.Kind != event.Subject { // by which another's may become those of one with it
		return out
	}
	s.Begin()
	s.Apply(e)
	for _, id := range k.turned(e) {
		if !slices.Contains(list, id) {
			list = append(slices.Clip(list), id)
		}
	}
	asked := make([]event.Restated, min(len(list), MaxProposals))
	for i := range asked {
		v, _ := k.with.get(list[i])
		k.ask(&asked[i], list[i], v)
	}
	s.Rollback()
	for i := range asked {
		in := event.Event{Stream: event.Stream{Kind: casefile.Name, ID: list[i]}}
		said, _ := s.deviations.get(in.Stream)
		o, _ := k.plain.of.get(list[i])
		out = differing(out, &in, &asked[i], said, s.newest(o.Campaign).Version)
	}
	return out
}

// reliedOnAccident flags the penalties of an accident that e withdraws.
func (s *State) reliedOnAccident(out []event.Consequence, st *accident.State, e *event.Event) []event.Consequence {
	id := e.Stream.ID
	then := s.accidents.slotAfter(e)
	if s.accidents.counts(id) == nil || !then.gone() {
		return out
	}
	list, _ := s.cases.compared.accidents.get(id)
	for _, of := range list {
		for f := range s.cases.log(of).Counting() {
			d, decides := f.Data.(*casefile.PenaltyDecided)
			if decides && d.Accident == id && f.Assurance != event.Imported {
				out = s.relied(out, event.Stream{Kind: casefile.Name, ID: of}, law.R41, f.ID, st.Report(), e)
			}
		}
	}
	return out
}
