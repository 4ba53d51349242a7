package projections

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Visit is what counting has to remember of one inspection: what was counted already and
// at which level each finding stands. The zero value is a visit of which nothing is known.
type Visit struct {
	facts facts.Log // those that figures are of
	year  int16     // of the first entry: that of what is flagged in it
	said  []said    // of the visit
	counted
}

// counted is what the facts that count add up to.
type counted struct {
	findings []countedFinding
	marks    mark
	began    int16     // year; 0: it has not begun
	as       Class     // what it counts as once it has begun: Inspections, OffSite or Guidance
	waiting  []waiting // for a second person's yes

	punished *punished // nil: nothing of penalties has to be remembered
}

// waiting is a decision not to punish, which changes figures once somebody says yes.
type waiting struct {
	id       uuid.UUID
	year     int16 // in which it was decided
	findings []string
}

type mark uint16

const (
	markStarted mark = 1 << iota
	markAttempted
	markRecorded // site record signed or refused
	markRefused
	markUnsigned // counted as unsigned
	markClosed
	markArrived
	markCounted // counts as an inspection
	markEntryRefused
)

type countedFinding struct {
	id                     string
	year                   int16 // in which it was found
	major, fixed, disposed bool
}

// Count adds to out what an entry does to the figures of the team, county and subject it
// is about, each in its year (see [Selection]). v is the visit of the entry's stream, or that a flag's stream is of, or what is
// kept of an order or a case that is of no visit; it is brought up to date. It may be nil for other streams, whose flags remembers.
func Count(e *event.Event, v *Visit, flags Flags, out *Changes) {
	inspects := v != nil && e.Stream.Kind != event.Flag // which compares it with another
	if inspects && v.year == 0 {
		v.year = int16(event.YearOf(e.Occurred))
	}
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		out.year = flags.yearOf(e, v)
		out.AddLabel(Deviations, d.Code, "", 1)
	case *oversight.StatementLapsed:
		if d.Code != "" {
			out.year = flags.yearOf(e, v)
			out.AddLabel(Deviations, d.Code, "", -1)
		}
	case *oversight.DeviationExplained:
		out.AddIn(flags.yearOf(e, v), DeviationsExplained, 1)
	default:
		if inspects {
			v.count(e, out)
		}
	}
	stands(e, v, flags, out)
}

// count counts a fact, or takes the difference when what counted before counts otherwise now.
func (v *Visit) count(e *event.Event, out *Changes) {
	if !StatesFact(e) || !counts(e) && v.facts.Len() > 0 { // the first fact, whatever it is, takes the visit with it
		return
	}
	before, n := v.facts, v.facts.Len()
	switch {
	case v.facts.TakeLean(e, needed), v.recounts(e):
		was := before // here, so that memory is asked for when something turned only
		portion(&was, -1, out)
		v.counted = portion(&v.facts, 1, out)
	case v.facts.Len() > n:
		v.counted.count(e, out)
	}
}

// counts reports whether figures are of such an event, or of what it corrects, or it may begin a stream that goes with it.
func counts(e *event.Event) bool {
	switch e.Data.(type) {
	case *inspection.CheckAnswered, *inspection.Started, *inspection.EntryRefused, *inspection.Attempted, *inspection.Arrived,
		*inspection.FindingRecorded,
		*inspection.FixedOnSite, *order.Issued, *order.Reported, *order.Verified, *order.Failed, *casefile.Filed,
		*casefile.PenaltyDecided, *casefile.NoPenaltyDecided,
		*casefile.PaymentRecorded, *casefile.DecisionChanged, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed,
		*oversight.ApprovalGiven, *oversight.ApprovalRefused, event.Correction:
		return true
	}
	return false
}

// needed is what figures need of the bodies of a visit.
var needed = func() *field.Members {
	m := new(field.Members)
	m.Need(&inspection.Started{}, "purpose")
	m.Need(&inspection.CheckAnswered{}, "post", "facility")
	m.Need(&inspection.FindingRecorded{}, "finding", "level", "post", "facility")
	m.Need(&inspection.FixedOnSite{}, "finding")
	m.Need(&order.Issued{}, "kind", "findings")
	m.Need(&order.Verified{}, "findings")
	m.Need(&order.Failed{}, "findings")
	m.Need(&casefile.PenaltyDecided{}, "penalty", "kind", "fine", "findings", "final")
	m.Need(&casefile.NoPenaltyDecided{}, "findings")
	m.Need(&casefile.PaymentRecorded{}, "penalty", "direction", "amount")
	m.Need(&casefile.DecisionChanged{}, "penalty", "change", "fine")
	m.Need(&oversight.ApprovalGiven{}, "event")
	m.Need(&oversight.ApprovalRefused{}, "event")
	return m
}()

// portion adds sign times what the facts that count add to figures.
func portion(l *facts.Log, sign int64, out *Changes) (c counted) {
	var sum Changes
	c.punished = punishedBy(l)
	for f := range l.Lasting() {
		c.count(f.Event, &sum)
	}
	for _, ch := range sum.List {
		ch.N *= sign
		out.add(ch)
	}
	return c
}

func (v *counted) count(e *event.Event, out *Changes) {
	out.year = int16(event.YearOf(e.Occurred))
	switch d := e.Data.(type) {
	case *inspection.CheckAnswered:
		out.Add(Checks, 1)
		place(d.Post, d.Facility, out)
	case *inspection.Started:
		v.start(e, d.Purpose, out)
	case *inspection.EntryRefused:
		v.once(markEntryRefused, EntriesRefused, out)
	case *inspection.Attempted:
		v.once(markAttempted, Attempted, out)
		v.record(out) // nobody can be asked to sign
		v.inspected(out)
	case *inspection.Arrived:
		v.marks |= markArrived
		v.inspected(out)
	case *inspection.FindingRecorded:
		v.find(d, out)
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		v.answer(e, out)
	case *inspection.FixedOnSite:
		v.fix(d.Finding, out)
	case *order.Verified:
		for _, id := range d.Findings {
			v.fix(id, out)
		}
	case *order.Failed:
		for _, id := range d.Findings {
			v.unfix(id, out)
		}
	case *order.Issued:
		out.AddLabel(Orders, d.Kind, "", 1)
		v.dispose(d.Findings, out)
	case *casefile.PenaltyDecided:
		v.punish(e, d, out)
	case *casefile.PaymentRecorded:
		v.pay(d, out)
	case *casefile.DecisionChanged:
		v.change(d, out)
	case *casefile.NoPenaltyDecided:
		if e.Assurance == event.Imported {
			v.exempt(out.year, d.Findings, out)
			return
		}
		w := waiting{id: e.ID, year: out.year}
		for _, id := range d.Findings { // cloned so that a visit does not keep its entries' bytes in memory
			w.findings = append(w.findings, strings.Clone(id))
		}
		v.waiting = append(v.waiting, w)
	case *inspection.RecordSigned:
		v.record(out)
	case *inspection.SignatureRefused:
		v.once(markRefused, SignaturesRefused, out)
		v.record(out)
	case *inspection.Closed:
		v.once(markClosed, Closed, out)
	}
}

// once counts the first event of a kind in the visit.
func (v *counted) once(m mark, c Class, out *Changes) {
	if v.marks&m == 0 {
		v.marks |= m
		out.Add(c, 1)
	}
}

func (v *counted) start(e *event.Event, p *inspection.Purpose, out *Changes) {
	if v.began == 0 {
		v.began = out.year
		switch {
		case p == nil:
		case p.Kind == "guidance":
			v.as = Guidance
		case p.OffSite:
			v.as = OffSite
		}
	}
	if v.marks&(markStarted|markRecorded) == 0 && e.Assurance != event.Imported {
		v.marks |= markUnsigned
		out.AddIn(v.began, Unsigned, 1)
	}
	v.marks |= markStarted
	v.inspected(out)
}

// inspected counts the visit as an inspection while it is one: begun, and not a mere attempt
// (R28).
func (v *counted) inspected(out *Changes) {
	is := v.marks&markStarted != 0 && (v.marks&markAttempted == 0 || v.marks&markArrived != 0)
	switch was := v.marks&markCounted != 0; {
	case is && !was:
		out.AddIn(v.began, v.as, 1)
	case was && !is:
		out.AddIn(v.began, v.as, -1)
	default:
		return
	}
	v.marks ^= markCounted
}

func (v *counted) record(out *Changes) {
	v.marks |= markRecorded
	if v.marks&markUnsigned != 0 {
		v.marks &^= markUnsigned
		out.AddIn(v.began, Unsigned, -1)
	}
}

// place counts where a check or a finding is (R36).
func place(post, facility string, out *Changes) {
	if post != "" {
		out.Add(AtPost, 1)
	}
	if facility != "" {
		out.Add(AtFacility, 1)
	}
}

func (v *counted) find(d *inspection.FindingRecorded, out *Changes) {
	// The id is cloned so that a visit does not keep its entries' bytes in memory.
	v.findings = append(v.findings, countedFinding{id: strings.Clone(d.Finding), year: out.year})
	out.Add(Findings, 1)
	place(d.Post, d.Facility, out)
	out.Add(FindingsOpen, 1)
	out.Add(FindingsUndisposed, 1)
	v.findings[len(v.findings)-1].grade(d.Level == "major", out)
}

func (v *counted) fix(id string, out *Changes) {
	f := v.finding(id)
	if f == nil || f.fixed {
		return
	}
	f.fixed = true
	out.AddIn(f.year, FindingsFixed, 1)
	out.AddIn(f.year, FindingsOpen, -1)
	f.dispose(out)
}

// unfix takes back that a finding was put right: a re-check found it as it was.
func (v *counted) unfix(id string, out *Changes) {
	f := v.finding(id)
	if f == nil || !f.fixed {
		return
	}
	f.fixed = false
	out.AddIn(f.year, FindingsFixed, -1)
	out.AddIn(f.year, FindingsOpen, 1)
}

// exempt counts a decision of a year not to punish that counts.
func (v *counted) exempt(year int16, findings []string, out *Changes) {
	out.AddIn(year, NoPenalties, 1)
	v.dispose(findings, out)
}

// answer counts what somebody said yes to.
func (v *counted) answer(e *event.Event, out *Changes) {
	ref, yes, _ := oversight.Answer(e.Data)
	i := slices.IndexFunc(v.waiting, func(w waiting) bool { return w.id == ref.ID() })
	if i < 0 {
		return
	}
	w := v.waiting[i]
	v.waiting = slices.Delete(v.waiting, i, i+1)
	if yes {
		v.exempt(w.year, w.findings, out)
	}
}

func (v *counted) dispose(ids []string, out *Changes) {
	for _, id := range ids {
		if f := v.finding(id); f != nil {
			f.dispose(out)
		}
	}
}

// finding returns the latest record under id, or nil.
func (v *counted) finding(id string) *countedFinding {
	for i := range slices.Backward(v.findings) {
		if v.findings[i].id == id {
			return &v.findings[i]
		}
	}
	return nil
}

func (f *countedFinding) grade(major bool, out *Changes) {
	switch {
	case major && !f.major:
		out.AddIn(f.year, MajorFindings, 1)
	case !major && f.major:
		out.AddIn(f.year, MajorFindings, -1)
	}
	f.major = major
}

func (f *countedFinding) dispose(out *Changes) {
	if !f.disposed {
		f.disposed = true
		out.AddIn(f.year, FindingsUndisposed, -1)
	}
}
