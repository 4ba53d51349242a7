package obligation

import "slices"

// Handover is that a matter was handed over to another authority, which was not given back (R55, R77), or is to be made public.
type Handover struct {
	Transfer, Item string // the stream that says so, and of which of several things in this one
	Fact
}

// Handovers are those of one stream. The list is replaced, never changed.
type Handovers []Handover

// With returns the list with what a transfer says now: that it hands items over, or (nil) does not.
func (h Handovers) With(transfer string, items []string, at *Fact) Handovers {
	next := slices.DeleteFunc(slices.Clone(h), func(o Handover) bool { return o.Transfer == transfer })
	for _, item := range items {
		if at != nil {
			next = append(next, Handover{transfer, item, *at})
		}
	}
	return next
}

// First returns the earliest of an item; nil: there is none.
func (h Handovers) First(item string) (first *Fact) {
	for i := range h {
		if f := &h[i].Fact; h[i].Item == item && (first == nil || f.Occurred.Before(first.Occurred)) {
			first = f
		}
	}
	return first
}
