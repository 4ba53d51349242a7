package tables

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/transfer"
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

	begun        bool
	of           string // campaign of the first entry
	first        uint64 // its index
	happened     int64
	concernsTeam bool
}

// besides is a stream that tells a visit something.
type besides struct {
	stream.State
	finding string // that is handed over
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
		o.subject = subject.NewState()
	case event.Campaign:
		formed := o.campaign
		if o.campaign = campaign.NewState(); formed != nil {
			o.campaign.Teams = formed.Teams
		}
	default:
		if o.kind.Judge != nil {
			o.other = o.kind.Judge().Fresh()
		}
	}
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
	case o.campaign != nil:
		o.campaign.Apply(e)
	case o.other != nil:
		o.other.Apply(e)
	}
}

// told folds into a visit, or a campaign, an entry of a stream that is of it, or tells it something.
func (o *owing) told(of event.Stream, e *event.Event, anew []*event.Event) {
	switch e.Stream.Kind {
	case event.Team:
		o.campaign.Forms(strings.Clone(e.Stream.ID))
	case transfer.Name:
		b := o.besides(e, &transfer.Kind, anew)
		if d, ok := e.Data.(*transfer.Transferred); ok {
			b.finding = strings.Clone(d.Finding)
		}
		if st, _ := b.of().(*transfer.State); b.finding != "" {
			o.visit.HandedOver(e.Stream.ID, b.finding, st.HandedOver())
			o.visit.Prosecuted(e.Stream.ID, []string{b.finding}, st.Prosecuted())
		}
	case exposure.Name:
		st, _ := o.besides(e, &exposure.Kind, anew).of().(*exposure.State)
		o.visit.Exposed(e.Stream.ID, st.Exposes(), st.Stands())
	default:
		v := *e
		v.Stream, v.Aside = of, e.Stream
		o.visit.Apply(&v)
	}
}

// of is the state as the kind has it; nil when all was withdrawn.
func (b *besides) of() any {
	if b.State == nil {
		return nil
	}
	return b.Of()
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
		list = o.visit.Duties(o.visit.Terms(f.plansOf(o.visit.Campaign()), f.calendars(index)), list)
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
