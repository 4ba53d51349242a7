package casefile

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// What a penalty is once it was decided, for all who keep penalties: the case, its visit, figures and views (R41).

// Decided is a penalty by its id. One that is not final counts until the final decision under its id takes its place.
type Decided struct {
	ID              string
	Final, Annulled bool
}

// Penalty is a penalty as it stands: what was decided, what a review, a court or the authority made of it, and what was paid.
// Amounts are in minor units of the currency.
type Penalty struct {
	Decided
	Kind           string
	Revised        bool
	Known          bool   // the amount of the fine is
	Currency       string // of the fine and of what was paid; "" while neither is known
	Fine           int64  // as it counts now
	Paid, Refunded int64
}

// PenaltyOf is a penalty as it was decided.
func PenaltyOf(d *PenaltyDecided) Penalty {
	p := Penalty{Decided: Decided{ID: d.Penalty, Final: d.Final}, Kind: d.Kind}
	if d.Fine != nil {
		p.Known, p.Currency, p.Fine = true, d.Fine.Currency, d.Fine.Amount
	}
	return p
}

// In says in whose place a penalty stands, whose payments count for it.
func (p *Penalty) In(place *Penalty) { p.Paid, p.Refunded = place.Paid, place.Refunded }

// Pay takes a payment or a refund.
func (p *Penalty) Pay(d *PaymentRecorded) {
	if !p.Known && p.Currency == "" {
		p.Currency = d.Amount.Currency
	}
	if d.Direction == refunded {
		p.Refunded += d.Amount.Amount
	} else {
		p.Paid += d.Amount.Amount
	}
}

// Change takes a change of the decision.
func (p *Penalty) Change(d *DecisionChanged) {
	if d.Fine != nil {
		p.Known, p.Currency, p.Fine = true, d.Fine.Currency, d.Fine.Amount
	}
	p.Annulled = p.Annulled || d.Change == annulled
	p.Revised = p.Revised || d.Change != annulled
}

// Net is what was paid, less what was refunded.
func (p *Penalty) Net() int64 { return p.Paid - p.Refunded }

// Due is the fine as it is owed: nothing once it is annulled.
func (p *Penalty) Due() int64 {
	if p.Annulled {
		return 0
	}
	return p.Fine
}

// Outstanding returns how much of a final fine is not paid, and whether anything is. Of one whose amount no source states nothing
// is once something was paid, and how much is not known before.
func (p *Penalty) Outstanding() (minor int64, open bool) {
	switch {
	case p.Kind != fine || !p.Final || p.Annulled:
		return 0, false
	case !p.Known:
		return 0, p.Net() == 0
	}
	minor = max(0, p.Fine-p.Net())
	return minor, minor > 0
}

// The states of a penalty, in one word.
const (
	Provisional = "provisional"
	Standing    = "final"
	Revised     = "revised"
	Annulled    = "annulled"
)

// State says in one word what became of a penalty.
func (p *Penalty) State() string {
	switch {
	case p.Annulled:
		return Annulled
	case p.Revised:
		return Revised
	case p.Final:
		return Standing
	}
	return Provisional
}

// AnnulledBy returns the penalty that an event annuls.
func AnnulledBy(d event.Data) (penalty string, ok bool) {
	if c, changes := d.(*DecisionChanged); changes && c.Change == annulled {
		return c.Penalty, true
	}
	return "", false
}

func (p *Decided) decided() *Decided { return p }

// keeps is what embeds [Decided].
type keeps[P any] interface {
	*P
	decided() *Decided
}

// Find returns the place of the penalty under an id in a list; -1: there is none.
func Find[P any, K keeps[P]](list []P, id string) int {
	for i := range list {
		if K(&list[i]).decided().ID == id {
			return i
		}
	}
	return -1
}

// Taken refuses a decision under an id that another one has: only a final one takes the place of one that is not.
func Taken[P any, K keeps[P]](list []P, d *PenaltyDecided) *event.Refusal {
	if i := Find[P, K](list, d.Penalty); i >= 0 && (K(&list[i]).decided().Final || !d.Final) {
		return event.Refuse(law.R41, law.PenaltyExists, law.Str("penalty", d.Penalty))
	}
	return nil
}

// Put puts a decision into a list: in the place of the one under its id, in a copy, or at the end.
func Put[P any, K keeps[P]](list []P, p P) []P {
	i := Find[P, K](list, K(&p).decided().ID)
	if i < 0 {
		return append(list, p)
	}
	list = slices.Clone(list)
	list[i] = p
	return list
}
