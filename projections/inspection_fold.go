package projections

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// InspectionFold folds the entries of one inspection's stream. Entries are shared with its
// views, so they must not be changed afterwards.
type InspectionFold struct {
	id       string
	entries  []*event.Event
	campaign string
	counting counting
	story    story
	owing    owing

	checklists *codetable.State // nil: nothing is known of them

	view      InspectionView     // while it is made
	penalties []casefile.Penalty // of view.Penalties, as they stand
	rank      int                // of view.Status
}

// NewInspectionFold begins the fold for the inspection with this id.
func NewInspectionFold(id string) *InspectionFold { return &InspectionFold{id: id, owing: newOwing()} }

// Apply applies an entry of the inspection's stream, or of one that joins it.
func (f *InspectionFold) Apply(e *event.Event) {
	f.counting.apply(e)
	f.entries = append(f.entries, e)
	f.campaign = cmp.Or(e.About.Campaign, f.campaign)
	if e.Stream.Kind != event.Flag { // which compares it with another
		f.owing.visit.Apply(e)
		f.story.apply(e)
	}
}

// show makes the view of the entries: of a fact what counts.
func (f *InspectionFold) show() {
	f.view, f.rank = InspectionView{
		Inspection: f.id, Inspectors: []string{}, Certificates: []string{}, Checks: []Check{}, Sections: []Section{},
		Findings: []Finding{}, Evidence: []Attachment{}, Orders: []Order{}, Penalties: []Penalty{}, NoPenalties: []NoPenalty{},
		Copies: []Copy{}, Services: []Service{}, Justified: []Justification{}, Corrections: []Correction{}, Facts: []Fact{},
		Deviations: []Deviation{}, Timeline: []TimelineEntry{},
	}, 0
	f.penalties = nil
	now := map[*event.Event]*event.Event{} // the facts that count
	for _, e := range f.story.counting() {
		now[f.story.entry(e.ID)] = e
	}
	v := &f.view
	for _, e := range f.entries {
		a := actOf(e)
		v.Timeline = append(v.Timeline, TimelineEntry{a.Index, typeName(e), a.Occurred, a.Recorded, a.Person})
		v.Subject = cmp.Or(e.About.Subject, v.Subject)
		v.Team = cmp.Or(e.About.Team, v.Team)
		v.County = cmp.Or(e.About.County, v.County)
		v.Campaign = cmp.Or(e.About.Campaign, v.Campaign)
		if fact, counts := now[e]; counts {
			f.fact(fact, e.Data)
		}
		f.oversight(e, a)
		f.amend(e, a)
		f.answers(e)
	}
}

// fact shows a fact as it counts, of which another content may have been recorded.
func (f *InspectionFold) fact(e *event.Event, recorded event.Data) {
	if status, rank := statusAfter(e.Data); rank > 0 && rank >= f.rank {
		f.view.Status, f.rank = status, rank
	}
	a := actOf(e)
	visit, findings, papers := f.visit(e, a), f.findings(e, a, recorded), f.papers(e, a)
	if k := kinds.Of(e.Stream.Kind); !visit && !findings && !papers && k != nil && k.Judges(e.Data) {
		f.view.Facts = append(f.view.Facts, Fact{a, typeName(e), e.Data})
	}
}

func typeName(e *event.Event) string {
	if e.Type == nil {
		return ""
	}
	return e.Type.Name
}

// visit applies what says how the visit went, and reports whether it has a place for that.
func (f *InspectionFold) visit(e *event.Event, a Act) bool {
	v := &f.view
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		v.Reserved, v.Sector, v.VisitType = &a, d.Sector, d.VisitType
	case *inspection.Briefed:
		v.Briefed = &Briefing{a, *d}
	case *inspection.Started:
		v.Started, v.Sector, v.VisitType, v.Purpose = &a, d.Sector, d.VisitType, d.Purpose
		v.Assistants = d.Assistants
		v.Inspectors, v.EnforcingAuthority, v.Source = list(d.Inspectors), d.EnforcingAuthority, d.Source
	case *inspection.Attempted:
		v.Attempted = &Attempt{a, *d}
	case *inspection.Arrived:
		v.Arrived = &a
	case *inspection.Joined:
		v.Inspectors = append(slices.Clip(v.Inspectors), d.Person) // the start's event has the others
	case *inspection.Departed:
		v.Departed = &a
	case *inspection.CertificatesShown:
		v.Certificates = append(v.Certificates, d.Certificates...)
	case *inspection.NoticePosted:
		v.Notice = &Notice{a, *d}
	case *inspection.ConductDeclared:
		c := Conduct{a, *d}
		c.Accompanied = list(c.Accompanied)
		v.Conduct = &c
	case *inspection.CheckAnswered:
		v.Checks = append(v.Checks, Check{Act: a, CheckAnswered: *d})
	case *inspection.SectionCompleted:
		v.Sections = append(v.Sections, Section{a, *d})
	case *inspection.ServiceProvided:
		v.Services = append(v.Services, Service{a, *d})
	case *inspection.ResultRecorded:
		v.Result = d.Result
	case *inspection.Closed:
		v.Closed = &Closing{a, *d}
	default:
		return false
	}
	return true
}

// findings applies what says what was found and what became of it, and reports whether it has a place for that. recorded is
// the content as it was first stated.
func (f *InspectionFold) findings(e *event.Event, a Act, recorded event.Data) bool {
	v, shown := &f.view, true
	switch d := e.Data.(type) {
	case *inspection.FindingRecorded:
		g := newFinding(d, a)
		if first, ok := recorded.(*inspection.FindingRecorded); ok {
			original := statement(first)
			g.Original = &original
		}
		v.Findings = append(v.Findings, g)
	case *inspection.EvidenceAttached:
		f.attach(d, a)
	case *inspection.FixedOnSite:
		if g := f.finding(d.Finding); g != nil && g.Fixed == nil {
			g.Fixed = &Fix{a, *d}
		}
	case *order.Issued:
		o := Order{a, e.Stream.ID, *d}
		o.Findings = list(o.Findings)
		v.Orders = append(v.Orders, o)
		f.each(d.Findings, func(g *Finding) { g.Orders = append(g.Orders, d.Order) })
	case *casefile.PenaltyDecided:
		f.punish(e, d, a)
	case *casefile.PaymentRecorded:
		if i := casefile.Find(f.penalties, d.Penalty); i >= 0 {
			f.penalties[i].Pay(d)
			v.Penalties[i].Payments = append(v.Penalties[i].Payments, Payment{a, *d})
			v.Penalties[i].PenaltyState = stateOf(&f.penalties[i])
		}
	case *casefile.DecisionChanged:
		if i := casefile.Find(f.penalties, d.Penalty); i >= 0 {
			f.penalties[i].Change(d)
			v.Penalties[i].Changes = append(v.Penalties[i].Changes, DecisionChange{a, *d})
			v.Penalties[i].PenaltyState = stateOf(&f.penalties[i])
		}
	case *casefile.NoPenaltyDecided:
		n := NoPenalty{a, standing(e, waits(e)), *d}
		n.Findings = list(n.Findings)
		v.NoPenalties = append(v.NoPenalties, n)
		f.exempt(&n)
	default:
		shown = false
	}
	return shown
}

// punish shows a penalty: the final decision takes the place of a provisional one.
func (f *InspectionFold) punish(e *event.Event, d *casefile.PenaltyDecided, a Act) {
	v, now := &f.view, casefile.PenaltyOf(d)
	p := Penalty{Act: a, Case: e.Stream.ID, PenaltyDecided: *d, Payments: []Payment{}, Changes: []DecisionChange{}}
	p.Findings = list(p.Findings)
	if i := casefile.Find(f.penalties, d.Penalty); i >= 0 {
		now.In(&f.penalties[i])
		p.Payments, p.Changes = v.Penalties[i].Payments, v.Penalties[i].Changes
		f.penalties[i], v.Penalties[i] = now, p
		for i := range v.Findings {
			g := &v.Findings[i]
			g.Penalties = slices.DeleteFunc(g.Penalties, func(id string) bool { return id == d.Penalty })
		}
	} else {
		f.penalties, v.Penalties = append(f.penalties, now), append(v.Penalties, p)
	}
	v.Penalties[casefile.Find(f.penalties, d.Penalty)].PenaltyState = stateOf(&now)
	f.each(d.Findings, func(g *Finding) { g.Penalties = append(g.Penalties, d.Penalty) })
}

// exempt marks the findings of a decision not to punish that counts.
func (f *InspectionFold) exempt(n *NoPenalty) {
	if n.Standing.State == StandingCounts {
		f.each(n.Findings, func(g *Finding) { g.Unpunished = true })
	}
}

// amend shows a correction or withdrawal, and what it replaces while that waits; of a finding with it, too. Whether it counts at
// once the facts know.
func (f *InspectionFold) amend(e *event.Event, a Act) {
	c, ok := e.Data.(event.Correction)
	if !ok {
		return
	}
	ref, _ := c.Corrects()
	fact := f.story.entry(ref.ID())
	if fact == nil {
		return
	}
	v := &f.view
	for i := range v.Corrections {
		if m := &v.Corrections[i]; m.Fact == ref.Event && m.Standing.State == StandingAsked {
			m.Standing.State = StandingSuperseded
		}
	}
	d, _ := c.Version()
	waits := !f.story.facts.Counted(e.ID, e.Index)
	v.Corrections = append(v.Corrections, Correction{Act: a, Standing: standing(e, waits), Type: typeName(fact), Fact: ref.Event,
		Withdraws: d == nil, Reason: c.Why()})
}

// answers applies a second person's yes or no to what it answers.
func (f *InspectionFold) answers(e *event.Event) {
	if _, _, ok := oversight.Answer(e.Data); !ok {
		return
	}
	v := &f.view
	for i := range v.NoPenalties {
		if n := &v.NoPenalties[i]; n.Standing.answered(e) {
			f.exempt(n)
		}
	}
	for i := range v.Justified {
		v.Justified[i].Standing.answered(e)
	}
	for i := range v.Corrections {
		v.Corrections[i].Standing.answered(e)
	}
}

// papers applies the site record, its copies and what follows, and reports whether it has a place for that.
func (f *InspectionFold) papers(e *event.Event, a Act) bool {
	v := &f.view
	switch d := e.Data.(type) {
	case *inspection.RecordSigned:
		v.Record = &SiteRecord{Act: a, RecordNo: d.RecordNo, DocumentHash: d.DocumentHash, Signers: list(d.Signers), SiteManager: d.SiteManager}
	case *inspection.SignatureRefused:
		v.Record = &SiteRecord{Act: a, RecordNo: d.RecordNo, DocumentHash: d.DocumentHash, Signers: list(d.Signers), Refused: true,
			Reason: d.Reason, Witness: d.Witness}
	case *inspection.CopyDelivered:
		v.Copies = append(v.Copies, Copy{a, *d})
	case *inspection.DuplicateJustified:
		v.Justified = append(v.Justified, Justification{a, standing(e, waits(e)), *d})
	case *inspection.LeaderReviewed:
		v.Review = &Review{a, *d}
	default:
		return false
	}
	return true
}

// oversight applies the ledger's flags and their explanations.
func (f *InspectionFold) oversight(e *event.Event, a Act) {
	v := &f.view
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		v.Deviations = append(v.Deviations, Deviation{
			Act: a, ID: e.ID.String(), Code: d.Code, Rule: d.Rule, Event: d.Event, Item: d.Item, Plan: d.Plan, Values: d.Values,
			Explanations: []Explanation{},
		})
	case *oversight.StatementLapsed:
		for i := range v.Deviations {
			if v.Deviations[i].ID == d.Statement {
				v.Deviations[i].Lapsed = &a
			}
		}
	case *oversight.DeviationExplained:
		for i := range v.Deviations {
			if v.Deviations[i].ID == d.Deviation {
				v.Deviations[i].Explanations = append(v.Deviations[i].Explanations, Explanation{Act: a, ID: e.ID.String(), Explanation: d.Explanation})
			}
		}
	case *oversight.ApprovalGiven:
		v.accept(d.Event, true, a)
	case *oversight.ApprovalRefused:
		v.accept(d.Event, false, a)
	}
}

// accept notes the answer to an explanation, if an event is one.
func (v *InspectionView) accept(id string, yes bool, a Act) {
	for i := range v.Deviations {
		for k := range v.Deviations[i].Explanations {
			if x := &v.Deviations[i].Explanations[k]; x.ID == id {
				x.Accepted, x.Answer = yes, &a
			}
		}
	}
}

func newFinding(d *inspection.FindingRecorded, a Act) Finding {
	s := statement(d)
	return Finding{
		Act: a, Finding: d.Finding, Original: &s, Current: s, Category: d.Category, Violation: d.Violation, ViolatedOn: d.ViolatedOn,
		FoundBy: list(d.FoundBy), Evidence: list(d.Evidence), Attached: []Attachment{},
		Orders: []string{}, Penalties: []string{}, Source: d.Source,
	}
}

func statement(d *inspection.FindingRecorded) Statement {
	return Statement{Description: d.Description, Location: d.Location, Level: d.Level, Clauses: list(d.Clauses), Punishable: d.Punishable}
}

// attach adds evidence to the finding it names, or else to the visit.
func (f *InspectionFold) attach(d *inspection.EvidenceAttached, a Act) {
	to := &f.view.Evidence
	if g := f.finding(d.Finding); g != nil {
		to = &g.Attached
	}
	for _, ev := range d.Evidence {
		*to = append(*to, Attachment{a, ev})
	}
}

// finding returns the latest record under id, or nil.
func (f *InspectionFold) finding(id string) *Finding {
	for i := range slices.Backward(f.view.Findings) {
		if f.view.Findings[i].Finding == id {
			return &f.view.Findings[i]
		}
	}
	return nil
}

func (f *InspectionFold) each(ids []string, fn func(*Finding)) {
	for _, id := range ids {
		if g := f.finding(id); g != nil {
			fn(g)
		}
	}
}

// texts gives the answers the texts of their items.
func (f *InspectionFold) texts() {
	first, _ := f.owing.visit.First()
	lists := f.checklists.KnownBefore(first)
	if lists == nil {
		return
	}
	f.view.ChecklistVersion = lists.Version
	for i := range f.view.Checks {
		c := &f.view.Checks[i]
		if item, ok := lists.Item(c.Item); ok {
			c.Text, c.Bad = item.Text, c.Answer == item.Bad
		}
	}
}

// View returns the inspection as folded so far. The fold must not be used afterwards.
func (f *InspectionFold) View() InspectionView {
	f.show()
	f.texts()
	figures := f.counting.figures()
	f.view.Owed = f.owing.open()
	f.view.Counts, f.view.Fines, f.view.FinesUnknown = figures.Counts, figures.Fines, figures.FinesUnknown
	return f.view
}
