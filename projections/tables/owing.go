package tables

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/projections"
)

// owing says what is owed in one stream, by the state that the rules have of it. That of a visit is folded from all of its entries, and
// corrects itself; that of others from the facts that count.
type owing struct {
	kind     *stream.Kind
	said     oversight.State
	visit    *inspection.State
	accident *accident.State
	subject  *subject.State
	campaign *campaign.State
	other    stream.State
	beside   map[event.Stream]*besides
	site     *subject.State         // before the facts were applied anew: it has what visits told
	was      stream.State           // before the facts were applied anew: it has what others told
	visits   map[string]*time.Time  // that a site was told of: when somebody came, or that nobody did
	came     map[string]arrival     // of the files that a visit names: their bytes
	ends     *obligation.Obligation // of a publication that exposes somebody

	begun        bool
	of           string // campaign of the first entry
	first        uint64 // its index
	happened     int64
	concernsTeam bool
}

// besides is a stream that tells another something.
type besides struct {
	stream.State
	finding, matter string // the finding, or the case, that is handed over
}

func newOwing(kind event.Kind) *owing {
	o := &owing{kind: kinds.Of(kind)}
	o.anew()
	return o
}

// anew forgets the facts.
func (o *owing) anew() {
	switch o.kind.Name {
	case event.Inspection:
		o.visit = inspection.NewState()
	case event.Accident:
		o.accident = accident.NewState()
	case event.Subject:
		o.site, o.subject = cmp.Or(o.site, o.subject), subject.NewState()
	case event.Campaign:
		formed := o.campaign
		if o.campaign = campaign.NewState(); formed != nil {
			o.campaign.Teams = formed.Teams
		}
	default:
		if o.kind.Judge != nil {
			o.was, o.other = cmp.Or(o.was, o.other), o.kind.Judge().Fresh()
		}
	}
}

// carries has a state that was made anew know what other streams told the one before.
func (o *owing) carries() {
	if c, ok := o.other.(interface{ Carry(old stream.State) }); ok && o.was != nil {
		c.Carry(o.was)
	}
	if o.site != nil {
		o.subject.Carry(o.site)
	}
	o.site, o.was = nil, nil
}

// hear takes an entry of the stream, whether or not it counts.
func (o *owing) hear(e *event.Event) {
	if !o.begun {
		o.begun, o.first, o.happened = true, e.Index, e.Happened().Unix()
		o.of = strings.Clone(cmp.Or(e.About.Campaign, e.Campaign))
	}
	o.concernsTeam = e.About.Team != ""
	if oversight.States(e.Data) {
		o.said = o.said.Apply(e, func(law.Code) bool { return false })
	}
}

// apply folds a fact that counts, or what the ledger says; of a visit every entry.
func (o *owing) apply(e *event.Event) {
	switch {
	case o.visit != nil:
		o.visit.Apply(e)
	case o.accident != nil:
		o.accident.Apply(e)
	case o.subject != nil:
		o.subject.Apply(e)
		if _, files := e.Data.(*subject.HolidayWorkFiled); files && o.site == nil { // else it keeps what it was told
			for id, at := range o.visits {
				o.subject.Visited(id, at)
			}
		}
	case o.campaign != nil:
		o.campaign.Apply(e)
	case o.other != nil:
		o.other.Apply(e)
	}
}

// told folds into the state an entry of a stream that is of it, or tells it something; anew are the facts of that stream that count, where
// they are to be folded anew.
func (o *owing) told(f *Fold, of event.Stream, e *event.Event, anew []*event.Event) {
	switch e.Stream.Kind {
	case event.Team:
		o.campaign.Forms(strings.Clone(e.Stream.ID))
	case event.Inspection:
		if comes(e) {
			o.visited(strings.Clone(e.Stream.ID), f.visitAt(e.Stream, e.Index))
		}
	case transfer.Name:
		o.transferred(f, e, anew)
	case publicity.Name:
		if d, ok := e.Data.(*publicity.Published); ok {
			stateOf[casefile.State](o.other).Published(d.Penalty, e.Happened())
		}
	case exposure.Name:
		st := stateOf[exposure.State](o.besides(e, &exposure.Kind, anew))
		o.visit.Exposed(e.Stream.ID, st.Exposes(), st.Stands())
	default:
		v := *e
		v.Stream, v.Aside = of, e.Stream
		o.visit.Apply(&v)
	}
}

// visited has a site know whether somebody came on a visit.
func (o *owing) visited(id string, visit *inspection.State) {
	if visit == nil {
		return
	}
	if o.visits == nil {
		o.visits = map[string]*time.Time{}
	}
	o.visits[id] = visit.Came()
	o.subject.Visited(id, o.visits[id])
}

// transferred folds an entry of a transfer into what it hands over: a tip, a case and its visit, or a finding's visit.
func (o *owing) transferred(f *Fold, e *event.Event, anew []*event.Event) {
	id := strings.Clone(e.Stream.ID)
	if t := stateOf[tip.State](o.other); t != nil {
		facts := anew
		if anew == nil {
			facts = []*event.Event{e}
		} else {
			t.Untransferred(id)
		}
		for _, fact := range facts {
			transfer.Tell(t, fact)
		}
		return
	}
	b := o.besides(e, &transfer.Kind, anew)
	if d, ok := e.Data.(*transfer.Transferred); ok {
		b.finding, b.matter = strings.Clone(d.Finding), strings.Clone(d.Case)
	}
	st := stateOf[transfer.State](b)
	switch c := stateOf[casefile.State](o.other); {
	case c != nil:
		c.HandedOver(id, st.HandedOver())
	case o.visit != nil && b.matter != "":
		if handed := stateAt[casefile.State](f, &casefile.Kind, b.matter, e.Index); handed != nil {
			o.visit.Prosecuted(id, handed.Findings, st.Prosecuted())
		}
	case o.visit != nil && b.finding != "":
		o.visit.HandedOver(id, b.finding, st.HandedOver())
		o.visit.Prosecuted(id, []string{b.finding}, st.Prosecuted())
	}
}

// heed has the state know what its visit says of it, as that is behind the entry at an index: by which copies the decisions of a case were
// served, when what is sealed was decided, whether what was exposed is put right. It reports whether that is new.
func (o *owing) heed(f *Fold, visit *inspection.State, index uint64) bool {
	if o.other == nil {
		return false
	}
	switch st := o.other.Of().(type) {
	case *casefile.State:
		by, known := visit.ServedBy()
		if !known || st.Serves(by) {
			return false
		}
		st.Serve(by)
		return true
	case *order.State:
		findings, since, seals := st.Sealed()
		if !seals {
			return false
		}
		at := visit.DecidedSince(findings, since)
		defer st.Decide(at)
		return !at.Equal(st.Decided())
	case *publicity.State:
		before := o.ends
		o.ends = nil
		if of := stateAt[exposure.State](f, &exposure.Kind, st.Exposure, index+1); of != nil {
			ends := st.Ends(visit, of.Findings)
			o.ends = &ends
		}
		return before == nil || o.ends == nil || *before != *o.ends
	}
	return false
}

// stateOf is a state as its kind has it; nil: it is of another kind, or there is none.
func stateOf[S any](st interface{ Of() any }) *S {
	if st == nil {
		return nil
	}
	out, _ := st.Of().(*S)
	return out
}

// stateAt is the state of a stream by its facts that count before the entry at an index; nil: there are none.
func stateAt[S any](f *Fold, kind *stream.Kind, id string, index uint64) *S {
	if id == "" {
		return nil
	}
	var all []*event.Event
	f.history(f.own(event.Stream{Kind: kind.Name, ID: id}), index, func(e *event.Event) { all = append(all, e) })
	facts := projections.Counting(all, false)
	if len(facts) == 0 {
		return nil
	}
	st := kind.Judge().Fresh()
	for _, e := range facts {
		st.Apply(e)
	}
	return stateOf[S](st)
}

// Of is the state as the kind has it; nil when all was withdrawn.
func (b *besides) Of() any {
	if b.State == nil {
		return nil
	}
	return b.State.Of()
}

func (o *owing) besides(e *event.Event, k *stream.Kind, anew []*event.Event) *besides {
	b := o.beside[e.Stream]
	if b == nil {
		if o.beside == nil {
			o.beside = map[event.Stream]*besides{}
		}
		b = &besides{State: k.Judge().Fresh()}
		o.beside[event.Stream{Kind: k.Name, ID: strings.Clone(e.Stream.ID)}] = b
	}
	if anew == nil {
		anew = []*event.Event{e}
	} else if b.State = nil; len(anew) > 0 {
		b.State = k.Judge().Fresh()
	}
	for _, e := range anew {
		b.Apply(e)
	}
	return b
}

// owed returns what was ever owed in the stream and may have a date, appended to list, by what is known behind the entry at an index.
// What some kinds forget once it is met is not among it.
func (o *owing) owed(f *Fold, s *state, index uint64, list []obligation.Obligation) []obligation.Obligation {
	var t obligation.Terms
	if o.visit != nil {
		terms := o.visit.Terms(f.plansOf(o.visit.Campaign()), f.calendars(index))
		terms.Received = o.received(index)
		list = o.visit.Duties(terms, list)
	} else {
		t = f.termsOf(f.plansOf(o.of).PlanOf(o.first, o.happened), o.first, index)
	}
	switch {
	case o.visit != nil:
	case o.accident != nil:
		first, happened := o.accident.Opened()
		list = o.accident.Owes(f.termsOf(f.plansOf(o.accident.Campaign).PlanOf(first, happened), first, index), list)
	case o.subject != nil:
		for i := range o.subject.Filings() {
			id, first, happened := o.subject.Terms(i)
			list = o.subject.Owes(i, f.plansOf(id).PlanOf(first, happened).Policy.HolidayWorkVisits(), list)
		}
		if asked, id, waits := o.subject.Excluding(); waits {
			excludes := f.termsOf(f.plansOf(id).PlanOf(asked.Index, asked.Occurred.Unix()), asked.Index, index)
			list = append(list, excludes.Owe(&stream.Approval, asked, "", nil))
		}
	case o.campaign != nil:
		list = o.campaign.Owes(f.termsOf(o.campaign.Newest(), o.first, index), list)
	case o.other != nil && o.kind.Owes != nil:
		list = o.kind.Owes(o.other, t, list)
	}
	if o.ends != nil && stateOf[publicity.State](o.other).Exposure != "" {
		list = append(list, *o.ends)
	}
	if o.visit == nil {
		for _, w := range s.asked {
			since := obligation.Fact{Event: w.ID, Index: w.Index, Occurred: w.Recorded, Recorded: w.Recorded}
			list = append(list, t.Owe(&stream.Approval, &since, "", nil))
		}
	}
	if o.said.Flags() {
		named := func(id, version string) obligation.Terms {
			return obligation.Terms{Limit: f.plansOf(id).PlanNamed(version).Policy.Limit, Calendars: f.calendars(index)}
		}
		list = o.said.Explanations(named, o.concernsTeam, list)
	}
	return slices.DeleteFunc(list, func(x obligation.Obligation) bool { return x.Opener == uuid.Nil || !x.Kind.Listed() })
}

// escalated is when the last escalation of an obligation was said that stands; the zero time: none does.
func (o *owing) escalated(ref obligation.Ref) (at time.Time) {
	for _, p := range o.said.Passed() {
		if p.Ref == ref {
			if at = p.At; p.Lapsed {
				at = time.Time{}
			}
		}
	}
	return at
}
